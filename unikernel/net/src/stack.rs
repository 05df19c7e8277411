//! The stack: its state, and the way of a frame through it.

use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use hashbrown::HashMap;
use smoltcp::iface::{Interface, SocketSet};
use smoltcp::socket::tcp::State;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpCidr, IpEndpoint};

use crate::address::Addresses;
use crate::config::{Config, Limits};
use crate::connection::{Cause, Connection, Stage};
use crate::datagram::DatagramSocket;
use crate::device::{Device, Link};
use crate::frame::{self, Destination, Flow};
use crate::listener::Listener;
use crate::table::{Keyed, Table};
use crate::timers::Timers;
use crate::{Endpoint, Error, Readiness, SocketId, limits};

/// A TCP/IP stack on one network device.
pub struct Stack<L> {
    pub(crate) interface: Interface,
    pub(crate) device: Device<L>,
    /// The time of the last [`Stack::poll`].
    pub(crate) now: Instant,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    pub(crate) sockets: Table<Socket>,
    pub(crate) flows: HashMap<Flow, SocketId, Keyed>,
    pub(crate) listeners: Vec<(Endpoint, SocketId)>,
    pub(crate) datagrams: Vec<(Endpoint, SocketId)>,
    /// When to look at which socket.
    pub(crate) timers: Timers,
    /// Handshakes of peers, by when they expire: the oldest first.
    pub(crate) half_open: Timers,
    /// What the program has closed, likewise.
    pub(crate) closing: Timers,
    pub(crate) waiting_for_room: VecDeque<SocketId>,
    pub(crate) waiting_for_neighbour: Vec<SocketId>,
    changed: Vec<SocketId>,
    pub(crate) addresses: Addresses,
    /// For frames that are nobody's.
    nobody: SocketSet<'static>,
    random: u64,
}

/// What is in the table.
pub(crate) enum Socket {
    Listener(Listener),
    Connection(Connection),
    Datagram(DatagramSocket),
}

/// Whether there was more to do than one call may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// Call again before going to sleep.
    Yes,
    /// All is done, until a frame comes or the deadline has passed.
    No,
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that came.
    pub frames: u64,
    /// Connections refused because a limit was reached.
    pub refused: u64,
    /// Handshakes given up for newer ones.
    pub half_open_evicted: u64,
    /// Closed connections given up for newer ones.
    pub closing_evicted: u64,
    /// How often a socket was asked for what it has to send: the work that must
    /// not grow with the number of connections.
    pub socket_polls: u64,
}

impl<L: Link> Stack<L> {
    /// A stack on `link`, with the addresses that `config` gives now.
    pub fn new(link: L, config: &Config, now: Instant) -> Self {
        let mac = EthernetAddress(link.mac());
        let mut device = Device::new(link);
        let mut interface_config = smoltcp::iface::Config::new(HardwareAddress::Ethernet(mac));
        interface_config.random_seed = config.seed;
        let mut interface = Interface::new(interface_config, &mut device, now);
        let addresses = Addresses::new(config, mac, &mut interface, now);
        Self {
            interface,
            device,
            now,
            limits: config.limits,
            counters: Counters::default(),
            sockets: Table::new(),
            flows: HashMap::with_hasher(Keyed::new(config.seed)),
            listeners: Vec::new(),
            datagrams: Vec::new(),
            timers: Timers::new(),
            half_open: Timers::new(),
            closing: Timers::new(),
            waiting_for_room: VecDeque::new(),
            waiting_for_neighbour: Vec::new(),
            changed: Vec::new(),
            addresses,
            nobody: SocketSet::new(vec![]),
            random: config.seed | 1,
        }
    }

    /// Takes frames in, sends what is due: at most a batch of each.
    pub fn poll(&mut self, now: Instant) -> More {
        self.now = now;
        self.poll_addresses();
        let mut budget = limits::BATCH;
        while budget > 0 && self.receive() {
            budget -= 1;
        }
        let mut timers = limits::BATCH;
        while timers > 0
            && let Some(id) = self.timers.due(now)
        {
            self.look_after(id);
            timers -= 1;
        }
        self.serve_waiting();
        self.device.flush();
        let is_stuck = !self.device.link.can_transmit();
        let has_room_for = !is_stuck && !self.waiting_for_room.is_empty();
        if budget == 0 || timers == 0 || has_room_for {
            More::Yes
        } else {
            More::No
        }
    }

    /// When to call [`Stack::poll`] again, if no frame comes before.
    pub fn deadline(&self) -> Option<Instant> {
        let retry = (!self.waiting_for_room.is_empty()).then_some(self.now + limits::DEVICE_RETRY);
        [self.timers.next(), self.addresses.deadline(), retry]
            .into_iter()
            .flatten()
            .min()
    }

    /// One frame, from the device to its socket. False when there is none, or
    /// no room for an answer to it.
    fn receive(&mut self) -> bool {
        if !self.device.link.can_transmit() {
            return false;
        }
        let Some(frame) = self.device.fetch() else {
            return false;
        };
        self.counters.frames += 1;
        match frame::classify(frame) {
            Destination::Segment { flow, opens } => self.receive_segment(flow, opens),
            Destination::Datagram(destination) => self.receive_datagram(destination),
            Destination::Neighbour => {
                self.process_for_nobody();
                self.wake_waiting_for_neighbour();
            }
            Destination::Router => {
                self.addresses
                    .advertisement(frame, &mut self.interface, self.now);
                self.process_for_nobody();
                self.wake_waiting_for_neighbour();
            }
            Destination::Other => self.process_for_nobody(),
        }
        true
    }

    fn receive_segment(&mut self, flow: Flow, opens: bool) {
        let mut known = self.flows.get(&flow).copied();
        // A new connection from a port that an old one has just left (RFC 6191).
        if opens
            && let Some(id) = known
            && let Some(Socket::Connection(connection)) = self.sockets.get(id)
            && connection.stage == Stage::Closing
            && connection.state == State::TimeWait
        {
            self.abandon(id);
            known = None;
        }
        let id = match known {
            Some(id) => Some(id),
            None if opens => {
                let is_listening = self
                    .listeners
                    .iter()
                    .any(|(local, _)| local.port == flow.local.port);
                let admitted = self.admit(flow);
                if admitted.is_none() && is_listening {
                    // Refused by a limit: no answer, so that the peer tries
                    // again.
                    return self.drop_frame();
                }
                admitted
            }
            None => None,
        };
        let Some(id) = id else {
            return self.process_for_nobody();
        };
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            self.interface
                .poll_ingress_single(self.now, &mut self.device, &mut connection.set);
        }
        self.advance(id, Cause::Segment);
    }

    fn receive_datagram(&mut self, destination: IpEndpoint) {
        const DHCP_CLIENT: u16 = 68;
        if destination.port == DHCP_CLIENT
            && let Some(set) = self.addresses.dhcp_sockets()
        {
            self.interface
                .poll_ingress_single(self.now, &mut self.device, set);
            return self.poll_addresses_now();
        }
        let accepts = |id: SocketId| matches!(self.sockets.get(id), Some(Socket::Datagram(socket)) if socket.accepts(destination));
        let Some(id) = self
            .datagrams
            .iter()
            .map(|(_, id)| *id)
            .find(|&id| accepts(id))
        else {
            return self.process_for_nobody();
        };
        if let Some(Socket::Datagram(socket)) = self.sockets.get_mut(id) {
            self.interface
                .poll_ingress_single(self.now, &mut self.device, &mut socket.set);
        }
        self.mark_changed(id);
    }

    /// smoltcp answers what is nobody's: ARP, neighbour discovery, echo
    /// requests, and resets and "unreachable" for ports that nobody has.
    fn process_for_nobody(&mut self) {
        self.interface
            .poll_ingress_single(self.now, &mut self.device, &mut self.nobody);
    }

    fn drop_frame(&mut self) {
        self.device.drop_frame();
    }

    fn look_after(&mut self, id: SocketId) {
        match self.sockets.get(id) {
            Some(Socket::Connection(_)) => self.advance(id, Cause::Other),
            Some(Socket::Datagram(_)) => self.advance_datagrams(id),
            _ => {}
        }
    }

    /// Those who found no room in the device, in turn, while there is room.
    fn serve_waiting(&mut self) {
        for _ in 0..self.waiting_for_room.len().min(limits::BATCH) {
            if !self.device.link.can_transmit() {
                return;
            }
            let Some(id) = self.waiting_for_room.pop_front() else {
                return;
            };
            match self.sockets.get_mut(id) {
                Some(Socket::Connection(connection)) => connection.waits_for_room = false,
                Some(Socket::Datagram(socket)) => socket.waits_for_room = false,
                _ => {}
            }
            self.look_after(id);
        }
    }

    /// A neighbour has told its address: perhaps the one that they wait for.
    fn wake_waiting_for_neighbour(&mut self) {
        for id in mem::take(&mut self.waiting_for_neighbour) {
            match self.sockets.get_mut(id) {
                Some(Socket::Connection(connection)) => connection.waits_for_neighbour = false,
                Some(Socket::Datagram(socket)) => socket.waits_for_neighbour = false,
                _ => {}
            }
            self.look_after(id);
        }
    }

    /// What a socket is ready for. One that does not exist is hung up.
    pub fn readiness(&self, id: SocketId) -> Readiness {
        match self.sockets.get(id) {
            Some(Socket::Listener(listener)) => Readiness {
                readable: !listener.queue.is_empty(),
                ..Readiness::default()
            },
            Some(Socket::Connection(connection)) => connection.readiness(),
            Some(Socket::Datagram(socket)) => Readiness {
                readable: socket.socket().can_recv(),
                writable: socket.socket().can_send(),
                ..Readiness::default()
            },
            None => Readiness {
                readable: true,
                read_closed: true,
                write_closed: true,
                hung_up: true,
                ..Readiness::default()
            },
        }
    }

    /// The sockets to which something has happened since the last call: what an
    /// edge-triggered poll reports. One may be named more than once.
    pub fn take_changed(&mut self) -> impl Iterator<Item = SocketId> {
        mem::take(&mut self.changed).into_iter()
    }

    pub(crate) fn mark_changed(&mut self, id: SocketId) {
        // Segments of one connection come in runs.
        if self.changed.last() != Some(&id) {
            self.changed.push(id);
        }
    }

    /// This end of a socket.
    pub fn local(&self, id: SocketId) -> Option<IpEndpoint> {
        let unspecified = crate::IpAddress::Ipv6(crate::Ipv6Address::UNSPECIFIED);
        let endpoint =
            |local: Endpoint| IpEndpoint::new(local.address.unwrap_or(unspecified), local.port);
        match self.sockets.get(id)? {
            Socket::Listener(listener) => Some(endpoint(listener.local)),
            Socket::Connection(connection) => Some(connection.flow.local),
            Socket::Datagram(socket) => Some(endpoint(socket.local)),
        }
    }

    /// The other end of a connection.
    pub fn remote(&self, id: SocketId) -> Option<IpEndpoint> {
        match self.sockets.get(id)? {
            Socket::Connection(connection) => Some(connection.flow.remote),
            _ => None,
        }
    }

    /// The error that ended a connection, once.
    pub fn take_error(&mut self, id: SocketId) -> Option<Error> {
        match self.sockets.get_mut(id)? {
            Socket::Connection(connection) => connection.error.take(),
            _ => None,
        }
    }

    /// The program does not use the socket any more.
    pub fn close(&mut self, id: SocketId) {
        match self.sockets.get(id) {
            Some(Socket::Listener(_)) => self.close_listener(id),
            Some(Socket::Connection(_)) => self.close_connection(id),
            Some(Socket::Datagram(_)) => self.close_datagrams(id),
            None => {}
        }
        self.device.flush();
    }

    /// Whether closed connections still have something to say.
    pub fn is_closing(&self) -> bool {
        self.closing.iter().any(|id| {
            matches!(self.sockets.get(id), Some(Socket::Connection(connection))
                if connection.state != State::TimeWait && connection.state != State::FinWait2)
        })
    }

    /// The addresses that the machine has now.
    pub fn addresses(&self) -> &[IpCidr] {
        self.interface.ip_addrs()
    }

    /// What has happened so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The device.
    pub fn link_mut(&mut self) -> &mut L {
        &mut self.device.link
    }

    /// An offset into the ephemeral ports that nobody can guess from the last.
    pub(crate) fn next_port(&mut self) -> u16 {
        // xorshift64*: the seed is secret, and 16 bits of it show at a time.
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 48) as u16
    }
}

//! The stack: its state, and the way of a frame through it.

use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use hashbrown::HashMap;
use smoltcp::iface::{Interface, SocketSet};
use smoltcp::socket::tcp::State;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpAddress, IpCidr, IpEndpoint};

use crate::address::Addresses;
use crate::config::{Config, Limits};
use crate::connection::{Cause, Connection, Stage};
use crate::datagram::DatagramSocket;
use crate::device::{Device, Link};
use crate::discovery::Asked;
use crate::frame::{self, Destination, Flow};
use crate::listener::{Admission, Listener};
use crate::outbox::Outbox;
use crate::table::{Keyed, Purpose, Table, derive};
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
    /// How many of the sockets are connections.
    pub(crate) connections: usize,
    /// Connections that are not over.
    pub(crate) flows: HashMap<Flow, SocketId, Keyed>,
    pub(crate) listeners: Vec<(Endpoint, SocketId)>,
    pub(crate) datagrams: Vec<(Endpoint, SocketId)>,
    /// When to look at which socket.
    pub(crate) timers: Timers,
    /// Handshakes of peers, by when they expire: the oldest first.
    pub(crate) half_open: Timers,
    /// What the program has closed, likewise.
    pub(crate) closing: Timers,
    pub(crate) outbox: Outbox,
    /// Who has more to send, in turn.
    waiting_for_turn: VecDeque<SocketId>,
    waiting_for_neighbour: VecDeque<SocketId>,
    pub(crate) asked: Asked,
    /// A neighbour has told its address, or we have another one.
    has_neighbour_news: bool,
    changed: VecDeque<SocketId>,
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
    /// Frames that cannot be right, or that nobody here wants.
    pub frames_dropped: u64,
    /// Connections refused because a limit was reached.
    pub refused: u64,
    /// Handshakes given up for newer ones.
    pub half_open_evicted: u64,
    /// Closed connections given up for newer ones.
    pub closing_evicted: u64,
    /// Datagrams for which there was no room, coming or going, or whose
    /// neighbour did not answer.
    pub datagrams_dropped: u64,
    /// How often a socket was given a frame or asked for what it has to send:
    /// the work that must not grow with the number of connections.
    pub socket_polls: u64,
    /// Connections now, in any state.
    pub connections: usize,
    /// Handshakes that go on now.
    pub half_open: usize,
    /// Connections that the program has closed and that have not ended.
    pub closing: usize,
}

impl<L: Link> Stack<L> {
    /// A stack on `link`, with the addresses that `config` gives now.
    pub fn new(link: L, config: &Config, now: Instant) -> Self {
        let mac = EthernetAddress(link.mac());
        let mut device = Device::new(link);
        let mut interface_config = smoltcp::iface::Config::new(HardwareAddress::Ethernet(mac));
        interface_config.random_seed = derive(config.seed, Purpose::Interface);
        let mut interface = Interface::new(interface_config, &mut device, now);
        let addresses = Addresses::new(config, mac, &mut interface, now);
        let outbox = Outbox::new(device.mtu());
        Self {
            interface,
            device,
            now,
            limits: config.limits,
            counters: Counters::default(),
            sockets: Table::new(),
            connections: 0,
            flows: HashMap::with_hasher(Keyed::new(config.seed)),
            listeners: Vec::new(),
            datagrams: Vec::new(),
            timers: Timers::new(),
            half_open: Timers::new(),
            closing: Timers::new(),
            outbox,
            waiting_for_turn: VecDeque::new(),
            waiting_for_neighbour: VecDeque::new(),
            asked: Asked::new(),
            has_neighbour_news: false,
            changed: VecDeque::new(),
            addresses,
            nobody: SocketSet::new(vec![]),
            random: derive(config.seed, Purpose::Ports) | 1,
        }
    }

    /// Takes frames in, sends what is due: at most a batch of each.
    pub fn poll(&mut self, now: Instant) -> More {
        self.now = now;
        self.poll_addresses();
        let mut frames = limits::BATCH;
        while frames > 0 && self.receive() {
            frames -= 1;
        }
        if mem::take(&mut self.has_neighbour_news) {
            self.wake_waiting_for_neighbour();
        }
        if self.outbox.deadline().is_some_and(|at| at <= now) {
            self.retry_held();
        }
        let mut timers = limits::BATCH;
        while timers > 0
            && let Some(id) = self.timers.due(now)
        {
            self.advance(id, Cause::Time);
            timers -= 1;
        }
        self.serve_waiting();
        self.device.flush();
        let has_turns = !self.waiting_for_turn.is_empty() && self.device.link.can_transmit();
        if frames == 0 || timers == 0 || has_turns {
            More::Yes
        } else {
            More::No
        }
    }

    /// When to call [`Stack::poll`] again, if no frame comes before.
    pub fn deadline(&self) -> Option<Instant> {
        let retry = (!self.waiting_for_turn.is_empty()).then_some(self.now + limits::DEVICE_RETRY);
        [
            self.timers.next(),
            self.addresses.deadline(),
            self.outbox.deadline(),
            retry,
        ]
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
            Destination::Datagram { to, from } => self.receive_datagram(to, from),
            Destination::Neighbour => {
                self.process_for_nobody();
                self.has_neighbour_news = true;
            }
            Destination::Router => {
                self.addresses
                    .advertisement(frame, &mut self.interface, self.now);
                self.process_for_nobody();
                self.has_neighbour_news = true;
            }
            Destination::Other => self.process_for_nobody(),
            Destination::Unwanted => self.drop_frame(),
        }
        true
    }

    fn receive_segment(&mut self, flow: Flow, opens: bool) {
        if !self.is_between_us(flow.local.addr, flow.remote.addr) {
            return self.drop_frame();
        }
        let mut known = self.flows.get(&flow).copied();
        // A new connection from a port that an old one has just left (RFC 6191).
        if opens
            && let Some(id) = known
            && let Some(Socket::Connection(connection)) = self.sockets.get(id)
            && matches!(connection.stage, Stage::Closing(_))
            && connection.seen.state == State::TimeWait
        {
            self.abandon(id);
            known = None;
        }
        let id = match known {
            Some(id) => id,
            None if !opens => return self.process_for_nobody(),
            None => match self.admit(flow) {
                Admission::Admitted(id) => id,
                Admission::NoListener => return self.process_for_nobody(),
                // No answer, so that the peer tries again.
                Admission::Refused => {
                    self.counters.refused += 1;
                    return self.device.drop_frame();
                }
            },
        };
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            self.counters.socket_polls += 1;
            self.device.frontier = connection.frontier;
            self.interface
                .poll_ingress_single(self.now, &mut self.device, &mut connection.set);
            connection.frontier = self.device.frontier;
        }
        self.advance(id, Cause::Segment);
    }

    fn receive_datagram(&mut self, to: IpEndpoint, from: IpAddress) {
        const DHCP_CLIENT: u16 = 68;
        if to.port == DHCP_CLIENT
            && let Some(set) = self.addresses.dhcp_sockets()
        {
            self.interface
                .poll_ingress_single(self.now, &mut self.device, set);
            return self.poll_addresses_now();
        }
        if !self.is_between_us(to.addr, from) {
            return self.drop_frame();
        }
        let receiver = self.datagrams.iter().find(|(local, _)| local.accepts(to));
        let Some(&(_, id)) = receiver else {
            return self.process_for_nobody();
        };
        let Some(Socket::Datagram(socket)) = self.sockets.get_mut(id) else {
            return self.drop_frame();
        };
        self.counters.socket_polls += 1;
        let before = socket.socket().recv_queue();
        self.interface
            .poll_ingress_single(self.now, &mut self.device, &mut socket.set);
        if socket.socket().can_recv() && before < socket.socket().recv_queue() {
            self.mark_changed(id);
        } else {
            self.counters.datagrams_dropped += 1;
        }
    }

    /// Whether a packet is to us, and from somebody else.
    fn is_between_us(&self, to: IpAddress, from: IpAddress) -> bool {
        self.interface.has_ip_addr(to) && !self.interface.has_ip_addr(from)
    }

    /// smoltcp answers what is nobody's: ARP, neighbour discovery, echo
    /// requests, and resets and "unreachable" for ports that nobody has.
    fn process_for_nobody(&mut self) {
        self.interface
            .poll_ingress_single(self.now, &mut self.device, &mut self.nobody);
    }

    fn drop_frame(&mut self) {
        self.counters.frames_dropped += 1;
        self.device.drop_frame();
    }

    /// Those who have more to send, in turn, while there is room.
    fn serve_waiting(&mut self) {
        for _ in 0..self.waiting_for_turn.len().min(limits::BATCH) {
            if !self.device.link.can_transmit() {
                return;
            }
            let Some(id) = self.waiting_for_turn.pop_front() else {
                return;
            };
            match self.sockets.get_mut(id) {
                Some(Socket::Connection(connection)) => {
                    connection.waits_for_turn = false;
                    self.advance(id, Cause::Time);
                }
                Some(Socket::Datagram(socket)) => {
                    socket.waits_for_turn = false;
                    self.mark_changed(id);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn wait_for_turn(&mut self, id: SocketId) {
        let waits = match self.sockets.get_mut(id) {
            Some(Socket::Connection(connection)) => &mut connection.waits_for_turn,
            Some(Socket::Datagram(socket)) => &mut socket.waits_for_turn,
            _ => return,
        };
        if !mem::replace(waits, true) {
            self.waiting_for_turn.push_back(id);
        }
    }

    pub(crate) fn wait_for_neighbour(&mut self, id: SocketId) {
        if self.waiting_for_neighbour.len() >= limits::WAITING_FOR_NEIGHBOUR {
            self.waiting_for_neighbour.pop_front();
        }
        self.waiting_for_neighbour.push_back(id);
    }

    /// A neighbour has told its address: those who wait for it have their turn.
    fn wake_waiting_for_neighbour(&mut self) {
        for _ in 0..self.waiting_for_neighbour.len() {
            let Some(id) = self.waiting_for_neighbour.pop_front() else {
                break;
            };
            let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
                continue;
            };
            if !connection.waits_for_neighbour {
                continue;
            }
            match self.interface.poll_at(self.now, &connection.set) {
                Some(at) if at <= self.now => {
                    connection.waits_for_neighbour = false;
                    self.wait_for_turn(id);
                }
                // It waits for another one.
                Some(_) => self.waiting_for_neighbour.push_back(id),
                None => connection.waits_for_neighbour = false,
            }
        }
        self.retry_held();
    }

    fn retry_held(&mut self) {
        self.counters.datagrams_dropped +=
            self.outbox
                .retry(&mut self.interface, &mut self.device, self.now);
    }

    /// The addresses have changed: who has one that is ours no longer is cut
    /// off.
    pub(crate) fn addresses_changed(&mut self) {
        self.has_neighbour_news = true;
        let is_cut_off = |flow: &Flow| !self.interface.has_ip_addr(flow.local.addr);
        let cut_off: Vec<SocketId> = self
            .flows
            .iter()
            .filter(|(flow, _)| is_cut_off(flow))
            .map(|(_, id)| *id)
            .collect();
        for id in cut_off {
            match self.sockets.get(id) {
                Some(Socket::Connection(connection)) => match connection.stage {
                    Stage::Opening(_) => self.forget_half_open(id),
                    Stage::Closing(_) => self.abandon(id),
                    _ => self.give_up(id, Error::TimedOut),
                },
                _ => continue,
            }
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
                writable: !socket.waits_for_turn,
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

    /// The sockets to which something has happened since the last call, each
    /// once: what an edge-triggered poll reports.
    pub fn take_changed(&mut self) -> impl Iterator<Item = SocketId> {
        core::iter::from_fn(|| {
            loop {
                let id = self.changed.pop_front()?;
                if self.sockets.unmark(id) {
                    return Some(id);
                }
            }
        })
    }

    pub(crate) fn mark_changed(&mut self, id: SocketId) {
        if self.sockets.mark(id) {
            self.changed.push_back(id);
        }
    }

    /// This end of a socket.
    pub fn local(&self, id: SocketId) -> Option<IpEndpoint> {
        let unspecified = IpAddress::Ipv6(crate::Ipv6Address::UNSPECIFIED);
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
                if !matches!(connection.seen.state, State::TimeWait | State::FinWait2))
        })
    }

    /// The addresses that the machine has now.
    pub fn addresses(&self) -> &[IpCidr] {
        self.interface.ip_addrs()
    }

    /// What has happened so far.
    pub fn counters(&self) -> Counters {
        Counters {
            connections: self.connections,
            half_open: self.half_open.len(),
            closing: self.closing.len(),
            ..self.counters
        }
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

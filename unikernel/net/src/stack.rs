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
use crate::connection::{Cause, Connection};
use crate::cookie::Cookies;
use crate::datagram::DatagramSocket;
use crate::device::{Device, Link};
use crate::discovery::Asked;
use crate::frame::Flow;
use crate::listener::Listener;
use crate::outbox::Outbox;
use crate::sequence::Sequence;
use crate::table::{Keyed, Purpose, Table, derive, random_at};
use crate::timers::Timers;
use crate::waiting::Waiting;
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
    pub(crate) waiting: Waiting,
    pub(crate) asked: Asked,
    changed: VecDeque<SocketId>,
    pub(crate) addresses: Addresses,
    pub(crate) cookies: Cookies,
    /// For frames that are nobody's.
    pub(crate) nobody: SocketSet<'static>,
    /// Keys, and how often they were used.
    ports: (u64, u64),
    sequences: (u64, u64),
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
    /// SYNs answered, and forgotten, because there were too many.
    pub cookies_given: u64,
    /// Connections of peers that came back from such an answer.
    pub cookies_redeemed: u64,
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
            waiting: Waiting::new(),
            asked: Asked::new(),
            changed: VecDeque::new(),
            addresses,
            cookies: Cookies::new(derive(config.seed, Purpose::Cookies)),
            nobody: SocketSet::new(vec![]),
            ports: (derive(config.seed, Purpose::Ports), 0),
            sequences: (derive(config.seed, Purpose::Sequences), 0),
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
        if mem::take(&mut self.waiting.has_neighbour_news) {
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
        let has_turns = !self.waiting.turn.is_empty() && self.device.link.can_transmit();
        if frames == 0 || timers == 0 || has_turns {
            More::Yes
        } else {
            More::No
        }
    }

    /// When to call [`Stack::poll`] again, if no frame comes before.
    pub fn deadline(&self) -> Option<Instant> {
        let retry = (!self.waiting.turn.is_empty()).then_some(self.now + limits::DEVICE_RETRY);
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

    /// Where to begin to look for a free port: nobody can tell from the last.
    pub(crate) fn next_port(&mut self) -> u16 {
        next(&mut self.ports) as u16
    }

    /// The sequence numbers of a new connection, likewise.
    pub(crate) fn next_sequence(&mut self) -> Sequence {
        Sequence::new(next(&mut self.sequences) as u32)
    }
}

fn next((key, count): &mut (u64, u64)) -> u64 {
    *count += 1;
    random_at(*key, *count)
}

//! Sockets over a wire, with a bare stack at the other end.

use alloc::vec;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use net::{Endpoint, IpEndpoint, Peek, SocketId};

use crate::address::{self, Family};
use crate::descriptor::{CLOEXEC, NONBLOCK};
use crate::errno::Errno;
use crate::events::*;
use crate::number::*;
use crate::testing::{
    Calls, Event, KERNEL_V4, KERNEL_V6, Ours, PEER_V4, PEER_V6, System, at, at_mut,
};

const AF_INET6: u64 = 10;
const STREAM: u32 = 1;
const DATAGRAM: u32 = 2;
const PORT: u16 = 443;
/// What tokio registers.
const ALL: u32 = IN | OUT | RDHUP | EDGE;
const MSG_PEEK: u64 = 2;

impl Ours {
    fn socket(&mut self, kind: u32) -> i64 {
        self.call(SOCKET, [AF_INET6, kind.into(), 0, 0, 0, 0])
            .unwrap()
    }

    fn with_address(&mut self, number: u64, fd: i64, name: SocketAddr) -> Result<i64, Errno> {
        let (bytes, length) = address::format(Family::V6, name);
        self.call(number, [fd as u64, at(&bytes), length as u64, 0, 0, 0])
    }

    /// Calls `getsockname`, `getpeername`, or `accept4`.
    fn name(&mut self, number: u64, fd: i64, flags: u32) -> Result<(i64, SocketAddr), Errno> {
        let (mut bytes, mut length) = ([0_u8; 128], 128_u32);
        let arguments = [
            fd as u64,
            at_mut(&mut bytes),
            at_mut(&mut length),
            flags.into(),
            0,
            0,
        ];
        let result = self.call(number, arguments)?;
        assert_eq!(length, 28);
        let octets: [u8; 16] = bytes[8..24].try_into().unwrap();
        let port = u16::from_be_bytes([bytes[2], bytes[3]]);
        Ok((result, SocketAddr::new(IpAddr::from(octets), port)))
    }

    fn listener(&mut self, backlog: u64, flags: u32) -> i64 {
        let fd = self.socket(STREAM | flags);
        self.with_address(BIND, fd, everywhere(PORT)).unwrap();
        self.call(LISTEN, [fd as u64, backlog, 0, 0, 0, 0]).unwrap();
        fd
    }

    fn peer_connects(&mut self, to: IpAddr) -> SocketId {
        let remote = IpEndpoint::from(SocketAddr::new(to, PORT));
        let id = self.peer.borrow_mut().tcp_connect(None, remote).unwrap();
        // Looking for neighbours may take a second.
        self.advance(Duration::from_secs(2));
        id
    }

    /// An accepted connection that does not wait, and the peer's end of it.
    fn connection(&mut self) -> (i64, SocketId) {
        let listener = self.listener(8, NONBLOCK);
        let peer = self.peer_connects(KERNEL_V6.into());
        let (fd, _) = self.name(ACCEPT4, listener, NONBLOCK).unwrap();
        self.close(listener).unwrap();
        self.settle();
        (fd, peer)
    }

    fn peer_sends(&mut self, id: SocketId, bytes: &[u8]) {
        let sent = self.peer.borrow_mut().tcp_send(id, bytes);
        assert_eq!(sent, Ok(bytes.len()));
        // Acknowledgements may be delayed.
        self.advance(Duration::from_millis(100));
    }

    fn peer_receives(&mut self, id: SocketId) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = {
            let mut peer = self.peer.borrow_mut();
            peer.tcp_recv(id, &mut buffer, Peek::No)
        } {
            all.extend(&buffer[..length]);
            self.settle();
        }
        all
    }

    fn receive(&mut self, fd: i64, buffer: &mut [u8], flags: u64) -> Result<usize, Errno> {
        let length = buffer.len() as u64;
        let arguments = [fd as u64, at_mut(buffer), length, flags, 0, 0];
        self.call(RECVFROM, arguments).map(|length| length as usize)
    }

    fn watch(&mut self, fd: i64) -> i64 {
        let epoll = self.epoll().unwrap();
        self.control(epoll, 1, fd, ALL, 0).unwrap();
        epoll
    }

    fn events(&mut self, epoll: i64) -> u32 {
        let events = self.wait(epoll, 8, 0).unwrap();
        events.first().map_or(0, |(events, _)| *events)
    }

    fn socket_error(&mut self, fd: i64) -> u32 {
        self.option(fd, 1, 4).unwrap()
    }

    fn option(&mut self, fd: i64, level: u64, name: u64) -> Result<u32, Errno> {
        let (mut value, mut length) = (0_u32, 4_u32);
        let arguments = [
            fd as u64,
            level,
            name,
            at_mut(&mut value),
            at_mut(&mut length),
            0,
        ];
        self.call(GETSOCKOPT, arguments).map(|_| value)
    }

    fn set_option(&mut self, fd: i64, level: u64, name: u64, value: &[u8]) -> Result<i64, Errno> {
        let length = value.len() as u64;
        self.call(SETSOCKOPT, [fd as u64, level, name, at(value), length, 0])
    }
}

fn everywhere(port: u16) -> SocketAddr {
    SocketAddr::new(Family::V6.any(), port)
}

fn mapped(address: core::net::Ipv4Addr) -> IpAddr {
    address.to_ipv6_mapped().into()
}

#[test]
fn a_listener_of_both_families_accepts_both() {
    let mut ours = Ours::new();
    let listener = ours.listener(8, NONBLOCK);
    let epoll = ours.watch(listener);
    assert_eq!(ours.events(epoll), 0);
    assert_eq!(ours.name(ACCEPT4, listener, 0).err(), Some(Errno::EAGAIN));
    let (_, local) = ours.name(GETSOCKNAME, listener, 0).unwrap();
    assert_eq!(local, everywhere(PORT));

    ours.peer_connects(KERNEL_V4.into());
    assert_eq!(ours.events(epoll), IN);
    ours.peer_connects(KERNEL_V6.into());
    assert_eq!(ours.events(epoll), IN, "a new connection is a new edge");

    let (first, remote) = ours.name(ACCEPT4, listener, NONBLOCK | CLOEXEC).unwrap();
    assert_eq!(remote.ip(), mapped(PEER_V4));
    assert_eq!(ours.name(GETPEERNAME, first, 0).unwrap().1, remote);
    let (_, local) = ours.name(GETSOCKNAME, first, 0).unwrap();
    assert_eq!(local, SocketAddr::new(mapped(KERNEL_V4), PORT));
    let flags = |ours: &mut Ours, fd: i64, command| {
        ours.call(FCNTL, [fd as u64, command, 0, 0, 0, 0]).unwrap() as u32
    };
    assert_eq!(flags(&mut ours, first, 1), 1, "FD_CLOEXEC");
    assert_eq!(flags(&mut ours, first, 3) & NONBLOCK, NONBLOCK);

    let (second, remote) = ours.name(ACCEPT4, listener, 0).unwrap();
    assert_eq!(remote.ip(), PEER_V6);
    assert_eq!(flags(&mut ours, second, 1), 0);
    assert_eq!(flags(&mut ours, second, 3) & NONBLOCK, 0);
    assert_eq!(ours.name(ACCEPT4, listener, 1).err(), Some(Errno::EINVAL));
}

#[test]
fn without_a_descriptor_a_connection_stays_in_the_queue() {
    let mut ours = Ours::new();
    let listener = ours.listener(8, NONBLOCK);
    ours.peer_connects(KERNEL_V6.into());
    let mut last = listener;
    while let Ok(fd) = ours.eventfd(0, 0) {
        last = fd;
    }
    assert_eq!(last as usize, crate::limits::DESCRIPTORS - 1);
    assert_eq!(ours.name(ACCEPT4, listener, 0).err(), Some(Errno::EMFILE));
    ours.close(last).unwrap();
    assert_eq!(ours.name(ACCEPT4, listener, 0).unwrap().0, last);
}

#[test]
fn data_that_is_looked_at_stays() {
    let mut ours = Ours::new();
    let (fd, peer) = ours.connection();
    let mut buffer = [0; 16];
    assert_eq!(ours.receive(fd, &mut buffer, 0), Err(Errno::EAGAIN));
    ours.peer_sends(peer, b"hello");
    assert_eq!(ours.receive(fd, &mut buffer[..2], MSG_PEEK), Ok(2));
    assert_eq!(ours.receive(fd, &mut buffer, MSG_PEEK), Ok(5));
    assert_eq!(ours.receive(fd, &mut buffer, 0), Ok(5));
    assert_eq!(&buffer[..5], b"hello");
    assert_eq!(ours.receive(fd, &mut buffer, MSG_PEEK), Err(Errno::EAGAIN));
}

#[test]
fn every_arrival_is_an_edge_and_room_is_one_when_it_was_missed() {
    let mut ours = Ours::new();
    let (fd, peer) = ours.connection();
    let epoll = ours.watch(fd);
    assert_eq!(ours.events(epoll), OUT);
    assert_eq!(ours.events(epoll), 0);
    ours.peer_sends(peer, b"one");
    assert_eq!(ours.events(epoll), IN | OUT);
    ours.peer_sends(peer, b"two");
    assert_eq!(
        ours.events(epoll),
        IN | OUT,
        "though it was readable before"
    );
    assert_eq!(ours.events(epoll), 0);
    ours.write(fd, b"three").unwrap();
    ours.settle();
    assert_eq!(ours.events(epoll), 0, "an acknowledgement is no news");

    let block = vec![7; 10_000];
    let mut sent = 0;
    let error = loop {
        match ours.write(fd, &block) {
            Ok(length) => sent += length,
            Err(error) => break error,
        }
        assert!(sent < 10_000_000);
    };
    assert_eq!(error, Errno::EAGAIN);
    assert_eq!(ours.events(epoll), 0);
    let mut received = ours.peer_receives(peer);
    assert_eq!(ours.events(epoll), IN | OUT);
    assert_eq!(ours.events(epoll), 0);
    ours.advance(Duration::from_secs(2));
    received.extend(ours.peer_receives(peer));
    assert_eq!(received.len(), sent + 5);
    assert_eq!(&received[..5], b"three");
}

#[test]
fn a_stream_ends_in_each_direction_by_itself() {
    let mut ours = Ours::new();
    let (fd, peer) = ours.connection();
    let epoll = ours.watch(fd);
    assert_eq!(ours.events(epoll), OUT);
    ours.peer
        .borrow_mut()
        .tcp_send(peer, b"last words")
        .unwrap();
    ours.peer.borrow_mut().tcp_shutdown_write(peer);
    ours.settle();
    assert_eq!(ours.events(epoll), IN | OUT | RDHUP);
    let mut buffer = [0; 32];
    assert_eq!(ours.read(fd, &mut buffer), Ok(10));
    assert_eq!(ours.read(fd, &mut buffer), Ok(0));
    assert_eq!(ours.write(fd, b"answer"), Ok(6));
    ours.call(SHUTDOWN, [fd as u64, 1, 0, 0, 0, 0]).unwrap();
    assert_eq!(ours.write(fd, b"more"), Err(Errno::EPIPE));
    ours.settle();
    assert_eq!(ours.peer_receives(peer), b"answer");
    assert_eq!(ours.events(epoll), IN | OUT | RDHUP | HUP);
    ours.advance(Duration::from_secs(1));
    assert_eq!(
        ours.call(SHUTDOWN, [fd as u64, 1, 0, 0, 0, 0]),
        Err(Errno::ENOTCONN)
    );
}

#[test]
fn a_reset_is_told_once() {
    let mut ours = Ours::new();
    let (fd, peer) = ours.connection();
    let epoll = ours.watch(fd);
    assert_eq!(ours.events(epoll), OUT);
    ours.peer.borrow_mut().tcp_abort(peer);
    ours.settle();
    assert_eq!(ours.events(epoll), IN | OUT | ERR | HUP | RDHUP);
    let mut buffer = [0; 8];
    assert_eq!(ours.read(fd, &mut buffer), Err(Errno::ECONNRESET));
    assert_eq!(ours.read(fd, &mut buffer), Ok(0));
    assert_eq!(ours.write(fd, b"x"), Err(Errno::EPIPE));
    assert_eq!(ours.socket_error(fd), 0);
    assert_eq!(ours.name(GETPEERNAME, fd, 0).err(), Some(Errno::ENOTCONN));
}

#[test]
fn a_connection_is_made_in_the_background() {
    let mut ours = Ours::new();
    let endpoint = Endpoint {
        address: None,
        port: 80,
    };
    let listener = ours.peer.borrow_mut().tcp_listen(endpoint, 8).unwrap();
    let fd = ours.socket(STREAM | NONBLOCK);
    let to = SocketAddr::new(mapped(PEER_V4), 80);
    assert_eq!(ours.with_address(CONNECT, fd, to), Err(Errno::EINPROGRESS));
    assert_eq!(ours.with_address(CONNECT, fd, to), Err(Errno::EALREADY));
    assert_eq!(ours.name(GETPEERNAME, fd, 0).err(), Some(Errno::ENOTCONN));
    let epoll = ours.watch(fd);
    assert_eq!(ours.wait(epoll, 8, 1000).unwrap(), [(OUT, 0)]);
    assert_eq!(ours.socket_error(fd), 0);
    assert_eq!(ours.name(GETPEERNAME, fd, 0).unwrap().1, to);
    assert_eq!(ours.with_address(CONNECT, fd, to), Ok(0));
    assert_eq!(ours.with_address(CONNECT, fd, to), Err(Errno::EISCONN));
    ours.settle();
    assert!(ours.peer.borrow_mut().tcp_accept(listener).is_ok());
}

#[test]
fn a_refused_connection_is_an_error_of_the_socket() {
    let mut ours = Ours::new();
    let fd = ours.socket(STREAM | NONBLOCK);
    let to = SocketAddr::new(PEER_V6.into(), 81);
    assert_eq!(ours.with_address(CONNECT, fd, to), Err(Errno::EINPROGRESS));
    let epoll = ours.watch(fd);
    let events = ours.wait(epoll, 8, 1000).unwrap();
    assert_eq!(events, [(IN | OUT | ERR | HUP | RDHUP, 0)]);
    assert_eq!(ours.socket_error(fd), Errno::ECONNREFUSED.number());
    assert_eq!(ours.socket_error(fd), 0);

    let fd = ours.socket(STREAM);
    assert_eq!(ours.with_address(CONNECT, fd, to), Err(Errno::ECONNREFUSED));
}

#[test]
fn blocking_calls_wait() {
    let mut ours = Ours::new();
    let endpoint = Endpoint {
        address: None,
        port: 80,
    };
    let listener = ours.peer.borrow_mut().tcp_listen(endpoint, 8).unwrap();
    let fd = ours.socket(STREAM);
    let to = SocketAddr::new(PEER_V6.into(), 80);
    assert_eq!(ours.with_address(CONNECT, fd, to), Ok(0));
    ours.settle();
    let (peer, ..) = ours.peer.borrow_mut().tcp_accept(listener).unwrap();
    // On the wire, but not yet in the kernel.
    ours.peer.borrow_mut().tcp_send(peer, b"now").unwrap();
    let mut buffer = [0; 8];
    assert_eq!(ours.read(fd, &mut buffer), Ok(3));

    // 1.5 s, as a `struct timeval`.
    let timeout = [1_u64.to_le_bytes(), 500_000_u64.to_le_bytes()].concat();
    ours.set_option(fd, 1, 20, &timeout).unwrap();
    let before = ours.world.borrow().now;
    assert_eq!(ours.read(fd, &mut buffer), Err(Errno::EAGAIN));
    let waited = ours.world.borrow().now - before;
    assert_eq!(waited, Duration::from_millis(1500));
}

#[test]
fn ctrl_c_ends_a_wait() {
    let mut ours = Ours::with_console();
    let (fd, _) = ours.connection();
    let epoll = ours.watch(fd);
    assert_eq!(ours.events(epoll), OUT);
    let later = ours.world.borrow().now + Duration::from_secs(9);
    ours.world
        .borrow_mut()
        .events
        .push_back((later, Event::Typed(3)));
    assert_eq!(ours.wait(epoll, 8, -1), Err(Errno::EINTR));
    assert_eq!(ours.world.borrow().now, later);
    // A blocking read is made again after a handler with SA_RESTART.
    ours.call(FCNTL, [fd as u64, 4, 0, 0, 0, 0]).unwrap();
    assert_eq!(ours.read(fd, &mut [0; 8]), Err(Errno::ERESTART));
}

/// A `struct msghdr` over the buffers.
fn header(name: &mut [u8], iovecs: &[[u64; 2]], control: &mut [u8]) -> [u64; 7] {
    [
        at_mut(name),
        name.len() as u64,
        at(iovecs),
        iovecs.len() as u64,
        at_mut(control),
        control.len() as u64,
        0,
    ]
}

#[test]
fn datagrams_say_whence_and_where_to() {
    let mut ours = Ours::new();
    let fd = ours.socket(DATAGRAM | NONBLOCK);
    ours.set_option(fd, 41, 49, &1_u32.to_le_bytes()).unwrap();
    ours.with_address(BIND, fd, everywhere(53)).unwrap();
    let epoll = ours.watch(fd);
    assert_eq!(ours.events(epoll), OUT);
    let local = Endpoint {
        address: None,
        port: 5353,
    };
    let peer = ours.peer.borrow_mut().udp_bind(local).unwrap();
    for question in [&b"what?"[..], b"why?"] {
        let to = IpEndpoint::from(SocketAddr::new(KERNEL_V4.into(), 53));
        ours.peer
            .borrow_mut()
            .udp_send(peer, question, to, None)
            .unwrap();
        ours.settle();
        assert_eq!(ours.events(epoll), IN | OUT);
    }

    let (mut name, mut one, mut two, mut control) = ([0; 128], [0; 2], [0; 30], [0; 64]);
    let iovecs = [[at_mut(&mut one), 2], [at_mut(&mut two), 30]];
    let mut message = header(&mut name, &iovecs, &mut control);
    let length = ours.call(RECVMSG, [fd as u64, at_mut(&mut message), 0, 0, 0, 0]);
    assert_eq!(length, Ok(5));
    assert_eq!((&one, &two[..3]), (b"wh", &b"at?"[..]));
    assert_eq!((message[1] as u32, message[5], message[6]), (28, 40, 0));
    let octets: [u8; 16] = name[8..24].try_into().unwrap();
    assert_eq!(IpAddr::from(octets), mapped(PEER_V4));
    assert_eq!(control[16..32], KERNEL_V4.to_ipv6_mapped().octets());

    // The answer, from the address that was asked.
    let iovecs = [[at(b"be"), 2], [at(b"cause"), 5]];
    let mut message = header(&mut name[..28], &iovecs, &mut control[..40]);
    let length = ours.call(SENDMSG, [fd as u64, at_mut(&mut message), 0, 0, 0, 0]);
    assert_eq!(length, Ok(7));
    ours.settle();
    let mut buffer = [0; 16];
    let datagram = ours.peer.borrow_mut().udp_recv(peer, &mut buffer).unwrap();
    assert_eq!(&buffer[..datagram.length], b"because");
    assert_eq!(
        SocketAddr::from(datagram.remote),
        SocketAddr::new(KERNEL_V4.into(), 53)
    );

    // Looked at with too little room, then read.
    const MSG_TRUNC: u64 = 0x20;
    assert_eq!(ours.receive(fd, &mut buffer[..1], MSG_PEEK), Ok(1));
    assert_eq!(
        ours.receive(fd, &mut buffer[..1], MSG_TRUNC | MSG_PEEK),
        Ok(4)
    );
    assert_eq!(ours.receive(fd, &mut buffer[..3], MSG_TRUNC), Ok(4));
    assert_eq!(&buffer[..3], b"why");
    assert_eq!(ours.receive(fd, &mut buffer, 0), Err(Errno::EAGAIN));
}

#[test]
fn a_connected_datagram_socket_hears_its_peer_only() {
    let mut ours = Ours::new();
    let fd = ours.socket(DATAGRAM | NONBLOCK);
    assert_eq!(ours.write(fd, b"x"), Err(Errno::EDESTADDRREQ));
    let to = SocketAddr::new(PEER_V6.into(), 7);
    assert_eq!(ours.with_address(CONNECT, fd, to), Ok(0));
    let (_, local) = ours.name(GETSOCKNAME, fd, 0).unwrap();
    assert_ne!(local.port(), 0);
    let back = IpEndpoint::from(SocketAddr::new(KERNEL_V6.into(), local.port()));
    for port in [8, 7] {
        let mut peer = ours.peer.borrow_mut();
        let id = peer
            .udp_bind(Endpoint {
                address: None,
                port,
            })
            .unwrap();
        peer.udp_send(id, &[port as u8], back, None).unwrap();
    }
    ours.settle();
    let mut buffer = [0; 4];
    assert_eq!(ours.read(fd, &mut buffer), Ok(1));
    assert_eq!(buffer[0], 7);
    assert_eq!(ours.read(fd, &mut buffer), Err(Errno::EAGAIN));
}

#[test]
fn options_are_honoured_harmless_or_unknown() {
    let mut ours = Ours::new();
    let fd = ours.socket(STREAM);
    let on = 1_u32.to_le_bytes();
    for (level, name) in [(1, 2), (6, 1), (41, 26), (0, 1)] {
        assert_eq!(ours.set_option(fd, level, name, &on), Ok(0));
        assert_eq!(ours.option(fd, level, name), Ok(1), "{level} {name}");
    }
    assert_eq!(ours.option(fd, 1, 3), Ok(STREAM));
    assert_eq!(ours.option(fd, 1, 39), Ok(AF_INET6 as u32));
    assert_eq!(ours.set_option(fd, 1, 9999, &on), Err(Errno::ENOPROTOOPT));
    assert_eq!(ours.set_option(fd, 6, 1, &on[..3]), Err(Errno::EINVAL));
    let datagrams = ours.socket(DATAGRAM);
    assert_eq!(
        ours.set_option(datagrams, 6, 1, &on),
        Err(Errno::ENOPROTOOPT)
    );
    let other = ours.eventfd(0, 0).unwrap();
    assert_eq!(ours.set_option(other, 1, 2, &on), Err(Errno::ENOTSOCK));
}

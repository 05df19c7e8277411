//! One UDP socket: what has come for it. What it sends goes through the
//! [outbox](crate::outbox).

use alloc::vec;

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::udp::{self, PacketMetadata};

use crate::{Endpoint, limits};

/// One UDP socket.
pub(crate) struct DatagramSocket {
    /// smoltcp's socket, in a set of its own.
    pub(crate) set: SocketSet<'static>,
    handle: SocketHandle,
    pub(crate) local: Endpoint,
    /// It is in the list of those that wait for room in the device.
    pub(crate) waits_for_turn: bool,
}

impl DatagramSocket {
    /// A socket of smoltcp, bound.
    pub(crate) fn new(local: Endpoint) -> Option<Self> {
        let received = udp::PacketBuffer::new(
            vec![PacketMetadata::EMPTY; limits::DATAGRAMS],
            vec![0; limits::DATAGRAM_BUFFER],
        );
        let unused = udp::PacketBuffer::new(vec![], vec![]);
        let mut socket = udp::Socket::new(received, unused);
        socket.bind(local).ok()?;
        let mut set = SocketSet::new(vec![]);
        let handle = set.add(socket);
        Some(Self {
            set,
            handle,
            local,
            waits_for_turn: false,
        })
    }

    pub(crate) fn socket(&self) -> &udp::Socket<'static> {
        self.set.get(self.handle)
    }

    pub(crate) fn socket_mut(&mut self) -> &mut udp::Socket<'static> {
        self.set.get_mut(self.handle)
    }
}

//! One UDP socket.

use alloc::vec;

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::udp::{self, PacketMetadata};
use smoltcp::time::Instant;
use smoltcp::wire::IpEndpoint;

use crate::{Endpoint, limits};

/// One UDP socket.
pub(crate) struct DatagramSocket {
    /// smoltcp's socket, in a set of its own.
    pub(crate) set: SocketSet<'static>,
    pub(crate) handle: SocketHandle,
    pub(crate) local: Endpoint,
    /// When it is to be looked at again.
    pub(crate) deadline: Option<Instant>,
    /// It is in the list of those that wait for a neighbour's address.
    pub(crate) waits_for_neighbour: bool,
    /// It is in the list of those that wait for room in the device.
    pub(crate) waits_for_room: bool,
}

impl DatagramSocket {
    /// A socket of smoltcp, bound.
    pub(crate) fn new(local: Endpoint) -> Option<Self> {
        let buffer = || {
            udp::PacketBuffer::new(
                vec![PacketMetadata::EMPTY; limits::DATAGRAMS],
                vec![0; limits::DATAGRAM_BUFFER],
            )
        };
        let mut socket = udp::Socket::new(buffer(), buffer());
        let endpoint = smoltcp::wire::IpListenEndpoint {
            addr: local.address,
            port: local.port,
        };
        socket.bind(endpoint).ok()?;
        let mut set = SocketSet::new(vec![]);
        let handle = set.add(socket);
        Some(Self {
            set,
            handle,
            local,
            deadline: None,
            waits_for_neighbour: false,
            waits_for_room: false,
        })
    }

    pub(crate) fn socket(&self) -> &udp::Socket<'static> {
        self.set.get(self.handle)
    }

    pub(crate) fn socket_mut(&mut self) -> &mut udp::Socket<'static> {
        self.set.get_mut(self.handle)
    }

    /// Whether a datagram to `destination` is for this socket.
    pub(crate) fn accepts(&self, destination: IpEndpoint) -> bool {
        self.local.port == destination.port
            && self.local.address.is_none_or(|own| own == destination.addr)
    }
}

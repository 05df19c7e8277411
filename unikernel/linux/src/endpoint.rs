//! The addresses of the program and those of the stack are the same thing
//! under two names; and so are their errors.

use core::net::{IpAddr, SocketAddr};

use net::{Endpoint, IpAddress, IpEndpoint, SocketId, Stack};


use crate::address::Family;
use crate::errno::Errno;

/// Where to listen or to be bound: "all addresses" of an IPv6 socket are those
/// of IPv4, too.
pub(crate) fn listening(family: Family, only_v6: bool, local: SocketAddr) -> Endpoint {
    let address = match (local.ip(), family) {
        (address, _) if !address.is_unspecified() => Some(address.into()),
        (_, Family::V6) if !only_v6 => None,
        (address, _) => Some(IpAddress::from(address)),
    };
    Endpoint {
        address,
        port: local.port(),
    }
}

/// The address of a peer.
pub(crate) fn to_stack(name: SocketAddr) -> IpEndpoint {
    IpEndpoint::from(name)
}

/// An address of the stack.
pub(crate) fn from_stack(endpoint: IpEndpoint) -> SocketAddr {
    SocketAddr::new(IpAddr::from(endpoint.addr), endpoint.port)
}

/// The local address of a socket.
pub(crate) fn local<L: net::Link>(stack: &Stack<L>, id: SocketId) -> Option<SocketAddr> {
    stack.local(id).map(from_stack)
}

/// The address of the peer of a socket.
pub(crate) fn remote<L: net::Link>(stack: &Stack<L>, id: SocketId) -> Option<SocketAddr> {
    stack.remote(id).map(from_stack)
}

impl From<net::Error> for Errno {
    fn from(error: net::Error) -> Self {
        match error {
            net::Error::WouldBlock => Self::EAGAIN,
            net::Error::AddressInUse => Self::EADDRINUSE,
        }
    }
}

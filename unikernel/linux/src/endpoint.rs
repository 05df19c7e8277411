//! The addresses of the program and those of the stack are the same thing
//! under two names; and so are their errors.

use core::net::{IpAddr, SocketAddr};

use net::{Endpoint, IpAddress, IpEndpoint, SocketId, Stack};

use crate::address::Family;
use crate::errno::Errno;
use crate::options::Options;

/// Where to listen or to be bound. "All addresses" are those of both families
/// to the stack; who is of the wrong one is turned away ([`admits`]).
pub(crate) fn listening(local: SocketAddr) -> Endpoint {
    let address = Some(local.ip()).filter(|address| !address.is_unspecified());
    Endpoint {
        address: address.map(IpAddress::from),
        port: local.port(),
    }
}

/// Whether a socket of this family has peers of that address.
pub(crate) fn admits(family: Family, options: &Options, remote: SocketAddr) -> bool {
    match (family, remote) {
        (Family::V4, SocketAddr::V6(_)) => false,
        (Family::V6, SocketAddr::V4(_)) => !options.only_v6,
        _ => true,
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
            net::Error::NoSuchSocket | net::Error::NotConnected => Self::ENOTCONN,
            net::Error::AddressInUse => Self::EADDRINUSE,
            net::Error::AddressNotAvailable => Self::EADDRNOTAVAIL,
            net::Error::Unreachable => Self::ENETUNREACH,
            net::Error::LimitReached => Self::ENOBUFS,
            net::Error::BrokenPipe => Self::EPIPE,
            net::Error::ConnectionReset => Self::ECONNRESET,
            net::Error::ConnectionRefused => Self::ECONNREFUSED,
            net::Error::TimedOut => Self::ETIMEDOUT,
            net::Error::MessageTooLong => Self::EMSGSIZE,
        }
    }
}

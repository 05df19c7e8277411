//! Why an operation on a socket did not succeed.

use core::fmt;

/// Why an operation on a socket did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not now: ask again when readiness has changed.
    WouldBlock,
    /// The socket does not exist (any more), or is of another kind.
    NoSuchSocket,
    /// Another socket has the address and port.
    AddressInUse,
    /// The machine does not have the address.
    AddressNotAvailable,
    /// There is no way to the destination.
    Unreachable,
    /// Sockets, connections, ports or buffers are used up.
    LimitReached,
    /// The socket has no peer.
    NotConnected,
    /// The connection's sending side is closed.
    BrokenPipe,
    /// The peer ended the connection by a reset.
    ConnectionReset,
    /// The peer refused the connection.
    ConnectionRefused,
    /// The peer has not answered.
    TimedOut,
    /// The datagram is longer than a packet can be.
    MessageTooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WouldBlock => "not now",
            Self::NoSuchSocket => "no such socket",
            Self::AddressInUse => "address in use",
            Self::AddressNotAvailable => "address not available",
            Self::Unreachable => "no route to the destination",
            Self::LimitReached => "a limit is reached",
            Self::NotConnected => "not connected",
            Self::BrokenPipe => "the sending side is closed",
            Self::ConnectionReset => "connection reset by the peer",
            Self::ConnectionRefused => "connection refused by the peer",
            Self::TimedOut => "the peer does not answer",
            Self::MessageTooLong => "message too long",
        })
    }
}

impl core::error::Error for Error {}

//! The limits of the stack, and how they relate.

use smoltcp::time::Duration;

/// Bytes that a peer may send ahead of the program. Requests are small.
pub(crate) const RECEIVE_BUFFER: usize = 16 << 10;
/// Bytes that the program may write ahead of the network.
pub(crate) const TRANSMIT_BUFFER: usize = 32 << 10;
/// Bytes, and datagrams, that wait in a UDP socket, each way.
pub(crate) const DATAGRAM_BUFFER: usize = 64 << 10;
/// See [`DATAGRAM_BUFFER`].
pub(crate) const DATAGRAMS: usize = 256;

/// UDP sockets and listeners: the program is known, it has a handful.
pub(crate) const BOUND_SOCKETS: usize = 64;

/// A peer that has not finished its handshake by then is forgotten.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// A peer that acknowledges nothing for so long is gone.
pub(crate) const UNACKNOWLEDGED_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection that the program has closed may take to end.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(60);

/// Frames, timers and waiting senders handled in one [`poll`](crate::Stack::poll).
pub(crate) const BATCH: usize = 64;
/// Segments that one connection may send before others have their turn.
pub(crate) const BURST: usize = 32;
/// When to try again after the device had no room.
pub(crate) const DEVICE_RETRY: Duration = Duration::from_millis(1);

/// Router solicitations, and the time between two: RFC 4861, section 10.
pub(crate) const ROUTER_SOLICITATIONS: u8 = 3;
/// See [`ROUTER_SOLICITATIONS`].
pub(crate) const SOLICITATION_INTERVAL: Duration = Duration::from_secs(4);

/// Ports for connections that begin here: RFC 6335, section 6.
pub(crate) const EPHEMERAL_PORTS: core::ops::RangeInclusive<u16> = 49152..=65535;

/// Bytes of an Ethernet header.
pub(crate) const ETHERNET_HEADER: usize = 14;
/// The largest IP packet that a device may hand over, whatever it says its MTU
/// is.
pub(crate) const LARGEST_MTU: usize = 9000;
/// IPv6 requires this of every link (RFC 8200, section 5).
pub(crate) const SMALLEST_MTU: usize = 1280;

const _: () = {
    assert!(BURST <= BATCH);
    assert!(SMALLEST_MTU < LARGEST_MTU);
    assert!(RECEIVE_BUFFER > LARGEST_MTU);
};

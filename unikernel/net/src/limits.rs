//! The limits of the stack, and how they relate.

use smoltcp::time::Duration;

/// Bytes that a peer may send ahead of the program. Requests are small.
pub(crate) const RECEIVE_BUFFER: usize = 16 << 10;
/// Bytes that the program may write ahead of the network.
pub(crate) const TRANSMIT_BUFFER: usize = 32 << 10;
/// Bytes that may be in flight before the first acknowledgement: RFC 6928.
pub(crate) const INITIAL_WINDOW: u32 = 14_600;
/// Bytes, and datagrams, that wait in a UDP socket to be read.
pub(crate) const DATAGRAM_BUFFER: usize = 64 << 10;
/// See [`DATAGRAM_BUFFER`].
pub(crate) const DATAGRAMS: usize = 256;
/// Datagrams, of all sockets, that wait for the hardware address of a
/// neighbour.
pub(crate) const DATAGRAMS_HELD: usize = 32;
/// How long one of them waits.
pub(crate) const HOLD_TIMEOUT: Duration = Duration::from_secs(3);

/// UDP sockets and listeners: the program is known, it has a handful.
pub(crate) const BOUND_SOCKETS: usize = 64;

/// A peer that has not finished its handshake by then is forgotten.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// So long a handshake is left alone even when there are too many: most honest
/// peers have answered by then.
pub(crate) const HANDSHAKE_GRACE: Duration = Duration::from_millis(200);
/// A peer that was answered without being remembered has between one and two of
/// these to come back.
pub(crate) const COOKIE_PERIOD: Duration = Duration::from_secs(8);
/// A peer from which nothing comes for so long, while it owes an answer, is
/// gone.
pub(crate) const UNACKNOWLEDGED_TIMEOUT: Duration = Duration::from_secs(60);
/// A connection that the program has closed may stand still for so long.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(60);
/// A connection that the program has closed ends by then, whatever its peer
/// still acknowledges.
pub(crate) const LINGER_TIMEOUT: Duration = Duration::from_secs(300);
/// How long TIME-WAIT takes: as long as in smoltcp.
pub(crate) const TIME_WAIT: Duration = Duration::from_secs(10);
/// A connection in TIME-WAIT may acknowledge for so long. It must be less than
/// [`TIME_WAIT`]: then smoltcp clears the buffers, and with them what the
/// program has not read yet.
pub(crate) const TIME_WAIT_REPLIES: Duration = Duration::from_secs(5);

/// Frames, timers and waiting senders handled in one [`poll`](crate::Stack::poll).
pub(crate) const BATCH: usize = 64;
/// Segments that one connection may send before others have their turn.
pub(crate) const BURST: usize = 32;
/// When to try again after the device had no room.
pub(crate) const DEVICE_RETRY: Duration = Duration::from_millis(1);

/// Sockets that are woken when a neighbour tells its hardware address. The
/// others try again by themselves after a second.
pub(crate) const WAITING_FOR_NEIGHBOUR: usize = 1024;

/// How often to ask for the same neighbour, and for how many within that time.
pub(crate) const NEIGHBOUR_INTERVAL: Duration = Duration::from_secs(1);
/// See [`NEIGHBOUR_INTERVAL`].
pub(crate) const NEIGHBOURS_ASKED: usize = 64;

/// A DHCP server that has not answered after this is asked again.
pub(crate) const DHCP_RETRY: Duration = Duration::from_secs(3);
/// Addresses that routers may give the machine: fewer than the interface has
/// room for, so that others keep theirs.
pub(crate) const ADVERTISED_ADDRESSES: usize = 4;
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
    assert!((INITIAL_WINDOW as usize) < TRANSMIT_BUFFER);
    assert!(SMALLEST_MTU < LARGEST_MTU);
    assert!(RECEIVE_BUFFER > LARGEST_MTU);
    assert!(HANDSHAKE_GRACE.total_millis() < HANDSHAKE_TIMEOUT.total_millis());
    assert!(TIME_WAIT_REPLIES.total_millis() < TIME_WAIT.total_millis());
    assert!(CLOSE_TIMEOUT.total_millis() < LINGER_TIMEOUT.total_millis());
};

//! The limits of this crate, and how they relate.

/// Buffers in each queue of a network card, if it has room for so many.
pub(crate) const NET_QUEUE: u16 = 256;

/// Buffers in the queue of an entropy source.
pub(crate) const ENTROPY_QUEUE: u16 = 8;

/// Random bytes asked for at once.
pub(crate) const ENTROPY_BUFFER: usize = 64;

/// How long an entropy source may take to answer, in milliseconds: a boot
/// without entropy must fail within a second.
pub(crate) const ENTROPY_TIMEOUT_MS: u64 = 500;

/// The largest IP packet that is sent or received, in bytes: Ethernet's.
pub(crate) const MTU: usize = 1500;

/// Bytes before the packet in an Ethernet frame: two addresses and a type.
pub(crate) const ETHERNET_HEADER: usize = 14;

/// Bytes in the longest Ethernet frame.
pub(crate) const FRAME: usize = ETHERNET_HEADER + MTU;

/// How often the status of a device that was reset is read before it counts as
/// broken. A read leaves the virtual machine, which takes at least half a
/// microsecond; devices in software are ready at the first.
pub(crate) const RESET_READS: usize = 200_000;

/// How often a configuration is read that changes all the time.
pub(crate) const CONFIGURATION_READS: usize = 16;

/// Bytes of a device's configuration that are looked at.
pub(crate) const CONFIGURATION: usize = 256;

const _: () = {
    // 2.7: the size of a queue is a power of 2.
    assert!(NET_QUEUE.is_power_of_two());
    assert!(ENTROPY_QUEUE.is_power_of_two());
};

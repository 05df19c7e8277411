//! What the stack is told at the start.

use smoltcp::wire::{Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr};

/// How the machine is to appear on the network.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its IPv4 address.
    pub ipv4: Ipv4Config,
    /// Its IPv6 addresses.
    pub ipv6: Ipv6Config,
    /// How much it may take on.
    pub limits: Limits,
    /// Random: initial sequence numbers, ports and the hash of the flow table
    /// come from it, so nobody outside must know it.
    pub seed: u64,
}

/// Where the IPv4 address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ipv4Config {
    /// From a DHCP server.
    Dhcp,
    /// From the operator.
    Static {
        /// Address and prefix length.
        cidr: Ipv4Cidr,
        /// The router for everything outside the prefix.
        gateway: Option<Ipv4Address>,
    },
    /// There is none.
    None,
}

/// Where the IPv6 addresses come from. There is always a link-local one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ipv6Config {
    /// From router advertisements (RFC 4862).
    Automatic,
    /// From the operator.
    Static {
        /// Address and prefix length.
        cidr: Ipv6Cidr,
        /// The router for everything outside the prefix.
        gateway: Option<Ipv6Address>,
    },
}

/// How many connections there may be. Reaching a limit refuses the newcomer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All of them, in any state.
    pub connections: usize,
    /// Those whose handshake is not complete.
    pub half_open: usize,
    /// Those that the program has closed and that have not ended yet.
    pub closing: usize,
}

impl Limits {
    /// What is right for a machine with so many bytes of free memory: no more
    /// connections than it can bear if each does its worst. A limit that counted
    /// on most of them being modest would let the others end the machine.
    pub fn for_memory(free_bytes: u64) -> Self {
        /// Kept for the program itself and for UDP.
        const RESERVE: u64 = 3 << 20;
        /// The buffers here, and what the program needs for TLS and for as many
        /// requests at once as it allows: 41 KiB and 4 KiB for each of 32 were
        /// measured, rounded up.
        const CONNECTION: u64 = 224 << 10;
        const FEWEST: usize = 12;
        const MOST: usize = 65_536;
        let spare = free_bytes.saturating_sub(RESERVE);
        let connections = usize::try_from(spare / CONNECTION)
            .unwrap_or(MOST)
            .clamp(FEWEST, MOST);
        Self {
            connections,
            half_open: connections / 4 * 3,
            closing: connections / 4,
        }
    }
}

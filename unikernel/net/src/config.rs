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
    /// What is right for a machine with so many bytes of free memory: half of
    /// it may go to connections, each with its buffers here and about as much
    /// again in the program.
    pub fn for_memory(free_bytes: u64) -> Self {
        const CONNECTION: u64 =
            2 * (crate::limits::RECEIVE_BUFFER + crate::limits::TRANSMIT_BUFFER) as u64;
        const FEWEST: usize = 64;
        const MOST: usize = 65_536;
        let affordable = usize::try_from(free_bytes / 2 / CONNECTION).unwrap_or(MOST);
        let connections = affordable.clamp(FEWEST, MOST);
        Self {
            connections,
            // A flood of SYNs may take the half that is not in use.
            half_open: connections / 2,
            closing: connections / 4,
        }
    }
}

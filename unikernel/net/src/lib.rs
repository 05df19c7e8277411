//! The TCP/IP stack: many connections around smoltcp.
//!
//! smoltcp offers a packet to every socket of a set. Here each connection has a
//! set of its own, and a frame is looked up first: what a packet costs does not
//! depend on how many connections there are.
//!
//! A frame goes this way:
//!
//! 1. [`Link::receive`]: out of the device, into a buffer ([`device`]).
//! 2. [`frame`]: just enough of it is parsed to see whose it is.
//! 3. [`table`]: one hash lookup finds the connection or the UDP socket.
//! 4. [`receive`]: smoltcp processes the frame with that socket alone, and what
//!    it answers goes straight into the device.
//! 5. [`progress`]: what has changed is noted for [`Stack::take_changed`], and
//!    when to look again for [`timers`].
//!
//! Around it: [`listener`] admits newcomers, by a [`cookie`] when there are too
//! many, [`waiting`] and [`outbox`] hold
//! what cannot be sent yet, [`discovery`] finds neighbours, [`address`] has the
//! machine's own addresses. `tcp` and `udp` are what the program may do.
//!
//! The stack takes bytes and a clock, and nothing else: tests join two of them
//! by a wire that loses, repeats, delays and damages frames.
#![no_std]

extern crate alloc;

mod address;
mod config;
mod connection;
mod cookie;
mod datagram;
mod device;
mod discovery;
mod endpoint;
mod error;
mod frame;
mod limits;
mod listener;
mod outbox;
mod progress;
mod readiness;
mod receive;
mod sequence;
mod stack;
mod table;
mod tcp;
mod timers;
mod udp;
mod waiting;

#[cfg(test)]
mod tests;

pub use config::{Config, Ipv4Config, Ipv6Config, Limits};
pub use device::Link;
pub use endpoint::Endpoint;
pub use error::Error;
pub use readiness::Readiness;
pub use smoltcp::time::Instant;
pub use smoltcp::wire::{
    IpAddress, IpCidr, IpEndpoint, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr,
};
pub use stack::{Counters, More, Stack};
pub use table::SocketId;
pub use tcp::{Nagle, Peek};
pub use udp::Datagram;

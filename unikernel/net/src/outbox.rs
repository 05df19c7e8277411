//! Datagrams on their way out.
//!
//! A datagram goes into the device at once, or there is no room for it. Only
//! when the hardware address of a neighbour has to be found out first is it
//! held for a moment; a neighbour that does not exist holds up nobody but
//! itself. (smoltcp's sockets have queues of their own, in which the first
//! datagram to such a neighbour would stay for ever, before all others.)

use alloc::collections::VecDeque;
use alloc::vec;

use smoltcp::iface::{Interface, SocketHandle, SocketSet};
use smoltcp::socket::udp::{self, PacketMetadata, SendError, UdpMetadata};
use smoltcp::time::Instant;

use crate::device::{Device, Link};
use crate::{Endpoint, limits};

/// Datagrams on their way out.
pub(crate) struct Outbox {
    sender: Sender,
    /// Oldest first.
    held: VecDeque<Held>,
}

/// What has become of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// It is in the device.
    Sent,
    /// It waits for a neighbour.
    Held,
    /// It waits for a neighbour, and another one has been given up for it.
    HeldForAnother,
}

/// A socket of smoltcp that sends one datagram at a time, for whomever.
struct Sender {
    set: SocketSet<'static>,
    handle: SocketHandle,
}

struct Held {
    sender: Sender,
    /// When to ask again for the neighbour.
    retry: Instant,
    expires: Instant,
}

impl Outbox {
    pub(crate) fn new(mtu: usize) -> Self {
        Self {
            sender: Sender::new(mtu),
            held: VecDeque::new(),
        }
    }

    /// When to look again.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let of = |held: &Held| held.retry.min(held.expires);
        self.held.iter().map(of).min()
    }

    /// Sends a datagram from this endpoint. There must be room in the device.
    pub(crate) fn post(
        &mut self,
        interface: &mut Interface,
        device: &mut Device<impl Link>,
        (from, bytes, to): (Endpoint, &[u8], UdpMetadata),
        now: Instant,
    ) -> Result<Posted, SendError> {
        self.sender.load(from, bytes, to)?;
        interface.poll_egress(now, device, &mut self.sender.set);
        if !self.sender.is_loaded() {
            return Ok(Posted::Sent);
        }
        let sender = core::mem::replace(&mut self.sender, Sender::new(device.mtu()));
        let is_full = self.held.len() >= limits::DATAGRAMS_HELD;
        if is_full {
            self.held.pop_front();
        }
        self.held.push_back(Held {
            retry: now + limits::DEVICE_RETRY,
            expires: now + limits::HOLD_TIMEOUT,
            sender,
        });
        Ok(if is_full {
            Posted::HeldForAnother
        } else {
            Posted::Held
        })
    }

    /// Tries again what is held: how many were given up.
    pub(crate) fn retry(
        &mut self,
        interface: &mut Interface,
        device: &mut Device<impl Link>,
        now: Instant,
    ) -> u64 {
        let mut given_up = 0;
        self.held.retain_mut(|held| {
            interface.poll_egress(now, device, &mut held.sender.set);
            if !held.sender.is_loaded() {
                return false;
            }
            let next = interface.poll_at(now, &held.sender.set);
            held.retry = next.unwrap_or(now).max(now + limits::DEVICE_RETRY);
            let is_over = held.expires <= now;
            given_up += u64::from(is_over);
            !is_over
        });
        given_up
    }
}

impl Sender {
    fn new(mtu: usize) -> Self {
        let room = udp::PacketBuffer::new(vec![PacketMetadata::EMPTY; 1], vec![0; mtu]);
        let unused = udp::PacketBuffer::new(vec![], vec![]);
        let mut set = SocketSet::new(vec![]);
        let handle = set.add(udp::Socket::new(unused, room));
        Self { set, handle }
    }

    fn load(&mut self, from: Endpoint, bytes: &[u8], to: UdpMetadata) -> Result<(), SendError> {
        let socket = self.set.get_mut::<udp::Socket<'_>>(self.handle);
        socket.close();
        socket.bind(from).map_err(|_| SendError::Unaddressable)?;
        socket.send_slice(bytes, to)
    }

    fn is_loaded(&self) -> bool {
        !self.set.get::<udp::Socket<'_>>(self.handle).can_send()
    }
}

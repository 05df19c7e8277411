//! Between the network device and smoltcp: one frame in, frames out.

use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use smoltcp::phy::{self, DeviceCapabilities, Medium};
use smoltcp::time::Instant;

use crate::sequence::Sequence;
use crate::{frame, limits};

/// A network device, or what a test takes for one.
pub trait Link {
    /// Copies the next frame that has arrived into `frame`: its length.
    fn receive(&mut self, frame: &mut [u8]) -> Option<usize>;
    /// Whether there is room for a frame to send.
    fn can_transmit(&mut self) -> bool;
    /// Queues a frame of `length` bytes, which `fill` writes. Called only when
    /// [`Self::can_transmit`] has just said yes.
    fn transmit(&mut self, length: usize, fill: &mut dyn FnMut(&mut [u8]));
    /// Tells the device of what was queued.
    fn flush(&mut self);
    /// The hardware address.
    fn mac(&self) -> [u8; 6];
    /// The size of the largest IP packet, in bytes.
    fn mtu(&self) -> usize;
}

impl Link for virtio::net::Device {
    fn receive(&mut self, frame: &mut [u8]) -> Option<usize> {
        self.receive(frame)
    }

    fn can_transmit(&mut self) -> bool {
        self.can_transmit()
    }

    fn transmit(&mut self, length: usize, fill: &mut dyn FnMut(&mut [u8])) {
        self.transmit(length, fill);
    }

    fn flush(&mut self) {
        self.flush();
    }

    fn mac(&self) -> [u8; 6] {
        self.mac()
    }

    fn mtu(&self) -> usize {
        self.mtu()
    }
}

/// What smoltcp sees: a device with at most one frame to receive, the one that
/// the stack has already looked at.
pub(crate) struct Device<L> {
    pub(crate) link: L,
    frame: Vec<u8>,
    /// Length of the frame that waits in `frame`.
    waiting: Option<usize>,
    /// Frames sent so far that carry IP to a neighbour: not ARP, and not
    /// neighbour discovery.
    pub(crate) sent: u64,
    /// How often a socket wanted to send: more often than it sent, when the
    /// neighbour is not known.
    pub(crate) tries: u64,
    /// Frames sent so far that ask for a neighbour, or answer one who asks.
    pub(crate) discoveries: u64,
    /// When there is something here, it gets what a connection sends, and the
    /// link does not.
    pub(crate) caught: Option<Vec<u8>>,
    /// Those of the connection which smoltcp works on.
    pub(crate) sequence: Option<Sequence>,
    /// Something was queued since the last flush.
    unflushed: bool,
    mtu: usize,
}

impl<L: Link> Device<L> {
    pub(crate) fn new(link: L) -> Self {
        let mtu = link.mtu().clamp(limits::SMALLEST_MTU, limits::LARGEST_MTU);
        let frame = vec![0; limits::ETHERNET_HEADER + mtu];
        Self {
            link,
            frame,
            waiting: None,
            sent: 0,
            tries: 0,
            discoveries: 0,
            caught: None,
            sequence: None,
            unflushed: false,
            mtu,
        }
    }

    /// Takes the next frame from the link and gives it to look at; it waits for
    /// smoltcp then.
    pub(crate) fn fetch(&mut self) -> Option<&[u8]> {
        let length = self.link.receive(&mut self.frame)?;
        self.waiting = Some(length);
        self.frame.get(..length)
    }

    /// The frame that waits is for the connection with these numbers.
    pub(crate) fn readdress(&mut self, sequence: &mut Sequence) {
        let waiting = self.waiting.and_then(|length| self.frame.get_mut(..length));
        if let Some(frame) = waiting {
            sequence.incoming(frame);
        }
    }

    /// The frame that waits.
    pub(crate) fn waiting(&self) -> Option<&[u8]> {
        self.waiting.and_then(|length| self.frame.get(..length))
    }

    /// Makes another frame wait.
    pub(crate) fn put(&mut self, frame: &[u8]) {
        self.waiting = self.frame.get_mut(..frame.len()).map(|place| {
            place.copy_from_slice(frame);
            frame.len()
        });
    }

    /// Forgets the frame that waits.
    pub(crate) fn drop_frame(&mut self) {
        self.waiting = None;
    }

    /// The size of the largest IP packet, in bytes.
    pub(crate) fn mtu(&self) -> usize {
        self.mtu
    }

    /// Tells the link of what was queued.
    pub(crate) fn flush(&mut self) {
        if self.unflushed {
            self.unflushed = false;
            self.link.flush();
        }
    }

    /// Queues a frame that was made without smoltcp's sockets.
    pub(crate) fn send(&mut self, frame: &[u8]) {
        if self.link.can_transmit() {
            self.unflushed = true;
            self.link
                .transmit(frame.len(), &mut |place| place.copy_from_slice(frame));
        }
    }
}

impl<L: Link> phy::Device for Device<L> {
    type RxToken<'a>
        = Received<'a>
    where
        Self: 'a;
    type TxToken<'a>
        = Room<'a, L>
    where
        Self: 'a;

    fn receive(&mut self, _: Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        let length = self.waiting.take()?;
        let room = Room {
            link: &mut self.link,
            sent: &mut self.sent,
            discoveries: &mut self.discoveries,
            caught: &mut self.caught,
            sequence: &mut self.sequence,
            unflushed: &mut self.unflushed,
        };
        Some((Received(self.frame.get(..length)?), room))
    }

    fn transmit(&mut self, _: Instant) -> Option<Self::TxToken<'_>> {
        if !self.link.can_transmit() {
            return None;
        }
        self.tries += 1;
        Some(Room {
            link: &mut self.link,
            sent: &mut self.sent,
            discoveries: &mut self.discoveries,
            caught: &mut self.caught,
            sequence: &mut self.sequence,
            unflushed: &mut self.unflushed,
        })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = limits::ETHERNET_HEADER + self.mtu;
        capabilities
    }
}

/// The frame that waits.
pub(crate) struct Received<'a>(&'a [u8]);

impl phy::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(self.0)
    }
}

/// Room for one frame.
pub(crate) struct Room<'a, L> {
    link: &'a mut L,
    sent: &'a mut u64,
    discoveries: &'a mut u64,
    caught: &'a mut Option<Vec<u8>>,
    sequence: &'a mut Option<Sequence>,
    unflushed: &'a mut bool,
}

impl<L: Link> phy::TxToken for Room<'_, L> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
        let mut f = Some(f);
        let mut result = None;
        let mut carries_data = false;
        let is_filled = Cell::new(false);
        let mut fill = |frame: &mut [u8]| {
            if let Some(f) = f.take() {
                result = Some(f(frame));
                carries_data = !frame::is_discovery(frame);
                if let Some(sequence) = self.sequence {
                    sequence.outgoing(frame);
                }
                is_filled.set(true);
            }
        };
        if let Some(caught) = self.caught {
            *caught = vec![0; length];
            fill(caught);
        } else if self.link.can_transmit() {
            self.link.transmit(length, &mut fill);
            *self.unflushed = true;
        }
        let is_sent = is_filled.get();
        if !is_sent {
            // There was no room: the frame is lost, as frames may be.
            fill(&mut vec![0; length]);
        }
        *self.sent += u64::from(is_sent && carries_data);
        *self.discoveries += u64::from(is_sent && !carries_data);
        result.expect("`fill` was called, here at the latest")
    }
}

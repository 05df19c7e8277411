//! The network card: [`Device`].
//!
//! Section 5.1, one pair of queues, no offloads: each buffer is a header of
//! zeroes and one Ethernet frame. Frames are copied between the caller and the
//! memory that the card uses; the caller never sees that memory.
//!
//! Between [`Device::arm`] and [`Device::disarm`] the card interrupts the CPU
//! for the next frame. The order that misses nothing: `arm`, ask
//! [`Device::pending`], wait if there is nothing, `disarm`.

use alloc::boxed::Box;
use alloc::vec;

use crate::error::{Error, Problem};
use crate::limits::{ETHERNET_HEADER, FRAME, MTU, NET_QUEUE};
use crate::queue::{Queue, Writer};
use crate::start;
use crate::transport::{Kind, Transport, find};

// 5.1.2: queue numbers.
const RECEIVE: u16 = 0;
const TRANSMIT: u16 = 1;

// 5.1.3: features.
const FEATURE_MTU: u64 = 1 << 3;
const FEATURE_MAC: u64 = 1 << 5;

// 5.1.4: offsets in the configuration.
const CONFIGURATION_MAC: usize = 0;
const CONFIGURATION_MTU: usize = 10;
/// 5.1.4.1: the least MTU a card may have.
const LEAST_MTU: u16 = 68;

/// Bytes of `struct virtio_net_hdr` (5.1.6). All zeroes means: one complete
/// frame, its checksums not looked at.
const HEADER: usize = 12;
const BUFFER: usize = HEADER + FRAME;

/// A network card that works.
pub struct Device {
    transport: Box<dyn Transport>,
    receive: Queue,
    transmit: Queue,
    mac: [u8; 6],
    mtu: usize,
    /// Where a frame is made before it is copied to the card's memory.
    frame: Box<[u8]>,
    /// Somebody wanted to transmit, and there was no room.
    blocked: bool,
    /// The card has given something back since it was last armed.
    heard: bool,
    failure: Option<Problem>,
}

impl Device {
    /// Finds the first network card, on PCI or else named on the command line,
    /// and brings it up.
    ///
    /// # Errors
    /// When there is none, none that works, or a malformed
    /// `virtio_mmio.device=`.
    pub fn probe(command_line: &str) -> Result<Self, Error> {
        let transport = find(Kind::Network, command_line)?;
        let place = transport.place();
        Self::start(transport).map_err(|problem| Error::Device { place, problem })
    }

    pub(crate) fn start(mut transport: Box<dyn Transport>) -> Result<Self, Problem> {
        let features = start::negotiate(&mut *transport, wanted_features)?;
        match Self::set_up(&mut *transport, features) {
            Ok((receive, transmit, mac, mtu)) => {
                start::go(&mut *transport);
                let frame = vec![0; ETHERNET_HEADER + mtu].into_boxed_slice();
                let mut device = Self {
                    transport,
                    receive,
                    transmit,
                    mac,
                    mtu,
                    frame,
                    blocked: false,
                    heard: false,
                    failure: None,
                };
                device.receive.notify(&mut *device.transport);
                Ok(device)
            }
            Err(problem) => Err(start::give_up(&mut *transport, problem)),
        }
    }

    fn set_up(
        transport: &mut dyn Transport,
        features: u64,
    ) -> Result<(Queue, Queue, [u8; 6], usize), Problem> {
        let events = start::events(features);
        let mac = if features & FEATURE_MAC != 0 {
            read_mac(transport)?
        } else {
            random_mac()
        };
        let mtu = if features & FEATURE_MTU != 0 {
            usize::from(read_mtu(transport)?).min(MTU)
        } else {
            MTU
        };
        transport.enable_interrupts()?;
        let shape = (NET_QUEUE, BUFFER);
        let mut receive = Queue::new(transport, RECEIVE, shape, Writer::Device, events)?;
        // The buffers of this queue hold only zeroes before the frame, for ever:
        // the header is never written.
        let transmit = Queue::new(transport, TRANSMIT, shape, Writer::Driver, events)?;
        while let Some(slot) = receive.take_free() {
            receive.post(slot, BUFFER);
        }
        Ok((receive, transmit, mac, mtu))
    }

    /// The Ethernet address.
    pub fn mac(&self) -> [u8; 6] {
        self.mac
    }

    /// The largest IP packet, in bytes: without the 14 bytes of the Ethernet
    /// header.
    pub fn mtu(&self) -> usize {
        self.mtu
    }

    /// Copies the next frame that arrived into `frame`, as far as there is
    /// room, and gives its buffer back to the card. None when none has arrived.
    pub fn receive(&mut self, frame: &mut [u8]) -> Option<usize> {
        if self.failed() {
            return None;
        }
        // Frames that are empty are skipped; but not for ever.
        for _ in 0..self.receive.size() {
            let used = match self.receive.take_used() {
                Ok(Some(used)) => used,
                Ok(None) => break,
                Err(nonsense) => {
                    self.fail(nonsense.into());
                    return None;
                }
            };
            self.heard = true;
            let length = used.length.saturating_sub(HEADER).min(frame.len());
            self.receive.read(&used.slot, HEADER, &mut frame[..length]);
            self.receive.post(used.slot, BUFFER);
            if length > 0 {
                return Some(length);
            }
        }
        self.receive.notify(&mut *self.transport);
        None
    }

    /// Whether there is room for one more frame.
    pub fn can_transmit(&mut self) -> bool {
        if !self.failed() && !self.transmit.has_free() {
            self.reclaim();
        }
        self.blocked = !self.failed() && !self.transmit.has_free();
        !self.failed() && !self.blocked
    }

    /// Queues a frame of `length` bytes, which `fill` writes; it starts out as
    /// zeroes. Nothing happens, and `fill` is not called, when there is no room
    /// or when `length` is more than the MTU and the Ethernet header.
    pub fn transmit(&mut self, length: usize, fill: impl FnOnce(&mut [u8])) {
        if self.failed() {
            return;
        }
        let Some(frame) = self.frame.get_mut(..length) else {
            return;
        };
        let Some(slot) = self.transmit.take_free() else {
            return;
        };
        frame.fill(0);
        fill(frame);
        self.transmit.write(&slot, HEADER, frame);
        self.transmit.post(slot, HEADER + length);
    }

    /// Tells the card of the frames that were queued, if it has to be told.
    pub fn flush(&mut self) {
        if !self.failed() {
            self.transmit.notify(&mut *self.transport);
        }
    }

    /// Asks for an interrupt for the next frame, and for room when
    /// [`Device::can_transmit`] found none.
    pub fn arm(&mut self) {
        if self.failed() {
            return;
        }
        // First: an interrupt line that is still up cannot rise.
        self.transport.acknowledge();
        self.receive.arm();
        if self.blocked {
            self.transmit.arm();
        }
        self.receive.notify(&mut *self.transport);
        self.transmit.notify(&mut *self.transport);
        // A card that gives nothing back may have stopped. Asking it is slow.
        if !core::mem::take(&mut self.heard)
            && let Err(problem) = start::check(&*self.transport)
        {
            self.fail(problem);
        }
    }

    /// Whether there is something to do: a frame to receive, room to transmit
    /// that was missed before, or a failure to handle. To be asked after
    /// [`Device::arm`].
    pub fn pending(&mut self) -> bool {
        if self.failed() || self.receive.has_used() {
            return true;
        }
        if self.blocked {
            self.reclaim();
            self.blocked = !self.failed() && !self.transmit.has_free();
            return !self.blocked;
        }
        false
    }

    /// Asks for no interrupts.
    pub fn disarm(&mut self) {
        if !self.failed() {
            self.receive.disarm();
            self.transmit.disarm();
        }
    }

    /// Whether the card wrote nonsense or asked for a reset. It stays silent
    /// from then on, and [`Device::pending`] stays true.
    pub fn failed(&self) -> bool {
        self.failure.is_some()
    }

    /// What was wrong, if the card failed.
    pub fn failure(&self) -> Option<Problem> {
        self.failure
    }

    /// Takes back all buffers that were transmitted.
    fn reclaim(&mut self) {
        loop {
            match self.transmit.take_used() {
                Ok(Some(used)) => self.transmit.free(used.slot),
                Ok(None) => return,
                Err(nonsense) => return self.fail(nonsense.into()),
            }
            self.heard = true;
        }
    }

    /// Stops the card for good. Its memory stays as it is, whatever it does.
    fn fail(&mut self, problem: Problem) {
        self.failure = Some(problem);
        self.transport.set_status(start::status::RESET);
    }
}

/// 5.1.4.2: what is offered of these is accepted; but an MTU that is too large
/// for our buffers is not, and then nobody may send us more than Ethernet's.
fn wanted_features(transport: &dyn Transport, offered: u64) -> Result<u64, Problem> {
    if offered & FEATURE_MTU == 0 {
        return Ok(FEATURE_MAC);
    }
    let mtu = read_mtu(transport)?;
    let usable = (LEAST_MTU..=MTU as u16).contains(&mtu);
    Ok(if usable {
        FEATURE_MAC | FEATURE_MTU
    } else {
        FEATURE_MAC
    })
}

fn read_mtu(transport: &dyn Transport) -> Result<u16, Problem> {
    start::configuration(transport, |transport| {
        transport.configuration_u16(CONFIGURATION_MTU)
    })
}

fn read_mac(transport: &dyn Transport) -> Result<[u8; 6], Problem> {
    start::configuration(transport, |transport| {
        let mut mac = [0; 6];
        for (index, byte) in mac.iter_mut().enumerate() {
            *byte = transport.configuration_u8(CONFIGURATION_MAC + index)?;
        }
        Ok(mac)
    })
}

/// 5.1.5: a card without an address is given one, of the locally administered
/// kind.
fn random_mac() -> [u8; 6] {
    const GROUP: u8 = 1;
    const LOCAL: u8 = 2;
    let mut mac = [0; 6];
    machine::entropy::fill(&mut mac);
    mac[0] = mac[0] & !GROUP | LOCAL;
    mac
}

#[cfg(test)]
mod tests;

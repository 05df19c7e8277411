//! A split virtqueue: buffers that the device and we hand to each other.
//!
//! Section 2.7. Each [`Slot`] is one descriptor and one buffer of fixed size,
//! for ever; so the table never has chains, and what was posted is a list of
//! slots in private memory. [`Ring`] knows where things are in shared memory;
//! this file knows whose turn it is. Whoever holds the `Slot` may use its
//! buffer.

mod ring;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::fmt;
use core::num::Wrapping;

use machine::dma;

use crate::error::Problem;
use crate::transport::Transport;

pub(crate) use ring::Ring;

/// Who writes the buffers of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    Device,
    Driver,
}

/// How the two sides ask each other not to be disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Events {
    /// A flag each (2.7.7, 2.7.10 without `VIRTIO_F_EVENT_IDX`).
    Flags,
    /// The index at which to be told next (with `VIRTIO_F_EVENT_IDX`).
    Index,
}

/// The right to use one buffer of a queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Slot(u16);

/// A buffer that came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) slot: Slot,
    /// Bytes that the device wrote, never more than there is room for; 0 in a
    /// queue that we write.
    pub(crate) length: usize,
}

/// What a device wrote into a queue that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    /// It gave back more buffers than it had.
    IndexJumped {
        /// The index that it wrote.
        index: u16,
        /// The index up to which buffers had been taken back.
        taken: u16,
        /// Buffers that it had.
        in_flight: u16,
    },
    /// It gave back a buffer that it did not have.
    NotPosted {
        /// The number of the descriptor that it wrote.
        id: u32,
    },
    /// It says that it wrote more than there was room for.
    TooLong {
        /// Bytes that it says it wrote.
        length: u32,
        /// Bytes that there was room for.
        room: u32,
    },
}

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IndexJumped {
                index,
                taken,
                in_flight,
            } => write!(
                f,
                "the used index is {index}, but {in_flight} buffers were in use after {taken}"
            ),
            Self::NotPosted { id } => write!(f, "buffer {id} came back, but was not in use"),
            Self::TooLong { length, room } => {
                write!(
                    f,
                    "{length} bytes were written where there is room for {room}"
                )
            }
        }
    }
}

/// One queue of a device.
pub(crate) struct Queue {
    number: u16,
    ring: Ring,
    writer: Writer,
    events: Events,
    buffers: dma::Region,
    buffer_length: usize,
    /// The slots that nobody uses.
    free: Vec<Slot>,
    /// The slots that the device has, by number: our own memory, that it cannot
    /// write to.
    posted: Vec<Option<Slot>>,
    in_flight: u16,
    /// The available index: how many buffers were posted ever.
    available: Wrapping<u16>,
    /// The available index when the device was last told, or need not be.
    told: Wrapping<u16>,
    /// How many used buffers were taken back ever.
    taken: Wrapping<u16>,
}

impl Queue {
    /// Sets up queue number `number` with at most `most` slots (a power of 2)
    /// of `buffer_length` bytes each. Interrupts are not asked for.
    pub(crate) fn new(
        transport: &mut dyn Transport,
        number: u16,
        (most, buffer_length): (u16, usize),
        writer: Writer,
        events: Events,
    ) -> Result<Self, Problem> {
        let largest = transport.largest_queue(number);
        if largest == 0 {
            return Err(Problem::NoQueue(number));
        }
        // Sizes are powers of 2; devices that say otherwise get less.
        let size = most.min(1 << largest.ilog2());
        let stride = buffer_length.next_multiple_of(CACHE_LINE);
        let buffers =
            dma::Region::allocate(usize::from(size) * stride).map_err(|_| Problem::OutOfMemory)?;
        let ring = Ring::new(size).map_err(|_| Problem::OutOfMemory)?;
        for slot in 0..size {
            let address = buffers.address() + u64::from(slot) * stride as u64;
            ring.describe(slot, address, buffer_length as u32, writer);
        }
        let mut queue = Self {
            number,
            ring,
            writer,
            events,
            buffers,
            buffer_length,
            free: (0..size).rev().map(Slot).collect(),
            posted: (0..size).map(|_| None).collect(),
            in_flight: 0,
            available: Wrapping(0),
            told: Wrapping(0),
            taken: Wrapping(0),
        };
        queue.disarm();
        transport.set_queue(number, &queue.ring)?;
        Ok(queue)
    }

    /// How many slots there are.
    pub(crate) fn size(&self) -> u16 {
        self.ring.size()
    }

    /// Whether there is a slot that nobody uses.
    pub(crate) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Takes a slot that nobody uses.
    pub(crate) fn take_free(&mut self) -> Option<Slot> {
        self.free.pop()
    }

    /// Gives up a slot.
    pub(crate) fn free(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    /// Writes into the buffer of `slot`, as far as there is room.
    pub(crate) fn write(&self, slot: &Slot, offset: usize, bytes: &[u8]) {
        let length = bytes.len().min(self.buffer_length.saturating_sub(offset));
        if length > 0 {
            self.buffers
                .copy_in(self.position(slot) + offset, &bytes[..length]);
        }
    }

    /// Reads from the buffer of `slot`, as far as it goes.
    pub(crate) fn read(&self, slot: &Slot, offset: usize, bytes: &mut [u8]) {
        let length = bytes.len().min(self.buffer_length.saturating_sub(offset));
        if length > 0 {
            self.buffers
                .copy_out(self.position(slot) + offset, &mut bytes[..length]);
        }
    }

    /// Hands the first `length` bytes of the buffer of `slot` to the device
    /// (2.7.13). It learns of it at the next notification, or before.
    pub(crate) fn post(&mut self, slot: Slot, length: usize) {
        let number = slot.0;
        if self.writer == Writer::Driver {
            self.ring
                .set_length(number, length.min(self.buffer_length) as u32);
        }
        self.posted[usize::from(number)] = Some(slot);
        self.in_flight += 1;
        self.ring.set_available(self.available, number);
        self.available += 1;
        self.ring.set_available_index(self.available);
    }

    /// Takes back one buffer that the device is done with (2.7.14).
    pub(crate) fn take_used(&mut self) -> Result<Option<Used>, Nonsense> {
        let index = self.ring.used_index();
        let waiting = (index - self.taken).0;
        if waiting == 0 {
            return Ok(None);
        }
        if waiting > self.in_flight {
            let (index, taken) = (index.0, self.taken.0);
            return Err(Nonsense::IndexJumped {
                index,
                taken,
                in_flight: self.in_flight,
            });
        }
        let (id, length) = self.ring.used(self.taken);
        let number = usize::try_from(id).ok();
        let posted = number.and_then(|number| self.posted.get_mut(number));
        let slot = posted
            .and_then(Option::take)
            .ok_or(Nonsense::NotPosted { id })?;
        self.in_flight -= 1;
        self.taken += 1;
        let length = match self.writer {
            Writer::Device => self.check_length(length)?,
            // 2.7.8.2: nothing to write there; devices say all sorts of things.
            Writer::Driver => 0,
        };
        Ok(Some(Used { slot, length }))
    }

    /// Whether the device has given something back that was not taken yet.
    pub(crate) fn has_used(&self) -> bool {
        self.ring.used_index() != self.taken
    }

    /// Asks for an interrupt for the next buffer that comes back (2.7.7). What
    /// came back before that is seen by [`Queue::has_used`] after this.
    pub(crate) fn arm(&mut self) {
        match self.events {
            Events::Flags => self.ring.set_interrupts(ring::Interrupts::Wanted),
            Events::Index => self.ring.set_used_event(self.taken),
        }
        // The request must be out before the used index is looked at again.
        dma::full_fence();
    }

    /// Asks for no interrupts. A hint: one may come all the same.
    pub(crate) fn disarm(&mut self) {
        match self.events {
            Events::Flags => self.ring.set_interrupts(ring::Interrupts::Unwanted),
            // As far away as can be: behind us.
            Events::Index => self.ring.set_used_event(self.taken - Wrapping(1)),
        }
    }

    /// Tells the device of what was posted since it was last told, if it wants
    /// to be told (2.7.13.4).
    pub(crate) fn notify(&mut self, transport: &mut dyn Transport) {
        if self.told == self.available {
            return;
        }
        // The new index must be out before the device's wish is looked at.
        dma::full_fence();
        let wanted = match self.events {
            Events::Flags => self.ring.notifications_wanted(),
            Events::Index => reached(self.ring.available_event(), self.available, self.told),
        };
        self.told = self.available;
        if wanted {
            transport.notify(self.number);
        }
    }

    /// All memory that it shares with the device.
    #[cfg(test)]
    pub(crate) fn memory(&self) -> [dma::Region; 2] {
        [self.ring.memory(), self.buffers]
    }

    fn check_length(&self, length: u32) -> Result<usize, Nonsense> {
        let room = self.buffer_length as u32;
        if length > room {
            Err(Nonsense::TooLong { length, room })
        } else {
            Ok(length as usize)
        }
    }

    fn position(&self, slot: &Slot) -> usize {
        usize::from(slot.0) * self.buffer_length.next_multiple_of(CACHE_LINE)
    }
}

/// Buffers do not share cache lines.
const CACHE_LINE: usize = 64;

/// Whether an index that went from `old` to `new` has gone past `event`: one
/// more than it (2.7.10.1, 2.7.7.2).
fn reached(event: Wrapping<u16>, new: Wrapping<u16>, old: Wrapping<u16>) -> bool {
    new - event - Wrapping(1) < new - old
}

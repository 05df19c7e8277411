//! The memory of a split virtqueue: descriptor table, available ring, used
//! ring.
//!
//! Sections 2.7.5, 2.7.6 and 2.7.8. We write the first two and never read
//! them; the device writes the third, and everything read from there is
//! untrusted.

use core::num::Wrapping;

use machine::dma;
use machine::paging::OutOfMemory;

use super::{CACHE_LINE, Writer};

/// One block of shared memory that holds all three parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ring {
    memory: dma::Region,
    size: u16,
    /// Offset of the available ring; the table is at 0.
    available: usize,
    /// Offset of the index at the end of the available ring.
    used_event: usize,
    /// Offset of the used ring.
    used: usize,
    /// Offset of the index at the end of the used ring.
    available_event: usize,
}

/// Whether the device should interrupt us when it gives a buffer back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interrupts {
    Wanted,
    Unwanted,
}

// 2.7.5: `struct virtq_desc`.
const DESCRIPTOR: usize = 16;
const DESCRIPTOR_LENGTH: usize = 8;
const DESCRIPTOR_FLAGS: usize = 12;
const DESCRIPTOR_F_WRITE: u16 = 2;

// 2.7.6 and 2.7.8: both rings start with flags and an index.
const FLAGS: usize = 0;
const INDEX: usize = 2;
const ENTRIES: usize = 4;
const AVAILABLE_ENTRY: usize = 2;
const AVAILABLE_F_NO_INTERRUPT: u16 = 1;
const USED_ENTRY: usize = 8;
const USED_LENGTH: usize = 4;
const USED_F_NO_NOTIFY: u16 = 1;
/// Bytes of the index at the end of each ring.
const EVENT: usize = 2;

impl Ring {
    /// An empty ring of `size` entries, a power of 2.
    pub(super) fn new(size: u16) -> Result<Self, OutOfMemory> {
        let entries = usize::from(size);
        let available = entries * DESCRIPTOR;
        let used_event = available + ENTRIES + entries * AVAILABLE_ENTRY;
        // The device writes from here on: on cache lines of its own.
        let used = (used_event + EVENT).next_multiple_of(CACHE_LINE);
        let available_event = used + ENTRIES + entries * USED_ENTRY;
        let memory = dma::Region::allocate(available_event + EVENT)?;
        Ok(Self {
            memory,
            size,
            available,
            used_event,
            used,
            available_event,
        })
    }

    pub(crate) fn size(&self) -> u16 {
        self.size
    }

    /// Physical address of the descriptor table.
    pub(crate) fn descriptors_address(&self) -> u64 {
        self.memory.address()
    }

    /// Physical address of the available ring, the "driver area".
    pub(crate) fn available_address(&self) -> u64 {
        self.memory.address() + self.available as u64
    }

    /// Physical address of the used ring, the "device area".
    pub(crate) fn used_address(&self) -> u64 {
        self.memory.address() + self.used as u64
    }

    /// Fills in a descriptor.
    pub(super) fn describe(&self, slot: u16, address: u64, length: u32, writer: Writer) {
        let offset = usize::from(slot) * DESCRIPTOR;
        let flags = match writer {
            Writer::Device => DESCRIPTOR_F_WRITE,
            Writer::Driver => 0,
        };
        self.memory.write_u64(offset, address);
        self.memory.write_u32(offset + DESCRIPTOR_LENGTH, length);
        self.memory.write_u16(offset + DESCRIPTOR_FLAGS, flags);
    }

    pub(super) fn set_length(&self, slot: u16, length: u32) {
        self.memory
            .write_u32(usize::from(slot) * DESCRIPTOR + DESCRIPTOR_LENGTH, length);
    }

    /// Writes the entry of the available ring at `index`.
    pub(super) fn set_available(&self, index: Wrapping<u16>, slot: u16) {
        let offset = ENTRIES + self.entry(index) * AVAILABLE_ENTRY;
        self.memory.write_u16(self.available + offset, slot);
    }

    /// Publishes all entries before `index`.
    pub(super) fn set_available_index(&self, index: Wrapping<u16>) {
        self.memory.write_u16(self.available + INDEX, index.0);
    }

    pub(super) fn set_interrupts(&self, interrupts: Interrupts) {
        let flags = match interrupts {
            Interrupts::Wanted => 0,
            Interrupts::Unwanted => AVAILABLE_F_NO_INTERRUPT,
        };
        self.memory.write_u16(self.available + FLAGS, flags);
    }

    /// Asks for an interrupt when the used index goes past `index`.
    pub(super) fn set_used_event(&self, index: Wrapping<u16>) {
        self.memory.write_u16(self.used_event, index.0);
    }

    pub(super) fn used_index(&self) -> Wrapping<u16> {
        Wrapping(self.memory.read_u16(self.used + INDEX))
    }

    /// Descriptor number and bytes written, at `index` of the used ring.
    pub(super) fn used(&self, index: Wrapping<u16>) -> (u32, u32) {
        let offset = self.used + ENTRIES + self.entry(index) * USED_ENTRY;
        (
            self.memory.read_u32(offset),
            self.memory.read_u32(offset + USED_LENGTH),
        )
    }

    pub(super) fn notifications_wanted(&self) -> bool {
        self.memory.read_u16(self.used + FLAGS) & USED_F_NO_NOTIFY == 0
    }

    /// The device wants to be told when the available index goes past this.
    pub(super) fn available_event(&self) -> Wrapping<u16> {
        Wrapping(self.memory.read_u16(self.available_event))
    }

    fn entry(&self, index: Wrapping<u16>) -> usize {
        usize::from(index.0 & (self.size - 1))
    }

    /// The shared memory, for the device's side in tests.
    #[cfg(test)]
    pub(super) fn memory(&self) -> dma::Region {
        self.memory
    }
}

//! Memory shared with devices: [`Region`].
//!
//! A device may read and write a region at any time, whatever it was told, so
//! a region lives for ever (a device that goes on writing can never hit memory
//! that has become something else), is never seen as a `&[u8]`, and every
//! access is one atomic load or store, or a copy made of those. What is read
//! may change before it is read again: copy, check the copy, use the copy.
//!
//! Loads acquire and stores release (free on x86): what a device wrote before
//! it published an index is seen after that index was, and the other way
//! around. A store followed by a load of something else needs [`full_fence`].

extern crate alloc;

use alloc::alloc::{Layout, alloc_zeroed};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering, fence};

use crate::paging::{OutOfMemory, PAGE_SIZE};

/// Zeroed, page-aligned memory that devices may use. A handle: copies of it
/// name the same memory.
///
/// All offsets are in bytes from the start of the region and must be naturally
/// aligned. Like an index into a slice, an offset outside the region is a
/// mistake of the caller and panics: never take one from a device unchecked.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the memory lives for ever and all accesses to it are atomic.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

/// Orders every access before it against every access after it: for an index
/// that is stored and a flag that is then loaded, which x86 may swap.
pub fn full_fence() {
    fence(Ordering::SeqCst);
}

impl Region {
    /// Takes `length` bytes, rounded up to whole pages, from the heap for ever.
    /// The heap is identity-mapped when booted.
    ///
    /// # Errors
    /// When memory runs out, or `length` is absurd.
    pub fn allocate(length: usize) -> Result<Self, OutOfMemory> {
        let length = length
            .max(1)
            .checked_next_multiple_of(PAGE_SIZE)
            .ok_or(OutOfMemory)?;
        let layout = Layout::from_size_align(length, PAGE_SIZE).map_err(|_| OutOfMemory)?;
        // SAFETY: the layout is not empty.
        let start = unsafe { alloc_zeroed(layout) };
        let start = NonNull::new(start).ok_or(OutOfMemory)?;
        Ok(Self { start, length })
    }

    /// The physical address of the first byte, as devices are told it.
    pub fn address(&self) -> u64 {
        self.start.as_ptr() as u64
    }

    /// Bytes in the region: whole pages.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Reads two bytes.
    pub fn read_u16(&self, offset: usize) -> u16 {
        let pointer = self.pointer(offset, 2, 2).cast();
        // SAFETY: `pointer` is aligned and inside memory that lives for ever.
        let value = unsafe { AtomicU16::from_ptr(pointer) };
        u16::from_le(value.load(Ordering::Acquire))
    }

    /// Writes two bytes.
    pub fn write_u16(&self, offset: usize, value: u16) {
        let pointer = self.pointer(offset, 2, 2).cast();
        // SAFETY: `pointer` is aligned and inside memory that lives for ever.
        let target = unsafe { AtomicU16::from_ptr(pointer) };
        target.store(value.to_le(), Ordering::Release);
    }

    /// Reads four bytes.
    pub fn read_u32(&self, offset: usize) -> u32 {
        let pointer = self.pointer(offset, 4, 4).cast();
        // SAFETY: `pointer` is aligned and inside memory that lives for ever.
        let value = unsafe { AtomicU32::from_ptr(pointer) };
        u32::from_le(value.load(Ordering::Acquire))
    }

    /// Writes four bytes.
    pub fn write_u32(&self, offset: usize, value: u32) {
        let pointer = self.pointer(offset, 4, 4).cast();
        // SAFETY: `pointer` is aligned and inside memory that lives for ever.
        let target = unsafe { AtomicU32::from_ptr(pointer) };
        target.store(value.to_le(), Ordering::Release);
    }

    /// Reads eight bytes.
    pub fn read_u64(&self, offset: usize) -> u64 {
        u64::from_le(self.words(offset, 1)[0].load(Ordering::Acquire))
    }

    /// Writes eight bytes.
    pub fn write_u64(&self, offset: usize, value: u64) {
        self.words(offset, 1)[0].store(value.to_le(), Ordering::Release);
    }

    /// Copies `source` into the region. Any offset may be unaligned here.
    pub fn copy_in(&self, offset: usize, source: &[u8]) {
        self.pointer(offset, source.len(), 1);
        let (head, words, tail) = split(offset, source.len());
        let (first, rest) = source.split_at(head);
        let (middle, last) = rest.split_at(words * WORD);
        store_bytes(self.bytes(offset, head), first);
        let targets = self.words(offset + head, words);
        for (target, word) in targets.iter().zip(middle.as_chunks::<WORD>().0) {
            target.store(u64::from_ne_bytes(*word), Ordering::Relaxed);
        }
        store_bytes(self.bytes(offset + head + words * WORD, tail), last);
    }

    /// Copies from the region into all of `target`. Any offset may be
    /// unaligned here.
    pub fn copy_out(&self, offset: usize, target: &mut [u8]) {
        self.pointer(offset, target.len(), 1);
        let (head, words, tail) = split(offset, target.len());
        let (first, rest) = target.split_at_mut(head);
        let (middle, last) = rest.split_at_mut(words * WORD);
        load_bytes(self.bytes(offset, head), first);
        let sources = self.words(offset + head, words);
        for (source, word) in sources.iter().zip(middle.as_chunks_mut::<WORD>().0) {
            *word = source.load(Ordering::Relaxed).to_ne_bytes();
        }
        load_bytes(self.bytes(offset + head + words * WORD, tail), last);
    }

    fn bytes(&self, offset: usize, count: usize) -> &'static [AtomicU8] {
        let pointer = self.pointer(offset, count, 1);
        // SAFETY: the range was checked, lives for ever, and is only ever
        // accessed by atomic operations.
        unsafe { core::slice::from_raw_parts(pointer.cast(), count) }
    }

    fn words(&self, offset: usize, count: usize) -> &'static [AtomicU64] {
        let alignment = if count == 0 { 1 } else { WORD };
        let pointer = self.pointer(offset, count * WORD, alignment);
        if count == 0 {
            return &[];
        }
        // SAFETY: as in `bytes`, and the alignment was checked.
        unsafe { core::slice::from_raw_parts(pointer.cast(), count) }
    }

    /// Where the bytes are, once it is sure that they are inside.
    fn pointer(&self, offset: usize, length: usize, alignment: usize) -> *mut u8 {
        let inside = offset
            .checked_add(length)
            .is_some_and(|end| end <= self.length);
        assert!(
            inside && offset.is_multiple_of(alignment),
            "{length} bytes at offset {offset} of a DMA region of {} bytes",
            self.length
        );
        self.start.as_ptr().wrapping_add(offset)
    }
}

/// Bytes that a copy moves at once.
const WORD: usize = size_of::<u64>();

/// Cuts a copy into bytes before the first aligned word, words, and bytes.
fn split(offset: usize, length: usize) -> (usize, usize, usize) {
    let head = (offset.wrapping_neg() % WORD).min(length);
    let words = (length - head) / WORD;
    (head, words, length - head - words * WORD)
}

fn store_bytes(targets: &[AtomicU8], source: &[u8]) {
    for (target, &byte) in targets.iter().zip(source) {
        target.store(byte, Ordering::Relaxed);
    }
}

fn load_bytes(sources: &[AtomicU8], target: &mut [u8]) {
    for (byte, source) in target.iter_mut().zip(sources) {
        *byte = source.load(Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn copies_are_exact_at_every_alignment() {
        let region = Region::allocate(100).expect("memory");
        assert_eq!(region.length(), PAGE_SIZE);
        assert!(region.address().is_multiple_of(PAGE_SIZE as u64));
        let source: Vec<u8> = (1..=40).collect();
        for offset in 0..9 {
            for length in 0..source.len() {
                region.copy_in(0, &[0; 64]);
                region.copy_in(offset, &source[..length]);
                let mut all = [0xff; 64];
                region.copy_out(0, &mut all);
                assert!(all[..offset].iter().all(|&byte| byte == 0));
                assert_eq!(all[offset..offset + length], source[..length]);
                assert!(all[offset + length..].iter().all(|&byte| byte == 0));
                let mut part = [0; 40];
                region.copy_out(offset, &mut part[..length]);
                assert_eq!(part[..length], source[..length]);
            }
        }
    }

    #[test]
    fn numbers_are_little_endian() {
        let region = Region::allocate(8).expect("memory");
        region.write_u64(0, 0x0807_0605_0403_0201);
        assert_eq!(region.read_u16(2), 0x0403);
        assert_eq!(region.read_u32(4), 0x0807_0605);
        region.write_u32(0, 0);
        region.write_u16(4, 0);
        assert_eq!(region.read_u64(0), 0x0807_0000_0000_0000);
    }

    #[test]
    #[should_panic(expected = "5 bytes at offset 4092")]
    fn a_copy_past_the_end_panics() {
        let region = Region::allocate(1).expect("memory");
        region.copy_in(PAGE_SIZE - 4, &[0; 5]);
    }

    #[test]
    #[should_panic(expected = "2 bytes at offset 18446744073709551615")]
    fn an_offset_that_overflows_panics() {
        let region = Region::allocate(1).expect("memory");
        region.copy_out(usize::MAX, &mut [0; 2]);
    }
}

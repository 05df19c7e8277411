//! How much memory there is, and which of it is free.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::boot::{MEMORY_RAM, MemoryMapEntry};
use crate::frames::FREE;
use crate::paging::IDENTITY_END;
use crate::power::{Failure, fail};
use crate::{Lock, image, limits};

static TOTAL: AtomicU64 = AtomicU64::new(0);

/// RAM at `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ram {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// Where RAM is; unused entries are empty.
static RAM: Lock<[Ram; limits::RAM_RANGES]> =
    Lock::new([Ram { start: 0, end: 0 }; limits::RAM_RANGES]);

/// Bytes of RAM that the monitor gave.
pub fn total_bytes() -> u64 {
    TOTAL.load(Ordering::Relaxed)
}

/// Bytes of RAM that nothing uses yet.
pub fn free_bytes() -> u64 {
    FREE.lock().free_bytes()
}

/// Declares free what the monitor calls RAM, except the image and the initrd
/// (address and size).
pub(crate) fn init(map: impl Iterator<Item = MemoryMapEntry>, initrd: Option<(u64, u64)>) {
    let mut total = 0_u64;
    let entries = map.filter_map(|entry| usable(&entry));
    // A monitor names a handful of ranges; memory beyond the limit is not used.
    for (place, entry) in RAM.lock().iter_mut().zip(entries) {
        total = total.saturating_add(entry.end - entry.start);
        *place = entry;
        let mut free = FREE.lock();
        // Twice in the map is once in the machine.
        free.reserve(entry.start, entry.end);
        free.free(entry.start.max(limits::LOWEST_FRAME), entry.end);
    }
    TOTAL.store(total, Ordering::Relaxed);
    let image = image::range();
    take("image", image.start as u64, image.len() as u64);
    if let Some((address, size)) = initrd {
        take("initrd", address, size);
    }
    require_enough();
}

/// What of an entry is RAM that can be mapped.
fn usable(entry: &MemoryMapEntry) -> Option<Ram> {
    let start = entry.address;
    let end = start.saturating_add(entry.size).min(IDENTITY_END);
    (entry.kind == MEMORY_RAM && start < end).then_some(Ram { start, end })
}

/// Takes what is loaded already off the free memory. It has to be in RAM, and
/// where nothing else is.
fn take(what: &str, address: u64, size: u64) {
    let end = address.saturating_add(size);
    if !is_all_in(&ram(), address, end) {
        fail(
            Failure::Memory,
            format_args!(
                "too little memory: the {what}, {size} bytes at {address:#x}, is not in RAM"
            ),
        );
    }
    let image = image::range();
    let overlaps = address < image.end as u64 && (image.start as u64) < end;
    if overlaps && address != image.start as u64 {
        fail(
            Failure::Platform,
            format_args!("the {what}, {size} bytes at {address:#x}, is in the image"),
        );
    }
    FREE.lock().reserve(address, end);
}

/// Where RAM is. Entries may be empty, and overlap.
pub(crate) fn ram() -> [Ram; limits::RAM_RANGES] {
    *RAM.lock()
}

/// Whether some of `start..end` is RAM: what a device says is its own must not
/// be, or its registers would be our memory.
pub(crate) fn is_ram(start: u64, end: u64) -> bool {
    ram()
        .iter()
        .any(|ram| ram.start < ram.end && ram.start < end && start < ram.end)
}

/// Whether all of `start..end` is in `ranges`.
fn is_all_in(ranges: &[Ram], start: u64, end: u64) -> bool {
    let mut next = start;
    while next < end {
        let holds_next = |ram: &&Ram| (ram.start..ram.end).contains(&next);
        let Some(ram) = ranges.iter().find(holds_next) else {
            return false;
        };
        next = ram.end;
    }
    true
}

/// Stops a machine that could not serve anyone.
pub(crate) fn require_enough() {
    let free = free_bytes();
    if free < limits::LEAST_FREE_BYTES {
        fail(
            Failure::Memory,
            format_args!(
                "too little memory: {} KiB in all, {} KiB free beside the image, at least {} KiB are needed",
                total_bytes() >> 10,
                free >> 10,
                limits::LEAST_FREE_BYTES >> 10
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(address: u64, size: u64, kind: u32) -> MemoryMapEntry {
        MemoryMapEntry {
            address,
            size,
            kind,
            reserved: 0,
        }
    }

    #[test]
    fn nonsense_in_the_memory_map_is_no_ram() {
        let ram = |start, end| Some(Ram { start, end });
        assert_eq!(usable(&entry(0, 0x9_fc00, MEMORY_RAM)), ram(0, 0x9_fc00));
        assert_eq!(usable(&entry(0x1000, 0x1000, 2)), None);
        assert_eq!(usable(&entry(0x1000, 0, MEMORY_RAM)), None);
        assert_eq!(usable(&entry(u64::MAX, 5, MEMORY_RAM)), None);
        assert_eq!(
            usable(&entry(1 << 20, u64::MAX, MEMORY_RAM)),
            ram(1 << 20, IDENTITY_END)
        );
        assert_eq!(usable(&entry(IDENTITY_END, 4096, MEMORY_RAM)), None);
    }

    #[test]
    fn what_is_loaded_has_to_be_in_ram_to_its_last_byte() {
        let ram = |start, end| Ram { start, end };
        let ranges = [ram(100, 200), ram(0, 0), ram(150, 300), ram(300, 400)];
        assert!(is_all_in(&ranges, 100, 400));
        assert!(is_all_in(&ranges, 399, 400));
        assert!(!is_all_in(&ranges, 399, 401));
        assert!(!is_all_in(&ranges, 99, 101));
        assert!(!is_all_in(&ranges, 500, u64::MAX));
    }
}

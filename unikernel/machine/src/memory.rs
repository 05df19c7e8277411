//! How much memory there is, and which of it is free.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::boot::{MEMORY_RAM, MemoryMapEntry};
use crate::frames::FREE;
use crate::power::{Failure, fail};
use crate::{Lock, image, limits};

static TOTAL: AtomicU64 = AtomicU64::new(0);

/// Where RAM is, as first and last address; unused entries are empty.
static RAM: Lock<[(u64, u64); limits::RAM_RANGES]> = Lock::new([(1, 0); limits::RAM_RANGES]);

/// Bytes of RAM that the monitor gave.
pub fn total_bytes() -> u64 {
    TOTAL.load(Ordering::Relaxed)
}

/// Bytes of RAM that nothing uses yet.
pub fn free_bytes() -> u64 {
    FREE.lock().free_bytes()
}

/// Declares free what the monitor calls RAM, except the image and the initrd.
pub(crate) fn init(map: impl Iterator<Item = MemoryMapEntry>, initrd: Option<(u64, u64)>) {
    let mut free = FREE.lock();
    let mut ram = RAM.lock();
    let mut total = 0;
    // A monitor names a handful of ranges; memory beyond the limit is not used.
    let entries = map.filter(|entry| entry.kind == MEMORY_RAM && entry.size > 0);
    for (place, entry) in ram.iter_mut().zip(entries) {
        total += entry.size;
        let end = entry.address.saturating_add(entry.size);
        *place = (entry.address, end - 1);
        free.free(entry.address.max(limits::LOWEST_FRAME), end);
    }
    drop(ram);
    let image = image::range();
    free.reserve(image.start as u64, image.end as u64);
    if let Some((address, size)) = initrd {
        free.reserve(address, address.saturating_add(size));
    }
    TOTAL.store(total, Ordering::Relaxed);
    drop(free);
    require_enough();
}

/// Whether some of `start..end` is RAM: what a device says is its own must not
/// be, or its registers would be our memory.
pub(crate) fn is_ram(start: u64, end: u64) -> bool {
    RAM.lock()
        .iter()
        .any(|&(first, last)| first < end && start <= last)
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

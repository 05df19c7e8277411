//! How much memory there is, and which of it is free.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::boot::{MEMORY_RAM, MemoryMapEntry};
use crate::frames::FREE;
use crate::power::{Failure, fail};
use crate::{image, limits};

static TOTAL: AtomicU64 = AtomicU64::new(0);

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
    let mut total = 0;
    for entry in map.filter(|entry| entry.kind == MEMORY_RAM) {
        total += entry.size;
        let end = entry.address.saturating_add(entry.size);
        free.free(entry.address.max(limits::LOWEST_FRAME), end);
    }
    let image = image::range();
    free.reserve(image.start as u64, image.end as u64);
    if let Some((address, size)) = initrd {
        free.reserve(address, address.saturating_add(size));
    }
    TOTAL.store(total, Ordering::Relaxed);
    drop(free);
    require_enough();
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

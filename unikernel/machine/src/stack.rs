//! Stacks with a guard page below.

use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::image;
use crate::paging::{self, Access, OutOfMemory, PAGE_SIZE};

/// Where stacks are mapped, one above the other.
const STACKS: Range<usize> = 0x7000_0000_0000..0x7010_0000_0000;

static NEXT: AtomicUsize = AtomicUsize::new(STACKS.start);

/// A new stack of `size` bytes (a multiple of the page size), zeroed, with an
/// unmapped page under it; lives for ever.
///
/// # Errors
/// When memory runs out.
pub fn allocate(size: usize) -> Result<&'static mut [u8], OutOfMemory> {
    assert!(
        size.is_multiple_of(PAGE_SIZE) && size < STACKS.end - STACKS.start,
        "a stack of {size} bytes"
    );
    let guard = NEXT.fetch_add(PAGE_SIZE + size, Ordering::Relaxed);
    let bottom = guard + PAGE_SIZE;
    assert!(bottom + size <= STACKS.end, "no room for another stack");
    paging::map_new(bottom, size / PAGE_SIZE, Access::ReadWrite)?;
    // SAFETY: the pages were just mapped, and nobody else knows of them.
    Ok(unsafe { core::slice::from_raw_parts_mut(bottom as *mut u8, size) })
}

/// Whether a fault at `address` means that a stack has overflowed.
pub(crate) fn is_guard_page(address: usize) -> bool {
    let boot = image::boot_stack_guard();
    (boot..boot + PAGE_SIZE).contains(&address)
        || (STACKS.start..NEXT.load(Ordering::Relaxed)).contains(&address)
}

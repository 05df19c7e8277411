//! The heap, for both lives of the image.
//!
//! A program has one global allocator. If it were the C library's, a `Box` of
//! the kernel would call `brk` and enter the kernel again. So it is here:
//! booted, it takes physical memory directly (identity-mapped, so that devices
//! can be given its addresses); run, it takes `mmap`ed memory.
//!
//! The algorithm is `dlmalloc`, from a well-kept crate: little memory is wasted,
//! and free memory goes back to the page allocator.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::asm;

use dlmalloc::Dlmalloc;

use crate::frames::FREE;
use crate::paging::PAGE_SIZE;
use crate::{Life, Lock, life};

/// The global allocator of the image.
pub struct Heap(Lock<Dlmalloc<Pages>>);

impl Heap {
    /// An empty heap.
    #[expect(
        clippy::new_without_default,
        reason = "there is one, in a static: it must be const"
    )]
    pub const fn new() -> Self {
        Self(Lock::new(Dlmalloc::new_with_allocator(Pages)))
    }
}

// SAFETY: dlmalloc meets the contract, and the lock lets one caller in at a time.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: any size and any power-of-two alignment are allowed.
        unsafe { self.0.lock().malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: by the caller's word, `pointer` came from here with `layout`.
        unsafe { self.0.lock().free(pointer, layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as `alloc`.
        unsafe { self.0.lock().calloc(layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as `dealloc`.
        unsafe {
            self.0
                .lock()
                .realloc(pointer, layout.size(), layout.align(), new_size)
        }
    }
}

/// Where the heap takes pages from.
struct Pages;

// SAFETY: what `alloc` gives belongs to the heap until `free` or `free_part`.
unsafe impl dlmalloc::Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        let size = size.next_multiple_of(PAGE_SIZE);
        let address = match life() {
            Life::Boot => FREE
                .lock()
                .allocate(size / PAGE_SIZE)
                .map_or(0, |address| address as usize),
            Life::Run => host_map(size),
        };
        (address as *mut u8, size, 0)
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        core::ptr::null_mut()
    }

    fn free_part(&self, pointer: *mut u8, old_size: usize, new_size: usize) -> bool {
        self.free(pointer.wrapping_add(new_size), old_size - new_size)
    }

    fn free(&self, pointer: *mut u8, size: usize) -> bool {
        let start = pointer as u64;
        match life() {
            Life::Boot => FREE.lock().free(start, start + size as u64),
            Life::Run => host_unmap(start as usize, size),
        }
        true
    }

    fn can_release_part(&self, _: u32) -> bool {
        true
    }

    fn allocates_zeros(&self) -> bool {
        life() == Life::Run
    }

    fn page_size(&self) -> usize {
        PAGE_SIZE
    }
}

/// Asks Linux for `size` bytes; 0 when it refuses.
fn host_map(size: usize) -> usize {
    const MMAP: usize = 9;
    const READ_WRITE: usize = 3;
    const PRIVATE_ANONYMOUS: usize = 0x22;
    const LARGEST_ERROR: isize = -4095;
    let result: isize;
    // SAFETY: mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE |
    // MAP_ANONYMOUS, -1, 0) makes a new mapping and changes no other.
    unsafe {
        asm!("syscall", inlateout("rax") MMAP => result, in("rdi") 0, in("rsi") size,
            in("rdx") READ_WRITE, in("r10") PRIVATE_ANONYMOUS, in("r8") -1_isize, in("r9") 0,
            lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    if (LARGEST_ERROR..0).contains(&result) {
        0
    } else {
        result as usize
    }
}

fn host_unmap(address: usize, size: usize) {
    const MUNMAP: usize = 11;
    // SAFETY: the heap gave the memory up: nothing refers to it.
    unsafe {
        asm!("syscall", inlateout("rax") MUNMAP => _, in("rdi") address, in("rsi") size,
            lateout("rcx") _, lateout("r11") _, options(nostack));
    }
}

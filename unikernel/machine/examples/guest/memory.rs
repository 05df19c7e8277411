//! Memory: who may do what with which page, and what comes back.

use std::hint::black_box;

use machine::paging::{self, Access, PAGE_SIZE, PROGRAM};
use machine::{free_bytes, program};

use crate::say;

/// Writes and reads one byte of each page.
fn touch(address: usize, pages: usize) {
    for page in 0..pages {
        let byte = (address + page * PAGE_SIZE) as *mut u8;
        // SAFETY: the callers have mapped these pages, writable.
        let old = unsafe { byte.read_volatile() };
        assert_eq!(old, 0, "a new page is zeroed");
        // SAFETY: as above.
        unsafe { byte.write_volatile(page as u8 | 1) };
    }
}

fn is(address: usize, pages: usize, read: bool, write: bool, execute: bool) -> bool {
    let length = pages * PAGE_SIZE;
    paging::readable(address, length) == read
        && paging::writable(address, length) == write
        && (address..address + length)
            .step_by(PAGE_SIZE)
            .all(|page| paging::executable(page) == execute)
}

/// What `mmap`, `mprotect` and `munmap` need.
pub(crate) fn program() {
    const PAGES: usize = 700; // more than one table
    let at = PROGRAM.start + 5 * PAGE_SIZE;
    assert!(is(at, PAGES, false, false, false));
    paging::map(at, PAGES, Access::ReadWrite).expect("memory");
    assert!(is(at, PAGES, true, true, false));
    touch(at, PAGES);
    assert!(!paging::readable(at - 1, 2));
    assert!(!paging::writable(at + PAGES * PAGE_SIZE - 1, 2));

    assert!(paging::protect(at + PAGE_SIZE, 2, Access::Read));
    assert!(is(at + PAGE_SIZE, 2, true, false, false));
    assert!(!paging::writable(at, 2 * PAGE_SIZE));
    assert!(paging::protect(at + PAGE_SIZE, 1, Access::None));
    assert!(is(at + PAGE_SIZE, 1, false, false, false));
    assert!(paging::protect(at + PAGE_SIZE, 1, Access::ReadExecute));
    assert!(is(at + PAGE_SIZE, 1, true, false, true));
    assert!(paging::protect(at, PAGES, Access::ReadWrite));
    let kept = (at + PAGE_SIZE) as *const u8;
    // SAFETY: mapped and readable.
    assert_eq!(unsafe { kept.read_volatile() }, 1, "protect keeps bytes");

    // Nothing of it changes when a part is not there, or not the program's.
    assert!(!paging::protect(at, PAGES + 1, Access::Read));
    assert!(paging::writable(at, PAGES * PAGE_SIZE));
    assert!(!paging::protect(at + 1, 1, Access::Read));
    let text = program as *const () as usize & !(PAGE_SIZE - 1);
    assert!(!paging::protect(text, 1, Access::ReadWrite));
    assert!(!paging::protect(PAGE_SIZE, 1, Access::Read));
    assert!(!paging::protect(at, usize::MAX / PAGE_SIZE, Access::Read));

    paging::unmap(at + 3 * PAGE_SIZE, 1);
    assert!(!paging::readable(at + 3 * PAGE_SIZE, 1));
    paging::unmap(at, PAGES + 10);
    assert!(is(at, PAGES, false, false, false));

    // The same again: nothing is lost, and nothing is given back twice.
    let before = free_bytes();
    for _ in 0..20 {
        paging::map(at, PAGES, Access::ReadWrite).expect("memory");
        assert_eq!(free_bytes(), before - (PAGES * PAGE_SIZE) as u64);
        touch(at, PAGES);
        paging::unmap(at, PAGES);
        paging::unmap(at, PAGES);
        assert_eq!(free_bytes(), before);
    }

    // Little in a large range.
    let far = PROGRAM.end - PAGE_SIZE;
    paging::map(far, 1, Access::ReadWrite).expect("memory");
    paging::unmap(PROGRAM.start, (PROGRAM.end - PROGRAM.start) / PAGE_SIZE);
    assert!(!paging::readable(far, 1));
    let before = free_bytes();

    // More than there is: all or nothing.
    let too_many = before as usize / PAGE_SIZE + 1;
    assert!(paging::map(at, too_many, Access::ReadWrite).is_err());
    assert!(!paging::readable(at, 1));
    let tables = 8 * PAGE_SIZE as u64 + before / 512;
    assert!(free_bytes() >= before - tables, "{before} {}", free_bytes());
}

/// Walks the segments, and looks at the corners of the address space.
pub(crate) fn access() {
    const PT_LOAD: u32 = 1;
    let headers = program::headers();
    for index in 0..headers.count {
        let header = (headers.address + index * headers.entry_size) as *const [u64; 6];
        // SAFETY: a program header of the image.
        let words = unsafe { header.read() };
        let (kind, flags) = (words[0] as u32, words[0] >> 32);
        if kind != PT_LOAD {
            continue;
        }
        let (start, end) = (words[2] as usize, (words[2] + words[5]) as usize);
        let (execute, write) = (flags & 1 != 0, flags & 2 != 0);
        assert!(!(write && execute), "segment {index} has flags {flags:#x}");
        let first = start & !(PAGE_SIZE - 1);
        let mut odd = 0;
        for page in (first..end).step_by(PAGE_SIZE) {
            odd += usize::from(!is(page, 1, true, write, execute));
        }
        // The page under the boot stack is not mapped.
        assert!(odd <= usize::from(write), "{odd} odd pages in {index}");
        say(format_args!("segment {start:#x}..{end:#x} flags {flags}"));
    }

    assert!(is(0, 1, false, false, false), "page zero");
    let heap = Box::new(1_u8);
    let page = (&raw const *heap) as usize & !(PAGE_SIZE - 1);
    assert!(is(page, 1, true, true, false), "heap");
    let here = 0_u8;
    let page = (&raw const *black_box(&here)) as usize & !(PAGE_SIZE - 1);
    assert!(is(page, 1, true, true, false), "stack");
    assert!(!paging::executable(0xfee0_0000), "devices");
    for address in [1 << 47, usize::MAX - 8, 0x5fff_ffff_f000, PROGRAM.start] {
        assert!(!paging::readable(address, 8), "{address:#x}");
    }
    assert!(!paging::readable(page, usize::MAX));
    assert!(!paging::readable(page, usize::MAX - page));
}

/// Makes a page in the middle of writable data read-only, as the C runtime does
/// with relocated tables.
pub(crate) fn relocated_data() {
    /// Long enough that there are large pages in it.
    static LARGE: machine::Lock<[u8; 6 << 20]> = machine::Lock::new([0; 6 << 20]);
    let middle = (&raw const *LARGE.lock()) as usize + (3 << 20);
    let page = middle & !(PAGE_SIZE - 1);
    assert!(paging::writable(page - PAGE_SIZE, 3 * PAGE_SIZE));
    LARGE.lock()[3 << 20] = 1;
    assert!(paging::protect(page, 1, Access::Read));
    assert!(is(page, 1, true, false, false));
    assert!(is(page - PAGE_SIZE, 1, true, true, false));
    assert!(is(page + PAGE_SIZE, 1, true, true, false));
    assert!(!paging::protect(page, 1, Access::ReadExecute));
    assert!(!paging::protect(page, 1, Access::None));
    assert!(paging::protect(page, 1, Access::ReadWrite));
    assert_eq!(LARGE.lock()[3 << 20], 1);
    assert!(paging::protect(page, 1, Access::Read));
    // And it is meant: this is where the machine stops.
    LARGE.lock()[3 << 20] = 2;
}

/// What the heap may keep for itself: dlmalloc's trim threshold, and a chunk.
const KEPT: u64 = (2 << 20) + (256 << 10);

pub(crate) fn heap() {
    let before = free_bytes();
    for round in 0..3_usize {
        let mut small: Vec<Vec<u8>> = Vec::new();
        for index in 0..20_000_usize {
            small.push(vec![index as u8; 1 + index * 31 % 700]);
        }
        let large: Vec<Vec<u64>> = (1..8).map(|size| vec![7; size << 16]).collect();
        assert!(free_bytes() < before - (15 << 20));
        for (index, bytes) in small.iter().enumerate() {
            assert!(bytes.iter().all(|&byte| byte == index as u8));
        }
        // In an order that leaves holes, then none.
        let mut holes = small;
        let mut index = 0;
        holes.retain(|_| {
            index += 1;
            index % (round + 2) != 0
        });
        drop(large);
        drop(holes);
        let after = free_bytes();
        say(format_args!(
            "round {round}: {} KiB kept",
            (before - after) >> 10
        ));
        assert!(before - after <= KEPT, "{before} before, {after} after");
    }
    // More than there is.
    let mut none: Vec<u8> = Vec::new();
    assert!(none.try_reserve_exact(1 << 40).is_err());
    assert!(none.try_reserve_exact(isize::MAX as usize - 4096).is_err());
    assert!(before - free_bytes() <= KEPT);
    let aligned = std::alloc::Layout::from_size_align(5000, 1 << 20).expect("a layout");
    // SAFETY: the layout is not empty; given back below.
    let pointer = unsafe { std::alloc::alloc(aligned) };
    assert!(!pointer.is_null() && (pointer as usize).is_multiple_of(1 << 20));
    // SAFETY: as above.
    unsafe { std::alloc::dealloc(pointer, aligned) };
}

/// RAM above 4 GiB.
pub(crate) fn high() {
    let total = machine::total_bytes();
    assert!(total > 4000 << 20, "{total} bytes in all");
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    let above = |block: &Vec<u8>| block.as_ptr() as usize >= 1 << 32;
    while !blocks.last().is_some_and(above) {
        blocks.push(Vec::with_capacity(256 << 20));
    }
    let block = blocks.last_mut().expect("there is one");
    block.resize(8 << 20, 0x5a);
    assert!(block.iter().all(|&byte| byte == 0x5a));
    let page = block.as_ptr() as usize & !(PAGE_SIZE - 1);
    assert!(is(page + PAGE_SIZE, 1, true, true, false));
    say(format_args!("block at {page:#x}"));
}

pub(crate) fn stacks() {
    let first = machine::stack::allocate(8 * PAGE_SIZE).expect("memory");
    let second = machine::stack::allocate(PAGE_SIZE).expect("memory");
    for stack in [first, second] {
        let range = stack.as_ptr_range();
        let bottom = range.start as usize;
        assert!(stack.iter().all(|&byte| byte == 0));
        stack.fill(1);
        assert!(is(bottom, stack.len() / PAGE_SIZE, true, true, false));
        assert!(is(bottom - PAGE_SIZE, 1, false, false, false));
    }
    let free = free_bytes() as usize & !(PAGE_SIZE - 1);
    assert!(machine::stack::allocate(free + PAGE_SIZE).is_err());
    assert!(machine::stack::allocate(PAGE_SIZE).is_ok());
}

//! Page tables: who may do what with which page.
//!
//! Intel SDM volume 3, 4.5 (4-level paging). RAM and devices are
//! identity-mapped, so a table's physical address is where it can be read and
//! written. There is no mapping that is both writable and executable.

mod tables;

use core::ops::Range;

use crate::frames::FREE;
use crate::power::{Failure, fail};
use crate::{Lock, cpu, image, memory};
use tables::{
    ADDRESS, KEEPS_FRAME, LOW_END, NO_EXECUTE, PRESENT, TABLE_REACH, Tables, UNCACHED, WRITABLE,
    flags, new_table,
};

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;

/// The addresses at which the program may map memory (`mmap`, `brk`).
pub const PROGRAM: Range<usize> = 0x6000_0000_0000..0x6010_0000_0000;

/// Where identity-mapped physical addresses end.
pub(crate) const IDENTITY_END: u64 = 0x6000_0000_0000;
/// What may be done with a page. There is none that is both writable and
/// executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: a guard page.
    None,
    /// Read.
    Read,
    /// Read and write.
    ReadWrite,
    /// Read and execute.
    ReadExecute,
}

/// There is no free frame left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// The tables that are in use.
static TABLES: Lock<Tables> = Lock::new(Tables::BOOT);

/// Builds the real page tables and installs them.
pub(crate) fn init(initrd: Option<(u64, u64)>) {
    let built = build(initrd);
    if built.is_err() {
        fail(
            Failure::Memory,
            format_args!("too little memory for the page tables"),
        );
    }
}

fn build(initrd: Option<(u64, u64)>) -> Result<(), OutOfMemory> {
    let mut tables = Tables::new()?;
    let page = PAGE_SIZE as u64;
    tables.map_identity(page, LOW_END, flags(Access::ReadWrite) | UNCACHED)?;
    for ram in memory::ram() {
        tables.map_identity(ram.start.max(page), ram.end, flags(Access::ReadWrite))?;
    }
    if let Some((address, size)) = initrd {
        tables.map_identity(address, address + size, flags(Access::Read))?;
    }
    for segment in image::segments() {
        let range = segment.addresses();
        tables.map_identity(
            range.start as u64,
            range.end as u64,
            flags(segment.access()),
        )?;
    }
    let guard = image::boot_stack_guard();
    tables.map_identity(guard as u64, (guard + PAGE_SIZE) as u64, 0)?;
    // SAFETY: everything in use was just mapped: the image with the access its
    // segments ask for, all RAM, all devices below 4 GiB.
    unsafe {
        tables.install();
    }
    *TABLES.lock() = tables;
    Ok(())
}

/// Maps `pages` zeroed pages at `address`, page aligned and inside
/// [`PROGRAM`], none of them mapped yet.
///
/// # Errors
/// When memory runs out; nothing stays mapped then.
pub fn map(address: usize, pages: usize, access: Access) -> Result<(), OutOfMemory> {
    assert!(
        in_program(address, pages),
        "mapping {pages} pages at {address:#x}"
    );
    map_new(address, pages, access)
}

/// Maps new zeroed pages anywhere above the identity map.
pub(crate) fn map_new(address: usize, pages: usize, access: Access) -> Result<(), OutOfMemory> {
    for index in 0..pages {
        let mapped = map_page(address + index * PAGE_SIZE, access);
        if mapped.is_err() {
            release(address, index);
            return Err(OutOfMemory);
        }
    }
    Ok(())
}

fn map_page(address: usize, access: Access) -> Result<(), OutOfMemory> {
    let frame = new_table()?;
    match TABLES.lock().entry(address) {
        Ok(entry) => {
            assert!(*entry == 0, "mapping {address:#x} over what is there");
            *entry = frame | flags(access);
            Ok(())
        }
        Err(OutOfMemory) => {
            FREE.lock().free(frame, frame + PAGE_SIZE as u64);
            Err(OutOfMemory)
        }
    }
}

/// Unmaps what is mapped of `pages` pages at `address`, inside [`PROGRAM`],
/// and frees their frames.
pub fn unmap(address: usize, pages: usize) {
    assert!(
        in_program(address, pages),
        "unmapping {pages} pages at {address:#x}"
    );
    release(address, pages);
}

fn release(address: usize, pages: usize) {
    let mut tables = TABLES.lock();
    let (mut page, end) = (address, address + pages * PAGE_SIZE);
    while page < end {
        let Some(entry) = tables.existing_entry(page) else {
            page = (page + 1).next_multiple_of(TABLE_REACH);
            continue;
        };
        if *entry & (PRESENT | KEEPS_FRAME) != 0 {
            let frame = *entry & ADDRESS;
            *entry = 0;
            cpu::invalidate_page(page);
            FREE.lock().free(frame, frame + PAGE_SIZE as u64);
        }
        page += PAGE_SIZE;
    }
}

/// Changes the access of mapped pages, inside [`PROGRAM`] or in the image's
/// own writable data (where the C runtime makes relocated tables read-only).
/// False when some page there is not mapped, or may not be changed: nothing is
/// changed then.
pub fn protect(address: usize, pages: usize, access: Access) -> bool {
    let data = image::writable_data();
    let end = address.saturating_add(pages.saturating_mul(PAGE_SIZE));
    let in_data = address >= data.start
        && end <= data.end
        && matches!(access, Access::Read | Access::ReadWrite);
    if !address.is_multiple_of(PAGE_SIZE) || !(in_program(address, pages) || in_data) {
        return false;
    }
    // The data may be in large pages, which are split here: that changes
    // nothing.
    let mut tables = TABLES.lock();
    let addresses = (address..end).step_by(PAGE_SIZE);
    let mapped = |entry: &mut u64| *entry & (PRESENT | KEEPS_FRAME) != 0;
    if !addresses
        .clone()
        .all(|page| tables.existing_entry(page).is_some_and(mapped))
    {
        return false;
    }
    for page in addresses {
        if let Some(entry) = tables.existing_entry(page) {
            *entry = *entry & ADDRESS | flags(access);
            cpu::invalidate_page(page);
        }
    }
    true
}

/// Whether every byte of `address..address + length` may be read.
pub fn readable(address: usize, length: usize) -> bool {
    all_pages_have(&TABLES.lock(), address, length, PRESENT)
}

/// The same for the report of an exception or a panic, which may come while
/// the tables are being changed: false then.
pub(crate) fn probe_readable(address: usize, length: usize) -> bool {
    TABLES
        .try_lock()
        .is_some_and(|tables| all_pages_have(&tables, address, length, PRESENT))
}

/// Whether every byte of `address..address + length` may be written.
pub fn writable(address: usize, length: usize) -> bool {
    all_pages_have(&TABLES.lock(), address, length, PRESENT | WRITABLE)
}

/// Whether the byte at `address` may be executed.
pub fn executable(address: usize) -> bool {
    let found = TABLES.lock().look_up(address);
    found.is_some_and(|(flags, _)| flags & NO_EXECUTE == 0)
}

/// Makes the device registers at `physical` accessible, uncached; the address
/// to use, which is `physical` itself.
///
/// # Errors
/// When the page tables cannot grow, or the addresses are RAM or beyond the
/// identity map.
pub fn map_device(physical: u64, length: usize) -> Result<usize, OutOfMemory> {
    let end = physical.checked_add(length as u64).ok_or(OutOfMemory)?;
    if end > IDENTITY_END || memory::is_ram(physical, end) {
        return Err(OutOfMemory);
    }
    if end > LOW_END && crate::life() == crate::Life::Boot {
        TABLES
            .lock()
            .map_identity(physical, end, flags(Access::ReadWrite) | UNCACHED)?;
    }
    Ok(physical as usize)
}

fn in_program(address: usize, pages: usize) -> bool {
    let end = pages
        .checked_mul(PAGE_SIZE)
        .and_then(|length| address.checked_add(length));
    address.is_multiple_of(PAGE_SIZE)
        && address >= PROGRAM.start
        && end.is_some_and(|end| end <= PROGRAM.end)
}

fn all_pages_have(tables: &Tables, address: usize, length: usize, wanted: u64) -> bool {
    let Some(end) = address.checked_add(length) else {
        return false;
    };
    if crate::life() == crate::Life::Run {
        return address != 0;
    }
    let mut next = address;
    while next < end {
        let Some((flags, page_size)) = tables.look_up(next) else {
            return false;
        };
        if flags & wanted != wanted {
            return false;
        }
        next = (next & !(page_size - 1)) + page_size;
    }
    true
}

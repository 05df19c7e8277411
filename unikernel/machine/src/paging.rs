//! Page tables: who may do what with which page.
//!
//! Intel SDM volume 3, 4.5 (4-level paging). RAM and devices are
//! identity-mapped, so a table's physical address is where it can be read and
//! written. There is no mapping that is both writable and executable.

use core::ops::Range;

use crate::frames::FREE;
use crate::power::{Failure, fail};
use crate::{Lock, cpu, image, memory};

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;

/// The addresses at which the program may map memory (`mmap`, `brk`).
pub const PROGRAM: Range<usize> = 0x6000_0000_0000..0x6010_0000_0000;

/// Where identity-mapped physical addresses end.
pub(crate) const IDENTITY_END: u64 = 0x6000_0000_0000;
/// All of it is mapped from the start: RAM, or else devices.
const LOW_END: u64 = 1 << 32;
const LARGE_PAGE: u64 = 1 << 21;

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

const PRESENT: u64 = 1;
const WRITABLE: u64 = 1 << 1;
const UNCACHED: u64 = 1 << 4 | 1 << 3;
const LARGE: u64 = 1 << 7;
/// Free for software: the entry keeps a frame, though it is not present.
const KEEPS_FRAME: u64 = 1 << 9;
const NO_EXECUTE: u64 = 1 << 63;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

const ENTRIES: usize = 512;
type Table = [u64; ENTRIES];

fn flags(access: Access) -> u64 {
    match access {
        Access::None => KEEPS_FRAME | NO_EXECUTE,
        Access::Read => PRESENT | NO_EXECUTE,
        Access::ReadWrite => PRESENT | WRITABLE | NO_EXECUTE,
        Access::ReadExecute => PRESENT,
    }
}

/// The tables, by the address of their root; 0 until [`init`]: the boot page
/// tables, which map [`LOW_END`] bytes.
static TABLES: Lock<Tables> = Lock::new(Tables { root: 0 });

struct Tables {
    root: u64,
}

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
    let mut tables = Tables { root: new_table()? };
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
        cpu::set_page_tables(tables.root);
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
    for index in 0..pages {
        let page = address + index * PAGE_SIZE;
        let Some(entry) = tables.existing_entry(page) else {
            continue;
        };
        if *entry & (PRESENT | KEEPS_FRAME) == 0 {
            continue;
        }
        let frame = *entry & ADDRESS;
        *entry = 0;
        cpu::invalidate_page(page);
        FREE.lock().free(frame, frame + PAGE_SIZE as u64);
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

/// A zeroed frame.
fn new_table() -> Result<u64, OutOfMemory> {
    let frame = FREE.lock().allocate(1).ok_or(OutOfMemory)?;
    // SAFETY: the frame is free memory, mapped, and now belongs to the caller.
    unsafe {
        core::ptr::write_bytes(frame as *mut u8, 0, PAGE_SIZE);
    }
    Ok(frame)
}

/// Index into the table of `level` (3 is the root, 0 the last).
fn index(address: usize, level: u32) -> usize {
    address >> (12 + 9 * level) & (ENTRIES - 1)
}

impl Tables {
    fn table(&mut self, address: u64) -> &mut Table {
        // SAFETY: `address` is a frame that `new_table` gave for a page table;
        // `&mut self` is the right to change the tables.
        unsafe { &mut *(address as *mut Table) }
    }

    /// The last-level entry for `address`, and the tables on the way to it.
    fn entry(&mut self, address: usize) -> Result<&mut u64, OutOfMemory> {
        let mut table = self.root;
        for level in [3, 2, 1] {
            let slot = &mut self.table(table)[index(address, level)];
            if *slot & PRESENT == 0 {
                *slot = new_table()? | PRESENT | WRITABLE;
            } else if *slot & LARGE != 0 {
                *slot = split(*slot)? | PRESENT | WRITABLE;
            }
            table = *slot & ADDRESS;
        }
        Ok(&mut self.table(table)[index(address, 0)])
    }

    /// The last-level entry for `address`, if there are tables for it. A large
    /// page is split, if memory allows.
    fn existing_entry(&mut self, address: usize) -> Option<&mut u64> {
        if self.root == 0 {
            return None;
        }
        let mut table = self.root;
        for level in [3, 2, 1] {
            let slot = &mut self.table(table)[index(address, level)];
            if *slot & PRESENT == 0 {
                return None;
            }
            if *slot & LARGE != 0 {
                *slot = split(*slot).ok()? | PRESENT | WRITABLE;
            }
            table = *slot & ADDRESS;
        }
        Some(&mut self.table(table)[index(address, 0)])
    }

    /// The flags and the size of the page that holds `address`.
    fn look_up(&self, address: usize) -> Option<(u64, usize)> {
        const CANONICAL_END: usize = 1 << 47;
        if address >= CANONICAL_END {
            return None;
        }
        if self.root == 0 {
            return (address < LOW_END as usize).then_some((PRESENT | WRITABLE, PAGE_SIZE));
        }
        let mut table = self.root;
        for level in [3, 2, 1] {
            // SAFETY: `table` is a page table, and nobody changes the tables
            // while `self` is borrowed.
            let slot = unsafe { (*(table as *const Table))[index(address, level)] };
            if slot & PRESENT == 0 {
                return None;
            }
            if slot & LARGE != 0 {
                return Some((slot, 1 << (12 + 9 * level)));
            }
            table = slot & ADDRESS;
        }
        // SAFETY: as above.
        let slot = unsafe { (*(table as *const Table))[index(address, 0)] };
        (slot & PRESENT != 0).then_some((slot, PAGE_SIZE))
    }

    /// Maps the pages that touch `start..end` to themselves with `flags`,
    /// whatever was there, in large pages where they fit.
    fn map_identity(&mut self, start: u64, end: u64, flags: u64) -> Result<(), OutOfMemory> {
        let mut address = start & !(PAGE_SIZE as u64 - 1);
        while address < end {
            if address.is_multiple_of(LARGE_PAGE) && end - address >= LARGE_PAGE {
                *self.large_entry(address as usize)? = address | flags | LARGE;
                address += LARGE_PAGE;
            } else {
                *self.entry(address as usize)? = if flags == 0 { 0 } else { address | flags };
                address += PAGE_SIZE as u64;
            }
        }
        Ok(())
    }

    /// The entry of the 2 MiB page at `address`. A table that was there is
    /// forgotten: this happens while the tables are built, and costs a frame.
    fn large_entry(&mut self, address: usize) -> Result<&mut u64, OutOfMemory> {
        let mut table = self.root;
        for level in [3, 2] {
            let slot = &mut self.table(table)[index(address, level)];
            if *slot & PRESENT == 0 {
                *slot = new_table()? | PRESENT | WRITABLE;
            }
            table = *slot & ADDRESS;
        }
        Ok(&mut self.table(table)[index(address, 1)])
    }
}

/// A table of 512 small pages that does what the large page `slot` did.
fn split(slot: u64) -> Result<u64, OutOfMemory> {
    let table = new_table()?;
    let (address, flags) = (slot & ADDRESS, slot & !ADDRESS & !LARGE);
    for number in 0..ENTRIES as u64 {
        let entry = (address + number * PAGE_SIZE as u64) | flags;
        // SAFETY: the frame is new and has room for 512 entries.
        unsafe {
            ((table + 8 * number) as *mut u64).write(entry);
        }
    }
    Ok(table)
}

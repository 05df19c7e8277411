//! The tables themselves: four levels of 512 entries (Intel SDM volume 3, 4.5).

use super::{Access, OutOfMemory, PAGE_SIZE};
use crate::cpu;
use crate::frames::FREE;

/// Every address below is mapped: as RAM, or else as a device.
pub(super) const LOW_END: u64 = 1 << 32;
const LARGE_PAGE: u64 = 1 << 21;
/// Bytes that one table of the last level maps.
pub(super) const TABLE_REACH: usize = LARGE_PAGE as usize;

pub(super) const PRESENT: u64 = 1;
pub(super) const WRITABLE: u64 = 1 << 1;
pub(super) const UNCACHED: u64 = 1 << 4 | 1 << 3;
const LARGE: u64 = 1 << 7;
/// Free for software: the entry keeps a frame, though it is not present.
pub(super) const KEEPS_FRAME: u64 = 1 << 9;
pub(super) const NO_EXECUTE: u64 = 1 << 63;
pub(super) const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

const ENTRIES: usize = 512;
type Table = [u64; ENTRIES];

/// What an entry says of a page.
pub(super) fn flags(access: Access) -> u64 {
    match access {
        Access::None => KEEPS_FRAME | NO_EXECUTE,
        Access::Read => PRESENT | NO_EXECUTE,
        Access::ReadWrite => PRESENT | WRITABLE | NO_EXECUTE,
        Access::ReadExecute => PRESENT,
    }
}

/// The tables that are in use, or those that are being built.
pub(super) struct Tables {
    /// Address of the root; 0 for the boot page tables, which map the first
    /// [`LOW_END`] bytes.
    root: u64,
}

/// A zeroed frame.
pub(super) fn new_table() -> Result<u64, OutOfMemory> {
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
    /// Those of `entry.s`.
    pub(super) const BOOT: Self = Self { root: 0 };

    /// Tables that map nothing.
    pub(super) fn new() -> Result<Self, OutOfMemory> {
        let root = new_table()?;
        Ok(Self { root })
    }

    /// Has the CPU use them.
    ///
    /// # Safety
    /// They must map everything that is in use, with the access it needs.
    pub(super) unsafe fn install(&self) {
        // SAFETY: by the caller's word.
        unsafe { cpu::set_page_tables(self.root) }
    }

    fn table(&mut self, address: u64) -> &mut Table {
        // SAFETY: `address` is a frame that `new_table` gave for a page table;
        // `&mut self` is the right to change the tables.
        unsafe { &mut *(address as *mut Table) }
    }

    /// The last-level entry for `address`, and the tables on the way to it.
    pub(super) fn entry(&mut self, address: usize) -> Result<&mut u64, OutOfMemory> {
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
    pub(super) fn existing_entry(&mut self, address: usize) -> Option<&mut u64> {
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
    pub(super) fn look_up(&self, address: usize) -> Option<(u64, usize)> {
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
    pub(super) fn map_identity(
        &mut self,
        start: u64,
        end: u64,
        flags: u64,
    ) -> Result<(), OutOfMemory> {
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

//! Page tables: who may do what with which page.
use core::ops::Range;

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;

/// The addresses at which the program may map memory (`mmap`, `brk`).
pub const PROGRAM: Range<usize> = 0x10_0000_0000..0x20_0000_0000;

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

/// Maps `pages` zeroed pages at `address`, page aligned and inside
/// [`PROGRAM`], none of them mapped yet.
pub fn map(address: usize, pages: usize, access: Access) -> Result<(), OutOfMemory> {
    let _ = (address, pages, access);
    unimplemented!()
}

/// Unmaps what is mapped of `pages` pages at `address`, inside [`PROGRAM`],
/// and frees their frames.
pub fn unmap(address: usize, pages: usize) {
    let _ = (address, pages);
    unimplemented!()
}

/// Changes the access of mapped pages, inside [`PROGRAM`] or in the image's
/// own data. False when some page there is not mapped, or may not be changed.
pub fn protect(address: usize, pages: usize, access: Access) -> bool {
    let _ = (address, pages, access);
    unimplemented!()
}

/// Whether every byte of `address..address + length` may be read.
pub fn readable(address: usize, length: usize) -> bool {
    let _ = (address, length);
    unimplemented!()
}

/// Whether every byte of `address..address + length` may be written.
pub fn writable(address: usize, length: usize) -> bool {
    let _ = (address, length);
    unimplemented!()
}

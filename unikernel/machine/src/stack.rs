//! Stacks with a guard page below.

/// A new stack of `size` bytes (a multiple of the page size) with an unmapped
/// page under it; lives for ever. Gives its first address and its size.
pub fn allocate(size: usize) -> Result<&'static mut [u8], crate::paging::OutOfMemory> {
    let _ = size;
    unimplemented!()
}

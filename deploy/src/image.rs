//! The image: the prebuilt unikernel with one site attached.
//!
//! The steps are told in [`assemble`]. [`Elf`] reads and rewrites the file,
//! [`symbols`] names its functions; the format of what is attached is the crate
//! `attachment`'s.
//!
//! Specifications: the ELF-64 object file format; the Xen boot notes
//! (`XEN_ELFNOTE_PHYS32_ENTRY`).

mod elf;
mod symbols;

pub use elf::{Elf, Error};
pub use symbols::symbols;

/// The image for `pack`: it runs, and it boots.
///
/// 1. The boot note is looked for: without it, no monitor would start the file.
/// 2. The functions are named, for the backtraces of crashes.
/// 3. Names and site become a segment in the place of what only a linker needs.
///
/// # Errors
///
/// When `unikernel` is no program that could be booted, or the image would be too
/// large.
pub fn assemble(unikernel: &[u8], pack: &[u8]) -> Result<Vec<u8>, Error> {
    let elf = Elf::parse(unikernel)?;
    elf.check_boot_note()?;
    elf.attach(&attachment::write::segment(&symbols(&elf)?, pack))
}

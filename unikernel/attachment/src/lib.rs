//! What `fata` attaches to a built image, and how the image reads it.
//!
//! The image is linked once, without a site in it. `fata` then adds one more
//! read-only segment to the ELF file, which starts with [`MAGIC`] and holds:
//!
//! ```text
//!  0  magic           8 bytes     "fata\0seg"
//!  8  version         u32         1
//! 12  symbols         u32         how many
//! 16  names_length    u64         bytes of names, right after the symbols
//! 24  pack_offset     u64         from the start of the segment, 16-aligned
//! 32  pack_length     u64
//! 40  reserved        8 bytes     zero
//! 48  symbols         16 bytes each, by address:
//!                     u64 address, u32 size, u32 where its name starts
//!     names           u16 length, then UTF-8, for each
//!     padding, pack   the site, as `site-pack` wrote it
//! ```
//!
//! Numbers are little-endian. The symbols are for backtraces: a crash is the
//! last moment to trip over a bad table, so [`Attachment::symbol`] checks each
//! read and answers `None` where something is wrong.
//!
//! Neighbours: `deploy` writes it ([`write::segment`]), `machine` finds it in
//! memory and names the functions of a backtrace, the application opens the
//! pack.
#![no_std]

mod read;
pub mod write;

pub use read::{Attachment, Error};

/// The first bytes of the segment: what tells it from the image's own.
pub const MAGIC: [u8; 8] = *b"fata\0seg";

/// The layout described above.
pub const VERSION: u32 = 1;

/// The alignment of the pack in the segment, in bytes.
pub const PACK_ALIGNMENT: usize = 16;

/// Bytes before the symbol table.
const HEADER_LENGTH: usize = 48;

/// Bytes of one symbol.
const SYMBOL_LENGTH: usize = 16;

//! Reading an attachment in place, without memory of its own.

use core::fmt;
use core::num::TryFromIntError;

use crate::{HEADER_LENGTH, MAGIC, PACK_ALIGNMENT, SYMBOL_LENGTH, VERSION};

/// Why bytes are not an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There are fewer bytes than the header says, or than a header has.
    Truncated {
        /// How many bytes were expected.
        expected: u64,
        /// How many there are.
        found: usize,
    },
    /// The bytes do not begin with [`MAGIC`].
    NotAnAttachment,
    /// Written by another version of `fata`; this one reads [`VERSION`].
    Version(u32),
    /// The header says that the pack starts inside the tables, or unaligned.
    PackOffset(u64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { expected, found } => {
                write!(
                    f,
                    "the attachment should have {expected} bytes, and has {found}"
                )
            }
            Self::NotAnAttachment => f.write_str("no attachment: its magic number is missing"),
            Self::Version(found) => {
                write!(
                    f,
                    "the attachment has version {found}, expected was {VERSION}"
                )
            }
            Self::PackOffset(offset) => write!(
                f,
                "the pack starts at {offset}: expected was a multiple of {PACK_ALIGNMENT} \
                 after the symbols"
            ),
        }
    }
}

impl core::error::Error for Error {}

/// A checked attachment.
#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    symbols: &'a [[u8; SYMBOL_LENGTH]],
    names: &'a [u8],
    pack: &'a [u8],
}

/// One entry of the symbol table.
struct Symbol {
    address: u64,
    size: u64,
    name: usize,
}

impl<'a> Attachment<'a> {
    /// Checks the header of `bytes`. They may be longer than the attachment:
    /// a segment is mapped in whole pages.
    ///
    /// # Errors
    ///
    /// When they do not begin with one, or with one of another version, or are too few.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if !bytes.starts_with(&MAGIC) {
            return Err(Error::NotAnAttachment);
        }
        let truncated = |expected: u64| Error::Truncated {
            expected,
            found: bytes.len(),
        };
        let header = Header::read(bytes).ok_or(truncated(HEADER_LENGTH as u64))?;
        if header.version != VERSION {
            return Err(Error::Version(header.version));
        }

        let names_start = (header.symbols * SYMBOL_LENGTH as u64) + HEADER_LENGTH as u64;
        let names_end = names_start.saturating_add(header.names_length);
        let pack_end = header.pack_offset.saturating_add(header.pack_length);
        if header.pack_offset < names_end || header.pack_offset % PACK_ALIGNMENT as u64 != 0 {
            return Err(Error::PackOffset(header.pack_offset));
        }
        let part = |start: u64, end: u64| slice(bytes, start, end).ok_or(truncated(end));
        let pack = part(header.pack_offset, pack_end)?;
        let names = part(names_start, names_end)?;
        let (symbols, _) = part(HEADER_LENGTH as u64, names_start)?.as_chunks();
        Ok(Self {
            symbols,
            names,
            pack,
        })
    }

    /// The site, as `site-pack` wrote it.
    pub fn pack(&self) -> &'a [u8] {
        self.pack
    }

    /// The name of the function that `address` is in, and how many bytes after
    /// its start. In O(log n), without a panic whatever the table holds.
    pub fn symbol(&self, address: u64) -> Option<(&'a str, u64)> {
        let after = self
            .symbols
            .partition_point(|entry| Symbol::read(entry).is_some_and(|s| s.address <= address));
        let symbol = Symbol::read(self.symbols.get(after.checked_sub(1)?)?)?;
        let offset = address.checked_sub(symbol.address)?;
        if offset >= symbol.size {
            return None;
        }
        Some((self.name(symbol.name)?, offset))
    }

    fn name(&self, start: usize) -> Option<&'a str> {
        let (length, rest) = self.names.get(start..)?.split_first_chunk()?;
        let length = usize::from(u16::from_le_bytes(*length));
        core::str::from_utf8(rest.get(..length)?).ok()
    }
}

impl Symbol {
    fn read(entry: &[u8; SYMBOL_LENGTH]) -> Option<Self> {
        Some(Self {
            address: u64_at(entry, 0)?,
            size: u32_at(entry, 8)?.into(),
            name: u32_at(entry, 12)?.try_into().ok()?,
        })
    }
}

/// The numbers of the header, as they stand there.
struct Header {
    version: u32,
    symbols: u64,
    names_length: u64,
    pack_offset: u64,
    pack_length: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_LENGTH)?;
        Some(Self {
            version: u32_at(header, 8)?,
            symbols: u32_at(header, 12)?.into(),
            names_length: u64_at(header, 16)?,
            pack_offset: u64_at(header, 24)?,
            pack_length: u64_at(header, 32)?,
        })
    }
}

fn slice(bytes: &[u8], start: u64, end: u64) -> Option<&[u8]> {
    let range = || -> Result<_, TryFromIntError> { Ok(start.try_into()?..end.try_into()?) };
    bytes.get(range().ok()?)
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let (number, _) = bytes.get(offset..)?.split_first_chunk()?;
    Some(u32::from_le_bytes(*number))
}

fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    let (number, _) = bytes.get(offset..)?.split_first_chunk()?;
    Some(u64::from_le_bytes(*number))
}

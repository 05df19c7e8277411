//! Why a pack was refused, by the reader or by the writer.

use core::fmt;

use crate::limits::{MAX_ENTRIES, MAX_PACK_BYTES, MAX_PARTS, MAX_PROBES, MAX_STRING_BYTES};

/// Why bytes are not a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Fewer bytes than a header has.
    Short {
        /// How many there are.
        length: usize,
    },
    /// The first eight bytes are not the magic number.
    Magic([u8; 8]),
    /// A version this reader does not know.
    Version(u32),
    /// The header promises another length than there is.
    Length {
        /// What the header says, in bytes.
        promised: u64,
        /// What there is, in bytes.
        found: usize,
    },
    /// Counts over the limits, or tables longer than the pack.
    Tables {
        /// Files and redirects.
        entries: u32,
        /// Parts.
        parts: u32,
        /// Slots of the hash table.
        slots: u32,
    },
    /// An entry says something impossible.
    Entry {
        /// Its number, in the order of the paths.
        index: usize,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A part says something impossible.
    Part {
        /// Its number, in the order of the names.
        index: usize,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with an entry or a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It refers to bytes outside of the region where they belong.
    Span,
    /// A payload does not begin at a multiple of [`PAYLOAD_ALIGN`](crate::limits::PAYLOAD_ALIGN).
    Alignment,
    /// Text that is not UTF-8.
    Text,
    /// A string of length zero, or longer than the limit.
    StringLength,
    /// A path that does not begin with `/`.
    Path,
    /// Neither a file nor a redirect, or an unknown way of caching.
    Kind,
    /// It does not come after the one before it.
    Order,
    /// The hash table does not lead to it.
    Lookup,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { length } => {
                write!(f, "a pack has a header of 64 bytes; got {length} bytes")
            }
            Self::Magic(found) => write!(f, "a pack begins with FATAPACK; got {found:02x?}"),
            Self::Version(found) => write!(
                f,
                "expected pack version {}; got {found}",
                crate::layout::VERSION
            ),
            Self::Length { promised, found } => {
                write!(
                    f,
                    "the pack's header promises {promised} bytes; got {found}"
                )
            }
            Self::Tables {
                entries,
                parts,
                slots,
            } => write!(
                f,
                "the pack's tables ({entries} entries, {parts} parts, {slots} slots) exceed the limits or the pack"
            ),
            Self::Entry { index, fault } => write!(f, "entry {index} of the pack: {fault}"),
            Self::Part { index, fault } => write!(f, "part {index} of the pack: {fault}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Span => "refers to bytes outside of their region",
            Self::Alignment => "has a payload that is not aligned",
            Self::Text => "has text that is not UTF-8",
            Self::StringLength => "has an empty string or one over the limit",
            Self::Path => "has a path that does not begin with a slash",
            Self::Kind => "has an unknown kind",
            Self::Order => "does not come after the one before it",
            Self::Lookup => "is not found by the hash table",
        })
    }
}

impl core::error::Error for Error {}

/// Why a pack could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Two files, redirects or parts want the same name.
    Twice(alloc::string::String),
    /// A path that does not begin with `/`.
    Path(alloc::string::String),
    /// An empty name, or one over [`MAX_STRING_BYTES`].
    StringLength(alloc::string::String),
    /// More than [`MAX_ENTRIES`] entries or [`MAX_PARTS`] parts.
    Count,
    /// More than [`MAX_PACK_BYTES`] bytes.
    Length(u64),
    /// No hash table in which each path is found within [`MAX_PROBES`] slots:
    /// the paths were chosen to collide.
    Collisions,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice(name) => write!(f, "`{name}` is in the pack already"),
            Self::Path(path) => write!(f, "expected a path that begins with a slash; got `{path}`"),
            Self::StringLength(text) => write!(
                f,
                "expected a name of 1 to {MAX_STRING_BYTES} bytes; got {} bytes",
                text.len()
            ),
            Self::Count => write!(
                f,
                "a pack holds at most {MAX_ENTRIES} files and {MAX_PARTS} parts"
            ),
            Self::Length(bytes) => write!(
                f,
                "a pack holds at most {MAX_PACK_BYTES} bytes; this one has {bytes}"
            ),
            Self::Collisions => write!(f, "more than {MAX_PROBES} paths share a hash"),
        }
    }
}

impl core::error::Error for WriteError {}

//! Where everything is in a pack: the header, the records of the tables, the
//! hash. Shared by the reader and the writer; the format is told in the crate's
//! documentation.

use crate::error::Fault;
use crate::limits::{MAX_STRING_BYTES, PAYLOAD_ALIGN};

pub(crate) const MAGIC: [u8; 8] = *b"FATAPACK";
pub(crate) const VERSION: u32 = 2;

pub(crate) const HEADER_BYTES: usize = 64;
pub(crate) const SLOT_BYTES: usize = 8;
pub(crate) const ENTRY_BYTES: usize = 64;
pub(crate) const PART_BYTES: usize = 16;

pub(crate) const KIND_FILE: u32 = 0;
pub(crate) const KIND_REDIRECT: u32 = 1;

pub(crate) const CACHING_REVALIDATE: u32 = 0;
pub(crate) const CACHING_IMMUTABLE: u32 = 1;

/// A range of bytes, counted from the start of the pack. All zero: absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

impl Span {
    const BYTES: usize = 8;

    pub(crate) fn is_absent(self) -> bool {
        self == Self::default()
    }

    /// The bytes it refers to; none if it refers to none.
    pub(crate) fn of(self, bytes: &[u8]) -> Option<&[u8]> {
        let start = self.offset as usize;
        bytes.get(start..start.checked_add(self.length as usize)?)
    }

    /// The text it refers to, as far as it is checked.
    ///
    /// An opened pack has been checked, so the fallback is never taken; it
    /// costs less than an `unsafe` would cost to explain.
    pub(crate) fn text(self, bytes: &[u8]) -> &str {
        self.of(bytes)
            .and_then(|text| str::from_utf8(text).ok())
            .unwrap_or_default()
    }

    /// Checks that it refers to a payload between the header and the tables.
    pub(crate) fn check_payload(self, bytes: &[u8], tables: usize) -> Result<(), Fault> {
        if (self.offset as usize) < HEADER_BYTES {
            return Err(Fault::Span);
        }
        if !(self.offset as usize).is_multiple_of(PAYLOAD_ALIGN) {
            return Err(Fault::Alignment);
        }
        let payloads = bytes.get(..tables).unwrap_or_default();
        self.of(payloads).map(|_| ()).ok_or(Fault::Span)
    }

    /// Checks that it refers to a string beyond the tables.
    pub(crate) fn check_text(self, bytes: &[u8], strings: usize) -> Result<&str, Fault> {
        if (self.offset as usize) < strings {
            return Err(Fault::Span);
        }
        if self.length == 0 || self.length as usize > MAX_STRING_BYTES {
            return Err(Fault::StringLength);
        }
        let text = self.of(bytes).ok_or(Fault::Span)?;
        str::from_utf8(text).map_err(|_| Fault::Text)
    }
}

/// A file or a redirect, as it stands in the table of entries.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EntryRecord {
    pub(crate) kind: u32,
    pub(crate) caching: u32,
    pub(crate) path: Span,
    /// The content type of a file, the target of a redirect.
    pub(crate) about: Span,
    pub(crate) etag: Span,
    pub(crate) body: Span,
    /// Brotli, Zstandard, gzip.
    pub(crate) encoded: [Span; 3],
}

impl EntryRecord {
    pub(crate) fn read(record: &[u8]) -> Self {
        let span = |index: usize| read_span(record, 8 + index * Span::BYTES);
        Self {
            kind: read_u32(record, 0),
            caching: read_u32(record, 4),
            path: span(0),
            about: span(1),
            etag: span(2),
            body: span(3),
            encoded: [span(4), span(5), span(6)],
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        let [brotli, zstd, gzip] = self.encoded;
        let mut words = [0; ENTRY_BYTES / 4];
        words[0] = self.kind;
        words[1] = self.caching;
        let spans = [
            self.path, self.about, self.etag, self.body, brotli, zstd, gzip,
        ];
        for (pair, span) in words[2..].chunks_exact_mut(2).zip(spans) {
            pair.copy_from_slice(&[span.offset, span.length]);
        }
        words_to_bytes(&words)
    }
}

/// A named part, as it stands in the table of parts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PartRecord {
    pub(crate) name: Span,
    pub(crate) bytes: Span,
}

impl PartRecord {
    pub(crate) fn read(record: &[u8]) -> Self {
        Self {
            name: read_span(record, 0),
            bytes: read_span(record, Span::BYTES),
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; PART_BYTES] {
        words_to_bytes(&[
            self.name.offset,
            self.name.length,
            self.bytes.offset,
            self.bytes.length,
        ])
    }
}

/// A slot of the hash table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    /// The number of the entry plus one; 0 is an empty slot.
    pub(crate) entry: u32,
    /// The upper half of the path's hash, so that a probe seldom has to look
    /// at a path that is not the one asked for.
    pub(crate) tag: u32,
}

impl Slot {
    pub(crate) fn read(record: &[u8]) -> Self {
        Self {
            entry: read_u32(record, 0),
            tag: read_u32(record, 4),
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; SLOT_BYTES] {
        words_to_bytes(&[self.entry, self.tag])
    }
}

/// FNV-1a with 64 bits, and the finalizer of MurmurHash3, because the lowest
/// bits choose the slot and FNV alone mixes the last bytes badly into them.
pub(crate) fn hash(path: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in path.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// The tag of a slot that holds a path with this hash.
pub(crate) fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The first slot to look at, of a power of two of them.
pub(crate) fn home(hash: u64, homes: usize) -> usize {
    hash as usize & (homes - 1)
}

/// Four bytes as a number; 0 beyond the end, which validation rules out.
pub(crate) fn read_u32(bytes: &[u8], offset: usize) -> u32 {
    let word = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    word.copied().map_or(0, u32::from_le_bytes)
}

fn read_span(bytes: &[u8], offset: usize) -> Span {
    Span {
        offset: read_u32(bytes, offset),
        length: read_u32(bytes, offset + 4),
    }
}

fn words_to_bytes<const WORDS: usize, const BYTES: usize>(words: &[u32; WORDS]) -> [u8; BYTES] {
    const { assert!(WORDS * 4 == BYTES) }
    let mut bytes = [0; BYTES];
    for (chunk, word) in bytes.chunks_exact_mut(4).zip(words) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

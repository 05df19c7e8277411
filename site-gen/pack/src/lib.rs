//! The one file a site becomes: written once by the site generator, read in
//! place by the server, without copying and without allocating.
//!
//! [`Pack::open`] checks every byte it will ever rely on; after that nothing
//! can fail. [`Pack::entry`] finds what is served under a path in constant
//! time; [`Pack::part`] finds what is not served, such as the zone.
//! [`write::Builder`] makes a pack in memory: the same content in any order
//! gives the same bytes. [`plan::Plan`] only says where everything goes, for
//! those who write it elsewhere.
//!
//! # Format, version 2
//!
//! All numbers are little-endian and 32 bits wide, except where a width is
//! given. A *span* is an offset from the start of the pack and a length, both
//! in bytes; the span 0, 0 means *absent*.
//!
//! ```text
//! header     64 bytes   magic FATAPACK, version, 0, length (64 bits),
//!                       entries, parts, homes, tables (offset), 0…
//! payloads              each at a multiple of 256, each of them once
//! slots      8 each     homes + 16 of them: entry number plus one, hash tag
//! entries   64 each     in order of path: kind, caching, then spans:
//!                       path, type or target, etag, body, br, zstd, gzip
//! parts     16 each     in order of name: spans: name, bytes
//! strings               UTF-8
//! ```
//!
//! The tables stand behind the payloads, so that a pack can be written as its
//! pages are made. What `open` reads lies together all the same. The payloads'
//! wide alignment lets a page that grew by a word stay where it is; and payloads
//! stand in *runs* of a few hundred, each at a multiple of 64 KiB, so that a page
//! that grew by more, came, or went moves the rest of its run and no more. So a
//! large pack can be brought up to date by writing a small part of it. A run ends
//! behind a payload whose hash says so, and before one of 1 MiB or more.
//!
//! # Lookup
//!
//! The slots are a hash table with linear probing. `homes` is a power of two
//! and at least twice the number of entries; a path's search begins at slot
//! `hash % homes`, goes upwards, and ends at an empty slot or after 16 slots.
//! There are 16 slots more than homes, so it never wraps around. The writer
//! fills the table in order of home slot, which keeps the longest search
//! short, and doubles `homes` until no search is longer than 16 slots; the
//! reader checks that every entry is found.
//!
//! No seed and no secret is needed against collision attacks. The keys are the
//! site's own paths, fixed when the pack was written; a visitor chooses only
//! what is looked up, can insert nothing, and no choice makes a search longer
//! than 16 slots of 8 bytes each, most of which are told apart by their tag.
//!
//! There is no checksum: the pack is part of a file that is checked as a whole
//! where it comes from, and reading all of it would be a good part of the time
//! the machine needs to boot.
#![no_std]

extern crate alloc;

mod entry;
mod error;
mod layout;
pub mod limits;
pub mod plan;
pub mod write;

pub use entry::{Caching, Encoding, Entry, File};
pub use error::{Error, Fault, WriteError};

use layout::{
    ENTRY_BYTES, EntryRecord, HEADER_BYTES, MAGIC, PART_BYTES, PartRecord, SLOT_BYTES, Slot,
    VERSION, read_u32,
};
use limits::{MAX_ENTRIES, MAX_PARTS, MAX_PROBES, MAX_STRING_BYTES};

/// An opened pack: checked, and as cheap to copy as a few pointers.
#[derive(Clone, Copy, Debug)]
pub struct Pack<'a> {
    bytes: &'a [u8],
    slots: &'a [u8],
    entries: &'a [u8],
    parts: &'a [u8],
    homes: usize,
    /// Where payloads end and tables begin, and where the strings begin.
    borders: Borders,
}

impl<'a> Pack<'a> {
    /// Opens a pack after checking all of it but the payloads' content.
    ///
    /// # Errors
    ///
    /// Says what is wrong when the bytes are not a pack of this version, or
    /// when anything in its tables is impossible.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let pack = Self::split(bytes)?;
        let mut previous = "";
        for (index, record) in pack.entries.chunks_exact(ENTRY_BYTES).enumerate() {
            let path = pack
                .check_entry(EntryRecord::read(record), index)
                .and_then(|path| in_order(previous, path))
                .map_err(|fault| Error::Entry { index, fault })?;
            previous = path;
        }
        previous = "";
        for (index, record) in pack.parts.chunks_exact(PART_BYTES).enumerate() {
            let name = pack
                .check_part(PartRecord::read(record))
                .and_then(|name| in_order(previous, name))
                .map_err(|fault| Error::Part { index, fault })?;
            previous = name;
        }
        Ok(pack)
    }

    /// What is served under a path, as in `/`, `/docs/`, `/mirage.css`.
    pub fn entry(&self, path: &str) -> Option<Entry<'a>> {
        let index = self.find(path)?;
        Some(Entry::read(self.bytes, self.record(index)?))
    }

    /// Everything that is served, in order of path.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Entry<'a>)> + use<'a> {
        let bytes = self.bytes;
        self.entries.chunks_exact(ENTRY_BYTES).map(move |record| {
            let record = EntryRecord::read(record);
            (record.path.text(bytes), Entry::read(bytes, record))
        })
    }

    /// Something the server needs but does not serve, as in `zone/mirage.io`.
    ///
    /// Parts are few and are asked for at start-up: they are searched, not
    /// hashed.
    pub fn part(&self, name: &str) -> Option<&'a [u8]> {
        self.parts()
            .find(|(candidate, _)| *candidate == name)
            .map(|(_, bytes)| bytes)
    }

    /// All parts, in order of name.
    pub fn parts(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        let bytes = self.bytes;
        self.parts.chunks_exact(PART_BYTES).map(move |record| {
            let record = PartRecord::read(record);
            (
                record.name.text(bytes),
                record.bytes.of(bytes).unwrap_or_default(),
            )
        })
    }

    /// Finds the tables, without looking into them.
    fn split(bytes: &'a [u8]) -> Result<Self, Error> {
        let Some((header, rest)) = bytes.split_at_checked(HEADER_BYTES) else {
            return Err(Error::Short {
                length: bytes.len(),
            });
        };
        let magic: [u8; 8] = *header.first_chunk().unwrap_or(&[0; 8]);
        if magic != MAGIC {
            return Err(Error::Magic(magic));
        }
        let version = read_u32(header, 8);
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let promised = u64::from(read_u32(header, 16)) | u64::from(read_u32(header, 20)) << 32;
        if promised != bytes.len() as u64 {
            return Err(Error::Length {
                promised,
                found: bytes.len(),
            });
        }
        let (entries, parts, slots) = (
            read_u32(header, 24),
            read_u32(header, 28),
            read_u32(header, 32),
        );
        let refused = Error::Tables {
            entries,
            parts,
            slots,
        };
        let homes = slots as usize;
        if entries as usize > MAX_ENTRIES || parts as usize > MAX_PARTS {
            return Err(refused);
        }
        if !homes.is_power_of_two() || homes > MAX_ENTRIES * 4 {
            return Err(refused);
        }
        // The limits keep these products far below the width of an address.
        let tables = read_u32(header, 36) as usize;
        let rest = tables
            .checked_sub(HEADER_BYTES)
            .and_then(|payloads| rest.get(payloads..))
            .ok_or(refused)?;
        let (slots, rest) = rest
            .split_at_checked((homes + MAX_PROBES) * SLOT_BYTES)
            .ok_or(refused)?;
        let (entries, rest) = rest
            .split_at_checked(entries as usize * ENTRY_BYTES)
            .ok_or(refused)?;
        let (parts, strings) = rest
            .split_at_checked(parts as usize * PART_BYTES)
            .ok_or(refused)?;
        let strings = bytes.len() - strings.len();
        Ok(Self {
            bytes,
            slots,
            entries,
            parts,
            homes,
            borders: Borders { tables, strings },
        })
    }

    fn check_entry(&self, record: EntryRecord, index: usize) -> Result<&'a str, Fault> {
        let Borders { tables, strings } = self.borders;
        let path = record.path.check_text(self.bytes, strings)?;
        if !path.starts_with('/') {
            return Err(Fault::Path);
        }
        record.about.check_text(self.bytes, strings)?;
        match record.kind {
            layout::KIND_REDIRECT => {}
            layout::KIND_FILE => {
                if record.caching > layout::CACHING_IMMUTABLE {
                    return Err(Fault::Kind);
                }
                record.etag.check_text(self.bytes, strings)?;
                record.body.check_payload(self.bytes, tables)?;
                for encoded in record.encoded.into_iter().filter(|span| !span.is_absent()) {
                    encoded.check_payload(self.bytes, tables)?;
                }
            }
            _ => return Err(Fault::Kind),
        }
        if self.find(path) != Some(index) {
            return Err(Fault::Lookup);
        }
        Ok(path)
    }

    fn check_part(&self, record: PartRecord) -> Result<&'a str, Fault> {
        record
            .bytes
            .check_payload(self.bytes, self.borders.tables)?;
        record.name.check_text(self.bytes, self.borders.strings)
    }

    /// The number of the entry with this path.
    fn find(&self, path: &str) -> Option<usize> {
        if path.len() > MAX_STRING_BYTES {
            return None;
        }
        let hash = layout::hash(path);
        let start = layout::home(hash, self.homes) * SLOT_BYTES;
        let slots = self
            .slots
            .get(start..)?
            .chunks_exact(SLOT_BYTES)
            .take(MAX_PROBES);
        for slot in slots.map(Slot::read) {
            let index = slot.entry.checked_sub(1)? as usize;
            if slot.tag == layout::tag(hash) && self.path(index) == Some(path.as_bytes()) {
                return Some(index);
            }
        }
        None
    }

    fn path(&self, index: usize) -> Option<&'a [u8]> {
        self.record(index)?.path.of(self.bytes)
    }

    fn record(&self, index: usize) -> Option<EntryRecord> {
        let start = index.checked_mul(ENTRY_BYTES)?;
        let record = self.entries.get(start..)?.first_chunk::<ENTRY_BYTES>()?;
        Some(EntryRecord::read(record))
    }
}

/// Offsets between the regions of a pack.
#[derive(Clone, Copy, Debug)]
struct Borders {
    /// Where the payloads end.
    tables: usize,
    /// Where the tables end.
    strings: usize,
}

/// Sorted and without duplicates: what lets two packs be compared bit by bit.
fn in_order<'a>(previous: &str, current: &'a str) -> Result<&'a str, Fault> {
    if previous < current {
        Ok(current)
    } else {
        Err(Fault::Order)
    }
}

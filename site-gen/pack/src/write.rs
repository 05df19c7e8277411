//! Writes a pack. See the crate's documentation for the format.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::error::WriteError;
use crate::layout::{
    self, EntryRecord, HEADER_BYTES, MAGIC, PART_BYTES, PartRecord, SLOT_BYTES, Slot, Span, VERSION,
};
use crate::limits::{
    MAX_ENTRIES, MAX_PACK_BYTES, MAX_PARTS, MAX_PROBES, MAX_STRING_BYTES, PAYLOAD_ALIGN,
};
use crate::{Caching, Encoding};

/// Bytes of the hash that go into an entity tag: 128 bits never collide by
/// accident, and the tag stays short on the wire.
const ETAG_BYTES: usize = 16;

/// A file to be packed.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The value of `content-type`.
    pub content_type: String,
    /// How long a client may keep it.
    pub caching: Caching,
    /// The content.
    pub body: Vec<u8>,
    /// The content in other encodings, those that are worth keeping.
    pub encoded: Vec<(Encoding, Vec<u8>)>,
}

/// Collects files, redirects and parts, and makes a pack of them.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    entries: BTreeMap<String, NewEntry>,
    parts: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Debug)]
enum NewEntry {
    File(NewFile, Digest),
    Redirect(String),
}

impl Builder {
    /// An empty pack.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that is served under a path.
    ///
    /// # Errors
    ///
    /// Refuses a path that is taken, too long, or does not begin with `/`.
    pub fn file(&mut self, path: &str, file: NewFile) -> Result<&mut Self, WriteError> {
        check_string(&file.content_type)?;
        let digest = digest(&file.body);
        self.entry(path, NewEntry::File(file, digest))
    }

    /// Adds a redirect from a path to another path or URL.
    ///
    /// # Errors
    ///
    /// Refuses a path that is taken, too long, or does not begin with `/`.
    pub fn redirect(&mut self, from: &str, to: &str) -> Result<&mut Self, WriteError> {
        check_string(to)?;
        self.entry(from, NewEntry::Redirect(to.to_owned()))
    }

    /// Adds something that the server needs but does not serve.
    ///
    /// # Errors
    ///
    /// Refuses a name that is taken or too long.
    pub fn part(&mut self, name: &str, bytes: Vec<u8>) -> Result<&mut Self, WriteError> {
        check_string(name)?;
        insert(&mut self.parts, name, bytes)?;
        Ok(self)
    }

    /// The pack.
    ///
    /// # Errors
    ///
    /// When it would break one of the [limits](crate::limits).
    pub fn finish(&self) -> Result<Vec<u8>, WriteError> {
        if self.entries.len() > MAX_ENTRIES || self.parts.len() > MAX_PARTS {
            return Err(WriteError::Count);
        }
        let slots = hash_table(self.entries.keys().map(String::as_str))?;
        let tables = HEADER_BYTES
            + slots.len() * SLOT_BYTES
            + self.entries.len() * layout::ENTRY_BYTES
            + self.parts.len() * PART_BYTES;

        let mut heap = Heap::new(tables);
        self.intern_strings(&mut heap);
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|(path, entry)| entry_record(&mut heap, path, entry))
            .collect();
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|(name, bytes)| part_record(&mut heap, name, bytes))
            .collect();
        let length = heap.bytes.len() as u64;
        if length > MAX_PACK_BYTES {
            return Err(WriteError::Length(length));
        }

        // The heap began with room for the tables, so that the payloads are
        // written once and never moved.
        let homes = slots.len() - MAX_PROBES;
        let mut tables = Vec::with_capacity(tables);
        tables.extend(header(length, entries.len(), parts.len(), homes));
        tables.extend(slots.into_iter().flat_map(Slot::to_bytes));
        tables.extend(entries.into_iter().flat_map(EntryRecord::to_bytes));
        tables.extend(parts.into_iter().flat_map(PartRecord::to_bytes));
        let mut pack = heap.bytes;
        pack[..tables.len()].copy_from_slice(&tables);
        Ok(pack)
    }

    fn entry(&mut self, path: &str, entry: NewEntry) -> Result<&mut Self, WriteError> {
        check_string(path)?;
        if !path.starts_with('/') {
            return Err(WriteError::Path(path.to_owned()));
        }
        insert(&mut self.entries, path, entry)?;
        Ok(self)
    }

    /// Puts all strings before all payloads: what `open` reads lies together,
    /// and the payloads it does not read stay untouched.
    fn intern_strings(&self, heap: &mut Heap) {
        for (path, entry) in &self.entries {
            heap.string(path);
            match entry {
                NewEntry::Redirect(target) => _ = heap.string(target),
                NewEntry::File(file, digest) => {
                    heap.string(&file.content_type);
                    heap.string(&etag(digest));
                }
            }
        }
        for name in self.parts.keys() {
            heap.string(name);
        }
    }
}

fn check_string(text: &str) -> Result<(), WriteError> {
    if text.is_empty() || text.len() > MAX_STRING_BYTES {
        return Err(WriteError::StringLength(text.to_owned()));
    }
    Ok(())
}

fn insert<T>(map: &mut BTreeMap<String, T>, name: &str, value: T) -> Result<(), WriteError> {
    match map.entry(name.to_owned()) {
        btree_map::Entry::Occupied(_) => Err(WriteError::Twice(name.to_owned())),
        btree_map::Entry::Vacant(vacant) => {
            vacant.insert(value);
            Ok(())
        }
    }
}

fn header(length: u64, entries: usize, parts: usize, homes: usize) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[16..24].copy_from_slice(&length.to_le_bytes());
    header[24..28].copy_from_slice(&(entries as u32).to_le_bytes());
    header[28..32].copy_from_slice(&(parts as u32).to_le_bytes());
    header[32..36].copy_from_slice(&(homes as u32).to_le_bytes());
    header
}

fn entry_record(heap: &mut Heap, path: &str, entry: &NewEntry) -> EntryRecord {
    let path = heap.string(path);
    match entry {
        NewEntry::Redirect(target) => EntryRecord {
            kind: layout::KIND_REDIRECT,
            path,
            about: heap.string(target),
            ..EntryRecord::default()
        },
        NewEntry::File(file, digest) => {
            let mut record = EntryRecord {
                kind: layout::KIND_FILE,
                caching: match file.caching {
                    Caching::Revalidate => layout::CACHING_REVALIDATE,
                    Caching::Immutable => layout::CACHING_IMMUTABLE,
                },
                path,
                about: heap.string(&file.content_type),
                etag: heap.string(&etag(digest)),
                body: heap.hashed_payload(*digest, &file.body),
                encoded: [Span::default(); 3],
            };
            for (encoding, bytes) in &file.encoded {
                record.encoded[*encoding as usize] = heap.payload(bytes);
            }
            record
        }
    }
}

fn part_record(heap: &mut Heap, name: &str, bytes: &[u8]) -> PartRecord {
    PartRecord {
        name: heap.string(name),
        bytes: heap.payload(bytes),
    }
}

/// The hash of a payload: its entity tag, and what equal ones are found by.
type Digest = [u8; 32];

fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

fn etag(digest: &Digest) -> String {
    let mut text = String::with_capacity(ETAG_BYTES * 2);
    for byte in &digest[..ETAG_BYTES] {
        write!(text, "{byte:02x}").expect("a string takes any text");
    }
    text
}

/// Slots in which every path is found within [`MAX_PROBES`] steps.
///
/// Taking the paths in order of their home slot gives the same table as
/// inserting them in any order with "robin hood" displacement: the longest
/// search grows with the logarithm of a logarithm.
fn hash_table<'a>(paths: impl ExactSizeIterator<Item = &'a str>) -> Result<Vec<Slot>, WriteError> {
    let mut homes = (paths.len() * 2).next_power_of_two();
    let hashes: Vec<u64> = paths.map(layout::hash).collect();
    while homes <= MAX_ENTRIES * 4 {
        if let Some(slots) = place(&hashes, homes) {
            return Ok(slots);
        }
        homes *= 2;
    }
    Err(WriteError::Collisions)
}

fn place(hashes: &[u64], homes: usize) -> Option<Vec<Slot>> {
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_by_key(|&entry| (layout::home(hashes[entry], homes), entry));
    let mut slots = vec![Slot::default(); homes + MAX_PROBES];
    let mut free = 0;
    for entry in order {
        let home = layout::home(hashes[entry], homes);
        free = free.max(home);
        if free - home >= MAX_PROBES {
            return None;
        }
        slots[free] = Slot {
            entry: entry as u32 + 1,
            tag: layout::tag(hashes[entry]),
        };
        free += 1;
    }
    Some(slots)
}

/// The pack as it grows: room for the tables, then strings and payloads, equal
/// ones only once.
struct Heap {
    bytes: Vec<u8>,
    strings: BTreeMap<String, Span>,
    payloads: BTreeMap<Digest, Span>,
}

impl Heap {
    fn new(tables: usize) -> Self {
        let bytes = vec![0; tables];
        Self {
            bytes,
            strings: BTreeMap::new(),
            payloads: BTreeMap::new(),
        }
    }

    fn string(&mut self, text: &str) -> Span {
        if let Some(span) = self.strings.get(text) {
            return *span;
        }
        let span = self.append(text.as_bytes());
        self.strings.insert(text.to_owned(), span);
        span
    }

    fn payload(&mut self, payload: &[u8]) -> Span {
        self.hashed_payload(digest(payload), payload)
    }

    fn hashed_payload(&mut self, digest: Digest, payload: &[u8]) -> Span {
        if let Some(span) = self.payloads.get(&digest) {
            return *span;
        }
        self.bytes
            .resize(self.bytes.len().next_multiple_of(PAYLOAD_ALIGN), 0);
        let span = self.append(payload);
        self.payloads.insert(digest, span);
        span
    }

    /// A pack that grows over 4 GiB gets nonsense offsets here; `finish`
    /// refuses it by its length before anyone sees them.
    fn append(&mut self, bytes: &[u8]) -> Span {
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        Span {
            offset,
            length: bytes.len() as u32,
        }
    }
}

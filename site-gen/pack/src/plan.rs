//! Where everything goes in a pack, without the bytes: payloads are placed one
//! after the other as they come, and [`Plan::finish`] makes the header and the
//! tables. See the crate's documentation for the format.
//!
//! Whoever has a [`Plan`] writes the bytes where it says, into memory or into
//! a file; [`write::Builder`](crate::write::Builder) does the former.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;
use sha2::{Digest as _, Sha256};

use crate::error::WriteError;
use crate::layout::{
    self, EntryRecord, HEADER_BYTES, MAGIC, PART_BYTES, PartRecord, SLOT_BYTES, Slot, Span, VERSION,
};
use crate::limits::{
    LARGE_PAYLOAD, MAX_ENTRIES, MAX_PACK_BYTES, MAX_PARTS, MAX_PROBES, MAX_STRING_BYTES,
    PAYLOAD_ALIGN, RUN_ALIGN, RUN_PAYLOADS,
};
use crate::{Caching, Encoding};

/// Bytes of the hash that go into an entity tag: 128 bits never collide by
/// accident, and the tag stays short on the wire.
const ETAG_BYTES: usize = 16;

/// The hash of a payload: its entity tag, and what equal ones are found by.
pub type Digest = [u8; 32];

/// The hash of a payload.
pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// A payload that has its place.
#[derive(Clone, Copy, Debug)]
pub struct Payload {
    span: Span,
    digest: Digest,
}

impl Payload {
    /// Where it begins, in bytes from the start of the pack.
    pub fn offset(&self) -> u64 {
        self.span.offset.into()
    }

    /// How long it is, in bytes.
    pub fn length(&self) -> u64 {
        self.span.length.into()
    }
}

/// Whether a payload has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is new: its bytes are to be written at its offset.
    New,
    /// An equal one is there.
    Again,
}

/// A pack that is being laid out.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    entries: Vec<(Arc<str>, Entry)>,
    parts: Vec<(String, Payload)>,
    payloads: Payloads,
    /// Where the last payload ends.
    end: u64,
    /// Whether that was the last of its run.
    run_ended: bool,
}

/// Where payloads are, by their hash.
#[derive(Clone, Debug, Default)]
pub struct Payloads(HashMap<Digest, Span, BuildHasherDefault<First>>);

impl Payloads {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The place of a payload: its offset from the start of the pack, and its
    /// length, in bytes.
    pub fn find(&self, digest: &Digest) -> Option<(u64, u64)> {
        let span = self.0.get(digest)?;
        Some((span.offset.into(), span.length.into()))
    }
}

/// Hashes what is a hash already: by its first bytes.
#[derive(Clone, Copy, Debug, Default)]
struct First(u64);

impl Hasher for First {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().copied().unwrap_or_default();
        self.0 = self.0.rotate_left(7) ^ u64::from_le_bytes(first);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Clone, Debug)]
enum Entry {
    File {
        content_type: Cow<'static, str>,
        caching: Caching,
        body: Payload,
        encoded: [Span; 3],
    },
    Redirect(String),
}

/// What a pack consists of besides its payloads.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The first bytes of the pack.
    pub header: [u8; HEADER_BYTES],
    /// Where the tables go, in bytes from the start of the pack.
    pub offset: u64,
    /// The tables: the pack ends with them.
    pub bytes: Vec<u8>,
}

impl Plan {
    /// A pack with nothing in it.
    pub fn new() -> Self {
        Self {
            end: HEADER_BYTES as u64,
            ..Self::default()
        }
    }

    /// A pack with nothing in it, and room for so many payloads and files.
    pub fn with_capacity(payloads: usize) -> Self {
        let mut plan = Self::new();
        plan.payloads.0.reserve(payloads);
        plan.entries.reserve(payloads);
        plan
    }

    /// Gives a payload its place: behind all others, or that of an equal one. What is
    /// between two is zeros.
    pub fn payload(&mut self, digest: Digest, length: usize) -> (Payload, Placed) {
        let place = match self.payloads.0.entry(digest) {
            hashbrown::hash_map::Entry::Occupied(placed) => {
                let span = *placed.get();
                return (Payload { span, digest }, Placed::Again);
            }
            hashbrown::hash_map::Entry::Vacant(place) => place,
        };
        let begins_run = self.run_ended || length >= LARGE_PAYLOAD;
        let align = if begins_run { RUN_ALIGN } else { PAYLOAD_ALIGN };
        let offset = self.end.next_multiple_of(align as u64);
        // A pack that grows over 4 GiB gets nonsense spans here; `finish`
        // refuses it by its length before anyone sees them.
        let span = Span {
            offset: offset as u32,
            length: length as u32,
        };
        self.end = offset + length as u64;
        self.run_ended = ends_run(&digest);
        place.insert(span);
        (Payload { span, digest }, Placed::New)
    }

    /// A payload that has its place already.
    pub fn placed(&self, digest: Digest) -> Option<Payload> {
        let span = *self.payloads.0.get(&digest)?;
        Some(Payload { span, digest })
    }

    /// Where all payloads are.
    pub fn into_payloads(self) -> Payloads {
        self.payloads
    }

    /// Adds a file that is served under a path.
    ///
    /// # Errors
    ///
    /// Refuses a path that is too long or does not begin with `/`.
    pub fn file(
        &mut self,
        path: impl Into<Arc<str>>,
        content_type: impl Into<Cow<'static, str>>,
        caching: Caching,
        body: Payload,
        encoded: &[(Encoding, Payload)],
    ) -> Result<(), WriteError> {
        let content_type = content_type.into();
        check_string(&content_type)?;
        let mut spans = [Span::default(); 3];
        for (encoding, payload) in encoded {
            spans[*encoding as usize] = payload.span;
        }
        let file = Entry::File {
            content_type,
            caching,
            body,
            encoded: spans,
        };
        self.entry(path.into(), file)
    }

    /// Adds a redirect from a path to another path or URL.
    ///
    /// # Errors
    ///
    /// Refuses a path that is too long or does not begin with `/`.
    pub fn redirect(&mut self, from: &str, to: &str) -> Result<(), WriteError> {
        check_string(to)?;
        self.entry(from.into(), Entry::Redirect(to.to_owned()))
    }

    /// Adds something that the server needs but does not serve.
    ///
    /// # Errors
    ///
    /// Refuses a name that is too long.
    pub fn part(&mut self, name: &str, payload: Payload) -> Result<(), WriteError> {
        check_string(name)?;
        self.parts.push((name.to_owned(), payload));
        Ok(())
    }

    /// The header and the tables.
    ///
    /// # Errors
    ///
    /// When the pack would break one of the [limits](crate::limits), or two
    /// things have one name.
    pub fn finish(&mut self) -> Result<Tables, WriteError> {
        sort(&mut self.entries)?;
        sort(&mut self.parts)?;
        if self.entries.len() > MAX_ENTRIES || self.parts.len() > MAX_PARTS {
            return Err(WriteError::Count);
        }
        let slots = hash_table(self.entries.iter().map(|(path, _)| &**path))?;
        let offset = self.end.next_multiple_of(PAYLOAD_ALIGN as u64);
        let tables = slots.len() * SLOT_BYTES
            + self.entries.len() * layout::ENTRY_BYTES
            + self.parts.len() * PART_BYTES;
        let mut strings = Strings::new(offset + tables as u64);
        let mut bytes = Vec::with_capacity(tables);
        bytes.extend(slots.iter().flat_map(|slot| slot.to_bytes()));
        for (path, entry) in &self.entries {
            bytes.extend(strings.entry(path, entry).to_bytes());
        }
        for (name, payload) in &self.parts {
            let record = PartRecord {
                name: strings.own(name),
                bytes: payload.span,
            };
            bytes.extend(record.to_bytes());
        }
        bytes.extend_from_slice(&strings.bytes);
        let length = offset + bytes.len() as u64;
        if length > MAX_PACK_BYTES {
            return Err(WriteError::Length(length));
        }
        let homes = slots.len() - MAX_PROBES;
        let header = self.header(length, homes, offset);
        Ok(Tables {
            header,
            offset,
            bytes,
        })
    }

    fn entry(&mut self, path: Arc<str>, entry: Entry) -> Result<(), WriteError> {
        check_string(&path)?;
        if !path.starts_with('/') {
            return Err(WriteError::Path((*path).to_owned()));
        }
        self.entries.push((path, entry));
        Ok(())
    }

    fn header(&self, length: u64, homes: usize, tables: u64) -> [u8; HEADER_BYTES] {
        let mut header = [0; HEADER_BYTES];
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[16..24].copy_from_slice(&length.to_le_bytes());
        let numbers = [self.entries.len(), self.parts.len(), homes, tables as usize];
        for (field, number) in header[24..40].chunks_exact_mut(4).zip(numbers) {
            field.copy_from_slice(&(number as u32).to_le_bytes());
        }
        header
    }
}

/// Whether the payload with this hash is the last of its run.
pub fn ends_run(digest: &Digest) -> bool {
    let [first, second, ..] = *digest;
    usize::from(u16::from_le_bytes([first, second])).is_multiple_of(RUN_PAYLOADS)
}

fn check_string(text: &str) -> Result<(), WriteError> {
    if text.is_empty() || text.len() > MAX_STRING_BYTES {
        return Err(WriteError::StringLength(text.to_owned()));
    }
    Ok(())
}

/// Puts names in order; two equal ones are a fault.
fn sort<N: AsRef<str>, T>(named: &mut [(N, T)]) -> Result<(), WriteError> {
    named.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
    let twice = |pair: &&[(N, T)]| pair[0].0.as_ref() == pair[1].0.as_ref();
    match named.windows(2).find(twice) {
        Some(pair) => Err(WriteError::Twice(pair[0].0.as_ref().to_owned())),
        None => Ok(()),
    }
}

/// The strings behind the tables. Those that many entries have are there once.
struct Strings<'a> {
    start: u64,
    bytes: Vec<u8>,
    shared: BTreeMap<&'a str, Span>,
}

impl<'a> Strings<'a> {
    fn new(start: u64) -> Self {
        Self {
            start,
            bytes: Vec::new(),
            shared: BTreeMap::new(),
        }
    }

    fn entry(&mut self, path: &'a str, entry: &'a Entry) -> EntryRecord {
        let path = self.own(path);
        match entry {
            Entry::Redirect(target) => EntryRecord {
                kind: layout::KIND_REDIRECT,
                path,
                about: self.shared(target),
                ..EntryRecord::default()
            },
            Entry::File {
                content_type,
                caching,
                body,
                encoded,
            } => EntryRecord {
                kind: layout::KIND_FILE,
                caching: match caching {
                    Caching::Revalidate => layout::CACHING_REVALIDATE,
                    Caching::Immutable => layout::CACHING_IMMUTABLE,
                },
                path,
                about: self.shared(content_type),
                etag: self.own(&hex(&body.digest[..ETAG_BYTES])),
                body: body.span,
                encoded: *encoded,
            },
        }
    }

    fn shared(&mut self, text: &'a str) -> Span {
        if let Some(span) = self.shared.get(text) {
            return *span;
        }
        let span = self.own(text);
        self.shared.insert(text, span);
        span
    }

    fn own(&mut self, text: &str) -> Span {
        let span = Span {
            offset: (self.start + self.bytes.len() as u64) as u32,
            length: text.len() as u32,
        };
        self.bytes.extend_from_slice(text.as_bytes());
        span
    }
}

/// Bytes as hexadecimal digits. Formatting each byte would be a tenth of the time
/// that the tables take.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    hex
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

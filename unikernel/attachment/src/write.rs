//! Writing an attachment: on the machine that builds the image.

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{HEADER_LENGTH, MAGIC, PACK_ALIGNMENT, SYMBOL_LENGTH, VERSION};

/// The longest name that is written whole, in bytes. The rest of a longer one
/// is left out: it is for a human who reads a crash on a console.
pub const MAX_NAME_LENGTH: usize = 200;
const _: () = assert!(MAX_NAME_LENGTH <= u16::MAX as usize);

/// A function of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The address of its first byte.
    pub address: u64,
    /// How many bytes it has; 0 when nobody knows (assembly), which is taken as
    /// "up to the next one".
    pub size: u64,
    /// How to call it on a console.
    pub name: String,
}

/// The bytes of the segment. Of several symbols at one address the first one
/// is kept; their order is otherwise of no importance.
///
/// The same symbols and the same pack give the same bytes.
pub fn segment(symbols: &[Symbol], pack: &[u8]) -> Vec<u8> {
    let symbols = sorted(symbols);
    let mut names = Names::default();
    let mut table = Vec::with_capacity(symbols.len() * SYMBOL_LENGTH);
    for (index, symbol) in symbols.iter().enumerate() {
        let size = match (symbol.size, symbols.get(index + 1)) {
            (0, Some(next)) => next.address - symbol.address,
            (size, _) => size,
        };
        table.extend(symbol.address.to_le_bytes());
        table.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        table.extend(names.add(&symbol.name).to_le_bytes());
    }

    let tables_end = HEADER_LENGTH + table.len() + names.bytes.len();
    let pack_offset = tables_end.next_multiple_of(PACK_ALIGNMENT);
    let mut bytes = Vec::with_capacity(pack_offset + pack.len());
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    let count = u32::try_from(symbols.len()).expect("names are limited to 4 GiB, so symbols are");
    bytes.extend(count.to_le_bytes());
    bytes.extend((names.bytes.len() as u64).to_le_bytes());
    bytes.extend((pack_offset as u64).to_le_bytes());
    bytes.extend((pack.len() as u64).to_le_bytes());
    bytes.resize(HEADER_LENGTH, 0);
    bytes.extend(table);
    bytes.extend(names.bytes);
    bytes.resize(pack_offset, 0);
    bytes.extend(pack);
    bytes
}

fn sorted(symbols: &[Symbol]) -> Vec<&Symbol> {
    let mut sorted: Vec<_> = symbols.iter().collect();
    sorted.sort_by_key(|symbol| symbol.address);
    sorted.dedup_by_key(|symbol| symbol.address);
    sorted
}

/// The names, each once: the copies of one generic function share theirs.
#[derive(Default)]
struct Names<'a> {
    bytes: Vec<u8>,
    starts: BTreeMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    /// Where the name starts.
    fn add(&mut self, name: &'a str) -> u32 {
        let name = &name[..name.floor_char_boundary(MAX_NAME_LENGTH)];
        *self.starts.entry(name).or_insert_with(|| {
            let start = u32::try_from(self.bytes.len()).expect("4 GiB of names never happen");
            let length = u16::try_from(name.len()).expect("asserted for MAX_NAME_LENGTH");
            self.bytes.extend(length.to_le_bytes());
            self.bytes.extend(name.as_bytes());
            start
        })
    }
}

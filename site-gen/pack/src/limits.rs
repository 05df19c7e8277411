//! The limits of a pack. The writer refuses to go over them, the reader
//! refuses a pack that did.

/// Longest pack, in bytes: offsets are 32 bits wide.
pub const MAX_PACK_BYTES: u64 = u32::MAX as u64;

/// Longest path, content type, redirect target or part name, in bytes.
pub const MAX_STRING_BYTES: usize = 2048;

/// Most files and redirects in a pack.
pub const MAX_ENTRIES: usize = 1 << 24;

/// Most parts in a pack.
pub const MAX_PARTS: usize = 1 << 10;

/// Most slots of the hash table that one lookup looks at.
pub const MAX_PROBES: usize = 16;

/// Payloads begin at multiples of this, counted from the start of the pack.
pub const PAYLOAD_ALIGN: usize = 256;

const _: () = assert!(PAYLOAD_ALIGN.is_power_of_two());
const _: () = assert!(MAX_ENTRIES < u32::MAX as usize);

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

/// Runs of payloads begin at multiples of this. What is left free at the end of one
/// takes what is added to it, and the runs behind it stay where they are.
pub const RUN_ALIGN: usize = 64 * 1024;

/// So many payloads are in a run, on average: where one ends follows from their hashes
/// alone, so it is the same wherever they are. A sixtieth of a pack of pages is free.
pub const RUN_PAYLOADS: usize = 256;

/// A payload of so many bytes begins a run, and what grows before it does not move it.
pub const LARGE_PAYLOAD: usize = 1024 * 1024;

const _: () = assert!(PAYLOAD_ALIGN.is_power_of_two());
const _: () = assert!(RUN_ALIGN.is_multiple_of(PAYLOAD_ALIGN));
const _: () = assert!(RUN_PAYLOADS.is_power_of_two() && RUN_PAYLOADS <= 1 << 16);
const _: () = assert!(LARGE_PAYLOAD >= 8 * RUN_ALIGN);
const _: () = assert!(MAX_ENTRIES < u32::MAX as usize);

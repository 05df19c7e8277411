//! A copy of a function's configuration space, and its list of capabilities.
//!
//! PCI Local Bus Specification 3.0, 6.1 and 6.7.

use super::{Access, Function};

/// Bytes of configuration space that mechanism 1 reaches.
const LENGTH: usize = 256;
/// Bytes of the header that all functions have in common.
const HEADER_LENGTH: usize = 0x40;
/// Offset of the status register, and its bit for a list of capabilities.
const STATUS: usize = 0x06;
const STATUS_CAPABILITIES: u8 = 1 << 4;
/// Offset of the pointer to the first capability.
const CAPABILITIES: usize = 0x34;
/// Bytes of the shortest capability, and what the pointers are multiples of.
const CAPABILITY_LEAST: usize = 4;
/// More capabilities than this do not fit.
const CAPABILITIES_MOST: usize = (LENGTH - HEADER_LENGTH) / CAPABILITY_LEAST;

/// What configuration space said when it was read: it does not change while it
/// is parsed.
#[derive(Clone, Debug)]
pub struct Snapshot([u8; LENGTH]);

/// One entry of the list of capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability<'a> {
    /// What it is about.
    pub id: u8,
    /// Where it starts in configuration space.
    pub offset: u8,
    /// From its first byte (the ID) to the end of configuration space: only
    /// its kind tells how long it is. At least 4 bytes.
    pub bytes: &'a [u8],
}

impl Snapshot {
    pub(super) fn take(access: &impl Access, function: Function) -> Self {
        let mut bytes = [0; LENGTH];
        for (index, word) in bytes.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            *word = access.read(function, (index * 4) as u8).to_le_bytes();
        }
        Self(bytes)
    }

    /// One that says `bytes`, to test parsers with.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// The capabilities in the order of the list. A list that leads back into
    /// itself or out of configuration space ends there.
    pub fn capabilities(&self) -> impl Iterator<Item = Capability<'_>> {
        let listed = self.0[STATUS] & STATUS_CAPABILITIES != 0;
        let mut next = if listed { self.0[CAPABILITIES] } else { 0 };
        let one = move || {
            let offset = next & !3;
            let bytes = &self.0[usize::from(offset)..];
            if usize::from(offset) < HEADER_LENGTH || bytes.len() < CAPABILITY_LEAST {
                return None;
            }
            next = bytes[1];
            Some(Capability {
                id: bytes[0],
                offset,
                bytes,
            })
        };
        core::iter::from_fn(one).take(CAPABILITIES_MOST)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn listing(entries: &[(u8, u8, u8)]) -> Snapshot {
        let mut bytes = [0; LENGTH];
        bytes[STATUS] = STATUS_CAPABILITIES;
        bytes[CAPABILITIES] = entries[0].0;
        for &(offset, id, next) in entries {
            bytes[usize::from(offset)] = id;
            bytes[usize::from(offset) + 1] = next;
        }
        Snapshot(bytes)
    }

    fn ids(snapshot: &Snapshot) -> Vec<u8> {
        snapshot
            .capabilities()
            .map(|capability| capability.id)
            .collect()
    }

    #[test]
    fn capabilities_come_in_the_order_of_the_list() {
        let snapshot = listing(&[(0x80, 9, 0x40), (0x40, 17, 0xfc), (0xfc, 5, 0)]);
        assert_eq!(ids(&snapshot), [9, 17, 5]);
        let last = snapshot.capabilities().last().expect("three");
        assert_eq!(last.bytes.len(), 4);
    }

    #[test]
    fn without_the_status_bit_there_is_no_list() {
        let mut snapshot = listing(&[(0x40, 9, 0)]);
        snapshot.0[STATUS] = 0;
        assert!(ids(&snapshot).is_empty());
    }

    #[test]
    fn a_list_in_a_circle_ends() {
        let snapshot = listing(&[(0x40, 1, 0x50), (0x50, 2, 0x40)]);
        assert_eq!(ids(&snapshot).len(), CAPABILITIES_MOST);
    }

    #[test]
    fn a_list_that_leaves_its_part_ends() {
        assert_eq!(ids(&listing(&[(0x40, 1, 0x3c)])), [1]);
        assert_eq!(ids(&listing(&[(0x10, 1, 0)])), [0; 0]);
        // The two low bits of a pointer are reserved.
        assert_eq!(ids(&listing(&[(0x44, 1, 0x4b), (0x48, 2, 3)])), [1, 2]);
    }

    #[test]
    fn every_pointer_is_survived() {
        for start in 0..=u8::MAX {
            for fill in 0..=u8::MAX {
                let mut bytes = [fill; LENGTH];
                bytes[CAPABILITIES] = start;
                assert!(ids(&Snapshot(bytes)).len() <= CAPABILITIES_MOST);
            }
        }
    }
}

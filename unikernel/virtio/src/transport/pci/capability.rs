//! Where on PCI the parts of the interface are: vendor capabilities.
//!
//! Section 4.1.4. They were copied ([`Snapshot`]); what they say is checked
//! against the rules here, and against the size of its BAR where it is mapped.

use machine::pci::{Capability, Snapshot};

use crate::error::Problem;

/// A part of the interface: a range in a BAR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) bar: u8,
    pub(super) offset: u32,
    pub(super) length: u32,
}

/// The parts that are used. The interrupt status is not: it is for interrupt
/// lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Locations {
    pub(super) common: Location,
    pub(super) notify: Location,
    pub(super) notify_multiplier: u32,
    pub(super) configuration: Option<Location>,
}

/// Capability ID "vendor specific".
const VENDOR_SPECIFIC: u8 = 0x09;

// 4.1.4: offsets in `struct virtio_pci_cap`.
const CAP_LENGTH: usize = 2;
const CAP_TYPE: usize = 3;
const CAP_BAR: usize = 4;
const CAP_OFFSET: usize = 8;
const CAP_RANGE_LENGTH: usize = 12;
const CAP_END: usize = 16;
/// Of `struct virtio_pci_notify_cap`.
const CAP_NOTIFY_MULTIPLIER: usize = 16;

const TYPE_COMMON: u8 = 1;
const TYPE_NOTIFY: u8 = 2;
const TYPE_DEVICE: u8 = 4;
const LAST_BAR: u8 = 5;

/// Bytes of a doorbell.
pub(super) const DOORBELL: u64 = 2;

/// Reads the parts from the capabilities. Of each type the first counts that
/// can be used: devices list them in order of preference (4.1.4.1).
pub(super) fn parse(snapshot: &Snapshot) -> Result<Locations, Problem> {
    let part = |wanted: u8, alignment: u32| {
        snapshot.capabilities().find_map(|capability| {
            let (kind, location) = location(&capability)?;
            let usable = kind == wanted && location.offset.is_multiple_of(alignment);
            usable.then_some((capability, location))
        })
    };
    let Some((_, common)) = part(TYPE_COMMON, 4) else {
        return Err(Problem::Legacy);
    };
    let missing = Problem::NoInterface("notification capability");
    let (capability, notify) = part(TYPE_NOTIFY, 2).ok_or(missing)?;
    let notify_multiplier = word(&capability, CAP_NOTIFY_MULTIPLIER).ok_or(missing)?;
    // 4.1.4.4.1: an even power of 2, or 0.
    if !notify_multiplier.is_multiple_of(2) {
        return Err(missing);
    }
    let configuration = part(TYPE_DEVICE, 4).map(|(_, location)| location);
    Ok(Locations {
        common,
        notify,
        notify_multiplier,
        configuration,
    })
}

impl Location {
    /// Offset in the BAR of the doorbell with this index.
    pub(super) fn doorbell(&self, index: u16, multiplier: u32) -> Option<u64> {
        let offset = u64::from(index) * u64::from(multiplier);
        let inside = offset + DOORBELL <= u64::from(self.length);
        inside.then(|| u64::from(self.offset) + offset)
    }
}

/// Type and range of a virtio capability; none if it is none, or malformed.
fn location(capability: &Capability<'_>) -> Option<(u8, Location)> {
    let claimed = usize::from(*capability.bytes.get(CAP_LENGTH)?);
    let complete = (CAP_END..=capability.bytes.len()).contains(&claimed);
    if capability.id != VENDOR_SPECIFIC || !complete {
        return None;
    }
    let location = Location {
        bar: *capability.bytes.get(CAP_BAR)?,
        offset: word(capability, CAP_OFFSET)?,
        length: word(capability, CAP_RANGE_LENGTH)?,
    };
    let kind = *capability.bytes.get(CAP_TYPE)?;
    (location.bar <= LAST_BAR).then_some((kind, location))
}

/// A field of a capability, if the capability says that it is so long.
fn word(capability: &Capability<'_>, offset: usize) -> Option<u32> {
    let claimed = usize::from(*capability.bytes.get(CAP_LENGTH)?);
    let bytes = capability.bytes.get(..claimed)?.get(offset..)?;
    bytes.first_chunk().map(|word| u32::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One capability: where it is, its type, and its range.
    #[derive(Clone, Copy)]
    struct Entry {
        at: u8,
        length: u8,
        kind: u8,
        bar: u8,
        offset: u32,
        range: u32,
    }

    /// As QEMU has them: 4 KiB for each part in BAR 4.
    const COMMON: Entry = Entry {
        at: 0x40,
        length: 16,
        kind: TYPE_COMMON,
        bar: 4,
        offset: 0,
        range: 0x1000,
    };
    const DEVICE: Entry = Entry {
        at: 0x50,
        length: 16,
        kind: TYPE_DEVICE,
        bar: 4,
        offset: 0x2000,
        range: 0x1000,
    };
    const NOTIFY: Entry = Entry {
        at: 0x60,
        length: 20,
        kind: TYPE_NOTIFY,
        bar: 4,
        offset: 0x3000,
        range: 0x1000,
    };

    fn snapshot(entries: &[Entry]) -> Snapshot {
        let mut bytes = [0; 256];
        bytes[0x06] = 1 << 4;
        bytes[0x34] = entries.first().map_or(0, |entry| entry.at);
        for (index, entry) in entries.iter().enumerate() {
            let next = entries.get(index + 1).map_or(0, |entry| entry.at);
            let at = usize::from(entry.at);
            let header = [VENDOR_SPECIFIC, next, entry.length, entry.kind, entry.bar];
            bytes[at..at + 5].copy_from_slice(&header);
            bytes[at + 8..at + 12].copy_from_slice(&entry.offset.to_le_bytes());
            bytes[at + 12..at + 16].copy_from_slice(&entry.range.to_le_bytes());
            if entry.kind == TYPE_NOTIFY {
                bytes[at + 16..at + 20].copy_from_slice(&4_u32.to_le_bytes());
            }
        }
        Snapshot::from_bytes(bytes)
    }

    #[test]
    fn the_parts_are_found() {
        let locations = parse(&snapshot(&[COMMON, DEVICE, NOTIFY])).expect("all parts");
        assert_eq!(
            locations.common,
            Location {
                bar: 4,
                offset: 0,
                length: 0x1000
            }
        );
        assert_eq!(locations.notify.offset, 0x3000);
        assert_eq!(locations.notify_multiplier, 4);
        assert_eq!(
            locations.configuration.map(|location| location.offset),
            Some(0x2000)
        );
        let locations = parse(&snapshot(&[NOTIFY, COMMON])).expect("what is needed");
        assert_eq!(locations.configuration, None);
    }

    #[test]
    fn the_first_that_can_be_used_counts() {
        let reserved_bar = Entry {
            at: 0x80,
            bar: 6,
            ..COMMON
        };
        let misaligned = Entry {
            at: 0x90,
            offset: 2,
            ..COMMON
        };
        let too_short = Entry {
            at: 0xa0,
            length: 15,
            ..COMMON
        };
        let across_end = Entry {
            at: 0xf4,
            length: 16,
            ..COMMON
        };
        let second = Entry {
            at: 0xb0,
            bar: 1,
            ..COMMON
        };
        let entries = [reserved_bar, misaligned, too_short, COMMON, second, NOTIFY];
        assert_eq!(
            parse(&snapshot(&entries)).expect("one is good").common.bar,
            4
        );
        for bad in [reserved_bar, misaligned, too_short] {
            assert_eq!(parse(&snapshot(&[bad, NOTIFY])), Err(Problem::Legacy));
        }
        let mut bytes = [0; 256];
        bytes[0x06] = 1 << 4;
        bytes[0x34] = across_end.at;
        bytes[0xf4..0xf8].copy_from_slice(&[VENDOR_SPECIFIC, 0, 16, TYPE_COMMON]);
        assert_eq!(parse(&Snapshot::from_bytes(bytes)), Err(Problem::Legacy));
    }

    #[test]
    fn without_vendor_capabilities_it_is_a_legacy_device() {
        assert_eq!(parse(&snapshot(&[])), Err(Problem::Legacy));
    }

    #[test]
    fn a_notification_capability_without_its_multiplier_is_refused() {
        let short = Entry {
            length: 16,
            ..NOTIFY
        };
        let result = parse(&snapshot(&[COMMON, short]));
        assert_eq!(result, Err(Problem::NoInterface("notification capability")));
    }

    #[test]
    fn doorbells_stay_inside_their_part() {
        let notify = Location {
            bar: 4,
            offset: 0x3000,
            length: 0x10,
        };
        assert_eq!(notify.doorbell(0, 4), Some(0x3000));
        assert_eq!(notify.doorbell(3, 4), Some(0x300c));
        assert_eq!(notify.doorbell(4, 4), None);
        assert_eq!(notify.doorbell(u16::MAX, 0), Some(0x3000));
        assert_eq!(notify.doorbell(u16::MAX, u32::MAX), None);
        assert_eq!(
            Location {
                length: 1,
                ..notify
            }
            .doorbell(0, 0),
            None
        );
    }

    proptest! {
        #[test]
        fn no_configuration_space_panics(
            random in prop::collection::vec(any::<u8>(), 256),
            vendor_everywhere: bool,
        ) {
            let mut bytes = [0; 256];
            bytes.copy_from_slice(&random);
            bytes[0x06] |= 1 << 4;
            if vendor_everywhere {
                for word in bytes[0x40..].as_chunks_mut::<4>().0 {
                    word[0] = VENDOR_SPECIFIC;
                }
            }
            let _ = parse(&Snapshot::from_bytes(bytes));
        }
    }
}

//! Interrupts as messages: MSI-X.
//!
//! PCI Local Bus Specification 3.0, 6.8.2. All interrupts of a function use
//! entry 0 of its table: handlers do nothing but end the wait, so there is
//! nothing to tell apart.

use super::{Access, Bars, Error, Function, Ports, Snapshot};
use crate::interrupt;

const MSI_X: u8 = 0x11;
/// Bytes of the capability.
const LENGTH: usize = 12;
/// Offset of table offset and BAR number in the capability.
const TABLE: usize = 4;
const TABLE_BAR: u32 = 7;
/// Bits of the message control register, the high half of the first word.
const ENABLE: u32 = 1 << 31;
const MASK_ALL: u32 = 1 << 30;
/// Bytes of a table entry: address, data and control.
const ENTRY_LENGTH: u64 = 16;

/// Where the parts of the capability are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Table {
    capability: u8,
    bar: u8,
    offset: u64,
}

pub(super) fn enable(
    function: Function,
    snapshot: &Snapshot,
    bars: &Bars,
    message: interrupt::Message,
) -> Result<(), Error> {
    let table = find(snapshot)?;
    let entry = bars.bar(table.bar)?.map(table.offset, ENTRY_LENGTH)?;
    let control = Ports.read(function, table.capability);
    // Masked while the entry is written: it must not send half a message.
    Ports.write(function, table.capability, control | ENABLE | MASK_ALL);
    entry.write_u32(0, message.address as u32);
    entry.write_u32(4, (message.address >> 32) as u32);
    entry.write_u32(8, message.data);
    entry.write_u32(12, 0);
    Ports.write(function, table.capability, (control | ENABLE) & !MASK_ALL);
    Ok(())
}

fn find(snapshot: &Snapshot) -> Result<Table, Error> {
    let capability = snapshot
        .capabilities()
        .find(|capability| capability.id == MSI_X && capability.bytes.len() >= LENGTH)
        .ok_or(Error::NoMessages)?;
    let word = capability.bytes[TABLE..]
        .first_chunk()
        .map_or(0, |word| u32::from_le_bytes(*word));
    Ok(Table {
        capability: capability.offset,
        bar: (word & TABLE_BAR) as u8,
        offset: u64::from(word & !TABLE_BAR),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(offset: u8) -> [u8; 256] {
        let mut bytes = [0; 256];
        bytes[0x06] = 1 << 4;
        bytes[0x34] = offset;
        bytes[usize::from(offset)] = MSI_X;
        bytes
    }

    #[test]
    fn the_table_is_where_the_capability_says() {
        let mut bytes = image(0x98);
        bytes[0x9c..0xa0].copy_from_slice(&0x0000_2001_u32.to_le_bytes());
        let table = find(&Snapshot::from_bytes(bytes)).expect("MSI-X");
        assert_eq!(
            table,
            Table {
                capability: 0x98,
                bar: 1,
                offset: 0x2000
            }
        );
    }

    #[test]
    fn a_capability_across_the_end_is_none() {
        let result = find(&Snapshot::from_bytes(image(0xf8)));
        assert_eq!(result, Err(Error::NoMessages));
    }
}

//! Base address registers: where the registers of a function are in memory.
//!
//! PCI Local Bus Specification 3.0, 6.2.5.1. The monitor or its firmware has
//! given them addresses; their sizes are found by writing all ones and looking
//! which bits stay zero.

use super::{Access, COMMAND, COMMAND_MASK, COMMAND_MEMORY, Error, Function};
use crate::mmio;

/// A range of memory that a function answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    address: u64,
    length: u64,
}

impl Bar {
    /// Where it starts in physical memory.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Its size in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The `length` bytes of registers at `offset`.
    ///
    /// # Errors
    /// When they are not all inside, or cannot be mapped.
    pub fn map(&self, offset: u64, length: u64) -> Result<mmio::Region, Error> {
        self.check(offset, length)?;
        mmio::Region::map(self.address + offset, length as usize).map_err(Error::Registers)
    }

    pub(super) fn check(&self, offset: u64, length: u64) -> Result<(), Error> {
        let inside = offset
            .checked_add(length)
            .is_some_and(|end| end <= self.length);
        let outside = Error::OutsideBar {
            offset,
            length,
            bar_length: self.length,
        };
        inside.then_some(()).ok_or(outside)
    }
}

/// All BARs of a function.
#[derive(Clone, Copy, Debug)]
pub struct Bars([Result<Bar, Error>; COUNT as usize]);

impl Bars {
    /// BAR `index`.
    ///
    /// # Errors
    /// When there is none, it is not in memory, or has no sound address.
    pub fn bar(&self, index: u8) -> Result<Bar, Error> {
        *self
            .0
            .get(usize::from(index))
            .unwrap_or(&Err(Error::NoBar { index }))
    }
}

/// Offset of BAR 0.
const BARS: u8 = 0x10;
const COUNT: u8 = 6;
const PORT_SPACE: u32 = 1 << 0;
const TYPE: u32 = 3 << 1;
const TYPE_32: u32 = 0 << 1;
const TYPE_64: u32 = 2 << 1;
const FLAGS: u64 = 0xf;
/// Addresses are kept below this, so that address arithmetic is safe.
const ADDRESS_END: u64 = 1 << 52;

/// Finds out about all BARs. The function no longer answers in memory after
/// this, lest it do so all over the place meanwhile.
pub(super) fn probe(access: &impl Access, function: Function) -> Bars {
    let command = access.read(function, COMMAND) & COMMAND_MASK;
    access.write(function, COMMAND, command & !COMMAND_MEMORY);
    let mut bars = Bars(core::array::from_fn(|index| {
        Err(Error::NoBar { index: index as u8 })
    }));
    let mut index = 0;
    while index < COUNT {
        let width = if is_64_bits(access.read(function, offset(index))) {
            2
        } else {
            1
        };
        bars.0[usize::from(index)] = probe_one(access, function, index);
        index += width;
    }
    bars
}

fn probe_one(access: &impl Access, function: Function, index: u8) -> Result<Bar, Error> {
    let value = access.read(function, offset(index));
    let is_64 = is_64_bits(value);
    if value & PORT_SPACE != 0 || (value & TYPE != TYPE_32 && !is_64) {
        return Err(Error::NotMemory { index, value });
    }
    if is_64 && index + 1 == COUNT {
        return Err(Error::NoBar { index: index + 1 });
    }
    let (low, low_mask) = read_with_mask(access, function, offset(index));
    let (high, high_mask) = if is_64 {
        read_with_mask(access, function, offset(index + 1))
    } else {
        (0, u32::MAX)
    };
    if low_mask == 0 && (!is_64 || high_mask == 0) {
        return Err(Error::NoBar { index });
    }
    let address = (u64::from(high) << 32 | u64::from(low)) & !FLAGS;
    let mask = (u64::from(high_mask) << 32 | u64::from(low_mask)) & !FLAGS;
    let length = (!mask).wrapping_add(1);
    let end = address.checked_add(length);
    let sound = length.is_power_of_two()
        && address != 0
        && address.is_multiple_of(length)
        && end.is_some_and(|end| end <= ADDRESS_END);
    let bar = Bar { address, length };
    sound.then_some(bar).ok_or(Error::BadAddress {
        index,
        address,
        length,
    })
}

fn is_64_bits(value: u32) -> bool {
    value & PORT_SPACE == 0 && value & TYPE == TYPE_64
}

fn offset(index: u8) -> u8 {
    BARS + 4 * index
}

fn read_with_mask(access: &impl Access, function: Function, offset: u8) -> (u32, u32) {
    let value = access.read(function, offset);
    access.write(function, offset, u32::MAX);
    let mask = access.read(function, offset);
    access.write(function, offset, value);
    (value, mask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pci::fake::Fake;

    const FUNCTION: Function = Function {
        bus: 0,
        device: 3,
        function: 0,
    };

    /// A function with one register at BAR 0: its value, and the bits of it
    /// that can be written; and the same for BAR 1.
    fn with_bars(bars: [(u32, u32); 2]) -> Fake {
        let mut fake = Fake::new();
        let bytes = fake.add(0, 3, 0);
        for (index, (value, _)) in bars.iter().enumerate() {
            bytes[0x10 + 4 * index..][..4].copy_from_slice(&value.to_le_bytes());
        }
        bytes[0x04] = 0x07;
        for (index, (_, writable)) in bars.into_iter().enumerate() {
            fake.writable(0x10 + 4 * index as u8, writable);
        }
        fake.writable(0x04, 0xffff);
        fake
    }

    #[test]
    fn sizes_are_found_and_values_restored() {
        let fake = with_bars([(0xfebf_0000, 0xffff_c000), (0, 0)]);
        let bar = probe(&fake, FUNCTION).bar(0).expect("a BAR");
        assert_eq!(
            bar,
            Bar {
                address: 0xfebf_0000,
                length: 0x4000
            }
        );
        assert_eq!(fake.read(FUNCTION, BARS), 0xfebf_0000);
        assert_eq!(
            fake.read(FUNCTION, COMMAND),
            5,
            "it does not answer in memory"
        );
        assert_eq!(
            probe(&fake, FUNCTION).bar(1),
            Err(Error::NoBar { index: 1 })
        );
        assert_eq!(
            probe(&fake, FUNCTION).bar(6),
            Err(Error::NoBar { index: 6 })
        );
    }

    #[test]
    fn a_bar_of_64_bits_takes_two_registers() {
        let fake = with_bars([(0x0000_000c, 0xfff8_0000), (0x38, u32::MAX)]);
        let bar = probe(&fake, FUNCTION).bar(0).expect("a BAR");
        assert_eq!(
            bar,
            Bar {
                address: 0x38_0000_0000,
                length: 0x8_0000
            }
        );
        // One that is larger than 4 GiB, all of whose low bits are fixed.
        let fake = with_bars([(0x0000_000c, 0), (0x40, 0xffff_fffe)]);
        let bar = probe(&fake, FUNCTION).bar(0).expect("a BAR");
        assert_eq!(
            bar,
            Bar {
                address: 0x40_0000_0000,
                length: 0x2_0000_0000
            }
        );
    }

    #[test]
    fn ports_and_reserved_types_are_refused() {
        for value in [0xc001, 0xfebf_0002, 0xfebf_0006] {
            let fake = with_bars([(value, 0xffff_f000), (0, 0)]);
            assert_eq!(
                probe(&fake, FUNCTION).bar(0),
                Err(Error::NotMemory { index: 0, value })
            );
        }
    }

    #[test]
    fn addresses_that_cannot_be_are_refused() {
        let unassigned = with_bars([(0, 0xffff_f000), (0, 0)]);
        let beyond = with_bars([(4, 0xffff_f000), (0xffff_ffff, u32::MAX)]);
        let holes = with_bars([(0xfeb0_0000, 0xff0f_0000), (0, 0)]);
        let misaligned = with_bars([(0xfebf_1000, 0xffff_0000), (0, 0)]);
        for fake in [unassigned, beyond, holes, misaligned] {
            let result = probe(&fake, FUNCTION).bar(0);
            assert!(
                matches!(result, Err(Error::BadAddress { .. })),
                "{result:?}"
            );
        }
    }

    #[test]
    fn a_range_outside_the_bar_is_refused() {
        let bar = Bar {
            address: 0xfebf_0000,
            length: 0x1000,
        };
        assert_eq!(bar.check(0, 0x1000), Ok(()));
        assert!(bar.check(0xfff, 2).is_err());
        assert!(bar.check(u64::MAX, 2).is_err());
        assert!(bar.check(0x1000, 1).is_err());
    }
}

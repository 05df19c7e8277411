//! ACPI, as far as switching the machine off needs it (ACPI 6.5, 4.8.3, 5.2).
//!
//! RSDP → RSDT or XSDT → FADT → the sleep control register, and the sleep type
//! of state S5 from the DSDT. The tables are the firmware's: every address and
//! length in them is checked against the page tables before it is followed.

use crate::{boot, paging, port};

/// Reads of a port that take the monitor about as long as switching off does.
const PATIENCE: u32 = 100_000;

/// Powers off if ACPI says how; returns otherwise.
pub(crate) fn power_off() {
    let Some(fadt) = find_table(b"FACP") else {
        return;
    };
    let Some(sleep_type) = s5_sleep_type(fadt) else {
        return;
    };
    const PM1A_CONTROL: usize = 64;
    const HARDWARE_REDUCED_CONTROL: usize = 244;
    const SLEEP_ENABLE: u16 = 1 << 13;
    let pm1a = field::<4>(fadt, PM1A_CONTROL)
        .map(u32::from_le_bytes)
        .unwrap_or(0);
    if let Ok(register @ 1..) = u16::try_from(pm1a) {
        port::write16(register, u16::from(sleep_type) << 10 | SLEEP_ENABLE);
    }
    // The sleep control register of machines without PM1, a generic address:
    // space (1: ports), width, offset, access size, address.
    const PORT_SPACE: u8 = 1;
    if let Some([PORT_SPACE, _, _, _, address @ ..]) = field::<12>(fadt, HARDWARE_REDUCED_CONTROL)
        && let Ok(register @ 1..) = u16::try_from(u64::from_le_bytes(address))
    {
        const SLEEP_ENABLE: u8 = 1 << 5;
        port::write8(register, sleep_type << 2 | SLEEP_ENABLE);
    }
    // The monitor may take a moment, in which a reset would overtake it.
    const UNUSED_PORT: u16 = 0x80;
    for _ in 0..PATIENCE {
        port::read8(UNUSED_PORT);
    }
}

const HEADER: usize = 36;

/// The bytes of the table at `address`, by the length in its header.
fn table(address: u64) -> Option<&'static [u8]> {
    const LENGTH: usize = 4;
    const LONGEST: usize = 1 << 20;
    let header = bytes(address, HEADER)?;
    let length = u32::from_le_bytes(field(header, LENGTH)?) as usize;
    bytes(address, length.min(LONGEST))
}

fn bytes(address: u64, length: usize) -> Option<&'static [u8]> {
    let address = usize::try_from(address).ok()?;
    if address == 0 || !paging::probe_readable(address, length) {
        return None;
    }
    // SAFETY: readable, and firmware memory that nothing else uses.
    Some(unsafe { core::slice::from_raw_parts(address as *const u8, length) })
}

fn field<const N: usize>(table: &[u8], offset: usize) -> Option<[u8; N]> {
    table.get(offset..offset + N)?.try_into().ok()
}

fn find_table(signature: &[u8; 4]) -> Option<&'static [u8]> {
    const RSDP: usize = 36;
    const REVISION: usize = 15;
    const RSDT: usize = 16;
    const XSDT: usize = 24;
    let rsdp = bytes(boot::rsdp(), RSDP)?;
    let with_signature = |address: u64| table(address).filter(|table| table.starts_with(signature));
    let xsdt = u64::from_le_bytes(field(rsdp, XSDT)?);
    if rsdp[REVISION] >= 2 && xsdt != 0 {
        let entries = table(xsdt)?.get(HEADER..)?.as_chunks::<8>().0;
        return entries
            .iter()
            .find_map(|entry| with_signature(u64::from_le_bytes(*entry)));
    }
    let rsdt = u64::from(u32::from_le_bytes(field(rsdp, RSDT)?));
    let entries = table(rsdt)?.get(HEADER..)?.as_chunks::<4>().0;
    entries
        .iter()
        .find_map(|entry| with_signature(u64::from(u32::from_le_bytes(*entry))))
}

/// The sleep type of S5: the first element of the package named `_S5_` in the
/// DSDT. Enough of AML (ACPI 6.5, chapter 20) for a package of small integers.
fn s5_sleep_type(fadt: &[u8]) -> Option<u8> {
    const DSDT: usize = 40;
    const X_DSDT: usize = 140;
    let dsdt = match field::<8>(fadt, X_DSDT).map(u64::from_le_bytes) {
        Some(address @ 1..) => address,
        _ => u64::from(u32::from_le_bytes(field(fadt, DSDT)?)),
    };
    sleep_type_in(table(dsdt)?)
}

fn sleep_type_in(aml: &[u8]) -> Option<u8> {
    const PACKAGE: u8 = 0x12;
    const ZERO: u8 = 0x00;
    const ONE: u8 = 0x01;
    const BYTE_PREFIX: u8 = 0x0a;
    let start = aml.windows(5).position(|window| window == *b"_S5_\x12")?;
    let package = &aml[start + 4..];
    debug_assert_eq!(package[0], PACKAGE);
    // The two high bits of the first length byte say how many more follow.
    let length_bytes = 1 + usize::from(package.get(1)? >> 6);
    let elements = package.get(1 + length_bytes + 1..)?;
    match elements {
        [ZERO, ..] => Some(0),
        [ONE, ..] => Some(1),
        [BYTE_PREFIX, value @ 0..=7, ..] => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sleep_type_is_the_first_element() {
        // Name (_S5, Package (0x04) { Zero, Zero, Zero, Zero })
        assert_eq!(sleep_type_in(b"\x08_S5_\x12\x06\x04\0\0\0\0"), Some(0));
        assert_eq!(
            sleep_type_in(b"..\x08_S5_\x12\x08\x04\x0a\x05\x0a\x05\0\0"),
            Some(5)
        );
        // A package whose length takes two bytes.
        assert_eq!(
            sleep_type_in(b"\x08_S5_\x12\x47\x00\x04\x01\x01\0\0"),
            Some(1)
        );
    }

    #[test]
    fn no_package_or_half_of_one_is_no_sleep_type() {
        assert_eq!(sleep_type_in(b""), None);
        assert_eq!(sleep_type_in(b"_S5_"), None);
        assert_eq!(sleep_type_in(b"_S5_\x12"), None);
        assert_eq!(sleep_type_in(b"_S5_\x12\x06\x04\x0a"), None);
        assert_eq!(sleep_type_in(b"_S5_\x12\x06\x04\x0a\xff"), None);
    }
}

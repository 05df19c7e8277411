//! Port input and output.
//!
//! None of the devices that this crate programs by ports can write to memory,
//! so these functions are safe for it.

use core::arch::asm;

/// Reads a byte from `port`.
pub(crate) fn read8(port: u16) -> u8 {
    let value: u8;
    // SAFETY: reads a device register; touches no memory.
    unsafe {
        asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack, preserves_flags));
    }
    value
}

/// Writes a byte to `port`.
pub(crate) fn write8(port: u16, value: u8) {
    // SAFETY: writes a device register; touches no memory.
    unsafe {
        asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags));
    }
}

/// Writes two bytes to `port`.
pub(crate) fn write16(port: u16, value: u16) {
    // SAFETY: writes a device register; touches no memory.
    unsafe {
        asm!("out dx, ax", in("dx") port, in("ax") value, options(nomem, nostack, preserves_flags));
    }
}

/// Reads four bytes from `port`.
pub(crate) fn read32(port: u16) -> u32 {
    let value: u32;
    // SAFETY: reads a device register; touches no memory.
    unsafe {
        asm!("in eax, dx", in("dx") port, out("eax") value, options(nomem, nostack, preserves_flags));
    }
    value
}

/// Writes four bytes to `port`.
pub(crate) fn write32(port: u16, value: u32) {
    // SAFETY: writes a device register; touches no memory.
    unsafe {
        asm!("out dx, eax", in("dx") port, in("eax") value, options(nomem, nostack, preserves_flags));
    }
}

//! Registers of a device in physical memory: [`Region`].
//!
//! Every access is volatile, of the width that was asked for, checked against
//! the region, and ordered by the compiler against all other memory accesses;
//! x86 itself keeps uncached accesses in order with the stores before them
//! (Intel SDM volume 3, 9.2.2).

use core::fmt;
use core::ptr::NonNull;
use core::sync::atomic::{Ordering, compiler_fence};

use crate::{Life, life, paging};

/// The registers of one device.
///
/// Offsets are in bytes and must be naturally aligned. An offset outside the
/// region is a mistake of the caller and panics: check what a device says.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: a register may be accessed from anywhere; the region is the only
// handle to it, and is not `Sync`.
unsafe impl Send for Region {}

/// What the physical address of a region must be a multiple of, in bytes: the
/// width of the widest register.
pub const ALIGNMENT: usize = 4;

/// Why registers cannot be accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// This is a Linux process: the physical memory is not ours.
    NotBooted,
    /// Empty, in page zero, beyond the end of the address space, or not aligned
    /// to [`ALIGNMENT`].
    Invalid {
        /// Where the registers were said to be.
        physical: u64,
        /// How many bytes of them.
        length: usize,
    },
    /// The page tables could not be extended.
    NotMapped {
        /// Where the registers are.
        physical: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBooted => f.write_str("a process has no access to device registers"),
            Self::Invalid { physical, length } => {
                write!(
                    f,
                    "{length} bytes at {physical:#x} cannot be device registers"
                )
            }
            Self::NotMapped { physical } => {
                write!(f, "the registers at {physical:#x} could not be mapped")
            }
        }
    }
}

impl core::error::Error for Error {}

impl Region {
    /// The `length` bytes of registers at `physical`.
    ///
    /// # Errors
    /// When there can be no registers, or they cannot be mapped.
    pub fn map(physical: u64, length: usize) -> Result<Self, Error> {
        if life() != Life::Boot {
            return Err(Error::NotBooted);
        }
        let invalid = Error::Invalid { physical, length };
        let end = physical.checked_add(length as u64).ok_or(invalid)?;
        let aligned = physical.is_multiple_of(ALIGNMENT as u64);
        let possible = (paging::PAGE_SIZE as u64..=isize::MAX as u64).contains(&physical);
        if length == 0 || !aligned || !possible || end > isize::MAX as u64 {
            return Err(invalid);
        }
        let address = paging::map_device(physical, length)
            .map_err(|paging::OutOfMemory| Error::NotMapped { physical })?;
        let start = NonNull::new(address as *mut u8).ok_or(invalid)?;
        Ok(Self { start, length })
    }

    /// Bytes in the region.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Reads an 8-bit register.
    pub fn read_u8(&self, offset: usize) -> u8 {
        self.read(offset)
    }

    /// Reads a 16-bit register.
    pub fn read_u16(&self, offset: usize) -> u16 {
        self.read(offset)
    }

    /// Reads a 32-bit register.
    pub fn read_u32(&self, offset: usize) -> u32 {
        self.read(offset)
    }

    /// Writes an 8-bit register.
    pub fn write_u8(&self, offset: usize, value: u8) {
        self.write(offset, value);
    }

    /// Writes a 16-bit register.
    pub fn write_u16(&self, offset: usize, value: u16) {
        self.write(offset, value);
    }

    /// Writes a 32-bit register.
    pub fn write_u32(&self, offset: usize, value: u32) {
        self.write(offset, value);
    }

    fn read<T: Copy>(&self, offset: usize) -> T {
        let register = self.register::<T>(offset);
        // SAFETY: `register` is aligned and inside the mapped region. `T` is
        // an unsigned integer: any bits are a value.
        let value = unsafe { register.read_volatile() };
        compiler_fence(Ordering::SeqCst);
        value
    }

    fn write<T: Copy>(&self, offset: usize, value: T) {
        let register = self.register::<T>(offset);
        compiler_fence(Ordering::SeqCst);
        // SAFETY: `register` is aligned and inside the mapped region, which is
        // no memory of ours.
        unsafe {
            register.write_volatile(value);
        }
    }

    fn register<T>(&self, offset: usize) -> *mut T {
        let inside = offset
            .checked_add(size_of::<T>())
            .is_some_and(|end| end <= self.length);
        let register = self.start.as_ptr().wrapping_add(offset).cast::<T>();
        assert!(
            inside && register.is_aligned(),
            "a {}-byte register at offset {offset} of {} bytes",
            size_of::<T>(),
            self.length
        );
        register
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dma;

    /// Registers that are only memory.
    fn memory() -> Region {
        let memory = dma::Region::allocate(1).expect("memory");
        let start = NonNull::new(memory.address() as *mut u8).expect("not null");
        Region { start, length: 16 }
    }

    #[test]
    fn registers_have_the_width_asked_for() {
        let region = memory();
        region.write_u32(4, 0x4433_2211);
        assert_eq!(region.read_u8(5), 0x22);
        assert_eq!(region.read_u16(6), 0x4433);
        region.write_u8(4, 0);
        region.write_u16(6, 0);
        assert_eq!(region.read_u32(4), 0x2200);
    }

    #[test]
    #[should_panic(expected = "4-byte register at offset 13")]
    fn a_register_across_the_end_panics() {
        memory().read_u32(13);
    }

    #[test]
    #[should_panic(expected = "2-byte register at offset 3")]
    fn a_misaligned_register_panics() {
        memory().read_u16(3);
    }

    #[test]
    fn a_process_cannot_reach_physical_memory() {
        assert_eq!(Region::map(0xfee0_0000, 4096).err(), Some(Error::NotBooted));
    }
}

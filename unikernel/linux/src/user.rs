//! Memory of the program, named by an argument of a system call.
//!
//! An address that the program passes is an allegation until the page tables
//! have confirmed it; a wrong one is `EFAULT`, never a fault of the kernel.
//! This is the only file of the crate that turns numbers into memory.
//!
//! The program and the kernel share one address space and one CPU, and a
//! system call runs to its end before the program goes on: while a slice from
//! here is alive, nobody else runs. It borrows from its [`UserSlice`], which is
//! a local of the system call, so it cannot outlive it.
#![expect(
    unsafe_code,
    reason = "the program passes addresses as numbers; here they become slices"
)]

use alloc::vec::Vec;

use machine::paging::PAGE_SIZE;

use crate::errno::Errno;
use crate::limits;

/// The caller's claim that `length` bytes at `address` are its own.
pub(crate) struct UserSlice {
    address: usize,
    length: usize,
}

impl UserSlice {
    pub(crate) fn new(address: u64, length: u64) -> Self {
        // Both are `usize` on the only machine this is for. Longer than a
        // call may move is cut, as Linux does.
        Self {
            address: address as usize,
            length: (length as usize).min(limits::TRANSFER),
        }
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The bytes, if the program may read them.
    pub(crate) fn bytes(&self) -> Result<&[u8], Errno> {
        if self.length == 0 {
            return Ok(&[]);
        }
        check(self.address, self.length, Use::Read)?;
        let start = core::ptr::with_exposed_provenance(self.address);
        // SAFETY: every byte is mapped and readable, and nobody writes it while
        // this slice lives (see the top of this file).
        Ok(unsafe { core::slice::from_raw_parts(start, self.length) })
    }

    /// The bytes, if the program may write them.
    pub(crate) fn bytes_mut(&mut self) -> Result<&mut [u8], Errno> {
        if self.length == 0 {
            return Ok(&mut []);
        }
        check(self.address, self.length, Use::Write)?;
        let start = core::ptr::with_exposed_provenance_mut(self.address);
        // SAFETY: every byte is mapped and writable, and nobody else uses it
        // while this slice lives (see the top of this file).
        Ok(unsafe { core::slice::from_raw_parts_mut(start, self.length) })
    }
}

/// A copy of `N` bytes of the program.
pub(crate) fn load<const N: usize>(address: u64) -> Result<[u8; N], Errno> {
    let slice = UserSlice::new(address, N as u64);
    let mut copy = [0; N];
    copy.copy_from_slice(slice.bytes()?);
    Ok(copy)
}

/// Copies `bytes` to the program.
pub(crate) fn store(address: u64, bytes: &[u8]) -> Result<(), Errno> {
    UserSlice::new(address, bytes.len() as u64)
        .bytes_mut()?
        .copy_from_slice(bytes);
    Ok(())
}

/// A 32-bit number of the program.
pub(crate) fn load_u32(address: u64) -> Result<u32, Errno> {
    load(address).map(u32::from_le_bytes)
}

/// A 64-bit number of the program.
pub(crate) fn load_u64(address: u64) -> Result<u64, Errno> {
    load(address).map(u64::from_le_bytes)
}

/// A path: the bytes up to the first NUL.
pub(crate) fn load_path(address: u64) -> Result<Vec<u8>, Errno> {
    let mut path = Vec::new();
    let mut next = address;
    while path.len() < limits::PATH {
        // Up to the end of the page: what follows it need not be mapped.
        let rest_of_page = PAGE_SIZE as u64 - next % PAGE_SIZE as u64;
        let piece = UserSlice::new(next, rest_of_page);
        let bytes = piece.bytes()?;
        if let Some(end) = bytes.iter().position(|&byte| byte == 0) {
            path.extend_from_slice(&bytes[..end]);
            return if path.len() < limits::PATH {
                Ok(path)
            } else {
                Err(Errno::ENAMETOOLONG)
            };
        }
        path.extend_from_slice(bytes);
        next = next.checked_add(rest_of_page).ok_or(Errno::EFAULT)?;
    }
    Err(Errno::ENAMETOOLONG)
}

#[derive(Clone, Copy)]
enum Use {
    Read,
    Write,
}

fn check(address: usize, length: usize, wanted: Use) -> Result<(), Errno> {
    let allowed = match (machine::life(), wanted) {
        (machine::Life::Boot, Use::Read) => machine::paging::readable(address, length),
        (machine::Life::Boot, Use::Write) => machine::paging::writable(address, length),
        // As a process, only the tests of this crate make system calls here,
        // with addresses of their own; Linux answers the program.
        (machine::Life::Run, _) => {
            cfg!(test) && address >= PAGE_SIZE && address.checked_add(length).is_some()
        }
    };
    if allowed { Ok(()) } else { Err(Errno::EFAULT) }
}

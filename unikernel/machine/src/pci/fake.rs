//! Configuration space made of bytes, for tests.
extern crate std;

use core::cell::RefCell;
use std::collections::BTreeMap;

use super::{Access, Function};

/// Functions that are 256 bytes each, read-only but for some bits.
pub(super) struct Fake {
    functions: RefCell<BTreeMap<(u8, u8, u8), [u8; 256]>>,
    writable: BTreeMap<u8, u32>,
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            functions: RefCell::default(),
            writable: BTreeMap::new(),
        }
    }

    /// Adds a function, and gives its configuration space to fill in.
    pub(super) fn add(&mut self, bus: u8, device: u8, function: u8) -> &mut [u8; 256] {
        let mut bytes = [0; 256];
        bytes[..4].copy_from_slice(&[0xf4, 0x1a, 0x41, 0x10]);
        self.functions
            .get_mut()
            .entry((bus, device, function))
            .or_insert(bytes)
    }

    /// Which bits of the register at `offset` keep what is written, in all
    /// functions.
    pub(super) fn writable(&mut self, offset: u8, bits: u32) {
        self.writable.insert(offset, bits);
    }
}

impl Access for Fake {
    fn read(&self, function: Function, offset: u8) -> u32 {
        let functions = self.functions.borrow();
        let bytes = functions.get(&(function.bus, function.device, function.function));
        bytes.map_or(u32::MAX, |bytes| {
            u32::from_le_bytes(*bytes[usize::from(offset)..].first_chunk().expect("aligned"))
        })
    }

    fn write(&self, function: Function, offset: u8, value: u32) {
        let old = self.read(function, offset);
        let writable = self.writable.get(&offset).copied().unwrap_or(0);
        let value = old & !writable | value & writable;
        let mut functions = self.functions.borrow_mut();
        let bytes = functions.get_mut(&(function.bus, function.device, function.function));
        if let Some(bytes) = bytes {
            bytes[usize::from(offset)..][..4].copy_from_slice(&value.to_le_bytes());
        }
    }
}

impl Access for &Fake {
    fn read(&self, function: Function, offset: u8) -> u32 {
        Fake::read(self, function, offset)
    }

    fn write(&self, function: Function, offset: u8, value: u32) {
        Fake::write(self, function, offset, value);
    }
}

//! PCI: finding functions, and what they say of themselves.
//!
//! Configuration space is reached by configuration mechanism 1 (PCI Local Bus
//! Specification 3.0, 3.2.2.3.2): the ports 0xCF8 and 0xCFC, which every x86
//! monitor with a PCI bus has. [`functions`] walks the buses; a [`Function`]
//! gives its [`Snapshot`] (a copy to parse), its [`Bars`], and sends its
//! interrupts as messages.
//!
//! A function is untrusted: it may lie about everything it says here. Reading
//! what it says cannot fail in other ways than by an [`Error`].

mod bar;
mod message;
mod snapshot;
mod walk;

#[cfg(test)]
mod fake;

use core::fmt;

use crate::{Life, Lock, interrupt, life, mmio, port};

pub use bar::{Bar, Bars};
pub use snapshot::{Capability, Snapshot};

/// One function of one device on one bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    bus: u8,
    device: u8,
    function: u8,
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}:{:02x}.{}", self.bus, self.device, self.function)
    }
}

/// Who made a function, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Vendor ID.
    pub vendor: u16,
    /// Device ID.
    pub device: u16,
}

/// What is wrong with a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no such BAR: `index` is above 5, or it is not implemented.
    NoBar {
        /// Which one.
        index: u8,
    },
    /// The BAR is in port space, or of a reserved type.
    NotMemory {
        /// Which one.
        index: u8,
        /// Its value.
        value: u32,
    },
    /// Nobody gave the BAR an address, or it lies beyond the address space.
    BadAddress {
        /// Which one.
        index: u8,
        /// Its address.
        address: u64,
        /// Its size in bytes.
        length: u64,
    },
    /// Something was said to be outside the BAR that it is in.
    OutsideBar {
        /// Where in the BAR.
        offset: u64,
        /// How many bytes of it.
        length: u64,
        /// Bytes in the BAR.
        bar_length: u64,
    },
    /// It has no MSI-X capability.
    NoMessages,
    /// Its registers cannot be mapped.
    Registers(mmio::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBar { index } => write!(f, "there is no BAR {index}"),
            Self::NotMemory { index, value } => {
                write!(f, "BAR {index} should be in memory, but is {value:#010x}")
            }
            Self::BadAddress {
                index,
                address,
                length,
            } => {
                write!(f, "BAR {index} cannot be {length} bytes at {address:#x}")
            }
            Self::OutsideBar {
                offset,
                length,
                bar_length,
            } => {
                write!(
                    f,
                    "{length} bytes at offset {offset} are not in a BAR of {bar_length}"
                )
            }
            Self::NoMessages => f.write_str("MSI-X is needed, and there is none"),
            Self::Registers(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

/// Every function that answers, buses in the order in which bridges lead to
/// them. None when there is no PCI.
pub fn functions() -> impl Iterator<Item = Function> {
    let present = life() == Life::Boot && mechanism_present();
    let walk = present.then(|| walk::Walk::new(Ports));
    walk.into_iter().flatten()
}

impl Function {
    /// Who made it, and what it is.
    pub fn identity(&self) -> Identity {
        identity(&Ports, *self).unwrap_or(Identity {
            vendor: ABSENT,
            device: ABSENT,
        })
    }

    /// A copy of the whole configuration space.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&Ports, *self)
    }

    /// Where its BARs are, and their sizes. The function does not answer in
    /// memory from then on, until it is enabled: nothing of it may be in use.
    pub fn bars(&self) -> Bars {
        bar::probe(&Ports, *self)
    }

    /// Lets it answer in memory and read and write memory by itself, and keeps
    /// it from using interrupt lines.
    pub fn enable(&self) {
        enable(&Ports, *self);
    }

    /// Has it send `message` for each of its interrupts (entry 0 of its MSI-X
    /// table, which is found by `snapshot` in `bars`).
    ///
    /// # Errors
    /// When it has no MSI-X, or lies about where the table is.
    pub fn enable_message(
        &self,
        snapshot: &Snapshot,
        bars: &Bars,
        message: interrupt::Message,
    ) -> Result<(), Error> {
        message::enable(*self, snapshot, bars, message)
    }
}

/// Reads and writes configuration space. `offset` is in bytes, a multiple of 4.
trait Access {
    fn read(&self, function: Function, offset: u8) -> u32;
    fn write(&self, function: Function, offset: u8, value: u32);
}

/// Configuration mechanism 1.
#[derive(Clone, Copy)]
struct Ports;

/// Address and data port are used in pairs, one pair at a time.
static PORTS: Lock<()> = Lock::new(());
const ADDRESS_PORT: u16 = 0xcf8;
const DATA_PORT: u16 = 0xcfc;
const ADDRESS_ENABLE: u32 = 1 << 31;

impl Access for Ports {
    fn read(&self, function: Function, offset: u8) -> u32 {
        let _pair = PORTS.lock();
        port::write32(ADDRESS_PORT, address(function, offset));
        port::read32(DATA_PORT)
    }

    fn write(&self, function: Function, offset: u8, value: u32) {
        let _pair = PORTS.lock();
        port::write32(ADDRESS_PORT, address(function, offset));
        port::write32(DATA_PORT, value);
    }
}

fn address(function: Function, offset: u8) -> u32 {
    ADDRESS_ENABLE
        | u32::from(function.bus) << 16
        | u32::from(function.device) << 11
        | u32::from(function.function) << 8
        | u32::from(offset & !3)
}

/// Whether the address port keeps what was written to it: monitors without PCI
/// have nothing there.
fn mechanism_present() -> bool {
    let _pair = PORTS.lock();
    port::write32(ADDRESS_PORT, ADDRESS_ENABLE);
    port::read32(ADDRESS_PORT) == ADDRESS_ENABLE
}

/// Vendor ID of a function that does not exist.
const ABSENT: u16 = 0xffff;

/// Offset of vendor and device ID.
const IDENTITY: u8 = 0x00;
/// Offset of command (low half) and status (high half, write 1 to clear).
const COMMAND: u8 = 0x04;
const COMMAND_MEMORY: u32 = 1 << 1;
const COMMAND_BUS_MASTER: u32 = 1 << 2;
const COMMAND_NO_LINE: u32 = 1 << 10;
const COMMAND_MASK: u32 = 0xffff;

fn identity(access: &impl Access, function: Function) -> Option<Identity> {
    let value = access.read(function, IDENTITY);
    let identity = Identity {
        vendor: value as u16,
        device: (value >> 16) as u16,
    };
    (identity.vendor != ABSENT && identity.vendor != 0).then_some(identity)
}

fn enable(access: &impl Access, function: Function) {
    let command = access.read(function, COMMAND) & COMMAND_MASK;
    let wanted = COMMAND_MEMORY | COMMAND_BUS_MASTER | COMMAND_NO_LINE;
    access.write(function, COMMAND, command | wanted);
}

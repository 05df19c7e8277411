//! Devices whose registers are somewhere in memory.
//!
//! Section 4.2, register layout version 2. The interrupt line stays up until
//! what raised it is acknowledged, and only its rise interrupts the CPU.

use machine::{interrupt, mmio};

use super::parameter::Parameter;
use super::{Kind, Place, Transport};
use crate::error::Problem;
use crate::limits;
use crate::queue::Ring;

// 4.2.2: offsets. All registers before the configuration are 32 bits wide.
const MAGIC: usize = 0x000;
const VERSION: usize = 0x004;
const DEVICE_ID: usize = 0x008;
const DEVICE_FEATURES: usize = 0x010;
const DEVICE_FEATURES_SELECT: usize = 0x014;
const DRIVER_FEATURES: usize = 0x020;
const DRIVER_FEATURES_SELECT: usize = 0x024;
const QUEUE_SELECT: usize = 0x030;
const QUEUE_SIZE_MAX: usize = 0x034;
const QUEUE_SIZE: usize = 0x038;
const QUEUE_READY: usize = 0x044;
const QUEUE_NOTIFY: usize = 0x050;
const INTERRUPT_STATUS: usize = 0x060;
const INTERRUPT_ACKNOWLEDGE: usize = 0x064;
const STATUS: usize = 0x070;
const QUEUE_DESCRIPTORS: usize = 0x080;
const QUEUE_DRIVER: usize = 0x090;
const QUEUE_DEVICE: usize = 0x0a0;
const CONFIGURATION_GENERATION: usize = 0x0fc;
const CONFIGURATION: usize = 0x100;

/// "virt"
const MAGIC_VALUE: u32 = 0x7472_6976;
const VERSION_LEGACY: u32 = 1;
const VERSION_VALUE: u32 = 2;
/// Device ID of a place without a device.
const NO_DEVICE: u32 = 0;

/// The registers of a device.
pub(super) struct Registers {
    registers: mmio::Region,
    base: u64,
    irq: u32,
}

impl Registers {
    /// The device of this kind at the place that the command line names; none
    /// when the place is empty, or has a device of another kind.
    pub(super) fn open(parameter: Parameter, kind: Kind) -> Result<Option<Self>, Problem> {
        let Parameter { base, size, irq } = parameter;
        if size < CONFIGURATION as u64 {
            return Err(Problem::TooSmall(size));
        }
        let most = CONFIGURATION + limits::CONFIGURATION;
        let length = usize::try_from(size).map_or(most, |size| size.min(most));
        let registers = mmio::Region::map(base, length)?;
        if registers.read_u32(MAGIC) != MAGIC_VALUE {
            return Err(Problem::NoInterface("magic value"));
        }
        // Before the version: empty places say version 1 in some monitors.
        let id = registers.read_u32(DEVICE_ID);
        if id == NO_DEVICE || id != kind as u32 {
            return Ok(None);
        }
        match registers.read_u32(VERSION) {
            VERSION_VALUE => Ok(Some(Self {
                registers,
                base,
                irq,
            })),
            VERSION_LEGACY => Err(Problem::Legacy),
            _ => Err(Problem::NoInterface("known version of the registers")),
        }
    }

    fn write_address(&self, register: usize, address: u64) {
        self.registers.write_u32(register, address as u32);
        self.registers
            .write_u32(register + 4, (address >> 32) as u32);
    }

    fn check_configuration(&self, offset: usize, length: usize) -> Result<usize, Problem> {
        let start = CONFIGURATION.checked_add(offset);
        let end = start.and_then(|start| start.checked_add(length));
        let inside = end.is_some_and(|end| end <= self.registers.length());
        start
            .filter(|_| inside)
            .ok_or(Problem::ConfigurationTooShort(offset))
    }
}

impl Transport for Registers {
    fn place(&self) -> Place {
        Place::Registers(self.base)
    }

    fn status(&self) -> u8 {
        self.registers.read_u32(STATUS) as u8
    }

    fn set_status(&mut self, status: u8) {
        self.registers.write_u32(STATUS, u32::from(status));
    }

    fn offered_features(&mut self) -> u64 {
        self.registers.write_u32(DEVICE_FEATURES_SELECT, 1);
        let high = self.registers.read_u32(DEVICE_FEATURES);
        self.registers.write_u32(DEVICE_FEATURES_SELECT, 0);
        let low = self.registers.read_u32(DEVICE_FEATURES);
        u64::from(high) << 32 | u64::from(low)
    }

    fn accept_features(&mut self, features: u64) {
        self.registers.write_u32(DRIVER_FEATURES_SELECT, 1);
        self.registers
            .write_u32(DRIVER_FEATURES, (features >> 32) as u32);
        self.registers.write_u32(DRIVER_FEATURES_SELECT, 0);
        self.registers.write_u32(DRIVER_FEATURES, features as u32);
    }

    fn enable_interrupts(&mut self) -> Result<(), Problem> {
        interrupt::route(self.irq);
        Ok(())
    }

    fn largest_queue(&mut self, queue: u16) -> u16 {
        self.registers.write_u32(QUEUE_SELECT, u32::from(queue));
        let largest = self.registers.read_u32(QUEUE_SIZE_MAX);
        u16::try_from(largest).unwrap_or(u16::MAX)
    }

    fn set_queue(&mut self, queue: u16, ring: &Ring) -> Result<(), Problem> {
        // 4.2.3.2
        self.registers.write_u32(QUEUE_SELECT, u32::from(queue));
        if self.registers.read_u32(QUEUE_READY) != 0 {
            return Err(Problem::QueueInUse(queue));
        }
        self.registers.write_u32(QUEUE_SIZE, u32::from(ring.size()));
        self.write_address(QUEUE_DESCRIPTORS, ring.descriptors_address());
        self.write_address(QUEUE_DRIVER, ring.available_address());
        self.write_address(QUEUE_DEVICE, ring.used_address());
        self.registers.write_u32(QUEUE_READY, 1);
        Ok(())
    }

    fn notify(&mut self, queue: u16) {
        self.registers.write_u32(QUEUE_NOTIFY, u32::from(queue));
    }

    fn acknowledge(&mut self) {
        let raised = self.registers.read_u32(INTERRUPT_STATUS);
        if raised != 0 {
            self.registers.write_u32(INTERRUPT_ACKNOWLEDGE, raised);
        }
    }

    fn configuration_generation(&self) -> u32 {
        self.registers.read_u32(CONFIGURATION_GENERATION)
    }

    fn configuration_u8(&self, offset: usize) -> Result<u8, Problem> {
        Ok(self.registers.read_u8(self.check_configuration(offset, 1)?))
    }

    fn configuration_u16(&self, offset: usize) -> Result<u16, Problem> {
        Ok(self
            .registers
            .read_u16(self.check_configuration(offset, 2)?))
    }
}

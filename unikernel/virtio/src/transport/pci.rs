//! Devices on PCI.
//!
//! Section 4.1. Where the registers are is said by vendor capabilities
//! (`capability`). All queues share one interrupt message; changes of the
//! configuration are not reported.

mod capability;

use alloc::vec::Vec;

use machine::pci::{Bars, Function, Snapshot};
use machine::{interrupt, mmio};

use self::capability::{Location, Locations};
use super::{Kind, Place, Transport};
use crate::error::Problem;
use crate::limits;
use crate::queue::Ring;

// 4.1.4.3: offsets in the common configuration.
const DEVICE_FEATURE_SELECT: usize = 0x00;
const DEVICE_FEATURE: usize = 0x04;
const DRIVER_FEATURE_SELECT: usize = 0x08;
const DRIVER_FEATURE: usize = 0x0c;
const CONFIGURATION_VECTOR: usize = 0x10;
const QUEUE_COUNT: usize = 0x12;
const DEVICE_STATUS: usize = 0x14;
const CONFIGURATION_GENERATION: usize = 0x15;
const QUEUE_SELECT: usize = 0x16;
const QUEUE_SIZE: usize = 0x18;
const QUEUE_VECTOR: usize = 0x1a;
const QUEUE_ENABLE: usize = 0x1c;
const QUEUE_NOTIFY_OFFSET: usize = 0x1e;
const QUEUE_DESCRIPTORS: usize = 0x20;
const QUEUE_DRIVER: usize = 0x28;
const QUEUE_DEVICE: usize = 0x30;
/// Bytes up to here are in every common configuration.
const COMMON_LENGTH: u64 = 0x38;

const NO_VECTOR: u16 = 0xffff;
/// Entry of the MSI-X table that all queues use.
const VECTOR: u16 = 0;

// 4.1.2: vendor and device IDs.
const VENDOR: u16 = 0x1af4;
const FIRST_DEVICE: u16 = 0x1040;

/// Whether `function` is a virtio device of this kind. Transitional devices
/// have IDs of their own; many of them have the modern interface too.
pub(super) fn is(function: Function, kind: Kind) -> bool {
    let identity = function.identity();
    let modern = FIRST_DEVICE + kind as u16;
    identity.vendor == VENDOR
        && (identity.device == modern || identity.device == transitional(kind))
}

fn transitional(kind: Kind) -> u16 {
    match kind {
        Kind::Network => 0x1000,
        Kind::Entropy => 0x1005,
    }
}

/// A PCI function that is a virtio device.
pub(super) struct Functional {
    function: Function,
    snapshot: Snapshot,
    bars: Bars,
    common: mmio::Region,
    configuration: Option<mmio::Region>,
    notify: Location,
    notify_multiplier: u32,
    doorbells: Vec<Option<Doorbell>>,
    queue_vector: u16,
}

/// The register that tells the device of new buffers in one queue.
struct Doorbell {
    registers: mmio::Region,
    offset: usize,
}

impl Functional {
    pub(super) fn open(function: Function) -> Result<Self, Problem> {
        let snapshot = function.snapshot();
        let Locations {
            common,
            notify,
            notify_multiplier,
            configuration,
        } = capability::parse(&snapshot)?;
        let bars = function.bars();
        function.enable();
        let common = bars
            .bar(common.bar)?
            .map(u64::from(common.offset), COMMON_LENGTH)?;
        let configuration = match configuration {
            Some(location) => Some(map_configuration(&bars, location)?),
            None => None,
        };
        Ok(Self {
            function,
            snapshot,
            bars,
            common,
            configuration,
            notify,
            notify_multiplier,
            doorbells: Vec::new(),
            queue_vector: NO_VECTOR,
        })
    }

    fn write_address(&self, register: usize, address: u64) {
        // 4.1.3.1: 64-bit fields may be written in two halves.
        self.common.write_u32(register, address as u32);
        self.common.write_u32(register + 4, (address >> 32) as u32);
    }

    /// 4.1.4.4
    fn open_doorbell(&self, queue: u16) -> Result<Doorbell, Problem> {
        let index = self.common.read_u16(QUEUE_NOTIFY_OFFSET);
        let offset = self
            .notify
            .doorbell(index, self.notify_multiplier)
            .ok_or(Problem::Doorbell(queue))?;
        // A region starts at a multiple of 4, a doorbell at one of 2.
        let within = offset % mmio::ALIGNMENT as u64;
        let registers = self
            .bars
            .bar(self.notify.bar)?
            .map(offset - within, within + capability::DOORBELL)?;
        Ok(Doorbell {
            registers,
            offset: within as usize,
        })
    }

    fn configuration(&self, offset: usize, length: usize) -> Result<&mmio::Region, Problem> {
        let end = offset.checked_add(length);
        let holds = |region: &&mmio::Region| end.is_some_and(|end| end <= region.length());
        self.configuration
            .as_ref()
            .filter(holds)
            .ok_or(Problem::ConfigurationTooShort(offset))
    }
}

fn map_configuration(bars: &Bars, location: Location) -> Result<mmio::Region, Problem> {
    let length = u64::from(location.length).min(limits::CONFIGURATION as u64);
    Ok(bars
        .bar(location.bar)?
        .map(u64::from(location.offset), length)?)
}

impl Transport for Functional {
    fn place(&self) -> Place {
        Place::Pci(self.function)
    }

    fn status(&self) -> u8 {
        self.common.read_u8(DEVICE_STATUS)
    }

    fn set_status(&mut self, status: u8) {
        self.common.write_u8(DEVICE_STATUS, status);
    }

    fn offered_features(&mut self) -> u64 {
        self.common.write_u32(DEVICE_FEATURE_SELECT, 1);
        let high = self.common.read_u32(DEVICE_FEATURE);
        self.common.write_u32(DEVICE_FEATURE_SELECT, 0);
        let low = self.common.read_u32(DEVICE_FEATURE);
        u64::from(high) << 32 | u64::from(low)
    }

    fn accept_features(&mut self, features: u64) {
        self.common.write_u32(DRIVER_FEATURE_SELECT, 1);
        self.common
            .write_u32(DRIVER_FEATURE, (features >> 32) as u32);
        self.common.write_u32(DRIVER_FEATURE_SELECT, 0);
        self.common.write_u32(DRIVER_FEATURE, features as u32);
    }

    fn enable_interrupts(&mut self) -> Result<(), Problem> {
        self.function
            .enable_message(&self.snapshot, &self.bars, interrupt::message())?;
        self.common.write_u16(CONFIGURATION_VECTOR, NO_VECTOR);
        self.queue_vector = VECTOR;
        Ok(())
    }

    fn largest_queue(&mut self, queue: u16) -> u16 {
        if queue >= self.common.read_u16(QUEUE_COUNT) {
            return 0;
        }
        self.common.write_u16(QUEUE_SELECT, queue);
        self.common.read_u16(QUEUE_SIZE)
    }

    fn set_queue(&mut self, queue: u16, ring: &Ring) -> Result<(), Problem> {
        // 4.1.5.1.3
        self.common.write_u16(QUEUE_SELECT, queue);
        if self.common.read_u16(QUEUE_ENABLE) != 0 {
            return Err(Problem::QueueInUse(queue));
        }
        let doorbell = self.open_doorbell(queue)?;
        let index = usize::from(queue);
        self.doorbells
            .resize_with(self.doorbells.len().max(index + 1), || None);
        self.doorbells[index] = Some(doorbell);
        self.common.write_u16(QUEUE_SIZE, ring.size());
        self.common.write_u16(QUEUE_VECTOR, self.queue_vector);
        // 4.1.5.1.2.1: a device that cannot do it says so here.
        if self.common.read_u16(QUEUE_VECTOR) != self.queue_vector {
            return Err(Problem::NoInterrupt(queue));
        }
        self.write_address(QUEUE_DESCRIPTORS, ring.descriptors_address());
        self.write_address(QUEUE_DRIVER, ring.available_address());
        self.write_address(QUEUE_DEVICE, ring.used_address());
        self.common.write_u16(QUEUE_ENABLE, 1);
        Ok(())
    }

    fn notify(&mut self, queue: u16) {
        if let Some(Some(doorbell)) = self.doorbells.get(usize::from(queue)) {
            doorbell.registers.write_u16(doorbell.offset, queue);
        }
    }

    /// Messages need no acknowledgement.
    fn acknowledge(&mut self) {}

    fn configuration_generation(&self) -> u32 {
        u32::from(self.common.read_u8(CONFIGURATION_GENERATION))
    }

    fn configuration_u8(&self, offset: usize) -> Result<u8, Problem> {
        Ok(self.configuration(offset, 1)?.read_u8(offset))
    }

    fn configuration_u16(&self, offset: usize) -> Result<u16, Problem> {
        Ok(self.configuration(offset, 2)?.read_u16(offset))
    }
}

//! The other side, for tests: a device over the same memory, without threads.
//!
//! [`FakeTransport`] has registers like any device; [`DeviceQueue`] is the
//! device's side of a queue, written against section 2.7 and nothing of
//! `queue`. Tests decide when it does what, and may have it lie.
extern crate std;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::Wrapping;
use std::sync::{Arc, Mutex, MutexGuard};

use machine::dma;

use crate::error::Problem;
use crate::queue::Ring;
use crate::start::{feature, status};
use crate::transport::{Place, Transport};

/// What a device does when something happens.
type Reaction = Box<dyn FnMut(&mut FakeDevice) + Send>;

/// The state of a device that tests control.
pub(crate) struct FakeDevice {
    pub(crate) offered: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) status: u8,
    /// Every status that was written.
    pub(crate) statuses: Vec<u8>,
    pub(crate) stays_at: Option<u8>,
    pub(crate) generation: u32,
    pub(crate) changes_always: bool,
    pub(crate) configuration: Vec<u8>,
    pub(crate) largest_queues: Vec<u16>,
    pub(crate) queues: Vec<Option<DeviceQueue>>,
    pub(crate) notified: Vec<u16>,
    /// The interrupt line, which stays up until it is acknowledged.
    pub(crate) line: bool,
    /// The line has risen: the CPU would wake.
    pub(crate) risen: bool,
    pub(crate) before_acknowledge: Option<Reaction>,
    pub(crate) after_acknowledge: Option<Reaction>,
    pub(crate) on_notify: Option<Reaction>,
}

/// The registers of a [`FakeDevice`]; copies are of the same device.
#[derive(Clone)]
pub(crate) struct FakeTransport(Arc<Mutex<FakeDevice>>);

impl FakeTransport {
    /// A device with these features and this configuration, and queues of these
    /// sizes.
    pub(crate) fn new(offered: u64, configuration: &[u8], largest_queues: &[u16]) -> Self {
        Self(Arc::new(Mutex::new(FakeDevice {
            offered,
            accepted: 0,
            refused: 0,
            status: 0,
            statuses: Vec::new(),
            stays_at: None,
            generation: 0,
            changes_always: false,
            configuration: configuration.to_vec(),
            largest_queues: largest_queues.to_vec(),
            queues: largest_queues.iter().map(|_| None).collect(),
            notified: Vec::new(),
            line: false,
            risen: false,
            before_acknowledge: None,
            after_acknowledge: None,
            on_notify: None,
        })))
    }

    pub(crate) fn device(&self) -> MutexGuard<'_, FakeDevice> {
        self.0.lock().expect("no test panicked with it")
    }
}

impl FakeDevice {
    pub(crate) fn queue(&mut self, number: usize) -> &mut DeviceQueue {
        self.queues[number].as_mut().expect("the queue was set up")
    }

    /// Lets a queue reach this memory.
    pub(crate) fn attach(&mut self, number: usize, memory: [dma::Region; 2]) {
        self.queue(number).memory = memory.to_vec();
    }

    /// Gives a buffer back, and interrupts if that is wanted.
    pub(crate) fn complete(&mut self, number: usize, id: u32, length: u32) {
        if self.queue(number).complete(id, length) {
            self.interrupt();
        }
    }

    pub(crate) fn interrupt(&mut self) {
        self.risen |= !self.line;
        self.line = true;
    }

    /// Takes the next buffer of a queue, writes `bytes` into it and gives it
    /// back. Panics when there is none.
    pub(crate) fn answer(&mut self, number: usize, bytes: &[u8]) {
        let queue = self.queue(number);
        let buffer = queue.consume().expect("a buffer");
        assert!(buffer.device_writes);
        queue.write(&buffer, bytes);
        self.complete(number, buffer.id.into(), bytes.len() as u32);
    }

    fn react(&mut self, reaction: fn(&mut Self) -> &mut Option<Reaction>) {
        if let Some(mut react) = reaction(self).take() {
            react(self);
            *reaction(self) = Some(react);
        }
    }
}

impl Transport for FakeTransport {
    fn place(&self) -> Place {
        Place::Registers(0)
    }

    fn status(&self) -> u8 {
        let device = self.device();
        device.stays_at.unwrap_or(device.status)
    }

    fn set_status(&mut self, status: u8) {
        let mut device = self.device();
        let refuses = device.accepted & device.refused != 0;
        device.status = if refuses {
            status & !status::FEATURES_OK
        } else {
            status
        };
        device.statuses.push(status);
    }

    fn offered_features(&mut self) -> u64 {
        self.device().offered
    }

    fn accept_features(&mut self, features: u64) {
        self.device().accepted = features;
    }

    fn enable_interrupts(&mut self) -> Result<(), Problem> {
        Ok(())
    }

    fn largest_queue(&mut self, queue: u16) -> u16 {
        self.device()
            .largest_queues
            .get(usize::from(queue))
            .copied()
            .unwrap_or(0)
    }

    fn set_queue(&mut self, queue: u16, ring: &Ring) -> Result<(), Problem> {
        let mut device = self.device();
        let event_index = device.accepted & feature::EVENT_INDEX != 0;
        device.queues[usize::from(queue)] = Some(DeviceQueue::new(ring, event_index));
        Ok(())
    }

    fn notify(&mut self, queue: u16) {
        let mut device = self.device();
        device.notified.push(queue);
        device.react(|device| &mut device.on_notify);
    }

    fn acknowledge(&mut self) {
        let mut device = self.device();
        device.react(|device| &mut device.before_acknowledge);
        device.line = false;
        device.react(|device| &mut device.after_acknowledge);
    }

    fn configuration_generation(&self) -> u32 {
        let mut device = self.device();
        device.generation += u32::from(device.changes_always);
        device.generation
    }

    fn configuration_u8(&self, offset: usize) -> Result<u8, Problem> {
        let device = self.device();
        device
            .configuration
            .get(offset)
            .copied()
            .ok_or(Problem::ConfigurationTooShort(offset))
    }

    fn configuration_u16(&self, offset: usize) -> Result<u16, Problem> {
        Ok(u16::from_le_bytes([
            self.configuration_u8(offset)?,
            self.configuration_u8(offset + 1)?,
        ]))
    }
}

/// The device's side of a split virtqueue.
pub(crate) struct DeviceQueue {
    size: u16,
    descriptors: u64,
    available: u64,
    used: u64,
    memory: Vec<dma::Region>,
    event_index: bool,
    /// How many buffers were taken from the available ring.
    consumed: Wrapping<u16>,
    /// The used index.
    index: Wrapping<u16>,
}

/// A buffer as its descriptor tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Buffer {
    pub(crate) id: u16,
    pub(crate) address: u64,
    pub(crate) length: u32,
    pub(crate) device_writes: bool,
}

impl DeviceQueue {
    fn new(ring: &Ring, event_index: bool) -> Self {
        let size = ring.size();
        assert!(size.is_power_of_two());
        // 2.7: alignments.
        assert!(ring.descriptors_address().is_multiple_of(16));
        assert!(ring.available_address().is_multiple_of(2));
        assert!(ring.used_address().is_multiple_of(4));
        Self {
            size,
            descriptors: ring.descriptors_address(),
            available: ring.available_address(),
            used: ring.used_address(),
            memory: Vec::new(),
            event_index,
            consumed: Wrapping(0),
            index: Wrapping(0),
        }
    }

    /// Takes the next buffer from the available ring.
    pub(crate) fn consume(&mut self) -> Option<Buffer> {
        let available = self.read_u16(self.available + 2);
        if available == self.consumed.0 {
            return None;
        }
        let entry = u64::from(self.consumed.0 % self.size);
        self.consumed += 1;
        let id = self.read_u16(self.available + 4 + 2 * entry);
        assert!(id < self.size, "descriptor {id} of {}", self.size);
        let descriptor = self.descriptors + 16 * u64::from(id);
        let flags = self.read_u16(descriptor + 12);
        let (memory, offset) = self.find(descriptor);
        Some(Buffer {
            id,
            address: memory.read_u64(offset),
            length: memory.read_u32(offset + 8),
            device_writes: flags == 2,
        })
    }

    /// Gives a buffer back. Whether the driver wants an interrupt for it.
    pub(crate) fn complete(&mut self, id: u32, length: u32) -> bool {
        let entry = u64::from(self.index.0 % self.size);
        let (memory, offset) = self.find(self.used + 4 + 8 * entry);
        memory.write_u32(offset, id);
        memory.write_u32(offset + 4, length);
        let old = self.index;
        self.index += 1;
        self.write_u16(self.used + 2, self.index.0);
        if self.event_index {
            self.read_u16(self.available + 4 + 2 * u64::from(self.size)) == old.0
        } else {
            self.read_u16(self.available) & 1 == 0
        }
    }

    /// Writes the used index, whatever was completed.
    pub(crate) fn jump(&mut self, index: u16) {
        self.index = Wrapping(index);
        self.write_u16(self.used + 2, index);
    }

    /// Writes anywhere into the used ring.
    pub(crate) fn scribble(&mut self, place: u16, value: u16) {
        let halves = 3 + 4 * self.size;
        self.write_u16(self.used + 2 * u64::from(place % halves), value);
    }

    /// Asks to be notified of the next buffer.
    pub(crate) fn want_notification(&mut self) {
        if self.event_index {
            let event = self.used + 4 + 8 * u64::from(self.size);
            self.write_u16(event, self.consumed.0);
        } else {
            self.write_u16(self.used, 0);
        }
    }

    /// Asks not to be notified.
    pub(crate) fn want_no_notification(&mut self) {
        if self.event_index {
            let event = self.used + 4 + 8 * u64::from(self.size);
            self.write_u16(event, (self.consumed - Wrapping(1)).0);
        } else {
            self.write_u16(self.used, 1);
        }
    }

    pub(crate) fn read(&self, buffer: &Buffer) -> Vec<u8> {
        let (memory, offset) = self.find(buffer.address);
        let mut bytes = alloc::vec![0; buffer.length as usize];
        memory.copy_out(offset, &mut bytes);
        bytes
    }

    pub(crate) fn write(&self, buffer: &Buffer, bytes: &[u8]) {
        assert!(bytes.len() <= buffer.length as usize);
        let (memory, offset) = self.find(buffer.address);
        memory.copy_in(offset, bytes);
    }

    fn read_u16(&self, address: u64) -> u16 {
        let (memory, offset) = self.find(address);
        memory.read_u16(offset)
    }

    fn write_u16(&self, address: u64, value: u16) {
        let (memory, offset) = self.find(address);
        memory.write_u16(offset, value);
    }

    fn find(&self, address: u64) -> (dma::Region, usize) {
        let contains = |memory: &&dma::Region| {
            (memory.address()..memory.address() + memory.length() as u64).contains(&address)
        };
        let memory = self
            .memory
            .iter()
            .find(contains)
            .expect("an address in shared memory");
        (*memory, (address - memory.address()) as usize)
    }
}

//! Queues against a model, and against devices that lie.
extern crate std;

use std::collections::BTreeSet;
use std::{vec, vec::Vec};

use proptest::prelude::*;

use super::*;
use crate::fake::{Buffer, FakeTransport};
use crate::start::feature;

const LENGTH: usize = 100;

fn queue(size: u16, writer: Writer, events: Events) -> (Queue, FakeTransport) {
    let mut transport = FakeTransport::new(0, &[], &[size]);
    if events == Events::Index {
        transport.device().accepted = feature::EVENT_INDEX;
    }
    let queue = Queue::new(&mut transport, 0, (1024, LENGTH), writer, events).expect("a queue");
    transport.device().attach(0, queue.memory());
    (queue, transport)
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Post {
        fill: u8,
        length: usize,
    },
    Notify,
    Consume,
    /// Complete the n-th (modulo) of those consumed.
    Complete {
        choice: usize,
        length: usize,
    },
    Take,
    Arm,
    Disarm,
    DeviceWants,
    DeviceWantsNot,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<u8>(), 0..=LENGTH).prop_map(|(fill, length)| Step::Post { fill, length }),
        1 => Just(Step::Notify),
        4 => Just(Step::Consume),
        4 => (any::<usize>(), 0..=LENGTH)
            .prop_map(|(choice, length)| Step::Complete { choice, length }),
        4 => Just(Step::Take),
        1 => Just(Step::Arm),
        1 => Just(Step::Disarm),
        1 => Just(Step::DeviceWants),
        1 => Just(Step::DeviceWantsNot),
    ]
}

/// What a lying device does: sometimes it tells the truth.
#[derive(Clone, Copy, Debug)]
enum Act {
    Complete { choice: usize, length: u32 },
    CompleteWild { id: u32 },
    Jump { by: u16 },
}

fn act() -> impl Strategy<Value = Act> {
    let length = prop_oneof![20 => 0..=LENGTH as u32, 1 => any::<u32>(), 1 => 101..120_u32];
    prop_oneof![
        20 => (any::<usize>(), length)
            .prop_map(|(choice, length)| Act::Complete { choice, length }),
        1 => (0..9_u32).prop_map(|id| Act::CompleteWild { id }),
        1 => any::<u32>().prop_map(|id| Act::CompleteWild { id }),
        1 => prop_oneof![Just(0), Just(1), Just(u16::MAX), any::<u16>()]
            .prop_map(|by| Act::Jump { by }),
    ]
}

fn events() -> impl Strategy<Value = Events> {
    prop_oneof![Just(Events::Flags), Just(Events::Index)]
}

fn writer() -> impl Strategy<Value = Writer> {
    prop_oneof![Just(Writer::Device), Just(Writer::Driver)]
}

/// A queue, its device, and what both should know.
struct Model {
    queue: Queue,
    transport: FakeTransport,
    /// Posted, not consumed: in order, with what is in them.
    posted: Vec<(u16, Vec<u8>)>,
    consumed: Vec<Buffer>,
    /// Completed, not taken: in order, with the bytes written.
    completed: Vec<(u16, Vec<u8>)>,
    /// Buffers posted before the device last asked to be told.
    armed: bool,
    interrupt_due: bool,
}

impl Model {
    fn new(size: u16, writer: Writer, events: Events) -> Self {
        let (queue, transport) = queue(size, writer, events);
        Self {
            queue,
            transport,
            posted: Vec::new(),
            consumed: Vec::new(),
            completed: Vec::new(),
            armed: false,
            interrupt_due: false,
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Post { fill, length } => self.post(fill, length),
            Step::Notify => self.queue.notify(&mut self.transport),
            Step::Consume => self.consume(),
            Step::Complete { choice, length } => self.complete(choice, length),
            Step::Take => self.take(),
            Step::Arm => {
                self.queue.arm();
                self.armed = true;
                // What came back before is for `has_used` to tell.
                self.interrupt_due = false;
            }
            Step::Disarm => {
                self.queue.disarm();
                self.armed = false;
                self.interrupt_due = false;
            }
            Step::DeviceWants => self.transport.device().queue(0).want_notification(),
            Step::DeviceWantsNot => self.transport.device().queue(0).want_no_notification(),
        }
        let device = self.transport.device();
        assert!(
            !self.interrupt_due || device.risen,
            "an interrupt was asked for"
        );
        drop(device);
        assert_eq!(self.queue.has_used(), !self.completed.is_empty());
        let everywhere = self.posted.len() + self.consumed.len() + self.completed.len();
        assert_eq!(usize::from(self.queue.in_flight), everywhere);
        assert_eq!(
            self.queue.free.len() + everywhere,
            usize::from(self.queue.size())
        );
    }

    fn post(&mut self, fill: u8, length: usize) {
        let Some(slot) = self.queue.take_free() else {
            assert!(!self.queue.has_free());
            return;
        };
        let bytes = vec![fill; length];
        self.queue.write(&slot, 0, &bytes);
        self.posted.push((slot.0, bytes));
        self.queue.post(slot, length);
    }

    fn consume(&mut self) {
        let mut device = self.transport.device();
        let buffer = device.queue(0).consume();
        let Some(buffer) = buffer else {
            return assert!(self.posted.is_empty());
        };
        let (id, bytes) = self.posted.remove(0);
        assert_eq!(buffer.id, id, "buffers come in order");
        assert_eq!(buffer.device_writes, self.queue.writer == Writer::Device);
        if buffer.device_writes {
            assert_eq!(buffer.length as usize, LENGTH);
        } else {
            assert_eq!(device.queue(0).read(&buffer), bytes);
        }
        self.consumed.push(buffer);
    }

    fn complete(&mut self, choice: usize, length: usize) {
        if self.consumed.is_empty() {
            return;
        }
        let buffer = self.consumed.swap_remove(choice % self.consumed.len());
        let mut device = self.transport.device();
        let bytes = vec![choice as u8; length];
        if buffer.device_writes {
            device.queue(0).write(&buffer, &bytes);
        }
        device.risen = false;
        device.line = false;
        // Armed with nothing left over, the next one must interrupt.
        self.interrupt_due = self.armed && self.completed.is_empty();
        device.complete(0, buffer.id.into(), length as u32);
        self.completed.push((buffer.id, bytes));
        if self.interrupt_due {
            self.armed = self.queue.events == Events::Flags;
        }
    }

    fn take(&mut self) {
        let Some(used) = self.queue.take_used().expect("an honest device") else {
            return assert!(self.completed.is_empty());
        };
        let (id, bytes) = self.completed.remove(0);
        assert_eq!(used.slot.0, id);
        if self.queue.writer == Writer::Device {
            let mut read = vec![0; used.length];
            self.queue.read(&used.slot, 0, &mut read);
            assert_eq!(read, bytes);
        } else {
            assert_eq!(used.length, 0);
        }
        self.queue.free(used.slot);
        // Index: only the next after the last that was taken when it was armed.
        self.armed &= self.queue.events == Events::Flags;
        self.interrupt_due = false;
    }
}

proptest! {
    #[test]
    fn queues_behave_like_lists(
        size in (0..4_u32).prop_map(|power| 1 << power),
        writer in writer(),
        events in events(),
        steps in prop::collection::vec(step(), 0..300),
    ) {
        let mut model = Model::new(size, writer, events);
        for step in steps {
            model.step(step);
        }
    }

    /// Whatever the device writes, no slot is ever in two hands, and no read
    /// goes where it should not.
    #[test]
    fn a_lying_device_gets_nothing(
        writer in writer(),
        events in events(),
        acts in prop::collection::vec(act(), 1..100),
    ) {
        let (mut queue, transport) = queue(8, writer, events);
        let mut device_has = BTreeSet::new();
        for act in acts {
            if let Some(slot) = queue.take_free() {
                prop_assert!(device_has.insert(slot.0));
                queue.post(slot, LENGTH);
            }
            let mut device = transport.device();
            match act {
                Act::Complete { choice, length } => {
                    let id = device_has.iter().nth(choice % device_has.len());
                    device.complete(0, u32::from(*id.expect("one was posted")), length);
                }
                Act::CompleteWild { id } => device.complete(0, id, 1),
                Act::Jump { by } => {
                    let index = queue.ring.used_index() + Wrapping(by);
                    device.queue(0).jump(index.0);
                }
            }
            drop(device);
            let room = if writer == Writer::Device { LENGTH } else { 0 };
            loop {
                match queue.take_used() {
                    Ok(Some(used)) => {
                        prop_assert!(device_has.remove(&used.slot.0));
                        prop_assert!(used.length <= room);
                        queue.free(used.slot);
                    }
                    Ok(None) => break,
                    // Nobody uses a queue after this.
                    Err(_) => return Ok(()),
                }
            }
        }
    }
}

#[test]
fn indices_wrap() {
    for events in [Events::Flags, Events::Index] {
        let (mut queue, mut transport) = queue(4, Writer::Device, events);
        let mut in_use = BTreeSet::new();
        let mut interrupts = 0_u32;
        let rounds = 200_000_u32;
        for round in 0..rounds {
            while let Some(slot) = queue.take_free() {
                in_use.insert(slot.0);
                queue.post(slot, LENGTH);
            }
            queue.arm();
            assert!(!queue.has_used());
            queue.notify(&mut transport);
            let mut device = transport.device();
            device.notified.clear();
            device.queue(0).want_notification();
            let buffer = device.queue(0).consume().expect("one was posted");
            device.queue(0).write(&buffer, &round.to_le_bytes());
            device.risen = false;
            device.line = false;
            device.complete(0, buffer.id.into(), 4);
            interrupts += u32::from(device.risen);
            drop(device);
            let used = queue.take_used().expect("honest").expect("one came back");
            let mut bytes = [0; 4];
            queue.read(&used.slot, 0, &mut bytes);
            assert_eq!(bytes, round.to_le_bytes());
            assert!(in_use.remove(&used.slot.0));
            queue.free(used.slot);
        }
        assert_eq!(interrupts, rounds, "{events:?}");
    }
}

#[test]
fn a_device_is_told_when_it_wants_to_be() {
    for events in [Events::Flags, Events::Index] {
        let (mut queue, mut transport) = queue(4, Writer::Driver, events);
        let mut post = |transport: &mut FakeTransport| {
            let slot = queue.take_free().expect("one is free");
            queue.post(slot, 1);
            queue.notify(transport);
            queue.notify(transport);
            core::mem::take(&mut transport.device().notified)
        };
        assert_eq!(post(&mut transport), [0], "{events:?}");
        transport.device().queue(0).want_no_notification();
        assert_eq!(post(&mut transport), [], "{events:?}");
        while transport.device().queue(0).consume().is_some() {}
        transport.device().queue(0).want_notification();
        assert_eq!(post(&mut transport), [0], "{events:?}");
    }
}

#[test]
fn nonsense_is_named() {
    let post = |queue: &mut Queue| {
        let slot = queue.take_free().expect("one is free");
        let number = slot.0;
        queue.post(slot, LENGTH);
        number
    };
    let take = |queue: &mut Queue, transport: &FakeTransport, id: u32, length: u32| {
        transport.device().complete(0, id, length);
        queue.take_used()
    };
    let (mut one, transport) = queue(4, Writer::Device, Events::Flags);
    let id = post(&mut one);
    post(&mut one);
    assert!(take(&mut one, &transport, id.into(), 5).is_ok());
    let twice = take(&mut one, &transport, id.into(), 5);
    assert_eq!(twice, Err(Nonsense::NotPosted { id: id.into() }));

    for id in [4, 0x1_0000, u32::MAX] {
        let (mut one, transport) = queue(4, Writer::Device, Events::Flags);
        post(&mut one);
        assert_eq!(
            take(&mut one, &transport, id, 5),
            Err(Nonsense::NotPosted { id })
        );
    }

    let (mut one, transport) = queue(4, Writer::Device, Events::Flags);
    let id = post(&mut one);
    let result = take(&mut one, &transport, id.into(), u32::MAX);
    assert_eq!(
        result,
        Err(Nonsense::TooLong {
            length: u32::MAX,
            room: LENGTH as u32
        })
    );

    let (mut one, transport) = queue(4, Writer::Device, Events::Flags);
    post(&mut one);
    transport.device().queue(0).jump(2);
    let jumped = Nonsense::IndexJumped {
        index: 2,
        taken: 0,
        in_flight: 1,
    };
    assert_eq!(one.take_used(), Err(jumped));
    transport.device().queue(0).jump(u16::MAX);
    assert!(matches!(one.take_used(), Err(Nonsense::IndexJumped { .. })));
}

#[test]
fn a_device_chooses_smaller_queues_but_not_odd_ones() {
    for (largest, size) in [
        (1, 1),
        (3, 2),
        (256, 256),
        (300, 256),
        (1024, 1024),
        (u16::MAX, 1024),
    ] {
        assert_eq!(queue(largest, Writer::Device, Events::Flags).0.size(), size);
    }
    let mut transport = FakeTransport::new(0, &[], &[0]);
    let none = Queue::new(
        &mut transport,
        0,
        (4, LENGTH),
        Writer::Device,
        Events::Flags,
    );
    assert_eq!(none.err(), Some(Problem::NoQueue(0)));
}

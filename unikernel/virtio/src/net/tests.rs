//! The network card against a device that tests control.
extern crate std;

use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::fake::FakeTransport;
use crate::queue::Nonsense;
use crate::start::{feature, status};

const MAC: [u8; 6] = [0x52, 0x54, 0, 0x12, 0x34, 0x56];
const OFFERED: u64 = feature::VERSION_1 | FEATURE_MAC | FEATURE_MTU;
/// Checksum and segmentation offloads, merged buffers, a control queue.
const UNWANTED: u64 = 0b11 | 1 << 7 | 1 << 15 | 1 << 17;

fn configuration(mtu: u16) -> Vec<u8> {
    let mut bytes = MAC.to_vec();
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(mtu.to_le_bytes());
    bytes
}

fn device_offering(offered: u64) -> (Device, FakeTransport) {
    let transport = FakeTransport::new(offered, &configuration(1500), &[256, 256]);
    let device = Device::start(Box::new(transport.clone())).expect("a good device");
    transport.device().attach(0, device.receive.memory());
    transport.device().attach(1, device.transmit.memory());
    (device, transport)
}

fn device() -> (Device, FakeTransport) {
    device_offering(OFFERED)
}

/// What a device writes into a receive buffer.
fn received(frame: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xee; HEADER];
    bytes.extend(frame);
    bytes
}

#[test]
fn it_starts_as_the_specification_wants_it() {
    let (device, transport) = device_offering(OFFERED | UNWANTED | feature::EVENT_INDEX);
    assert_eq!(device.mac(), MAC);
    assert_eq!(device.mtu(), 1500);
    let fake = transport.device();
    assert_eq!(fake.accepted, OFFERED | feature::EVENT_INDEX);
    assert_eq!(fake.statuses, [0, 1, 3, 11, 15]);
    assert_eq!(fake.notified, [0], "it is told of the receive buffers");
}

#[test]
fn devices_that_cannot_be_used_are_given_up() {
    let start = |change: fn(&mut crate::fake::FakeDevice)| {
        let transport = FakeTransport::new(OFFERED, &configuration(1500), &[256, 256]);
        change(&mut transport.device());
        let result = Device::start(Box::new(transport.clone()));
        let last = *transport.device().statuses.last().expect("it was reset");
        (result.err().expect("a problem"), last)
    };
    let old = start(|fake| fake.offered = FEATURE_MAC);
    assert_eq!(old, (Problem::NoVersion1(FEATURE_MAC), status::FAILED));
    let refuses = start(|fake| fake.refused = FEATURE_MAC);
    assert_eq!(refuses, (Problem::FeaturesRefused(OFFERED), status::FAILED));
    let stuck = start(|fake| fake.stays_at = Some(0xff));
    assert_eq!(stuck, (Problem::NoReset(0xff), status::RESET));
    let no_transmit = start(|fake| fake.largest_queues[1] = 0);
    assert_eq!(no_transmit, (Problem::NoQueue(1), status::FAILED));
    let short = start(|fake| fake.configuration.truncate(5));
    assert_eq!(short, (Problem::ConfigurationTooShort(10), status::FAILED));
    let restless = start(|fake| fake.changes_always = true);
    assert_eq!(restless, (Problem::ConfigurationUnstable, status::FAILED));
}

#[test]
fn only_an_mtu_that_fits_is_accepted() {
    for (offered, accepted, mtu) in [
        (1280, true, 1280),
        (1500, true, 1500),
        (1501, false, 1500),
        (67, false, 1500),
    ] {
        let transport = FakeTransport::new(OFFERED, &configuration(offered), &[256, 256]);
        let device = Device::start(Box::new(transport.clone())).expect("a good device");
        assert_eq!(device.mtu(), mtu);
        assert_eq!(
            transport.device().accepted & FEATURE_MTU != 0,
            accepted,
            "{offered}"
        );
    }
}

#[test]
fn frames_arrive_in_order_and_buffers_go_back() {
    let (mut device, transport) = device();
    let mut frame = [0; FRAME];
    for round in 0..1000_u32 {
        for length in [60, 1, FRAME] {
            let sent: Vec<u8> = (0..length)
                .map(|index| (index as u32 + round) as u8)
                .collect();
            transport.device().answer(0, &received(&sent));
            assert_eq!(device.receive(&mut frame), Some(length));
            assert_eq!(frame[..length], sent);
        }
        assert_eq!(device.receive(&mut frame), None);
    }
    assert!(!device.failed());
}

#[test]
fn a_frame_is_cut_to_the_room_there_is() {
    let (mut device, transport) = device();
    transport.device().answer(0, &received(&[7; 100]));
    let mut frame = [0; 10];
    assert_eq!(device.receive(&mut frame), Some(10));
    assert_eq!(frame, [7; 10]);
}

#[test]
fn empty_frames_are_skipped_and_harm_nobody() {
    let (mut device, transport) = device();
    let mut frame = [0; FRAME];
    for _ in 0..3 {
        for length in [0, 5, HEADER] {
            transport.device().answer(0, &vec![1; length]);
        }
        transport.device().answer(0, &received(&[9; 60]));
        assert_eq!(device.receive(&mut frame), Some(60));
    }
    assert!(!device.failed());
}

#[test]
fn frames_leave_with_a_header_of_zeroes() {
    let (mut device, transport) = device();
    transport.device().notified.clear();
    assert!(device.can_transmit());
    device.transmit(60, |frame| frame[..3].copy_from_slice(&[1, 2, 3]));
    device.transmit(FRAME, |frame| frame.fill(4));
    device.flush();
    device.flush();
    let mut fake = transport.device();
    assert_eq!(fake.notified, [1], "told once for both");
    let first = fake.queue(1).consume().expect("a frame");
    assert!(!first.device_writes);
    let mut expected = [0; HEADER + 60];
    expected[HEADER..HEADER + 3].copy_from_slice(&[1, 2, 3]);
    assert_eq!(fake.queue(1).read(&first), expected);
    let second = fake.queue(1).consume().expect("a frame");
    assert_eq!(fake.queue(1).read(&second)[HEADER..], [4; FRAME]);
    assert_eq!(fake.queue(1).consume(), None);
}

#[test]
fn too_long_or_too_many_frames_are_not_sent() {
    let (mut device, transport) = device();
    device.transmit(FRAME + 1, |_| panic!("there is no room for this"));
    let mut sent = 0;
    while device.can_transmit() {
        device.transmit(60, |_| {});
        sent += 1;
    }
    assert_eq!(sent, 256);
    device.transmit(60, |_| panic!("there is no room for this"));
    let mut fake = transport.device();
    for _ in 0..3 {
        let buffer = fake.queue(1).consume().expect("a frame");
        // Devices may say any length here.
        fake.complete(1, buffer.id.into(), u32::MAX);
    }
    drop(fake);
    assert!(device.can_transmit());
}

/// When a frame (or room to transmit) comes, relative to the steps of going to
/// sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    BeforeArm,
    BeforeAcknowledge,
    AfterAcknowledge,
    AfterArm,
    AfterPending,
}

const MOMENTS: [Moment; 5] = [
    Moment::BeforeArm,
    Moment::BeforeAcknowledge,
    Moment::AfterAcknowledge,
    Moment::AfterArm,
    Moment::AfterPending,
];

/// Goes to sleep while `event` happens at `moment`; whether the CPU would
/// wake. The line may still be up from before, its rise long forgotten.
fn sleeps_and_wakes(
    (device, transport): (&mut Device, &FakeTransport),
    moment: Moment,
    line: bool,
    event: fn(&mut crate::fake::FakeDevice),
) -> bool {
    let mut fake = transport.device();
    (fake.line, fake.risen) = (line, false);
    fake.before_acknowledge = None;
    fake.after_acknowledge = None;
    match moment {
        Moment::BeforeArm => event(&mut fake),
        Moment::BeforeAcknowledge => fake.before_acknowledge = Some(Box::new(event)),
        Moment::AfterAcknowledge => fake.after_acknowledge = Some(Box::new(event)),
        Moment::AfterArm | Moment::AfterPending => {}
    }
    // A rise before the CPU halts is kept by the interrupt controller; here it
    // is forgotten, so that only `pending` can tell of what came before `arm`
    // was done.
    drop(fake);
    device.arm();
    let mut fake = transport.device();
    fake.risen = false;
    if moment == Moment::AfterArm {
        event(&mut fake);
    }
    drop(fake);
    let pending = device.pending();
    let mut fake = transport.device();
    if moment == Moment::AfterPending {
        event(&mut fake);
    }
    pending || fake.risen
}

#[test]
fn no_wake_up_is_lost_for_a_frame() {
    let mut frame = [0; FRAME];
    for offered in [OFFERED, OFFERED | feature::EVENT_INDEX] {
        for line in [false, true] {
            for moment in MOMENTS {
                let (mut device, transport) = device_offering(offered);
                for round in 0..600 {
                    let wakes = sleeps_and_wakes((&mut device, &transport), moment, line, |fake| {
                        fake.answer(0, &received(&[1; 60]));
                    });
                    assert!(
                        wakes,
                        "{moment:?}, line {line}, {offered:#x}, round {round}"
                    );
                    device.disarm();
                    assert_eq!(device.receive(&mut frame), Some(60));
                    assert_eq!(device.receive(&mut frame), None);
                }
            }
        }
    }
}

#[test]
fn no_wake_up_is_lost_for_room_to_transmit() {
    for offered in [OFFERED, OFFERED | feature::EVENT_INDEX] {
        for moment in MOMENTS {
            let (mut device, transport) = device_offering(offered);
            for round in 0..600 {
                while device.can_transmit() {
                    device.transmit(60, |_| {});
                }
                device.flush();
                let wakes = sleeps_and_wakes((&mut device, &transport), moment, true, |fake| {
                    let buffer = fake.queue(1).consume().expect("a frame");
                    fake.complete(1, buffer.id.into(), 0);
                });
                assert!(wakes, "{moment:?}, {offered:#x}, round {round}");
                device.disarm();
            }
        }
    }
}

#[test]
fn nothing_wakes_an_idle_or_a_busy_machine() {
    let mut frame = [0; FRAME];
    for offered in [OFFERED, OFFERED | feature::EVENT_INDEX] {
        let (mut device, transport) = device_offering(offered);
        assert!(!sleeps_and_wakes(
            (&mut device, &transport),
            Moment::AfterArm,
            false,
            |_| {}
        ));
        device.disarm();
        let mut fake = transport.device();
        fake.risen = false;
        for _ in 0..100 {
            fake.answer(0, &received(&[1; 60]));
        }
        assert!(!fake.risen, "busy: {offered:#x}");
        drop(fake);
        while device.receive(&mut frame).is_some() {}
        // What was transmitted needs no interrupt while there is room.
        device.transmit(60, |_| {});
        device.flush();
        let wakes = sleeps_and_wakes(
            (&mut device, &transport),
            Moment::AfterPending,
            false,
            |fake| {
                let buffer = fake.queue(1).consume().expect("a frame");
                fake.complete(1, buffer.id.into(), 0);
            },
        );
        assert!(!wakes, "transmitted: {offered:#x}");
    }
}

#[test]
fn nonsense_stops_the_device_and_tells() {
    let (mut device, transport) = device();
    transport.device().complete(0, 1 << 20, 60);
    assert!(!device.failed());
    assert_eq!(device.receive(&mut [0; FRAME]), None);
    assert!(device.failed());
    assert_eq!(
        device.failure(),
        Some(Problem::Nonsense(Nonsense::NotPosted { id: 1 << 20 }))
    );
    assert_eq!(transport.device().statuses.last(), Some(&status::RESET));
    assert!(device.pending(), "somebody has to look");
    assert!(!device.can_transmit());
    device.transmit(60, |_| panic!("it is not used any more"));
    transport.device().notified.clear();
    device.flush();
    device.arm();
    device.disarm();
    assert_eq!(device.receive(&mut [0; FRAME]), None);
    assert!(transport.device().notified.is_empty());
}

#[test]
fn a_device_that_needs_a_reset_is_noticed_when_it_goes_silent() {
    for broken in [0, 15 | status::NEEDS_RESET, 0xff] {
        let (mut device, transport) = device();
        device.arm();
        assert!(!device.pending());
        device.disarm();
        transport.device().stays_at = Some(broken);
        device.arm();
        assert_eq!(device.failure(), Some(Problem::NeedsReset(broken)));
        assert!(device.pending());
    }
}

proptest! {
    /// Whatever a device writes, nothing panics, and no frame is longer than
    /// the room for it. Small values make it right now and then.
    #[test]
    fn a_device_that_scribbles_harms_nobody(
        acts in prop::collection::vec(
            (0..10_u8, 0..2_usize, 0..12_u16, prop_oneof![0..9_u16, any::<u16>()]),
            1..200,
        ),
    ) {
        let transport = FakeTransport::new(OFFERED, &configuration(1500), &[4, 4]);
        let mut device = Device::start(Box::new(transport.clone())).expect("a good device");
        transport.device().attach(0, device.receive.memory());
        transport.device().attach(1, device.transmit.memory());
        let mut frame = [0; 100];
        for (act, queue, place, value) in acts {
            match act {
                0 => prop_assert!(device.receive(&mut frame).is_none_or(|length| length <= 100)),
                1 => {
                    let asked = usize::from(value);
                    device.can_transmit();
                    device.transmit(asked, |frame| assert_eq!(frame.len(), asked));
                }
                2 => device.flush(),
                3 => device.arm(),
                4 => prop_assert!(device.pending() || !device.failed()),
                5 => device.disarm(),
                6 => transport.device().complete(queue, place.into(), value.into()),
                7 => transport.device().queue(queue).jump(value),
                _ => transport.device().queue(queue).scribble(place, value),
            }
        }
    }
}

/// It is kept in a static, behind a lock.
#[test]
fn it_can_be_shared() {
    fn is_send<T: Send>() {}
    is_send::<Device>();
}

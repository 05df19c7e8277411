//! The same calls on our kernel and on the Linux under the tests: they must
//! answer the same, event for event and edge for edge.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use proptest::prelude::*;

use crate::descriptor::NONBLOCK;
use crate::errno::Errno;
use crate::events::*;
use crate::number::*;
use crate::testing::real::Real;
use crate::testing::{Calls, Ours, at};

/// A step of a script. Numbers choose among what is open, modulo how many.
#[derive(Clone, Debug)]
enum Step {
    Eventfd(u32, bool),
    Pipe,
    Pair,
    Dup(usize),
    Close(usize),
    Write(usize, u8),
    ReadAll(usize),
    Shutdown(usize, u64),
    Add(usize, u32),
    Modify(usize, u32),
    Delete(usize),
    Wait(usize),
    Poll(usize),
}

/// What a step gave.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Done(Result<i64, Errno>),
    Bytes(Result<Vec<u8>, Errno>),
    Events(Result<Vec<(u32, u64)>, Errno>),
    Nothing,
}

/// Runs a script. Descriptor numbers differ, so they are not in the outcomes.
fn run(system: &mut impl Calls, script: &[Step]) -> Vec<Outcome> {
    let epoll = system.epoll().unwrap();
    let mut open: Vec<i64> = Vec::new();
    let mut outcomes = Vec::new();
    for (index, step) in script.iter().enumerate() {
        let data = index as u64;
        outcomes.push(one(system, epoll, &mut open, step, data));
    }
    for fd in open {
        system.close(fd).unwrap();
    }
    system.close(epoll).unwrap();
    outcomes
}

fn one(
    system: &mut impl Calls,
    epoll: i64,
    open: &mut Vec<i64>,
    step: &Step,
    data: u64,
) -> Outcome {
    match *step {
        Step::Eventfd(initial, semaphore) => {
            let flags = NONBLOCK | u32::from(semaphore);
            open.push(system.eventfd(initial, flags).unwrap());
            return Outcome::Nothing;
        }
        Step::Pipe => {
            open.extend(system.pipe(NONBLOCK).unwrap());
            return Outcome::Nothing;
        }
        Step::Pair => {
            open.extend(system.pair(NONBLOCK).unwrap());
            return Outcome::Nothing;
        }
        Step::Wait(most) => return Outcome::Events(system.wait(epoll, most, 0)),
        _ if open.is_empty() => return Outcome::Nothing,
        _ => {}
    }
    let choose = |which: usize| open[which % open.len()];
    Outcome::Done(match *step {
        Step::Dup(which) => {
            let arguments = [choose(which) as u64, 0, 0, 0, 0, 0];
            open.push(system.call(DUP, arguments).unwrap());
            Ok(0)
        }
        Step::Close(which) => {
            let fd = open.remove(which % open.len());
            system.close(fd)
        }
        Step::Write(which, length) => {
            // An eventfd takes the first eight bytes as a small number.
            let mut bytes = [0; 256];
            bytes[0] = length;
            let length = usize::from(length).max(8);
            system
                .write(choose(which), &bytes[..length])
                .map(|length| length as i64)
        }
        Step::ReadAll(which) => {
            let mut buffer = [0; 65536];
            let length = system.read(choose(which), &mut buffer);
            return Outcome::Bytes(length.map(|length| buffer[..length].to_vec()));
        }
        Step::Shutdown(which, how) => {
            system.call(SHUTDOWN, [choose(which) as u64, how, 0, 0, 0, 0])
        }
        Step::Add(which, events) => system.control(epoll, 1, choose(which), events, data),
        Step::Delete(which) => system.control(epoll, 2, choose(which), 0, data),
        Step::Modify(which, events) => system.control(epoll, 3, choose(which), events, data),
        Step::Poll(which) => {
            let mut entry = [0; 8];
            entry[..4].copy_from_slice(&(choose(which) as i32).to_le_bytes());
            entry[4..6].copy_from_slice(&0x2fff_u16.to_le_bytes());
            let seen = system.call(POLL, [at(&entry), 1, 0, 0, 0, 0]);
            seen.map(|count| count << 16 | i64::from(u16::from_le_bytes([entry[6], entry[7]])))
        }
        _ => Ok(0),
    })
}

fn interests() -> impl Strategy<Value = u32> {
    let events = prop::sample::select(vec![
        0,
        IN,
        OUT,
        IN | OUT,
        IN | RDHUP,
        IN | OUT | RDHUP,
        RDHUP,
    ]);
    let flags = prop::sample::select(vec![0, EDGE, EDGE, ONESHOT, EDGE | ONESHOT]);
    (events, flags).prop_map(|(events, flags)| events | flags)
}

fn steps() -> impl Strategy<Value = Step> {
    let which = 0..64_usize;
    prop_oneof![
        1 => (0..3_u32, any::<bool>()).prop_map(|(initial, semaphore)| Step::Eventfd(initial, semaphore)),
        1 => Just(Step::Pipe),
        1 => Just(Step::Pair),
        1 => which.clone().prop_map(Step::Dup),
        1 => which.clone().prop_map(Step::Close),
        6 => (which.clone(), 1..100_u8).prop_map(|(which, length)| Step::Write(which, length)),
        4 => which.clone().prop_map(Step::ReadAll),
        1 => (which.clone(), 0..3_u64).prop_map(|(which, how)| Step::Shutdown(which, how)),
        5 => (which.clone(), interests()).prop_map(|(which, events)| Step::Add(which, events)),
        2 => (which.clone(), interests()).prop_map(|(which, events)| Step::Modify(which, events)),
        1 => which.clone().prop_map(Step::Delete),
        6 => (1..5_usize).prop_map(Step::Wait),
        1 => which.prop_map(Step::Poll),
    ]
}

fn compare(script: &[Step]) -> Result<(), TestCaseError> {
    let ours = run(&mut Ours::ignoring_sigpipe(), script);
    let real = run(&mut Real, script);
    for (index, (ours, real)) in ours.iter().zip(&real).enumerate() {
        prop_assert_eq!(ours, real, "step {}: {:?}", index, script[index]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn answers_as_linux_does(script in prop::collection::vec(steps(), 1..60)) {
        compare(&script)?;
    }
}

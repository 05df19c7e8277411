//! Waiting, and the time.

use std::time::Duration;

use machine::{clock, console, idle, interrupt};

use crate::say;

/// Waits until `deadline`, however often something else ends the wait.
fn wait_until(deadline: Duration) -> u32 {
    let mut wakes = 0;
    while clock::monotonic() < deadline {
        idle::wait(Some(deadline), || false);
        wakes += 1;
    }
    wakes
}

pub(crate) fn waits() {
    for milliseconds in [1, 10, 100] {
        let start = clock::monotonic();
        let length = Duration::from_millis(milliseconds);
        let wakes = wait_until(start + length);
        let took = clock::monotonic() - start;
        say(format_args!(
            "{milliseconds} ms took {} us, {wakes} wakes",
            took.as_micros()
        ));
        assert!(took >= length);
        assert!(wakes <= 4, "{wakes} wakes");
    }
    // A deadline that has passed, and one that never comes.
    idle::wait(Some(Duration::ZERO), || panic!("not asked"));
    idle::wait(Some(Duration::MAX), || true);
    idle::wait(None, || true);
    say(format_args!("second begins"));
    wait_until(clock::monotonic() + Duration::from_secs(1));
    say(format_args!("second ends"));
    let mut last = clock::monotonic();
    for _ in 0..100_000 {
        let now = clock::monotonic();
        assert!(now >= last, "{now:?} after {last:?}");
        last = now;
    }
}

pub(crate) fn idle() {
    say(format_args!("idle"));
    wait_until(clock::monotonic() + Duration::from_millis(2500));
}

/// An interrupt that comes after the last look, before the CPU halts.
pub(crate) fn window() {
    for _ in 0..1000 {
        idle::wait(None, || {
            interrupt::wake();
            false
        });
    }
    // One that came while the CPU was busy ends the next wait, once.
    interrupt::wake();
    idle::wait(None, || false);
    let start = clock::monotonic();
    wait_until(start + Duration::from_millis(20));
    assert!(clock::monotonic() - start >= Duration::from_millis(20));
}

/// Repeats what is typed until a full stop comes.
pub(crate) fn input() {
    console::enable_interrupt();
    say(format_args!("listening"));
    loop {
        idle::wait(None, console::pending);
        let mut bytes = [0; 100];
        let length = console::read(&mut bytes);
        if length == 0 {
            continue;
        }
        say(format_args!(
            "read {:?}",
            bytes[..length].utf8_chunks().next()
        ));
        if bytes[..length].contains(&b'.') {
            return;
        }
    }
}

pub(crate) fn wall() {
    say(format_args!("wall {}", clock::wall().as_millis()));
    let before = clock::wall();
    wait_until(clock::monotonic() + Duration::from_millis(50));
    let passed = clock::wall() - before;
    assert!(
        (50..1050).contains(&passed.as_millis()),
        "{passed:?} by the wall clock in 50 ms"
    );
}

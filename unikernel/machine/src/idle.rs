//! Waiting, with the CPU halted. The only place where interrupts are enabled.

use core::time::Duration;

use crate::{Life, apic, clock, cpu, life};

/// Halts until an interrupt arrives or `deadline` (on the monotonic clock) has
/// passed. `ready` is asked once after the timer has been armed and before the
/// CPU halts: an event that it sees ends the wait at once, and the interrupt of
/// one that comes later is held back by the CPU until it halts. So none is
/// missed. Spurious returns are allowed.
///
/// # Panics
/// In a process.
pub fn wait(deadline: Option<Duration>, ready: impl FnOnce() -> bool) {
    assert!(life() == Life::Boot, "a process waits in Linux");
    match deadline {
        Some(deadline) => {
            let remaining = deadline.saturating_sub(clock::monotonic());
            if remaining.is_zero() {
                return;
            }
            let ticks = clock::time_to_ticks(remaining);
            let nanoseconds = u64::try_from(remaining.as_nanos()).unwrap_or(u64::MAX);
            apic::arm_timer(cpu::read_tsc().saturating_add(ticks), nanoseconds);
        }
        None => apic::disarm_timer(),
    }
    if !ready() {
        cpu::halt_until_interrupt();
    }
}

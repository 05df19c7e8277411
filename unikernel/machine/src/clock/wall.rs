//! Wall-clock time: monotonic time, held to the platform's clock.
//!
//! The frequency of the time stamp counter is known to some 100 millionths:
//! 9 s a day. So now and then, when somebody asks for the time, it is compared
//! with the platform's. KVM tells its clock to the nanosecond. The CMOS clock
//! shows whole seconds, so wall-clock time is held within the second that it
//! shows.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;

use super::monotonic;
use crate::power::{Failure, fail};
use crate::{limits, pvclock, rtc};

/// Nanoseconds between the Unix epoch and the start of the machine.
static EPOCH: AtomicU64 = AtomicU64::new(0);
/// When to compare, in nanoseconds of monotonic time.
static NEXT_LOOK: AtomicU64 = AtomicU64::new(0);
/// Whether KVM keeps the clock.
static PARAVIRTUAL: AtomicBool = AtomicBool::new(false);

const SECOND: u64 = 1_000_000_000;

/// Time since the Unix epoch, from the platform.
pub fn wall() -> Duration {
    let now = monotonic();
    if now.as_nanos() as u64 >= NEXT_LOOK.load(Ordering::Relaxed) {
        look();
    }
    Duration::from_nanos(EPOCH.load(Ordering::Relaxed)) + now
}

pub(super) fn init(is_paravirtual: bool) {
    PARAVIRTUAL.store(is_paravirtual, Ordering::Relaxed);
    look();
    if EPOCH.load(Ordering::Relaxed) == 0 {
        fail(
            Failure::Platform,
            format_args!("no wall clock: neither KVM's nor a CMOS clock"),
        );
    }
}

/// Compares with the platform's clock, if it can be read.
fn look() {
    let before = monotonic().as_nanos() as u64;
    NEXT_LOOK.store(before + limits::WALL_CLOCK_LOOK_NS, Ordering::Relaxed);
    if PARAVIRTUAL.load(Ordering::Relaxed) {
        if let Some(epoch) = pvclock::wall_clock(before) {
            EPOCH.store(epoch, Ordering::Relaxed);
        }
        return;
    }
    let Some(shown) = rtc::unix_time() else {
        return;
    };
    let after = monotonic().as_nanos() as u64;
    let epoch = EPOCH.load(Ordering::Relaxed);
    // A reading that took long says little, but the first is all there is.
    if epoch == 0 || after - before < limits::WALL_CLOCK_READING_NS {
        let held = hold(epoch + after, shown);
        EPOCH.store(held - after, Ordering::Relaxed);
    }
}

/// The time in the second `shown` that is next to `time`.
fn hold(time: u64, shown: u64) -> u64 {
    let first = shown.saturating_mul(SECOND);
    time.clamp(first, first.saturating_add(SECOND - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_held_within_the_second_that_is_shown() {
        assert_eq!(hold(41_900_000_000, 42), 42_000_000_000);
        assert_eq!(hold(42_500_000_000, 42), 42_500_000_000);
        assert_eq!(hold(43_000_000_007, 42), 42_999_999_999);
        // Hours later: the machine was stopped in between.
        assert_eq!(hold(43_000_000_007, 9000), 9_000_000_000_000);
    }
}

//! For tests: how the time grows that something takes, when there is twice as much for
//! it to do. A wall clock cannot tell on a busy machine, so what counts is the time
//! that this thread was given (`/proc/thread-self/schedstat`, proc(5)).

use std::fs;
use std::ops::RangeInclusive;
use std::time::Duration;

/// What takes less is not measured: the clock is advanced in steps of some milliseconds.
const MEASURABLE: Duration = Duration::from_millis(60);

/// Twice as much takes twice as long, or a little more; a loop in a loop four times.
const MOST: f64 = 3.0;

/// How often it is measured again, when it seems to take too long.
const ATTEMPTS: usize = 4;

/// What this thread spends on something.
pub(crate) fn spent(act: impl FnOnce()) -> Duration {
    let before = now();
    act();
    now() - before
}

fn now() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let spent = told.split(' ').next().unwrap();
    Duration::from_nanos(spent.parse().unwrap())
}

/// Does so much of something, and twice as much, up to where it takes long enough to
/// be measured, or to the end of the range. Tells if its time grows faster than that.
pub(crate) fn fault(
    name: &str,
    range: RangeInclusive<usize>,
    run: impl Fn(usize) -> Duration,
) -> Option<String> {
    let mut amount = *range.start();
    let mut half = run(amount);
    let mut whole = run(2 * amount);
    while whole < MEASURABLE {
        amount *= 2;
        if 2 * amount > *range.end() {
            return None;
        }
        half = whole;
        whole = run(2 * amount);
    }
    for _ in 0..ATTEMPTS {
        if whole.as_secs_f64() < MOST * half.as_secs_f64() {
            return None;
        }
        half = half.max(run(amount));
        whole = whole.min(run(2 * amount));
    }
    Some(format!(
        "{name:?}: {half:?} for {amount}, {whole:?} for twice as much"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times are told, not measured: a machine that is busy for a moment in the
    /// first half hides the growth, which is right, as only what is sure is a fault.
    #[test]
    fn a_loop_in_a_loop_is_told() {
        let linear = |amount: usize| Duration::from_nanos(amount as u64);
        let squared = |amount: usize| Duration::from_nanos((amount * amount) as u64);
        assert_eq!(fault("once", 1000..=1 << 30, linear), None);
        assert!(fault("squared", 1000..=1 << 30, squared).is_some());
    }
}

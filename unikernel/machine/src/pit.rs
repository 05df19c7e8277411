//! The programmable interval timer (Intel 8254), a clock of known frequency:
//! the time stamp counter is measured against it.
//!
//! Channel 0 is read while it counts down; its interrupt goes nowhere. (Channel
//! 2, the usual choice, is gated by a port that small machines do not have.)
//!
//! A host may take the CPU away at any time, in the middle of a reading too. So
//! none is believed to be exact: each says that the timer showed this count at
//! some time between these two time stamps, and two of them bound the frequency
//! from both sides. Whatever came between made its bounds wide, not wrong; the
//! narrowest of all pairs count.

use core::array;

use crate::{cpu, limits, port};

const CHANNEL_0: u16 = 0x40;
const COMMAND: u16 = 0x43;
/// Channel 0, low byte then high byte, mode 2 (rate generator).
const COUNT_DOWN: u8 = 0b0011_0100;
const LATCH_CHANNEL_0: u8 = 0;
const FREQUENCY_HZ: u64 = 1_193_182;
/// In mode 2 the counter goes from this down to 1, and again.
const PERIOD: u16 = 0xffff;
/// Reads that may all give the same count before the timer counts as absent.
const PATIENCE: u32 = 100_000;
/// Readings at each end of a measurement.
const READINGS: usize = 32;

/// Measures how many ticks of the time stamp counter there are in a second.
pub(crate) fn measure_tsc() -> Result<u64, Error> {
    for _ in 0..limits::CALIBRATION_ATTEMPTS {
        if let Some(hertz) = Timer::start()?.measure() {
            return Ok(hertz);
        }
    }
    Err(Error::Unsteady)
}

/// Why there is no measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// There is no timer.
    Absent,
    /// The CPU was taken away too often, or the two clocks do not agree.
    Unsteady,
}

/// `elapsed` periods of the timer had passed when the time stamp counter was
/// somewhere from `before` to `after`.
#[derive(Clone, Copy, Debug)]
struct Reading {
    before: u64,
    after: u64,
    elapsed: u64,
}

/// A running timer.
struct Timer {
    last: u16,
    last_tsc: u64,
    elapsed: u64,
    longest_gap: u64,
}

impl Timer {
    fn start() -> Result<Self, Error> {
        port::write8(COMMAND, COUNT_DOWN);
        let [low, high] = PERIOD.to_le_bytes();
        port::write8(CHANNEL_0, low);
        port::write8(CHANNEL_0, high);
        let (first, ..) = count();
        if (0..PATIENCE).all(|_| count().0 == first) {
            return Err(Error::Absent);
        }
        let (last, last_tsc, _) = count();
        Ok(Self {
            last,
            last_tsc,
            elapsed: 0,
            longest_gap: 0,
        })
    }

    /// None when a whole turn of the counter may have been missed, or the
    /// result would not be of use.
    fn measure(&mut self) -> Option<u64> {
        let early = self.readings();
        let mut span = limits::CALIBRATION_SHORTEST_US * FREQUENCY_HZ / 1_000_000;
        let longest = limits::CALIBRATION_LONGEST_US * FREQUENCY_HZ / 1_000_000;
        loop {
            while self.elapsed < span {
                self.read();
            }
            let late = self.readings();
            let total = self.last_tsc - early[0].before;
            if self.longest_gap > total / 2 {
                return None;
            }
            let ratio = Ratio::between(&early, &late)?;
            let best_possible = 2 * span > longest;
            let bound = if best_possible {
                limits::CALIBRATION_WORST_PPM
            } else {
                limits::CALIBRATION_PPM
            };
            if ratio.uncertainty_ppm() <= bound {
                return Some(ratio.hertz());
            }
            if best_possible {
                return None;
            }
            span *= 2;
        }
    }

    fn readings(&mut self) -> [Reading; READINGS] {
        array::from_fn(|_| self.read())
    }

    /// To be asked more often than the counter turns, every 55 ms: between two
    /// readings one turn can be told, two cannot.
    fn read(&mut self) -> Reading {
        let (now, before, after) = count();
        let step = if now <= self.last {
            self.last - now
        } else {
            self.last + (PERIOD - now)
        };
        self.elapsed += u64::from(step);
        self.longest_gap = self.longest_gap.max(after - self.last_tsc);
        (self.last, self.last_tsc) = (now, before);
        Reading {
            before,
            after,
            elapsed: self.elapsed,
        }
    }
}

/// The count, and time stamps before and after it was latched.
fn count() -> (u16, u64, u64) {
    let before = cpu::read_tsc();
    port::write8(COMMAND, LATCH_CHANNEL_0);
    let after = cpu::read_tsc();
    let low = port::read8(CHANNEL_0);
    let high = port::read8(CHANNEL_0);
    (u16::from_le_bytes([low, high]), before, after)
}

/// Ticks of the time stamp counter in a period of the timer, at least and at
/// most, in units of 2^-24.
#[derive(Clone, Copy, Debug)]
struct Ratio {
    least: u64,
    most: u64,
}

impl Ratio {
    const UNIT: u32 = 24;

    /// What all pairs of an early and a late reading agree on. None when they
    /// contradict each other.
    fn between(early: &[Reading], late: &[Reading]) -> Option<Self> {
        let mut all = Self {
            least: 0,
            most: u64::MAX,
        };
        for first in early {
            for last in late {
                let pair = Self::of(first, last)?;
                all.least = all.least.max(pair.least);
                all.most = all.most.min(pair.most);
            }
        }
        (all.least <= all.most && all.least > 0).then_some(all)
    }

    /// A count stands for a whole period: between two that differ by n, more
    /// than n - 1 have passed, and fewer than n + 1.
    fn of(first: &Reading, last: &Reading) -> Option<Self> {
        let periods = last.elapsed.checked_sub(first.elapsed)?;
        let most = last.after.checked_sub(first.before)?;
        let least = last.before.saturating_sub(first.after);
        if most >> (u64::BITS - Self::UNIT) != 0 {
            return None;
        }
        Some(Self {
            least: (least << Self::UNIT) / (periods + 1),
            most: (most << Self::UNIT) / periods.checked_sub(1).filter(|&at_least| at_least > 0)?,
        })
    }

    fn uncertainty_ppm(&self) -> u64 {
        let width = u128::from(self.most - self.least);
        (width * 1_000_000 / u128::from(self.least)) as u64
    }

    /// The middle, in ticks a second.
    fn hertz(&self) -> u64 {
        let middle = self.least + (self.most - self.least) / 2;
        ((u128::from(middle) * u128::from(FREQUENCY_HZ)) >> Self::UNIT) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERTZ: u64 = 2_400_000_000;

    /// What would be read at time `tsc` by a CPU that takes `width` ticks to
    /// latch the count, at some time in between.
    fn reading(tsc: u64, width: u64) -> Reading {
        Reading {
            before: tsc,
            after: tsc + width,
            elapsed: (tsc + width / 3) * FREQUENCY_HZ / HERTZ,
        }
    }

    fn readings(start: u64, width: u64) -> [Reading; READINGS] {
        array::from_fn(|index| reading(start + 3100 * index as u64, width))
    }

    fn assert_is_right(ratio: Ratio, ppm: u64) {
        assert!(ratio.uncertainty_ppm() <= ppm, "{ratio:?}");
        assert!(
            ratio.hertz().abs_diff(HERTZ) <= HERTZ * ppm / 1_000_000,
            "{} Hz",
            ratio.hertz()
        );
    }

    #[test]
    fn many_readings_are_finer_than_the_timer() {
        let (early, late) = (readings(1000, 300), readings(4_800_000, 300));
        let ratio = Ratio::between(&early, &late).expect("they agree");
        assert_is_right(ratio, 200);
        // Two alone know it to a period of the timer at each end.
        let pair = Ratio::of(&early[0], &late[0]).expect("they agree");
        assert!(pair.uncertainty_ppm() > 600);
    }

    #[test]
    fn a_cpu_taken_away_while_reading_does_no_harm() {
        let (mut early, mut late) = (readings(1000, 300), readings(4_800_000, 300));
        for index in (0..READINGS).step_by(3) {
            early[index] = reading(early[index].before, 5_000_000);
            late[index] = reading(late[index].before, 24_000_000);
        }
        assert_is_right(Ratio::between(&early, &late).expect("they agree"), 250);
    }

    #[test]
    fn clocks_that_contradict_each_other_are_no_clocks() {
        let (early, mut late) = (readings(1000, 300), readings(4_800_000, 300));
        late[7].elapsed += 500;
        assert!(Ratio::between(&early, &late).is_none());
        // A timer that stands still.
        assert!(Ratio::between(&early, &early).is_none());
    }
}

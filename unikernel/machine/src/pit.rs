//! The programmable interval timer (Intel 8254), a clock of known frequency.
//!
//! Channel 0 is read while it counts down; its interrupt goes nowhere. (Channel
//! 2, the usual choice, is gated by a port that small machines do not have.)

use crate::port;

const CHANNEL_0: u16 = 0x40;
const COMMAND: u16 = 0x43;
/// Channel 0, low byte then high byte, mode 2 (rate generator).
const COUNT_DOWN: u8 = 0b0011_0100;
const LATCH_CHANNEL_0: u8 = 0;
const FREQUENCY_HZ: u64 = 1_193_182;
/// Reads that may all give the same count before the timer counts as absent.
const PATIENCE: u32 = 100_000;

/// A running count.
pub(crate) struct Stopwatch {
    last: u16,
    elapsed: u64,
}

impl Stopwatch {
    /// Starts the timer from its highest count; none when it does not count.
    pub(crate) fn start() -> Option<Self> {
        port::write8(COMMAND, COUNT_DOWN);
        port::write8(CHANNEL_0, 0xff);
        port::write8(CHANNEL_0, 0xff);
        let first = count();
        let counts = (0..PATIENCE).any(|_| count() != first);
        counts.then(|| Self {
            last: count(),
            elapsed: 0,
        })
    }

    /// Nanoseconds since [`Self::start`]. To be asked at least every 50 ms:
    /// the counter has 16 bits.
    pub(crate) fn nanoseconds(&mut self) -> u64 {
        let now = count();
        // In mode 2 the counter goes from 0xffff down to 1, and again.
        let step = if now <= self.last {
            self.last - now
        } else {
            self.last + (0xffff - now)
        };
        self.elapsed += u64::from(step);
        self.last = now;
        self.elapsed * 1_000_000_000 / FREQUENCY_HZ
    }
}

fn count() -> u16 {
    port::write8(COMMAND, LATCH_CHANNEL_0);
    let low = port::read8(CHANNEL_0);
    let high = port::read8(CHANNEL_0);
    u16::from_le_bytes([low, high])
}

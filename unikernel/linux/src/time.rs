//! Time: `clock_gettime(2)`, `gettimeofday(2)`, `nanosleep(2)`,
//! `clock_nanosleep(2)`, `time(2)`.

use core::time::Duration;

use net::Instant;

use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::platform::Platform;
use crate::user;

/// Clocks that show the time since 1970: `CLOCK_REALTIME`, `_COARSE`,
/// `CLOCK_TAI` (without leap seconds, as Linux before it is told of them).
const WALL: [u32; 3] = [0, 5, 11];

/// Clocks that show the time since the start: `CLOCK_MONOTONIC`, `_RAW`,
/// `_COARSE`, `CLOCK_BOOTTIME`; and CPU time of the process and the thread,
/// since nobody else uses the CPU.
const MONOTONIC: [u32; 6] = [1, 4, 6, 7, 2, 3];

/// The network's notion of a time of the monotonic clock.
pub(crate) fn to_instant(time: Duration) -> Instant {
    Instant::from_micros(i64::try_from(time.as_micros()).unwrap_or(i64::MAX))
}

/// A time of the monotonic clock.
pub(crate) fn from_instant(instant: Instant) -> Duration {
    Duration::from_micros(u64::try_from(instant.total_micros()).unwrap_or(0))
}

/// A timeout in milliseconds, negative for none.
pub(crate) fn from_ms(ms: u64) -> Option<Duration> {
    u64::try_from(ms as i32).ok().map(Duration::from_millis)
}

/// A `struct timespec` of the program.
pub(crate) fn load_timespec(address: u64) -> Result<Duration, Errno> {
    load_time(address, 1)
}

/// A `struct timeval` of the program.
pub(crate) fn load_timeval(address: u64) -> Result<Duration, Errno> {
    load_time(address, 1000)
}

fn load_time(address: u64, ns_per_part: u64) -> Result<Duration, Errno> {
    let seconds = user::load_u64(address)?;
    let parts = user::load_u64(address.wrapping_add(8))?;
    if seconds > i64::MAX as u64 || parts >= 1_000_000_000 / ns_per_part {
        return Err(Errno::EINVAL);
    }
    Ok(Duration::new(seconds, (parts * ns_per_part) as u32))
}

/// A `struct timespec` for the program.
pub(crate) fn store_timespec(address: u64, time: Duration) -> Result<(), Errno> {
    store_time(address, time.as_secs(), u64::from(time.subsec_nanos()))
}

fn store_time(address: u64, seconds: u64, parts: u64) -> Result<(), Errno> {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seconds.to_le_bytes());
    bytes[8..].copy_from_slice(&parts.to_le_bytes());
    user::store(address, &bytes)
}

impl<P: Platform> Kernel<P> {
    fn clock(&self, clock: u64) -> Result<Duration, Errno> {
        let clock = clock as u32;
        if WALL.contains(&clock) {
            Ok(self.platform.wall())
        } else if MONOTONIC.contains(&clock) {
            Ok(self.platform.monotonic())
        } else {
            Err(Errno::EINVAL)
        }
    }

    /// `clock_gettime(2)`.
    pub(crate) fn clock_gettime(&mut self, clock: u64, address: u64) -> Answer {
        let time = self.clock(clock)?;
        store_timespec(address, time)?;
        Ok(0)
    }

    /// `clock_getres(2)`: a nanosecond, of all clocks.
    pub(crate) fn clock_getres(&mut self, clock: u64, address: u64) -> Answer {
        self.clock(clock)?;
        if address != 0 {
            store_timespec(address, Duration::from_nanos(1))?;
        }
        Ok(0)
    }

    /// `gettimeofday(2)`: in UTC, as is every machine of taste.
    pub(crate) fn gettimeofday(&mut self, address: u64, zone: u64) -> Answer {
        let time = self.platform.wall();
        if address != 0 {
            store_time(address, time.as_secs(), u64::from(time.subsec_micros()))?;
        }
        if zone != 0 {
            user::store(zone, &[0; 8])?;
        }
        Ok(0)
    }

    /// `time(2)`.
    pub(crate) fn time(&mut self, address: u64) -> Answer {
        let seconds = self.platform.wall().as_secs();
        if address != 0 {
            user::store(address, &seconds.to_le_bytes())?;
        }
        Ok(seconds as i64)
    }

    /// `nanosleep(2)`.
    pub(crate) fn nanosleep(&mut self, wanted: u64, remaining: u64) -> Answer {
        let duration = load_timespec(wanted)?;
        self.sleep(duration, Some(remaining))
    }

    /// `clock_nanosleep(2)`.
    pub(crate) fn clock_nanosleep(
        &mut self,
        clock: u64,
        flags: u64,
        wanted: u64,
        remaining: u64,
    ) -> Answer {
        const TIMER_ABSTIME: u32 = 1;
        let now = self.clock(clock)?;
        let time = load_timespec(wanted)?;
        if flags as u32 & TIMER_ABSTIME != 0 {
            self.sleep(time.saturating_sub(now), None)
        } else {
            self.sleep(time, Some(remaining))
        }
    }

    /// Sleeps. A signal ends it with `EINTR`, and the rest is written to
    /// `remaining`, where that is wanted and is not null.
    fn sleep(&mut self, duration: Duration, remaining: Option<u64>) -> Answer {
        let start = self.platform.monotonic();
        let slept = self.wait_for(Some(duration), |_| None::<()>);
        if let (Err(_), Some(address)) = (&slept, remaining.filter(|&address| address != 0)) {
            let end = start.saturating_add(duration);
            store_timespec(address, end.saturating_sub(self.platform.monotonic()))?;
        }
        slept.map(|_| 0)
    }
}

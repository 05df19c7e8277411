//! `futex(2)` with one thread: nobody can be woken, and nobody can wake.

use core::time::Duration;

use crate::errno::{Answer, Errno};
use crate::kernel::{Ending, Kernel};
use crate::platform::Platform;
use crate::{time, user};

impl<P: Platform> Kernel<P> {
    /// `futex(2)`.
    pub(crate) fn futex(&mut self, arguments: &[u64; 6]) -> Answer {
        const COMMAND: u32 = 0x7f;
        const CLOCK_REALTIME: u32 = 0x100;
        const WAIT: u32 = 0;
        const WAKE: u32 = 1;
        const WAIT_BITSET: u32 = 9;
        const WAKE_BITSET: u32 = 10;

        let [address, op, value, timeout, ..] = *arguments;
        let op = op as u32;
        match op & COMMAND {
            WAKE | WAKE_BITSET => return Ok(0),
            WAIT | WAIT_BITSET => {}
            _ => return Err(Errno::ENOSYS),
        }
        if address % 4 != 0 {
            return Err(Errno::EINVAL);
        }
        if user::load_u32(address)? != value as u32 {
            return Err(Errno::EAGAIN);
        }
        let timeout = match timeout {
            0 => None,
            address => Some(time::load_timespec(address)?),
        };
        // WAIT has the time to wait, WAIT_BITSET the time to wait until.
        let remaining = timeout.map(|time| match op & (COMMAND | CLOCK_REALTIME) {
            WAIT => time,
            WAIT_BITSET => time.saturating_sub(self.platform.monotonic()),
            _ => time.saturating_sub(self.platform.wall()),
        });
        self.wait_on_futex(remaining)
    }

    fn wait_on_futex(&mut self, timeout: Option<Duration>) -> Answer {
        if timeout.is_none() {
            // The only thread waits for another one, for ever. Better a loud
            // end than a machine that hangs.
            self.ending = Some(Ending::Deadlock);
            return Err(Errno::EINTR);
        }
        self.wait_for(timeout, |_| None::<()>)?;
        Err(Errno::ETIMEDOUT)
    }
}

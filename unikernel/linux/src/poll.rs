//! `poll(2)` and `ppoll(2)`.

use core::time::Duration;

use crate::errno::{Answer, Errno};
use crate::events;
use crate::kernel::Kernel;
use crate::limits;
use crate::platform::Platform;
use crate::time;
use crate::user::UserSlice;

/// `struct pollfd`: descriptor (4), events asked for (2), events seen (2).
const POLLFD: usize = 8;

impl<P: Platform> Kernel<P> {
    /// `poll(2)`: milliseconds, negative for ever.
    pub(crate) fn poll(&mut self, list: u64, count: u64, ms: u64) -> Answer {
        self.poll_list(list, count, time::from_ms(ms))
    }

    /// `ppoll(2)`: a `timespec`, none for ever.
    pub(crate) fn ppoll(&mut self, arguments: &[u64; 6]) -> Answer {
        let [list, count, timeout, mask, mask_size, _] = *arguments;
        let timeout = match timeout {
            0 => None,
            address => Some(time::load_timespec(address)?),
        };
        self.with_signal_mask(mask, mask_size, |kernel| {
            kernel.poll_list(list, count, timeout)
        })
    }

    fn poll_list(&mut self, list: u64, count: u64, timeout: Option<Duration>) -> Answer {
        if count > limits::POLL as u64 {
            return Err(Errno::EINVAL);
        }
        let mut list = UserSlice::new(list, count * POLLFD as u64);
        let list = list.bytes_mut()?;
        let found = self.wait_for(timeout, |kernel| {
            let ready = kernel.look(list);
            (ready > 0).then_some(ready)
        })?;
        Ok(found.unwrap_or(0) as i64)
    }

    /// Fills in what is ready; gives the number of descriptors that are.
    fn look(&mut self, list: &mut [u8]) -> usize {
        let mut ready = 0;
        let (entries, _) = list.as_chunks_mut::<POLLFD>();
        for [a, b, c, d, wanted @ .., seen_low, seen_high] in entries {
            let fd = i32::from_le_bytes([*a, *b, *c, *d]);
            let [low, high] = wanted;
            let wanted = u32::from(u16::from_le_bytes([*low, *high]));
            let seen = match self.description(fd as u64) {
                // A negative one is a hole in the list.
                _ if fd < 0 => 0,
                Ok(id) => self.poll_events(id) & (wanted | events::ERR | events::HUP),
                Err(_) => events::NVAL,
            };
            [*seen_low, *seen_high] = (seen as u16).to_le_bytes();
            ready += usize::from(seen != 0);
        }
        ready
    }
}

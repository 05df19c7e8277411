//! `getrandom(2)`.

use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::limits;
use crate::platform::Platform;
use crate::user::UserSlice;

impl<P: Platform> Kernel<P> {
    /// `getrandom(2)`: never waits, since a machine without entropy does not
    /// start.
    pub(crate) fn getrandom(&mut self, address: u64, length: u64, flags: u64) -> Answer {
        const GRND_NONBLOCK: u32 = 1;
        const GRND_RANDOM: u32 = 2;
        const GRND_INSECURE: u32 = 4;

        let flags = flags as u32;
        let known = GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE;
        if flags & !known != 0 || flags & (GRND_RANDOM | GRND_INSECURE) == known & !GRND_NONBLOCK {
            return Err(Errno::EINVAL);
        }
        let mut buffer = UserSlice::new(address, length.min(limits::RANDOM as u64));
        self.platform.entropy(buffer.bytes_mut()?);
        Ok(buffer.length() as i64)
    }
}

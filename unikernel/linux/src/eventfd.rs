//! `eventfd(2)`: a counter that can be waited for.

use crate::arena::Id;
use crate::descriptor::{self, CLOEXEC, Description, NONBLOCK};
use crate::errno::{Answer, Errno};
use crate::events;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::platform::Platform;

/// `EFD_SEMAPHORE`: a read takes one, not all.
const SEMAPHORE: u32 = 1;

/// The largest value the counter takes. One more is an overflow that only the
/// kernel of Linux itself can cause.
const LARGEST: u64 = u64::MAX - 1;

/// The counter.
pub(crate) struct Counter {
    value: u64,
    step: Step,
}

/// What a read takes.
enum Step {
    All,
    One,
}

impl Counter {
    /// `eventfd_poll` of Linux.
    pub(crate) fn poll(&self) -> u32 {
        let mut now = 0;
        if self.value > 0 {
            now |= events::IN;
        }
        if self.value < LARGEST {
            now |= events::OUT;
        }
        now
    }

    fn take(&mut self) -> Option<u64> {
        if self.value == 0 {
            return None;
        }
        let taken = match self.step {
            Step::All => self.value,
            Step::One => 1,
        };
        self.value -= taken;
        Some(taken)
    }

    fn add(&mut self, amount: u64) -> Result<(), Errno> {
        if amount == u64::MAX {
            return Err(Errno::EINVAL);
        }
        let sum = self.value.checked_add(amount);
        self.value = sum.filter(|&sum| sum <= LARGEST).ok_or(Errno::EAGAIN)?;
        Ok(())
    }
}

impl<P: Platform> Kernel<P> {
    /// `eventfd2(2)`.
    pub(crate) fn eventfd2(&mut self, initial: u64, flags: u64) -> Answer {
        let flags = flags as u32;
        if flags & !(SEMAPHORE | CLOEXEC | NONBLOCK) != 0 {
            return Err(Errno::EINVAL);
        }
        let counter = Counter {
            value: u64::from(initial as u32),
            step: if flags & SEMAPHORE != 0 {
                Step::One
            } else {
                Step::All
            },
        };
        let flags = flags & !SEMAPHORE | descriptor::READ_WRITE;
        Ok(self.open(Object::Counter(counter), flags)? as i64)
    }

    pub(crate) fn read_counter(
        &mut self,
        id: Id<Description>,
        buffer: &mut [u8],
    ) -> Result<usize, Errno> {
        let Object::Counter(counter) = &mut self.descriptions[id].object else {
            return Err(Errno::EINVAL);
        };
        let place = buffer.first_chunk_mut().ok_or(Errno::EINVAL)?;
        *place = counter.take().ok_or(Errno::EAGAIN)?.to_le_bytes();
        self.wake(id, events::OUT);
        Ok(place.len())
    }

    pub(crate) fn write_counter(
        &mut self,
        id: Id<Description>,
        bytes: &[u8],
    ) -> Result<usize, Errno> {
        let Object::Counter(counter) = &mut self.descriptions[id].object else {
            return Err(Errno::EINVAL);
        };
        let amount: &[u8; 8] = bytes.try_into().map_err(|_| Errno::EINVAL)?;
        counter.add(u64::from_le_bytes(*amount))?;
        self.wake(id, events::IN);
        Ok(amount.len())
    }
}

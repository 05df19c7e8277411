//! The entropy source: [`Rng`].
//!
//! Section 5.4: one queue; what is posted comes back filled with random bytes.
//! It is asked while the machine starts, before anything could wait for an
//! interrupt, so it is polled.

use alloc::boxed::Box;
use core::time::Duration;

use crate::error::Problem;
use crate::limits::{ENTROPY_BUFFER, ENTROPY_QUEUE, ENTROPY_TIMEOUT_MS};
use crate::queue::{Queue, Used, Writer};
use crate::start;
use crate::transport::{Kind, Transport, find};

/// 5.4.2: queue number.
const REQUESTS: u16 = 0;

/// An entropy source that works.
pub struct Rng {
    transport: Box<dyn Transport>,
    queue: Queue,
    failure: Option<Problem>,
}

impl Rng {
    /// Fills `buffer` with random bytes from the device.
    ///
    /// # Errors
    /// When the device writes nonsense, or does not answer for half a second
    /// on the monotonic clock. It is not used any more then, and what is in
    /// `buffer` is not to be used either.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Problem> {
        self.fill_before(buffer, machine::clock::monotonic)
    }

    fn fill_before(
        &mut self,
        mut buffer: &mut [u8],
        now: impl Fn() -> Duration,
    ) -> Result<(), Problem> {
        while !buffer.is_empty() {
            let Used { slot, length } = self.ask(&now)?;
            let length = length.min(buffer.len());
            let (filled, rest) = buffer.split_at_mut(length);
            self.queue.read(&slot, 0, filled);
            // The memory lives for ever: it should not remember.
            self.queue.write(&slot, 0, &[0; ENTROPY_BUFFER]);
            self.queue.free(slot);
            buffer = rest;
        }
        Ok(())
    }

    /// Hands one buffer to the device and waits until it has some bytes in it.
    fn ask(&mut self, now: &impl Fn() -> Duration) -> Result<Used, Problem> {
        if let Some(problem) = self.failure {
            return Err(problem);
        }
        let deadline = now() + Duration::from_millis(ENTROPY_TIMEOUT_MS);
        // None of them is in use between two calls.
        let slot = self.queue.take_free().ok_or(Problem::TimedOut)?;
        self.queue.post(slot, ENTROPY_BUFFER);
        self.queue.notify(&mut *self.transport);
        loop {
            match self.queue.take_used() {
                // 5.4.6.2: at least one byte.
                Ok(Some(Used { length: 0, .. })) => return Err(self.fail(Problem::NoBytes)),
                Ok(Some(used)) => return Ok(used),
                Ok(None) if now() > deadline => return Err(self.fail(Problem::TimedOut)),
                Ok(None) => core::hint::spin_loop(),
                Err(nonsense) => return Err(self.fail(nonsense.into())),
            }
        }
    }

    /// Stops the device for good; passes the reason on.
    fn fail(&mut self, problem: Problem) -> Problem {
        self.failure = Some(problem);
        self.transport.set_status(start::status::RESET);
        problem
    }

    pub(crate) fn start(mut transport: Box<dyn Transport>) -> Result<Self, Problem> {
        let features = start::negotiate(&mut *transport, |_, _| Ok(0))?;
        let shape = (ENTROPY_QUEUE, ENTROPY_BUFFER);
        let events = start::events(features);
        match Queue::new(&mut *transport, REQUESTS, shape, Writer::Device, events) {
            Ok(queue) => {
                start::go(&mut *transport);
                Ok(Self {
                    transport,
                    queue,
                    failure: None,
                })
            }
            Err(problem) => Err(start::give_up(&mut *transport, problem)),
        }
    }
}

impl Drop for Rng {
    /// Leaves the device at rest.
    fn drop(&mut self) {
        self.transport.set_status(start::status::RESET);
    }
}

/// Finds the first entropy source, on PCI or else named on the command line,
/// and brings it up. None when there is none that works.
pub fn probe(command_line: &str) -> Option<Rng> {
    let transport = find(Kind::Entropy, command_line).ok()?;
    Rng::start(transport).ok()
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::fake::{FakeDevice, FakeTransport};
    use crate::start::{feature, status};

    fn rng(react: fn(&mut FakeDevice)) -> (Rng, FakeTransport) {
        let transport = FakeTransport::new(feature::VERSION_1, &[], &[8]);
        let rng = Rng::start(Box::new(transport.clone())).expect("a good device");
        let mut device = transport.device();
        device.attach(0, rng.queue.memory());
        device.on_notify = Some(Box::new(react));
        drop(device);
        (rng, transport)
    }

    /// A clock that advances by a millisecond whenever it is read.
    fn clock() -> impl Fn() -> Duration {
        let now = Cell::new(0);
        move || {
            now.set(now.get() + 1);
            Duration::from_millis(now.get())
        }
    }

    #[test]
    fn all_of_a_buffer_is_filled() {
        let (mut rng, transport) = rng(|device| device.answer(0, &[0xa5; 50]));
        for length in [0, 1, 50, 64, 1000] {
            let mut buffer = alloc::vec![0; length];
            assert_eq!(rng.fill_before(&mut buffer, clock()), Ok(()));
            assert!(buffer.iter().all(|&byte| byte == 0xa5));
        }
        drop(rng);
        assert_eq!(
            transport.device().statuses,
            [0, 1, 3, 11, 15, status::RESET]
        );
    }

    #[test]
    fn silence_ends_in_time_and_for_good() {
        let (mut rng, _transport) = rng(|_| {});
        let clock = clock();
        let result = rng.fill_before(&mut [0; 32], &clock);
        assert_eq!(result, Err(Problem::TimedOut));
        assert!(clock() < Duration::from_millis(2 * ENTROPY_TIMEOUT_MS));
        assert_eq!(rng.fill_before(&mut [0; 32], clock), Err(Problem::TimedOut));
    }

    #[test]
    fn answers_without_bytes_are_refused() {
        let (mut rng, _transport) = rng(|device| device.answer(0, &[]));
        assert_eq!(
            rng.fill_before(&mut [0; 32], clock()),
            Err(Problem::NoBytes)
        );
    }

    #[test]
    fn nonsense_is_refused() {
        let (mut rng, _transport) = rng(|device| device.complete(0, 77, 64));
        let result = rng.fill_before(&mut [0; 32], clock());
        assert!(matches!(result, Err(Problem::Nonsense(_))));
    }
}

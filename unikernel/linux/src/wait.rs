//! Waiting: the only place where the CPU may halt, and where packets come in.
//!
//! [`Kernel::pump`] lets the network do one bounded batch of work and turns
//! what changed into events. A call that has to wait pumps, looks whether what
//! it waits for is there, and otherwise sleeps until a frame, a key, the next
//! timer of the network, or its own deadline. It looks after every batch, so
//! a busy network cannot keep the program from what is ready; and it pumps
//! before it looks, so a busy program cannot keep packets out.

use core::time::Duration;

use net::More;

use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::platform::Platform;
use crate::time;

/// How long a call may wait for what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Not at all: `O_NONBLOCK`, `MSG_DONTWAIT`.
    None,
    /// As long as it takes.
    Forever,
    /// So long: `SO_RCVTIMEO`, `SO_SNDTIMEO`.
    For(Duration),
}

impl<P: Platform> Kernel<P> {
    /// Waits until `check` finds something; `None` when `timeout` has passed
    /// before, `EINTR` when a signal is to be delivered.
    pub(crate) fn wait_for<T>(
        &mut self,
        timeout: Option<Duration>,
        mut check: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<Option<T>, Errno> {
        // A time too far to be counted is no deadline.
        let deadline = timeout.and_then(|timeout| self.platform.monotonic().checked_add(timeout));
        loop {
            let more = self.pump();
            if let Some(found) = check(self) {
                return Ok(Some(found));
            }
            let now = self.platform.monotonic();
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Ok(None);
            }
            if self.signals.interrupts() {
                return Err(Errno::EINTR);
            }
            if more == More::No {
                let timer = self.stack.deadline().map(time::from_instant);
                let wake_up = [deadline, timer].into_iter().flatten().min();
                self.platform.wait(self.stack.link_mut(), wake_up);
            }
        }
    }

    /// Makes an attempt until it does not end with `EAGAIN`, as long as there
    /// is patience.
    pub(crate) fn complete<T>(
        &mut self,
        patience: Patience,
        mut attempt: impl FnMut(&mut Self) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        match attempt(self) {
            Err(Errno::EAGAIN) => {}
            done => return done,
        }
        let timeout = match patience {
            Patience::None => {
                // On Linux packets come in at any time, also while a program
                // tries again and again.
                self.pump();
                return attempt(self);
            }
            Patience::Forever => None,
            Patience::For(time) => Some(time),
        };
        let waited = self.wait_for(timeout, |kernel| match attempt(kernel) {
            Err(Errno::EAGAIN) => None,
            done => Some(done),
        });
        match waited {
            Ok(Some(done)) => done,
            Ok(None) => Err(Errno::EAGAIN),
            Err(Errno::EINTR) if timeout.is_none() => Err(Errno::ERESTART),
            Err(error) => Err(error),
        }
    }

    /// One batch: frames and timers, then the events they cause; the console.
    pub(crate) fn pump(&mut self) -> More {
        let now = time::to_instant(self.platform.monotonic());
        let more = self.stack.poll(now);
        self.wake_sockets();
        self.listen_to_console();
        more
    }

    /// What changed in the network, told to those who watch it.
    fn wake_sockets(&mut self) {
        let mut changed = core::mem::take(&mut self.changed);
        changed.extend(self.stack.take_changed());
        for socket in changed.drain(..) {
            // It may have been closed since.
            let Some(&id) = self.sockets.get(&socket) else {
                continue;
            };
            match &self.descriptions[id].object {
                Object::Tcp(_) => self.tcp_changed(id),
                Object::Udp(_) => self.udp_changed(id),
                _ => {}
            }
        }
        self.changed = changed;
    }
}

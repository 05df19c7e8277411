//! Signals: `signal(7)`, `rt_sigaction(2)`, `rt_sigprocmask(2)`, `tgkill(2)`.
//!
//! A signal is raised by the console (Ctrl-C is `SIGINT`), by a write that
//! nobody will read (`SIGPIPE`), or by the program itself. It is delivered when
//! the outermost system call is about to return: the handler is called as a
//! function, with no lock held, so that it may make system calls. Signals
//! raised meanwhile wait until it has returned. Waiting calls end early.

use crate::errno::{Answer, Errno};
use crate::identity::PROCESS;
use crate::kernel::{Ending, Kernel};
use crate::platform::Platform;
use crate::user;

/// Typed at the console.
pub(crate) const SIGINT: i32 = 2;
/// Not to be caught.
pub(crate) const SIGKILL: i32 = 9;
/// Nobody will read what was written.
pub(crate) const SIGPIPE: i32 = 13;
const SIGSTOP: i32 = 19;

/// Signals are numbered 1 to 64.
const SIGNALS: usize = 64;

/// Default action: nothing (`SIGCHLD`, `SIGCONT`, `SIGURG`, `SIGWINCH`; and
/// the stopping ones, since there is nobody to continue).
const IGNORED_BY_DEFAULT: u64 =
    bit(17) | bit(18) | bit(23) | bit(28) | bit(SIGSTOP) | bit(20) | bit(21) | bit(22);

/// What cannot be blocked.
const UNBLOCKABLE: u64 = bit(SIGKILL) | bit(SIGSTOP);

const SIG_DFL: u64 = 0;
const SIG_IGN: u64 = 1;

const SA_NODEFER: u64 = 0x4000_0000;
const SA_RESETHAND: u64 = 0x8000_0000;
const SA_RESTART: u64 = 0x1000_0000;

/// The size of a signal set.
const SET_SIZE: u64 = 8;

const fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// `struct sigaction` of the kernel: four 64-bit words.
#[derive(Clone, Copy)]
struct Action {
    handler: u64,
    flags: u64,
    /// Where a handler returns to on Linux; here it just returns.
    restorer: u64,
    mask: u64,
}

const DEFAULT: Action = Action {
    handler: SIG_DFL,
    flags: 0,
    restorer: 0,
    mask: 0,
};

/// The signal state of the process.
pub(crate) struct Signals {
    actions: [Action; SIGNALS],
    blocked: u64,
    /// The set from before a call that was interrupted and had another one
    /// for its time (`ppoll`): comes back when the handler has run.
    blocked_before: Option<u64>,
    pending: u64,
    /// `sigaltstack(2)`: address, flags, size. Remembered, not used: handlers
    /// run on the stack of the system call.
    alternate_stack: [u64; 3],
    delivery: Delivery,
}

/// Whether a handler is running: then others wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Idle,
    Running,
}

/// A handler to be called, and what to restore afterwards.
pub(crate) struct Handler {
    /// Its address.
    pub(crate) address: usize,
    /// Its argument.
    pub(crate) signal: i32,
    /// Whether an interrupted call is to be made again.
    pub(crate) restarts: bool,
    blocked_before: u64,
}

/// What is to be done about a signal.
pub(crate) enum Due {
    /// Call this.
    Call(Handler),
    /// The process ends.
    End(Ending),
}

impl Signals {
    pub(crate) const fn new() -> Self {
        Self {
            actions: [DEFAULT; SIGNALS],
            blocked: 0,
            blocked_before: None,
            pending: 0,
            alternate_stack: [0, SS_DISABLE, 0],
            delivery: Delivery::Idle,
        }
    }

    fn action(&mut self, signal: i32) -> &mut Action {
        &mut self.actions[signal as usize - 1]
    }

    fn ignores(&self, signal: i32) -> bool {
        match self.actions[signal as usize - 1].handler {
            SIG_IGN => true,
            SIG_DFL => IGNORED_BY_DEFAULT & bit(signal) != 0,
            _ => false,
        }
    }

    /// Makes a signal pending, unless it is ignored.
    pub(crate) fn raise(&mut self, signal: i32) {
        if self.blocked & bit(signal) != 0 || !self.ignores(signal) {
            self.pending |= bit(signal);
        }
    }

    /// Takes a signal back that was raised just now.
    pub(crate) fn withdraw(&mut self, signal: i32) {
        self.pending &= !bit(signal);
    }

    /// Whether a waiting call has to end, because a signal is due.
    pub(crate) fn interrupts(&self) -> bool {
        self.delivery == Delivery::Idle && self.pending & !self.blocked != 0
    }

    /// The next thing to do, when no handler is running.
    pub(crate) fn next_due(&mut self) -> Option<Due> {
        while self.interrupts() {
            let signal = (self.pending & !self.blocked).trailing_zeros() as i32 + 1;
            self.pending &= !bit(signal);
            if self.ignores(signal) {
                continue;
            }
            let action = *self.action(signal);
            if action.handler == SIG_DFL {
                return Some(Due::End(Ending::Signal(signal)));
            }
            let handler = Handler {
                address: action.handler as usize,
                signal,
                restarts: action.flags & SA_RESTART != 0,
                blocked_before: self.blocked_before.take().unwrap_or(self.blocked),
            };
            self.blocked |= action.mask & !UNBLOCKABLE;
            if action.flags & SA_NODEFER == 0 {
                self.blocked |= bit(signal);
            }
            if action.flags & SA_RESETHAND != 0 {
                *self.action(signal) = DEFAULT;
            }
            self.delivery = Delivery::Running;
            return Some(Due::Call(handler));
        }
        if let Some(before) = self.blocked_before.take() {
            self.blocked = before;
        }
        None
    }

    /// The handler has returned.
    pub(crate) fn returned(&mut self, handler: &Handler) {
        self.blocked = handler.blocked_before;
        self.delivery = Delivery::Idle;
    }

    /// Blocks another set for the time of a call (`ppoll`, `epoll_pwait`);
    /// gives the one from before.
    fn block(&mut self, set: u64) -> u64 {
        core::mem::replace(&mut self.blocked, set & !UNBLOCKABLE)
    }
}

const SS_DISABLE: u64 = 2;

impl<P: Platform> Kernel<P> {
    /// `rt_sigaction(2)`.
    pub(crate) fn rt_sigaction(&mut self, signal: u64, new: u64, old: u64, size: u64) -> Answer {
        let signal = valid(signal)?;
        if size != SET_SIZE || new != 0 && bit(signal) & UNBLOCKABLE != 0 {
            return Err(Errno::EINVAL);
        }
        let before = *self.action_of(signal);
        if new != 0 {
            let words: [u8; 32] = user::load(new)?;
            let word = |index: usize| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&words[index * 8..][..8]);
                u64::from_le_bytes(bytes)
            };
            *self.action_of(signal) = Action {
                handler: word(0),
                flags: word(1),
                restorer: word(2),
                mask: word(3),
            };
            // What is ignored from now on was never there.
            if self.signals.ignores(signal) {
                self.signals.pending &= !bit(signal);
            }
        }
        if old != 0 {
            let words = [before.handler, before.flags, before.restorer, before.mask];
            let mut bytes = [0; 32];
            for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
                place.copy_from_slice(&word.to_le_bytes());
            }
            user::store(old, &bytes)?;
        }
        Ok(0)
    }

    fn action_of(&mut self, signal: i32) -> &mut Action {
        self.signals.action(signal)
    }

    /// `rt_sigprocmask(2)`.
    pub(crate) fn rt_sigprocmask(&mut self, how: u64, new: u64, old: u64, size: u64) -> Answer {
        const SIG_BLOCK: u32 = 0;
        const SIG_UNBLOCK: u32 = 1;
        const SIG_SETMASK: u32 = 2;

        if size != SET_SIZE {
            return Err(Errno::EINVAL);
        }
        let before = self.signals.blocked;
        if new != 0 {
            let set = user::load_u64(new)?;
            self.signals.block(match how as u32 {
                SIG_BLOCK => before | set,
                SIG_UNBLOCK => before & !set,
                SIG_SETMASK => set,
                _ => return Err(Errno::EINVAL),
            });
        }
        if old != 0 {
            user::store(old, &before.to_le_bytes())?;
        }
        Ok(0)
    }

    /// `rt_sigpending(2)`.
    pub(crate) fn rt_sigpending(&mut self, set: u64, size: u64) -> Answer {
        if size > SET_SIZE {
            return Err(Errno::EINVAL);
        }
        let pending = self.signals.pending & self.signals.blocked;
        user::store(set, &pending.to_le_bytes()[..size as usize])?;
        Ok(0)
    }

    /// Makes a call with another set of blocked signals, when there is one at
    /// `set`.
    pub(crate) fn with_signal_mask(
        &mut self,
        set: u64,
        size: u64,
        call: impl FnOnce(&mut Self) -> Answer,
    ) -> Answer {
        if set == 0 {
            return call(self);
        }
        if size != SET_SIZE {
            return Err(Errno::EINVAL);
        }
        let set = user::load_u64(set)?;
        let before = self.signals.block(set);
        let answer = call(self);
        if answer == Err(Errno::EINTR) {
            // The signal that ended the call may be blocked before and after
            // it; it is delivered all the same.
            self.signals.blocked_before = Some(before);
        } else {
            self.signals.block(before);
        }
        answer
    }

    /// `sigaltstack(2)`.
    pub(crate) fn sigaltstack(&mut self, new: u64, old: u64) -> Answer {
        let before = self.signals.alternate_stack;
        if new != 0 {
            let mut words = [0; 3];
            for (index, word) in words.iter_mut().enumerate() {
                *word = user::load_u64(new.wrapping_add(8 * index as u64))?;
            }
            self.signals.alternate_stack = words;
        }
        if old != 0 {
            let mut bytes = [0; 24];
            for (place, word) in bytes.chunks_exact_mut(8).zip(before) {
                place.copy_from_slice(&word.to_le_bytes());
            }
            user::store(old, &bytes)?;
        }
        Ok(0)
    }

    /// `kill(2)`: there is one process, and it is alone in its group.
    pub(crate) fn kill(&mut self, process: u64, signal: u64) -> Answer {
        let process = i64::from(process as i32);
        if process != 0 && process != -1 && process.abs() != PROCESS {
            return Err(Errno::ESRCH);
        }
        if signal as i32 != 0 {
            self.signals.raise(valid(signal)?);
        }
        Ok(0)
    }

    /// `tgkill(2)`.
    pub(crate) fn tgkill(&mut self, process: u64, thread: u64, signal: u64) -> Answer {
        if i64::from(process as i32) != PROCESS {
            return Err(Errno::ESRCH);
        }
        self.tkill(thread, signal)
    }

    /// `tkill(2)`.
    pub(crate) fn tkill(&mut self, thread: u64, signal: u64) -> Answer {
        if i64::from(thread as i32) != PROCESS {
            return Err(Errno::ESRCH);
        }
        self.kill(thread, signal)
    }

    /// `pause(2)`.
    pub(crate) fn pause(&mut self) -> Answer {
        self.wait_for(None, |_| None)
            .map(|never: Option<i64>| never.unwrap_or(0))
    }
}

fn valid(signal: u64) -> Result<i32, Errno> {
    let signal = signal as i32;
    if (1..=SIGNALS as i32).contains(&signal) {
        Ok(signal)
    } else {
        Err(Errno::EINVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::*;
    use crate::testing::{Calls, Ours, System, at};

    const HANDLER: u64 = 0x1234;
    const SIGUSR1: i32 = 10;
    const SIGUSR2: i32 = 12;
    const SIGCHLD: i32 = 17;

    fn act(ours: &mut Ours, signal: i32, handler: u64, flags: u64, mask: u64) {
        let action = [handler, flags, 0, mask];
        let arguments = [signal as u64, at(&action), 0, 8, 0, 0];
        ours.call(RT_SIGACTION, arguments).unwrap();
    }

    fn raise(ours: &mut Ours, signal: i32) {
        ours.call(TGKILL, [1, 1, signal as u64, 0, 0, 0]).unwrap();
    }

    fn block(ours: &mut Ours, how: u64, set: u64) {
        ours.call(RT_SIGPROCMASK, [how, at(&set), 0, 8, 0, 0])
            .unwrap();
    }

    fn due(ours: &mut Ours) -> Option<Handler> {
        match ours.kernel.next_due() {
            Some(Due::Call(handler)) => Some(handler),
            Some(Due::End(ending)) => panic!("{ending:?}"),
            None => None,
        }
    }

    #[test]
    fn a_handler_runs_once_and_its_own_signal_waits_meanwhile() {
        let mut ours = Ours::new();
        act(&mut ours, SIGUSR1, HANDLER, SA_RESTART, bit(SIGUSR2));
        act(&mut ours, SIGUSR2, HANDLER, 0, 0);
        raise(&mut ours, SIGUSR1);
        raise(&mut ours, SIGUSR1);
        let handler = due(&mut ours).unwrap();
        assert_eq!((handler.signal, handler.restarts), (SIGUSR1, true));
        assert_eq!(handler.address as u64, HANDLER);

        raise(&mut ours, SIGUSR1);
        raise(&mut ours, SIGUSR2);
        assert!(due(&mut ours).is_none(), "one at a time");
        assert!(!ours.kernel.signals.interrupts());
        ours.kernel.signals.returned(&handler);
        let next = due(&mut ours).unwrap();
        assert_eq!(next.signal, SIGUSR1);
        ours.kernel.signals.returned(&next);
        let last = due(&mut ours).unwrap();
        assert_eq!((last.signal, last.restarts), (SIGUSR2, false));
        ours.kernel.signals.returned(&last);
        assert!(due(&mut ours).is_none());
    }

    #[test]
    fn a_blocked_signal_waits() {
        let mut ours = Ours::new();
        act(&mut ours, SIGUSR1, HANDLER, 0, 0);
        block(&mut ours, 0, bit(SIGUSR1));
        raise(&mut ours, SIGUSR1);
        assert!(due(&mut ours).is_none());
        block(&mut ours, 1, bit(SIGUSR1));
        assert_eq!(due(&mut ours).unwrap().signal, SIGUSR1);
    }

    #[test]
    fn the_default_is_the_end_or_nothing() {
        let mut ours = Ours::new();
        raise(&mut ours, SIGCHLD);
        assert!(due(&mut ours).is_none());
        raise(&mut ours, SIGINT);
        let ended = matches!(
            ours.kernel.next_due(),
            Some(Due::End(Ending::Signal(SIGINT)))
        );
        assert!(ended);
        let change = [HANDLER, 0, 0, 0];
        let arguments = [SIGKILL as u64, at(&change), 0, 8, 0, 0];
        assert_eq!(ours.call(RT_SIGACTION, arguments), Err(Errno::EINVAL));
        block(&mut ours, 2, u64::MAX);
        raise(&mut ours, SIGKILL);
        assert!(matches!(ours.kernel.next_due(), Some(Due::End(_))));
    }

    #[test]
    fn a_write_that_nobody_reads_is_an_error_and_a_signal() {
        let mut ours = Ours::new();
        act(&mut ours, SIGPIPE, HANDLER, 0, 0);
        let [reader, writer] = ours.pipe(0).unwrap();
        ours.close(reader).unwrap();
        assert_eq!(ours.write(writer, b"x"), Err(Errno::EPIPE));
        let handler = due(&mut ours).unwrap();
        assert_eq!(handler.signal, SIGPIPE);
        ours.kernel.signals.returned(&handler);

        let [one, other] = ours.pair(0).unwrap();
        ours.close(other).unwrap();
        const NO_SIGNAL: u64 = 0x4000;
        let arguments = [one as u64, at(b"x"), 1, NO_SIGNAL, 0, 0];
        assert_eq!(ours.call(SENDTO, arguments), Err(Errno::EPIPE));
        assert!(due(&mut ours).is_none());

        act(&mut ours, SIGPIPE, SIG_IGN, 0, 0);
        assert_eq!(ours.write(one, b"x"), Err(Errno::EPIPE));
        assert!(due(&mut ours).is_none());
    }

    /// A signal that only `ppoll` lets through is delivered, though it is
    /// blocked again when `ppoll` has returned.
    #[test]
    fn a_mask_for_the_time_of_a_call_lets_a_signal_through() {
        let mut ours = Ours::new();
        act(&mut ours, SIGUSR1, HANDLER, 0, 0);
        block(&mut ours, 2, bit(SIGUSR1));
        raise(&mut ours, SIGUSR1);
        let none = 0_u64;
        let answer = ours.call(PPOLL, [0, 0, 0, at(&none), 8, 0]);
        assert_eq!(answer, Err(Errno::EINTR));
        let handler = due(&mut ours).unwrap();
        assert_eq!(handler.signal, SIGUSR1);
        ours.kernel.signals.returned(&handler);
        raise(&mut ours, SIGUSR1);
        assert!(due(&mut ours).is_none(), "blocked again");
    }
}

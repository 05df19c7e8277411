//! Waiting for what a template makes, while it may never come.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_PAGE_BYTES, MAX_STEP_BYTES};

/// How often it is looked whether a thread has stopped. It cannot say so itself: it
/// was stopped because it asked for memory.
const GLANCE: Duration = Duration::from_millis(50);

/// Why nothing came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    TooLong(Duration),
    /// What is rendered.
    TooMuch,
    /// What is kept meanwhile.
    TooLarge,
    Panicked,
    NoThread,
}

/// What comes next, if it comes within a time, and unless the thread that is waited
/// for went over its budget.
pub(super) fn next<T>(
    receiver: &Receiver<T>,
    patience: Duration,
    is_over: impl Fn() -> bool,
) -> Result<T, Lost> {
    let end = Instant::now() + patience;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(GLANCE)) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Disconnected) => return Err(Lost::Panicked),
            Err(RecvTimeoutError::Timeout) if is_over() => return Err(Lost::TooLarge),
            Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                return Err(Lost::TooLong(patience));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

impl Lost {
    /// The fault of whoever nothing came from; `at` makes one with a message where
    /// that is.
    pub(super) fn fault(self, who: &str, at: impl Fn(&str) -> Diagnostic) -> Diagnostic {
        match self {
            Self::TooLong(patience) => at(&format!("{who} does not come to an end"))
                .expected(format!("a template that is done within {patience:?}")),
            Self::TooMuch => at(&format!("{who} grows without end"))
                .expected(format!("at most {MAX_PAGE_BYTES} bytes")),
            Self::TooLarge => at(&format!("{who} takes more and more memory")).expected(format!(
                "a template that needs at most {MAX_STEP_BYTES} bytes"
            )),
            Self::Panicked => at(&format!("{who} made the generator panic")),
            Self::NoThread => at(&format!("{who} needs a thread, and there is none"))
                .expected("a machine on which a thread can be started"),
        }
    }
}

//! Waiting for what a template makes, while it may never come.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_PAGE_BYTES, MAX_STEP_BYTES};
use crate::theme::step::Watch;

/// How often it is looked at what threads do: one that gets nowhere cannot say so, and
/// neither can one that was stopped because it asked for memory.
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

/// What comes next from threads; or why nothing will, if one of them was stopped, or is
/// at one template for longer than is waited for.
pub(super) fn next<T>(
    receiver: &Receiver<T>,
    patience: Duration,
    watches: &[Arc<Watch>],
) -> Result<T, Lost> {
    loop {
        match receiver.recv_timeout(GLANCE) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Disconnected) => return Err(Lost::Panicked),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if watches.iter().any(|watch| watch.is_parked()) {
            return Err(Lost::TooLarge);
        }
        if watches.iter().any(|watch| watch.is_at_it_for(patience)) {
            return Err(Lost::TooLong(patience));
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

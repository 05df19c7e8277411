//! How far something is that takes long: a line on standard error, only on a
//! terminal, and only after half a second.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use site_gen::Progress as _;

use crate::limits::{PROGRESS_DELAY, PROGRESS_RATE};

/// Something that is being done, in parts. It is gone from the terminal when
/// this is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// So many parts are to be done.
    pub(crate) fn new(what: &'static str, parts: usize) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        // By the clock, as a part may take long, and nothing is told meanwhile.
        let later = bar.clone();
        let show = move || {
            thread::sleep(PROGRESS_DELAY);
            if !later.is_finished() {
                // Hidden where standard error is no terminal.
                later.set_draw_target(ProgressDrawTarget::stderr_with_hz(PROGRESS_RATE));
                later.enable_steady_tick(Duration::from_secs(1) / u32::from(PROGRESS_RATE));
            }
        };
        // Where there are no threads to be had, there is no progress to be seen.
        _ = thread::Builder::new().spawn(show);
        let progress = Self { bar };
        progress.begin(what, parts);
        progress
    }

    /// A build of a site begins.
    pub(crate) fn of_build() -> Arc<Self> {
        Arc::new(Self::new("reading", 0))
    }
}

impl site_gen::Progress for Progress {
    fn begin(&self, what: &'static str, parts: usize) {
        let template = if parts > 0 {
            "fata: {msg} {bar:30} {pos}/{len}"
        } else {
            "fata: {msg} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_position(0);
        self.bar.set_length(parts as u64);
        self.bar.set_message(what);
    }

    fn advance(&self) {
        self.bar.inc(1);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

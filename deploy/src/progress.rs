//! How far something is that takes long: a line on standard error, only on a
//! terminal, and only after half a second.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use site_gen::Progress as _;

use crate::limits::{PROGRESS_DELAY, PROGRESS_RATE};

/// Something that is being done, in parts. It is gone from the terminal when
/// this is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    done: AtomicUsize,
    shown: Mutex<bool>,
}

impl Progress {
    /// So many parts are to be done.
    pub(crate) fn new(what: &'static str, parts: usize) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let progress = Self {
            bar,
            started: Instant::now(),
            done: AtomicUsize::new(0),
            shown: Mutex::new(false),
        };
        progress.begin(what, parts);
        progress
    }

    /// A build of a site begins.
    pub(crate) fn of_build() -> Arc<Self> {
        Arc::new(Self::new("reading", 0))
    }

    fn draw(&self) {
        if self.started.elapsed() < PROGRESS_DELAY {
            return;
        }
        // Whoever finds another at it has nothing to add.
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        if !std::mem::replace(&mut *shown, true) {
            // Hidden where standard error is no terminal.
            let target = ProgressDrawTarget::stderr_with_hz(PROGRESS_RATE);
            self.bar.set_draw_target(target);
        }
        self.bar
            .set_position(self.done.load(Ordering::Relaxed) as u64);
    }
}

impl site_gen::Progress for Progress {
    fn begin(&self, what: &'static str, parts: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.bar.set_length(parts as u64);
        self.bar.set_message(what);
        let template = if parts > 0 {
            "fata: {msg} {bar:30} {pos}/{len}"
        } else {
            "fata: {msg} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.draw();
    }

    fn advance(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.draw();
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

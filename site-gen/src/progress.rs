//! How far a build is, for those who wait for it.

use std::fmt;
use std::sync::Arc;

/// Hears of the steps of a build, from whichever thread is at it.
pub trait Progress: Send + Sync {
    /// A step begins, of so many parts.
    fn begin(&self, step: &'static str, parts: usize);

    /// One more part of it is done.
    fn advance(&self);
}

/// Someone who hears of a build, or nobody.
#[derive(Clone, Default)]
pub struct Listener(Option<Arc<dyn Progress>>);

impl Listener {
    /// Someone.
    pub fn new(progress: Arc<dyn Progress>) -> Self {
        Self(Some(progress))
    }

    pub(crate) fn begin(&self, step: &'static str, parts: usize) {
        if let Some(progress) = &self.0 {
            progress.begin(step, parts);
        }
    }

    pub(crate) fn advance(&self) {
        if let Some(progress) = &self.0 {
            progress.advance();
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}

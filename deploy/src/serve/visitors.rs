//! Those who have pages open: they see them before the rest of the next site is there.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use site_gen::{Part, Viewer};
use tokio::sync::watch;

use super::shown::{Edited, Shown};

/// The paths of the pages that are open, each as often as it is.
#[derive(Clone, Default)]
pub(super) struct OpenPages(Arc<Mutex<Vec<String>>>);

impl OpenPages {
    /// One more, for as long as what this gives is kept.
    pub(super) fn add(&self, path: String) -> OpenPage {
        self.lock().push(path.clone());
        OpenPage(self.clone(), path)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page that is open until this goes.
pub(super) struct OpenPage(OpenPages, String);

impl Drop for OpenPage {
    fn drop(&mut self) {
        let mut pages = self.0.lock();
        let place = pages.iter().position(|path| *path == self.1);
        place.map(|place| pages.swap_remove(place));
    }
}

/// Who has pages open while a site is built.
pub(super) struct Visitors {
    pub(super) pages: OpenPages,
    pub(super) stage: watch::Sender<Option<Arc<Shown>>>,
    /// What was edited.
    pub(super) edited: Edited,
}

impl Viewer for Visitors {
    fn pages(&self) -> BTreeSet<String> {
        self.pages.lock().iter().cloned().collect()
    }

    fn show(&self, part: Part) {
        self.stage.send_if_modified(|stage| {
            let last = stage.as_deref();
            let next = last.and_then(|last| last.then_early(part, self.edited));
            next.map(|next| *stage = Some(Arc::new(next))).is_some()
        });
    }
}

//! Who looks at a site while it is written sees the page before them first: it is made
//! before the others, and shown while these are made.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io;
use std::sync::Arc;

use site_pack::plan::Digest;

use crate::body::Body;

/// Looks at pages of a site that is built again.
pub trait Viewer: Send + Sync {
    /// The paths of these pages, as [`File::path`](crate::File::path) has them.
    fn pages(&self) -> BTreeSet<String>;

    /// They were made. The site may still turn out to have faults.
    fn show(&self, part: Part);
}

/// What there is of a site that is not whole yet: the pages that are looked at, and the
/// files that were there before any page.
#[derive(Debug)]
pub struct Part {
    /// The pages: their paths, and the hashes of what is in them.
    pub pages: Vec<(Arc<str>, Digest)>,
    pub(crate) files: HashMap<Arc<str>, Body>,
}

impl Part {
    /// Whether a file of this path is in it.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The paths of all files in it.
    pub fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.keys()
    }

    /// The hash of what is in the file of this path.
    pub fn digest(&self, path: &str) -> Option<Digest> {
        self.files.get(path).map(Body::digest)
    }

    /// What is in the file of this path.
    ///
    /// # Errors
    ///
    /// When a file of the site is not what it was.
    pub fn read(&self, path: &str) -> Option<io::Result<Vec<u8>>> {
        let body = self.files.get(path)?.read();
        Some(body.map(Arc::unwrap_or_clone))
    }
}

/// Someone who looks, or nobody.
#[derive(Clone, Default)]
pub struct Viewers(Option<Arc<dyn Viewer>>);

impl Viewers {
    /// Someone.
    pub fn new(viewer: Arc<dyn Viewer>) -> Self {
        Self(Some(viewer))
    }

    pub(crate) fn pages(&self) -> BTreeSet<String> {
        let viewer = self.0.as_ref();
        viewer.map(|viewer| viewer.pages()).unwrap_or_default()
    }

    pub(crate) fn show(&self, part: Part) {
        if let Some(viewer) = &self.0 {
            viewer.show(part);
        }
    }
}

impl fmt::Debug for Viewers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewers").finish_non_exhaustive()
    }
}

//! The search index of a site that was built without one, as in the edit loop: it
//! is made when somebody asks for one of its files.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, OnceLock};

use super::{IndexFormat, Pages, Sources, pagefind};
use crate::cache::Cache;
use crate::child::Worker;
use crate::diagnostic::Diagnostic;
use crate::output::{Built, Made};
use crate::progress::Listener;

/// What the names of its files begin with, but for those of Pagefind.
const PREFIX: &str = "/search_index.";

/// Files by their paths; or why there are none.
type Files = Result<HashMap<Arc<str>, Arc<Vec<u8>>>, String>;

/// The index of a site, which may not be made yet.
#[derive(Debug)]
pub(crate) struct OnDemand {
    sources: Sources,
    cache: Arc<Cache>,
    who: Worker,
    files: OnceLock<Files>,
}

impl OnDemand {
    pub(crate) fn new(sources: Sources, cache: &Arc<Cache>, who: &Worker) -> Self {
        Self {
            sources,
            cache: Arc::clone(cache),
            who: who.clone(),
            files: OnceLock::new(),
        }
    }

    /// Whether a path may be that of one of its files.
    fn may_have(&self, path: &str) -> bool {
        let prefix = match self.sources.format {
            IndexFormat::Pagefind => pagefind::DIRECTORY,
            _ => PREFIX,
        };
        let place = self.sources.base.place(path).unwrap_or_default();
        !self.sources.languages.is_empty()
            && place.starts_with(prefix)
            && place.len() > prefix.len()
    }

    /// A file of the index, which is made when the first is asked for; or why it
    /// cannot be made.
    pub(crate) fn file(&self, path: &str, built: &Built) -> Option<Result<Arc<Vec<u8>>, String>> {
        if !self.may_have(path) {
            return None;
        }
        let files = self.files.get_or_init(|| {
            let files = self.make(built).map_err(|fault| fault.to_string())?;
            let read = |file: Made| Ok((file.path, file.body.read()?));
            let files: io::Result<_> = files.into_iter().map(read).collect();
            files.map_err(|error| error.to_string())
        });
        match files {
            Ok(files) => files.get(path).cloned().map(Ok),
            Err(fault) => Some(Err(fault.clone())),
        }
    }

    fn make(&self, built: &Built) -> Result<Vec<Made>, Diagnostic> {
        let Some(pages) = self.sources.pages() else {
            return self.sources.files(&self.cache);
        };
        let digest = |path: &Arc<str>| Some((Arc::clone(path), built.file(path)?.digest));
        let pages = Pages {
            list: pages.filter_map(digest).collect(),
            read: &|digest| built.read_payload(digest),
        };
        let nobody = Listener::default();
        let told = (&*self.cache, &nobody);
        self.sources.of_pages(&pages, &self.who, told)
    }
}

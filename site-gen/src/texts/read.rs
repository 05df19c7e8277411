//! Documents, each from its file: read again if that may be another one, parsed again
//! if it is, or if it inherits something else.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::Parsed;
use super::sorted::Sorted;
use crate::Keep;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::cascade::{Cascades, Inherited};
use crate::document::history::History;
use crate::source::{Found, Source};

/// So many pages are read by one thread, one after the other.
const PAGES_AT_ONCE: usize = 128;

/// A file by its place among all, its id, and what it is told by.
type File<'a> = (usize, &'a (String, Found));

/// What was read of the file in a place among all: that, and the document in it.
type Done = (usize, Result<(Box<Parsed>, Arc<Document>), Vec<Diagnostic>>);

/// What documents are read with.
pub(super) struct Read<'a> {
    pub(super) site: &'a Path,
    pub(super) config: &'a Config,
    pub(super) history: &'a History,
    pub(super) keep: Keep,
}

impl Read<'_> {
    /// Reads sections, and says what they cascade.
    pub(super) fn sections(
        &self,
        files: Vec<File<'_>>,
        mut known: Sorted<Box<Parsed>>,
    ) -> (Vec<Done>, Cascades) {
        let files = files.into_iter();
        let files: Vec<_> = files.map(|file| (file, known.take(&file.1.0))).collect();
        let mut parsed: Vec<_> = files
            .into_par_iter()
            .map(|((at, (id, found)), known)| {
                let inherited = known.as_ref().and_then(|known| known.inherited.clone());
                (at, id, self.parse(id, found, known, inherited))
            })
            .collect();
        let good = parsed
            .iter()
            .filter_map(|(.., parsed)| parsed.as_ref().ok());
        let cascades = Cascades::of(good.map(|parsed| &*parsed.document));
        for (_, id, parsed) in &mut parsed {
            self.inherit(parsed, cascades.of_file(id, self.config));
        }
        let parsed = parsed.into_iter();
        let done = parsed.map(|(at, _, parsed)| (at, self.finish(parsed)));
        (done.collect(), cascades)
    }

    /// Reads pages. Each thread goes through some of them, and what is known of these.
    pub(super) fn pages(
        &self,
        files: &[File<'_>],
        known: Sorted<Box<Parsed>>,
        cascades: &Cascades,
    ) -> Vec<Done> {
        let parts = files.chunks(PAGES_AT_ONCE);
        let known = known.divide(parts.clone().map(|part| part[0].1.0.as_str()));
        let parts: Vec<_> = parts.zip(known).collect();
        let read_part = |(part, mut known): (&[File<'_>], Sorted<_>)| {
            let read = |(at, (id, found)): &File<'_>| {
                let inherited = cascades.of_file(id, self.config);
                let parsed = self.parse(id, found, known.take(id), inherited);
                (*at, self.finish(parsed))
            };
            part.iter().map(read).collect::<Vec<_>>()
        };
        parts.into_par_iter().flat_map_iter(read_part).collect()
    }

    fn parse(
        &self,
        id: &str,
        found: &Found,
        known: Option<Box<Parsed>>,
        inherited: Option<Arc<Inherited>>,
    ) -> Result<Box<Parsed>, Vec<Diagnostic>> {
        let known =
            known.filter(|known| known.inherited == inherited && known.found.file == found.file);
        let document = match known {
            Some(known) if known.found.is_surely(found) => return Ok(known),
            _ => {
                let source = Source::read(self.site, &found.file).map_err(|fault| vec![fault])?;
                match known {
                    // Saved, and nothing changed.
                    Some(known) if known.document.source.text == source.text => known.document,
                    _ => {
                        let inherited = inherited.as_deref();
                        Arc::new(Document::parse(source, id, self.config, inherited)?)
                    }
                }
            }
        };
        Ok(Box::new(Parsed {
            found: found.clone(),
            inherited,
            document,
        }))
    }

    /// What was read, and the document, with what its commits say. Where nothing is kept,
    /// its text is in memory only while it is rendered.
    fn finish(
        &self,
        parsed: Result<Box<Parsed>, Vec<Diagnostic>>,
    ) -> Result<(Box<Parsed>, Arc<Document>), Vec<Diagnostic>> {
        let mut parsed = parsed?;
        self.history.note(&mut parsed.document);
        if let (Keep::Nothing, Some(document)) = (self.keep, Arc::get_mut(&mut parsed.document)) {
            document.forget_text();
        }
        let document = Arc::clone(&parsed.document);
        Ok((parsed, document))
    }

    /// A document that has faults, for those in its text.
    pub(super) fn despite(&self, id: &str, file: &Path) -> Option<Arc<Document>> {
        let source = Source::read_lossily(self.site, file)?;
        Some(Arc::new(Document::despite_faults(source, id, self.config)))
    }

    /// Parses a section again if it inherits something else.
    fn inherit(
        &self,
        parsed: &mut Result<Box<Parsed>, Vec<Diagnostic>>,
        inherited: Option<Arc<Inherited>>,
    ) {
        let Ok(section) = parsed else { return };
        if section.inherited == inherited {
            return;
        }
        let (source, id) = (section.document.source.clone(), &section.document.id);
        match Document::parse(source, id, self.config, inherited.as_deref()) {
            Ok(document) => {
                section.document = Arc::new(document);
                section.inherited = inherited;
            }
            Err(faults) => *parsed = Err(faults),
        }
    }
}

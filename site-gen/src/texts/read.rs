//! Documents, each from its file: read again if that may be another one, parsed again
//! if it is, or if it inherits something else.

use std::path::Path;
use std::sync::Arc;

use super::Parsed;
use crate::Keep;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::cascade::Inherited;
use crate::source::{Found, Source};

/// What documents are read with.
pub(super) struct Read<'a> {
    pub(super) site: &'a Path,
    pub(super) config: &'a Config,
    pub(super) keep: Keep,
}

impl Read<'_> {
    pub(super) fn parse(
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

    /// Where nothing is kept, a text is in memory only while it is rendered.
    pub(super) fn forget(&self, parsed: &mut Parsed) {
        if let (Keep::Nothing, Some(document)) = (self.keep, Arc::get_mut(&mut parsed.document)) {
            document.forget_text();
        }
    }

    /// A document that has faults, for those in its text.
    pub(super) fn despite(&self, id: &str, file: &Path) -> Option<Arc<Document>> {
        let source = Source::read_lossily(self.site, file)?;
        Some(Arc::new(Document::despite_faults(source, id, self.config)))
    }

    /// Parses a section again if it inherits something else.
    pub(super) fn inherit(
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

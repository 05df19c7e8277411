//! Who changed a document, and when: from the commits of the repository that
//! the site is in, asked of the program `git`.
//!
//! [`History`] knows the last [`Change`] of each file under `content/` and
//! everyone who committed to it. It follows from the commit that is checked
//! out, and nothing else: what was edited since is not in it, so the same
//! commit gives the same site. Each build asks git which commit that is; the
//! log is read when it is another one.
//!
//! A repository is not trusted: what git writes is limited in time and size,
//! and git is told to run no program that the repository names. A shallow clone
//! is refused, since what was cut off would be taken for the last change.

mod git;
mod log;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

pub(crate) use log::Log;

use crate::cache::Cache;
use crate::config::Config;
use crate::date::Date;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use git::Head;

/// The history of every file under `content/`.
#[derive(Debug, Default)]
pub(crate) struct History {
    head: Head,
    files: HashMap<String, Arc<Change>>,
}

/// What a file's commits say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// When the last of them was written.
    pub(crate) date: Date,
    /// Who wrote them, each once: who came first, first.
    pub(crate) contributors: Vec<String>,
}

/// Why there is no history.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trouble {
    message: String,
    expected: &'static str,
    suggestion: Option<String>,
}

impl History {
    /// The history of the site in a directory, if its configuration asks for
    /// one: there its faults are shown.
    pub(crate) fn read(
        site: &Path,
        config: &Config,
        cache: &Cache,
    ) -> Result<Arc<Self>, Vec<Diagnostic>> {
        let Some(asked) = &config.history_from_git else {
            return Ok(Arc::default());
        };
        let known = cache.history();
        Self::of(&site.join("content"), known.as_ref())
            .inspect(|history| cache.set_history(Arc::clone(history)))
            .map_err(|trouble| {
                let fault = config.source.at(asked.clone(), trouble.message);
                vec![
                    fault
                        .expected(trouble.expected)
                        .suggestion(trouble.suggestion),
                ]
            })
    }

    fn of(content: &Path, known: Option<&Arc<Self>>) -> Result<Arc<Self>, Trouble> {
        let head = Head::of(content)?;
        match known {
            Some(known) if known.head == head => Ok(Arc::clone(known)),
            _ => {
                let files = git::log(content, &head)?;
                Ok(Arc::new(Self { head, files }))
            }
        }
    }

    /// Tells a document what its commits say. One that was told the same before
    /// stays the very same.
    pub(crate) fn note(&self, document: &mut Arc<Document>) {
        let change = self.files.get(&document.id);
        if document.history.as_ref() != change {
            Arc::make_mut(document).history = change.cloned();
        }
    }
}

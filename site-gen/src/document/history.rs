//! Who changed a document, and when: from the commits of the repository that
//! the site is in, read with gix.
//!
//! [`History`] knows the last [`Change`] of each text under `content/` and
//! everyone who committed to it. It follows from the commit that is checked
//! out, and nothing else: what was edited since is not in it, so the same
//! commit gives the same site. Each build asks which commit that is; the history
//! is read when it is another one.
//!
//! Reading goes from commit to commit (`walk`), asks for each which files it
//! changed (`difference`), and notes that (`changes`).
//!
//! A repository is not trusted: what it says is limited in time and size, and
//! nothing that it names is run. A shallow clone is refused, since what was cut off
//! would be taken for the last change.

mod changes;
mod difference;
mod repository;
mod walk;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use gix::bstr::BStr;
use gix::mailmap::Snapshot;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::cache::Cache;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::date::Date;
use changes::Changes;
use repository::{Head, Repository};
use walk::Commit;

/// The history of every file under `content/`.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// None if no history was asked for.
    head: Option<Head>,
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
    suggestion: Option<&'static str>,
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
                        .suggestion(trouble.suggestion.map(str::to_owned)),
                ]
            })
    }

    fn of(content: &Path, known: Option<&Arc<Self>>) -> Result<Arc<Self>, Trouble> {
        let content = content
            .canonicalize()
            .map_err(|error| Trouble::of_site(&format!("content/ cannot be found: {error}")))?;
        let repository = Repository::around(&content)?;
        let head = repository.head(&content)?;
        match known {
            Some(known) if known.head.as_ref() == Some(&head) => Ok(Arc::clone(known)),
            _ => {
                let files = files(&repository, &head)?;
                let head = Some(head);
                Ok(Arc::new(Self { head, files }))
            }
        }
    }

    /// Tells a document what its commits say. One that was told the same before
    /// stays the very same.
    pub(crate) fn note(&self, document: &mut Arc<Document>) {
        let change = self.files.get(document.name_in_content());
        if document.history.as_ref() != change {
            Arc::make_mut(document).history = change.cloned();
        }
    }
}

impl Trouble {
    fn of_site(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            expected: "a site in a git repository with commits",
            suggestion: None,
        }
    }
}

/// The last change of each text, by its name below `content/`.
fn files(repository: &Repository, head: &Head) -> Result<HashMap<String, Arc<Change>>, Trouble> {
    let names = Snapshot::from_bytes(&head.mailmap);
    let mut changes = Changes::default();
    for commit in walk::latest_first(repository, head)? {
        note_commit(repository, &commit, &names, &mut changes)?;
    }
    let files = changes.finish();
    if files.is_empty() {
        return Err(Trouble {
            message: "no commit has touched a file in content/".to_owned(),
            expected: "content/ to be under version control",
            suggestion: None,
        });
    }
    Ok(files)
}

fn note_commit(
    repository: &Repository,
    commit: &Commit,
    names: &Snapshot,
    changes: &mut Changes,
) -> Result<(), Trouble> {
    let Some(content) = commit.content else {
        return Ok(());
    };
    let object = repository.object(commit.id)?;
    let read = object.commit()?;
    // A commit that was written by nobody, or at no possible time, has no say.
    let Ok(author) = read.author() else {
        return Ok(());
    };
    let Some(date) = author.time().ok().and_then(date) else {
        return Ok(());
    };
    let name = text(&names.resolve_cow(author.trim()).name, read.encoding);
    // Twice, as each name has a number and each number a name.
    repository.count(2 * name.len())?;
    let written = changes.by(&name, date);
    let before: Vec<_> = commit.before.iter().flatten().copied().collect();
    difference::changed(repository, content, &before, &mut |path| {
        if path.ends_with(b".md")
            && let Ok(path) = std::str::from_utf8(path)
        {
            repository.count(path.len() + CHANGE_BYTES)?;
            changes.add(path, &written);
        }
        Ok(())
    })
}

/// The bytes that a change of a file takes, besides its name.
const CHANGE_BYTES: usize = 96;

fn date(time: gix::date::Time) -> Option<Date> {
    let moment = Timestamp::from_second(time.seconds).ok()?;
    Date::at(moment, Offset::from_seconds(time.offset).ok()?)
}

/// The letters of a commit: UTF-8, unless it says that they are Latin-1, whose
/// bytes are the first code points of Unicode.
fn text(bytes: &[u8], encoding: Option<&BStr>) -> String {
    match encoding {
        Some(name) if LATIN_1.iter().any(|latin| name.eq_ignore_ascii_case(latin)) => {
            bytes.iter().copied().map(char::from).collect()
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

const LATIN_1: [&[u8]; 3] = [b"ISO-8859-1", b"ISO8859-1", b"latin1"];

//! The repository that a site is in: which commit is checked out, and its
//! commits and trees, within limits. See gitrepository-layout(5).

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::Instant;

use gix::objs::{CommitRef, TreeRefIter};
use gix::{ObjectId, ThreadSafeRepository, open, sec};

use super::Trouble;
use crate::limits::{
    MAX_HISTORY_BYTES, MAX_HISTORY_OBJECT_BYTES, MAX_HISTORY_TIME, MAX_TEXT_BYTES,
};
use crate::source::read_plain;

/// What a history is the history of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) commit: ObjectId,
    /// The directories, from the root of the work tree, down to `content/`.
    pub(super) path: Vec<Vec<u8>>,
    /// The names that people want to be called by (gitmailmap(5)): read from
    /// the work tree.
    pub(super) mailmap: Vec<u8>,
}

/// A repository, for as long as a history may take to be read.
pub(super) struct Repository {
    opened: gix::Repository,
    end: Instant,
    /// What was made of it so far, in bytes.
    kept: Cell<usize>,
}

/// A commit or a tree.
pub(super) struct Object<'a>(gix::Object<'a>);

/// The bytes of trees that gix keeps: the tree of a commit is soon asked for
/// again, as that of a parent.
const CACHE_BYTES: usize = 32 << 20;

impl Repository {
    /// The repository that a directory is in. Whom it belongs to does not
    /// matter: nothing that it names is run, and no configuration but its own is
    /// read.
    pub(super) fn around(directory: &Path) -> Result<Self, Trouble> {
        let limit = format!("gitoxide.objects.allocLimit={MAX_HISTORY_OBJECT_BYTES}");
        let options = open::Options::isolated()
            .config_overrides([limit.as_str(), "gitoxide.objects.noReplace=true"]);
        let options = sec::trust::Mapping {
            full: options.clone(),
            reduced: options,
        };
        let opened = ThreadSafeRepository::discover_opts(directory, Default::default(), options)
            .map_err(|error| {
                if error.is_not_found() {
                    Trouble::of_site("the site is not in a git repository")
                } else {
                    unreadable(&error)
                }
            })?;
        let mut opened = opened.to_thread_local();
        opened.object_cache_size(CACHE_BYTES);
        Ok(Self {
            opened,
            end: Instant::now() + MAX_HISTORY_TIME,
            kept: Cell::new(0),
        })
    }

    /// The commit that is checked out, for what is in `content`.
    pub(super) fn head(&self, content: &Path) -> Result<Head, Trouble> {
        if self
            .opened
            .is_shallow()
            .map_err(|error| unreadable(&error))?
        {
            return Err(Trouble {
                message: "the clone is shallow: the commits that are missing may be the last \
                          ones of a page"
                    .to_owned(),
                expected: "a clone with its whole history",
                suggestion: Some("`git fetch --unshallow` gets it"),
            });
        }
        self.refuse_reftable()?;
        let root = self
            .opened
            .workdir()
            .and_then(|root| root.canonicalize().ok());
        let path = root
            .as_ref()
            .and_then(|root| content.strip_prefix(root).ok());
        let (Some(root), Some(path)) = (&root, path) else {
            return Err(Trouble::of_site("the site is not in a git work tree"));
        };
        let head = self.opened.head().map_err(|error| unreadable(&error))?;
        let commit = head
            .try_into_peeled_id()
            .map_err(|error| unreadable(&error))?;
        let none = || Trouble::of_site("the repository has no commit yet");
        Ok(Head {
            commit: commit.ok_or_else(none)?.detach(),
            path: path
                .iter()
                .map(|name| name.as_encoded_bytes().to_owned())
                .collect(),
            mailmap: mailmap(&root.join(".mailmap"))?,
        })
    }

    /// What `HEAD` is cannot be read from there yet.
    fn refuse_reftable(&self) -> Result<(), Trouble> {
        let configuration = self.opened.config_snapshot();
        match configuration.string("extensions.refStorage") {
            Some(format) if !format.eq_ignore_ascii_case(b"files") => Err(Trouble {
                message: format!("the references of the repository are in the format `{format}`"),
                expected: "references in files",
                suggestion: Some("`git refs migrate --ref-format=files` writes them there"),
            }),
            _ => Ok(()),
        }
    }

    /// A commit or a tree, by its name.
    pub(super) fn object(&self, id: ObjectId) -> Result<Object<'_>, Trouble> {
        if Instant::now() > self.end {
            return Err(too_much(&format!("takes more than {MAX_HISTORY_TIME:?}")));
        }
        let found = self.opened.find_object(id);
        found.map(Object).map_err(|error| unreadable(&error))
    }

    /// Counts bytes that are kept of the history until it is read.
    pub(super) fn count(&self, bytes: usize) -> Result<(), Trouble> {
        let kept = self.kept.get() + bytes;
        self.kept.set(kept);
        if kept > MAX_HISTORY_BYTES {
            return Err(too_much(&format!(
                "needs more than {MAX_HISTORY_BYTES} bytes"
            )));
        }
        Ok(())
    }
}

impl Object<'_> {
    /// What it says as a commit.
    pub(super) fn commit(&self) -> Result<CommitRef<'_>, Trouble> {
        let whole = self.0.kind.is_commit();
        let read = CommitRef::from_bytes(&self.0.data, self.0.id.kind());
        read.ok()
            .filter(|_| whole)
            .ok_or_else(|| self.broken("commit"))
    }

    /// Its entries as a tree.
    pub(super) fn tree(&self) -> Result<TreeRefIter<'_>, Trouble> {
        if !self.0.kind.is_tree() {
            return Err(self.broken("tree"));
        }
        Ok(TreeRefIter::from_bytes(&self.0.data, self.0.id.kind()))
    }

    /// The trouble if it is none.
    pub(super) fn broken(&self, expected: &str) -> Trouble {
        Trouble::of_site(&format!(
            "object {} of the repository is no {expected}",
            self.0.id
        ))
    }
}

/// What a file says, if there is one. As for git, it may be no link.
fn mailmap(file: &Path) -> Result<Vec<u8>, Trouble> {
    match fs::symlink_metadata(file) {
        Ok(about) if about.is_file() => read_plain(file, MAX_TEXT_BYTES)
            .map_err(|error| Trouble::of_site(&format!(".mailmap cannot be read: {error}"))),
        _ => Ok(Vec::new()),
    }
}

fn too_much(what: &str) -> Trouble {
    Trouble {
        message: format!("the history is too large: to read it {what}"),
        expected: "a history within the limits",
        suggestion: None,
    }
}

/// What gix says when it fails: what happened last is told first.
fn unreadable(error: &gix::Error) -> Trouble {
    Trouble::of_site(&format!("the history cannot be read: {error}"))
}

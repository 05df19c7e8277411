//! The index of Pagefind (<https://pagefind.app>), made by its own library of the
//! pages as they are served, with all that themes say in attributes such as
//! `data-pagefind-body`. Which language a page is in is told by its `<html lang>`.
//!
//! 1. [`readers`]: the scripts and styles that read an index, the same for every
//!    site. They are static files, which templates link to.
//! 2. [`make`]: an index of some pages, by [`Index`], here or in a process of its own
//!    (`pagefind/child.rs`): the library has no limits.
//!
//! The same pages in the same order make the same files: it numbers pages as they
//! come, sorts what it has in tables, and writes no time.

mod child;

use std::io;
use std::sync::{Arc, OnceLock};

use ::pagefind::api::{PagefindIndex, SyntheticFile};
use site_pack::plan::Digest;
use tokio::runtime::{Builder, Runtime};

use crate::child::Worker;
use crate::diagnostic::Reason;
use crate::limits::MAX_PAGEFIND_STACK_BYTES;
use crate::progress::Listener;
use crate::url;

pub use child::answer;

/// Where its files are served.
pub(super) const DIRECTORY: &str = "/pagefind/";

/// The file that leads to all others: it is no reader.
const ENTRY: &str = "pagefind-entry.json";

/// How the name of the first file of a language ends.
const ROOT: &str = ".pf_meta";

/// Files of an index by their names, in order.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// The pages of a site as they are served, and how to read one.
pub(crate) struct Pages<'a> {
    /// By path, each with the hash of what is in it.
    pub(crate) list: Vec<(Arc<str>, Digest)>,
    pub(crate) read: &'a dyn Fn(&Digest) -> io::Result<Vec<u8>>,
}

/// What the library says is wrong.
fn of_library(message: &str) -> Reason {
    let message = format!("Pagefind cannot index this site: {message}");
    Reason::new(message, "`index_format = \"fata\"`, until it can")
}

/// What reads an index: paths, and what is served there.
pub(super) fn readers() -> &'static [(String, Arc<Vec<u8>>)] {
    static READERS: OnceLock<Vec<(String, Arc<Vec<u8>>)>> = OnceLock::new();
    READERS.get_or_init(|| {
        let files = Index::new().and_then(Index::files).unwrap_or_default();
        let readers = files.into_iter().filter(|(name, _)| name != ENTRY);
        readers
            .map(|(name, bytes)| (format!("{DIRECTORY}{name}"), Arc::new(bytes)))
            .collect()
    })
}

/// All files of an index of some pages, but for those that every index has.
pub(super) fn make(who: &Worker, pages: &Pages<'_>, progress: &Listener) -> Result<Files, Reason> {
    let mut files = match who {
        Worker::Program(program) => child::ask(program, pages, progress)?,
        Worker::Thread => here(pages, progress)?,
    };
    let is_reader = |name: &str| {
        let mut readers = readers().iter();
        readers.any(|(path, _)| path.strip_prefix(DIRECTORY) == Some(name))
    };
    files.retain(|(name, _)| !is_reader(name));
    let is_empty = files.iter().all(|(name, _)| !name.ends_with(ROOT));
    if is_empty && !pages.list.is_empty() {
        return Err(Reason::new(
            "Pagefind finds no words in the pages",
            "templates with `<html>` and its end, and text in `<body>` or `data-pagefind-body`",
        ));
    }
    match files.iter().find(|(name, _)| !url::is_inside(name)) {
        // The language of a page is part of names.
        Some((name, _)) => Err(Reason::new(
            format!("Pagefind would write a file `{name}`"),
            "a language such as `en` in `<html lang=\"…\">`",
        )),
        None => Ok(files),
    }
}

fn here(pages: &Pages<'_>, progress: &Listener) -> Result<Files, Reason> {
    let mut index = Index::new()?;
    for (path, digest) in &pages.list {
        index.add(path, read(pages, digest)?)?;
        progress.advance();
    }
    index.files()
}

/// A page as text: what is no UTF-8 is no text.
fn read(pages: &Pages<'_>, digest: &Digest) -> Result<String, Reason> {
    let page = (pages.read)(digest).map_err(|error| {
        let message = format!("cannot read a page again: {error}");
        Reason::new(message, "room for the site where temporary files are")
    })?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// An index that is being made.
struct Index {
    runtime: Runtime,
    index: PagefindIndex,
}

impl Index {
    fn new() -> Result<Self, Reason> {
        let runtime = Builder::new_current_thread()
            .thread_stack_size(MAX_PAGEFIND_STACK_BYTES)
            .build();
        let runtime = runtime.map_err(|error| of_library(&error.to_string()))?;
        let index = PagefindIndex::new(None);
        let index = index.map_err(|error| of_library(&error.to_string()))?;
        Ok(Self { runtime, index })
    }

    fn add(&mut self, path: &str, page: String) -> Result<(), Reason> {
        let added = self.index.add_html_file(None, Some(path.to_owned()), page);
        match self.runtime.block_on(added) {
            Ok(_) => Ok(()),
            Err(error) => Err(of_library(&format!("{path}: {error}"))),
        }
    }

    /// All its files.
    fn files(mut self) -> Result<Files, Reason> {
        let files = self.runtime.block_on(self.index.get_files());
        let files = files.map_err(|error| of_library(&error.to_string()))?;
        let named = |file: SyntheticFile| {
            let name = file.filename.to_string_lossy().into_owned();
            (name, file.contents)
        };
        let mut files: Files = files.into_iter().map(named).collect();
        // Languages come in no order.
        files.sort();
        files.dedup();
        Ok(files)
    }
}

//! The site's files as the compiler of Sass sees them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::{fs, io};

use site_pack::plan::{Digest, digest};

use super::depth::{self, Marked};
use crate::diagnostic::Diagnostic;
use crate::site_layout::THEMES;
use crate::source::{self, Source};

/// What the compiler asked, and was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    IsFile(PathBuf, bool),
    IsDirectory(PathBuf, bool),
    Read(PathBuf, Digest),
}

/// The site's files as the compiler sees them: nothing else, and every look at
/// them is remembered.
#[derive(Debug)]
pub(super) struct Files {
    site: Root,
    /// Where its themes are, if that is elsewhere.
    themes: Option<Root>,
    pub(super) noted: RefCell<Noted>,
}

/// A directory that paths begin in.
#[derive(Debug)]
struct Root {
    directory: PathBuf,
    /// The same, without links.
    real: PathBuf,
}

impl Root {
    fn new(directory: &Path) -> Result<Self, Vec<Diagnostic>> {
        let real = fs::canonicalize(directory).map_err(|error| {
            let message = format!("cannot read the site: {error}");
            vec![Diagnostic::new("", message)]
        })?;
        Ok(Self {
            directory: directory.to_owned(),
            real,
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) asked: Vec<Question>,
    pub(super) faults: Vec<Diagnostic>,
    /// What was read.
    pub(super) marked: Vec<Marked>,
}

impl Files {
    pub(super) fn new(site: &Path, themes: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self {
            site: Root::new(site)?,
            themes: themes.map(Root::new).transpose()?,
            noted: RefCell::default(),
        })
    }

    /// The site's, and that in which its themes are.
    pub(super) fn directories(&self) -> [&Path; 2] {
        let themes = self.themes.as_ref().unwrap_or(&self.site);
        [&self.site.directory, &themes.directory]
    }

    /// Where a file is from, by its name.
    fn root(&self, path: &Path) -> &Root {
        let themes = self.themes.as_ref();
        let themes = themes.filter(|_| path.starts_with(THEMES));
        themes.unwrap_or(&self.site)
    }

    fn source(&self, path: &Path) -> Result<Source, Diagnostic> {
        Source::read(&self.root(path).directory, path)
    }

    /// Whether the answer is still what it was.
    pub(super) fn says_again(&self, question: &Question) -> bool {
        match question {
            Question::IsFile(path, was) => self.inside(path, Path::is_file) == *was,
            Question::IsDirectory(path, was) => self.inside(path, Path::is_dir) == *was,
            Question::Read(path, was) => self
                .source(path)
                .is_ok_and(|source| digest(source.text.as_bytes()) == *was),
        }
    }

    fn inside(&self, path: &Path, is: impl FnOnce(&Path) -> bool) -> bool {
        let root = self.root(path);
        let real = fs::canonicalize(root.directory.join(path));
        real.is_ok_and(|real| {
            real.starts_with(&root.real) && !source::is_hidden(&root.real, &real) && is(&real)
        })
    }

    fn note(&self, question: Question) {
        self.noted.borrow_mut().asked.push(question);
    }
}

impl grass::Fs for Files {
    fn is_dir(&self, path: &Path) -> bool {
        let answer = self.inside(path, Path::is_dir);
        self.note(Question::IsDirectory(path.to_owned(), answer));
        answer
    }

    fn is_file(&self, path: &Path) -> bool {
        let answer = self.inside(path, Path::is_file);
        self.note(Question::IsFile(path.to_owned(), answer));
        answer
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let read = self.source(path);
        match read.and_then(|source| depth::check_nesting(&source).map(|()| source)) {
            Ok(source) => {
                self.note(Question::Read(
                    path.to_owned(),
                    digest(source.text.as_bytes()),
                ));
                let marked = Marked::new(source);
                let bytes = marked.text.clone().into_bytes();
                self.noted.borrow_mut().marked.push(marked);
                Ok(bytes)
            }
            Err(fault) => {
                self.noted.borrow_mut().faults.push(fault);
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }
}

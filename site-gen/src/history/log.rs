//! Reads what `git log -z --name-only` writes, as it comes.
//!
//! Everything ends with a zero byte: the mark, the date and the author of a
//! commit, and then the files that it changed. The first of them has a line
//! feed before it, or, after a merge, an empty field.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use super::Change;
use super::git::MARK;
use crate::date::Date;

/// The log so far.
pub(crate) struct Log {
    /// What the names of files begin with.
    prefix: Vec<u8>,
    /// A field whose end has not come yet.
    begun: Vec<u8>,
    expected: Expected,
    commit: Option<Commit>,
    files: HashMap<String, File>,
    authors: Vec<String>,
    author_numbers: HashMap<String, usize>,
}

/// What the next field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Date,
    Author,
    /// Or the mark of the next commit.
    File,
}

#[derive(Debug)]
struct Commit {
    date: Date,
    author: usize,
}

#[derive(Debug)]
struct File {
    date: Date,
    /// The latest first.
    authors: Vec<usize>,
}

impl Log {
    pub(crate) fn new(prefix: &[u8]) -> Self {
        Self {
            prefix: prefix.to_owned(),
            begun: Vec::new(),
            expected: Expected::File,
            commit: None,
            files: HashMap::new(),
            authors: Vec::new(),
            author_numbers: HashMap::new(),
        }
    }

    /// Takes the next bytes.
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        let mut fields = bytes.split(|&byte| byte == 0);
        let mut field = fields.next().unwrap_or_default();
        for next in fields {
            if self.begun.is_empty() {
                self.field(field);
            } else {
                self.begun.extend_from_slice(field);
                let whole = mem::take(&mut self.begun);
                self.field(&whole);
            }
            field = next;
        }
        self.begun.extend_from_slice(field);
    }

    /// The last change of each file.
    pub(crate) fn finish(self) -> HashMap<String, Arc<Change>> {
        let names = &self.authors;
        let change = |file: File| {
            let mut seen = HashSet::new();
            let mut contributors: Vec<String> = file
                .authors
                .iter()
                .rev()
                .filter(|author| seen.insert(**author))
                .map(|&author| names[author].clone())
                .collect();
            contributors.shrink_to_fit();
            Arc::new(Change {
                date: file.date,
                contributors,
            })
        };
        self.files
            .into_iter()
            .map(|(name, file)| (name, change(file)))
            .collect()
    }

    fn field(&mut self, field: &[u8]) {
        match self.expected {
            Expected::Date => {
                let date = std::str::from_utf8(field).ok();
                // A commit that was written at no possible time has no say.
                self.commit = date
                    .and_then(|date| date.parse().ok())
                    .map(|date| Commit { date, author: 0 });
                self.expected = Expected::Author;
            }
            Expected::Author => {
                let author = self.author(&String::from_utf8_lossy(field));
                if let Some(commit) = &mut self.commit {
                    commit.author = author;
                }
                self.expected = Expected::File;
            }
            Expected::File if field == MARK.as_bytes() => self.expected = Expected::Date,
            Expected::File => {
                let name = field.strip_prefix(b"\n").unwrap_or(field);
                let name = name.strip_prefix(self.prefix.as_slice());
                if let (Some(name), Some(commit)) = (name, &self.commit)
                    && name.ends_with(b".md")
                    && let Ok(name) = std::str::from_utf8(name)
                {
                    add(&mut self.files, name, commit);
                }
            }
        }
    }

    fn author(&mut self, name: &str) -> usize {
        if let Some(number) = self.author_numbers.get(name) {
            return *number;
        }
        let number = self.authors.len();
        self.authors.push(name.to_owned());
        self.author_numbers.insert(name.to_owned(), number);
        number
    }
}

/// Commits come with the latest first, so the first that names a file has its
/// date.
fn add(files: &mut HashMap<String, File>, name: &str, commit: &Commit) {
    match files.get_mut(name) {
        Some(file) => {
            // Mostly one person after another: this keeps the list short.
            if file.authors.last() != Some(&commit.author) {
                file.authors.push(commit.author);
            }
        }
        None => {
            let file = File {
                date: commit.date.clone(),
                authors: vec![commit.author],
            };
            files.insert(name.to_owned(), file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &[u8] = b"//\x002024-03-02T10:00:00+01:00\0Ada\0\nsite/content/a.md\0\
        //\x002024-03-01T10:00:00Z\0Bob\0\0site/content/a.md\0site/content/x/b.md\0\
        //\x002024-02-01T10:00:00Z\0//\0\nother.md\0\
        //\x00292277026596-12-04T15:30:08Z\0Mallory\0\nsite/content/c.md\0\
        //\x002024-01-01T10:00:00Z\0Ada\0\nsite/content/a.md\0site/content/\xff.md\0site/content/a.png\0";

    fn read(pieces: &[&[u8]]) -> Vec<(String, String, Vec<String>)> {
        let mut log = Log::new(b"site/content/");
        for piece in pieces {
            log.read(piece);
        }
        let mut files: Vec<_> = log
            .finish()
            .into_iter()
            .map(|(name, change)| (name, change.date.text.clone(), change.contributors.clone()))
            .collect();
        files.sort();
        files
    }

    #[test]
    fn the_last_change_and_everyone_who_wrote() {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let expected = [
            (
                "a.md".to_owned(),
                "2024-03-02T10:00:00+01:00".to_owned(),
                strings(&["Ada", "Bob"]),
            ),
            (
                "x/b.md".to_owned(),
                "2024-03-01T10:00:00Z".to_owned(),
                strings(&["Bob"]),
            ),
        ];
        assert_eq!(read(&[LOG]), expected);
        let single: Vec<&[u8]> = LOG.chunks(1).collect();
        assert_eq!(read(&single), expected, "however it is cut");
    }

    #[test]
    fn noise_is_no_history() {
        assert!(read(&[b"a.md\0\0\0//\0//\0//\0//\0"]).is_empty());
    }
}

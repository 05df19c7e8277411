//! The last change of each file, gathered from commits that come with the latest
//! first.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Change;
use crate::document::date::Date;

/// The changes so far.
#[derive(Default)]
pub(super) struct Changes {
    files: HashMap<String, File>,
    authors: Vec<String>,
    author_numbers: HashMap<String, usize>,
}

/// Who wrote a commit, and when.
#[derive(Clone, Debug)]
pub(super) struct Written {
    date: Date,
    author: usize,
}

#[derive(Debug)]
struct File {
    date: Date,
    /// The latest first.
    authors: Vec<usize>,
}

impl Changes {
    /// Begins with a commit.
    pub(super) fn by(&mut self, author: &str, date: Date) -> Written {
        let number = self.author_numbers.get(author).copied();
        let number = number.unwrap_or_else(|| {
            self.authors.push(author.to_owned());
            let number = self.authors.len() - 1;
            self.author_numbers.insert(author.to_owned(), number);
            number
        });
        Written {
            date,
            author: number,
        }
    }

    /// A file that the commit changed. Commits come with the latest first, so the
    /// first that names a file has its date.
    pub(super) fn add(&mut self, name: &str, commit: &Written) {
        match self.files.get_mut(name) {
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
                self.files.insert(name.to_owned(), file);
            }
        }
    }

    /// The last change of each file.
    pub(super) fn finish(self) -> HashMap<String, Arc<Change>> {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_change_and_everyone_who_wrote() {
        let mut changes = Changes::default();
        for (author, date, files) in [
            ("Ada", "2024-03-02", &["a.md"][..]),
            ("Bob", "2024-03-01", &["a.md", "b.md"]),
            ("Ada", "2024-02-01", &["a.md"]),
        ] {
            let commit = changes.by(author, date.parse().unwrap());
            for file in files {
                changes.add(file, &commit);
            }
        }
        let files = changes.finish();
        assert_eq!(files["a.md"].date.text, "2024-03-02");
        assert_eq!(files["a.md"].contributors, ["Ada", "Bob"]);
        assert_eq!(files["b.md"].date.text, "2024-03-01");
        assert_eq!(files["b.md"].contributors, ["Bob"]);
    }
}

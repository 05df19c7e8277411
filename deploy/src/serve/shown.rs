//! What is shown, and how it differs from what was shown before.

use std::cmp::Ordering;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use site_gen::{Built, File, HTML, Part, content_type};
use site_pack::plan::Digest;

use crate::limits::NAMED_PAGES;

/// A site, or what is wrong with it, or both.
#[derive(Debug)]
pub(super) struct Shown {
    /// Which site this is, of those that differ.
    pub(super) number: u64,
    /// Which one was before it.
    pub(super) before: u64,
    /// How the two differ.
    pub(super) change: Change,
    /// None until one could be built.
    pub(super) site: Option<Arc<Built>>,
    /// Diagnostics, as JSON.
    pub(super) faults: Vec<Value>,
    /// How many errors there are besides.
    pub(super) more: usize,
    /// Whether the site is older than these: they keep another from being shown.
    pub(super) is_stale: bool,
    /// What there is of the next site, which is still being made.
    pub(super) early: Option<Early>,
}

/// What there is of a site that is not whole yet.
#[derive(Debug)]
pub(super) struct Early {
    /// The paths of the pages in it that are others than they were.
    pub(super) pages: Vec<String>,
    pub(super) part: Part,
}

impl Shown {
    /// What is shown after it, while the rest of the next site is still being made; none
    /// if no page that is open is another one.
    pub(super) fn then_early(&self, part: Part, edited: Edited) -> Option<Self> {
        let site = self.site.as_ref()?;
        // What came early before may be what is open, though it never was the site's.
        let may_be_known = !self.is_stale && self.early.is_none();
        let is_known = |(path, digest): &&(Arc<str>, Digest)| {
            let before = site.file(path);
            may_be_known && before.is_some_and(|before| before.digest == *digest)
        };
        let pages = part.pages.iter().filter(|page| !is_known(page));
        let mut pages: Vec<String> = pages.map(|(path, _)| path.to_string()).collect();
        // They are in the order in which they were done.
        pages.sort();
        if pages.is_empty() {
            return None;
        }
        Some(Self {
            number: self.number + 1,
            before: self.number,
            change: match edited {
                Edited::Style => Change::Style,
                _ if seen_differ(site, &part) => Change::Everything,
                _ => Change::Pages(pages.clone()),
            },
            site: Some(Arc::clone(site)),
            faults: Vec::new(),
            more: 0,
            is_stale: false,
            early: Some(Early { pages, part }),
        })
    }
}

/// What an open page has to do to be up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Whatever it is, it has to be loaded again.
    Everything,
    /// Its style sheets have to be loaded again.
    Style,
    /// If it is one of these, it is another one: all that they show is what it was.
    Pages(Vec<String>),
}

/// What was edited since a site was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Edited {
    #[default]
    Nothing,
    /// Style sheets.
    Style,
    /// Something else, or it is not known what.
    Other,
}

impl Edited {
    /// Takes note of an edit: of these files, or of any if none are named.
    pub(super) fn add(&mut self, files: &[PathBuf]) {
        let is_style =
            !files.is_empty() && files.iter().all(|path| is_style(&path.to_string_lossy()));
        *self = (*self).max(if is_style { Self::Style } else { Self::Other });
    }
}

impl Change {
    /// From one site to the next; none if they do not differ.
    pub(super) fn between(last: &Built, next: &Built, edited: Edited) -> Option<Self> {
        let changed = changed(&last.files, &next.files);
        if changed.is_empty() && last.redirects == next.redirects {
            return None;
        }
        let (pages, others): (Vec<&File>, Vec<&File>) =
            changed.into_iter().partition(|file| file.is_page());
        let is_seen = |file: &&File| is_seen(file.content_type);
        let seen: Vec<&File> = others.into_iter().filter(is_seen).collect();
        // A sheet's new fingerprint changes all pages: the edit tells, then.
        let only_style = seen.iter().all(|file| is_style(&file.path));
        if !seen.is_empty() && only_style && (pages.is_empty() || edited == Edited::Style) {
            return Some(Self::Style);
        }
        if !seen.is_empty() || pages.len() > NAMED_PAGES {
            return Some(Self::Everything);
        }
        let pages = pages
            .into_iter()
            .map(|file| file.path.to_string())
            .collect();
        Some(Self::Pages(pages))
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Everything => json!("everything"),
            Self::Style => json!("style"),
            Self::Pages(pages) => json!(pages),
        }
    }
}

fn is_style(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("css" | "scss" | "sass"))
}

/// Whether a page may show, or run, a file. It does not show feeds or the
/// sitemap, which change with every page.
fn is_seen(content_type: &str) -> bool {
    let unseen = ["application/", "text/plain", "text/markdown"];
    !unseen.iter().any(|prefix| content_type.starts_with(prefix))
}

/// Whether there are others of the files that pages show, or that these are others.
fn seen_differ(last: &Built, next: &Part) -> bool {
    let mut seen = next.paths().filter(|path| {
        let content_type = content_type(path);
        is_seen(content_type) && content_type != HTML
    });
    seen.any(|path| last.file(path).map(|file| file.digest) != next.digest(path))
}

/// The files that are new, gone, or other than they were. Both lists are in
/// order of path.
fn changed<'a>(mut last: &'a [File], mut next: &'a [File]) -> Vec<&'a File> {
    let mut changed = Vec::new();
    loop {
        let order = match (last.first(), next.first()) {
            (None, None) => return changed,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.path.cmp(&new.path),
        };
        if order != Ordering::Greater {
            let differs = order == Ordering::Less || last[0].digest != next[0].digest;
            changed.extend(differs.then_some(&last[0]));
            last = &last[1..];
        } else {
            changed.push(&next[0]);
        }
        if order != Ordering::Less {
            next = &next[1..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_style_is() {
        let edited = |edits: &[&[&str]]| {
            let mut edited = Edited::default();
            for files in edits {
                let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
                edited.add(&files);
            }
            edited
        };
        assert_eq!(edited(&[]), Edited::Nothing);
        for style in [&["static/a.css"][..], &["sass/b.scss", "sass/c.sass"]] {
            assert_eq!(edited(&[style, &["d.css"]]), Edited::Style);
        }
        // One that is told of no file; a page; a directory, be it of sheets or of pages.
        for other in [
            &[][..],
            &["static/a.css", "content/a.md"],
            &["content/docs"],
        ] {
            assert_eq!(edited(&[other]), Edited::Other);
            assert_eq!(edited(&[&["a.css"], other]), Edited::Other);
            assert_eq!(edited(&[other, &["a.css"]]), Edited::Other);
        }
    }
}

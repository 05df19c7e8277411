//! What links can lead to, and what becomes of that from build to build.
//!
//! When a file comes, goes or moves, most links lead where they led. So each
//! takes note of what it [`Asked`], and only texts that asked about what changed
//! are rendered again.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::mem;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::config::base_url::BaseUrl;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::nearby::Names;
use crate::texts::Paths;

/// What links can lead to: every file under `content/` and its path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    documents: Paths,
    files: Arc<BTreeMap<String, String>>,
    /// Files and directories that could not be read: links to them, and to
    /// what may be in them, are no fault.
    lost: BTreeSet<String>,
    /// Documents that are there, and no part of the site. Links to them are at fault,
    /// and texts with faults are rendered each time.
    drafts: Paths,
    /// The paths of documents, once somebody asked: it follows from the others.
    pages: OnceLock<HashSet<Arc<str>>>,
    /// The names of all files, once a link was at fault: it follows, too.
    names: OnceLock<Arc<Names>>,
    /// What addresses of the site begin with.
    base: Option<BaseUrl>,
}

/// What was asked of targets: hashes of files and of paths. Of two that are
/// taken for the same, one is asked again for nothing.
pub(crate) type Asked = u64;

pub(super) fn asked(name: &str) -> Asked {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// What targets answer otherwise than others did, sorted; none if that may be
/// anything.
#[derive(Debug)]
pub(crate) struct Changed(Option<Vec<Asked>>);

impl Changed {
    /// Whether a text whose links asked this may have others now.
    pub(crate) fn concerns(&self, asked: &[Asked]) -> bool {
        let Some(changed) = &self.0 else {
            return true;
        };
        let mut asked = asked.iter();
        !changed.is_empty() && asked.any(|asked| changed.binary_search(asked).is_ok())
    }
}

/// A link that is to be checked.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) target: Target,
    pub(crate) anchor: Option<String>,
    /// Where it stands in the text.
    pub(crate) span: Range<usize>,
    /// What it was resolved with.
    pub(super) asked: Vec<Asked>,
}

impl Reference {
    /// The fault of a picture that is to be shown from here: a page is none.
    pub(in crate::markdown) fn as_picture(&self, document: &Document) -> Option<Diagnostic> {
        let Target::Document(id) = &self.target else {
            return None;
        };
        let fault = document.at(
            self.span.clone(),
            format!("`{id}` is a page, and no picture"),
        );
        let expected = "a file that is a picture; a link to a page has no `!`";
        Some(fault.expected(expected))
    }
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A document, by its file.
    Document(String),
    /// A path of the site, as it is served.
    Path(String),
    /// That cannot be known.
    Unknown,
}

/// What a text's links asked. It is all that most builds look at of them, so it
/// stands together.
pub(crate) fn take_asked(references: &mut [Reference]) -> Box<[Asked]> {
    let asked = references
        .iter_mut()
        .flat_map(|reference| mem::take(&mut reference.asked));
    let mut asked: Vec<Asked> = asked.collect();
    asked.sort_unstable();
    asked.dedup();
    asked.into()
}

impl Targets {
    pub(crate) fn new(
        documents: Paths,
        files: Arc<BTreeMap<String, String>>,
        lost: BTreeSet<String>,
    ) -> Self {
        Self {
            documents,
            files,
            lost,
            drafts: Arc::default(),
            pages: OnceLock::new(),
            names: OnceLock::new(),
            base: None,
        }
    }

    /// The same of a site with an address: whole addresses that begin with it stay
    /// in the site. And with drafts, which nothing can lead to.
    pub(crate) fn at(mut self, base: &BaseUrl, drafts: &Paths) -> Self {
        self.base = Some(base.clone());
        self.drafts = Arc::clone(drafts);
        self
    }

    /// The address that a URL names, if it is one of the site.
    pub(super) fn own<'w>(&self, url: &'w str) -> Option<Cow<'w, str>> {
        self.base.as_ref()?.own(url)
    }

    #[cfg(test)]
    pub(crate) fn for_test(documents: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let shared = |&(id, path): &(&str, &str)| (id.into(), path.into());
        let own = |&(id, path): &(&str, &str)| (id.to_owned(), path.to_owned());
        Self::new(
            Arc::new(documents.iter().map(shared).collect()),
            Arc::new(files.iter().map(own).collect()),
            BTreeSet::new(),
        )
    }

    /// The path of a file, if there is such a file.
    pub(crate) fn path(&self, id: &str) -> Option<&str> {
        let document = self.documents.get(id).map(|path| &**path);
        document.or_else(|| self.files.get(id).map(String::as_str))
    }

    /// What changed since earlier ones.
    pub(crate) fn changed_since(&self, last: &Self) -> Changed {
        if self.lost != last.lost {
            return Changed(None);
        }
        let mut changed = Vec::new();
        // Whether a path is a page's follows from documents.
        for (id, path) in differing(&last.documents, &self.documents) {
            changed.extend([asked(id), asked(path)]);
        }
        for (id, _) in differing(&last.files, &self.files) {
            changed.push(asked(id));
        }
        changed.sort_unstable();
        Changed(Some(changed))
    }

    /// Whether a file is a document.
    pub(super) fn is_document(&self, id: &str) -> bool {
        self.documents.contains_key(id)
    }

    /// Whether a file is a draft that is left out.
    pub(super) fn is_draft(&self, id: &str) -> bool {
        self.drafts.contains_key(id)
    }

    /// Whether there may be such a file.
    pub(super) fn is_lost(&self, id: &str) -> bool {
        let mut above = Path::new(id).ancestors().filter_map(Path::to_str);
        !self.lost.is_empty() && above.any(|above| self.lost.contains(above))
    }

    /// Whether a page or section is served under a path.
    pub(super) fn is_page(&self, path: &str) -> bool {
        let pages = || self.documents.values().cloned().collect();
        self.pages.get_or_init(pages).contains(path)
    }

    pub(in crate::markdown) fn suggest(&self, id: &str) -> Option<String> {
        let documents = || self.documents.keys().map(|id| &**id);
        let files = || self.files.keys().map(String::as_str);
        let names = || Arc::new(Names::new(documents().chain(files())));
        let meant = self.names.get_or_init(names).meant(id)?;
        Some(format!("did you mean `{meant}`?"))
    }
}

/// The entries of two maps that are in one of them only.
fn differing<'a, T: Ord>(
    last: &'a Arc<BTreeMap<T, T>>,
    next: &'a Arc<BTreeMap<T, T>>,
) -> Vec<(&'a T, &'a T)> {
    if Arc::ptr_eq(last, next) {
        return Vec::new();
    }
    let mut different = Vec::new();
    let (mut last, mut next) = (last.iter().peekable(), next.iter().peekable());
    loop {
        let order = match (last.peek(), next.peek()) {
            (None, None) => return different,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.cmp(new),
        };
        let (old, new) = (
            last.next_if(|_| order.is_le()),
            next.next_if(|_| order.is_ge()),
        );
        if order.is_ne() {
            different.extend(old.or(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::document;
    use super::super::resolve_one;
    use super::*;

    #[test]
    fn what_came_went_or_moved_is_asked_again() {
        let last = Targets::for_test(
            &[("a.md", "/a/"), ("b.md", "/b/"), ("d.md", "/d/")],
            &[("p.png", "/p.png")],
        );
        let same = Targets::for_test(
            &[("a.md", "/a/"), ("b.md", "/b/"), ("d.md", "/d/")],
            &[("p.png", "/p.png")],
        );
        let next = Targets::for_test(
            &[("a.md", "/a/"), ("c/_index.md", "/c/"), ("d.md", "/e/")],
            &[("p.png", "/p.png"), ("q.png", "/q.png")],
        );
        let references = |text: &str, targets: &Targets| {
            let document = document(text);
            let span = 0..text.len();
            let resolved = resolve_one(&document, targets, text, &span);
            resolved.unwrap().map(|(_, reference)| reference)
        };
        for (text, expected) in [
            ("@/a.md", false),
            ("@/b.md", true),
            ("d.md", true),
            ("p.png", false),
            ("q.png", true),
            // Directories, pages, and what may become one.
            ("c/", true),
            ("../d/", false),
            ("x/", false),
            ("/b/", false),
            ("#x", false),
        ] {
            let mut references: Vec<Reference> = references(text, &last).into_iter().collect();
            let asked = take_asked(&mut references);
            let changed = |next: &Targets| next.changed_since(&last).concerns(&asked);
            assert_eq!(changed(&next), expected, "{text}");
            assert!(!changed(&same), "{text}");
        }
        let lost = BTreeSet::from(["z".to_owned()]);
        let lost = Targets {
            lost,
            ..last.clone()
        };
        assert!(lost.changed_since(&last).concerns(&[]));
    }
}

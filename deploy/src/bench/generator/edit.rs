//! What one edit costs when the site is built already: in one process that
//! keeps its cache, as `fata up --watch` does, from the changed file to a
//! finished pack.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use site_gen::{Built, Cache, Compression};

use super::content::Content;
use super::dialect::{Dialect, page_name};

/// How often each kind of edit is made.
const EDITS: usize = 5;

/// A kind of edit, the median of its times, and what was done again.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) name: &'static str,
    /// Pages of the site.
    pub(super) pages: usize,
    pub(super) time: Duration,
    /// Files that templates made anew.
    pub(super) rendered: usize,
    /// Files of the site.
    pub(super) files: usize,
}

/// What an edit does to a page; edits have numbers.
#[derive(Clone, Copy)]
enum Change {
    /// Its text becomes another one.
    Text(fn(&str, usize) -> String),
    /// One like it comes.
    Create,
    /// That one gets another name.
    Rename,
    /// And it goes.
    Delete,
}

/// The kinds, in the order in which they are made: the last three follow from
/// each other.
const KINDS: [(&str, Change); 6] = [
    ("nothing", Change::Text(|text, _| text.to_owned())),
    (
        "a sentence of a page",
        Change::Text(|text, edit| format!("{text}\nThis sentence is edit {edit}.\n")),
    ),
    (
        "the title of a page",
        Change::Text(|text, edit| text.replacen("title = \"", &format!("title = \"{edit} "), 1)),
    ),
    ("a page that comes", Change::Create),
    ("a page with another name", Change::Rename),
    ("a page that goes", Change::Delete),
];

/// Makes edits of each kind.
pub(super) fn measure(content: &Content, site: &Path) -> Result<Vec<Edit>> {
    Dialect::Fata.write(content, site)?;
    let cache = Arc::new(Cache::default());
    let (first, _) = build(site, &cache)?;
    let mut edits = Vec::new();
    for (name, change) in KINDS {
        let mut times = Vec::new();
        let mut rendered = 0;
        for edit in 0..EDITS {
            let page = (edit + 1) * content.pages / (EDITS + 2);
            let file = site.join(format!("content/{}.md", page_name(page)));
            change
                .make(&file, edit)
                .with_context(|| format!("cannot edit {}", file.display()))?;
            let (built, time) = build(site, &cache)?;
            times.push(time);
            rendered = built.rendered;
        }
        times.sort();
        edits.push(Edit {
            name,
            pages: content.pages,
            time: times[times.len() / 2],
            rendered,
            files: first.files.len(),
        });
    }
    Ok(edits)
}

impl Change {
    /// Makes an edit of a page.
    fn make(self, file: &Path, edit: usize) -> io::Result<()> {
        let (new, renamed) = (
            file.with_extension("new.md"),
            file.with_extension("renamed.md"),
        );
        match self {
            Self::Text(change) => fs::write(file, change(&fs::read_to_string(file)?, edit)),
            Self::Create => fs::copy(file, new).map(|_| ()),
            Self::Rename => fs::rename(new, renamed),
            Self::Delete => fs::remove_file(renamed),
        }
    }
}

fn build(site: &Path, cache: &Arc<Cache>) -> Result<(Built, Duration)> {
    let options = site_gen::Options {
        compression: Compression::None,
        cache: Arc::clone(cache),
        ..site_gen::Options::default()
    };
    let started = Instant::now();
    let built = site_gen::build(site, &options);
    let time = started.elapsed();
    let built = built.map_err(|faults| anyhow!("the synthetic site has faults: {faults:?}"))?;
    Ok((built, time))
}

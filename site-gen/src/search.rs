//! The search index: which pages have which words, in files of which a browser
//! loads the few that it needs (`search/format`), and the script that does so
//! (`search/search.js`).
//!
//! 1. **Gather** ([`Sources`]): the pages of each language that has an index.
//! 2. **Read** (`text`, `words`, `page`): the words of each page, and how much
//!    each counts in which part of it. This is kept from build to build.
//! 3. **Merge** (`merge`): all words with all their places.
//! 4. **Write** (`format`).
//!
//! Every edit changes the index, and most files of it. So a build for the edit
//! loop has none: it is made when someone asks for it ([`OnDemand`]).
//!
//! What is around a word in a text is not in the index: the script takes it from
//! the page itself, which is served already.

mod config;
mod format;
mod merge;
mod page;
mod text;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use site_pack::Caching;

pub(crate) use config::SearchConfig;
pub(crate) use text::parts;

use crate::assets::StaticFile;
use crate::body::Body;
use crate::cache::Cache;
use crate::config::Config;
use crate::document::Document;
use crate::front_matter::Kind;
use crate::language::Language;
use crate::library::Library;
use crate::output::Made;
use crate::texts::WithText;
use page::Page;

/// Where the script is served that reads the index.
const READER_PATH: &str = "/search_index.js";

/// The script. It and the format go together.
const READER: &str = include_str!("search/search.js");

/// Adds the script to static files, for templates to link to: unless the site or
/// its theme has one of its own under that path.
pub(crate) fn add_reader(files: &mut Vec<StaticFile>, config: &Config) {
    let mut languages = config.languages.iter();
    let is_searched = languages.any(|language| language.build_search_index);
    if is_searched && files.iter().all(|(path, _, _)| path != READER_PATH) {
        let script = Body::from(READER.as_bytes().to_vec());
        files.push((READER_PATH.to_owned(), script, "the generator".into()));
    }
}

/// What an index is made from: nothing else has a part in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sources(Vec<OfLanguage>);

/// The pages of a language.
#[derive(Clone, Debug)]
struct OfLanguage {
    code: String,
    config: SearchConfig,
    documents: Vec<WithText>,
}

impl PartialEq for OfLanguage {
    /// Documents are shared between builds, and never change.
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&WithText, &WithText)| is_same(a, b);
        self.code == other.code
            && self.config == other.config
            && self.documents.len() == other.documents.len()
            && self.documents.iter().zip(&other.documents).all(same)
    }
}

fn is_same(a: &WithText, b: &WithText) -> bool {
    Arc::ptr_eq(&a.0, &b.0) && Arc::ptr_eq(&a.1, &b.1)
}

/// What of an index the next one may need.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    sources: Sources,
    files: Vec<Made>,
    /// By language and file.
    pages: HashMap<(String, String), (WithText, Arc<Page>)>,
}

/// The languages that have an index: those that ask for one, and have pages.
pub(crate) fn languages<'a>(
    library: &'a Library,
    config: &'a Config,
) -> impl Iterator<Item = &'a Language> {
    let is_used = |language: &&Language| {
        let mut sections = library.sections.iter();
        sections.any(|section| *section.document.lang == *language.code)
    };
    let asked = config
        .languages
        .iter()
        .filter(|language| language.build_search_index);
    asked.filter(is_used)
}

/// The path of the file that leads to all others of a language's index.
fn root_path(language: &str) -> String {
    format!("/search_index.{language}.json")
}

impl Sources {
    /// What is to be searched in a site.
    pub(crate) fn of(library: &Library, config: &Config) -> Self {
        let languages = languages(library, config);
        let of_language = |language: &Language| {
            let documents = library.documents();
            let own = documents.filter(|(document, _)| *document.lang == *language.code);
            let searched = own.filter(|(document, _)| is_searched(library, document));
            OfLanguage {
                code: language.code.clone(),
                config: language.search.clone(),
                documents: searched
                    .map(|(document, text)| (Arc::clone(document), Arc::clone(text)))
                    .collect(),
            }
        };
        Self(languages.map(of_language).collect())
    }

    /// All files of all indexes.
    pub(crate) fn files(&self, cache: &Cache) -> Vec<Made> {
        let mut memory = cache.last_search();
        if memory.sources == *self {
            return memory.files.clone();
        }
        let mut known = std::mem::take(&mut memory.pages);
        let mut files = Vec::new();
        for language in &self.0 {
            let read = language.read(&mut known);
            let pages: Vec<Arc<Page>> = read.iter().map(|(_, page)| Arc::clone(page)).collect();
            let own = format::files(&pages, &language.code).into_iter();
            let caching =
                std::iter::once(Caching::Revalidate).chain(std::iter::repeat(Caching::Immutable));
            files.extend(own.zip(caching).map(|((path, body), caching)| Made {
                path: path.into(),
                body: Body::from(body),
                caching,
            }));
            let keys = read
                .iter()
                .map(|(of, _)| (language.code.clone(), of.0.id.clone()));
            let keys: Vec<_> = keys.collect();
            memory.pages.extend(keys.into_iter().zip(read));
        }
        memory.sources = self.clone();
        memory.files.clone_from(&files);
        files
    }
}

impl OfLanguage {
    /// The words of each page: those of the last index if the page is the same.
    fn read(
        &self,
        known: &mut HashMap<(String, String), (WithText, Arc<Page>)>,
    ) -> Vec<(WithText, Arc<Page>)> {
        let kept: Vec<Option<Arc<Page>>> = self
            .documents
            .iter()
            .map(|document| {
                let key = (self.code.clone(), document.0.id.clone());
                let (of, page) = known.remove(&key)?;
                is_same(&of, document).then_some(page)
            })
            .collect();
        self.documents
            .par_iter()
            .zip(kept)
            .map(|(of, kept)| {
                let page = kept.unwrap_or_else(|| Arc::new(Page::read(&of.0, &of.1, &self.config)));
                (of.clone(), page)
            })
            .collect()
    }
}

/// Whether a page or section is in the index. As in Zola, a section speaks for
/// its pages too.
fn is_searched(library: &Library, document: &Document) -> bool {
    if document.front.hidden_from_search || !document.is_shown() {
        return false;
    }
    match document.kind {
        Kind::Section => true,
        Kind::Page => {
            let page = library
                .ids
                .pages
                .get(&document.id)
                .map(|&index| &library.pages[index]);
            page.is_none_or(|page| {
                let section = &library.sections[page.section].document;
                !section.front.hidden_from_search
            })
        }
    }
}

/// The index of a site that was built without one.
#[derive(Debug)]
pub(crate) struct OnDemand {
    sources: Sources,
    cache: Arc<Cache>,
    files: OnceLock<HashMap<Arc<str>, Arc<Vec<u8>>>>,
}

impl OnDemand {
    pub(crate) fn new(sources: Sources, cache: &Arc<Cache>) -> Self {
        Self {
            sources,
            cache: Arc::clone(cache),
            files: OnceLock::new(),
        }
    }

    /// A file of the index, which is made when the first is asked for.
    pub(crate) fn file(&self, path: &str) -> Option<Arc<Vec<u8>>> {
        if self.sources.0.is_empty() || !path.starts_with("/search_index.") {
            return None;
        }
        let files = self.files.get_or_init(|| {
            let files = self.sources.files(&self.cache).into_iter();
            let read = files.filter_map(|file| Some((file.path, file.body.read().ok()?)));
            read.collect()
        });
        files.get(path).cloned()
    }
}

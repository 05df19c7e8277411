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
//! A site may have another format in its place: one of Zola's (`zola`), made of the
//! same texts; or that of Pagefind (`pagefind`), made of the pages as they are
//! served.
//!
//! Every edit changes the index, and most files of it. So a build for the edit
//! loop has none: it is made when someone asks for it ([`OnDemand`]).
//!
//! What is around a word in a text is not in the index: the script takes it from
//! the page itself, which is served already.

mod config;
mod format;
mod merge;
mod on_demand;
mod page;
mod pagefind;
mod plain;
mod reader;
mod text;
mod words;
mod zola;

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use site_pack::Caching;
use site_pack::plan::Digest;

pub(crate) use config::{IndexFormat, SearchConfig};
pub(crate) use on_demand::OnDemand;
pub(crate) use pagefind::Pages;
pub use pagefind::answer as index_pages;
pub(crate) use plain::text as plain_text;
pub(crate) use reader::{add_readers, faults, has_page};
pub(crate) use text::parts;

use crate::body::Body;
use crate::cache::Cache;
use crate::child::Worker;
use crate::config::Config;
use crate::config::base_url::BaseUrl;
use crate::config::language::Language;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::front_matter::Kind;
use crate::library::Library;
use crate::output::Made;
use crate::progress::Listener;
use crate::texts::WithText;
use page::Page;

/// Whether any language has an index.
pub(crate) fn is_searched(config: &Config) -> bool {
    let mut languages = config.languages.iter();
    languages.any(|language| language.build_search_index)
}

/// The format of the site's indexes.
pub(crate) fn format(config: &Config) -> IndexFormat {
    config.default_language().search.format
}

/// What an index is made from: nothing else has a part in it, but for the pages
/// themselves in that of Pagefind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sources {
    format: IndexFormat,
    /// Where the site is.
    base: BaseUrl,
    languages: Vec<OfLanguage>,
}

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

/// What is left to do for the index when pages are to be rendered.
#[derive(Debug)]
pub(crate) enum Pending {
    Nothing,
    /// To make it when somebody asks.
    OnDemand(Arc<OnDemand>),
    /// To make it of the pages.
    OfPages(Sources),
}

/// Pages of an index, by language and file.
type Known = HashMap<(String, Arc<str>), (WithText, Arc<Page>)>;

/// What of an index the next one may need.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    sources: Sources,
    files: Vec<Made>,
    pages: Known,
    /// Pagefind's index, and the pages that it was made of.
    of_pages: (Vec<(Arc<str>, Digest)>, Vec<Made>),
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

/// The place of the file that leads to all others of a language's index.
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
            let searched = own.filter(|(document, _)| is_found(library, document));
            OfLanguage {
                code: language.code.clone(),
                config: language.search.clone(),
                documents: searched
                    .map(|(document, text)| (Arc::clone(document), Arc::clone(text)))
                    .collect(),
            }
        };
        Self {
            format: format(config),
            base: config.base.clone(),
            languages: languages.map(of_language).collect(),
        }
    }

    /// Whether the index is made of pages as they are served, and of which.
    pub(crate) fn pages(&self) -> Option<impl Iterator<Item = &Arc<str>>> {
        let documents = self.languages.iter().flat_map(|own| &own.documents);
        let pages = documents.map(|(document, _)| &document.path);
        (self.format == IndexFormat::Pagefind).then_some(pages)
    }

    /// All files of an index that is made of pages.
    pub(crate) fn of_pages(
        &self,
        pages: &Pages<'_>,
        who: &Worker,
        (cache, progress): (&Cache, &Listener),
    ) -> Result<Vec<Made>, Diagnostic> {
        let mut memory = cache.last_search();
        let (last, files) = &memory.of_pages;
        if *last == pages.list && !files.is_empty() {
            return Ok(files.clone());
        }
        progress.begin("indexing", pages.list.len());
        let made = pagefind::make(who, pages, progress);
        let files = made.map_err(|fault| fault.of_file(crate::config::FILE))?;
        // Their names are short: one may come again for something else.
        let files = files.into_iter().map(|(name, body)| Made {
            path: self
                .base
                .address(&format!("{}{name}", pagefind::DIRECTORY))
                .into(),
            body: Body::from(body),
            caching: Caching::Revalidate,
        });
        let files: Vec<Made> = files.collect();
        memory.of_pages = (pages.list.clone(), files.clone());
        Ok(files)
    }

    /// All files of all indexes that are made of texts.
    pub(crate) fn files(&self, cache: &Cache) -> Result<Vec<Made>, Diagnostic> {
        if self.format == IndexFormat::Fata {
            return Ok(self.of_words(cache));
        }
        let mut files = Vec::new();
        for own in &self.languages {
            let language = (own.code.as_str(), &own.config);
            files.extend(zola::files(&own.documents, language, &self.base)?);
        }
        Ok(files)
    }

    /// Our own format.
    fn of_words(&self, cache: &Cache) -> Vec<Made> {
        let mut memory = cache.last_search();
        if memory.sources == *self {
            return memory.files.clone();
        }
        let mut known = std::mem::take(&mut memory.pages);
        let mut files = Vec::new();
        for language in &self.languages {
            let read = language.read(&mut known);
            let pages: Vec<Arc<Page>> = read.iter().map(|(_, page)| Arc::clone(page)).collect();
            let own = format::files(&pages, &language.code, &self.base).into_iter();
            let caching =
                std::iter::once(Caching::Revalidate).chain(std::iter::repeat(Caching::Immutable));
            files.extend(own.zip(caching).map(|((path, body), caching)| Made {
                path: path.into(),
                body: Body::from(body),
                caching,
            }));
            let keys = read
                .iter()
                .map(|(of, _)| (language.code.clone(), Arc::clone(&of.0.id)));
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
    fn read(&self, known: &mut Known) -> Vec<(WithText, Arc<Page>)> {
        let kept: Vec<Option<Arc<Page>>> = self
            .documents
            .iter()
            .map(|document| {
                let key = (self.code.clone(), Arc::clone(&document.0.id));
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
fn is_found(library: &Library, document: &Document) -> bool {
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

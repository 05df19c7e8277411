//! The order of pages in sections and under terms, from one build to the next: what is
//! written in a text has no part in it.

use std::sync::Arc;

use super::Library;
use crate::config::Config;
use crate::document::Document;
use crate::document::front_matter::SortBy;
use crate::library::taxonomy::Taxonomy;

/// The orders of the last build, and what they were made of.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    documents: Vec<Arc<Document>>,
    made: Made,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    /// The pages of each section, sorted.
    pub(super) listings: Arc<Vec<Vec<usize>>>,
    pub(super) taxonomies: Arc<Vec<Taxonomy>>,
}

impl Orders {
    /// Those of a library, which are made where it is not listed as the last one was.
    /// The configuration is the same.
    pub(super) fn of(&mut self, library: &Library, config: &Config) -> Made {
        if !self.take_note(library, sorts_by_title(library, config)) {
            self.made = Made::of(library, config);
        }
        self.made.clone()
    }

    /// Holds the documents of a library in place of the last ones; says whether all are
    /// listed as those were.
    fn take_note(&mut self, library: &Library, by_title: bool) -> bool {
        let now = || library.documents().map(|(document, _)| document);
        let count = library.sections.len() + library.pages.len();
        if self.documents.len() != count {
            self.documents = now().map(Arc::clone).collect();
            return false;
        }
        let mut are_alike = true;
        for (last, now) in self.documents.iter_mut().zip(now()) {
            if !Arc::ptr_eq(last, now) {
                are_alike &= is_listed_like(last, now);
                are_alike &= !by_title || last.name() == now.name();
                *last = Arc::clone(now);
            }
        }
        are_alike
    }
}

impl Made {
    pub(super) fn of(library: &Library, config: &Config) -> Self {
        // Neither needs the other.
        let (listings, taxonomies) = rayon::join(|| library.listings(), || library.terms(config));
        Self {
            listings: Arc::new(listings),
            taxonomies: Arc::new(taxonomies),
        }
    }
}

/// Whether any list is in the order of titles.
fn sorts_by_title(library: &Library, config: &Config) -> bool {
    let sections = library.sections.iter();
    let sections = sections.map(|section| section.document.front.section.sort_by);
    let taxonomies = config.languages.iter().flat_map(|own| &own.taxonomies);
    let mut all = sections.chain(taxonomies.map(|own| own.sort_by));
    all.any(|sort_by| matches!(sort_by, SortBy::Title | SortBy::TitleBytes))
}

/// Whether two documents have one place in all orders but that of titles: all else that
/// [`Library::compare`] looks at is the same, and their sections and terms.
fn is_listed_like(last: &Document, now: &Document) -> bool {
    let of_section = |document: &Document| {
        let section = &document.front.section;
        (section.sort_by, section.transparent)
    };
    let moments = |document: &Document| {
        let [date, change] = [document.date(), document.last_change()];
        [date, change].map(|date| date.map(|date| date.moment))
    };
    let terms = |document: &Document| {
        let taxonomies = document.front.taxonomies.iter();
        let terms = taxonomies.map(|(name, terms, _)| (name.clone(), terms.clone()));
        terms.collect::<Vec<_>>()
    };
    (&last.id, &last.lang, &last.directory) == (&now.id, &now.lang, &now.directory)
        && last.slug == now.slug
        && last.front.weight == now.front.weight
        && of_section(last) == of_section(now)
        && moments(last) == moments(now)
        && terms(last) == terms(now)
}

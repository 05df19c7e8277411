//! Step 5: pages and sections become a [`Library`]: who belongs to whom, in
//! which order, under which terms.
//!
//! A page belongs to the nearest directory above it that has an `_index.md`;
//! the root always counts as one. Sections own their pages, so a page stands
//! in one listing, or in that of the section above too if its own is
//! `transparent`.

pub(crate) mod backlinks;
mod natural;
mod orders;
pub(crate) mod paginator;
pub(crate) mod reading_order;
pub(crate) mod taxonomy;

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::assets;
use crate::config::Config;
use crate::document::Document;
use crate::document::date::Date;
use crate::document::front_matter::{Kind, SortBy};
use crate::texts::{Text, WithText};
use crate::url::ancestors;
pub(crate) use orders::Orders;
use taxonomy::Taxonomy;

/// A site before it meets a theme.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) pages: Vec<Page>,
    pub(crate) sections: Vec<Section>,
    pub(crate) taxonomies: Arc<Vec<Taxonomy>>,
    /// All pages, newest first.
    pub(crate) by_age: Vec<usize>,
    /// The place of each page in that order.
    pub(crate) ages: Vec<usize>,
    pub(crate) ids: Ids,
    assets: BTreeMap<String, Vec<String>>,
    default_language: String,
}

/// Which page or section is that of a file, relative to `content/`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(crate) pages: Arc<Numbers>,
    pub(crate) sections: Arc<Numbers>,
}

/// Numbers by file.
pub(crate) type Numbers = HashMap<Arc<str>, usize, foldhash::fast::RandomState>;

impl Ids {
    /// Those of documents in the order in which a library is assembled.
    pub(crate) fn new(documents: &[Arc<Document>]) -> Self {
        let of = |kind| {
            let of_kind = documents.iter().filter(|document| document.kind == kind);
            let ids = of_kind.map(|document| Arc::clone(&document.id));
            Arc::new(ids.zip(0..).collect())
        };
        Self {
            pages: of(Kind::Page),
            sections: of(Kind::Section),
        }
    }
}

/// A page and its place.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) document: Arc<Document>,
    pub(crate) text: Arc<Text>,
    /// The section it belongs to.
    pub(crate) section: usize,
    /// The section in whose order it has neighbours: its own, or, if that is
    /// transparent, the one above that shows all of its pages together.
    pub(crate) listing: usize,
    /// The neighbour that is listed before it: with a later date, a lighter weight…
    pub(crate) lower: Option<usize>,
    /// The neighbour that is listed after it.
    pub(crate) higher: Option<usize>,
}

impl Page {
    /// Forgets what has been checked, and is of use to no later build.
    pub(crate) fn forget_links(&mut self) {
        if let Some(text) = Arc::get_mut(&mut self.text) {
            text.anchors = Box::default();
            text.references = Box::default();
        }
    }

    /// The day it was last changed, or else published.
    pub(crate) fn last_change(&self) -> Option<&Date> {
        self.document.last_change().or(self.document.date())
    }
}

/// A section and what is in it.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) document: Arc<Document>,
    pub(crate) text: Arc<Text>,
    pub(crate) parent: Option<usize>,
    /// The sections in it, lightest first.
    pub(crate) children: Vec<usize>,
    /// Its pages, sorted.
    pub(crate) pages: Vec<usize>,
}

impl Library {
    /// Puts everything into its place. `assets` are the paths of the files
    /// beside an `index.md`, by its directory, and `last` what the last build
    /// leaves, if it left anything.
    pub(crate) fn assemble(
        documents: Vec<WithText>,
        ids: Ids,
        assets: BTreeMap<String, Vec<String>>,
        config: &Config,
        last: Option<&mut Orders>,
    ) -> Self {
        let mut library = Self {
            ids,
            assets,
            default_language: config.default_language().code.clone(),
            ..Self::default()
        };
        for (document, text) in documents {
            match document.kind {
                Kind::Section => library.sections.push(Section {
                    document,
                    text,
                    parent: None,
                    children: Vec::new(),
                    pages: Vec::new(),
                }),
                Kind::Page => library.pages.push(Page {
                    document,
                    text,
                    section: 0,
                    listing: 0,
                    lower: None,
                    higher: None,
                }),
            }
        }
        library.link_sections();
        library.link_pages();
        library.sort_by_age();
        let orders = match last {
            Some(last) => last.of(&library, config),
            None => orders::Made::of(&library, config),
        };
        library.list(&orders.listings);
        library.taxonomies = orders.taxonomies;
        library
    }

    /// The terms of each taxonomy. Their pages are in order of their dates, which most
    /// stay in.
    fn terms(&self, config: &Config) -> Vec<Taxonomy> {
        let mut taxonomies = taxonomy::collect(&self.pages, &self.ages, config);
        for taxonomy in &mut taxonomies {
            let sort_by = taxonomy.config.sort_by;
            if sort_by != SortBy::Date {
                for term in &mut taxonomy.terms {
                    term.pages.sort_by(|&a, &b| self.compare(a, b, sort_by));
                }
            }
        }
        taxonomies
    }

    /// Sorts all pages by date. That is done once: pages stand in many lists, and
    /// numbers are compared sooner than dates are found.
    fn sort_by_age(&mut self) {
        let moment = |page: &Page| page.document.date().map(|date| date.moment);
        let moments: Vec<_> = self.pages.iter().map(moment).collect();
        // They are in order of their files: so they stay where dates are equal.
        let mut order: Vec<usize> = (0..self.pages.len()).collect();
        order.sort_by_key(|&page| Reverse(moments[page]));
        self.ages = vec![0; order.len()];
        for (age, &page) in order.iter().enumerate() {
            self.ages[page] = age;
        }
        self.by_age = order;
    }

    /// All pages of each language, newest first.
    pub(crate) fn by_age_in_languages(&self) -> BTreeMap<String, Vec<usize>> {
        let mut languages: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for &page in &self.by_age {
            let lang = &*self.pages[page].document.lang;
            match languages.get_mut(lang) {
                Some(own) => own.push(page),
                None => _ = languages.insert(lang.to_owned(), vec![page]),
            }
        }
        languages
    }

    /// The ids of a section and those it is in, the root first.
    pub(crate) fn line(&self, section: usize) -> Vec<&str> {
        let mut next = Some(section);
        let mut line = Vec::new();
        while let Some(index) = next {
            line.push(&*self.sections[index].document.id);
            next = self.sections[index].parent;
        }
        line.reverse();
        line
    }

    /// The pages of each section, sorted.
    pub(crate) fn section_pages(&self) -> Vec<Vec<usize>> {
        let sections = self.sections.iter();
        sections.map(|section| section.pages.clone()).collect()
    }

    /// The paths of the files beside a page's `index.md`.
    pub(crate) fn assets(&self, document: &Document) -> &[String] {
        assets::beside(&self.assets, document)
    }

    /// All documents.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&Arc<Document>, &Arc<Text>)> {
        let sections = self
            .sections
            .iter()
            .map(|section| (&section.document, &section.text));
        sections.chain(self.pages.iter().map(|page| (&page.document, &page.text)))
    }

    /// A document, and its text.
    pub(crate) fn document(&self, id: &str) -> Option<(&Document, &Text)> {
        if let Some(&page) = self.ids.pages.get(id) {
            let page = &self.pages[page];
            return Some((&*page.document, &*page.text));
        }
        let section = &self.sections[*self.ids.sections.get(id)?];
        Some((&*section.document, &*section.text))
    }

    fn link_sections(&mut self) {
        for index in 0..self.sections.len() {
            let directory = self.sections[index].document.directory.clone();
            let Some((above, _)) = directory
                .rsplit_once('/')
                .or((!directory.is_empty()).then_some(("", "")))
            else {
                continue;
            };
            let lang = Arc::clone(&self.sections[index].document.lang);
            let parent = self.section_of(above, &lang);
            self.sections[index].parent = Some(parent);
            self.sections[parent].children.push(index);
        }
        let weight = |index: usize| {
            let document = &self.sections[index].document;
            (
                // As in Zola, one that says nothing weighs nothing.
                document.front.weight.unwrap_or_default(),
                document.id.clone(),
            )
        };
        let mut sorted: Vec<Vec<usize>> = self
            .sections
            .iter()
            .map(|section| section.children.clone())
            .collect();
        for children in &mut sorted {
            children.sort_by_key(|&child| weight(child));
        }
        for (section, children) in self.sections.iter_mut().zip(sorted) {
            section.children = children;
        }
    }

    /// The section of a directory in a language: its own, or the nearest above.
    fn section_of(&self, directory: &str, lang: &str) -> usize {
        let name = if lang == self.default_language {
            "_index.md".to_owned()
        } else {
            format!("_index.{lang}.md")
        };
        let nearest = ancestors(directory).find_map(|directory| match directory {
            "" => self.ids.sections.get(name.as_str()),
            directory => self.ids.sections.get(&*format!("{directory}/{name}")),
        });
        // Every language has a root; its file may be named after it.
        let root = || {
            let mut sections = self.sections.iter();
            sections
                .position(|section| section.document.is_root() && *section.document.lang == *lang)
        };
        nearest.copied().or_else(root).unwrap_or_default()
    }

    /// The versions of each document, by what they have in common; nothing, if
    /// the site has one language.
    pub(crate) fn versions(&self, config: &Config) -> HashMap<&str, Vec<&Document>> {
        let mut versions: HashMap<&str, Vec<&Document>> = HashMap::new();
        if config.languages.len() > 1 {
            for (document, _) in self.documents() {
                versions.entry(&document.origin).or_default().push(document);
            }
        }
        versions
    }

    fn link_pages(&mut self) {
        // Pages of a directory stand together.
        let mut section = 0;
        for index in 0..self.pages.len() {
            let before = &self.pages[index.saturating_sub(1)].document;
            let own = &self.pages[index].document;
            if index == 0 || own.directory != before.directory || own.lang != before.lang {
                section = self.section_of(&own.directory, &own.lang);
            }
            self.pages[index].section = section;
            let mut next = Some(section);
            while let Some(listed) = next {
                self.sections[listed].pages.push(index);
                self.pages[index].listing = listed;
                next = self.sections[listed]
                    .parent
                    .filter(|_| self.sections[listed].document.front.section.transparent);
            }
        }
    }

    /// The order of two pages in a listing; the file decides where the rest is
    /// equal, and what has no date or weight comes last.
    fn compare(&self, a: usize, b: usize, sort_by: SortBy) -> Ordering {
        let changed = |document: &Document| {
            document
                .last_change()
                .map(|date| date.moment)
                .max(document.date().map(|date| date.moment))
        };
        let weight = |document: &Document| document.front.weight.unwrap_or(i64::MAX);
        let (one, other) = (&self.pages[a].document, &self.pages[b].document);
        let order = match sort_by {
            SortBy::None => Ordering::Equal,
            SortBy::Date => self.ages[a].cmp(&self.ages[b]),
            SortBy::UpdateDate => changed(other).cmp(&changed(one)),
            SortBy::Title => natural::compare(one.name(), other.name()),
            SortBy::TitleBytes => one.name().cmp(other.name()),
            SortBy::Weight => weight(one).cmp(&weight(other)),
            SortBy::Slug => one.slug.cmp(&other.slug),
        };
        order.then_with(|| one.id.cmp(&other.id))
    }

    /// The pages of each section, sorted.
    fn listings(&self) -> Vec<Vec<usize>> {
        let sorted = |section: &Section| {
            let sort_by = section.document.front.section.sort_by;
            let mut order = section.pages.clone();
            order.sort_by(|&a, &b| self.compare(a, b, sort_by));
            order
        };
        self.sections.par_iter().map(sorted).collect()
    }

    /// Gives each section its pages in order, and each page its neighbours.
    fn list(&mut self, listings: &[Vec<usize>]) {
        for (index, order) in listings.iter().enumerate() {
            let sort_by = self.sections[index].document.front.section.sort_by;
            for (position, &page) in order.iter().enumerate() {
                // What nobody sorts has no before and after.
                if self.pages[page].listing != index || sort_by == SortBy::None {
                    continue;
                }
                let before = position.checked_sub(1).map(|before| order[before]);
                let after = order.get(position + 1).copied();
                (self.pages[page].lower, self.pages[page].higher) = (before, after);
            }
            self.sections[index].pages.clone_from(order);
        }
    }
}

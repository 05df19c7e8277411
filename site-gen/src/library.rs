//! Step 5: pages and sections become a [`Library`]: who belongs to whom, in
//! which order, under which terms.
//!
//! A page belongs to the nearest directory above it that has an `_index.md`;
//! the root always counts as one. Sections own their pages, so a page stands
//! in one listing, or in that of the section above too if its own is
//! `transparent`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use crate::assets;
use crate::config::Config;
use crate::date::Date;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::front_matter::{Kind, SortBy};
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{Reference, Target};
use crate::natural;
use crate::output::Output;
use crate::taxonomy::{self, Taxonomy};
use crate::texts::{Text, WithText};

/// A site before it meets a theme.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) pages: Vec<Page>,
    pub(crate) sections: Vec<Section>,
    pub(crate) taxonomies: Vec<Taxonomy>,
    /// The place of each page among all of them, newest first.
    pub(crate) ages: Vec<usize>,
    pub(crate) ids: Ids,
    assets: BTreeMap<String, Vec<String>>,
    default_language: String,
}

/// Which page or section is that of a file, relative to `content/`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(crate) pages: Arc<HashMap<String, usize>>,
    pub(crate) sections: Arc<HashMap<String, usize>>,
}

impl Ids {
    /// Those of documents in the order in which a library is assembled.
    pub(crate) fn new(documents: &[Arc<Document>]) -> Self {
        let of = |kind| {
            let of_kind = documents.iter().filter(|document| document.kind == kind);
            let ids = of_kind.map(|document| document.id.clone());
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
    /// The neighbour with the earlier date, the lighter weight…
    pub(crate) lower: Option<usize>,
    /// The neighbour with the later date, the heavier weight…
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
    /// beside an `index.md`, by its directory.
    pub(crate) fn assemble(
        documents: Vec<WithText>,
        ids: Ids,
        assets: BTreeMap<String, Vec<String>>,
        config: &Config,
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
                    lower: None,
                    higher: None,
                }),
            }
        }
        library.link_sections();
        library.link_pages();
        library.ages = ages(&library.pages);
        library.sort();
        library.taxonomies = taxonomy::collect(&library.pages, &library.ages, config);
        library
    }

    /// The ids of a section and those it is in, the root first.
    pub(crate) fn line(&self, section: usize) -> Vec<&str> {
        let mut next = Some(section);
        let mut line = Vec::new();
        while let Some(index) = next {
            line.push(self.sections[index].document.id.as_str());
            next = self.sections[index].parent;
        }
        line.reverse();
        line
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

    /// Checks that every link with an anchor leads to one, and that every path
    /// of the site that is linked to is served.
    pub(crate) fn check_references(&self, site: &Path, output: &Output) -> Vec<Diagnostic> {
        let documents: Vec<(&Arc<Document>, &Arc<Text>)> = self.documents().collect();
        // Few sites write paths where they could name files.
        let by_path: LazyLock<HashMap<&str, &Text>, _> = LazyLock::new(|| {
            let texts = documents.iter();
            texts
                .map(|(document, text)| (document.path.as_str(), &***text))
                .collect()
        });
        let check = |document: &Document, reference: &Reference| {
            let (target, name) = match &reference.target {
                Target::Document(id) if !self.is_rendered(id) => {
                    let message = format!("`{id}` is not rendered: there is no page to link to");
                    let fault = document.at(reference.span.clone(), message);
                    return Some(fault.expected("a page without `render = false`"));
                }
                Target::Document(id) => (self.text(id), id),
                Target::Unknown => return None,
                Target::Path(path) if output.is_unsure(path) => return None,
                Target::Path(path) if !output.leads(path) => {
                    let message = format!("nothing is served under `{path}`");
                    let fault = document.at_in(site, reference.span.clone(), message);
                    return Some(fault.expected("a link to a path of the site, or `@/FILE.md`"));
                }
                Target::Path(path) => (by_path.get(path.as_str()).copied(), path),
            };
            missing_anchor((site, document), reference, target?, name)
        };
        let faults = documents.par_iter().flat_map_iter(|(document, text)| {
            let references = text.references.iter();
            let faults = references.filter_map(|reference| check(document, reference));
            faults.take(MAX_DIAGNOSTICS)
        });
        faults.collect()
    }

    /// Whether there is a page to see of a document, by its file.
    fn is_rendered(&self, id: &str) -> bool {
        let page = self.ids.pages.get(id);
        let page = page.map(|&index| &self.pages[index].document);
        let section = || Some(&self.sections[*self.ids.sections.get(id)?].document);
        let document = page.or_else(section);
        document.is_none_or(|document| document.front.is_rendered())
    }

    /// The text of a document, by its file.
    fn text(&self, id: &str) -> Option<&Text> {
        let page = self.ids.pages.get(id).map(|&index| &self.pages[index].text);
        let section = || Some(&self.sections[*self.ids.sections.get(id)?].text);
        page.or_else(section).map(|text| &**text)
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
                document.front.weight.unwrap_or(i64::MAX),
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
        let mut directory = directory;
        loop {
            let id = if directory.is_empty() {
                name.clone()
            } else {
                format!("{directory}/{name}")
            };
            if let Some(index) = self.ids.sections.get(&id) {
                return *index;
            }
            if directory.is_empty() {
                // Every language has a root; its file may be named after it.
                let root = self.sections.iter().position(|section| {
                    section.document.is_root() && *section.document.lang == *lang
                });
                return root.unwrap_or_default();
            }
            directory = directory.rsplit_once('/').map_or("", |(above, _)| above);
        }
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
                next = self.sections[listed]
                    .parent
                    .filter(|_| self.sections[listed].document.front.section.transparent);
            }
        }
    }

    fn sort(&mut self) {
        for index in 0..self.sections.len() {
            let sort_by = self.sections[index].document.front.section.sort_by;
            let mut order = std::mem::take(&mut self.sections[index].pages);
            match sort_by {
                SortBy::Date => order.sort_unstable_by_key(|&page| self.ages[page]),
                _ => order.sort_by(|&a, &b| {
                    compare(&self.pages[a].document, &self.pages[b].document, sort_by)
                }),
            }
            // Dates are listed with the latest first, everything else rises.
            let falling = matches!(sort_by, SortBy::Date | SortBy::UpdateDate);
            for (position, &page) in order.iter().enumerate() {
                if self.pages[page].section != index {
                    continue;
                }
                let before = position.checked_sub(1).map(|before| order[before]);
                let after = order.get(position + 1).copied();
                let (lower, higher) = if falling {
                    (after, before)
                } else {
                    (before, after)
                };
                (self.pages[page].lower, self.pages[page].higher) = (lower, higher);
            }
            self.sections[index].pages = order;
        }
    }
}

/// Where each page stands if all are sorted by date. They are sorted once: pages
/// stand in many lists, and numbers are compared sooner than dates are found.
fn ages(pages: &[Page]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pages.len()).collect();
    let document = |page: usize| &pages[page].document;
    order.sort_by(|&a, &b| compare(document(a), document(b), SortBy::Date));
    let mut ages = vec![0; order.len()];
    for (age, page) in order.into_iter().enumerate() {
        ages[page] = age;
    }
    ages
}

/// The fault of a link whose anchor is not where it leads.
fn missing_anchor(
    (site, document): (&Path, &Document),
    reference: &Reference,
    target: &Text,
    name: &str,
) -> Option<Diagnostic> {
    let anchor = reference.anchor.as_ref()?;
    // "top" is the start of any page (HTML, 7.4.6.3).
    if target.has_anchor(anchor) || anchor.eq_ignore_ascii_case("top") {
        return None;
    }
    let message = format!("`{name}` has no anchor `#{anchor}`");
    let fault = document.at_in(site, reference.span.clone(), message);
    let known = target.anchors.iter().map(String::as_str);
    let suggestion = crate::diagnostic::did_you_mean(anchor, known);
    Some(
        fault
            .expected("the id of a heading or element of that page")
            .suggestion(suggestion),
    )
}

fn title(document: &Document) -> &str {
    document.front.title.as_deref().unwrap_or_default()
}

/// The order of a listing; the file decides where the rest is equal, and what
/// has no date or weight comes last.
pub(crate) fn compare(a: &Document, b: &Document, sort_by: SortBy) -> Ordering {
    let moment = |document: &Document| document.date().map(|date| date.moment);
    let changed = |document: &Document| {
        document
            .last_change()
            .map(|date| date.moment)
            .max(document.date().map(|date| date.moment))
    };
    let weight = |document: &Document| document.front.weight.unwrap_or(i64::MAX);
    let order = match sort_by {
        SortBy::None => Ordering::Equal,
        SortBy::Date => moment(b).cmp(&moment(a)),
        SortBy::UpdateDate => changed(b).cmp(&changed(a)),
        SortBy::Title => natural::compare(title(a), title(b)),
        SortBy::TitleBytes => title(a).cmp(title(b)),
        SortBy::Weight => weight(a).cmp(&weight(b)),
        SortBy::Slug => a.slug.cmp(&b.slug),
    };
    order.then_with(|| a.id.cmp(&b.id))
}

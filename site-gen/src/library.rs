//! Step 5: pages and sections become a [`Library`]: who belongs to whom, in
//! which order, under which terms.
//!
//! A page belongs to the nearest directory above it that has an `_index.md`;
//! the root always counts as one. Sections own their pages, so a page stands
//! in one listing, or in that of the section above too if its own is
//! `transparent`.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::config::Config;
use crate::date::Date;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::front_matter::{Kind, SortBy};
use crate::markdown::{Rendered, Target};
use crate::taxonomy::{self, Taxonomy};

/// A site before it meets a theme.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) pages: Vec<Page>,
    pub(crate) sections: Vec<Section>,
    pub(crate) taxonomies: Vec<Taxonomy>,
    /// The pages by file, relative to `content/`.
    pub(crate) page_ids: BTreeMap<String, usize>,
    /// The sections by file, relative to `content/`.
    pub(crate) section_ids: BTreeMap<String, usize>,
    assets: BTreeMap<String, Vec<String>>,
}

/// A page and its place.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) document: Document,
    pub(crate) rendered: Rendered,
    /// The section it belongs to.
    pub(crate) section: usize,
    /// The neighbour with the earlier date, the lighter weight…
    pub(crate) lower: Option<usize>,
    /// The neighbour with the later date, the heavier weight…
    pub(crate) higher: Option<usize>,
}

impl Page {
    /// The day it was updated, or else published.
    pub(crate) fn last_change(&self) -> Option<&Date> {
        self.document
            .front
            .updated
            .as_ref()
            .or(self.document.date())
    }
}

/// A section and what is in it.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) document: Document,
    pub(crate) rendered: Rendered,
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
        documents: Vec<(Document, Rendered)>,
        assets: BTreeMap<String, Vec<String>>,
        config: &Config,
    ) -> Self {
        let mut library = Self {
            assets,
            ..Self::default()
        };
        for (document, rendered) in documents {
            match document.kind {
                Kind::Section => {
                    library
                        .section_ids
                        .insert(document.id.clone(), library.sections.len());
                    let (children, pages) = (Vec::new(), Vec::new());
                    library.sections.push(Section {
                        document,
                        rendered,
                        parent: None,
                        children,
                        pages,
                    });
                }
                Kind::Page => {
                    library
                        .page_ids
                        .insert(document.id.clone(), library.pages.len());
                    library.pages.push(Page {
                        document,
                        rendered,
                        section: 0,
                        lower: None,
                        higher: None,
                    });
                }
            }
        }
        library.link_sections();
        library.link_pages();
        library.sort();
        library.taxonomies = taxonomy::collect(&library.pages, config);
        library
    }

    /// The ids of the sections a document is in, the root first.
    pub(crate) fn ancestors(&self, document: &Document) -> Vec<&str> {
        let mut next = match document.kind {
            Kind::Section => self.sections[self.section_ids[&document.id]].parent,
            Kind::Page => Some(self.pages[self.page_ids[&document.id]].section),
        };
        let mut ancestors = Vec::new();
        while let Some(index) = next {
            ancestors.push(self.sections[index].document.id.as_str());
            next = self.sections[index].parent;
        }
        ancestors.reverse();
        ancestors
    }

    /// The paths of the files beside a page's `index.md`.
    pub(crate) fn assets(&self, document: &Document) -> &[String] {
        let directory = document.id.strip_suffix("index.md").unwrap_or(&document.id);
        self.assets
            .get(directory.trim_end_matches('/'))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// All documents.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&Document, &Rendered)> {
        let sections = self
            .sections
            .iter()
            .map(|section| (&section.document, &section.rendered));
        sections.chain(
            self.pages
                .iter()
                .map(|page| (&page.document, &page.rendered)),
        )
    }

    /// Checks that every link with an anchor leads to one, and that every path
    /// of the site that is linked to is `served`.
    pub(crate) fn check_references(&self, served: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let by_id: BTreeMap<&str, &Rendered> = self
            .documents()
            .map(|(document, rendered)| (document.id.as_str(), rendered))
            .collect();
        let by_path: BTreeMap<&str, &Rendered> = self
            .documents()
            .map(|(document, rendered)| (document.path.as_str(), rendered))
            .collect();
        let mut faults = Vec::new();
        for (document, rendered) in self.documents() {
            for reference in &rendered.references {
                let (target, name) = match &reference.target {
                    Target::Document(id) => (by_id.get(id.as_str()), id),
                    Target::Path(path) if path.is_empty() => continue,
                    Target::Path(path) if !served(path) => {
                        let fault = document.at(
                            reference.span.clone(),
                            format!("nothing is served under `{path}`"),
                        );
                        faults.push(fault.expected("a link to a path of the site, or `@/FILE.md`"));
                        continue;
                    }
                    Target::Path(path) => (by_path.get(path.as_str()), path),
                };
                let (Some(target), Some(anchor)) = (target, &reference.anchor) else {
                    continue;
                };
                // "top" is the start of any page (HTML, 7.4.6.3).
                if !target.anchors.contains(anchor) && !anchor.eq_ignore_ascii_case("top") {
                    let fault = document.at(
                        reference.span.clone(),
                        format!("`{name}` has no anchor `#{anchor}`"),
                    );
                    let suggestion = crate::diagnostic::did_you_mean(
                        anchor,
                        target.anchors.iter().map(String::as_str),
                    );
                    faults.push(
                        fault
                            .expected("the id of a heading or element of that page")
                            .suggestion(suggestion),
                    );
                }
            }
        }
        faults
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
            let parent = self.section_of(above);
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

    /// The section of a directory: its own, or the nearest above.
    fn section_of(&self, directory: &str) -> usize {
        let mut directory = directory;
        loop {
            let id = if directory.is_empty() {
                "_index.md".to_owned()
            } else {
                format!("{directory}/_index.md")
            };
            if let Some(index) = self.section_ids.get(&id) {
                return *index;
            }
            directory = directory.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    fn link_pages(&mut self) {
        for index in 0..self.pages.len() {
            let section = self.section_of(&self.pages[index].document.directory);
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
            order.sort_by(|&a, &b| {
                compare(&self.pages[a].document, &self.pages[b].document, sort_by)
            });
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

/// The order of a listing; the file decides where the rest is equal, and what
/// has no date or weight comes last.
pub(crate) fn compare(a: &Document, b: &Document, sort_by: SortBy) -> Ordering {
    let moment = |document: &Document| document.date().map(|date| date.moment);
    let changed = |document: &Document| {
        document
            .front
            .updated
            .as_ref()
            .map(|date| date.moment)
            .max(document.date().map(|date| date.moment))
    };
    let weight = |document: &Document| document.front.weight.unwrap_or(i64::MAX);
    let title = |document: &Document| {
        document
            .front
            .title
            .as_deref()
            .unwrap_or_default()
            .to_lowercase()
    };
    let order = match sort_by {
        SortBy::None => Ordering::Equal,
        SortBy::Date => moment(b).cmp(&moment(a)),
        SortBy::UpdateDate => changed(b).cmp(&changed(a)),
        SortBy::Title => title(a).cmp(&title(b)),
        SortBy::Weight => weight(a).cmp(&weight(b)),
        SortBy::Slug => a.slug.cmp(&b.slug),
    };
    order.then_with(|| a.id.cmp(&b.id))
}

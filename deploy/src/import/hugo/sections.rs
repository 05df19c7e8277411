//! The order of the sections in a section. Hugo sorts them as it sorts pages; here
//! their weights do, so those that were in another order get some.

use std::collections::BTreeMap;

use super::super::paths::split;
use super::super::report::{Report, Topic};
use super::data::get_integer;
use super::document::{Document, Kind};
use super::library::Library;
use super::listing::{Key, moment};
use super::published::{is_listed, unpublished};

/// Weights that keep sections in their order, by the files of the sections.
pub(super) fn weights(library: &Library, report: &mut Report) -> BTreeMap<String, i64> {
    let mut weights = BTreeMap::new();
    let dates = youngest(library);
    for (parent, sections) in by_parent(library) {
        let mut before: Vec<(Key<'_>, &Document)> = sections
            .iter()
            .map(|section| (key(section, &dates), *section))
            .collect();
        before.sort_by(|(a, _), (b, _)| a.usual(b));
        let mut now = sections;
        // What weighs nothing comes first.
        let weight = |section: &Document| get_integer(&section.front, "weight").unwrap_or_default();
        now.sort_by(|a, b| (weight(a), &a.id).cmp(&(weight(b), &b.id)));
        if before.iter().zip(&now).all(|((_, a), b)| a.id == b.id) {
            continue;
        }
        let numbered = (1..).zip(before);
        weights.extend(numbered.map(|(weight, (_, section))| (section.id.clone(), weight)));
        let what = "sections are sorted by their weights alone";
        let advice = "those in this one have weights now that keep them in the order they had";
        report.note(Topic::FrontMatter, &parent.file, None, what, advice);
    }
    weights
}

/// The sections in each section, but for those that are in no list.
fn by_parent(library: &Library) -> Vec<(&Document, Vec<&Document>)> {
    let mut found: BTreeMap<&str, (&Document, Vec<&Document>)> = BTreeMap::new();
    for section in &library.documents {
        let is_one = section.kind == Kind::Section && !section.directory.is_empty();
        if !is_one || unpublished(section).is_some() || !is_listed(section) {
            continue;
        }
        let mut directory = section.directory.as_str();
        let parent = loop {
            directory = split(directory).0;
            let parent = library.section(directory, section.language);
            if parent.is_some() || directory.is_empty() {
                break parent;
            }
        };
        if let Some(parent) = parent {
            let own = found.entry(&parent.id).or_insert((parent, Vec::new()));
            own.1.push(section);
        }
    }
    found.into_values().collect()
}

/// By language and directory.
pub(super) type Dates = BTreeMap<(usize, String), i128>;

/// The dates of the youngest pages below all directories, at any depth.
pub(super) fn youngest(library: &Library) -> Dates {
    let mut dates = Dates::new();
    let pages = library.documents.iter().filter(|page| {
        page.kind != Kind::Section && unpublished(page).is_none() && is_listed(page)
    });
    for page in pages {
        let Some(date) = moment(page) else { continue };
        let mut directory = page.directory.as_str();
        loop {
            let latest = dates.entry((page.language, directory.to_owned()));
            let latest = latest.or_insert(date);
            *latest = date.max(*latest);
            if directory.is_empty() {
                break;
            }
            directory = split(directory).0;
        }
    }
    dates
}

/// What a document is sorted by in Hugo; a section that says no date has that of the
/// youngest page below it.
pub(super) fn key<'a>(document: &'a Document, dates: &Dates) -> Key<'a> {
    let own = Key::of(document);
    if document.kind != Kind::Section || moment(document).is_some() {
        return own;
    }
    let place = (document.language, document.directory.clone());
    own.dated(dates.get(&place).copied())
}

//! The order of the pages of a section: Hugo has one for all, which is found
//! again by what sorts them here.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::super::paths::split;
use super::config::Config;
use super::data::{get_integer, get_text};
use super::date;
use super::document::{Document, Kind};
use super::library::Library;
use super::published::{is_listed, unpublished};
use super::terms::terms;

/// What a section's list is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) pages: usize,
    /// What sorts it now.
    pub(super) order: &'static str,
    /// Whether that is the order that it had.
    pub(super) is_as_it_was: bool,
}

/// What the lists of all sections are like.
pub(super) fn listings(library: &Library, main: &[String]) -> BTreeMap<String, Listing> {
    let mut lists: BTreeMap<String, Vec<&Document>> = BTreeMap::new();
    for document in &library.documents {
        let hidden = unpublished(document).is_some() || !is_listed(document);
        if document.kind == Kind::Section || hidden {
            continue;
        }
        let mut directory = document.directory.as_str();
        loop {
            let section = library.section(directory, document.language);
            if let Some(section) = section {
                lists.entry(section.id.clone()).or_default().push(document);
                if directory.is_empty() || !main.contains(&section.directory) {
                    break;
                }
            } else if directory.is_empty() {
                break;
            }
            directory = split(directory).0;
        }
    }
    let listed = lists.into_iter();
    listed
        .map(|(id, pages)| (id, Listing::of(&pages)))
        .collect()
}

/// A list of a term's pages that is in another order now.
#[derive(Debug)]
pub(super) struct Moved<'a> {
    pub(super) term: String,
    pub(super) first: &'a Document,
}

/// What sorts the pages of a taxonomy's terms, and the terms whose order that is not.
pub(super) fn of_terms<'a>(
    library: &'a Library,
    config: &Config,
    taxonomy: &str,
) -> (&'static str, Vec<Moved<'a>>) {
    let mut lists: BTreeMap<(usize, String), Vec<&Document>> = BTreeMap::new();
    let own = library.documents.iter();
    let own = own.filter(|one| one.kind != Kind::Section && unpublished(one).is_none());
    for document in own.filter(|one| is_listed(one)) {
        let all = terms(document, config).into_iter();
        for term in all
            .filter(|(name, _)| name == taxonomy)
            .flat_map(|(_, terms)| terms)
        {
            let term = (document.language, site_gen::slugify(&term));
            lists.entry(term).or_default().push(document);
        }
    }
    let key = format!("{taxonomy}_weight");
    // Of each term: the order that it had, and what it would be in each that there is.
    let all: Vec<(String, Vec<&Document>, [bool; 3])> = lists
        .into_iter()
        .map(|((_, term), pages)| {
            let keys: Vec<Key<'_>> = pages.iter().map(|page| Key::of(page)).collect();
            let weights: Vec<i64> = pages
                .iter()
                .map(|page| get_integer(&page.front, &key).unwrap_or_default())
                .collect();
            let mut before: Vec<usize> = (0..keys.len()).collect();
            before.sort_by(|&a, &b| {
                let by = weights[a].cmp(&weights[b]);
                by.then_with(|| keys[a].usual(&keys[b]))
            });
            let is_same = ORDERS_OF_TERMS.map(|order| {
                let mut now: Vec<usize> = (0..keys.len()).collect();
                now.sort_by(|&a, &b| keys[a].here(&keys[b], order));
                now == before
            });
            (term, pages, is_same)
        })
        .collect();
    let count = |at: usize| all.iter().filter(|(_, _, is_same)| is_same[at]).count();
    // Of equal ones the first: what needs no key.
    let best = (0..ORDERS_OF_TERMS.len()).rev().max_by_key(|at| count(*at));
    let best = best.unwrap_or_default();
    let moved = all.into_iter().filter(|(_, _, is_same)| !is_same[best]);
    let moved = moved.filter_map(|(term, pages, _)| {
        let first = *pages.first()?;
        Some(Moved { term, first })
    });
    (ORDERS_OF_TERMS[best], moved.collect())
}

/// How pages of terms are sorted here.
const ORDERS_OF_TERMS: [&str; 3] = ["date", "weight", "title"];

/// How pages are sorted here, what tells most of them apart first.
const ORDERS: [&str; 3] = ["weight", "date", "title"];

impl Listing {
    fn of(pages: &[&Document]) -> Self {
        let keys: Vec<Key<'_>> = pages.iter().map(|page| Key::of(page)).collect();
        Self::of_keys(&keys)
    }

    fn of_keys(keys: &[Key<'_>]) -> Self {
        let sorted = |order: &dyn Fn(&Key<'_>, &Key<'_>) -> Ordering| -> Vec<&str> {
            let mut sorted: Vec<&Key<'_>> = keys.iter().collect();
            sorted.sort_by(|a, b| order(a, b));
            sorted.into_iter().map(|key| key.id).collect()
        };
        let before = sorted(&|a, b| a.usual(b));
        let likely = likely(keys);
        let mut orders = std::iter::once(likely).chain(ORDERS);
        let same = orders.find(|order| sorted(&|a, b| a.here(b, order)) == before);
        Self {
            pages: keys.len(),
            order: same.unwrap_or(likely),
            is_as_it_was: same.is_some(),
        }
    }
}

/// What tells most pages apart.
fn likely(keys: &[Key<'_>]) -> &'static str {
    let most = |is_one: fn(&Key<'_>) -> bool| {
        let count = keys.iter().filter(|key| is_one(key)).count();
        count * 2 >= keys.len()
    };
    if most(|key| key.weight != i64::MAX) {
        "weight"
    } else if most(|key| key.moment.is_some()) {
        "date"
    } else {
        "title"
    }
}

/// What a page is sorted by.
#[derive(Debug)]
pub(super) struct Key<'a> {
    weight: i64,
    moment: Option<i128>,
    title: String,
    id: &'a str,
}

impl<'a> Key<'a> {
    pub(super) fn of(page: &'a Document) -> Self {
        Self {
            weight: weight(page),
            moment: moment(page),
            title: title(page),
            id: &page.id,
        }
    }

    /// The key of what no file is behind.
    pub(super) fn of_parts(weight: i64, moment: Option<i128>, title: &str, id: &'a str) -> Self {
        Self {
            weight: if weight == 0 { i64::MAX } else { weight },
            moment,
            title: title.to_lowercase(),
            id,
        }
    }

    /// The same page with another date.
    pub(super) fn dated(self, moment: Option<i128>) -> Self {
        Self { moment, ..self }
    }

    /// Hugo's order: by weight, then the newest first, then by title.
    pub(super) fn usual(&self, other: &Key<'_>) -> Ordering {
        let key = |one: &Key<'_>| (one.weight, Reverse(one.moment));
        let by = key(self).cmp(&key(other));
        by.then_with(|| self.title.cmp(&other.title))
            .then_with(|| self.id.cmp(other.id))
    }

    /// What `sort_by` does.
    fn here(&self, other: &Key<'_>, order: &str) -> Ordering {
        let by = match order {
            "weight" => self.weight.cmp(&other.weight),
            "date" => other.moment.cmp(&self.moment),
            _ => self.title.cmp(&other.title),
        };
        by.then_with(|| self.id.cmp(other.id))
    }
}

fn weight(page: &Document) -> i64 {
    match get_integer(&page.front, "weight") {
        None | Some(0) => i64::MAX,
        Some(weight) => weight,
    }
}

pub(super) fn moment(page: &Document) -> Option<i128> {
    let mut keys = date::DATES.iter();
    let date = keys.find_map(|key| date::read(&get_text(&page.front, key)?))?;
    Some(date.moment.as_nanosecond())
}

/// A text that sorts pages by date.
pub(super) fn age(page: &Document) -> String {
    format!("{:040}", moment(page).unwrap_or_default())
}

pub(super) fn title(page: &Document) -> String {
    let title = get_text(&page.front, "linkTitle");
    let title = title.or_else(|| get_text(&page.front, "title"));
    title.unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(pages: &[(&str, i64, Option<i128>, &str)]) -> (&'static str, bool) {
        let keys: Vec<Key<'_>> = pages
            .iter()
            .map(|(id, weight, moment, title)| Key {
                weight: *weight,
                moment: *moment,
                title: (*title).to_owned(),
                id,
            })
            .collect();
        let found = Listing::of_keys(&keys);
        (found.order, found.is_as_it_was)
    }

    #[test]
    fn what_sorts_as_hugo_does_is_found() {
        let none = i64::MAX;
        for (pages, expected) in [
            (
                vec![("a", 2, None, "x"), ("b", 1, None, "y")],
                ("weight", true),
            ),
            (
                vec![("a", none, Some(1), "x"), ("b", none, Some(2), "y")],
                ("date", true),
            ),
            (
                vec![("a", none, None, "y"), ("b", none, None, "x")],
                ("title", true),
            ),
            // One of three has a weight, and the others have titles.
            (
                vec![
                    ("a", none, None, "y"),
                    ("b", none, None, "x"),
                    ("c", 1, None, "z"),
                ],
                ("title", false),
            ),
            // All have the same weight, and their titles are not as their files.
            (
                vec![("a", 1, None, "y"), ("b", 1, None, "x")],
                ("title", true),
            ),
        ] {
            assert_eq!(listing(&pages), expected, "{pages:?}");
        }
    }
}

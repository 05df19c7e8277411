//! What the pages of a section are like: how many they are, and by what they are
//! told apart.

use std::collections::BTreeMap;

use super::super::paths::split;
use super::data::{get_integer, get_text};
use super::date;
use super::document::{Document, Kind};
use super::library::{Library, unpublished};

/// What a section's pages are like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Listing {
    pub(super) pages: usize,
    pub(super) weighted: usize,
    pub(super) dated: usize,
}

/// What the lists of all sections are like.
pub(super) fn listings(library: &Library, main: &[String]) -> BTreeMap<String, Listing> {
    let mut listings: BTreeMap<String, Listing> = BTreeMap::new();
    for document in &library.documents {
        let hidden = unpublished(document).is_some();
        if document.kind == Kind::Section || hidden {
            continue;
        }
        let mut directory = document.directory.as_str();
        loop {
            let section = library.section(directory, document.language);
            if let Some(section) = section {
                let listing = listings.entry(section.id.clone()).or_default();
                listing.add(document);
                if directory.is_empty() || !main.contains(&section.directory) {
                    break;
                }
            } else if directory.is_empty() {
                break;
            }
            directory = split(directory).0;
        }
    }
    listings
}

impl Listing {
    fn add(&mut self, document: &Document) {
        let front = &document.front;
        self.pages += 1;
        self.weighted += usize::from(get_integer(front, "weight").is_some_and(|w| w != 0));
        let is_dated = date::DATES.iter().any(|key| get_text(front, key).is_some());
        self.dated += usize::from(is_dated);
    }

    /// Hugo sorts by weight, then date, then title: what tells most pages apart.
    pub(super) fn order(self) -> &'static str {
        if self.weighted * 2 >= self.pages {
            "weight"
        } else if self.dated * 2 >= self.pages {
            "date"
        } else {
            "title"
        }
    }
}

//! The words of all pages together, in the order in which the index has them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::page::{MAX_WEIGHT, Page, Weight};
use super::words::{Stems, fold};
use crate::limits::MAX_LISTED_PLACES;

/// A part of the site, counted through all pages, and how much a word counts
/// there.
pub(super) type Place = (u32, Weight);

/// A word of the index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is looked for.
    pub(super) text: String,
    /// What it has in common with the words that are related to it.
    pub(super) stem: String,
    /// In how many parts it is.
    pub(super) parts: usize,
    /// The places, in order; of a word that is in very many parts, the best.
    pub(super) places: Vec<Place>,
}

/// The words of pages, sorted as scripts compare text: by UTF-16 code units.
pub(super) fn merge(pages: &[Arc<Page>], language: &str) -> Vec<Word> {
    let mut spellings: Vec<(&str, Vec<Place>)> = spellings(pages).into_iter().collect();
    // A word has one stem, whichever of its spellings is met first.
    spellings.par_sort_unstable_by_key(|(spelling, _)| *spelling);
    let mut words: Vec<Word> = spellings
        .into_par_iter()
        .map_init(
            || Stems::of(language),
            |stems, (spelling, places)| Word {
                text: fold(spelling),
                stem: stems.of_word(spelling),
                parts: places.len(),
                places,
            },
        )
        .filter(|word| !word.text.is_empty())
        .collect();
    words.par_sort_by(|a, b| compare(&a.text, &b.text));
    words.dedup_by(|next, word| {
        let same = next.text == word.text;
        if same {
            word.places = join(&word.places, &next.places);
            word.parts = word.places.len();
        }
        same
    });
    words
        .par_iter_mut()
        .for_each(|word| limit(&mut word.places));
    words
}

/// The order of words.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// The places of each word as pages have it, with its accents.
fn spellings(pages: &[Arc<Page>]) -> HashMap<&str, Vec<Place>> {
    let mut begin = 0;
    let pages: Vec<(u32, &Page)> = pages
        .iter()
        .map(|page| {
            let own = begin;
            begin += page.parts();
            (own, &**page)
        })
        .collect();
    let many = pages.len().div_ceil(rayon::current_num_threads()).max(1);
    let found: Vec<HashMap<&str, Vec<Place>>> = pages.par_chunks(many).map(of_some).collect();
    let mut found = found.into_iter();
    let mut all = found.next().unwrap_or_default();
    for more in found {
        for (word, places) in more {
            all.entry(word).or_default().extend(places);
        }
    }
    all
}

fn of_some<'a>(pages: &[(u32, &'a Page)]) -> HashMap<&'a str, Vec<Place>> {
    let mut found: HashMap<&str, Vec<Place>> = HashMap::new();
    for (begin, page) in pages {
        for (word, places) in page.words() {
            let places = places.iter().map(|(part, weight)| (begin + part, *weight));
            found.entry(word).or_default().extend(places);
        }
    }
    found
}

/// The places of a word from those of two spellings.
fn join(a: &[Place], b: &[Place]) -> Vec<Place> {
    let mut joined: Vec<Place> = [a, b].concat();
    joined.sort_unstable();
    joined.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = (kept.1 + next.1).min(MAX_WEIGHT);
        }
        same
    });
    joined
}

fn limit(places: &mut Vec<Place>) {
    if places.len() > MAX_LISTED_PLACES {
        places.sort_unstable_by_key(|(part, weight)| (MAX_WEIGHT - weight, *part));
        places.truncate(MAX_LISTED_PLACES);
        places.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_word_are_one() {
        assert_eq!(
            join(&[(1, 9), (4, 2)], &[(0, 1), (1, 9)]),
            [(0, 1), (1, 15), (4, 2)]
        );
    }

    #[test]
    fn the_best_places_are_listed() {
        let most = MAX_LISTED_PLACES as u32;
        let mut places: Vec<Place> = (0..most + 2).map(|part| (part, 1)).collect();
        places[0].1 = 2;
        places[most as usize + 1].1 = 3;
        limit(&mut places);
        assert_eq!(places.len(), MAX_LISTED_PLACES);
        assert_eq!(places.first(), Some(&(0, 2)));
        assert_eq!(places.last(), Some(&(most + 1, 3)));
        assert!(places.is_sorted());
    }

    #[test]
    fn words_are_sorted_as_scripts_sort_them() {
        assert_eq!(compare("\u{ff5e}", "\u{10000}"), Ordering::Greater);
        assert_eq!(compare("a", "b"), Ordering::Less);
    }
}

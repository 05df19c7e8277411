//! The words of one page: how much each counts, and in which of its parts.
//!
//! A page is read once; the index of the next build takes it from here if the
//! page is the same.

use std::borrow::Cow;
use std::collections::HashMap;

use super::config::SearchConfig;
use super::text::{self, Part};
use super::words;
use crate::document::Document;
use crate::texts::Text;

/// How much a word counts at a place, from 1 to [`MAX_WEIGHT`].
pub(super) type Weight = u8;

/// What four bits hold.
pub(super) const MAX_WEIGHT: Weight = 15;

/// What a word counts more for where it stands.
const IN_TITLE: f32 = 9.0;
const IN_HEADING: f32 = 7.0;
const IN_DESCRIPTION: f32 = 3.0;

/// What a word counts in running text at most: as in BM25, each further time
/// that it comes up says less, and in a long part it says less.
const IN_TEXT: f32 = 5.0;
const HALF_SATURATED: f32 = 0.8;
const TYPICAL_WORDS: f32 = 300.0;

/// A page, as the index sees it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) path: String,
    pub(super) title: String,
    /// The parts after the first: the id of the heading, and its text.
    pub(super) headings: Vec<(String, String)>,
    words: WordList,
}

/// Words with their places, in little memory.
#[derive(Debug, Default)]
struct WordList {
    /// All its words, in small letters, one after the other.
    letters: String,
    /// Where each word ends in `letters`, and its places in `places`.
    ends: Vec<(u32, u32)>,
    /// The part, and the weight there.
    places: Vec<(u32, Weight)>,
}

/// What a word is in a part.
#[derive(Clone, Copy, Default)]
struct Found {
    /// For where it stands.
    bonus: f32,
    /// How often it is in the text.
    times: f32,
}

impl Page {
    /// Reads a page.
    pub(super) fn read(document: &Document, text: &Text, config: &SearchConfig) -> Self {
        let front = &document.front;
        let mut parts = match text.html.as_str().filter(|_| config.include_content) {
            Some(html) => text::parts(html),
            None => vec![Part::default()],
        };
        if let Some(most) = config.truncate_content_length {
            truncate(&mut parts, most);
        }
        let title = document.name();
        let mut texts: Vec<(u32, Kind, Cow<'_, str>)> = Vec::with_capacity(parts.len() * 2 + 2);
        let mut add = |part, kind, text| texts.push((part, kind, words::lower(text)));
        if config.include_title {
            add(0, Kind::Title, title);
        }
        if let Some(description) = &front.description
            && config.include_description
        {
            add(0, Kind::Description, description);
        }
        for (part, of) in (0..).zip(&parts) {
            add(part, Kind::Heading, &of.heading);
            add(part, Kind::Text, &of.text);
        }
        let mut words = Words {
            lengths: vec![0.0; parts.len()],
            ..Words::default()
        };
        for (part, kind, text) in &texts {
            words.add(*part, *kind, text);
        }
        Self {
            path: document.path.to_string(),
            title: title.to_owned(),
            headings: parts
                .iter()
                .skip(1)
                .map(|part| (part.anchor.clone(), part.heading.clone()))
                .collect(),
            words: words.finish(),
        }
    }

    /// How many parts it has.
    pub(super) fn parts(&self) -> u32 {
        self.headings.len() as u32 + 1
    }

    /// Each word, in small letters, and its places in the order of parts.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &[(u32, Weight)])> {
        let mut begin = (0, 0);
        let list = &self.words;
        list.ends.iter().map(move |&(letters, places)| {
            let word = &list.letters[begin.0..letters as usize];
            let there = &list.places[begin.1..places as usize];
            begin = (letters as usize, places as usize);
            (word, there)
        })
    }
}

/// What a word stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Title,
    Description,
    Heading,
    Text,
}

/// The words of a page as they come up.
#[derive(Default)]
struct Words<'t> {
    numbers: HashMap<&'t str, usize>,
    /// Each word, and its last place in `places`.
    words: Vec<(&'t str, usize)>,
    /// The number of the word, the part, and what it is there.
    places: Vec<(usize, u32, Found)>,
    /// How many words there are in each part.
    lengths: Vec<f32>,
}

impl<'t> Words<'t> {
    /// Adds the words of a text in a part; parts come in their order.
    fn add(&mut self, part: u32, kind: Kind, text: &'t str) {
        words::each(text, |word| {
            self.lengths[part as usize] += 1.0;
            let next = self.places.len();
            let number = *self.numbers.entry(word).or_insert(self.words.len());
            if number == self.words.len() {
                self.words.push((word, next));
            }
            let last = &mut self.words[number].1;
            if *last == next || self.places[*last].1 != part {
                *last = next;
                self.places.push((number, part, Found::default()));
            }
            let found = &mut self.places[*last].2;
            match kind {
                Kind::Title => found.bonus = found.bonus.max(IN_TITLE),
                Kind::Description => found.bonus = found.bonus.max(IN_DESCRIPTION),
                Kind::Heading => found.bonus = found.bonus.max(IN_HEADING),
                Kind::Text => found.times += 1.0,
            }
        });
    }

    /// The words, in the order in which they came up.
    fn finish(mut self) -> WordList {
        // Those of a word come together, and stay in the order of parts.
        self.places.sort_by_key(|(number, _, _)| *number);
        let letters: usize = self.words.iter().map(|(word, _)| word.len()).sum();
        let mut letters = String::with_capacity(letters);
        let mut ends = Vec::with_capacity(self.words.len());
        let mut places = Vec::with_capacity(self.places.len());
        let mut next = self.places.into_iter().peekable();
        for (number, (word, _)) in self.words.iter().enumerate() {
            letters.push_str(word);
            while let Some((_, part, found)) = next.next_if(|(of, _, _)| *of == number) {
                places.push((part, weight(found, self.lengths[part as usize])));
            }
            ends.push((letters.len() as u32, places.len() as u32));
        }
        WordList {
            letters,
            ends,
            places,
        }
    }
}

fn weight(found: Found, length: f32) -> Weight {
    let saturation = HALF_SATURATED * (0.5 + 0.5 * length / TYPICAL_WORDS);
    let text = IN_TEXT * found.times / (found.times + saturation);
    (found.bonus + text)
        .round()
        .clamp(1.0, f32::from(MAX_WEIGHT)) as Weight
}

/// Leaves the first characters of a page's text.
fn truncate(parts: &mut [Part], most: usize) {
    let mut left = most;
    for part in parts {
        let end = part.text.char_indices().nth(left).map(|(at, _)| at);
        match end {
            Some(end) => {
                part.text.truncate(end);
                left = 0;
            }
            None => left -= part.text.chars().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_word_stands_counts_more_than_how_often() {
        let text = |times| weight(Found { bonus: 0.0, times }, 200.0);
        let title = weight(
            Found {
                bonus: IN_TITLE,
                times: 0.0,
            },
            200.0,
        );
        let heading = weight(
            Found {
                bonus: IN_HEADING,
                times: 1.0,
            },
            200.0,
        );
        assert!(text(1.0) < text(3.0) && text(3.0) <= text(1000.0));
        assert!(text(1000.0) < title && text(1000.0) < heading);
        assert_eq!(
            weight(
                Found {
                    bonus: IN_TITLE + IN_HEADING,
                    times: 9.0
                },
                9.0
            ),
            MAX_WEIGHT
        );
    }

    #[test]
    fn a_text_is_cut_at_a_character() {
        let part = |text: &str| Part {
            text: text.to_owned(),
            ..Part::default()
        };
        let mut parts = vec![part("aé"), part("ñbc"), part("d")];
        truncate(&mut parts, 3);
        let texts: Vec<_> = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(texts, ["aé", "ñ", ""]);
    }
}

//! The index as it is served: files that `search.js` reads, some of them for
//! each search.
//!
//! `/search_index.LANG.json`, always under this name, says what there is:
//!
//! | key | meaning |
//! |---|---|
//! | `version` | of this format: [`VERSION`] |
//! | `language` | its code |
//! | `files` | the path that the names of all other files begin with. It has a fingerprint of the index in it, so no two indexes have a file in common, and browsers may keep each for ever |
//! | `parts` | of each page, how many parts it has. Parts are counted through all pages |
//! | `pages` | how many pages one of the files with pages has |
//! | `words` | of each file with words, what no word in it is before |
//!
//! `NUMBER.json` has [`INDEX_PAGES`] pages: of each an array of its path, its
//! title, and an array of the anchor and text of each heading.
//!
//! `NUMBER.words` has words: those from its entry in `words` up to that of the
//! next file, in the order of UTF-16 code units. All numbers are unsigned LEB128.
//! First how many words there are; then, for each, in how many letters (bytes of
//! UTF-8) it begins like the one before, how many more it has, and those; the
//! number of its family, words of one stem, or 0 if it has none; in how many
//! parts of the site it is; and in how many bytes its places are listed. Then the
//! places, word after word: the distance to the part before, times 16, plus the
//! weight. Few compress well, so the files are served as they are.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::merge::{Word, compare, merge};
use super::page::{MAX_WEIGHT, Page};
use crate::config::base_url::BaseUrl;
use crate::fingerprint;
use crate::limits::{INDEX_PAGES, INDEX_PART_BYTES, INDEX_PART_SLACK};
use crate::values::json::write_json_string;

/// The version of the format. The script refuses every other one.
const VERSION: u32 = 1;

const _: () = assert!(MAX_WEIGHT == 15);

/// The files of an index by their paths; the first is the one with the fixed
/// name.
pub(super) fn files(pages: &[Arc<Page>], language: &str, base: &BaseUrl) -> Vec<(String, Vec<u8>)> {
    let words = merge(pages, language);
    let blocks = blocks(&words);
    let firsts = firsts(&words, &blocks);
    let mut parts: Vec<(String, Vec<u8>)> = blocks
        .par_iter()
        .enumerate()
        .map(|(number, block)| {
            (
                format!("{number}.words"),
                write_words(&words[block.clone()]),
            )
        })
        .collect();
    let listed = pages.chunks(INDEX_PAGES).enumerate();
    parts.extend(listed.map(|(number, pages)| (format!("{number}.json"), write_pages(pages))));

    let mut hash = Sha256::new();
    for (name, bytes) in &parts {
        hash.update(name);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    let fingerprint = fingerprint::of_hash(&hash.finalize());
    let directory = base.address(&format!("/search_index.{language}.{fingerprint}/"));
    let root = write_root(pages, language, &directory, &firsts);
    let mut files = vec![(base.address(&super::root_path(language)), root)];
    let parts = parts.into_iter();
    files.extend(parts.map(|(name, bytes)| (directory.clone() + &name, bytes)));
    files
}

fn write_root(pages: &[Arc<Page>], language: &str, directory: &str, firsts: &[String]) -> Vec<u8> {
    let mut json = format!("{{\"version\":{VERSION},\"language\":");
    write_json_string(language, &mut json);
    json.push_str(",\"files\":");
    write_json_string(directory, &mut json);
    _ = write!(json, ",\"pages\":{INDEX_PAGES},\"parts\":[");
    push_list(&mut json, pages, |json, page| {
        _ = write!(json, "{}", page.parts());
    });
    json.push_str("],\"words\":[");
    push_list(&mut json, firsts, |json, first| {
        write_json_string(first, json);
    });
    json.push_str("]}\n");
    json.into_bytes()
}

fn write_pages(pages: &[Arc<Page>]) -> Vec<u8> {
    let mut json = "[".to_owned();
    push_list(&mut json, pages, |json, page| {
        json.push('[');
        write_json_string(&page.path, json);
        json.push(',');
        write_json_string(&page.title, json);
        json.push_str(",[");
        push_list(json, &page.headings, |json, (anchor, heading)| {
            json.push('[');
            write_json_string(anchor, json);
            json.push(',');
            write_json_string(heading, json);
            json.push(']');
        });
        json.push_str("]]");
    });
    json.push_str("]\n");
    json.into_bytes()
}

fn push_list<T>(json: &mut String, items: &[T], push: impl Fn(&mut String, &T)) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        push(json, item);
    }
}

/// Divides words into files. Those of one stem stay together if they can: the
/// script finds related words only in the file that it has.
fn blocks(words: &[Word]) -> Vec<std::ops::Range<usize>> {
    let last: HashMap<&str, usize> = words
        .iter()
        .map(|word| word.stem.as_str())
        .zip(0..)
        .collect();
    let mut blocks = Vec::new();
    let (mut begin, mut bytes, mut needed) = (0, 0, 0);
    for (index, word) in words.iter().enumerate() {
        // About: the files are written later.
        bytes += word.text.len() + 3 + word.places.len() * 2;
        needed = needed.max(last[word.stem.as_str()]);
        let full = bytes >= INDEX_PART_BYTES && needed <= index;
        if full || bytes >= INDEX_PART_BYTES * INDEX_PART_SLACK {
            blocks.push(begin..index + 1);
            (begin, bytes) = (index + 1, 0);
        }
    }
    if begin < words.len() {
        blocks.push(begin..words.len());
    }
    blocks
}

/// For each file, the shortest text that is after all words of the file before.
fn firsts(words: &[Word], blocks: &[std::ops::Range<usize>]) -> Vec<String> {
    let first = |block: &std::ops::Range<usize>| {
        let Some(before) = block.start.checked_sub(1).map(|index| &words[index].text) else {
            return String::new();
        };
        let own = &words[block.start].text;
        let ends = own
            .char_indices()
            .map(|(at, letter)| at + letter.len_utf8());
        let mut beginnings = ends.map(|end| &own[..end]);
        let found = beginnings.find(|beginning| compare(beginning, before).is_gt());
        found.unwrap_or(own).to_owned()
    };
    blocks.iter().map(first).collect()
}

fn write_words(words: &[Word]) -> Vec<u8> {
    let mut counts: HashMap<&str, (usize, u64)> = HashMap::new();
    for word in words {
        counts.entry(&word.stem).or_default().0 += 1;
    }
    let mut families = 0;
    let mut bytes = Vec::new();
    let mut places = Vec::new();
    push_number(&mut bytes, words.len() as u64);
    let mut before = "";
    for word in words {
        let shared = before
            .bytes()
            .zip(word.text.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        push_number(&mut bytes, shared as u64);
        push_number(&mut bytes, (word.text.len() - shared) as u64);
        bytes.extend_from_slice(&word.text.as_bytes()[shared..]);
        let family = counts.entry(&word.stem).or_default();
        if family.0 > 1 && family.1 == 0 {
            families += 1;
            family.1 = families;
        }
        push_number(&mut bytes, family.1);
        push_number(&mut bytes, word.parts as u64);
        let begin = places.len();
        let mut reached = 0;
        for (part, weight) in &word.places {
            let distance = u64::from(part - reached);
            push_number(&mut places, distance * 16 + u64::from(*weight));
            reached = *part;
        }
        push_number(&mut bytes, (places.len() - begin) as u64);
        before = &word.text;
    }
    bytes.append(&mut places);
    bytes
}

/// Unsigned LEB128: seven bits in a byte, the lowest first; the eighth says
/// that more follow.
fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;

    fn word(text: &str, stem: &str, places: usize) -> Word {
        Word {
            text: text.to_owned(),
            stem: stem.to_owned(),
            parts: places,
            places: (0..places as u32).map(|part| (part * 3, 1)).collect(),
        }
    }

    fn number(bytes: &mut &[u8]) -> u64 {
        let mut number = 0;
        for shift in (0..).step_by(7) {
            let (first, rest) = bytes.split_first().unwrap();
            *bytes = rest;
            number |= u64::from(first & 127) << shift;
            if *first < 128 {
                break;
            }
        }
        number
    }

    #[test]
    fn words_are_written_as_told() {
        let words = [
            word("boot", "boot", 1),
            word("boots", "boot", 2),
            word("z", "z", 0),
        ];
        assert_eq!(
            write_words(&words),
            [
                3, // words
                0, 4, b'b', b'o', b'o', b't', 1, 1, 1, // family 1, one part, one byte
                4, 1, b's', 1, 2, 2, //
                0, 1, b'z', 0, 0, 0, //
                1, // boot: part 0, weight 1
                1, 49, // boots: part 0, and part 3
            ]
        );
    }

    proptest! {
        #[test]
        fn numbers_are_read_back(numbers in vec(any::<u64>(), 0..20)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| push_number(&mut bytes, *number));
            let mut rest = bytes.as_slice();
            for written in &numbers {
                prop_assert_eq!(number(&mut rest), *written);
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn a_word_is_in_the_file_that_its_first_words_say(
            texts in btree_set("[a-d\u{e000}\u{10000}]{1,6}", 1..300),
            looked_for in "[a-d\u{e000}\u{10000}]{1,6}",
        ) {
            let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            texts.sort_by(|a, b| compare(a, b));
            let stem = |text: &str| text.chars().take(2).collect::<String>();
            let words: Vec<Word> =
                texts.iter().map(|text| word(text, &stem(text), 300)).collect();
            let blocks = blocks(&words);
            let firsts = firsts(&words, &blocks);
            prop_assert_eq!(&firsts[0], "");
            prop_assert!(firsts.is_sorted_by(|a, b| compare(a, b).is_lt()));
            let file = |text: &str| firsts.iter().rposition(|first| compare(first, text).is_le());
            for (number, block) in blocks.iter().enumerate() {
                for word in &words[block.clone()] {
                    prop_assert_eq!(file(&word.text), Some(number));
                }
            }
            // What begins like a text is in its file, or in files after it that
            // begin like it, too.
            let from = file(&looked_for).unwrap();
            let more = firsts[from + 1..].iter();
            let to = from + more.take_while(|first| first.starts_with(&looked_for)).count();
            for (number, block) in blocks.iter().enumerate() {
                for word in &words[block.clone()] {
                    let begins = word.text.starts_with(&looked_for);
                    prop_assert!(!begins || (from..=to).contains(&number), "{}", word.text);
                }
            }
        }
    }

    #[test]
    fn words_of_a_stem_stay_in_one_file() {
        let many: Vec<Word> = (0..4000)
            .map(|number| word(&format!("w{number:05}"), &format!("w{}", number / 3), 9))
            .collect();
        let blocks = blocks(&many);
        assert!(blocks.len() > 2);
        assert!(blocks.iter().all(|block| block.start % 3 == 0));
        let endless: Vec<Word> = many
            .iter()
            .map(|one| word(&one.text, "w", one.places.len()))
            .collect();
        assert!(
            super::blocks(&endless).len() > 1,
            "but not if it would be too long"
        );
    }
}

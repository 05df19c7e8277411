//! The mark that ends a summary, `<!-- more -->`: one that is misspelt, and so does
//! nothing, and one more than a text needs.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::{MAX_DIAGNOSTICS, MAX_MARK_BYTES};
use crate::markdown::{self, Passage};

/// The word in it.
const MORE: &str = "more";

/// What others write in such a comment.
const OTHERS: [&str; 4] = ["readmore", "read more", "read-more", "truncate"];

/// What would have been right.
const EXPECTED: &str = "`<!-- more -->`, with a blank line above and below it";

/// The fault of a piece of HTML that was to be a mark.
pub(super) fn check(passage: &Passage<'_>, html: &str, start: usize) -> Option<Diagnostic> {
    let trimmed = html.trim();
    let inside = trimmed.strip_prefix("<!")?.strip_suffix('>')?;
    if trimmed.len() > MAX_MARK_BYTES || markdown::is_summary_mark(trimmed) {
        return None;
    }
    tell(passage, inside, start + html.find(trimmed)?, trimmed.len())
}

/// The fault of what begins here in a text, if it was to be a mark and is not even a
/// comment.
pub(super) fn check_text(passage: &Passage<'_>, span: &Range<usize>) -> Option<Diagnostic> {
    let text = passage.text();
    let within = text.get(span.clone())?;
    // It may be the end of its piece.
    let mut signs = within.match_indices('<').map(|(at, _)| span.start + at);
    let at = signs.find(|at| text[*at..].starts_with("<!"))?;
    let end = text.floor_char_boundary(text.len().min(at + MAX_MARK_BYTES));
    let rest = &text[at..end];
    let whole = &rest[..rest.find('>')? + 1];
    if text[..at].ends_with('\\') {
        return None;
    }
    let inside = whole.strip_prefix("<!")?.strip_suffix('>')?;
    tell(passage, inside, at, whole.len())
}

fn tell(passage: &Passage<'_>, inside: &str, at: usize, length: usize) -> Option<Diagnostic> {
    let dashes = |c: char| matches!(c, '-' | '\u{2013}' | '\u{2014}');
    let (begin, end) = (inside.starts_with(dashes), inside.ends_with(dashes));
    let word = inside.trim_matches(dashes).trim().to_lowercase();
    if !(begin && end) || word != MORE && !is_nearly(&word) && !OTHERS.contains(&&*word) {
        return None;
    }
    let fault = passage.at(at..at + length, "this ends no summary");
    Some(fault.expected(EXPECTED).warning())
}

/// Whether a word has the letters of the right one, in another order, one of them
/// twice, or without one. A word with another letter may be one of its own.
fn is_nearly(word: &str) -> bool {
    if !word.starts_with('m') || !word.is_ascii() {
        return false;
    }
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (own, right) = (sorted(word), sorted(MORE));
    let mut once = own.clone();
    once.dedup();
    let lacks_one = MORE.char_indices().skip(1).any(|(at, c)| {
        let without = format!("{}{}", &MORE[..at], &MORE[at + c.len_utf8()..]);
        word == without
    });
    own == right || once == right && own.len() == right.len() + 1 || lacks_one
}

/// The fault of each mark but the first: `marks` are their places in the document.
pub(super) fn check_all(document: &Document, mut marks: Vec<Range<usize>>) -> Vec<Diagnostic> {
    marks.sort_by_key(|mark| mark.start);
    let mut marks = marks.into_iter();
    let Some(first) = marks.next() else {
        return Vec::new();
    };
    let line = document.at(first, "").place.map_or(0, |place| place.line);
    let fault = |mark| {
        let fault = document.at(mark, "the summary of this text ends above already");
        let expected = format!("one `<!-- more -->`; the first, in line {line}, counts");
        fault.expected(expected).warning()
    };
    marks.take(MAX_DIAGNOSTICS).map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_misspelt_word_is_nearly_the_right_one() {
        for word in ["mroe", "moer", "moore", "mmore", "moree", "mor", "mre"] {
            assert!(is_nearly(word), "{word}");
        }
        for word in [
            "move", "core", "mode", "moderate", "ore", "less", "m", "", "moreover",
        ] {
            assert!(!is_nearly(word), "{word}");
        }
    }
}

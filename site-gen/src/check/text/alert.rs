//! Alerts, such as `> [!NOTE]`, of a kind that there is not: then they are quotes,
//! with the brackets to be read.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, closest};
use crate::markdown::Passage;

/// The kinds that there are.
const KINDS: [&str; 5] = ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"];

/// What others have, and the kind that comes next to it.
const OTHERS: [(&str, &str); 17] = [
    ("INFO", "NOTE"),
    ("ABSTRACT", "NOTE"),
    ("SUMMARY", "NOTE"),
    ("TODO", "NOTE"),
    ("EXAMPLE", "NOTE"),
    ("QUOTE", "NOTE"),
    ("QUESTION", "NOTE"),
    ("FAQ", "NOTE"),
    ("HINT", "TIP"),
    ("SUCCESS", "TIP"),
    ("CHECK", "TIP"),
    ("WARN", "WARNING"),
    ("ATTENTION", "WARNING"),
    ("DANGER", "CAUTION"),
    ("ERROR", "CAUTION"),
    ("BUG", "CAUTION"),
    ("FAILURE", "CAUTION"),
];

/// The fault of a quote whose text begins here, if it begins as an alert does.
pub(super) fn check(passage: &Passage<'_>, start: &Range<usize>) -> Option<Diagnostic> {
    let line = passage.text()[start.start..].lines().next()?;
    if passage.text()[..start.start].ends_with('\\') {
        return None;
    }
    let (kind, rest) = line.strip_prefix("[!")?.split_once(']')?;
    let is_word = kind.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    // A link, or what its label is: these are no text, but may be broken.
    if kind.is_empty() || !is_word || rest.starts_with(['(', '[', ':']) {
        return None;
    }
    let place = start.start..start.start + "[!]".len() + kind.len();
    let upper = kind.to_ascii_uppercase();
    if KINDS.contains(&upper.as_str()) {
        let fault = passage.at(place, format!("`[!{kind}]` begins no alert here"));
        let fault = fault.expected("it alone in its line, and the text in the lines below");
        return Some(fault.warning());
    }
    let other = OTHERS.iter().find(|(other, _)| *other == upper);
    let meant = other.map_or_else(|| closest(&upper, KINDS), |(_, own)| Some(*own));
    let fault = passage.at(place, format!("there is no alert of the kind `{kind}`"));
    let fault = fault.expected("one of `NOTE`, `TIP`, `IMPORTANT`, `WARNING`, `CAUTION`");
    let suggestion = meant.map(|meant| format!("did you mean `[!{meant}]`?"));
    Some(fault.suggestion(suggestion).warning())
}

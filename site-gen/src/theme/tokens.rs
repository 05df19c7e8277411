//! The words, signs and texts in a tag of a template, for those who look at templates
//! without the engine.

use std::ops::Range;

/// Whether it is a word, and no sign, number or text.
pub(crate) fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// The words, signs and texts of a tag.
pub(crate) fn tokens(text: &str, tag: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = tag.end;
    let mut at = tag.start + 2;
    std::iter::from_fn(move || {
        let rest = text.get(at..end)?.trim_ascii_start();
        let start = end - rest.len();
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' | '`' => text_length(rest, first),
            _ if first.is_ascii_alphanumeric() || first == '_' => rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len()),
            '=' | '!' | '<' | '>' if rest[1..].starts_with('=') => 2,
            _ => first.len_utf8(),
        };
        at = start + length;
        Some(start..at)
    })
}

/// How long a text is that begins here, with its quotes.
fn text_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

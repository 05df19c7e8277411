//! Quotes and dashes that are made of other signs: those that this generator
//! does not make, or makes otherwise, are written as they are.

use std::ops::Range;

use pulldown_cmark::Event;

use super::super::spans::{Edits, Spans};
use super::options::{Dialect, Sign};

/// Writes signs in a text that was read with the typographer on.
pub(super) fn adapt(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    dialect: &Dialect,
) -> Edits {
    if !dialect.typographer {
        return Edits::new();
    }
    let mut edits = angles(text, events, left, dialect);
    for (event, span) in events {
        let Event::Text(words) = event else { continue };
        if left.contains(span.start) || text[span.clone()] == **words {
            continue;
        }
        // As in 10": it begins nothing, and stays.
        let before = text[..span.start].chars().next_back();
        if &**words == "“" && before.is_some_and(char::is_alphanumeric) {
            edits.push((span.start..span.start, "\\".to_owned()));
            continue;
        }
        if let Some(own) = sign(words, text, span).and_then(|sign| dialect.signs.get(&sign)) {
            edits.push((span.clone(), own.clone()));
        }
    }
    edits
}

/// Which sign a parser has made of others.
fn sign(made: &str, text: &str, span: &Range<usize>) -> Option<Sign> {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    let is_between = before.is_some_and(char::is_alphanumeric)
        && after.is_some_and(char::is_alphanumeric)
        || after.is_some_and(|c| c.is_ascii_digit());
    Some(match made {
        "…" => Sign::Ellipsis,
        "—" => Sign::EmDash,
        "–" => Sign::EnDash,
        "“" => Sign::LeftDoubleQuote,
        "”" => Sign::RightDoubleQuote,
        "‘" => Sign::LeftSingleQuote,
        "’" if is_between => Sign::Apostrophe,
        "’" => Sign::RightSingleQuote,
        _ => return None,
    })
}

/// `<<` and `>>`, which are quotes in Hugo only.
fn angles(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    dialect: &Dialect,
) -> Edits {
    let mut edits = Edits::new();
    for range in words_and_tags(events) {
        for (written, sign, usual) in [
            ("<<", Sign::LeftAngleQuote, "«"),
            (">>", Sign::RightAngleQuote, "»"),
        ] {
            for (at, _) in text[range.clone()].match_indices(written) {
                let at = range.start + at;
                if left.contains(at) || text[..at].ends_with('\\') {
                    continue;
                }
                let own = dialect.signs.get(&sign).map_or(usual, String::as_str);
                edits.push((at..at + written.len(), own.to_owned()));
            }
        }
    }
    edits
}

/// Ranges of words, with what looks like tags between them: the second `<` of
/// two may begin one.
fn words_and_tags(events: &[(Event<'_>, Range<usize>)]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (event, span) in events {
        if matches!(event, Event::Text(_) | Event::InlineHtml(_)) {
            match ranges.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                _ => ranges.push(span.clone()),
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::Options;

    use super::super::rewritten::tests::adapted as edited;
    use super::*;

    fn adapted(text: &str, signs: &[(Sign, &str)]) -> String {
        let options = Options::ENABLE_SMART_PUNCTUATION;
        let dialect = Dialect {
            typographer: true,
            signs: signs
                .iter()
                .map(|(sign, own)| (*sign, (*own).to_owned()))
                .collect(),
            ..Dialect::plain()
        };
        edited(text, options, |events, code| {
            adapt(text, events, code, &dialect)
        })
    }

    /// What Hugo 0.168 makes of these.
    #[test]
    fn signs_are_those_of_the_configuration() {
        let german = [
            (Sign::LeftDoubleQuote, "&bdquo;"),
            (Sign::RightDoubleQuote, "&ldquo;"),
            (Sign::Apostrophe, ""),
            (Sign::Ellipsis, "…!"),
            (Sign::LeftAngleQuote, "&#8249;"),
        ];
        for (old, usual, own) in [
            ("10\" x a\"b", "10\\\" x a\\\"b", "10\\\" x a\\\"b"),
            (
                "\"q\" `\"` it's",
                "\"q\" `\"` it's",
                "&bdquo;q&ldquo; `\"` its",
            ),
            ("... '90s 'a'", "... '90s 'a'", "…! 90s 'a'"),
            (
                "<<g>> `<<` a << b",
                "«g» `<<` a « b",
                "&#8249;g» `<<` a &#8249; b",
            ),
            ("> > a\n>> b >> c", "> > a\n>> b » c", "> > a\n>> b » c"),
        ] {
            assert_eq!(adapted(old, &[]), usual);
            assert_eq!(adapted(old, &german), own);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(<|>|\"|'|-|\\.|é|`|\\\\|\n| |a|1){0,30}") {
            let _ = adapted(&text, &[(Sign::Ellipsis, "…"), (Sign::Apostrophe, "")]);
        }
    }
}

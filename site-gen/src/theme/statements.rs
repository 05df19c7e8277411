//! Statements, `{% … %}`: which can stand where, what one that cannot was meant to be, and
//! what the engine takes in its place, so that it goes on to what is behind.

use std::ops::Range;

use super::tokens::tokens;
use crate::diagnostic::{Diagnostic, closest, is_misspelt};
use crate::source::{Source, blanked};
use crate::theme::step::{first_word, tags};
use crate::theme::template_fault::{TAGS, is_of_macros};

/// Those that need an end, and what that is called.
const PAIRS: [(&str, &str); 6] = [
    ("block", "endblock"),
    ("component", "endcomponent"),
    ("filter", "endfilter"),
    ("for", "endfor"),
    ("if", "endif"),
    ("set", "endset"),
];

/// What others are called that engines like this one have.
const ELSEWHERE: [(&str, &str); 9] = [
    ("assign", "set"),
    ("elseif", "elif"),
    ("elsif", "elif"),
    ("endforeach", "endfor"),
    ("endunless", "endif"),
    ("foreach", "for"),
    ("let", "set"),
    ("partial", "include"),
    ("unless", "if"),
];

/// A statement that is not at its end yet.
struct Open {
    end: &'static str,
    has_else: bool,
}

/// What is open at a place, the innermost last.
fn open_at(text: &str, place: usize) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    for tag in tags(text).take_while(|tag| tag.end <= place) {
        let word = first_word(&text[tag.clone()]);
        if let Some(end) = end_of(text, &tag) {
            let has_else = false;
            open.push(Open { end, has_else });
        } else if let Some(last) = open.last_mut() {
            last.has_else |= word == "else";
            if last.end == word {
                open.pop();
            }
        }
    }
    open
}

/// The end that a statement needs.
fn end_of(text: &str, tag: &Range<usize>) -> Option<&'static str> {
    let word = first_word(&text[tag.clone()]);
    let (_, end) = PAIRS.iter().find(|(begin, _)| *begin == word)?;
    (word != "set" || !has_value(text, tag)).then_some(*end)
}

/// Whether a word ends a statement.
pub(super) fn is_end(word: &str) -> bool {
    PAIRS.iter().any(|(_, end)| *end == word)
}

/// Whether a `set` says what is set: one without that has an end.
fn has_value(text: &str, tag: &Range<usize>) -> bool {
    tokens(text, tag.clone()).any(|token| text[token].starts_with('='))
}

/// All that can stand in what is open.
fn known(open: &[Open]) -> Vec<&'static str> {
    let mut known = Vec::new();
    if let Some(last) = open.last() {
        known.extend(matches!(last.end, "endif" if !last.has_else).then_some("elif"));
        known.extend(matches!(last.end, "endif" | "endfor" if !last.has_else).then_some("else"));
        known.push(last.end);
    }
    known.extend(TAGS.split(", "));
    known
}

/// What the first word of a tag was meant to be, if it is none that can stand there.
fn meant(word: &str, open: &[Open]) -> Option<&'static str> {
    let known = known(open);
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word);
    if let Some((_, here)) = elsewhere {
        return known.contains(here).then_some(*here);
    }
    if word == "end" {
        return open.last().map(|last| last.end);
    }
    let close = known
        .into_iter()
        .filter(|known| is_misspelt(word, [*known]));
    closest(word, close)
}

/// What is wrong with a word that the engine does not know at its place; nothing, if it
/// is one of macros. `text` is the template as it was read.
pub(super) fn unknown(source: &Source, text: &str, place: &Range<usize>) -> Option<Diagnostic> {
    let word = text.get(place.clone())?;
    if is_of_macros(word) {
        return None;
    }
    let open = open_at(text, place.start);
    let known = known(&open);
    let is_one = known.contains(&word) || matches!(word, "elif" | "else") || is_end(word);
    let message = match is_one {
        true => format!("`{word}` cannot stand here"),
        false => format!("there is no tag `{word}`"),
    };
    let meant = meant(word, &open).map(|meant| match word {
        "unless" => "`{% if not … %}`".to_owned(),
        _ => format!("did you mean `{meant}`?"),
    });
    let fault = source.at(place.clone(), message);
    let expected = format!("one of {}", known.join(", "));
    Some(fault.expected(expected).suggestion(meant))
}

/// A statement without its end; or an end of nothing, at the place of an error.
pub(super) fn unclosed(source: &Source, text: &str, place: &Range<usize>) -> Option<Diagnostic> {
    let mut open: Vec<(&str, Range<usize>)> = Vec::new();
    for tag in tags(text) {
        let word = first_word(&text[tag.clone()]);
        if let Some(end) = end_of(text, &tag) {
            open.push((end, tag));
            continue;
        }
        if !is_end(word) {
            continue;
        }
        match open.pop() {
            Some((end, _)) if end == word => {}
            Some((end, begin)) if open.iter().any(|(other, _)| *other == word) => {
                return Some(without_end(source, begin, end));
            }
            _ if tag.contains(&place.start) => {
                let fault = source.at(
                    place.clone(),
                    format!("`{word}` ends nothing that is open here"),
                );
                return Some(fault.expected("an end of the tag that was opened last"));
            }
            _ => return None,
        }
    }
    let (end, begin) = open.pop()?;
    Some(without_end(source, begin, end))
}

fn without_end(source: &Source, tag: Range<usize>, end: &str) -> Diagnostic {
    let line = source.text[tag.clone()].lines().next().unwrap_or_default();
    let word = first_word(&source.text[tag.clone()]);
    let fault = source.at(
        tag.start..tag.start + line.len(),
        format!("`{{% {word} %}}` is never closed"),
    );
    fault.expected(format!("`{{% {end} %}}`"))
}

/// A template with another statement in place of the one around a place, which the engine
/// did not take: it opens and ends the same, so what is behind it can be read. None, where
/// nobody knows what that is, or other templates are read by it.
pub(super) fn with_stand_in(text: &str, place: &Range<usize>) -> Option<String> {
    let tag = tags(text).find(|tag| tag.contains(&place.start))?;
    let written = &text[tag.clone()];
    let first = first_word(written);
    let open = open_at(text, tag.start);
    let named = tokens(text, tag.clone()).find(|token| &text[token.clone()] == first);
    let word = match named.as_ref() == Some(place) {
        true => meant(first, &open)?,
        false => first,
    };
    let is_else_if = tokens(text, tag.clone()).any(|token| &text[token] == "if");
    let stand_in = match word {
        "if" => "if 1",
        "elif" => "elif 1",
        "else" if is_else_if => "elif 1",
        "for" => "for a in a",
        "filter" => "filter trim",
        "set" | "set_global" if has_value(text, &tag) => "",
        "break" | "continue" | "include" => "",
        word if word == "else" || is_end(word) => word,
        _ => return None,
    };
    let mut blanks = blanked(written);
    if !stand_in.is_empty() {
        let close = written.len() - 2;
        let inside = 2..close;
        if inside.len() < stand_in.len() {
            return None;
        }
        blanks.replace_range(..2, "{%");
        blanks.replace_range(2..2 + stand_in.len(), stand_in);
        blanks.replace_range(close.., "%}");
    }
    let is_another = blanks != written;
    is_another.then(|| format!("{}{blanks}{}", &text[..tag.start], &text[tag.end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Theme;
    use super::*;

    /// What templates are made of, good and bad.
    const PIECES: [&str; 30] = [
        "{%", "%}", "{{", "}}", "{%-", "-%}", " ", "\n", "\"", "'", "if", "elif", "else", "endif",
        "for", "in", "endfor", "set", "=", "block", "endblock", "include", "extends", "filter",
        "end", "unless", "a", "ä", "&&", "|",
    ];

    proptest! {
        /// Whatever a template is, all of it that can be read is: without an end of the
        /// process, and without an end that nobody waits for.
        #[test]
        fn anything_is_told_or_taken(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
            let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
            let theme = Theme::of_templates(&[("a.html", &text)]);
            if let Err(faults) = theme.compile(&tera::Tera::default()) {
                prop_assert!(!faults.is_empty());
                let length = text.lines().count().max(1);
                let places = faults.iter().filter_map(|fault| fault.place.as_ref());
                for place in places {
                    prop_assert!(place.line <= length + 1, "{place:?} in {text}");
                }
            }
            for (at, _) in text.char_indices() {
                if let Some(other) = with_stand_in(&text, &(at..at)) {
                    prop_assert_eq!(other.len(), text.len());
                }
            }
        }
    }

    /// Statements that the engine does not take, what is said, and what was meant.
    const BAD: [(&str, &str, &str); 22] = [
        (
            "{% if a %}{% elseif b %}{% endif %}",
            "there is no tag `elseif`",
            "`elif`",
        ),
        (
            "{% if a %}{% else if b %}{% else %}{% endif %}",
            "`if` cannot stand here",
            "`{% elif … %}`",
        ),
        (
            "{% unless a %}{% endunless %}",
            "there is no tag `unless`",
            "`{% if not … %}`",
        ),
        (
            "{% for a in b %}{% endfr %}",
            "there is no tag `endfr`",
            "`endfor`",
        ),
        (
            "{% for a in b %}{% if a %}{% end %}{% endfor %}",
            "there is no tag `end`",
            "`endif`",
        ),
        (
            "{% for a on b %}{% else %}{% endfor %}",
            "`on` cannot stand here",
            "",
        ),
        (
            "{% for a, b, c in d %}{% continue %}{% endfor %}",
            "`,` cannot stand here",
            "",
        ),
        (
            "{%- if a = b -%}{% else %}{%- endif -%}",
            "`=` cannot stand here",
            "`==`",
        ),
        (
            "{% if a && b %}{% endif %}",
            "`&` cannot stand here",
            "`and`",
        ),
        (
            "{% if a || b %}{% endif %}",
            "`|` cannot stand here",
            "`or`",
        ),
        ("{% if !a %}{% endif %}", "`!` cannot stand here", "`not`"),
        ("{% if a or %}{% endif %}", "`%}` cannot stand here", ""),
        ("{% if %}{% endif %}", "`%}` cannot stand here", ""),
        ("{% set a == b %}", "Invalid syntax for `set`", ""),
        ("{% assign a = b %}", "there is no tag `assign`", "`set`"),
        (
            "{% include a.html %}",
            "`a` cannot stand here",
            "`{% include \"a.html\" %}`",
        ),
        (
            "{% include \"b.html\" with a %}",
            "`with` cannot stand here",
            "sees all",
        ),
        ("{%- iff a -%}{% endif %}", "there is no tag `iff`", "`if`"),
        (
            "{% if a %}{% esle %}{% endif %}",
            "there is no tag `esle`",
            "`else`",
        ),
        ("{% if a %}{% endif a %}", "`a` cannot stand here", ""),
        (
            "{% filter upper( %}{% endfilter %}",
            "`%}` cannot stand here",
            "",
        ),
        ("{% break %}", "break can only be used in a for loop", ""),
    ];

    #[test]
    fn what_is_behind_a_bad_statement_is_told_too() {
        for (bad, message, meant) in BAD {
            let behind = "\n{{ ] }}";
            let b = ("b.html", "");
            let theme = Theme::of_templates(&[("a.html", &format!("{bad}{behind}")), b]);
            let mut faults = theme.compile(&tera::Tera::default()).unwrap_err();
            faults.sort();
            let last = faults.last().unwrap().place.as_ref().unwrap();
            assert_eq!(last.line, 2, "{bad}: {faults:?}");
            let expected = 2 + usize::from(bad.contains("endunless"));
            assert_eq!(faults.len(), expected, "{bad}: {faults:?}");
            let told = faults[0].suggestion.clone().unwrap_or_default();
            let is_told = faults[0].message.starts_with(message) && told.contains(meant);
            assert!(
                is_told && told.is_empty() == meant.is_empty(),
                "{bad}: {:?}",
                faults[0]
            );
        }
    }

    #[test]
    fn what_can_stand_in_a_place_is_told() {
        let told = |text: &str| {
            let theme = Theme::of_templates(&[("a.html", text)]);
            let faults = theme.compile(&tera::Tera::default()).unwrap_err();
            assert_eq!(faults.len(), 1, "{text}: {faults:?}");
            faults[0].expected.clone().unwrap_or_default()
        };
        let expected = |text: &str| {
            told(text)
                .split(", block")
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(
            expected("{% if a %}{% x %}{% endif %}"),
            "one of elif, else, endif"
        );
        assert_eq!(
            expected("{% if a %}{% else %}{% else %}{% endif %}"),
            "one of endif"
        );
        assert_eq!(
            expected("{% for a in b %}{% elif %}{% endfor %}"),
            "one of else, endfor"
        );
        assert_eq!(
            expected("{% block a %}{% x %}{% endblock %}"),
            "one of endblock"
        );
        assert!(expected("{% x %}").starts_with("one of block"));
    }

    #[test]
    fn where_nobody_knows_what_was_opened_nothing_more_is_told() {
        for bad in [
            "{% switch a %}{% case b %}{% endswitch %}",
            "{% block %}{% endblock %}",
            "{% set a b %}",
            "{%if%}{% endif %}",
        ] {
            let theme = Theme::of_templates(&[("a.html", &format!("{bad}\n{{{{ ] }}}}"))]);
            let faults = theme.compile(&tera::Tera::default()).unwrap_err();
            assert_eq!(faults.len(), 1, "{bad}: {faults:?}");
        }
    }
}

//! Faults of templates, left out: the engine ends at the first fault of a template,
//! and of a page. With spaces in place of the tag that has it, all else stands
//! where it stood, and the next fault can be found.

use std::ops::Range;

use crate::source::blanked;
use crate::step::{first_word, tags};

/// What a tag begins and ends with.
pub(crate) type Marks = (&'static str, &'static str);

/// A tag that makes text, and nothing else.
pub(crate) const EXPRESSION: Marks = ("{{", "}}");

/// A tag that does something.
pub(crate) const STATEMENT: Marks = ("{%", "%}");

/// A template without the tag around a place; none if there is no such tag
/// around it.
pub(crate) fn without_tag(text: &str, place: &Range<usize>, marks: Marks) -> Option<String> {
    let start = text.floor_char_boundary(place.start);
    let end = text.ceil_char_boundary(place.end.max(start));
    let (open, close) = marks;
    // The place may be the tag itself.
    let from = match text[start..].starts_with(open) {
        true => start,
        false => text[..start].rfind(open)?,
    };
    let inside = from + open.len();
    let to = inside + text[inside..].find(close)? + close.len();
    let is_around = end <= to && !text[inside..to].contains(open);
    is_around.then(|| {
        let blanks = blanked(&text[from..to]);
        format!("{}{blanks}{}", &text[..from], &text[to..])
    })
}

/// What decides of more than the text that it stands in.
const DECIDES: [&str; 8] = [
    "set",
    "set_global",
    "block",
    "component",
    "break",
    "continue",
    "else",
    "elif",
];

/// A template in which what stands in a condition or loop is left out, as the tag around
/// a place has a fault in what it asks for; none if that is no such tag, or if what is
/// left out could have decided what becomes of the rest. The tag stays: it asks for what
/// there never is.
pub(crate) fn without_branch(text: &str, place: &Range<usize>) -> Option<String> {
    let mut all = tags(text);
    let tag = all.find(|tag| tag.start <= place.start && place.end <= tag.end)?;
    let word = first_word(&text[tag.clone()]);
    let (end, asked, nothing) = match word {
        "if" => ("endif", asked(text, &tag, word)?, "false"),
        "for" => {
            let names = asked(text, &tag, word)?;
            let before = text[names.clone()].find(" in ")?;
            let nothing = match text[names.start..names.start + before].contains(',') {
                true => "{}",
                false => "[]",
            };
            (
                "endfor",
                names.start + before + " in ".len()..names.end,
                nothing,
            )
        }
        _ => return None,
    };
    let mut depth = 0;
    for inside in all {
        match first_word(&text[inside]) {
            inside if inside == word => depth += 1,
            inside if inside == end && depth == 0 => {
                let room = asked.len().checked_sub(nothing.len())?;
                let (before, after) = (&text[..asked.start], &text[asked.end..]);
                return Some(format!("{before}{nothing}{}{after}", " ".repeat(room)));
            }
            inside if inside == end => depth -= 1,
            inside if DECIDES.contains(&inside) => return None,
            _ => {}
        }
    }
    None
}

/// What a tag has behind its word.
fn asked(text: &str, tag: &Range<usize>, word: &str) -> Option<Range<usize>> {
    let start = tag.start + text[tag.clone()].find(word)? + word.len();
    let inside = text[start..tag.end].trim_end_matches("%}");
    let inside = inside.trim_end_matches('-');
    let asked = start + 1..start + inside.trim_end().len();
    (asked.start < asked.end && text.is_char_boundary(asked.start)).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_stands_where_it_stood() {
        let mask = |text: &str, marks| {
            let place = text.find('x').unwrap();
            without_tag(text, &(place..place + 1), marks)
        };
        let found = mask("ä{{ a }}{{ ä.\nx }} b", EXPRESSION);
        assert_eq!(found.as_deref(), Some("ä{{ a }}      \n     b"));
        let found = mask("{% include \"x\" -%}b", STATEMENT);
        assert_eq!(found.as_deref(), Some("                  b"));
        for text in [
            "x",
            "{{ a }} x {{ b }}",
            "{{ x {{ b }}",
            "{{ x",
            "{% if x %}",
        ] {
            assert_eq!(mask(text, EXPRESSION), None, "{text}");
        }
        let itself = without_tag("a{{ b }}", &(1..8), EXPRESSION);
        assert_eq!(itself.as_deref(), Some("a       "));
        assert_eq!(without_tag("ä", &(90..99), EXPRESSION), None);
    }

    #[test]
    fn branches_that_decide_nothing_are_left_out() {
        let mask = |text: &str| {
            let place = text.find('x').unwrap();
            without_branch(text, &(place..place + 1))
        };
        for (text, masked) in [
            (
                "{% if x.yza %}{% if a %}b{% endif %}{% endif %}c",
                "{% if false %}{% if a %}b{% endif %}{% endif %}c",
            ),
            (
                "ä{%- if ä.xyz -%}b{% endif %}",
                "ä{%- if false  -%}b{% endif %}",
            ),
            (
                "{% for a in b.x %}{{ a }}{% endfor %}",
                "{% for a in []  %}{{ a }}{% endfor %}",
            ),
            (
                "{% for a, b in c.x | f(a=1) %}{% endfor %}",
                "{% for a, b in {}           %}{% endfor %}",
            ),
        ] {
            assert_eq!(mask(text).as_deref(), Some(masked));
        }
        for text in [
            "{% if x %}{% endif %}",
            "{% if x.yz %}",
            "{% if x.yz %}{% set a = 1 %}{% endif %}",
            "{% if x.yz %}a{% else %}b{% endif %}",
            "{% if a %}a{% elif x.yz %}b{% endif %}",
            "{% for a in b %}{% if x.yz %}{% break %}{% endif %}{% endfor %}",
            "{% set a = x.yz %}",
            "{{ x }}",
            "x",
            "{% if x",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }
}

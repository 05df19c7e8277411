//! Tags that cannot be read, left out: the engine ends at the first fault of a template.
//! With spaces in place of the tag that has it, all else stands where it stood, and the
//! next fault can be found.

use std::ops::Range;

use crate::source::blanked;

/// What a tag begins and ends with.
pub(super) type Marks = (&'static str, &'static str);

/// A tag that makes text, and nothing else.
pub(super) const EXPRESSION: Marks = ("{{", "}}");

/// A tag that does something.
pub(super) const STATEMENT: Marks = ("{%", "%}");

/// A template without the tag around a place; none if there is no such tag
/// around it.
pub(super) fn without_tag(text: &str, place: &Range<usize>, marks: Marks) -> Option<String> {
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
}

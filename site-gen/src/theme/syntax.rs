//! Syntax errors of templates, told where the mistake is: the engine says where it could
//! not go on, which is behind what has no end, and does not know what an author meant.

use std::ops::Range;

use super::arguments::callee;
use super::tokens::{is_name, tokens};
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::step::{first_word, tags};
use crate::template_fault::taken_by;

/// The tags that need an end, and what that is called.
const PAIRS: [(&str, &str); 6] = [
    ("block", "endblock"),
    ("component", "endcomponent"),
    ("filter", "endfilter"),
    ("for", "endfor"),
    ("if", "endif"),
    ("set", "endset"),
];

/// What expressions, statements and comments begin with.
const OPENINGS: [&str; 3] = ["{{", "{%", "{#"];

/// What an error of the engine means, if it is one of those that it tells too late.
pub(super) fn explain(source: &Source, place: &Range<usize>, message: &str) -> Option<Diagnostic> {
    let text = &source.text;
    if let Some(open) = open_tag(text, place, message) {
        let (start, end) = match text[open.clone()].starts_with("{%") {
            true => ("{%", "%}"),
            false => ("{{", "}}"),
        };
        let fault = source.at(
            open.start..open.start + 2,
            format!("`{start}` is never closed"),
        );
        return Some(fault.expected(format!("`{end}` behind it, on its line")));
    }
    if message.starts_with("Unknown tag") || message.starts_with("Unexpected end") {
        return unclosed(source, place);
    }
    if !message.contains(" but expected ") {
        return None;
    }
    let meant = meant(text, place)?;
    let written = text.get(place.clone())?;
    let fault = source.at(place.clone(), format!("`{written}` cannot stand here"));
    Some(fault.expected(meant.0).suggestion(Some(meant.1)))
}

/// The beginning of a tag, to the end of its line, that has no end there, if an error of
/// the engine comes of that: others begin in the lines below, before it ends.
pub(super) fn open_tag(text: &str, place: &Range<usize>, message: &str) -> Option<Range<usize>> {
    if message.contains("of string") || message.starts_with("Unknown tag") {
        return None;
    }
    let mut end = 0;
    let mut around = None;
    for tag in tags(text) {
        if tag.end > place.start {
            around = (tag.start <= place.start).then_some(tag);
            break;
        }
        end = tag.end;
    }
    let is_last = around.is_none();
    let tag = around.or_else(|| {
        let starts = OPENINGS[..2]
            .iter()
            .filter_map(|open| text[end..].find(open));
        Some(end + starts.min()?..text.len())
    })?;
    let inside = &text[tag.clone()];
    let (line, rest) = inside.split_once('\n').unwrap_or((inside, ""));
    let close = if line.starts_with("{%") { "%}" } else { "}}" };
    // The engine says where one of two braces is missing.
    let is_half = text[place.start..].starts_with('}') && place.start < tag.start + line.len();
    let is_open = !is_half && !line.contains(close) && tag.start <= place.start;
    let is_followed = OPENINGS.iter().any(|open| rest.contains(open));
    let has_text = rest.trim_start().starts_with('<');
    (is_open && (is_followed || is_last || has_text))
        .then(|| tag.start..tag.start + line.trim_end().len())
}

/// A tag without its end; or an end of nothing, at the place of an error.
fn unclosed(source: &Source, place: &Range<usize>) -> Option<Diagnostic> {
    let text = &source.text;
    let mut open: Vec<(&str, Range<usize>)> = Vec::new();
    for tag in tags(text) {
        let word = first_word(&text[tag.clone()]);
        if word == "set" && tokens(text, tag.clone()).any(|token| &text[token] == "=") {
            continue;
        }
        if let Some((_, end)) = PAIRS.iter().find(|(begin, _)| *begin == word) {
            open.push((end, tag));
            continue;
        }
        if PAIRS.iter().all(|(_, end)| *end != word) {
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

/// What is expected instead of what the engine did not take, and how that is written.
fn meant(text: &str, place: &Range<usize>) -> Option<(String, String)> {
    let tag = tags(text).find(|tag| tag.contains(&place.start))?;
    let all: Vec<Range<usize>> = tokens(text, tag.clone()).collect();
    let at = all.iter().position(|token| token.end > place.start)?;
    let word = |index: usize| all.get(index).map_or("", |token| &text[token.clone()]);
    let before = at.checked_sub(1).map_or("", word);
    if word(at) == "." && (before.is_empty() || before == "-") && is_name(word(at + 1)) {
        let field = word(at + 1).to_ascii_lowercase();
        return Some((
            "a variable and its field".to_owned(),
            format!(
                "not as in Go's templates, a field has a variable in front of it: `{{{{ page.{field} }}}}`"
            ),
        ));
    }
    if before == "." && word(at).bytes().all(|byte| byte.is_ascii_digit()) {
        let start = text[tag.start..all[at].start]
            .rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.'));
        let start = tag.start + start.map_or(0, |start| start + 1);
        let list = &text[start..all[at - 1].start];
        let index = word(at);
        return Some((
            "the name of a field, or an index in brackets".to_owned(),
            format!("`{list}[{index}]`"),
        ));
    }
    nameless(text, &all, at)
}

/// The argument that a value without a name may be for.
fn nameless(text: &str, all: &[Range<usize>], at: usize) -> Option<(String, String)> {
    let word = |index: usize| all.get(index).map_or("", |token| &text[token.clone()]);
    // The engine minds the value, or what is behind it.
    let mut first = match matches!(word(at), ")" | ",") {
        true => at.checked_sub(1)?,
        false => at,
    };
    let mut depth = 0;
    let open = (0..first).rev().find(|index| match word(*index) {
        ")" | "]" | "}" => {
            depth += 1;
            false
        }
        "(" | "[" | "{" if depth > 0 => {
            depth -= 1;
            false
        }
        sign => sign == "(",
    })?;
    let (kind, callee) = callee(text, all, open)?;
    let known = taken_by(kind, &text[callee.clone()]);
    let given = (open..first).filter(|index| word(*index) == ",").count();
    while first > open + 1 && word(first - 1) != "," {
        first -= 1;
    }
    if word(first + 1) == "=" {
        return None;
    }
    let argument = known.get(given)?;
    let end = (first..all.len()).find(|index| matches!(word(*index), "," | ")"))?;
    let value = &text[all[first].start..all[end - 1].end];
    let callee = &text[callee];
    let expected = format!(
        "the name of an argument in front of it: `{}`",
        known.join("`, `")
    );
    Some((expected, format!("`{callee}({argument}={value})`")))
}

#[cfg(test)]
mod tests {
    use super::super::Theme;

    fn told(text: &str) -> Vec<String> {
        let theme = Theme::of_templates(&[("a.html", text)]);
        let mut faults = theme.compile(&tera::Tera::default()).unwrap_err();
        faults.sort();
        let shown = faults.iter().map(|fault| {
            let place = fault
                .place
                .as_ref()
                .map(|place| format!("{}:{}", place.line, place.column));
            let meant = fault.suggestion.as_deref().unwrap_or_default();
            format!("{} {} {meant}", place.unwrap_or_default(), fault.message)
        });
        shown.collect()
    }

    #[test]
    fn what_is_not_closed_is_told_where_it_begins() {
        for (text, expected) in [
            (
                "{% block a %}\n{% if b %}\n{% endblock %}",
                "2:1 `{% if %}` is never closed ",
            ),
            (
                "{% if a %}\n{% for b in c %}{% endif %}",
                "2:1 `{% for %}` is never closed ",
            ),
            (
                "{% if a %}{% if b %}{% endif %}",
                "1:1 `{% if %}` is never closed ",
            ),
            (
                "{% set a %}{% set b = 1 %}",
                "1:1 `{% set %}` is never closed ",
            ),
            (
                "a{% endif %}",
                "1:5 `endif` ends nothing that is open here ",
            ),
            ("{{ a\n<p>{{ b }} {{ c }}</p>", "1:1 `{{` is never closed "),
            (
                "{{ a }}{{ b\n{{ c }}{% if d %}{% endif %}",
                "1:8 `{{` is never closed ",
            ),
            ("{{ a\n</p>", "1:1 `{{` is never closed "),
            ("{{ a", "1:1 `{{` is never closed "),
            ("{% if a\n{{ b }}{% endif %}", "1:1 `{%` is never closed "),
        ] {
            assert_eq!(told(text), [expected], "{text}");
        }
        // What is behind it is told, too.
        assert_eq!(told("{{ a\n{{ b }}{{ ] }}").len(), 2);
    }

    #[test]
    fn arguments_without_a_name_are_told_with_it() {
        for (text, meant) in [
            ("{{ range(3) }}", "`range(start=3)`"),
            ("{{ range(start=1, 3) }}", "`range(end=3)`"),
            ("{{ a | default('x') }}", "`default(value='x')`"),
            ("{{ a | default(b) }}", "`default(value=b)`"),
            (
                "{% if a is starting_with(\"A\") %}{% endif %}",
                "`starting_with(pat=\"A\")`",
            ),
            ("{{ a.b.0.c }}", "`a.b[0]`"),
            ("{{ a.0 }}", "`a[0]`"),
            ("{{ .Title }}", "`{{ page.title }}`"),
        ] {
            let told = told(text);
            assert!(told.len() == 1 && told[0].ends_with(meant), "{told:?}");
        }
    }
}

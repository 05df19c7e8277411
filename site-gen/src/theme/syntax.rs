//! Syntax errors of templates, told where the mistake is: the engine says where it could
//! not go on, which is behind what has no end, and does not know what an author meant.

use std::ops::Range;

use super::arguments::callee;
use super::statements::{is_end, unclosed, unknown};
use super::tokens::{is_name, tokens};
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::theme::step::{first_word, tags};
use crate::theme::template_fault::taken_by;

/// What expressions, statements and comments begin with.
const OPENINGS: [&str; 3] = ["{{", "{%", "{#"];

/// What an error of the engine means, if it is one of those that it tells too late. `text`
/// is what the engine read, which may be the template with stand-ins.
pub(super) fn explain(
    source: &Source,
    text: &str,
    place: &Range<usize>,
    message: &str,
) -> Option<Diagnostic> {
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
    if message.starts_with("Unexpected end") {
        return unclosed(source, text, place);
    }
    if message.starts_with("Unknown tag") {
        let is_end = text.get(place.clone()).is_some_and(is_end);
        let found = is_end.then(|| unclosed(source, text, place)).flatten();
        return found.or_else(|| unknown(source, text, place));
    }
    let expected = message
        .split_once(" but expected ")
        .map(|(_, expected)| expected);
    if expected.is_none() && !message.starts_with("Unexpected character") {
        return None;
    }
    // What is no sign of the engine's has no length.
    let first = text.get(place.start..)?.chars().next()?;
    let end = place.end.max(place.start + first.len_utf8());
    let written = text.get(place.start..end)?;
    let fault = source.at(place.start..end, format!("`{written}` cannot stand here"));
    match (meant(text, place), expected) {
        (Some(meant), _) => Some(fault.expected(meant.0).suggestion(Some(meant.1))),
        // The engine says what kind of word it is.
        (None, Some(expected)) if is_name(written) => {
            Some(fault.expected(expected.trim_end_matches('.')))
        }
        (None, _) => None,
    }
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
    let first = first_word(&text[tag.clone()]);
    if first == before && matches!(first, "extends" | "include") && is_name(word(at)) {
        let rest = text[all[at].start..tag.end - 2].trim_end_matches('-');
        let expected = "the name of a template in quotes".to_owned();
        return Some((expected, format!("`{{% {first} \"{}\" %}}`", rest.trim())));
    }
    operator(word(at), word(at + 1), first, before).or_else(|| nameless(text, &all, at))
}

/// What is written otherwise in other languages.
fn operator(word: &str, next: &str, first: &str, before: &str) -> Option<(String, String)> {
    let is_condition = matches!(first, "if" | "elif");
    let (expected, meant) = match word {
        "&" if next == "&" => ("a name, a value, or an operator", "`and`"),
        "|" if next == "|" || before == "|" => ("the name of a filter", "`or`"),
        "!" => ("a name, a value, or `not`", "`not`"),
        "=" if is_condition => ("an operator that compares", "`==`"),
        "if" if before == "else" => ("%}", "`{% elif … %}`"),
        "-" if first == "block" => ("%}", "a name has `_` where others have a hyphen"),
        "with" if first == "include" => (
            "%}",
            "what is included sees all that is set where it is: `{% set name = … %}` in front of it",
        ),
        _ => return None,
    };
    Some((expected.to_owned(), meant.to_owned()))
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

//! What stands behind the fence of a code block, and in a `highlight`.

use std::ops::Range;

use pulldown_cmark::Event;

use super::super::report::{Report, Topic};
use super::document::Document;
use super::hooks::DRAWN_HERE;
use super::markdown::infos;
use super::options::Dialect;
use super::rewritten::Rewritten;

/// Writes the options of fenced code as they are written here.
pub(super) fn adapt(
    text: &Rewritten,
    events: &[(Event<'_>, Range<usize>)],
    (document, dialect): (&Document, &Dialect),
    report: &mut Report,
) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    for (info, span) in infos(events) {
        let named = info.split([' ', '{']).next().unwrap_or_default();
        let numbers = dialect.line_numbers.filter(|_| !is_drawn(named, dialect));
        if dialect.hooks.is_formula(named)
            && let Some(both) = formula(&text.text, &span)
        {
            edits.extend(both);
            continue;
        }
        if is_drawn(named, dialect) && named != DRAWN_HERE {
            let what = format!("a drawing in a block of code, `{named}`");
            let advice = "it is shown as code; make it a picture, and put that beside the page";
            let line = text.line(span.start);
            report.note(Topic::Text, &document.file, line, what, advice);
        }
        let (language, rest) = match info.split_once('{') {
            Some(parts) => parts,
            None if numbers.is_some() && !info.is_empty() => (info, ""),
            None => continue,
        };
        let line_end = text.text[span.start..]
            .find('\n')
            .map_or(span.end, |end| span.start + end);
        let Some(at) = text.text[span.start..line_end].find(info) else {
            continue;
        };
        let line = text.line(span.start);
        let options = rest.trim_end().trim_end_matches('}');
        let new = write(
            (language.trim(), numbers),
            options,
            (document, line),
            report,
        );
        let start = span.start + at;
        edits.push((start..start + info.len(), new));
    }
    edits
}

/// Whether a template made a drawing of code in this language; Hugo has one
/// itself.
fn is_drawn(language: &str, dialect: &Dialect) -> bool {
    language == "goat" || dialect.hooks.drawn.contains(language)
}

/// Dollars in the place of both fences of a block; none if what is in it cannot
/// stand between these.
fn formula(text: &str, span: &Range<usize>) -> Option<[(Range<usize>, String); 2]> {
    let source = text[span.clone()].trim_end();
    let (first, rest) = source.split_once('\n')?;
    let (inside, last) = rest.rsplit_once('\n')?;
    let fence = last.trim_start_matches(['>', ' ', '\t']);
    let is_end = fence.starts_with("```") || fence.starts_with("~~~");
    let is_one = inside.lines().all(|line| !line.trim().is_empty()) && !inside.contains('$');
    let end = span.start + source.len();
    (is_end && is_one).then(|| {
        [
            (span.start..span.start + first.len(), "$$".to_owned()),
            (end - fence.len()..end, "$$".to_owned()),
        ]
    })
}

/// What stands behind the fence, from a language and options of Hugo:
/// `linenos=table, hl_lines=[1,"3-4"]`; and the number of the first line, if lines
/// have numbers unless options say otherwise.
pub(super) fn write(
    (language, numbers): (&str, Option<i64>),
    options: &str,
    (document, line): (&Document, usize),
    report: &mut Report,
) -> String {
    let mut info = language.to_owned();
    let numbers = numbers.filter(|_| !language.is_empty());
    let mut numbered = numbers.is_some();
    let mut first = match numbers {
        Some(number) if number != 1 => format!(",linenostart={number}"),
        _ => String::new(),
    };
    for (key, value) in pairs(options) {
        match (key.as_str(), value.as_str()) {
            ("linenos", "false") => numbered = false,
            ("linenos", _) => numbered = true,
            ("linenostart", number) => first = format!(",linenostart={number}"),
            ("hl_lines", lines) => {
                let words = lines.split(|c: char| !c.is_ascii_digit() && c != '-');
                let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
                info.push_str(&format!(",hl_lines={}", words.join(" ")));
            }
            ("title" | "filename" | "name", name) if !name.contains([',', '`']) => {
                info.push_str(&format!(",name={name}"));
            }
            (key, _) => {
                let what = format!("`{key}` behind the fence of a code block");
                let advice = "left out; `linenos`, `linenostart`, `hl_lines` and `name` are known";
                report.note(Topic::Text, &document.file, line, what, advice);
            }
        }
    }
    if numbered {
        info.push_str(",linenos");
        info.push_str(&first);
    }
    info
}

/// Keys and values, in brackets or quotes where they have commas or spaces.
fn pairs(options: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut depth) = (false, 0_usize);
    for c in options.chars().chain([',']) {
        match c {
            '"' => {
                quoted = !quoted;
                if depth > 0 {
                    word.push(' ');
                }
            }
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                let (key, value) = word.split_once('=').unwrap_or((word.as_str(), ""));
                if !key.trim().is_empty() {
                    pairs.push((key.trim().to_lowercase(), value.trim().to_owned()));
                }
                word.clear();
            }
            // Spaces may stand where commas do, but not in `hl_lines=1 3-4`.
            ' ' if !quoted && depth == 0 && word.contains('=') => word.push(' '),
            c => word.push(c),
        }
    }
    pairs.into_iter().flat_map(split_words).collect()
}

/// `a=1 b=2` are two.
fn split_words((key, value): (String, String)) -> Vec<(String, String)> {
    let mut pairs = vec![(key, String::new())];
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        match word.split_once('=') {
            Some((key, value)) => pairs.push((key.to_lowercase(), value.to_owned())),
            None => {
                let last = &mut pairs.last_mut().expect("there is one").1;
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(word);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn options_are_told_apart() {
        let shown = |options| {
            let pairs = pairs(options).into_iter();
            pairs
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join("; ")
        };
        for (options, expected) in [
            (
                "linenos=table,hl_lines=[8,\"15-17\"],linenostart=199",
                "linenos=table; hl_lines=8, 15-17; linenostart=199",
            ),
            (
                "hl_lines=2 4-5, linenos=inline",
                "hl_lines=2 4-5; linenos=inline",
            ),
            (
                "linenos=false anchorLineNos=true",
                "linenos=false; anchorlinenos=true",
            ),
            ("filename=\"a b.sh\"", "filename=a b.sh"),
            (".class", ".class="),
            ("", ""),
        ] {
            assert_eq!(shown(options), expected);
        }
    }

    #[test]
    fn a_formula_stands_between_dollars() {
        let written = |text: &str| {
            let edits = formula(text, &(0..text.len()))?;
            let mut new = text.to_owned();
            for (range, dollars) in edits.into_iter().rev() {
                new.replace_range(range, &dollars);
            }
            Some(new)
        };
        let block = "```math\nx^2\n```\n";
        assert_eq!(written(block).as_deref(), Some("$$\nx^2\n$$\n"));
        for other in [
            "```math\na\n\nb\n```\n",
            "```math\n$\n```\n",
            "```math\nx",
            "```math\n```",
            "```math",
        ] {
            assert_eq!(written(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(```|~~~|math|é|\\$|>|\n| ){0,12}", options in "[a-z=,\"\\[\\]{} 0-9-]{0,30}") {
            let _ = formula(&text, &(0..text.len()));
            let _ = pairs(&options);
        }
    }
}

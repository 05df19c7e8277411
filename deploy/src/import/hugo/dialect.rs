//! What options of Hugo's markdown make of a text, written so that it is so
//! without them: ends of lines, formulas, tildes, addresses without a scheme.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::super::spans::{Edits, Spans};
use super::markup::Formulas;
use super::options::Dialect;

/// Changes what means something else without the options.
pub(super) fn adapt(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    dialect: &Dialect,
) -> Edits {
    let mut edits = Edits::new();
    let links = Spans::of_links(events);
    for (event, span) in events {
        match event {
            Event::SoftBreak if dialect.hard_wraps && !is_between_calls(text, span.start) => {
                edits.push((span.start..span.start, "\\".to_owned()));
            }
            Event::Start(Tag::Strikethrough) => edits.extend(tildes(text, span, dialect)),
            Event::Text(_)
                if dialect.secure_links
                    && !links.contains(span.start)
                    && !left.contains(span.start) =>
            {
                edits.extend(addresses(text, span.clone(), dialect));
            }
            _ => {}
        }
    }
    if let Some(formulas) = &dialect.formulas {
        edits.extend(marks(text, left, formulas));
        if !formulas.dollars {
            edits.extend(money(text, events, left));
        }
    }
    edits
}

/// Whether a line ends in a call of a shortcode, or one begins the next: no
/// sign may stand beside it.
fn is_between_calls(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    let after = text[at..].trim_start();
    ["}}", "%}"].iter().any(|end| before.ends_with(end))
        || ["{{", "{%"].iter().any(|start| after.starts_with(start))
}

/// Tildes that are only tildes.
fn tildes(text: &str, span: &Range<usize>, dialect: &Dialect) -> Edits {
    let words = &text[span.clone()];
    let count = words.len() - words.trim_start_matches('~').len();
    if !dialect.plain_tildes.contains(&count) || words.len() < 2 * count {
        return Edits::new();
    }
    let both = (span.start..span.start + count).chain(span.end - count..span.end);
    both.map(|at| (at..at, "\\".to_owned())).collect()
}

/// Addresses that begin with `www.`, as links.
fn addresses(text: &str, span: Range<usize>, dialect: &Dialect) -> Edits {
    let mut edits = Edits::new();
    let signs = match dialect.typographer {
        true => "*_~(\"'",
        false => "*_~(",
    };
    for (at, _) in text[span.clone()].match_indices("www.") {
        let start = span.start + at;
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !signs.contains(c)) {
            continue;
        }
        let rest = &text[start..];
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '|' | '`' | '[' | ']'))
            .unwrap_or(rest.len());
        let mut address = rest[..end].trim_end_matches(|c| "?!.,:*_~'\";".contains(c));
        while address.ends_with(')') && address.matches(')').count() > address.matches('(').count()
        {
            address = &address[..address.len() - 1];
        }
        if address["www.".len()..].contains('.') {
            let new = format!("[{address}](<https://{address}>)");
            edits.push((start..start + address.len(), new));
        }
    }
    edits
}

/// Formulas between marks that are not dollars.
fn marks(text: &str, left: &Spans, formulas: &Formulas) -> Edits {
    let mut edits = Edits::new();
    for (open, close, dollars) in &formulas.marks {
        let mut at = 0;
        while let Some(found) = text[at..].find(open) {
            let start = at + found;
            let inside = start + open.len();
            at = inside;
            let escaped = text[..start].ends_with('\\');
            if escaped || left.contains(start) {
                continue;
            }
            let Some(length) = text[inside..].find(close) else {
                continue;
            };
            let formula = &text[inside..inside + length];
            let is_inline = *dollars == "$";
            if formula.trim().is_empty() || (is_inline && formula.contains("\n\n")) {
                continue;
            }
            // One dollar has no space inside of it.
            let (before, behind) = match is_inline {
                true => (
                    length - formula.trim_start().len(),
                    length - formula.trim_end().len(),
                ),
                false => (0, 0),
            };
            let end = inside + length;
            edits.push((start..inside + before, (*dollars).to_owned()));
            edits.push((end - behind..end + close.len(), (*dollars).to_owned()));
            at = end + close.len();
        }
    }
    edits
}

/// Dollars that begin no formula.
fn money(text: &str, events: &[(Event<'_>, Range<usize>)], left: &Spans) -> Edits {
    let mut edits = Edits::new();
    for (event, span) in events {
        if !matches!(event, Event::Text(_)) || left.contains(span.start) {
            continue;
        }
        for (at, _) in text[span.clone()].match_indices('$') {
            let at = span.start + at;
            let beside = text[..at].ends_with(['$', '\\']) || text[at + 1..].starts_with('$');
            if !beside {
                edits.push((at..at, "\\".to_owned()));
            }
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Options;

    use super::super::rewritten::tests::adapted as edited;
    use super::*;

    fn adapted(text: &str, dialect: &Dialect) -> String {
        let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
        edited(text, options, |events, code| {
            adapt(text, events, code, dialect)
        })
    }

    #[test]
    fn lines_end_where_they_did() {
        let dialect = Dialect {
            hard_wraps: true,
            ..Dialect::plain()
        };
        assert_eq!(
            adapted("a\nb\n\n- c\n  d\n", &dialect),
            "a\\\nb\n\n- c\\\n  d\n"
        );
        let calls = "a\n{{ x() }}\nb\n";
        assert_eq!(adapted(calls, &dialect), calls);
        assert_eq!(adapted("```\na\nb\n```\n", &dialect), "```\na\nb\n```\n");
    }

    #[test]
    fn tildes_stay() {
        let dialect = Dialect {
            plain_tildes: &[2],
            ..Dialect::plain()
        };
        assert_eq!(adapted("~~a~~ ~b~", &dialect), "\\~\\~a\\~\\~ ~b~");
        assert_eq!(adapted("~~a~~", &Dialect::plain()), "~~a~~");
    }

    #[test]
    fn addresses_are_safe() {
        let dialect = Dialect {
            secure_links: true,
            ..Dialect::plain()
        };
        for (old, new) in [
            ("(www.a.org/b).", "([www.a.org/b](<https://www.a.org/b>))."),
            ("**www.a.org**", "**[www.a.org](<https://www.a.org>)**"),
            ("https://www.a.org", "https://www.a.org"),
            ("[www.a.org](/b)", "[www.a.org](/b)"),
            ("`www.a.org` www.a", "`www.a.org` www.a"),
        ] {
            assert_eq!(adapted(old, &dialect), new);
        }
    }

    #[test]
    fn formulas_have_dollars() {
        let marks = [("\\(", "\\)", "$"), ("\\[", "\\]", "$$")];
        let marks = marks.map(|(open, close, own)| (open.to_owned(), close.to_owned(), own));
        let dialect = Dialect {
            formulas: Some(Formulas {
                marks: marks.to_vec(),
                dollars: false,
            }),
            ..Dialect::plain()
        };
        for (old, new) in [
            ("a \\( x^2 \\) b", "a $x^2$ b"),
            ("\\[\na\n\\]", "$$\na\n$$"),
            ("`\\(a\\)` \\(", "`\\(a\\)` \\("),
            ("5$ and 6$, $$x$$", "5\\$ and 6\\$, $$x$$"),
        ] {
            assert_eq!(adapted(old, &dialect), new);
        }
    }
}

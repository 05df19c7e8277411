//! TOML as text with statements, so that what the generator does not know can
//! be taken out and all the rest, comments too, stays as its author wrote it.

use std::ops::Range;

/// A header such as `[extra]`, or a key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The table it stands in, or begins.
    pub(super) table: String,
    /// None for a header.
    pub(super) key: Option<String>,
    /// Its value; for a header, nothing.
    pub(super) value: Range<usize>,
    /// All of its lines, with their ends.
    pub(super) lines: Range<usize>,
}

/// The statements of a text that is known to be TOML.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut table = String::new();
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = text[at..end].trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_start_matches('[');
            table = header.split(']').next().unwrap_or("").trim().to_owned();
            found.push(Statement {
                table: table.clone(),
                key: None,
                value: end..end,
                lines: at..end,
            });
            at = end;
        } else if let Some(equals) = text[at..end].find('=').filter(|_| !line.starts_with('#')) {
            let start = at + equals + 1;
            let stop = value_end(text, start, |_, depth, byte| byte == b'\n' && depth == 0);
            let lines = at..line_end(text, stop);
            found.push(Statement {
                table: table.clone(),
                key: Some(text[at..at + equals].trim().to_owned()),
                value: start..stop,
                lines: lines.clone(),
            });
            at = lines.end;
        } else {
            at = end;
        }
    }
    found
}

/// Makes a comment of the statement at a byte; a header takes its statements
/// with it. None if there is no statement there.
pub(super) fn comment_out(text: &str, at: usize) -> Option<String> {
    if let Some(inner) = inline_pair(text, at) {
        return Some(format!("{}{}", &text[..inner.start], &text[inner.end..]));
    }
    let statements = statements(text);
    let index = statements.iter().position(|one| one.lines.contains(&at))?;
    let first = &statements[index];
    let rest = &statements[index + 1..];
    let end = match first.key {
        Some(_) => first.lines.end,
        None => rest
            .iter()
            .take_while(|next| next.key.is_some())
            .last()
            .map_or(first.lines.end, |last| last.lines.end),
    };
    let range = first.lines.start..end;
    let mut commented = text[..range.start].to_owned();
    for line in text[range.clone()].split_inclusive('\n') {
        if !line.trim().is_empty() && !line.starts_with('#') {
            commented.push_str("# ");
        }
        commented.push_str(line);
    }
    commented.push_str(&text[range.end..]);
    Some(commented)
}

/// A key and its value inside of an inline table, with one of the commas beside
/// it; `at` is where the key begins.
fn inline_pair(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text[..at].trim_end_matches([' ', '\t', '\n', '\r']);
    let first = before.ends_with('{');
    if !first && !before.ends_with(',') {
        return None;
    }
    let equals = at + text[at..].find('=')?;
    let end = value_end(text, equals + 1, |_, depth, byte| {
        depth == 0 && matches!(byte, b',' | b'}' | b']')
    });
    if !first {
        return Some(before.len() - 1..end);
    }
    let comma = text[end..].starts_with(',');
    Some(at..if comma { end + 1 } else { end })
}

/// Where a value ends: where `stop` says so outside of strings and comments, or
/// the text does.
fn value_end(text: &str, start: usize, stop: impl Fn(usize, i32, u8) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_i32;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        if stop(at, depth, byte) {
            return at;
        }
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' | b'\'' => {
                at = string_end(text, at);
                continue;
            }
            b'#' => {
                at = text[at..].find('\n').map_or(text.len(), |end| at + end);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Behind the string that begins here.
fn string_end(text: &str, start: usize) -> usize {
    let quote = &text[start..=start];
    let triple = quote.repeat(3);
    let (quote, open) = if text[start..].starts_with(&triple) {
        (triple.as_str(), start + 3)
    } else {
        (quote, start + 1)
    };
    let escapes = quote.starts_with('"');
    let mut at = open;
    while at < text.len() {
        if text[at..].starts_with(quote) {
            return at + quote.len();
        }
        let escaped = escapes && text[at..].starts_with('\\');
        let mut characters = text[at..].chars();
        let skipped = characters.next().map_or(1, char::len_utf8);
        at += skipped;
        if escaped {
            at += characters.next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

/// Behind the line that has a byte.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# top\na = 1\nb = [\n  \"]\", # ]\n  2,\n]\nc = '''x\n[no]\n'''\n\n[extra]\nd = { e = 1, f = [1, 2], g = 3 }\n\n[search.x]\nh = \"#\"\n";

    #[test]
    fn statements_are_told_apart() {
        let shown: Vec<String> = statements(TEXT)
            .iter()
            .map(|one| format!("{} {:?} {:?}", one.table, one.key, &TEXT[one.lines.clone()]))
            .collect();
        assert_eq!(
            shown,
            [
                " Some(\"a\") \"a = 1\\n\"",
                " Some(\"b\") \"b = [\\n  \\\"]\\\", # ]\\n  2,\\n]\\n\"",
                " Some(\"c\") \"c = '''x\\n[no]\\n'''\\n\"",
                "extra None \"[extra]\\n\"",
                "extra Some(\"d\") \"d = { e = 1, f = [1, 2], g = 3 }\\n\"",
                "search.x None \"[search.x]\\n\"",
                "search.x Some(\"h\") \"h = \\\"#\\\"\\n\"",
            ]
        );
    }

    #[test]
    fn what_is_taken_out_leaves_the_rest_alone() {
        let at = |needle: &str| TEXT.find(needle).expect("it is there");
        let without = comment_out(TEXT, at("b = [")).expect("a statement");
        assert!(without.contains("a = 1\n# b = [\n#   \"]\", # ]\n#   2,\n# ]\nc = "));
        let without = comment_out(TEXT, at("[search")).expect("a statement");
        assert!(without.ends_with("# [search.x]\n# h = \"#\"\n"));
        for (key, left) in [
            ("e = 1", "{  f = [1, 2], g = 3 }"),
            ("f = [1", "{ e = 1, g = 3 }"),
            ("g = 3", "{ e = 1, f = [1, 2]}"),
        ] {
            let without = comment_out(TEXT, at(key)).expect("a pair");
            assert!(without.contains(left), "{without}");
        }
        assert_eq!(comment_out(TEXT, 0), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[a-z=\\[\\]{}\"',#\n\\\\ é]{0,60}", at in 0_usize..60) {
            let at = text.floor_char_boundary(at.min(text.len()));
            let _ = comment_out(&text, at);
        }
    }
}

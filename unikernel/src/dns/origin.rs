//! The origin in zone files: `@` stands for it wherever a name may stand (RFC
//! 1035 section 5.1). hickory's parser knows it only where a line begins, and
//! takes a relative `$ORIGIN` for an absolute one; so both are written out
//! before it reads the text.

use std::borrow::Cow;

const DIRECTIVE: &str = "$ORIGIN";

/// `text` without `@` and relative origins. `origin` is the zone's name, with
/// the dot of the root at its end.
pub(super) fn write_out(text: &str, origin: &str) -> String {
    let mut origin = Cow::from(origin);
    let mut written = String::with_capacity(text.len());
    let mut after_directive = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, tail) = rest.split_at(length(rest, first));
        rest = tail;
        if is_blank(first) || matches!(first, ';' | '"') {
            written.push_str(token);
            continue;
        }
        if after_directive && token != "@" {
            origin = match token.ends_with('.') {
                true => token.to_owned().into(),
                false => format!("{token}.{origin}").into(),
            };
        }
        written.push_str(match token == "@" || after_directive {
            true => &origin,
            false => token,
        });
        after_directive = token.eq_ignore_ascii_case(DIRECTIVE);
    }
    written
}

/// Bytes of the token that begins with `first`: a comment, a quoted string, a
/// blank or parenthesis, or a word.
fn length(text: &str, first: char) -> usize {
    match first {
        ';' => text.find('\n').unwrap_or(text.len()),
        '"' => unescaped(text, 1, |c| c == '"').map_or(text.len(), |end| end + 1),
        first if is_blank(first) => first.len_utf8(),
        _ => unescaped(text, 0, |c| is_blank(c) || matches!(c, ';' | '"')).unwrap_or(text.len()),
    }
}

/// Where the first character of its kind is, after `start` bytes, that no
/// backslash escapes.
fn unescaped(text: &str, start: usize, is_end: impl Fn(char) -> bool) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices()
        .skip_while(|(at, _)| *at < start)
        .find_map(|(at, c)| {
            let ends = !is_escaped && is_end(c);
            is_escaped = !is_escaped && c == '\\';
            ends.then_some(at)
        })
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '(' | ')')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_origin_is_written_out_where_it_is_meant() {
        for (text, expected) in [
            (
                "@ NS ns\nwww CNAME @\n",
                "a.example. NS ns\nwww CNAME a.example.\n",
            ),
            ("@ SOA (@ h 1)", "a.example. SOA (a.example. h 1)"),
            (
                "x TXT \"@ \\\" @\" @ ; @ \"\n@",
                "x TXT \"@ \\\" @\" a.example. ; @ \"\na.example.",
            ),
            ("\\@ @x x@ A 1", "\\@ @x x@ A 1"),
            ("$ORIGIN b\n@ A 1", "$ORIGIN b.a.example.\nb.a.example. A 1"),
            (
                "$origin c.example. ; x\n@",
                "$origin c.example. ; x\nc.example.",
            ),
            ("x TXT \"open", "x TXT \"open"),
            ("x TXT \"", "x TXT \""),
        ] {
            assert_eq!(write_out(text, "a.example."), expected);
        }
    }

    proptest! {
        #[test]
        fn what_has_no_origin_in_it_stays_as_it_is(text in "[^@$]{0,80}") {
            prop_assert_eq!(write_out(&text, "a.example."), text);
        }
    }
}

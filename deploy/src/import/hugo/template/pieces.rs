//! A template of Go, cut into what is printed as it is and what stands in braces.

/// Text, or what stands in braces, from a line on.
pub(super) struct Piece {
    pub(super) line: usize,
    pub(super) is_action: bool,
    pub(super) text: String,
}

/// Cuts a template where its braces are; the line of those that are not closed.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, usize> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut line = 1;
    let mut trim = false;
    loop {
        let found = rest.find("{{");
        let mut before = &rest[..found.unwrap_or(rest.len())];
        if trim {
            before = before.trim_start_matches(is_space);
        }
        let Some(found) = found else {
            pieces.push(Piece::text(line, before));
            return Ok(pieces);
        };
        let line_of_text = line;
        line += lines_in(&rest[..found]);
        let mut inside = &rest[found + 2..];
        if inside.starts_with('-') && inside[1..].starts_with(is_space) {
            inside = &inside[1..];
            before = before.trim_end_matches(is_space);
        }
        pieces.push(Piece::text(line_of_text, before));
        let end = end_of_action(inside).ok_or(line)?;
        let line_of_action = line;
        line += lines_in(&inside[..end]);
        let (action, behind) = (&inside[..end], &inside[end + 2..]);
        rest = behind;
        trim = action.ends_with('-') && action[..action.len() - 1].ends_with(is_space)
            || action.ends_with("*/ -");
        let action = if trim {
            &action[..action.len() - 1]
        } else {
            action
        };
        if !action.trim_start().starts_with("/*") {
            pieces.push(Piece {
                line: line_of_action,
                is_action: true,
                text: action.trim().to_owned(),
            });
        }
    }
}

impl Piece {
    fn text(line: usize, text: &str) -> Self {
        let (is_action, text) = (false, text.to_owned());
        Self {
            line,
            is_action,
            text,
        }
    }
}

/// What Go takes for space in templates: nothing beyond ASCII.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn lines_in(text: &str) -> usize {
    text.matches('\n').count()
}

/// HTML without its comments, which html/template leaves out.
pub(super) fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        let Some((_, behind)) = after.split_once("-->") else {
            break;
        };
        out.push_str(before);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Where the braces are closed, outside of texts and comments.
fn end_of_action(text: &str) -> Option<usize> {
    if text.trim_start().starts_with("/*") {
        let end = text.find("*/")? + 2;
        return Some(end + text[end..].find("}}")?);
    }
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(open) if c == '\\' && open != '`' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '`' | '\'') => quote = Some(c),
            None if text[at..].starts_with("}}") => return Some(at),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_take_only_space_of_ascii_with_them() {
        for (template, expected) in [
            ("a \r\n\t{{- 1 -}} \r\n\tb", ["a", "1", "b"]),
            ("a\u{a0} {{- 1 -}} \u{2003}b", ["a\u{a0}", "1", "\u{2003}b"]),
            ("a\u{b}{{- 1 -}}\u{c}b", ["a\u{b}", "1", "\u{c}b"]),
        ] {
            let found = pieces(template).expect("closed braces");
            let texts: Vec<&str> = found.iter().map(|piece| piece.text.as_str()).collect();
            assert_eq!(texts, expected, "{template}");
        }
    }
}

//! The body of a shortcode without the indentation of its call: in a list, a
//! call stands below the item's text, and its body below the call. Markdown
//! would read that as code.

use std::borrow::Cow;

use super::super::Located;

/// How far the next tab stop is, at most (CommonMark, 2.2).
const TAB: usize = 4;

/// A text, and how its places are found in the one that it was made of.
pub(crate) struct Dedented<'a> {
    pub(crate) text: Cow<'a, str>,
    /// From which byte on how many bytes are missing.
    missing: Vec<(usize, usize)>,
}

impl<'a> Dedented<'a> {
    /// Takes up to so many columns of white space from each line but the first,
    /// which goes on where the call ends.
    pub(crate) fn new(text: &'a str, columns: usize) -> Self {
        let mut missing = Vec::new();
        if columns == 0 {
            let text = Cow::Borrowed(text);
            return Self { text, missing };
        }
        let mut out = String::with_capacity(text.len());
        let mut lines = text.split_inclusive('\n');
        out.push_str(lines.next().unwrap_or_default());
        let mut total = 0;
        for line in lines {
            let length = indentation(line, columns);
            total += length;
            if length > 0 {
                missing.push((out.len(), total));
            }
            out.push_str(&line[length..]);
        }
        let text = Cow::Owned(out);
        Self { text, missing }
    }

    /// Where a byte was.
    pub(crate) fn original(&self, at: usize) -> usize {
        let above = self.missing.partition_point(|(from, _)| *from <= at);
        let (_, missing) = above
            .checked_sub(1)
            .map_or((0, 0), |last| self.missing[last]);
        at + missing
    }

    /// Gives events of a text that begins at `offset` the places that they have
    /// in the document.
    pub(crate) fn restore(&self, events: &mut [Located<'_>], offset: usize) {
        if self.missing.is_empty() {
            return;
        }
        for (_, span) in events {
            // What was added has no place.
            if let (Some(start), Some(end)) =
                (span.start.checked_sub(offset), span.end.checked_sub(offset))
            {
                *span = self.original(start) + offset..self.original(end) + offset;
            }
        }
    }
}

/// The column at which a call stands, if only marks of lists are before it in
/// its line; else how far that line is indented.
pub(crate) fn column(text: &str, call: usize) -> usize {
    let line = text[..call].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[line..call];
    let of_list = |c: char| c.is_ascii_digit() || " \t-*+.)".contains(c);
    let end = if before.chars().all(of_list) {
        before.len()
    } else {
        before.len() - before.trim_start_matches([' ', '\t']).len()
    };
    before[..end].chars().fold(0, advance)
}

/// How many bytes are white space of the first columns of a line.
fn indentation(line: &str, columns: usize) -> usize {
    let mut column = 0;
    let space = |c: &char| {
        column = advance(column, *c);
        matches!(c, ' ' | '\t') && column <= columns
    };
    line.chars().take_while(space).count()
}

fn advance(column: usize, c: char) -> usize {
    match c {
        '\t' => column + TAB - column % TAB,
        _ => column + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        let text = " first\n    a\n  b\n\n\t\tc\n";
        let dedented = Dedented::new(text, 4);
        assert_eq!(dedented.text, " first\na\nb\n\n\tc\n");
        for (at, c) in dedented.text.char_indices() {
            let original = text[dedented.original(at)..].chars().next();
            assert_eq!(original, Some(c), "{at}");
        }
        assert_eq!(Dedented::new(text, 0).text, text);
    }

    #[test]
    fn a_call_stands_where_its_list_has_it() {
        for (line, expected) in [("", 0), ("    ", 4), ("- ", 2), ("\t1. ", 7), ("  a ", 2)] {
            let text = format!("above\n{line}{{% a() %}}");
            assert_eq!(column(&text, 6 + line.len()), expected, "{line:?}");
        }
    }
}

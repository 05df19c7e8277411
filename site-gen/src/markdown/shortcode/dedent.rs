//! The body of a shortcode without what stands before its call: in a list, a
//! call stands below the item's text, and its body below the call, which
//! markdown would read as code; in a quote, each line has the quote's mark.
//! What the call is in, its body is in, too: that is not said again.

use std::borrow::Cow;

use super::super::Located;

/// How far the next tab stop is, at most (CommonMark, 2.2).
const TAB: usize = 4;

/// How far the mark of a quote is indented, at most (CommonMark, 5.1).
const MAX_BEFORE_QUOTE: usize = 3;

/// A text, and how its places are found in the one that it was made of.
pub(crate) struct Dedented<'a> {
    pub(crate) text: Cow<'a, str>,
    /// From which byte on how many bytes are missing.
    missing: Vec<(usize, usize)>,
}

/// What stands before each line of a text, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Margin(Vec<Mark>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// White space of so many columns, as items of lists have it.
    Columns(usize),
    /// The `>` of a quote, with a space behind it.
    Quote,
}

impl<'a> Dedented<'a> {
    /// Takes the margin from each line but the first, which goes on where the
    /// call ends. A line may have less of it.
    pub(crate) fn new(text: &'a str, margin: &Margin) -> Self {
        let mut missing = Vec::new();
        if margin.0.is_empty() {
            let text = Cow::Borrowed(text);
            return Self { text, missing };
        }
        let mut out = String::with_capacity(text.len());
        let mut lines = text.split_inclusive('\n');
        out.push_str(lines.next().unwrap_or_default());
        let mut total = 0;
        for line in lines {
            let length = margin.length(line);
            total += length;
            if length > 0 {
                missing.push((out.len(), total));
            }
            out.push_str(&line[length..]);
        }
        let text = Cow::Owned(out);
        Self { text, missing }
    }

    /// The same for longer than the text that it was made of.
    pub(super) fn into_owned(self) -> Dedented<'static> {
        Dedented {
            text: Cow::Owned(self.text.into_owned()),
            missing: self.missing,
        }
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

impl Margin {
    /// The quotes and items that a call is in, if only their marks are before it
    /// in its line; else the quotes, and how far the line is indented.
    pub(crate) fn of(text: &str, call: usize) -> Self {
        let line = text[..call].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line..call];
        let of_container = |c: char| c.is_ascii_digit() || " \t-*+.)>".contains(c);
        let end = match before.find(|c| !of_container(c)) {
            None => before.len(),
            Some(_) => before.len() - before.trim_start_matches([' ', '\t', '>']).len(),
        };
        let mut marks = Vec::new();
        let mut pieces = before[..end].split('>').peekable();
        while let Some(piece) = pieces.next() {
            let is_quoted = !marks.is_empty();
            // The space behind the mark is the mark's.
            let own = piece.strip_prefix(' ').filter(|_| is_quoted);
            let columns = own.unwrap_or(piece).chars().fold(0, advance);
            if columns > 0 {
                marks.push(Mark::Columns(columns));
            }
            if pieces.peek().is_some() {
                marks.push(Mark::Quote);
            }
        }
        Self(marks)
    }

    /// How many bytes of a line it is.
    fn length(&self, line: &str) -> usize {
        let mut length = 0;
        for mark in &self.0 {
            let rest = &line[length..];
            length += match mark {
                Mark::Columns(columns) => indentation(rest, *columns),
                Mark::Quote => {
                    let space = indentation(rest, MAX_BEFORE_QUOTE);
                    let Some(after) = rest[space..].strip_prefix('>') else {
                        break;
                    };
                    space + 1 + usize::from(after.starts_with(' '))
                }
            };
        }
        length
    }
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
        let dedented = Dedented::new(text, &Margin(vec![Mark::Columns(4)]));
        assert_eq!(dedented.text, " first\na\nb\n\n\tc\n");
        for (at, c) in dedented.text.char_indices() {
            let original = text[dedented.original(at)..].chars().next();
            assert_eq!(original, Some(c), "{at}");
        }
        assert_eq!(Dedented::new(text, &Margin::default()).text, text);
    }

    #[test]
    fn a_margin_is_what_stands_before_a_call() {
        use Mark::{Columns, Quote};
        for (line, expected) in [
            ("", vec![]),
            ("    ", vec![Columns(4)]),
            ("- ", vec![Columns(2)]),
            ("\t1. ", vec![Columns(7)]),
            ("  a ", vec![Columns(2)]),
            ("> ", vec![Quote]),
            (">", vec![Quote]),
            ("> > ", vec![Quote, Quote]),
            ("> - ", vec![Quote, Columns(2)]),
            ("- > ", vec![Columns(2), Quote]),
            ("> a > ", vec![Quote]),
        ] {
            let text = format!("above\n{line}{{% a() %}}");
            let margin = Margin::of(&text, 6 + line.len());
            assert_eq!(margin, Margin(expected), "{line:?}");
        }
    }

    #[test]
    fn lines_lose_what_they_have_of_a_margin() {
        let margin = Margin(vec![Mark::Quote, Mark::Columns(2)]);
        let text = "\n>   a\n>\n   > > b\nlazy\n>     c\n> ";
        let dedented = Dedented::new(text, &margin);
        assert_eq!(dedented.text, "\na\n\n> b\nlazy\n  c\n");
        for (at, c) in dedented.text.char_indices() {
            assert_eq!(text[dedented.original(at)..].chars().next(), Some(c));
        }
    }
}

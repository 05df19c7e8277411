//! A text that is written anew, piece by piece, and knows for each of its lines
//! which one it was.

use std::ops::Range;

use super::super::spans::Edits;

/// The new text.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) text: String,
    /// The old line of each new one.
    lines: Vec<usize>,
    /// What stands for something else: calls of shortcodes, and the like.
    put: Vec<Range<usize>>,
}

impl Rewritten {
    /// A text that begins with a line of the old one.
    pub(super) fn new(line: usize) -> Self {
        Self {
            text: String::new(),
            lines: vec![line],
            put: Vec::new(),
        }
    }

    /// Adds what stays as it was; it began in this old line.
    pub(super) fn keep(&mut self, text: &str, line: usize) {
        self.push(text, line, 1);
    }

    /// Adds what stands for something that began in this old line.
    pub(super) fn put(&mut self, text: &str, line: usize) {
        let start = self.text.len();
        self.push(text, line, 0);
        self.put.push(start..self.text.len());
    }

    /// Adds a text of another file, where something of this one began in this
    /// old line.
    pub(super) fn bring(&mut self, text: &str, line: usize) {
        self.push(text, line, 0);
    }

    /// What was put there and is no text of the old site's.
    pub(super) fn put_spans(&self) -> impl Iterator<Item = Range<usize>> {
        self.put.iter().cloned()
    }

    fn push(&mut self, text: &str, line: usize, step: usize) {
        if self.text.is_empty() || self.text.ends_with('\n') {
            *self.lines.last_mut().expect("there is a line") = line;
        }
        self.text.push_str(text);
        let mut line = line;
        for _ in text.matches('\n') {
            line += step;
            self.lines.push(line);
        }
    }

    /// The old line of a byte of the new text.
    pub(super) fn line(&self, at: usize) -> usize {
        let number = self.text[..at].matches('\n').count();
        self.lines[number.min(self.lines.len() - 1)]
    }

    /// Replaces ranges, which do not overlap.
    pub(super) fn edit(self, mut edits: Edits) -> String {
        edits.sort_by_key(|(range, _)| range.start);
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for (range, new) in edits {
            if range.start < at {
                continue;
            }
            text.push_str(&self.text[at..range.start]);
            text.push_str(&new);
            at = range.end;
        }
        text.push_str(&self.text[at..]);
        text
    }
}

#[cfg(test)]
pub(super) mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::super::super::spans::Spans;
    use super::*;

    /// A text with edits that follow from its events and from where its code is.
    pub(in super::super) fn adapted(
        text: &str,
        options: Options,
        adapt: impl FnOnce(&[(Event<'_>, Range<usize>)], &Spans) -> Edits,
    ) -> String {
        let events: Vec<_> = Parser::new_ext(text, options).into_offset_iter().collect();
        let is_code =
            |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
        let code = events.iter().filter(|(event, _)| is_code(event));
        let code = Spans::new(code.map(|(_, span)| span.clone()));
        let mut new = Rewritten::new(1);
        new.keep(text, 1);
        new.edit(adapt(&events, &code))
    }

    #[test]
    fn lines_are_remembered() {
        let mut new = Rewritten::new(5);
        new.keep("a\nb ", 5);
        new.put("x\ny\n", 6);
        new.keep("c\nd", 9);
        let at = |word| new.line(new.text.find(word).expect("it is there"));
        assert_eq!(
            (at("a"), at("x"), at("y"), at("c"), at("d")),
            (5, 6, 6, 9, 10)
        );
        let edited = new.edit(vec![(0..1, "A".into()), (4..5, String::new())]);
        assert_eq!(edited, "A\nb \ny\nc\nd");
    }
}

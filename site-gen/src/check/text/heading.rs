//! Headings that nobody can read: without a text, they are a line of the outline that says
//! nothing (WCAG 2.2, 2.4.6). And a second one of the first level: a text has one title.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::diagnostic::Diagnostic;
use crate::markdown::Passage;

/// What was seen of the headings of a document.
#[derive(Default)]
pub(super) struct Titles {
    /// How many are of the first level.
    count: usize,
    /// The one that is being read, if it has no text so far.
    empty: Option<Range<usize>>,
}

impl Titles {
    /// Takes note of what is read; tells what is wrong with a heading.
    pub(super) fn see(
        &mut self,
        passage: &Passage<'_>,
        event: &Event<'_>,
        span: &Range<usize>,
    ) -> Option<Diagnostic> {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.empty = Some(span.clone());
                self.count += usize::from(*level == HeadingLevel::H1);
                // A text that has many is told once.
                let is_second = *level == HeadingLevel::H1 && self.count == 2;
                return is_second.then(|| {
                    let message = "a second heading of the first level stands in this text";
                    let fault = passage.at(line(passage, span), message);
                    fault
                        .expected("one title: `## ` begins a part of it")
                        .warning()
                });
            }
            Event::End(TagEnd::Heading(_)) => {
                let empty = self.empty.take()?;
                let fault = passage.at(line(passage, &empty), "this heading has no text");
                let fault =
                    fault.expected("a text behind the `#`, or `\\#`, if no heading is meant");
                return Some(fault.warning());
            }
            Event::Text(text) if text.trim().is_empty() => {}
            _ => self.empty = None,
        }
        None
    }
}

/// The line that a heading stands in.
fn line(passage: &Passage<'_>, span: &Range<usize>) -> Range<usize> {
    let text = &passage.text()[span.clone()];
    let line = text.lines().next().unwrap_or_default();
    span.start..span.start + line.trim_end().len()
}

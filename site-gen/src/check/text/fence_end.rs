//! Fences that nothing closes (CommonMark 4.5): the block of code goes on to the end
//! of the text, or of the quote or item that it stands in.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::markdown::Passage;

/// What is known of the blocks that were read before.
#[derive(Default)]
pub(super) struct Before {
    /// A line within one that looks as if it began another, and the line in which that
    /// one begins.
    lost: Option<(usize, usize)>,
}

impl Before {
    /// The fault of a block that has no end.
    pub(super) fn check(
        &mut self,
        passage: &Passage<'_>,
        span: &Range<usize>,
    ) -> Option<Diagnostic> {
        let text = passage.text();
        let block = &text[span.clone()];
        let mut lines = block.split_inclusive('\n');
        let first = lines.next()?;
        let fence = fence_of(first)?;
        let mut inside = lines.clone().map(inner);
        let within = inside.position(|line| opens_like(line, fence));
        let last = lines.next_back();
        if last.is_some_and(|line| closes(inner(line), fence)) {
            if let Some(nth) = within {
                self.lost = Some((span.start, nth + 1));
            }
            return None;
        }
        let end = span.start + first.trim_end().len();
        let fault = passage.at(span.start..end, "this block of code is never closed");
        let suggestion = match (within, self.lost) {
            (Some(nth), _) => Some(suggest(passage, span.start, nth + 1)),
            (None, Some((start, nth))) => Some(suggest(passage, start, nth)),
            (None, None) => None,
        };
        let fault = fault.expected(format!("{fence} in a line of its own below it"));
        Some(fault.suggestion(suggestion).warning())
    }
}

/// Names a line of a block that looks like a fence and closes nothing.
fn suggest(passage: &Passage<'_>, block: usize, nth: usize) -> String {
    let place = passage.at(block..block + 1, "").place;
    let line = place.map_or(0, |place| place.line) + nth;
    format!("a fence with words behind it, as in line {line}, closes nothing")
}

/// The fence that a line begins with.
fn fence_of(line: &str) -> Option<&str> {
    let line = inner(line);
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(sign).len();
    (length >= 3).then(|| &line[..length])
}

/// A line without the marks of quotes, and of the item that begins with it.
fn inner(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>']).trim_end()
}

/// Whether a line closes what a fence opened.
fn closes(line: &str, fence: &str) -> bool {
    let sign = &fence[..1];
    line.len() >= fence.len() && line.trim_start_matches(sign).is_empty()
}

/// Whether a line looks as if it began another block.
fn opens_like(line: &str, fence: &str) -> bool {
    let words = line.strip_prefix(fence).unwrap_or_default();
    let mut words = words.trim_start_matches(&fence[..1]).chars();
    words.next().is_some_and(char::is_alphanumeric)
}

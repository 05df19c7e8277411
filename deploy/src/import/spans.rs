//! Parts of a text that are left alone: ranges, which are asked whether a place
//! is in one of them.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

/// Changes of a text: what is to stand in place of what.
pub(super) type Edits = Vec<(Range<usize>, String)>;

/// Ranges, in order; none overlaps another.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans(Vec<Range<usize>>);

impl Spans {
    /// Ranges that may be in any order, and in each other.
    pub(super) fn new(ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut all: Vec<Range<usize>> = ranges.into_iter().collect();
        all.sort_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(all.len());
        for range in all {
            match apart.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        Self(apart)
    }

    /// Those of links and pictures.
    pub(super) fn of_links(events: &[(Event<'_>, Range<usize>)]) -> Self {
        let is_one =
            |event: &Event<'_>| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
        let links = events.iter().filter(|(event, _)| is_one(event));
        Self::new(links.map(|(_, span)| span.clone()))
    }

    /// Whether a place is in one of them.
    pub(super) fn contains(&self, at: usize) -> bool {
        let next = self.0.partition_point(|range| range.end <= at);
        self.0.get(next).is_some_and(|range| range.start <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found() {
        let spans = Spans::new([8..9, 1..3, 2..5, 2..3]);
        let found: Vec<usize> = (0..10).filter(|at| spans.contains(*at)).collect();
        assert_eq!(found, [1, 2, 3, 4, 8]);
        assert!(!Spans::default().contains(0));
    }
}

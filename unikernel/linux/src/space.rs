//! Which addresses of the program's window are taken, and for what. Pure
//! bookkeeping: `memory.rs` does to the page tables what is decided here.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use machine::paging::Access;

use crate::limits;

/// What a range of pages is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Taken, but never accessible so far: `PROT_NONE`. Costs no memory.
    Reserved,
    /// Mapped.
    Mapped(Access),
}

/// A range of one state.
pub(crate) type Piece = (Range<usize>, State);

/// There are too many separate ranges, or no gap is large enough.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoSpace;

/// The taken ranges, by their first address. None overlaps another, and two
/// that touch have different states.
pub(crate) struct Space {
    window: Range<usize>,
    ranges: BTreeMap<usize, (usize, State)>,
}

impl Space {
    pub(crate) const fn new(window: Range<usize>) -> Self {
        Self {
            window,
            ranges: BTreeMap::new(),
        }
    }

    /// Whether all of `range` lies in the window.
    pub(crate) fn covers(&self, range: &Range<usize>) -> bool {
        self.window.start <= range.start && range.start <= range.end && range.end <= self.window.end
    }

    /// The first gap of `length` bytes.
    pub(crate) fn find(&self, length: usize) -> Result<Range<usize>, NoSpace> {
        let mut start = self.window.start;
        for (&taken, &(end, _)) in &self.ranges {
            if taken - start >= length {
                break;
            }
            start = end;
        }
        match start.checked_add(length) {
            Some(end) if end <= self.window.end => Ok(start..end),
            _ => Err(NoSpace),
        }
    }

    /// What is taken of `range`, cut to it, in order.
    pub(crate) fn pieces(&self, range: &Range<usize>) -> Vec<Piece> {
        let first = self.ranges.range(..=range.start).next_back();
        let rest = self
            .ranges
            .range(range.start + 1..range.end.max(range.start + 1));
        let within = |(&start, &(end, state)): (&usize, &(usize, State))| {
            (start.max(range.start)..end.min(range.end), state)
        };
        let all = first.into_iter().chain(rest).map(within);
        all.filter(|(piece, _)| !piece.is_empty()).collect()
    }

    /// Whether every page of `range` is taken.
    pub(crate) fn is_full(&self, range: &Range<usize>) -> bool {
        let taken: usize = self
            .pieces(range)
            .iter()
            .map(|(piece, _)| piece.len())
            .sum();
        taken == range.len()
    }

    /// Takes `range`, whatever it was before. Fails, and changes nothing, when
    /// there might be too many ranges afterwards.
    pub(crate) fn set(&mut self, range: &Range<usize>, state: State) -> Result<(), NoSpace> {
        self.clear(range)?;
        let mut joined = range.clone();
        if let Some((&start, &(end, before))) = self.ranges.range(..range.start).next_back()
            && end == range.start
            && before == state
        {
            joined.start = start;
        }
        if let Some(&(end, after)) = self.ranges.get(&range.end)
            && after == state
        {
            self.ranges.remove(&range.end);
            joined.end = end;
        }
        self.ranges.insert(joined.start, (joined.end, state));
        Ok(())
    }

    /// Gives `range` back. Fails, and changes nothing, when there might be too
    /// many ranges afterwards.
    pub(crate) fn clear(&mut self, range: &Range<usize>) -> Result<(), NoSpace> {
        // Cutting a hole makes two of one, and `set` puts a third in it.
        if self.ranges.len() + 2 > limits::MAPPINGS {
            return Err(NoSpace);
        }
        for (piece, _) in self.pieces(range) {
            let overlapping = self.ranges.range(..=piece.start).next_back();
            let Some((&start, &(end, state))) = overlapping else {
                continue;
            };
            self.ranges.remove(&start);
            if start < piece.start {
                self.ranges.insert(start, (piece.start, state));
            }
            if piece.end < end {
                self.ranges.insert(piece.end, (end, state));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGES: usize = 24;

    fn states() -> impl Strategy<Value = Option<State>> {
        prop_oneof![
            Just(None),
            Just(Some(State::Reserved)),
            Just(Some(State::Mapped(Access::Read))),
            Just(Some(State::Mapped(Access::ReadWrite))),
        ]
    }

    proptest! {
        /// A `Space` is what an array with a state for each page is, only
        /// smaller.
        #[test]
        fn is_an_array_of_pages(
            steps in prop::collection::vec((0..PAGES, 1..PAGES, states()), 0..64),
            wanted in 1..PAGES,
        ) {
            let mut space = Space::new(0..PAGES);
            let mut model = [None; PAGES];
            for (start, length, state) in steps {
                let range = start..(start + length).min(PAGES);
                match state {
                    Some(state) => space.set(&range, state).unwrap(),
                    None => space.clear(&range).unwrap(),
                }
                model[range].fill(state);

                for (page, expected) in model.iter().enumerate() {
                    let piece = space.pieces(&(page..page + 1));
                    prop_assert_eq!(piece.first().map(|(_, state)| *state), *expected);
                }
                let joined = space.ranges.iter().zip(space.ranges.iter().skip(1));
                for ((_, (end, state)), (next, (_, other))) in joined {
                    prop_assert!(end < next || end == next && state != other);
                }
            }
            let gap = model.windows(wanted).position(|pages| pages.iter().all(Option::is_none));
            prop_assert_eq!(space.find(wanted).ok().map(|range| range.start), gap);
            let full = model[..wanted].iter().all(Option::is_some);
            prop_assert_eq!(space.is_full(&(0..wanted)), full);
        }
    }

    #[test]
    fn the_number_of_ranges_is_limited() {
        let mut space = Space::new(0..usize::MAX);
        let mut page = 0;
        while space.set(&(page..page + 1), State::Reserved).is_ok() {
            page += 2;
        }
        assert_eq!(space.ranges.len(), limits::MAPPINGS - 1);
        assert_eq!(space.pieces(&(0..2)), [(0..1, State::Reserved)]);
    }
}

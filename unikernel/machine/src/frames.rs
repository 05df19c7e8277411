//! Free physical memory: a sorted list of ranges, first fit.
//!
//! The list is short, because its customers are the heap (large chunks), page
//! tables and the program's mappings; so first fit in a sorted array beats
//! anything that would have to touch every frame once. The lowest address wins:
//! while the machine starts, only the first 4 GiB are mapped.

use crate::Lock;
use crate::limits;
use crate::paging::PAGE_SIZE;

/// The free memory of the machine.
pub(crate) static FREE: Lock<FreeRanges> = Lock::new(FreeRanges::new());

/// Bytes `start..end`, page aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    start: u64,
    end: u64,
}

/// Free ranges, sorted, none touching the next.
pub(crate) struct FreeRanges {
    ranges: [Range; limits::FREE_RANGES],
    count: usize,
    free_bytes: u64,
    lost_bytes: u64,
}

impl FreeRanges {
    /// Nothing is free.
    pub(crate) const fn new() -> Self {
        Self {
            ranges: [Range { start: 0, end: 0 }; limits::FREE_RANGES],
            count: 0,
            free_bytes: 0,
            lost_bytes: 0,
        }
    }

    /// Bytes that can still be allocated.
    pub(crate) fn free_bytes(&self) -> u64 {
        self.free_bytes
    }

    /// Bytes that fell off a full list.
    #[cfg(test)]
    pub(crate) fn lost_bytes(&self) -> u64 {
        self.lost_bytes
    }

    /// Takes `pages` contiguous pages: their address, or none if no range is
    /// that long.
    pub(crate) fn allocate(&mut self, pages: usize) -> Option<u64> {
        let size = (pages as u64).checked_mul(PAGE_SIZE as u64)?;
        let index = self.ranges[..self.count]
            .iter()
            .position(|range| range.end - range.start >= size)?;
        let start = self.ranges[index].start;
        self.ranges[index].start += size;
        if self.ranges[index].start == self.ranges[index].end {
            self.remove(index);
        }
        self.free_bytes -= size;
        Some(start)
    }

    /// Gives back (or adds, at start) the whole pages in `start..end`, none of
    /// which is free.
    pub(crate) fn free(&mut self, start: u64, end: u64) {
        let page = PAGE_SIZE as u64;
        let (start, end) = (start.next_multiple_of(page), end - end % page);
        if start >= end {
            return;
        }
        let index = self.ranges[..self.count].partition_point(|range| range.end < start);
        let mut merged = Range { start, end };
        let next = self.ranges[..self.count].get(index);
        let after = match next {
            Some(range) if range.end == start => self.ranges[..self.count].get(index + 1),
            other => other,
        };
        assert!(
            after.is_none_or(|range| range.start >= end),
            "memory {start:#x}..{end:#x} was freed twice"
        );
        let touching = self.ranges[index..self.count]
            .iter()
            .take_while(|range| range.start <= end)
            .count();
        if touching > 0 {
            merged.start = merged.start.min(self.ranges[index].start);
            merged.end = merged.end.max(self.ranges[index + touching - 1].end);
            self.ranges[index] = merged;
            for _ in 1..touching {
                self.remove(index + 1);
            }
        } else if self.count < self.ranges.len() {
            self.ranges.copy_within(index..self.count, index + 1);
            self.ranges[index] = merged;
            self.count += 1;
        } else {
            self.lose_smallest(merged);
            return;
        }
        self.free_bytes += end - start;
    }

    /// The list is full: the smallest of its ranges and `new` is lost.
    fn lose_smallest(&mut self, new: Range) {
        let size = |range: Range| range.end - range.start;
        let smallest = (0..self.count).min_by_key(|&index| size(self.ranges[index]));
        if let Some(index) = smallest.filter(|&index| size(self.ranges[index]) < size(new)) {
            let old = self.ranges[index];
            self.lost_bytes += size(old);
            self.free_bytes -= size(old);
            self.remove(index);
            self.free(new.start, new.end);
        } else {
            self.lost_bytes += size(new);
        }
    }

    /// Takes whatever is free of `start..end` off the list: it is in use.
    pub(crate) fn reserve(&mut self, start: u64, end: u64) {
        let page = PAGE_SIZE as u64;
        let (start, end) = (start - start % page, end.next_multiple_of(page));
        let mut index = 0;
        while index < self.count {
            let range = self.ranges[index];
            if range.end <= start || range.start >= end {
                index += 1;
                continue;
            }
            self.remove(index);
            self.free_bytes -= range.end - range.start;
            self.free(range.start, start.max(range.start));
            self.free(end.min(range.end), range.end);
            index = 0;
        }
    }

    fn remove(&mut self, index: usize) {
        self.ranges.copy_within(index + 1..self.count, index);
        self.count -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    const PAGE: u64 = PAGE_SIZE as u64;

    #[test]
    fn reserving_the_middle_leaves_both_sides() {
        let mut free = FreeRanges::new();
        free.free(PAGE, 10 * PAGE);
        free.reserve(3 * PAGE + 1, 4 * PAGE + 1);
        assert_eq!(free.free_bytes(), 7 * PAGE);
        assert_eq!(free.allocate(5), Some(5 * PAGE));
        assert_eq!(free.allocate(2), Some(PAGE));
        assert_eq!(free.allocate(1), None);
    }

    #[test]
    fn partial_pages_are_not_free() {
        let mut free = FreeRanges::new();
        free.free(1, 2 * PAGE - 1);
        assert_eq!(free.allocate(1), None);
    }

    #[test]
    fn a_full_list_loses_and_counts() {
        let mut free = FreeRanges::new();
        for index in 0..=limits::FREE_RANGES as u64 {
            free.free(2 * index * PAGE, (2 * index + 1) * PAGE);
        }
        assert_eq!(free.lost_bytes(), PAGE);
        assert_eq!(free.free_bytes(), limits::FREE_RANGES as u64 * PAGE);
        // A larger one is worth more than a small one.
        free.free((1 << 30) + PAGE, (1 << 30) + 9 * PAGE);
        assert_eq!(free.lost_bytes(), 2 * PAGE);
        assert_eq!(free.free_bytes(), (limits::FREE_RANGES as u64 + 7) * PAGE);
        assert_eq!(free.allocate(8), Some((1 << 30) + PAGE));
    }

    #[test]
    #[should_panic(expected = "0x3000..0x5000 was freed twice")]
    fn freeing_what_is_free_panics() {
        let mut free = FreeRanges::new();
        free.free(PAGE, 3 * PAGE);
        free.free(4 * PAGE, 9 * PAGE);
        free.free(3 * PAGE, 5 * PAGE);
    }

    /// Random allocations and frees against a set of pages.
    #[test]
    fn behaves_like_a_set_of_pages() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move |bound: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % bound
        };
        let mut free = FreeRanges::new();
        let mut model: BTreeSet<u64> = (16..400).collect();
        free.free(16 * PAGE, 400 * PAGE);
        let mut held: Vec<(u64, u64)> = Vec::new();
        for _ in 0..20_000 {
            if random(2) == 0 || held.is_empty() {
                let pages = 1 + random(9);
                let fits = model
                    .iter()
                    .find(|&&first| (first..first + pages).all(|page| model.contains(&page)))
                    .copied();
                let got = free.allocate(pages as usize);
                assert_eq!(
                    got,
                    fits.map(|first| first * PAGE),
                    "first fit of {pages} pages"
                );
                if let Some(first) = fits {
                    for page in first..first + pages {
                        model.remove(&page);
                    }
                    held.push((first, pages));
                }
            } else {
                let (first, pages) = held.swap_remove(random(held.len() as u64) as usize);
                free.free(first * PAGE, (first + pages) * PAGE);
                model.extend(first..first + pages);
            }
            assert_eq!(free.free_bytes(), model.len() as u64 * PAGE);
        }
    }
}

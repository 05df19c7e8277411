//! What a build leaves to the next, in an order that both have: then each takes
//! what it needs while it goes through its own, without a hash table.

use std::collections::VecDeque;

/// Something with a name to sort by.
pub(crate) trait Keyed {
    /// Its name.
    fn key(&self) -> &str;
}

/// Things in order of their names.
#[derive(Debug)]
pub(crate) struct Sorted<T>(VecDeque<T>);

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Keyed> Sorted<T> {
    /// Adds what comes after all others.
    pub(crate) fn push(&mut self, item: T) {
        debug_assert!(self.0.back().is_none_or(|last| last.key() < item.key()));
        self.0.push_back(item);
    }

    /// Takes what has a name; what comes before it is dropped.
    pub(crate) fn take(&mut self, key: &str) -> Option<T> {
        while self.0.front().is_some_and(|first| first.key() < key) {
            self.0.pop_front();
        }
        let found = self.0.front().is_some_and(|first| first.key() == key);
        if found { self.0.pop_front() } else { None }
    }

    /// Parts of it, by the first names that will be asked of each, in order.
    pub(crate) fn divide<'a>(
        mut self,
        firsts: impl DoubleEndedIterator<Item = &'a str>,
    ) -> Vec<Self> {
        let mut parts: Vec<_> = firsts
            .rev()
            .map(|first| {
                let from = self.0.partition_point(|item| item.key() < first);
                Self(self.0.split_off(from))
            })
            .collect();
        parts.reverse();
        parts
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T: Keyed> Extend<T> for Sorted<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Keyed for &str {
        fn key(&self) -> &str {
            self
        }
    }

    #[test]
    fn each_is_taken_once_and_in_order() {
        let mut sorted = Sorted::default();
        sorted.extend(["a", "c", "d", "f"]);
        let taken = ["b", "c", "c", "e", "f", "g"].map(|key| sorted.take(key));
        assert_eq!(taken, [None, Some("c"), None, None, Some("f"), None]);
    }

    #[test]
    fn each_part_has_what_is_asked_of_it() {
        let mut sorted = Sorted::default();
        sorted.extend(["a", "c", "d", "f"]);
        let parts = sorted.divide(["b", "d", "e", "g"].into_iter());
        let parts: Vec<Vec<_>> = parts
            .iter()
            .map(|part| part.iter().copied().collect())
            .collect();
        assert_eq!(parts, [vec!["c"], vec!["d"], vec!["f"], vec![]]);
    }
}

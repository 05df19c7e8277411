//! A table of things that refer to each other by number.
//!
//! Descriptors, epoll instances and channels point at each other in circles;
//! numbers into tables say so without counting references at run time. An
//! [`Id`] is typed, so that one table's number cannot be used on another.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::marker::PhantomData;
use core::ops::{Index, IndexMut};

/// The things, each at its number.
pub(crate) struct Arena<T> {
    slots: Vec<Option<T>>,
    free: Vec<u32>,
}

/// The number of a thing in an [`Arena`]. Who keeps one makes sure that the
/// thing stays, or forgets the number when it goes.
pub(crate) struct Id<T>(u32, PhantomData<fn() -> T>);

/// The arena is full: it has as many things as it was allowed to hold.
#[derive(Debug)]
pub(crate) struct Full;

impl<T> Arena<T> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Adds a thing, unless there are `limit` already.
    pub(crate) fn insert(&mut self, thing: T, limit: usize) -> Result<Id<T>, Full> {
        if self.len() >= limit {
            return Err(Full);
        }
        let number = match self.free.pop() {
            Some(number) => {
                self.slots[number as usize] = Some(thing);
                number
            }
            None => {
                let number = u32::try_from(self.slots.len()).map_err(|_| Full)?;
                self.slots.push(Some(thing));
                number
            }
        };
        Ok(Id(number, PhantomData))
    }

    pub(crate) fn remove(&mut self, id: Id<T>) -> Option<T> {
        let thing = self.slots.get_mut(id.0 as usize)?.take()?;
        self.free.push(id.0);
        Some(thing)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flatten()
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        self.slots[id.0 as usize]
            .as_ref()
            .expect("ids are forgotten when their thing goes")
    }
}

impl<T> IndexMut<Id<T>> for Arena<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        self.slots[id.0 as usize]
            .as_mut()
            .expect("ids are forgotten when their thing goes")
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

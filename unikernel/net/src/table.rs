//! Where sockets are kept, and how they are found.

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hasher as _};

use siphasher::sip::SipHasher13;

/// The name of a socket. It is never given to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId {
    index: u32,
    generation: u32,
}

/// Values by [`SocketId`].
#[derive(Debug)]
pub(crate) struct Table<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    is_marked: bool,
    value: Option<T>,
}

impl<T> Table<T> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(crate) fn insert(&mut self, value: T) -> SocketId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                generation: 0,
                is_marked: false,
                value: None,
            });
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.value = Some(value);
        slot.is_marked = false;
        SocketId {
            index,
            generation: slot.generation,
        }
    }

    pub(crate) fn get(&self, id: SocketId) -> Option<&T> {
        let slot = self.slots.get(id.index as usize)?;
        slot.value
            .as_ref()
            .filter(|_| slot.generation == id.generation)
    }

    pub(crate) fn get_mut(&mut self, id: SocketId) -> Option<&mut T> {
        let slot = self.slots.get_mut(id.index as usize)?;
        slot.value
            .as_mut()
            .filter(|_| slot.generation == id.generation)
    }

    /// Marks what is there; false when it was marked, or is not there.
    pub(crate) fn mark(&mut self, id: SocketId) -> bool {
        self.present(id)
            .is_some_and(|slot| !core::mem::replace(&mut slot.is_marked, true))
    }

    /// Takes the mark away; false when there was none, or nothing is there.
    pub(crate) fn unmark(&mut self, id: SocketId) -> bool {
        self.present(id)
            .is_some_and(|slot| core::mem::take(&mut slot.is_marked))
    }

    fn present(&mut self, id: SocketId) -> Option<&mut Slot<T>> {
        self.slots
            .get_mut(id.index as usize)
            .filter(|slot| slot.generation == id.generation && slot.value.is_some())
    }

    /// All that is there.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SocketId, &T)> {
        self.slots.iter().zip(0..).filter_map(|(slot, index)| {
            let id = SocketId {
                index,
                generation: slot.generation,
            };
            slot.value.as_ref().map(|value| (id, value))
        })
    }

    /// A slot whose generations are used up is not used again.
    pub(crate) fn remove(&mut self, id: SocketId) -> Option<T> {
        let slot = self.slots.get_mut(id.index as usize)?;
        if slot.generation != id.generation {
            return None;
        }
        let value = slot.value.take()?;
        if let Some(next) = slot.generation.checked_add(1) {
            slot.generation = next;
            self.free.push(id.index);
        }
        Some(value)
    }
}

/// Keys made of the seed, a different one for each purpose. Initial sequence
/// numbers come from a generator that is easily turned back; SipHash between
/// the seed and its purposes keeps what shows of one from telling about others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// What smoltcp's own generator starts from.
    Interface,
    /// Where to begin to look for a free port.
    Ports,
    /// The key of the distances between sequence numbers.
    Sequences,
    /// The key of the cookies.
    Cookies,
    /// The key of the flow table: two halves.
    Flows(u8),
}

/// The key for a purpose.
pub(crate) fn derive(seed: u64, purpose: Purpose) -> u64 {
    let label = match purpose {
        Purpose::Interface => 0,
        Purpose::Ports => 1,
        Purpose::Sequences => 2,
        Purpose::Cookies => 3,
        Purpose::Flows(half) => 4 + u64::from(half),
    };
    random_at(seed, label)
}

/// The number at this place of the sequence that belongs to a key. Who knows
/// some of them, but not the key, knows nothing of the others.
pub(crate) fn random_at(key: u64, place: u64) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(key, 0);
    hasher.write_u64(place);
    hasher.finish()
}

/// SipHash-1-3 with a secret key, as std's `HashMap` has it: peers choose what
/// is hashed (addresses, ports), and cannot aim at collisions in a table whose
/// key they do not know. They never see a hash, and its order shows nowhere.
#[derive(Clone, Debug)]
pub(crate) struct Keyed(u64, u64);

impl Keyed {
    pub(crate) fn new(seed: u64) -> Self {
        Self(
            derive(seed, Purpose::Flows(0)),
            derive(seed, Purpose::Flows(1)),
        )
    }
}

impl BuildHasher for Keyed {
    type Hasher = SipHasher13;

    fn build_hasher(&self) -> SipHasher13 {
        SipHasher13::new_with_keys(self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_given_twice() {
        let mut table = Table::new();
        let first = table.insert('a');
        assert_eq!(table.remove(first), Some('a'));
        assert_eq!(table.remove(first), None);
        let second = table.insert('b');
        assert_ne!(first, second);
        assert_eq!(table.get(first), None);
        assert_eq!(table.get(second), Some(&'b'));
        assert!(!table.mark(first), "it is gone");
        assert!(table.mark(second));
        assert!(!table.mark(second), "it is marked already");
        assert!(table.unmark(second));
        assert!(table.mark(second));
    }

    #[test]
    fn keys_differ_by_purpose_and_seed() {
        let mut keys = alloc::collections::BTreeSet::new();
        for seed in 0..64 {
            for purpose in [
                Purpose::Interface,
                Purpose::Ports,
                Purpose::Sequences,
                Purpose::Cookies,
                Purpose::Flows(0),
                Purpose::Flows(1),
            ] {
                assert!(keys.insert(derive(seed, purpose)));
            }
        }
    }
}

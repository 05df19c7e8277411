//! Where sockets are kept, and how they are found.

use alloc::vec::Vec;
use core::hash::BuildHasher;

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
                value: None,
            });
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.value = Some(value);
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

/// SipHash with a random key: peers choose what is hashed (addresses, ports),
/// and cannot aim at collisions in a table whose key they do not know.
#[derive(Clone, Debug)]
pub(crate) struct Keyed(u64, u64);

impl Keyed {
    pub(crate) fn new(seed: u64) -> Self {
        // Both halves from one seed: what matters is that nobody knows it.
        Self(seed, seed.rotate_left(32) ^ 0x9e37_79b9_7f4a_7c15)
    }
}

impl BuildHasher for Keyed {
    type Hasher = SipHasher13;

    fn build_hasher(&self) -> SipHasher13 {
        SipHasher13::new_with_keys(self.0, self.1)
    }
}

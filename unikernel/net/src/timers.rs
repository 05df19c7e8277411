//! Which connection wants to be looked at when.

use alloc::collections::BTreeSet;

use smoltcp::time::Instant;

use crate::SocketId;

/// Deadlines, soonest first; at most one for each socket, which the socket
/// itself remembers. Where all get the same time, the first is the oldest.
#[derive(Debug)]
pub(crate) struct Timers(BTreeSet<(Instant, SocketId)>);

impl Timers {
    pub(crate) const fn new() -> Self {
        Self(BTreeSet::new())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The one with the soonest deadline.
    pub(crate) fn first(&self) -> Option<SocketId> {
        self.0.first().map(|(_, id)| *id)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = SocketId> {
        self.0.iter().map(|(_, id)| *id)
    }

    /// Replaces the deadline `old` of `id` by `new`.
    pub(crate) fn replace(&mut self, id: SocketId, old: Option<Instant>, new: Option<Instant>) {
        if old == new {
            return;
        }
        if let Some(old) = old {
            self.0.remove(&(old, id));
        }
        if let Some(new) = new {
            self.0.insert((new, id));
        }
    }

    /// The soonest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.first().map(|(deadline, _)| *deadline)
    }

    /// A socket whose deadline has come. Its deadline stays until replaced.
    pub(crate) fn due(&self, now: Instant) -> Option<SocketId> {
        self.0
            .first()
            .filter(|(deadline, _)| *deadline <= now)
            .map(|(_, id)| *id)
    }
}

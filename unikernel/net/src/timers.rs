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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Table;
    use alloc::vec::Vec;

    #[test]
    fn each_has_one_deadline_and_the_soonest_is_due_first() {
        let at = Instant::from_secs;
        let mut table = Table::new();
        let ids: Vec<SocketId> = (0..3).map(|_| table.insert(())).collect();
        let mut timers = Timers::new();
        assert_eq!((timers.next(), timers.due(at(99))), (None, None));
        timers.replace(ids[0], None, Some(at(30)));
        timers.replace(ids[1], None, Some(at(10)));
        timers.replace(ids[2], None, Some(at(20)));
        assert_eq!((timers.len(), timers.next()), (3, Some(at(10))));
        assert_eq!(timers.due(at(9)), None);
        assert_eq!(timers.due(at(10)), Some(ids[1]));
        timers.replace(ids[1], Some(at(10)), Some(at(40)));
        timers.replace(ids[0], Some(at(30)), Some(at(30)));
        assert_eq!(timers.iter().collect::<Vec<_>>(), [ids[2], ids[0], ids[1]]);
        timers.replace(ids[2], Some(at(20)), None);
        assert_eq!((timers.first(), timers.len()), (Some(ids[0]), 2));
    }
}

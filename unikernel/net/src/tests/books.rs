//! The lists of the stack agree with its sockets, and all are empty at the end
//! of every test.

use alloc::collections::BTreeSet;

use smoltcp::socket::tcp::State;

use super::*;
use crate::connection::Stage;
use crate::stack::Socket;

impl Stack<Port> {
    /// Panics when a list has somebody whom it should not have, or misses one.
    pub(crate) fn check_books(&self) {
        let half_open: BTreeSet<SocketId> = self.half_open.iter().collect();
        let closing: BTreeSet<SocketId> = self.closing.iter().collect();
        let timed: BTreeSet<SocketId> = self.timers.iter().collect();
        let turns: BTreeSet<SocketId> = self.waiting.turn.iter().copied().collect();
        let (mut connections, mut linked, mut timers) = (0, 0, 0);
        for (id, socket) in self.sockets.iter() {
            let connection = match socket {
                Socket::Connection(connection) => connection,
                Socket::Listener(listener) => {
                    let is_opening = |(_, socket): &(SocketId, &Socket)| {
                        matches!(socket, Socket::Connection(connection)
                            if connection.stage == Stage::Opening(id))
                    };
                    assert_eq!(
                        listener.opening,
                        self.sockets.iter().filter(is_opening).count()
                    );
                    for queued in &listener.queue {
                        assert!(
                            matches!(self.sockets.get(*queued), Some(Socket::Connection(queued))
                            if queued.stage == Stage::Queued)
                        );
                    }
                    continue;
                }
                Socket::Datagram(_) => continue,
            };
            connections += 1;
            timers += usize::from(connection.deadline.is_some());
            assert_eq!(timed.contains(&id), connection.deadline.is_some());
            let is_opening = matches!(connection.stage, Stage::Opening(_));
            assert_eq!(half_open.contains(&id), is_opening);
            let is_closing = matches!(connection.stage, Stage::Closing(_));
            assert_eq!(closing.contains(&id), is_closing);
            assert_eq!(turns.contains(&id), connection.waits_for_turn);
            if self.flows.get(&connection.flow) == Some(&id) {
                linked += 1;
            } else {
                let state = connection.seen.state;
                assert!(matches!(state, State::Closed | State::TimeWait));
            }
        }
        assert_eq!(self.connections, connections);
        assert_eq!(self.flows.len(), linked);
        assert_eq!(self.timers.len(), timers);
        assert!(connections <= self.limits.connections);
        assert!(half_open.len() <= self.limits.half_open);
        assert!(closing.len() <= self.limits.closing);
    }

    /// The program ends: it closes all that it has.
    fn close_all(&mut self) {
        let is_open = |(_, socket): &(SocketId, &Socket)| {
            !matches!(socket, Socket::Connection(connection)
                if matches!(connection.stage, Stage::Closing(_)))
        };
        let open: Vec<SocketId> = self
            .sockets
            .iter()
            .filter(is_open)
            .map(|(id, _)| id)
            .collect();
        for id in open {
            self.close(id);
        }
    }
}

impl Drop for Net {
    /// The end of a test: whatever it did, nothing is left over.
    fn drop(&mut self) {
        extern crate std;
        if std::thread::panicking() {
            return;
        }
        self.faults = Faults::default();
        self.record = None;
        for host in &mut self.hosts {
            host.check_books();
            host.close_all();
            host.check_books();
            host.link_mut().room = host.link_mut().room.max(1);
        }
        self.run_for(seconds(400));
        for host in &mut self.hosts {
            host.check_books();
            assert_eq!(host.sockets.iter().count(), 0);
            assert_eq!(host.counters().connections, 0);
            assert_eq!(host.outbox.deadline(), None);
            assert_eq!(host.take_changed().count(), 0);
            assert!(host.waiting.turn.is_empty());
            assert_eq!(host.deadline(), host.addresses.deadline());
        }
    }
}

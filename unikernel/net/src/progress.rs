//! How connections get on: what they have to send, what has become of them, and
//! when to look at them again.

use alloc::vec::Vec;

use smoltcp::iface::PollResult;
use smoltcp::socket::tcp::State;

use crate::connection::{Cause, Stage};
use crate::device::Link;
use crate::frame::Flow;
use crate::stack::{Socket, Stack};
use crate::{Error, SocketId, limits};

impl<L: Link> Stack<L> {
    /// Lets a connection send what it has to, and acts on what has become of
    /// it: to be called after anything has happened to it.
    pub(crate) fn advance(&mut self, id: SocketId, cause: Cause) {
        self.send_segments(id);
        let now = self.now;
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        let old_expiry = connection.expires;
        let is_news = connection.note(cause, now);
        let (stage, state) = (connection.stage, connection.seen.state);
        let expires = connection.expires;
        let has_expired = expires.is_some_and(|end| end <= now);
        match stage {
            Stage::Opening(_) if has_expired => return self.forget_half_open(id),
            Stage::Opening(_) if matches!(state, State::Listen | State::Closed) => {
                return self.abandon(id);
            }
            Stage::Opening(listener) if state != State::SynReceived => {
                return self.enqueue(id, listener);
            }
            Stage::Closing(_) => {
                self.closing.replace(id, old_expiry, expires);
                // What comes now will never be read: as on Linux, the peer is
                // told (RFC 1122, section 4.2.2.13).
                if has_expired || state == State::Closed || connection.socket().can_recv() {
                    return self.abandon(id);
                }
            }
            Stage::Queued | Stage::Open | Stage::Connecting if has_expired => {
                self.give_up(id, Error::TimedOut);
            }
            Stage::Connecting if !matches!(state, State::SynSent | State::SynReceived) => {
                connection.stage = Stage::Open;
                connection.expires = None;
                self.mark_changed(id);
            }
            _ if is_news => self.mark_changed(id),
            _ => {}
        }
        if state == State::Closed {
            self.unlink(id);
        }
        self.set_deadline(id);
    }

    /// Sends until there is nothing to send, no room, or others should have
    /// their turn.
    fn send_segments(&mut self, id: SocketId) {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        self.counters.socket_polls += 1;
        connection.set_pace(connection.sequence.pace());
        let wanted = self.interface.poll_at(self.now, &connection.set);
        if wanted.is_none_or(|at| at > self.now) || connection.must_rest(self.now) {
            return;
        }
        let (sent, tries) = (self.device.sent, self.device.tries);
        let discoveries = self.device.discoveries;
        self.device.sequence = Some(connection.sequence);
        let mut turns = 0;
        while turns < limits::BURST && self.device.link.can_transmit() {
            let result =
                self.interface
                    .poll_egress(self.now, &mut self.device, &mut connection.set);
            if result == PollResult::None {
                break;
            }
            turns += 1;
            if let Some(sequence) = &self.device.sequence {
                connection.set_pace(sequence.pace());
            }
        }
        if let Some(sequence) = self.device.sequence.take() {
            connection.sequence = sequence;
        }
        if turns == limits::BURST || !self.device.link.can_transmit() {
            self.wait_for_turn(id);
        } else if self.device.sent > sent {
            connection.waits_for_neighbour = false;
        } else if self.device.tries > tries {
            connection.waits_for_neighbour = true;
            let remote = connection.flow.remote.addr;
            self.wait_for_neighbour(id);
            if self.device.discoveries == discoveries {
                self.ask_for_neighbour(remote);
            }
        }
    }

    /// Asks to be called again when the connection wants it.
    fn set_deadline(&mut self, id: SocketId) {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        // Those that wait for their turn are called anyway; for the others
        // "now" can only be an answer of a moment ago.
        let wanted = self.interface.poll_at(self.now, &connection.set);
        let is_idle = connection.waits_for_turn || connection.must_rest(self.now);
        let wanted = wanted
            .filter(|_| !is_idle)
            .map(|at| at.max(self.now + limits::DEVICE_RETRY));
        let deadline = [wanted, connection.expires].into_iter().flatten().min();
        self.timers.replace(id, connection.deadline, deadline);
        connection.deadline = deadline;
    }

    /// The handshake is complete: the listener may have it.
    fn enqueue(&mut self, id: SocketId, listener: SocketId) {
        let Some(Socket::Listener(owner)) = self.sockets.get_mut(listener) else {
            return self.abandon(id);
        };
        owner.queue.push_back(id);
        owner.opening -= 1;
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            self.half_open.replace(id, connection.expires.take(), None);
            connection.stage = Stage::Queued;
        }
        self.mark_changed(listener);
        self.set_deadline(id);
    }

    /// Ends a connection that the program still has, with this error.
    pub(crate) fn give_up(&mut self, id: SocketId, error: Error) {
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            connection.error = Some(error);
            connection.socket_mut().abort();
            connection.seen.state = State::Closed;
            connection.expires = None;
            self.mark_changed(id);
            self.unlink(id);
            self.send_segments(id);
        }
    }

    /// The addresses have changed: who has one that is ours no longer is cut
    /// off.
    pub(crate) fn addresses_changed(&mut self) {
        self.waiting.has_neighbour_news = true;
        let is_cut_off = |flow: &Flow| !self.interface.has_ip_addr(flow.local.addr);
        let cut_off: Vec<SocketId> = self
            .flows
            .iter()
            .filter(|(flow, _)| is_cut_off(flow))
            .map(|(_, id)| *id)
            .collect();
        for id in cut_off {
            match self.sockets.get(id) {
                Some(Socket::Connection(connection)) => match connection.stage {
                    Stage::Opening(_) => self.forget_half_open(id),
                    Stage::Closing(_) => self.abandon(id),
                    _ => self.give_up(id, Error::TimedOut),
                },
                _ => continue,
            }
        }
    }

    /// Ends a connection at once, with a reset if the peer still thinks that
    /// there is one, and forgets it.
    pub(crate) fn abandon(&mut self, id: SocketId) {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        // Who has not been answered yet, or has heard all, needs no reset.
        let is_silent = matches!(
            connection.seen.state,
            State::Closed | State::TimeWait | State::SynSent
        );
        if !is_silent {
            connection.socket_mut().abort();
            self.device.sequence = Some(connection.sequence);
            self.interface
                .poll_egress(self.now, &mut self.device, &mut connection.set);
            self.device.sequence = None;
        }
        self.unlink(id);
        let Some(Socket::Connection(connection)) = self.sockets.remove(id) else {
            return;
        };
        self.connections -= 1;
        self.timers.replace(id, connection.deadline, None);
        self.half_open.replace(id, connection.expires, None);
        self.closing.replace(id, connection.expires, None);
        if let Stage::Opening(listener) = connection.stage
            && let Some(Socket::Listener(listener)) = self.sockets.get_mut(listener)
        {
            listener.opening -= 1;
        }
    }

    /// Lets others have the two ends of a connection that is over.
    pub(crate) fn unlink(&mut self, id: SocketId) {
        if let Some(Socket::Connection(connection)) = self.sockets.get(id)
            && self.flows.get(&connection.flow) == Some(&id)
        {
            self.flows.remove(&connection.flow);
        }
    }
}

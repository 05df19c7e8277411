//! One TCP connection: from the first SYN to the end.

use alloc::vec;

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::tcp::{self, CongestionControl, State};
use smoltcp::time::Instant;

use crate::device::Link;
use crate::frame::Flow;
use crate::stack::{Socket, Stack};
use crate::{Error, Readiness, SocketId, limits};

/// One TCP connection.
pub(crate) struct Connection {
    /// smoltcp's socket, in a set of its own.
    pub(crate) set: SocketSet<'static>,
    pub(crate) handle: SocketHandle,
    pub(crate) flow: Flow,
    pub(crate) stage: Stage,
    /// The state in which smoltcp's socket was last seen.
    pub(crate) state: State,
    /// An error that the program has not been told yet.
    pub(crate) error: Option<Error>,
    /// The program will read no more.
    pub(crate) read_shut: bool,
    /// When it is to be looked at again.
    pub(crate) deadline: Option<Instant>,
    /// When the stage must be over.
    pub(crate) expires: Option<Instant>,
    /// It is in the list of those that wait for room in the device.
    pub(crate) waits_for_room: bool,
    /// It is in the list of those that wait for a neighbour's address.
    pub(crate) waits_for_neighbour: bool,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A peer asked this listener; the handshake goes on.
    Opening(SocketId),
    /// The handshake is complete; the program has not accepted yet.
    Queued(SocketId),
    /// The program asked a peer; the handshake goes on.
    Connecting,
    /// The program has it.
    Open,
    /// The program has closed it.
    Closing,
}

/// Why a connection is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A segment came.
    Segment,
    /// Time has passed, or the program has done something.
    Other,
}

impl Connection {
    /// A socket of smoltcp with fresh buffers, not yet listening or connecting.
    pub(crate) fn new(flow: Flow, stage: Stage, expires: Instant) -> Self {
        let mut socket = tcp::Socket::new(
            tcp::SocketBuffer::new(vec![0; limits::RECEIVE_BUFFER]),
            tcp::SocketBuffer::new(vec![0; limits::TRANSMIT_BUFFER]),
        );
        socket.set_congestion_control(CongestionControl::Reno);
        let mut set = SocketSet::new(vec![]);
        let handle = set.add(socket);
        Self {
            set,
            handle,
            flow,
            stage,
            state: State::Closed,
            error: None,
            read_shut: false,
            deadline: None,
            expires: Some(expires),
            waits_for_room: false,
            waits_for_neighbour: false,
        }
    }

    pub(crate) fn socket(&self) -> &tcp::Socket<'static> {
        self.set.get(self.handle)
    }

    pub(crate) fn socket_mut(&mut self) -> &mut tcp::Socket<'static> {
        self.set.get_mut(self.handle)
    }

    /// The peer has sent its last byte, and it has been read.
    pub(crate) fn is_at_end(&self) -> bool {
        let opening = matches!(
            self.state,
            State::Listen | State::SynSent | State::SynReceived
        );
        self.read_shut || (!opening && !self.socket().may_recv())
    }

    pub(crate) fn readiness(&self) -> Readiness {
        let socket = self.socket();
        let opening = matches!(
            socket.state(),
            State::Listen | State::SynSent | State::SynReceived
        );
        let over = matches!(socket.state(), State::Closed | State::TimeWait);
        let fin_seen = matches!(
            socket.state(),
            State::CloseWait | State::LastAck | State::Closing | State::TimeWait | State::Closed
        );
        Readiness {
            readable: socket.can_recv() || self.is_at_end() || self.error.is_some(),
            writable: socket.can_send(),
            read_closed: fin_seen || self.read_shut,
            write_closed: !opening && !socket.may_send(),
            hung_up: over,
            error: self.error.is_some(),
        }
    }

    /// Notes the state of smoltcp's socket; an error, if the connection ended
    /// by one.
    fn note_state(&mut self, cause: Cause) {
        let (before, now) = (self.state, self.socket().state());
        self.state = now;
        let lost = match before {
            State::Established | State::CloseWait | State::FinWait1 | State::FinWait2 => {
                Error::ConnectionReset
            }
            State::SynSent => Error::ConnectionRefused,
            _ => return,
        };
        if now == State::Closed && self.error.is_none() {
            self.error = Some(if cause == Cause::Segment {
                lost
            } else {
                Error::TimedOut
            });
        }
    }
}

impl<L: Link> Stack<L> {
    /// Lets a connection send what it has to, and acts on what has become of
    /// it: to be called after anything has happened to it.
    pub(crate) fn advance(&mut self, id: SocketId, cause: Cause) {
        self.send_segments(id);
        let now = self.now;
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        let before = connection.state;
        connection.note_state(cause);
        let (stage, state) = (connection.stage, connection.state);
        let has_expired = connection.expires.is_some_and(|end| end <= now);
        match stage {
            Stage::Opening(_) if has_expired || matches!(state, State::Listen | State::Closed) => {
                return self.abandon(id);
            }
            Stage::Opening(listener) if state != State::SynReceived => {
                return self.enqueue(id, listener);
            }
            Stage::Closing if has_expired || state == State::Closed => return self.abandon(id),
            Stage::Connecting if has_expired => {
                connection.error = Some(Error::TimedOut);
                connection.expires = None;
                connection.socket_mut().abort();
                self.mark_changed(id);
            }
            Stage::Connecting if state == State::Established => {
                connection.stage = Stage::Open;
                connection.expires = None;
                self.mark_changed(id);
            }
            Stage::Queued(_) | Stage::Open | Stage::Connecting
                if cause == Cause::Segment || state != before =>
            {
                self.mark_changed(id);
            }
            _ => {}
        }
        self.set_deadline(id);
    }

    /// Sends until there is nothing to send, no room, or others should have
    /// their turn.
    fn send_segments(&mut self, id: SocketId) {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        let sent_before = self.device.sent;
        let has_work = |at: Option<Instant>| at.is_some_and(|at| at <= self.now);
        let mut turns = 0;
        if !has_work(self.interface.poll_at(self.now, &connection.set)) {
            return;
        }
        self.counters.socket_polls += 1;
        while turns < limits::BURST && self.device.link.can_transmit() {
            let result =
                self.interface
                    .poll_egress(self.now, &mut self.device, &mut connection.set);
            if result == smoltcp::iface::PollResult::None {
                break;
            }
            turns += 1;
        }
        let is_cut_short = turns == limits::BURST || !self.device.link.can_transmit();
        if is_cut_short {
            if !connection.waits_for_room {
                connection.waits_for_room = true;
                self.waiting_for_room.push_back(id);
            }
        } else if self.device.sent == sent_before && !connection.waits_for_neighbour {
            connection.waits_for_neighbour = true;
            self.waiting_for_neighbour.push(id);
        }
    }

    /// Asks to be called again when the connection wants it.
    fn set_deadline(&mut self, id: SocketId) {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        // Those that wait for room are called anyway; for the others "now" can
        // only be an answer of a moment ago.
        let wanted = self.interface.poll_at(self.now, &connection.set);
        let wanted = wanted
            .filter(|_| !connection.waits_for_room)
            .map(|at| at.max(self.now + limits::DEVICE_RETRY));
        let deadline = match (wanted, connection.expires) {
            (Some(wanted), Some(expires)) => Some(wanted.min(expires)),
            (one, other) => one.or(other),
        };
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
            connection.stage = Stage::Queued(listener);
            let timeout = Some(limits::UNACKNOWLEDGED_TIMEOUT);
            connection.socket_mut().set_timeout(timeout);
        }
        self.mark_changed(listener);
        self.set_deadline(id);
    }

    /// Ends a connection at once, with a reset if the peer still thinks that
    /// there is one, and forgets it.
    pub(crate) fn abandon(&mut self, id: SocketId) {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return;
        };
        if connection.state != State::Closed && connection.state != State::TimeWait {
            connection.socket_mut().abort();
            let _ = self
                .interface
                .poll_egress(self.now, &mut self.device, &mut connection.set);
        }
        let Some(Socket::Connection(connection)) = self.sockets.remove(id) else {
            return;
        };
        self.timers.replace(id, connection.deadline, None);
        self.flows.remove(&connection.flow);
        self.half_open.replace(id, connection.expires, None);
        self.closing.replace(id, connection.expires, None);
        if let Stage::Opening(listener) = connection.stage
            && let Some(Socket::Listener(listener)) = self.sockets.get_mut(listener)
        {
            listener.opening -= 1;
        }
    }
}

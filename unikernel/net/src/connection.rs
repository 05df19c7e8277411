//! One TCP connection: from the first SYN to the end.

use alloc::vec;

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::tcp::{self, CongestionControl, State};
use smoltcp::time::Instant;

use crate::frame::Flow;
use crate::sequence::{Pace, Sequence};
use crate::{Error, Readiness, SocketId, limits};

/// One TCP connection.
pub(crate) struct Connection {
    /// smoltcp's socket, in a set of its own.
    pub(crate) set: SocketSet<'static>,
    pub(crate) handle: SocketHandle,
    pub(crate) flow: Flow,
    pub(crate) stage: Stage,
    /// An error that the program has not been told yet.
    pub(crate) error: Option<Error>,
    /// The program will read no more.
    pub(crate) read_shut: bool,
    /// When it is to be looked at again.
    pub(crate) deadline: Option<Instant>,
    /// When patience with the peer ends.
    pub(crate) expires: Option<Instant>,
    /// It is in the list of those that wait for their turn to send.
    pub(crate) waits_for_turn: bool,
    /// It could not send, because a neighbour's hardware address is not known.
    pub(crate) waits_for_neighbour: bool,
    /// What was there when it was last looked at.
    pub(crate) seen: Seen,
    /// Its sequence numbers, as the peer sees them.
    pub(crate) sequence: Sequence,
    /// When the peer last did what was expected of it.
    heard: Instant,
    /// When it came into the state that it is in.
    since: Instant,
}

/// What changes in a connection, as far as others care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The state of smoltcp's socket.
    pub(crate) state: State,
    /// Bytes that have come and were not read.
    unread: usize,
    /// Bytes that were written and not acknowledged.
    unacknowledged: usize,
    is_writable: bool,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A peer asked this listener; the handshake goes on.
    Opening(SocketId),
    /// The handshake is complete; the program has not accepted yet.
    Queued,
    /// The program asked a peer; the handshake goes on.
    Connecting,
    /// The program has it.
    Open,
    /// The program has closed it, and this is when it has to be over, come what
    /// may.
    Closing(Instant),
}

/// Why a connection is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A segment came.
    Segment,
    /// Time has passed, or there is room or a neighbour that was missed before.
    Time,
    /// The program has done something: it needs not be told.
    Program,
}

impl Connection {
    /// A socket of smoltcp with fresh buffers, not yet listening or connecting.
    pub(crate) fn new(flow: Flow, stage: Stage, sequence: Sequence, now: Instant) -> Self {
        let socket = tcp::Socket::new(
            tcp::SocketBuffer::new(vec![0; limits::RECEIVE_BUFFER]),
            tcp::SocketBuffer::new(vec![0; limits::TRANSMIT_BUFFER]),
        );
        // No timeout of smoltcp's: it also ends connections that only have
        // nothing to say.
        let mut set = SocketSet::new(vec![]);
        let handle = set.add(socket);
        Self {
            set,
            handle,
            flow,
            stage,
            error: None,
            read_shut: false,
            deadline: None,
            expires: None,
            waits_for_turn: false,
            waits_for_neighbour: false,
            seen: Seen {
                state: State::Closed,
                unread: 0,
                unacknowledged: 0,
                is_writable: false,
            },
            sequence,
            heard: now,
            since: now,
        }
    }

    pub(crate) fn socket(&self) -> &tcp::Socket<'static> {
        self.set.get(self.handle)
    }

    pub(crate) fn socket_mut(&mut self) -> &mut tcp::Socket<'static> {
        self.set.get_mut(self.handle)
    }

    fn is_opening(&self) -> bool {
        matches!(
            self.socket().state(),
            State::Listen | State::SynSent | State::SynReceived
        )
    }

    /// The peer has sent its last byte, and it has been read.
    pub(crate) fn is_at_end(&self) -> bool {
        !self.socket().can_recv()
            && (self.read_shut || (!self.is_opening() && !self.socket().may_recv()))
    }

    /// Room is worth a word when a third of the buffer is free: not for each
    /// segment that is acknowledged.
    fn is_writable(&self) -> bool {
        let socket = self.socket();
        let free = socket.send_capacity() - socket.send_queue();
        socket.can_send() && free * 3 >= socket.send_capacity()
    }

    pub(crate) fn readiness(&self) -> Readiness {
        let socket = self.socket();
        let fin_seen = matches!(
            socket.state(),
            State::CloseWait | State::LastAck | State::Closing | State::TimeWait | State::Closed
        );
        Readiness {
            readable: socket.can_recv() || self.is_at_end() || self.error.is_some(),
            writable: self.is_writable(),
            read_closed: fin_seen || self.read_shut,
            write_closed: !self.is_opening() && !socket.may_send(),
            hung_up: matches!(socket.state(), State::Closed | State::TimeWait),
            error: self.error.is_some(),
        }
    }

    /// Makes it send as fast as it may now.
    pub(crate) fn set_pace(&mut self, pace: Pace) {
        let control = match pace {
            Pace::Free => CongestionControl::None,
            Pace::Controlled => CongestionControl::Reno,
        };
        // To set it again would make it forget.
        if self.socket().congestion_control() != control {
            self.socket_mut().set_congestion_control(control);
        }
    }

    /// smoltcp ends TIME-WAIT by clearing all buffers. As long as the program
    /// has something to read it must not get to that.
    pub(crate) fn must_rest(&self, now: Instant) -> bool {
        self.seen.state == State::TimeWait
            && self.socket().can_recv()
            && now >= self.since + limits::TIME_WAIT_REPLIES
    }

    /// The program does not use it any more.
    pub(crate) fn begin_to_close(&mut self, now: Instant) {
        self.stage = Stage::Closing(now + limits::LINGER_TIMEOUT);
        self.heard = now;
        self.expires = None;
        self.socket_mut().close();
    }

    /// Looks at what has become of it. True when the program should, too.
    pub(crate) fn note(&mut self, cause: Cause, now: Instant) -> bool {
        let socket = self.socket();
        let before = self.seen;
        let after = Seen {
            state: socket.state(),
            unread: socket.recv_queue(),
            unacknowledged: socket.send_queue(),
            is_writable: self.is_writable(),
        };
        self.seen = after;
        let has_advanced =
            after.state != before.state || after.unacknowledged < before.unacknowledged;
        let is_good = match self.stage {
            // A peer that reads nothing can keep an open connection, but not one
            // that nobody here waits for.
            Stage::Closing(_) => has_advanced,
            _ => has_advanced || cause == Cause::Segment || !before.is_owed(),
        };
        if is_good {
            self.heard = now;
        }
        if after.state != before.state {
            self.since = now;
        }
        self.note_end(before.state, cause);
        let has_limit = matches!(self.stage, Stage::Opening(_) | Stage::Connecting)
            && after.state != State::Closed;
        if !has_limit {
            self.expires = self.end_of_patience();
        }
        cause != Cause::Program
            && (after.state != before.state
                || after.unread > before.unread
                || (after.is_writable && !before.is_writable))
    }

    /// Notes an error, if the connection ended by one.
    fn note_end(&mut self, before: State, cause: Cause) {
        let lost = match before {
            State::Established | State::CloseWait | State::FinWait1 | State::FinWait2 => {
                Error::ConnectionReset
            }
            State::SynSent | State::SynReceived => Error::ConnectionRefused,
            _ => return,
        };
        if self.seen.state == State::Closed && self.error.is_none() {
            self.error = Some(if cause == Cause::Segment {
                lost
            } else {
                Error::TimedOut
            });
        }
    }

    fn end_of_patience(&self) -> Option<Instant> {
        match (self.stage, self.seen.state) {
            // A handshake is known by its end until it is forgotten.
            (Stage::Opening(_), _) => self.expires,
            (_, State::Closed) => None,
            // Soon: those in TIME-WAIT are the first to make room for others.
            (Stage::Closing(_), State::TimeWait) => Some(self.since + limits::TIME_WAIT),
            (Stage::Closing(end), _) => Some((self.heard + limits::CLOSE_TIMEOUT).min(end)),
            _ if self.seen.is_owed() => Some(self.heard + limits::UNACKNOWLEDGED_TIMEOUT),
            _ => None,
        }
    }
}

impl Seen {
    /// Whether the peer has to acknowledge something.
    fn is_owed(&self) -> bool {
        self.unacknowledged > 0
            || matches!(
                self.state,
                State::FinWait1 | State::Closing | State::LastAck
            )
    }
}

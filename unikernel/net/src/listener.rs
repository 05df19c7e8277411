//! Listeners: who may connect, and who waits to be accepted.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use smoltcp::socket::tcp::State;

use crate::connection::{Connection, Stage};
use crate::device::Link;
use crate::frame::Flow;
use crate::stack::{Socket, Stack};
use crate::{Endpoint, Error, SocketId, limits};

/// A TCP socket that accepts.
pub(crate) struct Listener {
    pub(crate) local: Endpoint,
    /// How many connections may wait, handshakes included.
    pub(crate) backlog: usize,
    /// Handshakes that go on.
    pub(crate) opening: usize,
    /// Complete connections, oldest first.
    pub(crate) queue: VecDeque<SocketId>,
}

/// What has become of a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It is for this new connection.
    Admitted(SocketId),
    /// Nobody listens there.
    NoListener,
    /// There are too many handshakes: it is to be answered by a
    /// [cookie](crate::cookie).
    Unremembered,
    /// A limit is reached.
    Refused,
}

impl<L: Link> Stack<L> {
    /// Listens for connections.
    ///
    /// # Errors
    /// When another listener has the endpoint, or there are too many.
    pub fn tcp_listen(&mut self, local: Endpoint, backlog: usize) -> Result<SocketId, Error> {
        if self
            .listeners
            .iter()
            .any(|(other, _)| other.overlaps(&local))
        {
            return Err(Error::AddressInUse);
        }
        if self.listeners.len() >= limits::BOUND_SOCKETS {
            return Err(Error::LimitReached);
        }
        if !self.may_bind(&local) {
            return Err(Error::AddressNotAvailable);
        }
        let backlog = backlog.clamp(1, self.limits.connections);
        let id = self.sockets.insert(Socket::Listener(Listener {
            local,
            backlog,
            opening: 0,
            queue: VecDeque::new(),
        }));
        self.listeners.push((local, id));
        Ok(id)
    }

    /// The oldest connection that waits: its own name, this side, the other.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] when none waits.
    pub fn tcp_accept(
        &mut self,
        listener: SocketId,
    ) -> Result<(SocketId, crate::IpEndpoint, crate::IpEndpoint), Error> {
        let Some(Socket::Listener(listener)) = self.sockets.get_mut(listener) else {
            return Err(Error::NoSuchSocket);
        };
        let id = listener.queue.pop_front().ok_or(Error::WouldBlock)?;
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return Err(Error::WouldBlock);
        };
        connection.stage = Stage::Open;
        Ok((id, connection.flow.local, connection.flow.remote))
    }

    /// A SYN of a flow that is not known: a new connection, if there is a
    /// listener and no limit is reached. The SYN itself is processed after.
    pub(crate) fn admit(&mut self, flow: Flow) -> Admission {
        let Some((id, listener)) = self.listener_of(&flow) else {
            return Admission::NoListener;
        };
        if listener.queue.len() >= listener.backlog {
            return Admission::Refused;
        }
        // A burst of honest peers completes its handshakes: who comes after it
        // had better try again. A flood does not.
        if listener.opening + listener.queue.len() >= listener.backlog && self.graceless().is_none()
        {
            return Admission::Refused;
        }
        if listener.opening + listener.queue.len() >= listener.backlog
            || self.half_open.len() >= self.limits.half_open
        {
            return Admission::Unremembered;
        }
        self.begin(id, flow)
    }

    /// The same for one who has acknowledged the answer to his SYN already.
    pub(crate) fn admit_acknowledged(&mut self, flow: Flow) -> Admission {
        match self.listener_of(&flow) {
            None => Admission::NoListener,
            Some((_, listener)) if listener.queue.len() >= listener.backlog => Admission::Refused,
            Some((id, _)) => self.begin(id, flow),
        }
    }

    fn listener_of(&self, flow: &Flow) -> Option<(SocketId, &Listener)> {
        let accepts = |(local, _): &&(Endpoint, SocketId)| local.accepts(flow.local);
        let (_, id) = self.listeners.iter().find(accepts)?;
        match self.sockets.get(*id) {
            Some(Socket::Listener(listener)) => Some((*id, listener)),
            _ => None,
        }
    }

    fn begin(&mut self, listener: SocketId, flow: Flow) -> Admission {
        if !self.has_place_for_connection() {
            return Admission::Refused;
        }
        let now = self.now;
        let stage = Stage::Opening(listener);
        let mut connection = Connection::new(flow, stage, self.next_sequence(), now);
        if connection.socket_mut().listen(flow.local).is_err() {
            return Admission::Refused;
        }
        let expires = now + limits::HANDSHAKE_TIMEOUT;
        connection.expires = Some(expires);
        connection.seen.state = State::SynReceived;
        if let Some(Socket::Listener(listener)) = self.sockets.get_mut(listener) {
            listener.opening += 1;
        }
        let id = self.sockets.insert(Socket::Connection(connection));
        self.connections += 1;
        self.flows.insert(flow, id);
        self.half_open.replace(id, None, Some(expires));
        Admission::Admitted(id)
    }

    /// Whether there may be one more connection. One that only waits for its
    /// end gives way, or a handshake that goes on for too long.
    fn has_place_for_connection(&mut self) -> bool {
        if self.connections < self.limits.connections {
            return true;
        }
        let is_done = |id: &SocketId| {
            matches!(self.sockets.get(*id), Some(Socket::Connection(connection))
                if matches!(connection.seen.state, State::TimeWait | State::FinWait2))
        };
        let Some(oldest) = self.closing.first().filter(is_done) else {
            return self.evict_half_open();
        };
        self.counters.closing_evicted += 1;
        self.abandon(oldest);
        true
    }

    /// The oldest handshake, if most honest peers would have completed it.
    fn graceless(&self) -> Option<SocketId> {
        let graced = self.now + (limits::HANDSHAKE_TIMEOUT - limits::HANDSHAKE_GRACE);
        self.half_open.due(graced)
    }

    fn evict_half_open(&mut self) -> bool {
        let Some(oldest) = self.graceless() else {
            return false;
        };
        self.counters.half_open_evicted += 1;
        self.forget_half_open(oldest);
        true
    }

    /// Forgets a handshake without a word: the address may be forged, and a
    /// reset would go to somebody who has nothing to do with it.
    pub(crate) fn forget_half_open(&mut self, id: SocketId) {
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            connection.seen.state = State::Closed;
        }
        self.abandon(id);
    }

    /// Stops listening: nobody will accept those who wait.
    pub(crate) fn close_listener(&mut self, id: SocketId) {
        self.listeners.retain(|(_, other)| *other != id);
        let Some(Socket::Listener(listener)) = self.sockets.remove(id) else {
            return;
        };
        for waiting in listener.queue {
            self.abandon(waiting);
        }
        let belongs = |&other: &SocketId| {
            matches!(self.sockets.get(other),
                Some(Socket::Connection(connection)) if connection.stage == Stage::Opening(id))
        };
        let opening: Vec<SocketId> = self.half_open.iter().filter(belongs).collect();
        for opening in opening {
            self.abandon(opening);
        }
    }
}

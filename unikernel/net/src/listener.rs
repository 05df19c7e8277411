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

impl<L: Link> Stack<L> {
    /// Listens for connections.
    ///
    /// # Errors
    /// When another listener has the endpoint, or there are too many.
    pub fn tcp_listen(&mut self, local: Endpoint, backlog: usize) -> Result<SocketId, Error> {
        let overlaps = |other: Endpoint| {
            other.port == local.port
                && (other.address.is_none()
                    || local.address.is_none()
                    || other.address == local.address)
        };
        if self.listeners.iter().any(|(other, _)| overlaps(*other)) {
            return Err(Error::AddressInUse);
        }
        if self.listeners.len() >= limits::BOUND_SOCKETS {
            return Err(Error::LimitReached);
        }
        if local
            .address
            .is_some_and(|address| !self.interface.has_ip_addr(address))
        {
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
    pub(crate) fn admit(&mut self, flow: Flow) -> Option<SocketId> {
        let accepts = |local: &Endpoint| {
            local.port == flow.local.port && local.address.is_none_or(|own| own == flow.local.addr)
        };
        let (_, listener_id) = *self.listeners.iter().find(|(local, _)| accepts(local))?;
        if !self.interface.has_ip_addr(flow.local.addr) {
            return None;
        }
        if self.half_open.len() >= self.limits.half_open {
            self.evict_half_open();
        }
        let is_full = self.flows.len() >= self.limits.connections;
        let Some(Socket::Listener(listener)) = self.sockets.get_mut(listener_id) else {
            return None;
        };
        if is_full || listener.opening + listener.queue.len() >= listener.backlog {
            self.counters.refused += 1;
            return None;
        }
        let expires = self.now + limits::HANDSHAKE_TIMEOUT;
        let mut connection = Connection::new(flow, Stage::Opening(listener_id), expires);
        connection.socket_mut().listen(flow.local).ok()?;
        connection.state = State::SynReceived;
        listener.opening += 1;
        let id = self.sockets.insert(Socket::Connection(connection));
        self.flows.insert(flow, id);
        self.half_open.replace(id, None, Some(expires));
        Some(id)
    }

    /// Makes room for one handshake by giving up the oldest. A flood of SYNs
    /// with forged addresses fills any number of places, and for as long as
    /// each handshake may take; giving up the oldest lets those in who answer
    /// before so many more have come.
    fn evict_half_open(&mut self) {
        if let Some(oldest) = self.half_open.first() {
            self.counters.half_open_evicted += 1;
            self.forget_half_open(oldest);
        }
    }

    /// Forgets a handshake without a word: the address may be forged, and a
    /// reset would go to somebody who has nothing to do with it.
    fn forget_half_open(&mut self, id: SocketId) {
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            connection.state = State::Closed;
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

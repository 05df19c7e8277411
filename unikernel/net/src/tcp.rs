//! What the program does with TCP connections. Listening and accepting are in
//! [`listener`](crate::listener).

use smoltcp::socket::tcp::State;
use smoltcp::wire::IpEndpoint;

use crate::connection::{Cause, Connection, Stage};
use crate::device::Link;
use crate::frame::Flow;
use crate::stack::{Socket, Stack};
use crate::{Endpoint, Error, SocketId, limits};

/// Whether received bytes stay to be received again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peek {
    /// They stay.
    Yes,
    /// They are taken.
    No,
}

/// Whether small segments wait for acknowledgements (RFC 896).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nagle {
    /// They wait.
    On,
    /// They are sent at once.
    Off,
}

impl<L: Link> Stack<L> {
    /// Begins to connect; readiness tells when it has come to an end.
    ///
    /// # Errors
    /// When there is no way to the peer, the local endpoint is not ours or in
    /// use, or there are too many connections.
    pub fn tcp_connect(
        &mut self,
        local: Option<Endpoint>,
        remote: IpEndpoint,
    ) -> Result<SocketId, Error> {
        if self.connections >= self.limits.connections {
            return Err(Error::LimitReached);
        }
        if remote.port == 0 {
            return Err(Error::Unreachable);
        }
        let wanted = local.and_then(|local| local.specific());
        let address = self.source(wanted, remote.addr)?;
        let local = match local.map(|local| local.port) {
            Some(port @ 1..) => IpEndpoint::new(address, port),
            _ => self.free_endpoint(address, remote)?,
        };
        let flow = Flow { local, remote };
        if self.flows.contains_key(&flow) {
            return Err(Error::AddressInUse);
        }
        let mut connection =
            Connection::new(flow, Stage::Connecting, self.next_sequence(), self.now);
        let result = connection
            .set
            .get_mut::<smoltcp::socket::tcp::Socket<'_>>(connection.handle)
            .connect(self.interface.context(), remote, local);
        result.map_err(|_| Error::Unreachable)?;
        connection.expires = Some(self.now + limits::UNACKNOWLEDGED_TIMEOUT);
        connection.seen.state = State::SynSent;
        let id = self.sockets.insert(Socket::Connection(connection));
        self.connections += 1;
        self.flows.insert(flow, id);
        self.act(id);
        Ok(id)
    }

    /// A port of `address` that has no connection to `remote`.
    fn free_endpoint(
        &mut self,
        address: crate::IpAddress,
        remote: IpEndpoint,
    ) -> Result<IpEndpoint, Error> {
        let count = limits::EPHEMERAL_PORTS.len() as u16;
        let start = self.next_port();
        (0..count)
            .map(|step| limits::EPHEMERAL_PORTS.start() + (start.wrapping_add(step)) % count)
            .map(|port| IpEndpoint::new(address, port))
            .find(|&local| !self.flows.contains_key(&Flow { local, remote }))
            .ok_or(Error::LimitReached)
    }

    /// Takes as many bytes as there is room for: how many.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] when there is no room; else the connection is over.
    pub fn tcp_send(&mut self, id: SocketId, bytes: &[u8]) -> Result<usize, Error> {
        let connection = self.connection(id)?;
        if let Some(error) = connection.error.take() {
            return Err(error);
        }
        let socket = connection.socket_mut();
        if matches!(socket.state(), State::SynSent | State::SynReceived) {
            return Err(Error::WouldBlock);
        }
        let sent = socket.send_slice(bytes).map_err(|_| Error::BrokenPipe)?;
        if sent == 0 && !bytes.is_empty() {
            return Err(Error::WouldBlock);
        }
        self.act(id);
        Ok(sent)
    }

    /// Gives the bytes that have come, at most as many as `buffer` holds; 0 at
    /// the end of the stream.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] when nothing has come; the error of the connection,
    /// once.
    pub fn tcp_recv(
        &mut self,
        id: SocketId,
        buffer: &mut [u8],
        peek: Peek,
    ) -> Result<usize, Error> {
        let connection = self.connection(id)?;
        if connection.socket().can_recv() {
            let socket = connection.socket_mut();
            let received = match peek {
                Peek::Yes => socket.peek_slice(buffer),
                Peek::No => socket.recv_slice(buffer),
            };
            // The window has grown: the peer may have to be told.
            self.act(id);
            return received.map_err(|_| Error::NotConnected);
        }
        if let Some(error) = connection.error.take() {
            return Err(error);
        }
        if connection.is_at_end() {
            Ok(0)
        } else {
            Err(Error::WouldBlock)
        }
    }

    /// Sends no more: what was written still goes out, then the FIN.
    pub fn tcp_shutdown_write(&mut self, id: SocketId) {
        if let Ok(connection) = self.connection(id) {
            connection.socket_mut().close();
            self.act(id);
        }
    }

    /// Reads no more. What comes is still acknowledged, as Linux does.
    pub fn tcp_shutdown_read(&mut self, id: SocketId) {
        if let Ok(connection) = self.connection(id) {
            connection.read_shut = true;
        }
    }

    /// Ends the connection with a reset, and forgets it.
    pub fn tcp_abort(&mut self, id: SocketId) {
        if self.connection(id).is_ok() {
            self.abandon(id);
            self.device.flush();
        }
    }

    /// Whether small segments are sent at once.
    pub fn set_nodelay(&mut self, id: SocketId, nagle: Nagle) {
        if let Ok(connection) = self.connection(id) {
            connection
                .socket_mut()
                .set_nagle_enabled(nagle == Nagle::On);
        }
    }

    /// The program has closed a connection. With bytes that it has not read the
    /// peer must learn that they are lost: a reset (RFC 1122, 4.2.2.13), as on
    /// Linux. Otherwise what was written still goes out, then the FIN.
    pub(crate) fn close_connection(&mut self, id: SocketId) {
        let now = self.now;
        let Ok(connection) = self.connection(id) else {
            return;
        };
        if connection.socket().can_recv() || connection.stage == Stage::Connecting {
            return self.abandon(id);
        }
        connection.begin_to_close(now);
        self.act(id);
        // Those that only wait for their end come first, then those whose peers
        // have been silent for longest.
        while self.closing.len() > self.limits.closing {
            let Some(oldest) = self.closing.first() else {
                break;
            };
            self.counters.closing_evicted += 1;
            self.abandon(oldest);
        }
    }

    /// After the program has done something to a connection.
    fn act(&mut self, id: SocketId) {
        self.advance(id, Cause::Program);
        self.device.flush();
    }

    /// A connection that the program has.
    fn connection(&mut self, id: SocketId) -> Result<&mut Connection, Error> {
        match self.sockets.get_mut(id) {
            Some(Socket::Connection(connection))
                if !matches!(connection.stage, Stage::Closing(_)) =>
            {
                Ok(connection)
            }
            _ => Err(Error::NoSuchSocket),
        }
    }
}

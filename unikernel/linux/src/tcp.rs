//! TCP sockets: `tcp(7)`. What is polled when follows `tcp_poll` of Linux.

use core::net::SocketAddr;

use net::{Nagle, Readiness, SocketId, Stack};

use crate::address::Family;
use crate::arena::Id;
use crate::descriptor::Description;
use crate::endpoint;
use crate::errno::Errno;
use crate::events;
use crate::kernel::Kernel;
use crate::object::{Object, Peek};
use crate::options::Options;
use crate::platform::Platform;
use crate::signal::SIGPIPE;
use crate::socket::How;

#[cfg(test)]
mod tests;

/// A TCP socket.
pub(crate) struct Tcp {
    pub(crate) family: Family,
    pub(crate) options: Options,
    pub(crate) state: State,
    /// A send or a poll found no room: only then is room an event, as on Linux
    /// (`SOCK_NOSPACE`).
    no_space: bool,
    /// Ends and errors that have been events.
    seen: u32,
    /// The peer had said its last word before anything else ended.
    has_heard_all: bool,
    /// An error of writing that reading has come across.
    late_error: Option<Errno>,
}

/// What it has become.
#[derive(Clone, Copy)]
pub(crate) enum State {
    /// Nothing yet, except perhaps a local address.
    New(Option<SocketAddr>),
    /// Takes connections.
    Listening(SocketId),
    /// Has a peer, had one, or wants one.
    Open(SocketId, Progress),
}

/// How far `connect` has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Packets are on their way.
    Connecting,
    /// It has succeeded, but nobody has been told.
    Arrived,
    /// All is said, or there was no `connect`.
    Done,
}

impl Tcp {
    pub(crate) fn new(family: Family) -> Self {
        Self::with_state(family, Options::default(), State::New(None))
    }

    fn with_state(family: Family, options: Options, state: State) -> Self {
        Self {
            family,
            options,
            state,
            no_space: false,
            seen: 0,
            has_heard_all: false,
            late_error: None,
        }
    }

    /// A new connection: nothing has ended yet.
    pub(crate) fn begin(&mut self, socket: SocketId) {
        self.state = State::Open(socket, Progress::Connecting);
        self.seen = 0;
        self.has_heard_all = false;
        self.late_error = None;
    }

    pub(crate) fn is_listening(&self) -> bool {
        matches!(self.state, State::Listening(_))
    }

    /// The socket of the stack, if there is one already.
    pub(crate) fn id(&self) -> Option<SocketId> {
        match self.state {
            State::New(_) => None,
            State::Listening(id) | State::Open(id, _) => Some(id),
        }
    }

    pub(crate) fn local<L: net::Link>(&self, stack: &Stack<L>) -> Option<SocketAddr> {
        match self.state {
            State::New(local) => local,
            State::Listening(id) | State::Open(id, _) => endpoint::local(stack, id),
        }
    }

    /// The peer, as long as there is one.
    pub(crate) fn remote<L: net::Link>(&self, stack: &Stack<L>) -> Option<SocketAddr> {
        let State::Open(id, progress) = self.state else {
            return None;
        };
        let readiness = stack.readiness(id);
        if readiness.hung_up || progress == Progress::Connecting {
            return None;
        }
        endpoint::remote(stack, id)
    }
}

/// `tcp_poll` of Linux, for a socket of the stack.
fn poll_connection(readiness: &Readiness) -> u32 {
    let mut now = 0;
    if readiness.readable {
        now |= events::READABLE;
    }
    if readiness.read_closed {
        now |= events::READABLE | events::RDHUP;
    }
    if readiness.writable || readiness.write_closed {
        now |= events::OUT | events::WRNORM;
    }
    // Linux counts what is shut, not what the peer has acknowledged.
    if readiness.hung_up || readiness.read_closed && readiness.write_closed {
        now |= events::HUP | events::READABLE | events::RDHUP | events::OUT | events::WRNORM;
    }
    if readiness.error {
        now |= events::ERR;
    }
    now
}

impl<P: Platform> Kernel<P> {
    pub(crate) fn tcp(&mut self, id: Id<Description>) -> Result<&mut Tcp, Errno> {
        match &mut self.descriptions[id].object {
            Object::Tcp(tcp) => Ok(tcp),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    /// The socket of the stack of a socket with a peer.
    fn connection(&mut self, id: Id<Description>, otherwise: Errno) -> Result<SocketId, Errno> {
        match self.tcp(id)?.state {
            State::Open(socket, _) => Ok(socket),
            State::New(_) | State::Listening(_) => Err(otherwise),
        }
    }

    pub(crate) fn poll_tcp(&mut self, id: Id<Description>) -> u32 {
        let now = self.tcp_events(id);
        if let Ok(tcp) = self.tcp(id)
            && now & events::OUT == 0
        {
            tcp.no_space = true;
        }
        now
    }

    fn tcp_events(&mut self, id: Id<Description>) -> u32 {
        let Ok(tcp) = self.tcp(id) else {
            return 0;
        };
        match tcp.state {
            State::New(_) => events::HUP | events::OUT | events::WRNORM,
            State::Listening(socket) => {
                let readiness = self.stack.readiness(socket);
                if readiness.readable {
                    events::READABLE
                } else {
                    0
                }
            }
            State::Open(socket, _) => {
                let late_error = tcp.late_error.map_or(0, |_| events::ERR);
                late_error | poll_connection(&self.stack.readiness(socket))
            }
        }
    }

    /// Packets or timers have changed a socket: what that means to those who
    /// watch it. Data is news each time; an end is news once; room is news to
    /// those who have looked for it.
    pub(crate) fn tcp_changed(&mut self, id: Id<Description>) {
        const ENDS: u32 = events::HUP | events::RDHUP | events::ERR;
        let now = self.tcp_events(id);
        let Ok(tcp) = self.tcp(id) else {
            return;
        };
        if let State::Open(socket, Progress::Connecting) = tcp.state
            && now & events::OUT != 0
            && now & (events::HUP | events::ERR) == 0
        {
            tcp.state = State::Open(socket, Progress::Arrived);
        }
        // After the end nothing can come.
        let is_at_end = tcp.seen & events::RDHUP != 0;
        let mut happened = if is_at_end { 0 } else { now & events::READABLE };
        if now & ENDS & !tcp.seen != 0 {
            happened = events::ANY;
        }
        tcp.seen |= now & ENDS;
        tcp.has_heard_all |= now & (events::RDHUP | events::ERR) == events::RDHUP;
        if tcp.no_space && now & events::OUT != 0 {
            tcp.no_space = false;
            happened |= events::WRITABLE;
        }
        if happened != 0 {
            self.wake(id, happened);
        }
    }

    pub(crate) fn bind_tcp(&mut self, id: Id<Description>, local: SocketAddr) -> Result<(), Errno> {
        let State::New(None) = self.tcp(id)?.state else {
            return Err(Errno::EINVAL);
        };
        let port = match local.port() {
            0 => self.free_port()?,
            port => port,
        };
        let local = SocketAddr::new(local.ip(), port);
        self.tcp(id)?.state = State::New(Some(local));
        Ok(())
    }

    pub(crate) fn listen_tcp(&mut self, id: Id<Description>, backlog: i32) -> Result<(), Errno> {
        let tcp = self.tcp(id)?;
        let family = tcp.family;
        let local = match tcp.state {
            State::New(local) => local,
            // The length of the queue may be changed; it is what it is.
            State::Listening(_) => return Ok(()),
            State::Open(..) => return Err(Errno::EINVAL),
        };
        let local = match local {
            Some(local) => local,
            None => {
                let port = self.free_port()?;
                SocketAddr::new(family.any(), port)
            }
        };
        let backlog = usize::try_from(backlog).unwrap_or(0).max(1);
        let socket = self.stack.tcp_listen(endpoint::listening(local), backlog)?;
        self.tcp(id)?.state = State::Listening(socket);
        self.sockets.insert(socket, id);
        Ok(())
    }

    /// The next connection of a listener, and its peer.
    pub(crate) fn accept_tcp(&mut self, id: Id<Description>) -> Result<(Tcp, SocketAddr), Errno> {
        let tcp = self.tcp(id)?;
        let State::Listening(listener) = tcp.state else {
            return Err(Errno::EINVAL);
        };
        let (family, options) = (tcp.family, tcp.options.clone());
        loop {
            let (socket, _, remote) = self.stack.tcp_accept(listener)?;
            let remote = endpoint::from_stack(remote);
            if endpoint::admits(family, &options, remote) {
                let state = State::Open(socket, Progress::Done);
                return Ok((Tcp::with_state(family, options, state), remote));
            }
            self.stack.tcp_abort(socket);
        }
    }

    pub(crate) fn read_tcp(
        &mut self,
        id: Id<Description>,
        buffer: &mut [u8],
        peek: Peek,
    ) -> Result<usize, Errno> {
        let socket = self.connection(id, Errno::ENOTCONN)?;
        if buffer.is_empty() {
            return Ok(0);
        }
        let peek = match peek {
            Peek::Yes => net::Peek::Yes,
            Peek::No => net::Peek::No,
        };
        let received = self.stack.tcp_recv(socket, buffer, peek);
        let received = received.map_err(|error| self.tcp_errno(id, error));
        match received {
            // Not an error of reading: that has come to its end.
            Err(Errno::EPIPE) => {
                self.tcp(id)?.late_error = Some(Errno::EPIPE);
                Ok(0)
            }
            received => received,
        }
    }

    pub(crate) fn write_tcp(&mut self, id: Id<Description>, bytes: &[u8]) -> Result<usize, Errno> {
        let late_error = self.tcp(id)?.late_error.take();
        let sent = match self.connection(id, Errno::EPIPE) {
            Ok(_) if late_error.is_some() => Err(Errno::EPIPE),
            Ok(socket) => {
                let sent = self.stack.tcp_send(socket, bytes);
                sent.map_err(|error| self.tcp_errno(id, error))
            }
            Err(error) => Err(error),
        };
        match sent {
            Ok(sent) if sent < bytes.len() => self.tcp(id)?.no_space = true,
            Err(Errno::EAGAIN) => self.tcp(id)?.no_space = true,
            Err(Errno::EPIPE) => self.signals.raise(SIGPIPE),
            _ => {}
        }
        sent
    }

    pub(crate) fn shutdown_tcp(&mut self, id: Id<Description>, how: How) -> Result<(), Errno> {
        let socket = match self.tcp(id)?.state {
            State::Open(_, Progress::Connecting) => return Err(Errno::ENOTCONN),
            State::Open(socket, _) => socket,
            // Stops to listen.
            State::Listening(socket) if how != How::Write => {
                let local = endpoint::local(&self.stack, socket);
                self.tcp(id)?.state = State::New(local);
                self.forget_socket(socket);
                self.wake(id, events::ANY);
                return Ok(());
            }
            State::New(_) | State::Listening(_) => return Err(Errno::ENOTCONN),
        };
        // Linux wakes those who wait, even if there is nothing to shut.
        self.wake(id, events::ANY);
        let readiness = self.stack.readiness(socket);
        if readiness.hung_up {
            return Err(Errno::ENOTCONN);
        }
        if how != How::Read {
            self.stack.tcp_shutdown_write(socket);
        }
        if how != How::Write {
            self.stack.tcp_shutdown_read(socket);
        }
        Ok(())
    }

    pub(crate) fn take_tcp_error(&mut self, id: Id<Description>) -> Option<Errno> {
        let socket = self.connection(id, Errno::ENOTCONN).ok()?;
        let late_error = self.tcp(id).ok()?.late_error.take();
        match self.stack.take_error(socket) {
            Some(error) => Some(self.tcp_errno(id, error)),
            None => late_error,
        }
    }

    /// A reset after the last word of the peer only means that it does not
    /// listen any more (`tcp_reset` of Linux).
    fn tcp_errno(&mut self, id: Id<Description>, error: net::Error) -> Errno {
        let heard_all = self.tcp(id).is_ok_and(|tcp| tcp.has_heard_all);
        match error {
            net::Error::ConnectionReset if heard_all => Errno::EPIPE,
            error => Errno::from(error),
        }
    }

    pub(crate) fn apply_no_delay(&mut self, id: Id<Description>) {
        let Ok(tcp) = self.tcp(id) else {
            return;
        };
        let nagle = if tcp.options.no_delay {
            Nagle::Off
        } else {
            Nagle::On
        };
        if let State::Open(socket, _) = tcp.state {
            self.stack.set_nodelay(socket, nagle);
        }
    }

    pub(crate) fn release_tcp(&mut self, tcp: &Tcp) {
        let Some(socket) = tcp.id() else {
            return;
        };
        let resets = tcp.options.linger.is_some_and(|time| time.is_zero());
        if resets && !tcp.is_listening() {
            self.stack.tcp_abort(socket);
        }
        self.forget_socket(socket);
    }

    pub(crate) fn forget_socket(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
        self.stack.close(socket);
    }
}

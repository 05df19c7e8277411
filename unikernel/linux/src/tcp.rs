//! TCP sockets: `tcp(7)`. What is polled when follows `tcp_poll` of Linux.

use alloc::collections::BTreeSet;
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

/// A TCP socket.
pub(crate) struct Tcp {
    pub(crate) family: Family,
    pub(crate) options: Options,
    state: State,
    /// A send or a poll found no room: only then is room an event, as on Linux
    /// (`SOCK_NOSPACE`).
    no_space: bool,
    /// Ends and errors that have been events.
    seen: u32,
}

/// What it has become.
#[derive(Clone, Copy)]
enum State {
    /// Nothing yet, except perhaps a local address.
    New(Option<SocketAddr>),
    /// Takes connections.
    Listening(SocketId),
    /// `connect` was called, and nobody has been told how it went.
    Connecting(SocketId),
    /// Has a peer, or had one.
    Connected(SocketId),
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
        }
    }

    pub(crate) fn is_listening(&self) -> bool {
        matches!(self.state, State::Listening(_))
    }

    /// The socket of the stack, if there is one already.
    pub(crate) fn id(&self) -> Option<SocketId> {
        match self.state {
            State::New(_) => None,
            State::Listening(id) | State::Connecting(id) | State::Connected(id) => Some(id),
        }
    }

    pub(crate) fn local<L: net::Link>(&self, stack: &Stack<L>) -> Option<SocketAddr> {
        match self.state {
            State::New(local) => local,
            State::Listening(id) | State::Connecting(id) | State::Connected(id) => {
                endpoint::local(stack, id)
            }
        }
    }

    /// The peer, as long as there is one.
    pub(crate) fn remote<L: net::Link>(&self, stack: &Stack<L>) -> Option<SocketAddr> {
        let (State::Connecting(id) | State::Connected(id)) = self.state else {
            return None;
        };
        let readiness = stack.readiness(id);
        if readiness.hung_up || is_connecting(&readiness) {
            return None;
        }
        endpoint::remote(stack, id)
    }
}

/// Nothing has come of it yet: neither a connection nor an error.
fn is_connecting(readiness: &Readiness) -> bool {
    !readiness.readable && !readiness.writable && !readiness.hung_up && !readiness.error
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
    fn tcp(&mut self, id: Id<Description>) -> Result<&mut Tcp, Errno> {
        match &mut self.descriptions[id].object {
            Object::Tcp(tcp) => Ok(tcp),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    /// The socket of the stack of a socket with a peer.
    fn connection(&mut self, id: Id<Description>, otherwise: Errno) -> Result<SocketId, Errno> {
        match self.tcp(id)?.state {
            State::Connecting(socket) | State::Connected(socket) => Ok(socket),
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
            State::Connecting(socket) | State::Connected(socket) => {
                poll_connection(&self.stack.readiness(socket))
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
        let mut happened = now & events::READABLE;
        if now & ENDS & !tcp.seen != 0 {
            happened = events::ANY;
        }
        tcp.seen |= now & ENDS;
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

    /// A port that no other TCP socket of the program has (RFC 6335 section 6:
    /// the dynamic ones), at random, as Linux picks them.
    fn free_port(&mut self) -> Result<u16, Errno> {
        const FIRST: u16 = 49152;
        const COUNT: u16 = u16::MAX - FIRST + 1;

        let taken: BTreeSet<u16> = self.tcp_ports().collect();
        let mut random = [0; 2];
        self.platform.entropy(&mut random);
        let start = u16::from_le_bytes(random) % COUNT;
        (0..COUNT)
            .map(|step| FIRST + (start + step) % COUNT)
            .find(|port| !taken.contains(port))
            .ok_or(Errno::EADDRINUSE)
    }

    fn tcp_ports(&self) -> impl Iterator<Item = u16> {
        self.descriptions.iter().filter_map(|description| {
            let Object::Tcp(tcp) = &description.object else {
                return None;
            };
            Some(tcp.local(&self.stack)?.port())
        })
    }

    pub(crate) fn listen_tcp(&mut self, id: Id<Description>, backlog: i32) -> Result<(), Errno> {
        let tcp = self.tcp(id)?;
        let family = tcp.family;
        let local = match tcp.state {
            State::New(local) => local,
            // The length of the queue may be changed; it is what it is.
            State::Listening(_) => return Ok(()),
            State::Connecting(_) | State::Connected(_) => return Err(Errno::EINVAL),
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
                let state = State::Connected(socket);
                return Ok((Tcp::with_state(family, options, state), remote));
            }
            self.stack.tcp_abort(socket);
        }
    }

    /// Begins to connect: `EINPROGRESS`. Called again, says how it went.
    pub(crate) fn connect_tcp(
        &mut self,
        id: Id<Description>,
        remote: SocketAddr,
    ) -> Result<(), Errno> {
        let tcp = self.tcp(id)?;
        let no_delay = tcp.options.no_delay;
        let local = match tcp.state {
            State::New(local) => local,
            State::Connecting(_) => {
                return self.finish_connect(id).map_err(|error| match error {
                    Errno::EAGAIN => Errno::EALREADY,
                    error => error,
                });
            }
            State::Connected(_) | State::Listening(_) => return Err(Errno::EISCONN),
        };
        if !endpoint::admits(tcp.family, &tcp.options, remote) {
            return Err(Errno::ENETUNREACH);
        }
        let local = local.map(endpoint::listening);
        let socket = self.stack.tcp_connect(local, endpoint::to_stack(remote))?;
        if no_delay {
            self.stack.set_nodelay(socket, Nagle::Off);
        }
        let tcp = self.tcp(id)?;
        tcp.state = State::Connecting(socket);
        tcp.seen = 0;
        self.sockets.insert(socket, id);
        Err(Errno::EINPROGRESS)
    }

    /// How the attempt to connect went; `EAGAIN` while it goes on.
    pub(crate) fn finish_connect(&mut self, id: Id<Description>) -> Result<(), Errno> {
        let State::Connecting(socket) = self.tcp(id)?.state else {
            return Ok(());
        };
        let readiness = self.stack.readiness(socket);
        if is_connecting(&readiness) {
            return Err(Errno::EAGAIN);
        }
        if !readiness.hung_up && !readiness.error {
            self.tcp(id)?.state = State::Connected(socket);
            return Ok(());
        }
        // The socket is as good as new, and may try again.
        let error = self.stack.take_error(socket).map(Errno::from);
        self.tcp(id)?.state = State::New(None);
        self.forget_socket(socket);
        Err(error.unwrap_or(Errno::ECONNABORTED))
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
        Ok(self.stack.tcp_recv(socket, buffer, peek)?)
    }

    pub(crate) fn write_tcp(&mut self, id: Id<Description>, bytes: &[u8]) -> Result<usize, Errno> {
        let sent = match self.connection(id, Errno::EPIPE) {
            Ok(socket) => self.stack.tcp_send(socket, bytes).map_err(Errno::from),
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
            State::Connected(socket) | State::Connecting(socket) => socket,
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
        let readiness = self.stack.readiness(socket);
        if readiness.hung_up || is_connecting(&readiness) {
            return Err(Errno::ENOTCONN);
        }
        if how != How::Read {
            self.stack.tcp_shutdown_write(socket);
        }
        if how != How::Write {
            self.stack.tcp_shutdown_read(socket);
        }
        self.wake(id, events::ANY);
        Ok(())
    }

    pub(crate) fn take_tcp_error(&mut self, id: Id<Description>) -> Option<Errno> {
        let socket = self.connection(id, Errno::ENOTCONN).ok()?;
        self.stack.take_error(socket).map(Errno::from)
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
        if let State::Connecting(socket) | State::Connected(socket) = tcp.state {
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

    fn forget_socket(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
        self.stack.close(socket);
    }
}

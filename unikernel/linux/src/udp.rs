//! UDP sockets: `udp(7)`.

use alloc::vec;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use net::{SocketId, Stack};

use crate::address::{Family, Name};
use crate::arena::Id;
use crate::descriptor::Description;
use crate::endpoint;
use crate::errno::Errno;
use crate::events;
use crate::kernel::Kernel;
use crate::limits;
use crate::object::{Object, Peek};
use crate::options::Options;
use crate::platform::Platform;
use crate::socket::How;

/// A UDP socket.
pub(crate) struct Udp {
    pub(crate) family: Family,
    pub(crate) options: Options,
    /// The only peer, after `connect`.
    pub(crate) remote: Option<SocketAddr>,
    /// The socket of the stack, once there is a local address.
    socket: Option<SocketId>,
    /// A datagram that was looked at (`MSG_PEEK`) and is still to be read.
    peeked: Option<(Vec<u8>, SocketAddr, SocketAddr)>,
    /// Reading has been shut: what is not there yet will not come.
    read_shut: bool,
    /// Writing has been shut.
    write_shut: bool,
    /// A send or a poll found no room.
    no_space: bool,
}

/// A datagram that was read.
pub(crate) struct Datagram {
    /// Bytes that were written to the buffer.
    pub(crate) copied: usize,
    /// Bytes that it has.
    pub(crate) length: usize,
    pub(crate) remote: SocketAddr,
    pub(crate) local: SocketAddr,
}

impl Udp {
    pub(crate) fn new(family: Family) -> Self {
        Self {
            family,
            options: Options::default(),
            remote: None,
            socket: None,
            peeked: None,
            read_shut: false,
            write_shut: false,
            no_space: false,
        }
    }

    pub(crate) fn local<L: net::Link>(&self, stack: &Stack<L>) -> Option<SocketAddr> {
        endpoint::local(stack, self.socket?)
    }
}

impl<P: Platform> Kernel<P> {
    fn udp(&mut self, id: Id<Description>) -> Result<&mut Udp, Errno> {
        match &mut self.descriptions[id].object {
            Object::Udp(udp) => Ok(udp),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    /// `datagram_poll` of Linux.
    pub(crate) fn poll_udp(&mut self, id: Id<Description>) -> u32 {
        let now = self.udp_events(id);
        if let Ok(udp) = self.udp(id)
            && now & events::OUT == 0
        {
            udp.no_space = true;
        }
        now
    }

    fn udp_events(&mut self, id: Id<Description>) -> u32 {
        let Ok(udp) = self.udp(id) else {
            return 0;
        };
        let (mut now, mut writable) = (0, true);
        if udp.peeked.is_some() {
            now |= events::READABLE;
        }
        if udp.read_shut {
            now |= events::READABLE | events::RDHUP;
        }
        if udp.read_shut && udp.write_shut {
            now |= events::HUP;
        }
        if let Some(socket) = udp.socket {
            let readiness = self.stack.readiness(socket);
            writable = readiness.writable;
            if readiness.readable {
                now |= events::READABLE;
            }
            if readiness.error {
                now |= events::ERR;
            }
        }
        if writable {
            now |= events::WRITABLE;
        }
        now
    }

    /// Packets or timers have changed a socket.
    pub(crate) fn udp_changed(&mut self, id: Id<Description>) {
        let now = self.udp_events(id);
        let Ok(udp) = self.udp(id) else {
            return;
        };
        let mut happened = now & (events::READABLE | events::ERR);
        if udp.no_space && now & events::OUT != 0 {
            udp.no_space = false;
            happened |= events::WRITABLE;
        }
        if happened != 0 {
            self.wake(id, happened);
        }
    }

    pub(crate) fn bind_udp(&mut self, id: Id<Description>, local: SocketAddr) -> Result<(), Errno> {
        let udp = self.udp(id)?;
        if udp.socket.is_some() {
            return Err(Errno::EINVAL);
        }
        let socket = self.stack.udp_bind(endpoint::listening(local))?;
        self.udp(id)?.socket = Some(socket);
        self.sockets.insert(socket, id);
        Ok(())
    }

    /// The socket of the stack; one with a port that nobody chose, if there
    /// was none.
    fn bound(&mut self, id: Id<Description>) -> Result<SocketId, Errno> {
        let udp = self.udp(id)?;
        if udp.socket.is_none() {
            let all = SocketAddr::new(udp.family.any(), 0);
            self.bind_udp(id, all)?;
        }
        self.udp(id)?.socket.ok_or(Errno::EAGAIN)
    }

    pub(crate) fn connect_udp(&mut self, id: Id<Description>, name: Name) -> Result<(), Errno> {
        let remote = match name {
            Name::Unspecified => None,
            Name::Address(remote) => Some(remote),
        };
        if remote.is_some() {
            self.bound(id)?;
        }
        self.udp(id)?.remote = remote;
        Ok(())
    }

    pub(crate) fn read_udp(
        &mut self,
        id: Id<Description>,
        buffer: &mut [u8],
        peek: Peek,
    ) -> Result<Datagram, Errno> {
        let udp = self.udp(id)?;
        if udp.peeked.is_none() && peek == Peek::Yes {
            let mut whole = vec![0; limits::DATAGRAM];
            let datagram = self.next_datagram(id, &mut whole)?;
            whole.truncate(datagram.copied);
            self.udp(id)?.peeked = Some((whole, datagram.remote, datagram.local));
        }
        let udp = self.udp(id)?;
        let Some((bytes, remote, local)) = &udp.peeked else {
            return self.next_datagram(id, buffer);
        };
        let copied = bytes.len().min(buffer.len());
        buffer[..copied].copy_from_slice(&bytes[..copied]);
        let datagram = Datagram {
            copied,
            length: bytes.len(),
            remote: *remote,
            local: *local,
        };
        if peek == Peek::No {
            udp.peeked = None;
        }
        Ok(datagram)
    }

    /// The next datagram of the stack that is for this socket: a connected one
    /// hears nobody but its peer.
    fn next_datagram(&mut self, id: Id<Description>, buffer: &mut [u8]) -> Result<Datagram, Errno> {
        let udp = self.udp(id)?;
        let socket = udp.socket.ok_or(Errno::EAGAIN)?;
        loop {
            let received = self.stack.udp_recv(socket, buffer);
            let udp = self.udp(id)?;
            let datagram = match received.map_err(Errno::from) {
                Ok(datagram) => datagram,
                // What will never come has come to its end.
                Err(Errno::EAGAIN) if udp.read_shut => return self.end_of_datagrams(id),
                Err(error) => return Err(error),
            };
            let remote = endpoint::from_stack(datagram.remote);
            let is_stranger = udp.remote.is_some_and(|peer| peer != remote);
            if is_stranger || !endpoint::admits(udp.family, &udp.options, remote) {
                continue;
            }
            let any = udp.family.any();
            let local = endpoint::local(&self.stack, socket);
            return Ok(Datagram {
                copied: datagram.length,
                length: datagram.original_length,
                remote,
                local: SocketAddr::new(
                    datagram.local.map_or(any, IpAddr::from),
                    local.map_or(0, |local| local.port()),
                ),
            });
        }
    }

    fn end_of_datagrams(&mut self, id: Id<Description>) -> Result<Datagram, Errno> {
        let udp = self.udp(id)?;
        let nobody = SocketAddr::new(udp.family.any(), 0);
        Ok(Datagram {
            copied: 0,
            length: 0,
            remote: nobody,
            local: nobody,
        })
    }

    /// Sends a datagram, to the peer when no other address is given.
    pub(crate) fn write_udp(
        &mut self,
        id: Id<Description>,
        bytes: &[u8],
        remote: Option<SocketAddr>,
        source: Option<IpAddr>,
    ) -> Result<usize, Errno> {
        let Ok(udp) = self.udp(id) else {
            // A stream that was given an address, or a source.
            return self.put(id, bytes);
        };
        let remote = remote.or(udp.remote).ok_or(Errno::EDESTADDRREQ)?;
        let is_shut = udp.write_shut;
        if is_shut {
            self.signals.raise(crate::signal::SIGPIPE);
            return Err(Errno::EPIPE);
        }
        if bytes.len() > limits::DATAGRAM {
            return Err(Errno::EMSGSIZE);
        }
        let socket = self.bound(id)?;
        let from = source.map(Into::into);
        let sent = self
            .stack
            .udp_send(socket, bytes, endpoint::to_stack(remote), from);
        let sent = sent.map_err(Errno::from);
        if sent == Err(Errno::EAGAIN) {
            self.udp(id)?.no_space = true;
        }
        sent.map(|()| bytes.len())
    }

    pub(crate) fn shutdown_udp(&mut self, id: Id<Description>, how: How) -> Result<(), Errno> {
        let udp = self.udp(id)?;
        if udp.remote.is_none() {
            return Err(Errno::ENOTCONN);
        }
        udp.read_shut |= how != How::Write;
        udp.write_shut |= how != How::Read;
        self.wake(id, events::ANY);
        Ok(())
    }

    pub(crate) fn take_udp_error(&mut self, id: Id<Description>) -> Option<Errno> {
        let socket = self.udp(id).ok()?.socket?;
        self.stack.take_error(socket).map(Errno::from)
    }

    pub(crate) fn release_udp(&mut self, udp: &Udp) {
        if let Some(socket) = udp.socket {
            self.sockets.remove(&socket);
            self.stack.close(socket);
        }
    }
}

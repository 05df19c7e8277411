//! Sockets: `socket(2)`, `bind(2)`, `listen(2)`, `accept4(2)`, `connect(2)`,
//! `shutdown(2)`, `getsockname(2)`, `getpeername(2)`.
//!
//! Each call finds the socket, parses the address, and hands over to `tcp.rs`,
//! `udp.rs` or `pair.rs`.

use core::net::SocketAddr;

use crate::address::{self, AF_INET, AF_INET6, Family, Name};
use crate::arena::Id;
use crate::descriptor::{self, CLOEXEC, Description, NONBLOCK};
use crate::errno::{Answer, Errno};
use crate::io::Direction;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::options::{IPPROTO_TCP, IPPROTO_UDP};
use crate::platform::Platform;
use crate::tcp::Tcp;
use crate::udp::Udp;

#[cfg(test)]
mod tests;

pub(crate) const SOCK_STREAM: u32 = 1;
pub(crate) const SOCK_DGRAM: u32 = 2;
/// No type of socket has this number, or a larger one.
pub(crate) const SOCK_MAX: u32 = 11;

/// The family of a socket pair, and the length of its address: the family.
const AF_UNIX: u16 = 1;

/// What `shutdown` shuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Read,
    Write,
    Both,
}

/// Which end of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Local,
    Remote,
}

impl<P: Platform> Kernel<P> {
    /// `socket(2)`.
    pub(crate) fn socket(&mut self, domain: u64, kind: u64, protocol: u64) -> Answer {
        let flags = kind as u32 & (NONBLOCK | CLOEXEC);
        if kind as u32 & !flags >= SOCK_MAX {
            return Err(Errno::EINVAL);
        }
        let family = match domain as u32 {
            number if number == u32::from(AF_INET) => Family::V4,
            number if number == u32::from(AF_INET6) => Family::V6,
            _ => return Err(Errno::EAFNOSUPPORT),
        };
        let object = match (kind as u32 & !flags, protocol as u32) {
            (SOCK_STREAM, 0 | IPPROTO_TCP) => Object::Tcp(Tcp::new(family)),
            (SOCK_DGRAM, 0 | IPPROTO_UDP) => Object::Udp(Udp::new(family)),
            (SOCK_STREAM | SOCK_DGRAM, _) => return Err(Errno::EPROTONOSUPPORT),
            _ => return Err(Errno::ESOCKTNOSUPPORT),
        };
        Ok(self.open(object, flags | descriptor::READ_WRITE)? as i64)
    }

    /// The family of the internet socket that `fd` is.
    fn internet_socket(&self, fd: u64) -> Result<(Id<Description>, Family), Errno> {
        let id = self.description(fd)?;
        match &self.descriptions[id].object {
            Object::Tcp(tcp) => Ok((id, tcp.family)),
            Object::Udp(udp) => Ok((id, udp.family)),
            Object::Pair(_) => Err(Errno::EINVAL),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    fn is_tcp(&self, id: Id<Description>) -> bool {
        matches!(self.descriptions[id].object, Object::Tcp(_))
    }

    /// `bind(2)`.
    pub(crate) fn bind(&mut self, fd: u64, address: u64, length: u64) -> Answer {
        let (id, family) = self.internet_socket(fd)?;
        let local = match address::load(family, address, length)? {
            Name::Address(local) => local,
            // An old habit of programs: no family, but no address either.
            Name::Unspecified if family == Family::V4 => SocketAddr::new(family.any(), 0),
            Name::Unspecified => return Err(Errno::EAFNOSUPPORT),
        };
        if self.is_tcp(id) {
            self.bind_tcp(id, local)?;
        } else {
            self.bind_udp(id, local)?;
        }
        Ok(0)
    }

    /// `listen(2)`.
    pub(crate) fn listen(&mut self, fd: u64, backlog: u64) -> Answer {
        let (id, _) = self.internet_socket(fd)?;
        if !self.is_tcp(id) {
            return Err(Errno::EOPNOTSUPP);
        }
        self.listen_tcp(id, backlog as i32)?;
        Ok(0)
    }

    /// `accept4(2)`.
    pub(crate) fn accept4(&mut self, fd: u64, address: u64, length: u64, flags: u64) -> Answer {
        let flags = flags as u32;
        if flags & !(NONBLOCK | CLOEXEC) != 0 {
            return Err(Errno::EINVAL);
        }
        let (id, family) = self.internet_socket(fd)?;
        if !self.is_tcp(id) {
            return Err(Errno::EOPNOTSUPP);
        }
        // Before a connection is taken from the queue, where it would be lost.
        self.check_for_room()?;
        let patience = self.patience(id, Direction::Receive);
        let (tcp, remote) = self.complete(patience, |kernel| kernel.accept_tcp(id))?;
        let socket = tcp.id();
        let new = self.open(Object::Tcp(tcp), flags | descriptor::READ_WRITE)?;
        let description = self.description(new as u64)?;
        if let Some(socket) = socket {
            self.sockets.insert(socket, description);
        }
        self.apply_no_delay(description);
        if let Err(error) = address::store(family, remote, address, length) {
            self.close(new as u64)?;
            return Err(error);
        }
        Ok(new as i64)
    }

    /// `connect(2)`.
    pub(crate) fn connect(&mut self, fd: u64, address: u64, length: u64) -> Answer {
        let (id, family) = self.internet_socket(fd)?;
        let name = address::load(family, address, length)?;
        if !self.is_tcp(id) {
            self.connect_udp(id, name)?;
            return Ok(0);
        }
        let Name::Address(remote) = name else {
            return Err(Errno::EAFNOSUPPORT);
        };
        let waits = !self.descriptions[id].nonblocking();
        match self.connect_tcp(id, remote) {
            Err(Errno::EINPROGRESS | Errno::EALREADY) if waits => {}
            done => return done.map(|()| 0),
        }
        let patience = self.patience(id, Direction::Send);
        let connected = self.complete(patience, |kernel| kernel.finish_connect(id));
        connected.map(|()| 0).map_err(|error| match error {
            Errno::EAGAIN => Errno::EINPROGRESS,
            error => error,
        })
    }

    /// `shutdown(2)`.
    pub(crate) fn shutdown(&mut self, fd: u64, how: u64) -> Answer {
        let id = self.description(fd)?;
        let how = match how as i32 {
            0 => How::Read,
            1 => How::Write,
            2 => How::Both,
            _ => return Err(Errno::EINVAL),
        };
        match &self.descriptions[id].object {
            Object::Tcp(_) => self.shutdown_tcp(id, how)?,
            Object::Udp(_) => self.shutdown_udp(id, how)?,
            Object::Pair(_) => self.shutdown_pair(id, how)?,
            _ => return Err(Errno::ENOTSOCK),
        }
        Ok(0)
    }

    /// `getsockname(2)`.
    pub(crate) fn getsockname(&mut self, fd: u64, address: u64, length: u64) -> Answer {
        self.name(fd, address, length, End::Local)
    }

    /// `getpeername(2)`.
    pub(crate) fn getpeername(&mut self, fd: u64, address: u64, length: u64) -> Answer {
        self.name(fd, address, length, End::Remote)
    }

    fn name(&mut self, fd: u64, address: u64, length: u64, end: End) -> Answer {
        let id = self.description(fd)?;
        let (family, local, remote) = match &self.descriptions[id].object {
            Object::Tcp(tcp) => (tcp.family, tcp.local(&self.stack), tcp.remote(&self.stack)),
            Object::Udp(udp) => (udp.family, udp.local(&self.stack), udp.remote),
            Object::Pair(_) => {
                address::store_bytes(&AF_UNIX.to_ne_bytes(), address, length)?;
                return Ok(0);
            }
            _ => return Err(Errno::ENOTSOCK),
        };
        let name = match end {
            End::Local => local.unwrap_or(SocketAddr::new(family.any(), 0)),
            End::Remote => remote.ok_or(Errno::ENOTCONN)?,
        };
        if address == 0 {
            return Err(Errno::EFAULT);
        }
        address::store(family, name, address, length)?;
        Ok(0)
    }
}

//! `sendto(2)`, `recvfrom(2)`, `sendmsg(2)`, `recvmsg(2)`, `sendmmsg(2)`,
//! `recvmmsg(2)`.

use alloc::vec;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

use crate::address::{self, Name};
use crate::arena::Id;
use crate::control;
use crate::descriptor::Description;
use crate::errno::{Answer, Errno};
use crate::io::{Direction, gather, load_iovecs, scatter};
use crate::kernel::Kernel;
use crate::limits;
use crate::object::{Object, Peek};
use crate::platform::Platform;
use crate::signal::SIGPIPE;
use crate::user::{self, UserSlice};
use crate::wait::Patience;
use crate::{address::Family, time};

const MSG_OOB: u32 = 0x1;
const MSG_PEEK: u32 = 0x2;
const MSG_CTRUNC: u32 = 0x8;
const MSG_TRUNC: u32 = 0x20;
const MSG_DONTWAIT: u32 = 0x40;
const MSG_WAITALL: u32 = 0x100;
const MSG_NOSIGNAL: u32 = 0x4000;
const MSG_WAITFORONE: u32 = 0x10000;

/// `struct msghdr`: seven words, of which some are half used.
const HEADER: usize = 56;
/// `struct mmsghdr`: a `msghdr`, and the length of the message.
const LENGTH_AT: u64 = HEADER as u64;
const MANY_HEADER: u64 = 64;

/// A `struct msghdr`, and where it is.
struct Header {
    at: u64,
    name: u64,
    name_length: u32,
    buffers: u64,
    buffer_count: u64,
    control: u64,
    control_length: u64,
}

impl Header {
    fn load(at: u64) -> Result<Self, Errno> {
        let bytes: [u8; HEADER] = user::load(at)?;
        let word = |index: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[index * 8..][..8]);
            u64::from_le_bytes(word)
        };
        Ok(Self {
            at,
            name: word(0),
            name_length: word(1) as u32,
            buffers: word(2),
            buffer_count: word(3),
            control: word(4),
            control_length: word(5),
        })
    }

    fn name_length_at(&self) -> u64 {
        self.at.wrapping_add(8)
    }

    /// Fills in what a received message says.
    fn store(&self, control_length: u64, flags: u32) -> Result<(), Errno> {
        user::store(self.at.wrapping_add(40), &control_length.to_le_bytes())?;
        user::store(self.at.wrapping_add(48), &flags.to_le_bytes())
    }
}

/// What has come with a message.
struct Received {
    /// The result of the call.
    length: usize,
    /// `MSG_TRUNC`, if there was no room for all of it.
    flags: u32,
    /// From whom it is and to whom it was, when it is a datagram.
    from: Option<(SocketAddr, SocketAddr)>,
}

impl<P: Platform> Kernel<P> {
    /// `sendto(2)`, `send(2)`.
    pub(crate) fn sendto(&mut self, arguments: &[u64; 6]) -> Answer {
        let [fd, buffer, length, flags, name, name_length] = *arguments;
        let id = self.socket_description(fd)?;
        let remote = self.load_remote(id, name, name_length)?;
        let buffers = [UserSlice::new(buffer, length)];
        self.send_message(id, &buffers, flags as u32, remote, None)
    }

    /// `sendmsg(2)`.
    pub(crate) fn sendmsg(&mut self, fd: u64, header: u64, flags: u64) -> Answer {
        let id = self.socket_description(fd)?;
        let header = Header::load(header)?;
        let remote = self.load_remote(id, header.name, header.name_length.into())?;
        let buffers = load_iovecs(header.buffers, header.buffer_count)?;
        let source = control::load_source(header.control, header.control_length)?;
        self.send_message(id, &buffers, flags as u32, remote, source)
    }

    /// `sendmmsg(2)`.
    pub(crate) fn sendmmsg(&mut self, fd: u64, list: u64, count: u64, flags: u64) -> Answer {
        self.many(list, count, |kernel, header| {
            let sent = kernel.sendmsg(fd, header, flags)?;
            user::store(header.wrapping_add(LENGTH_AT), &(sent as u32).to_le_bytes())
        })
    }

    /// `recvfrom(2)`, `recv(2)`.
    pub(crate) fn recvfrom(&mut self, arguments: &[u64; 6]) -> Answer {
        let [fd, buffer, length, flags, name, name_length] = *arguments;
        let id = self.socket_description(fd)?;
        let mut buffers = [UserSlice::new(buffer, length)];
        let received = self.receive_message(id, &mut buffers, flags as u32)?;
        if name != 0 {
            self.store_sender(id, &received, name, name_length)?;
        }
        Ok(received.length as i64)
    }

    /// `recvmsg(2)`.
    pub(crate) fn recvmsg(&mut self, fd: u64, header: u64, flags: u64) -> Answer {
        let id = self.socket_description(fd)?;
        let header = Header::load(header)?;
        let mut buffers = load_iovecs(header.buffers, header.buffer_count)?;
        let received = self.receive_message(id, &mut buffers, flags as u32)?;
        if header.name != 0 {
            self.store_sender(id, &received, header.name, header.name_length_at())?;
        }
        let messages = self.control_messages(id, &received);
        let room = header.control_length.min(limits::CONTROL as u64) as usize;
        let is_cut = messages.len() > room;
        let messages = if is_cut { &[][..] } else { &messages[..] };
        user::store(header.control, messages)?;
        let flags = received.flags | if is_cut { MSG_CTRUNC } else { 0 };
        header.store(messages.len() as u64, flags)?;
        Ok(received.length as i64)
    }

    /// `recvmmsg(2)`.
    pub(crate) fn recvmmsg(
        &mut self,
        fd: u64,
        list: u64,
        count: u64,
        flags: u64,
        timeout: u64,
    ) -> Answer {
        let timeout = match timeout {
            0 => None,
            address => Some(time::load_timespec(address)?),
        };
        let start = self.platform.monotonic();
        let late = |now: Duration| timeout.is_some_and(|timeout| now >= start + timeout);
        let mut flags = flags as u32;
        self.many(list, count, |kernel, header| {
            if late(kernel.platform.monotonic()) {
                return Err(Errno::EAGAIN);
            }
            let length = kernel.recvmsg(fd, header, u64::from(flags & !MSG_WAITFORONE))?;
            if flags & MSG_WAITFORONE != 0 {
                flags |= MSG_DONTWAIT;
            }
            let length = (length as u32).to_le_bytes();
            user::store(header.wrapping_add(LENGTH_AT), &length)
        })
    }

    /// Does something with message after message, up to the first error; it is
    /// an error only if it was the first message.
    fn many(
        &mut self,
        list: u64,
        count: u64,
        mut one: impl FnMut(&mut Self, u64) -> Result<(), Errno>,
    ) -> Answer {
        let count = u64::from(count as u32).min(limits::MESSAGES as u64);
        for done in 0..count {
            match one(self, list.wrapping_add(done * MANY_HEADER)) {
                Ok(()) => {}
                Err(_) if done > 0 => return Ok(done as i64),
                Err(error) => return Err(error),
            }
        }
        Ok(count as i64)
    }

    fn socket_description(&self, fd: u64) -> Result<Id<Description>, Errno> {
        let id = self.description(fd)?;
        match &self.descriptions[id].object {
            Object::Tcp(_) | Object::Udp(_) | Object::Pair(_) => Ok(id),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    /// To whom: only a datagram may say so; a stream knows.
    fn load_remote(
        &self,
        id: Id<Description>,
        name: u64,
        length: u64,
    ) -> Result<Option<SocketAddr>, Errno> {
        match &self.descriptions[id].object {
            _ if name == 0 => Ok(None),
            Object::Udp(udp) => match address::load(udp.family, name, length)? {
                Name::Address(remote) => Ok(Some(remote)),
                Name::Unspecified => Err(Errno::EAFNOSUPPORT),
            },
            Object::Pair(_) => Err(Errno::EISCONN),
            _ => Ok(None),
        }
    }

    fn send_message(
        &mut self,
        id: Id<Description>,
        buffers: &[UserSlice],
        flags: u32,
        remote: Option<SocketAddr>,
        source: Option<core::net::IpAddr>,
    ) -> Answer {
        if flags & MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let patience = self.message_patience(id, flags, Direction::Send);
        let sent = if remote.is_some() || source.is_some() {
            let datagram = gather(buffers)?;
            self.complete(patience, |kernel| {
                kernel.write_udp(id, &datagram, remote, source)
            })
        } else {
            self.send(id, buffers, patience)
        };
        if sent == Err(Errno::EPIPE) && flags & MSG_NOSIGNAL != 0 {
            self.signals.withdraw(SIGPIPE);
        }
        Ok(sent? as i64)
    }

    fn receive_message(
        &mut self,
        id: Id<Description>,
        buffers: &mut [UserSlice],
        flags: u32,
    ) -> Result<Received, Errno> {
        if flags & MSG_OOB != 0 {
            return Err(Errno::EINVAL);
        }
        let patience = self.message_patience(id, flags, Direction::Receive);
        let peek = if flags & MSG_PEEK != 0 {
            Peek::Yes
        } else {
            Peek::No
        };
        if !matches!(self.descriptions[id].object, Object::Udp(_)) {
            let mut length = self.receive(id, buffers, patience, peek)?;
            if flags & MSG_WAITALL != 0 && peek == Peek::No && patience == Patience::Forever {
                length = self.receive_rest(id, buffers, length);
            }
            return Ok(Received {
                length,
                flags: 0,
                from: None,
            });
        }
        let room = buffers.iter().map(UserSlice::length).sum::<usize>();
        let mut record = vec![0; room.min(limits::DATAGRAM)];
        let datagram = self.complete(patience, |kernel| kernel.read_udp(id, &mut record, peek))?;
        scatter(buffers, &record[..datagram.copied])?;
        let is_cut = datagram.copied < datagram.length;
        // Asked for with the flag, the length is the one on the wire.
        let length = if flags & MSG_TRUNC != 0 {
            datagram.length
        } else {
            datagram.copied
        };
        Ok(Received {
            length,
            flags: if is_cut { MSG_TRUNC } else { 0 },
            from: Some((datagram.remote, datagram.local)),
        })
    }

    /// `MSG_WAITALL`: until one buffer is full, or the stream ends, or fails,
    /// which the next call will say.
    fn receive_rest(
        &mut self,
        id: Id<Description>,
        buffers: &mut [UserSlice],
        mut length: usize,
    ) -> usize {
        let [buffer] = buffers else {
            return length;
        };
        let Ok(bytes) = buffer.bytes_mut() else {
            return length;
        };
        while length > 0 && length < bytes.len() {
            let rest = &mut bytes[length..];
            let more = self.complete(Patience::Forever, |kernel| kernel.take(id, rest, Peek::No));
            match more {
                Ok(0) | Err(_) => break,
                Ok(more) => length += more,
            }
        }
        length
    }

    fn message_patience(&self, id: Id<Description>, flags: u32, way: Direction) -> Patience {
        if flags & MSG_DONTWAIT != 0 {
            Patience::None
        } else {
            self.patience(id, way)
        }
    }

    /// From whom: a datagram says so; a stream has no need to.
    fn store_sender(
        &self,
        id: Id<Description>,
        received: &Received,
        name: u64,
        length: u64,
    ) -> Result<(), Errno> {
        match (&self.descriptions[id].object, received.from) {
            (Object::Udp(udp), Some((remote, _))) => {
                address::store(udp.family, remote, name, length)
            }
            _ => user::store(length, &0_u32.to_le_bytes()),
        }
    }

    /// What the socket wants to be told about a datagram.
    fn control_messages(&self, id: Id<Description>, received: &Received) -> Vec<u8> {
        let mut messages = Vec::new();
        if let (Object::Udp(udp), Some((_, local))) = (&self.descriptions[id].object, received.from)
        {
            if udp.options.packet_info_v4 && local.is_ipv4() {
                control::append_packet_info(&mut messages, Family::V4, local.ip());
            }
            if udp.options.packet_info_v6 && udp.family == Family::V6 {
                control::append_packet_info(&mut messages, Family::V6, local.ip());
            }
        }
        messages
    }
}

//! Socket pairs: `socketpair(2)`, `unix(7)`, streams only.
//!
//! Two channels, one for each direction. What is polled and who is woken when
//! follows `net/unix/af_unix.c` of Linux.

use crate::arena::{Arena, Id};
use crate::channel::Channel;
use crate::descriptor::{self, CLOEXEC, Description, NONBLOCK};
use crate::errno::{Answer, Errno};
use crate::events;
use crate::kernel::Kernel;
use crate::limits;
use crate::object::{Object, Peek};
use crate::platform::Platform;
use crate::signal;
use crate::socket::{How, SOCK_MAX, SOCK_STREAM};

/// One end.
pub(crate) struct Pair {
    incoming: Id<Channel>,
    outgoing: Id<Channel>,
    /// The other end went with data from here unread: to be reported once.
    pub(crate) error: Option<Errno>,
}

impl Pair {
    /// `unix_poll` of Linux.
    pub(crate) fn poll(&self, channels: &Arena<Channel>) -> u32 {
        let (incoming, outgoing) = (&channels[self.incoming], &channels[self.outgoing]);
        let mut now = 0;
        if self.error.is_some() {
            now |= events::ERR;
        }
        if incoming.shut && outgoing.shut {
            now |= events::HUP;
        }
        if incoming.shut {
            now |= events::RDHUP | events::READABLE;
        }
        if !incoming.is_empty() {
            now |= events::READABLE;
        }
        if has_space(outgoing) {
            now |= events::WRITABLE;
        }
        now
    }
}

/// Linux says "writable" when at most a quarter is used (`unix_writable`).
fn has_space(channel: &Channel) -> bool {
    channel.length() * 4 <= limits::CHANNEL
}

impl<P: Platform> Kernel<P> {
    /// `socketpair(2)`.
    pub(crate) fn socketpair(
        &mut self,
        domain: u64,
        kind: u64,
        protocol: u64,
        address: u64,
    ) -> Answer {
        const AF_UNIX: u32 = 1;
        const AF_INET: u32 = 2;
        const AF_INET6: u32 = 10;
        let flags = kind as u32 & (CLOEXEC | NONBLOCK);
        match (domain as u32, kind as u32 & !flags, protocol as u32) {
            (AF_UNIX, SOCK_STREAM, 0 | AF_UNIX) => {}
            (AF_UNIX, SOCK_STREAM, _) => return Err(Errno::EPROTONOSUPPORT),
            (_, kind, _) if kind >= SOCK_MAX => return Err(Errno::EINVAL),
            (AF_UNIX, ..) => return Err(Errno::ESOCKTNOSUPPORT),
            (AF_INET | AF_INET6, ..) => return Err(Errno::EOPNOTSUPP),
            _ => return Err(Errno::EAFNOSUPPORT),
        }
        let (one, other) = (self.new_channel()?, self.new_channel()?);
        let first = self.open_end(one, other, flags)?;
        let second = match self.open_end(other, one, flags) {
            Ok(fd) => fd,
            Err(error) => {
                self.close(first as u64)?;
                return Err(error);
            }
        };
        self.store_two(address, first, second)
    }

    fn new_channel(&mut self) -> Result<Id<Channel>, Errno> {
        // Two for each of at most as many ends as there are descriptors.
        let limit = 2 * limits::DESCRIPTORS;
        let channel = self.channels.insert(Channel::new(), limit);
        channel.map_err(|_| Errno::EMFILE)
    }

    fn open_end(
        &mut self,
        incoming: Id<Channel>,
        outgoing: Id<Channel>,
        flags: u32,
    ) -> Result<usize, Errno> {
        let pair = Pair {
            incoming,
            outgoing,
            error: None,
        };
        let fd = self.open(Object::Pair(pair), flags | descriptor::READ_WRITE)?;
        let id = self.description(fd as u64)?;
        self.channels[incoming].reader = Some(id);
        self.channels[outgoing].writer = Some(id);
        Ok(fd)
    }

    fn pair(&mut self, id: Id<Description>) -> Result<&mut Pair, Errno> {
        match &mut self.descriptions[id].object {
            Object::Pair(pair) => Ok(pair),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    pub(crate) fn read_pair(
        &mut self,
        id: Id<Description>,
        buffer: &mut [u8],
        peek: Peek,
    ) -> Result<usize, Errno> {
        let incoming = self.pair(id)?.incoming;
        let channel = &mut self.channels[incoming];
        let (writer, shut) = (channel.writer, channel.shut);
        if channel.is_empty() {
            return match self.pair(id)?.error.take() {
                Some(error) => Err(error),
                None if shut || buffer.is_empty() => Ok(0),
                None => Err(Errno::EAGAIN),
            };
        }
        let length = channel.read(buffer, peek);
        if let Some(writer) = writer.filter(|_| peek == Peek::No && has_space(channel)) {
            self.wake(writer, events::WRITABLE);
        }
        Ok(length)
    }

    pub(crate) fn write_pair(&mut self, id: Id<Description>, bytes: &[u8]) -> Result<usize, Errno> {
        let outgoing = self.pair(id)?.outgoing;
        let channel = &mut self.channels[outgoing];
        let Some(reader) = channel.reader.filter(|_| !channel.shut) else {
            self.signals.raise(signal::SIGPIPE);
            return Err(Errno::EPIPE);
        };
        let length = channel.write(bytes);
        if length == 0 && !bytes.is_empty() {
            return Err(Errno::EAGAIN);
        }
        if length > 0 {
            self.wake(reader, events::READABLE);
        }
        Ok(length)
    }

    /// `unix_shutdown` of Linux: a direction that one side has shut is shut
    /// for both.
    pub(crate) fn shutdown_pair(&mut self, id: Id<Description>, how: How) -> Result<(), Errno> {
        let pair = self.pair(id)?;
        let (incoming, outgoing) = (pair.incoming, pair.outgoing);
        if how != How::Write {
            self.channels[incoming].shut = true;
        }
        if how != How::Read {
            self.channels[outgoing].shut = true;
        }
        self.wake(id, events::ANY);
        if let Some(peer) = self.channels[outgoing].reader {
            self.wake(peer, events::ANY);
        }
        Ok(())
    }

    /// `unix_release_sock` of Linux. Also for an end that was never opened,
    /// because there was no descriptor for it.
    pub(crate) fn release_pair(&mut self, pair: &Pair) {
        let unread = !self.channels[pair.incoming].is_empty();
        let incoming = &mut self.channels[pair.incoming];
        incoming.reader = None;
        incoming.shut = true;
        incoming.clear();
        let outgoing = &mut self.channels[pair.outgoing];
        outgoing.writer = None;
        outgoing.shut = true;
        let Some(peer) = outgoing.reader else {
            self.channels.remove(pair.incoming);
            self.channels.remove(pair.outgoing);
            return;
        };
        if let Ok(peer) = self.pair(peer)
            && unread
        {
            peer.error = Some(Errno::ECONNRESET);
        }
        self.wake(peer, events::ANY);
    }
}

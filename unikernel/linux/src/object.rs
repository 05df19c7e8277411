//! What a descriptor can refer to, and what all of them can do: be read, be
//! written, be polled, be released. Each kind has its own file.

use crate::arena::Id;
use crate::channel::Channel;
use crate::console;
use crate::descriptor::Description;
use crate::epoll::Epoll;
use crate::errno::Errno;
use crate::eventfd::Counter;
use crate::events;
use crate::file::OpenFile;
use crate::kernel::Kernel;
use crate::pair::Pair;
use crate::platform::Platform;
use crate::tcp::Tcp;
use crate::udp::Udp;

/// What is open.
pub(crate) enum Object {
    /// The serial console: the program's stdin, stdout and stderr.
    Console,
    /// A file of the initrd.
    File(OpenFile),
    /// `/dev/null`.
    Null,
    /// `/dev/random`, `/dev/urandom`.
    Random,
    /// The reading end of a pipe.
    PipeReader(Id<Channel>),
    /// The writing end of a pipe.
    PipeWriter(Id<Channel>),
    /// One end of a socket pair.
    Pair(Pair),
    /// An eventfd.
    Counter(Counter),
    /// An epoll instance.
    Epoll(Id<Epoll>),
    /// A TCP socket.
    Tcp(Tcp),
    /// A UDP socket.
    Udp(Udp),
}

/// Whether taking data leaves it there (`MSG_PEEK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peek {
    Yes,
    No,
}

impl<P: Platform> Kernel<P> {
    /// Takes data, without waiting: `EAGAIN` when there is none.
    pub(crate) fn take(
        &mut self,
        id: Id<Description>,
        buffer: &mut [u8],
        peek: Peek,
    ) -> Result<usize, Errno> {
        match &mut self.descriptions[id].object {
            Object::Console => console::read(&mut self.console, buffer),
            Object::File(file) => Ok(file.read(buffer)),
            Object::Null => Ok(0),
            Object::Random => {
                let length = buffer.len().min(crate::limits::RANDOM);
                self.platform.entropy(&mut buffer[..length]);
                Ok(length)
            }
            Object::PipeReader(channel) => {
                let channel = *channel;
                self.read_pipe(channel, buffer)
            }
            Object::Pair(_) => self.read_pair(id, buffer, peek),
            Object::Counter(_) => self.read_counter(id, buffer),
            Object::Tcp(_) => self.read_tcp(id, buffer, peek),
            Object::Udp(_) => Ok(self.read_udp(id, buffer, peek)?.copied),
            Object::PipeWriter(_) => Err(Errno::EBADF),
            Object::Epoll(_) => Err(Errno::EINVAL),
        }
    }

    /// Hands data over, without waiting: as much as there is room for,
    /// `EAGAIN` when there is none.
    pub(crate) fn put(&mut self, id: Id<Description>, bytes: &[u8]) -> Result<usize, Errno> {
        match &self.descriptions[id].object {
            Object::Console => {
                self.platform.console_write(bytes);
                Ok(bytes.len())
            }
            Object::Null | Object::Random => Ok(bytes.len()),
            Object::PipeWriter(channel) => self.write_pipe(*channel, bytes),
            Object::Pair(_) => self.write_pair(id, bytes),
            Object::Counter(_) => self.write_counter(id, bytes),
            Object::Tcp(_) => self.write_tcp(id, bytes),
            Object::Udp(_) => self.write_udp(id, bytes, None, None),
            Object::File(_) | Object::PipeReader(_) => Err(Errno::EBADF),
            Object::Epoll(_) => Err(Errno::EINVAL),
        }
    }

    /// What could be done now, as bits of [`events`].
    pub(crate) fn poll_events(&mut self, id: Id<Description>) -> u32 {
        match &self.descriptions[id].object {
            Object::Console => console::poll(&self.console),
            Object::File(_) | Object::Null | Object::Random => {
                events::IN | events::OUT | events::RDNORM | events::WRNORM
            }
            Object::PipeReader(channel) => self.channels[*channel].poll_reader(),
            Object::PipeWriter(channel) => self.channels[*channel].poll_writer(),
            Object::Pair(pair) => pair.poll(&self.channels),
            Object::Counter(counter) => counter.poll(),
            Object::Epoll(epoll) => {
                let epoll = *epoll;
                self.poll_epoll(epoll)
            }
            Object::Tcp(_) => self.poll_tcp(id),
            Object::Udp(_) => self.poll_udp(id),
        }
    }

    /// The last descriptor is gone, or never came to be.
    pub(crate) fn release(&mut self, id: Id<Description>) {
        self.forget_watches(id);
        let Some(description) = self.descriptions.remove(id) else {
            return;
        };
        match description.object {
            Object::Console | Object::File(_) | Object::Null | Object::Random => {}
            Object::Counter(_) => {}
            Object::PipeReader(channel) => self.release_pipe_reader(channel),
            Object::PipeWriter(channel) => self.release_pipe_writer(channel),
            Object::Pair(pair) => self.release_pair(&pair),
            Object::Epoll(epoll) => self.release_epoll(epoll),
            Object::Tcp(tcp) => self.release_tcp(&tcp),
            Object::Udp(udp) => self.release_udp(&udp),
        }
    }
}

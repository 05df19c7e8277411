//! A queue of bytes between two descriptions, and pipes, which are one such
//! queue: `pipe(7)`. Socket pairs are two of them (`pair.rs`).

use alloc::collections::VecDeque;

use crate::arena::Id;
use crate::descriptor::{self, CLOEXEC, Description, NONBLOCK};
use crate::errno::{Answer, Errno};
use crate::events;
use crate::kernel::Kernel;
use crate::limits;
use crate::object::{Object, Peek};
use crate::platform::Platform;
use crate::{signal, user};

/// Writes up to this size go into a pipe whole or not at all (`PIPE_BUF`).
const ATOMIC: usize = 4096;

/// Bytes on their way from a writer to a reader.
pub(crate) struct Channel {
    bytes: VecDeque<u8>,
    /// Who reads; nobody any more when `None`.
    pub(crate) reader: Option<Id<Description>>,
    /// Who writes; nobody any more when `None`.
    pub(crate) writer: Option<Id<Description>>,
    /// Nothing more will be written, though both ends are there:
    /// `shutdown(2)`, from either side.
    pub(crate) shut: bool,
}

impl Channel {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: VecDeque::new(),
            reader: None,
            writer: None,
            shut: false,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn length(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn room(&self) -> usize {
        limits::CHANNEL - self.bytes.len()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Moves bytes to `buffer`, or copies them.
    pub(crate) fn read(&mut self, buffer: &mut [u8], peek: Peek) -> usize {
        let length = buffer.len().min(self.bytes.len());
        for (place, byte) in buffer.iter_mut().zip(&self.bytes) {
            *place = *byte;
        }
        if peek == Peek::No {
            self.bytes.drain(..length);
        }
        length
    }

    /// Takes as many bytes as there is room for.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> usize {
        let length = bytes.len().min(self.room());
        self.bytes.extend(&bytes[..length]);
        length
    }

    /// `pipe_poll` of Linux, the reading end.
    pub(crate) fn poll_reader(&self) -> u32 {
        let mut now = 0;
        if !self.is_empty() {
            now |= events::READABLE;
        }
        if self.writer.is_none() {
            now |= events::HUP;
        }
        now
    }

    /// `pipe_poll` of Linux, the writing end.
    pub(crate) fn poll_writer(&self) -> u32 {
        let mut now = 0;
        if self.room() > 0 {
            now |= events::OUT | events::WRNORM;
        }
        if self.reader.is_none() {
            now |= events::ERR;
        }
        now
    }
}

impl<P: Platform> Kernel<P> {
    /// `pipe2(2)`.
    pub(crate) fn pipe2(&mut self, address: u64, flags: u64) -> Answer {
        let flags = flags as u32;
        if flags & !(CLOEXEC | NONBLOCK) != 0 {
            return Err(Errno::EINVAL);
        }
        let limit = limits::DESCRIPTORS;
        let channel = self.channels.insert(Channel::new(), limit);
        let channel = channel.map_err(|_| Errno::EMFILE)?;
        let reader = Object::PipeReader(channel);
        let read_fd = self.open(reader, flags | descriptor::READ_ONLY)?;
        self.channels[channel].reader = Some(self.description(read_fd as u64)?);
        let writer = Object::PipeWriter(channel);
        let write_fd = match self.open(writer, flags | descriptor::WRITE_ONLY) {
            Ok(fd) => fd,
            Err(error) => {
                self.close(read_fd as u64)?;
                return Err(error);
            }
        };
        self.channels[channel].writer = Some(self.description(write_fd as u64)?);
        self.store_two(address, read_fd, write_fd)
    }

    /// Gives two new descriptors to the program, or closes them again.
    pub(crate) fn store_two(&mut self, address: u64, first: usize, second: usize) -> Answer {
        let mut pair = [0; 8];
        pair[..4].copy_from_slice(&(first as u32).to_le_bytes());
        pair[4..].copy_from_slice(&(second as u32).to_le_bytes());
        if let Err(error) = user::store(address, &pair) {
            self.close(first as u64)?;
            self.close(second as u64)?;
            return Err(error);
        }
        Ok(0)
    }

    pub(crate) fn read_pipe(&mut self, id: Id<Channel>, buffer: &mut [u8]) -> Result<usize, Errno> {
        let channel = &mut self.channels[id];
        if channel.is_empty() {
            return match channel.writer {
                Some(_) if !buffer.is_empty() => Err(Errno::EAGAIN),
                _ => Ok(0),
            };
        }
        let was_full = channel.room() == 0;
        let length = channel.read(buffer, Peek::No);
        if let Some(writer) = channel.writer.filter(|_| was_full) {
            self.wake(writer, events::OUT | events::WRNORM);
        }
        Ok(length)
    }

    pub(crate) fn write_pipe(&mut self, id: Id<Channel>, bytes: &[u8]) -> Result<usize, Errno> {
        let channel = &mut self.channels[id];
        let Some(reader) = channel.reader else {
            self.signals.raise(signal::SIGPIPE);
            return Err(Errno::EPIPE);
        };
        let room = channel.room();
        if !bytes.is_empty() && (room == 0 || bytes.len() <= ATOMIC && room < bytes.len()) {
            return Err(Errno::EAGAIN);
        }
        let length = channel.write(bytes);
        if length > 0 {
            self.wake(reader, events::READABLE);
        }
        Ok(length)
    }

    pub(crate) fn release_pipe_reader(&mut self, id: Id<Channel>) {
        let channel = &mut self.channels[id];
        channel.reader = None;
        match channel.writer {
            Some(writer) => self.wake(writer, events::ANY),
            None => drop(self.channels.remove(id)),
        }
    }

    pub(crate) fn release_pipe_writer(&mut self, id: Id<Channel>) {
        let channel = &mut self.channels[id];
        channel.writer = None;
        match channel.reader {
            Some(reader) => self.wake(reader, events::ANY),
            None => drop(self.channels.remove(id)),
        }
    }
}

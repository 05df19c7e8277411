//! `read(2)`, `write(2)`, `readv(2)`, `writev(2)`, and what they share with
//! the calls for messages: moving bytes between a description and buffers of
//! the program.

use alloc::vec;
use alloc::vec::Vec;

use crate::arena::Id;
use crate::descriptor::Description;
use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::limits;
use crate::object::{Object, Peek};
use crate::platform::Platform;
use crate::user::{self, UserSlice};
use crate::wait::Patience;

/// `struct iovec`: address and length.
const IOVEC: u64 = 16;

/// The direction of a transfer, as the program sees it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Receive,
    Send,
}

/// The buffers that an array of `struct iovec` names. All of them together are
/// not longer than one call may move.
pub(crate) fn load_iovecs(address: u64, count: u64) -> Result<Vec<UserSlice>, Errno> {
    if count > limits::IOVECS as u64 {
        return Err(Errno::EINVAL);
    }
    let mut room = limits::TRANSFER as u64;
    let mut buffers = Vec::with_capacity(count as usize);
    for index in 0..count {
        let entry = address.wrapping_add(index * IOVEC);
        let (start, length) = (
            user::load_u64(entry)?,
            user::load_u64(entry.wrapping_add(8))?,
        );
        if length > i64::MAX as u64 {
            return Err(Errno::EINVAL);
        }
        let length = length.min(room);
        room -= length;
        buffers.push(UserSlice::new(start, length));
    }
    Ok(buffers)
}

impl<P: Platform> Kernel<P> {
    /// `read(2)`.
    pub(crate) fn read(&mut self, fd: u64, address: u64, length: u64) -> Answer {
        let mut buffers = [UserSlice::new(address, length)];
        self.read_buffers(fd, &mut buffers)
    }

    /// `readv(2)`.
    pub(crate) fn readv(&mut self, fd: u64, list: u64, count: u64) -> Answer {
        self.description(fd)?;
        self.read_buffers(fd, &mut load_iovecs(list, count)?)
    }

    fn read_buffers(&mut self, fd: u64, buffers: &mut [UserSlice]) -> Answer {
        let id = self.description(fd)?;
        if !self.descriptions[id].readable() {
            return Err(Errno::EBADF);
        }
        let patience = self.patience(id, Direction::Receive);
        Ok(self.receive(id, buffers, patience, Peek::No)? as i64)
    }

    /// `write(2)`.
    pub(crate) fn write(&mut self, fd: u64, address: u64, length: u64) -> Answer {
        self.write_buffers(fd, &[UserSlice::new(address, length)])
    }

    /// `writev(2)`.
    pub(crate) fn writev(&mut self, fd: u64, list: u64, count: u64) -> Answer {
        self.description(fd)?;
        self.write_buffers(fd, &load_iovecs(list, count)?)
    }

    fn write_buffers(&mut self, fd: u64, buffers: &[UserSlice]) -> Answer {
        let id = self.description(fd)?;
        if !self.descriptions[id].writable() {
            return Err(Errno::EBADF);
        }
        let patience = self.patience(id, Direction::Send);
        Ok(self.send(id, buffers, patience)? as i64)
    }

    /// How long calls on this description wait.
    pub(crate) fn patience(&self, id: Id<Description>, direction: Direction) -> Patience {
        let description = &self.descriptions[id];
        if description.nonblocking() {
            return Patience::None;
        }
        let timeout = match &description.object {
            Object::Tcp(tcp) => tcp.options.timeout(direction),
            Object::Udp(udp) => udp.options.timeout(direction),
            _ => None,
        };
        timeout.map_or(Patience::Forever, Patience::For)
    }

    /// Fills the buffers, one after the other, with what is there: waits for
    /// the first byte, not for the last one.
    pub(crate) fn receive(
        &mut self,
        id: Id<Description>,
        buffers: &mut [UserSlice],
        patience: Patience,
        peek: Peek,
    ) -> Result<usize, Errno> {
        if let [buffer] = buffers {
            let bytes = buffer.bytes_mut()?;
            return self.complete(patience, |kernel| kernel.take(id, bytes, peek));
        }
        // A peek would see the first bytes again and again.
        if self.is_record(id) || peek == Peek::Yes {
            let total = buffers.iter().map(UserSlice::length).sum::<usize>();
            let mut record = vec![0; total.min(limits::DATAGRAM)];
            let length = self.complete(patience, |kernel| kernel.take(id, &mut record, peek))?;
            scatter(buffers, &record[..length.min(record.len())])?;
            return Ok(length);
        }
        let mut done = 0;
        for buffer in buffers.iter_mut().filter(|buffer| buffer.length() > 0) {
            let length = buffer.length();
            let patience = if done == 0 { patience } else { Patience::None };
            let taken = buffer
                .bytes_mut()
                .and_then(|bytes| self.complete(patience, |kernel| kernel.take(id, bytes, peek)));
            match taken {
                Ok(taken) => {
                    done += taken;
                    if taken < length {
                        break;
                    }
                }
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Sends the buffers, one after the other: all of it where there is
    /// patience, what there is room for where there is none.
    pub(crate) fn send(
        &mut self,
        id: Id<Description>,
        buffers: &[UserSlice],
        patience: Patience,
    ) -> Result<usize, Errno> {
        if buffers.len() != 1 && self.is_record(id) {
            let record = gather(buffers)?;
            return self.complete(patience, |kernel| kernel.put(id, &record));
        }
        let mut done = 0;
        for buffer in buffers {
            let sent = buffer
                .bytes()
                .and_then(|bytes| self.send_bytes(id, bytes, patience));
            match sent {
                Ok(sent) => {
                    done += sent;
                    if sent < buffer.length() {
                        break;
                    }
                }
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn send_bytes(
        &mut self,
        id: Id<Description>,
        bytes: &[u8],
        patience: Patience,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        loop {
            let rest = &bytes[done..];
            match self.complete(patience, |kernel| kernel.put(id, rest)) {
                Ok(sent) => done += sent,
                Err(_) if done > 0 => return Ok(done),
                Err(error) => return Err(error),
            }
            if done >= bytes.len() || patience == Patience::None || self.is_record(id) {
                return Ok(done);
            }
        }
    }

    /// Whether one call moves exactly one record, however many buffers it has.
    fn is_record(&self, id: Id<Description>) -> bool {
        let object = &self.descriptions[id].object;
        matches!(object, Object::Udp(_) | Object::Counter(_))
    }
}

/// All the bytes of the buffers, up to the largest datagram and one more, so
/// that a longer one is recognised as too long.
pub(crate) fn gather(buffers: &[UserSlice]) -> Result<Vec<u8>, Errno> {
    let mut record = Vec::new();
    for buffer in buffers {
        let room = limits::DATAGRAM + 1 - record.len();
        let bytes = buffer.bytes()?;
        record.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
    Ok(record)
}

/// Spreads a record over the buffers; what does not fit is lost.
pub(crate) fn scatter(buffers: &mut [UserSlice], mut record: &[u8]) -> Result<(), Errno> {
    for buffer in buffers {
        let length = buffer.length().min(record.len());
        let (piece, rest) = record.split_at(length);
        buffer.bytes_mut()?[..length].copy_from_slice(piece);
        record = rest;
    }
    Ok(())
}

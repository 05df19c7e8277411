//! File descriptors, and the open file descriptions they refer to: `open(2)`,
//! `dup(2)`, `close(2)`, `fcntl(2)`.
//!
//! A [`Table`] gives each descriptor a number, the lowest that is free. Several
//! may refer to one [`Description`], which goes when the last of them does.

use alloc::vec::Vec;

use crate::arena::Id;
use crate::epoll::Watch;
use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::limits;
use crate::object::Object;
use crate::platform::Platform;

/// `O_NONBLOCK`, and `SOCK_NONBLOCK`, `EFD_NONBLOCK`, ...
pub(crate) const NONBLOCK: u32 = 0o4000;
/// `O_CLOEXEC`, and `SOCK_CLOEXEC`, `EPOLL_CLOEXEC`, ...
pub(crate) const CLOEXEC: u32 = 0o2000000;
/// `O_ACCMODE`.
pub(crate) const ACCESS_MODE: u32 = 0o3;
/// `O_RDONLY`.
pub(crate) const READ_ONLY: u32 = 0;
/// `O_WRONLY`.
pub(crate) const WRITE_ONLY: u32 = 1;
/// `O_RDWR`.
pub(crate) const READ_WRITE: u32 = 2;

/// `O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME`: what `F_SETFL`
/// may change.
const CHANGEABLE: u32 = 0o2000 | NONBLOCK | 0o20000 | 0o40000 | 0o1000000;

/// An open file description.
pub(crate) struct Description {
    /// What is open.
    pub(crate) object: Object,
    /// Access mode and status flags, as `F_GETFL` gives them.
    pub(crate) flags: u32,
    /// Descriptors that refer to it.
    references: usize,
    /// The epoll registrations to tell when something happens.
    pub(crate) watches: Vec<Watch>,
}

impl Description {
    pub(crate) fn nonblocking(&self) -> bool {
        self.flags & NONBLOCK != 0
    }

    pub(crate) fn readable(&self) -> bool {
        self.flags & ACCESS_MODE != WRITE_ONLY
    }

    pub(crate) fn writable(&self) -> bool {
        self.flags & ACCESS_MODE != READ_ONLY
    }
}

/// One descriptor.
#[derive(Clone, Copy)]
struct Entry {
    description: Id<Description>,
    close_on_exec: bool,
}

/// The descriptors, by number.
pub(crate) struct Table {
    entries: Vec<Option<Entry>>,
    /// No number below this one is free.
    lowest: usize,
    /// Numbers from here on are refused.
    limit: usize,
}

impl Table {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            entries: Vec::new(),
            lowest: 0,
            limit,
        }
    }

    fn entry(&self, fd: u64) -> Result<&Entry, Errno> {
        number(fd)
            .and_then(|fd| self.entries.get(fd))
            .and_then(Option::as_ref)
            .ok_or(Errno::EBADF)
    }

    /// Puts an entry at the lowest free number that is not below `minimum`.
    fn insert(&mut self, entry: Entry, minimum: usize) -> Result<usize, Errno> {
        let mut fd = minimum.max(self.lowest);
        while self.entries.get(fd).is_some_and(Option::is_some) {
            fd += 1;
        }
        if fd >= self.limit {
            return Err(Errno::EMFILE);
        }
        if minimum <= self.lowest {
            self.lowest = fd + 1;
        }
        self.place(entry, fd);
        Ok(fd)
    }

    fn place(&mut self, entry: Entry, fd: usize) {
        if fd >= self.entries.len() {
            self.entries.resize(fd + 1, None);
        }
        self.entries[fd] = Some(entry);
    }

    fn remove(&mut self, fd: u64) -> Result<Entry, Errno> {
        let fd = number(fd).ok_or(Errno::EBADF)?;
        let entry = self.entries.get_mut(fd).and_then(Option::take);
        let entry = entry.ok_or(Errno::EBADF)?;
        self.lowest = self.lowest.min(fd);
        Ok(entry)
    }
}

/// The program passes an `int`: the upper half of the register means nothing.
fn number(fd: u64) -> Option<usize> {
    usize::try_from(fd as i32).ok()
}

impl<P: Platform> Kernel<P> {
    /// What descriptor `fd` refers to.
    pub(crate) fn description(&self, fd: u64) -> Result<Id<Description>, Errno> {
        self.table.entry(fd).map(|entry| entry.description)
    }

    /// Opens a descriptor on a new description. `flags`: access mode,
    /// `NONBLOCK`, `CLOEXEC`.
    pub(crate) fn open(&mut self, object: Object, flags: u32) -> Result<usize, Errno> {
        let description = Description {
            object,
            flags: flags & !CLOEXEC,
            references: 0,
            watches: Vec::new(),
        };
        let id = self
            .descriptions
            .insert(description, limits::DESCRIPTORS)
            .map_err(|_| Errno::EMFILE)?;
        self.refer(id, 0, flags).inspect_err(|_| self.release(id))
    }

    /// Fails like [`Kernel::open`] would if there is no descriptor left.
    pub(crate) fn check_for_room(&self) -> Result<(), Errno> {
        let taken = self.table.entries[self.table.lowest.min(self.table.entries.len())..].iter();
        let free = self.table.lowest + taken.take_while(|entry| entry.is_some()).count();
        let is_full = free >= self.table.limit || self.descriptions.len() >= limits::DESCRIPTORS;
        if is_full { Err(Errno::EMFILE) } else { Ok(()) }
    }

    fn refer(&mut self, id: Id<Description>, minimum: usize, flags: u32) -> Result<usize, Errno> {
        let entry = Entry {
            description: id,
            close_on_exec: flags & CLOEXEC != 0,
        };
        let fd = self.table.insert(entry, minimum)?;
        self.descriptions[id].references += 1;
        Ok(fd)
    }

    /// `close(2)`.
    pub(crate) fn close(&mut self, fd: u64) -> Answer {
        let entry = self.table.remove(fd)?;
        self.unrefer(entry.description);
        Ok(0)
    }

    /// Closes every descriptor, as the end of a process does.
    pub(crate) fn close_all(&mut self) {
        for fd in 0..self.table.entries.len() as u64 {
            // A number without a descriptor is no news here.
            let _ = self.close(fd);
        }
    }

    fn unrefer(&mut self, id: Id<Description>) {
        let description = &mut self.descriptions[id];
        description.references -= 1;
        if description.references == 0 {
            self.release(id);
        }
    }

    /// `dup(2)`.
    pub(crate) fn dup(&mut self, fd: u64) -> Answer {
        let id = self.description(fd)?;
        Ok(self.refer(id, 0, 0)? as i64)
    }

    /// `dup2(2)`: to itself is allowed and does nothing.
    pub(crate) fn dup2(&mut self, from: u64, to: u64) -> Answer {
        if from as i32 == to as i32 {
            self.description(from)?;
            return Ok(to as i32 as i64);
        }
        self.dup3(from, to, 0)
    }

    /// `dup3(2)`.
    pub(crate) fn dup3(&mut self, from: u64, to: u64, flags: u64) -> Answer {
        let description = self.description(from)?;
        let flags = flags as u32;
        if flags & !CLOEXEC != 0 || from as i32 == to as i32 {
            return Err(Errno::EINVAL);
        }
        let target = number(to).filter(|&fd| fd < self.table.limit);
        let target = target.ok_or(Errno::EBADF)?;
        // Nothing there is fine: then there is nothing to close.
        let _ = self.close(to);
        let entry = Entry {
            description,
            close_on_exec: flags & CLOEXEC != 0,
        };
        self.table.place(entry, target);
        self.descriptions[description].references += 1;
        Ok(target as i64)
    }

    /// `fcntl(2)`.
    pub(crate) fn fcntl(&mut self, fd: u64, command: u64, argument: u64) -> Answer {
        const F_DUPFD: u32 = 0;
        const F_GETFD: u32 = 1;
        const F_SETFD: u32 = 2;
        const F_GETFL: u32 = 3;
        const F_SETFL: u32 = 4;
        const F_DUPFD_CLOEXEC: u32 = 1030;
        const FD_CLOEXEC: u64 = 1;

        let entry = *self.table.entry(fd)?;
        let description = &mut self.descriptions[entry.description];
        match command as u32 {
            F_DUPFD | F_DUPFD_CLOEXEC => {
                let minimum = number(argument).filter(|&fd| fd < self.table.limit);
                let minimum = minimum.ok_or(Errno::EINVAL)?;
                let flags = if command as u32 == F_DUPFD_CLOEXEC {
                    CLOEXEC
                } else {
                    0
                };
                Ok(self.refer(entry.description, minimum, flags)? as i64)
            }
            F_GETFD => Ok(i64::from(entry.close_on_exec)),
            F_SETFD => {
                let entry = Entry {
                    close_on_exec: argument & FD_CLOEXEC != 0,
                    ..entry
                };
                self.table.place(entry, fd as i32 as usize);
                Ok(0)
            }
            F_GETFL => Ok(i64::from(description.flags)),
            F_SETFL => {
                description.flags = description.flags & !CHANGEABLE | argument as u32 & CHANGEABLE;
                Ok(0)
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// `ioctl(2)`: what sockets and pipes know.
    pub(crate) fn ioctl(&mut self, fd: u64, request: u64, argument: u64) -> Answer {
        const FIONBIO: u32 = 0x5421;
        const FIOCLEX: u32 = 0x5451;
        const FIONCLEX: u32 = 0x5450;

        let mut entry = *self.table.entry(fd)?;
        match request as u32 {
            FIONBIO => {
                let wanted = crate::user::load_u32(argument)?;
                let flags = &mut self.descriptions[entry.description].flags;
                *flags = if wanted == 0 {
                    *flags & !NONBLOCK
                } else {
                    *flags | NONBLOCK
                };
            }
            FIOCLEX | FIONCLEX => {
                entry.close_on_exec = request as u32 == FIOCLEX;
                self.table.place(entry, fd as i32 as usize);
            }
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    }
}

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
        // Each but this one has a descriptor; the number of those is limited.
        let limit = limits::DESCRIPTORS + 1;
        let id = self.descriptions.insert(description, limit);
        let id = id.map_err(|_| Errno::EMFILE)?;
        self.refer(id, 0, flags).inspect_err(|_| self.release(id))
    }

    /// Fails like [`Kernel::open`] would if there is no descriptor left.
    pub(crate) fn check_for_room(&self) -> Result<(), Errno> {
        let taken = self.table.entries[self.table.lowest.min(self.table.entries.len())..].iter();
        let free = self.table.lowest + taken.take_while(|entry| entry.is_some()).count();
        if free < self.table.limit {
            Ok(())
        } else {
            Err(Errno::EMFILE)
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::*;
    use crate::testing::real::Real;
    use crate::testing::{Calls, Ours, System};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug)]
    enum Step {
        Open,
        Close(u64),
        Dup(u64),
        DupTo(u64, u64),
        DupFrom(u64, u64),
    }

    fn steps() -> impl Strategy<Value = Step> {
        let fd = 0..12_u64;
        prop_oneof![
            2 => Just(Step::Open),
            2 => fd.clone().prop_map(Step::Close),
            1 => fd.clone().prop_map(Step::Dup),
            1 => (fd.clone(), fd.clone()).prop_map(|(from, to)| Step::DupTo(from, to)),
            1 => (fd.clone(), fd).prop_map(|(from, least)| Step::DupFrom(from, least)),
        ]
    }

    proptest! {
        /// A table is a map from numbers to files; a new one gets the lowest
        /// number that is free.
        #[test]
        fn the_lowest_free_number_is_taken(script in prop::collection::vec(steps(), 0..60)) {
            let mut ours = Ours::new();
            let mut model: BTreeMap<i64, usize> = BTreeMap::new();
            for (file, step) in script.into_iter().enumerate() {
                let lowest = |model: &BTreeMap<i64, usize>, least: i64| {
                    (least..).find(|fd| !model.contains_key(fd)).unwrap()
                };
                let file_at = |fd: u64| model.get(&(fd as i64)).copied().ok_or(Errno::EBADF);
                let (expected, answer) = match step {
                    Step::Open => {
                        let fd = lowest(&model, 0);
                        model.insert(fd, file);
                        (Ok(fd), ours.eventfd(0, 0))
                    }
                    Step::Close(fd) => {
                        let known = model.remove(&(fd as i64));
                        (known.map(|_| 0).ok_or(Errno::EBADF), ours.close(fd as i64))
                    }
                    Step::Dup(from) => {
                        let file = file_at(from);
                        let expected = file.map(|file| {
                            let fd = lowest(&model, 0);
                            model.insert(fd, file);
                            fd
                        });
                        (expected, ours.call(DUP, [from, 0, 0, 0, 0, 0]))
                    }
                    Step::DupTo(from, to) => {
                        let file = file_at(from);
                        let expected = file.map(|file| {
                            model.insert(to as i64, file);
                            to as i64
                        });
                        (expected, ours.call(DUP2, [from, to, 0, 0, 0, 0]))
                    }
                    Step::DupFrom(from, least) => {
                        let file = file_at(from);
                        let expected = file.map(|file| {
                            let fd = lowest(&model, least as i64);
                            model.insert(fd, file);
                            fd
                        });
                        (expected, ours.call(FCNTL, [from, 0, least, 0, 0, 0]))
                    }
                };
                prop_assert_eq!(answer, expected);
            }
            let files: std::collections::BTreeSet<_> = model.values().collect();
            prop_assert_eq!(ours.kernel.descriptions.len(), files.len());
            ours.kernel.close_all();
            prop_assert_eq!(ours.kernel.descriptions.len(), 0);
        }
    }

    #[test]
    fn there_is_a_limit_and_it_harms_nobody() {
        let mut ours = Ours::new();
        let limit = limits::DESCRIPTORS as i64;
        for fd in 0..limit {
            assert_eq!(ours.eventfd(0, 0), Ok(fd));
        }
        assert_eq!(ours.eventfd(0, 0), Err(Errno::EMFILE));
        assert_eq!(ours.pipe(0), Err(Errno::EMFILE));
        assert_eq!(ours.pair(0), Err(Errno::EMFILE));
        assert_eq!(ours.epoll(), Err(Errno::EMFILE));
        assert_eq!(ours.call(DUP, [0; 6]), Err(Errno::EMFILE));
        assert_eq!(ours.close(77), Ok(0));
        // One is not enough for two; the one is still there afterwards.
        assert_eq!(ours.pipe(0), Err(Errno::EMFILE));
        assert_eq!(ours.pair(0), Err(Errno::EMFILE));
        assert_eq!(ours.eventfd(0, 0), Ok(77));
        assert_eq!(ours.kernel.channels.len(), 0);
        assert_eq!(ours.kernel.epolls.len(), 0);
    }

    /// The calls with arguments that make no sense, on both systems.
    fn nonsense(system: &mut impl System) -> Vec<Answer> {
        let open = system.eventfd(1, NONBLOCK).unwrap() as u64;
        let calls = [
            (READ, [9999, 0, 0, 0, 0, 0]),
            (READ, [u64::MAX, 0, 0, 0, 0, 0]),
            (READ, [open, 8, 8, 0, 0, 0]),
            (WRITE, [open, 8, 8, 0, 0, 0]),
            (WRITEV, [open, 8, 1, 0, 0, 0]),
            (WRITEV, [open, 8, 2000, 0, 0, 0]),
            (FCNTL, [open, 9999, 0, 0, 0, 0]),
            (FCNTL, [open, 0, u64::MAX, 0, 0, 0]),
            (DUP3, [open, open, 0, 0, 0, 0]),
            (DUP3, [open, 5000, 1, 0, 0, 0]),
            (LSEEK, [open, 0, 99, 0, 0, 0]),
            (PIPE2, [8, 0, 0, 0, 0, 0]),
            (PIPE2, [8, 1, 0, 0, 0, 0]),
            (SOCKETPAIR, [1, 1, 0, 8, 0, 0]),
            (SOCKETPAIR, [2, 99, 0, 8, 0, 0]),
            (SOCKET, [9999, 1, 0, 0, 0, 0]),
            (SOCKET, [2, 1, 17, 0, 0, 0]),
            (BIND, [open, 8, 16, 0, 0, 0]),
            (SENDTO, [open, 8, 1, 0, 0, 0]),
            (GETSOCKNAME, [open, 8, 8, 0, 0, 0]),
            (SHUTDOWN, [open, 0, 0, 0, 0, 0]),
            (EVENTFD2, [0, 2, 0, 0, 0, 0]),
            (EPOLL_CREATE1, [1, 0, 0, 0, 0, 0]),
            (EPOLL_CREATE, [0, 0, 0, 0, 0, 0]),
            (EPOLL_CTL, [open, 2, open, 0, 0, 0]),
            (EPOLL_WAIT, [open, 8192, 1, 0, 0, 0]),
            (POLL, [8, 1, 0, 0, 0, 0]),
            (CLOCK_GETTIME, [99, 8, 0, 0, 0, 0]),
            (CLOCK_GETTIME, [1, 8, 0, 0, 0, 0]),
            (GETRANDOM, [8, 8, 0, 0, 0, 0]),
            (GETRANDOM, [0, 0, 8, 0, 0, 0]),
            (GETRANDOM, [0, 0, 6, 0, 0, 0]),
            (RT_SIGACTION, [65, 0, 0, 8, 0, 0]),
            (RT_SIGACTION, [1, 0, 0, 4, 0, 0]),
            (RT_SIGPROCMASK, [0, 8, 0, 8, 0, 0]),
            (OPEN, [8, 0, 0, 0, 0, 0]),
            (IOCTL, [open, 0x5401, 0, 0, 0, 0]),
            (MMAP, [0, 4096, 3, 0x20, u64::MAX, 0]),
            (MMAP, [0, 4096, 3, 2, u64::MAX, 0]),
            (MMAP, [0, 0, 3, 0x22, u64::MAX, 0]),
            (MUNMAP, [1, 4096, 0, 0, 0, 0]),
            (MPROTECT, [1, 4096, 0, 0, 0, 0]),
            (MADVISE, [4096, 4096, 99, 0, 0, 0]),
            (PRLIMIT64, [0, 99, 0, 0, 0, 0]),
            (FUTEX, [8, 0, 0, 0, 0, 0]),
            (9999, [0; 6]),
        ];
        let answers = calls.map(|(number, arguments)| system.call(number, arguments));
        system.close(open as i64).unwrap();
        answers.into()
    }

    #[test]
    fn nonsense_is_refused_as_linux_refuses_it() {
        let ours = nonsense(&mut Ours::new());
        let real = nonsense(&mut Real);
        let both = ours.iter().zip(&real).enumerate();
        let differ: Vec<_> = both.filter(|(_, (ours, real))| ours != real).collect();
        assert!(differ.is_empty(), "call, ours, Linux: {differ:?}");
    }
}

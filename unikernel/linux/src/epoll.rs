//! `epoll(7)`, as `fs/eventpoll.c` of Linux does it.
//!
//! Each instance has its registrations and a ready list. Something that happens
//! to a description [wakes](Kernel::wake) its registrations: they are put on
//! the list, though what happened may be over when `epoll_wait` looks. What is
//! on the list is asked for its state once, and dropped if there is nothing to
//! report. A level-triggered registration that was reported goes back to the
//! end of the list; an edge-triggered one has to be woken again, and every
//! wake counts, though the state was the same before. So the work is
//! proportional to what is ready, whatever the number of registrations.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use crate::arena::{Arena, Id};
use crate::descriptor::{self, CLOEXEC, Description};
use crate::errno::{Answer, Errno};
use crate::events;
use crate::kernel::Kernel;
use crate::limits;
use crate::object::Object;
use crate::platform::Platform;
use crate::time;
use crate::user::{self, UserSlice};

#[cfg(test)]
mod tests;

/// `struct epoll_event` on x86-64: packed, 4 bytes of events, 8 of data.
const EVENT_SIZE: usize = 12;

/// An epoll instance.
pub(crate) struct Epoll {
    registrations: Arena<Registration>,
    /// Linux names a registration by file and descriptor, so that a
    /// descriptor number that is used again is a new one.
    names: BTreeMap<(i32, Id<Description>), Id<Registration>>,
    /// The ready list, in the order of waking.
    ready: BTreeMap<u64, Id<Registration>>,
    /// The place at the end of the ready list.
    end: u64,
}

/// What is watched, and for what.
pub(crate) struct Registration {
    name: (i32, Id<Description>),
    /// Events and flags. No event at all after a one-shot report.
    interest: u32,
    /// The program's own, handed back with each event.
    data: u64,
    /// Its place on the ready list, when it is there.
    place: Option<u64>,
}

/// A description's note of a registration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watch {
    epoll: Id<Epoll>,
    registration: Id<Registration>,
}

/// What `epoll_ctl` is asked to do, parsed.
enum Control {
    Add(u32, u64),
    Modify(u32, u64),
    Delete,
}

impl Epoll {
    const fn new() -> Self {
        Self {
            registrations: Arena::new(),
            names: BTreeMap::new(),
            ready: BTreeMap::new(),
            end: 0,
        }
    }

    /// Puts a registration at the end of the ready list, once.
    fn queue(&mut self, id: Id<Registration>) {
        let registration = &mut self.registrations[id];
        if registration.place.is_none() {
            registration.place = Some(self.end);
            self.ready.insert(self.end, id);
            self.end += 1;
        }
    }

    fn pop(&mut self) -> Option<Id<Registration>> {
        let (_, id) = self.ready.pop_first()?;
        self.registrations[id].place = None;
        Some(id)
    }

    fn remove(&mut self, id: Id<Registration>) {
        let Some(registration) = self.registrations.remove(id) else {
            return;
        };
        self.names.remove(&registration.name);
        if let Some(place) = registration.place {
            self.ready.remove(&place);
        }
    }
}

impl<P: Platform> Kernel<P> {
    /// `epoll_create1(2)`.
    pub(crate) fn epoll_create1(&mut self, flags: u64) -> Answer {
        let flags = flags as u32;
        if flags & !CLOEXEC != 0 {
            return Err(Errno::EINVAL);
        }
        let epoll = self.epolls.insert(Epoll::new(), limits::EPOLLS);
        let epoll = epoll.map_err(|_| Errno::EMFILE)?;
        Ok(self.open(Object::Epoll(epoll), flags | descriptor::READ_WRITE)? as i64)
    }

    /// `epoll_create(2)`: the size is a hint from another time.
    pub(crate) fn epoll_create(&mut self, size: u64) -> Answer {
        if size as i32 <= 0 {
            return Err(Errno::EINVAL);
        }
        self.epoll_create1(0)
    }

    /// `epoll_ctl(2)`.
    pub(crate) fn epoll_ctl(&mut self, epoll: u64, op: u64, fd: u64, event: u64) -> Answer {
        let control = parse_control(op, event)?;
        let instance = self.description(epoll)?;
        let target = self.description(fd)?;
        match self.descriptions[target].object {
            Object::File(_) | Object::Null | Object::Random => return Err(Errno::EPERM),
            _ if instance == target => return Err(Errno::EINVAL),
            // Linux nests them, to a depth; here the depth is one.
            Object::Epoll(_) => return Err(Errno::ELOOP),
            _ => {}
        }
        let Object::Epoll(epoll) = self.descriptions[instance].object else {
            return Err(Errno::EINVAL);
        };
        let name = (fd as i32, target);
        let known = self.epolls[epoll].names.get(&name).copied();
        match (control, known) {
            (Control::Add(..), Some(_)) => return Err(Errno::EEXIST),
            (Control::Add(interest, data), None) => {
                self.register(epoll, name, interest, data)?;
            }
            (Control::Modify(interest, data), Some(id)) => {
                let registration = &mut self.epolls[epoll].registrations[id];
                if (registration.interest | interest) & events::EXCLUSIVE != 0 {
                    return Err(Errno::EINVAL);
                }
                registration.interest = interest;
                registration.data = data;
                self.queue_if_ready(epoll, id);
            }
            (Control::Delete, Some(id)) => self.unregister(epoll, id),
            (_, None) => return Err(Errno::ENOENT),
        }
        Ok(0)
    }

    fn register(
        &mut self,
        epoll: Id<Epoll>,
        name: (i32, Id<Description>),
        interest: u32,
        data: u64,
    ) -> Result<(), Errno> {
        let instance = &mut self.epolls[epoll];
        let registration = Registration {
            name,
            interest,
            data,
            place: None,
        };
        let limit = limits::EPOLL_REGISTRATIONS;
        let id = instance.registrations.insert(registration, limit);
        let id = id.map_err(|_| Errno::ENOSPC)?;
        instance.names.insert(name, id);
        self.descriptions[name.1].watches.push(Watch {
            epoll,
            registration: id,
        });
        self.queue_if_ready(epoll, id);
        Ok(())
    }

    fn unregister(&mut self, epoll: Id<Epoll>, id: Id<Registration>) {
        let target = self.epolls[epoll].registrations[id].name.1;
        let watch = Watch {
            epoll,
            registration: id,
        };
        let watches = &mut self.descriptions[target].watches;
        watches.retain(|other| *other != watch);
        self.epolls[epoll].remove(id);
    }

    /// A new interest is an event, if there is something to report already.
    fn queue_if_ready(&mut self, epoll: Id<Epoll>, id: Id<Registration>) {
        let registration = &self.epolls[epoll].registrations[id];
        let (target, interest) = (registration.name.1, registration.interest);
        if self.poll_events(target) & interest != 0 {
            self.epolls[epoll].queue(id);
        }
    }

    /// Something happened to a description: `happened` says what it may be
    /// good for ([`events::ANY`] when that is not known).
    pub(crate) fn wake(&mut self, id: Id<Description>, happened: u32) {
        // The newest first, as the wait queues of Linux are.
        for watch in self.descriptions[id].watches.iter().rev() {
            let epoll = &mut self.epolls[watch.epoll];
            let interest = epoll.registrations[watch.registration].interest;
            if interest & happened & !events::FLAGS != 0 {
                epoll.queue(watch.registration);
            }
        }
    }

    /// The description goes, and with it every registration of it.
    pub(crate) fn forget_watches(&mut self, id: Id<Description>) {
        for watch in core::mem::take(&mut self.descriptions[id].watches) {
            self.epolls[watch.epoll].remove(watch.registration);
        }
    }

    pub(crate) fn release_epoll(&mut self, id: Id<Epoll>) {
        let Some(epoll) = self.epolls.remove(id) else {
            return;
        };
        for (_, target) in epoll.names.into_keys() {
            let watches = &mut self.descriptions[target].watches;
            watches.retain(|watch| watch.epoll != id);
        }
    }

    /// An epoll instance can itself be polled.
    pub(crate) fn poll_epoll(&mut self, epoll: Id<Epoll>) -> u32 {
        let queued: Vec<_> = self.epolls[epoll].ready.values().copied().collect();
        let ready = queued.into_iter().any(|id| {
            let registration = &self.epolls[epoll].registrations[id];
            let (target, interest) = (registration.name.1, registration.interest);
            self.poll_events(target) & interest != 0
        });
        if ready { events::READABLE } else { 0 }
    }

    /// `epoll_wait(2)`: milliseconds, negative for ever.
    pub(crate) fn epoll_wait(&mut self, epoll: u64, list: u64, most: u64, ms: u64) -> Answer {
        self.epoll_report(epoll, list, most, time::from_ms(ms))
    }

    /// `epoll_pwait2(2)`: a `timespec`, none for ever.
    pub(crate) fn epoll_wait2(&mut self, epoll: u64, list: u64, most: u64, time: u64) -> Answer {
        let timeout = match time {
            0 => None,
            address => Some(time::load_timespec(address)?),
        };
        self.epoll_report(epoll, list, most, timeout)
    }

    fn epoll_report(
        &mut self,
        epoll: u64,
        list: u64,
        most: u64,
        timeout: Option<Duration>,
    ) -> Answer {
        let most = usize::try_from(most as i32).unwrap_or(0);
        if most == 0 {
            return Err(Errno::EINVAL);
        }
        let most = most.min(limits::EPOLL_EVENTS);
        let mut list = UserSlice::new(list, (most * EVENT_SIZE) as u64);
        let list = list.bytes_mut()?;
        let Object::Epoll(epoll) = self.descriptions[self.description(epoll)?].object else {
            return Err(Errno::EINVAL);
        };
        let reported = self.wait_for(timeout, |kernel| {
            let reported = kernel.collect(epoll, list);
            (reported > 0).then_some(reported)
        })?;
        Ok(reported.unwrap_or(0) as i64)
    }

    /// Fills `list` from the ready list (`ep_send_events` of Linux).
    fn collect(&mut self, epoll: Id<Epoll>, list: &mut [u8]) -> usize {
        let mut reported = 0;
        // What goes back to the end of the list is not for this call.
        let mut to_look_at = self.epolls[epoll].ready.len();
        let mut places = list.chunks_exact_mut(EVENT_SIZE);
        while to_look_at > 0 && places.len() > 0 {
            to_look_at -= 1;
            let Some(id) = self.epolls[epoll].pop() else {
                break;
            };
            let registration = &self.epolls[epoll].registrations[id];
            let (target, data) = (registration.name.1, registration.data);
            let now = self.poll_events(target) & registration_interest(&self.epolls[epoll], id);
            if now == 0 {
                continue;
            }
            if let Some(place) = places.next() {
                place[..4].copy_from_slice(&now.to_le_bytes());
                place[4..].copy_from_slice(&data.to_le_bytes());
                reported += 1;
            }
            let instance = &mut self.epolls[epoll];
            let interest = &mut instance.registrations[id].interest;
            if *interest & events::ONESHOT != 0 {
                *interest &= events::FLAGS;
            } else if *interest & events::EDGE == 0 {
                instance.queue(id);
            }
        }
        reported
    }
}

fn registration_interest(epoll: &Epoll, id: Id<Registration>) -> u32 {
    epoll.registrations[id].interest & !events::FLAGS
}

fn parse_control(op: u64, event: u64) -> Result<Control, Errno> {
    const EPOLL_CTL_ADD: u32 = 1;
    const EPOLL_CTL_DEL: u32 = 2;
    const EPOLL_CTL_MOD: u32 = 3;
    /// What may stand with `EPOLLEXCLUSIVE`.
    const WITH_EXCLUSIVE: u32 = events::IN
        | events::OUT
        | events::ERR
        | events::HUP
        | events::WAKEUP
        | events::EDGE
        | events::EXCLUSIVE;

    let load = || -> Result<(u32, u64), Errno> {
        let bytes: [u8; EVENT_SIZE] = user::load(event)?;
        let (interest, data) = bytes.split_at(4);
        let interest = interest.try_into().map(u32::from_le_bytes);
        let data = data.try_into().map(u64::from_le_bytes);
        let interest = interest.map_err(|_| Errno::EFAULT)?;
        if interest & events::EXCLUSIVE != 0 && interest & !WITH_EXCLUSIVE != 0 {
            return Err(Errno::EINVAL);
        }
        // These two are reported whether asked for or not.
        let interest = interest | events::ERR | events::HUP;
        Ok((interest, data.map_err(|_| Errno::EFAULT)?))
    };
    match op as u32 {
        EPOLL_CTL_ADD => load().map(|(interest, data)| Control::Add(interest, data)),
        EPOLL_CTL_MOD => load().map(|(interest, data)| Control::Modify(interest, data)),
        EPOLL_CTL_DEL => Ok(Control::Delete),
        _ => Err(Errno::EINVAL),
    }
}

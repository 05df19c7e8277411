//! A kernel on a machine that tests can look into: a clock that moves only
//! while the kernel waits, a wire with another stack at its other end, a
//! console and page tables that are lists.
//!
//! [`System`] is one system call; the tests of `epoll` make the same calls to
//! [`Ours`] and to the Linux that the tests run on ([`real`]), and compare.

pub(crate) mod real;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use machine::paging::{Access, OutOfMemory, PAGE_SIZE};
use net::{Config, Ipv4Cidr, Ipv4Config, Ipv6Cidr, Ipv6Config, Limits, Stack};

use crate::errno::Errno;
use crate::file::Files;
use crate::kernel::Kernel;
use crate::number::*;
use crate::platform::Platform;
use crate::time;

/// The kernel's addresses, and those of the other end of the wire.
pub(crate) const KERNEL_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
pub(crate) const PEER_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
pub(crate) const KERNEL_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
pub(crate) const PEER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2);

/// A system to make system calls to.
pub(crate) trait System {
    fn call(&mut self, number: u64, arguments: [u64; 6]) -> Result<i64, Errno>;
}

/// What the kernel and the test share.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) typed: VecDeque<u8>,
    pub(crate) printed: Vec<u8>,
    /// The access of each mapped page, by address.
    pub(crate) pages: BTreeMap<usize, Access>,
    /// Pages that may be mapped at a time.
    pub(crate) page_limit: usize,
    /// Frames on their way, by receiving side.
    frames: [VecDeque<Vec<u8>>; 2],
    /// What happens at which time: a script of the test.
    pub(crate) events: VecDeque<(Duration, Event)>,
}

/// Something that the test makes happen while the kernel waits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Typed(u8),
}

/// One end of the wire.
pub(crate) struct Port {
    world: Rc<RefCell<World>>,
    side: usize,
}

impl net::Link for Port {
    fn receive(&mut self, frame: &mut [u8]) -> Option<usize> {
        let bytes = self.world.borrow_mut().frames[self.side].pop_front()?;
        let length = bytes.len().min(frame.len());
        frame[..length].copy_from_slice(&bytes[..length]);
        Some(length)
    }

    fn can_transmit(&mut self) -> bool {
        true
    }

    fn transmit(&mut self, length: usize, fill: &mut dyn FnMut(&mut [u8])) {
        let mut frame = alloc::vec![0; length];
        fill(&mut frame);
        self.world.borrow_mut().frames[1 - self.side].push_back(frame);
    }

    fn flush(&mut self) {}

    fn mac(&self) -> [u8; 6] {
        [2, 0, 0, 0, 0, self.side as u8]
    }

    fn mtu(&self) -> usize {
        1500
    }
}

/// The other end of the wire.
pub(crate) type Peer = Rc<RefCell<Stack<Port>>>;

/// The machine under the kernel.
pub(crate) struct Machine {
    pub(crate) world: Rc<RefCell<World>>,
    pub(crate) peer: Peer,
}

impl Machine {
    /// Lets the other end work; true when that sent something to the kernel.
    fn run_peer(&self) -> bool {
        let now = time::to_instant(self.world.borrow().now);
        while self.peer.borrow_mut().poll(now) == net::More::Yes {}
        !self.world.borrow().frames[0].is_empty()
    }
}

impl Platform for Machine {
    type Link = Port;

    fn monotonic(&self) -> Duration {
        self.world.borrow().now
    }

    fn wall(&self) -> Duration {
        Duration::from_secs(1_700_000_000) + self.monotonic()
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        buffer.fill(0x5a);
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.world.borrow_mut().printed.extend(bytes);
    }

    fn console_read(&mut self, buffer: &mut [u8]) -> usize {
        let typed = &mut self.world.borrow_mut().typed;
        let length = buffer.len().min(typed.len());
        for (place, byte) in buffer.iter_mut().zip(typed.drain(..length)) {
            *place = byte;
        }
        length
    }

    fn wait(&mut self, _: &mut Port, deadline: Option<Duration>) {
        if self.run_peer() {
            return;
        }
        let peer = self.peer.borrow_mut().deadline().map(time::from_instant);
        let mut world = self.world.borrow_mut();
        let script = world.events.front().map(|(at, _)| *at);
        let next = [deadline, peer, script].into_iter().flatten().min();
        let next = next.expect("the kernel waits for something that will come");
        world.now = world.now.max(next);
        while let Some((_, event)) = world.events.pop_front_if(|(at, _)| *at <= next) {
            match event {
                Event::Typed(byte) => world.typed.push_back(byte),
            }
        }
        drop(world);
        self.run_peer();
    }

    fn map(&mut self, address: usize, pages: usize, access: Access) -> Result<(), OutOfMemory> {
        let mut world = self.world.borrow_mut();
        if world.pages.len() + pages > world.page_limit {
            return Err(OutOfMemory);
        }
        for page in 0..pages {
            let before = world.pages.insert(address + page * PAGE_SIZE, access);
            assert_eq!(before, None, "a page is mapped twice");
        }
        Ok(())
    }

    fn unmap(&mut self, address: usize, pages: usize) {
        let end = address + pages * PAGE_SIZE;
        let mut world = self.world.borrow_mut();
        world.pages.retain(|page, _| !(address..end).contains(page));
    }

    fn protect(&mut self, address: usize, pages: usize, access: Access) -> bool {
        let mut world = self.world.borrow_mut();
        (0..pages).all(|page| {
            let entry = world.pages.get_mut(&(address + page * PAGE_SIZE));
            entry.map(|entry| *entry = access).is_some()
        })
    }

    fn set_thread_pointer(&mut self, _: usize) -> bool {
        true
    }

    fn memory(&self) -> (u64, u64) {
        (64 << 20, 32 << 20)
    }
}

/// Our kernel, with the other end of its wire.
pub(crate) struct Ours {
    pub(crate) kernel: Kernel<Machine>,
    pub(crate) world: Rc<RefCell<World>>,
    pub(crate) peer: Peer,
}

impl System for Ours {
    fn call(&mut self, number: u64, arguments: [u64; 6]) -> Result<i64, Errno> {
        self.kernel.system_call(number, &arguments)
    }
}

impl Ours {
    pub(crate) fn new() -> Self {
        let world = Rc::new(RefCell::new(World {
            page_limit: 1 << 20,
            ..World::default()
        }));
        let stack = |side: usize, v4, v6| {
            let world = Rc::clone(&world);
            let config = Config {
                ipv4: Ipv4Config::Static {
                    cidr: Ipv4Cidr::new(v4, 24),
                    gateway: None,
                },
                ipv6: Ipv6Config::Static {
                    cidr: Ipv6Cidr::new(v6, 64),
                    gateway: None,
                },
                limits: Limits::for_memory(32 << 20),
                seed: side as u64,
            };
            Stack::new(
                Port { world, side },
                &config,
                time::to_instant(Duration::ZERO),
            )
        };
        let peer = Rc::new(RefCell::new(stack(1, PEER_V4, PEER_V6)));
        let machine = Machine {
            world: Rc::clone(&world),
            peer: Rc::clone(&peer),
        };
        let kernel = Kernel::new(
            machine,
            Box::new(stack(0, KERNEL_V4, KERNEL_V6)),
            Files::new(),
        );
        Self {
            kernel,
            world,
            peer,
        }
    }

    /// A kernel whose program has its three first descriptors.
    pub(crate) fn with_console() -> Self {
        let mut ours = Self::new();
        ours.kernel.open_console().unwrap();
        ours
    }

    /// What every Rust program does first, and so the tests.
    pub(crate) fn ignoring_sigpipe() -> Self {
        const SIGPIPE: u64 = 13;
        let mut ours = Self::new();
        let ignore = [1_u64, 0, 0, 0];
        ours.call(RT_SIGACTION, [SIGPIPE, at(&ignore), 0, 8, 0, 0])
            .unwrap();
        ours
    }

    /// Lets both ends work until neither has anything to say.
    pub(crate) fn settle(&mut self) {
        loop {
            while self.kernel.pump() == net::More::Yes {}
            let more_for_kernel = self.kernel.platform.run_peer();
            if !more_for_kernel && self.world.borrow().frames[1].is_empty() {
                return;
            }
        }
    }

    /// Lets time pass, from one deadline to the next.
    pub(crate) fn advance(&mut self, time: Duration) {
        let end = self.world.borrow().now + time;
        loop {
            self.settle();
            let deadlines = [self.kernel.stack.deadline(), self.peer.borrow().deadline()];
            let next = deadlines
                .into_iter()
                .flatten()
                .map(time::from_instant)
                .min();
            let mut world = self.world.borrow_mut();
            match next.filter(|&next| next < end) {
                // A deadline that has passed and stays is not waited for.
                Some(next) => world.now = next.max(world.now + Duration::from_micros(1)),
                None => {
                    world.now = end;
                    break;
                }
            }
        }
        self.settle();
    }
}

/// The address of something, as a system call takes it.
pub(crate) fn at<T: ?Sized>(thing: &T) -> u64 {
    core::ptr::from_ref(thing).cast::<u8>().expose_provenance() as u64
}

/// The same, of something that the call will write to.
pub(crate) fn at_mut<T: ?Sized>(thing: &mut T) -> u64 {
    core::ptr::from_mut(thing).cast::<u8>().expose_provenance() as u64
}

/// System calls as tests like to make them.
pub(crate) trait Calls: System {
    fn read(&mut self, fd: i64, buffer: &mut [u8]) -> Result<usize, Errno> {
        let arguments = [fd as u64, at_mut(buffer), buffer.len() as u64, 0, 0, 0];
        self.call(READ, arguments).map(|length| length as usize)
    }

    fn write(&mut self, fd: i64, bytes: &[u8]) -> Result<usize, Errno> {
        let arguments = [fd as u64, at(bytes), bytes.len() as u64, 0, 0, 0];
        self.call(WRITE, arguments).map(|length| length as usize)
    }

    fn close(&mut self, fd: i64) -> Result<i64, Errno> {
        self.call(CLOSE, [fd as u64, 0, 0, 0, 0, 0])
    }

    fn eventfd(&mut self, initial: u32, flags: u32) -> Result<i64, Errno> {
        self.call(EVENTFD2, [initial.into(), flags.into(), 0, 0, 0, 0])
    }

    fn pipe(&mut self, flags: u32) -> Result<[i64; 2], Errno> {
        let mut fds = [0_i32; 2];
        self.call(PIPE2, [at_mut(&mut fds), flags.into(), 0, 0, 0, 0])?;
        Ok(fds.map(i64::from))
    }

    fn pair(&mut self, flags: u32) -> Result<[i64; 2], Errno> {
        let mut fds = [0_i32; 2];
        let kind = u64::from(1 | flags);
        self.call(SOCKETPAIR, [1, kind, 0, at_mut(&mut fds), 0, 0])?;
        Ok(fds.map(i64::from))
    }

    fn epoll(&mut self) -> Result<i64, Errno> {
        self.call(EPOLL_CREATE1, [0; 6])
    }

    fn control(
        &mut self,
        epoll: i64,
        op: u64,
        fd: i64,
        events: u32,
        data: u64,
    ) -> Result<i64, Errno> {
        let mut event = [0; 12];
        event[..4].copy_from_slice(&events.to_le_bytes());
        event[4..].copy_from_slice(&data.to_le_bytes());
        self.call(EPOLL_CTL, [epoll as u64, op, fd as u64, at(&event), 0, 0])
    }

    /// The events, as pairs of events and data.
    fn wait(&mut self, epoll: i64, most: usize, ms: i32) -> Result<Vec<(u32, u64)>, Errno> {
        let mut list = [[0; 12]; 64];
        let arguments = [
            epoll as u64,
            at_mut(&mut list),
            most as u64,
            ms as u64,
            0,
            0,
        ];
        let count = self.call(EPOLL_WAIT, arguments)? as usize;
        let events = list[..count].iter().map(|entry| {
            let (events, data) = entry.split_at(4);
            let events = u32::from_le_bytes(events.try_into().unwrap());
            (events, u64::from_le_bytes(data.try_into().unwrap()))
        });
        Ok(events.collect())
    }
}

impl<S: System> Calls for S {}

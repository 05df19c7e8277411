//! The kernel's state, all of it.
//!
//! A [`Kernel`] is made over a [`Platform`], so that the tests can have as many
//! as they want. Each family of system calls is an `impl` of it, in a file of
//! its own; `table.rs` leads there by number.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use net::{SocketId, Stack};

use crate::arena::{Arena, Id};
use crate::channel::Channel;
use crate::console::Input;
use crate::descriptor::{Description, Table};
use crate::epoll::Epoll;
use crate::errno::Answer;
use crate::file::Files;
use crate::limits;
use crate::memory::Memory;
use crate::platform::Platform;
use crate::signal::{Due, Signals};
use crate::time;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It called `exit`.
    Status(i32),
    /// A signal ended it.
    Signal(i32),
    /// Its only thread waits for another one.
    Deadlock,
}

/// Everything the system calls know.
pub(crate) struct Kernel<P: Platform> {
    pub(crate) platform: P,
    pub(crate) stack: Box<Stack<P::Link>>,
    pub(crate) table: Table,
    pub(crate) descriptions: Arena<Description>,
    pub(crate) channels: Arena<Channel>,
    pub(crate) epolls: Arena<Epoll>,
    /// Who has which socket of the stack.
    pub(crate) sockets: BTreeMap<SocketId, Id<Description>>,
    /// Sockets that something happened to; empty between calls, and here only
    /// to keep its memory.
    pub(crate) changed: Vec<SocketId>,
    pub(crate) memory: Memory,
    pub(crate) signals: Signals,
    pub(crate) console: Input,
    pub(crate) console_description: Option<Id<Description>>,
    pub(crate) files: Files,
    pub(crate) ending: Option<Ending>,
    /// Numbers of system calls that were made and do not exist here.
    pub(crate) unknown: BTreeSet<u64>,
}

impl<P: Platform> Kernel<P> {
    /// A kernel for a new program, without descriptors.
    pub(crate) fn new(platform: P, stack: Box<Stack<P::Link>>, files: Files) -> Self {
        Self {
            platform,
            stack,
            table: Table::new(limits::DESCRIPTORS),
            descriptions: Arena::new(),
            channels: Arena::new(),
            epolls: Arena::new(),
            sockets: BTreeMap::new(),
            changed: Vec::new(),
            memory: Memory::new(),
            signals: Signals::new(),
            console: Input::new(),
            console_description: None,
            files,
            ending: None,
            unknown: BTreeSet::new(),
        }
    }

    /// `exit(2)`, `exit_group(2)`.
    pub(crate) fn exit(&mut self, status: u64) -> Answer {
        // The parent would see the low eight bits.
        self.ending = Some(Ending::Status((status & 0xff) as i32));
        Ok(0)
    }

    /// What has to be done before the program goes on.
    pub(crate) fn next_due(&mut self) -> Option<Due> {
        match self.ending.take() {
            Some(ending) => Some(Due::End(ending)),
            None => self.signals.next_due(),
        }
    }

    /// The program is gone; what it has sent should still arrive.
    pub(crate) fn settle(&mut self) {
        self.close_all();
        let end = self.platform.monotonic() + limits::LINGER_AT_EXIT;
        loop {
            let more = self.pump();
            let now = self.platform.monotonic();
            if !self.stack.is_closing() || now >= end {
                return;
            }
            if more == net::More::No {
                let timer = self.stack.deadline().map(time::from_instant);
                let wake_up = timer.unwrap_or(end).min(end);
                self.platform.wait(self.stack.link_mut(), Some(wake_up));
            }
        }
    }
}

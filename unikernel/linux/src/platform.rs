//! What the system calls need of the machine under them.
//!
//! Booted, that is the crate `machine` ([`Booted`]); the tests give a clock
//! that they turn themselves and a network of bytes.

use core::time::Duration;

use machine::paging::{Access, OutOfMemory};
use machine::power::{Failure, fail};

/// The machine, as far as system calls see it.
pub(crate) trait Platform {
    /// Where frames come from and go to.
    type Link: net::Link;

    /// Time since the start.
    fn monotonic(&self) -> Duration;
    /// Time since 1970.
    fn wall(&self) -> Duration;
    /// Fills `buffer` with random bytes fit for keys.
    fn entropy(&mut self, buffer: &mut [u8]);
    /// Writes to the console.
    fn console_write(&mut self, bytes: &[u8]);
    /// Takes what was typed at the console; 0 when nothing was.
    fn console_read(&mut self, buffer: &mut [u8]) -> usize;
    /// Sleeps until `deadline` (on the monotonic clock), until a frame has
    /// arrived or something was typed. May return early.
    fn wait(&mut self, link: &mut Self::Link, deadline: Option<Duration>);
    /// Maps zeroed pages.
    fn map(&mut self, address: usize, pages: usize, access: Access) -> Result<(), OutOfMemory>;
    /// Unmaps what is mapped of these pages.
    fn unmap(&mut self, address: usize, pages: usize);
    /// Changes the access of mapped pages; false when that cannot be.
    fn protect(&mut self, address: usize, pages: usize, access: Access) -> bool;
    /// Sets the thread pointer; false when nothing can be there.
    fn set_thread_pointer(&mut self, address: usize) -> bool;
    /// Memory: what there is, and what of it is free, in bytes.
    fn memory(&self) -> (u64, u64);
}

/// The booted machine.
pub(crate) struct Booted;

impl Platform for Booted {
    type Link = virtio::net::Device;

    fn monotonic(&self) -> Duration {
        machine::clock::monotonic()
    }

    fn wall(&self) -> Duration {
        machine::clock::wall()
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        machine::entropy::fill(buffer);
    }

    fn console_write(&mut self, bytes: &[u8]) {
        machine::console::write(bytes);
    }

    fn console_read(&mut self, buffer: &mut [u8]) -> usize {
        machine::console::read(buffer)
    }

    fn wait(&mut self, link: &mut Self::Link, deadline: Option<Duration>) {
        if let Some(problem) = link.failure() {
            fail(Failure::Network, format_args!("network: {problem}"));
        }
        // A frame that came before `arm` is seen by `pending`, one that comes
        // after it interrupts: none is slept through.
        link.arm();
        machine::idle::wait(deadline, || link.pending() || machine::console::pending());
        link.disarm();
    }

    fn map(&mut self, address: usize, pages: usize, access: Access) -> Result<(), OutOfMemory> {
        machine::paging::map(address, pages, access)
    }

    fn unmap(&mut self, address: usize, pages: usize) {
        machine::paging::unmap(address, pages);
    }

    fn protect(&mut self, address: usize, pages: usize, access: Access) -> bool {
        machine::paging::protect(address, pages, access)
    }

    fn set_thread_pointer(&mut self, address: usize) -> bool {
        machine::program::set_thread_pointer(address)
    }

    fn memory(&self) -> (u64, u64) {
        (machine::total_bytes(), machine::free_bytes())
    }
}

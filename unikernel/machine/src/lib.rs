//! The machine: boot, CPU, memory, clocks, entropy, console, power.
//!
//! This crate is the home of unsafe code. Everything above it is safe Rust,
//! because what it offers cannot be misused. It works in both lives of the
//! image: booted on the bare (virtual) machine, and run as a Linux process,
//! where only the [`Heap`] and [`image`] are used.
//!
//! # From power-on to the program
//!
//! 1. `entry.s`: 32-bit PVH entry → long mode → [`boot`].
//! 2. [`boot`]: the monitor's start info → console, memory, page tables,
//!    descriptor tables, clock, entropy.
//! 3. `linux` (above this crate) brings up devices and the network, and asks
//!    [`program`] to start the C runtime at the ELF entry point.
//! 4. From then on this crate is entered by `syscall.s` only, and waits in
//!    [`idle`].
//!
//! # The address space
//!
//! ```text
//! 0x0000_0000_0000  not mapped (one page: a null pointer faults)
//! 0x0000_0000_1000  RAM and devices below 4 GiB, identity-mapped
//! 0x0000_0020_0000    the image: read-only, text, data, attachment
//! 0x0001_0000_0000  RAM and devices above 4 GiB, identity-mapped
//! 0x6000_0000_0000  what the program maps: brk, mmap    (paging::PROGRAM)
//! 0x7000_0000_0000  stacks, each with a guard page below (stack)
//! ```
//!
//! Interrupts are enabled in one place, [`idle::wait`], and all their handlers
//! do is end that wait: no code here can be interrupted.
#![no_std]
#![expect(unsafe_code, reason = "the home of unsafe code")]

use core::sync::atomic::{AtomicBool, Ordering};

mod acpi;
mod apic;
pub mod boot;
pub mod clock;
pub mod console;
mod cpu;
pub mod dma;
pub mod entropy;
mod exception;
mod frames;
mod heap;
pub mod idle;
pub mod image;
pub mod interrupt;
mod limits;
mod lock;
mod mem;
mod memory;
pub mod mmio;
pub mod paging;
pub mod pci;
mod pit;
mod port;
pub mod power;
pub mod program;
mod pvclock;
mod rtc;
pub mod stack;

pub use heap::Heap;
pub use lock::{Guard, Lock};
pub use memory::{free_bytes, total_bytes};

/// How this file was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// As a Linux process.
    Run,
    /// As a virtual machine.
    Boot,
}

/// Set by [`boot`] before anything else happens.
static BOOTED: AtomicBool = AtomicBool::new(false);

/// How this file was started.
pub fn life() -> Life {
    if BOOTED.load(Ordering::Relaxed) {
        Life::Boot
    } else {
        Life::Run
    }
}

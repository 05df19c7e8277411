//! The machine: boot, CPU, memory, clocks, entropy, console, power.
//!
//! This crate is the home of unsafe code. Everything above it is safe Rust,
//! because what it offers cannot be misused. It works in both lives of the
//! image: booted on the bare (virtual) machine, and run as a Linux process,
//! where only the allocator and the entropy of this crate are used.
#![no_std]
#![expect(unsafe_code, reason = "the home of unsafe code")]

pub mod boot;
pub mod clock;
pub mod console;
pub mod dma;
pub mod entropy;
pub mod idle;
pub mod interrupt;
mod lock;
pub mod mmio;
pub mod paging;
pub mod pci;
pub mod power;
pub mod program;
pub mod stack;

pub use lock::{Guard, Lock};

/// How this file was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// As a Linux process.
    Run,
    /// As a virtual machine.
    Boot,
}

/// How this file was started.
pub fn life() -> Life {
    Life::Run
}

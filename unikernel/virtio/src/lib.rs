//! Virtio devices: the network card and the entropy source.
//!
//! Virtual I/O Device (VIRTIO) Version 1.2, non-legacy devices only; section
//! numbers in this crate are those of that document. Safe code over
//! `machine`'s `dma`, `mmio` and `pci`.
//!
//! 1. [`transport`]: finds devices on PCI or on the command line, and hides
//!    the difference.
//! 2. [`start`]: resets a device and agrees with it on features.
//! 3. [`queue`]: buffers that the device and we hand to each other.
//! 4. [`net`] and [`entropy`]: what the buffers mean.
//!
//! A device is untrusted. What it may write is copied, checked against what it
//! was given, and then used; when it writes nonsense it is reset and not used
//! any more. Nothing it does can cause a panic here.
#![no_std]

extern crate alloc;

pub mod entropy;
mod error;
mod limits;
pub mod net;
mod queue;
mod start;
mod transport;

#[cfg(test)]
mod fake;

pub use error::{Error, Problem};
pub use queue::Nonsense;
pub use transport::{Kind, Place};

//! What can be wrong with devices, and with how they are named.

use alloc::string::String;
use core::fmt;

use machine::{mmio, pci};

use crate::queue::Nonsense;
use crate::transport::{Kind, Place};

/// Why there is no device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is none of this kind, neither on PCI nor on the command line.
    NotFound(Kind),
    /// A `virtio_mmio.device=` whose value (given here) is not
    /// `SIZE@BASE:IRQ[:ID]`.
    Parameter(String),
    /// There is one, but it cannot be used.
    Device {
        /// Where it is.
        place: Place,
        /// What is wrong with it.
        problem: Problem,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(kind) => write!(
                f,
                "no virtio {kind}, neither on PCI nor named by virtio_mmio.device= on the command line"
            ),
            Self::Parameter(value) => write!(
                f,
                "virtio_mmio.device={value}: expected SIZE@BASE:IRQ[:ID], as in 512@0xfeb00e00:12"
            ),
            Self::Device { place, problem } => write!(f, "virtio device at {place}: {problem}"),
        }
    }
}

impl core::error::Error for Error {}

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It has the interface of before virtio 1.0 only.
    Legacy,
    /// It does not have this part of the interface of its bus.
    NoInterface(&'static str),
    /// Its PCI function is not as it should be.
    Pci(pci::Error),
    /// Its registers cannot be reached.
    Registers(mmio::Error),
    /// Its range of registers is too small, in bytes.
    TooSmall(u64),
    /// Its status did not become 0 when it was reset: it is this.
    NoReset(u8),
    /// It does not offer `VIRTIO_F_VERSION_1`, but only these features.
    NoVersion1(u64),
    /// It refused these features, all of which it had offered.
    FeaturesRefused(u64),
    /// It does not have the queue of this number.
    NoQueue(u16),
    /// The queue of this number is in use right after a reset.
    QueueInUse(u16),
    /// The doorbell of the queue of this number is outside its part.
    Doorbell(u16),
    /// It has no interrupt for the queue of this number.
    NoInterrupt(u16),
    /// Its configuration ends before the field at this offset.
    ConfigurationTooShort(usize),
    /// Its configuration changes faster than it can be read.
    ConfigurationUnstable,
    /// There is not enough memory for its queues.
    OutOfMemory,
    /// It wrote what makes no sense into a queue.
    Nonsense(Nonsense),
    /// It asked to be reset, or has gone: its status is this.
    NeedsReset(u8),
    /// It did not answer in time.
    TimedOut,
    /// It answered without the bytes it was asked for.
    NoBytes,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Legacy => f.write_str(
                "only the legacy interface is offered; virtio 1 is needed \
                 (QEMU: disable-modern=off, -global virtio-mmio.force-legacy=false)",
            ),
            Self::NoInterface(part) => write!(f, "the {part} is missing or malformed"),
            Self::Pci(error) => error.fmt(f),
            Self::Registers(error) => error.fmt(f),
            Self::TooSmall(bytes) => write!(f, "{bytes} bytes of registers are too few"),
            Self::NoReset(status) => write!(f, "the status after a reset is {status:#04x}, not 0"),
            Self::NoVersion1(offered) => {
                write!(f, "virtio 1 is needed, but the features are {offered:#x}")
            }
            Self::FeaturesRefused(features) => {
                write!(
                    f,
                    "the features {features:#x} were offered, but then refused"
                )
            }
            Self::NoQueue(queue) => write!(f, "there is no queue {queue}"),
            Self::QueueInUse(queue) => write!(f, "queue {queue} is in use after a reset"),
            Self::Doorbell(queue) => write!(f, "the doorbell of queue {queue} is out of range"),
            Self::NoInterrupt(queue) => write!(f, "there is no interrupt for queue {queue}"),
            Self::ConfigurationTooShort(offset) => {
                write!(f, "the configuration ends before offset {offset}")
            }
            Self::ConfigurationUnstable => f.write_str("the configuration never stays the same"),
            Self::OutOfMemory => f.write_str("not enough memory for the queues"),
            Self::Nonsense(nonsense) => nonsense.fmt(f),
            Self::NeedsReset(status) => write!(f, "it needs a reset (status {status:#04x})"),
            Self::TimedOut => f.write_str("it did not answer in time"),
            Self::NoBytes => f.write_str("it answered without the bytes it was asked for"),
        }
    }
}

impl core::error::Error for Problem {}

impl From<Nonsense> for Problem {
    fn from(nonsense: Nonsense) -> Self {
        Self::Nonsense(nonsense)
    }
}

impl From<pci::Error> for Problem {
    fn from(error: pci::Error) -> Self {
        Self::Pci(error)
    }
}

impl From<mmio::Error> for Problem {
    fn from(error: mmio::Error) -> Self {
        Self::Registers(error)
    }
}

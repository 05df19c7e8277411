//! How a device is reached: a [`Transport`].
//!
//! Section 4. [`find`] looks for a device of a [`Kind`] on PCI (`pci`) and then
//! among the register ranges named on the command line (`parameter`, `mmio`).

mod mmio;
mod parameter;
mod pci;

use alloc::boxed::Box;
use core::fmt;

use crate::error::{Error, Problem};
use crate::queue::Ring;

/// What a device does (section 5). The number is its device ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A network card (5.1).
    Network = 1,
    /// An entropy source (5.4).
    Entropy = 4,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "network device",
            Self::Entropy => "entropy device",
        })
    }
}

/// Where a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// This function on PCI.
    Pci(machine::pci::Function),
    /// Registers at this physical address.
    Registers(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pci(function) => write!(f, "PCI {function}"),
            Self::Registers(address) => write!(f, "{address:#x}"),
        }
    }
}

/// The registers that all transports have in some form. Offsets are in bytes.
pub(crate) trait Transport: Send {
    /// Where the device is, for messages.
    fn place(&self) -> Place;

    /// The device status field (2.1).
    fn status(&self) -> u8;

    /// Sets the device status field; 0 resets the device.
    fn set_status(&mut self, status: u8);

    /// The features that the device offers (2.2).
    fn offered_features(&mut self) -> u64;

    /// Sets the features that we accept.
    fn accept_features(&mut self, features: u64);

    /// Has the queues that are set up after this interrupt the CPU.
    fn enable_interrupts(&mut self) -> Result<(), Problem>;

    /// How many buffers queue number `queue` can hold; 0 when there is no such
    /// queue.
    fn largest_queue(&mut self, queue: u16) -> u16;

    /// Tells the device where the queue is, and enables it.
    fn set_queue(&mut self, queue: u16, ring: &Ring) -> Result<(), Problem>;

    /// Tells the device that there are new buffers in the queue.
    fn notify(&mut self, queue: u16);

    /// Takes back the interrupt that the device may have raised, so that it
    /// can raise the next one.
    fn acknowledge(&mut self);

    /// Changes whenever the configuration does (2.5).
    fn configuration_generation(&self) -> u32;

    /// A field of the device's configuration.
    fn configuration_u8(&self, offset: usize) -> Result<u8, Problem>;

    /// A field of the device's configuration.
    fn configuration_u16(&self, offset: usize) -> Result<u16, Problem>;
}

/// The first device of this kind. Devices that cannot be used are passed over;
/// if there is no other, the error is about the first of them.
pub(crate) fn find(kind: Kind, command_line: &str) -> Result<Box<dyn Transport>, Error> {
    let mut first_problem = None;
    let mut note = |place, problem| {
        first_problem.get_or_insert(Error::Device { place, problem });
    };
    let parameters = parameter::parse(command_line)?;
    for function in machine::pci::functions().filter(|function| pci::is(*function, kind)) {
        match pci::Functional::open(function) {
            Ok(transport) => return Ok(Box::new(transport)),
            Err(problem) => note(Place::Pci(function), problem),
        }
    }
    for parameter in parameters {
        match mmio::Registers::open(parameter, kind) {
            Ok(Some(transport)) => return Ok(Box::new(transport)),
            Ok(None) => {}
            Err(problem) => note(Place::Registers(parameter.base), problem),
        }
    }
    Err(first_problem.unwrap_or(Error::NotFound(kind)))
}

//! A running image, in any of its lives: started, watched, asked, stopped.
//!
//! * [`Settings`] say how to start one; [`Guest::start`] does.
//! * [`Console`] is what it has said so far.
//! * [`Exit`] is how it ended.
//!
//! Only this module knows QEMU. A guest never outlives `fata`: see [`guard`].

mod console;
mod exit;
pub mod guard;
mod ports;
mod process;
mod qemu;
mod running;

pub use console::parse_fingerprint;
pub use console::{Console, Listening};
pub use exit::{Exit, Failure};
pub use ports::Ports;
pub use qemu::{Accelerator, Devices, Machine, PROGRAM as QEMU};
pub use running::{Ended, Guest, Observer, Ready};

use std::path::PathBuf;

/// How an image is started.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program that becomes the guest: see [`guard`].
    pub guard: PathBuf,
    /// The local ports; 0 is a free one.
    pub ports: Ports,
    /// Booted or run.
    pub life: Life,
    /// Arguments of the program in the image, after those that `fata` gives it.
    pub arguments: Vec<String>,
}

/// The lives of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// As a Linux process.
    Process,
    /// As a virtual machine.
    Boot(Hardware),
}

/// The virtual machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardware {
    /// Which board.
    pub machine: Machine,
    /// Who executes the guest's instructions.
    pub accelerator: Accelerator,
    /// Its memory.
    pub memory_mib: u32,
    /// What is there beside CPU, memory and console.
    pub devices: Devices,
    /// The kernel's parameter `ip=`, as Linux reads it.
    pub ip: String,
}

impl Hardware {
    /// The address that QEMU's user network gives its first guest: told to the
    /// guest, it need not ask.
    pub const IP: &str = "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off";

    /// A machine with everything that the image needs.
    pub fn new(machine: Machine, accelerator: Accelerator, memory_mib: u32) -> Self {
        Self {
            machine,
            accelerator,
            memory_mib,
            devices: Devices::All,
            ip: Self::IP.to_owned(),
        }
    }
}

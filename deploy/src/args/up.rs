//! The command line of `fata up`.

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use super::{SiteArgs, default_out};
use crate::guest::{self, Accelerator, Hardware, Life, Ports, Settings};
use crate::install::{self, QEMU};
use crate::limits::DEFAULT_MEMORY_MIB;
use crate::report::tell;
use crate::up::{self, Edits};

#[derive(Debug, Args)]
pub(super) struct UpArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Local port for HTTPS; 0 picks a free one, here and below
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    https: u16,
    /// Local port for HTTP
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    http: u16,
    /// Local port for DNS, over UDP and TCP
    #[arg(long, value_name = "PORT", default_value_t = 5353)]
    dns: u16,
    /// The machine: a PC with PCI, or one without that starts faster
    #[arg(long, value_enum, default_value_t = LowMachine::Q35)]
    machine: LowMachine,
    /// Who executes the guest: KVM where it works, else QEMU's translator
    #[arg(long, value_enum, default_value_t = LowAccelerator::Auto)]
    accel: LowAccelerator,
    /// Memory of the guest
    #[arg(long, value_name = "MIB", default_value_t = DEFAULT_MEMORY_MIB)]
    memory: u32,
    /// Run the image as a process instead of booting it
    #[arg(long)]
    process: bool,
    /// Build and boot again on each edit
    #[arg(long)]
    watch: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LowMachine {
    Q35,
    Microvm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LowAccelerator {
    Auto,
    Kvm,
    Tcg,
}

impl UpArgs {
    pub(super) fn interpret(&self) -> Result<up::Options> {
        let site = self.site.open()?;
        let ports = Ports {
            https: self.https,
            http: self.http,
            dns: self.dns,
        };
        let guard = std::env::current_exe().context("cannot find my own program")?;
        Ok(up::Options {
            out: default_out(&site),
            settings: Settings {
                guard,
                ports,
                life: self.life()?,
                arguments: Vec::new(),
            },
            edits: if self.watch {
                Edits::Follow
            } else {
                Edits::Ignore
            },
            site,
        })
    }

    /// Booted, unless told otherwise or there is nothing to boot it in.
    fn life(&self) -> Result<Life> {
        if self.process {
            return Ok(Life::Process);
        }
        if let Err(missing) = install::ensure(QEMU) {
            tell(format_args!(
                "fata: there is no QEMU here; this installs it:"
            ));
            tell(format_args!("    {}", missing.command()));
            tell(format_args!(
                "fata: without it, the image runs as a process"
            ));
            return Ok(Life::Process);
        }
        let machine = match self.machine {
            LowMachine::Q35 => guest::Machine::Q35,
            LowMachine::Microvm => guest::Machine::Microvm,
        };
        let hardware = Hardware::new(machine, self.accelerator()?, self.memory);
        Ok(Life::Boot(hardware))
    }

    fn accelerator(&self) -> Result<Accelerator> {
        let (found, why_not) = Accelerator::choose();
        match (self.accel, why_not) {
            (LowAccelerator::Tcg, _) => Ok(Accelerator::Tcg),
            (LowAccelerator::Kvm, Some(why_not)) => bail!("KVM does not work here: {why_not}"),
            (LowAccelerator::Auto, Some(why_not)) => {
                tell(format_args!(
                    "fata: no KVM ({why_not}): the machine is emulated (TCG)"
                ));
                Ok(found)
            }
            (LowAccelerator::Auto | LowAccelerator::Kvm, None) => Ok(found),
        }
    }
}

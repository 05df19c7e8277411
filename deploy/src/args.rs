//! The command line: [`LowArgs`] is what was typed, [`Command`] what it means.

mod bench;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::guest::{self, Accelerator, Hardware, Life, Ports, Settings};
use crate::install::{self, QEMU};
use crate::limits::DEFAULT_MEMORY_MIB;
use crate::site::{Compression, Site};
use crate::up::{self, Edits};

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "fata",
    version,
    about = "Markdown in, one file out: a web site that is its own operating system",
    after_help = "A site is a directory that holds content/ (with site.toml in it) and themes/."
)]
pub struct LowArgs {
    #[command(subcommand)]
    command: LowCommand,
}

#[derive(Debug, Subcommand)]
enum LowCommand {
    /// Build what is stale, boot it, and say where to look
    Up(UpArgs),
    /// Write the site, its pack and its image
    Build(BuildArgs),
    /// Say what is wrong with the site, and build nothing
    Check(SiteArgs),
    /// Test everything: formatting, lints, units, and whole machines
    Test,
    /// Measure the generator and the image
    Bench(bench::BenchArgs),
}

#[derive(Debug, Args)]
struct SiteArgs {
    /// The site [default: the current directory]
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct UpArgs {
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

#[derive(Debug, Args)]
struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Where to write [default: out/ in the site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Leave the compressed variants out
    #[arg(long)]
    uncompressed: bool,
    /// Write only the pack, into this file, and no image
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pack: Option<PathBuf>,
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

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// `fata up`
    Up(up::Options),
    /// `fata build`
    Build {
        /// What to build.
        site: Site,
        /// Where to.
        out: PathBuf,
        /// With the compressed variants, or without.
        compression: Compression,
        /// Where to write the pack, and nothing else.
        pack: Option<PathBuf>,
    },
    /// `fata check`
    Check(Site),
    /// `fata test`
    Test,
    /// `fata bench`
    Bench(crate::bench::Options),
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for people.
    Text,
    /// One JSON object for programs.
    Json,
}

impl LowArgs {
    /// What was typed, understood. May install a monitor.
    pub fn interpret(self) -> Result<Command> {
        Ok(match self.command {
            LowCommand::Up(arguments) => Command::Up(arguments.interpret()?),
            LowCommand::Build(BuildArgs {
                site,
                out,
                uncompressed,
                pack,
            }) => {
                let site = site.open()?;
                Command::Build {
                    out: out.unwrap_or_else(|| default_out(&site)),
                    site,
                    compression: if uncompressed {
                        Compression::None
                    } else {
                        Compression::Full
                    },
                    pack,
                }
            }
            LowCommand::Check(site) => Command::Check(site.open()?),
            LowCommand::Test => Command::Test,
            LowCommand::Bench(arguments) => Command::Bench(arguments.interpret()?),
        })
    }
}

impl SiteArgs {
    fn open(&self) -> Result<Site> {
        Site::open(self.site.as_deref().unwrap_or(Path::new(".")))
    }
}

impl UpArgs {
    fn interpret(&self) -> Result<up::Options> {
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
            eprintln!("fata: there is no QEMU here; this installs it:");
            eprintln!("    {}", missing.command());
            eprintln!("fata: without it, the image runs as a process");
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
                eprintln!("fata: no KVM ({why_not}): the machine is emulated (TCG)");
                Ok(found)
            }
            (LowAccelerator::Auto | LowAccelerator::Kvm, None) => Ok(found),
        }
    }
}

fn default_out(site: &Site) -> PathBuf {
    site.directory().join("out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_is_sound() {
        use clap::CommandFactory as _;
        LowArgs::command().debug_assert();
    }

    #[test]
    fn no_option_is_misread() {
        for bad in [
            &["fata", "up", "--https", "65536"][..],
            &["fata", "up", "--machine", "pc"],
            &["fata", "build", "site"],
            &["fata"],
        ] {
            assert!(LowArgs::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}

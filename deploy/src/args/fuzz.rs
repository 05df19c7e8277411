//! The command line of `fata fuzz`.

use std::time::Duration;

use clap::Args;

use crate::fuzz::{Options, Target};

/// What was typed.
#[derive(Debug, Args)]
pub(super) struct FuzzArgs {
    /// What to fuzz [default: everything, one after the other]
    #[arg(value_enum, value_name = "TARGET")]
    targets: Vec<Target>,
    /// How long each of them takes
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

impl FuzzArgs {
    pub(super) fn interpret(self) -> Options {
        let targets = match self.targets.is_empty() {
            true => Target::all().to_owned(),
            false => self.targets,
        };
        Options {
            targets,
            time: Duration::from_secs(self.seconds),
        }
    }
}

//! The command `fata`: reads the command line, does what it says, and ends with
//! a status that scripts can rely on.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use deploy::args::{Command, LowArgs};
use deploy::guest::guard;
use deploy::{bench, suite, up};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let outcome = if arguments
        .next()
        .is_some_and(|first| first == guard::ARGUMENT)
    {
        guard::become_guest(arguments).map(|()| 1)
    } else {
        LowArgs::parse().interpret().and_then(run)
    };
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            let message = format!("{error:#}");
            // The faults of a site come rendered, with their own headings.
            if message.starts_with("error") {
                eprintln!("{message}");
            } else {
                eprintln!("error: {message}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<u8> {
    match command {
        Command::Up(options) => return up::up(options),
        Command::Build {
            site,
            out,
            compression,
            pack: None,
        } => site.build(compression)?.write(&out)?,
        Command::Build {
            site,
            compression,
            pack: Some(pack),
            ..
        } => site.write_pack(compression, &pack)?,
        Command::Check(site) => site.check()?,
        Command::Test => return suite::run(),
        Command::Bench(options) => bench::run(&options)?,
    }
    Ok(0)
}

//! The command `fata`: reads the command line, does what it says, and ends with
//! a status that scripts can rely on.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use deploy::args::{Command, LowArgs};
use deploy::guest::guard;
use deploy::report::Format;
use deploy::{bench, build, check, import, new, serve, suite, up};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (format, outcome) = if arguments
        .next()
        .is_some_and(|first| first == guard::ARGUMENT)
    {
        let outcome = guard::become_guest(arguments).map(|()| 1);
        (Format::Text, outcome)
    } else {
        let typed = LowArgs::parse();
        (typed.format(), typed.interpret().and_then(run))
    };
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            format.failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<u8> {
    match command {
        Command::New(options) => new::create(options)?,
        Command::Serve(options) => return serve::serve(options),
        Command::Check(options) => return check::check(&options),
        Command::Build(options) => build::build(&options)?,
        Command::Up(options) => return up::up(options),
        Command::Import(options) => import::import(&options)?,
        Command::Test => return suite::run(),
        Command::Bench(options) => bench::run(&options)?,
    }
    Ok(0)
}

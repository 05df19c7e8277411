//! The command `fata`: reads the command line, does what it says, and ends with
//! a status that scripts can rely on.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use deploy::args::{Command, LowArgs};
use deploy::guest::guard;
use deploy::report::Format;
use deploy::{bench, build, check, ending, fuzz, import, new, serve, suite, up, workers};

fn main() -> ExitCode {
    workers::offer();
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next();
    let first = first.as_deref().and_then(|first| first.to_str());
    let (format, outcome) = match first {
        Some(guard::ARGUMENT) => {
            let outcome = guard::become_guest(arguments).map(|()| 1);
            (Format::Text, outcome)
        }
        Some(workers::SHEET) => (Format::Text, workers::compile(arguments).map(|()| 0)),
        Some(workers::DIAGRAMS) => (Format::Text, workers::draw().map(|()| 0)),
        Some(workers::PAGEFIND) => (Format::Text, workers::index().map(|()| 0)),
        _ => {
            let typed = LowArgs::parse();
            (typed.format(), typed.interpret().and_then(run))
        }
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
    // The other two wait for signals themselves.
    if !matches!(command, Command::Serve(_) | Command::Up(_)) {
        ending::leave_nothing_behind()?;
    }
    match command {
        Command::New(options) => new::create(options)?,
        Command::Serve(options) => return serve::serve(options),
        Command::Check(options) => return check::check(&options),
        Command::Build(options) => build::build(&options)?,
        Command::Up(options) => return up::up(options),
        Command::Import(options) => import::import(&options)?,
        Command::Test => return suite::run(),
        Command::Bench(options) => bench::run(&options)?,
        Command::Fuzz(options) => return fuzz::run(&options),
    }
    Ok(0)
}

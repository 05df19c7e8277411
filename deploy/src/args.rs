//! The command line: [`LowArgs`] is what was typed, [`Command`] what it means.

mod authors;
mod bench;
mod fuzz;
mod import;
mod up;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::report::Format;
use crate::site::Site;
use crate::{build, check, new, serve};
use authors::{BuildArgs, CheckArgs, NewArgs, ServeArgs};
use up::UpArgs;

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "fata",
    version,
    about = "Markdown in, one file out: a web site that is its own operating system",
    after_help = "\
Begin with:
  fata new site my-site     a site that works
  cd my-site
  fata serve                look at it; every save is in the browser at once
  fata up                   boot it: the whole server, in a virtual machine

A site is a directory that holds content/ (with site.toml in it) and themes/, or
templates/ of its own."
)]
pub struct LowArgs {
    #[command(subcommand)]
    command: LowCommand,
}

#[derive(Debug, Subcommand)]
enum LowCommand {
    /// Begin a site, or write the first lines of a page
    New(NewArgs),
    /// Show the site in a browser while it is written
    Serve(ServeArgs),
    /// Say what is wrong with the site, and build nothing
    Check(CheckArgs),
    /// Write the site, its pack and its image
    Build(BuildArgs),
    /// Build what is stale, boot it, and say where to look
    Up(UpArgs),
    /// Make a site of another generator into one of this
    Import(import::ImportArgs),
    /// Test everything: formatting, lints, units, and whole machines
    Test,
    /// Measure the generator and the image
    Bench(bench::BenchArgs),
    /// Look for what breaks the parsers
    Fuzz(fuzz::FuzzArgs),
}

#[derive(Debug, Args)]
struct SiteArgs {
    /// The site [default: the current directory, or the nearest above that is one]
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// `fata new`
    New(new::Options),
    /// `fata serve`
    Serve(serve::Options),
    /// `fata check`
    Check(check::Options),
    /// `fata build`
    Build(build::Options),
    /// `fata up`
    Up(crate::up::Options),
    /// `fata import`
    Import(crate::import::Options),
    /// `fata test`
    Test,
    /// `fata bench`
    Bench(crate::bench::Options),
    /// `fata fuzz`
    Fuzz(crate::fuzz::Options),
}

impl LowArgs {
    /// How whatever comes of it is printed.
    pub fn format(&self) -> Format {
        let json = match &self.command {
            LowCommand::New(new) => new.json(),
            LowCommand::Serve(serve) => serve.json.json,
            LowCommand::Check(check) => check.json.json,
            LowCommand::Build(build) => build.json.json,
            LowCommand::Import(import) => import.json,
            // The figures have a form of their own.
            LowCommand::Bench(_) | LowCommand::Fuzz(_) | LowCommand::Up(_) | LowCommand::Test => {
                false
            }
        };
        if json { Format::Json } else { Format::Text }
    }

    /// What was typed, understood. May install a monitor.
    ///
    /// # Errors
    ///
    /// When there is no such site, an argument means nothing, or what a command needs can
    /// neither be found nor installed.
    pub fn interpret(self) -> Result<Command> {
        let format = self.format();
        Ok(match self.command {
            LowCommand::New(new) => Command::New(new.interpret(format)?),
            LowCommand::Serve(serve) => Command::Serve(serve.interpret(format)?),
            LowCommand::Check(check) => Command::Check(check.interpret(format)?),
            LowCommand::Build(build) => Command::Build(build.interpret(format)?),
            LowCommand::Up(up) => Command::Up(up.interpret()?),
            LowCommand::Import(import) => Command::Import(import.interpret(format)?),
            LowCommand::Test => Command::Test,
            LowCommand::Bench(bench) => Command::Bench(bench.interpret()?),
            LowCommand::Fuzz(fuzz) => Command::Fuzz(fuzz.interpret()),
        })
    }
}

impl SiteArgs {
    fn open(&self) -> Result<Site> {
        match &self.site {
            Some(directory) => Site::open(directory),
            None => Site::find(Path::new(".")),
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
            &["fata", "build", "--html", "a", "--out", "b"],
            &["fata", "build", "--base-url", "example.org"],
            &["fata", "serve", "--listen", "here"],
            &["fata", "new"],
            &["fata", "new", "post"],
            &["fata"],
        ] {
            assert!(LowArgs::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}

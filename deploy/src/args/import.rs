//! The command line of `fata import`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::import::{Generator, Options};
use crate::report::Format;

/// What was typed.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Whose site it is
    #[arg(value_enum)]
    generator: Generator,
    /// The old site
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// Where the new one is to be [default: a directory of its name here]
    #[arg(long, value_name = "NEW")]
    out: Option<PathBuf>,
    /// Print what did not come across as JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl ImportArgs {
    pub(super) fn interpret(self, format: Format) -> Result<Options> {
        let to = match self.out {
            Some(out) => out,
            None => {
                let real = fs::canonicalize(&self.from)
                    .with_context(|| format!("cannot read {}", self.from.display()))?;
                let name = real.file_name();
                PathBuf::from(name.context("the old site has no name (--out DIR gives one)")?)
            }
        };
        Ok(Options {
            generator: self.generator,
            from: self.from,
            to,
            format,
        })
    }
}

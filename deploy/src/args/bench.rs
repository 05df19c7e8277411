//! The command line of `fata bench`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{Format, SiteArgs};
use crate::bench::{Options, generator};

/// What was typed.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BenchArgs {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    image: ImageArgs,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Only the site generator, beside Hugo and Zola where they are
    Generator(GeneratorArgs),
    /// Only the image, in both of its lives
    Image(ImageArgs),
}

#[derive(Debug, Args)]
struct GeneratorArgs {
    /// How many pages the synthetic sites have [default: 100,1000,10000,50000]
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..))]
    pages: Vec<u32>,
    /// Write the synthetic sites into this directory, and measure nothing
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ImageArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

impl BenchArgs {
    pub(super) fn interpret(self) -> Result<Options> {
        Ok(match self.part {
            Some(Part::Generator(arguments)) => Options {
                format: format(arguments.json),
                generator: Some(generator::Options {
                    pages: arguments
                        .pages
                        .iter()
                        .map(|pages| *pages as usize)
                        .collect(),
                    keep: arguments.keep,
                }),
                image: None,
            },
            Some(Part::Image(arguments)) => Options {
                generator: None,
                image: Some(arguments.site.open()?),
                format: format(arguments.json),
            },
            None => Options {
                generator: Some(generator::Options::default()),
                image: Some(self.image.site.open()?),
                format: format(self.image.json),
            },
        })
    }
}

fn format(json: bool) -> Format {
    if json { Format::Json } else { Format::Text }
}

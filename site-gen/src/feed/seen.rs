//! What a theme's own template of a feed sees, as in Zola: `feed_url`,
//! `last_updated`, `pages`, and the `section`, or the `taxonomy` and `term`,
//! that it is of.
//!
//! Texts in it have whole URLs, as in the feeds that are made without a
//! template; nowhere else do they need them. And they are escaped, as everything
//! in XML is: in a feed, HTML is text.

use std::sync::Arc;

use tera::Value;

use super::wanted::{Subject, Wanted};
use super::{Feed, NEVER, absolute};
use crate::config::Config;
use crate::date::Date;
use crate::library::Library;
use crate::values::Values;

/// What a feed is to show, by its place in the library.
#[derive(Debug)]
pub(crate) struct Sight {
    path: String,
    changed: Option<String>,
    subject: Place,
    /// Pages, and their paths.
    pages: Vec<(usize, Arc<str>)>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Site,
    Section(usize),
    Term(usize, usize),
}

impl Sight {
    pub(crate) fn new(wanted: &Wanted<'_>, feed: &Feed<'_>, library: &Library) -> Self {
        let pages = feed.pages.iter().filter_map(|page| {
            let index = library.ids.pages.get(&page.document.id)?;
            Some((*index, Arc::clone(&page.document.path)))
        });
        Self {
            path: feed.feed_path.clone(),
            changed: feed.changed().map(Date::rfc3339),
            subject: match wanted.subject {
                Subject::Site => Place::Site,
                Subject::Section(index, _) => Place::Section(index),
                Subject::Term((taxonomy, term), _) => Place::Term(taxonomy, term),
            },
            pages: pages.collect(),
        }
    }

    /// What the template sees besides what all see.
    pub(crate) fn seen(&self, values: &Values, config: &Config) -> Vec<(&'static str, Value)> {
        let pages = self.pages.iter().map(|(index, path)| {
            let value = values.pages[*index].clone();
            with_whole_urls(value, &config.base_url, path)
        });
        let changed = self.changed.as_deref().unwrap_or(NEVER);
        let mut seen = vec![
            ("feed_url", config.permalink(&self.path).into()),
            ("last_updated", changed.into()),
            ("pages", pages.collect::<Vec<_>>().into()),
        ];
        match self.subject {
            Place::Site => {}
            Place::Section(index) => seen.push(("section", values.outlines[index].clone())),
            Place::Term(taxonomy, term) => {
                let taxonomy = &values.taxonomies[taxonomy];
                seen.push(("taxonomy", taxonomy.about.clone()));
                seen.push(("term", taxonomy.term(term)));
            }
        }
        seen
    }
}

fn with_whole_urls(page: Value, base_url: &str, path: &str) -> Value {
    let Some(mut map) = page.as_map().cloned() else {
        return page;
    };
    for key in ["content", "summary"] {
        let html = page.get_from_path(key).and_then(Value::as_str);
        if let Some(whole) = html.map(|html| absolute::absolute(html, base_url, path)) {
            map.insert(key.into(), whole.into());
        }
    }
    map.into()
}

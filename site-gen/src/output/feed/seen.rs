//! What a theme's own template of a feed sees, as in Zola: `feed_url`,
//! `last_updated`, `pages`, and the `section`, or the `taxonomy` and `term`,
//! that it is of.
//!
//! Texts in it have whole URLs, as in the feeds that are made without a
//! template; nowhere else do they need them. And they are escaped, as everything
//! in XML is: in a feed, HTML is text. A page with whole URLs is kept beside its text
//! ([`Whole`]), as it is in many feeds: that of the site, of its section, of its terms.

use std::sync::{Arc, Mutex, PoisonError};

use tera::Value;

use super::wanted::{Subject, Wanted};
use super::{Feed, NEVER, absolute};
use crate::config::Config;
use crate::document::date::Date;
use crate::library::Library;
use crate::texts::WithText;
use crate::values::Values;

/// What a feed is to show, by its place in the library.
#[derive(Debug)]
pub(crate) struct Sight {
    path: String,
    changed: Option<String>,
    subject: Place,
    /// Pages, and where their texts are.
    pages: Vec<(usize, WithText)>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Site,
    Section(usize),
    Term(usize, usize),
}

/// A page as feeds show it, and the page that this was made of: the same one in each
/// of them, and in the next build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whole(Arc<Mutex<Option<(Value, Value)>>>);

impl Whole {
    fn of(&self, page: &Value, make: impl FnOnce(&Value) -> Value) -> Value {
        // A panic elsewhere cannot have left half of a value.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((known, whole)) if known == page => whole.clone(),
            _ => {
                let whole = make(page);
                *kept = Some((page.clone(), whole.clone()));
                whole
            }
        }
    }
}

impl Sight {
    pub(crate) fn new(wanted: &Wanted<'_>, feed: &Feed<'_>, library: &Library) -> Self {
        let pages = feed.pages.iter().filter_map(|page| {
            let index = library.ids.pages.get(&page.document.id)?;
            let (document, text) = (Arc::clone(&page.document), Arc::clone(&page.text));
            Some((*index, (document, text)))
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
        let pages = self.pages.iter().map(|(index, (document, text))| {
            let whole = |page: &Value| with_whole_urls(page, config.base.origin(), &document.path);
            text.whole.of(&values.pages[*index], whole)
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

fn with_whole_urls(page: &Value, origin: &str, path: &str) -> Value {
    let Some(mut map) = page.as_map().cloned() else {
        return page.clone();
    };
    for key in ["content", "summary"] {
        let html = page.get_from_path(key).and_then(Value::as_str);
        if let Some(whole) = html.map(|html| absolute::absolute(html, origin, path)) {
            map.insert(key.into(), whole.into());
        }
    }
    map.into()
}

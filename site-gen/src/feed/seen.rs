//! What a theme's own template of a feed sees, as in Zola: `feed_url`,
//! `last_updated`, `pages`, and the `section`, or the `taxonomy` and `term`,
//! that it is of.
//!
//! Texts in it have whole URLs, as in the feeds that are made without a
//! template; nowhere else do they need them. And they are escaped, as everything
//! in XML is: in a feed, HTML is text.

use tera::Value;

use super::wanted::{Subject, Wanted};
use super::{Feed, NEVER, absolute};
use crate::date::Date;
use crate::library::{Library, Page};
use crate::values::Values;

/// What the template of a feed sees besides what all see.
pub(crate) fn seen(
    wanted: &Wanted<'_>,
    feed: &Feed<'_>,
    library: &Library,
    values: &Values,
) -> Vec<(&'static str, Value)> {
    let config = feed.config;
    let value = |page: &&Page| {
        let index = library.ids.pages.get(&page.document.id);
        let value = index.map_or_else(Value::none, |&index| values.pages[index].clone());
        with_whole_urls(value, &config.base_url, &page.document.path)
    };
    let pages: Vec<Value> = feed.pages.iter().map(value).collect();
    let changed = feed.changed().map(Date::rfc3339);
    let mut seen = vec![
        ("feed_url", config.permalink(&feed.feed_path).into()),
        (
            "last_updated",
            changed.unwrap_or_else(|| NEVER.to_owned()).into(),
        ),
        ("pages", pages.into()),
    ];
    match wanted.subject {
        Subject::Site => {}
        Subject::Section(index, _) => seen.push(("section", values.outlines[index].clone())),
        Subject::Term(taxonomy, term) => {
            seen.push(("taxonomy", taxonomy.to_value(config)));
            seen.push(("term", term.to_value(values, config)));
        }
    }
    seen
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

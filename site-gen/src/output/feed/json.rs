//! JSON Feed 1.1.

use tera::Value;

use super::{Feed, title};
use crate::document::date::Date;
use crate::library::Page;
use crate::values::json::write_json;
use crate::values::map;

pub(super) fn render(feed: &Feed<'_>) -> String {
    let config = feed.config;
    let items: Vec<Value> = feed.pages.iter().map(|page| item(feed, page)).collect();
    let value = map([
        ("version", "https://jsonfeed.org/version/1.1".into()),
        ("title", feed.title.as_str().into()),
        ("home_page_url", config.permalink(feed.path).into()),
        ("feed_url", config.permalink(&feed.feed_path).into()),
        ("description", feed.description.into()),
        ("language", feed.language.code.as_str().into()),
        ("items", items.into()),
    ]);
    let mut json = String::new();
    write_json(&without_nothing(value), &mut json);
    json.push('\n');
    json
}

fn item(feed: &Feed<'_>, page: &Page) -> Value {
    let permalink = feed.config.permalink(&page.document.path);
    let author = |name: &String| map([("name", name.as_str().into())]);
    let authors: Vec<Value> = feed.authors(page).iter().map(author).collect();
    let front = &page.document.front;
    let tags: Vec<Value> = feed.terms(page).map(|term| term.as_str().into()).collect();
    without_nothing(map([
        ("id", permalink.as_str().into()),
        ("url", permalink.as_str().into()),
        ("title", title(page).into()),
        ("content_html", feed.content(page).into()),
        ("summary", front.description.as_deref().into()),
        (
            "date_published",
            page.document.date().map(Date::rfc3339).into(),
        ),
        (
            "date_modified",
            page.last_change().map(Date::rfc3339).into(),
        ),
        (
            "tags",
            if tags.is_empty() {
                Value::none()
            } else {
                tags.into()
            },
        ),
        ("authors", authors.into()),
    ]))
}

/// The format has no nulls: what is not there is left out.
fn without_nothing(value: Value) -> Value {
    let map = value.into_map().unwrap_or_default();
    map.into_iter()
        .filter(|(_, value)| !value.is_none())
        .collect::<tera::Map>()
        .into()
}

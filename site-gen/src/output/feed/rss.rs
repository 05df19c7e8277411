//! RSS 2.0, with Atom's link to itself and Dublin Core's authors, as the RSS
//! Advisory Board's best practices have it.

use std::fmt::Write as _;

use super::{Feed, title, xml_text};
use crate::document::date::Date;
use crate::library::Page;

pub(super) fn render(feed: &Feed<'_>) -> String {
    let config = feed.config;
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
                   xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n"
        .to_owned();
    element(&mut xml, "title", &feed.title);
    element(&mut xml, "link", &config.permalink(feed.path));
    // RSS demands a description, Fata does not.
    element(
        &mut xml,
        "description",
        feed.description.unwrap_or(&feed.title),
    );
    element(&mut xml, "language", &feed.language.code);
    let itself = xml_text(&config.permalink(&feed.feed_path));
    let _ = writeln!(
        xml,
        "<atom:link href=\"{itself}\" rel=\"self\" type=\"application/rss+xml\"/>"
    );
    if let Some(changed) = feed.changed() {
        element(&mut xml, "lastBuildDate", &rfc822(changed));
    }
    for page in &feed.pages {
        item(&mut xml, feed, page);
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

fn item(xml: &mut String, feed: &Feed<'_>, page: &Page) {
    let permalink = feed.config.permalink(&page.document.path);
    xml.push_str("<item>\n");
    element(xml, "title", title(page));
    element(xml, "link", &permalink);
    element(xml, "guid", &permalink);
    if let Some(date) = page.document.date() {
        element(xml, "pubDate", &rfc822(date));
    }
    for author in feed.authors(page) {
        element(xml, "dc:creator", author);
    }
    for term in feed.terms(page) {
        element(xml, "category", term);
    }
    element(xml, "description", &feed.content(page));
    xml.push_str("</item>\n");
}

/// A date as in mail (RFC 5322 §3.3), which RSS took over.
fn rfc822(date: &Date) -> String {
    date.format("%a, %d %b %Y %H:%M:%S %z")
        .expect("the format above is well-formed")
}

fn element(xml: &mut String, name: &str, text: &str) {
    let _ = writeln!(xml, "<{name}>{}</{name}>", xml_text(text));
}

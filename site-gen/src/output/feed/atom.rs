//! Atom, RFC 4287.

use std::fmt::Write as _;

use super::{Feed, NEVER, title, xml_text};
use crate::document::date::Date;
use crate::library::Page;

pub(super) fn render(feed: &Feed<'_>) -> String {
    let config = feed.config;
    let updated = feed
        .changed()
        .map_or_else(|| NEVER.to_owned(), Date::rfc3339);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        xml_text(&feed.language.code)
    );
    element(&mut xml, "title", &feed.title);
    if let Some(description) = feed.description {
        element(&mut xml, "subtitle", description);
    }
    link(
        &mut xml,
        "self",
        "application/atom+xml",
        &config.permalink(&feed.feed_path),
    );
    link(
        &mut xml,
        "alternate",
        "text/html",
        &config.permalink(feed.path),
    );
    element(&mut xml, "updated", &updated);
    element(&mut xml, "id", &config.permalink(&feed.feed_path));
    for page in &feed.pages {
        entry(&mut xml, feed, page);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, feed: &Feed<'_>, page: &Page) {
    let permalink = feed.config.permalink(&page.document.path);
    let language = xml_text(&feed.language.code);
    let _ = writeln!(xml, "<entry xml:lang=\"{language}\">");
    element(xml, "title", title(page));
    if let Some(date) = page.document.date() {
        element(xml, "published", &date.rfc3339());
    }
    if let Some(date) = page.last_change() {
        element(xml, "updated", &date.rfc3339());
    }
    for author in feed.authors(page) {
        let _ = writeln!(xml, "<author><name>{}</name></author>", xml_text(author));
    }
    link(xml, "alternate", "text/html", &permalink);
    element(xml, "id", &permalink);
    if let Some(description) = &page.document.front.description {
        element(xml, "summary", description);
    }
    for term in feed.terms(page) {
        let _ = writeln!(xml, "<category term=\"{}\"/>", xml_text(term));
    }
    let (base, html) = (xml_text(&permalink), xml_text(&feed.content(page)));
    let _ = writeln!(
        xml,
        "<content type=\"html\" xml:base=\"{base}\">{html}</content>"
    );
    xml.push_str("</entry>\n");
}

fn element(xml: &mut String, name: &str, text: &str) {
    let _ = writeln!(xml, "<{name}>{}</{name}>", xml_text(text));
}

fn link(xml: &mut String, rel: &str, content_type: &str, href: &str) {
    let href = xml_text(href);
    let _ = writeln!(
        xml,
        "<link rel=\"{rel}\" type=\"{content_type}\" href=\"{href}\"/>"
    );
}

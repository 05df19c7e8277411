//! The sitemap (sitemaps.org, protocol 0.9) and `robots.txt` (RFC 9309).

use std::collections::HashMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use tera::Value;

use crate::config::Config;
use crate::data::table_to_value;
use crate::document::Document;
use crate::document::date::Date;
use crate::library::Library;
use crate::url::escape;
use crate::values::map;

/// How many URLs a thread writes at a time.
const PART: usize = 1024;

/// A page of the site, its last change, and its versions in all languages.
struct Entry<'a> {
    path: &'a str,
    /// None, if a taxonomy makes it.
    document: Option<&'a Document>,
    changed: Option<&'a Date>,
    versions: &'a [&'a Document],
}

impl<'a> Entry<'a> {
    fn of(path: &'a str) -> Self {
        Self {
            path,
            document: None,
            changed: None,
            versions: &[],
        }
    }
}

/// Every document, and when it last changed; and what taxonomies make.
fn entries<'a>(
    library: &'a Library,
    versions: &'a HashMap<&str, Vec<&'a Document>>,
) -> Vec<Entry<'a>> {
    let others = |document: &Document| {
        let all = versions.get(document.origin.as_str())?;
        (all.len() > 1).then_some(all.as_slice())
    };
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let pages = library.pages.iter();
    let pages = pages.filter(|page| page.document.is_shown());
    entries.extend(pages.map(|page| Entry {
        path: &page.document.path,
        document: Some(&page.document),
        changed: page.last_change(),
        versions: others(&page.document).unwrap_or_default(),
    }));
    let sections = library.sections.iter();
    let sections = sections.filter(|section| section.document.is_shown());
    entries.extend(sections.map(|section| Entry {
        document: Some(&section.document),
        versions: others(&section.document).unwrap_or_default(),
        ..Entry::of(&section.document.path)
    }));
    for taxonomy in library
        .taxonomies
        .iter()
        .filter(|taxonomy| taxonomy.config.render)
    {
        entries.push(Entry::of(&taxonomy.path));
        entries.extend(taxonomy.terms.iter().map(|term| Entry::of(&term.path)));
    }
    entries.sort_by_key(|entry| entry.path);
    entries
}

/// What the sitemap says, for a theme's own template: as in Zola.
pub(crate) fn entries_value(library: &Library, config: &Config) -> Value {
    let versions = library.versions(config);
    let value = |entry: Entry<'_>| {
        let extra = entry.document.map(|document| &document.front.extra);
        map([
            ("permalink", config.permalink(entry.path).into()),
            ("updated", entry.changed.map(Date::rfc3339).into()),
            ("extra", extra.map_or_else(Value::none, table_to_value)),
        ])
    };
    let entries = entries(library, &versions).into_iter().map(value);
    entries.collect::<Vec<_>>().into()
}

/// The sitemap.
pub(crate) fn sitemap(library: &Library, config: &Config) -> String {
    let versions = library.versions(config);
    let entries = entries(library, &versions);
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""
        .to_owned();
    if !versions.is_empty() {
        xml.push_str(" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"");
    }
    xml.push_str(">\n");
    let parts = entries.par_chunks(PART);
    let parts: Vec<String> = parts.map(|part| urls(part, config)).collect();
    xml.extend(parts);
    xml.push_str("</urlset>\n");
    xml
}

/// Some of the URLs in it.
fn urls(entries: &[Entry<'_>], config: &Config) -> String {
    let base = escape(config.base.origin());
    let mut xml = String::new();
    for entry in entries {
        let parts = ["<url><loc>", &base, &escape(entry.path), "</loc>"];
        xml.extend(parts);
        if let Some(changed) = entry.changed {
            let _ = write!(xml, "<lastmod>{}</lastmod>", changed.rfc3339());
        }
        for version in entry.versions {
            let (lang, href) = (escape(&version.lang), config.permalink(&version.path));
            let _ = write!(
                xml,
                "<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" href=\"{}\"/>",
                escape(&href)
            );
        }
        xml.push_str("</url>\n");
    }
    xml
}

/// Everyone may read everything, and finds the sitemap.
pub(crate) fn robots(config: &Config) -> String {
    let mut text = "User-agent: *\nDisallow:\n".to_owned();
    if config.generate_sitemap {
        let _ = writeln!(
            text,
            "Sitemap: {}",
            config.permalink(&config.address("/sitemap.xml"))
        );
    }
    text
}

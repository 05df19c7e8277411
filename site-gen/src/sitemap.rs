//! The sitemap (sitemaps.org, protocol 0.9) and `robots.txt` (RFC 9309).

use std::fmt::Write as _;

use crate::config::Config;
use crate::date::Date;
use crate::document::Document;
use crate::library::Library;
use crate::url::escape;

/// A page of the site, its last change, and its versions in all languages.
struct Entry<'a> {
    path: &'a str,
    changed: Option<&'a Date>,
    versions: &'a [&'a Document],
}

impl<'a> Entry<'a> {
    fn of(path: &'a str) -> Self {
        Self {
            path,
            changed: None,
            versions: &[],
        }
    }
}

/// The sitemap: every document, and when it last changed.
pub(crate) fn sitemap(library: &Library, config: &Config) -> String {
    let versions = library.versions(config);
    let others = |document: &Document| {
        let all = versions.get(document.origin.as_str())?;
        (all.len() > 1).then_some(all.as_slice())
    };
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let pages = library.pages.iter();
    let pages = pages.filter(|page| page.document.front.is_rendered());
    entries.extend(pages.map(|page| Entry {
        path: &page.document.path,
        changed: page.last_change(),
        versions: others(&page.document).unwrap_or_default(),
    }));
    let sections = library
        .sections
        .iter()
        .filter(|section| section.document.front.section.redirect_to.is_none())
        .filter(|section| section.document.front.is_rendered());
    entries.extend(sections.map(|section| Entry {
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
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""
        .to_owned();
    if !versions.is_empty() {
        xml.push_str(" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"");
    }
    xml.push_str(">\n");
    let base = escape(&config.base_url);
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
    xml.push_str("</urlset>\n");
    xml
}

/// Everyone may read everything, and finds the sitemap.
pub(crate) fn robots(config: &Config) -> String {
    let mut text = "User-agent: *\nDisallow:\n".to_owned();
    if config.generate_sitemap {
        let _ = writeln!(text, "Sitemap: {}", config.permalink("/sitemap.xml"));
    }
    text
}

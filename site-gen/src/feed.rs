//! What is made of a site without a theme: its Atom feed (RFC 4287), its
//! sitemap (sitemaps.org, protocol 0.9) and `robots.txt` (RFC 9309).

use std::fmt::Write as _;

use crate::config::Config;
use crate::front_matter::SortBy;
use crate::library::{Library, Page, compare};
use crate::url::escape;

/// The indexes of all pages that have a date, newest first.
pub(crate) fn dated(library: &Library) -> Vec<usize> {
    let mut pages: Vec<usize> = (0..library.pages.len())
        .filter(|&page| library.pages[page].document.date().is_some())
        .collect();
    pages.sort_by(|&a, &b| {
        compare(
            &library.pages[a].document,
            &library.pages[b].document,
            SortBy::Date,
        )
    });
    pages
}

/// A feed of pages: of the whole site, of a section, of a term.
pub(crate) struct Feed<'a> {
    pub(crate) title: Option<&'a str>,
    /// The path of the listing it belongs to.
    pub(crate) path: &'a str,
    /// The path of the feed itself.
    pub(crate) feed_path: &'a str,
    /// Those without a date are left out.
    pub(crate) pages: Vec<&'a Page>,
}

impl Feed<'_> {
    /// Atom. The time of the last change is that of the pages, not that of the
    /// build: building twice gives the same bytes.
    pub(crate) fn atom(&self, config: &Config) -> String {
        let pages: Vec<&Page> = self
            .pages
            .iter()
            .copied()
            .filter(|page| page.document.date().is_some())
            .collect();
        let pages = &pages[..pages.len().min(config.feed_limit.unwrap_or(usize::MAX))];
        let changed = pages
            .iter()
            .filter_map(|page| last_change(page))
            .max_by_key(|date| date.moment);
        let updated = changed.map_or_else(
            || "1970-01-01T00:00:00Z".to_owned(),
            crate::date::Date::rfc3339,
        );
        let title = match (self.title, config.title.as_deref()) {
            (Some(own), Some(site)) => format!("{site} - {own}"),
            (own, site) => own.or(site).unwrap_or(&config.domain).to_owned(),
        };
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
            escape(&config.default_language)
        );
        element(&mut xml, "title", &title);
        if let Some(description) = &config.description {
            element(&mut xml, "subtitle", description);
        }
        link(
            &mut xml,
            "self",
            "application/atom+xml",
            &config.permalink(self.feed_path),
        );
        link(
            &mut xml,
            "alternate",
            "text/html",
            &config.permalink(self.path),
        );
        element(&mut xml, "updated", &updated);
        element(&mut xml, "id", &config.permalink(self.feed_path));
        for page in pages {
            entry(&mut xml, page, config);
        }
        xml.push_str("</feed>\n");
        xml
    }
}

fn last_change(page: &Page) -> Option<&crate::date::Date> {
    page.document
        .front
        .updated
        .as_ref()
        .or(page.document.date())
}

fn entry(xml: &mut String, page: &Page, config: &Config) {
    let front = &page.document.front;
    let permalink = config.permalink(&page.document.path);
    xml.push_str("<entry xml:lang=\"");
    xml.push_str(&escape(&config.default_language));
    xml.push_str("\">\n");
    element(
        xml,
        "title",
        front.title.as_deref().unwrap_or(&page.document.slug),
    );
    if let Some(date) = page.document.date() {
        element(xml, "published", &date.rfc3339());
    }
    if let Some(date) = last_change(page) {
        element(xml, "updated", &date.rfc3339());
    }
    // RFC 4287 §4.1.2: an entry has an author, its own or the feed's.
    let site_author = config
        .author
        .as_ref()
        .or(config.title.as_ref())
        .unwrap_or(&config.domain);
    let authors = if front.authors.is_empty() {
        std::slice::from_ref(site_author)
    } else {
        &front.authors
    };
    for author in authors {
        let _ = writeln!(xml, "<author><name>{}</name></author>", escape(author));
    }
    link(xml, "alternate", "text/html", &permalink);
    element(xml, "id", &permalink);
    if let Some(description) = &front.description {
        element(xml, "summary", description);
    }
    let _ = writeln!(
        xml,
        "<content type=\"html\" xml:base=\"{}\">{}</content>",
        escape(&permalink),
        escape(
            page.rendered
                .summary
                .as_ref()
                .unwrap_or(&page.rendered.html)
        )
    );
    xml.push_str("</entry>\n");
}

fn element(xml: &mut String, name: &str, text: &str) {
    let _ = writeln!(xml, "<{name}>{}</{name}>", escape(text));
}

fn link(xml: &mut String, rel: &str, content_type: &str, href: &str) {
    let _ = writeln!(
        xml,
        "<link rel=\"{rel}\" type=\"{content_type}\" href=\"{}\"/>",
        escape(href)
    );
}

/// The sitemap: every document, and when it last changed.
pub(crate) fn sitemap(library: &Library, config: &Config) -> String {
    let mut entries: Vec<(&str, Option<&crate::date::Date>)> = Vec::new();
    entries.extend(
        library
            .pages
            .iter()
            .map(|page| (page.document.path.as_str(), last_change(page))),
    );
    let sections = library
        .sections
        .iter()
        .filter(|section| section.document.front.section.redirect_to.is_none());
    entries.extend(sections.map(|section| (section.document.path.as_str(), None)));
    for taxonomy in library
        .taxonomies
        .iter()
        .filter(|taxonomy| taxonomy.config.render)
    {
        entries.push((&taxonomy.path, None));
        entries.extend(taxonomy.terms.iter().map(|term| (term.path.as_str(), None)));
    }
    entries.sort_by_key(|(path, _)| *path);
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
        .to_owned();
    for (path, changed) in entries {
        let _ = write!(xml, "<url><loc>{}</loc>", escape(&config.permalink(path)));
        if let Some(changed) = changed {
            let _ = write!(xml, "<lastmod>{}</lastmod>", changed.rfc3339());
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

//! The sitemap (sitemaps.org, protocol 0.9) and `robots.txt` (RFC 9309).

use std::fmt::Write as _;

use crate::config::Config;
use crate::date::Date;
use crate::library::Library;
use crate::url::escape;

/// The sitemap: every document, and when it last changed.
pub(crate) fn sitemap(library: &Library, config: &Config) -> String {
    let mut entries: Vec<(&str, Option<&Date>)> = Vec::new();
    entries.extend(
        library
            .pages
            .iter()
            .map(|page| (page.document.path.as_str(), page.last_change())),
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

//! Where things are in a site, by their names: its directories, and the templates that
//! nobody has to name.

/// Markdown, `site.toml` and zones; what else is there is published.
pub(crate) const CONTENT: &str = "content";

/// A site's own templates; those of a theme are in a directory of the same name.
pub(crate) const TEMPLATES: &str = "templates";

/// What is published as it is, in a site and in a theme.
pub(crate) const STATIC: &str = "static";

/// Themes.
pub(crate) const THEMES: &str = "themes";

/// Style sheets that are compiled, in a site and in a theme.
pub(crate) const SASS: &str = "sass";

/// Data that is not published.
pub(crate) const DATA: &str = "data";

/// The directories of a site that its pages come from.
pub const SOURCES: [&str; 6] = [CONTENT, TEMPLATES, STATIC, THEMES, SASS, DATA];

/// The template of the root.
pub(crate) const INDEX: &str = "index.html";

/// The template of a section.
pub(crate) const SECTION: &str = "section.html";

/// The template of a page.
pub(crate) const PAGE: &str = "page.html";

/// The template of all terms of a taxonomy, unless that has one of its own.
pub(crate) const TAXONOMY_LIST: &str = "taxonomy_list.html";

/// The template of a term.
pub(crate) const TAXONOMY_SINGLE: &str = "taxonomy_single.html";

/// The template of a page to search.
pub(crate) const SEARCH: &str = "search.html";

/// The template and the name of what is shown in place of what is not there.
pub(crate) const NOT_FOUND: &str = "404.html";

/// The template and the name of what search engines read first.
pub(crate) const ROBOTS: &str = "robots.txt";

/// The template and the name of the sitemap.
pub(crate) const SITEMAP: &str = "sitemap.xml";

/// The template of the link of a heading to itself.
pub(crate) const ANCHOR_LINK: &str = "anchor-link.html";

/// All of these templates.
pub(crate) const KNOWN_TEMPLATES: [&str; 10] = [
    ANCHOR_LINK,
    INDEX,
    NOT_FOUND,
    PAGE,
    ROBOTS,
    SEARCH,
    SECTION,
    SITEMAP,
    TAXONOMY_LIST,
    TAXONOMY_SINGLE,
];

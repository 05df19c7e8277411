//! What `content/site.toml` says about the search index: Zola's keys in
//! `[search]`, for the site or for one language of it.

use std::ops::Range;

use crate::data::{Fields, Table};
use crate::source::Source;

/// What of a page can be searched, and in which format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchConfig {
    pub(crate) format: IndexFormat,
    /// Where that stands; nowhere, if the site says nothing.
    pub(crate) format_span: Range<usize>,
    pub(crate) include_title: bool,
    /// In our own format, unlike in Zola's, yes unless the site says no.
    pub(crate) include_description: bool,
    pub(crate) include_content: bool,
    /// Of Zola's formats alone.
    pub(crate) include_date: bool,
    /// The same.
    pub(crate) include_path: bool,
    /// How many characters of a page's text.
    pub(crate) truncate_content_length: Option<usize>,
}

/// The format of an index: one for the whole site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum IndexFormat {
    /// Our own, which `search.js` reads.
    #[default]
    Fata,
    /// That of Pagefind, with its scripts.
    Pagefind,
    /// Zola's for elasticlunr.js.
    Elasticlunr(Shape),
    /// Zola's for Fuse.js.
    Fuse(Shape),
}

/// What a file of Zola's formats is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Json,
    /// A script that gives the same to `window.searchIndex`.
    Script,
}

/// What each is called: what Zola has, as in Zola.
const FORMATS: [(&str, IndexFormat); 6] = [
    ("fata", IndexFormat::Fata),
    ("pagefind", IndexFormat::Pagefind),
    (
        "elasticlunr_javascript",
        IndexFormat::Elasticlunr(Shape::Script),
    ),
    ("elasticlunr_json", IndexFormat::Elasticlunr(Shape::Json)),
    ("fuse_javascript", IndexFormat::Fuse(Shape::Script)),
    ("fuse_json", IndexFormat::Fuse(Shape::Json)),
];

impl IndexFormat {
    /// As authors write it.
    pub(crate) fn name(self) -> &'static str {
        let named = FORMATS.iter().find(|(_, format)| *format == self);
        named.map_or("fata", |(name, _)| name)
    }

    /// What keys mean that only some formats have: nothing, where there is
    /// something else to do.
    fn refused(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Fata => &[
                (
                    "include_date",
                    "dates in the text, where they are to be found",
                ),
                ("include_path", "words of the path in the title or the text"),
            ],
            Self::Pagefind => &[
                ("include_title", PAGEFINDS),
                ("include_description", PAGEFINDS),
                ("include_content", PAGEFINDS),
                ("include_date", PAGEFINDS),
                ("include_path", PAGEFINDS),
                ("truncate_content_length", PAGEFINDS),
            ],
            Self::Elasticlunr(_) | Self::Fuse(_) => &[],
        }
    }
}

/// Pagefind reads pages as they are served.
const PAGEFINDS: &str = "attributes in templates, such as `data-pagefind-ignore`";

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            format: IndexFormat::Fata,
            format_span: 0..0,
            include_title: true,
            include_description: true,
            include_content: true,
            include_date: false,
            include_path: false,
            truncate_content_length: None,
        }
    }
}

impl SearchConfig {
    /// Takes the table `[search]`; none if there is none.
    pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Option<Self> {
        let table: Table = fields.table("search");
        if table.is_empty() {
            return None;
        }
        let mut search = Fields::new(source, table);
        let span = search.span("index_format").unwrap_or_default();
        let format = search.choice("index_format", &FORMATS);
        let config = Self::of_table(search, (format.unwrap_or_default(), span), fields);
        Some(config)
    }

    /// Takes the table of a language; what the site says, if there is none.
    pub(crate) fn read_of_language(fields: &mut Fields<'_>, source: &Source, site: &Self) -> Self {
        let table: Table = fields.table("search");
        if table.is_empty() {
            return site.clone();
        }
        let mut search = Fields::new(source, table);
        let span = search.span("index_format");
        let own = search.choice("index_format", &FORMATS);
        if let (Some(own), Some(span)) = (own, span)
            && own != site.format
        {
            let message = "the index has one format for all languages";
            let expected = format!(
                "`{}`, as in the table `[search]`, or no such key",
                site.format.name()
            );
            search.fault(source.at(span, message).expected(expected));
        }
        let format = (site.format, site.format_span.clone());
        Self::of_table(search, format, fields)
    }

    fn of_table(
        mut search: Fields<'_>,
        (format, format_span): (IndexFormat, Range<usize>),
        fields: &mut Fields<'_>,
    ) -> Self {
        for (name, instead) in format.refused() {
            search.refuse_here(
                name,
                format!(
                    "`{name}` means nothing to the search index `{}`",
                    format.name()
                ),
                instead,
            );
        }
        let is_ours = format == IndexFormat::Fata;
        let config = Self {
            format,
            format_span,
            include_title: search.boolean("include_title").unwrap_or(true),
            include_description: search.boolean("include_description").unwrap_or(is_ours),
            include_content: search.boolean("include_content").unwrap_or(true),
            include_date: search.boolean("include_date").unwrap_or_default(),
            include_path: search.boolean("include_path").unwrap_or_default(),
            truncate_content_length: search.count("truncate_content_length"),
        };
        for fault in search.finish("[search]") {
            fields.fault(fault);
        }
        config
    }
}

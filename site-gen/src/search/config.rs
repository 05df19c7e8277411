//! What `content/site.toml` says about the search index: Zola's keys in
//! `[search]`, for the site or for one language of it.

use crate::data::{Fields, Table};
use crate::source::Source;

/// Keys that Zola has, and what there is instead.
const ZOLAS: [(&str, &str); 3] = [
    (
        "index_format",
        "no format: `search_index.js` reads the one there is",
    ),
    (
        "include_date",
        "dates in the text, where they are to be found",
    ),
    ("include_path", "words of the path in the title or the text"),
];

/// What of a page can be searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchConfig {
    pub(crate) include_title: bool,
    /// Unlike in Zola, yes unless the site says no.
    pub(crate) include_description: bool,
    pub(crate) include_content: bool,
    /// How many characters of a page's text.
    pub(crate) truncate_content_length: Option<usize>,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            include_title: true,
            include_description: true,
            include_content: true,
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
        let config = Self {
            include_title: search.boolean("include_title").unwrap_or(true),
            include_description: search.boolean("include_description").unwrap_or(true),
            include_content: search.boolean("include_content").unwrap_or(true),
            truncate_content_length: search.count("truncate_content_length"),
        };
        search.refuse_keys(&ZOLAS);
        for fault in search.finish("[search]") {
            fields.fault(fault);
        }
        Some(config)
    }
}

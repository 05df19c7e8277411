//! What the generator has to say about one file, without a site around it: for
//! programs that write such files, as imports do.
//!
//! They need not know which keys there are; they ask, and change what is
//! refused. What only a whole site can tell (links, taxonomies, templates) is
//! not among it.

use std::path::Path;

use crate::config::Config;
use crate::data::{toml_data, yaml_data};
use crate::diagnostic::Diagnostic;
use crate::document::front_matter::{self, Kind};
use crate::document::readme;
use crate::source::Source;

pub use crate::data::{Data, Key, Language, Node, Table};

/// Everything that is wrong with the front matter of a markdown file. An
/// `_index.md` is a section, anything else a page.
pub fn front_matter(source: &Source) -> Vec<Diagnostic> {
    let name = source.file.file_name().and_then(|name| name.to_str());
    let kind = name.map_or(Kind::Page, Kind::of_name);
    front_matter::parse(source, kind, None, None)
        .err()
        .unwrap_or_default()
}

/// Whether a markdown file is the page of its directory if nothing else is.
pub fn is_readme(file: &Path) -> bool {
    readme::is_one(file)
}

/// Everything that is wrong with a `site.toml`.
pub fn configuration(source: &Source) -> Vec<Diagnostic> {
    Config::parse(source.clone()).err().unwrap_or_default()
}

/// Reads a part of a file as data.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn data(
    source: &Source,
    part: std::ops::Range<usize>,
    language: Language,
) -> Result<Table, Vec<Diagnostic>> {
    match language {
        Language::Toml => toml_data::parse(source, part),
        Language::Yaml => yaml_data::parse(source, part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(file: &str, text: &str) -> Source {
        Source {
            file: file.into(),
            text: text.into(),
        }
    }

    #[test]
    fn a_file_is_judged_by_what_it_is() {
        let paginated = "+++\npaginate_by = 5\n+++\n";
        let refused = |file| front_matter(&source(file, paginated)).len();
        assert_eq!(refused("content/_index.md"), 0);
        assert_eq!(refused("content/a/_index.fr.md"), 0);
        assert_eq!(refused("content/a.md"), 1);
        assert_eq!(
            configuration(&source("content/site.toml", "titel = 1")).len(),
            2
        );
    }
}

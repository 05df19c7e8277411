//! Doors for the fuzzer: each gives any text to what reads other generators'
//! files.

use std::path::Path;

use super::report::Report;
use super::tera::Templates;
use super::{code, hugo, tera, toml_text};

/// Templates that are all there.
struct All;

impl Templates for All {
    fn imported(&self, _: &str, _: &str) -> Option<String> {
        None
    }

    fn in_head(&self) -> Option<&'static str> {
        None
    }

    fn resolve(&self, name: &str) -> Option<String> {
        Some(name.to_owned())
    }
}

/// A template of Zola, as a page's and as that of a shortcode; and its
/// configuration.
pub(crate) fn zola(text: &str) {
    for name in ["page.html", "shortcodes/a.html"] {
        let mut report = Report::default();
        tera::translate(text, name, Path::new(name), &All, &mut report);
    }
    if let Some(statement) = toml_text::statements(text).last() {
        toml_text::comment_out(text, statement.value.start);
    }
    code::code_ranges(text);
}

/// A text of Hugo, and the template of a shortcode.
pub(crate) fn hugo(text: &str) {
    hugo::fuzz(text);
}

//! The templates of shortcodes: which there are, and what of a call they show.

use crate::theme::Theme;

/// Where they are, among the templates of a theme.
const DIRECTORY: &str = "shortcodes/";

/// The names of all shortcodes.
pub(crate) fn names(theme: &Theme) -> impl Iterator<Item = &str> {
    theme.names().filter_map(|name| {
        let name = name.strip_prefix(DIRECTORY)?;
        name.strip_suffix(".html").or(name.strip_suffix(".md"))
    })
}

/// The template of a shortcode, and whether what it makes is markdown.
pub(crate) fn template_of(theme: &Theme, shortcode: &str) -> Option<(String, bool)> {
    let mut all = [("html", false), ("md", true)].into_iter();
    all.find_map(|(extension, is_markdown)| {
        let name = format!("{DIRECTORY}{shortcode}.{extension}");
        theme.has(&name).then_some((name, is_markdown))
    })
}

/// Whether a template may show a variable, itself or by another.
pub(crate) fn shows(text: &str, variable: &str) -> bool {
    words(text)
        .any(|word| word == variable || matches!(word, "include" | "extends" | "__tera_context"))
}

/// All that may be a name in a template.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

//! Colours of code. Zola writes them into each page, or into a style sheet of its
//! own; here code has classes, and needs a style sheet. The one that is written
//! has colours of the kind that were chosen: light, dark, or both.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where the style sheet is served.
pub(super) const SHEET: &str = "code.css";

/// What templates say in their head to have it.
pub(super) const LINK: &str =
    "<link rel=\"stylesheet\" href=\"{{ get_url(path=\"code.css\", absolute=true) }}\">\n";

/// Words in the names of themes that are dark.
const DARK: [&str; 12] = [
    "dark",
    "night",
    "black",
    "moon",
    "mocha",
    "frappe",
    "macchiato",
    "dracula",
    "monokai",
    "nord",
    "ocean",
    "synthwave",
];

/// Which colours a site has for its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Light,
    Dark,
    /// As the visitor's system has it.
    Both,
}

impl Colours {
    /// What the configuration says; none, if code has no colours.
    pub(super) fn read(markdown: &DeTable<'_>) -> Option<Self> {
        let text = |table: &DeTable<'_>, key: &str| {
            let value = table.get(key).map(Spanned::get_ref);
            value.and_then(DeValue::as_str).map(str::to_owned)
        };
        if let Some(DeValue::Table(table)) = markdown.get("highlighting").map(Spanned::get_ref) {
            let both = text(table, "light_theme").zip(text(table, "dark_theme"));
            return Some(match (both, text(table, "theme")) {
                (Some(_), _) => Self::Both,
                (None, Some(name)) => Self::named(&name),
                (None, None) => Self::Light,
            });
        }
        let is_on = markdown.get("highlight_code").map(Spanned::get_ref);
        let is_on = matches!(is_on, Some(DeValue::Boolean(true)));
        // Until 0.21 this was what nobody chose.
        let name = text(markdown, "highlight_theme");
        is_on.then(|| Self::named(name.as_deref().unwrap_or("base16-ocean-dark")))
    }

    fn named(name: &str) -> Self {
        let name = name.to_lowercase();
        let is_light = name.contains("light") || name.contains("day");
        match DARK.iter().any(|word| name.contains(word)) && !is_light {
            true => Self::Dark,
            false => Self::Light,
        }
    }

    /// The style sheet.
    pub(super) fn sheet(self) -> String {
        let colours = match self {
            Self::Light => format!("pre {{ {LIGHT_COLOURS} }}\n"),
            Self::Dark => format!("pre {{ {DARK_COLOURS} }}\n"),
            Self::Both => format!(
                "pre {{ {LIGHT_COLOURS} }}\n@media (prefers-color-scheme: dark) {{\n  pre {{ {DARK_COLOURS} }}\n}}\n"
            ),
        };
        format!("/* Colours of code. */\n{colours}{RULES}")
    }
}

const LIGHT_COLOURS: &str = "--code-paper: #f6f8fa; --code-text: #1f2430; --code-soft: #66707b; \
     --code-string: #0b6b36; --code-keyword: #8a2a9c; --code-constant: #a33a12; \
     --code-name: #1450a8; --code-mark: #fff3bf;";

const DARK_COLOURS: &str = "--code-paper: #22272e; --code-text: #dde3ea; --code-soft: #95a0ac; \
     --code-string: #96d0a5; --code-keyword: #d9a4f0; --code-constant: #f2b488; \
     --code-name: #8dbdf5; --code-mark: #3d4450;";

const RULES: &str = "pre { background: var(--code-paper); color: var(--code-text); overflow-x: auto; }
pre .comment { color: var(--code-soft); font-style: italic; }
pre .string { color: var(--code-string); }
pre .keyword { color: var(--code-keyword); }
pre :is(.constant, .support) { color: var(--code-constant); }
pre :is(.entity, .annotation) { color: var(--code-name); }
pre mark { display: inline-block; min-width: 100%; background: var(--code-mark); color: inherit; }
pre .line + mark { min-width: calc(100% - 3.5em); }
pre .line::before { content: attr(data-line); display: inline-block; min-width: 2.5em; margin-right: 1em; color: var(--code-soft); text-align: right; user-select: none; }
";

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(text: &str) -> Option<Colours> {
        Colours::read(DeTable::parse(text).expect("TOML").get_ref())
    }

    #[test]
    fn colours_are_as_light_as_they_were() {
        for (text, expected) in [
            ("", None),
            ("highlight_code = false", None),
            ("highlight_code = true", Some(Colours::Dark)),
            (
                "highlight_code = true\nhighlight_theme = \"ayu-light\"",
                Some(Colours::Light),
            ),
            (
                "highlighting = { theme = \"github-dark\" }",
                Some(Colours::Dark),
            ),
            (
                "[highlighting]\ntheme = \"github-light\"",
                Some(Colours::Light),
            ),
            (
                "[highlighting]\nlight_theme = \"a\"\ndark_theme = \"b\"",
                Some(Colours::Both),
            ),
        ] {
            assert_eq!(colours(text), expected, "{text}");
        }
        assert!(Colours::Both.sheet().contains("prefers-color-scheme"));
    }
}

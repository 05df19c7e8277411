//! Style sheets: they come across as they are. What they find in pages is the same
//! but for links to other sites, and for the languages of code.

use std::path::Path;

use super::super::report::{Report, Topic};
use super::super::tree::Origin;

/// What a sheet looks for and does not find.
struct Missed {
    is_in: fn(&str) -> bool,
    what: &'static str,
    advice: &'static str,
}

const MISSED: [Missed; 2] = [
    Missed {
        is_in: selects_external,
        what: "links to other sites do not say `rel=\"external\"`, and are not found here",
        advice: "`external_links_class = \"external\"` in `[markdown]` of site.toml gives them a class; \
         `a.external` finds it",
    },
    Missed {
        is_in: selects_language,
        what: "the language of code is not in `code[data-lang]`, and is not found here",
        advice: "it is in `pre[data-lang]`, and a class of `code`, as in `code.language-rust`",
    },
];

/// Tells of what a style sheet looks for and does not find.
pub(super) fn tell(file: &Path, origin: &Origin, report: &mut Report) {
    let extension = file.extension().and_then(|extension| extension.to_str());
    if !matches!(extension, Some("css" | "scss" | "sass")) {
        return;
    }
    let Some(text) = origin.read(file, report) else {
        return;
    };
    for missed in MISSED {
        if let Some(number) = text.lines().position(missed.is_in) {
            report.note(Topic::Files, file, number + 1, missed.what, missed.advice);
        }
    }
}

/// Whether a line has a selector such as `[rel~="external"]`.
fn selects_external(line: &str) -> bool {
    let selectors = line.split('[').skip(1);
    let mut inside = selectors.filter_map(|after| after.split(']').next());
    inside.any(|inside| inside.trim_start().starts_with("rel") && inside.contains("external"))
}

/// Whether a line has a selector such as `code[data-lang]`.
fn selects_language(line: &str) -> bool {
    let mut found = line.match_indices("[data-lang");
    found.any(|(at, _)| line[..at].ends_with("code"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_found_is_known() {
        for line in ["a[rel~=external] {", "x, a[ rel*='external' ]::after {"] {
            assert!(selects_external(line), "{line}");
        }
        for line in ["a.external {", "a[href^=\"http\"] {", ".rel-external[x] {}"] {
            assert!(!selects_external(line), "{line}");
        }
        for line in ["code[data-lang]::before {", "pre > code[data-lang=rust],"] {
            assert!(selects_language(line), "{line}");
        }
        for line in ["pre[data-lang] {", "code { a: b }", "code"] {
            assert!(!selects_language(line), "{line}");
        }
    }
}

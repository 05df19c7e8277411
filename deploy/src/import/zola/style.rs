//! Style sheets: they come across as they are. What they find in pages is the same
//! but for links to other sites, which Zola calls `external`.

use std::path::Path;

use super::super::report::{Report, Topic};
use super::super::tree::Origin;

/// Tells of what a style sheet looks for and does not find.
pub(super) fn tell(file: &Path, origin: &Origin, report: &mut Report) {
    let extension = file.extension().and_then(|extension| extension.to_str());
    if !matches!(extension, Some("css" | "scss" | "sass")) {
        return;
    }
    let Some(text) = origin.read(file, report) else {
        return;
    };
    let mut lines = text.lines();
    if let Some(number) = lines.position(selects_external) {
        let what = "links to other sites do not say `rel=\"external\"`, and are not found here";
        let advice = "`external_links_class = \"external\"` in `[markdown]` of site.toml gives \
                      them a class; `a.external` finds it";
        report.note(Topic::Files, file, number + 1, what, advice);
    }
}

/// Whether a line has a selector such as `[rel~="external"]`.
fn selects_external(line: &str) -> bool {
    let selectors = line.split('[').skip(1);
    let mut inside = selectors.filter_map(|after| after.split(']').next());
    inside.any(|inside| inside.trim_start().starts_with("rel") && inside.contains("external"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_of_links_to_other_sites_are_known() {
        for line in ["a[rel~=external] {", "x, a[ rel*='external' ]::after {"] {
            assert!(selects_external(line), "{line}");
        }
        for line in ["a.external {", "a[href^=\"http\"] {", ".rel-external[x] {}"] {
            assert!(!selects_external(line), "{line}");
        }
    }
}

//! Files that are published as they are, and the names of themes: the same for
//! all generators.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::report::{Report, Topic};
use super::tree::{Draft, Origin};

/// Brings one file, which is served under the path that it has inside. Static
/// files stand beside the content now, but for those that would be taken for it:
/// they are the theme's.
pub(super) fn bring_file(
    from: &Path,
    inside: &Path,
    theme: &str,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<()> {
    let to = match inside.extension().and_then(|extension| extension.to_str()) {
        Some("md" | "zone" | "toml") => Path::new("themes").join(theme).join("static"),
        _ => PathBuf::from("content"),
    };
    tell_rules(from, inside, report);
    if draft.copy(to.join(inside), origin, from, report)? {
        report.files += 1;
    }
    Ok(())
}

/// Files that a host reads, by their names.
const RULES: [&str; 4] = ["CNAME", "_headers", "_redirects", "_routes.json"];

/// Tells of a published file that is for a host, and means nothing to the server.
pub(super) fn tell_rules(from: &Path, inside: &Path, report: &mut Report) {
    let name = inside.to_str().unwrap_or_default();
    if RULES.contains(&name) {
        let what = "rules for a host, which nobody follows here";
        let advice = "it is published as it is; `[redirects]` in `site.toml` is for addresses";
        report.note(Topic::Files, from, None, what, advice);
    }
}

/// A name as one of a theme.
pub(super) fn theme_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let plain = plain.trim_matches('-').to_owned();
    if plain.is_empty() {
        "own".to_owned()
    } else {
        plain
    }
}

//! Data that templates load: what is in `data/`, and what else stands beside the
//! content and is named by a template, which looks for it in `data/`, too; what
//! is so in the theme stays there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::super::report::{Report, Topic};
use super::super::tree::{Draft, Origin};
use super::config::Config;

/// What Zola reads, and what tools put beside it.
const KNOWN: [&str; 13] = [
    "content",
    "data",
    "static",
    "templates",
    "themes",
    "sass",
    "public",
    "node_modules",
    "README.md",
    "LICENSE",
    "config.toml",
    "zola.toml",
    "CHANGELOG.md",
];

/// Brings it across. `named` is what templates have between quotes. What else is
/// in the site's directory does not come across, and is told.
pub(super) fn import(
    config: &Config,
    named: &BTreeSet<String>,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<()> {
    let root = Path::new("");
    let data = Path::new("data");
    copy(data, root, origin, draft, report)?;
    for name in entries(root, origin) {
        let known = KNOWN.iter().any(|known| name == Path::new(known));
        if known || name == Path::new(&config.output) {
            continue;
        }
        if is_named(&name, named) {
            copy(&name, data, origin, draft, report)?;
            continue;
        }
        let (what, advice) = match name.to_str() {
            Some("syntaxes" | "highlight_themes") => (
                "grammars and colours of Sublime Text are not read",
                "colours are in the theme's style, by class",
            ),
            _ => (
                "not a part of the site",
                "copy it if templates read it: data below content/, style below themes/",
            ),
        };
        report.note(Topic::Files, &name, None, what, advice);
    }
    if let Some(theme) = &config.theme {
        for name in entries(&Path::new("themes").join(theme), origin) {
            if is_named(&name, named) {
                copy(&name, root, origin, draft, report)?;
            }
        }
    }
    Ok(())
}

/// What is in a directory, in order, without what is hidden.
fn entries(directory: &Path, origin: &Origin) -> Vec<PathBuf> {
    let read = std::fs::read_dir(origin.path().join(directory));
    let names = read.into_iter().flatten().flatten();
    let names = names.map(|entry| entry.file_name());
    let seen = names.filter(|name| name.to_str().is_some_and(|name| !name.starts_with('.')));
    let mut paths: Vec<PathBuf> = seen.map(|name| directory.join(name)).collect();
    paths.sort();
    paths
}

/// Whether a template names a file or directory, or something in it.
fn is_named(path: &Path, named: &BTreeSet<String>) -> bool {
    let mut named = named.iter().map(|name| name.trim_start_matches('/'));
    named.any(|name| Path::new(name).starts_with(path))
}

/// Copies a file, or all in a directory, to below another one.
fn copy(
    path: &Path,
    below: &Path,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<()> {
    let files = match origin.has_file(path) {
        true => vec![path.to_owned()],
        false => origin.files(path, report),
    };
    for file in files {
        let to = below.join(&file);
        if !draft.has(&to) && draft.copy(to, origin, &file, report)? {
            report.files += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_templates_name_is_found() {
        let named: BTreeSet<String> = ["/i18n/", "a.toml", "themes/t/x/y.json", ""]
            .map(str::to_owned)
            .into();
        for (path, expected) in [
            ("i18n", true),
            ("a.toml", true),
            ("themes/t/x", true),
            ("i18", false),
            ("b", false),
        ] {
            assert_eq!(is_named(Path::new(path), &named), expected, "{path}");
        }
    }
}

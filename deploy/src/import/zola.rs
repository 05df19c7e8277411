//! Sites of Zola, up to 0.22: configuration, content, static files, themes, and
//! templates, which [`super::tera`] translates.

mod address;
mod code;
mod config;
mod content;
mod data;
mod listed;
mod moved;
mod plain;
mod style;
mod theme;

use std::path::Path;

use anyhow::{Result, bail};

use super::pattern::matches;
use super::report::Report;
use super::statics;
use super::tree::{Draft, Origin};

/// Writes the new site.
pub(super) fn import(origin: &Origin, draft: &mut Draft, report: &mut Report) -> Result<()> {
    let names = ["zola.toml", "config.toml"];
    let Some(file) = names.iter().map(Path::new).find(|file| origin.has(file)) else {
        bail!(
            "{} is not a site of Zola: expected config.toml or zola.toml in it",
            origin.path().display()
        );
    };
    let Some(text) = origin.read(file, report) else {
        bail!("{} cannot be read", file.display());
    };
    let config = config::Config::read(&text, file)?;
    let content = content::import(&config, origin, draft, report)?;
    let mut new = config.adapt(&text, file, report);
    for (number, (from, to)) in content.moved.iter().enumerate() {
        if number == 0 {
            new.push_str("\n# Where terms were, and where they are.\n[redirects]\n");
        }
        new.push_str(&format!("{from:?} = {to:?}\n"));
    }
    draft.write("content/site.toml", &new, file, report)?;
    let named = theme::import((&config, file), &content, origin, draft, report)?;
    files(&config, origin, draft, report)?;
    data::import(&config, &named, origin, draft, report)
}

/// Brings static files, but for those that Zola ignored.
fn files(
    config: &config::Config,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<()> {
    let root = Path::new("static");
    for from in origin.files(root, report) {
        let Ok(inside) = from.strip_prefix(root) else {
            continue;
        };
        let name = inside.to_str().unwrap_or_default();
        let mut ignored = config.ignored_static.iter();
        if !ignored.any(|pattern| matches(pattern, name)) {
            style::tell(&from, origin, report);
            statics::tell_rules(&from, inside, report);
            if draft.copy(&from, origin, &from, report)? {
                report.files += 1;
            }
        }
    }
    Ok(())
}

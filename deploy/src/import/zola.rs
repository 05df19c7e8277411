//! Sites of Zola, up to 0.22: configuration, content, static files, themes, and
//! templates, which [`super::tera`] translates.

mod address;
mod config;
mod content;
mod data;
mod theme;

use std::path::Path;

use anyhow::{Result, bail};

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
    let config = config::Config::read(&text, origin, file)?;
    let content = content::import(&config, origin, draft, report)?;
    let mut new = config.adapt(&text, file, report);
    for (number, (from, to)) in content.moved.iter().enumerate() {
        if number == 0 {
            new.push_str("\n# Where terms were, and where they are.\n[redirects]\n");
        }
        new.push_str(&format!("{from:?} = {to:?}\n"));
    }
    draft.write("content/site.toml", &new, file, report)?;
    let named = theme::import(&config, &content.used, origin, draft, report)?;
    statics::bring(Path::new("static"), &config.theme, origin, draft, report)?;
    data::import(&config, &named, origin, draft, report)
}

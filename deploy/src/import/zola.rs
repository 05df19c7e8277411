//! Sites of Zola, up to 0.22: configuration, content, static files, themes, and
//! templates, which [`super::tera`] translates.

mod address;
mod config;
mod content;
mod theme;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::report::{Report, Topic};
use super::statics;
use super::tree::{Draft, Origin};

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
    data(origin, draft, report)?;
    theme::import(&config, &content.used, origin, draft, report)?;
    statics::bring(Path::new("static"), &config.theme, origin, draft, report)?;
    others(&config, origin, report)
}

/// Data that templates load stays where it was.
fn data(origin: &Origin, draft: &mut Draft, report: &mut Report) -> Result<()> {
    for file in origin.files(Path::new("data"), report) {
        if draft.copy(&file, origin, &file, report)? {
            report.files += 1;
        }
    }
    Ok(())
}

/// What else is in the directory does not come across.
fn others(config: &config::Config, origin: &Origin, report: &mut Report) -> Result<()> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(origin.path())?
        .flatten()
        .map(|entry| entry.file_name().into())
        .collect();
    names.sort();
    for name in names {
        let Some(text) = name.to_str() else { continue };
        let known = KNOWN.contains(&text) || text.starts_with('.') || text == config.output;
        if known {
            continue;
        }
        let (what, advice) = match text {
            "syntaxes" | "highlight_themes" => (
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
    Ok(())
}

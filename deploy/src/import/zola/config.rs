//! `config.toml` becomes `content/site.toml`. Most keys are the same.

use std::path::Path;

use anyhow::{Result, anyhow};
use site_gen::{Source, review};
use toml::de::{DeTable, DeValue};

use super::super::adapt::{self, adapt};
use super::super::report::{Report, Topic};
use super::super::statics::theme_name;
use super::super::toml_text::{Statement, statements};
use super::super::tree::Origin;

/// What the import has to know of a configuration.
#[derive(Debug)]
pub(super) struct Config {
    /// The theme that Zola reads.
    pub(super) old_theme: Option<String>,
    /// The name of the theme in the new site.
    pub(super) theme: String,
    /// Where Zola writes to.
    pub(super) output: String,
}

impl Config {
    pub(super) fn read(text: &str, origin: &Origin, file: &Path) -> Result<Self> {
        let table = DeTable::parse(text)
            .map_err(|error| anyhow!("{} is not TOML: {error}", file.display()))?
            .into_inner();
        let string = |key: &str| match table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text.clone().into_owned()),
            _ => None,
        };
        let old_theme = string("theme").filter(|theme| !theme.is_empty());
        let theme = old_theme
            .clone()
            .unwrap_or_else(|| theme_name(origin.name()));
        Ok(Self {
            old_theme,
            theme,
            output: string("output_dir").unwrap_or_else(|| "public".to_owned()),
        })
    }

    /// The new configuration.
    pub(super) fn adapt(&self, text: &str, file: &Path, report: &mut Report) -> String {
        let mut new = self.rewrite(text, file, report);
        if self.old_theme.is_none() {
            new = format!("theme = \"{}\" # its own\n{new}", self.theme);
        }
        let source = Source {
            file: "content/site.toml".into(),
            text: new,
        };
        let shifted = if self.old_theme.is_none() { 1 } else { 0 };
        let origin = adapt::Origin {
            file,
            down: shifted,
        };
        let judge = review::configuration;
        adapt(source, judge, Topic::Configuration, &origin, report)
    }

    fn rewrite(&self, text: &str, file: &Path, report: &mut Report) -> String {
        let mut new = String::with_capacity(text.len());
        let mut at = 0;
        for statement in statements(text).iter().filter(|one| one.table.is_empty()) {
            let line = text[..statement.lines.start].matches('\n').count() + 1;
            let value = text[statement.value.clone()].trim();
            let rewritten = match statement.key.as_deref() {
                Some("base_url") => whole_domain(value).map(|domain| {
                    let what = "a site has a domain of its own: `base_url` has no path";
                    let advice = "serve it under its own name, or redirect from the old path";
                    report.note(Topic::Configuration, file, line, what, advice);
                    format!("base_url = {domain}")
                }),
                Some("generate_feed") => Some(format!("generate_feeds = {value}")),
                Some("feed_filename") => Some(format!("feed_filenames = [{value}]")),
                _ => None,
            };
            if let Some(rewritten) = rewritten {
                let Statement { lines, value, .. } = statement;
                new.push_str(&text[at..lines.start]);
                new.push_str(&rewritten);
                at = value.end;
            }
        }
        new.push_str(&text[at..]);
        new
    }
}

/// The part of an address, with its quotes, before its path; none if it has no
/// path.
fn whole_domain(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let address = value[1..].split(quote).next()?;
    let (scheme, rest) = address.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let has_path = !path.trim_matches('/').is_empty();
    has_path.then(|| format!("{quote}{scheme}://{host}{quote}"))
}

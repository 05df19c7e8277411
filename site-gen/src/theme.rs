//! Themes: `themes/NAME/` with `theme.toml`, `templates/`, `static/`
//! and `sass/`.
//!
//! Every template is parsed alone first, so that all syntax errors of a run are
//! shown; then together, so that what they refer to is checked.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use tera::{Error, ErrorKind, Tera};

use crate::assets::is_static;
use crate::config::Config;
use crate::data::{Fields, Table};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::{self, Source};
use crate::template_fault::explain;
use crate::toml_data;
use crate::translations::ThemeTexts;

/// A theme, its templates not yet compiled.
#[derive(Debug, Default)]
pub(crate) struct Theme {
    /// What `theme.toml` offers as defaults for `config.extra`.
    pub(crate) extra: Table,
    /// Its texts, by language.
    pub(crate) texts: ThemeTexts,
    /// Static files: where they are, and the path they are served under,
    /// without a slash in front.
    pub(crate) files: Vec<(PathBuf, String)>,
    /// Style sheets that are to be compiled.
    pub(crate) sass: Vec<PathBuf>,
    /// Templates by name.
    templates: HashMap<String, Source>,
    /// The names of those that cannot be read.
    unread: BTreeSet<String>,
    /// The paths of other files that cannot be.
    pub(crate) lost: Vec<String>,
}

impl Theme {
    /// Reads the theme that the configuration names: what of it can be read, and
    /// what is wrong with the rest.
    ///
    /// # Errors
    ///
    /// When it is not known which files it has.
    pub(crate) fn read(
        site: &Path,
        config: &Config,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let (name, span) = &config.theme;
        let directory = Path::new("themes").join(name);
        if name.contains(['/', '\\']) || name.starts_with('.') || !site.join(&directory).is_dir() {
            let names = std::fs::read_dir(site.join("themes"))
                .into_iter()
                .flatten()
                .flatten();
            let names: Vec<String> = names
                .filter_map(|entry| entry.file_name().into_string().ok())
                .collect();
            let message = match span.is_empty() {
                true => "the configuration has no `theme`".to_owned(),
                false => format!("there is no theme `{name}`"),
            };
            let fault = config.source.at(span.clone(), message);
            let suggestion = did_you_mean(name, names.iter().map(String::as_str));
            return Err(vec![
                fault
                    .expected("the name of a directory in themes/")
                    .suggestion(suggestion),
            ]);
        }
        let mut theme = Self::default();
        let (files, mut faults) = source::survey(site, &directory)?;
        let lost = faults.iter().map(|fault| &fault.file);
        let known = lost.clone().all(|file| theme.lose(site, file, &directory));
        if !known {
            return Err(faults);
        }
        for found in files {
            let file = found.file;
            let Ok(inside) = file.strip_prefix(&directory) else {
                continue;
            };
            let Some(inside) = inside.to_str() else {
                continue;
            };
            if let Err(more) = theme.add(site, &file, inside) {
                faults.extend(more);
            }
        }
        Ok((theme, faults))
    }

    /// Takes note of a file that cannot be read; tells whether it is known what
    /// that would be.
    fn lose(&mut self, site: &Path, file: &Path, directory: &Path) -> bool {
        let inside = file.strip_prefix(directory).ok().and_then(Path::to_str);
        let Some(inside) = inside.filter(|_| is_static(site, file)) else {
            return false;
        };
        if let Some(name) = inside.strip_prefix("templates/") {
            self.unread.insert(name.to_owned());
        } else if let Some(path) = inside.strip_prefix("static/") {
            self.lost.push(path.to_owned());
        }
        // What is elsewhere has no part in the site, but sheets, which are missed by
        // those that need them.
        !inside.starts_with("sass/")
    }

    /// A theme of nothing but templates, each with its name.
    pub(crate) fn of_templates(templates: &[(&str, &str)]) -> Self {
        let source = |&(name, text): &(&str, &str)| {
            let file = format!("themes/t/templates/{name}").into();
            let text = text.to_owned();
            (name.to_owned(), Source { file, text })
        };
        Self {
            templates: templates.iter().map(source).collect(),
            ..Self::default()
        }
    }

    fn add(&mut self, site: &Path, file: &Path, inside: &str) -> Result<(), Vec<Diagnostic>> {
        if inside == "theme.toml" {
            (self.extra, self.texts) = read_theme_toml(site, file)?;
        } else if let Some(name) = inside.strip_prefix("templates/") {
            match Source::read(site, file) {
                Ok(source) => _ = self.templates.insert(name.to_owned(), source),
                Err(fault) => {
                    self.unread.insert(name.to_owned());
                    return Err(vec![fault]);
                }
            }
        } else if let Some(path) = inside.strip_prefix("static/") {
            self.files.push((file.to_owned(), path.to_owned()));
        } else if inside.starts_with("sass/") {
            self.sass.push(file.to_owned());
        }
        Ok(())
    }

    pub(crate) fn has(&self, template: &str) -> bool {
        self.templates.contains_key(template) || self.unread.contains(template)
    }

    /// All templates, by name.
    pub(crate) fn templates(&self) -> &HashMap<String, Source> {
        &self.templates
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let unread = self.unread.iter();
        self.templates.keys().chain(unread).map(String::as_str)
    }

    /// Compiles all templates into an engine that has the functions already: if
    /// one of them is missing, what is wrong with each alone is all that is told.
    pub(crate) fn compile(&self, engine: &Tera) -> Result<Tera, Vec<Diagnostic>> {
        let alone = self.templates.iter().filter_map(|(name, source)| {
            let error = engine.clone().add_raw_template(name, &source.text).err()?;
            matches!(error.kind(), ErrorKind::SyntaxError(_)).then(|| self.fault(name, &error))
        });
        let mut faults: Vec<Diagnostic> = alone.flatten().collect();
        let mut engine = engine.clone();
        if faults.is_empty() && self.unread.is_empty() {
            let all = self
                .templates
                .iter()
                .map(|(name, source)| (name, &source.text));
            faults.extend(
                engine
                    .add_raw_templates(all)
                    .err()
                    .into_iter()
                    .flat_map(|error| self.fault("", &error)),
            );
        }
        if faults.is_empty() && self.unread.is_empty() {
            Ok(engine)
        } else {
            Err(faults)
        }
    }

    /// What an error of the engine means to the author of the theme.
    pub(crate) fn fault(&self, template: &str, error: &Error) -> Vec<Diagnostic> {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let range = report.span().range.clone();
                let fault = match self.templates.get(report.filename()) {
                    Some(source) => source.at(range, report.message()),
                    None => self.whole(template, report.message()),
                };
                vec![explain(fault, self.names())]
            }
            ErrorKind::MissingParent { current, parent } => vec![self.missing(current, parent)],
            ErrorKind::CircularExtend {
                tpl,
                inheritance_chain: chain,
            }
            | ErrorKind::CircularInclude {
                tpl,
                include_chain: chain,
            } => vec![self.circle(tpl, chain)],
            ErrorKind::Msg(text) if text.starts_with("error: ") => self.reports(text),
            _ => vec![explain(
                self.whole(template, &error.to_string()),
                self.names(),
            )],
        }
    }

    /// A fault of a template as a whole.
    pub(crate) fn whole(&self, template: &str, message: &str) -> Diagnostic {
        let file = self
            .templates
            .get(template)
            .map(|source| source.file.clone());
        Diagnostic::new(
            file.unwrap_or_else(|| format!("template {template}").into()),
            message,
        )
    }

    /// A template that extends or includes itself, at last: where it names the
    /// next one in the circle.
    fn circle(&self, template: &str, chain: &[String]) -> Diagnostic {
        let message = format!("this template needs itself: {}", chain.join(", then "));
        let next = chain.iter().find(|name| *name != template);
        let next = next.map_or(template, String::as_str);
        let fault = match self.templates.get(template) {
            Some(source) => {
                let at = source.text.find(next).unwrap_or_default();
                source.at(at..at + next.len(), message)
            }
            None => self.whole(template, &message),
        };
        fault.expected("templates that come to an end")
    }

    fn missing(&self, current: &str, parent: &str) -> Diagnostic {
        let message = format!("there is no template `{parent}` to extend");
        let fault = match self.templates.get(current) {
            Some(source) => {
                let at = source.text.find(parent).unwrap_or_default();
                source.at(at..at + parent.len(), message)
            }
            None => self.whole(current, &message),
        };
        fault
            .expected("a file in templates/")
            .suggestion(did_you_mean(parent, self.names()))
    }

    /// What the engine finds when it looks at all templates together comes as
    /// text: `error: MESSAGE`, then `--> FILE:LINE:COLUMN`, for each of them.
    fn reports(&self, text: &str) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(message) = line.strip_prefix("error: ") else {
                continue;
            };
            let place = lines
                .next()
                .and_then(|line| line.trim_start().strip_prefix("--> "));
            let place = place.and_then(|place| {
                let (place, column) = place.rsplit_once(':')?;
                let (name, line) = place.rsplit_once(':')?;
                Some((
                    self.templates.get(name)?,
                    line.parse().ok()?,
                    column.parse().ok()?,
                ))
            });
            let fault = match place {
                Some((source, line, column)) => {
                    source.at(offset_of(&source.text, line, column), message)
                }
                None => self.whole("", message),
            };
            faults.push(explain(fault, self.names()));
        }
        faults
    }
}

/// The word at a line and a column, both counted from 1.
fn offset_of(text: &str, line: usize, column: usize) -> std::ops::Range<usize> {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = &text[line_start..];
    let start = rest
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(rest.len(), |(at, _)| at);
    let word = rest[start..]
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len() - start);
    line_start + start..line_start + start + word
}

fn read_theme_toml(site: &Path, file: &Path) -> Result<(Table, ThemeTexts), Vec<Diagnostic>> {
    let source = Source::read(site, file).map_err(|fault| vec![fault])?;
    let table = toml_data::parse(&source, 0..source.text.len())?;
    let mut fields = Fields::new(&source, table);
    let extra = fields.table("extra");
    let texts = ThemeTexts::read(&mut fields, &source);
    // What a theme says about itself is for people.
    for about in [
        "name",
        "description",
        "license",
        "homepage",
        "min_version",
        "demo",
        "tags",
        "author",
        "authors",
        "original",
    ] {
        fields.take(about);
    }
    let faults = fields.finish("theme.toml");
    if faults.is_empty() {
        Ok((extra, texts))
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(templates: &[(&str, &str)]) -> Diagnostic {
        let theme = Theme::of_templates(templates);
        theme.compile(&Tera::default()).unwrap_err().remove(0)
    }

    #[test]
    fn a_circle_is_placed() {
        for (a, b) in [
            ("\n{% extends \"b.html\" %}", "{% extends \"a.html\" %}"),
            ("\n{% include \"b.html\" %}", "{% include \"a.html\" %}"),
            ("\n{% extends \"a.html\" %}", ""),
        ] {
            let fault = fault(&[("a.html", a), ("b.html", b)]);
            assert!(fault.message.starts_with("this template needs itself"));
            assert!(fault.file.starts_with("themes/t/templates"), "{fault}");
            assert!(fault.place.is_some_and(|place| place.column == 13));
        }
    }
}

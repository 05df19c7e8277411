//! What pages are drawn with: the theme, `themes/NAME/` with `theme.toml`,
//! `templates/`, `static/` and `sass/`; and the site's own `templates/`, which
//! stand before those of the theme.
//!
//! As in Zola, a template of the site takes the place of the theme's that has its
//! name, wherever that is asked for, also by the theme. The theme's own stays
//! there as `NAME/templates/page.html`, to be extended. A site that names no
//! theme and has `templates/index.html` has none: all is its own.
//!
//! * `arguments` looks for those that are misspelt;
//! * `compile` makes an engine of the templates;
//! * `faults` tells what is wrong with them;
//! * `mask` leaves a tag at fault out, so that there may be others;
//! * `remains` leaves out what depends on it, too;
//! * `tokens` are the words of tags.

mod arguments;
mod compile;
mod faults;
mod mask;
pub(crate) mod remains;
mod statements;
pub(crate) mod step;
mod syntax;
pub(crate) mod template_fault;
pub(crate) mod tokens;
pub(crate) mod translations;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::assets::is_static;
use crate::config::Config;
use crate::data::toml_data;
use crate::data::{Fields, Table};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::{self, Source};
use translations::ThemeTexts;

pub(crate) use crate::site_layout::TEMPLATES;

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
    /// The paths of other files that cannot be read.
    pub(crate) lost: Vec<String>,
    /// Where it is, relative to the site.
    pub(crate) directory: PathBuf,
    /// What the engine puts before the names of the theme's own templates, as in
    /// `plain/templates/`; nothing if there is no theme.
    prefix: Option<String>,
    /// Templates, by the names that the engine has for them.
    templates: BTreeMap<String, Source>,
    /// Of those that cannot be read, these names.
    unread: BTreeSet<String>,
    /// All names that a template can be asked for by.
    names: BTreeSet<String>,
}

impl Theme {
    /// Reads the theme that the configuration names, and the site's own templates:
    /// what of it can be read, and what is wrong with the rest.
    ///
    /// # Errors
    ///
    /// When it is not known which files there are.
    pub(crate) fn read(
        site: &Path,
        config: &Config,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut theme = Self {
            directory: config.theme_directory(),
            ..Self::default()
        };
        let mut faults = Vec::new();
        if config.has_theme() {
            let root = config.root(site, &theme.directory);
            check_is_there(root, config)?;
            theme.prefix = Some(format!("{}/{TEMPLATES}/", config.theme.0));
            faults.extend(theme.take_in(root, &theme.directory.clone())?);
        }
        if site.join(TEMPLATES).symlink_metadata().is_ok() {
            faults.extend(theme.take_in(site, Path::new(""))?);
        }
        let known = theme.templates.keys().chain(&theme.unread);
        let prefix = theme.prefix.as_deref();
        let of_theme = |name: &String| name.strip_prefix(prefix?).map(str::to_owned);
        theme.names = known
            .flat_map(|name| [Some(name.clone()), of_theme(name)])
            .flatten()
            .collect();
        Ok((theme, faults))
    }

    /// Takes in the files of the theme, or the templates of the site, which is
    /// where it is itself.
    fn take_in(&mut self, site: &Path, root: &Path) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let is_site = root.as_os_str().is_empty();
        let (start, prefix) = match is_site {
            true => (Path::new(TEMPLATES), String::new()),
            false => (root, self.prefix.clone().unwrap_or_default()),
        };
        let (files, mut faults) = source::survey(site, start)?;
        let mut lost = faults.iter().map(|fault| &fault.file);
        if !lost.all(|file| self.lose(site, file, (root, &prefix))) {
            return Err(faults);
        }
        for found in files {
            let inside = found.file.strip_prefix(root).ok().and_then(Path::to_str);
            if let Some(inside) = inside
                && let Err(more) = self.add(site, &found.file, (inside, &prefix))
            {
                faults.extend(more);
            }
        }
        Ok(faults)
    }

    /// Takes note of a file that cannot be read; tells whether it is known what
    /// that would be.
    fn lose(&mut self, site: &Path, file: &Path, (root, prefix): (&Path, &str)) -> bool {
        let inside = file.strip_prefix(root).ok().and_then(Path::to_str);
        let Some(inside) = inside.filter(|_| is_static(site, file)) else {
            return false;
        };
        if let Some(name) = template_name(inside) {
            self.unread.insert(format!("{prefix}{name}"));
        } else if let Some(path) = inside.strip_prefix("static/") {
            self.lost.push(path.to_owned());
        }
        // What is elsewhere has no part in the site, but sheets, which are missed by
        // those that need them.
        !inside.starts_with("sass/")
    }

    fn add(
        &mut self,
        site: &Path,
        file: &Path,
        (inside, prefix): (&str, &str),
    ) -> Result<(), Vec<Diagnostic>> {
        if inside == "theme.toml" {
            (self.extra, self.texts) = read_theme_toml(site, file)?;
        } else if let Some(name) = template_name(inside) {
            let name = format!("{prefix}{name}");
            let source = Source::read(site, file);
            if self.templates.contains_key(&name) || self.unread.contains(&name) {
                let fault = Diagnostic::new(file, format!("`{name}` is the theme's own template"));
                return Err(vec![fault.expected("another directory in templates/")]);
            }
            match source {
                Ok(mut source) => {
                    // The engine takes a mark of the byte order for text.
                    if source.text.starts_with('\u{feff}') {
                        source.text.drain(..'\u{feff}'.len_utf8());
                    }
                    self.templates.insert(name, source);
                }
                Err(fault) => {
                    self.unread.insert(name);
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

    /// A theme of nothing but templates, each with its name.
    pub(crate) fn of_templates(templates: &[(&str, &str)]) -> Self {
        let source = |&(name, text): &(&str, &str)| {
            let file = format!("themes/t/templates/{name}").into();
            let text = text.to_owned();
            (name.to_owned(), Source { file, text })
        };
        Self {
            templates: templates.iter().map(source).collect(),
            names: templates
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            ..Self::default()
        }
    }

    /// Whether there is a template of a name, of the site or of the theme.
    pub(crate) fn has(&self, template: &str) -> bool {
        self.names.contains(template)
    }

    /// The template of a name, if it can be read: the site's own, or else the
    /// theme's.
    pub(crate) fn template(&self, name: &str) -> Option<&Source> {
        if self.unread.contains(name) {
            return None;
        }
        let of_theme = || {
            self.templates
                .get(&format!("{}{name}", self.prefix.as_ref()?))
        };
        self.templates.get(name).or_else(of_theme)
    }

    /// All templates, by the names that the engine has for them.
    pub(crate) fn templates(&self) -> &BTreeMap<String, Source> {
        &self.templates
    }

    /// The same as the engine reads them: they tell where they repeat themselves.
    pub(crate) fn stepped(&self) -> BTreeMap<String, String> {
        let all = self.templates.iter().enumerate();
        let stepped = |text: &str, number| step::with_steps(text, number);
        all.map(|(number, (name, source))| (name.clone(), stepped(&source.text, number)))
            .collect()
    }

    /// The name of a template, if it is there.
    pub(crate) fn name(&self, template: &str) -> Option<&str> {
        self.names.get(template).map(String::as_str)
    }

    /// All names that a template can be asked for by.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// The name of a template, by its place in a theme or a site.
fn template_name(inside: &str) -> Option<&str> {
    inside.strip_prefix(TEMPLATES)?.strip_prefix('/')
}

/// Makes sure that the theme which the configuration names is a directory.
fn check_is_there(site: &Path, config: &Config) -> Result<(), Vec<Diagnostic>> {
    let (name, span) = &config.theme;
    let is_name = !name.contains(['/', '\\']) && !name.starts_with('.') && !name.is_empty();
    if is_name && site.join(config.theme_directory()).is_dir() {
        return Ok(());
    }
    let names = std::fs::read_dir(site.join("themes"));
    let names = names.into_iter().flatten().flatten();
    let names: Vec<String> = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let message = match span.is_empty() {
        true => "the configuration has no `theme`".to_owned(),
        false => format!("there is no theme `{name}`"),
    };
    let fault = config.source.at(span.clone(), message);
    let suggestion = did_you_mean(name, names.iter().map(String::as_str));
    Err(vec![
        fault
            .expected("the name of a directory in themes/")
            .suggestion(suggestion),
    ])
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

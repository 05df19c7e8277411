//! `load_data`: what data files say, for templates. Arguments and results are
//! Zola's, but that nothing is ever fetched from a network: a site is built
//! from its own files.
//!
//! * `path`: a file. `@/FILE` is one in `content/`; anything else is looked for
//!   in `content/`, `data/`, `static/`, and the theme's `static/`, and as the
//!   site's own directory sees it.
//!   A path that begins with a name of `[include]` is one in that directory.
//! * `literal`: the data itself.
//! * `format`: `toml`, `json`, `yaml`, `csv`, `xml`, `bibtex` or `plain`; else the
//!   file's name says it.
//! * `anchor`, `lines`: a part of a text (`part`).
//! * `required=false`: none, and no fault, if there is no such file.
//!
//! What is wrong with a file is placed in that file. A template's error is only
//! a text; [`DataFiles::place`] turns it into what it stands for.

mod bibtex;
mod csv;
mod json;
mod part;
mod xml;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tera::{Error, Kwargs, TeraResult, Value};

use crate::cache::Cache;
use crate::config::base_url::BaseUrl;
use crate::config::included::{self, Included};
use crate::data::table_to_value;
use crate::data::{toml_data, yaml_data};
use crate::diagnostic::Diagnostic;
use crate::functions::calls;
use crate::limits::MAX_TEXT_BYTES;
use crate::site_layout::{CONTENT, DATA, STATIC, THEMES};
use crate::source::{Source, is_hidden};
use crate::url;
use crate::values::{NO_ITEMS, map};

/// How it is told that a file has faults.
const FAULTY: &str = "the data file `";

/// The data files of a site.
#[derive(Default)]
pub(crate) struct DataFiles {
    site: PathBuf,
    /// Where its theme's directory is, relative to which that has its name.
    of_theme: PathBuf,
    /// The name of the theme, if the site has one.
    theme: Option<String>,
    /// Where the site is.
    base: BaseUrl,
    /// Directories besides its own.
    included: Vec<Included>,
    cache: Arc<Cache>,
    /// What is wrong with files, by what templates are told.
    faults: Mutex<BTreeMap<String, Vec<Diagnostic>>>,
}

/// What a text can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Toml,
    Json,
    Yaml,
    Csv,
    Xml,
    Bibtex,
    Plain,
}

impl Format {
    pub(crate) const ALL: [(&'static str, Self); 9] = [
        ("toml", Self::Toml),
        ("json", Self::Json),
        ("yaml", Self::Yaml),
        ("yml", Self::Yaml),
        ("csv", Self::Csv),
        ("xml", Self::Xml),
        ("bibtex", Self::Bibtex),
        ("bib", Self::Bibtex),
        ("plain", Self::Plain),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(own, _)| *own == name).map(|(_, format)| *format)
    }

    pub(crate) fn read(self, source: &Source) -> Result<Value, Vec<Diagnostic>> {
        let all = 0..source.text.len();
        match self {
            Self::Toml => toml_data::parse(source, all).map(|table| table_to_value(&table)),
            Self::Yaml => yaml_data::parse_any(source, all).map(|data| data.to_value()),
            Self::Json => json::parse(source).map_err(|fault| vec![fault]),
            Self::Csv => csv::parse(source),
            Self::Xml => xml::parse(source).map_err(|fault| vec![fault]),
            Self::Bibtex => bibtex::parse(source),
            Self::Plain => Ok(source.text.as_str().into()),
        }
    }
}

impl DataFiles {
    pub(crate) fn new(
        [site, of_theme]: [&Path; 2],
        theme: Option<String>,
        (base, included): (BaseUrl, Vec<Included>),
        cache: &Arc<Cache>,
    ) -> Self {
        Self {
            site: site.to_owned(),
            of_theme: of_theme.to_owned(),
            theme,
            base,
            included,
            cache: Arc::clone(cache),
            faults: Mutex::default(),
        }
    }

    /// Answers a call of `load_data`.
    pub(crate) fn load(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        if kwargs.get::<&str>("url")?.is_some() {
            let message = "`load_data` reads nothing from other sites, so that the same files \
                           always make the same site; save it as a file in `data/`, and give its `path`";
            return Err(Error::message(message));
        }
        let value = self.load_whole(kwargs)?;
        let text = value.as_str();
        if text.is_none() && !value.is_none() && part::is_asked(kwargs)? {
            let message = "`anchor` and `lines` are of texts; expected `format=\"plain\"`";
            return Err(Error::message(message));
        }
        let part = text.map(|text| part::of(text, kwargs)).transpose()?;
        Ok(part.flatten().map_or(value, Value::from))
    }

    fn load_whole(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let format = kwargs.get::<&str>("format")?;
        let chosen = format.map(|name| Format::named(name).ok_or_else(|| unknown(name)));
        let chosen = chosen.transpose()?;
        match (kwargs.get::<&str>("path")?, kwargs.get::<&str>("literal")?) {
            (Some(path), None) => {
                let required = kwargs.get::<bool>("required")?.unwrap_or(true);
                match self.find(path) {
                    Some(file) => self.file(&file, chosen),
                    None if !required => Ok(Value::none()),
                    None => Err(self.missing(path)),
                }
            }
            (None, Some(text)) => {
                let format = chosen.unwrap_or(Format::Plain);
                literal(text, format)
            }
            _ => Err(Error::message(
                "`load_data` needs either `path`, a file, or `literal`, a text",
            )),
        }
    }

    /// Replaces what templates were told of files by what is wrong with these.
    pub(crate) fn place(&self, faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let known = self.faults();
        let place = |fault: Diagnostic| {
            let about = known
                .iter()
                .filter(|(told, _)| fault.message.contains(*told));
            let about: Vec<Diagnostic> = about.flat_map(|(_, about)| about.clone()).collect();
            if about.is_empty() { vec![fault] } else { about }
        };
        faults.into_iter().flat_map(place).collect()
    }

    /// The places where a file may be, relative to the site.
    fn places(&self, path: &str) -> Vec<String> {
        let inside = url::join("", path.trim_start_matches("@/"));
        let Some(inside) = inside.filter(|inside| !inside.is_empty()) else {
            return Vec::new();
        };
        if path.starts_with("@/") {
            return vec![format!("content/{inside}")];
        }
        let theme = self.theme.as_ref();
        let theme = theme.map(|name| format!("{THEMES}/{name}"));
        let of_theme = theme
            .into_iter()
            .flat_map(|theme| [theme.clone() + "/static", theme]);
        let above = [CONTENT, DATA, STATIC].map(str::to_owned);
        let mut places: Vec<String> = above
            .into_iter()
            .chain(of_theme)
            .map(|above| format!("{above}/{inside}"))
            .collect();
        // What Zola has in `static/` may be in `content/` here.
        let of_static = inside.strip_prefix("static/");
        places.extend(of_static.map(|inside| format!("content/{inside}")));
        // Edits elsewhere would not be heard of.
        let sources = [CONTENT, DATA, STATIC, THEMES];
        let first = inside.split_once('/').map(|(first, _)| first);
        if first.is_some_and(|first| sources.contains(&first)) {
            places.push(inside);
        }
        places
    }

    fn find(&self, path: &str) -> Option<PathBuf> {
        let is_own = |place: &String| {
            let root = self.root(Path::new(place));
            let hidden = place.split('/').any(|name| name.starts_with('.'));
            !hidden && is_file_below(&root.join(place), root)
        };
        let found = self.places(path).into_iter().find(is_own);
        // It may be an address, as `page.assets` has them.
        let of_address = || {
            let place = self.base.place(path).filter(|place| *place != path)?;
            self.places(place).into_iter().find(is_own)
        };
        let found = found.or_else(of_address).map(PathBuf::from);
        found.or_else(|| self.find_included(path))
    }

    /// A file of a directory that is not the site's.
    fn find_included(&self, path: &str) -> Option<PathBuf> {
        let (included, place) = self.included(path)?;
        let root = included::real(&self.site, &included.directory)?;
        let file = self.site.join(&place);
        // Whoever waits for edits looks there, whether it is there or not.
        self.cache.note_outside(&file);
        let inside = &place[included.directory.len()..];
        let hidden = inside.split('/').any(|name| name.starts_with('.'));
        (!hidden && is_file_below(&file, &root)).then(|| place.into())
    }

    /// The directory besides the site's own that a path begins with, and the place.
    fn included(&self, path: &str) -> Option<(&Included, String)> {
        let inside = url::join("", path).filter(|_| !path.starts_with("@/"))?;
        let mut all = self.included.iter();
        all.find_map(|included| Some((included, included.place(&inside)?)))
    }

    /// Where a file is from, by its name.
    fn root(&self, file: &Path) -> &Path {
        match file.starts_with(THEMES) {
            true => &self.of_theme,
            false => &self.site,
        }
    }

    fn missing(&self, path: &str) -> Error {
        let mut places = self.places(path);
        places.extend(self.included(path).map(|(_, place)| place));
        if places.is_empty() {
            return Error::message(format!(
                "there is no data file `{path}`: that is no place in the site"
            ));
        }
        let looked_for = places.join("`, `");
        Error::message(format!(
            "there is no data file `{path}`; looked for `{looked_for}`"
        ))
    }

    fn file(&self, file: &Path, format: Option<Format>) -> TeraResult<Value> {
        let extension = file.extension().and_then(|extension| extension.to_str());
        let by_name = || extension.and_then(Format::named).unwrap_or(Format::Plain);
        let format = format.unwrap_or_else(by_name);
        let read = || {
            let source = Source::read(self.root(file), file).map_err(|fault| vec![fault])?;
            self.cache
                .read_data(&format!("{format:?}"), &source.text, || {
                    format.read(&source)
                })
        };
        read().map_err(|faults| {
            let told = format!("{FAULTY}{}` cannot be read", file.display());
            self.faults().insert(told.clone(), faults);
            Error::message(told)
        })
    }

    /// What a template is given in place of a file with faults, so that it may ask for
    /// others; none if something else is wrong.
    pub(crate) fn instead(&self, error: &Error) -> Option<Value> {
        let told = error.to_string();
        let faulty = told.strip_prefix(FAULTY)?;
        calls::fault(told.clone());
        let (headers, records) = (NO_ITEMS.clone(), NO_ITEMS.clone());
        Some(match faulty.contains(".csv`") {
            true => map([("headers", headers), ("records", records)]),
            false => map([]),
        })
    }

    fn faults(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Diagnostic>>> {
        // A panic elsewhere cannot have left a map half-changed.
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether there is a file, which no link leads out of a directory for, and nobody hides.
fn is_file_below(file: &Path, root: &Path) -> bool {
    let (Ok(real), Ok(root)) = (fs::canonicalize(file), fs::canonicalize(root)) else {
        return false;
    };
    real.starts_with(&root) && !is_hidden(&root, &real) && real.is_file()
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = Format::ALL.iter().map(|(name, _)| *name).collect();
    let names = names.join("`, `");
    Error::message(format!("`format` is `{name}`; expected one of `{names}`"))
}

/// The data in a template itself, where its faults are shown too.
fn literal(text: &str, format: Format) -> TeraResult<Value> {
    if text.len() as u64 > MAX_TEXT_BYTES {
        return Err(Error::message("`literal` is too long"));
    }
    let source = Source {
        file: "literal".into(),
        text: text.to_owned(),
    };
    format.read(&source).map_err(|faults| {
        let told = faults.iter().map(|fault| match &fault.place {
            Some(place) => format!("line {}: {}", place.line, fault.message),
            None => fault.message.clone(),
        });
        Error::message(told.collect::<Vec<_>>().join("; "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> (tempfile::TempDir, DataFiles) {
        let site = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = site.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let data = DataFiles::new(
            [site.path(); 2],
            Some("t".into()),
            (BaseUrl::default(), Vec::new()),
            &Arc::default(),
        );
        (site, data)
    }

    fn load(data: &DataFiles, arguments: &[(&'static str, &str)]) -> Result<String, String> {
        let arguments = arguments.iter();
        let map = arguments.map(|(name, value)| ((*name).into(), Value::from(*value)));
        let loaded = data.load(&Kwargs::new(Arc::new(map.collect())));
        loaded
            .map(|value| value.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_format_gives_the_same() {
        let (_site, data) = site(&[
            ("content/a.toml", "z = 1\na = [true, \"x\"]\n"),
            ("data/a.json", "{\"z\": 1, \"a\": [true, \"x\"]}"),
            ("themes/t/static/a.yaml", "z: 1\na: [true, x]\n"),
            ("content/b/c.csv", "name,price\nTea,\"1,50\"\n"),
            ("data/list.yml", "- 1\n- b: 2\n"),
            ("data/a.txt", "z = 1\n"),
            ("data/a.xml", "<z><a>1</a></z>"),
            ("data/a.bib", "@misc{k, year = 1}"),
            ("static/d.toml", "z = 1\na = [true, \"x\"]\n"),
        ]);
        let expected = "{\"z\": 1, \"a\": [true, \"x\"]}";
        for path in [
            "a.toml",
            "@/a.toml",
            "a.json",
            "data/a.json",
            "/a.yaml",
            "static/a.yaml",
            "static/a.toml",
            "d.toml",
            "static/d.toml",
        ] {
            assert_eq!(
                load(&data, &[("path", path)]).as_deref(),
                Ok(expected),
                "{path}"
            );
        }
        let plain = load(&data, &[("path", "a.txt")]);
        assert_eq!(plain.as_deref(), Ok("z = 1\n"));
        let as_toml = load(&data, &[("path", "a.txt"), ("format", "toml")]);
        assert_eq!(as_toml.as_deref(), Ok("{\"z\": 1}"));
        assert_eq!(
            load(&data, &[("path", "list.yml")]).as_deref(),
            Ok("[1, {\"b\": 2}]")
        );
        let table = load(&data, &[("path", "b/c.csv")]);
        let expected = "{\"headers\": [\"name\", \"price\"], \"records\": [[\"Tea\", \"1,50\"]]}";
        assert_eq!(table.as_deref(), Ok(expected));
        let xml = load(&data, &[("path", "a.xml")]);
        assert_eq!(xml.as_deref(), Ok("{\"z\": {\"a\": 1}}"));
        let entry = "\"bibliographies\": [{\"entry_type\": \"misc\", \"citation_key\": \"k\"";
        assert!(load(&data, &[("path", "a.bib")]).unwrap().contains(entry));
        let literal = load(&data, &[("literal", "{\"a\": [1.5]}"), ("format", "json")]);
        assert_eq!(literal.as_deref(), Ok("{\"a\": [1.5]}"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let (site, data) = site(&[
            ("data/a.json", "{\n \"a\": tru\n}"),
            ("secret", "x"),
            (".git/config", "x"),
        ]);
        std::os::unix::fs::symlink("../.git/config", site.path().join("data/g.txt")).unwrap();
        let told = load(&data, &[("path", "a.json")]).unwrap_err();
        let faults = data.place(vec![Diagnostic::new("template", told)]);
        let place = faults[0].place.as_ref().unwrap();
        assert_eq!(
            (faults[0].file.as_path(), place.line),
            (Path::new("data/a.json"), 2)
        );
        for (arguments, part) in [
            (vec![("path", "b.json")], "content/b.json"),
            (vec![("path", "../secret")], "no place in the site"),
            (vec![("path", "g.txt")], "no data file"),
            (vec![("path", ".git/config")], "no data file"),
            (vec![("url", "https://a.org")], "save it as a file"),
            (
                vec![("path", "a.json"), ("format", "ini")],
                "expected one of",
            ),
            (vec![], "either `path`"),
            (
                vec![("literal", "a = = 1"), ("format", "toml")],
                "line 1: bad TOML",
            ),
        ] {
            let told = load(&data, &arguments).unwrap_err();
            assert!(told.contains(part), "{told}");
        }
    }
}

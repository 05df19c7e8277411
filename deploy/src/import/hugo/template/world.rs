//! What all templates of a site see: its configuration, pages, data and
//! translations, each read once; and how many steps all runs took.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use site_gen::review::Table;

use super::super::super::paths::join;
use super::super::super::report::{Report, Topic};
use super::super::super::tree::Origin;
use super::super::config::Config;
use super::super::data::{self, get, get_text};
use super::super::document::{Document, Kind};
use super::super::library::Library;
use super::super::mounts::Component;
use super::super::published::{self, unpublished};
use super::super::sections::{self, Dates};
use super::super::served::Place;
use super::super::theme::{self, Template, Texts};
use super::super::translations;
use super::parse::{self, Nodes};
use super::run::known_text;
use super::stop::Stop;
use super::terms::{self, Term};
use super::value::{Map, Store, Value};

/// A template that was read.
#[derive(Clone)]
pub(super) struct Parsed<'a> {
    pub(super) nodes: Nodes,
    pub(super) file: &'a Path,
}

/// What all templates of a site see.
pub(in super::super) struct World<'a> {
    pub(super) config: &'a Config,
    pub(super) library: &'a Library,
    pub(super) texts: &'a Texts,
    pub(super) origin: &'a Origin,
    data: OnceCell<Value>,
    /// The pages that files belong to, by directory and language.
    bundles: OnceCell<BTreeMap<(String, usize), usize>>,
    translations: RefCell<BTreeMap<usize, Rc<Table>>>,
    /// What templates note for all of Hugo, and for the site.
    pub(super) store: Store,
    pub(super) store_of_site: Store,
    pub(super) stores: RefCell<BTreeMap<usize, Store>>,
    /// The pages that are in lists, in their order, each with its section.
    pub(super) listed: OnceCell<Vec<(usize, Option<usize>)>>,
    /// The pages of taxonomies and terms.
    terms: OnceCell<Vec<Term>>,
    /// The dates that sections have from what is below them.
    dates: OnceCell<Dates>,
    /// All pages of a language, in their order.
    pub(super) pages: RefCell<BTreeMap<usize, Value>>,
    /// What was read of templates already, by their files; or the line of what is
    /// not understood.
    parsed: RefCell<BTreeMap<PathBuf, Result<Nodes, usize>>>,
    /// The steps of all runs.
    pub(super) steps: Cell<usize>,
}

impl<'a> World<'a> {
    pub(in super::super) fn new(
        config: &'a Config,
        library: &'a Library,
        texts: &'a Texts,
        origin: &'a Origin,
    ) -> Self {
        Self {
            config,
            library,
            texts,
            origin,
            data: OnceCell::new(),
            bundles: OnceCell::new(),
            translations: RefCell::default(),
            store: Store::default(),
            store_of_site: Store::default(),
            stores: RefCell::default(),
            listed: OnceCell::new(),
            terms: OnceCell::new(),
            dates: OnceCell::new(),
            pages: RefCell::default(),
            parsed: RefCell::default(),
            steps: Cell::new(0),
        }
    }

    /// A template, read once.
    pub(super) fn parsed(&self, template: &'a Template) -> Result<Parsed<'a>, Stop> {
        let file = template.file.as_path();
        let mut parsed = self.parsed.borrow_mut();
        if !parsed.contains_key(file) {
            let read = parse::template(&template.text).map(Rc::new);
            parsed.insert(file.to_owned(), read);
        }
        match &parsed[file] {
            Ok(nodes) => Ok(Parsed {
                nodes: Rc::clone(nodes),
                file,
            }),
            Err(line) => Err(Stop::because("the template is not understood").at(file, *line)),
        }
    }

    /// The template of a shortcode in a language.
    pub(in super::super) fn shortcode(&self, name: &str, language: usize) -> Option<&'a Template> {
        self.texts.shortcodes.get(name)?.get(language)
    }

    pub(super) fn document(&self, page: usize) -> &Document {
        &self.library.documents[page]
    }

    /// Where a document is served now.
    pub(super) fn path(&self, page: usize) -> String {
        let place = Place::of(self.document(page), self.config).0;
        self.config.address(&place.serves)
    }

    pub(super) fn number_of(&self, document: &Document) -> Option<usize> {
        let documents = &self.library.documents;
        let first = documents.as_ptr().addr();
        let at = std::ptr::from_ref(document).addr().checked_sub(first)?;
        let number = at / size_of::<Document>();
        (number < documents.len()).then_some(number)
    }

    pub(super) fn dates(&self) -> &Dates {
        self.dates.get_or_init(|| sections::youngest(self.library))
    }

    pub(super) fn terms(&self) -> &[Term] {
        self.terms.get_or_init(|| terms::all(self))
    }

    pub(super) fn bundles(&self) -> &BTreeMap<(String, usize), usize> {
        let find = || {
            let documents = self.library.documents.iter().enumerate();
            let bundles = documents.filter_map(|(number, document)| {
                let directory = match document.kind {
                    Kind::Bundle => join(&document.directory, &document.name),
                    Kind::Section => document.directory.clone(),
                    Kind::Page => return None,
                };
                Some(((directory, document.language), number))
            });
            bundles.collect()
        };
        self.bundles.get_or_init(find)
    }

    /// The document that a link means, seen from a page.
    pub(super) fn find(&self, link: &str, page: usize) -> Option<usize> {
        let from = self.document(page);
        self.number_of(self.library.find(link, from, from.language)?)
    }

    /// All data files, by the names of their directories and their own.
    pub(super) fn data(&self) -> Value {
        let read = || {
            // Faults in data are told where it is brought across.
            let mut ignored = Report::default();
            let mut all = Map::new();
            let of_site = self
                .config
                .mounts
                .files(Component::Data, self.origin, &mut ignored);
            // The site's own come last, and count.
            let mut files = theme::data(self.config, self.origin, &mut ignored);
            files.extend(of_site);
            for file in files {
                let name = file.inside.rsplit_once('.').map_or("", |(name, _)| name);
                let topic = Topic::Files;
                let read = data::read_items(self.origin, &file.file, topic, &mut ignored);
                if let Some((_, table)) = read {
                    let value = match get(&table, data::ITEMS) {
                        Some(items) => Value::of(items),
                        None => Value::of(&site_gen::review::Data::Table(table)),
                    };
                    put(&mut all, name, value);
                }
            }
            Value::map(all)
        };
        self.data.get_or_init(read).clone()
    }

    /// A text of `i18n/` in the language of a page.
    pub(super) fn translation(&self, key: &str, page: usize) -> Option<String> {
        let language = self.document(page).language;
        let mut known = self.translations.borrow_mut();
        let texts = known.entry(language).or_insert_with(|| {
            let code = &self.config.languages[language].code;
            let mut ignored = Report::default();
            Rc::new(translations::of_language(
                self.config,
                code,
                self.origin,
                &mut ignored,
            ))
        });
        get_text(texts, key)
    }

    /// The text of a file of the site.
    pub(super) fn file(&self, file: &Path) -> Result<String, Stop> {
        let text = self.origin.read(file, &mut Report::default());
        let no = || Stop::because(format!("`{}` is not read", file.display()));
        let text = text.ok_or_else(no)?;
        match super::has_marks(&text) {
            true => Err(no()),
            false => Ok(text),
        }
    }

    /// Where a link leads that names a file.
    pub(super) fn reference(&self, page: usize, given: &[Value]) -> Result<Value, Stop> {
        let link = match given.last() {
            Some(Value::Map(map) | Value::Params(map)) => {
                map.get("path").cloned().unwrap_or(Value::Nil)
            }
            Some(value) => value.clone(),
            None => Value::Nil,
        };
        let link = known_text(&link)?;
        let (place, anchor) = match link.split_once('#') {
            Some((place, anchor)) => (place, format!("#{anchor}")),
            None => (link.as_str(), String::new()),
        };
        if place.is_empty() {
            return Ok(Value::text(anchor));
        }
        let found = self.find(place, page);
        let no = || Stop::because(format!("`{link}` is no page"));
        let found = found.ok_or_else(no)?;
        Ok(Value::text(self.path(found) + &anchor))
    }

    /// Whether a document is in lists.
    pub(super) fn is_listed(&self, document: &Document) -> bool {
        let is_home = document.kind == Kind::Section && document.directory.is_empty();
        unpublished(document).is_none() && !is_home && published::is_listed(document)
    }
}

/// Puts data at a place that names directories.
fn put(all: &mut Map, path: &str, value: Value) {
    let (first, rest) = match path.split_once('/') {
        Some(parts) => parts,
        None => {
            all.insert(path.to_owned(), value);
            return;
        }
    };
    let mut inner = match all.get(first) {
        Some(Value::Map(inner)) => Map::clone(inner),
        _ => Map::new(),
    };
    put(&mut inner, rest, value);
    all.insert(first.to_owned(), Value::map(inner));
}

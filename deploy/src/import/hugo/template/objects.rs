//! What pages, the site, files and calls are to a template.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use site_gen::review::Table;

use super::super::super::paths::{join, split};
use super::super::super::report::{Report, Topic};
use super::super::super::tree::Origin;
use super::super::config::Config;
use super::super::data::{self, get, get_boolean, get_integer, get_text};
use super::super::date;
use super::super::document::{Document, Kind};
use super::super::front::Place;
use super::super::library::{self, Library, unpublished};
use super::super::mounts::Component;
use super::super::site;
use super::super::theme::{self, Texts};
use super::parse::{self, Nodes};
use super::run::{Stop, known_text};
use super::value::{Frame, Map, Store, Value, entry};
use super::{TEXT_OF, format, lists, texts, unmarked};

/// What all templates of a site see.
pub(in super::super) struct World<'a> {
    pub(super) config: &'a Config,
    pub(super) library: &'a Library,
    pub(super) texts: &'a Texts,
    pub(super) origin: &'a Origin,
    data: OnceCell<Value>,
    translations: RefCell<BTreeMap<usize, Rc<Table>>>,
    stores: RefCell<BTreeMap<usize, Store>>,
    /// The pages that are in lists, in their order, each with its section.
    pub(super) listed: OnceCell<Vec<(usize, Option<usize>)>>,
    /// What was read of templates already, by where their texts are.
    parsed: RefCell<BTreeMap<(usize, usize), Option<Nodes>>>,
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
            translations: RefCell::default(),
            stores: RefCell::default(),
            listed: OnceCell::new(),
            parsed: RefCell::default(),
            steps: Cell::new(0),
        }
    }

    /// A template, read once.
    pub(super) fn parsed(&self, text: &'a str) -> Option<Nodes> {
        let place = (text.as_ptr().addr(), text.len());
        let mut parsed = self.parsed.borrow_mut();
        let read = || parse::template(text).map(Rc::new);
        parsed.entry(place).or_insert_with(read).clone()
    }

    /// The template of a shortcode.
    pub(in super::super) fn shortcode(&self, name: &str) -> Option<&'a str> {
        self.texts.shortcodes.get(name).map(String::as_str)
    }

    pub(super) fn document(&self, page: usize) -> &Document {
        &self.library.documents[page]
    }

    /// Where a document is served now.
    pub(super) fn path(&self, page: usize) -> String {
        let place = Place::of(self.document(page), self.config).0;
        site_gen::encode_path(&place.serves)
    }

    pub(super) fn number_of(&self, document: &Document) -> Option<usize> {
        let documents = &self.library.documents;
        let first = documents.as_ptr().addr();
        let at = std::ptr::from_ref(document).addr().checked_sub(first)?;
        let number = at / size_of::<Document>();
        (number < documents.len()).then_some(number)
    }

    /// The document that a link means, seen from a page.
    pub(super) fn find(&self, link: &str, page: usize) -> Option<usize> {
        let from = self.document(page);
        self.number_of(self.library.find(link, from, from.language)?)
    }

    /// A field or method of what is no map.
    pub(super) fn field(&self, value: &Value, name: &str, given: &[Value]) -> Result<Value, Stop> {
        match value {
            Value::Call(frame) => self.of_call(frame, name, given),
            Value::Page(page) => self.of_page(*page, name, given),
            Value::Site => self.of_site(name, given),
            Value::Array(items) => lists::method(self, items, name, given),
            Value::Resource(resource) => self.of_resource(*resource, name),
            Value::Store(store) => of_store(store, name, given),
            Value::Language(language) => self.of_language(*language, name),
            Value::Date(date) => format::of_date(date, name, given),
            Value::File(page) => self.of_file(*page, name),
            Value::Hugo if name == "Data" => Ok(self.data()),
            Value::Hugo => of_hugo(name),
            _ => Err(no(name)),
        }
    }

    fn of_call(&self, frame: &Rc<Frame>, name: &str, given: &[Value]) -> Result<Value, Stop> {
        Ok(match name {
            "Get" => match given.first() {
                Some(Value::Integer(place)) => {
                    let place = usize::try_from(*place).map_err(|_| no(name))?;
                    frame.placed.get(place).cloned().unwrap_or(Value::Nil)
                }
                Some(Value::Text(name)) => entry(&frame.named, name).cloned().unwrap_or(Value::Nil),
                _ => return Err(no(name)),
            },
            "Inner" | "InnerDeindent" => {
                Value::Html(frame.inner.borrow().clone().unwrap_or_default())
            }
            "Params" if frame.named.is_empty() => Value::array(frame.placed.clone()),
            "Params" => Value::map(frame.named.clone()),
            "IsNamedParams" => Value::Boolean(!frame.named.is_empty()),
            "Page" => Value::Page(frame.page),
            "Site" => Value::Site,
            "Parent" => frame.parent.clone().map_or(Value::Nil, Value::Call),
            "Ordinal" => Value::Integer(i64::try_from(frame.ordinal).unwrap_or(i64::MAX)),
            "Name" => Value::text(&frame.name),
            // Only what is told of a fault has it.
            "Position" => Value::text(""),
            "Scratch" | "Store" => Value::Store(Rc::clone(&frame.store)),
            "Ref" | "RelRef" => self.reference(frame.page, given)?,
            _ => return Err(no(name)),
        })
    }

    fn of_page(&self, page: usize, name: &str, given: &[Value]) -> Result<Value, Stop> {
        let document = self.document(page);
        let front = &document.front;
        let text_of = |key: &str| Value::text(unmarked(&get_text(front, key).unwrap_or_default()));
        let date_of = |keys: &[&str]| {
            let found = keys
                .iter()
                .find_map(|key| date::read(&get_text(front, key)?));
            found.map_or(Value::Nil, |date| Value::Date(Box::new(date)))
        };
        let is_section = document.kind == Kind::Section;
        Ok(match name {
            "Title" => text_of("title"),
            "LinkTitle" => match get_text(front, "linkTitle") {
                Some(title) => Value::text(unmarked(&title)),
                None => text_of("title"),
            },
            "Description" => text_of("description"),
            "Slug" => text_of("slug"),
            "RelPermalink" | "Permalink" => Value::text(self.path(page)),
            "Params" => self.params(page),
            "Param" => self.param(page, &known_text(given.first().unwrap_or(&Value::Nil))?),
            "Keywords" => get(front, "keywords").map_or(Value::Nil, Value::of),
            "Date" => date_of(&date::DATES),
            "Lastmod" => date_of(&["lastmod", "modified", "date"]),
            "PublishDate" => date_of(&["publishDate", "date"]),
            "Pages" => lists::children(self, page, &[Kind::Page, Kind::Bundle, Kind::Section]),
            "RegularPages" => lists::children(self, page, &[Kind::Page, Kind::Bundle]),
            "Sections" => lists::children(self, page, &[Kind::Section]),
            "RegularPagesRecursive" => lists::below(self, page),
            "Parent" => lists::parent(self, page).map_or(Value::Nil, Value::Page),
            "CurrentSection" if is_section => Value::Page(page),
            "CurrentSection" => lists::parent(self, page).map_or(Value::Nil, Value::Page),
            "Site" => Value::Site,
            "Page" => Value::Page(page),
            "Language" => Value::Language(document.language),
            "Lang" => Value::text(&self.config.languages[document.language].code),
            "File" => Value::File(page),
            "Path" => Value::text(format!("/{}", join(&document.directory, &document.name))),
            // A text stands where it is asked for, and is rendered there.
            "Content" | "RawContent" | "RenderShortcodes" => {
                Value::Html(format!("{}{page}{}", TEXT_OF.0, TEXT_OF.1))
            }
            "RenderString" => texts::markdown(self.config, given.last().unwrap_or(&Value::Nil))?,
            "GetPage" => {
                let link = known_text(given.first().unwrap_or(&Value::Nil))?;
                self.find(&link, page).map_or(Value::Nil, Value::Page)
            }
            "Resources" => lists::resources(self, page),
            "Scratch" | "Store" => {
                let mut stores = self.stores.borrow_mut();
                Value::Store(Rc::clone(stores.entry(page).or_default()))
            }
            "Ref" | "RelRef" => self.reference(page, given)?,
            "GitInfo" => Value::Nil,
            _ => return self.of_kind(page, name),
        })
    }

    /// What sort of page it is.
    fn of_kind(&self, page: usize, name: &str) -> Result<Value, Stop> {
        let document = self.document(page);
        let front = &document.front;
        let is_section = document.kind == Kind::Section;
        let is_home = is_section && document.directory.is_empty();
        let first = document.directory.split('/').next().unwrap_or_default();
        Ok(match name {
            "Weight" => Value::Integer(get_integer(front, "weight").unwrap_or_default()),
            "Draft" => Value::Boolean(get_boolean(front, "draft").unwrap_or_default()),
            "Section" => Value::text(first),
            "Type" => match get_text(front, "type") {
                Some(kind) => Value::text(unmarked(&kind)),
                None => Value::text(if first.is_empty() { "page" } else { first }),
            },
            "Kind" => Value::text(match document.kind {
                _ if is_home => "home",
                Kind::Section => "section",
                Kind::Page | Kind::Bundle => "page",
            }),
            "BundleType" => Value::text(match document.kind {
                Kind::Section => "branch",
                Kind::Bundle => "leaf",
                Kind::Page => "",
            }),
            "IsHome" => Value::Boolean(is_home),
            "IsSection" => Value::Boolean(is_section && !is_home),
            "IsPage" => Value::Boolean(!is_section),
            "IsNode" => Value::Boolean(is_section),
            _ => return Err(no(name)),
        })
    }

    /// What front matter says besides what Hugo knows.
    fn params(&self, page: usize) -> Value {
        let front = &self.document(page).front;
        let mut map = Map::new();
        for (key, node) in front {
            if !key.name.eq_ignore_ascii_case("params") {
                map.insert(unmarked(&key.name.to_lowercase()), Value::of(&node.value));
            }
        }
        for (key, node) in &data::get_table(front, "params") {
            map.insert(unmarked(&key.name.to_lowercase()), Value::of(&node.value));
        }
        Value::map(map)
    }

    /// Of the page, or else of the site.
    fn param(&self, page: usize, name: &str) -> Value {
        let document = self.document(page);
        let in_params = format!("params.{name}");
        let of_language = &self.config.languages[document.language].params;
        let value = get(&document.front, &in_params)
            .or_else(|| get(&document.front, name))
            .or_else(|| get(of_language, name))
            .or_else(|| get(&self.config.root, &in_params));
        value.map_or(Value::Nil, Value::of)
    }

    fn of_site(&self, name: &str, given: &[Value]) -> Result<Value, Stop> {
        let root = &self.config.root;
        let text_of = |key: &str| Value::text(unmarked(&get_text(root, key).unwrap_or_default()));
        let home = || {
            self.library
                .section("", 0)
                .and_then(|home| self.number_of(home))
        };
        Ok(match name {
            "Params" => {
                let mut params = data::get_table(root, "params");
                data::merge(&mut params, self.config.languages[0].params.clone());
                Value::of(&site_gen::review::Data::Table(params))
            }
            "Title" => text_of("title"),
            "Copyright" => text_of("copyright"),
            "LanguageCode" => text_of("languageCode"),
            // The new site may be served elsewhere.
            "BaseURL" => Value::text("/"),
            "Home" => home().map_or(Value::Nil, Value::Page),
            "Language" => Value::Language(0),
            "Languages" => {
                let languages = 0..self.config.languages.len();
                Value::array(languages.map(Value::Language).collect())
            }
            "Data" => self.data(),
            "Pages" | "AllPages" => lists::all(self, &[Kind::Page, Kind::Bundle, Kind::Section]),
            "RegularPages" => lists::all(self, &[Kind::Page, Kind::Bundle]),
            "Sections" => match home() {
                Some(home) => lists::children(self, home, &[Kind::Section]),
                None => Value::Nil,
            },
            "GetPage" => {
                let link = known_text(given.last().unwrap_or(&Value::Nil))?;
                let link = format!("/{}", link.trim_start_matches('/'));
                let found = home().and_then(|home| self.find(&link, home));
                found.map_or(Value::Nil, Value::Page)
            }
            _ => return Err(no(name)),
        })
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
                    let value = match get(&table, "items").filter(|_| table.len() == 1) {
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
            Rc::new(site::translations(
                self.config,
                code,
                self.origin,
                &mut ignored,
            ))
        });
        get_text(texts, key)
    }

    fn of_language(&self, number: usize, name: &str) -> Result<Value, Stop> {
        let language = &self.config.languages[number];
        Ok(match name {
            // The default one is the first here, whatever it weighs.
            "Weight" => Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
            "Lang" | "LanguageCode" => Value::text(&language.code),
            "Params" => Value::of(&site_gen::review::Data::Table(language.params.clone())),
            _ => return Err(no(name)),
        })
    }

    fn of_file(&self, page: usize, name: &str) -> Result<Value, Stop> {
        let document = self.document(page);
        let directory = match document.kind {
            Kind::Bundle => join(&document.directory, &document.name),
            Kind::Page | Kind::Section => document.directory.clone(),
        };
        let file = document.file.file_name().and_then(|name| name.to_str());
        let file = file.unwrap_or_default();
        Ok(Value::text(match name {
            "Dir" => format!("{directory}/"),
            "Path" => join(&directory, file),
            "LogicalName" => file.to_owned(),
            "Ext" => file.rsplit_once('.').map_or("", |(_, end)| end).to_owned(),
            "BaseFileName" | "TranslationBaseName" | "ContentBaseName" => document.name.clone(),
            _ => return Err(no(name)),
        }))
    }

    fn of_resource(&self, number: usize, name: &str) -> Result<Value, Stop> {
        let resource = &self.library.resources[number];
        Ok(match name {
            "RelPermalink" | "Permalink" => Value::text(site_gen::encode_path(&resource.url)),
            "Name" | "Title" => Value::text(&resource.name),
            "Params" => Value::map(Map::new()),
            "Content" => Value::Html(self.file(&resource.file)?),
            _ => return Err(no(name)),
        })
    }

    /// The text of a file of the site.
    pub(super) fn file(&self, file: &std::path::Path) -> Result<String, Stop> {
        let text = self.origin.read(file, &mut Report::default());
        let text = text.ok_or_else(|| no(&file.to_string_lossy()))?;
        match super::has_marks(&text) {
            true => Err(no(&file.to_string_lossy())),
            false => Ok(text),
        }
    }

    /// Where a link leads that names a file.
    pub(super) fn reference(&self, page: usize, given: &[Value]) -> Result<Value, Stop> {
        let link = match given.last() {
            Some(Value::Map(map)) => map.get("path").cloned().unwrap_or(Value::Nil),
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
        let found = self.find(place, page).ok_or_else(|| no(&link))?;
        Ok(Value::text(self.path(found) + &anchor))
    }

    /// Whether a document is in lists.
    pub(super) fn is_listed(&self, document: &Document) -> bool {
        let is_home = document.kind == Kind::Section && document.directory.is_empty();
        unpublished(document).is_none() && !is_home && library::is_listed(document)
    }
}

fn no(name: &str) -> Stop {
    Stop::unknown(name)
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

fn of_store(store: &Store, name: &str, given: &[Value]) -> Result<Value, Stop> {
    let key = |at: usize| known_text(given.get(at).unwrap_or(&Value::Nil));
    let value = |at: usize| given.get(at).cloned().unwrap_or(Value::Nil);
    // A chain of them would be as deep as the stack when it is dropped.
    if given
        .iter()
        .any(|value| value.weight().is_none() || value.has_store())
    {
        return Err(no(name));
    }
    let mut map = store.borrow_mut();
    match name {
        "Get" => return Ok(map.get(&key(0)?).cloned().unwrap_or(Value::Nil)),
        "Set" => _ = map.insert(key(0)?, value(1)),
        "Delete" => _ = map.remove(&key(0)?),
        "Add" => {
            let sum = match (map.get(&key(0)?), value(1)) {
                (None | Some(Value::Nil), value) => value,
                (Some(Value::Array(items)), Value::Array(more)) => {
                    Value::array(items.iter().chain(more.iter()).cloned().collect())
                }
                (Some(Value::Array(items)), value) => {
                    let mut items = items.to_vec();
                    items.push(value);
                    Value::array(items)
                }
                (Some(Value::Integer(a)), Value::Integer(b)) => Value::Integer(a.saturating_add(b)),
                (Some(Value::Text(a)), Value::Text(b)) => Value::text(format!("{a}{b}")),
                _ => return Err(no(name)),
            };
            map.insert(key(0)?, sum);
        }
        "SetInMap" => {
            let mut inner = match map.get(&key(0)?) {
                Some(Value::Map(inner)) => Map::clone(inner),
                _ => Map::new(),
            };
            inner.insert(key(1)?, value(2));
            map.insert(key(0)?, Value::map(inner));
        }
        "GetSortedMapValues" => {
            return Ok(match map.get(&key(0)?) {
                Some(Value::Map(inner)) => Value::array(inner.values().cloned().collect()),
                _ => Value::Nil,
            });
        }
        _ => return Err(no(name)),
    }
    Ok(Value::text(""))
}

fn of_hugo(name: &str) -> Result<Value, Stop> {
    Ok(match name {
        "Version" => Value::text(VERSION),
        "IsProduction" => Value::Boolean(true),
        "IsServer" | "IsDevelopment" | "IsMultihost" => Value::Boolean(false),
        "Environment" => Value::text("production"),
        "IsExtended" => Value::Boolean(true),
        _ => return Err(no(name)),
    })
}

/// The version of Hugo that was asked what it does.
const VERSION: &str = "0.168.0";

/// The directory above a document's own.
pub(super) fn above(directory: &str) -> &str {
    split(directory).0
}

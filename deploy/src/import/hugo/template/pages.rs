//! What pages and the site are to a template.

use std::rc::Rc;

use site_gen::review::{Data, Key, Node};

use super::super::super::paths::join;
use super::super::data::{self, get, get_boolean, get_integer, get_text};
use super::super::date;
use super::super::document::Kind;
use super::run::known_text;
use super::stop::Stop;
use super::value::Value;
use super::world::World;
use super::{TEXT_OF, lists, texts, unmarked};

impl World<'_> {
    pub(super) fn of_page(&self, page: usize, name: &str, given: &[Value]) -> Result<Value, Stop> {
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
            "Resources" => lists::resources(self, page)?,
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
            _ => return Err(Stop::field("a page", name)),
        })
    }

    /// What front matter says besides what Hugo knows.
    fn params(&self, page: usize) -> Value {
        let front = &self.document(page).front;
        let mut params = data::get_table(front, "params");
        for (key, node) in front {
            let is_same = |(own, _): &(Key, Node)| own.name.eq_ignore_ascii_case(&key.name);
            if !key.name.eq_ignore_ascii_case("params") && !params.iter().any(is_same) {
                params.push((key.clone(), node.clone()));
            }
        }
        Value::params(&params)
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
        value.map_or(Value::Nil, |value| match value {
            Data::Table(table) => Value::params(table),
            value => Value::of(value),
        })
    }

    /// What is asked of the site in a language.
    pub(super) fn of_site(
        &self,
        language: usize,
        name: &str,
        given: &[Value],
    ) -> Result<Value, Stop> {
        let root = &self.config.root;
        let text_of = |key: &str| {
            let of_all = || get_text(root, key).map(|text| unmarked(&text));
            let own = self.of_languages(language, &[key]);
            Value::text(own.or_else(of_all).unwrap_or_default())
        };
        let home = || {
            self.library
                .section("", language)
                .and_then(|home| self.number_of(home))
        };
        Ok(match name {
            "Params" => {
                let mut params = data::get_table(root, "params");
                data::merge(&mut params, self.config.languages[language].params.clone());
                Value::params(&params)
            }
            "Title" => text_of("title"),
            "Copyright" => text_of("copyright"),
            "LanguageCode" => Value::text(self.locale(language)),
            // The new site may be served elsewhere.
            "BaseURL" => Value::text("/"),
            "Home" => home().map_or(Value::Nil, Value::Page),
            "Language" => Value::Language(language),
            "Languages" => {
                let languages = 0..self.config.languages.len();
                Value::array(languages.map(Value::Language).collect())
            }
            "Data" => self.data(),
            "Store" => Value::Store(Rc::clone(&self.store_of_site)),
            "AllPages" if self.config.languages.len() > 1 => {
                return Err(Stop::field("a site of several languages", name));
            }
            "Pages" | "AllPages" => lists::all_of_site(self, language),
            "RegularPages" => lists::all(self, language, &[Kind::Page, Kind::Bundle]),
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
            _ => return Err(Stop::field("the site", name)),
        })
    }
}

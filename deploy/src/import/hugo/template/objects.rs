//! What a call, a file, a language and Hugo itself are to a template, and which
//! of all objects is asked.

use std::rc::Rc;

use super::super::super::paths::{join, split};
use super::super::data::get_text;
use super::super::document::Kind;
use super::stop::Stop;
use super::value::{Frame, Parent, Value};
use super::world::World;
use super::{format, lists, resources, store, terms, unmarked};

impl World<'_> {
    /// A field or method of what is no map.
    pub(super) fn field(&self, value: &Value, name: &str, given: &[Value]) -> Result<Value, Stop> {
        match value {
            Value::Call(frame) => self.of_call(frame, name, given),
            Value::Page(page) => self.of_page(*page, name, given),
            Value::Array(items) => lists::method(self, items, name, given),
            Value::Resource(resource) => resources::field(self, *resource, name),
            Value::Term(number) => terms::field(self, *number, name),
            Value::Inner(path) => Err(Stop::because(format!(
                "`{path}` is a page among the files of another"
            ))),
            Value::Store(store) => store::method(store, name, given),
            Value::Language(language) => self.of_language(*language, name),
            Value::Date(date) => format::of_date(date, name, given),
            Value::File(page) => self.of_file(*page, name),
            Value::Hugo if name == "Data" => Ok(self.data()),
            Value::Hugo if matches!(name, "IsMultilingual" | "IsMultihost") => {
                let is_so = name == "IsMultilingual" && self.config.languages.len() > 1;
                Ok(Value::Boolean(is_so))
            }
            Value::Hugo if name == "Store" => Ok(Value::Store(Rc::clone(&self.store))),
            Value::Hugo => of_hugo(name),
            _ => Err(Stop::field("a value", name)),
        }
    }

    fn of_call(&self, frame: &Rc<Frame>, name: &str, given: &[Value]) -> Result<Value, Stop> {
        Ok(match name {
            "Get" => match given.first() {
                Some(Value::Integer(place)) => {
                    let place = usize::try_from(*place).map_err(|_| Stop::field("a call", name))?;
                    frame.placed.get(place).cloned().unwrap_or(Value::Nil)
                }
                Some(Value::Text(name)) => frame.named.get(name).cloned().unwrap_or(Value::Nil),
                _ => return Err(Stop::field("a call", name)),
            },
            "Inner" | "InnerDeindent" => {
                Value::Html(frame.inner.borrow().clone().unwrap_or_default())
            }
            "Params" if frame.named.is_empty() => Value::array(frame.placed.clone()),
            "Params" => Value::map(frame.named.clone()),
            "IsNamedParams" => Value::Boolean(!frame.named.is_empty()),
            "Page" => Value::Page(frame.page),
            "Site" => Value::Site,
            "Parent" => match &frame.parent {
                Parent::None => Value::Nil,
                Parent::Call(parent) => Value::Call(Rc::clone(parent)),
                Parent::Drawn => {
                    return Err(Stop::because(
                        "`.Parent` is a shortcode that a template of the new theme draws",
                    ));
                }
            },
            "Ordinal" => Value::Integer(i64::try_from(frame.ordinal).unwrap_or(i64::MAX)),
            "Name" => Value::text(&frame.name),
            // Only what is told of a fault has it.
            "Position" => Value::text(""),
            "Scratch" | "Store" => Value::Store(Rc::clone(&frame.store)),
            "Ref" | "RelRef" => self.reference(frame.page, given)?,
            _ => return Err(Stop::field("a call", name)),
        })
    }

    fn of_language(&self, number: usize, name: &str) -> Result<Value, Stop> {
        let language = &self.config.languages[number];
        Ok(match name {
            // The default one is the first here, whatever it weighs.
            "Weight" => Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
            "Lang" | "Name" => Value::text(&language.code),
            "LanguageCode" | "Locale" => Value::text(self.locale(number)),
            "LanguageName" | "Label" => {
                let label = self.of_languages(number, &["label", "languageName"]);
                Value::text(label.unwrap_or_default())
            }
            "Title" => Value::text(self.of_languages(number, &["title"]).unwrap_or_default()),
            "Params" => Value::params(&language.params),
            _ => return Err(Stop::field("a language", name)),
        })
    }

    /// What the configuration says about a language, under the first of some keys.
    pub(super) fn of_languages(&self, number: usize, keys: &[&str]) -> Option<String> {
        let code = &self.config.languages[number].code;
        let path = |key: &&str| format!("languages.{code}.{key}");
        let found = keys
            .iter()
            .find_map(|key| get_text(&self.config.root, &path(key)));
        found.map(|text| unmarked(&text))
    }

    /// What a language is called in full, as in `en-GB`.
    pub(super) fn locale(&self, number: usize) -> String {
        let keys = ["locale", "languageCode"];
        let of_site = || {
            let found = keys.iter().find_map(|key| get_text(&self.config.root, key));
            found.filter(|_| number == 0).map(|text| unmarked(&text))
        };
        let found = self.of_languages(number, &keys).or_else(of_site);
        found.unwrap_or_else(|| self.config.languages[number].code.clone())
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
            "BaseFileName" => file
                .rsplit_once('.')
                .map_or(file, |(name, _)| name)
                .to_owned(),
            "TranslationBaseName" => match document.kind {
                Kind::Page => document.name.clone(),
                Kind::Bundle => "index".to_owned(),
                Kind::Section => "_index".to_owned(),
            },
            "ContentBaseName" => match document.kind {
                Kind::Page | Kind::Bundle => document.name.clone(),
                Kind::Section => split(&document.directory).1.to_owned(),
            },
            _ => return Err(Stop::field("the file of a page", name)),
        }))
    }
}

fn of_hugo(name: &str) -> Result<Value, Stop> {
    Ok(match name {
        "Version" => Value::text(VERSION),
        "IsProduction" => Value::Boolean(true),
        "IsServer" | "IsDevelopment" => Value::Boolean(false),
        "Environment" => Value::text("production"),
        "IsExtended" => Value::Boolean(true),
        _ => return Err(Stop::field("`hugo`", name)),
    })
}

/// The version of Hugo that was asked what it does.
const VERSION: &str = "0.168.0";

//! Data with positions: what front matter and configuration are parsed into,
//! whichever language they are written in.
//!
//! [`Fields`] reads a table key by key, remembers which keys are known, and
//! reports everything that is wrong with it: types, and unknown keys with the
//! spelling that was probably meant.

#[cfg(test)]
mod pathological;

pub(crate) mod files;
pub(crate) mod toml_data;
pub(crate) mod yaml_data;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::doubts::Doubts;
use crate::diagnostic::{Diagnostic, did_you_mean, is_misspelt, is_within};
use crate::document::date::Date;
use crate::limits::{MAX_DIAGNOSTICS, MAX_NAME_BYTES};
use crate::source::Source;
use crate::url;

/// The languages that data is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// TOML.
    Toml,
    /// YAML; JSON is a part of it.
    Yaml,
}

/// A value and the bytes of the file it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Data,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// A text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A date that is written without quotes.
    Date(String),
    /// Values in order.
    Array(Vec<Node>),
    /// Values by key.
    Table(Table),
}

/// Keys and values, in the order of the file.
pub type Table = Vec<(Key, Node)>;

/// A key and the bytes of the file it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Where it stands.
    pub span: Range<usize>,
}

impl Data {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::String(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Boolean(_) => "a boolean",
            Self::Date(_) => "a date",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }

    /// The value as templates see it.
    pub(crate) fn to_value(&self) -> tera::Value {
        match self {
            Self::Null => tera::Value::none(),
            Self::String(text) | Self::Date(text) => text.as_str().into(),
            Self::Integer(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Boolean(boolean) => (*boolean).into(),
            Self::Array(items) => items
                .iter()
                .map(|item| item.value.to_value())
                .collect::<Vec<_>>()
                .into(),
            Self::Table(table) => table_to_value(table),
        }
    }
}

/// A table as templates see it.
pub(crate) fn table_to_value(table: &Table) -> tera::Value {
    let map: tera::Map = table
        .iter()
        .map(|(key, node)| (key.name.clone().into(), node.value.to_value()))
        .collect();
    map.into()
}

/// Reads the keys of a table.
pub(crate) struct Fields<'a> {
    source: &'a Source,
    table: Table,
    known: Vec<&'static str>,
    faults: Vec<Diagnostic>,
    /// Keys with faults.
    doubted: BTreeSet<&'static str>,
    strings: Strings,
}

/// What may stand where a string is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strings {
    /// A string.
    Quoted,
    /// A number or a date too: YAML's authors do not quote them. And the words
    /// that were booleans in YAML 1.1 are some where one is expected.
    Plain,
}

/// What a word was in YAML 1.1.
fn boolean(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "on" => Some(true),
        "no" | "off" => Some(false),
        _ => None,
    }
}

impl<'a> Fields<'a> {
    pub(crate) fn new(source: &'a Source, table: Table) -> Self {
        Self {
            source,
            table,
            known: Vec::new(),
            faults: Vec::new(),
            doubted: BTreeSet::new(),
            strings: Strings::Quoted,
        }
    }

    /// Takes a number or a date for a string where one is expected.
    pub(crate) fn with_plain_strings(source: &'a Source, table: Table) -> Self {
        Self {
            strings: Strings::Plain,
            ..Self::new(source, table)
        }
    }

    /// Reads another table as this one is read.
    pub(crate) fn like(&self, table: Table) -> Self {
        Self {
            strings: self.strings,
            ..Self::new(self.source, table)
        }
    }

    /// Names keys that there could have been.
    pub(crate) fn know(&mut self, names: &[&'static str]) {
        self.known.extend(names);
    }

    /// Takes a key that nobody is told of.
    pub(crate) fn take_unknown(&mut self, name: &str) -> Option<Node> {
        let index = self.table.iter().position(|(key, _)| key.name == name)?;
        Some(self.table.swap_remove(index).1)
    }

    /// Takes a key that nobody is told of, if it is a boolean.
    pub(crate) fn take_unknown_boolean(&mut self, name: &str) -> Option<bool> {
        let (_, node) = self.table.iter().find(|(key, _)| key.name == name)?;
        let value = match &node.value {
            Data::Boolean(value) => *value,
            Data::String(word) if self.strings == Strings::Plain => boolean(word)?,
            _ => return None,
        };
        self.take_unknown(name);
        Some(value)
    }

    /// Takes a key's value, whatever it is. A null is as good as no key.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Node> {
        self.known.push(name);
        let node = self.take_unknown(name)?;
        (!matches!(node.value, Data::Null)).then_some(node)
    }

    pub(crate) fn string(&mut self, name: &'static str) -> Option<String> {
        self.spanned_string(name).map(|(text, _)| text)
    }

    pub(crate) fn spanned_string(&mut self, name: &'static str) -> Option<(String, Range<usize>)> {
        let node = self.take(name)?;
        match node.value {
            Data::String(text) => Some((text, node.span)),
            Data::Integer(_) | Data::Float(_) | Data::Date(_) if self.strings == Strings::Plain => {
                Some((self.source.text[node.span.clone()].to_owned(), node.span))
            }
            other => self.refuse(node.span, name, &other, "a string"),
        }
    }

    /// A place in the site.
    pub(crate) fn path(&mut self, name: &'static str) -> Option<String> {
        let (path, span) = self.spanned_string(name)?;
        self.check_path(name, &path, span).then_some(path)
    }

    /// Places in the site.
    pub(crate) fn paths(&mut self, name: &'static str) -> Vec<(String, Range<usize>)> {
        let mut paths = self.strings(name);
        paths.retain(|(path, span)| self.check_path(name, path, span.clone()));
        paths
    }

    fn check_path(&mut self, name: &str, path: &str, span: Range<usize>) -> bool {
        let inside = url::is_inside(path);
        if !inside && !self.is_full() {
            let fault = self
                .source
                .at(span, format!("`{name}` is no place in the site"))
                .expected(format!(
                    "names with slashes between them, none empty, `.`, `..` or longer than \
                     {MAX_NAME_BYTES} bytes"
                ));
            self.fault(fault);
        }
        inside
    }

    pub(crate) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let node = self.take(name)?;
        match node.value {
            Data::Boolean(boolean) => Some(boolean),
            Data::String(ref word) if self.strings == Strings::Plain && boolean(word).is_some() => {
                boolean(word)
            }
            other => self.refuse(node.span, name, &other, "true or false"),
        }
    }

    pub(crate) fn integer(&mut self, name: &'static str) -> Option<i64> {
        let node = self.take(name)?;
        match node.value {
            Data::Integer(number) => Some(number),
            other => self.refuse(node.span, name, &other, "a whole number"),
        }
    }

    /// A number of things: whole, and not negative.
    pub(crate) fn count(&mut self, name: &'static str) -> Option<usize> {
        let node = self.take(name)?;
        match node.value {
            Data::Integer(number) if number >= 0 => usize::try_from(number).ok(),
            other => self.refuse(node.span, name, &other, "a whole number, 0 or more"),
        }
    }

    pub(crate) fn date(&mut self, name: &'static str) -> Option<Date> {
        let node = self.take(name)?;
        match &node.value {
            Data::Date(text) | Data::String(text) => match text.parse() {
                Ok(date) => Some(date),
                Err(()) => {
                    let message = format!("`{text}` is not a date");
                    let fault = self
                        .source
                        .at(node.span, message)
                        .expected(Date::expected(text));
                    self.fault(fault);
                    None
                }
            },
            other => self.refuse(node.span, name, other, Date::EXPECTED),
        }
    }

    /// An array of strings; a single string is taken for an array of one.
    pub(crate) fn strings(&mut self, name: &'static str) -> Vec<(String, Range<usize>)> {
        let Some(node) = self.take(name) else {
            return Vec::new();
        };
        let items = match node.value {
            Data::Array(items) => items,
            Data::String(_) => vec![node],
            other => {
                return self
                    .refuse(node.span, name, &other, "an array of strings")
                    .unwrap_or_default();
            }
        };
        let mut strings = Vec::new();
        for item in items {
            match item.value {
                Data::String(text) => strings.push((text, item.span)),
                other => _ = self.refuse::<()>(item.span, name, &other, "a string"),
            }
        }
        strings
    }

    pub(crate) fn table(&mut self, name: &'static str) -> Table {
        let Some(node) = self.take(name) else {
            return Table::new();
        };
        match node.value {
            Data::Table(table) => table,
            other => self
                .refuse(node.span, name, &other, "a table")
                .unwrap_or_default(),
        }
    }

    /// A word out of a few.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let (text, span) = self.spanned_string(name)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*choice);
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let fault = self
            .source
            .at(span, format!("`{name}` cannot be `{text}`"))
            .expected(format!("one of `{}`", words.join("`, `")))
            .suggestion(did_you_mean(&text, words));
        self.fault(fault);
        None
    }

    /// Refuses keys that Zola has and Fata has not, each with what to do
    /// instead.
    pub(crate) fn refuse_keys(&mut self, keys: &[(&str, &str)]) {
        for (name, instead) in keys {
            let Some(index) = self.table.iter().position(|(key, _)| key.name == *name) else {
                continue;
            };
            let (key, _) = self.table.swap_remove(index);
            let message = format!("there is no key `{name}` here, as there is in Zola");
            self.faults
                .push(self.source.at(key.span, message).expected(*instead));
        }
    }

    /// Where the value of a key stands, if the key is there.
    pub(crate) fn span(&self, name: &str) -> Option<Range<usize>> {
        let (_, node) = self.table.iter().find(|(key, _)| key.name == name)?;
        Some(node.span.clone())
    }

    /// Refuses a key that means nothing because of what another one says.
    pub(crate) fn refuse_here(&mut self, name: &str, message: String, instead: &str) {
        if let Some(index) = self.table.iter().position(|(key, _)| key.name == *name) {
            let (key, _) = self.table.swap_remove(index);
            self.faults
                .push(self.source.at(key.span, message).expected(instead));
        }
    }

    /// Takes a key that can only be true: what it asks for is always done.
    pub(crate) fn always(&mut self, name: &'static str, what: &str) {
        let Some(node) = self.take(name) else { return };
        if !matches!(node.value, Data::Boolean(true)) {
            let fault = self.source.at(node.span, format!("{what}, always"));
            self.faults.push(fault.expected("`true`, or no such key"));
        }
    }

    /// The keys that were asked for so far.
    pub(crate) fn known(&self) -> &[&'static str] {
        &self.known
    }

    /// Takes the keys that are not known and do not look like any that is, nor
    /// like one of `elsewhere`: they are meant for somebody else.
    pub(crate) fn take_foreign(&mut self, elsewhere: &[&str]) -> Table {
        let known = &self.known;
        let is_own = |name: &str| {
            let near = elsewhere.iter().any(|other| is_within(1, name, other));
            near || is_misspelt(name, known.iter().copied())
        };
        let (own, foreign) = std::mem::take(&mut self.table)
            .into_iter()
            .partition(|(key, _)| is_own(&key.name));
        self.table = own;
        foreign
    }

    /// Whether as much is wrong as anybody reads: to find out where more of it
    /// stands takes time.
    pub(crate) fn is_full(&self) -> bool {
        self.faults.len() >= MAX_DIAGNOSTICS
    }

    /// Adds what is wrong with the value of the key that was taken last.
    pub(crate) fn fault(&mut self, fault: Diagnostic) {
        self.doubt();
        self.faults.push(fault);
    }

    /// Adds what is wrong, and changes nothing of what is known.
    pub(crate) fn remark(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }

    /// What the key says that was taken last is not known.
    fn doubt(&mut self) {
        self.doubted.extend(self.known.last());
    }

    /// The same of any key.
    pub(crate) fn doubt_key(&mut self, name: &'static str) {
        self.doubted.insert(name);
    }

    /// Whether one of some keys has a fault, or is probably meant by one that
    /// nobody took.
    pub(crate) fn is_in_doubt(&self, names: &[&str]) -> bool {
        let doubts = self.doubts(&[]);
        names.iter().any(|name| doubts.has(name))
    }

    /// What is not known because of faults, of keys that nobody took, and of
    /// some that stand where nobody can read them.
    pub(crate) fn doubts(&self, unread: &[String]) -> Doubts {
        let mut doubts = Doubts::default();
        let left = self.table.iter().map(|(key, _)| key.name.as_str());
        let unread = unread.iter().map(String::as_str);
        let doubted = self.doubted.iter().copied();
        for name in doubted.chain(left).chain(unread) {
            doubts.add(name, self.known.iter().copied());
        }
        doubts
    }

    /// Reports what is left over: unknown keys.
    pub(crate) fn finish(mut self, what: &str) -> Vec<Diagnostic> {
        self.known.sort_unstable();
        self.known.dedup();
        for (key, _) in self.table.iter().take(MAX_DIAGNOSTICS) {
            let fault = self
                .source
                .at(
                    key.span.clone(),
                    format!("unknown key `{}` in {what}", key.name),
                )
                .expected(format!("one of {}", self.known.join(", ")))
                .suggestion(did_you_mean(&key.name, self.known.iter().copied()));
            self.faults.push(fault);
        }
        self.faults
    }

    fn refuse<T>(
        &mut self,
        span: Range<usize>,
        name: &str,
        found: &Data,
        expected: &str,
    ) -> Option<T> {
        if self.is_full() {
            self.doubt();
            return None;
        }
        let fault = self
            .source
            .at(span, format!("`{name}` is {}", found.kind()))
            .expected(expected);
        self.fault(fault);
        None
    }
}

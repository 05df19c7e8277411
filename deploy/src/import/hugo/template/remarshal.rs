//! `transform.Remarshal`, which writes data in another language, `jsonify`, and
//! `transform.Unmarshal`: data as Hugo reads and writes it, letter by letter
//! ([`json`], [`toml`], [`yaml`]). What it would write in a way that is not known
//! here is refused.

mod json;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

use site_gen::Source;
use site_gen::review::{self, Data, Language, Node, Table};

use super::super::data::json_as_yaml;
use super::super::date;
use super::run::known_text;
use super::stop::Stop;
use super::unmarked;
use super::value::{Map, Value};
use crate::limits::MAX_TEMPLATE_BYTES;

/// The answer of one of them, if there is one of that name and it has one.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    match (name, given) {
        ("transform.Remarshal", [language, data]) => Some(remarshal(language, data)),
        ("transform.Unmarshal" | "unmarshal", [text @ (Value::Text(_) | Value::Html(_))]) => Some(
            known_text(text).and_then(|text| match Form::of(text.trim()) {
                _ if text.trim().is_empty() => Ok(Value::Nil),
                Some(form) => read(&text, form),
                None => Err(Stop::function(name)),
            }),
        ),
        ("jsonify" | "encoding.Jsonify", [data]) => {
            Some(json::write(data, json::Lines::One).map(Value::Html))
        }
        _ => None,
    }
}

fn remarshal(language: &Value, data: &Value) -> Result<Value, Stop> {
    let no = || Stop::function("transform.Remarshal");
    let data = match data {
        Value::Map(_) => data.clone(),
        Value::Text(_) | Value::Html(_) => {
            let text = known_text(data)?;
            let text = text.trim();
            if text.is_empty() {
                return Ok(Value::text(""));
            }
            read(text, Form::of(text).ok_or_else(no)?)?
        }
        _ => return Err(no()),
    };
    let Value::Map(map) = &data else {
        return Err(no());
    };
    let data = Value::map(whole(map));
    let text = match known_text(language)?.trim().to_lowercase().as_str() {
        "json" => json::write(&data, json::Lines::Many)?,
        "toml" => toml::write(&data)?,
        "yaml" | "yml" => yaml::write(&data)?,
        _ => return Err(no()),
    };
    Ok(Value::Text(text))
}

/// With fractions that are whole numbers as such, but for those in lists.
fn whole(map: &Map) -> Map {
    let value = |value: &Value| match value {
        Value::Map(inner) => Value::map(whole(inner)),
        // The first number that is too large for an integer.
        Value::Float(number)
            if number.fract() == 0.0 && number.abs() < 9_223_372_036_854_775_808.0 =>
        {
            Value::Integer(*number as i64)
        }
        other => other.clone(),
    };
    map.iter()
        .map(|(key, one)| (key.clone(), value(one)))
        .collect()
}

/// A text in double quotes, as JSON and TOML both have it. Other characters that
/// cannot stand there as they are, are written by `other`.
fn in_quotes(text: &str, other: impl Fn(char) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c => match other(c) {
                Some(written) => out.push_str(&written),
                None => out.push(c),
            },
        }
    }
    out.push('"');
    out
}

/// A language that data is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Toml,
    Yaml,
}

impl Form {
    /// The language of a text, by which of its signs comes first.
    fn of(text: &str) -> Option<Self> {
        let signs = [
            (',', None),
            ('{', Some(Self::Json)),
            (':', Some(Self::Yaml)),
            ('<', None),
            ('=', Some(Self::Toml)),
        ];
        let found = signs
            .iter()
            .filter_map(|(sign, form)| Some((text.find(*sign)?, *form)));
        found.min_by_key(|(at, _)| *at).and_then(|(_, form)| form)
    }
}

/// What a text says.
fn read(text: &str, form: Form) -> Result<Value, Stop> {
    let no = || Stop::because("data in a text is not understood");
    let (text, language) = match form {
        Form::Toml => (text.to_owned(), Language::Toml),
        Form::Yaml => (text.to_owned(), Language::Yaml),
        Form::Json => (json_as_yaml(text), Language::Yaml),
    };
    let source = Source {
        file: "data".into(),
        text,
    };
    let table = review::data(&source, 0..source.text.len(), language).map_err(|_| no())?;
    Reading {
        text: &source.text,
        form,
    }
    .table(&table)
    .ok_or_else(no)
}

/// What data is to Hugo, which depends on how it is written.
struct Reading<'a> {
    text: &'a str,
    form: Form,
}

impl Reading<'_> {
    fn table(&self, table: &Table) -> Option<Value> {
        let mut map = Map::new();
        for (key, node) in table {
            if self.form == Form::Yaml && (key.name.is_empty() || key.name.contains('\t')) {
                return None;
            }
            map.insert(unmarked(&key.name), self.value(node)?);
        }
        Some(Value::map(map))
    }

    /// None if Hugo may take it for something else.
    fn value(&self, node: &Node) -> Option<Value> {
        let written = self.text.get(node.span.clone()).unwrap_or_default().trim();
        Some(match (&node.value, self.form) {
            (Data::Table(table), _) => self.table(table)?,
            (Data::Array(items), _) => {
                let items: Option<Vec<Value>> = items.iter().map(|item| self.value(item)).collect();
                Value::array(items?)
            }
            (Data::Integer(number), Form::Json) => Value::Float(*number as f64),
            (Data::Integer(number), Form::Yaml) => {
                (written == number.to_string()).then_some(Value::Integer(*number))?
            }
            // It is none without a dot.
            (Data::Float(number), Form::Yaml) => match yaml::is_number(written)? {
                _ if !number.is_finite() => return None,
                true if written.contains('.') => Value::Float(*number),
                _ => Value::text(written),
            },
            (Data::Float(number), _) => Value::Float(*number),
            // A block at the end of the text ends without a line.
            (Data::String(text), Form::Yaml)
                if text.ends_with('\n') && self.text[node.span.end..].trim().is_empty() =>
            {
                Value::text(unmarked(text.trim_end_matches('\n')))
            }
            (Data::String(text), Form::Yaml) if text == written => {
                (yaml::is_number(text) == Some(false) && !text.contains('\t'))
                    .then(|| Value::text(unmarked(text)))?
            }
            (Data::Date(text), Form::Yaml | Form::Json) => Value::text(unmarked(text)),
            (Data::Date(text), Form::Toml) => Value::Date(Box::new(date::read(text)?)),
            (other, _) => Value::of(other),
        })
    }
}

/// A text that is written, of which there is so much.
#[derive(Default)]
struct Text {
    out: String,
}

impl Text {
    fn put(&mut self, text: &str) -> Result<(), Stop> {
        if self.out.len() + text.len() > MAX_TEMPLATE_BYTES {
            return Err(Stop::because("data is too large to be written"));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn indent(&mut self, width: usize) -> Result<(), Stop> {
        self.put(&" ".repeat(width))
    }
}

/// For a value that data has no word for.
fn no_data() -> Stop {
    Stop::because("something that is no data is written as such")
}

/// A text that is known.
fn text_of(value: &Value) -> Result<&str, Stop> {
    known_text(value)?;
    match value {
        Value::Text(text) | Value::Html(text) => Ok(text),
        _ => Err(no_data()),
    }
}

/// A date as RFC 3339 has it.
fn dated(date: &date::Date) -> Result<String, Stop> {
    let text = date.text.replacen(' ', "T", 1);
    match text.contains('.') || text.contains(['t', 'z']) {
        true => Err(Stop::because("a date is written in an unusual way")),
        false => Ok(text),
    }
}

/// The digits and the exponent of a number, as in `1.5e7`.
fn scientific(number: f64) -> (String, i32) {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.to_owned(), exponent.parse().unwrap_or_default())
}

//! TOML as go-toml writes it: what is no table comes first, each in the order of
//! keys, and tables are indented.

use super::super::super::toml::is_bare;
use super::super::stop::Stop;
use super::super::value::{Map, Value};
use super::{Text, dated, in_quotes, no_data, text_of};

/// Data, which is a map.
pub(super) fn write(data: &Value) -> Result<String, Stop> {
    let Value::Map(map) = data else {
        return Err(no_data());
    };
    let mut writer = Writer {
        text: Text::default(),
        is_empty: true,
    };
    writer.table(map, "", 0)?;
    Ok(writer.text.out)
}

struct Writer {
    text: Text,
    /// Whether a table has just been named: nothing is between it and the next if
    /// it is empty.
    is_empty: bool,
}

impl Writer {
    /// What is in a table, whose name has been written.
    fn table(&mut self, map: &Map, name: &str, depth: usize) -> Result<(), Stop> {
        let there = || map.iter().filter(|(_, value)| !matches!(value, Value::Nil));
        for (key, value) in there().filter(|(_, value)| !is_table(value)) {
            self.is_empty = false;
            self.text.indent(2 * depth)?;
            self.text.put(&word(key))?;
            self.text.put(" = ")?;
            self.value(value)?;
            self.text.put("\n")?;
        }
        for (key, value) in there().filter(|(_, value)| is_table(value)) {
            let dot = if name.is_empty() { "" } else { "." };
            let name = format!("{name}{dot}{}", word(key));
            match value {
                Value::Array(items) => self.tables(items, &name, depth)?,
                Value::Map(inner) | Value::Params(inner) => {
                    self.name(&format!("[{name}]\n"), depth)?;
                    self.table(inner, &name, depth + 1)?;
                }
                _ => return Err(no_data()),
            }
        }
        Ok(())
    }

    fn tables(&mut self, items: &[Value], name: &str, depth: usize) -> Result<(), Stop> {
        for item in items {
            let (Value::Map(inner) | Value::Params(inner)) = item else {
                return Err(no_data());
            };
            self.name(&format!("[[{name}]]\n"), depth)?;
            self.table(inner, name, depth + 1)?;
        }
        Ok(())
    }

    fn name(&mut self, name: &str, depth: usize) -> Result<(), Stop> {
        self.text.put(if self.is_empty { "" } else { "\n" })?;
        self.is_empty = true;
        self.text.indent(2 * depth)?;
        self.text.put(name)
    }

    /// A value on one line.
    fn value(&mut self, value: &Value) -> Result<(), Stop> {
        match value {
            Value::Boolean(boolean) => self.text.put(&boolean.to_string()),
            Value::Integer(number) => self.text.put(&number.to_string()),
            Value::Float(number) if number.is_finite() => {
                let point = if number.fract() == 0.0 { ".0" } else { "" };
                self.text.put(&format!("{number}{point}"))
            }
            Value::Text(_) | Value::Html(_) => self.text.put(&quoted(text_of(value)?)),
            Value::Date(date) => self.text.put(&dated(date)?),
            Value::Array(items) => {
                self.text.put("[")?;
                for (at, item) in items.iter().enumerate() {
                    self.text.put(if at > 0 { ", " } else { "" })?;
                    self.value(item)?;
                }
                self.text.put("]")
            }
            Value::Map(map) | Value::Params(map) => {
                self.text.put("{")?;
                for (at, (key, item)) in map.iter().enumerate() {
                    self.text.put(if at > 0 { ", " } else { "" })?;
                    self.text.put(&word(key))?;
                    self.text.put(" = ")?;
                    self.value(item)?;
                }
                self.text.put("}")
            }
            _ => Err(no_data()),
        }
    }
}

/// Whether a value has lines of its own: a map, or a list of nothing else.
fn is_table(value: &Value) -> bool {
    let is_map = |value: &Value| matches!(value, Value::Map(_) | Value::Params(_));
    match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(is_map),
        value => is_map(value),
    }
}

fn word(key: &str) -> String {
    match is_bare(key) {
        true => key.to_owned(),
        false => quoted(key),
    }
}

/// In single quotes, if that says it.
fn quoted(text: &str) -> String {
    let is_control = |c: char| c < ' ' || c == '\u{7f}';
    if !text.contains('\'') && !text.contains(is_control) {
        return format!("'{text}'");
    }
    in_quotes(text, |c| {
        is_control(c).then(|| format!("\\u{:04X}", u32::from(c)))
    })
}

//! Writes TOML: what front matter and configuration become.

use ::toml::de::{DeTable, DeValue};
use site_gen::review::{Data, Key, Node, Table};

/// Lines of TOML, in the order in which they are added.
#[derive(Debug, Default)]
pub(super) struct Toml {
    lines: String,
    tables: String,
}

impl Toml {
    /// A comment on a line of its own.
    pub(super) fn comment(&mut self, text: &str) {
        self.lines.push_str(&format!("# {text}\n"));
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &quoted(value));
    }

    pub(super) fn texts(&mut self, key: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        self.raw(key, &format!("[{}]", values.join(", ")));
    }

    /// A value that is TOML already.
    pub(super) fn raw(&mut self, key: &str, value: &str) {
        self.lines.push_str(&format!("{} = {value}\n", word(key)));
    }

    /// A table with what is in it; nothing, if nothing is.
    pub(super) fn table(&mut self, name: &[&str], table: &Table) {
        push_table(&mut self.tables, name, table);
    }

    /// A table with lines of its own.
    pub(super) fn section(&mut self, name: &[&str], inner: &Self) {
        if !inner.lines.is_empty() || !inner.tables.is_empty() {
            self.tables.push_str(&format!("\n[{}]\n", path(name)));
            self.tables.push_str(&inner.lines);
            self.tables.push_str(&inner.tables);
        }
    }

    pub(super) fn finish(self) -> String {
        self.lines + &self.tables
    }
}

fn push_table(out: &mut String, name: &[&str], table: &Table) {
    let is_table = |(_, node): &&(Key, Node)| matches!(node.value, Data::Table(_));
    let lines: String = table
        .iter()
        .filter(|entry| !is_table(entry))
        .filter_map(|(key, node)| Some(format!("{} = {}\n", word(&key.name), value(&node.value)?)))
        .collect();
    if !lines.is_empty() {
        out.push_str(&format!("\n[{}]\n{lines}", path(name)));
    }
    for (key, node) in table {
        if let Data::Table(inner) = &node.value {
            let inner_name = [name, &[key.name.as_str()]].concat();
            if inner.is_empty() {
                out.push_str(&format!("\n[{}]\n", path(&inner_name)));
            }
            push_table(out, &inner_name, inner);
        }
    }
}

/// A value on one line; none for nothing, which TOML has no word for.
fn value(data: &Data) -> Option<String> {
    Some(match data {
        Data::Null => return None,
        Data::String(text) => quoted(text),
        Data::Date(text) => date(text),
        Data::Integer(number) => number.to_string(),
        Data::Float(number) if number.is_finite() => format!("{number:?}"),
        Data::Float(_) => return None,
        Data::Boolean(boolean) => boolean.to_string(),
        Data::Array(items) => {
            let items = items.iter().filter_map(|item| value(&item.value));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Data::Table(table) => {
            let pairs = table.iter().filter_map(|(key, node)| {
                Some(format!("{} = {}", word(&key.name), value(&node.value)?))
            });
            let pairs = pairs.collect::<Vec<_>>().join(", ");
            if pairs.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {pairs} }}")
            }
        }
    })
}

/// A date as TOML has them, or else as text.
pub(super) fn date(text: &str) -> String {
    let line = format!("date = {text}");
    let read = DeTable::parse(&line);
    let is_date = read.is_ok_and(|table| {
        let date = table.get_ref().get("date");
        date.is_some_and(|date| matches!(date.get_ref(), DeValue::Datetime(_)))
    });
    if is_date && !text.contains('\n') {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A key as it may stand before `=`.
pub(super) fn word(key: &str) -> String {
    if is_bare(key) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// Whether a key needs no quotes (TOML 1.0, "Keys").
pub(super) fn is_bare(key: &str) -> bool {
    let of_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !key.is_empty() && key.bytes().all(of_key)
}

fn path(name: &[&str]) -> String {
    let words: Vec<String> = name.iter().map(|key| word(key)).collect();
    words.join(".")
}

/// A text in quotes (TOML 1.0, "String").
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use site_gen::Source;
    use site_gen::review::{self, Language};

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = "a: {b: [1, 2.0, {c: 'x\"\\\\y', d: ~}], e: 2015-02-25 12:00, 'f g': {}}\nh: 2015-02-25\n";
        let source = Source {
            file: "a.yaml".into(),
            text: text.into(),
        };
        let table = review::data(&source, 0..text.len(), Language::Yaml).expect("data");
        let mut toml = Toml::default();
        toml.text("title", "T");
        toml.table(&["extra"], &table);
        assert_eq!(
            toml.finish(),
            "title = \"T\"\n\n[extra]\nh = 2015-02-25\n\n[extra.a]\nb = [1, 2.0, { c = \"x\\\"\\\\\\\\y\" }]\n\
             e = 2015-02-25 12:00\n\n[extra.a.\"f g\"]\n"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_string(text in "\\PC{0,20}|[\u{0}-\u{20}\"\\\\']{0,20}") {
            let toml = format!("{} = {}", word(&text), quoted(&text));
            let table = DeTable::parse(&toml).expect("TOML");
            let (key, value) = table.get_ref().iter().next().expect("a key");
            prop_assert_eq!(key.get_ref(), &text);
            prop_assert_eq!(value.get_ref().as_str(), Some(text.as_str()));
        }
    }
}

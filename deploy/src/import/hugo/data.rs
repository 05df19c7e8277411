//! Data of a Hugo site, whichever language it is written in: tables with keys
//! that do not care for case, and what can be asked of them.

use std::path::Path;

use site_gen::Source;
use site_gen::review::{self, Data, Key, Language, Node, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;

/// The value of a key, or of a key in tables in it: `pagination.pagerSize`.
pub(super) fn get<'a>(table: &'a Table, path: &str) -> Option<&'a Data> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let (_, node) = table
        .iter()
        .find(|(key, _)| key.name.eq_ignore_ascii_case(first))?;
    match (rest, &node.value) {
        (None, value) => Some(value),
        (Some(rest), Data::Table(inner)) => get(inner, rest),
        (Some(_), _) => None,
    }
}

/// A text, also if it is written as a number or a date.
pub(super) fn text(value: &Data) -> Option<String> {
    match value {
        Data::String(text) | Data::Date(text) => Some(text.clone()),
        Data::Integer(number) => Some(number.to_string()),
        Data::Float(number) => Some(number.to_string()),
        Data::Boolean(boolean) => Some(boolean.to_string()),
        Data::Null | Data::Array(_) | Data::Table(_) => None,
    }
}

/// The texts of an array; a single one is an array of one.
pub(super) fn texts(value: &Data) -> Vec<String> {
    match value {
        Data::Array(items) => items.iter().filter_map(|item| text(&item.value)).collect(),
        value => text(value)
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect(),
    }
}

pub(super) fn get_text(table: &Table, path: &str) -> Option<String> {
    get(table, path).and_then(text)
}

pub(super) fn get_texts(table: &Table, path: &str) -> Vec<String> {
    get(table, path).map(texts).unwrap_or_default()
}

pub(super) fn get_boolean(table: &Table, path: &str) -> Option<bool> {
    match get(table, path)? {
        Data::Boolean(boolean) => Some(*boolean),
        Data::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn get_integer(table: &Table, path: &str) -> Option<i64> {
    match get(table, path)? {
        Data::Integer(number) => Some(*number),
        Data::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn get_table(table: &Table, path: &str) -> Table {
    match get(table, path) {
        Some(Data::Table(inner)) => inner.clone(),
        _ => Table::new(),
    }
}

/// The tables of an array; a single one is an array of one.
pub(super) fn tables(value: &Data) -> Vec<&Table> {
    match value {
        Data::Table(table) => vec![table],
        Data::Array(items) => items
            .iter()
            .filter_map(|item| match &item.value {
                Data::Table(table) => Some(table),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Adds what another table says; where both say something, it counts, but for
/// tables, which become one.
pub(super) fn merge(into: &mut Table, from: Table) {
    for (key, node) in from {
        let same = |(own, _): &(Key, Node)| own.name.eq_ignore_ascii_case(&key.name);
        match into.iter_mut().find(|entry| same(entry)) {
            Some((_, own)) => match (&mut own.value, node.value) {
                (Data::Table(own), Data::Table(more)) => merge(own, more),
                (own, value) => *own = value,
            },
            None => into.push((key, node)),
        }
    }
}

/// Sets a key; what it was before is gone.
pub(super) fn set(table: &mut Table, name: &str, value: Data) {
    table.retain(|(key, _)| !key.name.eq_ignore_ascii_case(name));
    let key = Key {
        name: name.to_owned(),
        span: 0..0,
    };
    table.push((key, Node { value, span: 0..0 }));
}

/// The language of a file by its name.
pub(super) fn language(file: &Path) -> Option<Language> {
    match file.extension()?.to_str()? {
        "toml" => Some(Language::Toml),
        "yaml" | "yml" | "json" => Some(Language::Yaml),
        _ => None,
    }
}

/// Reads a whole file; what is wrong with it is told.
pub(super) fn read(
    origin: &Origin,
    file: &Path,
    topic: Topic,
    report: &mut Report,
) -> Option<(Source, Table)> {
    let text = origin.read(file, report)?;
    let language = language(file)?;
    let text = match file
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        true => json_as_yaml(&text),
        false => text,
    };
    parse(file, (text, 0), language, topic, report)
}

/// Reads a text that has some lines more than the file, above it; what is wrong
/// with it is told.
fn parse(
    file: &Path,
    (text, above): (String, usize),
    language: Language,
    topic: Topic,
    report: &mut Report,
) -> Option<(Source, Table)> {
    let source = Source {
        file: file.to_owned(),
        text,
    };
    match review::data(&source, 0..source.text.len(), language) {
        Ok(table) => Some((source, table)),
        Err(faults) => {
            for fault in faults {
                let line = fault.place.as_ref().map(|place| place.line);
                let line = line.map(|line| line.saturating_sub(above).max(1));
                let advice = "nothing of this file came across; mend it, and import again";
                report.note(topic, file, line, &fault.message, advice);
            }
            None
        }
    }
}

/// The key of what is in a file that is no table; none that a table would have.
pub(super) const ITEMS: &str = "all items of the file";

/// Reads a file that is a table, or, under the key [`ITEMS`], an array.
pub(super) fn read_items(
    origin: &Origin,
    file: &Path,
    topic: Topic,
    report: &mut Report,
) -> Option<(Source, Table)> {
    let text = origin.read(file, report)?;
    let is_array = matches!(
        text.trim_start().lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')),
        Some(line) if line.starts_with(['-', '['])
    );
    if !is_array || language(file) != Some(Language::Yaml) {
        return read(origin, file, topic, report);
    }
    let text = format!("{ITEMS}:\n{}", json_as_yaml(&text));
    parse(file, (text, 1), Language::Yaml, topic, report)
}

/// JSON is YAML, but for the tabs between its words and the slashes that it may
/// escape. Everything stays in its place.
pub(super) fn json_as_yaml(text: &str) -> String {
    let mut quoted = false;
    let mut escaped = false;
    let plain = text.chars().map(|c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '\t' if !quoted => return ' ',
            _ => {}
        }
        c
    });
    plain.collect()
}

/// The line of a byte, which counts from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..text.floor_char_boundary(at)].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        let source = Source {
            file: "a.json".into(),
            text: json_as_yaml(text),
        };
        review::data(&source, 0..source.text.len(), Language::Yaml).expect("data")
    }

    #[test]
    fn keys_do_not_care_for_case() {
        let mut own = table("{\n\t\"A\": {\"b\": 1, \"c\": \"t\\tx\\/\"},\n\t\"d\": [\"e\", 2]}\n");
        assert_eq!(get_integer(&own, "a.B"), Some(1));
        assert_eq!(get_text(&own, "a.c").as_deref(), Some("t\tx/"));
        assert_eq!(get_texts(&own, "D"), ["e", "2"]);
        merge(&mut own, table("{\"a\": {\"B\": 2}, \"f\": true}"));
        assert_eq!(get_integer(&own, "a.b"), Some(2));
        assert_eq!(get_boolean(&own, "f"), Some(true));
        assert!(get(&own, "a.c").is_some());
    }
    #[test]
    fn a_broken_file_is_told_by_its_line_whatever_it_is() {
        let site = tempfile::tempdir().unwrap();
        let origin = Origin::open(site.path()).unwrap();
        let told = |text: &str| {
            std::fs::write(site.path().join("a.yaml"), text).unwrap();
            let mut report = Report::default();
            let file = Path::new("a.yaml");
            let read = read_items(&origin, file, Topic::Files, &mut report);
            assert!(read.is_none(), "{text}");
            report.latest()
        };
        let table = told("a: 1\nb: [1\n");
        let array = told("- 1\n- [1\n");
        for message in [table, array] {
            let line = message.strip_prefix("a.yaml:").unwrap();
            assert!(line.starts_with(['2', '3']), "{message}");
        }
    }
}

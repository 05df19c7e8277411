//! JSON (RFC 8259), with the members of objects in the order of the file.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use tera::{Map, Value};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// Reads a file. The parser ends at a depth of 128.
pub(super) fn parse(source: &Source) -> Result<Value, Diagnostic> {
    // Editors of some systems mark UTF-8 by it.
    let mark = source.text.starts_with(MARK).then_some(MARK.len_utf8());
    let mark = mark.unwrap_or_default();
    match serde_json::from_str::<Json>(&source.text[mark..]) {
        Ok(json) => Ok(json.0),
        Err(error) => {
            let above = source.text.split_inclusive('\n');
            let above: usize = above
                .take(error.line().saturating_sub(1))
                .map(str::len)
                .sum();
            let mark = if error.line() == 1 { mark } else { 0 };
            let at = (above + mark + error.column()).saturating_sub(1);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let fault = source.at(at..at + 1, format!("bad JSON: {message}"));
            Err(fault.expected("JSON as in RFC 8259"))
        }
    }
}

/// A value, on its way to templates.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json(Value::none()))
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Json, E> {
        Ok(Json(boolean.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(Json(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Json(array.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut map = Map::new();
        while let Some((key, Json(value))) = members.next_entry::<String, Json>()? {
            map.insert(key.into(), value);
        }
        Ok(Json(map.into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "data/a.json".into(),
            text: text.into(),
        }
    }

    #[test]
    fn what_is_wrong_is_placed() {
        let fault = parse(&source("[1,\n  2 3]")).unwrap_err();
        let place = fault.place.unwrap();
        assert_eq!((place.line, place.column), (2, 5));
        assert!(parse(&source("\u{feff}[1]")).is_ok());
        let place = parse(&source("\u{feff}[x]")).unwrap_err().place.unwrap();
        assert_eq!((place.line, place.column), (1, 3));
        assert!(parse(&source(&"[".repeat(100_000))).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\[\\]{}:,\"a-c0-9.eE\\\\ \n\u{e9}-]{0,60}") {
            let _ = parse(&source(&text));
        }
    }
}

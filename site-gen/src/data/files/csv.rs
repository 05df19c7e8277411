//! Tables of comma-separated values (RFC 4180), as Zola gives them to
//! templates: `headers`, and `records`, each an array of texts.

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use tera::Value;

use crate::diagnostic::Diagnostic;
use crate::limits::MAX_DIAGNOSTICS;
use crate::source::Source;
use crate::values::map;

/// Reads a table. Each record has as many fields as the first line.
pub(super) fn parse(source: &Source) -> Result<Value, Vec<Diagnostic>> {
    let mut reader = ReaderBuilder::new().from_reader(source.text.as_bytes());
    let mut faults = Vec::new();
    let headers = reader.headers().cloned();
    let headers = headers.map_err(|error| vec![fault(source, &error)])?;
    let mut records: Vec<Value> = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => records.push(fields(&record)),
            Err(error) => faults.push(fault(source, &error)),
        }
        if faults.len() == MAX_DIAGNOSTICS {
            break;
        }
    }
    if faults.is_empty() {
        let headers = fields(&headers);
        Ok(map([("headers", headers), ("records", records.into())]))
    } else {
        Err(faults)
    }
}

fn fields(record: &StringRecord) -> Value {
    let fields: Vec<Value> = record.iter().map(Value::from).collect();
    fields.into()
}

fn fault(source: &Source, error: &csv::Error) -> Diagnostic {
    let at = error.position().map_or(0, csv::Position::byte) as usize;
    // The parser says where it was before it passed over empty lines.
    let rest = &source.text[source.text.floor_char_boundary(at)..];
    let at = at + rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    match error.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            let line = source.text.get(at..).and_then(|rest| rest.lines().next());
            let end = at + line.map_or(1, str::len);
            let fault = source.at(at..end, format!("this record has another length: {len}"));
            fault.expected(format!("{expected_len} fields, as in the first line"))
        }
        _ => source.at(at..at + 1, format!("bad CSV: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "data/a.csv".into(),
            text: text.into(),
        }
    }

    #[test]
    fn every_short_record_is_placed() {
        let faults = parse(&source("a,b\n1,2\n\n3\n4,5\n6,7,8\n")).unwrap_err();
        let lines = faults.iter().map(|fault| fault.place.as_ref().unwrap());
        let lines: Vec<_> = lines
            .map(|place| (place.line, place.text.as_str()))
            .collect();
        assert_eq!(lines, [(4, "3"), (6, "6,7,8")]);
    }

    /// All of them took longer than anybody waits.
    #[test]
    fn short_records_may_be_many() {
        let started = Instant::now();
        let text = format!("a,b\n{}", "1\n".repeat(100_000));
        let faults = parse(&source(&text)).unwrap_err();
        assert_eq!(faults.len(), MAX_DIAGNOSTICS);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[a-c,\"\n\r;\u{e9}]{0,60}") {
            let _ = parse(&source(&text));
        }

        /// Fields in quotes and without, and what is between them.
        #[test]
        fn every_fault_has_a_place(pieces in prop::collection::vec(
            prop::sample::select(&["a", "\"b\"", "\"", "\"\"", ",", "\n", "\r\n", "\r", "\n\n", " ", "\u{feff}", "\u{e9}"][..]),
            0..40,
        )) {
            for fault in parse(&source(&pieces.concat())).err().unwrap_or_default() {
                prop_assert!(fault.place.is_some());
            }
        }
    }
}

//! TOML, parsed into [`Data`] with the position of everything.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::data::{Data, Key, Node, Table};
use crate::diagnostic::Diagnostic;
use crate::document::date::Date;
use crate::limits::{MAX_DATA_DEPTH, MAX_DIAGNOSTICS};
use crate::source::Source;

/// Parses a part of a file.
pub(crate) fn parse(source: &Source, part: Range<usize>) -> Result<Table, Vec<Diagnostic>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text[part.clone()]);
    let mut faults: Vec<Diagnostic> = errors
        .iter()
        .take(MAX_DIAGNOSTICS)
        .map(|error| fault(source, part.start, error))
        .collect();
    let mut convert = Convert {
        source,
        offset: part.start,
        faults: Vec::new(),
    };
    // What the parser could make sense of may have faults, too.
    let table = convert.table(table.into_inner(), 0);
    faults.append(&mut convert.faults);
    if faults.is_empty() {
        Ok(table)
    } else {
        Err(faults)
    }
}

fn fault(source: &Source, offset: usize, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    // The parser's messages go over several lines: what is wrong, and then
    // what was expected.
    let mut lines = error.message().lines();
    let message = format!("bad TOML: {}", lines.next().unwrap_or_default());
    let diagnostic = source.at(shift(span, offset), message);
    if let Some(fault) = of_date(&diagnostic) {
        return fault;
    }
    match lines
        .map(|line| line.trim_start_matches("expected "))
        .collect::<Vec<_>>()
        .join(", ")
    {
        expected if expected.is_empty() => diagnostic.expected("TOML, `key = value` on each line"),
        expected => diagnostic.expected(expected),
    }
}

/// A day that no month has, or what looks like one.
fn of_date(fault: &Diagnostic) -> Option<Diagnostic> {
    let (_, value) = fault.place.as_ref()?.text.split_once('=')?;
    let value = value.split('#').next()?.trim();
    let is_date = value.starts_with(|c: char| c.is_ascii_digit()) && value.contains('-');
    let expected = Date::expected(value);
    (is_date && expected != Date::EXPECTED).then(|| {
        let message = format!("`{value}` is not a date");
        Diagnostic {
            message,
            ..fault.clone()
        }
        .expected(expected)
    })
}

struct Convert<'a> {
    source: &'a Source,
    offset: usize,
    faults: Vec<Diagnostic>,
}

impl Convert<'_> {
    fn table(&mut self, table: DeTable<'_>, depth: usize) -> Table {
        let mut fields: Table = table
            .into_iter()
            .map(|(key, value)| {
                let span = shift(key.span(), self.offset);
                let name = key.into_inner().into_owned();
                let span_of_value = shift(value.span(), self.offset);
                let value = self.value(value.into_inner(), &span_of_value, depth + 1);
                (
                    Key { name, span },
                    Node {
                        value,
                        span: span_of_value,
                    },
                )
            })
            .collect();
        // The parser sorts by name; authors and templates expect the file's order.
        fields.sort_by_key(|(key, _)| key.span.start);
        fields
    }

    fn value(&mut self, value: DeValue<'_>, span: &Range<usize>, depth: usize) -> Data {
        if depth > MAX_DATA_DEPTH {
            let expected = format!("at most {MAX_DATA_DEPTH} of them inside each other");
            return self.refuse(span, "tables and arrays are nested too deeply", &expected);
        }
        match value {
            DeValue::String(text) => Data::String(text.into_owned()),
            DeValue::Boolean(boolean) => Data::Boolean(boolean),
            DeValue::Datetime(date) => Data::Date(date.to_string()),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Data::Integer(number),
                    Err(_) => self.out_of_range(span),
                }
            }
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => Data::Float(number),
                Err(_) => self.out_of_range(span),
            },
            DeValue::Array(items) => Data::Array(
                items
                    .into_iter()
                    .map(|item| {
                        let span = shift(item.span(), self.offset);
                        let value = self.value(item.into_inner(), &span, depth + 1);
                        Node { value, span }
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Data::Table(self.table(table, depth)),
        }
    }

    fn out_of_range(&mut self, span: &Range<usize>) -> Data {
        self.refuse(
            span,
            "this number does not fit",
            "a number of at most 64 bits",
        )
    }

    fn refuse(&mut self, span: &Range<usize>, message: &str, expected: &str) -> Data {
        if self.faults.len() < MAX_DIAGNOSTICS {
            let fault = self.source.at(span.clone(), message);
            self.faults.push(fault.expected(expected));
        }
        Data::Null
    }
}

fn shift(span: Range<usize>, offset: usize) -> Range<usize> {
    span.start + offset..span.end + offset
}

//! JSON as Go's encoding/json writes it: keys in their order, signs of HTML as
//! numbers.

use super::super::stop::Stop;
use super::super::value::Value;
use super::{Text, dated, in_quotes, no_data, scientific, text_of};

/// How it is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    One,
    Many,
}

/// Data, with a line end if it has several lines.
pub(super) fn write(data: &Value, lines: Lines) -> Result<String, Stop> {
    let mut writer = Writer {
        text: Text::default(),
        lines,
    };
    writer.value(data, 0)?;
    if lines == Lines::Many {
        writer.text.put("\n")?;
    }
    Ok(writer.text.out)
}

struct Writer {
    text: Text,
    lines: Lines,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Stop> {
        match value {
            Value::Nil => self.text.put("null"),
            Value::Boolean(boolean) => self.text.put(&boolean.to_string()),
            Value::Integer(number) => self.text.put(&number.to_string()),
            Value::Float(number) => self.text.put(&float(*number)?),
            Value::Text(_) | Value::Html(_) => self.text.put(&quoted(text_of(value)?)),
            Value::Date(date) => self.text.put(&quoted(&dated(date)?)),
            Value::Array(items) if items.is_empty() => self.text.put("[]"),
            Value::Array(items) => {
                self.text.put("[")?;
                for (at, item) in items.iter().enumerate() {
                    self.begin(at, depth + 1)?;
                    self.value(item, depth + 1)?;
                }
                self.end("]", depth)
            }
            Value::Map(map) | Value::Params(map) if map.is_empty() => self.text.put("{}"),
            Value::Map(map) | Value::Params(map) => {
                self.text.put("{")?;
                for (at, (key, item)) in map.iter().enumerate() {
                    self.begin(at, depth + 1)?;
                    self.text.put(&quoted(key))?;
                    self.text
                        .put(if self.lines == Lines::One { ":" } else { ": " })?;
                    self.value(item, depth + 1)?;
                }
                self.end("}", depth)
            }
            _ => Err(no_data()),
        }
    }

    fn begin(&mut self, at: usize, depth: usize) -> Result<(), Stop> {
        self.text.put(if at > 0 { "," } else { "" })?;
        self.line(depth)
    }

    fn end(&mut self, sign: &str, depth: usize) -> Result<(), Stop> {
        self.line(depth)?;
        self.text.put(sign)
    }

    fn line(&mut self, depth: usize) -> Result<(), Stop> {
        match self.lines {
            Lines::One => Ok(()),
            Lines::Many => {
                self.text.put("\n")?;
                self.text.indent(3 * depth)
            }
        }
    }
}

fn float(number: f64) -> Result<String, Stop> {
    let size = number.abs();
    match number {
        _ if !number.is_finite() => Err(no_data()),
        0.0 if number.is_sign_negative() => Ok("-0".to_owned()),
        0.0 => Ok("0".to_owned()),
        _ if (1e-6..1e21).contains(&size) => Ok(number.to_string()),
        _ => {
            let (digits, exponent) = scientific(number);
            Ok(format!("{digits}e{exponent:+}"))
        }
    }
}

fn quoted(text: &str) -> String {
    in_quotes(text, |c| match c {
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..'\u{20}' => {
            Some(format!("\\u{:04x}", u32::from(c)))
        }
        _ => None,
    })
}

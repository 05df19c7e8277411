//! YAML as goccy/go-yaml writes it: lists are not indented, a text has quotes
//! where it would be read as something else, and one of several lines is a block.

use jiff::civil;

use super::super::stop::Stop;
use super::super::value::{Map, Value};
use super::{Text, dated, no_data, scientific, text_of};

/// Data, which is a map.
pub(super) fn write(data: &Value) -> Result<String, Stop> {
    let Value::Map(map) = data else {
        return Err(no_data());
    };
    let mut writer = Writer {
        text: Text::default(),
    };
    match map.is_empty() {
        true => writer.text.put("{}\n")?,
        false => writer.map(map, 0, Start::Line)?,
    }
    Ok(writer.text.out)
}

/// Where something begins: in a line of its own, or behind the `- ` of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Line,
    Item,
}

struct Writer {
    text: Text,
}

impl Writer {
    fn map(&mut self, map: &Map, width: usize, start: Start) -> Result<(), Stop> {
        for (at, (key, value)) in map.iter().enumerate() {
            if at > 0 || start == Start::Line {
                self.text.indent(width)?;
            }
            if key.contains('\n') {
                return Err(unusual());
            }
            self.text.put(&plain_or_quoted(key)?)?;
            self.text.put(":")?;
            match value {
                Value::Array(items) if !items.is_empty() => {
                    self.text.put("\n")?;
                    self.list(items, width, Start::Line)?;
                }
                Value::Map(inner) | Value::Params(inner) if !inner.is_empty() => {
                    self.text.put("\n")?;
                    self.map(inner, width + 2, Start::Line)?;
                }
                value => {
                    self.text.put(" ")?;
                    self.one(value, width, Start::Line)?;
                }
            }
        }
        Ok(())
    }

    fn list(&mut self, items: &[Value], width: usize, start: Start) -> Result<(), Stop> {
        for (at, item) in items.iter().enumerate() {
            if at > 0 || start == Start::Line {
                self.text.indent(width)?;
            }
            self.text.put("- ")?;
            match item {
                Value::Array(inner) if !inner.is_empty() => {
                    self.list(inner, width + 2, Start::Item)?;
                }
                Value::Map(inner) | Value::Params(inner) if !inner.is_empty() => {
                    self.map(inner, width + 2, Start::Item)?;
                }
                item => self.one(item, width, Start::Item)?,
            }
        }
        Ok(())
    }

    /// A value that is none of others, and the end of its line.
    fn one(&mut self, value: &Value, width: usize, start: Start) -> Result<(), Stop> {
        let text = match value {
            Value::Nil => "null".to_owned(),
            Value::Boolean(boolean) => boolean.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => float(*number)?,
            Value::Date(date) if date.text.len() > DAY => dated(date)?,
            Value::Date(date) => format!("'{}'", date.text),
            // It takes the second of them for the first, and writes what cannot be
            // read again; nobody means that.
            Value::Array(_) => "[]".to_owned(),
            Value::Map(_) | Value::Params(_) => "{}".to_owned(),
            Value::Text(_) | Value::Html(_) => {
                let text = text_of(value)?;
                if text.contains('\n') && !needs_quotes(text)? {
                    return self.block(text, width, start);
                }
                plain_or_quoted(text)?
            }
            _ => return Err(no_data()),
        };
        self.text.put(&text)?;
        self.text.put("\n")
    }

    /// A text of several lines.
    fn block(&mut self, text: &str, width: usize, start: Start) -> Result<(), Stop> {
        let inside = text.strip_suffix('\n').unwrap_or(text);
        let is_usual = !inside.ends_with('\n')
            && !inside.starts_with(['\n', ' ', '\t'])
            && !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
            // Empty lines have no spaces there.
            && (start == Start::Line || !inside.contains("\n\n"));
        if !is_usual {
            return Err(unusual());
        }
        let mark = if inside.len() < text.len() { "|" } else { "|-" };
        self.text.put(mark)?;
        for line in inside.split('\n') {
            self.text.put("\n")?;
            self.text.indent(width + 2)?;
            self.text.put(line)?;
        }
        self.text.put("\n")
    }
}

/// The length of a date without a time.
const DAY: usize = "2024-01-02".len();

fn unusual() -> Stop {
    Stop::because("a text is written in YAML in an unusual way")
}

/// Go's `%g`, with a point in it.
fn float(number: f64) -> Result<String, Stop> {
    if !number.is_finite() {
        return Err(no_data());
    }
    let (digits, exponent) = scientific(number);
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return Ok(format!("{digits}e{sign}{:02}", exponent.abs()));
    }
    let text = number.to_string();
    let point = if text.contains('.') { "" } else { ".0" };
    Ok(text + point)
}

fn plain_or_quoted(text: &str) -> Result<String, Stop> {
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(unusual());
    }
    if !needs_quotes(text)? {
        return Ok(text.to_owned());
    }
    // It is what it writes, whatever others read.
    let inside = text.replace('\'', "''").replace('\n', "\\n");
    Ok(format!("'{}'", inside.replace('\t', "\\t")))
}

/// Texts that are values of another kind, or were in older YAML.
const WORDS: [&str; 24] = [
    "null", "Null", "NULL", "~", "true", "True", "TRUE", "false", "False", "FALSE", "y", "Y",
    "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "-",
];
/// See [`WORDS`].
const MORE_WORDS: [&str; 3] = ["off", "Off", "OFF"];

fn needs_quotes(text: &str) -> Result<bool, Stop> {
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return Ok(true);
    };
    let has_signs = "*&[]{},!|>%'\"@# `".contains(first)
        || matches!(last, ':' | ' ')
        || text.contains(['#', '\\'])
        || text.contains(": ")
        || text.contains("- ");
    let is_word = WORDS.contains(&text) || MORE_WORDS.contains(&text);
    // It writes these without quotes.
    let is_number = match is_no_number(text) {
        true => false,
        false => is_number(text).ok_or_else(unusual)?,
    };
    Ok(has_signs || is_word || is_number || is_time(text))
}

/// Whether a text is a number; none if only its reader knows.
pub(super) fn is_number(text: &str) -> Option<bool> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if is_no_number(text) {
        return None;
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '_') {
        return Some(false);
    }
    let all =
        |digits: &str, is_one: fn(char) -> bool| !digits.is_empty() && digits.chars().all(is_one);
    for (start, is_one) in [
        ("0b", (|c| matches!(c, '0' | '1')) as fn(char) -> bool),
        ("0o", |c| matches!(c, '0'..='7')),
        ("0x", |c| c.is_ascii_hexdigit()),
    ] {
        if let Some(digits) = unsigned.strip_prefix(start) {
            return (!digits.contains('_')).then(|| all(digits, is_one));
        }
    }
    let is_of_number = |c: char| c.is_ascii_digit() || "._eE+-".contains(c);
    if !unsigned.chars().all(is_of_number) {
        return Some(false);
    }
    // One underscore between digits is known to be none of the number.
    let is_grouped = unsigned
        .split('_')
        .all(|part| all(part, |c| c.is_ascii_digit()));
    if unsigned.contains('_') {
        return is_grouped.then_some(true);
    }
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if digits(unsigned) {
        let is_octal = unsigned.len() > 1 && unsigned.starts_with('0');
        return Some(!is_octal || unsigned.chars().all(|c| matches!(c, '0'..='7')));
    }
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let Some((whole, part)) = number.split_once('.') else {
        return Some(false);
    };
    let is_point = digits(whole) && digits(part) && whole.len() + part.len() > 0;
    match exponent {
        None => Some(is_point),
        Some(exponent) if is_point && all(exponent, |c| c.is_ascii_digit()) => Some(true),
        Some(_) if is_point => None,
        Some(_) => Some(false),
    }
}

/// Whether it is `.nan`, or `.inf`.
fn is_no_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    [".nan", ".inf"].contains(&unsigned.to_lowercase().as_str())
}

/// Whether a text is a day, a moment, or a time of day without seconds.
fn is_time(text: &str) -> bool {
    let two = |text: &str, most: u32| {
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_short && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    if let Some((hour, minute)) = text.split_once(':')
        && two(hour, 23)
        && two(minute, 59)
    {
        return true;
    }
    let Some((day, rest)) = text.split_at_checked(DAY) else {
        return false;
    };
    if day.parse::<civil::Date>().is_err() {
        return false;
    }
    match rest.chars().next() {
        None => true,
        Some(' ') => rest[1..].len() == 8 && rest[1..].parse::<civil::Time>().is_ok(),
        Some('T' | 't') => text.parse::<jiff::Timestamp>().is_ok(),
        Some(_) => false,
    }
}

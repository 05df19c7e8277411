//! Numbers, texts and dates in the forms that templates ask for.

use super::super::date::{self, Date};
use super::run::known_text;
use super::stop::Stop;
use super::value::{Safe, Value};

/// The functions that are about dates; none if it is none of them.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let text = |at: usize| known_text(given.get(at).unwrap_or(&Value::Nil));
    Some(match name {
        "dateFormat" | "time.Format" => match given.get(1) {
            Some(Value::Date(date)) => {
                text(0).and_then(|form| Ok(Value::text(dated(date, &form)?)))
            }
            Some(Value::Text(given)) => {
                let date = date::read(given)?;
                text(0).and_then(|form| Ok(Value::text(dated(&date, &form)?)))
            }
            _ => return None,
        },
        "time" | "time.AsTime" if given.len() == 1 => match given.first()? {
            Value::Date(date) => Ok(Value::Date(date.clone())),
            _ => text(0).and_then(|text| {
                let no = || Stop::function(name);
                Ok(Value::Date(Box::new(date::read(&text).ok_or_else(no)?)))
            }),
        },
        _ => return None,
    })
}

/// Go's `Printf`, for the verbs that templates use.
pub(super) fn printf(given: &[Value]) -> Result<Value, Stop> {
    let (form, values) = given
        .split_first()
        .ok_or_else(|| Stop::function("printf"))?;
    let form = known_text(form)?;
    let mut values = values.iter();
    let mut out = String::new();
    let mut chars = form.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let rest = chars.as_str();
        let length = rest
            .find(|c: char| c.is_ascii_alphabetic() || c == '%')
            .ok_or_else(|| Stop::function("printf"))?;
        let (flags, verb) = (&rest[..length], &rest[length..=length]);
        chars = rest[length + 1..].chars();
        if verb == "%" {
            out.push('%');
            continue;
        }
        let value = values.next().ok_or_else(|| Stop::function("printf"))?;
        out.push_str(&one(flags, verb, value).ok_or_else(|| Stop::function("printf"))??);
    }
    // Marks of a body go through; what is printed of it is safe.
    Ok(match super::has_marks(&out) {
        true => Value::Html(out),
        false => Value::Text(out),
    })
}

/// One value; none for what Go would say is no value for the verb, or another
/// way of writing one.
fn one(flags: &str, verb: &str, value: &Value) -> Option<Result<String, Stop>> {
    let text = match (verb, value) {
        ("s" | "v", Value::Text(text) | Value::Html(text) | Value::Safe(_, text))
            if flags.is_empty() =>
        {
            return Some(Ok(text.clone()));
        }
        ("f", Value::Float(number)) => {
            let digits = match flags {
                "" => 6,
                flags => flags.strip_prefix('.')?.parse().ok()?,
            };
            return (digits <= MOST_DIGITS).then(|| Ok(format!("{number:.digits$}")));
        }
        ("d", Value::Integer(number)) if flags == "+" => return Some(Ok(format!("{number:+}"))),
        ("T", value) => kind(value).map(str::to_owned),
        ("q", Value::Text(text) | Value::Html(text) | Value::Safe(_, text)) => {
            known_text(&Value::text(text)).map(|text| format!("{text:?}"))
        }
        ("v", Value::Nil) => return None,
        ("v", value)
        | ("s", value @ (Value::Text(_) | Value::Html(_) | Value::Safe(..)))
        | ("d", value @ Value::Integer(_))
        | ("t", value @ Value::Boolean(_)) => known_text(value),
        _ => return None,
    };
    let text = match text {
        Ok(text) => text,
        stop => return Some(stop),
    };
    if flags.is_empty() {
        return Some(Ok(text));
    }
    let width: usize = flags.parse().ok().filter(|width| *width <= MOST_WIDTH)?;
    Some(Ok(match (flags.starts_with('0'), text.strip_prefix('-')) {
        (true, Some(digits)) => {
            let width = width.saturating_sub(1);
            format!("-{digits:0>width$}")
        }
        (true, None) => format!("{text:0>width$}"),
        (false, _) => format!("{text:>width$}"),
    }))
}

/// More is asked for by nobody who is to read it.
const MOST_DIGITS: usize = 20;
/// See [`MOST_DIGITS`].
const MOST_WIDTH: usize = 100;

/// The name of a value's type in Go.
fn kind(value: &Value) -> Result<&'static str, Stop> {
    Ok(match value {
        Value::Nil => "<nil>",
        Value::Boolean(_) => "bool",
        Value::Integer(_) => "int",
        Value::Float(_) => "float64",
        Value::Text(_) => "string",
        Value::Html(_) => "template.HTML",
        Value::Safe(Safe::Attribute, _) => "template.HTMLAttr",
        Value::Safe(Safe::Address, _) => "template.URL",
        Value::Safe(Safe::Style, _) => "template.CSS",
        Value::Safe(Safe::Script, _) => "template.JS",
        _ => return Err(Stop::function("printf")),
    })
}

/// What a date has.
pub(super) fn of_date(date: &Date, name: &str, given: &[Value]) -> Result<Value, Stop> {
    let day = date.day;
    Ok(match name {
        "IsZero" => Value::Boolean(day.year() <= 1),
        "Year" => Value::Integer(day.year().into()),
        "Month" => Value::Integer(day.month().into()),
        "Day" => Value::Integer(day.day().into()),
        "Unix" => Value::Integer(date.moment.as_second()),
        "Format" => {
            let form = known_text(given.first().unwrap_or(&Value::Nil))?;
            Value::text(dated(date, &form)?)
        }
        _ => return Err(Stop::field("a date", name)),
    })
}

/// The parts of a form in Go, longest first, and what strftime calls them.
const PARTS: [(&str, &str); 13] = [
    ("January", "%B"),
    ("Monday", "%A"),
    ("2006", "%Y"),
    ("Jan", "%b"),
    ("Mon", "%a"),
    ("002", "%j"),
    ("_2", "%e"),
    ("01", "%m"),
    ("02", "%d"),
    ("06", "%y"),
    ("1", "%-m"),
    ("2", "%-d"),
    ("%", "%%"),
];

/// A date in a form of Go, whose parts are those of Monday, 2 January 2006;
/// times are not known.
pub(super) fn dated(date: &Date, form: &str) -> Result<String, Stop> {
    let form = match form {
        ":date_full" => "Monday, January 2, 2006",
        ":date_long" => "January 2, 2006",
        ":date_medium" => "Jan 2, 2006",
        form => form,
    };
    if ["15", "03", "04", "05", "PM", "pm", "MST", "-07", "Z07", ":"]
        .iter()
        .any(|part| form.contains(part))
    {
        return Err(Stop::because("it prints the time of a day"));
    }
    let mut out = String::new();
    let mut rest = form;
    while let Some(c) = rest.chars().next() {
        match PARTS.iter().find(|(part, _)| rest.starts_with(part)) {
            Some((part, own)) => {
                out.push_str(own);
                rest = &rest[part.len()..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    Ok(date.day.strftime(&out).to_string())
}

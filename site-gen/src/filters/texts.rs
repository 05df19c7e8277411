//! Filters and tests of text and numbers that Zola's templates use, and that
//! tera 2 has not, or under another name.
//!
//! * `regex_replace(pattern, rep)`: `$1` and `$name` stand for groups.
//! * `num_format(locale="en")`: a whole number with its thousands apart.
//! * `base64_decode`, `linebreaksbr`, `trim_start_matches(pat)`,
//!   `trim_end_matches(pat)`, `as_str`.
//! * Tests: `matching(pat)`, a regular expression; `divisibleby`, `object`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use regex_automata::meta::Regex;
use regex_automata::util::interpolate;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::base64;
use crate::limits::MAX_REGEX_BYTES;
use crate::url::escape_text;

/// Adds them to an engine.
pub(crate) fn register(engine: &mut Tera) {
    let regexes = Arc::new(Regexes::default());
    let known = Arc::clone(&regexes);
    engine.register_filter(
        "regex_replace",
        move |text: &str, kwargs: Kwargs, _: &State| {
            let regex = known.get(kwargs.must_get("pattern")?)?;
            TeraResult::Ok(replace(&regex, text, kwargs.must_get("rep")?))
        },
    );
    engine.register_test("matching", move |text: &str, kwargs: Kwargs, _: &State| {
        let regex = regexes.get(kwargs.must_get("pat")?)?;
        TeraResult::Ok(regex.is_match(text))
    });
    engine.register_test("divisibleby", |number: i64, kwargs: Kwargs, _: &State| {
        let divisor: i64 = kwargs.must_get("divisor")?;
        TeraResult::Ok(number.checked_rem(divisor) == Some(0))
    });
    engine.register_test("object", |value: &Value, _: Kwargs, _: &State| {
        value.is_map()
    });
    engine.register_filter("num_format", |number: i64, kwargs: Kwargs, _: &State| {
        number_in(number, kwargs.get::<&str>("locale")?.unwrap_or("en"))
    });
    engine.register_filter("base64_decode", |text: &str, _: Kwargs, _: &State| {
        decode(text)
    });
    engine.register_filter("linebreaksbr", |text: &str, _: Kwargs, _: &State| {
        let text = escape_text(text).replace("\r\n", "\n");
        Value::safe_string(&text.replace('\n', "<br>"))
    });
    engine.register_filter(
        "trim_start_matches",
        |text: &str, kwargs: Kwargs, _: &State| {
            let pattern: &str = kwargs.must_get("pat")?;
            TeraResult::Ok(text.trim_start_matches(pattern).to_owned())
        },
    );
    engine.register_filter(
        "trim_end_matches",
        |text: &str, kwargs: Kwargs, _: &State| {
            let pattern: &str = kwargs.must_get("pat")?;
            TeraResult::Ok(text.trim_end_matches(pattern).to_owned())
        },
    );
    engine.register_filter("as_str", |value: &Value, _: Kwargs, _: &State| {
        value.to_string()
    });
}

/// Regular expressions that were read already: a page asks for the same ones as
/// the page before. They are shared, as a clone of one begins with an empty cache.
#[derive(Default)]
struct Regexes(Mutex<HashMap<String, Arc<Regex>>>);

impl Regexes {
    /// A template that is stopped here would keep the lock.
    fn get(&self, pattern: &str) -> TeraResult<Arc<Regex>> {
        budget::outside(|| self.find_or_build(pattern))
    }

    fn find_or_build(&self, pattern: &str) -> TeraResult<Arc<Regex>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = known.get(pattern) {
            return Ok(Arc::clone(regex));
        }
        let limits = Regex::config().nfa_size_limit(Some(MAX_REGEX_BYTES));
        let regex = Regex::builder().configure(limits).build(pattern);
        let regex = regex.map_err(|error| {
            let why = error
                .syntax_error()
                .map_or_else(|| error.to_string(), ToString::to_string);
            // It shows the expression, too; what is wrong comes last.
            let why = why
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            Error::message(format!(
                "`{pattern}` is no regular expression: {why}; expected one where `\\` stands \
                 before what is meant itself, as in `\\(`"
            ))
        })?;
        let regex = Arc::new(regex);
        known.insert(pattern.to_owned(), Arc::clone(&regex));
        Ok(regex)
    }
}

fn replace(regex: &Regex, text: &str, replacement: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    for captures in regex.captures_iter(text) {
        let Some(all) = captures.get_match() else {
            continue;
        };
        replaced.push_str(&text[at..all.start()]);
        interpolate::string(
            replacement,
            |group, replaced| {
                let group = captures.get_group(group);
                replaced.push_str(group.map_or("", |span| &text[span.range()]));
            },
            |name| regex.group_info().to_index(all.pattern(), name),
            &mut replaced,
        );
        at = all.end();
    }
    replaced.push_str(&text[at..]);
    replaced
}

/// What stands between thousands, by language.
const SEPARATORS: [(&str, &str); 12] = [
    ("en", ","),
    ("ja", ","),
    ("ko", ","),
    ("zh", ","),
    ("de", "."),
    ("es", "."),
    ("it", "."),
    ("nl", "."),
    ("pt", "."),
    ("fr", "\u{202f}"),
    ("pl", "\u{a0}"),
    ("sv", "\u{a0}"),
];

fn number_in(number: i64, locale: &str) -> TeraResult<String> {
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    let known = SEPARATORS.iter().find(|(own, _)| *own == language);
    let Some((_, separator)) = known else {
        let names: Vec<&str> = SEPARATORS.iter().map(|(name, _)| *name).collect();
        let names = names.join("`, `");
        let message = format!("`num_format` does not know `{locale}`; expected one of `{names}`");
        return Err(Error::message(message));
    };
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    Ok(text)
}

fn decode(text: &str) -> TeraResult<String> {
    let bytes = base64::decode(text.trim());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| Error::message("this is not text in base64"))
}

/// JSON over several lines.
pub(crate) fn indent_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut characters = json.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(character) = characters.next() {
        if in_text {
            out.push(character);
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                in_text = true;
                out.push('"');
            }
            '{' | '[' => {
                out.push(character);
                if let Some(end) = characters.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str) -> Result<String, String> {
        let mut engine = Tera::new();
        register(&mut engine);
        engine
            .add_raw_template("t", template)
            .map_err(|error| error.to_string())?;
        let found = engine.render("t", &tera::Context::new());
        found.map_err(|error| error.to_string())
    }

    #[test]
    fn they_do_what_zola_does() {
        for (template, expected) in [
            (
                "{{ 'World Hello' | regex_replace(pattern='(?P<s>[^ ]+) ([^ ]+)', rep='$2 ${s}!') }}",
                "Hello World!",
            ),
            ("{{ 'aXbX' | regex_replace(pattern='X', rep='-') }}", "a-b-"),
            ("{{ 'é' | regex_replace(pattern='', rep='.') }}", ".é."),
            (
                "{{ 1234567 | num_format }} {{ 999 | num_format }}",
                "1,234,567 999",
            ),
            ("{{ -1000 | num_format(locale='de_DE') }}", "-1.000"),
            ("{{ 'Zm9vYmE=' | base64_decode }}", "fooba"),
            ("{{ 'a<\nb' | linebreaksbr }}", "a&lt;<br>b"),
            (
                "{{ '//a/' | trim_start_matches(pat='/') | trim_end_matches(pat='/') }}",
                "a",
            ),
            ("{{ 1.5 | as_str }}{{ true | as_str }}", "1.5true"),
            (
                "{% if 'v1.2' is matching(pat='^v[0-9.]+$') %}y{% endif %}",
                "y",
            ),
            ("{% if 6 is divisibleby(divisor=3) %}y{% endif %}", "y"),
            ("{% if 6 is divisibleby(divisor=0) %}y{% endif %}", ""),
            ("{% if {'a': 1} is object %}y{% endif %}", "y"),
        ] {
            assert_eq!(render(template).as_deref(), Ok(expected), "{template}");
        }
        for template in [
            "{{ 'a' | regex_replace(pattern='(', rep='') }}",
            "{{ 1 | num_format(locale='xx') }}",
            "{{ '*' | base64_decode }}",
        ] {
            assert!(render(template).is_err(), "{template}");
        }
    }

    #[test]
    fn json_is_indented() {
        let json = "{\"a\":[1,{}],\"b\":\"x,\\\"{\"}";
        let expected = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x,\\\"{\"\n}";
        assert_eq!(indent_json(json), expected);
    }
}

//! The functions of Hugo's templates that work on texts.

use regex_automata::meta::Regex;

use super::super::anchor::Anchors;
use super::super::inflection;
use super::output::escaped;
use super::run::known_text;
use super::stop::Stop;
use super::value::{Safe, Value};
use super::{format, has_marks, texts};
use crate::limits::{MAX_TEMPLATE_BYTES, TEMPLATE_REGEX, TEMPLATE_STEPS};

/// Calls one of them; none if it is none of them.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let name = name.strip_prefix("strings.").unwrap_or(name);
    if matches!(name, "printf" | "fmt.Printf") {
        return Some(format::printf(given));
    }
    // What goes through as it is, even if it is not known yet.
    let first = given.first().unwrap_or(&Value::Nil);
    let last = given.last().unwrap_or(&Value::Nil);
    let shown = |value: &Value| value.shown().ok_or_else(|| Stop::function(name));
    match name {
        "safeHTML" | "safe.HTML" => return Some(shown(last).map(Value::Html)),
        "safeHTMLAttr" | "safe.HTMLAttr" => return Some(safe(Safe::Attribute, last)),
        "safeURL" | "safe.URL" => return Some(safe(Safe::Address, last)),
        "safeCSS" | "safe.CSS" => return Some(safe(Safe::Style, last)),
        "safeJS" | "safe.JS" => return Some(safe(Safe::Script, last)),
        "TrimSpace" | "chomp" | "strings.Chomp" => {
            return Some(Ok(match first {
                Value::Html(text) => Value::Html(text.trim().to_owned()),
                other => Value::text(shown(other).ok()?.trim()),
            }));
        }
        "trim" | "Trim"
            if matches!(first, Value::Html(text) if has_marks(text))
                && matches!(last, Value::Text(signs) if signs.trim().is_empty()) =>
        {
            return Some(Ok(first.clone()));
        }
        "replaceRE" | "ReplaceRE" => {
            if let [pattern, new, Value::Html(code)] = given
                && let Some(code) = texts::with_comments(code, pattern, new)
            {
                return Some(Ok(Value::Html(code)));
            }
        }
        "htmlUnescape" | "transform.HTMLUnescape" => {
            return Some(known_text(first).map(|text| Value::text(texts::unescaped(&text))));
        }
        // There would be spaces between them.
        "print" if given.windows(2).any(|pair| !pair.iter().any(is_text)) => {
            return Some(Err(Stop::function(name)));
        }
        // A number would be the first, second or third.
        "humanize" | "inflect.Humanize" if first.integer().is_some() => {
            return Some(Err(Stop::function(name)));
        }
        _ => {}
    }
    let texts: Result<Vec<String>, Stop> = given.iter().map(known_text).collect();
    let given = match texts {
        Ok(texts) => texts,
        Err(stop) => return is_of_texts(name).then_some(Err(stop)),
    };
    text_of_texts(name, &given).map(|value| value.map_err(|()| Stop::function(name)))
}

/// A text that is safe in one place, and known.
fn safe(place: Safe, value: &Value) -> Result<Value, Stop> {
    known_text(value).map(|text| Value::Safe(place, text))
}

/// The functions of texts that ask for what these say.
const OF_TEXTS: [&str; 47] = [
    "upper",
    "lower",
    "humanize",
    "pluralize",
    "singularize",
    "inflect.Humanize",
    "inflect.Pluralize",
    "inflect.Singularize",
    "trim",
    "Trim",
    "TrimLeft",
    "TrimRight",
    "TrimPrefix",
    "TrimSuffix",
    "replace",
    "replaceRE",
    "Replace",
    "ReplaceRE",
    "findRE",
    "FindRE",
    "split",
    "Split",
    "hasPrefix",
    "hasSuffix",
    "HasPrefix",
    "HasSuffix",
    "Contains",
    "ContainsAny",
    "Repeat",
    "Count",
    "substr",
    "slicestr",
    "plainify",
    "transform.Plainify",
    "htmlEscape",
    "transform.HTMLEscape",
    "string",
    "print",
    "anchorize",
    "urls.Anchorize",
    "countwords",
    "emojify",
    "ToUpper",
    "FirstUpper",
    "RuneCount",
    "SliceString",
    "countrunes",
];

fn is_of_texts(name: &str) -> bool {
    OF_TEXTS.contains(&name)
}

fn text_of_texts(name: &str, given: &[String]) -> Option<Result<Value, ()>> {
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let value = match (name, given.as_slice()) {
        ("upper" | "ToUpper", [text]) => Value::text(upper(text)),
        ("lower" | "ToLower", [text]) => Value::text(text.to_lowercase()),
        ("humanize" | "inflect.Humanize", [text]) => {
            return Some(inflection::in_words(text).map(Value::text).ok_or(()));
        }
        ("pluralize" | "inflect.Pluralize", [text]) => Value::text(inflection::plural(text)),
        ("singularize" | "inflect.Singularize", [text]) => Value::text(inflection::singular(text)),
        ("string" | "print" | "cast.ToString", [text]) => Value::text(*text),
        ("print", parts) => Value::text(parts.concat()),
        ("println", parts) => Value::text(parts.join(" ") + "\n"),
        ("plainify" | "transform.Plainify", [text]) => Value::text(texts::plain(text)),
        ("htmlEscape" | "transform.HTMLEscape", [text]) => Value::text(escaped(text)),
        ("emojify" | "transform.Emojify", [text]) => {
            Value::Html(super::super::super::emoji::replaced(text))
        }
        ("anchorize" | "urls.Anchorize", [text]) => Value::text(Anchors::Github.of(text)),
        ("trim" | "Trim", [text, signs]) => Value::text(text.trim_matches(|c| signs.contains(c))),
        ("TrimLeft", [signs, text]) => Value::text(text.trim_start_matches(|c| signs.contains(c))),
        ("TrimRight", [signs, text]) => Value::text(text.trim_end_matches(|c| signs.contains(c))),
        ("TrimPrefix", [start, text]) => Value::text(text.strip_prefix(start).unwrap_or(text)),
        ("TrimSuffix", [end, text]) => Value::text(text.strip_suffix(end).unwrap_or(text)),
        ("replace" | "Replace", [text, old, new]) => {
            let more = text.matches(old).count().saturating_mul(new.len());
            (more <= MAX_TEMPLATE_BYTES).then_some(())?;
            Value::text(text.replace(old, new))
        }
        ("replaceRE" | "ReplaceRE", [pattern, new, text]) => {
            return Some(replaced(pattern, new, text).ok_or(()));
        }
        ("split" | "Split", [text, ""]) => {
            Value::array(text.chars().map(|c| Value::text(c.to_string())).collect())
        }
        ("split" | "Split", [text, between]) => {
            Value::array(text.split(between).map(Value::text).collect())
        }
        ("replace" | "Replace", [text, old, new, most]) => {
            let most: usize = most.parse().ok()?;
            let more = text
                .matches(old)
                .count()
                .min(most)
                .saturating_mul(new.len());
            (more <= MAX_TEMPLATE_BYTES).then_some(())?;
            Value::text(text.replacen(old, new, most))
        }
        ("hasPrefix" | "HasPrefix", [text, start]) => Value::Boolean(text.starts_with(start)),
        ("hasSuffix" | "HasSuffix", [text, end]) => Value::Boolean(text.ends_with(end)),
        ("Contains", [text, part]) => Value::Boolean(text.contains(part)),
        ("ContainsAny", [text, signs]) => Value::Boolean(text.contains(|c| signs.contains(c))),
        ("Repeat", [count, text]) => {
            let count: usize = count.parse().ok()?;
            Value::text(text.repeat(count.min(TEMPLATE_STEPS / text.len().max(1))))
        }
        ("Count", [part, text]) => Value::Integer(i64::try_from(text.matches(part).count()).ok()?),
        ("countwords", [text]) => {
            Value::Integer(i64::try_from(text.split_whitespace().count()).ok()?)
        }
        ("findRE" | "FindRE", [pattern, text]) => {
            let regex = regex(pattern)?;
            let found = regex
                .find_iter(text)
                .map(|found| Value::text(&text[found.range()]));
            Value::array(found.collect())
        }
        _ => return of_letters(name, &given),
    };
    Some(Ok(value))
}

/// Those that count letters.
fn of_letters(name: &str, given: &[&str]) -> Option<Result<Value, ()>> {
    let value = match (name, given) {
        ("substr" | "Substr", [text, start]) => Value::text(part(text, start, None)?),
        ("substr" | "Substr", [text, start, length]) => {
            Value::text(part(text, start, Some(length))?)
        }
        ("slicestr" | "SliceString", [text, bounds @ ..]) if bounds.len() <= 2 => {
            let length = text.chars().count();
            let bound = |at: usize, usual: usize| match bounds.get(at) {
                Some(bound) => bound.parse().ok().filter(|bound| *bound <= length),
                None => Some(usual),
            };
            let (start, end) = (bound(0, 0)?, bound(1, length)?);
            let count = end.checked_sub(start)?;
            Value::text(text.chars().skip(start).take(count).collect::<String>())
        }
        ("FirstUpper", [text]) => {
            let mut chars = text.chars();
            let first = chars.next().map(|c| upper(&c.to_string()));
            Value::text(first.unwrap_or_default() + chars.as_str())
        }
        ("RuneCount", [text]) => Value::Integer(i64::try_from(text.chars().count()).ok()?),
        ("countrunes" | "CountRunes", [text]) => {
            let text = texts::plain(text);
            let letters = text.chars().filter(|c| !c.is_whitespace());
            Value::Integer(i64::try_from(letters.count()).ok()?)
        }
        _ => return None,
    };
    Some(Ok(value))
}

/// Letters of a text, counted from its end if the place is negative.
fn part(text: &str, start: &str, length: Option<&&str>) -> Option<String> {
    let count = i64::try_from(text.chars().count()).ok()?;
    let start: i64 = start.parse().ok()?;
    let start = match start < 0 {
        true => (start + count).max(0),
        false => start,
    };
    let length: i64 = length.map_or(Ok(count), |length| length.parse()).ok()?;
    // Hugo counts the end from that of the text.
    let end = match length < 0 {
        true => count + length,
        false => start.checked_add(length)?.min(count),
    };
    let (start, end) = (start.clamp(0, count), end.clamp(0, count));
    let letters = text.chars().skip(usize::try_from(start).ok()?);
    Some(
        letters
            .take(usize::try_from(end.checked_sub(start)?).ok()?)
            .collect(),
    )
}

fn is_text(value: &Value) -> bool {
    value.as_text().is_some()
}

/// Go gives each letter one, or leaves it.
fn upper(text: &str) -> String {
    let letters = text.chars().map(|c| {
        let mut upper = c.to_uppercase();
        match upper.len() {
            1 => upper.next().unwrap_or(c),
            _ => c,
        }
    });
    letters.collect()
}

fn regex(pattern: &str) -> Option<Regex> {
    let limits = Regex::config().nfa_size_limit(Some(TEMPLATE_REGEX));
    Regex::builder().configure(limits).build(pattern).ok()
}

/// Go writes `$1` and `${1}`, as the crate does.
fn replaced(pattern: &str, new: &str, text: &str) -> Option<Value> {
    let regex = regex(pattern)?;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for captures in regex.captures_iter(text) {
        let whole = captures.get_match()?;
        (out.len() <= MAX_TEMPLATE_BYTES).then_some(())?;
        out.push_str(&text[at..whole.start()]);
        captures.interpolate_string_into(text, new, &mut out);
        at = whole.end();
    }
    out.push_str(&text[at..]);
    Some(Value::text(out))
}

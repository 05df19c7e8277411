//! Filters that templates of Zola rely on, and that tera 2 has no more: they
//! are the same here, so that such templates go on to work.
//!
//! * `concat(with=)`, `slice(start=, end=)`: arrays. Both have a shorter form
//!   now, `[...a, b]` and `a[1:3]`.
//! * `map(attribute=)`, `filter(attribute=, value=)`: arrays of tables.
//! * `unique(attribute=, case_sensitive=false)`: the first of those that are equal.
//! * `group_by(attribute=)`: groups in the order in which they begin; what lacks the
//!   attribute is in none. (tera 2 has them in another order each time.)
//! * `addslashes`, `spaceless`, `urlencode_strict`, `base64_encode`: text.
//! * `filesizeformat`: a number of bytes as people read it.
//! * `round` gives a whole number where it is one, so that it prints without
//!   `.0`; `int` cuts off what is behind the point; both `int` and `float` take
//!   `default=` for what is no number.
//! * `default(value=)`: in place of what is none, too. tera 2 gives it only where
//!   there is no such name, and what a page does not say is none here.

use std::collections::{HashMap, HashSet};

use tera::value::Key;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use crate::base64;
use crate::url;

/// Adds them to an engine.
pub(crate) fn register(engine: &mut Tera) {
    engine.register_filter("concat", |items: Vec<Value>, kwargs: Kwargs, _: &State| {
        concat(items, &kwargs)
    });
    engine.register_filter("slice", |items: Vec<Value>, kwargs: Kwargs, _: &State| {
        slice(items, &kwargs)
    });
    engine.register_filter("map", |items: &[Value], kwargs: Kwargs, _: &State| {
        map(items, &kwargs)
    });
    engine.register_filter("filter", |items: Vec<Value>, kwargs: Kwargs, _: &State| {
        filter(items, &kwargs)
    });
    engine.register_filter("default", |value: Value, kwargs: Kwargs, _: &State| {
        default(value, &kwargs)
    });
    engine.register_filter("unique", |items: Vec<Value>, kwargs: Kwargs, _: &State| {
        unique(items, &kwargs)
    });
    engine.register_filter("group_by", |items: &[Value], kwargs: Kwargs, _: &State| {
        group_by(items, &kwargs)
    });
    engine.register_filter("addslashes", |text: &str, _: Kwargs, _: &State| {
        let text = text.replace('\\', "\\\\");
        text.replace('"', "\\\"").replace('\'', "\\'")
    });
    engine.register_filter("spaceless", |html: &str, _: Kwargs, _: &State| {
        Value::safe_string(&spaceless(html))
    });
    engine.register_filter("urlencode_strict", |text: &str, _: Kwargs, _: &State| {
        url::encode(text).replace('/', "%2F")
    });
    engine.register_filter("base64_encode", |text: &str, _: Kwargs, _: &State| {
        base64::encode(text.as_bytes())
    });
    engine.register_filter("filesizeformat", |bytes: u64, kwargs: Kwargs, _: &State| {
        let is_binary = kwargs.get::<bool>("binary")?.unwrap_or_default();
        TeraResult::Ok(file_size(bytes, is_binary))
    });
    engine.register_filter("round", |number: f64, kwargs: Kwargs, _: &State| {
        round(number, &kwargs)
    });
    engine.register_filter("int", |value: Value, kwargs: Kwargs, _: &State| {
        int(&value, &kwargs)
    });
    engine.register_filter("float", |value: Value, kwargs: Kwargs, _: &State| {
        float(&value, &kwargs)
    });
}

fn concat(mut items: Vec<Value>, kwargs: &Kwargs) -> TeraResult<Vec<Value>> {
    let with: Value = kwargs.must_get("with")?;
    match with.as_array() {
        Some(more) => items.extend(more.iter().cloned()),
        None => items.push(with),
    }
    Ok(items)
}

/// Places below zero count from the end.
fn slice(items: Vec<Value>, kwargs: &Kwargs) -> TeraResult<Vec<Value>> {
    let length = items.len();
    let place = |name: &str, otherwise: usize| -> TeraResult<usize> {
        let Some(place) = kwargs.get::<i64>(name)? else {
            return Ok(otherwise);
        };
        let distance = usize::try_from(place.unsigned_abs()).unwrap_or(length);
        Ok(if place < 0 {
            length.saturating_sub(distance)
        } else {
            distance.min(length)
        })
    };
    let (start, end) = (place("start", 0)?, place("end", length)?);
    let count = end.saturating_sub(start);
    Ok(items.into_iter().skip(start).take(count).collect())
}

/// What stands under a name such as `extra.stars`.
fn attribute(value: &Value, name: &str) -> Option<Value> {
    let mut value = value.clone();
    for part in name.split('.') {
        value = value.as_map()?.get(&Key::from(part.to_owned()))?.clone();
    }
    (!value.is_none()).then_some(value)
}

fn map(items: &[Value], kwargs: &Kwargs) -> TeraResult<Vec<Value>> {
    let name: &str = kwargs.must_get("attribute")?;
    Ok(items
        .iter()
        .filter_map(|item| attribute(item, name))
        .collect())
}

fn unique(items: Vec<Value>, kwargs: &Kwargs) -> TeraResult<Vec<Value>> {
    let name = kwargs.get::<&str>("attribute")?;
    let is_case_sensitive = kwargs.get::<bool>("case_sensitive")?.unwrap_or(true);
    let mut seen = HashSet::new();
    let mut is_new = |item: &Value| {
        let key = match name {
            Some(name) => attribute(item, name)?,
            None => item.clone(),
        };
        // A text is another thing than the number that it shows.
        let shown = match key.as_str() {
            Some(text) if !is_case_sensitive => text.to_lowercase(),
            _ => key.to_string(),
        };
        Some(seen.insert((key.as_str().is_some(), shown)))
    };
    Ok(items
        .into_iter()
        .filter(|item| is_new(item).unwrap_or_default())
        .collect())
}

fn group_by(items: &[Value], kwargs: &Kwargs) -> TeraResult<Map> {
    let name: &str = kwargs.must_get("attribute")?;
    let mut order = Vec::new();
    let mut groups: HashMap<Key<'static>, Vec<Value>> = HashMap::new();
    for item in items {
        let Some(found) = attribute(item, name) else {
            continue;
        };
        let key: Key<'static> = match (found.as_str(), found.as_i64(), found.as_bool()) {
            (Some(text), ..) => Key::from(text.to_owned()),
            (_, Some(number), _) => Key::I64(number),
            (.., Some(is)) => Key::Bool(is),
            _ => {
                let message = format!("`{name}` is `{found}`; expected a text, number or boolean");
                return Err(Error::message(message));
            }
        };
        let group = groups.entry(key.clone()).or_default();
        if group.is_empty() {
            order.push(key);
        }
        group.push(item.clone());
    }
    let mut take = |key: Key<'static>| {
        let group = groups.remove(&key).unwrap_or_default();
        (key, Value::from(group))
    };
    Ok(order.into_iter().map(&mut take).collect())
}

/// Without a value: those that have the attribute at all.
fn filter(items: Vec<Value>, kwargs: &Kwargs) -> TeraResult<Vec<Value>> {
    let name: &str = kwargs.must_get("attribute")?;
    let wanted = kwargs.get::<Value>("value")?;
    let keep = |item: &Value| match (attribute(item, name), &wanted) {
        (found, Some(wanted)) if wanted.is_none() => found.is_none(),
        (Some(found), Some(wanted)) => found == *wanted,
        (found, None) => found.is_some(),
        (None, Some(_)) => false,
    };
    if items.iter().any(|item| item.as_map().is_none()) {
        return Err(Error::message(
            "`filter` looks for an attribute; expected an array of tables",
        ));
    }
    Ok(items.into_iter().filter(keep).collect())
}

/// With `boolean=true`, in place of all that is false.
fn default(value: Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let default: Value = kwargs.must_get("value")?;
    let is_there = match kwargs.get::<bool>("boolean")?.unwrap_or_default() {
        true => value.is_truthy(),
        false => !value.is_none() && !value.is_undefined(),
    };
    Ok(if is_there { value } else { default })
}

fn round(number: f64, kwargs: &Kwargs) -> TeraResult<Value> {
    let factor = 10_f64.powi(kwargs.get::<i32>("precision")?.unwrap_or_default());
    let scaled = number * factor;
    let rounded = match kwargs.get::<&str>("method")?.unwrap_or("common") {
        "common" => scaled.round(),
        "ceil" => scaled.ceil(),
        "floor" => scaled.floor(),
        other => {
            return Err(Error::message(format!(
                "`method` is `{other}`; expected `common`, `ceil` or `floor`"
            )));
        }
    };
    let rounded = rounded / factor;
    Ok(whole(rounded)
        .filter(|_| rounded.fract() == 0.0)
        .map_or(rounded.into(), Value::from))
}

/// A number without what is behind its point.
fn whole(number: f64) -> Option<i64> {
    // All whole numbers up to there are numbers of this kind.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    (number.abs() <= LIMIT).then_some(number.trunc() as i64)
}

fn int(value: &Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let base = kwargs.get::<u32>("base")?.unwrap_or(10);
    if !(2..=36).contains(&base) {
        return Err(Error::message("`base` is a number from 2 to 36"));
    }
    let of_text = |text: &str| {
        let text = text.trim();
        let prefix = match base {
            2 => "0b",
            8 => "0o",
            16 => "0x",
            _ => "",
        };
        let digits = text.strip_prefix(prefix).unwrap_or(text);
        let number = i64::from_str_radix(digits, base).ok();
        number.or_else(|| text.parse().ok().and_then(whole))
    };
    let number = match value.as_str() {
        Some(text) => of_text(text).map(Value::from),
        None if value.as_i64().is_some() => Some(value.clone()),
        None => value.as_f64().and_then(whole).map(Value::from),
    };
    or_default(number, value, kwargs)
}

fn float(value: &Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let number = match value.as_str() {
        Some(text) => text.trim().parse().ok(),
        None => value.as_f64(),
    };
    or_default(number.map(Value::from), value, kwargs)
}

fn or_default(number: Option<Value>, value: &Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let number = number.map_or_else(|| kwargs.get::<Value>("default"), |number| Ok(Some(number)));
    number?
        .ok_or_else(|| Error::message(format!("`{value}` is no number, and there is no `default`")))
}

/// HTML without white space between tags.
fn spaceless(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut parts = html.split('>').peekable();
    while let Some(part) = parts.next() {
        let blank = part.trim_start().starts_with('<') && out.ends_with('>');
        out.push_str(if blank { part.trim_start() } else { part });
        if parts.peek().is_some() {
            out.push('>');
        }
    }
    out
}

/// In steps of 1024, whatever the units are called.
fn file_size(bytes: u64, is_binary: bool) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    const BINARY: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let units = if is_binary { BINARY } else { UNITS };
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    let shown = format!("{size:.2}");
    let shown = shown.trim_end_matches('0').trim_end_matches('.');
    format!("{shown} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_do_what_zola_does() {
        let mut engine = Tera::new();
        register(&mut engine);
        for (template, expected) in [
            (
                "{{ [1, 2] | concat(with=3) | concat(with=[4, 5]) }}",
                "[1, 2, 3, 4, 5]",
            ),
            ("{{ [1, 2, 3] | slice(start=1) }}", "[2, 3]"),
            ("{{ [1, 2, 3] | slice(end=-1) }}", "[1, 2]"),
            ("{{ [1, 2, 3] | slice(start=2, end=1) }}", "[]"),
            (
                "{{ [{\"a\": {\"b\": 1} }, {\"a\": 2}] | map(attribute=\"a.b\") }}",
                "[1]",
            ),
            (
                "{{ [{\"a\": 1}, {\"a\": 2}] | filter(attribute=\"a\", value=2) | length }}",
                "1",
            ),
            (
                "{{ [{\"a\": 1}, {\"b\": 2}] | filter(attribute=\"a\") | length }}",
                "1",
            ),
            (
                "{{ none | default(value=1) }}{{ a | default(value=2) }}{{ \"\" | default(value=3) }}",
                "12",
            ),
            ("{{ false | default(value=1, boolean=true) }}", "1"),
            (
                "{{ [1, 2, 1, \"a\", \"A\"] | unique }}",
                "[1, 2, \"a\", \"A\"]",
            ),
            (
                "{{ [{\"y\": \"a\"}, {\"y\": \"A\"}, {\"z\": 1}] | unique(attribute=\"y\", case_sensitive=false) | length }}",
                "1",
            ),
            (
                "{% set a = [{\"y\": 3, \"n\": 1}, {\"y\": 1, \"n\": 2}, {\"n\": 9}, {\"y\": 3, \"n\": 3}] %}\
                 {% for y, all in a | group_by(attribute=\"y\") %}{{ y }}:{% for x in all %}{{ x.n }}{% endfor %} {% endfor %}",
                "3:13 1:2 ",
            ),
            ("{{ \"it's\" | addslashes }}", "it\\'s"),
            (
                "{{ \"<p>\n <b>a b</b> c </p>\" | spaceless }}",
                "<p><b>a b</b> c </p>",
            ),
            ("{{ \"a/b c\" | urlencode_strict }}", "a%2Fb%20c"),
            ("{{ \"foob\" | base64_encode }}", "Zm9vYg=="),
            (
                "{{ 999 | filesizeformat }} {{ 1500000 | filesizeformat }}",
                "999 B 1.43 MB",
            ),
            (
                "{{ 2000 | filesizeformat }} {{ 2048 | filesizeformat(binary=true) }}",
                "1.95 kB 2 KiB",
            ),
            (
                "{{ 2.5 | round }} {{ (7 / 2) | round(method=\"floor\") }} {{ 1.25 | round(precision=1) }} {{ 2.04 | round(precision=1) }} {{ 1.2 | round(method=\"common\") }}",
                "3 3 1.3 2 1",
            ),
            (
                "{{ \"3\" | int }} {{ (7 / 2) | int }} {{ -2.7 | int }} {{ \"x\" | int(default=4) }} {{ \"0xff\" | int(base=16) }}",
                "3 3 -2 4 255",
            ),
            (
                "{{ \"2.5\" | float }} {{ \"x\" | float(default=1.5) }} {{ 1 | float }}",
                "2.5 1.5 1.0",
            ),
        ] {
            engine.add_raw_template("t", template).expect(template);
            let found = engine.render("t", &tera::Context::new()).expect(template);
            assert_eq!(found, expected, "{template}");
        }
    }
}

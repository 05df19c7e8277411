//! Filters that templates of Zola rely on, and that tera 2 has no more: they
//! are the same here, so that such templates go on to work. Those of `numbers`, `texts` and
//! `pages` stand beside it.
//!
//! * `concat(with=)`, `slice(start=, end=)`: arrays. Both have a shorter form
//!   now, `[...a, b]` and `a[1:3]`.
//! * `map(attribute=)`, `filter(attribute=, value=)`: arrays of tables.
//! * `unique(attribute=, case_sensitive=false)`: the first of those that are equal.
//! * `group_by(attribute=)`: groups in the order in which they begin; what lacks the
//!   attribute is in none. (tera 2 has them in another order each time.)
//! * `addslashes`, `spaceless`, `urlencode_strict`, `base64_encode`: text.
//! * `default(value=)`: in place of what is none, too. tera 2 gives it only where
//!   there is no such name, and what a page does not say is none here.

mod numbers;
pub(crate) mod pages;
mod texts;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tera::value::Key;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use crate::base64;
use crate::config::markdown::MarkdownConfig;
use crate::functions::Knowledge;
use crate::url;

/// Adds all filters to an engine, and tests.
pub(crate) fn register(engine: &mut Tera, known: &Arc<Knowledge>, markdown: MarkdownConfig) {
    register_own(engine);
    numbers::register(engine);
    texts::register(engine);
    pages::register(engine, known, markdown);
}

fn register_own(engine: &mut Tera) {
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

/// Checks what templates become with some filters.
#[cfg(test)]
pub(crate) fn assert_renders(register: fn(&mut Tera), templates: &[(&str, &str)]) {
    let mut engine = Tera::new();
    register(&mut engine);
    for (template, expected) in templates {
        engine.add_raw_template("t", template).expect(template);
        let found = engine.render("t", &tera::Context::new()).expect(template);
        assert_eq!(found, *expected, "{template}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_do_what_zola_does() {
        let templates = [
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
        ];
        assert_renders(register_own, &templates);
    }
}

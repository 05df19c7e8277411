//! The functions of Hugo's templates that ask whether something is so, and those
//! that choose from a list, or sort it, by that.

use std::cmp::Ordering;

use super::functions::argument;
use super::run::{Machine, known_text};
use super::stop::Stop;
use super::value::Value;

/// Whether what a function answers depends on what texts say.
pub(super) fn compares(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name).to_lowercase();
    let names = [
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "in",
        "uniq",
        "where",
        "sort",
        "union",
        "intersect",
        "complement",
        "symdiff",
    ];
    names.contains(&name.as_str())
}

/// Refuses texts that are not known yet.
pub(super) fn known(value: &Value) -> Result<(), Stop> {
    match value {
        Value::Text(_) | Value::Html(_) | Value::Safe(..) => known_text(value).map(|_| ()),
        Value::Array(items) => items.iter().try_for_each(known),
        _ => Ok(()),
    }
}

/// The answer of one of them, if there is one of that name and it has one.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let first = given.first().unwrap_or(&Value::Nil);
    let second = given.get(1).unwrap_or(&Value::Nil);
    let is = |boolean: bool| Some(Ok(Value::Boolean(boolean)));
    match name {
        "not" => is(!first.is_true()),
        "eq" | "compare.Eq" | "ne" | "compare.Ne" if given.len() < 2 => None,
        "eq" | "compare.Eq" => is(given[1..].iter().any(|other| first.equals(other))),
        "ne" | "compare.Ne" => is(!given[1..].iter().any(|other| first.equals(other))),
        "lt" | "le" | "gt" | "ge" => is(is_so_for_all(name, first, given.get(1..)?)?),
        "cond" | "compare.Conditional" => {
            let place = if first.is_true() { 1 } else { 2 };
            Some(argument(given, place).cloned())
        }
        "default" | "compare.Default" => match second {
            Value::Boolean(false) => Some(Ok(second.clone())),
            value if value.is_true() => Some(Ok(value.clone())),
            _ => Some(Ok(first.clone())),
        },
        "isset" | "collections.IsSet" => match (first, second) {
            (Value::Map(map) | Value::Params(map), key) => {
                let key = known_text(key);
                Some(key.map(|key| Value::Boolean(map.contains_key(&key))))
            }
            (Value::Array(items), key) => {
                let place = key.integer().and_then(|at| usize::try_from(at).ok());
                is(place.is_some_and(|at| at < items.len()))
            }
            _ => is(false),
        },
        "reflect.IsMap" => is(matches!(first, Value::Map(_) | Value::Params(_))),
        "reflect.IsSlice" => is(matches!(first, Value::Array(_))),
        _ => None,
    }
}

/// Whether the first stands so to each of the others, of which there is one at least.
fn is_so_for_all(name: &str, first: &Value, others: &[Value]) -> Option<bool> {
    if others.is_empty() {
        return None;
    }
    for other in others {
        let order = compared(first, other)?;
        let is_so = match name {
            "lt" => order == Ordering::Less,
            "le" => order != Ordering::Greater,
            "gt" => order == Ordering::Greater,
            _ => order != Ordering::Less,
        };
        if !is_so {
            return Some(false);
        }
    }
    Some(true)
}

fn compared(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
        return Some(a.cmp(b));
    }
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => Some(a.moment.cmp(&b.moment)),
        _ => a.number()?.partial_cmp(&b.number()?),
    }
}

/// Whether the order of a list is known: of one sort of values, and of texts only of
/// letters that come one after the other in every language; Hugo knows the others'.
pub(super) fn has_order<'a>(items: impl Iterator<Item = &'a Value>) -> Option<()> {
    let mut sorts = items.map(|item| match item {
        Value::Text(text) | Value::Html(text) | Value::Safe(_, text) => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ';
            text.chars().all(is_plain).then_some("texts")
        }
        // They stay as they are.
        Value::Nil => Some("nothing"),
        Value::Date(_) => Some("dates"),
        Value::Integer(_) | Value::Float(_) => Some("numbers"),
        _ => None,
    });
    let Some(first) = sorts.next() else {
        return Some(());
    };
    let first = first?;
    sorts.all(|sort| sort == Some(first)).then_some(())
}

/// The order of a list, where the case of letters counts last.
pub(super) fn collated(a: &Value, b: &Value) -> Ordering {
    match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => {
            let key = |text: &str| text.to_lowercase();
            // Small letters come before large ones.
            key(a).cmp(&key(b)).then_with(|| b.cmp(a))
        }
        _ => compared(a, b).unwrap_or(Ordering::Equal),
    }
}

/// Those of a list of which something is so.
pub(super) fn chosen(machine: &mut Machine<'_, '_>, given: &[Value]) -> Result<Value, Stop> {
    let (list, path, sign, wanted) = match given {
        [list, path, wanted] => (list, path, "eq".to_owned(), wanted),
        [list, path, sign, wanted] => (list, path, known_text(sign)?, wanted),
        _ => return Err(Stop::function("where")),
    };
    let Value::Array(items) = list else {
        return Err(Stop::function("where"));
    };
    let path = known_text(path)?;
    let name = match sign.as_str() {
        "=" | "==" | "eq" => "eq",
        "!=" | "<>" | "ne" => "ne",
        ">" | "gt" => "gt",
        ">=" | "ge" => "ge",
        "<" | "lt" => "lt",
        "<=" | "le" => "le",
        "in" => "in",
        "not in" => "not in",
        _ => return Err(Stop::function("where")),
    };
    let mut found = Vec::new();
    for item in items.iter() {
        let own = machine.at(item, &path)?;
        known(&own)?;
        let is_in =
            || matches!(wanted, Value::Array(all) if all.iter().any(|one| one.equals(&own)));
        let is_so = match name {
            "in" => is_in(),
            "not in" => !is_in(),
            name => match call(name, &[own, wanted.clone()]) {
                Some(value) => value?.is_true(),
                // What cannot be compared is not so.
                None => false,
            },
        };
        if is_so {
            found.push(item.clone());
        }
    }
    Ok(Value::array(found))
}

/// A list in the order of something.
pub(super) fn sorted(machine: &mut Machine<'_, '_>, given: &[Value]) -> Result<Value, Stop> {
    let (Value::Array(items), path) = (argument(given, 0)?, known_text(argument(given, 1)?)?)
    else {
        return Err(Stop::function("sort"));
    };
    let mut keyed = Vec::new();
    for item in items.iter() {
        let key = match path.as_str() {
            "value" => item.clone(),
            path => machine.at(item, path)?,
        };
        known(&key)?;
        keyed.push((key, item.clone()));
    }
    let keys = keyed.iter().map(|(key, _)| key);
    has_order(keys).ok_or_else(|| Stop::function("sort"))?;
    keyed.sort_by(|(a, _), (b, _)| collated(a, b));
    if matches!(given.get(2), Some(Value::Text(order)) if order == "desc") {
        keyed.reverse();
    }
    Ok(Value::array(
        keyed.into_iter().map(|(_, item)| item).collect(),
    ))
}

//! The functions of Hugo's templates that are about lists and maps: most of the
//! name space `collections`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::compare::{collated, has_order};
use super::has_marks;
use super::run::known_text;
use super::stop::Stop;
use super::value::{Map, Value};
use crate::limits::{TEMPLATE_NESTING, TEMPLATE_STEPS};

/// The answer of one of them, if there is one of that name and it has one.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let name = name.strip_prefix("collections.").unwrap_or(name);
    let name = name.to_lowercase();
    of_lists(&name, given)
        .or_else(|| of_items(&name, given))
        .or_else(|| of_order(&name, given))
}

fn first_two(given: &[Value]) -> (&Value, &Value) {
    let at = |at| given.get(at).unwrap_or(&Value::Nil);
    (at(0), at(1))
}

fn of_lists(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let (first, second) = first_two(given);
    let value = match name {
        "slice" => Value::array(given.to_vec()),
        "dict" | "dictionary" => {
            let mut map = Map::new();
            for pair in given.chunks(2) {
                let keys: Result<Vec<String>, Stop> = match &pair[0] {
                    Value::Array(keys) => keys.iter().map(known_text).collect(),
                    key => known_text(key).map(|key| vec![key]),
                };
                let keys = match keys {
                    Ok(keys) => keys,
                    Err(stop) => return Some(Err(stop)),
                };
                put(&mut map, &keys, pair.get(1)?)?;
            }
            Value::map(map)
        }
        "len" => Value::Integer(i64::try_from(length(first)?).ok()?),
        "index" => {
            let mut value = first.clone();
            let keys = match given {
                [_, Value::Array(keys)] => keys.as_slice(),
                [_, keys @ ..] => keys,
                [] => return None,
            };
            for key in keys {
                value = match (&value, key) {
                    (Value::Map(_) | Value::Params(_), key) => {
                        let key = known_text(key).ok()?;
                        value.entry(&key)?
                    }
                    (Value::Array(items), key) => {
                        let item = whole(key).and_then(|at| items.get(at));
                        item.cloned().unwrap_or(Value::Nil)
                    }
                    (Value::Nil, _) => Value::Nil,
                    _ => return None,
                };
            }
            value
        }
        "merge" => {
            let mut all = given.first()?.clone();
            for more in &given[1..] {
                all = merged(&all, more)?;
            }
            all
        }
        "newscratch" => Value::Store(Default::default()),
        "in" => Value::Boolean(match first {
            Value::Array(items) => items.iter().any(|item| item.equals(second)),
            Value::Nil => false,
            text => match (known_text(text), known_text(second)) {
                (Ok(text), Ok(part)) => text.contains(&part),
                (Err(stop), _) | (_, Err(stop)) => return Some(Err(stop)),
            },
        }),
        _ => return None,
    };
    Some(Ok(value))
}

/// Puts a value into maps in each other.
fn put(map: &mut Map, keys: &[String], value: &Value) -> Option<()> {
    let (first, rest) = keys.split_first()?;
    if rest.is_empty() {
        map.insert(first.clone(), value.clone());
        return Some(());
    }
    if rest.len() > TEMPLATE_NESTING {
        return None;
    }
    let mut inner = match map.get(first) {
        Some(Value::Map(inner)) => Map::clone(inner),
        Some(_) => return None,
        None => Map::new(),
    };
    put(&mut inner, rest, value)?;
    map.insert(first.clone(), Value::map(inner));
    Some(())
}

/// Two maps as one, of which the second counts, and says whether case does. A map
/// in both is merged under the name that the first has for it.
fn merged(first: &Value, second: &Value) -> Option<Value> {
    let (from, into, is_params) = match (first, second) {
        (Value::Nil, Value::Map(_) | Value::Params(_)) => return Some(second.clone()),
        (Value::Map(from) | Value::Params(from), Value::Map(into)) => (from, into, false),
        (Value::Map(from) | Value::Params(from), Value::Params(into)) => (from, into, true),
        _ => return None,
    };
    let mut names: BTreeMap<String, &Value> = BTreeMap::new();
    for (name, value) in into.iter() {
        names.insert(name.to_lowercase(), value);
    }
    let mut all = Map::clone(into);
    for (name, value) in from.iter() {
        match names.get(&name.to_lowercase()) {
            None if is_params => _ = all.insert(name.to_lowercase(), value.clone()),
            None => _ = all.insert(name.clone(), value.clone()),
            Some(own @ (Value::Map(_) | Value::Params(_)))
                if matches!(value, Value::Map(_) | Value::Params(_)) =>
            {
                all.insert(name.clone(), merged(value, own)?);
            }
            Some(_) => {}
        }
    }
    Some(match is_params {
        true => Value::Params(Rc::new(all)),
        false => Value::map(all),
    })
}

/// Those that make a list of another.
fn of_items(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let (first, second) = first_two(given);
    let value = match name {
        "append" => match (given.split_last()?, given.len()) {
            ((Value::Array(items), [Value::Array(more)]), 2) => {
                Value::array(items.iter().chain(more.iter()).cloned().collect())
            }
            ((Value::Array(items), more), _) => {
                Value::array(items.iter().chain(more).cloned().collect())
            }
            _ => return None,
        },
        "first" | "last" | "after" => {
            let Value::Array(items) = second else {
                return None;
            };
            let count = whole(first)?.min(items.len());
            Value::array(match name {
                "first" => items[..count].to_vec(),
                "last" => items[items.len() - count..].to_vec(),
                _ => items[count..].to_vec(),
            })
        }
        "union" | "intersect" | "complement" | "symdiff" => {
            let lists: Option<Vec<&[Value]>> = given.iter().map(items_of).collect();
            let lists = lists?;
            let (last, others) = lists.split_last()?;
            let has = |list: &[Value], item: &Value| list.iter().any(|own| own.equals(item));
            let found: Vec<&Value> = match (name, others) {
                ("union", [first]) => first.iter().chain(last.iter()).collect(),
                ("intersect", [first]) => first.iter().filter(|item| has(last, item)).collect(),
                ("symdiff", [first]) => {
                    let rest = last.iter().filter(|item| !has(first, item));
                    rest.chain(first.iter().filter(|item| !has(last, item)))
                        .collect()
                }
                ("complement", [_, ..]) => {
                    let is_in = |item: &&Value| others.iter().any(|list| has(list, item));
                    last.iter().filter(|item| !is_in(item)).collect()
                }
                _ => return None,
            };
            let mut unique: Vec<Value> = Vec::new();
            for item in found {
                if name == "complement" || !has(&unique, item) {
                    unique.push(item.clone());
                }
            }
            Value::array(unique)
        }
        "uniq" | "reverse" => {
            let Value::Array(items) = first else {
                return None;
            };
            let mut found: Vec<Value> = Vec::new();
            for item in items.iter() {
                if name == "reverse" || !found.iter().any(|own| own.equals(item)) {
                    found.push(item.clone());
                }
            }
            if name == "reverse" {
                found.reverse();
            }
            Value::array(found)
        }
        _ => return None,
    };
    Some(Ok(value))
}

fn items_of(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(items) => Some(items),
        Value::Nil => Some(&[]),
        _ => None,
    }
}

/// Those that put a list in order, or write it out.
fn of_order(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let (first, second) = first_two(given);
    let value = match name {
        "delimit" => {
            let Value::Array(items) = first else {
                return None;
            };
            let texts: Result<Vec<String>, Stop> = items.iter().map(known_text).collect();
            return Some(texts.and_then(|texts| {
                let between = known_text(second)?;
                let last = given.get(2).map(known_text).transpose()?;
                Ok(Value::text(match (last, texts.split_last()) {
                    (Some(last), Some((end, start))) if !start.is_empty() => {
                        start.join(&between) + &last + end
                    }
                    _ => texts.join(&between),
                }))
            }));
        }
        "sort" if given.len() == 1 => {
            let Value::Array(items) = first else {
                return None;
            };
            let mut items = items.to_vec();
            has_order(items.iter())?;
            items.sort_by(collated);
            Value::array(items)
        }
        "seq" => {
            let numbers: Option<Vec<i64>> = given.iter().map(Value::integer).collect();
            sequence(numbers?.as_slice())?
        }
        _ => return None,
    };
    Some(Ok(value))
}

/// Numbers one after the other, up or down.
fn sequence(given: &[i64]) -> Option<Value> {
    let (from, step, to) = match *given {
        [0] => return Some(Value::array(Vec::new())),
        [to] => (to.signum(), to.signum(), to),
        [from, to] => (from, if from <= to { 1 } else { -1 }, to),
        [from, step, to] if step != 0 && (to >= from) == (step > 0) => (from, step, to),
        _ => return None,
    };
    let last = to.checked_sub(from)?.checked_div(step)?;
    let is_short = usize::try_from(last).is_ok_and(|last| last < TEMPLATE_STEPS);
    is_short.then_some(())?;
    let number = |at: i64| Some(Value::Integer(from.checked_add(step.checked_mul(at)?)?));
    let numbers: Option<Vec<Value>> = (0..=last).map(number).collect();
    Some(Value::array(numbers?))
}

fn whole(value: &Value) -> Option<usize> {
    usize::try_from(value.integer()?).ok()
}

pub(super) fn length(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Array(items) => items.len(),
        Value::Map(map) | Value::Params(map) => map.len(),
        Value::Text(text) | Value::Html(text) if !has_marks(text) => text.len(),
        _ => return None,
    })
}

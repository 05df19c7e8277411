//! The functions of Hugo's templates that are about lists and maps: most of the
//! name space `collections`.

use super::compare::collated;
use super::has_marks;
use super::run::known_text;
use super::stop::Stop;
use super::value::{Map, Value, entry};
use crate::limits::TEMPLATE_STEPS;

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
                let key = match known_text(&pair[0]) {
                    Ok(key) => key,
                    Err(stop) => return Some(Err(stop)),
                };
                map.insert(key, pair.get(1)?.clone());
            }
            Value::map(map)
        }
        "len" => Value::Integer(i64::try_from(length(first)?).ok()?),
        "index" => {
            let mut value = first.clone();
            for key in given.iter().skip(1) {
                value = match (&value, key) {
                    (Value::Map(map), key) => {
                        let key = known_text(key).ok()?;
                        entry(map, &key).cloned().unwrap_or(Value::Nil)
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
            let mut all = Map::new();
            for map in given {
                let Value::Map(map) = map else { return None };
                all.extend(map.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Value::map(all)
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
        Value::Map(map) => map.len(),
        Value::Text(text) | Value::Html(text) if !has_marks(text) => text.len(),
        _ => return None,
    })
}

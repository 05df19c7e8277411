//! What templates note for each other: `Scratch`, `Store` and `newScratch`.

use super::run::known_text;
use super::stop::Stop;
use super::value::{Map, Store, Value};

/// A method of it.
pub(super) fn method(store: &Store, name: &str, given: &[Value]) -> Result<Value, Stop> {
    let key = |at: usize| known_text(given.get(at).unwrap_or(&Value::Nil));
    let value = |at: usize| given.get(at).cloned().unwrap_or(Value::Nil);
    // A chain of them would be as deep as the stack when it is dropped.
    if given
        .iter()
        .any(|value| value.weight().is_none() || value.has_store())
    {
        return Err(Stop::field("a store", name));
    }
    let mut map = store.borrow_mut();
    match name {
        "Get" => return Ok(map.get(&key(0)?).cloned().unwrap_or(Value::Nil)),
        "Set" => _ = map.insert(key(0)?, value(1)),
        "Delete" => _ = map.remove(&key(0)?),
        "Add" => {
            let sum = match (map.get(&key(0)?), value(1)) {
                (None | Some(Value::Nil), value) => value,
                (Some(Value::Array(items)), Value::Array(more)) => {
                    Value::array(items.iter().chain(more.iter()).cloned().collect())
                }
                (Some(Value::Array(items)), value) => {
                    let mut items = items.to_vec();
                    items.push(value);
                    Value::array(items)
                }
                (Some(Value::Integer(a)), Value::Integer(b)) => Value::Integer(a.saturating_add(b)),
                (Some(Value::Text(a)), Value::Text(b)) => Value::text(format!("{a}{b}")),
                _ => return Err(Stop::field("a store", name)),
            };
            map.insert(key(0)?, sum);
        }
        "SetInMap" => {
            let mut inner = match map.get(&key(0)?) {
                Some(Value::Map(inner)) => Map::clone(inner),
                _ => Map::new(),
            };
            inner.insert(key(1)?, value(2));
            map.insert(key(0)?, Value::map(inner));
        }
        "GetSortedMapValues" => {
            return Ok(match map.get(&key(0)?) {
                Some(Value::Map(inner)) => Value::array(inner.values().cloned().collect()),
                _ => Value::Nil,
            });
        }
        _ => return Err(Stop::field("a store", name)),
    }
    Ok(Value::text(""))
}

//! The functions of Hugo's templates, by their names and by their short ones.
//! Those that ask other sites, make pictures or run programs are not known.

use std::cmp::Ordering;

use super::collections::{self, length};
use super::run::{Machine, Stop, known_text};
use super::value::{Map, Value, entry};
use super::{format, texts, words};

const NAMESPACES: [&str; 19] = [
    "cast",
    "collections",
    "compare",
    "encoding",
    "fmt",
    "inflect",
    "lang",
    "math",
    "os",
    "partials",
    "path",
    "reflect",
    "safe",
    "strings",
    "templates",
    "time",
    "transform",
    "urls",
    "i18n",
];

/// Whether what stands behind a dot is a function's own name.
pub(super) fn is_namespace(name: &str) -> bool {
    NAMESPACES.contains(&name)
}

/// Calls a function.
pub(super) fn call(
    machine: &mut Machine<'_, '_>,
    name: &str,
    given: &[Value],
) -> Result<Value, Stop> {
    let world = machine.world;
    machine.spend(cost(name, given))?;
    if compares(name) {
        given.iter().try_for_each(known)?;
    }
    Ok(match name {
        "page" => Value::Page(machine.page),
        "site" => Value::Site,
        "hugo" => Value::Hugo,
        "partial" | "partialCached" | "partials.Include" | "partials.IncludeCached" => {
            let name = known_text(argument(given, 0)?)?;
            let context = given.get(1).cloned().unwrap_or(Value::Nil);
            return machine.partial(&name, &context);
        }
        // Hugo tells them; what was printed is what counts.
        "warnf" | "warnidf" | "warnmf" => Value::text(""),
        "markdownify" | "transform.Markdownify" => {
            texts::markdown(world.config, argument(given, 0)?)?
        }
        "highlight" | "transform.Highlight" => texts::highlight(given)?,
        "ref" | "relref" | "urls.Ref" | "urls.RelRef" => {
            let page = match argument(given, 0)? {
                Value::Page(page) => *page,
                Value::Call(frame) => frame.page,
                _ => return Err(Stop::unknown(name)),
            };
            world.reference(page, given)?
        }
        "i18n" | "T" | "i18n.Translate" => {
            let key = known_text(argument(given, 0)?)?;
            let text = world.translation(&key, machine.page).unwrap_or_default();
            let context = given.get(1).cloned().unwrap_or(Value::Nil);
            Value::text(machine.filled(&text, &context)?)
        }
        "where" | "collections.Where" => chosen(machine, given)?,
        "sort" | "collections.Sort" if given.len() > 1 => sorted(machine, given)?,
        // What is not there says nothing.
        "readFile" | "os.ReadFile" => {
            let file = known_text(argument(given, 0)?)?;
            match world.origin.has(file_of(&file)) {
                true => Value::text(world.file(file_of(&file).as_ref())?),
                false => Value::text(""),
            }
        }
        "fileExists" | "os.FileExists" => {
            let file = known_text(argument(given, 0)?)?;
            Value::Boolean(world.origin.has(file_of(&file)))
        }
        "urlize" | "urls.URLize" => {
            let text = known_text(argument(given, 0)?)?;
            Value::text(site_gen::encode_path(&world.config.style.piece(&text)))
        }
        _ => match pure(name, given) {
            Some(value) => value?,
            None => return Err(Stop::unknown(name)),
        },
    })
}

/// Whether what a function answers depends on what texts say.
fn compares(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name).to_lowercase();
    let names = [
        "eq", "ne", "lt", "le", "gt", "ge", "in", "uniq", "where", "sort",
    ];
    names.contains(&name.as_str())
}

/// Refuses texts that are not known yet.
fn known(value: &Value) -> Result<(), Stop> {
    match value {
        Value::Text(_) | Value::Html(_) => known_text(value).map(|_| ()),
        Value::Array(items) => items.iter().try_for_each(known),
        _ => Ok(()),
    }
}

/// The steps of a function that does more than look at what it is given once.
fn cost(name: &str, given: &[Value]) -> usize {
    let lengths = || given.iter().map(|value| length(value).unwrap_or_default());
    let name = name.rsplit('.').next().unwrap_or(name);
    match name {
        // A regular expression is made, and text may be read again and again.
        "replaceRE" | "ReplaceRE" | "findRE" | "FindRE" => 50 + lengths().sum::<usize>() / 8,
        // Each of these is compared with each.
        "uniq" | "Uniq" => {
            lengths()
                .map(|length| length.saturating_mul(length))
                .sum::<usize>()
                / 64
        }
        "where" | "Where" => match (given.first().and_then(length), given.last().map(length)) {
            (Some(items), Some(Some(wanted))) => items.saturating_mul(wanted) / 64,
            _ => 0,
        },
        _ => 0,
    }
}

/// Those of a list of which something is so.
fn chosen(machine: &mut Machine<'_, '_>, given: &[Value]) -> Result<Value, Stop> {
    let (list, path, sign, wanted) = match given {
        [list, path, wanted] => (list, path, "eq".to_owned(), wanted),
        [list, path, sign, wanted] => (list, path, known_text(sign)?, wanted),
        _ => return Err(Stop::unknown("where")),
    };
    let Value::Array(items) = list else {
        return Err(Stop::unknown("where"));
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
        _ => return Err(Stop::unknown("where")),
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
            name => match of_logic(name, &[own, wanted.clone()]) {
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
fn sorted(machine: &mut Machine<'_, '_>, given: &[Value]) -> Result<Value, Stop> {
    let (Value::Array(items), path) = (argument(given, 0)?, known_text(argument(given, 1)?)?)
    else {
        return Err(Stop::unknown("sort"));
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
    keyed.sort_by(|(a, _), (b, _)| collated(a, b));
    if matches!(given.get(2), Some(Value::Text(order)) if order == "desc") {
        keyed.reverse();
    }
    Ok(Value::array(
        keyed.into_iter().map(|(_, item)| item).collect(),
    ))
}

/// A path in the site, whatever stands in front of it.
fn file_of(file: &str) -> &str {
    file.trim_start_matches('/')
}

fn argument(given: &[Value], at: usize) -> Result<&Value, Stop> {
    given
        .get(at)
        .ok_or_else(|| Stop::unknown("an argument that is missing"))
}

/// The functions that know nothing of the site.
fn pure(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    of_logic(name, given)
        .or_else(|| collections::call(name, given))
        .or_else(|| of_numbers(name, given))
        .or_else(|| words::call(name, given))
        .or_else(|| of_addresses(name, given))
}

fn of_logic(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let first = given.first().unwrap_or(&Value::Nil);
    let second = given.get(1).unwrap_or(&Value::Nil);
    let is = |boolean: bool| Some(Ok(Value::Boolean(boolean)));
    match name {
        "not" => is(!first.is_true()),
        "eq" | "compare.Eq" => is(given.iter().skip(1).any(|other| first.equals(other))),
        "ne" | "compare.Ne" => is(!first.equals(second)),
        "lt" | "le" | "gt" | "ge" => {
            let order = compared(first, second)?;
            is(match name {
                "lt" => order == Ordering::Less,
                "le" => order != Ordering::Greater,
                "gt" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            })
        }
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
            (Value::Map(map), key) => {
                let key = known_text(key);
                Some(key.map(|key| Value::Boolean(entry(map, &key).is_some())))
            }
            (Value::Array(items), key) => {
                let place = key.integer().and_then(|at| usize::try_from(at).ok());
                is(place.is_some_and(|at| at < items.len()))
            }
            _ => is(false),
        },
        "reflect.IsMap" => is(matches!(first, Value::Map(_))),
        "reflect.IsSlice" => is(matches!(first, Value::Array(_))),
        _ => None,
    }
}

fn compared(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(a) | Value::Html(a), Value::Text(b) | Value::Html(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.moment.cmp(&b.moment)),
        _ => a.number()?.partial_cmp(&b.number()?),
    }
}

/// The order of a list, where the case of letters counts last.
pub(super) fn collated(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a) | Value::Html(a), Value::Text(b) | Value::Html(b)) => {
            let key = |text: &str| text.to_lowercase();
            // Small letters come before large ones.
            key(a).cmp(&key(b)).then_with(|| b.cmp(a))
        }
        _ => compared(a, b).unwrap_or(Ordering::Equal),
    }
}

fn of_numbers(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let name = name.strip_prefix("math.").unwrap_or(name).to_lowercase();
    let first = given.first().unwrap_or(&Value::Nil);
    if let Some(value) = match name.as_str() {
        "int" | "cast.toint" => Some(Value::Integer(first.integer()?)),
        "float" | "cast.tofloat" => Some(Value::Float(known_text(first).ok()?.parse().ok()?)),
        "round" => Some(Value::Float(first.number()?.round())),
        "floor" => Some(Value::Float(first.number()?.floor())),
        "ceil" => Some(Value::Float(first.number()?.ceil())),
        _ => None,
    } {
        return Some(Ok(value));
    }
    if !matches!(
        name.as_str(),
        "add" | "sub" | "mul" | "div" | "mod" | "max" | "min"
    ) {
        return None;
    }
    if let ("add", [Value::Text(a), Value::Text(b)]) = (name.as_str(), given) {
        return Some(Ok(Value::text(format!("{a}{b}"))));
    }
    let mut sum = first.clone();
    for other in given.iter().skip(1) {
        sum = match (&sum, other) {
            (Value::Integer(a), Value::Integer(b)) => Value::Integer(match name.as_str() {
                "add" => a.checked_add(*b)?,
                "sub" => a.checked_sub(*b)?,
                "mul" => a.checked_mul(*b)?,
                "div" => a.checked_div(*b)?,
                "mod" => a.checked_rem(*b)?,
                "max" => *a.max(b),
                _ => *a.min(b),
            }),
            (a, b) => {
                let (a, b) = (a.number()?, b.number()?);
                Value::Float(match name.as_str() {
                    "add" => a + b,
                    "sub" => a - b,
                    "mul" => a * b,
                    "div" => a / b,
                    "max" => a.max(b),
                    "min" => a.min(b),
                    _ => return None,
                })
            }
        };
    }
    Some(Ok(sum))
}

fn of_addresses(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let name = name.strip_prefix("urls.").unwrap_or(name);
    let text = |at: usize| known_text(given.get(at).unwrap_or(&Value::Nil));
    let path = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    Some(match name {
        "relURL" | "absURL" | "RelURL" | "AbsURL" | "relLangURL" | "absLangURL" => {
            text(0).map(|link| {
                let has_scheme = link.contains("://") || link.starts_with("//");
                Value::text(match has_scheme || link.starts_with(['#', '/']) {
                    true => link,
                    false => format!("/{link}"),
                })
            })
        }
        "path.Base" => text(0).map(|text| Value::text(path(&text))),
        "path.Ext" => text(0).map(|text| {
            let name = path(&text);
            let end = name.rfind('.').map_or("", |at| &name[at..]);
            Value::text(end)
        }),
        "path.Split" => text(0).map(|text| {
            let at = text.rfind('/').map_or(0, |at| at + 1);
            let parts = [("Dir", &text[..at]), ("File", &text[at..])];
            let parts = parts.map(|(name, part)| (name.to_owned(), Value::text(part)));
            Value::map(Map::from(parts))
        }),
        "path.BaseName" => text(0).map(|text| {
            let name = path(&text);
            Value::text(
                name.rsplit_once('.')
                    .map_or(name.as_str(), |(name, _)| name),
            )
        }),
        "path.Dir" => {
            text(0).map(|text| Value::text(text.rsplit_once('/').map_or(".", |(dir, _)| dir)))
        }
        "JoinPath" => {
            let parts: Result<Vec<String>, Stop> = given.iter().map(known_text).collect();
            parts.map(|parts| {
                let joined = parts.into_iter().reduce(|all, part| {
                    format!(
                        "{}/{}",
                        all.trim_end_matches('/'),
                        part.trim_start_matches('/')
                    )
                });
                Value::text(joined.unwrap_or_default())
            })
        }
        "path.Join" => {
            let parts: Result<Vec<String>, Stop> = given.iter().map(known_text).collect();
            parts.map(|parts| {
                let whole = parts.join("/");
                let start = if whole.starts_with('/') { "/" } else { "" };
                let inside = super::super::super::paths::resolve("", whole.trim_start_matches('/'));
                Value::text(format!("{start}{}", inside.unwrap_or_default()))
            })
        }
        "dateFormat" | "time.Format" => match given.get(1) {
            Some(Value::Date(date)) => {
                text(0).and_then(|form| Ok(Value::text(format::dated(date, &form)?)))
            }
            _ => return None,
        },
        _ => return None,
    })
}

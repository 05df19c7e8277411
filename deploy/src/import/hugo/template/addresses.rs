//! The functions of Hugo's templates that are about addresses and paths.

use super::run::known_text;
use super::stop::Stop;
use super::value::{Map, Value};

/// The answer of one of them, if there is one of that name and it has one.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
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
        _ => return None,
    })
}

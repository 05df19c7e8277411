//! The functions of Hugo's templates that are about addresses and paths. Paths are
//! cleaned as Go's `path` does it.

use super::functions::argument;
use super::run::known_text;
use super::stop::Stop;
use super::value::{Map, Value};
use super::world::World;

/// The answer of one of them, if there is one of that name and it has one.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let text = || known_text(given.first().unwrap_or(&Value::Nil));
    let of = |answer: fn(&str) -> String| Some(text().map(|text| Value::text(answer(&text))));
    match name {
        "path.Base" => of(base),
        "path.BaseName" => of(|path| {
            let base = base(path);
            base.strip_suffix(ending(path)).unwrap_or(&base).to_owned()
        }),
        "path.Clean" => of(clean),
        "path.Dir" => of(|path| clean(&path[..start_of_name(path)])),
        "path.Ext" => of(|path| ending(path).to_owned()),
        "path.Split" => Some(text().map(|text| {
            let (directory, name) = text.split_at(start_of_name(&text));
            let parts = [("Dir", directory), ("File", name)];
            let parts = parts.map(|(name, part)| (name.to_owned(), Value::text(part)));
            Value::map(Map::from(parts))
        })),
        "path.Join" => Some(parts(given)?.map(|parts| Value::text(joined(&parts)))),
        "urls.JoinPath" => match parts(given)? {
            Ok(parts) => Some(Ok(Value::text(joined_link(&parts)?))),
            Err(stop) => Some(Err(stop)),
        },
        _ => None,
    }
}

/// Where a link of a template leads, in the language of a page if it is to. The
/// new site may be served on any host: so an absolute address begins with a slash, too,
/// as `.Permalink` does, and what the old one had before its paths stays.
pub(super) fn link(
    world: &World<'_>,
    page: usize,
    name: &str,
    given: &[Value],
) -> Result<Value, Stop> {
    let name = name.strip_prefix("urls.").unwrap_or(name);
    let link = known_text(argument(given, 0)?)?;
    let config = world.config;
    let own = format!("{}{}/", config.origin, config.base_path);
    // Hugo makes a path of it, and cannot read the others.
    if (name.starts_with("rel") || name.starts_with("Rel")) && link.starts_with(&own)
        || !is_readable(&link)
    {
        return Err(Stop::function(name));
    }
    let first = link.split(['/', '?', '#']).next().unwrap_or_default();
    if link.starts_with("//") || first.contains(':') {
        return Ok(Value::text(link));
    }
    let prefix = match name {
        "relLangURL" | "RelLangURL" | "absLangURL" | "AbsLangURL" => {
            config.prefix(world.document(page).language)
        }
        _ => String::new(),
    };
    let inside = link.strip_prefix('/').unwrap_or(&link);
    let has_prefix = prefix.strip_prefix('/').is_none_or(|code| {
        let rest = inside.strip_prefix(code);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let whole = match has_prefix {
        true => format!("/{inside}"),
        false => format!("{prefix}/{inside}"),
    };
    // Hugo takes a query for a part of the path.
    let path = clean(&whole);
    let end = match whole.ends_with('/') && path != "/" {
        true => "/",
        false => "",
    };
    Ok(Value::text(format!("{}{path}{end}", config.base_path)))
}

/// Whether Go reads an address: what it cannot read, Hugo leaves alone.
fn is_readable(link: &str) -> bool {
    let mut escapes = link.split('%').skip(1).map(str::as_bytes);
    let is_escape =
        |rest: &[u8]| matches!(rest, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    escapes.all(is_escape) && !link.contains(|c: char| c.is_ascii_control())
}

/// A path without what says nothing in it, as path.Clean of Go has it.
fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    match (is_rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The last name of a path, whatever slashes follow it.
fn base(path: &str) -> String {
    let bare = path.trim_end_matches('/');
    match (bare, path) {
        ("", "") => ".",
        ("", _) => "/",
        (bare, _) => &bare[start_of_name(bare)..],
    }
    .to_owned()
}

fn start_of_name(path: &str) -> usize {
    path.rfind('/').map_or(0, |at| at + 1)
}

/// What a path ends in from its last dot on, if that is in its name.
fn ending(path: &str) -> &str {
    let name = &path[start_of_name(path)..];
    name.rfind('.').map_or("", |at| &name[at..])
}

/// All that is given, which may be in lists.
fn parts(given: &[Value]) -> Option<Result<Vec<String>, Stop>> {
    let mut parts = Vec::new();
    for value in given {
        match value {
            Value::Array(items) => parts.extend(items.iter()),
            value => parts.push(value),
        }
    }
    // A list in a list is none of texts.
    let is_list = |value: &&Value| matches!(value, Value::Array(_));
    let is_known = !parts.iter().any(is_list);
    is_known.then(|| parts.into_iter().map(known_text).collect())
}

fn joined(parts: &[String]) -> String {
    let parts = parts.iter().map(String::as_str);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => String::new(),
        false => clean(&parts.join("/")),
    }
}

/// An address with more path, as url.JoinPath of Go has it; none where signs would
/// be written in another way.
fn joined_link(parts: &[String]) -> Option<String> {
    let (first, rest) = parts.split_first()?;
    let scheme = first.find("://").map_or(0, |at| at + 3);
    let end = first[scheme..]
        .find('/')
        .map_or(first.len(), |at| scheme + at);
    let (site, path) = first.split_at(if scheme == 0 { 0 } else { end });
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte))
    };
    let is_known = is_plain(&site.replacen("://", "", 1))
        && is_plain(path)
        && rest.iter().all(|part| is_plain(part))
        && !path.starts_with("//");
    if !is_known {
        return None;
    }
    let mut all = vec![path];
    all.extend(rest.iter().map(String::as_str));
    let below = clean(&format!("/{}", all.join("/")));
    let is_rooted = path.starts_with('/') || !site.is_empty();
    let ends_open = all.last().is_some_and(|last| last.ends_with('/'));
    // What is left of it alone is seldom written, and was not asked of Hugo.
    if below == "/" {
        return None;
    }
    let below = if is_rooted {
        below.as_str()
    } else {
        &below[1..]
    };
    let end = if ends_open { "/" } else { "" };
    Some(format!("{site}{below}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: &str, given: &[&str]) -> Option<String> {
        let given: Vec<Value> = given.iter().map(|text| Value::text(*text)).collect();
        call(name, &given)?.ok()?.shown()
    }

    /// What Hugo 0.168 answers: `Base`, `BaseName`, `Dir`, `Ext` and `Clean`.
    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, expected) in [
            ("/a", ["a", "a", "/", "", "/a"]),
            ("a//b", ["b", "b", "a", "", "a/b"]),
            ("a/b/", ["b", "b", "a/b", "", "a/b"]),
            ("", [".", ".", ".", "", "."]),
            ("/", ["/", "/", "/", "", "/"]),
            (".", [".", "", ".", ".", "."]),
            ("..", ["..", ".", ".", ".", ".."]),
            ("a/../..", ["..", ".", ".", ".", ".."]),
            ("/../a", ["a", "a", "/", "", "/a"]),
            ("a/./b/c.txt", ["c.txt", "c", "a/b", ".txt", "a/b/c.txt"]),
            (
                "a/b.tar.gz",
                ["b.tar.gz", "b.tar", "a", ".gz", "a/b.tar.gz"],
            ),
            ("a/.x", [".x", "", "a", ".x", "a/.x"]),
            ("a/..", ["..", ".", "a", ".", "."]),
            ("//a//", ["a", "a", "/a", "", "/a"]),
            ("a/b/../", ["..", "..", "a", "", "a"]),
            ("a.", ["a.", "a", ".", ".", "a."]),
            ("a/b.c/", ["b.c", "b.c", "a/b.c", "", "a/b.c"]),
        ] {
            let names = ["Base", "BaseName", "Dir", "Ext", "Clean"];
            let found = names.map(|name| answer(&format!("path.{name}"), &[path]));
            assert_eq!(found, expected.map(|text| Some(text.to_owned())), "{path}");
        }
    }

    #[test]
    fn what_is_joined_is_cleaned() {
        for (parts, expected) in [
            (&["", ""][..], ""),
            (&["a", "", "b"], "a/b"),
            (&["a", ".."], "."),
            (&["a", "../../b"], "../b"),
            (&["/a", "../../b"], "/b"),
            (&[], ""),
            (&["", "/a"], "/a"),
        ] {
            let found = answer("path.Join", parts);
            assert_eq!(found.as_deref(), Some(expected), "{parts:?}");
        }
        let list = Value::array(vec![Value::text("a"), Value::text("b")]);
        let found = call("path.Join", &[list.clone(), Value::text("c")]);
        let found = found.and_then(Result::ok).and_then(|value| value.shown());
        assert_eq!(found.as_deref(), Some("a/b/c"));
        assert!(call("path.Join", &[Value::array(vec![list])]).is_none());
    }

    #[test]
    fn addresses_are_joined_or_refused() {
        for (parts, expected) in [
            (&["a", "b"][..], Some("a/b")),
            (&["a/", "/b"], Some("a/b")),
            (
                &["https://a.org", "b//c", "../d"],
                Some("https://a.org/b/d"),
            ),
            (&["", "a"], Some("a")),
            (&["a", ""], Some("a")),
            (&["/a", "b/"], Some("/a/b/")),
            (&["a", "/", "b"], Some("a/b")),
            (&["a", "b c"], None),
            (&["a?b", "c"], None),
            (&["//a.org", "c"], None),
            (&[], None),
        ] {
            let found = answer("urls.JoinPath", parts);
            assert_eq!(found.as_deref(), expected, "{parts:?}");
        }
    }
}

//! Paths of both sites: how the parts of one are put together, and where the
//! new site serves a file of which nothing is said but its name.

pub(super) use site_gen::resolve_path as resolve;

/// A directory, and a name in it.
pub(super) fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        ("", name) => name.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, name) => format!("{directory}/{name}"),
    }
}

/// The directory of a path, and the name in it.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A path with a slash at its start, and one at its end if it is no file.
pub(super) fn complete(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_file = parts.last().is_some_and(|name| {
        !path.ends_with('/') && (name.ends_with(".html") || name.ends_with(".htm"))
    });
    match (parts.as_slice(), is_file) {
        ([], _) => "/".to_owned(),
        (["index.html"], true) => "/".to_owned(),
        ([above @ .., "index.html"], true) => format!("/{}/", above.join("/")),
        (parts, true) => format!("/{}", parts.join("/")),
        (parts, false) => format!("/{}/", parts.join("/")),
    }
}

/// Where the new site serves a page of which nothing is said but its file: in
/// its language.
pub(super) fn natural(id: &str, suffix: &str) -> String {
    let stem = id.strip_suffix(".md").unwrap_or(id);
    let stem = stem.strip_suffix(suffix).unwrap_or(stem);
    let (directory, name) = split(stem);
    match name {
        "_index" => complete(&format!("/{directory}/")),
        "index" => {
            let (above, name) = split(directory);
            complete(&format!("/{above}/{}/", own_slug(name)))
        }
        name => complete(&format!("/{directory}/{}/", own_slug(name))),
    }
}

fn own_slug(name: &str) -> String {
    let rest = without_day(name).filter(|rest| !rest.is_empty());
    site_gen::slugify(rest.unwrap_or(name))
}

/// A file's name without the day that it begins with; none if it does not.
pub(super) fn without_day(name: &str) -> Option<&str> {
    let (day, rest) = name.split_at_checked(10)?;
    day.parse::<jiff::civil::Date>().ok()?;
    Some(rest.strip_prefix(['-', '_']).unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_completed() {
        for (written, expected) in [
            ("", "/"),
            ("/a", "/a/"),
            ("a/b.html", "/a/b.html"),
            ("/v1.0", "/v1.0/"),
            ("/x/index.html", "/x/"),
            ("/index.html", "/"),
            ("/a.html/", "/a.html/"),
        ] {
            assert_eq!(complete(written), expected);
        }
    }

    #[test]
    fn files_have_their_natural_place() {
        assert_eq!(natural("posts/2015-02-25-A b.md", ""), "/posts/a-b/");
        assert_eq!(natural("posts/2015-02-25.md", ""), "/posts/2015-02-25/");
        assert_eq!(natural("a/b/index.fr.md", ".fr"), "/a/b/");
        assert_eq!(natural("a/_index.md", ""), "/a/");
        assert_eq!(natural("_index.md", ""), "/");
    }
}

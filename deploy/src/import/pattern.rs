//! Patterns of paths, as shells have them.

/// Whether a path is one of a pattern: with a star for anything but a slash,
/// two for anything, `?` for any character, and
/// `{a,b}` for one of several. `**/` may stand for nothing.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    if let Some((before, rest)) = pattern.split_once('{')
        && let Some((inside, after)) = rest.split_once('}')
    {
        let mut choices = inside.split(',');
        return choices.any(|choice| matches(&format!("{before}{choice}{after}"), path));
    }
    if let Some(rest) = pattern.strip_prefix("**/")
        && matches(rest, path)
    {
        return true;
    }
    // Which beginnings of the path the pattern has matched so far, by length.
    let mut matched = vec![false; path.len() + 1];
    matched[0] = true;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let both = rest.starts_with("**");
        let mut next = vec![false; path.len() + 1];
        for (at, own) in path.char_indices() {
            let behind = at + own.len_utf8();
            match c {
                '*' => {
                    next[at] |= matched[at];
                    next[behind] |= next[at] && (both || own != '/');
                }
                '?' => next[behind] |= matched[at],
                _ => next[behind] |= matched[at] && own == c,
            }
        }
        if c == '*' {
            next[path.len()] |= matched[path.len()];
        }
        matched = next;
        rest = &rest[if both { 2 } else { c.len_utf8() }..];
    }
    matched[path.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_paths() {
        for (pattern, path) in [
            ("/posts/**", "/posts/a/b"),
            ("/posts/*", "/posts/a"),
            ("**", "/a"),
            ("/{docs,blog}/**", "/blog/x"),
            ("/a*c", "/abc"),
            ("/a?c", "/aäc"),
            ("/a", "/a"),
            ("**/draft-*", "draft-a"),
            ("**/draft-*", "a/b/draft-c"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("/posts/*", "/posts/a/b"), ("/a", "/ab"), ("/a**c", "/ab")] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}

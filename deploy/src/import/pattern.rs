//! Patterns of paths, as shells have them.

/// Whether a path is one of a pattern: with a star for anything but a slash,
/// two for anything, `?` for any character, `[a-c]` for some and `[!a-c]` for all
/// others, and `{a,b}` for one of several. `**/` may stand for nothing.
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
        let class = class(rest);
        let mut next = vec![false; path.len() + 1];
        for (at, own) in path.char_indices() {
            let behind = at + own.len_utf8();
            match c {
                '*' => {
                    next[at] |= matched[at];
                    next[behind] |= next[at] && (both || own != '/');
                }
                '?' => next[behind] |= matched[at],
                '[' if class.is_some() => {
                    let is_one = class.is_some_and(|class| class.has(own));
                    next[behind] |= matched[at] && is_one;
                }
                _ => next[behind] |= matched[at] && own == c,
            }
        }
        if c == '*' {
            next[path.len()] |= matched[path.len()];
        }
        matched = next;
        let length = class.map_or(c.len_utf8(), |class| class.length);
        rest = &rest[if both { 2 } else { length }..];
    }
    matched[path.len()]
}

/// Characters in brackets.
#[derive(Clone, Copy)]
struct Class<'a> {
    inside: &'a str,
    /// With the brackets.
    length: usize,
}

/// The class that a pattern begins with, if it does.
fn class(pattern: &str) -> Option<Class<'_>> {
    let (inside, _) = pattern.strip_prefix('[')?.split_once(']')?;
    (!inside.is_empty()).then_some(Class {
        inside,
        length: inside.len() + 2,
    })
}

impl Class<'_> {
    fn has(self, c: char) -> bool {
        let others = self.inside.strip_prefix(['!', '^']);
        let mut signs = others.unwrap_or(self.inside).chars().peekable();
        let mut found = false;
        while let Some(first) = signs.next() {
            let last = match signs.next_if_eq(&'-') {
                Some(_) => signs.next().unwrap_or(first),
                None => first,
            };
            found |= (first..=last).contains(&c);
        }
        found != others.is_some()
    }
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
            ("/[a-c]/[!x]z", "/b/yz"),
            ("/[", "/["),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/posts/*", "/posts/a/b"),
            ("/a", "/ab"),
            ("/a**c", "/ab"),
            ("/[a-c]", "/d"),
            ("/[!d]", "/d"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}

//! Where the front matter of a file is, and where its text.

use std::ops::Range;

use crate::data::Language;
use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// Where the front matter and the text of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) front: Option<(Language, Range<usize>)>,
    pub(super) body: Range<usize>,
}

/// Finds the two lines of `+++` or `---`. A file without them is all text.
pub(super) fn split(source: &Source) -> Result<Parts, Diagnostic> {
    let text = source.text.as_str();
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let mut lines = Lines { text, at: start };
    let mut first = lines.next().unwrap_or(start..start);
    let is_first = !text[first.clone()].trim().is_empty();
    while text[first.clone()].trim().is_empty()
        && let Some(next) = lines.next()
    {
        first = next;
    }
    let language = match text[first.clone()].trim_end() {
        "+++" => Language::Toml,
        // Below an empty line it may as well be a thematic break.
        "---" if is_first || may_be_front(text, &first) => Language::Yaml,
        _ if may_be_front(text, &first) => {
            let fault = source.at(first, "this would be text, and not front matter");
            let expected = "`+++` or `---` as a whole line, and again below the front matter";
            return Err(fault.expected(expected));
        }
        _ => {
            let body = start..text.len();
            return Ok(Parts { front: None, body });
        }
    };
    let fence = text[first.clone()].trim_end();
    let front = lines.at;
    // YAML has an end of its own, `...` (YAML 1.2.2, 9.1.2).
    let is_end = |line: &str| line == fence || fence == "---" && line == "...";
    while let Some(line) = lines.next() {
        if is_end(text[line.clone()].trim_end()) {
            let front = Some((language, front..line.start));
            let body = lines.at..text.len();
            return Ok(Parts { front, body });
        }
    }
    let expected = format!("a second line of `{fence}` below it");
    Err(source
        .at(first, "this front matter has no end")
        .expected(expected))
}

/// Whether a line begins what its author took for front matter: as text it would be
/// shown to everybody, and what it says, such as `draft`, would not count.
fn may_be_front(text: &str, first: &Range<usize>) -> bool {
    let fence = text[first.clone()].trim();
    let below = &text[first.end..];
    let mut lines = below.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_key = |line: &str, sign: char| {
        let name = line.split_once(sign).map(|(name, _)| name.trim());
        let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        name.map(|name| name.trim_matches('"'))
            .is_some_and(|name| !name.is_empty() && name.chars().all(in_name))
    };
    let all = |sign: char| fence.len() >= 3 && fence.chars().all(|c| c == sign);
    let json = fence.strip_prefix('{').map(str::trim);
    match json {
        Some("") => lines
            .next()
            .is_some_and(|line| line.starts_with('"') && is_key(line, ':')),
        Some(rest) => rest.starts_with('"') && is_key(rest, ':'),
        // A line of hyphens is a thematic break, too (CommonMark, 4.1).
        None if all('-') => {
            lines.next().is_some_and(|line| is_key(line, ':')) && lines.any(|line| line == fence)
        }
        None => all('+'),
    }
}

/// Where the text of a file is, if its front matter has an end.
pub(crate) fn body(source: &Source) -> Option<Range<usize>> {
    split(source).ok().map(|parts| parts.body)
}

/// Where the front matter of a file says something that its path follows from.
pub(crate) fn line_of_path(source: &Source) -> Option<Range<usize>> {
    line_of(source, &["path", "slug", "url"])
}

/// The last line in the front matter of a file that gives one of these keys a value.
pub(crate) fn line_of(source: &Source, keys: &[&str]) -> Option<Range<usize>> {
    let text = &source.text[..body(source)?.start];
    let names = |line: &Range<usize>| {
        let key = text[line.clone()].split_once(['=', ':']);
        key.is_some_and(|(key, _)| keys.contains(&key.trim()))
    };
    let line = Lines { text, at: 0 }.filter(names).last()?;
    Some(line.start..line.start + text[line].trim_end().len())
}

/// Where a path could be said that follows from the name of a file: at its title, or
/// where its front matter begins, or would.
pub(crate) fn line_for_path(source: &Source) -> Range<usize> {
    let first = || {
        let text = source.text.as_str();
        let mut lines = Lines { text, at: 0 };
        let line = lines.find(|line| !text[line.clone()].trim().is_empty())?;
        Some(line.start..line.start + text[line].trim_end().len())
    };
    let title = line_of(source, &["title"]);
    title.or_else(first).unwrap_or_default()
}

/// The ranges of lines, without their ends.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = (start + length + 1).min(self.text.len());
        Some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(text: &str) -> Result<Parts, Diagnostic> {
        split(&Source {
            file: "a.md".into(),
            text: text.to_owned(),
        })
    }

    /// A draft was published because of an empty line above it.
    #[test]
    fn front_matter_may_stand_below_empty_lines() {
        for text in [
            "\n+++\ndraft = true\n+++\na",
            "\u{feff}\n \n---\ndraft: true\n---\na",
        ] {
            let parts = begin(text).unwrap();
            let (_, front) = parts.front.unwrap();
            assert!(text[front].starts_with("draft"));
            assert_eq!(&text[parts.body], "a");
        }
    }

    #[test]
    fn front_matter_that_would_be_text_is_refused() {
        for text in [
            " +++\ndraft = true\n+++\n",
            "++++\ndraft = true\n++++\n",
            "----\ndraft: true\n----\n",
            "{ \"draft\": true }\n",
            "{\n  \"draft\": true\n}\n",
        ] {
            let fault = begin(text).unwrap_err();
            assert!(fault.place.is_some(), "{text}");
        }
        for text in [
            "",
            "text\n---\na: b\n---\n",
            "\n---\n\nA break, and text: all of it\n\n---\n",
            "\n----\nkey: what\n",
            "{{ shortcode() }}\n",
            "{ a set }",
            "+ a\n+ b\n",
        ] {
            assert_eq!(begin(text).unwrap().front, None, "{text}");
        }
    }
}

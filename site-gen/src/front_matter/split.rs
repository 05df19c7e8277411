//! Where the front matter of a file is, and where its text.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// The language that front matter is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Toml,
    Yaml,
}

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
    let first = lines.next().unwrap_or(start..start);
    let language = match text[first.clone()].trim_end() {
        "+++" => Language::Toml,
        "---" => Language::Yaml,
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

/// Where the text of a file is, if its front matter has an end.
pub(crate) fn body(source: &Source) -> Option<Range<usize>> {
    split(source).ok().map(|parts| parts.body)
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

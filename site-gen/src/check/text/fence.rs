//! What stands behind the fence of a block of code: keys and values that do nothing
//! there, and languages that are probably misspelt.
//!
//! A word without a value may be for others, as `ignore` is for rustdoc, and so may a
//! language that has no colours: both are told only if they are nearly one that is
//! known.

use std::ops::Range;

use crate::cache::Cache;
use crate::diagnostic::{Diagnostic, closest, is_misspelt};
use crate::limits::MAX_LINE_NUMBER;
use crate::markdown::{FENCE_KEYS, Passage, fence_first_line, fence_range, fence_words};

/// What others call something that has a key.
const OTHERS: [(&str, &str); 9] = [
    ("title", "name"),
    ("filename", "name"),
    ("file", "name"),
    ("caption", "name"),
    ("highlight", "hl_lines"),
    ("lines", "hl_lines"),
    ("linenumbers", "linenos"),
    ("startline", "linenostart"),
    ("start", "linenostart"),
];

/// Languages without colours, and other words for none.
const PLAIN: [&str; 8] = [
    "mermaid",
    "text",
    "txt",
    "plain",
    "plaintext",
    "none",
    "output",
    "nohighlight",
];

/// Names shorter than this are near to many others.
const SHORTEST_NAME: usize = 4;

/// Languages that many write in: what is nearly one of them is misspelt. Most of the
/// others have names that are near to those of still others.
const USUAL: [&str; 40] = [
    "bash",
    "clojure",
    "cmake",
    "console",
    "csharp",
    "dart",
    "diff",
    "dockerfile",
    "elixir",
    "erlang",
    "fish",
    "fortran",
    "graphql",
    "groovy",
    "haskell",
    "html",
    "java",
    "javascript",
    "json",
    "julia",
    "kotlin",
    "latex",
    "makefile",
    "markdown",
    "matlab",
    "nginx",
    "ocaml",
    "pascal",
    "perl",
    "powershell",
    "python",
    "ruby",
    "rust",
    "scala",
    "scss",
    "shell",
    "swift",
    "toml",
    "typescript",
    "yaml",
];

/// Languages and formats without colours whose names are near to those.
const FOREIGN: [&str; 14] = [
    "cake",
    "hxml",
    "jison",
    "jsonc",
    "jsonl",
    "jsonp",
    "mata",
    "matah",
    "mkdown",
    "mkfile",
    "pycon",
    "raku",
    "tool",
    "typoscript",
];

/// What languages there are.
pub(super) struct Languages<'a> {
    cache: &'a Cache,
}

impl<'a> Languages<'a> {
    pub(super) fn new(cache: &'a Cache) -> Self {
        Self { cache }
    }

    /// The language that somebody meant who wrote one that is not known, and surely
    /// is none.
    fn meant(&self, language: &str) -> Option<&'static str> {
        let is_word = language.chars().all(|c| c.is_ascii_alphabetic());
        let lower = language.to_lowercase();
        let is_other = [&PLAIN[..], &FOREIGN, &USUAL]
            .iter()
            .any(|names| names.contains(&&*lower));
        if language.len() < SHORTEST_NAME || !is_word || is_other {
            return None;
        }
        if !is_misspelt(language, USUAL) || self.cache.highlighter().knows(language) {
            return None;
        }
        closest(language, USUAL)
    }
}

/// A block of code, as far as it was read.
pub(super) struct Fence {
    /// What stands behind its fence.
    info: String,
    /// Where that is.
    place: Range<usize>,
    /// Whether it stands there as it is, so that a part of it can be shown.
    is_verbatim: bool,
    /// How many lines of code it has.
    pub(super) lines: usize,
}

impl Fence {
    pub(super) fn new(passage: &Passage<'_>, info: &str, block: Range<usize>) -> Self {
        let line = passage.text()[block.clone()]
            .lines()
            .next()
            .unwrap_or_default();
        let found = line.find(info).filter(|_| !info.is_empty());
        Self {
            info: info.to_owned(),
            place: match found {
                Some(at) => block.start + at..block.start + at + info.len(),
                None => block.start..block.start + line.len(),
            },
            is_verbatim: found.is_some(),
            lines: 0,
        }
    }

    /// What is wrong behind the fence.
    pub(super) fn check(
        &self,
        passage: &Passage<'_>,
        languages: &Languages<'_>,
    ) -> Vec<Diagnostic> {
        let (language, words) = fence_words(&self.info);
        let mut faults = Vec::new();
        faults.extend(self.language(passage, language, languages));
        for word in words {
            let place = word.span.clone();
            match (word.key, word.value) {
                ("linenos", None | Some("true")) | ("name", Some(_)) => {}
                ("linenos", Some(_)) => faults.push(
                    self.at(passage, place, "`linenos` has no value".to_owned())
                        .expected("`linenos` alone, or nothing"),
                ),
                ("linenostart", value) => {
                    let value = value.unwrap_or_default();
                    if fence_first_line(value).is_none() {
                        let message = format!("`linenostart` cannot be `{value}`");
                        let expected =
                            format!("the number of the first line, at most {MAX_LINE_NUMBER}");
                        faults.push(self.at(passage, place, message).expected(expected));
                    }
                }
                (key @ ("hl_lines" | "hide_lines"), value) => {
                    let value = value.unwrap_or_default();
                    faults.extend(self.lines(passage, place, key, value));
                }
                ("name", None) => faults.push(
                    self.at(passage, place, "`name` has no value".to_owned())
                        .expected("`name=` and what is shown above the code"),
                ),
                (key, value) => faults.extend(self.unknown(passage, place, key, value)),
            }
        }
        faults
    }

    /// A fault of a part of what is behind the fence.
    fn at(&self, passage: &Passage<'_>, part: Range<usize>, message: String) -> Diagnostic {
        let start = self.place.start;
        let place = match self.is_verbatim && !part.is_empty() {
            true => start + part.start..start + part.end,
            false => self.place.clone(),
        };
        passage.at(place, message).warning()
    }

    fn language(
        &self,
        passage: &Passage<'_>,
        language: &str,
        languages: &Languages<'_>,
    ) -> Option<Diagnostic> {
        let meant = languages.meant(language)?;
        let message = format!("the language `{language}` is not known");
        let fault = self.at(passage, 0..language.len(), message);
        let fault = fault.expected("the name of a language, or of the end of its files");
        Some(fault.suggestion(Some(format!("did you mean `{meant}`?"))))
    }

    /// Numbers of lines that are none, or none of this block.
    fn lines(
        &self,
        passage: &Passage<'_>,
        place: Range<usize>,
        key: &str,
        value: &str,
    ) -> Option<Diagnostic> {
        let bad = value.split_whitespace().find(|part| {
            fence_range(part).is_none_or(|range| range.is_empty() || *range.start() == 0)
        });
        let expected = "numbers of lines, counted from 1, as in `hl_lines=2-3 7`";
        if bad.is_some() || value.trim().is_empty() {
            let message = format!("`{key}` cannot be `{}`", bad.unwrap_or(value));
            let is_other = |c: char| !c.is_ascii_digit() && c != '-';
            let plain: Vec<&str> = value
                .split(is_other)
                .filter(|part| !part.is_empty())
                .collect();
            let plain = plain.join(" ");
            let is_good = |part: &str| fence_range(part).is_some_and(|range| !range.is_empty());
            let is_good = !plain.is_empty() && plain.split(' ').all(is_good) && plain != value;
            let suggestion = is_good.then(|| format!("did you mean `{key}={plain}`?"));
            let fault = self.at(passage, place, message).expected(expected);
            return Some(fault.suggestion(suggestion));
        }
        let last = value.split_whitespace().filter_map(fence_range);
        let last = last.map(|range| *range.end()).max()?;
        if last <= self.lines {
            return None;
        }
        let lines = self.lines;
        let message = format!("`{key}` names line {last} of a block of {lines}");
        Some(self.at(passage, place, message).expected(expected))
    }

    /// A word that means nothing here.
    fn unknown(
        &self,
        passage: &Passage<'_>,
        place: Range<usize>,
        key: &str,
        value: Option<&str>,
    ) -> Option<Diagnostic> {
        // Numbers behind a comma were meant as more lines.
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '"' | ']');
        if !key.is_empty() && key.chars().all(is_number) {
            let fault = self.at(passage, place, format!("`{key}` belongs to no key"));
            return Some(fault.expected("spaces between numbers of lines, as in `hl_lines=2-3 7`"));
        }
        if value.is_none() && !is_misspelt(key, FENCE_KEYS) {
            return None;
        }
        let own = OTHERS
            .iter()
            .find(|(other, _)| *other == key.to_lowercase());
        let joined = key
            .split_once(' ')
            .map(|_| "a comma between keys".to_owned());
        let meant = own.map_or_else(|| closest(key, FENCE_KEYS), |(_, own)| Some(*own));
        let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
        let message = format!("`{key}` means nothing behind a fence");
        let expected = "`linenos`, `linenostart`, `hl_lines`, `hide_lines` or `name`";
        let fault = self.at(passage, place, message).expected(expected);
        Some(fault.suggestion(joined.or(meant)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_misspelt_languages_are_told() {
        let cache = Cache::default();
        let languages = Languages::new(&cache);
        for (written, meant) in [
            ("rsut", "rust"),
            ("pyhton", "python"),
            ("javscript", "javascript"),
            ("josn", "json"),
            ("bahs", "bash"),
            ("shel", "shell"),
            ("markdwon", "markdown"),
            ("Ocmal", "ocaml"),
        ] {
            assert_eq!(languages.meant(written), Some(meant), "{written}");
        }
        for other in [
            "zone",
            "dune",
            "raku",
            "jsonc",
            "json5",
            "python3",
            "csharp",
            "fortran",
            "mermaid",
            "cake",
            "postscript",
            "assembly",
            "text",
            "nim",
            "objectivec",
            "html+erb",
            "",
            "x",
            "actionscript3",
            "markup",
            "lean4",
            "perl6",
            "purescript",
            "vala",
            "hosts",
            "é",
        ] {
            assert_eq!(languages.meant(other), None, "{other}");
        }
    }
}

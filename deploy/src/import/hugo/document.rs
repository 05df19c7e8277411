//! A page or a section of the old site: its front matter, and where it stands.

use std::ops::Range;
use std::path::{Path, PathBuf};

use site_gen::Source;
use site_gen::review::{self, Language, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::data::{json_as_yaml, line_of};

/// What a document is to Hugo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file by itself.
    Page,
    /// The `index.md` of a directory with other files.
    Bundle,
    /// An `_index.md`.
    Section,
}

/// A document, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Relative to the old site.
    pub(super) file: PathBuf,
    pub(super) source: Source,
    pub(super) front: Table,
    /// The lines of comments in its front matter.
    pub(super) comments: Vec<String>,
    pub(super) body: Range<usize>,
    pub(super) kind: Kind,
    /// Which of the configuration's.
    pub(super) language: usize,
    /// Its directory below that of the content, and its name without language
    /// and extension: that of the directory, if it is a bundle.
    pub(super) directory: String,
    pub(super) name: String,
    /// The new file, relative to `content/`.
    pub(super) id: String,
    /// Where Hugo serves it, not encoded, with the language.
    pub(super) url: String,
}

impl Document {
    /// The line of a byte of the file.
    pub(super) fn line(&self, at: usize) -> usize {
        line_of(&self.source.text, at)
    }

    pub(super) fn text(&self) -> &str {
        &self.source.text[self.body.clone()]
    }

    /// The line of the first of some keys that is there.
    pub(super) fn line_of_first(&self, names: &[&str]) -> usize {
        let lines = names.iter().map(|name| self.line_of_key(name));
        lines.into_iter().find(|line| *line > 1).unwrap_or(1)
    }

    /// The line of a key, or else that of the front matter.
    pub(super) fn line_of_key(&self, name: &str) -> usize {
        let key = self
            .front
            .iter()
            .find(|(key, _)| key.name.eq_ignore_ascii_case(name));
        key.map_or(1, |(key, _)| self.line(key.span.start))
    }
}

/// What a file of the content says.
pub(super) struct Read {
    pub(super) source: Source,
    pub(super) front: Table,
    pub(super) comments: Vec<String>,
    pub(super) body: Range<usize>,
}

/// Reads a file; what is wrong with it is told, and it stays behind.
pub(super) fn read(origin: &Origin, file: &Path, report: &mut Report) -> Option<Read> {
    let text = origin.read(file, report)?;
    let (language, front, body) = match split(&text) {
        Ok(parts) => parts,
        Err(what) => {
            let advice = "the page did not come across; mend it, and import again";
            report.note(Topic::FrontMatter, file, 1, what, advice);
            return None;
        }
    };
    let json = text[front.clone()].starts_with('{');
    let readable = match json {
        true => json_as_yaml(&text[..body.start]) + &text[body.start..],
        false => text.clone(),
    };
    let source = Source {
        file: file.to_owned(),
        text: readable,
    };
    let comments = match json {
        true => Vec::new(),
        false => text[front.clone()]
            .lines()
            .filter_map(|line| Some(line.trim().strip_prefix('#')?.trim().to_owned()))
            .collect(),
    };
    match review::data(&source, front, language) {
        Ok(front) => Some(Read {
            source: Source { text, ..source },
            front,
            comments,
            body,
        }),
        Err(faults) => {
            for fault in faults {
                let line = fault.place.as_ref().map(|place| place.line);
                let advice = "the page did not come across; mend it, and import again";
                report.note(Topic::FrontMatter, file, line, &fault.message, advice);
            }
            None
        }
    }
}

/// Where front matter and text are: between lines of `+++` or `---`, or in
/// braces.
fn split(text: &str) -> Result<(Language, Range<usize>, Range<usize>), &'static str> {
    let start = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
    let rest = &text[start..];
    let (fence, language) = if rest.starts_with("+++") {
        ("+++", Language::Toml)
    } else if rest.starts_with("---") {
        ("---", Language::Yaml)
    } else if rest.starts_with('{') && !rest.starts_with("{{") && !rest.starts_with("{%") {
        let end = end_of_object(rest).ok_or("this front matter has no end")?;
        return Ok((Language::Yaml, start..start + end, start + end..text.len()));
    } else {
        return Ok((Language::Yaml, 0..0, 0..text.len()));
    };
    let mut at = start + rest.find('\n').map_or(rest.len(), |end| end + 1);
    let front = at;
    for line in text[front..].split_inclusive('\n') {
        let behind = at + line.len();
        if line.trim_end() == fence {
            return Ok((language, front..at, behind..text.len()));
        }
        at = behind;
    }
    Err("this front matter has no end")
}

/// Behind the brace that closes the first one.
fn end_of_object(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, &str)> {
        let (_, front, body) = split(text).ok()?;
        Some((&text[front], &text[body]))
    }

    #[test]
    fn front_matter_has_three_languages() {
        assert_eq!(parts("+++\na = 1\n+++\nText"), Some(("a = 1\n", "Text")));
        assert_eq!(
            parts("---\r\na: 1\r\n---\r\nText"),
            Some(("a: 1\r\n", "Text"))
        );
        let json = "{\"a\": \"}\", \"b\": {}}\nText";
        assert_eq!(parts(json), Some(("{\"a\": \"}\", \"b\": {}}", "\nText")));
        assert_eq!(parts("{{< x >}}"), Some(("", "{{< x >}}")));
        assert_eq!(parts("---\n---\n"), Some(("", "")));
        assert_eq!(parts("---\na: 1\n"), None);
        assert_eq!(parts("{\"a\": 1"), None);
    }
}

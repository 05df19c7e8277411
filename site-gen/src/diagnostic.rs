//! What is wrong with a site, and where: [`Diagnostic`].
//!
//! Whoever finds a fault makes a diagnostic out of the [`Source`] it stands in.
//! The command line renders it as it likes; [`Display`] is the plain way.
//!
//! [`Source`]: crate::source::Source
//! [`Display`]: std::fmt::Display

use std::fmt;
use std::path::PathBuf;

use crate::theme::template_fault::Kind;

/// How much a fault matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The site cannot be built, or does not do what it says.
    #[default]
    Error,
    /// The site works, and could be better. A build does not fail on it.
    Warning,
}

impl Severity {
    /// As people and programs read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One fault of a site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, relative to the site's directory.
    pub file: PathBuf,
    /// Where in it; none when the file as a whole is at fault.
    pub place: Option<Box<Place>>,
    /// What is wrong.
    pub message: String,
    /// What would have been right.
    pub expected: Option<String>,
    /// What the author may have meant.
    pub suggestion: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about, where somebody in here has to know.
    pub(crate) cause: Option<Box<Cause>>,
}

/// What a fault is about, for those who tell one from another: its words are for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// A variable that nothing sets, and the one that was probably meant.
    Variable { name: String, meant: Option<String> },
    /// A field that nothing with an address has.
    FieldOfPage,
    /// A filter, test or function that is not there.
    Callee { kind: Kind, name: String },
    /// What is called has no such argument, or needs another one.
    Arguments { callee: String },
    /// A shortcode is given an argument that means nothing to it.
    Given { shortcode: String, argument: String },
}

/// Where in a file, for people: lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The first character at fault, in characters.
    pub column: usize,
    /// How many characters are at fault; at least 1.
    pub length: usize,
    /// The line; if that is very long, the part of it around the fault.
    pub text: String,
    /// How many characters of the line stand before that part.
    pub skipped: usize,
}

impl Diagnostic {
    /// A fault of a file as a whole.
    pub fn new(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            place: None,
            message: message.into(),
            expected: None,
            suggestion: None,
            severity: Severity::Error,
            cause: None,
        }
    }

    /// Says where in the file it is, if that is known.
    #[must_use]
    pub fn placed(mut self, place: Option<Box<Place>>) -> Self {
        self.place = place;
        self
    }

    /// Says what it is about, if somebody has to know.
    #[must_use]
    pub(crate) fn about(mut self, cause: impl Into<Option<Cause>>) -> Self {
        self.cause = cause.into().map(Box::new);
        self
    }

    /// Says that the site works all the same.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what the author may have meant, if anything comes to mind.
    #[must_use]
    pub fn suggestion(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

impl Place {
    /// What is at fault, as far as it is in the line.
    pub(crate) fn shown(&self) -> String {
        let skipped = (self.column - 1).saturating_sub(self.skipped);
        self.text.chars().skip(skipped).take(self.length).collect()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.severity.name(), self.message)?;
        let file = self.file.display();
        match &self.place {
            None => writeln!(f, "  --> {file}")?,
            Some(place) => {
                let number = place.line.to_string();
                let margin = " ".repeat(number.len());
                writeln!(f, "{margin} --> {file}:{}:{}", place.line, place.column)?;
                writeln!(f, "{margin} |")?;
                writeln!(f, "{number} | {}", place.text)?;
                writeln!(f, "{margin} | {}", caret(place))?;
            }
        }
        if let Some(expected) = &self.expected {
            writeln!(f, "  expected: {expected}")?;
        }
        if let Some(suggestion) = &self.suggestion {
            writeln!(f, "  help: {suggestion}")?;
        }
        Ok(())
    }
}

/// The line under the text; tabs stay tabs, so that it lines up.
fn caret(place: &Place) -> String {
    let indent = place
        .text
        .chars()
        .take((place.column - 1).saturating_sub(place.skipped))
        .map(|c| if c == '\t' { '\t' } else { ' ' });
    indent
        .chain(std::iter::repeat_n('^', place.length))
        .collect()
}

/// What is wrong, for whoever asked and knows the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) message: String,
    pub(crate) expected: String,
}

impl Reason {
    pub(crate) fn new(message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            expected: expected.into(),
        }
    }

    /// As the fault of a file.
    pub(crate) fn of_file(self, file: impl Into<PathBuf>) -> Diagnostic {
        Diagnostic::new(file, self.message).expected(self.expected)
    }
}

/// The known word that a misspelt one is closest to, as a suggestion.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let closest = closest(word, known)?;
    Some(format!("did you mean `{closest}`?"))
}

/// The known word that a misspelt one is closest to.
pub(crate) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = letters(&word);
    // Names of files have their ends in common, and nothing can be told from these.
    let end = word.rfind('.').map_or("", |dot| &word[dot..]);
    let close = |candidate: &str| {
        let own = |name: &str| name.strip_suffix(end).unwrap_or(name).len();
        let (own, candidate) = (own(&word), own(candidate));
        (1 + candidate / 4).min(own.saturating_sub(1))
    };
    let (_, closest) = known
        .into_iter()
        // A site has many names, and few of them have about the same letters.
        .filter(|candidate| differing(&letters, candidate) <= 2 * closeness(candidate))
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, candidate)| *distance <= closeness(candidate).min(close(candidate)))
        .min()?;
    Some(closest)
}

/// How many edits may be between a known word and one that means it.
pub(crate) fn closeness(known: &str) -> usize {
    1 + known.chars().count() / 4
}

/// How often a word has each byte, capitals as small letters.
type Letters = [i32; 256];

fn letters(word: &str) -> Letters {
    let mut letters = [0; 256];
    for byte in word.bytes() {
        letters[usize::from(byte.to_ascii_lowercase())] += 1;
    }
    letters
}

/// How many letters one word has and the other lacks. One edit changes it by
/// two at most; what is no ASCII may have changed with its case.
fn differing(word: &Letters, candidate: &str) -> usize {
    let mut balance = *word;
    for byte in candidate.bytes() {
        balance[usize::from(byte.to_ascii_lowercase())] -= 1;
    }
    let ascii = balance.iter().take(128);
    ascii.map(|count| count.unsigned_abs() as usize).sum()
}

/// Whether a word is probably one of the known ones, misspelt: few letters are
/// other ones, and it begins as that one does. What somebody else's program
/// wants to know is not.
pub(crate) fn is_misspelt<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> bool {
    let word = word.to_lowercase();
    let begins_like = |candidate: &str| {
        let mut first = candidate.chars();
        let first = [first.next(), first.next()];
        let mut own = word.chars();
        let own = [own.next(), own.next()];
        own[0] == first[0] || own == [first[1], first[0]]
    };
    known.into_iter().any(|candidate| {
        begins_like(candidate) && is_within((candidate.len() / 3).max(1), &word, candidate)
    })
}

/// Whether so many edits make one word of the other. Finding that out takes
/// time and memory for each pair of letters; words of very different lengths
/// need not be compared.
pub(crate) fn is_within(edits: usize, word: &str, other: &str) -> bool {
    let difference = word.chars().count().abs_diff(other.chars().count());
    difference <= edits && strsim::damerau_levenshtein(word, other) <= edits
}

/// What came of many things, each of which may have failed: the good ones, if
/// all are, or all the faults.
pub(crate) fn collect<T>(
    results: impl IntoIterator<Item = Result<T, Vec<Diagnostic>>>,
) -> Result<Vec<T>, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let good = results
        .into_iter()
        .filter_map(|result| result.map_err(|more| faults.extend(more)).ok())
        .collect();
    if faults.is_empty() {
        Ok(good)
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_text() {
        let place = Place {
            line: 12,
            column: 3,
            length: 4,
            text: "\tatitel = 1".into(),
            skipped: 0,
        };
        let diagnostic = Diagnostic {
            place: Some(Box::new(place)),
            ..Diagnostic::new("a.md", "unknown key")
        };
        let shown = diagnostic
            .expected("a key")
            .suggestion(did_you_mean("titel", ["title", "weight"]))
            .to_string();
        assert_eq!(
            shown,
            "error: unknown key\n   --> a.md:12:3\n   |\n12 | \tatitel = 1\n   | \t ^^^^\n  \
             expected: a key\n  help: did you mean `title`?\n"
        );
    }

    #[test]
    fn foreign_words_are_not_misspelt() {
        let known = ["title", "date", "path", "weight", "aliases", "paginate_by"];
        for word in ["titel", "Title", "wieght", "alias", "paginate", "adte"] {
            assert!(is_misspelt(word, known), "{word}");
        }
        for word in [
            "math", "name", "subject", "type", "subtitle", "page", "toc", "lastmod",
        ] {
            assert!(!is_misspelt(word, known), "{word}");
        }
    }

    #[test]
    fn only_close_words_are_suggested() {
        assert_eq!(
            did_you_mean("wieght", ["title", "weight"]),
            Some("did you mean `weight`?".into())
        );
        assert_eq!(did_you_mean("colour", ["title", "weight"]), None);
        for (wrong, name) in [
            ("nope.html", "date.html"),
            ("bas.html", "404.html"),
            ("y.md", "x.md"),
        ] {
            assert_eq!(did_you_mean(wrong, [name]), None, "{wrong}");
        }
        assert!(did_you_mean("bsae.html", ["base.html"]).is_some());
        // As many edits as may be, of each kind.
        for word in ["docs/zone", "dcos/zonemd", "Docs/Zome.md", "docs/zonex.mdx"] {
            let suggestion = did_you_mean(word, ["docs/zone.md"]);
            assert!(suggestion.is_some(), "{word}");
        }
    }
}

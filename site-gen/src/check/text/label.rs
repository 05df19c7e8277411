//! Footnotes and links by label of which the other half is missing: they are text
//! then, with the brackets to be read.
//!
//! Brackets are usual in text. Only what can hardly be anything else is told: no
//! `[x]` alone, no `a[i][j]`, and no `[^a-z]`, which is an expression.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::LinkType;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::limits::MAX_CALL_BEFORE;
use crate::markdown::Passage;

/// Fewer letters than these may be what is in brackets behind others.
const SHORTEST_LABEL: usize = 4;

/// What refers to nothing.
#[derive(Debug)]
pub(super) struct Missing {
    kind: Kind,
    label: String,
    span: Range<usize>,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// `[^label]`
    Note,
    /// `[text][label]`, with its text, or `[label][]`.
    Link(String),
}

impl Missing {
    /// A link whose label is not defined, if it has one of its own.
    pub(super) fn link(text: &str, kind: LinkType, span: Range<usize>) -> Option<Self> {
        if !matches!(kind, LinkType::Reference | LinkType::Collapsed) {
            return None;
        }
        let whole = text.get(span.clone())?.trim_start_matches('!');
        let whole = whole.strip_prefix('[')?.strip_suffix(']')?;
        let (shown, label, end) = match kind {
            LinkType::Collapsed => (whole, whole, span.end + "[]".len()),
            _ => {
                let (shown, label) = whole.rsplit_once("][")?;
                (shown, label, span.end)
            }
        };
        Some(Self {
            kind: Kind::Link(shown.to_owned()),
            label: label.to_owned(),
            span: span.start..end.min(text.len()),
        })
    }

    /// What looks like a reference to a note in a text of markdown: those to notes
    /// that are there are no text.
    pub(super) fn notes(text: &str, span: Range<usize>) -> impl Iterator<Item = Self> {
        let within = text.get(span.clone()).unwrap_or_default();
        let brackets = within.match_indices('[');
        brackets.filter_map(move |(at, _)| {
            let start = span.start + at;
            let label = text[start..].strip_prefix("[^")?;
            let length = label.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_'))?;
            let end = start + "[^".len() + length;
            let is_note = length > 0 && text[end..].starts_with(']');
            is_note.then(|| Self {
                kind: Kind::Note,
                label: label[..length].to_owned(),
                span: start..end + 1,
            })
        })
    }

    /// Whether it can hardly be anything else.
    pub(super) fn is_meant(&self, text: &str, notes: &BTreeSet<String>) -> bool {
        let before = text[..self.span.start].chars().next_back();
        let after = text[self.span.end..].chars().next();
        let looks_so = match &self.kind {
            Kind::Note => {
                let is_repeated =
                    matches!(after, Some('*' | '+' | '?' | '{' | '(' | '[' | ']' | '/'));
                let is_in_expression =
                    matches!(before, Some('(' | '[' | ']' | '/' | '|' | '\\' | '^' | '$'));
                // `[^a-z]`, and `[^x]` where no note is.
                let is_class = self.label.chars().nth(1) == Some('-')
                    || !notes.contains(&self.label)
                        && notes.is_empty()
                        && self.label.chars().count() == 1
                        && !self.label.chars().all(|c| c.is_ascii_digit());
                !is_repeated && !is_in_expression && !is_class
            }
            Kind::Link(shown) => {
                let is_index = before.is_some_and(|c| {
                    c.is_alphanumeric()
                        || matches!(c, '_' | ']' | ')' | '}' | '$' | '\\' | '.' | '"')
                });
                let goes_on = matches!(after, Some('[' | '(' | '=' | '{' | ':'));
                let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
                let is_number = self.label.chars().all(|c| c.is_ascii_digit());
                let is_name = letters(&self.label) > 1
                    || is_number && shown.trim().contains(char::is_whitespace);
                let is_plain = self.label.chars().all(|c| {
                    c.is_alphanumeric()
                        || matches!(c, ' ' | '-' | '_' | '.' | ':' | '/' | '`' | '\n')
                });
                // A text of one letter is usual where a label is that of nothing, too.
                let is_text = match letters(shown) {
                    0 => false,
                    1 => letters(&self.label) >= SHORTEST_LABEL,
                    _ => is_name,
                };
                !is_index && !goes_on && is_text && is_plain
            }
        };
        looks_so && !is_in_call(text, self.span.start)
    }

    pub(super) fn tell(
        &self,
        passage: &Passage<'_>,
        labels: &[String],
        notes: &BTreeSet<String>,
    ) -> Diagnostic {
        let label = &self.label;
        let (message, expected) = match self.kind {
            Kind::Note => (
                format!("there is no footnote `{label}` in this text"),
                format!("`[^{label}]: …` in a line of its own; `\\[^{label}]`, if none is meant"),
            ),
            Kind::Link(_) => (
                format!("there is no label `{label}` in this text"),
                format!("`[{label}]: ADDRESS` in a line of its own; `\\[`, if no link is meant"),
            ),
        };
        // A body is a text by itself.
        let definition = match self.kind {
            Kind::Note => format!("[^{label}]: "),
            Kind::Link(_) => format!("[{label}]: "),
        };
        let expected = match passage.is_around(&definition) {
            true => format!("`{definition}…` in the same text: the body of a shortcode is its own"),
            false => expected,
        };
        let known: Vec<&str> = match self.kind {
            Kind::Note => notes.iter().map(String::as_str).collect(),
            Kind::Link(_) => labels.iter().map(String::as_str).collect(),
        };
        let fault = passage.at(self.span.clone(), message).expected(expected);
        fault.suggestion(did_you_mean(label, known)).warning()
    }
}

/// Whether a place is in the call of a shortcode, which is no markdown.
fn is_in_call(text: &str, at: usize) -> bool {
    let start = at.saturating_sub(MAX_CALL_BEFORE);
    let before = text
        .get(text.floor_char_boundary(start)..at)
        .unwrap_or_default();
    let opened = before.rfind("{{").max(before.rfind("{%"));
    opened.is_some_and(|opened| {
        let inside = &before[opened..];
        !inside.contains("}}") && !inside.contains("%}")
    })
}

//! Where in a document a heading of its page stands. Markdown made it, so there is no
//! tag to look for: it is found by its level and its letters.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::{Fault, Located};
use crate::markdown;

/// A heading: its level, the letters and digits of its text, and where it begins.
type Heading = (usize, String, usize);

impl Fault {
    /// Whether it is one of a heading.
    pub(in crate::check) fn is_of_heading(&self) -> bool {
        level_of(&self.hint).is_some()
    }
}

/// The line of a heading in a document, of one that is at fault in its page; none if
/// it is somebody else's.
pub(in crate::check) fn find(text: &str, page: &Located, fault: &Fault) -> Option<Range<usize>> {
    let level = level_of(&fault.hint)?;
    let written = written(text);
    let own = fault.at.start + page.text[fault.at.clone()].find('<')?;
    let letters = letters_at(&page.text, own, level)?;
    let is_same = |other: &str| other == letters;
    let mut same = written
        .iter()
        .filter(|(other, own, _)| *other == level && is_same(own));
    let count = same.clone().count();
    // A template may repeat one, as in a list of contents.
    let tags = page.tags.get(&fault.hint)?;
    let alike = tags.iter().filter(|tag| {
        letters_at(&page.text, **tag, level)
            .as_deref()
            .is_some_and(is_same)
    });
    let rank = match alike.clone().count() == count {
        true => alike.filter(|tag| **tag < own).count(),
        false if count == 1 => 0,
        false => return None,
    };
    let start = same.nth(rank)?.2;
    let line = text[start..].lines().next().unwrap_or_default();
    Some(start..start + line.trim_end().len())
}

/// The level of a heading, by how its tag begins.
fn level_of(hint: &str) -> Option<usize> {
    let level = hint.strip_prefix("<h").filter(|level| level.len() == 1)?;
    level.parse().ok().filter(|level| (1..=6).contains(level))
}

/// The headings of a text, in order.
fn written(text: &str) -> Vec<Heading> {
    let mut headings = Vec::new();
    let mut current: Option<Heading> = None;
    for (event, span) in Parser::new_ext(text, markdown::syntax()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                current = Some((number(level), String::new(), span.start));
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(current.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, letters, _)) = &mut current {
                    letters.extend(text.chars().filter(|c| c.is_alphanumeric()));
                }
            }
            _ => {}
        }
    }
    headings
}

fn number(level: HeadingLevel) -> usize {
    level as usize
}

/// The letters of the heading of a page that begins at a place.
fn letters_at(page: &str, at: usize, level: usize) -> Option<String> {
    let rest = page.get(at..)?;
    let rest = &rest[..rest.find(&format!("</h{level}"))?];
    let mut letters = String::new();
    let mut inside = None;
    for c in rest.chars() {
        match (inside, c) {
            (None, '<') => inside = Some('>'),
            (None, '&') => inside = Some(';'),
            (Some(end), c) if c == end => inside = None,
            (None, c) if c.is_alphanumeric() => letters.push(c),
            _ => {}
        }
    }
    Some(letters)
}

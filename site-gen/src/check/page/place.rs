//! Where in a document a tag of its page stands. A page has all of a text's HTML in
//! it, in order, and other people's besides: the place is the one whose
//! surroundings are most alike, and which is not more alike somewhere else.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use super::{Fault, Located};
use crate::document::Document;
use crate::limits::{MAX_COMPARED_PAIRS, MAX_SURROUNDINGS};
use crate::markdown;

/// Where a page is read: only if it is read in pieces that end with each tag.
#[derive(Default)]
pub(super) struct Steps {
    text: Option<String>,
    /// Where the piece ends that is being read.
    fed: Cell<usize>,
    /// Where the last thing that was no text ended.
    passed: Cell<usize>,
    tag: RefCell<Range<usize>>,
}

impl Steps {
    pub(super) fn through(text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..Self::default()
        }
    }

    /// Where the pieces of the page end, in order; all of it is one, if nobody asked.
    pub(super) fn ends(&self) -> Vec<usize> {
        let text = self.text.as_deref().unwrap_or_default();
        let ends = text.match_indices(['>', '&']);
        let ends = ends.map(|(at, sign)| at + usize::from(sign == ">"));
        ends.filter(|at| *at > 0).collect()
    }

    pub(super) fn feed(&self, end: usize) {
        self.fed.set(end);
    }

    /// The tag that is being read; what goes before it, as long as it is not read to
    /// its end.
    pub(super) fn tag(&self) -> Range<usize> {
        let tag = self.tag.borrow();
        match tag.end < self.fed.get() {
            true => self.passed.get()..self.fed.get(),
            false => tag.clone(),
        }
    }

    /// Takes note that a tag ended, which begins so: `<p`, `</p`.
    pub(super) fn end_tag(&self, start: &str) {
        let Some(text) = &self.text else { return };
        let (passed, end) = (self.passed.get(), self.fed.get());
        let region = text[passed..end].to_ascii_lowercase();
        // In a script there are tags that are none, and then its end.
        let found = match start.starts_with("</") {
            true => region.rfind(start),
            false => region.find(start),
        };
        self.tag.replace(passed + found.unwrap_or_default()..end);
        self.passed.set(end);
    }

    pub(super) fn end_other(&self) {
        self.passed.set(self.fed.get());
    }
}

/// Where tags begin in a text, by what they begin with, in small letters: `<p`, `</p`;
/// `&` for what may be a reference.
type Tags = HashMap<String, Vec<usize>>;

/// A document, as what a page was made of.
pub(in crate::check) struct Written<'a> {
    document: &'a Document,
    tags: Tags,
}

impl<'a> Written<'a> {
    pub(in crate::check) fn new(document: &'a Document) -> Self {
        let text = document.text();
        let mut tags = Tags::new();
        let events = Parser::new_ext(text, markdown::syntax()).into_offset_iter();
        for (event, span) in events {
            let is_html = matches!(event, Event::Html(_) | Event::InlineHtml(_));
            // References outside of HTML are markdown's.
            if is_html && let Some(piece) = text.get(span.clone()) {
                index(piece, span.start, &mut tags);
            }
        }
        Self { document, tags }
    }

    /// Whether an author wrote any HTML into it.
    pub(in crate::check) fn has_html(&self) -> bool {
        !self.tags.is_empty()
    }

    /// The place in the document that a fault of its page comes from; none if that is
    /// somewhere else. Of an element that markdown made, it is what is around it.
    pub(in crate::check) fn find(&self, page: &Located, fault: &Fault) -> Option<Range<usize>> {
        if let Some(start) = self.start(page, &fault.hint, &fault.at) {
            return Some(fault.narrow_from(self.document.text(), start));
        }
        let (hint, at) = fault.around.as_ref()?;
        let start = self.start(page, hint, at)?;
        Some(start..start + hint.len())
    }

    /// Where in the document a tag of the page begins.
    fn start(&self, page: &Located, hint: &str, at: &Range<usize>) -> Option<usize> {
        let hint = hint.to_ascii_lowercase();
        let candidates = self.tags.get(&hint)?;
        let occurrences = page.tags.get(&hint)?;
        let within = page.text[at.clone()].find(['<', '&']);
        let at = at.start + within.unwrap_or_default();
        self.best(page, at, candidates, occurrences)
    }

    fn best(
        &self,
        page: &Located,
        at: usize,
        candidates: &[usize],
        occurrences: &[usize],
    ) -> Option<usize> {
        let text = self.document.text();
        let alike = |place: usize, occurrence: usize| alike(text, place, &page.text, occurrence);
        let rank = occurrences.partition_point(|occurrence| *occurrence < at);
        if candidates.len() * occurrences.len() > MAX_COMPARED_PAIRS {
            let all = candidates.len() == occurrences.len();
            return candidates.get(rank).copied().filter(|_| all);
        }
        let mut by_likeness: Vec<(usize, usize)> = candidates
            .iter()
            .map(|place| (alike(*place, at), *place))
            .collect();
        by_likeness.sort_by(|(a, _), (b, _)| b.cmp(a));
        for (index, (likeness, place)) in by_likeness.iter().enumerate() {
            let others = occurrences
                .iter()
                .map(|other| (alike(*place, *other), *other));
            let others: Vec<(usize, usize)> = others.collect();
            if others.iter().any(|(other, _)| other > likeness) {
                continue;
            }
            // Of places that are all the same, each is another tag's, in order.
            let same = others
                .iter()
                .filter(|(other, own)| other == likeness && *own < at);
            let tied = by_likeness[index..]
                .iter()
                .filter(|(other, _)| other == likeness);
            let tied: Vec<usize> = tied.map(|(_, place)| *place).collect();
            return tied.get(same.count().min(tied.len() - 1)).copied();
        }
        None
    }
}

impl Fault {
    /// Its place in the page itself.
    pub(in crate::check) fn narrow(&self, page: &str) -> Range<usize> {
        let at = page[self.at.clone()].find(['<', '&']).unwrap_or_default();
        self.narrow_from(page, self.at.start + at)
    }

    /// The part of a tag that is at fault, or what it begins with.
    pub(super) fn narrow_from(&self, text: &str, start: usize) -> Range<usize> {
        let end = text[start..]
            .find('>')
            .map_or(text.len(), |end| start + end);
        let whole = start..(start + self.hint.len()).min(text.len());
        if self.part.is_empty() {
            return whole;
        }
        let inside = text.get(whole.end..end).unwrap_or_default();
        let found = inside.match_indices(&self.part).find(|(at, part)| {
            let is_sign = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
            let before = inside[..*at].chars().next_back();
            let after = inside[at + part.len()..].chars().next();
            !before.is_some_and(is_sign) && !after.is_some_and(is_sign)
        });
        let place = found.map(|(at, part)| whole.end + at..whole.end + at + part.len());
        place.unwrap_or(whole)
    }
}

/// Takes note of all tags in a piece of a text.
pub(super) fn index(piece: &str, offset: usize, tags: &mut HashMap<String, Vec<usize>>) {
    for (at, sign) in piece.match_indices(['<', '&']) {
        let after = &piece[at + 1..];
        if sign == "&" {
            tags.entry("&".to_owned()).or_default().push(offset + at);
            continue;
        }
        let (slash, name) = match after.strip_prefix('/') {
            Some(name) => ("/", name),
            None => ("", after),
        };
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
        let name = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
        tags.entry(format!("<{slash}{name}"))
            .or_default()
            .push(offset + at);
    }
}

/// How many signs are the same on both sides of two places. Space and quotes do not
/// count: a page may be minified.
fn alike(text: &str, place: usize, page: &str, occurrence: usize) -> usize {
    let counts = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'');
    let text = (
        text.as_bytes().split_at(place),
        page.as_bytes().split_at(occurrence),
    );
    let ((text_before, text_after), (page_before, page_after)) = text;
    let after = text_after.iter().filter(|byte| counts(byte));
    let after = after.zip(page_after.iter().filter(|byte| counts(byte)));
    let before = text_before.iter().rev().filter(|byte| counts(byte));
    let before = before.zip(page_before.iter().rev().filter(|byte| counts(byte)));
    let same = |(a, b): &(&u8, &u8)| a == b;
    let after = after.take(MAX_SURROUNDINGS).take_while(same).count();
    after + before.take(MAX_SURROUNDINGS).take_while(same).count()
}

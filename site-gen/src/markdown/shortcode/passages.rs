//! The markdown of a document in the pieces in which a build reads it, for whoever
//! wants to say something of what is written there: calls of shortcodes are masked,
//! as they are no markdown, and the body of each is a piece by itself.

use std::ops::Range;

use pulldown_cmark::Options;

use super::{Call, Dedented, Margin, Masks, find};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::MAX_SHORTCODE_DEPTH;

/// One of these pieces.
pub(crate) struct Passage<'a> {
    document: &'a Document,
    /// Its lines, without what stands before them.
    text: Dedented<'static>,
    /// Where it begins in the text of the document.
    offset: usize,
    /// The calls in it, which are masked in its text.
    pub(crate) calls: Vec<Call>,
}

impl Passage<'_> {
    /// What markdown sees of it.
    pub(crate) fn text(&self) -> &str {
        &self.text.text
    }

    /// Whether something stands anywhere in the document.
    pub(crate) fn is_around(&self, written: &str) -> bool {
        self.document.text().contains(written)
    }

    /// Where a range of that is in the text of the document.
    pub(crate) fn original(&self, span: Range<usize>) -> Range<usize> {
        self.text.original(span.start) + self.offset..self.text.original(span.end) + self.offset
    }

    /// A fault at a range of its text.
    pub(crate) fn at(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.document.at(self.original(span), message)
    }
}

/// The pieces of a document. A body that is no markdown to its shortcode is none.
pub(crate) fn passages<'a>(
    document: &'a Document,
    options: Options,
    has_markdown: &dyn Fn(&Call) -> bool,
) -> Vec<Passage<'a>> {
    let mut passages = Vec::new();
    let mut open = vec![(0..document.text().len(), Margin::default(), 0)];
    while let Some((range, margin, depth)) = open.pop() {
        // What is wrong with calls is told by a build.
        let (calls, _) = find(document, range.clone(), &margin, options);
        let text = &document.text()[range.clone()];
        let masked = match calls.is_empty() {
            true => None,
            false => Masks::new(text, range.start, &calls).map(|(masked, _)| masked),
        };
        if depth < MAX_SHORTCODE_DEPTH {
            let bodies = calls.iter().filter(|call| has_markdown(call));
            open.extend(bodies.filter_map(|call| {
                let margin = Margin::of(document.text(), call.span.start);
                Some((call.body.clone()?, margin, depth + 1))
            }));
        }
        passages.push(Passage {
            document,
            text: Dedented::new(masked.as_deref().unwrap_or(text), &margin).into_owned(),
            offset: range.start,
            calls,
        });
    }
    passages
}

#[cfg(test)]
mod tests {
    use super::super::super::{syntax, tests::document};
    use super::*;

    #[test]
    fn bodies_are_pieces_with_places_of_their_own() {
        let text = "a {{ x(b=\"[c]\") }} d\n\n> {% y() %}\n> e\n> {{ z() }}\n> {% end %}\n\n\
            {% raw() %}\n[f]\n{% end %}\n";
        let document = document(text);
        let passages = passages(&document, syntax(), &|call| call.name != "raw");
        let names = |passage: &Passage<'_>| {
            let names = passage.calls.iter().map(|call| call.name.clone());
            names.collect::<Vec<_>>()
        };
        let [all, body] = &passages[..] else {
            panic!("{} pieces", passages.len());
        };
        assert_eq!(names(all), ["x", "y", "raw"]);
        assert_eq!(names(body), ["z"]);
        assert!(all.text().starts_with("a ") && !all.text().contains(['[', 'e', 'f']));
        assert!(body.text().starts_with("\ne\n"), "{:?}", body.text());
        let at = body.text().find('e').unwrap();
        assert_eq!(&text[body.original(at..at + 1)], "e");
        let place = body.at(at..at + 1, "").place.unwrap();
        assert_eq!((place.line, place.column), (4, 3));
    }
}

//! Markdown that a reader may miss something of: an image without a text in
//! its place (WCAG 2.2, 1.1.1).

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::markdown;

/// The images of a document that have no text.
pub(super) fn check(document: &Document) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut image = None;
    for (event, span) in Parser::new_ext(document.text(), markdown::syntax()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { .. }) => image = Some(span),
            Event::Text(_) | Event::Code(_) => image = None,
            Event::End(TagEnd::Image) => faults.extend(image.take().map(|span| {
                document
                    .at(span, "this image has no alternative text")
                    .expected("what it shows, between the brackets")
                    .suggestion(Some(
                        "an image that only decorates: `<img src=\"…\" alt=\"\">`".to_owned(),
                    ))
                    .warning()
            })),
            _ => {}
        }
    }
    faults
}

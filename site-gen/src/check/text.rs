//! Markdown that goes through a build and is not what its author meant: an image
//! without a text in its place (WCAG 2.2, 1.1.1), words behind a fence that mean
//! nothing ([`fence`]), alerts of an unknown kind ([`alert`]), footnotes and labels
//! that are not there ([`label`]).
//!
//! Each document is read once, and all of it is looked for on the way.

mod alert;
mod fence;
mod label;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{
    BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd,
};

use crate::cache::Cache;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown;
use crate::markdown_config::MarkdownConfig;
use fence::{Fence, Languages};
use label::Missing;

/// What texts are checked with.
pub(super) struct Reader<'a> {
    config: MarkdownConfig,
    languages: Languages<'a>,
}

/// What is noticed while a document is read.
struct Noticed<'a> {
    document: &'a Document,
    languages: &'a Languages<'a>,
    faults: Vec<Diagnostic>,
    /// The image that has no text so far.
    image: Option<Range<usize>>,
    /// The block of code that is being read.
    fence: Option<Fence>,
    is_in_code: bool,
    /// What a text would begin with that begins an alert.
    opening: Opening,
    missing: Vec<Missing>,
    notes: BTreeSet<String>,
}

/// How much of the beginning of a quote was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    Nothing,
    Quote,
    Paragraph,
}

impl<'a> Reader<'a> {
    pub(super) fn new(config: MarkdownConfig, cache: &'a Cache) -> Self {
        Self {
            config,
            languages: Languages::new(cache),
        }
    }

    /// What may be wrong with the text of a document.
    pub(super) fn check(&self, document: &Document) -> Vec<Diagnostic> {
        let text = document.text();
        let broken = RefCell::new(Vec::new());
        let note = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
            broken.borrow_mut().push((link.link_type, link.span));
            None
        };
        let options = markdown::options(self.config);
        let parser = Parser::new_with_broken_link_callback(text, options, Some(note));
        let definitions = parser.reference_definitions().iter();
        let labels: Vec<String> = definitions.map(|(label, _)| label.to_owned()).collect();
        let mut noticed = Noticed {
            document,
            languages: &self.languages,
            faults: Vec::new(),
            image: None,
            fence: None,
            is_in_code: false,
            opening: Opening::Nothing,
            missing: Vec::new(),
            notes: BTreeSet::new(),
        };
        for (event, span) in parser.into_offset_iter() {
            noticed.see(&event, span);
        }
        let mut missing = noticed.missing;
        let links = broken.into_inner().into_iter();
        missing.extend(links.filter_map(|(kind, span)| Missing::link(text, kind, span)));
        let notes = noticed.notes;
        let missing = missing
            .iter()
            .filter(|missing| missing.is_meant(text, &notes));
        let missing = missing.map(|missing| missing.tell(document, &labels, &notes));
        noticed.faults.extend(missing.take(MAX_DIAGNOSTICS));
        noticed.faults
    }
}

impl Noticed<'_> {
    fn see(&mut self, event: &Event<'_>, span: Range<usize>) {
        // Where each is takes a look at all of the text.
        if self.faults.len() >= MAX_DIAGNOSTICS {
            return;
        }
        let opening = std::mem::replace(&mut self.opening, Opening::Nothing);
        match event {
            Event::Start(Tag::Image { .. }) => self.image = Some(span),
            Event::End(TagEnd::Image) => self.end_image(),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.is_in_code = true;
                if let CodeBlockKind::Fenced(info) = kind {
                    self.fence = Some(Fence::new(self.document, info, span));
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                self.is_in_code = false;
                if let Some(fence) = self.fence.take() {
                    let faults = fence.check(self.document, self.languages);
                    self.faults.extend(faults);
                }
            }
            Event::Start(Tag::FootnoteDefinition(name)) => _ = self.notes.insert(name.to_string()),
            Event::Start(Tag::BlockQuote(None::<BlockQuoteKind>)) => self.opening = Opening::Quote,
            Event::Start(Tag::Paragraph) if opening == Opening::Quote => {
                self.opening = Opening::Paragraph;
            }
            Event::Text(text) if self.is_in_code => {
                if let Some(fence) = &mut self.fence {
                    fence.lines += text.matches('\n').count();
                }
            }
            Event::Text(text) => {
                // A space, of whatever kind, says nothing.
                if !text.trim().is_empty() {
                    self.image = None;
                }
                if opening == Opening::Paragraph {
                    self.faults.extend(alert::check(self.document, &span));
                }
                self.missing
                    .extend(Missing::notes(self.document.text(), span));
            }
            Event::Code(_) => self.image = None,
            _ => {}
        }
    }

    fn end_image(&mut self) {
        let fault = self.image.take().map(|span| {
            self.document
                .at(span, "this image has no alternative text")
                .expected("what it shows, between the brackets")
                .suggestion(Some(
                    "an image that only decorates: `<img src=\"…\" alt=\"\">`".to_owned(),
                ))
                .warning()
        });
        self.faults.extend(fault);
    }
}

//! Markdown that goes through a build and is not what its author meant: an image
//! without a text in its place (WCAG 2.2, 1.1.1), words behind a fence that mean
//! nothing ([`fence`]) and a fence without an end ([`fence_end`]), alerts of an unknown
//! kind ([`alert`]), footnotes and labels that are not there ([`label`]) or are there
//! for nothing ([`definition`]), addresses that lead nowhere ([`address`]), what was to
//! be a link ([`bracket`]), a table ([`table`]), a summary ([`summary`]) or a call of a
//! shortcode ([`braces`]), headings without a text, or one too many ([`heading`]), and
//! what shortcodes do nothing with ([`arguments`]). And markdown that is in HTML
//! ([`swallowed`]).
//!
//! Each document is read once, in the pieces in which a build reads it, and all of it is
//! looked for on the way.

pub(super) mod address;
mod alert;
mod arguments;
mod braces;
mod bracket;
mod definition;
mod fence;
mod fence_end;
mod heading;
mod label;
#[cfg(test)]
mod pathological;
mod summary;
mod swallowed;
mod table;

use std::cell::RefCell;
use std::ops::Range;

use pulldown_cmark::{
    BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Parser, Tag, TagEnd,
};

use crate::cache::Cache;
use crate::config::markdown::{MarkdownConfig, RawHtml};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{self, Call, Passage};
use crate::source::Source;
use crate::theme::Theme;
pub(super) use arguments::{is_misspelling, is_misspelling_told};
use braces::Within;
use definition::{Labels, Notes};
use fence::{Fence, Languages};
use heading::Titles;
use label::Missing;

/// What texts are checked with.
pub(super) struct Reader<'a> {
    config: MarkdownConfig,
    languages: Languages<'a>,
    /// For shortcodes; none if it cannot be read, which a build tells.
    theme: Option<&'a Theme>,
    names: bracket::Names,
}

/// What is noticed while a passage is read.
struct Noticed<'a> {
    passage: &'a Passage<'a>,
    reader: &'a Reader<'a>,
    faults: Vec<Diagnostic>,
    /// The image that has no text so far.
    image: Option<Range<usize>>,
    /// The block of code that is being read.
    fence: Option<Fence>,
    /// What was seen of blocks before.
    fences: fence_end::Before,
    is_in_code: bool,
    is_in_note: bool,
    /// Those of the table that is read.
    columns: usize,
    /// What a text would begin with that begins an alert.
    opening: Opening,
    missing: Vec<Missing>,
    notes: Notes,
    labels: Labels<'a>,
    /// Where a summary ends.
    marks: Vec<Range<usize>>,
}

/// How much of the beginning of a quote was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    Nothing,
    Quote,
    Paragraph,
}

impl<'a> Reader<'a> {
    /// `documents` are those that two brackets may name.
    pub(super) fn new<'d>(
        config: MarkdownConfig,
        theme: Option<&'a Theme>,
        cache: &'a Cache,
        documents: impl Iterator<Item = &'d Document>,
    ) -> Self {
        Self {
            config,
            languages: Languages::new(cache),
            theme,
            names: bracket::Names::of(documents),
        }
    }

    /// What may be wrong with the text of a document.
    pub(super) fn check(&self, document: &Document) -> Vec<Diagnostic> {
        let options = markdown::options(self.config);
        let has_markdown = |call: &Call| self.has_markdown(call);
        let passages = markdown::passages(document, options, &has_markdown);
        let mut faults = Vec::new();
        let mut marks = Vec::new();
        let mut titles = Titles::default();
        for passage in &passages {
            let room = MAX_DIAGNOSTICS.saturating_sub(faults.len());
            faults.extend(
                self.check_passage(passage, &mut marks, &mut titles)
                    .into_iter()
                    .take(room),
            );
            faults.extend(arguments::check(document, passage, |call| {
                self.template(call)
            }));
        }
        faults.extend(summary::check_all(document, marks));
        faults
    }

    /// The template of what is called.
    fn template(&self, call: &Call) -> Option<&'a Source> {
        let (name, _) = markdown::template_of_shortcode(self.theme?, &call.name)?;
        self.theme?.template(&name)
    }

    /// Whether the body of a call is markdown.
    fn has_markdown(&self, call: &Call) -> bool {
        let template = self.template(call);
        template.is_some_and(|template| markdown::template_shows(&template.text, "body"))
    }

    fn check_passage(
        &self,
        passage: &Passage<'_>,
        marks: &mut Vec<Range<usize>>,
        titles: &mut Titles,
    ) -> Vec<Diagnostic> {
        let text = passage.text();
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
            passage,
            reader: self,
            faults: Vec::new(),
            image: None,
            fence: None,
            fences: fence_end::Before::default(),
            is_in_code: false,
            is_in_note: false,
            columns: 0,
            opening: Opening::Nothing,
            missing: Vec::new(),
            notes: Notes::default(),
            labels: Labels::of(text),
            marks: Vec::new(),
        };
        for (event, span) in parser.into_offset_iter() {
            noticed.faults.extend(titles.see(passage, &event, &span));
            noticed.see(&event, span);
        }
        noticed.end(broken.into_inner(), &labels, marks)
    }
}

impl Noticed<'_> {
    fn see(&mut self, event: &Event<'_>, span: Range<usize>) {
        // Where each is takes a look at all of the text.
        if self.faults.len() >= MAX_DIAGNOSTICS {
            return;
        }
        let opening = std::mem::replace(&mut self.opening, Opening::Nothing);
        if !is_container(event) {
            self.labels.are_not_in(&span);
        }
        match event {
            Event::Start(Tag::Image {
                dest_url,
                link_type,
                ..
            }) => {
                self.address((*link_type, "image"), dest_url, &span);
                self.image = Some(span);
            }
            Event::End(TagEnd::Image) => self.end_image(),
            Event::Start(Tag::Link {
                dest_url,
                link_type,
                ..
            }) => self.address((*link_type, "link"), dest_url, &span),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.is_in_code = true;
                if let CodeBlockKind::Fenced(info) = kind {
                    self.faults.extend(self.fences.check(self.passage, &span));
                    self.fence = Some(Fence::new(self.passage, info, span));
                }
            }
            Event::End(TagEnd::CodeBlock) => self.end_code(),
            Event::Start(Tag::FootnoteDefinition(name)) => {
                self.is_in_note = true;
                self.notes.define(name, span);
            }
            Event::End(TagEnd::FootnoteDefinition) => self.is_in_note = false,
            Event::FootnoteReference(name) => self.notes.refer(name),
            Event::Start(Tag::BlockQuote(None::<BlockQuoteKind>)) => self.opening = Opening::Quote,
            Event::Start(Tag::Paragraph) => {
                if opening == Opening::Quote {
                    self.opening = Opening::Paragraph;
                }
                self.faults.extend(table::check(self.passage, &span));
            }
            Event::Start(Tag::Table(columns)) => self.columns = columns.len(),
            Event::Start(Tag::TableRow) => {
                let fault = table::check_row(self.passage, &span, self.columns);
                self.faults.extend(fault);
            }
            Event::Text(text) if self.is_in_code => {
                if let Some(fence) = &mut self.fence {
                    fence.lines += text.matches('\n').count();
                }
                self.braces(span, Within::Code);
            }
            Event::Text(text) => self.text(text, span, opening),
            Event::Start(Tag::HtmlBlock) if self.reader.config.raw_html == RawHtml::Pass => {
                self.faults.extend(swallowed::check(self.passage, &span));
            }
            Event::Code(_) => self.image = None,
            Event::Html(_) | Event::InlineHtml(_) => self.html(span),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, span: Range<usize>, opening: Opening) {
        // A space, of whatever kind, says nothing.
        if !text.trim().is_empty() {
            self.image = None;
        }
        if opening == Opening::Paragraph {
            self.faults.extend(alert::check(self.passage, &span));
        }
        self.faults.extend(summary::check_text(self.passage, &span));
        self.braces(span.clone(), Within::Text);
        self.missing
            .extend(Missing::notes(self.passage.text(), span));
    }

    fn braces(&mut self, span: Range<usize>, of: Within) {
        let theme = self.reader.theme;
        self.faults
            .extend(braces::check(self.passage, theme, span, of));
    }

    fn html(&mut self, span: Range<usize>) {
        let html = &self.passage.text()[span.clone()];
        if !markdown::is_summary_mark(html) {
            self.faults
                .extend(summary::check(self.passage, html, span.start));
        } else if !self.is_in_note {
            // Without the end of its line.
            self.marks
                .push(span.start..span.start + html.trim_end().len());
        }
    }

    fn address(&mut self, what: (LinkType, &str), address: &str, span: &Range<usize>) {
        let fault = address::check(self.passage, what, address, span);
        self.faults.extend(fault);
    }

    fn end_code(&mut self) {
        self.is_in_code = false;
        if let Some(fence) = self.fence.take() {
            let faults = fence.check(self.passage, &self.reader.languages);
            self.faults.extend(faults);
        }
    }

    fn end_image(&mut self) {
        let fault = self.image.take().map(|span| {
            self.passage
                .at(span, "this image has no alternative text")
                .expected("what it shows, between the brackets")
                .suggestion(Some(
                    "an image that only decorates: `<img src=\"…\" alt=\"\">`".to_owned(),
                ))
                .warning()
        });
        self.faults.extend(fault);
    }

    /// All faults, when there is no more to read: `broken` are the brackets that no label
    /// is defined for.
    fn end(
        self,
        broken: Vec<(LinkType, Range<usize>)>,
        labels: &[String],
        marks: &mut Vec<Range<usize>>,
    ) -> Vec<Diagnostic> {
        let (passage, mut faults, mut missing) = (self.passage, self.faults, self.missing);
        let text = passage.text();
        for (kind, span) in broken {
            if kind == LinkType::Shortcut && faults.len() < MAX_DIAGNOSTICS {
                faults.extend(bracket::check(passage, &self.reader.names, &span));
            }
            missing.extend(Missing::link(text, kind, span));
        }
        let notes = self.notes.names();
        let missing = missing
            .iter()
            .filter(|missing| missing.is_meant(text, &notes));
        let missing = missing.map(|missing| missing.tell(passage, labels, &notes));
        faults.extend(missing.take(MAX_DIAGNOSTICS));
        faults.extend(self.notes.check(passage));
        faults.extend(self.labels.check(passage));
        let own = self.marks.into_iter();
        marks.extend(own.map(|mark| passage.original(mark)));
        faults
    }
}

/// Whether an event is about what has other blocks in it, between which definitions of
/// labels can stand.
fn is_container(event: &Event<'_>) -> bool {
    let is_container = |tag: &Tag<'_>| {
        matches!(
            tag,
            Tag::BlockQuote(_)
                | Tag::List(_)
                | Tag::Item
                | Tag::FootnoteDefinition(_)
                | Tag::DefinitionList
                | Tag::DefinitionListDefinition
        )
    };
    match event {
        Event::Start(tag) => is_container(tag),
        // It has the same span as its start.
        Event::End(_) => true,
        _ => false,
    }
}

//! A part of a text: all of it, the body of a shortcode, or what a template in
//! markdown made. Each goes through all steps by itself; only its headings wait for
//! the others.

use std::cell::{Cell, OnceCell};
use std::convert::Infallible;
use std::ops::Range;

use memchr::memmem;
use pulldown_cmark::{Event, Parser, html};
use tera::{Context, Value};

use super::autolink::{self, Written};
use super::heading::{Contents, Headings};
use super::pass_html::{CONTINUE, pass_html, values};
use super::shortcode::{Dedented, Margin};
use super::{
    ANCHOR_LINK, Heading, Located, Rendered, Renderer, alert, code, diagram, external, footnote,
    heading, link, math, options, picture, raw_html, script,
};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::front_matter::AnchorLinks;
use crate::render::render_part;

/// A part of a document.
pub(super) struct Part<'a> {
    pub(super) document: &'a Document,
    pub(super) whole: &'a Whole,
    pub(super) range: Range<usize>,
    pub(super) anchor_links: AnchorLinks,
    pub(super) depth: usize,
    /// What stands before its lines.
    pub(super) margin: Margin,
    /// What becomes of its headings.
    pub(super) contents: Contents,
}

/// What is known of a document while its parts are rendered.
pub(super) struct Whole {
    /// What shortcodes see of it, once there is one.
    pub(super) described: OnceCell<(&'static str, Value)>,
    /// How much markdown shortcodes made in it so far, in bytes.
    pub(super) made: Cell<usize>,
    pub(super) headings: Headings,
}

impl Whole {
    pub(super) fn of(document: &Document) -> Self {
        Self {
            described: OnceCell::new(),
            made: Cell::new(0),
            headings: Headings::of(&document.source.text),
        }
    }
}

impl Renderer<'_> {
    /// Renders a part; what is wrong with it is in what it became.
    pub(super) fn render_part(&self, part: &Part<'_>) -> Rendered {
        let options = options(self.config);
        let mut rendered = Rendered::default();
        let (mut faults, mut of_links) = (Vec::new(), Vec::new());

        let text = &part.document.text()[part.range.clone()];
        let shortcodes = self.shortcodes(part, options, &mut rendered);
        rendered.has_shortcodes = shortcodes.is_some();
        let shown = shortcodes.as_ref();
        let text = shortcodes
            .as_ref()
            .map_or(text, |shortcodes| shortcodes.masked.as_str());
        let dedented = Dedented::new(text, &part.margin);
        let text = &*dedented.text;

        let start = part.range.start;
        let events = Parser::new_ext(text, options).into_offset_iter();
        let mut events: Vec<Located<'_>> = events
            .map(|(event, span)| (event, span.start + start..span.end + start))
            .collect();
        let written = Written {
            text,
            offset: start,
        };
        heading::attributes::read(&mut events, written, options, self.config.raw_html);
        if self.config.autolinks {
            autolink::link(&mut events, written, part.anchor_links);
        }
        dedented.restore(&mut events, start);
        script::mark(&mut events, self.config);
        rendered.words += count_words(&events);
        let close = pass_html(&mut events, self.config.raw_html, &mut rendered.anchors);
        raw_html::resolve(
            &mut events,
            part.document,
            &self.targets,
            &mut rendered.references,
            &mut of_links,
        );
        self.fences(&mut events, part, &mut rendered, &mut faults);
        self.alerts(&mut events, part.document);
        footnote::gather(&mut events, &mut rendered.anchors);
        heading::note(&mut events, part, shown);
        link::resolve(
            &mut events,
            part.document,
            &self.targets,
            &mut rendered.references,
            &mut of_links,
        );
        if self.config.math {
            math::render(&mut events, part.document, &mut faults);
        }
        external::mark(&mut events, self.external_links, self.base);
        picture::draw(&mut events, part, self, &mut rendered, &mut of_links);
        if part.depth > 0 {
            rendered.text = heading::text_inside(&events, shown);
        }
        html::push_html(
            &mut rendered.html,
            events.into_iter().map(|(event, _)| event),
        );
        if let Some(shortcodes) = shortcodes {
            faults.extend(shortcodes.insert(part.document, &mut rendered.html));
        }
        if part.depth == 0 {
            self.complete(part, &close, &mut rendered);
        }
        rendered.harmless += of_links.len();
        rendered.faults.extend(of_links);
        rendered.faults.extend(faults);
        rendered
    }

    /// What can be said of a text when it is one again. `close` ends all that is open
    /// where its summary does.
    fn complete(&self, part: &Part<'_>, close: &str, rendered: &mut Rendered) {
        let own = &mut |rendered: &mut Rendered, heading: &Heading| {
            self.anchor_link(part, heading, rendered)
        };
        part.whole.headings.settle(rendered, own);
        picture::settle(&mut rendered.html, part.whole.headings.mark());
        let end = memmem::find(rendered.html.as_bytes(), CONTINUE.as_bytes());
        rendered.summary = end.map(|at| {
            let above = footnote::without_references(&rendered.html[..at]);
            format!("{above}{close}").trim_end().to_owned()
        });
    }

    /// Where a document is served, as a URL.
    pub(super) fn url(&self, document: &Document) -> String {
        self.base.permalink(&document.path)
    }

    /// The link of a heading to itself, if the theme has a template for it.
    fn anchor_link(
        &self,
        part: &Part<'_>,
        heading: &Heading,
        rendered: &mut Rendered,
    ) -> Option<String> {
        let document = part.document;
        rendered.has_anchor_links = true;
        let theme = self.theme.filter(|theme| theme.has(ANCHOR_LINK))?;
        rendered.has_shortcodes = true;
        let Some(engine) = self.engine else {
            rendered.is_partial = true;
            return None;
        };
        let mut seen = Context::new();
        seen.insert_value("id", heading.id.as_str().into());
        seen.insert_value("level", heading.level.into());
        seen.insert_value("lang", (&*document.lang).into());
        seen.insert_value("current_path", (&*document.path).into());
        seen.insert_value("current_url", self.url(document).into());
        if let Some(config) = self.config_values.instead(&document.lang) {
            seen.insert_value("config", config);
        }
        match render_part(engine, theme, ANCHOR_LINK, seen, self.patience) {
            // The end of the template's file is no part of the heading.
            Ok(Some(html)) => {
                rendered.anchors.extend(values(&html, &["id"]));
                Some(html.trim_end().to_owned())
            }
            Ok(None) => {
                rendered.is_partial = true;
                None
            }
            Err(faults) => {
                rendered.faults.extend(faults);
                None
            }
        }
    }

    /// Alerts get their titles, in the language of the page.
    fn alerts(&self, events: &mut Vec<Located<'_>>, document: &Document) {
        let word = |key: &str, english: &str| {
            let asked = self.knowledge.word(key, &document.lang, english);
            Ok::<_, Infallible>(asked.unwrap_or_else(|_| english.to_owned()))
        };
        match alert::title(events, &word) {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// Blocks of code: those that are drawn, and the others.
    fn fences(
        &self,
        events: &mut Vec<Located<'_>>,
        part: &Part<'_>,
        rendered: &mut Rendered,
        faults: &mut Vec<Diagnostic>,
    ) {
        if self.config.diagrams {
            diagram::draw(events, part, self, rendered, faults);
        }
        if self.config.highlight_code {
            let cache = (self.studio.cache, self.keep);
            code::highlight(events, cache, &mut rendered.highlighted);
        }
    }
}

fn count_words(events: &[Located<'_>]) -> usize {
    let texts = events.iter().map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => words(text),
        _ => 0,
    });
    texts.sum()
}

/// The words of a text. Each byte of each page is looked at: where all are ASCII, that
/// needs no characters.
fn words(text: &str) -> usize {
    if !text.is_ascii() {
        return text.split_whitespace().count();
    }
    let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let (count, _) = text.bytes().fold((0, true), |(count, after_space), byte| {
        let space = is_space(byte);
        (count + usize::from(after_space && !space), space)
    });
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_what_spaces_are_between(
            ascii in "[\\x00-\\x7f]{0,40}",
            other in "[ab\u{a0}\u{2003} \\n]{0,9}",
        ) {
            for text in [ascii, other] {
                prop_assert_eq!(words(&text), text.split_whitespace().count());
            }
        }
    }
}

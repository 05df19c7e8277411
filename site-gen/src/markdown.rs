//! Step 4: markdown becomes HTML. CommonMark and what GitHub added to it, by
//! pulldown-cmark; here its events are changed on their way: headings get
//! anchors, links are resolved, code is highlighted.
//!
//! A page is parsed once and everything that depends on its text is taken from
//! that one pass: HTML, summary, table of contents, words, references.

mod code;
mod footnote;
mod heading;
mod link;

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

pub(crate) use heading::Heading;
pub(crate) use link::{Reference, Target, Targets};

use crate::cache::Cache;
use crate::config::{MarkdownConfig, RawHtml};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::front_matter::AnchorLinks;

/// What a document's text became.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) html: String,
    /// What stands above `<!-- more -->`.
    pub(crate) summary: Option<String>,
    pub(crate) headings: Vec<Heading>,
    /// Everything in it that a link can lead to.
    pub(crate) anchors: BTreeSet<String>,
    pub(crate) words: usize,
    pub(crate) references: Vec<Reference>,
}

/// Where a page that continues below its summary is marked.
const CONTINUE: &str = "<span id=\"continue-reading\"></span>";

type Located<'a> = (Event<'a>, Range<usize>);

/// Renders a document's text.
pub(crate) fn render(
    document: &Document,
    targets: &Targets,
    config: MarkdownConfig,
    anchor_links: AnchorLinks,
    cache: &Cache,
) -> Result<Rendered, Vec<Diagnostic>> {
    let mut events: Vec<Located<'_>> = Parser::new_ext(document.text(), options(config))
        .into_offset_iter()
        .collect();
    let mut rendered = Rendered::default();
    let mut faults = Vec::new();

    rendered.words = count_words(&events);
    pass_html(&mut events, config.raw_html, &mut rendered.anchors);
    if config.highlight_code {
        code::highlight(&mut events, cache);
    }
    footnote::gather(&mut events, &mut rendered.anchors);
    heading::add_anchors(&mut events, anchor_links, &mut rendered);
    link::resolve(
        &mut events,
        document,
        targets,
        &mut rendered.references,
        &mut faults,
    );
    if !faults.is_empty() {
        return Err(faults);
    }

    html::push_html(
        &mut rendered.html,
        events.into_iter().map(|(event, _)| event),
    );
    rendered.summary = rendered
        .html
        .find(CONTINUE)
        .map(|at| rendered.html[..at].to_owned());
    Ok(rendered)
}

fn options(config: MarkdownConfig) -> Options {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    options.set(Options::ENABLE_SMART_PUNCTUATION, config.smart_punctuation);
    options.set(Options::ENABLE_MATH, config.math);
    options
}

fn count_words(events: &[Located<'_>]) -> usize {
    let texts = events.iter().map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => text.split_whitespace().count(),
        _ => 0,
    });
    texts.sum()
}

/// Lets HTML through or shows it, takes note of anchors in it, and marks where
/// the summary ends.
fn pass_html(events: &mut [Located<'_>], raw_html: RawHtml, anchors: &mut BTreeSet<String>) {
    let mut depth = 0_usize;
    for (event, _) in events {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Html(text) if depth == 0 && text.trim() == "<!-- more -->" => {
                *event = Event::Html(CONTINUE.into());
            }
            Event::Html(text) | Event::InlineHtml(text) => match raw_html {
                RawHtml::Pass => anchors.extend(attributes(text, &["id", "name"])),
                RawHtml::Escape => *event = Event::Text(text.clone()),
            },
            _ => {}
        }
    }
}

/// The values of attributes in a piece of HTML. It may find too many, in text
/// that looks like an attribute, and that does no harm.
fn attributes(html: &str, names: &[&str]) -> Vec<String> {
    let mut values = Vec::new();
    for (at, _) in html.match_indices('=') {
        let name = html[..at]
            .trim_end()
            .rsplit(|c: char| c.is_whitespace() || c == '<')
            .next()
            .unwrap_or_default();
        if !names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) {
            continue;
        }
        let value = html[at + 1..].trim_start();
        let end = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
            _ => value.split(|c: char| c.is_whitespace() || c == '>').next(),
        };
        values.extend(end.filter(|value| !value.is_empty()).map(str::to_owned));
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Source;

    pub(super) fn document(text: &str) -> Document {
        let source = Source {
            file: "content/a.md".into(),
            text: text.into(),
        };
        Document {
            body: 0..text.len(),
            source,
            id: "a.md".into(),
            path: "/a/".into(),
            ..Document::implicit_root()
        }
    }

    pub(super) fn render_text(text: &str) -> Result<Rendered, Vec<Diagnostic>> {
        let config = MarkdownConfig {
            smart_punctuation: true,
            highlight_code: true,
            insert_anchor_links: AnchorLinks::None,
            raw_html: RawHtml::Pass,
            math: false,
        };
        let targets =
            Targets::for_test(&[("a.md", "/a/"), ("b.md", "/b/")], &[("p.png", "/p.png")]);
        render(
            &document(text),
            &targets,
            config,
            AnchorLinks::None,
            &Cache::default(),
        )
    }

    #[test]
    fn the_summary_ends_at_the_mark() {
        let rendered = render_text("One *two*.\n\n<!-- more -->\n\nThree").unwrap();
        assert_eq!(
            rendered.summary.as_deref(),
            Some("<p>One <em>two</em>.</p>\n")
        );
        assert!(rendered.html.contains(CONTINUE));
        assert_eq!(rendered.words, 4);
    }

    #[test]
    fn raw_html_is_searched_for_anchors() {
        let rendered = render_text("<a id=\"x\" name='y'></a>\n\n<div id=z>\n\ntext\n").unwrap();
        assert_eq!(
            rendered.anchors.into_iter().collect::<Vec<_>>(),
            ["x", "y", "z"]
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[a-z#*_`<>\\[\\]()!@/.:|{}\n\t =\"é-]{0,120}") {
            let _ = render_text(&text);
        }
    }
}

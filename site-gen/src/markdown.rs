//! Step 4: markdown becomes HTML. CommonMark and what GitHub added to it, by
//! pulldown-cmark; here its events are changed on their way: headings get
//! anchors, links are resolved, code is highlighted.
//!
//! A page is parsed once and everything that depends on its text is taken from
//! that one pass: HTML, summary, table of contents, words, references.

mod autolink;
mod code;
#[cfg(test)]
mod conformance;
mod diagram;
mod external;
mod footnote;
mod heading;
mod link;
mod math;
mod pass_html;
#[cfg(test)]
mod pathological;
mod picture;
mod raw_html;
mod script;
mod shortcode;

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, html};
use tera::{Context, Tera, Value};

pub(crate) use heading::Heading;
pub(crate) use link::{Asked, Reference, Target, Targets, take_asked};

use crate::Keep;
use crate::config_value::ConfigValues;
use crate::diagnostic::Diagnostic;
use crate::diagram::Studio;
use crate::document::Document;
use crate::front_matter::AnchorLinks;
use crate::functions::Knowledge;
use crate::markdown_config::MarkdownConfig;
use crate::progress::Listener;
use crate::render::render_part;
use crate::theme::Theme;
use crate::unsure::Unsure;
use autolink::Written;
use pass_html::{CONTINUE, attributes, pass_html};
use shortcode::{Dedented, Margin};

/// What a document's text became, for all that is right with it.
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
    /// The names that its drawings are kept by.
    pub(crate) drawings: Vec<String>,
    /// Whether templates had a part in it.
    pub(crate) has_shortcodes: bool,
    /// Whether it would be another if the theme had a template for links of headings,
    /// or had none.
    pub(crate) has_anchor_links: bool,
    /// What templates saw of the document, and under which name.
    pub(crate) described: Option<(&'static str, Value)>,
    /// Whether something is missing in it that could not be known.
    pub(crate) is_partial: bool,
    /// Whether it shows pictures that have to be made first: then it has to be
    /// rendered again.
    pub(crate) waits: bool,
    /// What is wrong with it. Then its HTML is of no use, but what it refers to
    /// can be checked.
    pub(crate) faults: Vec<Diagnostic>,
}

/// The template of the link of a heading to itself.
pub(crate) const ANCHOR_LINK: &str = "anchor-link.html";

type Located<'a> = (Event<'a>, Range<usize>);

/// What documents are rendered with.
pub(crate) struct Renderer<'a> {
    pub(crate) keep: Keep,
    pub(crate) site: &'a Path,
    /// What links to other sites do not begin with.
    pub(crate) base_url: &'a str,
    pub(crate) targets: Targets,
    /// What may be served besides.
    pub(crate) unsure: &'a Unsure,
    pub(crate) config: MarkdownConfig,
    /// What shortcodes see of the configuration.
    pub(crate) config_values: &'a ConfigValues,
    pub(crate) progress: &'a Listener,
    pub(crate) studio: Studio<'a>,
    /// What is known of pictures.
    pub(crate) knowledge: &'a Knowledge,
    /// What shortcodes see of a document, and under which name.
    pub(crate) describe: &'a (dyn Fn(&Document) -> (&'static str, Value) + Sync),
    /// For shortcodes; none if the theme is at fault, which is told elsewhere.
    pub(crate) theme: Option<&'a Theme>,
    /// Renders them; none if that, or what they may ask for, is at fault.
    pub(crate) engine: Option<&'a Tera>,
}

impl Renderer<'_> {
    /// Renders a document's text.
    pub(crate) fn render(&self, document: &Document, anchor_links: AnchorLinks) -> Rendered {
        if !self.unsure.knows_texts() {
            return Rendered {
                is_partial: true,
                ..Rendered::default()
            };
        }
        // Parsers of others meet whatever is written here; one that fails is
        // this document's fault, and not the end of `fata serve`.
        let described = OnceCell::new();
        let made = Cell::new(0);
        let render = || {
            self.render_part(&Part {
                document,
                described: &described,
                made: &made,
                range: 0..document.text().len(),
                anchor_links,
                depth: 0,
                margin: Margin::default(),
            })
        };
        let rendered = catch_unwind(AssertUnwindSafe(render));
        let mut rendered = rendered.unwrap_or_else(|_| {
            let fault = Diagnostic::new(&document.source.file, "this text cannot be read");
            let expected = "a text that does not make the generator panic; what it \
                            panicked on is told above, and is worth a report";
            Rendered {
                faults: vec![fault.expected(expected)],
                ..Rendered::default()
            }
        });
        rendered.described = described.into_inner();
        rendered
    }

    fn render_part(&self, part: &Part<'_>) -> Rendered {
        let options = options(self.config);
        let mut rendered = Rendered::default();
        let mut faults = Vec::new();

        let text = &part.document.text()[part.range.clone()];
        let shortcodes = self.shortcodes(part, options, &mut rendered);
        rendered.has_shortcodes = shortcodes.is_some();
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
            &mut faults,
        );
        self.fences(&mut events, part, &mut rendered, &mut faults);
        footnote::gather(&mut events, &mut rendered.anchors);
        let links = part.anchor_links;
        let mut mark = |rendered: &mut Rendered, heading: &Heading| {
            self.anchor_link(part.document, heading, rendered)
        };
        let shown = shortcodes.as_ref();
        heading::add_anchors(&mut events, links, shown, &mut rendered, &mut mark);
        link::resolve(
            &mut events,
            part.document,
            &self.targets,
            &mut rendered.references,
            &mut faults,
        );
        if self.config.math {
            math::render(&mut events, part.document, &mut faults);
        }
        external::mark(&mut events, self.config.external_links, self.base_url);
        picture::draw(&mut events, part, self, &mut rendered, &mut faults);
        html::push_html(
            &mut rendered.html,
            events.into_iter().map(|(event, _)| event),
        );

        if let Some(shortcodes) = shortcodes {
            faults.extend(shortcodes.insert(part.document, &mut rendered.html));
        }
        rendered.summary = rendered.html.find(CONTINUE).map(|at| {
            format!("{}{close}", &rendered.html[..at])
                .trim_end()
                .to_owned()
        });
        rendered.faults.extend(faults);
        rendered
    }

    /// The link of a heading to itself, if the theme has a template for it.
    fn anchor_link(
        &self,
        document: &Document,
        heading: &Heading,
        rendered: &mut Rendered,
    ) -> Option<String> {
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
        if let Some(config) = self.config_values.instead(&document.lang) {
            seen.insert_value("config", config);
        }
        match render_part(engine, theme, ANCHOR_LINK, &seen) {
            // The end of the template's file is no part of the heading.
            Ok(Some(html)) => {
                rendered.anchors.extend(attributes(&html, &["id"]));
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
            code::highlight(events, self.studio.cache, self.keep);
        }
    }
}

/// A part of a document: all of its text, or the body of a shortcode.
struct Part<'a> {
    document: &'a Document,
    /// What shortcodes see of the document, once there is one.
    described: &'a OnceCell<(&'static str, Value)>,
    /// How much markdown shortcodes made in the document so far, in bytes.
    made: &'a Cell<usize>,
    range: Range<usize>,
    anchor_links: AnchorLinks,
    depth: usize,
    /// What stands before its lines.
    margin: Margin,
}

/// Renders a text that is no document, as the filter `markdown` does. `address`
/// says where a link to a file, `@/FILE.md`, leads.
pub(crate) fn render_alone<E>(
    text: &str,
    config: MarkdownConfig,
    address: &dyn Fn(&str) -> Result<String, E>,
) -> Result<String, E> {
    let mut html = String::new();
    let events = Parser::new_ext(text, options(config)).into_offset_iter();
    let mut events: Vec<Located<'_>> = events.collect();
    let written = Written { text, offset: 0 };
    heading::attributes::read(&mut events, written, options(config), config.raw_html);
    if config.autolinks {
        autolink::link(&mut events, written, AnchorLinks::None);
    }
    script::mark(&mut events, config);
    math::render_alone(&mut events);
    for (event, _) in &mut events {
        if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            && dest_url.starts_with("@/")
        {
            *dest_url = address(dest_url)?.into();
        }
    }
    html::push_html(&mut html, events.into_iter().map(|(event, _)| event));
    Ok(html)
}

/// The syntax that every document has, whatever the configuration says.
pub(crate) fn syntax() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

fn options(config: MarkdownConfig) -> Options {
    let mut options = syntax();
    options.set(Options::ENABLE_SMART_PUNCTUATION, config.smart_punctuation);
    options.set(Options::ENABLE_MATH, config.math);
    options.set(Options::ENABLE_SUPERSCRIPT, config.superscript);
    options.set(Options::ENABLE_SUBSCRIPT, config.subscript);
    options
}

fn count_words(events: &[Located<'_>]) -> usize {
    let texts = events.iter().map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => text.split_whitespace().count(),
        _ => 0,
    });
    texts.sum()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::Pictures;
    use crate::cache::Cache;
    use crate::config::Config;
    use crate::picture::Gallery;
    use crate::picture_config::PictureConfig;
    use crate::sass::Compiler;
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
            ..Document::implicit_root("en", &Config::for_test())
        }
    }

    pub(super) fn config() -> MarkdownConfig {
        Config::for_test().markdown
    }

    pub(super) fn render_text(text: &str) -> Result<Rendered, Vec<Diagnostic>> {
        render_with(text, config())
    }

    pub(super) fn render_with(
        text: &str,
        config: MarkdownConfig,
    ) -> Result<Rendered, Vec<Diagnostic>> {
        render_knowing(text, config, &only_links())
    }

    pub(super) fn render_knowing(
        text: &str,
        config: MarkdownConfig,
        knowledge: &Knowledge,
    ) -> Result<Rendered, Vec<Diagnostic>> {
        let targets =
            Targets::for_test(&[("a.md", "/a/"), ("b.md", "/b/")], &[("p.png", "/p.png")]);
        render_among(&document(text), targets, config, knowledge)
    }

    /// Renders a document on a site that has these files.
    fn render_among(
        document: &Document,
        targets: Targets,
        config: MarkdownConfig,
        knowledge: &Knowledge,
    ) -> Result<Rendered, Vec<Diagnostic>> {
        let cache = Cache::default();
        let renderer = Renderer {
            keep: Keep::Everything,
            site: Path::new(""),
            base_url: "https://a.org",
            targets,
            unsure: &Unsure::default(),
            config,
            studio: Studio::new(&Compiler::Thread, &cache),
            knowledge,
            config_values: &ConfigValues::default(),
            progress: &Listener::default(),
            describe: &|_| ("page", Value::none()),
            theme: None,
            engine: None,
        };
        let rendered = renderer.render(document, AnchorLinks::None);
        match rendered.faults.is_empty() {
            true => Ok(rendered),
            false => Err(rendered.faults),
        }
    }

    /// No picture is looked into: there are none.
    fn only_links() -> Knowledge {
        let pictures = PictureConfig {
            process: false,
            figures: false,
            ..PictureConfig::default()
        };
        let gallery = Gallery::new(
            pictures,
            Pictures::Originals,
            &Arc::default(),
            HashMap::new(),
        );
        Knowledge {
            gallery,
            ..Knowledge::default()
        }
    }

    /// The HTML of a page in a folder, beside another folder.
    pub(super) fn rendered_at(id: &str, text: &str) -> String {
        let document = Document {
            source: Source {
                file: format!("content/{id}").into(),
                text: text.into(),
            },
            id: id.into(),
            path: "/My%20Notes/first/".into(),
            ..document(text)
        };
        let documents = [
            ("My Notes/First.md", "/My%20Notes/first/"),
            ("My Notes/Second/index.md", "/My%20Notes/second/"),
            ("Recipes/_index.md", "/Recipes/"),
        ];
        let files = [("My Notes/img/pic.png", "/My%20Notes/img/pic.png")];
        let targets = Targets::for_test(&documents, &files);
        let rendered = render_among(&document, targets, config(), &only_links());
        rendered.unwrap().html
    }

    #[test]
    fn the_summary_ends_at_the_mark() {
        let rendered = render_text("One *two*.\n\n<!-- more -->\n\nThree").unwrap();
        assert_eq!(
            rendered.summary.as_deref(),
            Some("<p>One <em>two</em>.</p>")
        );
        assert!(rendered.html.contains(CONTINUE));
        assert_eq!(rendered.words, 4);
    }

    #[test]
    fn the_summary_may_end_inside_of_something() {
        for (text, summary) in [
            ("Summary.<!-- more --> More.", "<p>Summary.</p>"),
            ("A *b<!--more--> c*", "<p>A <em>b</em></p>"),
            (
                "- a\n- b <!-- more -->\n- c",
                "<ul>\n<li>a</li>\n<li>b </li>\n</ul>",
            ),
            (
                "> a\n>\n> <!-- more -->\n> b",
                "<blockquote>\n<p>a</p>\n</blockquote>",
            ),
        ] {
            let rendered = render_text(text).unwrap();
            assert_eq!(rendered.summary.as_deref(), Some(summary), "{text}");
            assert_eq!(rendered.html.matches(CONTINUE).count(), 1);
        }
        assert!(
            render_text("`<!-- more -->` <!-- no more -->")
                .unwrap()
                .summary
                .is_none()
        );
    }

    /// Nothing is known that makes a dependency panic; a document whose text is
    /// not where it should be does.
    #[test]
    fn a_panic_is_a_fault_of_its_document() {
        let mut document = document("[x](@/c.md)");
        document.source.text.clear();
        let targets = Targets::for_test(&[], &[]);
        let faults = render_among(&document, targets, config(), &only_links()).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].file.to_str(), Some("content/a.md"));
    }

    #[test]
    fn raw_html_is_searched_for_anchors() {
        let text = "<a id=\"x\" name='y'></a>\n\n<div class=w id=z data-u=\"id=v\">\n\ntext\n";
        let rendered = render_text(text).unwrap();
        let anchors: Vec<_> = rendered.anchors.into_iter().collect();
        assert_eq!(anchors, ["x", "y", "z"]);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[a-z#*_`<>\\[\\]()!@/.:|{}%,\n\t =\"é-]{0,120}") {
            let _ = render_text(&text);
        }
    }
}

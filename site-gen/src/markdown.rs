//! Step 4: markdown becomes HTML. CommonMark and what GitHub added to it, by
//! pulldown-cmark; here its events are changed on their way: headings get
//! anchors, links are resolved, code is highlighted.
//!
//! A page is parsed once and everything that depends on its text is taken from
//! that one pass: HTML, summary, table of contents, words, references.

mod alert;
mod alone;
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
mod part;
mod pass_html;
#[cfg(test)]
mod pathological;
mod picture;
mod raw_html;
mod script;
pub(crate) mod script_address;
mod shortcode;

use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use pulldown_cmark::{Event, Options};
use tera::{Tera, Value};

pub(crate) use crate::site_layout::ANCHOR_LINK;
pub(crate) use alone::render_alone;
pub(crate) use code::{
    KEYS as FENCE_KEYS, first_line as fence_first_line, range as fence_range, words as fence_words,
};
pub(crate) use heading::Heading;
pub(crate) use link::{
    Asked, NO_DRAFT, Reference, Target, Targets, is_draft, of_draft, take_asked,
};
pub(crate) use pass_html::is_summary_mark;
pub(crate) use shortcode::{
    Call, Passage, passages, shortcode_names, template_of_shortcode, template_shows,
};

use crate::Keep;
use crate::cache::Highlighted;
use crate::config::base_url::BaseUrl;
use crate::config::markdown::{ExternalLinks, MarkdownConfig};
use crate::config::value::ConfigValues;
use crate::diagnostic::Diagnostic;
use crate::diagram::Studio;
use crate::document::Document;
use crate::document::front_matter::AnchorLinks;
use crate::faults::unsure::Unsure;
use crate::functions::Knowledge;
use crate::progress::Listener;
use crate::render::Patience;
use crate::theme::Theme;
use heading::Contents;
use part::{Part, Whole};
use shortcode::Margin;

/// What a document's text became, for all that is right with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) html: String,
    /// The text of a part, if that can stand in the middle of another.
    pub(crate) text: String,
    /// What stands above `<!-- more -->`.
    pub(crate) summary: Option<String>,
    pub(crate) headings: Vec<Heading>,
    /// Everything in it that a link can lead to.
    pub(crate) anchors: BTreeSet<String>,
    pub(crate) words: usize,
    pub(crate) references: Vec<Reference>,
    /// The names that its drawings are kept by.
    pub(crate) drawings: Vec<String>,
    /// Its highlighted code, which the cache keeps for as long as somebody holds it.
    pub(crate) highlighted: Vec<Highlighted>,
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
    /// How many of these are of links and pictures: all else is as it will be when they
    /// are mended.
    pub(crate) harmless: usize,
}

impl Rendered {
    /// Whether it may have anchors besides, once it has no faults.
    pub(crate) fn may_have_anchors(&self) -> bool {
        self.is_partial || self.faults.len() > self.harmless
    }
}

type Located<'a> = (Event<'a>, Range<usize>);

/// What documents are rendered with.
pub(crate) struct Renderer<'a> {
    pub(crate) keep: Keep,
    pub(crate) site: &'a Path,
    /// Where the site is.
    pub(crate) base: &'a BaseUrl,
    pub(crate) targets: Targets,
    /// What may be served besides.
    pub(crate) unsure: &'a Unsure,
    pub(crate) config: MarkdownConfig,
    pub(crate) external_links: &'a ExternalLinks,
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
    pub(crate) engine: Option<&'a Arc<Tera>>,
    /// How long each of them may take.
    pub(crate) patience: &'a Patience,
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
        let whole = Whole::of(document);
        let render = || {
            self.render_part(&Part {
                document,
                whole: &whole,
                range: 0..document.text().len(),
                anchor_links,
                depth: 0,
                margin: Margin::default(),
                contents: Contents::Listed,
            })
        };
        let mut rendered = guarded(document, render).unwrap_or_else(|fault| Rendered {
            faults: vec![fault],
            ..Rendered::default()
        });
        rendered.described = whole.described.into_inner();
        rendered
    }
}

/// What is said of a text that nobody can read.
const UNREADABLE: &str = "this text cannot be read";

/// Reads the text of a document. Parsers of others meet whatever is written there;
/// one that panics is this document's fault, and not the end of `fata serve`.
pub(crate) fn guarded<T>(document: &Document, read: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| {
        let fault = Diagnostic::new(&document.source.file, UNREADABLE);
        fault.expected(
            "a text that does not make the generator panic; what it panicked on is told \
             above, and is worth a report",
        )
    })
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

pub(crate) fn options(config: MarkdownConfig) -> Options {
    let mut options = syntax();
    options.set(Options::ENABLE_SMART_PUNCTUATION, config.smart_punctuation);
    options.set(Options::ENABLE_MATH, config.math);
    options.set(Options::ENABLE_SUPERSCRIPT, config.superscript);
    options.set(Options::ENABLE_SUBSCRIPT, config.subscript);
    options
}

#[cfg(test)]
mod tests;

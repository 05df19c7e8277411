//! What a document's text became, as it is kept and as templates see it.

use tera::Value;

use crate::diagram::Studio;
use crate::functions::calls::CallId;
use crate::markdown::{Asked, Reference, Rendered, Target, take_asked};
use crate::output::feed::Whole;
use crate::values::table_of_contents;

/// What a document's text became.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// HTML, as templates see it.
    pub(crate) html: Value,
    /// What stands above `<!-- more -->`; or none.
    pub(crate) summary: Value,
    /// The table of contents, as templates see it.
    pub(crate) toc: Value,
    /// Everything in it that a link can lead to, sorted.
    pub(crate) anchors: Box<[String]>,
    pub(crate) words: usize,
    pub(crate) references: Box<[Reference]>,
    /// What these asked when they were resolved.
    pub(super) asked: Box<[Asked]>,
    /// Whether any of them is to a path.
    pub(crate) names_paths: bool,
    /// Whether something is missing in it, because of what is wrong with it or
    /// with what it is made of.
    pub(super) is_partial: bool,
    /// Whether that may be something with an anchor.
    pub(super) may_have_anchors: bool,
    /// What its shortcodes asked.
    pub(crate) calls: Vec<CallId>,
    pub(super) has_shortcodes: bool,
    pub(super) has_anchor_links: bool,
    /// What templates saw of the document, and under which name.
    pub(super) described: Option<(&'static str, Value)>,
    /// The names that its drawings are kept by.
    pub(super) drawings: Box<[String]>,
    /// Its page, as feeds show it.
    pub(crate) whole: Whole,
    /// Whether it has to be rendered again when pictures are made.
    pub(super) waits: bool,
}

impl Text {
    pub(super) fn new(mut rendered: Rendered, calls: Vec<CallId>, permalink: &str) -> Self {
        Self {
            may_have_anchors: rendered.may_have_anchors(),
            asked: take_asked(&mut rendered.references),
            html: Value::safe_string(&rendered.html),
            summary: rendered
                .summary
                .as_deref()
                .map_or_else(Value::none, Value::safe_string),
            toc: table_of_contents(&rendered.headings, permalink),
            anchors: rendered.anchors.into_iter().collect(),
            words: rendered.words,
            names_paths: rendered
                .references
                .iter()
                .any(|reference| matches!(reference.target, Target::Path(_))),
            references: rendered.references.into(),
            is_partial: rendered.is_partial || !rendered.faults.is_empty(),
            calls,
            has_shortcodes: rendered.has_shortcodes,
            has_anchor_links: rendered.has_anchor_links,
            described: rendered.described,
            drawings: rendered.drawings.into(),
            whole: Whole::default(),
            waits: rendered.waits,
        }
    }

    /// Whether it may have anchors that are not known.
    pub(crate) fn may_have_anchors(&self) -> bool {
        self.may_have_anchors
    }

    /// Whether a link may lead there, for all that is known.
    pub(crate) fn has_anchor(&self, anchor: &str) -> bool {
        let found = self
            .anchors
            .binary_search_by(|own| own.as_str().cmp(anchor));
        self.may_have_anchors || found.is_ok()
    }

    /// Says that all is used that it was made with, though it is not made again.
    pub(super) fn keep(&self, studio: &Studio<'_>) {
        studio.keep(&self.drawings);
    }

    /// Whether its shortcodes, if it has some, saw this of the document.
    pub(super) fn is_described_by(&self, describe: impl FnOnce() -> (&'static str, Value)) -> bool {
        let seen = self.described.as_ref();
        seen.is_none_or(|seen| *seen == describe())
    }
}

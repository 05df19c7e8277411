//! The table `[markdown]` of `content/site.toml`: how text is read.

use crate::data::Fields;
use crate::document::front_matter::AnchorLinks;
use crate::source::Source;

/// How text is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarkdownConfig {
    pub(crate) smart_punctuation: bool,
    pub(crate) highlight_code: bool,
    pub(crate) insert_anchor_links: AnchorLinks,
    pub(crate) raw_html: RawHtml,
    /// Whether bare addresses are links.
    pub(crate) autolinks: bool,
    /// Whether `^x^` is raised.
    pub(crate) superscript: bool,
    /// Whether `~x~` is lowered, and not struck out.
    pub(crate) subscript: bool,
    /// Whether Mermaid's language is drawn.
    pub(crate) diagrams: bool,
    /// Whether `$x$` is a formula.
    pub(crate) math: bool,
}

/// What links to other sites say besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExternalLinks {
    /// For style.
    pub(crate) class: Option<String>,
    pub(crate) target_blank: bool,
    pub(crate) no_follow: bool,
    pub(crate) no_referrer: bool,
}

/// What happens to HTML in markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawHtml {
    /// It is part of the page.
    Pass,
    /// It is shown as text.
    Escape,
}

const THEME_COLOURS: &str =
    "colours in the theme's style sheet: code has classes, and no colours of its own";

/// Keys of Zola's that mean nothing here.
const NOT_HERE: [(&str, &str); 7] = [
    ("highlight_theme", THEME_COLOURS),
    ("highlight_themes_css", THEME_COLOURS),
    (
        "highlighting",
        "`highlight_code = true` or `false`; colours are those of the theme's style sheet",
    ),
    (
        "extra_syntaxes_and_themes",
        "a language that is known: others are shown plain",
    ),
    (
        "extra_syntaxes",
        "a language that is known: others are shown plain",
    ),
    (
        "lazy_async_image",
        "`[images]` with `process = true`: pictures are loaded when they are seen, then",
    ),
    ("render_emoji", "the character itself in the text, as in 🎉"),
];

/// Keys that say what is a link or a formula, and what an anchor.
const DECIDING: [&str; 6] = [
    "raw_html",
    "autolinks",
    "superscript",
    "subscript",
    "diagrams",
    "math",
];

impl MarkdownConfig {
    /// Reads the table.
    pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> (Self, ExternalLinks) {
        let mut markdown = Fields::new(source, fields.table("markdown"));
        let config = Self {
            smart_punctuation: markdown.boolean("smart_punctuation").unwrap_or(true),
            highlight_code: markdown.boolean("highlight_code").unwrap_or(true),
            insert_anchor_links: markdown
                .choice("insert_anchor_links", &AnchorLinks::CHOICES)
                .unwrap_or_default(),
            raw_html: markdown
                .choice(
                    "raw_html",
                    &[("pass", RawHtml::Pass), ("escape", RawHtml::Escape)],
                )
                .unwrap_or(RawHtml::Pass),
            autolinks: markdown.boolean("autolinks").unwrap_or(true),
            superscript: markdown.boolean("superscript").unwrap_or_default(),
            subscript: markdown.boolean("subscript").unwrap_or_default(),
            diagrams: markdown.boolean("diagrams").unwrap_or(true),
            math: markdown.boolean("math").unwrap_or_default(),
        };
        let links = ExternalLinks::read(&mut markdown);
        markdown.always("bottom_footnotes", "footnotes stand below the text");
        markdown.always("definition_list", "definition lists are read");
        markdown.always("github_alerts", "remarks as `> [!NOTE]` are read");
        markdown.refuse_keys(&NOT_HERE);
        let is_decided = !markdown.is_in_doubt(&DECIDING);
        for fault in markdown.finish("[markdown]") {
            match is_decided {
                true => fields.remark(fault),
                false => fields.fault(fault),
            }
        }
        (config, links)
    }
}

impl ExternalLinks {
    fn read(markdown: &mut Fields<'_>) -> Self {
        let mut asked = |name| markdown.boolean(name).unwrap_or_default();
        let target_blank = asked("external_links_target_blank");
        let no_follow = asked("external_links_no_follow");
        let no_referrer = asked("external_links_no_referrer");
        Self {
            class: markdown.string("external_links_class"),
            target_blank,
            no_follow,
            no_referrer,
        }
    }
}

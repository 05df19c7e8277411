//! `[markup]` of Hugo's configuration: how texts are read. What has a key of
//! its own here gets it; what is done to the texts themselves is in
//! [`markdown`](super::markdown); all else is told.

use std::path::Path;

use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::config::Config;
use super::data::{get, get_boolean, line_of, text, texts};
use super::document::Document;
use super::hooks::Hooks;
use super::library::Library;
use super::theme::Texts;
use super::toml::Toml;

/// What is done: written into `[markdown]`, or to the texts.
const DONE: [&str; 40] = [
    "goldmark.extensions.cjk.eastasianlinebreaks",
    "goldmark.extensions.cjk.eastasianlinebreaksstyle",
    "goldmark.extensions.cjk.enable",
    "goldmark.extensions.definitionlist",
    "goldmark.extensions.extras.delete.enable",
    "goldmark.extensions.extras.insert.enable",
    "goldmark.extensions.extras.mark.enable",
    "goldmark.extensions.extras.subscript.enable",
    "goldmark.extensions.extras.superscript.enable",
    "goldmark.extensions.footnote",
    "goldmark.extensions.footnote.enable",
    "goldmark.extensions.linkify",
    "goldmark.extensions.linkifyprotocol",
    "goldmark.extensions.passthrough.delimiters.block",
    "goldmark.extensions.passthrough.delimiters.inline",
    "goldmark.extensions.passthrough.enable",
    "goldmark.extensions.strikethrough",
    "goldmark.extensions.table",
    "goldmark.extensions.tasklist",
    "goldmark.extensions.typographer",
    "goldmark.extensions.typographer.apostrophe",
    "goldmark.extensions.typographer.disable",
    "goldmark.extensions.typographer.ellipsis",
    "goldmark.extensions.typographer.emdash",
    "goldmark.extensions.typographer.endash",
    "goldmark.extensions.typographer.leftanglequote",
    "goldmark.extensions.typographer.leftdoublequote",
    "goldmark.extensions.typographer.leftsinglequote",
    "goldmark.extensions.typographer.rightanglequote",
    "goldmark.extensions.typographer.rightdoublequote",
    "goldmark.extensions.typographer.rightsinglequote",
    "goldmark.parser.attribute.block",
    "goldmark.parser.attribute.title",
    "goldmark.renderer.hardwraps",
    "goldmark.renderer.unsafe",
    "goldmark.renderhooks.link.enabledefault",
    "goldmark.renderhooks.link.useembedded",
    "highlight.codefences",
    "highlight.linenos",
    "highlight.linenostart",
];

/// What Hugo does unless it is told otherwise, or what a key that is read says,
/// and what is so here, too.
const USUAL: [(&str, &str); 21] = [
    ("defaultmarkdownhandler", "goldmark"),
    ("goldmark.duplicateresourcefiles", "false"),
    ("goldmark.extensions.cjk.escapedspace", "false"),
    ("goldmark.parser.autoheadingid", "true"),
    ("goldmark.parser.autodefinitiontermid", "false"),
    ("goldmark.parser.autoidtype", "blackfriday"),
    ("goldmark.parser.autoidtype", "github"),
    ("goldmark.parser.autoidtype", "github-ascii"),
    ("goldmark.parser.autoheadingidtype", "blackfriday"),
    ("goldmark.parser.autoheadingidtype", "github"),
    ("goldmark.parser.autoheadingidtype", "github-ascii"),
    ("goldmark.parser.wrapstandaloneimagewithinparagraph", "true"),
    ("goldmark.renderer.xhtml", "false"),
    ("highlight.anchorlinenos", "false"),
    ("highlight.guesssyntax", "false"),
    ("highlight.linenumbersintable", "true"),
    ("highlight.noclasses", "false"),
    ("highlight.nohl", "false"),
    ("highlight.nohl", "true"),
    ("highlight.hl_lines", ""),
    ("tableofcontents.ordered", "false"),
];

/// What to do about others, by what their names begin with.
const ADVICE: [(&str, &str); 26] = [
    (
        "defaultmarkdownhandler",
        "all texts are markdown, as CommonMark says",
    ),
    (
        "goldmark.duplicateresourcefiles",
        "files of a bundle are served once",
    ),
    (
        "goldmark.extensions.cjk.eastasianlinebreaksstyle",
        "ends of lines are no spaces between two wide characters, as in `simple`",
    ),
    (
        "goldmark.extensions.cjk.escapedspace",
        "take the backslash and the space behind it out of the texts",
    ),
    (
        "goldmark.extensions.footnote.",
        "the theme's style sheet draws the marks of footnotes; links to a footnote by its old name may be dead",
    ),
    (
        "goldmark.extensions.passthrough.",
        "only `$`, `$$`, `\\(` and `\\[` are formulas; write one of these around the others",
    ),
    (
        "goldmark.extensions.linkifyprotocol",
        "an address without a scheme is one with `http`",
    ),
    (
        "goldmark.extensions.",
        "left out; texts that were written for it are shown otherwise now",
    ),
    ("goldmark.parser.autoheadingid", "all headings have anchors"),
    (
        "goldmark.parser.autoidtype",
        "anchors are those of `github`; links to others may be dead",
    ),
    (
        "goldmark.parser.autodefinitiontermid",
        "terms of definition lists have no anchors; write `<a id=\"…\"></a>` where a link leads",
    ),
    (
        "goldmark.parser.wrapstandalone",
        "a picture by itself stands in a paragraph, or, with a title, in a `figure`",
    ),
    ("goldmark.renderer.xhtml", "pages are HTML"),
    (
        "goldmark.renderhooks.image",
        "left out; a picture is markdown's, and found beside its page",
    ),
    (
        "goldmark.renderhooks.",
        "left out; links and pictures are markdown's",
    ),
    (
        "highlight.anchorlinenos",
        "left out; lines of code have no anchors",
    ),
    (
        "highlight.guesssyntax",
        "left out; write the language behind the fence",
    ),
    (
        "highlight.hl_lines",
        "left out; `hl_lines` stands behind the fence of each block",
    ),
    (
        "highlight.lineanchors",
        "left out; lines of code have no anchors",
    ),
    (
        "highlight.linenumbersintable",
        "numbers stand in front of each line, drawn by the theme's style sheet",
    ),
    (
        "highlight.noclasses",
        "code has classes; its colours are in the theme's style sheet",
    ),
    (
        "highlight.style",
        "left out; colours of code are in the theme's style sheet",
    ),
    (
        "highlight.tabwidth",
        "left out; `pre { tab-size: … }` in the theme's style sheet does it",
    ),
    (
        "highlight.wrapperclass",
        "left out; code is in a `pre`, by which a style sheet finds it",
    ),
    ("highlight.", "left out"),
    (
        "tableofcontents.",
        "left out; a template draws `page.toc`, to the depth that it likes",
    ),
];

/// Tells, by line, what of a table of markup is no more.
pub(super) fn tell(markup: &Table, place: (&Path, &str), report: &mut Report) {
    tell_table(markup, "", place, report);
}

fn tell_table(table: &Table, inside: &str, place: (&Path, &str), report: &mut Report) {
    for (key, node) in table {
        let path = format!("{inside}{}", key.name.to_lowercase());
        if let Data::Table(inner) = &node.value {
            tell_table(inner, &format!("{path}."), place, report);
            continue;
        }
        let value = text(&node.value).unwrap_or_default();
        let is_usual = USUAL.contains(&(path.as_str(), value.as_str()));
        let is_off = value == "false" && path.ends_with(".enable") && is_optional(&path);
        if is_off || is_usual || (DONE.contains(&path.as_str()) && is_done(&path, &node.value)) {
            continue;
        }
        let advice = ADVICE.iter().find(|(start, _)| path.starts_with(start));
        let advice = advice.map_or("left out", |(_, advice)| advice);
        let shown = match texts(&node.value).join(", ") {
            shown if shown.is_empty() => format!("`markup.{path}`"),
            shown => format!("`markup.{path}` = {shown}"),
        };
        let what = format!("{shown} has no meaning here");
        let line = line_of(place.1, key.span.start);
        report.note(Topic::Configuration, place.0, line, what, advice);
    }
}

/// Extensions that are off unless they are asked for.
fn is_optional(path: &str) -> bool {
    ["goldmark.extensions.cjk.", "goldmark.extensions.extras."]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Whether a value of a key that is read is one that can be had.
fn is_done(path: &str, value: &Data) -> bool {
    match path {
        "goldmark.extensions.cjk.eastasianlinebreaksstyle" => {
            text(value).as_deref() == Some("simple")
        }
        "goldmark.extensions.linkifyprotocol" => {
            matches!(text(value).as_deref(), Some("https" | "http"))
        }
        _ if path.contains(".delimiters.") => pairs(value)
            .iter()
            .all(|(open, close)| as_dollars(open, close).is_some()),
        _ => true,
    }
}

/// The marks around formulas.
fn pairs(value: &Data) -> Vec<(String, String)> {
    let Data::Array(items) = value else {
        return Vec::new();
    };
    let pairs = items
        .iter()
        .map(|item| match texts(&item.value).as_slice() {
            [open, close] => (open.clone(), close.clone()),
            _ => (String::new(), String::new()),
        });
    pairs.collect()
}

/// What marks of formulas are here.
fn as_dollars(open: &str, close: &str) -> Option<&'static str> {
    match (open, close) {
        ("\\(", "\\)") | ("$", "$") => Some("$"),
        ("\\[", "\\]") | ("$$", "$$") => Some("$$"),
        _ => None,
    }
}

/// How formulas are marked in the old site's texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Formulas {
    /// Marks that are to become dollars: open, close, and the dollars.
    pub(super) marks: Vec<(String, String, &'static str)>,
    /// Whether one dollar is a mark, and not only money.
    pub(super) dollars: bool,
}

/// How formulas are marked, if there are any.
pub(super) fn formulas(config: &Config) -> Option<Formulas> {
    let key = "markup.goldmark.extensions.passthrough";
    if !is_on(config, &format!("{key}.enable")) {
        return None;
    }
    let mut formulas = Formulas::default();
    for kind in ["block", "inline"] {
        let value = get(&config.root, &format!("{key}.delimiters.{kind}"));
        for (open, close) in value.map(pairs).unwrap_or_default() {
            formulas.dollars |= open == "$";
            if let Some(dollars) = as_dollars(&open, &close).filter(|own| *own != open) {
                formulas.marks.push((open, close, dollars));
            }
        }
    }
    Some(formulas)
}

/// How many tildes around words do not strike them out.
pub(super) fn plain_tildes(config: &Config) -> &'static [usize] {
    let extensions = "markup.goldmark.extensions";
    let lowers = is_on(config, &format!("{extensions}.extras.subscript.enable"));
    let deletes = is_on(config, &format!("{extensions}.extras.delete.enable"));
    match has_strikethrough(config) {
        true => &[],
        false if deletes && lowers => &[],
        false if deletes => &[1],
        false if lowers => &[2],
        false => &[1, 2],
    }
}

/// Whether addresses in texts are links.
pub(super) fn has_links(config: &Config) -> bool {
    !is_off(config, "markup.goldmark.extensions.linkify")
}

/// Whether tildes strike out.
pub(super) fn has_strikethrough(config: &Config) -> bool {
    !is_off(config, "markup.goldmark.extensions.strikethrough")
}

/// Whether an address without a scheme is one with `https`.
pub(super) fn has_secure_links(config: &Config) -> bool {
    let extensions = "markup.goldmark.extensions";
    let protocol = get(&config.root, &format!("{extensions}.linkifyProtocol")).and_then(text);
    !is_off(config, &format!("{extensions}.linkify"))
        && protocol.is_none_or(|protocol| protocol == "https")
}

pub(super) fn is_on(config: &Config, key: &str) -> bool {
    get_boolean(&config.root, key) == Some(true)
}

fn is_off(config: &Config, key: &str) -> bool {
    get_boolean(&config.root, key) == Some(false)
}

/// Whether HTML is to be left out, in writing, and no page is written in it.
pub(super) fn escapes_html(config: &Config, has_html_pages: HtmlPages) -> bool {
    has_html_pages == HtmlPages::None && is_off(config, "markup.goldmark.renderer.unsafe")
}

/// Whether there is HTML in texts that is part of them, whatever is said of it:
/// there are pages that are written in it, or shortcodes of which only what
/// they print is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HtmlPages {
    None,
    Some,
}

impl HtmlPages {
    pub(super) fn of(config: &Config, library: &Library, texts: &Texts) -> Self {
        let in_html = |document: &Document| {
            let extension = document.file.extension();
            extension.is_some_and(|extension| extension == "html" || extension == "htm")
        };
        let is_printed = texts.translate(config).len() < texts.shortcodes.len();
        match is_printed || library.documents.iter().any(in_html) {
            true => Self::Some,
            false => Self::None,
        }
    }
}

/// The keys of `[markdown]` that say the same.
pub(super) fn write(config: &Config, pages: HtmlPages, hooks: &Hooks, markdown: &mut Toml) {
    hooks.write(markdown);
    let extensions = "markup.goldmark.extensions";
    if escapes_html(config, pages) {
        markdown.text("raw_html", "escape");
    }
    if is_off(config, &format!("{extensions}.linkify")) {
        markdown.raw("autolinks", "false");
    }
    let no_colours = is_on(config, "markup.highlight.noHl");
    if no_colours || is_off(config, "markup.highlight.codeFences") {
        markdown.raw("highlight_code", "false");
    }
    for key in ["superscript", "subscript"] {
        // Of tildes, those that strike out come first.
        let is_free = key == "superscript" || !has_strikethrough(config);
        if is_free && is_on(config, &format!("{extensions}.extras.{key}.enable")) {
            markdown.raw(key, "true");
        }
    }
    if hooks.formulas || is_on(config, &format!("{extensions}.passthrough.enable")) {
        markdown.raw("math", "true");
    }
}

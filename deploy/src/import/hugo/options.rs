//! How the old site read its markdown: what the options of its configuration
//! mean for a text.

use std::collections::{BTreeMap, BTreeSet};

use super::anchor::Anchors;
use super::config::Config;
use super::data::{get_boolean, get_integer, get_text};
use super::hooks::Hooks;
use super::markup::{self, Formulas, HtmlPages};
use super::site;

/// How a text was read.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    /// Whether quotes and dashes are made pretty.
    pub(super) typographer: bool,
    /// What stands for quotes and dashes, where that is not the usual sign.
    pub(super) signs: BTreeMap<Sign, String>,
    /// Whether a line of attributes may stand below a block.
    pub(super) block_attributes: bool,
    /// Whether words such as `:smile:` are pictures.
    pub(super) emoji: bool,
    pub(super) html: Html,
    /// Whether the end of a line is one on the page.
    pub(super) hard_wraps: bool,
    /// Whether it is nothing between two characters that are as wide as high.
    pub(super) joined_lines: bool,
    /// Whether one tilde on each side of words strikes them out.
    pub(super) strikes: bool,
    /// How many tildes around words did not strike them out, but do here.
    pub(super) plain_tildes: &'static [usize],
    /// What was no markup, but is here.
    pub(super) off: BTreeSet<Extension>,
    /// Marks of two signs around words, and the element that they made of them.
    pub(super) marks: Vec<(char, &'static str)>,
    pub(super) anchors: Anchors,
    /// The number of the first line of code, if all code had numbers.
    pub(super) line_numbers: Option<i64>,
    /// Whether addresses in texts are links.
    pub(super) links: bool,
    /// Whether `www.` begins an address with `https`.
    pub(super) secure_links: bool,
    pub(super) formulas: Option<Formulas>,
    pub(super) hooks: Hooks,
}

/// What becomes of HTML in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    /// It is part of the page.
    Part,
    /// Hugo left it out, and here it is shown.
    Escaped,
    /// Hugo left it out, and here it is part of the page.
    LeftOut,
}

/// Markup that is always read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extension {
    Table,
    TaskList,
    Footnote,
    DefinitionList,
    /// `{#id}` behind a heading.
    HeadingAttributes,
}

/// Signs that are made of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Apostrophe,
    Ellipsis,
    EmDash,
    EnDash,
    LeftAngleQuote,
    LeftDoubleQuote,
    LeftSingleQuote,
    RightAngleQuote,
    RightDoubleQuote,
    RightSingleQuote,
}

impl Sign {
    /// By the names that they have in the configuration.
    const NAMED: [(&'static str, Self); 10] = [
        ("apostrophe", Self::Apostrophe),
        ("ellipsis", Self::Ellipsis),
        ("emDash", Self::EmDash),
        ("enDash", Self::EnDash),
        ("leftAngleQuote", Self::LeftAngleQuote),
        ("leftDoubleQuote", Self::LeftDoubleQuote),
        ("leftSingleQuote", Self::LeftSingleQuote),
        ("rightAngleQuote", Self::RightAngleQuote),
        ("rightDoubleQuote", Self::RightDoubleQuote),
        ("rightSingleQuote", Self::RightSingleQuote),
    ];
}

impl Dialect {
    /// What the configuration says.
    pub(super) fn of(config: &Config, pages: HtmlPages, hooks: Hooks) -> Self {
        let goldmark = |key: &str| format!("markup.goldmark.{key}");
        let is_on = |key: &str| markup::is_on(config, &goldmark(key));
        Self {
            typographer: site::has_typographer(config),
            signs: Sign::NAMED
                .iter()
                .filter_map(|(name, sign)| {
                    let key = goldmark(&format!("extensions.typographer.{name}"));
                    Some((*sign, get_text(&config.root, &key)?))
                })
                .collect(),
            block_attributes: is_on("parser.attribute.block"),
            emoji: markup::is_on(config, "enableEmoji"),
            html: match is_on("renderer.unsafe") {
                true => Html::Part,
                false if markup::escapes_html(config, pages) => Html::Escaped,
                false => Html::LeftOut,
            },
            hard_wraps: is_on("renderer.hardWraps"),
            joined_lines: !is_on("renderer.hardWraps")
                && is_on("extensions.cjk.enable")
                && is_on("extensions.cjk.eastAsianLineBreaks"),
            strikes: markup::has_strikethrough(config),
            plain_tildes: markup::plain_tildes(config),
            off: switched_off(config),
            marks: [('+', "insert", "ins"), ('=', "mark", "mark")]
                .into_iter()
                .filter(|(_, key, _)| is_on(&format!("extensions.extras.{key}.enable")))
                .map(|(sign, _, element)| (sign, element))
                .collect(),
            anchors: anchors(config),
            line_numbers: line_numbers(config),
            links: markup::has_links(config),
            secure_links: markup::has_secure_links(config),
            // Where code is a formula, a dollar begins one, too.
            formulas: markup::formulas(config).or_else(|| hooks.formulas.then(Formulas::default)),
            hooks,
        }
    }
}

fn switched_off(config: &Config) -> BTreeSet<Extension> {
    let keys = [
        ("extensions.table", Extension::Table),
        ("extensions.taskList", Extension::TaskList),
        ("extensions.footnote", Extension::Footnote),
        ("extensions.footnote.enable", Extension::Footnote),
        ("extensions.definitionList", Extension::DefinitionList),
        ("parser.attribute.title", Extension::HeadingAttributes),
    ];
    let is_off = |key: &str| {
        let key = format!("markup.goldmark.{key}");
        get_boolean(&config.root, &key) == Some(false)
    };
    let off = keys.into_iter().filter(|(key, _)| is_off(key));
    off.map(|(_, extension)| extension).collect()
}

fn anchors(config: &Config) -> Anchors {
    let parser = |key: &str| format!("markup.goldmark.parser.{key}");
    if get_boolean(&config.root, &parser("autoHeadingID")) == Some(false) {
        return Anchors::None;
    }
    let named = ["autoIDType", "autoHeadingIDType"];
    let named = named
        .iter()
        .find_map(|key| get_text(&config.root, &parser(key)));
    match named.as_deref() {
        Some("github-ascii") => Anchors::GithubAscii,
        Some("blackfriday") => Anchors::Blackfriday,
        _ => Anchors::Github,
    }
}

/// Code has numbers if it is highlighted at all.
fn line_numbers(config: &Config) -> Option<i64> {
    let highlight = |key: &str| format!("markup.highlight.{key}");
    let told = get_text(&config.root, &highlight("lineNos"))?;
    let first = get_integer(&config.root, &highlight("lineNoStart")).unwrap_or(1);
    (told != "false" && get_boolean(&config.root, &highlight("codeFences")) != Some(false))
        .then_some(first)
}

#[cfg(test)]
impl Dialect {
    /// Nothing is asked for.
    pub(super) fn plain() -> Self {
        Self {
            typographer: false,
            signs: BTreeMap::new(),
            block_attributes: false,
            emoji: false,
            html: Html::Part,
            hard_wraps: false,
            joined_lines: false,
            strikes: false,
            plain_tildes: &[],
            off: BTreeSet::new(),
            marks: Vec::new(),
            anchors: Anchors::Github,
            line_numbers: None,
            links: false,
            secure_links: false,
            formulas: None,
            hooks: Hooks::default(),
        }
    }
}

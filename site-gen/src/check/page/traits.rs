//! What the attributes of an element say that matters to others, as bits: no element
//! keeps its attributes.

use html5ever::Attribute;

use super::attributes::Attributes;

/// What an element's attributes say about its place, as bits.
pub(super) type Traits = u32;

/// It can be clicked, or typed into.
pub(super) const INTERACTIVE: Traits = 1;
/// It has a place in the order of keys.
pub(super) const TABBED: Traits = 2;
/// It may stand in the body, though most of its kind stand in the head.
pub(super) const IN_BODY: Traits = 4;
pub(super) const HAS_SRC: Traits = 8;
pub(super) const HAS_SRCSET: Traits = 16;
pub(super) const HAS_SPAN: Traits = 32;
pub(super) const HAS_LABEL: Traits = 64;
pub(super) const IS_DEFAULT: Traits = 128;
/// It is a source that is chosen only sometimes.
pub(super) const IS_SIFTED: Traits = 256;
pub(super) const HAS_HREF: Traits = 512;
/// It can be chosen more than once, or shows more than one line.
pub(super) const IS_LIST: Traits = 1024;
pub(super) const IS_REQUIRED: Traits = 2048;
pub(super) const HAS_VALUE: Traits = 4096;
/// More than one can be chosen.
pub(super) const IS_MANY: Traits = 8192;
pub(super) const HAS_TIME: Traits = 16_384;
pub(super) const IS_MAP: Traits = 32_768;
/// It is a property of an item of microdata; it refers to more of them; it is the tab
/// that is shown.
pub(super) const IS_PROPERTY: Traits = 65_536;
pub(super) const HAS_REFERENCES: Traits = 131_072;
pub(super) const IS_SELECTED: Traits = 262_144;

/// The bits of an element.
pub(super) fn traits(name: &str, all: Attributes<'_>) -> Traits {
    let has = |wanted: &str| all.has(wanted);
    let is_interactive = match name {
        "button" | "details" | "embed" | "iframe" | "label" | "select" | "textarea" => true,
        "a" => has("href"),
        "audio" | "video" => has("controls"),
        "img" => has("usemap"),
        "input" => !all.is("type", "hidden"),
        _ => false,
    };
    let is_in_body = match name {
        "meta" => has("itemprop") || has("property"),
        "link" => {
            let rel = all.words("rel");
            has("itemprop") || has("property") || rel.iter().all(|kind| is_body_ok(kind))
        }
        "area" => true,
        _ => false,
    };
    let size = || all.value("size").and_then(|size| size.parse::<u32>().ok());
    let media = || all.value("media").unwrap_or_default().trim_ascii();
    let is_sifted = || has("type") || !media().is_empty() && !media().eq_ignore_ascii_case("all");
    let own = match name {
        "a" => bit(has("href"), HAS_HREF),
        "colgroup" => bit(has("span"), HAS_SPAN),
        "img" => bit(has("srcset"), HAS_SRCSET) | bit(has("ismap"), IS_MAP),
        "li" => bit(has("value"), HAS_VALUE),
        "label" => bit(has("aria-label"), HAS_LABEL),
        "optgroup" => bit(has("label"), HAS_LABEL),
        "option" => {
            let is_empty = all.value("value").is_some_and(str::is_empty);
            bit(has("label"), HAS_LABEL)
                | bit(has("selected"), IS_DEFAULT)
                | bit(has("value") && !is_empty, HAS_VALUE)
                | bit(is_empty, IS_SIFTED)
        }
        "script" => bit(has("src"), HAS_SRC),
        "select" => {
            let is_list = has("multiple") || size().is_some_and(|size| size > 1);
            bit(is_list, IS_LIST)
                | bit(has("required"), IS_REQUIRED)
                | bit(has("multiple"), IS_MANY)
        }
        "source" => {
            bit(has("src"), HAS_SRC) | bit(has("srcset"), HAS_SRCSET) | bit(is_sifted(), IS_SIFTED)
        }
        "time" => bit(has("datetime"), HAS_TIME),
        "track" => bit(has("default"), IS_DEFAULT),
        "audio" | "video" => bit(has("src"), HAS_SRC),
        _ => 0,
    };
    let is_tabbed = has("tabindex");
    let is_told =
        |own: &Attribute| own.name.local.starts_with("item") || &*own.name.local == "role";
    let more = match all.0.iter().any(is_told) {
        true => {
            bit(has("itemprop"), IS_PROPERTY)
                | bit(has("itemref"), HAS_REFERENCES)
                | bit(all.is("aria-selected", "true"), IS_SELECTED)
        }
        false => 0,
    };
    own | more
        | bit(is_interactive, INTERACTIVE)
        | bit(is_tabbed, TABBED)
        | bit(is_in_body, IN_BODY)
}

fn bit(is_so: bool, bit: Traits) -> Traits {
    if is_so { bit } else { 0 }
}

/// Whether a link of this kind may stand in the body (HTML, 4.6.8).
fn is_body_ok(kind: &str) -> bool {
    const KINDS: [&str; 8] = [
        "dns-prefetch",
        "modulepreload",
        "pingback",
        "preconnect",
        "prefetch",
        "preload",
        "prerender",
        "stylesheet",
    ];
    KINDS.contains(&kind)
}

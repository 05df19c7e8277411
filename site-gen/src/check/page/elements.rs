//! The elements of HTML: where each may stand, what may be in it, and which
//! attributes it has of its own (HTML, 3 and 4). [`known`] is the table of them,
//! [`obsolete`] that of those that are gone.

mod known;
mod obsolete;

use known::KNOWN;
pub(super) use obsolete::in_place_of;

/// What an element is counted among (HTML, 3.2.5.2), as bits.
pub(super) type Kinds = u16;

pub(super) const FLOW: Kinds = 1;
pub(super) const PHRASING: Kinds = 2;
pub(super) const HEADING: Kinds = 4;
pub(super) const SECTIONING: Kinds = 8;
/// Header and footer.
pub(super) const FRAME: Kinds = 16;
/// What may be in it is for scripts: it may stand nearly everywhere.
pub(super) const SCRIPTING: Kinds = 32;
/// What a label can be for.
pub(super) const LABELABLE: Kinds = 64;
/// Not part of the language any more, or never: told by itself.
pub(super) const NO_ELEMENT: Kinds = 128;
/// It is looked at again when it ends.
pub(super) const WATCHED: Kinds = 256;

/// Elements that others may not be in, however deep, as bits.
pub(super) type Around = u32;

pub(super) const A: Around = 1;
pub(super) const BUTTON: Around = 2;
pub(super) const LABEL: Around = 4;
pub(super) const DT: Around = 8;
pub(super) const TH: Around = 16;
pub(super) const ADDRESS: Around = 32;
pub(super) const HEADER: Around = 64;
pub(super) const FOOTER: Around = 128;
pub(super) const ARTICLE: Around = 256;
pub(super) const ASIDE: Around = 512;
pub(super) const NAV: Around = 1024;
pub(super) const DFN: Around = 2048;
pub(super) const METER: Around = 4096;
pub(super) const PROGRESS: Around = 8192;
pub(super) const CAPTION: Around = 16_384;
/// A heading.
pub(super) const HEADED: Around = 32_768;
/// What is read as one thing, because of its role.
pub(super) const SOLID: Around = 65_536;
/// An item of microdata.
pub(super) const ITEM: Around = 131_072;

/// What may be in an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Anything, as far as this is concerned: the parser minds, or nobody does.
    Any,
    Flow,
    Phrasing,
    /// What may stand where the element itself does.
    Transparent,
    /// These elements, and no text.
    Only,
    /// Text, and no elements.
    Text,
}

/// What is known of an element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) kinds: Kinds,
    pub(super) content: Content,
    /// Elements that may be in it besides, or alone.
    pub(super) inside: &'static [&'static str],
    /// Attributes that it has of its own.
    pub(super) attributes: &'static [&'static str],
    /// One of each of these groups it has to have.
    pub(super) required: &'static [&'static [&'static str]],
    /// What those in it are told.
    pub(super) around: Around,
    /// Where it may stand, where only there.
    pub(super) place: &'static str,
}

const fn element(name: &'static str, kinds: Kinds, content: Content) -> Element {
    Element {
        name,
        kinds: kinds | watched(name),
        content,
        inside: &[],
        attributes: &[],
        required: &[],
        around: around(name),
        place: "",
    }
}

/// Whether something may be missing in an element when it ends.
const fn watched(name: &str) -> Kinds {
    match name.as_bytes() {
        b"details" | b"div" | b"dl" | b"head" | b"hgroup" | b"label" | b"optgroup" | b"option"
        | b"picture" | b"ruby" | b"script" | b"select" | b"style" | b"table" | b"tbody"
        | b"tfoot" | b"thead" | b"time" | b"title" | b"tr" => WATCHED,
        _ => 0,
    }
}

/// The bit of an element.
const fn around(name: &str) -> Around {
    match name.as_bytes() {
        b"a" => A,
        b"button" => BUTTON,
        b"label" => LABEL,
        b"dt" => DT,
        b"th" => TH,
        b"address" => ADDRESS,
        b"header" => HEADER,
        b"footer" => FOOTER,
        b"article" => ARTICLE,
        b"aside" => ASIDE,
        b"nav" => NAV,
        b"dfn" => DFN,
        b"meter" => METER,
        b"progress" => PROGRESS,
        b"caption" => CAPTION,
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => HEADED,
        _ => 0,
    }
}

impl Element {
    const fn inside(mut self, inside: &'static [&'static str]) -> Self {
        self.inside = inside;
        self
    }

    const fn has(mut self, attributes: &'static [&'static str]) -> Self {
        self.attributes = attributes;
        self
    }

    const fn needs(mut self, required: &'static [&'static [&'static str]]) -> Self {
        self.required = required;
        self
    }

    const fn only(mut self, place: &'static str) -> Self {
        self.place = place;
        self
    }
}

/// Names with a hyphen that are those of SVG and MathML (HTML, 4.13.3).
const RESERVED: [&str; 8] = [
    "annotation-xml",
    "color-profile",
    "font-face",
    "font-face-format",
    "font-face-name",
    "font-face-src",
    "font-face-uri",
    "missing-glyph",
];

/// What stands for any other element.
static OTHER: Element = element("", FLOW | PHRASING | NO_ELEMENT, Content::Any);

/// What stands for an element that an author defines (HTML, 4.13.3).
static CUSTOM: Element = element("", FLOW | PHRASING, Content::Transparent);

/// What is known of an element.
pub(super) fn find(name: &str) -> &'static Element {
    match KNOWN.binary_search_by(|known| known.name.cmp(name)) {
        Ok(index) => &KNOWN[index],
        Err(_) if name.contains('-') && !RESERVED.contains(&name) => &CUSTOM,
        Err(_) => &OTHER,
    }
}

/// The names of all elements.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order() {
        assert!(KNOWN.is_sorted_by(|a, b| a.name < b.name));
        assert!(obsolete::OBSOLETE.is_sorted_by(|a, b| a.0 < b.0));
        for known in &KNOWN {
            assert!(known.attributes.is_sorted(), "{}", known.name);
            let own = |name: &&str| *find(name).name == **name;
            assert!(
                known
                    .inside
                    .iter()
                    .all(|name| own(name) || *name == "param")
            );
        }
        assert_eq!(find("x-own").name, "");
    }
}

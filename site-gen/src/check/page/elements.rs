//! The elements of HTML: where each may stand, what may be in it, and which
//! attributes it has of its own (HTML, 3 and 4; the tables in "Index").

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

/// Elements that others may not be in, however deep, as bits.
pub(super) type Around = u16;

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
        kinds,
        content,
        inside: &[],
        attributes: &[],
        required: &[],
        around: around(name),
        place: "",
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

const BOTH: Kinds = FLOW | PHRASING;

/// An element of text, with nothing of its own.
const fn text(name: &'static str) -> Element {
    element(name, BOTH, Content::Phrasing)
}

/// An element with anything in it.
const fn block(name: &'static str, kinds: Kinds) -> Element {
    element(name, FLOW | kinds, Content::Flow)
}

/// An element that stands in some others only.
const fn part(name: &'static str, content: Content, place: &'static str) -> Element {
    element(name, 0, content).only(place)
}

const HEADINGS: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6", "hgroup"];
const MEDIA: &[&str] = &[
    "autoplay",
    "controls",
    "controlslist",
    "crossorigin",
    "disablepictureinpicture",
    "disableremoteplayback",
    "height",
    "loading",
    "loop",
    "muted",
    "playsinline",
    "poster",
    "preload",
    "src",
    "width",
];
const CELL: &[&str] = &["abbr", "colspan", "headers", "rowspan", "scope"];
const IN_DL: &str = "it in <dl>, or in a <div> of one";
const IN_TABLE: &str = "it in its place in <table>";

/// All elements, in order of name.
static KNOWN: [Element; 113] = [
    element("a", BOTH, Content::Transparent).has(&[
        "download",
        "href",
        "hreflang",
        "name",
        "ping",
        "referrerpolicy",
        "rel",
        "target",
        "type",
    ]),
    text("abbr"),
    block("address", 0),
    element("area", BOTH, Content::Any).has(&[
        "alt",
        "coords",
        "download",
        "href",
        "ping",
        "referrerpolicy",
        "rel",
        "shape",
        "target",
    ]),
    block("article", SECTIONING),
    block("aside", SECTIONING),
    element("audio", BOTH, Content::Transparent)
        .inside(&["source", "track"])
        .has(MEDIA),
    text("b"),
    element("base", 0, Content::Any)
        .has(&["href", "target"])
        .only("it in <head>"),
    text("bdi"),
    text("bdo").needs(&[&["dir"]]),
    block("blockquote", 0).has(&["cite"]),
    element("body", 0, Content::Flow),
    element("br", BOTH, Content::Any),
    element("button", BOTH | LABELABLE, Content::Phrasing).has(&[
        "command",
        "commandfor",
        "disabled",
        "form",
        "formaction",
        "formenctype",
        "formmethod",
        "formnovalidate",
        "formtarget",
        "name",
        "popovertarget",
        "popovertargetaction",
        "type",
        "value",
    ]),
    element("canvas", BOTH, Content::Transparent).has(&["height", "width"]),
    part("caption", Content::Flow, IN_TABLE),
    text("cite"),
    text("code"),
    part("col", Content::Any, IN_TABLE).has(&["span"]),
    part("colgroup", Content::Any, IN_TABLE).has(&["span"]),
    text("data").has(&["value"]).needs(&[&["value"]]),
    element("datalist", BOTH, Content::Phrasing).inside(&["option"]),
    part("dd", Content::Flow, IN_DL),
    element("del", BOTH, Content::Transparent).has(&["cite", "datetime"]),
    block("details", 0)
        .inside(&["summary"])
        .has(&["name", "open"]),
    text("dfn"),
    block("dialog", 0).has(&["closedby", "open"]),
    block("div", 0),
    element("dl", FLOW, Content::Only).inside(&["dt", "dd", "div"]),
    part("dt", Content::Flow, IN_DL),
    text("em"),
    // It may have any attributes.
    element("embed", BOTH, Content::Any),
    block("fieldset", 0)
        .inside(&["legend"])
        .has(&["disabled", "form", "name"]),
    part("figcaption", Content::Flow, "it in <figure>"),
    block("figure", 0).inside(&["figcaption"]),
    block("footer", FRAME),
    block("form", 0).has(&[
        "accept-charset",
        "action",
        "autocomplete",
        "enctype",
        "method",
        "name",
        "novalidate",
        "rel",
        "target",
    ]),
    element("h1", FLOW | HEADING, Content::Phrasing),
    element("h2", FLOW | HEADING, Content::Phrasing),
    element("h3", FLOW | HEADING, Content::Phrasing),
    element("h4", FLOW | HEADING, Content::Phrasing),
    element("h5", FLOW | HEADING, Content::Phrasing),
    element("h6", FLOW | HEADING, Content::Phrasing),
    element("head", 0, Content::Any),
    block("header", FRAME),
    element("hgroup", FLOW | HEADING, Content::Only)
        .inside(&["h1", "h2", "h3", "h4", "h5", "h6", "p"]),
    element("hr", FLOW, Content::Any),
    element("html", 0, Content::Any),
    text("i"),
    element("iframe", BOTH, Content::Any).has(&[
        "allow",
        "allowfullscreen",
        "credentialless",
        "height",
        "loading",
        "name",
        "referrerpolicy",
        "sandbox",
        "src",
        "srcdoc",
        "width",
    ]),
    element("img", BOTH, Content::Any)
        .has(&[
            "alt",
            "crossorigin",
            "decoding",
            "elementtiming",
            "fetchpriority",
            "height",
            "ismap",
            "loading",
            "referrerpolicy",
            "sizes",
            "src",
            "srcset",
            "usemap",
            "width",
        ])
        .needs(&[&["src", "srcset"]]),
    element("input", BOTH | LABELABLE, Content::Any).has(&[
        "accept",
        "alpha",
        "alt",
        "autocomplete",
        "capture",
        "checked",
        "colorspace",
        "dirname",
        "disabled",
        "form",
        "formaction",
        "formenctype",
        "formmethod",
        "formnovalidate",
        "formtarget",
        "height",
        "list",
        "max",
        "maxlength",
        "min",
        "minlength",
        "multiple",
        "name",
        "pattern",
        "placeholder",
        "popovertarget",
        "popovertargetaction",
        "readonly",
        "required",
        "size",
        "src",
        "step",
        "switch",
        "type",
        "value",
        "webkitdirectory",
        "width",
    ]),
    element("ins", BOTH, Content::Transparent).has(&["cite", "datetime"]),
    text("kbd"),
    text("label").has(&["for"]),
    part(
        "legend",
        Content::Phrasing,
        "it in <fieldset>, as the first",
    )
    .inside(HEADINGS),
    part("li", Content::Flow, "it in <ul>, <ol> or <menu>").has(&["value"]),
    element("link", 0, Content::Any)
        .has(&[
            "as",
            "blocking",
            "color",
            "crossorigin",
            "disabled",
            "fetchpriority",
            "href",
            "hreflang",
            "imagesizes",
            "imagesrcset",
            "integrity",
            "media",
            "referrerpolicy",
            "rel",
            "sizes",
            "type",
        ])
        .needs(&[&["rel", "itemprop", "property"], &["href", "imagesrcset"]])
        .only("it in <head>"),
    block("main", 0),
    element("map", BOTH, Content::Transparent)
        .has(&["name"])
        .needs(&[&["name"]]),
    text("mark"),
    element("menu", FLOW, Content::Only).inside(&["li"]),
    element("meta", 0, Content::Any)
        .has(&["charset", "content", "http-equiv", "media", "name"])
        .needs(&[
            &["charset", "content"],
            &["charset", "http-equiv", "itemprop", "name", "property"],
        ])
        .only("it in <head>"),
    text("meter")
        .has(&["high", "low", "max", "min", "optimum", "value"])
        .needs(&[&["value"]]),
    block("nav", SECTIONING),
    element("noscript", BOTH, Content::Transparent),
    element("object", BOTH, Content::Transparent)
        .inside(&["param"])
        .has(&["data", "form", "height", "name", "type", "width"])
        .needs(&[&["data"]]),
    element("ol", FLOW, Content::Only)
        .inside(&["li"])
        .has(&["reversed", "start", "type"]),
    part("optgroup", Content::Only, "it in <select>")
        .inside(&["div", "legend", "noscript", "option"])
        .has(&["disabled", "label"]),
    part(
        "option",
        Content::Any,
        "it in <select>, <optgroup> or <datalist>",
    )
    .has(&["disabled", "label", "selected", "value"]),
    element("output", BOTH | LABELABLE, Content::Phrasing).has(&["for", "form", "name"]),
    element("p", FLOW, Content::Phrasing),
    element("picture", BOTH, Content::Only).inside(&["img", "source"]),
    element("pre", FLOW, Content::Phrasing),
    element("progress", BOTH | LABELABLE, Content::Phrasing).has(&["max", "value"]),
    text("q").has(&["cite"]),
    part("rp", Content::Phrasing, "it in <ruby>"),
    part("rt", Content::Phrasing, "it in <ruby>"),
    text("ruby").inside(&["rp", "rt"]),
    text("s"),
    text("samp"),
    element("script", BOTH | SCRIPTING, Content::Any).has(&[
        "async",
        "blocking",
        "charset",
        "crossorigin",
        "defer",
        "fetchpriority",
        "integrity",
        "nomodule",
        "referrerpolicy",
        "src",
        "type",
    ]),
    block("search", 0),
    block("section", SECTIONING),
    element("select", BOTH | LABELABLE, Content::Only)
        .inside(&["button", "div", "hr", "noscript", "optgroup", "option"])
        .has(&[
            "autocomplete",
            "disabled",
            "form",
            "multiple",
            "name",
            "required",
            "size",
        ]),
    element("selectedcontent", BOTH, Content::Any),
    element("slot", BOTH, Content::Transparent).has(&["name"]),
    text("small"),
    part(
        "source",
        Content::Any,
        "it in <picture>, <audio> or <video>",
    )
    .has(&["height", "media", "sizes", "src", "srcset", "type", "width"])
    .needs(&[&["src", "srcset"]]),
    text("span"),
    text("strong"),
    element("style", FLOW, Content::Any).has(&["blocking", "media", "type"]),
    text("sub"),
    part(
        "summary",
        Content::Phrasing,
        "it in <details>, as the first",
    )
    .inside(HEADINGS),
    text("sup"),
    element("table", FLOW, Content::Any),
    part("tbody", Content::Any, IN_TABLE),
    part("td", Content::Flow, IN_TABLE).has(CELL),
    element("template", BOTH | SCRIPTING, Content::Any).has(&[
        "shadowrootclonable",
        "shadowrootcustomelementregistry",
        "shadowrootdelegatesfocus",
        "shadowrootmode",
        "shadowrootserializable",
    ]),
    element("textarea", BOTH | LABELABLE, Content::Any).has(&[
        "autocomplete",
        "cols",
        "dirname",
        "disabled",
        "form",
        "maxlength",
        "minlength",
        "name",
        "placeholder",
        "readonly",
        "required",
        "rows",
        "wrap",
    ]),
    part("tfoot", Content::Any, IN_TABLE),
    part("th", Content::Flow, IN_TABLE).has(CELL),
    part("thead", Content::Any, IN_TABLE),
    text("time").has(&["datetime"]),
    part("title", Content::Any, "it in <head>"),
    part("tr", Content::Any, IN_TABLE),
    part("track", Content::Any, "it in <audio> or <video>")
        .has(&["default", "kind", "label", "src", "srclang"])
        .needs(&[&["src"]]),
    text("u"),
    element("ul", FLOW, Content::Only).inside(&["li"]),
    text("var"),
    element("video", BOTH, Content::Transparent)
        .inside(&["source", "track"])
        .has(MEDIA),
    element("wbr", BOTH, Content::Any),
];

/// Elements that were part of HTML once, and what to write in place of each
/// (HTML, 16.2).
const OBSOLETE: [(&str, &str); 30] = [
    ("acronym", "<abbr>"),
    ("applet", "<embed> or <object>"),
    ("basefont", "a style sheet"),
    ("bgsound", "<audio>"),
    ("big", "a style sheet"),
    ("blink", "a style sheet"),
    ("center", "a style sheet"),
    ("dir", "<ul>"),
    ("font", "a style sheet"),
    ("frame", "<iframe>"),
    ("frameset", "<iframe>"),
    ("image", "<img>"),
    ("isindex", "<form> and <input>"),
    ("keygen", "a script"),
    ("listing", "<pre> and <code>"),
    ("marquee", "a style sheet"),
    ("menuitem", "a script"),
    ("multicol", "a style sheet"),
    ("nextid", "an id"),
    ("nobr", "a style sheet"),
    ("noembed", "<object>"),
    ("noframes", "<iframe>"),
    ("param", "`data` of <object>"),
    ("plaintext", "<pre>"),
    ("rb", "<ruby> without it"),
    ("rtc", "<ruby> in <ruby>"),
    ("spacer", "a style sheet"),
    ("strike", "<s> or <del>"),
    ("tt", "<code>, <kbd> or <samp>"),
    ("xmp", "<pre> and <code>"),
];

/// What stands for any other element.
static OTHER: Element = element("", BOTH | NO_ELEMENT, Content::Any);

/// What stands for an element that an author defines (HTML, 4.13.3).
static CUSTOM: Element = element("", BOTH, Content::Transparent);

/// What is known of an element.
pub(super) fn find(name: &str) -> &'static Element {
    match KNOWN.binary_search_by(|known| known.name.cmp(name)) {
        Ok(index) => &KNOWN[index],
        Err(_) if name.contains('-') => &CUSTOM,
        Err(_) => &OTHER,
    }
}

/// What to write in place of an element that is no part of HTML any more.
pub(super) fn in_place_of(name: &str) -> Option<&'static str> {
    let found = OBSOLETE.iter().find(|(obsolete, _)| *obsolete == name);
    found.map(|(_, instead)| *instead)
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
        assert!(OBSOLETE.is_sorted_by(|a, b| a.0 < b.0));
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

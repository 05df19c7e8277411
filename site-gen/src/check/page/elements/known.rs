//! The table of all elements (HTML, the tables in "Index").

use super::{
    Content, Element, FLOW, FRAME, HEADING, Kinds, LABELABLE, PHRASING, SCRIPTING, SECTIONING,
    element,
};

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
const SOUND: &[&str] = &[
    "autoplay",
    "controls",
    "crossorigin",
    "loading",
    "loop",
    "muted",
    "preload",
    "src",
];
const MEDIA: &[&str] = &[
    "autoplay",
    "controls",
    "crossorigin",
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
const CELL: &[&str] = &["colspan", "headers", "rowspan"];
const HEADER_CELL: &[&str] = &["abbr", "colspan", "headers", "rowspan", "scope"];
const IN_DL: &str = "it in <dl>, or in a <div> of one";
const IN_TABLE: &str = "it in its place in <table>";

/// All elements, in order of name.
pub(super) static KNOWN: [Element; 113] = [
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
        .has(SOUND),
    text("b"),
    element("base", 0, Content::Any)
        .has(&["href", "target"])
        .needs(&[&["href", "target"]])
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
    element("iframe", BOTH, Content::Only).has(&[
        "allow",
        "allowfullscreen",
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
        "type",
        "value",
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
    part("rp", Content::Text, "it in <ruby>"),
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
    part("th", Content::Flow, IN_TABLE).has(HEADER_CELL),
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

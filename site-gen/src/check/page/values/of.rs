//! Which attribute says what (HTML, the table of attributes in "Index"; RDFa Lite).

use super::Value::{self, Each, Exactly, Flag, Kind, OneOf, Text};
use super::{autofill, languages, links, numbers, pictures, times, words};

/// What an attribute of an element may say.
pub(in crate::check::page) fn of(element: &str, attribute: &str) -> Value {
    match attribute {
        "accesskey" => Kind(&words::KEYS),
        "autocapitalize" => OneOf(&["off", "none", "on", "sentences", "words", "characters"]),
        "autocorrect" => OneOf(&["", "on", "off"]),
        "autofocus" | "headingreset" | "inert" | "itemscope" => Flag,
        "contenteditable" => OneOf(&["", "true", "false", "plaintext-only"]),
        "dir" if element == "bdo" => OneOf(&["ltr", "rtl"]),
        "dir" => OneOf(&["ltr", "rtl", "auto"]),
        "draggable" => OneOf(&["true", "false"]),
        "enterkeyhint" => OneOf(&["enter", "done", "go", "next", "previous", "search", "send"]),
        "headingoffset" => Kind(&numbers::OFFSET),
        "hidden" => OneOf(&["", "hidden", "until-found"]),
        "inputmode" => OneOf(&[
            "none", "text", "tel", "url", "email", "numeric", "decimal", "search",
        ]),
        "is" => Kind(&words::CUSTOM),
        "itemid" | "resource" => Kind(&links::LINK),
        "itemprop" => Kind(&words::PROPERTIES),
        "itemtype" => Kind(&links::ABSOLUTES),
        "lang" => Kind(&languages::LANGUAGE),
        "popover" => OneOf(&["", "auto", "hint", "manual"]),
        "prefix" => Kind(&words::PREFIXES),
        "spellcheck" | "writingsuggestions" => OneOf(&["", "true", "false"]),
        "tabindex" => Kind(&numbers::INTEGER),
        "translate" => OneOf(&["", "yes", "no"]),
        "vocab" => Kind(&links::ABSOLUTE),
        _ => of_element(element, attribute),
    }
}

/// Those that only some elements have.
fn of_element(element: &str, attribute: &str) -> Value {
    match (attribute, element) {
        ("action" | "formaction", _) => Kind(&links::RESOURCE),
        ("allowfullscreen" | "alpha" | "async" | "autoplay" | "checked" | "controls", _)
        | (
            "default" | "defer" | "disabled" | "formnovalidate" | "ismap" | "loop" | "multiple",
            _,
        )
        | ("muted" | "nomodule" | "novalidate" | "open" | "playsinline" | "readonly", _)
        | ("required" | "reversed" | "selected" | "shadowrootclonable", _)
        | ("shadowrootdelegatesfocus" | "shadowrootserializable", _) => Flag,
        ("as", _) => OneOf(&words::DESTINATIONS),
        ("autocomplete", "form") => OneOf(&["on", "off"]),
        ("autocomplete", _) => Kind(&autofill::AUTOFILL),
        ("accept", "input") => Kind(&words::MIMES),
        ("accept-charset", _) | ("charset", "meta" | "script") => OneOf(&["utf-8"]),
        ("blocking", _) => Each(&["render"]),
        ("capture", _) => OneOf(&["", "user", "environment"]),
        ("cite", _) => Kind(&links::LINK),
        ("cols" | "rows", "textarea") | ("size", "input" | "select") => Kind(&numbers::POSITIVE),
        ("colspan" | "span", _) => Kind(&numbers::COLUMNS),
        ("command", _) => Kind(&words::COMMAND),
        ("crossorigin", _) => OneOf(&["", "anonymous", "use-credentials"]),
        ("datetime", "time") => Kind(&times::TIME),
        ("datetime", _) => Kind(&times::MOMENT),
        ("decoding", _) => Exactly(&["sync", "async", "auto"]),
        ("dirname", _) => Kind(&words::NOT_EMPTY),
        ("enctype" | "formenctype", _) => OneOf(&[
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "text/plain",
        ]),
        ("fetchpriority", _) => OneOf(&["high", "low", "auto"]),
        ("for", "label") | ("commandfor" | "list" | "popovertarget", _) => Kind(&words::ID),
        ("method" | "formmethod", _) => OneOf(&["get", "post", "dialog"]),
        ("target" | "formtarget", _) => Kind(&words::WINDOW),
        ("hreflang" | "srclang", _) => Kind(&languages::LANGUAGE),
        ("integrity", _) => Kind(&words::INTEGRITY),
        ("kind", "track") => OneOf(&[
            "subtitles",
            "captions",
            "descriptions",
            "chapters",
            "metadata",
        ]),
        ("label", "option" | "track") => Kind(&words::NOT_EMPTY),
        ("loading", _) => OneOf(&["lazy", "eager"]),
        ("maxlength" | "minlength", _) => Kind(&numbers::NATURAL),
        ("ping", _) => Kind(&links::PINGS),
        ("placeholder", "input") => Kind(&words::ONE_LINE),
        ("popovertargetaction", _) => OneOf(&["hide", "show", "toggle"]),
        ("preload", _) => OneOf(&["", "none", "metadata", "auto"]),
        ("referrerpolicy", _) => OneOf(&words::REFERRERS),
        ("rel", _) => Kind(&words::WORDS),
        ("rowspan", _) => Kind(&numbers::ROWS),
        ("sandbox", _) => Each(&words::SANDBOX),
        ("scope", "th") => OneOf(&["row", "col", "rowgroup", "colgroup"]),
        ("shadowrootmode", _) => OneOf(&["open", "closed"]),
        ("shape", "area") => OneOf(&["rect", "circle", "poly", "default"]),
        ("start", "ol") | ("value", "li") => Kind(&numbers::INTEGER),
        ("step", _) => Kind(&numbers::STEP),
        ("usemap", "img") => Kind(&words::MAP),
        ("wrap", _) => OneOf(&["soft", "hard"]),
        ("high" | "low" | "max" | "min" | "optimum" | "value", "meter") => Kind(&numbers::NUMBER),
        ("max", "progress") => Kind(&numbers::ABOVE_ZERO),
        ("value", "progress") => Kind(&numbers::NOT_NEGATIVE),
        ("name", _) => name(element),
        ("type", _) => kind(element),
        _ => resource(element, attribute),
    }
}

/// Files, and how large they are shown.
fn resource(element: &str, attribute: &str) -> Value {
    match (attribute, element) {
        ("href", "link") | ("data", "object") | ("src" | "poster", _) => Kind(&links::RESOURCE),
        ("href", _) => Kind(&links::LINK),
        ("srcset" | "imagesrcset", _) => Kind(&pictures::CANDIDATES),
        ("sizes", "link") => Kind(&words::ICONS),
        ("sizes" | "imagesizes", _) => Kind(&pictures::SIZES),
        ("media", _) => Kind(&pictures::MEDIA),
        (
            "height" | "width",
            "canvas" | "embed" | "iframe" | "img" | "input" | "object" | "source" | "video",
        ) => Kind(&numbers::NATURAL),
        _ => Text,
    }
}

fn name(element: &str) -> Value {
    match element {
        "button" | "details" | "fieldset" | "form" | "input" | "output" | "select" | "textarea" => {
            Kind(&words::NOT_EMPTY)
        }
        "iframe" | "object" => Kind(&words::FRAME),
        "map" => Kind(&words::ID),
        _ => Text,
    }
}

fn kind(element: &str) -> Value {
    match element {
        "a" | "embed" | "link" | "object" | "source" => Kind(&words::MIME),
        "button" => OneOf(&["submit", "reset", "button"]),
        "ol" => Exactly(&["1", "a", "A", "i", "I"]),
        "script" => Kind(&words::SCRIPT),
        "style" => OneOf(&["text/css"]),
        _ => Text,
    }
}

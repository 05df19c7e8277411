//! What follows from the type of an <input> (HTML, 4.10.5): which attributes mean
//! something, and what its value can be.

use super::Value::{self, Kind, Text};
use super::{links, numbers, require, times, words};

const LINES: &[&str] = &["email", "password", "search", "tel", "text", "url"];
const RANGES: &[&str] = &[
    "date",
    "datetime-local",
    "month",
    "number",
    "range",
    "time",
    "week",
];
const BUTTONS: &[&str] = &["image", "submit"];
const ALL_BUTTONS: &[&str] = &["button", "image", "reset", "submit"];
const WRITTEN: &[&str] = &[
    "date",
    "datetime-local",
    "email",
    "month",
    "number",
    "password",
    "search",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

const FILLED: &[&str] = &[
    "color",
    "date",
    "datetime-local",
    "email",
    "hidden",
    "month",
    "number",
    "password",
    "range",
    "search",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

const LISTED: &[&str] = &[
    "color",
    "date",
    "datetime-local",
    "email",
    "month",
    "number",
    "range",
    "search",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

const REQUIRED: &[&str] = &[
    "checkbox",
    "date",
    "datetime-local",
    "email",
    "file",
    "month",
    "number",
    "password",
    "radio",
    "search",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

const VALUED: &[&str] = &[
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "hidden",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

/// The types that have an attribute; none if all have.
pub(in crate::check::page) fn allows(attribute: &str) -> Option<&'static [&'static str]> {
    Some(match attribute {
        "accept" | "capture" => &["file"],
        "alpha" | "colorspace" => &["color"],
        "alt" | "height" | "src" | "width" => &["image"],
        "autocomplete" => FILLED,
        "checked" => &["checkbox", "radio"],
        "dirname" => &[
            "email", "hidden", "password", "search", "submit", "tel", "text", "url",
        ],
        "formaction" | "formenctype" | "formmethod" | "formnovalidate" | "formtarget" => BUTTONS,
        "list" => LISTED,
        "max" | "min" | "step" => RANGES,
        "maxlength" | "minlength" | "pattern" | "size" => LINES,
        "multiple" => &["email", "file"],
        "placeholder" => &[
            "email", "number", "password", "search", "tel", "text", "url",
        ],
        "popovertarget" | "popovertargetaction" => ALL_BUTTONS,
        "readonly" => WRITTEN,
        "required" => REQUIRED,
        "value" => VALUED,
        _ => return None,
    })
}

const COLOR: super::Kind = super::Kind {
    expected: "a colour as in `#0080ff`",
    judge: |value| {
        let digits = value.strip_prefix('#').unwrap_or_default();
        require(digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    },
};

const URL: super::Kind = super::Kind {
    expected: "a whole address, such as `https://example.org`",
    judge: |value| match value.is_empty() {
        true => Ok(()),
        false => (links::ABSOLUTE.judge)(value),
    },
};

/// What `value`, `min` and `max` of a field can be, by its type.
pub(in crate::check::page) fn value(kind: &str, attribute: &str) -> Value {
    let value = match kind {
        "color" => &COLOR,
        "date" => &times::DATE,
        "datetime-local" => &times::LOCAL,
        "month" => &times::MONTH,
        "number" | "range" => &numbers::NUMBER,
        "password" | "search" | "tel" | "text" => &words::ONE_LINE,
        "time" => &times::CLOCK,
        "url" => &URL,
        "week" => &times::WEEK,
        _ => return Text,
    };
    let may_be_empty = attribute == "value" && !matches!(kind, "color" | "range");
    match may_be_empty {
        true => Value::OrEmpty(value),
        false => Kind(value),
    }
}

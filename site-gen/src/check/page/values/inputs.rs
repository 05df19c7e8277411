//! What follows from the type of an <input> (HTML, 4.10.5): which attributes mean
//! something, and what its value can be.

use super::Value::{self, Kind, Text};
use super::{links, numbers, require, times, words};
use crate::check::page::vocabulary::INPUTS;

/// The types that have an attribute.
pub(in crate::check::page) enum Types {
    These(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

impl Types {
    pub(in crate::check::page) fn all(&self) -> impl Iterator<Item = &'static str> {
        let has = |kind: &&str| match self {
            Self::These(types) => types.contains(kind),
            Self::AllBut(types) => !types.contains(kind),
        };
        INPUTS.into_iter().filter(has)
    }
}

/// The types that have an attribute; none if all have.
pub(in crate::check::page) fn allows(attribute: &str) -> Option<Types> {
    use Types::{AllBut, These};
    Some(match attribute {
        "accept" | "capture" => These(&["file"]),
        "alpha" | "colorspace" => These(&["color"]),
        "alt" | "height" | "src" | "width" => These(&["image"]),
        "autocomplete" => AllBut(&[
            "button", "checkbox", "file", "image", "radio", "reset", "submit",
        ]),
        "checked" => These(&["checkbox", "radio"]),
        "dirname" => These(&[
            "email", "hidden", "password", "search", "submit", "tel", "text", "url",
        ]),
        "formaction" | "formenctype" | "formmethod" | "formnovalidate" | "formtarget" => {
            These(&["image", "submit"])
        }
        "list" => AllBut(&[
            "button", "checkbox", "file", "hidden", "image", "password", "radio", "reset", "submit",
        ]),
        "max" | "min" | "step" => These(&[
            "date",
            "datetime-local",
            "month",
            "number",
            "range",
            "time",
            "week",
        ]),
        "maxlength" | "minlength" | "pattern" | "size" => {
            These(&["email", "password", "search", "tel", "text", "url"])
        }
        "multiple" => These(&["email", "file"]),
        "placeholder" => These(&[
            "email", "number", "password", "search", "tel", "text", "url",
        ]),
        "popovertarget" | "popovertargetaction" => These(&["button", "image", "reset", "submit"]),
        "readonly" => AllBut(&[
            "button", "checkbox", "color", "file", "hidden", "image", "radio", "range", "reset",
            "submit",
        ]),
        "required" => AllBut(&[
            "button", "color", "hidden", "image", "range", "reset", "submit",
        ]),
        "value" => AllBut(&["file", "image"]),
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

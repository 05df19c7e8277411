//! The attributes of an element: those that there are not, that are no part of HTML
//! any more, that are missing, and those that cannot say what they say ([`values`]).
//!
//! Names with other signs than letters in them are for scripts, as `@click` is, and
//! are left alone; but for `aria-`, of which all names are known (WAI-ARIA 1.2, 6).

use std::borrow::Cow;

use html5ever::Attribute;

use super::Fault;
use super::elements::{Element, NO_ELEMENT, in_place_of, names};
use super::lately::Values;
use super::values::Value;
use super::vocabulary::{ARIA, EVENTS, GLOBAL, INPUTS, MORE_GLOBAL, OBSOLETE, REFERRING};
use super::{aria, related, values};
use crate::diagnostic::closest;
use crate::limits::MAX_DIAGNOSTICS;

const ARIA_PREFIX: &str = "aria-";

/// Whether an attribute names elements by their ids.
pub(super) fn refers(element: &str, attribute: &str) -> bool {
    let is_other = attribute == "for" && element != "label";
    !is_other && REFERRING.binary_search(&attribute).is_ok()
}

/// The attributes of an element, by name.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(pub(super) &'a [Attribute]);

impl<'a> Attributes<'a> {
    pub(super) fn value(self, name: &str) -> Option<&'a str> {
        let mut all = self.0.iter();
        let found = all.find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| attribute.value.as_ref())
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The words of an attribute, in small letters.
    pub(super) fn words(self, name: &str) -> Vec<String> {
        let lower = self.value(name).unwrap_or_default().to_ascii_lowercase();
        lower.split_ascii_whitespace().map(str::to_owned).collect()
    }

    pub(super) fn is(self, name: &str, value: &str) -> bool {
        self.value(name)
            .is_some_and(|own| own.eq_ignore_ascii_case(value))
    }
}

/// What is wrong with an element of HTML that can be told from its tag alone.
pub(super) fn check(
    name: &str,
    element: &'static Element,
    attributes: &[Attribute],
    known: &mut Values,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    if element.kinds & NO_ELEMENT != 0 {
        faults.push(no_element(name));
        return faults;
    }
    let all = Attributes(attributes);
    let kind = match name {
        "button" | "input" => all.value("type").unwrap_or("text").to_ascii_lowercase(),
        _ => String::new(),
    };
    for Attribute { name: own, value } in attributes {
        // Each takes a look at all words that there are.
        if faults.len() == MAX_DIAGNOSTICS {
            break;
        }
        let may_say = match known.find(element, &own.local) {
            Some(may_say) => may_say,
            None => match attribute_fault(name, element, &own.local) {
                Some(fault) => {
                    faults.push(fault);
                    continue;
                }
                None => {
                    let may_say = may_say(name, element, &own.local);
                    known.add(element, &own.local, may_say);
                    may_say
                }
            },
        };
        if name == "input" {
            faults.extend(input_fault(&kind, &own.local, value, may_say));
        } else {
            faults.extend(may_say.fault(name, &own.local, value));
        }
    }
    let has = |wanted: &&str| all.has(wanted);
    for group in element.required {
        if !group.iter().any(has) {
            let all: Vec<String> = group.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("<{name}> has no {}", all.join(" and no "));
            let expected = format!("{} on it", all.join(" or "));
            faults.push(Fault::new(message, expected, format!("<{name}")));
        }
    }
    if !element.name.is_empty() {
        related::check(name, all, &mut faults);
        aria::check(name, all, &kind, &mut faults);
    }
    faults
}

/// An author's own elements say whatever they like, but for their ids.
fn may_say(name: &str, element: &Element, attribute: &str) -> Value {
    match attribute.strip_prefix(ARIA_PREFIX) {
        _ if attribute == "id" => Value::Kind(&ID),
        _ if element.name.is_empty() => Value::Text,
        Some(aria) => aria::value(aria),
        None => values::of(name, attribute),
    }
}

const ID: values::Kind = values::Kind {
    expected: "an id without spaces, of at least one sign",
    judge: |value| {
        values::require(!value.is_empty() && !value.contains(|c: char| c.is_ascii_whitespace()))
    },
};

/// What is wrong with an attribute of a field, which its type decides.
fn input_fault(kind: &str, name: &str, value: &str, may_say: Value) -> Option<Fault> {
    if name == "type" {
        if INPUTS.contains(&kind) {
            return None;
        }
        let message = format!("there is no <input> of the type `{value}`");
        let fault = Fault::new(message, "a type that HTML has", "<input".to_owned());
        let meant = closest(value, INPUTS).map(str::to_owned);
        return Some(fault.at_part(name).meant(meant));
    }
    let types = values::allows(name).filter(|_| INPUTS.contains(&kind));
    if let Some(types) = types.filter(|types| types.all().all(|other| other != kind)) {
        let message = format!("`{name}` means nothing on <input type={kind}>");
        let all: Vec<String> = types.all().map(|kind| format!("`{kind}`")).collect();
        let expected = format!("it on an <input> of the type {}", all.join(", "));
        return Some(Fault::new(message, expected, "<input".to_owned()).at_part(name));
    }
    match name {
        "max" | "min" | "value" => values::input_value(kind, name).fault("input", name, value),
        "autocomplete" if !values::is_filled(kind, value) => {
            may_say.fault("input", name, value).or_else(|| {
                let message = format!("`{value}` cannot be filled into <input type={kind}>");
                let expected = "a field of this type, or another `type`";
                Some(Fault::new(message, expected, "<input".to_owned()).at_part(name))
            })
        }
        _ => may_say.fault("input", name, value),
    }
}

fn no_element(name: &str) -> Fault {
    let hint = format!("<{name}");
    if let Some(instead) = in_place_of(name) {
        let message = format!("<{name}> is no part of HTML any more");
        return Fault::new(message, instead, hint);
    }
    let expected = "an element of HTML, or a name with a hyphen in it";
    let fault = Fault::new(format!("there is no element <{name}>"), expected, hint);
    fault.meant(closest(name, names()).map(|meant| format!("<{meant}>")))
}

fn attribute_fault(element: &str, known: &Element, name: &str) -> Option<Fault> {
    let is_custom = known.name.is_empty();
    if is_custom || GLOBAL.binary_search(&name).is_ok() || known.attributes.contains(&name) {
        return None;
    }
    let fault = |message: String, expected: Cow<'static, str>| {
        Some(Fault::new(message, expected, format!("<{element}")).at_part(name))
    };
    if let Some(aria) = name.strip_prefix(ARIA_PREFIX) {
        if ARIA.binary_search(&aria).is_ok() {
            return None;
        }
        let meant = closest(aria, ARIA).map(|meant| format!("{ARIA_PREFIX}{meant}"));
        let told = fault(
            format!("there is no attribute `{name}`"),
            "one of WAI-ARIA's".into(),
        );
        return told.map(|told| told.meant(meant));
    }
    // Not wanted any more, and allowed (HTML, 16.1).
    if matches!((element, name), ("img", "border") | ("script", "language")) {
        return None;
    }
    let is_own = !name.bytes().all(|byte| byte.is_ascii_lowercase());
    if name == "data-" {
        return fault(
            "`data-` is no attribute: a name has to follow".to_owned(),
            "a name behind it, as in `data-name`".into(),
        );
    }
    if is_own || MORE_GLOBAL.contains(&name) || element == "embed" {
        return None;
    }
    if name.starts_with("on") {
        if EVENTS.binary_search(&name).is_ok() {
            return None;
        }
        let told = fault(
            format!("there is no attribute `{name}`"),
            "`on` and the name of an event".into(),
        );
        return told.map(|told| told.meant(closest(name, EVENTS).map(str::to_owned)));
    }
    if OBSOLETE.binary_search(&name).is_ok() {
        let message = format!("`{name}` is no attribute of <{element}> any more");
        return fault(message, "a style sheet".into());
    }
    let all = || known.attributes.iter().copied().chain(GLOBAL);
    let expected = format!("an attribute of <{element}>, or `data-{name}`");
    let told = fault(
        format!("<{element}> has no attribute `{name}`"),
        expected.into(),
    );
    told.map(|told| told.meant(closest(name, all()).map(str::to_owned)))
}

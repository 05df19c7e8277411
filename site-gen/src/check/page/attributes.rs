//! The attributes of an element: those that there are not, that are no part of HTML
//! any more, and that are missing.
//!
//! Names with other signs than letters in them are for scripts, as `@click` is, and
//! are left alone; but for `aria-`, of which all names are known (WAI-ARIA 1.2, 6).

use std::borrow::Cow;

use html5ever::Attribute;

use super::Fault;
use super::elements::{Element, NO_ELEMENT, in_place_of, names};
use super::lately::Plain;
use super::vocabulary::{ARIA, GLOBAL, INPUTS, MORE_GLOBAL, OBSOLETE, REFERRING, ROLES};
use crate::diagnostic::closest;
use crate::limits::MAX_DIAGNOSTICS;

const ARIA_PREFIX: &str = "aria-";

/// Whether an attribute names elements by their ids.
pub(super) fn refers(element: &str, attribute: &str) -> bool {
    let is_other = attribute == "for" && !matches!(element, "label" | "output");
    !is_other && REFERRING.binary_search(&attribute).is_ok()
}

/// What is wrong with an element of HTML that can be told from its tag alone.
pub(super) fn check(
    name: &str,
    element: &'static Element,
    attributes: &[Attribute],
    plain: &mut Plain,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    if element.kinds & NO_ELEMENT != 0 {
        faults.push(no_element(name));
        return faults;
    }
    for Attribute { name: own, value } in attributes {
        // Each takes a look at all words that there are.
        if faults.len() == MAX_DIAGNOSTICS {
            break;
        }
        if plain.has(Some(element), &own.local) {
            continue;
        }
        let before = faults.len();
        // An author's own elements have whatever attributes they like.
        if !element.name.is_empty() {
            faults.extend(attribute_fault(name, element, &own.local));
        }
        faults.extend(value_fault(name, &own.local, value));
        let has_value = matches!(&*own.local, "id" | "role" | "type");
        if faults.len() == before && !has_value && !refers(name, &own.local) {
            plain.add(element, &own.local);
        }
    }
    let has = |wanted: &&str| {
        let mut names = attributes.iter().map(|attribute| &*attribute.name.local);
        names.any(|name| name == *wanted)
    };
    for group in element.required {
        if !group.iter().any(&has) {
            let all: Vec<String> = group.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("<{name}> has no {}", all.join(" and no "));
            let expected = format!("{} on it", all.join(" or "));
            faults.push(Fault::new(message, expected, format!("<{name}")));
        }
    }
    faults
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
    if GLOBAL.binary_search(&name).is_ok() || known.attributes.contains(&name) {
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
    if is_own || name.starts_with("on") || MORE_GLOBAL.contains(&name) || element == "embed" {
        return None;
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

/// What is wrong with the value of an attribute, of those that are one of a few words.
fn value_fault(element: &str, name: &str, value: &str) -> Option<Fault> {
    let fault = |message: String, expected: &'static str| {
        Some(Fault::new(message, expected, format!("<{element}")).at_part(name))
    };
    match name {
        "id" if value.is_empty() || value.contains(|c: char| c.is_ascii_whitespace()) => {
            let message = format!("an id cannot be `{value}`");
            fault(message, "an id without spaces, of at least one sign")
        }
        "role" => {
            let mut roles = value.split_ascii_whitespace();
            let is_known = |role: &str| {
                let role = role.to_ascii_lowercase();
                let of_module = ["doc-", "graphics-"]
                    .iter()
                    .any(|module| role.starts_with(module));
                of_module || ROLES.binary_search(&role.as_str()).is_ok()
            };
            let unknown = roles.find(|role| !is_known(role))?;
            let told = fault(
                format!("there is no role `{unknown}`"),
                "a role of WAI-ARIA",
            );
            told.map(|told| told.meant(closest(unknown, ROLES).map(str::to_owned)))
        }
        "type" if element == "input" && !value.is_empty() => {
            let is_known = INPUTS.contains(&value.to_ascii_lowercase().as_str());
            let message = format!("there is no <input> of the type `{value}`");
            let told = fault(message, "a type that HTML has").filter(|_| !is_known);
            told.map(|told| told.meant(closest(value, INPUTS).map(str::to_owned)))
        }
        _ => None,
    }
}

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
use crate::diagnostic::closest;

/// Attributes of all elements (HTML, 3.2.6), and those of RDFa Lite.
const GLOBAL: [&str; 40] = [
    "about",
    "accesskey",
    "anchor",
    "autocapitalize",
    "autocorrect",
    "autofocus",
    "class",
    "contenteditable",
    "dir",
    "draggable",
    "enterkeyhint",
    "exportparts",
    "headingoffset",
    "headingreset",
    "hidden",
    "id",
    "inert",
    "inputmode",
    "is",
    "itemid",
    "itemprop",
    "itemref",
    "itemscope",
    "itemtype",
    "lang",
    "nonce",
    "part",
    "popover",
    "prefix",
    "property",
    "resource",
    "role",
    "slot",
    "spellcheck",
    "style",
    "tabindex",
    "title",
    "translate",
    "typeof",
    "vocab",
];

/// More of them that no list above has room for.
const MORE_GLOBAL: [&str; 3] = ["writingsuggestions", "xmlns", "datatype"];

/// Attributes that were part of HTML once (HTML, 16.2): style sheets do it.
const OBSOLETE: [&str; 42] = [
    "align",
    "alink",
    "allowtransparency",
    "archive",
    "axis",
    "background",
    "bgcolor",
    "border",
    "bordercolor",
    "bottommargin",
    "cellpadding",
    "cellspacing",
    "char",
    "charoff",
    "classid",
    "clear",
    "codebase",
    "codetype",
    "color",
    "compact",
    "declare",
    "face",
    "frame",
    "frameborder",
    "height",
    "hspace",
    "language",
    "leftmargin",
    "link",
    "longdesc",
    "lowsrc",
    "marginheight",
    "marginwidth",
    "noshade",
    "nowrap",
    "rules",
    "scrolling",
    "summary",
    "valign",
    "vlink",
    "vspace",
    "width",
];

/// The names that begin with `aria-`, without that.
const ARIA: [&str; 53] = [
    "activedescendant",
    "atomic",
    "autocomplete",
    "braillelabel",
    "brailleroledescription",
    "busy",
    "checked",
    "colcount",
    "colindex",
    "colindextext",
    "colspan",
    "controls",
    "current",
    "describedby",
    "description",
    "details",
    "disabled",
    "dropeffect",
    "errormessage",
    "expanded",
    "flowto",
    "grabbed",
    "haspopup",
    "hidden",
    "invalid",
    "keyshortcuts",
    "label",
    "labelledby",
    "level",
    "live",
    "modal",
    "multiline",
    "multiselectable",
    "orientation",
    "owns",
    "placeholder",
    "posinset",
    "pressed",
    "readonly",
    "relevant",
    "required",
    "roledescription",
    "rowcount",
    "rowindex",
    "rowindextext",
    "rowspan",
    "selected",
    "setsize",
    "sort",
    "valuemax",
    "valuemin",
    "valuenow",
    "valuetext",
];

const ARIA_PREFIX: &str = "aria-";

/// Attributes whose values are ids of elements of the page, separated by spaces.
const REFERRING: [&str; 15] = [
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
    "commandfor",
    "for",
    "form",
    "headers",
    "itemref",
    "list",
    "popovertarget",
];

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
    let expected = match closest(name, names()) {
        Some(meant) => format!("an element of HTML, such as <{meant}>"),
        None => "an element of HTML, or a name with a hyphen in it".to_owned(),
    };
    Fault::new(format!("there is no element <{name}>"), expected, hint)
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
        let expected = match closest(aria, ARIA) {
            Some(meant) => format!("such as `{ARIA_PREFIX}{meant}`"),
            None => "a name that WAI-ARIA has".to_owned(),
        };
        return fault(format!("there is no attribute `{name}`"), expected.into());
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
    let expected = match closest(name, all()) {
        Some(meant) => format!("an attribute of <{element}>, such as `{meant}`, or `data-{name}`"),
        None => format!("an attribute of <{element}>, or `data-{name}`"),
    };
    fault(
        format!("<{element}> has no attribute `{name}`"),
        expected.into(),
    )
}

/// What is wrong with the value of an attribute, of those that are one of a few words.
fn value_fault(element: &str, name: &str, value: &str) -> Option<Fault> {
    let fault = |message: String, expected: String| {
        Some(Fault::new(message, expected, format!("<{element}")).at_part(name))
    };
    match name {
        "id" if value.is_empty() || value.contains(|c: char| c.is_ascii_whitespace()) => {
            let message = format!("an id cannot be `{value}`");
            fault(
                message,
                "an id without spaces, of at least one sign".to_owned(),
            )
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
            let expected = match closest(unknown, ROLES) {
                Some(meant) => format!("such as `{meant}`"),
                None => "a role that WAI-ARIA has".to_owned(),
            };
            fault(format!("there is no role `{unknown}`"), expected)
        }
        "type" if element == "input" && !value.is_empty() => {
            let is_known = INPUTS.contains(&value.to_ascii_lowercase().as_str());
            let expected = match closest(value, INPUTS) {
                Some(meant) => format!("such as `{meant}`"),
                None => "one of those that HTML has".to_owned(),
            };
            let message = format!("there is no <input> of the type `{value}`");
            if is_known {
                None
            } else {
                fault(message, expected)
            }
        }
        _ => None,
    }
}

/// The roles of WAI-ARIA 1.2 and 1.3, but for those of its modules.
const ROLES: [&str; 92] = [
    "alert",
    "alertdialog",
    "application",
    "article",
    "associationlist",
    "associationlistitemkey",
    "associationlistitemvalue",
    "banner",
    "blockquote",
    "button",
    "caption",
    "cell",
    "checkbox",
    "code",
    "columnheader",
    "combobox",
    "comment",
    "complementary",
    "contentinfo",
    "definition",
    "deletion",
    "dialog",
    "directory",
    "document",
    "emphasis",
    "feed",
    "figure",
    "form",
    "generic",
    "grid",
    "gridcell",
    "group",
    "heading",
    "image",
    "img",
    "insertion",
    "link",
    "list",
    "listbox",
    "listitem",
    "log",
    "main",
    "mark",
    "marquee",
    "math",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "meter",
    "navigation",
    "none",
    "note",
    "option",
    "paragraph",
    "presentation",
    "progressbar",
    "radio",
    "radiogroup",
    "region",
    "row",
    "rowgroup",
    "rowheader",
    "scrollbar",
    "search",
    "searchbox",
    "sectionfooter",
    "sectionhead",
    "sectionheader",
    "separator",
    "slider",
    "spinbutton",
    "status",
    "strong",
    "subscript",
    "suggestion",
    "superscript",
    "switch",
    "tab",
    "table",
    "tablist",
    "tabpanel",
    "term",
    "textbox",
    "time",
    "timer",
    "toolbar",
    "tooltip",
    "tree",
    "treegrid",
    "treeitem",
];

/// What an <input> may be for (HTML, 4.10.5).
const INPUTS: [&str; 22] = [
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "file",
    "hidden",
    "image",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order() {
        assert!(GLOBAL.is_sorted() && ARIA.is_sorted());
        assert!(OBSOLETE.is_sorted() && REFERRING.is_sorted() && ROLES.is_sorted());
    }
}

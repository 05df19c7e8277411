//! What an element may be only in, or not in, some other ones, however far they are
//! around it; and what there may be once on a page.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use super::Fault;
use super::attributes::Attributes;
use super::content::Placed;
use super::elements::LABEL;
use super::traits::{
    HAS_HREF, HAS_LABEL, HAS_VALUE, IS_DEFAULT, IS_LIST, IS_MANY, IS_MAP, IS_REQUIRED, IS_SIFTED,
};

/// What was on the page so far, of what there may be once, or what matters to the next.
#[derive(Default)]
pub(super) struct Once {
    seen: RefCell<HashSet<&'static str>>,
    /// The level of the heading before; and whether levels are shifted somewhere.
    heading: Cell<Option<u8>>,
    is_shifted: Cell<bool>,
}

impl Once {
    /// What is wrong with the level of a heading, after the one before it.
    fn heading(&self, name: &str) -> Option<Fault> {
        let level = match name.as_bytes() {
            [b'h', digit @ b'1'..=b'6'] => digit - b'0',
            _ => return None,
        };
        if self.is_shifted.get() {
            return None;
        }
        let before = self.heading.replace(Some(level))?;
        let next = before + 1;
        (level > next).then(|| {
            let message = format!("<{name}> follows <h{before}>: a level is left out");
            Fault::new(message, format!("<h{next}>"), format!("<{name}"))
        })
    }

    /// What is wrong with an element because of one before it.
    pub(super) fn check(&self, name: &str, all: Attributes<'_>) -> Option<Fault> {
        if all.has("headingoffset") || all.has("headingreset") {
            self.is_shifted.set(true);
        }
        if let Some(fault) = self.heading(name) {
            return Some(fault);
        }
        let (what, message, expected) = match name {
            "main" if !all.has("hidden") => ("main", "<main> is on this page already", "one"),
            "meta" if all.has("charset") || all.is("http-equiv", "content-type") => (
                "charset",
                "the encoding of the page is told twice",
                "one <meta charset=utf-8>",
            ),
            "meta" if all.is("name", "description") => (
                "description",
                "the page has two descriptions",
                "one <meta name=description>",
            ),
            _ if all.has("autofocus") => (
                "autofocus",
                "two elements of this page have `autofocus`",
                "it on one of them",
            ),
            _ => return None,
        };
        let is_new = self.seen.borrow_mut().insert(what);
        let fault = || Fault::new(message.to_owned(), expected, format!("<{name}"));
        (!is_new).then(fault)
    }
}

fn fault(child: &Placed, part: &str, message: String, expected: &'static str) -> Fault {
    Fault::new(message, expected, format!("<{}", child.name())).at_part(part)
}

/// What is wrong with where an element is.
pub(super) fn check(child: &Placed) -> Vec<Fault> {
    let mut faults = Vec::new();
    let parent = child.parent().map_or("", Placed::name);
    match child.name() {
        "area" if child.closest("map").or(child.closest("template")).is_none() => {
            let message = "<area> is in no <map>".to_owned();
            faults.push(fault(child, "", message, "it in <map>"));
        }
        "img" if child.is(IS_MAP) && child.closest("a").is_none_or(|a| !a.is(HAS_HREF)) => {
            let message = "an image with `ismap` is in no link".to_owned();
            faults.push(fault(child, "ismap", message, "it in <a href>"));
        }
        "li" if child.is(HAS_VALUE) && matches!(parent, "ul" | "menu") => {
            let message = format!("`value` means nothing on <li> in <{parent}>");
            faults.push(fault(child, "value", message, "it in <ol>"));
        }
        "div"
            if child.is_in_dl()
                && child
                    .role
                    .is_some_and(|role| !matches!(role.name, "none" | "presentation")) =>
        {
            let message = "a <div> of <dl> has a `role`".to_owned();
            faults.push(fault(child, "role", message, "no `role`"));
        }
        "button" if parent == "select" && child.parent().is_some_and(|own| own.is(IS_LIST)) => {
            let message = "<button> stands in a <select> that is a list".to_owned();
            faults.push(fault(
                child,
                "",
                message,
                "it in one without `multiple` and `size`",
            ));
        }
        "option" => faults.extend(option(child)),
        _ => {}
    }
    if child.is_labelable() && child.is_around(LABEL) {
        faults.extend(in_label(child));
    }
    faults.extend(role(child, parent));
    faults
}

/// A label is for one field.
fn in_label(child: &Placed) -> Option<Fault> {
    let label = child.closest("label")?;
    label.count.set(label.count.get().saturating_add(1));
    if label.count.get() > 1 {
        let message = format!("<{}> is the second field in its <label>", child.name());
        return Some(fault(child, "", message, "a <label> for each field"));
    }
    let own = child.id.get().map(String::as_str).unwrap_or_default();
    let wanted = label.id.get().map(String::as_str)?;
    (wanted != own).then(|| {
        let message = format!("<{}> is in a <label> that is for `{wanted}`", child.name());
        fault(child, "", message, "no `for`, or the id of this field")
    })
}

/// Bits of what is known of the options of a <select>: one is chosen; there is one; the
/// first may not be empty, which is known when it ends.
const CHOSEN: u8 = 1;
const FIRST: u8 = 2;
const OWED: u8 = 4;

/// How many are chosen, and which is the first.
fn option(child: &Placed) -> Option<Fault> {
    let select = child.closest("select")?;
    let before = select.count.get();
    let chosen = if child.is(IS_DEFAULT) { CHOSEN } else { 0 };
    select.count.set(before | FIRST | chosen);
    if !select.is(IS_MANY) && before & chosen != 0 {
        let message = "two <option> of one <select> are selected".to_owned();
        return Some(fault(
            child,
            "selected",
            message,
            "`multiple` on <select>, or one",
        ));
    }
    if before & FIRST != 0 || !select.is(IS_REQUIRED) || select.is(IS_LIST) {
        return None;
    }
    let is_direct = child.parent().is_some_and(|own| own.name() != "optgroup");
    let is_empty = child.is(IS_SIFTED);
    if child.is(HAS_VALUE) || !is_direct {
        return Some(fault(child, "", PLACEHOLDER.to_owned(), EMPTY_VALUE));
    }
    if !is_empty {
        select.count.set(select.count.get() | OWED);
    }
    None
}

const PLACEHOLDER: &str = "the first <option> of a <select> with `required` says something";
const EMPTY_VALUE: &str = "`value=\"\"` on it: nothing is chosen yet";

/// What is wrong with an element that ends.
pub(super) fn end(own: &Placed, has_text: bool) -> Option<Fault> {
    match own.name() {
        "select" if own.is(IS_REQUIRED) && !own.is(IS_LIST) && own.count.get() == 0 => {
            let message = "<select> with `required` has no <option>".to_owned();
            Some(fault(
                own,
                "",
                message,
                "<option value=\"\"> and others in it",
            ))
        }
        "option" => {
            let select = own.closest("select")?;
            let before = select.count.get();
            select.count.set(before & !OWED);
            let is_told = before & OWED != 0 && has_text;
            is_told.then(|| fault(own, "", PLACEHOLDER.to_owned(), EMPTY_VALUE))
        }
        "label" if own.count.get() > 0 => own_name(own),
        _ => None,
    }
}

/// A label of a field is that, and nothing else.
pub(super) fn own_name(label: &Placed) -> Option<Fault> {
    let part = match label.role {
        Some(_) => "role",
        None if label.is(HAS_LABEL) => "aria-label",
        None => return None,
    };
    let message = format!("the <label> of a field cannot have `{part}`");
    Some(fault(label, part, message, "its text alone"))
}

/// What is wrong with a role because of where it is.
fn role(child: &Placed, parent: &str) -> Option<Fault> {
    let (own, role) = (child.name(), child.role?);
    let name = role.name;
    let around = child.parent()?;
    let in_table = matches!(own, "tr" | "td" | "th")
        .then(|| child.closest("table"))
        .flatten();
    if let Some(table) = in_table
        && table
            .role
            .is_none_or(|role| matches!(role.name, "table" | "grid" | "treegrid"))
    {
        let message = format!("<{own}> of a table cannot have a `role`");
        return Some(fault(
            child,
            "role",
            message,
            "no `role`, or another one on <table>",
        ));
    }
    if own == "summary" && parent == "details" {
        let message = "<summary> cannot have a `role`".to_owned();
        return Some(fault(child, "role", message, "no `role`"));
    }
    if own == "li" && matches!(parent, "ul" | "ol" | "menu") {
        let is_list = around.role.is_none_or(|role| role.name == "list");
        if is_list && name != "listitem" {
            let message = format!("<li> of a list cannot have the role `{name}`");
            return Some(fault(
                child,
                "role",
                message,
                "no `role`, or another one on the list",
            ));
        }
    }
    None
}

/// The roles that have to be around an element, if there are some and none is.
pub(super) fn lacks(child: &Placed) -> Option<Fault> {
    let is_group = matches!(child.name(), "tbody" | "thead" | "tfoot");
    let role = child
        .role
        .filter(|role| !role.within.is_empty() && !is_group)?;
    let is_one = |node: &Placed| {
        let own = node
            .role
            .map(|role| role.name)
            .or_else(|| implied(node.name()));
        own.is_some_and(|own| role.within.split_ascii_whitespace().any(|name| name == own))
    };
    let mut around = child.parent();
    while let Some(node) = around.filter(|node| !is_one(node)) {
        around = node.parent();
    }
    if around.is_some() {
        return None;
    }
    let message = format!(
        "an element with the role `{}` is in nothing that has it",
        role.name
    );
    let names = role.within.replace(' ', "`, `");
    let expected = format!("an element with the role `{names}` around it");
    let hint = format!("<{}", child.name());
    Some(Fault::new(message, expected, hint).at_part("role"))
}

/// The roles of elements that have none of their own.
fn implied(name: &str) -> Option<&'static str> {
    Some(match name {
        "ul" | "ol" | "menu" => "list",
        "table" => "table",
        "tr" => "row",
        "tbody" | "thead" | "tfoot" => "rowgroup",
        "select" | "datalist" => "listbox",
        _ => return None,
    })
}

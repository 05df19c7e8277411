//! Roles and states for programs that read pages aloud (WAI-ARIA 1.2; ARIA in HTML):
//! which roles an element may have ([`elements`]), which states a role has ([`roles`]),
//! and what they can be.

mod elements;
mod roles;

use super::Fault;
use super::attributes::Attributes;
use super::values::Value::{self, Exactly, Kind, Text};
use super::values::{COUNT, ID, IDS, NUMBER, POSITIVE};
use crate::diagnostic::closest;
use elements::{Roles, allowed, implied, is_nameless};
pub(super) use roles::{Role, find};

/// States that every element may have.
const GLOBAL: &str = "atomic braillelabel brailleroledescription busy controls current describedby \
    description details disabled dropeffect errormessage flowto grabbed haspopup hidden invalid \
    keyshortcuts label labelledby live owns relevant roledescription";

/// States that name an element, which not all may be.
const NAMING: [&str; 3] = ["braillelabel", "label", "labelledby"];

const TRUE: &[&str] = &["true", "false"];
const TRUE_OR_NOT: &[&str] = &["true", "false", "undefined"];
const MIXED: &[&str] = &["true", "false", "mixed", "undefined"];

/// What a state may be, by its name without `aria-`.
pub(super) fn value(name: &str) -> Value {
    match name {
        "atomic" | "busy" | "disabled" | "hidden" | "modal" | "multiline" | "multiselectable"
        | "readonly" | "required" => Exactly(TRUE),
        "expanded" | "selected" => Exactly(TRUE_OR_NOT),
        "checked" | "pressed" => Exactly(MIXED),
        "autocomplete" => Exactly(&["inline", "list", "both", "none"]),
        "current" => Exactly(&["page", "step", "location", "date", "time", "true", "false"]),
        "haspopup" => Exactly(&["true", "false", "menu", "listbox", "tree", "grid", "dialog"]),
        "invalid" => Exactly(&["true", "false", "grammar", "spelling"]),
        "live" => Exactly(&["off", "polite", "assertive"]),
        "orientation" => Exactly(&["horizontal", "vertical", "undefined"]),
        "relevant" => Value::Each(&["additions", "removals", "text", "all"]),
        "sort" => Exactly(&["ascending", "descending", "none", "other"]),
        "colcount" | "rowcount" | "setsize" => Kind(&COUNT),
        "colindex" | "colspan" | "level" | "posinset" | "rowindex" | "rowspan" => Kind(&POSITIVE),
        "valuemax" | "valuemin" | "valuenow" => Kind(&NUMBER),
        "activedescendant" | "details" | "errormessage" => Kind(&ID),
        "controls" | "describedby" | "flowto" | "labelledby" | "owns" => Kind(&IDS),
        _ => Text,
    }
}

/// An element, and what is told of it.
struct Told<'a> {
    element: &'a str,
    /// The type, if it is a field.
    kind: &'a str,
    all: Attributes<'a>,
    faults: &'a mut Vec<Fault>,
}

/// Tells what is wrong with the roles and states of an element of HTML.
pub(super) fn check(element: &str, all: Attributes<'_>, kind: &str, faults: &mut Vec<Fault>) {
    let is_told = |name: &str| name == "role" || name.starts_with("aria-");
    if !all.0.iter().any(|own| is_told(&own.name.local)) {
        return;
    }
    let mut told = Told {
        element,
        kind,
        all,
        faults,
    };
    let role = match all.value("role") {
        None => Some(None),
        Some(value) => told.role(value),
    };
    told.pairs();
    // Of states of what is no role, nothing is known.
    if let Some(role) = role {
        told.states(role);
    }
}

impl Told<'_> {
    fn tell(&mut self, part: &str, message: String, expected: impl Into<String>) {
        let hint = format!("<{}", self.element);
        let fault = Fault::new(message, expected.into(), hint).at_part(part);
        self.faults.push(fault);
    }

    /// The role of the element; nothing if it has a wrong one.
    fn role(&mut self, value: &str) -> Option<Option<&'static Role>> {
        let element = self.element;
        let words: Vec<&str> = value.split_ascii_whitespace().collect();
        if words.is_empty() {
            self.tell(
                "role",
                "`role` cannot be empty".to_owned(),
                "a role, or no `role`",
            );
            return None;
        }
        let mut found = None;
        for word in &words {
            match find(word) {
                Some(role) => found = found.or(Some(role)),
                None => {
                    let hint = format!("<{element}");
                    let message = format!("there is no role `{word}`");
                    let fault = Fault::new(message, "a role of WAI-ARIA", hint).at_part("role");
                    let meant = closest(word, roles::names()).map(str::to_owned);
                    self.faults.push(fault.meant(meant));
                    return None;
                }
            }
        }
        // Of more than one, a reader takes the first that it knows.
        let role = found.filter(|_| words.len() == 1)?;
        let name = role.name;
        let allowed = match allowed(element, self.kind, self.all) {
            Roles::Any => return Some(Some(role)),
            // One that nobody should use any more, and who may have others, may.
            Roles::Of(list) if !list.is_empty() && name == "directory" => return Some(Some(role)),
            Roles::Of(list) => list,
        };
        let is_allowed = |own: &str| own == name || own == "presentation" && name == "none";
        if allowed.split_ascii_whitespace().any(is_allowed) {
            return Some(Some(role));
        }
        let message = format!("<{element}> cannot have the role `{name}`");
        let expected = match allowed.is_empty() {
            true => "no `role` on it".to_owned(),
            false => format!("no `role` on it, or `{}`", allowed.replace(' ', "`, `")),
        };
        self.tell("role", message, expected);
        None
    }

    /// States that a role has to have, and those that it cannot.
    fn states(&mut self, role: Option<&'static Role>) {
        let (element, all) = (self.element, self.all);
        let implied = implied(element, self.kind, all);
        // A field says by itself whether it is checked.
        let is_given = element == "input" && matches!(self.kind, "checkbox" | "radio");
        if let Some(role) = role {
            let missing = role.required().find(|name| {
                let is_there = all.has(&format!("aria-{name}"));
                let is_own = is_given && *name == "checked";
                !is_there && !is_own
            });
            if let Some(name) = missing {
                let message = format!("the role `{}` has no `aria-{name}` here", role.name);
                self.tell("role", message, format!("`aria-{name}`, too"));
            }
        }
        for own in all.0 {
            let Some(name) = own.name.local.strip_prefix("aria-") else {
                continue;
            };
            let has = |list: &str| list.split_ascii_whitespace().any(|own| own == name);
            let is_global = has(GLOBAL) && !matches!(element, "br" | "wbr");
            let is_known = super::vocabulary::ARIA.binary_search(&name).is_ok();
            let is_of_role = role.map_or_else(|| has(implied), |role| role.has(name));
            let is_hidden = element == "input" && self.kind == "hidden";
            if is_hidden || matches!(element, "base" | "link" | "meta") {
                let message = format!("`aria-{name}` cannot stand on <{element}> of this kind");
                self.tell(&own.name.local, message, "nothing");
                continue;
            }
            let is_hidden_break = matches!(element, "br" | "wbr") && name == "hidden";
            let is_told = is_given && name == "checked";
            if is_known && !is_told && !is_global && !is_of_role && !is_hidden_break {
                let of = match role {
                    Some(role) => format!("the role `{}`", role.name),
                    None => format!("<{element}>"),
                };
                let message = format!("`aria-{name}` means nothing on {of}");
                self.tell(&own.name.local, message, "a role that has it, or nothing");
            }
            let may_be_named = match role {
                Some(role) => !role.is_nameless(),
                None => !is_nameless(element, all),
            };
            if NAMING.contains(&name) && !may_be_named {
                let of = match role {
                    Some(role) => format!("an element with the role `{}`", role.name),
                    None => format!("<{element}> without a `role`"),
                };
                let message = format!("`aria-{name}` cannot name {of}");
                self.tell(&own.name.local, message, "it on an element that has a role");
            }
        }
    }

    /// States that say what an attribute says already, or something else.
    fn pairs(&mut self) {
        let all = self.all;
        let no = |name: &str| all.is(name, "false");
        let unlike = [
            ("aria-required", "required"),
            ("aria-disabled", "disabled"),
            ("aria-readonly", "readonly"),
            ("aria-checked", "checked"),
        ];
        for (state, attribute) in unlike {
            if no(state) && all.has(attribute) {
                let message = format!("`{state}` says no, and `{attribute}` yes");
                self.tell(state, message, format!("`{attribute}` alone"));
            }
        }
        let doubled = [
            ("aria-placeholder", "placeholder"),
            ("aria-valuemax", "max"),
            ("aria-valuemin", "min"),
            ("aria-expanded", "popovertarget"),
            ("aria-expanded", "command"),
        ];
        for (state, attribute) in doubled {
            if all.has(state) && all.has(attribute) {
                let message = format!("`{state}` stands beside `{attribute}`");
                self.tell(state, message, format!("`{attribute}` alone"));
            }
        }
        if all.is("aria-readonly", "true") && all.has("contenteditable") {
            let message = "`aria-readonly` stands beside `contenteditable`".to_owned();
            self.tell("aria-readonly", message, "one of them");
        }
        let is_field = self.element == "input" && matches!(self.kind, "checkbox" | "radio");
        if is_field && all.has("aria-checked") {
            let message = format!("`aria-checked` cannot stand on <input type={}>", self.kind);
            self.tell("aria-checked", message, "`checked`");
        }
        let is_button = is_field && self.kind == "checkbox" && all.is("role", "button");
        if is_button && !all.has("aria-pressed") {
            let message = "a checkbox with the role `button` has no `aria-pressed`".to_owned();
            self.tell("role", message, "`aria-pressed`, too");
        }
        self.hidden();
        if self.element == "img" {
            self.picture();
        }
    }

    fn hidden(&mut self) {
        let all = self.all;
        let Some(own) = all.value("aria-hidden") else {
            return;
        };
        let never = [
            "col", "colgroup", "head", "html", "map", "noscript", "script", "slot", "source",
            "style", "template", "title", "track",
        ];
        let is_page = self.element == "body" && own == "true";
        if never.contains(&self.element) || is_page {
            let message = format!("`aria-hidden` cannot stand on <{}>", self.element);
            self.tell("aria-hidden", message, "nothing");
        } else if let Some(hidden) = all.value("hidden") {
            let is_found_later = hidden.eq_ignore_ascii_case("until-found");
            if own == "false" || is_found_later {
                let message = "`aria-hidden` stands beside `hidden`, and says something else";
                self.tell("aria-hidden", message.to_owned(), "`hidden` alone");
            }
        }
    }

    /// An image has a role only if it has a text.
    fn picture(&mut self) {
        let all = self.all;
        let is_named = ["aria-label", "aria-labelledby", "title"]
            .iter()
            .any(|name| all.has(name));
        let alt = all.value("alt");
        if all.has("role") && alt == Some("") && !is_named {
            let message = "an image without a text has a `role`".to_owned();
            self.tell(
                "role",
                message,
                "no `role`: `alt=\"\"` says that it only decorates",
            );
        } else if all.has("role") && alt.is_none() && !is_named {
            let message = "an image with a `role` has no text".to_owned();
            self.tell("role", message, "`alt`, with what it shows");
        }
    }
}

//! What may be in which element (HTML, 3.2.5), told when the parser puts one into
//! another: it knows which ends are implied.
//!
//! No tree is kept. Each element knows what concerns those in it: [`Inside`].

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::rc::Rc;

use html5ever::{Attribute, QualName, ns};

use super::aria::{self, Role};
use super::attributes::Attributes;
use super::children::Seen;
use super::elements::{
    A, ADDRESS, ARTICLE, ASIDE, Around, BUTTON, CAPTION, Content, DFN, DT, Element, FLOW, FOOTER,
    FRAME, HEADED, HEADER, HEADING, ITEM, LABEL, LABELABLE, METER, NAV, NO_ELEMENT, PHRASING,
    PROGRESS, SCRIPTING, SECTIONING, SOLID, TH,
};
use super::traits::{IN_BODY, INTERACTIVE, TABBED, Traits, traits};
use super::{Fault, tables};

/// What the parser calls an element.
pub(super) type Node = Rc<Placed>;

/// An element, as far as it matters where it is.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) name: QualName,
    /// None of what is not HTML.
    known: Option<&'static Element>,
    traits: Traits,
    inside: Cell<Inside>,
    /// What those in it are told, besides its name.
    around: Around,
    /// Whether it was told that there is text in it.
    is_told: Cell<bool>,
    /// Where its tag is in the page, if that is known.
    pub(super) at: Range<usize>,
    pub(super) line: u64,
    /// How many were made before it, if somebody wrote it there. The parser opens again
    /// what was not closed, which is told.
    number: Cell<Option<usize>>,
    /// Its role, if it says one.
    pub(super) role: Option<&'static Role>,
    /// What came into it so far.
    pub(super) seen: Cell<Seen>,
    /// How many of something, which is the element's own matter, are in it.
    pub(super) count: Cell<u8>,
    /// Its id, if that matters; of a label, that of its field.
    pub(super) id: OnceCell<String>,
    /// What kind of data a script is, if its text is looked into.
    pub(super) script: &'static str,
    /// What it says of itself, if it is a part of a table.
    pub(super) cell: Option<Box<tables::Cell>>,
    parent: OnceCell<Node>,
}

/// What is around an element.
#[derive(Clone, Copy, Debug, Default)]
struct Inside {
    allows: Allows,
    around: Around,
    /// Whether it is a child of <dl>.
    is_in_dl: bool,
}

/// What the element around one allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Allows {
    #[default]
    Anything,
    Flow,
    Phrasing,
}

const NAMES: [(Around, &str); 15] = [
    (A, "a"),
    (BUTTON, "button"),
    (LABEL, "label"),
    (DT, "dt"),
    (TH, "th"),
    (ADDRESS, "address"),
    (HEADER, "header"),
    (FOOTER, "footer"),
    (ARTICLE, "article"),
    (ASIDE, "aside"),
    (NAV, "nav"),
    (DFN, "dfn"),
    (METER, "meter"),
    (PROGRESS, "progress"),
    (CAPTION, "caption"),
];

/// Roles of what is read as one thing, whatever is in it.
const SOLID_ROLES: [&str; 5] = ["button", "img", "progressbar", "separator", "slider"];

/// Roles of what somebody does something with.
const WIDGETS: [&str; 21] = [
    "button",
    "checkbox",
    "combobox",
    "grid",
    "gridcell",
    "listbox",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "option",
    "radio",
    "scrollbar",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
    "treeitem",
];

/// Roles of what is no part of a line of text.
const BLOCKS: [&str; 7] = [
    "alert",
    "application",
    "dialog",
    "listbox",
    "status",
    "tabpanel",
    "toolbar",
];

impl Placed {
    pub(super) fn new(
        name: QualName,
        known: Option<&'static Element>,
        attributes: &[Attribute],
        at: Range<usize>,
        line: u64,
    ) -> Node {
        let all = Attributes(attributes);
        let traits = match attributes.is_empty() && known.is_none() {
            true => 0,
            false => traits(&name.local, all),
        };
        let role = all.value("role").and_then(aria::find);
        let is_field = known.is_some_and(|known| known.kinds & LABELABLE != 0);
        let is_owned = role.is_some_and(|role| !role.within.is_empty());
        let id = match &*name.local {
            "label" => all.value("for"),
            _ if is_field || is_owned => all.value("id"),
            _ => None,
        };
        let kinds = ["importmap", "speculationrules"];
        let script = match &*name.local {
            "script" => kinds.into_iter().find(|kind| all.is("type", kind)),
            _ => None,
        };
        let is_solid = role.is_some_and(|role| SOLID_ROLES.contains(&role.name));
        let item = if all.has("itemscope") { ITEM } else { 0 };
        let around = item | if is_solid { SOLID } else { 0 };
        let cell = tables::Cell::of(&name.local, all);
        let inside = Cell::default();
        Rc::new(Self {
            name,
            known,
            traits,
            inside,
            around,
            is_told: Cell::new(false),
            at,
            line,
            number: Cell::new(None),
            role,
            seen: Cell::new(0),
            count: Cell::new(0),
            id: id
                .map(|id| OnceCell::from(id.to_owned()))
                .unwrap_or_default(),
            script: script.unwrap_or_default(),
            cell,
            parent: OnceCell::new(),
        })
    }

    /// What is no element.
    pub(super) fn nothing() -> Node {
        let name = QualName::new(None, ns!(), html5ever::local_name!(""));
        Self::new(name, None, &[], 0..0, 0)
    }

    /// What it is in.
    pub(super) fn parent(&self) -> Option<&Self> {
        self.parent.get().map(Rc::as_ref)
    }

    /// The nearest element around it with this name.
    pub(super) fn closest(&self, name: &str) -> Option<&Self> {
        let mut around = self.parent();
        while let Some(node) = around.filter(|node| node.name() != name) {
            around = node.parent();
        }
        around
    }

    /// Whether it counts among what is in the one around it.
    pub(super) fn is_counted(&self) -> bool {
        self.known.is_none_or(|known| known.kinds & SCRIPTING == 0) && !self.name().is_empty()
    }

    /// Whether its attributes say so.
    pub(super) fn is(&self, traits: Traits) -> bool {
        self.traits & traits != 0
    }

    pub(super) fn is_written(&self) -> bool {
        self.number.get().is_some()
    }

    /// How many elements were made before it, if somebody wrote it.
    pub(super) fn number(&self) -> Option<usize> {
        self.number.get()
    }

    pub(super) fn is_in_dl(&self) -> bool {
        self.inside.get().is_in_dl
    }

    /// Whether one of these is around it, however far.
    pub(super) fn is_around(&self, around: Around) -> bool {
        self.inside.get().around & around != 0
    }

    /// Whether a label can be for it.
    pub(super) fn is_labelable(&self) -> bool {
        let name = &self.name.local;
        let is_hidden = &**name == "input" && self.traits & INTERACTIVE == 0;
        let is_field = self.known.is_some_and(|known| known.kinds & LABELABLE != 0);
        is_field && !is_hidden || &**name == "meter" || name.contains('-')
    }

    /// Says that it is where somebody wrote it.
    pub(super) fn set_written(&self, number: usize) {
        self.number.set(Some(number));
    }

    /// What is known of it, if it is of HTML.
    pub(super) fn known(&self) -> Option<&'static Element> {
        self.known
    }

    pub(super) fn name(&self) -> &str {
        self.name.local.as_ref()
    }

    /// What may be in it, where it is.
    fn allows(&self) -> Allows {
        match self.known.map(|known| known.content) {
            None | Some(Content::Any | Content::Only | Content::Text) => Allows::Anything,
            Some(Content::Flow) => Allows::Flow,
            Some(Content::Phrasing) => Allows::Phrasing,
            Some(Content::Transparent) => self.inside.get().allows,
        }
    }

    /// Puts another element into this one.
    pub(super) fn take(self: &Rc<Self>, child: &Self) {
        _ = child.parent.set(Rc::clone(self));
        child.inside.set(Inside {
            allows: self.allows(),
            around: self.inside.get().around
                | self.around
                | self.known.map_or(0, |known| known.around),
            is_in_dl: self.name() == "dl",
        });
    }

    /// What is wrong with an element that was put into this one.
    pub(super) fn judge(&self, child: &Self) -> Option<Fault> {
        let (known, parent) = (child.known?, self.known?);
        if !self.is_written() && self.name() != "body" {
            return None;
        }
        // What there is not is told as such, and may be anything.
        if (known.kinds | parent.kinds) & NO_ELEMENT != 0 || known.kinds & SCRIPTING != 0 {
            return None;
        }
        let own = child.name();
        let is_group = self.name() == "div" && self.inside.get().is_in_dl;
        let (content, inside): (_, &[&str]) = match is_group {
            true => (Content::Only, &["dt", "dd"]),
            false => (parent.content, parent.inside),
        };
        let is_allowed = inside.contains(&own)
            || match (content, self.allows()) {
                (Content::Only | Content::Text, _) => false,
                (_, Allows::Anything) => true,
                (_, Allows::Flow) => known.kinds & FLOW != 0 || child.traits & IN_BODY != 0,
                (_, Allows::Phrasing) => known.kinds & PHRASING != 0 || child.traits & IN_BODY != 0,
            };
        if !is_allowed && !self.is_list_of(own) {
            let mut fault = self.misplaced(child, content, inside, known);
            fault.around = Some((format!("<{}", self.name()), self.at.clone()));
            fault.inside = self.limits().number();
            return Some(fault);
        }
        let around = child.inside.get().around & child.forbidden(known);
        if let Some(fault) = self.misplaced_role(child, known) {
            return Some(fault);
        }
        let (_, name) = NAMES.iter().find(|(bit, _)| around & bit != 0)?;
        let message = match child.traits & TABBED != 0 && child.traits & INTERACTIVE == 0 {
            true => format!("<{own}> with `tabindex` cannot stand in <{name}>"),
            false => format!("<{own}> cannot stand in <{name}>"),
        };
        let expected = format!("it outside of <{name}>");
        let mut fault = Fault::new(message, expected, format!("<{own}"));
        fault.inside = child.closest(name).and_then(Self::number);
        Some(fault)
    }

    /// The element that says what may be in this one: itself, or the one around it.
    fn limits(&self) -> &Self {
        let mut own = self;
        while let Some(Content::Transparent) = own.known.map(|known| known.content)
            && let Some(parent) = own.parent()
        {
            own = parent;
        }
        own
    }

    /// What cannot be in something else because of the role of either.
    fn misplaced_role(&self, child: &Self, known: &Element) -> Option<Fault> {
        let own = child.name();
        let around = child.inside.get().around;
        let role = child.role.map_or("", |role| role.name);
        let is_heading = known.kinds & HEADING != 0 && role.is_empty() || role == "heading";
        if around & SOLID != 0 && is_heading {
            let message = format!("<{own}> is a heading, and in what is read as one thing");
            let expected = format!("it outside of the role `{}`", SOLID_ROLES.join("`, `"));
            return Some(Fault::new(message, expected, format!("<{own}")));
        }
        let is_used = WIDGETS.contains(&role) && around & (A | BUTTON) != 0;
        if is_used || around & HEADED != 0 && BLOCKS.contains(&role) {
            let place = match (is_used, around & A != 0) {
                (true, true) => "a link",
                (true, false) => "a button",
                (false, _) => "a heading",
            };
            let message = format!("<{own}> with the role `{role}` cannot stand in {place}");
            let fault = Fault::new(message, format!("it outside of {place}"), format!("<{own}"));
            return Some(fault.at_part("role"));
        }
        None
    }

    /// Whether it groups what is in a <select>.
    fn is_list_of(&self, child: &str) -> bool {
        let may_be = matches!(child, "div" | "hr" | "noscript" | "optgroup" | "option");
        let is_list = |node: &Self| matches!(node.name(), "select" | "optgroup");
        let parent = self.parent.get();
        may_be
            && self.name() == "div"
            && parent.is_some_and(|own| is_list(own) || own.is_list_of("div"))
    }

    /// Text that was put into this one.
    pub(super) fn judge_text(&self) -> Option<Fault> {
        let known = self.known?;
        let is_group = self.name() == "div" && self.inside.get().is_in_dl;
        let is_good = known.content != Content::Only && !is_group && !self.is_list_of("option");
        if is_good || self.is_told.replace(true) {
            return None;
        }
        let own = self.name();
        let message = format!("text cannot stand directly in <{own}>");
        let inside: &[&str] = match known.content {
            _ if is_group => &["dt", "dd"],
            Content::Only => known.inside,
            _ => &["option"],
        };
        let expected = match inside.is_empty() {
            true => "nothing in it".to_owned(),
            false => listed(inside),
        };
        let mut fault = Fault::new(message, expected, format!("<{own}"));
        fault.inside = self.number();
        Some(fault)
    }

    fn misplaced(&self, child: &Self, content: Content, inside: &[&str], known: &Element) -> Fault {
        let (own, parent) = (child.name(), self.name());
        let message = format!("<{own}> cannot stand in <{parent}>");
        let expected: Cow<'static, str> = match content {
            Content::Only => listed(inside).into(),
            Content::Text => "nothing but text there".into(),
            _ if !known.place.is_empty() => known.place.into(),
            _ => "no more than text and what is part of it there".into(),
        };
        Fault::new(message, expected, format!("<{own}"))
    }

    /// What it may not be in, however deep.
    fn forbidden(&self, known: &Element) -> Around {
        let mut forbidden = 0;
        if self.traits & (INTERACTIVE | TABBED) != 0 {
            forbidden |= A | BUTTON;
        }
        if known.kinds & (HEADING | SECTIONING) != 0 {
            forbidden |= DT | TH | ADDRESS;
        }
        if known.kinds & FRAME != 0 {
            forbidden |= DT | TH | ADDRESS | HEADER | FOOTER;
        }
        forbidden
            | match self.name() {
                "a" => A,
                "label" => LABEL,
                "address" => ADDRESS,
                "dfn" => DFN,
                "meter" => METER,
                "progress" => PROGRESS,
                "table" => CAPTION,
                "main" => ARTICLE | ASIDE | FOOTER | HEADER | NAV,
                _ => 0,
            }
    }
}

fn listed(inside: &[&str]) -> String {
    let names: Vec<String> = inside.iter().map(|name| format!("<{name}>")).collect();
    format!("only {} there", names.join(", "))
}

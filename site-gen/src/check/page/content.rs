//! What may be in which element (HTML, 3.2.5), told when the parser puts one into
//! another: it knows which ends are implied.
//!
//! No tree is kept. Each element knows what concerns those in it: [`Inside`].

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use html5ever::{Attribute, QualName, ns};

use super::Fault;
use super::elements::{
    A, ADDRESS, ARTICLE, ASIDE, Around, BUTTON, CAPTION, Content, DFN, DT, Element, FLOW, FOOTER,
    FRAME, HEADER, HEADING, LABEL, LABELABLE, METER, NAV, NO_ELEMENT, PHRASING, PROGRESS,
    SCRIPTING, SECTIONING, TH,
};

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
    /// Whether somebody wrote it there. The parser opens again what was not closed,
    /// which is told.
    is_written: Cell<bool>,
    /// Whether it was told that there is text in it.
    is_told: Cell<bool>,
    /// Where its tag is in the page, if that is known.
    pub(super) at: Range<usize>,
}

/// What an element's attributes say about its place, as bits.
type Traits = u8;

/// It can be clicked, or typed into.
const INTERACTIVE: Traits = 1;
/// It has a place in the order of keys.
const TABBED: Traits = 2;
/// It may stand in the body, though most of its kind stand in the head.
const IN_BODY: Traits = 4;

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

impl Placed {
    pub(super) fn new(
        name: QualName,
        known: Option<&'static Element>,
        attributes: &[Attribute],
        at: Range<usize>,
    ) -> Node {
        let traits = traits(&name.local, attributes);
        let inside = Cell::default();
        Rc::new(Self {
            name,
            known,
            traits,
            inside,
            is_written: Cell::new(false),
            is_told: Cell::new(false),
            at,
        })
    }

    /// What is no element.
    pub(super) fn nothing() -> Node {
        let name = QualName::new(None, ns!(), html5ever::local_name!(""));
        Self::new(name, None, &[], 0..0)
    }

    /// Whether a label can be for it.
    pub(super) fn is_labelable(&self) -> bool {
        let name = &self.name.local;
        let is_hidden = &**name == "input" && self.traits & INTERACTIVE == 0;
        let is_field = self.known.is_some_and(|known| known.kinds & LABELABLE != 0);
        is_field && !is_hidden || &**name == "meter" || name.contains('-')
    }

    /// Says that it is where somebody wrote it.
    pub(super) fn set_written(&self) {
        self.is_written.set(true);
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
            None | Some(Content::Any | Content::Only) => Allows::Anything,
            Some(Content::Flow) => Allows::Flow,
            Some(Content::Phrasing) => Allows::Phrasing,
            Some(Content::Transparent) => self.inside.get().allows,
        }
    }

    /// Puts another element into this one.
    pub(super) fn take(&self, child: &Self) {
        child.inside.set(Inside {
            allows: self.allows(),
            around: self.inside.get().around | self.known.map_or(0, |known| known.around),
            is_in_dl: self.name() == "dl",
        });
    }

    /// What is wrong with an element that was put into this one.
    pub(super) fn judge(&self, child: &Self) -> Option<Fault> {
        let (known, parent) = (child.known?, self.known?);
        if !self.is_written.get() && self.name() != "body" {
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
                (Content::Only, _) => false,
                (_, Allows::Anything) => true,
                (_, Allows::Flow) => known.kinds & FLOW != 0 || child.traits & IN_BODY != 0,
                (_, Allows::Phrasing) => known.kinds & PHRASING != 0 || child.traits & IN_BODY != 0,
            };
        if !is_allowed {
            let mut fault = self.misplaced(child, content, inside, known);
            fault.around = Some((format!("<{}", self.name()), self.at.clone()));
            return Some(fault);
        }
        let around = child.inside.get().around & child.forbidden(known);
        let (_, name) = NAMES.iter().find(|(bit, _)| around & bit != 0)?;
        let message = match child.traits & TABBED != 0 && child.traits & INTERACTIVE == 0 {
            true => format!("<{own}> with `tabindex` cannot stand in <{name}>"),
            false => format!("<{own}> cannot stand in <{name}>"),
        };
        let expected = format!("it outside of <{name}>");
        Some(Fault::new(message, expected, format!("<{own}")))
    }

    /// Text that was put into this one.
    pub(super) fn judge_text(&self, text: &str) -> Option<Fault> {
        let known = self.known?;
        let is_group = self.name() == "div" && self.inside.get().is_in_dl;
        let is_good = known.content != Content::Only && !is_group;
        if is_good || text.trim_ascii().is_empty() || self.is_told.replace(true) {
            return None;
        }
        let own = self.name();
        let message = format!("text cannot stand directly in <{own}>");
        let inside: &[&str] = if is_group {
            &["dt", "dd"]
        } else {
            known.inside
        };
        Some(Fault::new(message, listed(inside), format!("<{own}")))
    }

    fn misplaced(&self, child: &Self, content: Content, inside: &[&str], known: &Element) -> Fault {
        let (own, parent) = (child.name(), self.name());
        let message = format!("<{own}> cannot stand in <{parent}>");
        let expected: Cow<'static, str> = match content {
            Content::Only => listed(inside).into(),
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

fn traits(name: &str, attributes: &[Attribute]) -> Traits {
    let value = |wanted: &str| {
        let mut all = attributes.iter();
        let found = all.find(|attribute| &*attribute.name.local == wanted);
        found.map(|attribute| attribute.value.as_ref())
    };
    let has = |wanted: &str| value(wanted).is_some();
    let is_interactive = match name {
        "button" | "details" | "embed" | "iframe" | "label" | "select" | "textarea" => true,
        "a" => has("href"),
        "audio" | "video" => has("controls"),
        "img" => has("usemap"),
        "input" => value("type").is_none_or(|kind| !kind.eq_ignore_ascii_case("hidden")),
        _ => false,
    };
    let is_in_body = match name {
        "meta" => has("itemprop") || has("property"),
        "link" => {
            let rel = value("rel").unwrap_or_default().to_ascii_lowercase();
            has("itemprop") || has("property") || rel.split_ascii_whitespace().all(is_body_ok)
        }
        "area" => true,
        _ => false,
    };
    let bit = |is_so: bool, bit: Traits| if is_so { bit } else { 0 };
    bit(is_interactive, INTERACTIVE) | bit(has("tabindex"), TABBED) | bit(is_in_body, IN_BODY)
}

/// Whether a link of this kind may stand in the body (HTML, 4.6.8).
fn is_body_ok(kind: &str) -> bool {
    const KINDS: [&str; 8] = [
        "dns-prefetch",
        "modulepreload",
        "pingback",
        "preconnect",
        "prefetch",
        "preload",
        "prerender",
        "stylesheet",
    ];
    KINDS.contains(&kind)
}

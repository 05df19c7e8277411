//! The ids of a page, and what refers to them: told when all of it is read.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Fault;
use super::around::own_name;
use super::attributes::{Attributes, refers};
use super::content::Placed;
use super::elements::ITEM;
use super::traits::{HAS_REFERENCES, IS_PROPERTY, IS_SELECTED};
use crate::limits::MAX_WANTED;

/// What an element with an id is, if something may refer to such ones only; as bits.
type Kinds = u8;

const FIELD: Kinds = 1;
const LIST: Kinds = 2;
const FORM: Kinds = 4;

#[derive(Default)]
pub(super) struct Ids {
    pub(super) all: HashSet<String>,
    kinds: HashMap<String, Kinds>,
    maps: HashSet<String>,
    wanted: Vec<Wanted>,
    /// Ids that `aria-owns` names.
    owned: HashSet<String>,
    /// Elements that are in nothing that may have them, by their ids.
    orphans: Vec<(String, Told)>,
    /// Properties of no item, which another one may refer to.
    lost: Vec<Told>,
    has_references: bool,
    /// A tab that is shown, and whether there is a place to show it in.
    tab: Option<Told>,
    has_panel: bool,
    /// Labels with a name of their own, by what they are for.
    labels: Vec<(String, Told)>,
}

/// A fault, and where it is.
pub(super) struct Told {
    pub(super) fault: Fault,
    pub(super) line: u64,
    pub(super) at: Range<usize>,
}

/// A reference to an element by its id.
struct Wanted {
    line: u64,
    at: Range<usize>,
    /// The tag that has it, and its attribute.
    tag: String,
    attribute: String,
    id: String,
}

impl Ids {
    /// Takes note of the ids in a tag; tells of one that is there already.
    pub(super) fn note(
        &mut self,
        placed: &Placed,
        all: Attributes<'_>,
        tag: &str,
    ) -> Option<Fault> {
        let name = placed.name();
        let mut fault = None;
        if let Some(id) = all.value("id") {
            let kind = match name {
                _ if placed.is_labelable() => FIELD,
                "datalist" => LIST,
                "form" => FORM,
                _ => 0,
            };
            if kind != 0 {
                *self.kinds.entry(id.to_owned()).or_default() |= kind;
            }
            if !self.all.insert(id.to_owned()) {
                let message = format!("the id `{id}` is on this page already");
                let expected = "an id that nothing else has";
                fault = Some(Fault::new(message, expected, tag.to_owned()).at_part(id));
            }
        }
        match name {
            // The older way to name a place (HTML, 7.4.6.4).
            "a" => self.all.extend(all.value("name").map(str::to_owned)),
            "map" => self.maps.extend(all.value("name").map(str::to_owned)),
            _ => {}
        }
        if name == "label"
            && let (Some(id), Some(fault)) = (all.value("for"), own_name(placed))
        {
            let (line, at) = (placed.line, placed.at.clone());
            self.labels.push((id.to_owned(), Told { fault, line, at }));
        }
        for own in all.0 {
            let attribute = &*own.name.local;
            if attribute == "aria-owns" {
                let ids = own.value.split_ascii_whitespace().map(str::to_owned);
                self.owned.extend(ids);
            }
            let is_map = attribute == "usemap" && name == "img";
            if is_map || refers(name, attribute) {
                self.want(placed, attribute, &own.value, tag);
            }
        }
        fault
    }

    /// Takes note of ids that have to be somewhere on the page.
    fn want(&mut self, placed: &Placed, attribute: &str, ids: &str, tag: &str) {
        let room = MAX_WANTED.saturating_sub(self.wanted.len());
        let ids = ids.split_ascii_whitespace().take(room);
        self.wanted.extend(ids.map(|id| Wanted {
            line: placed.line,
            at: placed.at.clone(),
            tag: tag.to_owned(),
            attribute: attribute.to_owned(),
            id: id.to_owned(),
        }));
    }

    /// Takes note of an element that is in nothing that may have it, and may be owned.
    pub(super) fn orphan(&mut self, id: &str, told: Told) {
        self.orphans.push((id.to_owned(), told));
    }

    /// Takes note of an element whose place is known.
    pub(super) fn place(&mut self, placed: &Placed) {
        let told = |message: &str, expected: &'static str, part: &str| Told {
            fault: Fault::new(message.to_owned(), expected, format!("<{}", placed.name()))
                .at_part(part),
            line: placed.line,
            at: placed.at.clone(),
        };
        self.has_references |= placed.is(HAS_REFERENCES);
        if placed.is(IS_PROPERTY) && !placed.is_around(ITEM) && self.lost.len() < MAX_WANTED {
            let message = "`itemprop` stands in nothing with `itemscope`";
            let told = told(message, "`itemscope` on an element around it", "itemprop");
            self.lost.push(told);
        }
        match placed.role.map(|role| role.name) {
            Some("tabpanel") => self.has_panel = true,
            Some("tab") if placed.is(IS_SELECTED) && self.tab.is_none() => {
                let message = "a tab is selected, and the page has no `tabpanel`";
                self.tab = Some(told(message, "an element with `role=tabpanel`", "role"));
            }
            _ => {}
        }
    }

    /// What refers to nothing, or to what it cannot.
    pub(super) fn finish(&mut self) -> Vec<Told> {
        let wanted = std::mem::take(&mut self.wanted).into_iter();
        let mut told: Vec<Told> = wanted.filter_map(|wanted| self.missing(wanted)).collect();
        let orphans = std::mem::take(&mut self.orphans).into_iter();
        let orphans = orphans.filter(|(id, _)| !self.owned.contains(id));
        told.extend(orphans.map(|(_, told)| told));
        let labels = std::mem::take(&mut self.labels).into_iter();
        let labels = labels.filter(|(id, _)| self.is(id, FIELD));
        told.extend(labels.map(|(_, told)| told));
        if !self.has_references {
            told.append(&mut self.lost);
        }
        told.extend(self.tab.take().filter(|_| !self.has_panel));
        told
    }

    fn is(&self, id: &str, kind: Kinds) -> bool {
        self.kinds.get(id).is_some_and(|own| own & kind != 0)
    }

    fn missing(&self, wanted: Wanted) -> Option<Told> {
        let Wanted { attribute, id, .. } = &wanted;
        let is_there = self.all.contains(id);
        let (message, expected) = match (attribute.as_str(), &*wanted.tag) {
            ("usemap", _) => {
                let name = id.strip_prefix('#').filter(|name| !name.is_empty())?;
                if self.maps.contains(name) {
                    return None;
                }
                (
                    format!("`usemap` names `{name}`, and there is no such <map>"),
                    "the name of a <map> of this page",
                )
            }
            _ if !is_there => (
                format!("`{attribute}` names `{id}`, and nothing has this id"),
                "the id of an element of this page",
            ),
            ("for", "<label") if !self.is(id, FIELD) => (
                format!("`for` names `{id}`, which is no field"),
                "the id of a field: <input>, <select>, <textarea>, <button>, <output>, …",
            ),
            ("list", _) if !self.is(id, LIST) => (
                format!("`list` names `{id}`, which is no <datalist>"),
                "the id of a <datalist>",
            ),
            ("form", _) if !self.is(id, FORM) => (
                format!("`form` names `{id}`, which is no <form>"),
                "the id of a <form>",
            ),
            _ => return None,
        };
        let fault = Fault::new(message, expected, wanted.tag).at_part(&wanted.id);
        Some(Told {
            fault,
            line: wanted.line,
            at: wanted.at,
        })
    }
}

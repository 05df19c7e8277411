//! What is gathered while a page is read: its references and ids, what is wrong with
//! it in words for an author, and how deep it is in itself.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSinkResult};
use html5ever::{Attribute, LocalName, QualName, expanded_name, local_name, ns};

use super::content::{Node, Placed};
use super::lately::{Elements, Plain};
use super::place::Steps;
use super::{Fault, attributes};
use crate::limits::{
    MAX_DIAGNOSTICS, MAX_ELEMENT_DEPTH, MAX_ELEMENTS_PER_TAG, MAX_LOOKS_PER_TAG, MAX_WANTED,
    UNCOUNTED_TAGS,
};

/// Elements whose end may be left out (HTML, 13.1.2.4).
const IMPLIED_END: [&str; 21] = [
    "body", "caption", "colgroup", "dd", "dt", "head", "html", "li", "optgroup", "option", "p",
    "rb", "rp", "rt", "rtc", "tbody", "td", "tfoot", "th", "thead", "tr",
];

/// Elements that have no end (HTML, 13.1.2).
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements in which there are no tags.
const RAW: [&str; 7] = [
    "iframe", "noframes", "script", "style", "textarea", "title", "xmp",
];

/// What is told of a tag that the parser takes out of the element it is in.
const ELSEWHERE: &str = "cannot stand here";

/// What is gathered while a page is read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) references: RefCell<Vec<String>>,
    /// With the number of the line.
    pub(super) faults: RefCell<Vec<(u64, Fault)>>,
    pub(super) ids: RefCell<HashSet<String>>,
    pub(super) line: Cell<u64>,
    /// The elements that were opened and not closed.
    open: RefCell<Vec<Open>>,
    /// Whether the tag that is being read cannot stand where it does.
    is_misplaced: Cell<bool>,
    /// How many of them need an end.
    depth: Cell<usize>,
    /// The tag that is being read, as in `</div`.
    pub(super) tag: RefCell<String>,
    /// Whether that begins an element, which is still to come.
    begins: Cell<bool>,
    /// The element that it began.
    begun: RefCell<Option<Node>>,
    /// Faults in a tag that was not read to its end.
    pending: RefCell<Vec<(u64, Fault)>>,
    /// What has to have an id for something that refers to it.
    wanted: RefCell<Vec<Wanted>>,
    /// What was found of elements, and attributes of which there is nothing to say.
    known: RefCell<Elements>,
    plain: RefCell<Plain>,
    /// The ids of what a label can be for.
    labelable: RefCell<HashSet<String>>,
    /// Where the page is read, if that is to be known.
    pub(super) steps: Steps,
    /// How many tags there were, and what the parser did because of them.
    tags: Cell<usize>,
    pub(super) elements: Cell<usize>,
    pub(super) looks: Cell<usize>,
    /// Whether the rest is too deep to be read as a browser reads it.
    pub(super) is_skimmed: Cell<bool>,
}

/// An element that was opened.
struct Open {
    name: String,
    at: Range<usize>,
    /// Whether that was told to be wrong: then its text and its end are, too.
    is_misplaced: bool,
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

impl Found {
    pub(super) fn new(steps: Steps) -> Self {
        Self {
            steps,
            ..Self::default()
        }
    }

    fn fault(&self, fault: Fault) {
        let at = self.steps.tag();
        self.fault_at(self.line.get(), fault, at);
    }

    fn fault_at(&self, line: u64, mut fault: Fault, at: Range<usize>) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MAX_DIAGNOSTICS {
            fault.at = at;
            faults.push((line, fault));
        }
    }

    /// Takes note of a tag that comes.
    pub(super) fn begin(&self, kind: TagKind, name: &str) {
        let start = if kind == TagKind::EndTag { "</" } else { "<" };
        self.tag.replace(format!("{start}{name}"));
        self.begins.set(kind == TagKind::StartTag);
        self.is_misplaced.set(false);
        self.begun.replace(None);
        self.steps.end_tag(&self.tag.borrow());
        for (line, mut fault) in self.pending.take() {
            fault.hint.clone_from(&self.tag.borrow());
            self.fault_at(line, fault, self.steps.tag());
        }
    }

    /// Takes note of what is no tag.
    pub(super) fn pass(&self, token: &Token) {
        self.begun.replace(None);
        match token {
            // What is wrong in a tag comes before it.
            Token::ParseError(_) => return,
            Token::CommentToken(_) | Token::DoctypeToken(_) => self.steps.end_other(),
            _ => {}
        }
        for (line, fault) in self.pending.take() {
            self.fault_at(line, fault, self.steps.tag());
        }
    }

    /// Makes an element. Of those that the parser adds, or opens again, there is
    /// nothing to say.
    pub(super) fn create(&self, name: QualName, attributes: &[Attribute]) -> Node {
        let tag = self.tag.borrow();
        let is_begun = self.begins.get()
            && tag
                .strip_prefix('<')
                .is_some_and(|own| str::eq_ignore_ascii_case(&name.local, own));
        drop(tag);
        let known = self.known.borrow_mut().element(&name);
        let placed = Placed::new(name, known, attributes, self.steps.tag());
        if is_begun {
            self.begins.set(false);
            placed.set_written();
            self.element(&placed, attributes);
            self.begun.replace(Some(Rc::clone(&placed)));
        }
        placed
    }

    /// Puts an element into another.
    pub(super) fn append(&self, parent: &Placed, child: &Node) {
        parent.take(child);
        let is_begun = |begun: &mut Node| Rc::ptr_eq(begun, child);
        let begun = self.begun.borrow_mut().take_if(is_begun);
        if begun.is_some()
            && let Some(fault) = parent.judge(child)
        {
            self.fault(fault);
        }
    }

    pub(super) fn append_text(&self, parent: &Placed, text: &str) {
        if let Some(fault) = parent.judge_text(text) {
            self.fault_at(self.line.get(), fault, parent.at.clone());
        }
    }

    /// Says what refers to nothing, when all is read.
    pub(super) fn finish(&self) {
        self.pass(&Token::EOFToken);
        let (ids, labelable) = (self.ids.borrow(), self.labelable.borrow());
        for wanted in self.wanted.take() {
            let Wanted { attribute, id, .. } = &wanted;
            let is_label = attribute == "for" && wanted.tag == "<label";
            let (message, expected) = match ids.contains(id) {
                false => (
                    format!("`{attribute}` names `{id}`, and nothing has this id"),
                    "the id of an element of this page",
                ),
                true if is_label && !labelable.contains(id) => (
                    format!("`for` names `{id}`, which is no field"),
                    "the id of a field: <input>, <select>, <textarea>, <button>, <output>, …",
                ),
                true => continue,
            };
            let fault = Fault::new(message, expected, wanted.tag).at_part(&wanted.id);
            self.fault_at(wanted.line, fault, wanted.at);
        }
    }

    /// What the parser complains about, in words for an author.
    pub(super) fn parse_error(&self, message: &str) {
        let tag = self.tag.borrow();
        let name = tag.trim_start_matches(['<', '/']);
        let (message, expected) = match message {
            "Unexpected open tag at end of body" | "Unexpected open element" => {
                return self.unclosed();
            }
            "Duplicate attribute" => (
                "an element has an attribute twice".to_owned(),
                "each attribute once",
            ),
            "Unacknowledged self-closing tag" => (
                format!("`{tag}/>` does not close <{name}>"),
                "`/>` only on elements without content, such as <br>",
            ),
            _ if message.contains("haracter reference") || message.contains("character ref") => (
                format!("a character reference that is none: {message}"),
                "`&amp;` for an ampersand",
            ),
            _ if self.is_told(&tag) => return,
            _ if tag.is_empty() => (format!("not valid HTML: {message}"), "valid HTML"),
            _ if tag.starts_with("</") => (
                format!("`{tag}>` closes nothing that is open here"),
                "an end tag for the element that was opened last",
            ),
            _ => (
                format!("`{tag}>` {ELSEWHERE}"),
                "an element where HTML allows it",
            ),
        };
        self.is_misplaced.set(message.ends_with(ELSEWHERE));
        let hint = match (tag.is_empty(), expected.contains("&amp;")) {
            (false, _) => tag.as_str(),
            (true, true) => "&",
            (true, false) => "<",
        };
        let fault = Fault::new(message, expected, hint.to_owned());
        if hint == "<" {
            self.pending.borrow_mut().push((self.line.get(), fault));
            return;
        }
        self.fault(fault);
    }

    /// Whether it follows from what was told of the element that it is in.
    fn is_told(&self, tag: &str) -> bool {
        let open = self.open.borrow();
        let around = open.last().filter(|open| open.is_misplaced);
        let is_its_own = |name: &String| tag.is_empty() || tag.strip_prefix("</") == Some(name);
        around.is_some_and(|open| is_its_own(&open.name))
    }

    /// The element that should have been closed: the last one that was opened,
    /// of those that need it.
    fn unclosed(&self) {
        let open = self.open.borrow();
        let closing = self.tag.borrow();
        let is_left_open = |name: &str| needs_end(name) && closing.strip_prefix("</") != Some(name);
        let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
        let Some(Open { name, at, .. }) = last.find(|open| is_left_open(&open.name)) else {
            return;
        };
        let message = format!("<{name}> is not closed before `{closing}>`");
        let expected = "an end tag for each element that needs one";
        let fault = Fault::new(message, expected, format!("<{name}"));
        self.fault_at(self.line.get(), fault, at.clone());
    }

    /// Takes note of what is open, after the parser has seen a tag.
    pub(super) fn follow(&self, kind: TagKind, name: &str) {
        let mut open = self.open.borrow_mut();
        match kind {
            TagKind::StartTag if VOID.contains(&name) => {}
            TagKind::StartTag => {
                self.depth
                    .update(|depth| depth + usize::from(needs_end(name)));
                open.push(Open {
                    name: name.to_owned(),
                    at: self.steps.tag(),
                    is_misplaced: self.is_misplaced.get(),
                });
            }
            TagKind::EndTag => {
                let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
                if let Some(above) = last.position(|open| open.name == name) {
                    let at = open.len() - above - 1;
                    let closed = open.drain(at..);
                    let closed = closed.filter(|open| needs_end(&open.name)).count();
                    self.depth.update(|depth| depth - closed);
                }
            }
        }
        self.tags.update(|tags| tags + 1);
        let tags = self.tags.get() + UNCOUNTED_TAGS;
        let is_too_deep = self.depth.get() > MAX_ELEMENT_DEPTH
            || self.elements.get() > tags * MAX_ELEMENTS_PER_TAG
            || self.looks.get() > tags * MAX_LOOKS_PER_TAG;
        if is_too_deep {
            self.is_skimmed.set(true);
            let message = "elements are nested too deeply here: the rest is not read";
            let expected = "an end for each element that needs one";
            let hint = self.tag.borrow().clone();
            let mut fault = Fault::new(message.to_owned(), expected, hint);
            fault.at = self.steps.tag();
            // However many there are already: the rest has none because of it.
            self.faults.borrow_mut().push((self.line.get(), fault));
        }
    }

    /// Takes what can be told of a tag alone.
    pub(super) fn skim(&self, tag: Tag) -> TokenSinkResult<Node> {
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        let has_no_tags = RAW.contains(&&*tag.name);
        let name = QualName::new(None, ns!(html), tag.name);
        self.tag.replace(format!("<{}", name.local));
        let known = self.known.borrow_mut().element(&name);
        self.element(&Placed::new(name, known, &tag.attrs, 0..0), &tag.attrs);
        match has_no_tags {
            true => TokenSinkResult::RawData(RawKind::Rawtext),
            false => TokenSinkResult::Continue,
        }
    }

    fn element(&self, placed: &Placed, attributes: &[Attribute]) {
        let name = &placed.name;
        if let Some(known) = placed.known()
            && self.faults.borrow().len() < MAX_DIAGNOSTICS
        {
            let plain = &mut *self.plain.borrow_mut();
            for fault in attributes::check(placed.name(), known, attributes, plain) {
                self.fault(fault);
            }
        }
        let value = |wanted: LocalName| {
            let attribute = attributes.iter().find(|own| own.name.local == wanted);
            attribute.map(|attribute| attribute.value.as_ref())
        };
        if let Some(id) = value(local_name!("id"))
            && !self.ids.borrow_mut().insert(id.to_owned())
        {
            let message = format!("the id `{id}` is on this page already");
            let fault = Fault::new(
                message,
                "an id that nothing else has",
                self.tag.borrow().clone(),
            );
            self.fault(fault.at_part(id));
        }
        if let Some(id) = value(local_name!("id"))
            && placed.is_labelable()
        {
            self.labelable.borrow_mut().insert(id.to_owned());
        }
        // The older way to name a place (HTML, 7.4.6.4).
        if name.expanded() == expanded_name!(html "a")
            && let Some(place) = value(local_name!("name"))
        {
            self.ids.borrow_mut().insert(place.to_owned());
        }
        if name.expanded() == expanded_name!(html "img") && value(local_name!("alt")).is_none() {
            let src = value(local_name!("src")).unwrap_or_default();
            let message = format!("the image `{src}` has no alternative text");
            let expected = "alt=\"what it shows\", or alt=\"\" if it only decorates";
            self.fault(Fault::new(message, expected, "<img".to_owned()));
        }
        for Attribute { name: own, value } in attributes {
            if !self.plain.borrow().has(placed.known(), &own.local)
                && attributes::refers(placed.name(), &own.local)
            {
                self.want(&own.local, value);
            }
        }
        self.refer(name, attributes);
    }

    /// Takes note of ids that have to be somewhere on the page.
    fn want(&self, attribute: &str, ids: &str) {
        let mut wanted = self.wanted.borrow_mut();
        let room = MAX_WANTED.saturating_sub(wanted.len());
        wanted.extend(ids.split_ascii_whitespace().take(room).map(|id| Wanted {
            line: self.line.get(),
            at: self.steps.tag(),
            tag: self.tag.borrow().clone(),
            attribute: attribute.to_owned(),
            id: id.to_owned(),
        }));
    }

    fn refer(&self, name: &QualName, attributes: &[Attribute]) {
        // Hints for connections name servers, not pages.
        let hint = attributes.iter().any(|attribute| {
            attribute.name.local == local_name!("rel")
                && matches!(attribute.value.as_ref(), "preconnect" | "dns-prefetch")
        });
        if hint {
            return;
        }
        let mut references = self.references.borrow_mut();
        for Attribute { name: own, value } in attributes {
            match own.local.as_ref() {
                "srcset" | "imagesrcset" => references.extend(
                    value
                        .split(',')
                        .filter_map(|part| part.split_whitespace().next())
                        .map(str::to_owned),
                ),
                "href" | "src" | "poster" | "data" => references.push(value.trim().to_owned()),
                "content" if name.local == local_name!("meta") && value.starts_with("http") => {
                    references.push(value.to_string());
                }
                _ => {}
            }
        }
    }
}

fn needs_end(name: &str) -> bool {
    !IMPLIED_END.contains(&name)
}

//! What is gathered while a page is read: its references, what is wrong with it in words
//! for an author, and how deep it is in itself. Those who know of ids (`ids`), tables
//! (`tables`), the order of things (`children`) and what is around them (`around`) are
//! asked from here.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSinkResult};
use html5ever::{Attribute, LocalName, QualName, expanded_name, local_name, ns};

use super::around::Once;
use super::attributes::Attributes;
use super::children::{TEXT, WRONG};
use super::content::{Node, Placed};
use super::contents::Text;
use super::elements::WATCHED;
use super::ids::{Ids, Told};
use super::lately::{Elements, Values};
use super::place::Steps;
use super::references::refer;
use super::stranded::{self, Around, Stranded};
use super::styles::Styles;
use super::tables::Tables;
use super::{Fault, aria, around, attributes, children, drawn, foreign};
use crate::html::{self, Scripting};
use crate::limits::{
    MAX_DIAGNOSTICS, MAX_ELEMENT_DEPTH, MAX_ELEMENTS_PER_TAG, MAX_LOOKS_PER_TAG, UNCOUNTED_TAGS,
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

/// What is told of a tag that the parser takes out of the element it is in.
const ELSEWHERE: &str = "cannot stand here";

/// What is gathered while a page is read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) references: RefCell<Vec<String>>,
    /// With the number of the line.
    pub(super) faults: RefCell<Vec<(u64, Fault)>>,
    /// What is open, each in the one before it.
    path: RefCell<Vec<Node>>,
    ids: RefCell<Ids>,
    tables: Tables,
    once: Once,
    text: Text,
    styles: Styles,
    stranded: Stranded,
    pub(super) line: Cell<u64>,
    /// The elements that were opened and not closed.
    open: RefCell<Vec<Open>>,
    /// The names of elements that were told not to be closed.
    unclosed: RefCell<Vec<LocalName>>,
    /// Whether one of them is a table, which the parser does not get out of.
    is_in_open_table: Cell<bool>,
    /// Whether the tag that is being read cannot stand where it does.
    is_misplaced: Cell<bool>,
    /// How many of them need an end.
    depth: Cell<usize>,
    /// The tag that is being read, as in `</div`.
    pub(super) tag: RefCell<String>,
    /// Whether that begins an element, which is still to come.
    begins: Cell<bool>,
    /// The element that it began, until that is put into another.
    begun: RefCell<Option<Node>>,
    /// The number of the element that it began.
    number: Cell<Option<usize>>,
    /// Faults in a tag that was not read to its end.
    pending: RefCell<Vec<(u64, Fault)>>,
    /// What was found of elements, and of what their attributes may say.
    known: RefCell<Elements>,
    values: RefCell<Values>,
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
    name: LocalName,
    at: Range<usize>,
    line: u64,
    number: Option<usize>,
    /// Whether that was told to be wrong: then its text and its end are, too.
    is_misplaced: bool,
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
        let mut tag = self.tag.borrow_mut();
        tag.clear();
        tag.push_str(start);
        tag.push_str(name);
        drop(tag);
        self.begins.set(kind == TagKind::StartTag);
        self.is_misplaced.set(false);
        self.number.set(None);
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
            Token::CommentToken(_) => self.steps.end_other(),
            Token::DoctypeToken(doctype) => {
                self.steps.end_other();
                if doctype.public_id.is_some() {
                    let message = "the page begins with the doctype of an older HTML".to_owned();
                    self.fault(Fault::new(
                        message,
                        "<!doctype html>",
                        "<!doctype".to_owned(),
                    ));
                }
            }
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
        let placed = Placed::new(name, known, attributes, self.steps.tag(), self.line.get());
        if is_begun {
            self.begins.set(false);
            self.number.set(Some(self.elements.get()));
            placed.set_written(self.elements.get());
            self.element(&placed, attributes);
            self.begun.replace(Some(Rc::clone(&placed)));
        }
        placed
    }

    /// Puts an element into another.
    pub(super) fn append(&self, parent: &Node, child: &Node) {
        self.settle(parent);
        parent.take(child);
        let fault = self.tables.begin(child);
        if child.is_written() {
            fault.into_iter().for_each(|fault| self.fault(fault));
        }
        let mut path = self.path.borrow_mut();
        if path.last().is_none_or(|last| Rc::ptr_eq(last, parent)) {
            path.push(Rc::clone(child));
        }
        drop(path);
        let is_begun = |begun: &mut Node| Rc::ptr_eq(begun, child);
        let begun = self.begun.borrow_mut().take_if(is_begun);
        let fault = begun.as_ref().and_then(|_| parent.judge(child));
        let is_misplaced = fault.is_some();
        if is_misplaced {
            parent.seen.set(parent.seen.get() | WRONG);
        }
        fault.into_iter().for_each(|fault| self.fault(fault));
        let fault = match child.is_counted() {
            true => children::follow(parent, child),
            false => None,
        };
        if begun.is_none() || is_misplaced {
            return;
        }
        fault.into_iter().for_each(|fault| self.fault(fault));
        self.ids.borrow_mut().place(child);
        let faults = around::check(child);
        faults.into_iter().for_each(|fault| self.fault(fault));
        if let Some(fault) = around::lacks(child) {
            let (line, at) = (child.line, child.at.clone());
            match child.id.get() {
                Some(id) => self.ids.borrow_mut().orphan(id, Told { fault, line, at }),
                None => self.fault(fault),
            }
        }
    }

    pub(super) fn append_text(&self, parent: &Node, text: &str) {
        self.settle(parent);
        self.text.take(parent, text);
        if text.trim_ascii().is_empty() {
            return;
        }
        let misplaced = children::take_text(parent);
        let fault = parent.judge_text();
        if fault.is_some() {
            parent.seen.set(parent.seen.get() | WRONG);
        }
        if let Some(fault) = fault.or(misplaced) {
            self.fault_at(self.line.get(), fault, parent.at.clone());
        }
    }

    /// Ends what is open in an element that something is put into. The parser does not
    /// say so of each.
    fn settle(&self, parent: &Node) {
        let mut path = self.path.borrow_mut();
        if path.last().is_some_and(|last| Rc::ptr_eq(last, parent)) {
            return;
        }
        if !path.iter().rev().any(|node| Rc::ptr_eq(node, parent)) {
            return;
        }
        while let Some(ended) = path.pop_if(|last| !Rc::ptr_eq(last, parent)) {
            self.end(&ended);
        }
    }

    /// Takes note that an element ends.
    fn end(&self, own: &Placed) {
        if own.known().is_none_or(|known| known.kinds & WATCHED == 0) {
            return;
        }
        let has_text = own.seen.get() & TEXT != 0;
        let mut faults = self.tables.end(own);
        faults.extend(children::end(own));
        faults.extend(around::end(own, has_text));
        faults.extend(self.text.end(own, &mut self.references.borrow_mut()));
        // Of what nobody wrote, it is what is around it that is told.
        let mut told = own;
        while let Some(around) = told.parent().filter(|_| !told.is_written()) {
            told = around;
        }
        for mut fault in faults {
            if !own.is_written() {
                fault.hint = match told.is_written() {
                    true => format!("<{}", told.name()),
                    false => "<!doctype".to_owned(),
                };
            }
            self.fault_at(told.line, fault, told.at.clone());
        }
    }

    /// Says what refers to nothing, when all is read.
    pub(super) fn finish(&self) {
        self.pass(&Token::EOFToken);
        let open = self.path.take();
        if !self.is_skimmed.get() {
            open.iter().rev().for_each(|own| self.end(own));
        }
        let told = self.ids.borrow_mut().finish();
        for Told { fault, line, at } in told {
            self.fault_at(line, fault, at);
        }
    }

    /// The ids of the page.
    pub(super) fn take_ids(&self) -> HashSet<String> {
        std::mem::take(&mut self.ids.borrow_mut().all)
    }

    /// What the parser complains about, in words for an author.
    pub(super) fn parse_error(&self, message: &str) {
        let tag = self.tag.borrow();
        let name = tag.trim_start_matches(['<', '/']);
        if self.stranded.is_known(&tag, message) {
            return;
        }
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
            _ if self.is_told(&tag) || self.has_unclosed(&tag) => return,
            _ if let Some(told) = self.end_drawing(&tag) => told,
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
        let mut fault = Fault::new(message, expected, hint.to_owned());
        fault.inside = self.around(name);
        if hint == "<" {
            self.pending.borrow_mut().push((self.line.get(), fault));
            return;
        }
        self.fault(fault);
    }

    /// What is told of a tag of HTML that ends a drawing or formula, if it does.
    fn end_drawing(&self, tag: &str) -> Option<(String, &'static str)> {
        let mut open = self.open.borrow_mut();
        let names = open.iter().map(|open| &*open.name);
        let begins = stranded::drawing(names.rev().take(MAX_ELEMENT_DEPTH), tag)?;
        let rest = open.len() - begins;
        let around = match open[..rest].iter().any(|open| &*open.name == "p") {
            true => Around::Paragraph,
            false => Around::Other,
        };
        let ended = open.split_off(rest);
        let lost = ended.iter().filter(|open| needs_end(&open.name)).count();
        self.depth.update(|depth| depth - lost);
        let names = ended.iter().map(|open| &*open.name);
        Some(self.stranded.strand(names, tag, around))
    }

    /// Whether it follows from what was told of the element that it is in.
    fn is_told(&self, tag: &str) -> bool {
        let open = self.open.borrow();
        let around = open.last().filter(|open| open.is_misplaced);
        let is_its_own = |name: &str| tag.is_empty() || tag.strip_prefix("</") == Some(name);
        around.is_some_and(|open| is_its_own(&open.name))
    }

    /// The element that should have been closed: the last one that was opened,
    /// of those that need it.
    fn unclosed(&self) {
        let open = self.open.borrow();
        let closing = self.tag.borrow();
        let is_left_open = |name: &str| needs_end(name) && closing.strip_prefix("</") != Some(name);
        let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
        if let Some(unclosed) = last.find(|open| is_left_open(&open.name)) {
            self.tell_unclosed(unclosed, &closing);
        }
    }

    /// Whether a fault of the parser is because of an element that is not closed; that is
    /// told instead, if it was not.
    fn has_unclosed(&self, tag: &str) -> bool {
        if self.is_in_open_table.get() {
            return true;
        }
        let mut open = self.open.borrow_mut();
        let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
        let (name, is_end) = match tag.strip_prefix("</") {
            Some(name) => (name, true),
            None => (tag.trim_start_matches('<'), false),
        };
        if is_end && last.any(|open| &*open.name == name) {
            // Only what is around it in the same cell can be closed in a table.
            let table = open.iter().rposition(|open| &*open.name == "table");
            let around = open.iter().rposition(|open| &*open.name == name);
            let table = table.filter(|table| Some(*table) > around);
            if let Some(table) = table {
                self.is_in_open_table.set(true);
                self.tell_unclosed(&open[table], tag);
            }
            return table.is_some();
        }
        if is_end || !ends_its_kind(name) {
            return false;
        }
        let is_heading = name.starts_with('h');
        let is_ended = |open: &Open| match is_heading {
            true => ends_its_kind(&open.name) && open.name.starts_with('h'),
            false => &*open.name == name,
        };
        let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
        let Some(above) = last.position(is_ended) else {
            // The parser opened it again.
            return self.unclosed.borrow().iter().any(|open| **open == *name);
        };
        let ended = open.len() - above - 1;
        self.tell_unclosed(&open.remove(ended), tag);
        self.depth.update(|depth| depth - 1);
        true
    }

    /// The number of the element that a fault of the parser is because of, if that is
    /// found not to be closed: it is the same, or a table.
    fn around(&self, name: &str) -> Option<usize> {
        let open = self.open.borrow();
        let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
        let around = last.find(|open| &*open.name == "table" || &*open.name == name);
        around.and_then(|open| open.number)
    }

    /// Says that an element is not closed, where it begins, and nothing that follows
    /// from it.
    fn tell_unclosed(&self, open: &Open, closing: &str) {
        let name = &open.name;
        if let Some(number) = open.number {
            let follows = |fault: &Fault| fault.inside == Some(number);
            let mut faults = self.faults.borrow_mut();
            faults.retain(|(_, fault)| !follows(fault));
        }
        let mut unclosed = self.unclosed.borrow_mut();
        if !unclosed.contains(name) {
            unclosed.push(name.clone());
        }
        let message = format!("<{name}> is not closed before `{closing}>`");
        let expected = "an end tag for each element that needs one";
        let mut fault = Fault::new(message, expected, format!("<{name}"));
        fault.is_of_end = true;
        self.fault_at(open.line, fault, open.at.clone());
    }

    /// Takes note of what is open, after the parser has seen a tag.
    pub(super) fn follow(&self, kind: TagKind, name: &LocalName) {
        let mut open = self.open.borrow_mut();
        match kind {
            TagKind::StartTag if VOID.contains(&&**name) => {}
            TagKind::StartTag => {
                self.depth
                    .update(|depth| depth + usize::from(needs_end(name)));
                open.push(Open {
                    name: name.clone(),
                    at: self.steps.tag(),
                    line: self.line.get(),
                    number: self.number.get(),
                    is_misplaced: self.is_misplaced.get(),
                });
            }
            TagKind::EndTag => {
                let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
                if let Some(above) = last.position(|open| open.name == *name) {
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
        let has_no_tags = html::has_no_tags(&tag.name, Scripting::Off);
        let name = QualName::new(None, ns!(html), tag.name);
        self.tag.replace(format!("<{}", name.local));
        let known = self.known.borrow_mut().element(&name);
        let placed = Placed::new(name, known, &tag.attrs, 0..0, self.line.get());
        self.element(&placed, &tag.attrs);
        match has_no_tags {
            true => TokenSinkResult::RawData(RawKind::Rawtext),
            false => TokenSinkResult::Continue,
        }
    }

    fn element(&self, placed: &Placed, attributes: &[Attribute]) {
        let name = &placed.name;
        if let Some(known) = placed.known()
            && !self.stranded.has(placed.name())
            && self.faults.borrow().len() < MAX_DIAGNOSTICS
        {
            let values = &mut *self.values.borrow_mut();
            for fault in attributes::check(placed.name(), known, attributes, values) {
                self.fault(fault);
            }
        }
        if matches!(
            name.expanded(),
            expanded_name!(svg "svg") | expanded_name!(mathml "math")
        ) {
            let mut faults = Vec::new();
            aria::check(placed.name(), Attributes(attributes), "", &mut faults);
            faults.into_iter().for_each(|fault| self.fault(fault));
        }
        let faults = drawn::check(name, attributes).into_iter();
        faults.for_each(|fault| self.fault(fault));
        let fault = foreign::check(name);
        fault.into_iter().for_each(|fault| self.fault(fault));
        let all = Attributes(attributes);
        let style = all.value("style").filter(|_| placed.known().is_some());
        let fault = style.and_then(|style| self.styles.attribute(placed.name(), style));
        fault.into_iter().for_each(|fault| self.fault(fault));
        if let Some(fault) = self.once.check(placed.name(), all) {
            self.fault(fault);
        }
        let fault = self.ids.borrow_mut().note(placed, all, &self.tag.borrow());
        fault.into_iter().for_each(|fault| self.fault(fault));
        let is_named = all.has("alt") || all.has("aria-label") || all.has("aria-labelledby");
        if name.expanded() == expanded_name!(html "img") && !is_named {
            let src = all.value("src").unwrap_or_default();
            let message = format!("the image `{src}` has no alternative text");
            let expected = "alt=\"what it shows\", or alt=\"\" if it only decorates";
            self.fault(Fault::new(message, expected, "<img".to_owned()));
        }
        refer(&name.local, attributes, &mut self.references.borrow_mut());
    }
}

/// Whether the start of an element ends another one of its kind.
fn ends_its_kind(name: &str) -> bool {
    let kinds = ["a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "nobr"];
    kinds.contains(&name)
}

fn needs_end(name: &str) -> bool {
    !IMPLIED_END.contains(&name)
}

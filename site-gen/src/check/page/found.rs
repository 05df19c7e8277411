//! What is gathered while a page is read: its references and ids, what is wrong with
//! it in words for an author, and how deep it is in itself.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, TokenSinkResult};
use html5ever::{Attribute, LocalName, QualName, expanded_name, local_name, ns};

use super::Fault;
use super::parser::Node;
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

/// Elements in which there are no tags.
const RAW: [&str; 7] = [
    "iframe", "noframes", "script", "style", "textarea", "title", "xmp",
];

/// What is gathered while a page is read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) references: RefCell<Vec<String>>,
    /// With the number of the line.
    pub(super) faults: RefCell<Vec<(u64, Fault)>>,
    pub(super) ids: RefCell<HashSet<String>>,
    pub(super) line: Cell<u64>,
    /// The elements that were opened and not closed.
    open: RefCell<Vec<String>>,
    /// How many of them need an end.
    depth: Cell<usize>,
    /// The tag that is being read, as in `</div`.
    pub(super) tag: RefCell<String>,
    /// How many tags there were, and what the parser did because of them.
    tags: Cell<usize>,
    pub(super) elements: Cell<usize>,
    pub(super) looks: Cell<usize>,
    /// Whether the rest is too deep to be read as a browser reads it.
    pub(super) is_skimmed: Cell<bool>,
}

impl Found {
    fn fault(&self, fault: Fault) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MAX_DIAGNOSTICS {
            faults.push((self.line.get(), fault));
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
            _ if tag.is_empty() => (format!("not valid HTML: {message}"), "valid HTML"),
            _ if tag.starts_with("</") => (
                format!("`{tag}>` closes nothing that is open here"),
                "an end tag for the element that was opened last",
            ),
            _ => (
                format!("`{tag}>` cannot stand here"),
                "an element where HTML allows it",
            ),
        };
        let hint = match (tag.is_empty(), expected.contains("&amp;")) {
            (false, _) => tag.as_str(),
            (true, true) => "&",
            (true, false) => "<",
        };
        self.fault(Fault::new(message, expected, hint.to_owned()));
    }

    /// The element that should have been closed: the last one that was opened,
    /// of those that need it.
    fn unclosed(&self) {
        let open = self.open.borrow();
        let closing = self.tag.borrow();
        let is_left_open =
            |name: &&String| needs_end(name) && closing.strip_prefix("</") != Some(name);
        let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
        let Some(name) = last.find(is_left_open) else {
            return;
        };
        let message = format!("<{name}> is not closed before `{closing}>`");
        let expected = "an end tag for each element that needs one";
        self.fault(Fault::new(message, expected, format!("<{name}")));
    }

    /// Takes note of what is open, after the parser has seen a tag.
    pub(super) fn follow(&self, kind: TagKind, name: &str) {
        let mut open = self.open.borrow_mut();
        match kind {
            TagKind::StartTag if VOID.contains(&name) => {}
            TagKind::StartTag => {
                self.depth
                    .update(|depth| depth + usize::from(needs_end(name)));
                open.push(name.to_owned());
            }
            TagKind::EndTag => {
                let mut last = open.iter().rev().take(MAX_ELEMENT_DEPTH);
                if let Some(above) = last.position(|own| own == name) {
                    let at = open.len() - above - 1;
                    let closed = open.drain(at..);
                    let closed = closed.filter(|name| needs_end(name)).count();
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
            let fault = Fault::new(message.to_owned(), expected, hint);
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
        self.element(&QualName::new(None, ns!(html), tag.name), &tag.attrs);
        match has_no_tags {
            true => TokenSinkResult::RawData(RawKind::Rawtext),
            false => TokenSinkResult::Continue,
        }
    }

    pub(super) fn element(&self, name: &QualName, attributes: &[Attribute]) {
        let value = |wanted: LocalName| {
            let attribute = attributes.iter().find(|own| own.name.local == wanted);
            attribute.map(|attribute| attribute.value.as_ref())
        };
        if let Some(id) = value(local_name!("id"))
            && !self.ids.borrow_mut().insert(id.to_owned())
        {
            let message = format!("the id `{id}` is on this page already");
            let hint = id.to_owned();
            self.fault(Fault::new(message, "an id that nothing else has", hint));
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
        self.refer(name, attributes);
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

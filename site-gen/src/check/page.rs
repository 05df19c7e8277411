//! A page as a browser reads it (HTML, 13.2): what it refers to, and what is
//! not valid.
//!
//! The parser is html5ever; no tree is kept. A [`Watch`] stands between its
//! two halves and sees each tag, so that a fault can be told with the tag that
//! it is about.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, expanded_name, local_name, ns};
use pulldown_cmark::{Event, Parser};

use crate::document::Document;
use crate::limits::{
    MAX_DIAGNOSTICS, MAX_ELEMENT_DEPTH, MAX_ELEMENTS_PER_TAG, MAX_EXCERPT, MAX_LOOKS_PER_TAG,
    UNCOUNTED_TAGS,
};
use crate::markdown;

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

/// What was found in a page.
#[derive(Debug)]
pub(crate) struct Page {
    /// The path it is served under.
    pub(super) path: String,
    /// Every address that it refers to, as it is written.
    pub(super) references: Vec<String>,
    /// What a link can lead to in it.
    pub(super) ids: HashSet<String>,
    pub(super) faults: Vec<Fault>,
}

/// Something that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) expected: &'static str,
    /// The line of the page: all of it may be one, with many faults.
    pub(super) line: Arc<str>,
    /// What to look for in the markdown: as in `</div`, `"an-id"`.
    hint: String,
}

impl Page {
    /// Reads a page.
    pub(crate) fn read(path: &str, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let found = Rc::new(Found::default());
        let sink = Sink(Rc::clone(&found));
        let options = TreeBuilderOpts {
            // What is in <noscript> is read, too.
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        };
        let watch = Watch {
            builder: TreeBuilder::new(sink, options),
            found: Rc::clone(&found),
        };
        let options = TokenizerOpts {
            exact_errors: true,
            ..TokenizerOpts::default()
        };
        let tokenizer = Tokenizer::new(watch, options);
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(text.as_ref()));
        // It stops after each script, for one that could write into the page.
        while !input.is_empty() {
            _ = tokenizer.feed(&input);
        }
        tokenizer.end();
        let lines: Vec<&str> = text.lines().collect();
        let faults = found.faults.take().into_iter();
        let mut last: Option<(u64, Arc<str>)> = None;
        let faults = faults.map(|(number, mut fault)| {
            let (_, line) = last
                .take_if(|(last, _)| *last == number)
                .unwrap_or_else(|| {
                    let index = usize::try_from(number).unwrap_or(usize::MAX);
                    let line = lines.get(index.saturating_sub(1)).copied();
                    (number, line.unwrap_or_default().trim().into())
                });
            fault.line = Arc::clone(&line);
            last = Some((number, line));
            fault
        });
        Self {
            path: path.to_owned(),
            references: found.references.take(),
            ids: found.ids.take(),
            faults: faults.collect(),
        }
    }
}

impl Fault {
    fn new(message: String, expected: &'static str, hint: String) -> Self {
        let line = Arc::default();
        Self {
            message,
            expected,
            line,
            hint,
        }
    }

    /// The line, or its beginning if it is long.
    pub(super) fn excerpt(&self) -> Cow<'_, str> {
        match self.line.char_indices().nth(MAX_EXCERPT) {
            Some((end, _)) => format!("{}…", &self.line[..end]).into(),
            None => Cow::Borrowed(&self.line),
        }
    }

    /// Where one of the pieces of HTML in a text has it: in the line that the
    /// page has, or else where the same stands for the first time.
    pub(super) fn find_in(&self, text: &str, pieces: &[Range<usize>]) -> Option<Range<usize>> {
        let found = |piece: &Range<usize>| {
            let at = piece.start + text[piece.clone()].find(&self.hint)?;
            Some(at..at + self.hint.len())
        };
        let is_in_line = |piece: &Range<usize>| {
            let own = text[piece.clone()].trim();
            !own.is_empty() && (self.line.contains(own) || own.contains(&*self.line))
        };
        let mut all = pieces
            .iter()
            .filter_map(|piece| Some((piece, found(piece)?)));
        let first = all.next()?;
        let mut in_line = std::iter::once(first.clone()).chain(all);
        let in_line = in_line.find(|(piece, _)| is_in_line(piece));
        Some(in_line.unwrap_or(first).1)
    }
}

/// Where an author wrote HTML into a document.
pub(super) fn pieces(document: &Document) -> Vec<Range<usize>> {
    let events = Parser::new_ext(document.text(), markdown::syntax()).into_offset_iter();
    events
        .filter(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
        .map(|(_, span)| span)
        .collect()
}

/// What is gathered while a page is read.
#[derive(Default)]
struct Found {
    references: RefCell<Vec<String>>,
    /// With the number of the line.
    faults: RefCell<Vec<(u64, Fault)>>,
    ids: RefCell<HashSet<String>>,
    line: Cell<u64>,
    /// The elements that were opened and not closed.
    open: RefCell<Vec<String>>,
    /// How many of them need an end.
    depth: Cell<usize>,
    /// The tag that is being read, as in `</div`.
    tag: RefCell<String>,
    /// How many tags there were, and what the parser did because of them.
    tags: Cell<usize>,
    elements: Cell<usize>,
    looks: Cell<usize>,
    /// Whether the rest is too deep to be read as a browser reads it.
    is_skimmed: Cell<bool>,
}

impl Found {
    fn fault(&self, fault: Fault) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MAX_DIAGNOSTICS {
            faults.push((self.line.get(), fault));
        }
    }

    /// What the parser complains about, in words for an author.
    fn parse_error(&self, message: &str) {
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
    fn follow(&self, kind: TagKind, name: &str) {
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
    fn skim(&self, tag: Tag) -> TokenSinkResult<Node> {
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

    fn element(&self, name: &QualName, attributes: &[Attribute]) {
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

/// Sees the tags on their way to the tree.
struct Watch {
    builder: TreeBuilder<Node, Sink>,
    found: Rc<Found>,
}

impl TokenSink for Watch {
    type Handle = Node;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Node> {
        self.found.line.set(line);
        // A fault inside of a tag comes before the tag: it has no name yet.
        self.found.tag.borrow_mut().clear();
        if self.found.is_skimmed.get() {
            return match token {
                Token::TagToken(tag) => self.found.skim(tag),
                _ => TokenSinkResult::Continue,
            };
        }
        let Token::TagToken(Tag { kind, ref name, .. }) = token else {
            return self.builder.process_token(token, line);
        };
        let name = name.clone();
        let start = if kind == TagKind::EndTag { "</" } else { "<" };
        self.found.tag.replace(format!("{start}{name}"));
        let result = self.builder.process_token(token, line);
        self.found.follow(kind, &name);
        result
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// What the parser calls an element: only its name is kept.
type Node = Rc<QualName>;

/// Takes what the parser makes, and keeps no tree: it has its own list of what
/// is open.
struct Sink(Rc<Found>);

impl TreeSink for Sink {
    type Handle = Node;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn parse_error(&self, message: Cow<'static, str>) {
        self.0.parse_error(&message);
    }

    fn get_document(&self) -> Node {
        nameless()
    }

    fn elem_name<'a>(&'a self, target: &'a Node) -> ExpandedName<'a> {
        self.0.looks.update(|looks| looks + 1);
        target.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Node {
        self.0.elements.update(|elements| elements + 1);
        self.0.element(&name, &attributes);
        Rc::new(name)
    }

    fn create_comment(&self, _: StrTendril) -> Node {
        nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Node {
        nameless()
    }

    fn get_template_contents(&self, _: &Node) -> Node {
        nameless()
    }

    fn same_node(&self, one: &Node, other: &Node) -> bool {
        self.0.looks.update(|looks| looks + 1);
        Rc::ptr_eq(one, other)
    }

    fn append(&self, _: &Node, _: NodeOrText<Node>) {}
    fn append_based_on_parent_node(&self, _: &Node, _: &Node, _: NodeOrText<Node>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, _: &Node, _: NodeOrText<Node>) {}
    fn add_attrs_if_missing(&self, _: &Node, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Node) {}
    fn reparent_children(&self, _: &Node, _: &Node) {}
}

fn needs_end(name: &str) -> bool {
    !IMPLIED_END.contains(&name)
}

fn nameless() -> Node {
    Rc::new(QualName::new(None, ns!(), local_name!("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<String> {
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n{body}\n</body></html>\n"
        );
        let page = Page::read("/a/", page.as_bytes());
        let show = |fault: &Fault| format!("{}: {}", fault.line, fault.message);
        page.faults.iter().map(show).collect()
    }

    /// Each fault had a copy of its line, which may be all of the page.
    #[test]
    fn a_line_may_have_many_faults() {
        let body = "</b>".repeat(100_000);
        let page = Page::read("/a/", body.as_bytes());
        assert_eq!(page.faults.len(), MAX_DIAGNOSTICS);
        let (first, last) = (&page.faults[0].line, &page.faults[MAX_DIAGNOSTICS - 1].line);
        assert!(Arc::ptr_eq(first, last) && **first == *body);
    }

    /// The parser's time grows with the depth, for each tag.
    #[test]
    fn what_is_nested_without_end_is_told_once() {
        let distinct = |number: usize| format!("<b a={number}>");
        for (body, number) in [
            ("<div>".repeat(20_000), 1),
            ((0..20_000).map(distinct).collect(), 1),
            (
                (0..20_000)
                    .map(|n| format!("<i><p>{}</i>", distinct(n)))
                    .collect(),
                1,
            ),
            (
                (0..20_000)
                    .map(|n| format!("<div>{}</div>", distinct(n)))
                    .collect(),
                1,
            ),
            (
                "<p>".to_owned()
                    + &(0..300).map(distinct).collect::<String>()
                    + &"<p>x".repeat(20_000),
                1,
            ),
            ("<table><tr><td>".repeat(20_000), 1),
            ("<ul><li>".repeat(20_000), 1),
            ("<tr><td>x".repeat(20_000) + &"</i>".repeat(20_000), 0),
            ("<ul>".to_owned() + &"<li>x".repeat(20_000) + "</ul>", 0),
            ("<p>x".repeat(20_000), 0),
            ("<p>a <b>b</b> <i>c</i></p>".repeat(20_000), 0),
            ("<div>".repeat(500) + "x" + &"</div>".repeat(500), 0),
        ] {
            let body = format!("{body}<script>a < b, '<a href=no>'</script><a href=last>x</a>");
            let page = Page::read("/a/", body.as_bytes());
            let faults = page.faults.iter();
            let deep = faults.filter(|fault| fault.message.contains("too deeply"));
            let start: String = body.chars().take(60).collect();
            assert_eq!(deep.count(), number, "{start}");
            assert_eq!(page.references, ["last"], "{start}");
        }
    }

    #[test]
    fn valid_pages_have_no_faults() {
        for body in [
            "<p>one<p>two",
            "<ul><li>a<li>b</ul>",
            "<img src=x alt=''>",
            "<table><tr><td>1</table>",
            "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
            "<script>if (a < b) { c(); }</script><p>after</p>",
            "<p>a &amp; b &lt; c",
            "<math><mi>x</mi></math>",
        ] {
            assert_eq!(faults(body), [""; 0], "{body}");
        }
    }

    #[test]
    fn what_is_not_valid_is_told_with_its_tag() {
        for (body, expected) in [
            ("<p>x</div>", "`</div>` closes nothing that is open here"),
            (
                "<p><div>x</div></p>",
                "`</p>` closes nothing that is open here",
            ),
            ("<b>x", "<b> is not closed before `</body>`"),
            ("<p>x <i>y</p>", "<i> is not closed before `</p>`"),
            ("<div/>x</div>", "`<div/>` does not close <div>"),
            ("<p a=1 a=2>x", "an element has an attribute twice"),
            (
                "<i id=x></i><i id=x></i>",
                "the id `x` is on this page already",
            ),
            (
                "<img src=a.png>",
                "the image `a.png` has no alternative text",
            ),
            ("<table><p>x</table>", "`<p>` cannot stand here"),
            ("<p>&nosuch; x", "a character reference that is none"),
        ] {
            let faults = faults(body);
            assert!(
                faults.iter().any(|fault| fault.contains(expected)),
                "{body}: {faults:?}"
            );
            assert!(
                faults[0].starts_with(body) || expected.contains("before `</body>`"),
                "{faults:?}"
            );
        }
    }

    #[test]
    fn references_of_all_kinds_are_found() {
        let page = "<a href='/x'></a><img srcset='a.png 1x, b.png 2x' src=c.png alt=''>\
            <video poster=p.jpg></video><link rel=preconnect href='https://no.org'>\
            <meta property=og:image content='https://a.org/m.png'>";
        let mut references = Page::read("/", page.as_bytes()).references;
        references.sort();
        let expected = [
            "/x",
            "a.png",
            "b.png",
            "c.png",
            "https://a.org/m.png",
            "p.jpg",
        ];
        assert_eq!(references, expected);
    }
}

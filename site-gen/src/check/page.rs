//! A page as a browser reads it (HTML, 13.2): what it refers to, and what is
//! not valid.
//!
//! The parser is html5ever, without a tree (`parser`); what it comes across is
//! gathered in one place (`found`), so that a fault can be told with the tag that
//! it is about.

mod found;
mod parser;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use pulldown_cmark::{Event, Parser};

use crate::document::Document;
use crate::limits::MAX_EXCERPT;
use crate::markdown;
use found::Found;
use parser::{Sink, Watch};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_DIAGNOSTICS;

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

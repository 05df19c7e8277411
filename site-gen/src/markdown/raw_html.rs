//! Links in the HTML that authors write between their markdown: they are
//! resolved, and checked, like links of markdown (`link`).
//!
//! An HTML block comes line by line, and a tag may go on in the next one, so
//! [`Scanner`] keeps where it is (HTML, 13.2.5). It looks for attributes only:
//! whatever it reads otherwise than a browser, it leaves as it is.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::Located;
use super::link::{Reference, Targets, resolve_one};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::url;

/// Elements in which there are no tags.
const RAW: [&str; 5] = ["script", "style", "textarea", "title", "iframe"];

/// Attributes that refer to something.
const REFERRING: [&str; 4] = ["href", "src", "poster", "srcset"];

/// Resolves what raw HTML refers to.
pub(super) fn resolve(
    events: &mut [Located<'_>],
    document: &Document,
    targets: &Targets,
    references: &mut Vec<Reference>,
    faults: &mut Vec<Diagnostic>,
) {
    let mut scanner = Scanner::default();
    for (event, span) in events {
        let text = match event {
            Event::Html(text) => text,
            Event::InlineHtml(text) => {
                scanner = Scanner::default();
                text
            }
            Event::End(TagEnd::HtmlBlock) => {
                scanner = Scanner::default();
                continue;
            }
            _ => continue,
        };
        let mut resolved = String::new();
        let mut done = 0;
        for (value, element) in scanner.values(text) {
            // The text of a line is a copy if something stands between its parts.
            let place = match span.len() == text.len() {
                true => span.start + value.start..span.start + value.end,
                false => span.clone(),
            };
            let written = text[value.clone()].replace("&amp;", "&");
            if !is_plain(&written) || written.starts_with('#') && element != "a" {
                continue;
            }
            match resolve_one(document, targets, written.trim(), &place) {
                Ok(None) => {}
                Ok(Some((link, reference))) => {
                    let is_picture = element == "img";
                    if is_picture {
                        faults.extend(reference.as_picture(document));
                    }
                    references.push(reference);
                    if link != written {
                        resolved.push_str(&text[done..value.start]);
                        resolved.push_str(&url::escape(&link));
                        done = value.end;
                    }
                }
                Err(fault) => faults.push(fault),
            }
        }
        if done > 0 {
            resolved.push_str(&text[done..]);
            *text = resolved.into();
        }
        if faults.len() >= MAX_DIAGNOSTICS {
            break;
        }
    }
}

/// Whether a value is all there: no character reference in it, and no mask of
/// a shortcode, which is for private use.
fn is_plain(value: &str) -> bool {
    let is_private = |c: char| matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..);
    let has_reference = value.split('&').skip(1).any(|after| {
        after
            .split(['&', '='])
            .next()
            .is_some_and(|name| name.contains(';'))
    });
    !has_reference && !value.contains(is_private)
}

/// Where in HTML something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// Behind the name of a tag.
    Tag,
    /// In a value that began in a line above.
    Quoted(char),
    Comment,
    /// In the element that the scanner knows the name of.
    Raw,
}

#[derive(Default)]
struct Scanner {
    state: State,
    /// The element whose tag was seen last.
    element: String,
}

impl Scanner {
    /// The values in a piece of HTML that refer to something, with the
    /// elements they belong to, in order.
    fn values(&mut self, html: &str) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < html.len() {
            let rest = &html[at..];
            let until = |end: &str| rest.find(end).map(|found| found + end.len());
            at += match self.state {
                State::Text => self.text(rest),
                State::Tag => self.tag(html, at, &mut found),
                State::Quoted(quote) => {
                    self.skip(rest, rest.find(quote).map(|at| at + 1), State::Tag)
                }
                State::Comment => self.skip(rest, until("-->"), State::Text),
                State::Raw => {
                    let is_end = |&(at, mark): &(usize, &str)| {
                        let name = at + mark.len()..at + mark.len() + self.element.len();
                        let name = rest.get(name);
                        name.is_some_and(|name| name.eq_ignore_ascii_case(&self.element))
                    };
                    let end = rest.match_indices("</").find(is_end);
                    // The end of it is a tag like any other.
                    self.skip(rest, end.map(|(at, _)| at + 1), State::Text)
                }
            };
        }
        found
    }

    /// Goes on behind an end, or keeps its state if there is none here.
    fn skip(&mut self, rest: &str, end: Option<usize>, then: State) -> usize {
        let Some(end) = end else { return rest.len() };
        self.state = then;
        end
    }

    fn text(&mut self, rest: &str) -> usize {
        let Some(start) = rest.find('<') else {
            return rest.len();
        };
        let tag = &rest[start + 1..];
        if tag.starts_with("!--") {
            self.state = State::Comment;
            return start + "<!--".len();
        }
        let length = tag
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(tag.len());
        if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.element = tag[..length].to_ascii_lowercase();
            self.state = State::Tag;
        }
        start + 1 + length
    }

    /// Reads up to the end of one attribute.
    fn tag(&mut self, html: &str, at: usize, found: &mut Vec<(Range<usize>, String)>) -> usize {
        let rest = &html[at..];
        let is_space = |c: char| c.is_ascii_whitespace() || c == '/';
        let skipped = rest.find(|c: char| !is_space(c)).unwrap_or(rest.len());
        let own = &rest[skipped..];
        if own.is_empty() {
            return rest.len();
        }
        if own.starts_with('>') {
            let is_raw = RAW.contains(&self.element.as_str());
            self.state = if is_raw { State::Raw } else { State::Text };
            return skipped + 1;
        }
        let is_end = |c: char| is_space(c) || c == '>' || c == '=';
        // A name may begin with what else ends it (HTML, 13.2.5.32).
        let first = own.chars().next().map_or(0, char::len_utf8);
        let length = own[first..]
            .find(is_end)
            .map_or(own.len(), |end| first + end);
        let name = own[..length].to_ascii_lowercase();
        let behind = own[length..].trim_ascii_start();
        let Some(value) = behind.strip_prefix('=') else {
            return skipped + length;
        };
        let value = value.trim_ascii_start();
        let start = html.len() - value.len();
        let (range, end) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => match value[1..].find(quote) {
                Some(length) => (start + 1..start + 1 + length, start + length + 2),
                None => {
                    self.state = State::Quoted(quote);
                    return rest.len();
                }
            },
            _ => {
                let end = |c: char| c.is_ascii_whitespace() || c == '>';
                let length = value.find(end).unwrap_or(value.len());
                (start..start + length, start + length)
            }
        };
        let is_object = self.element == "object" && name == "data";
        if self.element != "base" && (REFERRING.contains(&name.as_str()) || is_object) {
            match name.as_str() {
                "srcset" => self.candidates(html, range, found),
                _ => found.push((range, self.element.clone())),
            }
        }
        end - at
    }

    /// The addresses of a `srcset`.
    fn candidates(&self, html: &str, range: Range<usize>, found: &mut Vec<(Range<usize>, String)>) {
        let value = &html[range.clone()];
        // A comma in an address is not told from one behind it.
        if value.contains("data:") {
            return;
        }
        let mut start = range.start;
        for part in value.split(',') {
            let own = part.trim_start();
            let at = start + part.len() - own.len();
            let length = own
                .find(|c: char| c.is_ascii_whitespace())
                .unwrap_or(own.len());
            found.push((at..at + length, self.element.clone()));
            start += part.len() + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::link::Target;
    use super::super::tests::{render_text, rendered_at};
    use super::*;

    #[test]
    fn references_are_resolved_like_links() {
        for (written, expected) in [
            ("<img src=\"p.png\" alt=''>", "src=\"/p.png\""),
            ("x <img src=p.png> y", "src=/p.png>"),
            ("<a\n  class=x\n  href='b.md#y'>b</a>", "href='/b/#y'"),
            ("<a href=\"@/b.md\">b</a>", "href=\"/b/\""),
            (
                "<div\ntitle='a\nsrc=p.png'\nx src=p.png>",
                "src=p.png'\nx src=/p.png>",
            ),
            (
                "x <img srcset=\"p.png 1x, p.png 2x\">",
                "srcset=\"/p.png 1x, /p.png 2x\"",
            ),
            ("<a href=\"p.png?a&amp;b\">b</a>", "href=\"/p.png?a&amp;b\""),
            ("<a href=\"mailto:a@b\">b</a>", "href=\"mailto:a@b\""),
            ("<!-- <img src=\"p.png\"> -->", "src=\"p.png\""),
            (
                "<script>\nx = '<img src=\"p.png\">'\n</script>",
                "src=\"p.png\"",
            ),
            ("<pre>\na src=\"p.png\"\n</pre>", "a src=\"p.png\""),
            ("> <div><img\n> src=\"p.png\"></div>", "src=\"/p.png\""),
        ] {
            let html = render_text(written).unwrap().html;
            assert!(html.contains(expected), "{written}: {html}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_noted_where_it_stands() {
        let text = "Text\n\n<p>\n<img src=\"/nope.png\" alt=z> <a href=\"c/\">y</a>\n</p>\n";
        let references = render_text(text).unwrap().references;
        let shown: Vec<_> = references
            .iter()
            .map(|reference| (reference.target.clone(), &text[reference.span.clone()]))
            .collect();
        let expected = [
            (Target::Path("/nope.png".into()), "/nope.png"),
            (Target::Path("/a/c/".into()), "c/"),
        ];
        assert_eq!(shown, expected);
        let fault = render_text("x <a href=\"@/c.md\">y</a>\n")
            .unwrap_err()
            .remove(0);
        assert_eq!(fault.place.map(|place| place.column), Some(12));
    }

    #[test]
    fn a_directory_stands_for_its_index() {
        let own = "My Notes/First.md";
        for (written, expected) in [
            ("[d](../Recipes/)", "href=\"/Recipes/\""),
            ("[d](../Recipes#x)", "href=\"/Recipes/#x\""),
            ("<a href=\"../Recipes/\">d</a>", "href=\"/Recipes/\""),
            ("[d](Second/)", "href=\"/My%20Notes/second/\""),
            ("[d](First)", "href=\"/My%20Notes/first/\""),
            ("[d](../second/)", "href=\"../second/\""),
            (
                "<img src=\"img/pic.png\">",
                "src=\"/My%20Notes/img/pic.png\"",
            ),
        ] {
            let html = rendered_at(own, written);
            assert!(html.contains(expected), "{written}: {html}");
        }
    }

    proptest! {
        #[test]
        fn any_piece_is_scanned(pieces in prop::collection::vec("[<>!/=a \"'\n-]{0,12}|<img src=|é|</script|<script>", 0..6)) {
            let mut scanner = Scanner::default();
            for piece in pieces {
                let values = scanner.values(&piece);
                prop_assert!(values.iter().all(|(value, _)| piece.get(value.clone()).is_some()));
                prop_assert!(values.is_sorted_by(|(a, _), (b, _)| a.end <= b.start));
            }
        }
    }
}

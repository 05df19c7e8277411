//! Links in the HTML that authors write between their markdown: they are
//! resolved, and checked, like links of markdown (`link`).

use std::ops::Range;

use pulldown_cmark::Event;

use super::Located;
use super::link::{Reference, Targets, resolve_one};
use super::pass_html::{goes_on, is_html, written};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::html::{self, Attribute, Tag};
use crate::limits::MAX_DIAGNOSTICS;
use crate::url;

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
    let pieces = events.chunk_by_mut(|(one, _), (next, _)| goes_on(one, next));
    for piece in pieces.filter(|piece| is_html(piece)) {
        let html = written(piece).into_owned();
        let mut values = values(&html).into_iter().peekable();
        let mut start = 0;
        for (event, span) in piece {
            let (Event::Html(text) | Event::InlineHtml(text)) = event else {
                continue;
            };
            let end = start + text.len();
            let mut resolved = String::new();
            let mut done = 0;
            while let Some((value, element)) = values.next_if(|(value, _)| value.start < end) {
                // What goes on in the next line is left as it is.
                if value.end > end {
                    continue;
                }
                let value = value.start - start..value.end - start;
                // The text of a line is a copy if something stands between its parts.
                let place = match span.len() == text.len() {
                    true => span.start + value.start..span.start + value.end,
                    false => span.clone(),
                };
                let written = text[value.clone()].replace("&amp;", "&");
                if !is_plain(&written) || written.starts_with('#') && !element.is("a") {
                    continue;
                }
                match resolve_one(document, targets, written.trim(), &place) {
                    Ok(None) => {}
                    Ok(Some((link, reference))) => {
                        if element.is("img") {
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
            start = end;
            if done > 0 {
                resolved.push_str(&text[done..]);
                *text = resolved.into();
            }
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

/// The values in a piece of HTML that refer to something, with the elements they
/// belong to, in order.
fn values(html: &str) -> Vec<(Range<usize>, Tag<'_>)> {
    let mut found = Vec::new();
    for tag in html::start_tags(html) {
        for Attribute { name, value } in tag.attributes() {
            let is = |other: &&str| html[name.clone()].eq_ignore_ascii_case(other);
            let refers = REFERRING.iter().any(is) || tag.is("object") && is(&"data");
            let Some(value) = value.filter(|_| refers && !tag.is("base")) else {
                continue;
            };
            match is(&"srcset") {
                true => {
                    let all = candidates(html, value).into_iter();
                    found.extend(all.map(|value| (value, tag)));
                }
                false => found.push((value, tag)),
            }
        }
    }
    found
}

/// The addresses of a `srcset`.
fn candidates(html: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let value = &html[range.clone()];
    // A comma in an address is not told from one behind it.
    if value.contains("data:") {
        return Vec::new();
    }
    let mut start = range.start;
    let parts = value.split(',').map(|part| {
        let own = part.trim_start();
        let at = start + part.len() - own.len();
        let end = own.find(|c: char| c.is_ascii_whitespace());
        start += part.len() + 1;
        at..at + end.unwrap_or(own.len())
    });
    parts.collect()
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
        fn values_stand_in_order(pieces in prop::collection::vec("[<>!/=a \"'\n-]{0,12}|<img src=|<img srcset='|,|é|</script|<script>", 0..6)) {
            let html = pieces.concat();
            let values = values(&html);
            prop_assert!(values.iter().all(|(value, _)| html.get(value.clone()).is_some()));
            prop_assert!(values.is_sorted_by(|(a, _), (b, _)| a.end <= b.start));
        }
    }
}

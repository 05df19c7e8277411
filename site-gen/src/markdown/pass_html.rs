//! HTML that authors write in markdown: it goes through, or is shown as text;
//! what links can lead to in it is noted, and where a summary ends.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Tag, TagEnd, html};

use super::Located;
use crate::markdown_config::RawHtml;

/// Where a page that continues below its summary is marked.
pub(super) const CONTINUE: &str = "<span id=\"continue-reading\"></span>";

/// Lets HTML through or shows it, takes note of anchors in it, and marks where
/// the summary ends; returns what closes all that is open there.
pub(super) fn pass_html(
    events: &mut [Located<'_>],
    raw_html: RawHtml,
    anchors: &mut BTreeSet<String>,
) -> String {
    let mut open: Vec<TagEnd> = Vec::new();
    let mut close = None;
    for (event, _) in events {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(tag) => open.push(tag.to_end()),
            Event::End(_) => {
                open.pop();
            }
            // Notes stand below everything, wherever they are written.
            Event::Html(text) | Event::InlineHtml(text)
                if close.is_none()
                    && is_summary_mark(text)
                    && !open.contains(&TagEnd::FootnoteDefinition) =>
            {
                let mut html = String::new();
                html::push_html(&mut html, open.iter().rev().copied().map(Event::End));
                close = Some(html);
                *event = Event::InlineHtml(CONTINUE.into());
            }
            Event::Html(text) | Event::InlineHtml(text) => match raw_html {
                RawHtml::Pass => anchors.extend(attributes(text, &["id", "name"])),
                RawHtml::Escape => *event = Event::Text(text.clone()),
            },
            _ => {}
        }
    }
    close.unwrap_or_default()
}

/// Whether a comment says that a summary ends here.
pub(crate) fn is_summary_mark(html: &str) -> bool {
    let inner = html.trim().strip_prefix("<!--");
    let inner = inner.and_then(|inner| inner.strip_suffix("-->"));
    inner.is_some_and(|inner| inner.trim() == "more")
}

/// The values of attributes in a piece of HTML. It may find too many, in text
/// that looks like an attribute, and that does no harm.
pub(super) fn attributes(html: &str, names: &[&str]) -> Vec<String> {
    let mut values = Vec::new();
    let mut at = 0;
    // No part is read twice: a text may be all of such signs.
    while let Some(before) = html[at..].find('=') {
        let name = html[at..at + before]
            .trim_end()
            .rsplit(|c: char| c.is_whitespace() || c == '<')
            .next()
            .unwrap_or_default();
        at += before + 1;
        if !names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) {
            continue;
        }
        let value = html[at..].trim_start();
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => {
                let end = value.find(|c: char| c.is_whitespace() || c == '>');
                value.split_at(end.unwrap_or(value.len()))
            }
        };
        at = html.len() - rest.len();
        if !value.is_empty() {
            values.push(value.to_owned());
        }
    }
    values
}

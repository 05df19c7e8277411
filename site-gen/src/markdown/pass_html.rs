//! HTML that authors write in markdown: it goes through, or is shown as text, as are
//! links then that would run a script; what links can lead to in it is noted, and where
//! a summary ends.

use std::borrow::Cow;
use std::collections::BTreeSet;

use pulldown_cmark::{Event, Tag, TagEnd, html};

use super::Located;
use crate::config::markdown::RawHtml;
use crate::html::start_tags;
use crate::markdown::script_address::{Use, scripted};

/// Where a page that continues below its summary is marked.
pub(super) const CONTINUE: &str = "<span id=\"continue-reading\"></span>";

/// Lets HTML through or shows it, takes note of anchors in it, and marks where
/// the summary ends; returns what closes all that is open there.
pub(super) fn pass_html(
    events: &mut [Located<'_>],
    raw_html: RawHtml,
    anchors: &mut BTreeSet<String>,
) -> String {
    if raw_html == RawHtml::Pass {
        let pieces = events.chunk_by(|(one, _), (next, _)| goes_on(one, next));
        for piece in pieces.filter(|piece| is_html(piece)) {
            let html = written(piece);
            anchors.extend(values(&html, &["id", "name"]));
        }
    } else {
        unlink(events);
    }
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
            Event::Html(text) | Event::InlineHtml(text) if raw_html == RawHtml::Escape => {
                *event = Event::Text(text.clone());
            }
            _ => {}
        }
    }
    close.unwrap_or_default()
}

/// Shows all HTML of a text in which no summary ends.
pub(super) fn show_html(events: &mut [Located<'_>]) {
    unlink(events);
    for (event, _) in events {
        if let Event::Html(text) | Event::InlineHtml(text) = event {
            *event = Event::Text(text.clone());
        }
    }
}

/// Leaves of links and images that would run a script what stands in them.
fn unlink(events: &mut [Located<'_>]) {
    let is_scripted = |tag: &Tag<'_>| match tag {
        Tag::Link { dest_url, .. } => scripted(dest_url, Use::Link).is_some(),
        Tag::Image { dest_url, .. } => scripted(dest_url, Use::Image).is_some(),
        _ => false,
    };
    let mut open: Vec<bool> = Vec::new();
    for (event, _) in events {
        let is_left_out = match event {
            Event::Start(tag) => {
                open.push(is_scripted(tag));
                open.last().copied()
            }
            Event::End(_) => open.pop(),
            _ => None,
        };
        if is_left_out == Some(true) {
            *event = Event::Text("".into());
        }
    }
}

/// Whether a comment says that a summary ends here.
pub(crate) fn is_summary_mark(html: &str) -> bool {
    let inner = html.trim().strip_prefix("<!--");
    let inner = inner.and_then(|inner| inner.strip_suffix("-->"));
    inner.is_some_and(|inner| inner.trim() == "more")
}

/// Whether a block of HTML, which comes line by line, goes on.
pub(super) fn goes_on(one: &Event<'_>, next: &Event<'_>) -> bool {
    matches!((one, next), (Event::Html(_), Event::Html(_)))
}

/// Whether a piece of a text was written as HTML.
pub(super) fn is_html(piece: &[Located<'_>]) -> bool {
    matches!(piece, [(Event::Html(_) | Event::InlineHtml(_), _), ..])
}

/// What an author wrote as HTML: all of a block, as a tag may go on in its next line.
pub(super) fn written<'t>(piece: &'t [Located<'_>]) -> Cow<'t, str> {
    match piece {
        [(Event::Html(text) | Event::InlineHtml(text), _)] => Cow::Borrowed(text),
        _ => {
            let lines = piece.iter().filter_map(|(event, _)| match event {
                Event::Html(text) => Some(&**text),
                _ => None,
            });
            lines.collect()
        }
    }
}

/// The values of attributes in a piece of HTML.
pub(super) fn values(html: &str, names: &[&str]) -> Vec<String> {
    let values =
        start_tags(html).flat_map(|tag| names.iter().filter_map(move |name| tag.value(name)));
    let values = values.filter(|value| !value.is_empty());
    values.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::render_alone;
    use super::super::tests::{config, render_with};
    use super::*;

    #[test]
    fn texts_of_others_run_no_scripts() {
        let mut config = config();
        config.raw_html = RawHtml::Escape;
        let alone = |text: &str| {
            let address = |link: &str| Ok::<_, ()>(link.to_owned());
            render_alone(text, config, &address, &|_, word| Ok(word.to_owned())).unwrap()
        };
        for (written, expected) in [
            ("a <b>x</b>", "<p>a &lt;b&gt;x&lt;/b&gt;</p>"),
            ("[*x* y](javascript:a)", "<p><em>x</em> y</p>"),
            ("[x](&#74;ava&Tab;script&colon;a)", "<p>x</p>"),
            ("[x][y]\n\n[y]: VBSCRIPT:a", "<p>x</p>"),
            ("<JavaScript:a>", "<p>JavaScript:a</p>"),
            ("[x](data:text/html,y)", "<p>x</p>"),
            ("![x](javascript:a)", "<p>x</p>"),
            ("[![x](javascript:a)](javascript:b)", "<p>x</p>"),
            (
                "[x](https://b.org)",
                "<p><a href=\"https://b.org\">x</a></p>",
            ),
        ] {
            let html = render_with(written, config).unwrap().html;
            assert_eq!(html.trim(), expected, "{written}");
            assert_eq!(alone(written).trim(), expected, "{written}");
        }
    }
}

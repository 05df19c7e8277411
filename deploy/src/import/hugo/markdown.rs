//! Markdown that goldmark reads in another way: what stands behind the fences
//! of code, anchors, links, the mark of a summary, attributes of blocks.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::super::anchors::anchors;
use super::super::emoji;
use super::super::report::{Report, Topic};
use super::super::spans::{Edits, Spans};
use super::anchor::Anchors;
use super::document::Document;
use super::options::{Dialect, Extension, Html};
use super::rewritten::Rewritten;
use super::{addresses, attributes, dialect, extensions, fence, links::Links, quotes, remarks};

/// Changes what would mean something else.
pub(super) fn adapt(
    text: Rewritten,
    document: &Document,
    dialect: &Dialect,
    links: &mut Links<'_>,
    report: &mut Report,
) -> String {
    let mut edits = Edits::new();
    let parser = Parser::new_ext(&text.text, options(dialect));
    let definitions: Vec<(String, Range<usize>)> = parser
        .reference_definitions()
        .iter()
        .map(|(_, definition)| (definition.dest.to_string(), definition.span.clone()))
        .collect();
    let events: Vec<(Event<'_>, Range<usize>)> = parser.into_offset_iter().collect();

    let code = code(&events);
    let left = Spans::new(code.iter().cloned().chain(text.put_spans()));
    edits.extend(fence::adapt(&text, &events, (document, dialect), report));
    match dialect.hooks.remarks {
        true => edits.extend(remarks::adapt(&text, &events, document, report)),
        false => remarks::tell(&text, &events, document, report),
    }
    let shown = |title: &str| match dialect.emoji {
        true => emoji::replaced(title),
        false => title.to_owned(),
    };
    if dialect.anchors != Anchors::None {
        let make = |title: &str| dialect.anchors.of(title);
        edits.extend(anchors(&text.text, &events, make, shown));
    }
    if dialect.off.contains(&Extension::HeadingAttributes) {
        edits.extend(extensions::plain_attributes(&text.text, &events));
    }
    if dialect.emoji {
        edits.extend(emoji::edits(&text.text, &events, &left));
    }
    for (destination, span) in definitions {
        edits.extend(links.adapt(&text, &destination, span, report));
    }
    for (event, span) in &events {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                edits.extend(links.adapt(&text, dest_url, span.clone(), report));
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                edits.extend(links.html(&text.text, span.clone()));
            }
            _ => {}
        }
    }
    if dialect.links {
        edits.extend(addresses::adapt(&text.text, &events, &left, dialect));
    }
    edits.extend(dialect::adapt(&text.text, &events, &left, dialect));
    edits.extend(extensions::adapt(&text.text, &events, &left, dialect));
    edits.extend(quotes::adapt(&text.text, &events, &left, dialect));
    if dialect.html == Html::Escaped {
        edits.extend(comments(&text, &events, document, report));
    }
    tell(&text, &events, dialect, document, report);
    for (at, element) in extensions::lost(&text.text, &events, &left, dialect) {
        let what = format!("signs that made an element `{element}`");
        let advice = "they are shown as they are written, as HTML is";
        report.note(Topic::Text, &document.file, text.line(at), what, advice);
    }
    edits.extend(mark(&text.text, &code));
    if dialect.block_attributes {
        edits.extend(attributes::adapt(
            &text,
            &events,
            &Spans::new(code),
            dialect,
            document,
            report,
        ));
    }
    text.edit(edits)
}

/// Tells what looks otherwise now, and cannot be changed.
fn tell(
    text: &Rewritten,
    events: &[(Event<'_>, Range<usize>)],
    dialect: &Dialect,
    document: &Document,
    report: &mut Report,
) {
    // `<<words>>` are in quotes, and no tag.
    let is_quoted = |at: usize| dialect.typographer && text.text[..at].ends_with('<');
    // A comment may have several lines, each of which is an event.
    let mut in_comment = false;
    let put = Spans::new(text.put_spans());
    for (event, span) in events {
        let was_in_comment = in_comment;
        if let Event::Html(html) = event {
            in_comment |= html.trim_start().starts_with("<!--");
            in_comment &= !html.contains("-->");
        }
        let (what, advice) = match event {
            Event::Html(html) | Event::InlineHtml(html)
                if dialect.html != Html::Part
                    && !was_in_comment
                    && !put.contains(span.start)
                    && !is_quoted(span.start)
                    && !html.trim_start().starts_with("<!--") =>
            {
                (
                    "HTML in a text, which Hugo left out",
                    match dialect.html {
                        Html::Escaped => "it is shown as it is written now; take it away",
                        _ => {
                            "it is part of the page now; take it away, or set `[markdown] raw_html = \"escape\"`"
                        }
                    },
                )
            }
            _ => continue,
        };
        let line = text.line(span.start);
        report.note(Topic::Text, &document.file, line, what, advice);
    }
}

/// Comments in HTML, which would be shown where HTML is.
fn comments(
    text: &Rewritten,
    events: &[(Event<'_>, Range<usize>)],
    document: &Document,
    report: &mut Report,
) -> Edits {
    let mut edits = Edits::new();
    for (event, span) in events {
        if !matches!(event, Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock)) {
            continue;
        }
        let written = text.text[span.clone()].trim_end();
        let inside = written
            .trim_start()
            .strip_prefix("<!--")
            .and_then(|rest| rest.strip_suffix("-->"));
        if inside.is_some_and(|inside| inside.trim() != "more" && !inside.contains("-->")) {
            let what = "a comment in HTML, which Hugo left out";
            let advice = "left out, as HTML is shown as it is written now";
            let line = text.line(span.start);
            report.note(Topic::Text, &document.file, line, what, advice);
            edits.push((span.start..span.start + written.len(), String::new()));
        }
    }
    edits
}

fn options(dialect: &Dialect) -> Options {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    options.set(Options::ENABLE_SMART_PUNCTUATION, dialect.typographer);
    options.set(
        Options::ENABLE_HEADING_ATTRIBUTES,
        !dialect.off.contains(&Extension::HeadingAttributes),
    );
    options
}

/// The ranges of code.
fn code(events: &[(Event<'_>, Range<usize>)]) -> Vec<Range<usize>> {
    let is_code =
        |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
    let code = events.iter().filter(|(event, _)| is_code(event));
    code.map(|(_, span)| span.clone()).collect()
}

/// The info strings of fenced code, and where each block begins.
pub(super) fn infos<'a>(
    events: &'a [(Event<'_>, Range<usize>)],
) -> impl Iterator<Item = (&'a str, Range<usize>)> {
    events.iter().filter_map(|(event, span)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Some((&**info, span.clone())),
        _ => None,
    })
}

/// The mark of a summary, which has to stand by itself.
fn mark(text: &str, code: &[Range<usize>]) -> Option<(Range<usize>, String)> {
    let (start, length) = ["<!--more-->", "<!-- more -->"].iter().find_map(|mark| {
        let mut found = text.match_indices(mark);
        let (at, _) = found.find(|(at, _)| !code.iter().any(|range| range.contains(at)))?;
        Some((at, mark.len()))
    })?;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let before = text[line_start..start].trim().is_empty();
    let after = text[start + length..line_end].trim().is_empty();
    let mark = match (before, after) {
        (true, true) => return Some((line_start..line_end, "<!-- more -->".to_owned())),
        (true, false) => "<!-- more -->\n\n",
        (false, true) => "\n\n<!-- more -->",
        (false, false) => "\n\n<!-- more -->\n\n",
    };
    let mut range = start..start + length;
    range.start -= text[..start].len() - text[..start].trim_end_matches(' ').len();
    range.end += text[range.end..].len() - text[range.end..].trim_start_matches(' ').len();
    Some((range, mark.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_by_itself() {
        let marked = |text: &str| {
            let mut new = Rewritten::new(1);
            new.keep(text, 1);
            new.edit(mark(text, &[]).into_iter().collect())
        };
        assert_eq!(marked("a\n<!--more-->\nb"), "a\n<!-- more -->\nb");
        assert_eq!(marked("a <!--more--> b"), "a\n\n<!-- more -->\n\nb");
        assert_eq!(marked("a <!--more-->\nb"), "a\n\n<!-- more -->\nb");
        assert_eq!(marked("a"), "a");
    }
}

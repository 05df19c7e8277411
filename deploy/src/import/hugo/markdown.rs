//! Markdown that goldmark reads in another way: what stands behind the fences
//! of code, anchors, links, the mark of a summary, attributes of blocks.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::super::report::{Report, Topic};
use super::address::anchor;
use super::document::Document;
use super::rewritten::Rewritten;
use super::{fence, links::Links};

type Edits = Vec<(Range<usize>, String)>;

/// How the old site read its markdown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// Whether quotes and dashes are made pretty.
    pub(super) typographer: bool,
    /// Whether a line of attributes may stand below a block.
    pub(super) block_attributes: bool,
}

/// Changes what would mean something else.
pub(super) fn adapt(
    text: Rewritten,
    document: &Document,
    dialect: Dialect,
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
    edits.extend(fence::adapt(&text, &events, document, report));
    edits.extend(anchors(&text.text, &events));
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
    edits.extend(mark(&text.text, &code));
    if dialect.block_attributes {
        edits.extend(attributes(&text, &code, document, report));
    }
    text.edit(edits)
}

fn options(dialect: Dialect) -> Options {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    options.set(Options::ENABLE_SMART_PUNCTUATION, dialect.typographer);
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

/// Headings whose anchors would become others get them in writing, so that
/// links to them go on working.
fn anchors(text: &str, events: &[(Event<'_>, Range<usize>)]) -> Edits {
    let mut edits = Edits::new();
    let mut taken: Vec<String> = Vec::new();
    let mut heading: Option<(String, Range<usize>)> = None;
    for (event, span) in events {
        match event {
            Event::Start(Tag::Heading { id: Some(id), .. }) => taken.push(id.to_string()),
            Event::Start(Tag::Heading { id: None, .. }) => {
                heading = Some((String::new(), span.clone()));
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some((title, _)) = &mut heading {
                    title.push_str(part);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                // Only the last line counts there, and all of them here.
                if let Some((title, _)) = &mut heading {
                    title.push('\n');
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((title, span)) = heading.take() {
                    edits.extend(write_anchor(text, &title, span, &mut taken));
                }
            }
            _ => {}
        }
    }
    edits
}

fn write_anchor(
    text: &str,
    title: &str,
    span: Range<usize>,
    taken: &mut Vec<String>,
) -> Option<(Range<usize>, String)> {
    let last = title.rsplit('\n').next().unwrap_or_default();
    if last.trim().is_empty() {
        return None;
    }
    let plain = match anchor(last) {
        plain if plain.is_empty() => "heading".to_owned(),
        plain => plain,
    };
    let numbered = (1_usize..).map(|number| format!("{plain}-{number}"));
    let id = std::iter::once(plain.clone())
        .chain(numbered)
        .find(|id| !taken.contains(id))?;
    taken.push(id.clone());
    if id == site_gen::slugify(&title.replace('\n', " ")) {
        return None;
    }
    // Before the end of its line, and before hashes that close it; of two
    // lines, the text is the first.
    let source = text.get(span.clone())?;
    let lines: Vec<&str> = source.trim_end().split('\n').collect();
    let underlined = !source.trim_start().starts_with('#') && lines.len() > 1;
    let length = match underlined {
        true => lines[..lines.len() - 1].join("\n").trim_end().len(),
        false => {
            let trimmed = source.trim_end();
            let without = trimmed.trim_end_matches('#');
            if without.ends_with([' ', '\t']) {
                without.trim_end().len()
            } else {
                trimmed.len()
            }
        }
    };
    let at = span.start + length;
    let end = if underlined {
        at
    } else {
        span.start + source.trim_end().len()
    };
    Some((at..end, format!(" {{#{id}}}")))
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

/// Lines of attributes below blocks would be shown.
fn attributes(
    text: &Rewritten,
    code: &[Range<usize>],
    document: &Document,
    report: &mut Report,
) -> Edits {
    let mut edits = Edits::new();
    let mut at = 0;
    for line in text.text.split_inclusive('\n') {
        let trimmed = line.trim_start_matches(['>', ' ']).trim();
        let is_one = trimmed.starts_with("{.")
            || trimmed.starts_with("{#")
            || (trimmed.starts_with('{') && trimmed.contains('='));
        let is_one = is_one
            && trimmed.ends_with('}')
            && !trimmed.starts_with("{{")
            && !trimmed.starts_with("{%");
        if is_one && !code.iter().any(|range| range.contains(&at)) {
            let what = "attributes of a block are not read";
            let advice = "left out; write the block in HTML, or style it by its place";
            let line_number = text.line(at);
            report.note(Topic::Text, &document.file, line_number, what, advice);
            let start = at + line.find(trimmed).unwrap_or_default();
            edits.push((start..start + trimmed.len(), String::new()));
        }
        at += line.len();
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchored(text: &str) -> String {
        let dialect = Dialect {
            typographer: true,
            block_attributes: false,
        };
        let parser = Parser::new_ext(text, options(dialect));
        let events: Vec<_> = parser.into_offset_iter().collect();
        let mut new = Rewritten::new(1);
        new.keep(text, 1);
        new.edit(anchors(text, &events))
    }

    #[test]
    fn anchors_stay_what_they_were() {
        for (old, new) in [
            ("## One\n", "## One\n"),
            ("## One\n\n## One\n", "## One\n\n## One {#one-1}\n"),
            ("## 3.0 planning\n", "## 3.0 planning {#30-planning}\n"),
            ("## A -- b ##\n", "## A -- b {#a--b}\n"),
            ("# C#\n", "# C#\n"),
            ("## `a.b` *c*\n", "## `a.b` *c* {#ab-c}\n"),
            ("What is it? No.\n===\n", "What is it? No.\n===\n"),
            ("v1.0\n---\ntext\n", "v1.0 {#v10}\n---\ntext\n"),
            ("## !!!\n", "## !!! {#heading}\n"),
            (
                "## Two {#one}\n\n## One\n",
                "## Two {#one}\n\n## One {#one-1}\n",
            ),
            ("a\n\n- ## x.y\n", "a\n\n- ## x.y {#xy}\n"),
        ] {
            assert_eq!(anchored(old), new);
        }
    }

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

//! Where markdown has code: that is shown, not called.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The ranges of code in a file, its front matter left out.
pub(super) fn code_ranges(text: &str) -> Vec<Range<usize>> {
    let start = body(text);
    let mut ranges = Vec::new();
    let mut block = None;
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for (event, span) in Parser::new_ext(&text[start..], options).into_offset_iter() {
        let span = span.start + start..span.end + start;
        match event {
            Event::Code(_) => ranges.push(span),
            Event::Start(Tag::CodeBlock(_)) => block = Some(span),
            Event::End(TagEnd::CodeBlock) => ranges.extend(block.take()),
            _ => {}
        }
    }
    ranges
}

/// Where the text below the front matter begins.
pub(super) fn body(text: &str) -> usize {
    for fence in ["+++", "---"] {
        let Some(rest) = text.strip_prefix(fence) else {
            continue;
        };
        let end = rest.find(&format!("\n{fence}"));
        let end = end.map(|end| fence.len() + end + 1 + fence.len());
        return end.map_or(text.len(), |end| {
            text[end..]
                .find('\n')
                .map_or(text.len(), |line| end + line + 1)
        });
    }
    0
}

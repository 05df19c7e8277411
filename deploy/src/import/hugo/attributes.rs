//! Lines of attributes below blocks, as in `{.wide #name}`: they are not read
//! here, and would be shown.

use std::ops::Range;

use pulldown_cmark::Event;

use super::super::report::{Report, Topic};
use super::super::spans::{Edits, Spans};
use super::document::Document;
use super::options::{Dialect, Html};
use super::rewritten::Rewritten;

/// Takes the lines out. What links may lead to is written above its block.
pub(super) fn adapt(
    text: &Rewritten,
    events: &[(Event<'_>, Range<usize>)],
    code: &Spans,
    dialect: &Dialect,
    document: &Document,
    report: &mut Report,
) -> Edits {
    let mut edits = Edits::new();
    let blocks = blocks(events);
    let mut at = 0;
    for line in text.text.split_inclusive('\n') {
        let trimmed = line.trim_start_matches(['>', ' ']).trim();
        if is_attributes(trimmed) && !code.contains(at) {
            let next = blocks.partition_point(|start| *start < at);
            let block = blocks[..next].last().copied();
            // Only at the root is it known where a line of its own may stand.
            let id =
                id(trimmed).filter(|_| dialect.html != Html::Escaped && line.trim_end() == trimmed);
            let written = block.zip(id);
            if let Some((block, id)) = written {
                edits.push((block..block, format!("<a id=\"{id}\"></a>\n\n")));
            }
            if written.is_none_or(|(_, id)| trimmed != format!("{{#{id}}}")) {
                let what = "attributes of a block are not read";
                let advice = "left out; write the block in HTML, or style it by its place";
                report.note(Topic::Text, &document.file, text.line(at), what, advice);
            }
            let start = at + line.find(trimmed).unwrap_or_default();
            edits.push((start..start + trimmed.len(), String::new()));
        }
        at += line.len();
    }
    edits
}

fn is_attributes(line: &str) -> bool {
    let begins = line.starts_with("{.")
        || line.starts_with("{#")
        || (line.starts_with('{') && line.contains('='));
    begins && line.ends_with('}') && !line.starts_with("{{") && !line.starts_with("{%")
}

/// Where the blocks at the root begin.
fn blocks(events: &[(Event<'_>, Range<usize>)]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut depth = 0_usize;
    for (event, span) in events {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    starts.push(span.start);
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    starts
}

/// The name in attributes.
fn id(attributes: &str) -> Option<&str> {
    let inside = attributes.strip_prefix('{')?.strip_suffix('}')?;
    let mut words = inside.split_whitespace();
    let id = words.find_map(|word| word.strip_prefix('#'))?;
    let is_plain = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
    (!id.is_empty() && id.chars().all(is_plain)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_names() {
        assert_eq!(id("{#a-b .c}"), Some("a-b"));
        assert_eq!(id("{.c #b}"), Some("b"));
        for other in ["{.c}", "{#}", "{#a\"b}", "#a"] {
            assert_eq!(id(other), None, "{other}");
        }
        for other in ["{{ x }}", "{% end %}", "{x}", "{.a"] {
            assert!(!is_attributes(other), "{other}");
        }
    }
}

//! Markdown in a block of HTML, which goes on up to the next empty line (CommonMark,
//! 4.6): `**` and `#` are shown as they are written.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::html::{Kind, Scripting, Tag, Tokens};
use crate::markdown::Passage;

/// Elements whose text is to be read as it stands.
const LITERAL: [&str; 10] = [
    "pre", "code", "kbd", "samp", "textarea", "title", "svg", "math", "script", "style",
];

/// The fault of a block, at the first line of it that is markdown.
pub(super) fn check(passage: &Passage<'_>, block: &Range<usize>) -> Option<Diagnostic> {
    let html = &passage.text()[block.clone()];
    let mut literal = 0_usize;
    for token in Tokens::new(html, Scripting::On) {
        let is_literal = |tag: &Tag<'_>| LITERAL.iter().any(|name| tag.is(name));
        match token.kind {
            Kind::Start(tag) if is_literal(&tag) => literal += 1,
            Kind::End(tag) if is_literal(&tag) => literal = literal.saturating_sub(1),
            Kind::Text(text) if literal == 0 => {
                let mut start = block.start + token.at.start;
                for line in text.split_inclusive('\n') {
                    let inner = line.trim_start_matches([' ', '\t', '>']);
                    // A line that a tag begins is no line of markdown.
                    let begins = start == block.start || passage.text()[..start].ends_with('\n');
                    if is_markdown(inner.trim_end(), begins) {
                        let place = start + line.len() - inner.len();
                        let message = "this is in a block of HTML, and no markdown there";
                        let fault = passage.at(place..place + inner.trim_end().len(), message);
                        let expected = "an empty line before the text, or HTML";
                        return Some(fault.expected(expected).warning());
                    }
                    start += line.len();
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a line is hardly anything else.
fn is_markdown(line: &str, begins: bool) -> bool {
    begins && is_block(line) || is_strong(line) || is_link(line)
}

fn is_block(line: &str) -> bool {
    let heading = line.trim_start_matches('#');
    let level = line.len() - heading.len();
    let is_heading = (1..=6).contains(&level) && heading.starts_with(' ');
    let item = ["- ", "* ", "+ "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    is_heading || item.is_some_and(|text| !text.is_empty()) || line.starts_with("```")
}

fn is_strong(line: &str) -> bool {
    let Some((_, inside)) = line.split_once("**") else {
        return false;
    };
    let first = inside.chars().next();
    first.is_some_and(char::is_alphanumeric) && inside.contains("**")
}

fn is_link(line: &str) -> bool {
    let Some((before, after)) = line.split_once("](") else {
        return false;
    };
    let target = after.split(')').next().unwrap_or_default();
    before.contains('[')
        && after.len() > target.len()
        && !target.is_empty()
        && !target.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_told_from_text() {
        for line in ["# A", "- a", "* b", "a **b** c", "[a](/b/)", "```sh"] {
            assert!(is_markdown(line, true), "{line}");
        }
        for line in [
            "#a",
            "-a",
            "a ** b",
            "2 ** 3 ** 4",
            "a[i](x",
            "f[0](a b)",
            "plain",
            "-",
        ] {
            assert!(!is_markdown(line, true), "{line}");
        }
        assert!(!is_markdown("- a", false));
    }
}

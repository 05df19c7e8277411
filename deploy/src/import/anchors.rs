//! Anchors of headings: what generators make of the same words differs.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::spans::Edits;

/// Headings whose anchors would become others get them in writing, so that
/// links to them go on working: `make` says what the old generator made of a
/// heading, `shown` which words it will have.
pub(super) fn anchors(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    make: impl Fn(&str) -> String,
    shown: impl Fn(&str) -> String,
) -> Edits {
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
                    let id = anchor(&title, &make, &mut taken);
                    let new = site_gen::slugify(&shown(&title.replace('\n', " ")));
                    let id = id.filter(|id| *id != new);
                    edits.extend(id.and_then(|id| write_anchor(text, &id, span)));
                }
            }
            _ => {}
        }
    }
    edits
}

/// The anchor that a heading had.
fn anchor(title: &str, make: &impl Fn(&str) -> String, taken: &mut Vec<String>) -> Option<String> {
    let last = title.rsplit('\n').next().unwrap_or_default();
    if last.trim().is_empty() {
        return None;
    }
    let plain = match make(last) {
        plain if plain.is_empty() => "heading".to_owned(),
        plain => plain,
    };
    let numbered = (1_usize..).map(|number| format!("{plain}-{number}"));
    let id = std::iter::once(plain.clone())
        .chain(numbered)
        .find(|id| !taken.contains(id))?;
    taken.push(id.clone());
    Some(id)
}

fn write_anchor(text: &str, id: &str, span: Range<usize>) -> Option<(Range<usize>, String)> {
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

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Options, Parser};

    use super::*;

    fn anchored(text: &str) -> String {
        let options = Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_SMART_PUNCTUATION;
        let events: Vec<_> = Parser::new_ext(text, options).into_offset_iter().collect();
        // As Hugo does.
        let make = |title: &str| {
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        };
        let mut new = text.to_owned();
        for (range, id) in anchors(text, &events, make, str::to_owned)
            .into_iter()
            .rev()
        {
            new.replace_range(range, &id);
        }
        new
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
}

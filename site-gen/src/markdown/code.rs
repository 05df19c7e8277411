//! Code blocks: what stands behind the fence, as in Zola, and the HTML.
//!
//! ```text
//! rust,linenos,linenostart=20,hl_lines=2-3 7,hide_lines=5,name=src/main.rs
//! ```

use std::borrow::Cow;
use std::iter::Peekable;
use std::mem;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::vec;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::Located;
use crate::Keep;
use crate::cache::{Cache, Highlighted};
use crate::fingerprint::of_parts;
use crate::limits::MAX_LINE_NUMBER;
use crate::url::{escape, escape_text};

/// Turns every fenced block that names a language into HTML; holds what of the cache
/// that uses.
pub(super) fn highlight(
    events: &mut Vec<Located<'_>>,
    (cache, keep): (&Cache, Keep),
    used: &mut Vec<Highlighted>,
) {
    let mut changed = Vec::with_capacity(events.len());
    let mut rest = mem::take(events).into_iter();
    while let Some((event, span)) = rest.next() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = &event else {
            changed.push((event, span));
            continue;
        };
        let info = Info::parse(info);
        if info.language.is_empty() && info.is_plain() {
            changed.push((event, span));
            continue;
        }
        let inside = rest
            .by_ref()
            .take_while(|(event, _)| !matches!(event, Event::End(TagEnd::CodeBlock)));
        let code: String = inside
            .filter_map(|(event, _)| match event {
                Event::Text(text) => Some(text.into_string()),
                _ => None,
            })
            .collect();
        let html = highlighted(info.language, &code, (cache, keep), used);
        changed.push((Event::Html(block(&info, &html).into()), span));
    }
    *events = changed;
}

/// What stands behind the fence. Words that are not known are for others:
/// `ignore` is for rustdoc.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Info<'a> {
    pub(super) language: &'a str,
    pub(super) name: Option<&'a str>,
    /// The number of the first line, if lines are numbered.
    numbered_from: Option<usize>,
    marked: Vec<RangeInclusive<usize>>,
    hidden: Vec<RangeInclusive<usize>>,
}

impl<'a> Info<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let (language, words) = words(text);
        let mut info = Self {
            language,
            ..Self::default()
        };
        for Word { key, value, .. } in words {
            let value = value.unwrap_or_default();
            let ranges = || value.split_whitespace().filter_map(range).collect();
            match key {
                "name" => info.name = Some(value.trim_matches('"')),
                "linenos" => _ = info.numbered_from.get_or_insert(1),
                "linenostart" => info.numbered_from = first_line(value).or(info.numbered_from),
                "hl_lines" => info.marked = ranges(),
                "hide_lines" => info.hidden = ranges(),
                _ => {}
            }
        }
        info
    }

    fn is_plain(&self) -> bool {
        let has_ranges = !self.marked.is_empty() || !self.hidden.is_empty();
        self.name.is_none() && self.numbered_from.is_none() && !has_ranges
    }
}

/// The words that mean something behind a fence, after the language.
pub(crate) const KEYS: [&str; 5] = ["linenos", "linenostart", "hl_lines", "hide_lines", "name"];

/// One word behind a fence: `key`, or `key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Option<&'a str>,
    /// Where it stands, in all that is behind the fence.
    pub(crate) span: Range<usize>,
}

/// The language that is named behind a fence, and the words after it.
pub(crate) fn words(text: &str) -> (&str, impl Iterator<Item = Word<'_>>) {
    let end = text.find([',', ' ', '{']).unwrap_or(text.len());
    let (language, rest) = text.split_at(end);
    let inner = rest.trim_start_matches(['{', ' ']);
    let start = text.len() - inner.len();
    let inner = inner.trim_end_matches('}');
    let starts = std::iter::once(0).chain(inner.match_indices(',').map(|(at, _)| at + 1));
    let words = starts.zip(inner.split(',')).map(move |(at, whole)| {
        let word = whole.trim();
        let at = start + at + (whole.len() - whole.trim_start().len());
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim())),
            None => (word, None),
        };
        Word {
            key,
            value,
            span: at..at + word.len(),
        }
    });
    (language.trim(), words)
}

/// One line of a block, or several, counted from 1: as in `7`, `2-3`.
pub(crate) fn range(text: &str) -> Option<RangeInclusive<usize>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

/// The number of a first line, if it can be one.
pub(crate) fn first_line(text: &str) -> Option<usize> {
    let number = text.parse().ok()?;
    (number <= MAX_LINE_NUMBER).then_some(number)
}

/// Code as HTML, in lines.
fn highlighted(
    language: &str,
    code: &str,
    (cache, keep): (&Cache, Keep),
    used: &mut Vec<Highlighted>,
) -> String {
    let html = || cache.highlighter().html(language, code);
    let html = match keep {
        Keep::Nothing => html(),
        Keep::Everything => {
            let key = of_parts(&[language.as_bytes(), code.as_bytes()]);
            let kept = cache.highlighted.get_or_make(key, html);
            used.push(Arc::clone(&kept));
            kept.as_ref().clone()
        }
    };
    html.unwrap_or_else(|| escape_text(code))
}

/// Lines out of a block, which is read from its first line to its last.
struct Lines<'a> {
    /// By their beginnings.
    ranges: Peekable<vec::IntoIter<&'a RangeInclusive<usize>>>,
    /// The furthest end of those that have begun.
    end: usize,
}

impl<'a> Lines<'a> {
    fn new(ranges: &'a [RangeInclusive<usize>]) -> Self {
        let mut ranges: Vec<_> = ranges.iter().collect();
        ranges.sort_by_key(|range| *range.start());
        let ranges = ranges.into_iter().peekable();
        Self { ranges, end: 0 }
    }

    /// Whether a line is among them, which is counted from 1, and below the last that
    /// was asked for.
    fn have(&mut self, line: usize) -> bool {
        while let Some(range) = self.ranges.next_if(|range| *range.start() <= line) {
            self.end = self.end.max(*range.end());
        }
        line <= self.end
    }
}

fn block(info: &Info<'_>, text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 128);
    if let Some(name) = info.name {
        html.push_str(&format!(
            "<figure class=\"code\">\n<figcaption>{}</figcaption>\n",
            escape(name)
        ));
    }
    let language = escape(info.language);
    html.push_str(&match info.language {
        "" => "<pre><code>".to_owned(),
        _ => format!("<pre data-lang=\"{language}\"><code class=\"language-{language}\">"),
    });
    let (mut hidden, mut marked) = (Lines::new(&info.hidden), Lines::new(&info.marked));
    for (index, line) in text.lines().enumerate() {
        let is_marked = marked.have(index + 1);
        if !hidden.have(index + 1) {
            let number = info.numbered_from.map(|first| first + index);
            let line = match is_marked {
                true => format!("<mark>{line}</mark>").into(),
                false => Cow::Borrowed(line),
            };
            push_line(&mut html, number, &line);
        }
    }
    html.push_str("</code></pre>\n");
    if info.name.is_some() {
        html.push_str("</figure>\n");
    }
    html
}

fn push_line(html: &mut String, number: Option<usize>, line: &str) {
    if let Some(number) = number {
        // Shown by the theme's style, so that it is not copied with the code.
        html.push_str(&format!(
            "<span class=\"line\" data-line=\"{number}\"></span>"
        ));
    }
    html.push_str(line);
    html.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::tests::render_text;
    use super::*;

    #[test]
    fn the_words_behind_the_fence() {
        let info = Info::parse("rust,linenos, linenostart=20,hl_lines=2-3 7,name=src/main.rs");
        assert_eq!(
            (info.language, info.name, info.numbered_from),
            ("rust", Some("src/main.rs"), Some(20))
        );
        assert_eq!(info.marked, [2..=3, 7..=7]);
        assert_eq!(
            Info::parse("rust ignore"),
            Info {
                language: "rust",
                ..Info::default()
            }
        );
        assert_eq!(
            Info::parse("rust,hl_lines=x-y"),
            Info {
                language: "rust",
                ..Info::default()
            }
        );
        assert_eq!(Info::parse(""), Info::default());
    }

    #[test]
    fn lines_have_numbers_that_somebody_may_mean() {
        let from = |text: &str| Info::parse(text).numbered_from;
        assert_eq!(from("c,linenostart=0"), Some(0));
        assert_eq!(from("c,linenostart=1000000"), Some(1_000_000));
        for strange in ["1000001", "18446744073709551615", "-1", "x", ""] {
            assert_eq!(from(&format!("c,linenostart={strange}")), None);
            assert_eq!(from(&format!("c,linenos,linenostart={strange}")), Some(1));
        }
    }

    #[test]
    fn lines_are_numbered_and_marked() {
        let text = "```c,linenos,linenostart=9,hl_lines=2,name=a.c\nint a;\n\nint b;\n```\n";
        let html = render_text(text).unwrap().html;
        assert!(
            html.starts_with(
                "<figure class=\"code\">\n<figcaption>a.c</figcaption>\n<pre data-lang=\"c\">"
            ),
            "{html}"
        );
        assert!(
            html.contains("<span class=\"line\" data-line=\"10\"></span><mark></mark>\n"),
            "{html}"
        );
        assert!(html.contains("data-line=\"11\""), "{html}");
    }

    #[test]
    fn hidden_lines_keep_their_numbers() {
        let text = "```c,linenos,hide_lines=2-3 9\na;\nb;\nc;\nd;\n```\n";
        let html = render_text(text).unwrap().html;
        assert!(
            !html.contains("b;") && !html.contains("data-line=\"3\""),
            "{html}"
        );
        assert!(html.contains("data-line=\"1\"") && html.contains("data-line=\"4\""));
    }

    #[test]
    fn ranges_may_overlap_and_stand_in_any_order() {
        let ranges = [9..=9, 2..=6, 3..=4, 0..=0, RangeInclusive::new(7, 5)];
        let mut lines = Lines::new(&ranges);
        let had: Vec<usize> = (1..12).filter(|line| lines.have(*line)).collect();
        assert_eq!(had, [2, 3, 4, 5, 6, 9]);
    }

    #[test]
    fn unknown_languages_are_plain() {
        let html = render_text("```zone\n@ <A>\n```\n").unwrap().html;
        assert_eq!(
            html,
            "<pre data-lang=\"zone\"><code class=\"language-zone\">@ &lt;A&gt;\n</code></pre>\n"
        );
    }
}

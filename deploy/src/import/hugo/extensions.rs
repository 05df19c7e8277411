//! Extensions of Hugo's markdown, in texts that are read without them: what was
//! no markup is escaped, and what made an element is written as one.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::super::spans::{Edits, Spans};
use super::options::{Dialect, Extension, Html};

/// Changes what means something else without the extensions, or with them.
pub(super) fn adapt(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    dialect: &Dialect,
) -> Edits {
    let mut edits = Edits::new();
    if !dialect.off.contains(&Extension::DefinitionList) {
        let begun = events.iter().filter_map(|(event, span)| {
            let is_one = matches!(event, Event::Start(Tag::DefinitionListDefinition));
            is_one.then(|| colon(text, span))?
        });
        edits.extend(begun);
    }
    if !dialect.off.is_empty() {
        let places = events
            .iter()
            .filter_map(|(event, span)| plain(text, event, span, dialect));
        edits.extend(places);
    }
    if dialect.html != Html::Escaped {
        for (sign, element) in &dialect.marks {
            for (open, close) in pairs(text, events, left, (*sign, 2)) {
                edits.push((open, format!("<{element}>")));
                edits.push((close, format!("</{element}>")));
            }
        }
    }
    if dialect.strikes {
        // One tilde does so only beside a space here, two do everywhere.
        let struck = pairs(text, events, left, ('~', 1)).into_iter();
        let tildes = struck.flat_map(|(open, close)| [open, close]);
        edits.extend(tildes.map(|range| (range, "~~".to_owned())));
    }
    if dialect.joined_lines {
        edits.extend(joined(text, events));
    }
    edits
}

/// What keeps a colon from beginning a definition: Hugo asks for a space behind
/// it, as in `: a`.
fn colon(text: &str, span: &Range<usize>) -> Option<(Range<usize>, String)> {
    let at = span.start + text[span.clone()].find(':')?;
    let behind = text[at + 1..].chars().next()?;
    (!behind.is_whitespace()).then(|| (at..at, "\\".to_owned()))
}

/// What keeps a thing from being markup.
fn plain(
    text: &str,
    event: &Event<'_>,
    span: &Range<usize>,
    dialect: &Dialect,
) -> Option<(Range<usize>, String)> {
    let source = &text[span.clone()];
    let (extension, at) = match event {
        // The line below the first one says that it is a table.
        Event::Start(Tag::Table(_)) => {
            let second = source.find('\n')? + 1;
            let line = source[second..].lines().next()?;
            (Extension::Table, second + line.find(['|', '-'])?)
        }
        Event::TaskListMarker(_) => (Extension::TaskList, 0),
        Event::FootnoteReference(_) | Event::Start(Tag::FootnoteDefinition(_)) => {
            (Extension::Footnote, source.find('[')?)
        }
        Event::Start(Tag::DefinitionListDefinition) => {
            (Extension::DefinitionList, source.find(':')?)
        }
        _ => return None,
    };
    let at = span.start + at;
    dialect
        .off
        .contains(&extension)
        .then(|| (at..at, "\\".to_owned()))
}

/// Where signs made elements that nothing can be written for, as HTML is shown as
/// it is written.
pub(super) fn lost(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    dialect: &Dialect,
) -> Vec<(usize, &'static str)> {
    let mut lost = Vec::new();
    for (sign, element) in &dialect.marks {
        if dialect.html == Html::Escaped {
            let found = pairs(text, events, left, (*sign, 2)).into_iter();
            lost.extend(found.map(|(open, _)| (open.start, *element)));
        }
    }
    lost
}

/// Pairs of signs, so many in a row, that stand on both sides of words, as in
/// `==words==`.
fn pairs(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    (sign, count): (char, usize),
) -> Vec<(Range<usize>, Range<usize>)> {
    let mut pairs = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for (event, span) in events {
        match event {
            Event::Text(_) => {
                for run in runs(text, span.clone(), (sign, count)) {
                    if left.contains(run.start) {
                        continue;
                    }
                    let (may_open, may_close) = flanks(text, &run);
                    if let Some(start) = open.take_if(|_| may_close) {
                        pairs.push((start, run));
                    } else if may_open {
                        open = Some(run);
                    }
                }
            }
            Event::Start(tag) if !is_inline(&tag.to_end()) => open = None,
            Event::End(tag) if !is_inline(tag) => open = None,
            _ => {}
        }
    }
    pairs
}

fn is_inline(tag: &TagEnd) -> bool {
    use TagEnd::{Emphasis, Image, Link, Strikethrough, Strong, Subscript, Superscript};
    matches!(
        tag,
        Emphasis | Image | Link | Strikethrough | Strong | Subscript | Superscript
    )
}

/// Where a sign stands so many times in a row.
fn runs(text: &str, span: Range<usize>, (sign, count): (char, usize)) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut at = span.start;
    while let Some(found) = text[at..span.end].find(sign) {
        let start = at + found;
        let rest = &text[start..];
        let length = rest.len() - rest.trim_start_matches(sign).len();
        let alone = !text[..start].ends_with([sign, '\\']);
        if alone && length == count * sign.len_utf8() {
            runs.push(start..start + length);
        }
        at = (start + length).min(span.end);
    }
    runs
}

/// Whether signs may begin an element, and whether they may end one: as signs
/// of emphasis do (CommonMark, 6.2).
fn flanks(text: &str, run: &Range<usize>) -> (bool, bool) {
    let before = text[..run.start].chars().next_back().unwrap_or(' ');
    let after = text[run.end..].chars().next().unwrap_or(' ');
    let beside = |inner: char, outer: char| {
        !inner.is_whitespace()
            && (!inner.is_ascii_punctuation()
                || outer.is_whitespace()
                || outer.is_ascii_punctuation())
    };
    (beside(after, before), beside(before, after))
}

/// Ends of lines between wide characters, which are no spaces.
fn joined(text: &str, events: &[(Event<'_>, Range<usize>)]) -> Edits {
    let mut edits = Edits::new();
    for pair in events.windows(2) {
        let [(Event::SoftBreak, end), (_, next)] = pair else {
            continue;
        };
        let before = text[..end.start].chars().next_back();
        let after = text[next.start..].chars().next();
        if before.is_some_and(is_wide) && after.is_some_and(is_wide) {
            edits.push((end.start..next.start, String::new()));
        }
    }
    edits
}

/// Characters of East Asian scripts that are as wide as high (UAX #11).
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff60}'
        | '\u{20000}'..='\u{3fffd}')
}

/// A brace that would begin attributes of a heading, as text.
pub(super) fn plain_attributes(text: &str, events: &[(Event<'_>, Range<usize>)]) -> Edits {
    let mut edits = Edits::new();
    for (event, span) in events {
        if !matches!(event, Event::Start(Tag::Heading { .. })) {
            continue;
        }
        let source = text[span.clone()].trim_end();
        let line = source.lines().next().unwrap_or_default();
        let line = line.trim_end().trim_end_matches('#').trim_end();
        if let Some(at) = line.rfind('{').filter(|_| line.ends_with('}')) {
            let at = span.start + at;
            edits.push((at..at + 1, "&#123;".to_owned()));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::Options;

    use super::super::rewritten::tests::adapted as edited;
    use super::*;

    fn adapted(text: &str, dialect: &Dialect) -> String {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_DEFINITION_LIST
            | Options::ENABLE_STRIKETHROUGH;
        edited(text, options, |events, code| {
            let mut edits = adapt(text, events, code, dialect);
            if dialect.off.contains(&Extension::HeadingAttributes) {
                edits.extend(plain_attributes(text, events));
            }
            edits
        })
    }

    #[test]
    fn what_was_no_markup_is_none() {
        use Extension::{DefinitionList, Footnote, HeadingAttributes, Table, TaskList};
        let dialect = Dialect {
            off: [DefinitionList, Footnote, HeadingAttributes, Table, TaskList].into(),
            ..Dialect::plain()
        };
        for (old, new) in [
            ("| a |\n|---|\n| 1 |\n", "| a |\n\\|---|\n| 1 |\n"),
            ("> a | b\n> --|--\n", "> a | b\n> \\--|--\n"),
            ("- [ ] a\n- [x] b\n", "- \\[ ] a\n- \\[x] b\n"),
            ("a[^1]\n\n[^1]: b\n", "a\\[^1]\n\n\\[^1]: b\n"),
            ("a\n: b\n", "a\n\\: b\n"),
            (
                "## a {#b}\n\n# c {d} #\n",
                "## a &#123;#b}\n\n# c &#123;d} #\n",
            ),
        ] {
            assert_eq!(adapted(old, &dialect), new);
            assert_eq!(adapted(old, &Dialect::plain()), old);
        }
    }

    /// What Hugo 0.168 makes of these.
    #[test]
    fn a_colon_without_space_begins_no_definition() {
        for (old, new) in [
            ("a port\n:0 to choose\n", "a port\n\\:0 to choose\n"),
            ("a\n: b\n", "a\n: b\n"),
        ] {
            assert_eq!(adapted(old, &Dialect::plain()), new);
        }
    }

    #[test]
    fn marks_become_elements() {
        let mut dialect = Dialect {
            marks: vec![('+', "ins"), ('=', "mark")],
            ..Dialect::plain()
        };
        for (old, new) in [
            ("++a *b*++ c", "<ins>a *b*</ins> c"),
            ("==a `==`== ==", "<mark>a `==`</mark> =="),
            ("a++b++c", "a<ins>b</ins>c"),
            ("++ no ++ ==== +++x+++", "++ no ++ ==== +++x+++"),
            ("++a\n\nb++", "++a\n\nb++"),
            ("C++ and D++", "C++ and D++"),
        ] {
            assert_eq!(adapted(old, &dialect), new);
        }
        dialect.html = Html::Escaped;
        assert_eq!(adapted("++a++", &dialect), "++a++");
    }

    /// What Hugo 0.168 makes of these.
    #[test]
    fn one_tilde_strikes_out_amid_a_word_too() {
        let dialect = Dialect {
            strikes: true,
            ..Dialect::plain()
        };
        for (old, new) in [
            ("H~2~O", "H~~2~~O"),
            ("a~b ~c~ d~e", "a~~b ~c~ d~~e"),
            ("~a~ ~~b~~ `c~d~e`", "~a~ ~~b~~ `c~d~e`"),
            ("a ~ b ~ c~~~d~~~e", "a ~ b ~ c~~~d~~~e"),
            ("a~b\n\nc~d", "a~b\n\nc~d"),
            ("a\\~b~c", "a\\~b~c"),
        ] {
            assert_eq!(adapted(old, &dialect), new);
            assert_eq!(adapted(old, &Dialect::plain()), old);
        }
    }

    #[test]
    fn lines_of_wide_characters_are_one() {
        let dialect = Dialect {
            joined_lines: true,
            ..Dialect::plain()
        };
        for (old, new) in [
            ("日本\n語\n", "日本語\n"),
            ("> 日\n> 本 a\n> b\n", "> 日本 a\n> b\n"),
            ("日\nb\n", "日\nb\n"),
        ] {
            assert_eq!(adapted(old, &dialect), new);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(==|\\+\\+|\\||-|\\[|\\]|\\^|:|#|\\{|\\}|日|é|`|~|\\\\|>|\n| |a){0,30}") {
            use Extension::{DefinitionList, Footnote, HeadingAttributes, Table, TaskList};
            let dialect = Dialect {
                off: [DefinitionList, Footnote, HeadingAttributes, Table, TaskList].into(),
                marks: vec![('+', "ins"), ('=', "mark")],
                joined_lines: true,
                ..Dialect::plain()
            };
            let _ = adapted(&text, &dialect);
        }
    }
}

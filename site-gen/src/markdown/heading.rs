//! Headings: each gets an anchor, and together they are the table of contents.
//!
//! A text is rendered in parts, the innermost first, as the template of a shortcode
//! gets its body as HTML. What headings the whole has, and in which order, is known
//! when it is one again: so a heading is noted where it is read, a word stands for its
//! anchor, and [`Headings::settle`] puts the anchors in place of the words.

mod anchors;
pub(super) mod attributes;
mod place;

use std::cell::RefCell;
use std::mem;
use std::ops::{Range, RangeInclusive};

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::shortcode::Shortcodes;
use super::{Located, Part};
use crate::document::front_matter::AnchorLinks;

/// A heading, and those of a lower rank below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: u8,
    pub(crate) id: String,
    /// Its text, without markup.
    pub(crate) title: String,
    pub(crate) children: Vec<Self>,
}

/// Whether the headings of a part are in the table of contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contents {
    /// It is text.
    Listed,
    /// A template in HTML shows it, where it likes.
    Unlisted,
}

/// The headings of a document, as its parts are rendered.
pub(super) struct Headings {
    /// What the words begin with that stand for anchors. Nothing else has it.
    mark: String,
    noted: RefCell<Vec<Noted>>,
}

/// Characters that no text should have (Unicode, 23.7): words begin and end with them.
const MARKS: RangeInclusive<char> = '\u{fdd0}'..='\u{fdef}';

/// What a word ends with.
const END: char = *MARKS.start();

/// A heading that has no anchor yet.
struct Noted {
    level: u8,
    title: String,
    /// The anchor that its author chose.
    chosen: Option<String>,
    contents: Contents,
}

/// What words stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// The anchor of a heading.
    Anchor,
    /// A link to it, inside.
    Link,
    /// The beginning of a link that all of it is in.
    Begin,
}

impl Word {
    /// No letters, so that templates may change these from small to capital.
    const ALL: [(char, Self); 3] = [('.', Self::Anchor), ('-', Self::Link), ('_', Self::Begin)];

    fn of(self, number: usize, mark: &str) -> String {
        let sign = Self::ALL.iter().find(|(_, word)| *word == self);
        let sign = sign.map_or('.', |(sign, _)| *sign);
        format!("{mark}{sign}{number}{END}")
    }
}

/// Takes note of the headings in a part.
pub(super) fn note(
    events: &mut Vec<Located<'_>>,
    part: &Part<'_>,
    shortcodes: Option<&Shortcodes>,
) {
    let mut changed = Vec::with_capacity(events.len());
    let mut rest = mem::take(events).into_iter();
    while let Some((mut event, span)) = rest.next() {
        let Event::Start(Tag::Heading { level, id, .. }) = &mut event else {
            changed.push((event, span));
            continue;
        };
        let inside: Vec<Located<'_>> = rest
            .by_ref()
            .take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Heading(_))))
            .collect();
        let headings = &part.whole.headings;
        let number = headings.note(Noted {
            level: *level as u8,
            title: text_of(&inside, shortcodes),
            chosen: id.as_deref().map(str::to_owned),
            contents: part.contents,
        });
        let word = |word: Word| word.of(number, &headings.mark);
        *id = Some(CowStr::from(word(Word::Anchor)));
        let end = Event::End(TagEnd::Heading(*level));
        changed.push((event, span.clone()));
        push_linked(&mut changed, inside, part.anchor_links, &word, &span);
        changed.push((end, span));
    }
    *events = changed;
}

fn push_linked<'a>(
    events: &mut Vec<Located<'a>>,
    inside: Vec<Located<'a>>,
    links: AnchorLinks,
    word: &dyn Fn(Word) -> String,
    span: &Range<usize>,
) {
    let html = |html: String| (Event::InlineHtml(html.into()), span.clone());
    match links {
        AnchorLinks::None => events.extend(inside),
        AnchorLinks::Left => {
            events.push(html(word(Word::Link)));
            events.extend(inside);
        }
        AnchorLinks::Right => {
            events.extend(inside);
            events.push(html(word(Word::Link)));
        }
        AnchorLinks::Heading => {
            events.push(html(word(Word::Begin)));
            events.extend(inside);
            events.push(html("</a>".to_owned()));
        }
    }
}

/// The text of a part that is one paragraph, as it is read in the middle of another.
pub(super) fn text_inside(events: &[Located<'_>], shortcodes: Option<&Shortcodes>) -> String {
    let paragraph = events.iter().filter(|(event, _)| {
        matches!(
            event,
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)
        )
    });
    match events {
        [(Event::Start(Tag::Paragraph), _), inside @ .., _] if paragraph.count() == 2 => {
            text_of(inside, shortcodes)
        }
        _ => String::new(),
    }
}

fn text_of(events: &[Located<'_>], shortcodes: Option<&Shortcodes>) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(part) | Event::Code(part) | Event::InlineMath(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    match shortcodes {
        Some(shortcodes) => shortcodes.read_in(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::tests::render_text;

    /// Where each looked for the first free number, this took minutes.
    #[test]
    fn headings_of_the_same_text_are_many() {
        let rendered = render_text(&"# Same\n".repeat(50_000)).unwrap();
        assert_eq!(rendered.headings.last().unwrap().id, "same-49999");
    }

    /// Where each heading was searched for each shortcode, this took minutes.
    #[test]
    fn headings_with_shortcodes_are_many() {
        let started = Instant::now();
        let rendered = render_text(&"# Same {{ a() }}\n".repeat(10_000)).unwrap();
        assert_eq!(rendered.headings.last().unwrap().title, "Same");
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn anchors_are_unique_and_those_chosen_stay() {
        let rendered =
            render_text("# One\n\n## One\n\n## Two {#one-1 .c}\n\n# `Code` & *more*\n").unwrap();
        assert!(
            rendered
                .html
                .starts_with("<h1 id=\"one\">One</h1>\n<h2 id=\"one-2\">One</h2>"),
            "{}",
            rendered.html
        );
        assert!(
            rendered
                .html
                .contains("<h2 id=\"one-1\" class=\"c\">Two</h2>"),
            "{}",
            rendered.html
        );
        let tree: Vec<_> = rendered
            .headings
            .iter()
            .map(|heading| (heading.id.as_str(), heading.children.len()))
            .collect();
        assert_eq!(tree, [("one", 2), ("code-more", 0)]);
        assert_eq!(rendered.headings[1].title, "Code & more");
    }

    #[test]
    fn a_tree_may_skip_levels() {
        let rendered = render_text("### a\n\n# b\n\n### c\n\n## d\n").unwrap();
        let shape = format!(
            "{:?}",
            rendered
                .headings
                .iter()
                .map(|h| (
                    h.title.clone(),
                    h.children
                        .iter()
                        .map(|c| c.title.clone())
                        .collect::<Vec<_>>()
                ))
                .collect::<Vec<_>>()
        );
        assert_eq!(shape, r#"[("a", []), ("b", ["c", "d"])]"#);
    }
}

//! What stands in braces at the end of a heading: `{#id .class key="value"}`.
//!
//! The parser takes whatever is there for attributes, at white space, and it is
//! lost: `## GET /users/{id}`. So the braces are read again here, and are text
//! unless all of them can be attributes.

use std::collections::HashSet;
use std::mem;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::super::Located;
use super::super::autolink::Written;
use crate::config::markdown::RawHtml;

/// Gives headings the attributes that were meant, and the text that was.
pub(crate) fn read<'a>(
    events: &mut Vec<Located<'a>>,
    written: Written<'a>,
    options: Options,
    raw_html: RawHtml,
) {
    if !events.iter().any(|it| Braces::at(it, written).is_some()) {
        return;
    }
    let mut changed: Vec<Located<'a>> = Vec::with_capacity(events.len());
    // Where the heading begins in those, and what is in its braces.
    let mut heading: Option<(usize, Braces)> = None;
    for located in mem::take(events) {
        match &located.0 {
            Event::Start(Tag::Heading { .. }) => {
                let braces = Braces::at(&located, written);
                heading = braces.map(|braces| (changed.len(), braces));
            }
            Event::End(TagEnd::Heading(_)) => {
                // What was text for the parser stays text.
                let text_end = changed.last().map_or(0, |(event, span)| match event {
                    Event::Start(Tag::Heading { .. }) => span.start,
                    _ => span.end,
                });
                let taken = heading
                    .take()
                    .filter(|(_, braces)| text_end <= braces.open + written.offset);
                if let Some((at, braces)) = taken {
                    let inside = &written.text[braces.open + 1..braces.close];
                    let attributes = Attributes::parse(inside, raw_html);
                    if attributes.is_none() {
                        braces.push_text(&mut changed, at, written, options);
                    }
                    attributes.unwrap_or_default().give(&mut changed[at].0);
                }
            }
            _ => {}
        }
        changed.push(located);
    }
    *events = changed;
}

/// Where braces are in a text.
struct Braces {
    open: usize,
    close: usize,
}

impl Braces {
    /// The last ones of a heading that begins.
    fn at((event, span): &Located<'_>, written: Written<'_>) -> Option<Self> {
        if !matches!(event, Event::Start(Tag::Heading { .. })) {
            return None;
        }
        let start = span.start - written.offset;
        let own = written.text.get(start..span.end - written.offset)?;
        let close = own.rfind('}')?;
        let open = own[..close].rfind('{')?;
        Some(Self {
            open: start + open,
            close: start + close,
        })
    }

    /// Puts the text of the heading at `at` back that the parser has taken.
    fn push_text<'a>(
        &self,
        events: &mut Vec<Located<'a>>,
        at: usize,
        written: Written<'a>,
        options: Options,
    ) {
        let before = &written.text[..self.open];
        let gap = before.len() - before.trim_end_matches([' ', '\t']).len();
        if gap > 0 && events.len() > at + 1 {
            let start = self.open - gap + written.offset;
            events.push((Event::Text(" ".into()), start..self.open + written.offset));
        }
        let piece = &written.text[self.open..=self.close];
        let options = options.difference(Options::ENABLE_HEADING_ATTRIBUTES);
        let pieces = Parser::new_ext(piece, options).into_offset_iter();
        let start = self.open + written.offset;
        events.extend(
            pieces
                .filter(|(event, _)| {
                    let paragraph = Event::Start(Tag::Paragraph);
                    *event != paragraph && *event != Event::End(TagEnd::Paragraph)
                })
                .map(|(event, span)| (event, span.start + start..span.end + start)),
        );
    }
}

/// What a heading says besides its text.
#[derive(Default)]
struct Attributes<'a> {
    id: Option<CowStr<'a>>,
    classes: Vec<CowStr<'a>>,
    others: Vec<(CowStr<'a>, Option<CowStr<'a>>)>,
    /// The names of these: the first of a name counts.
    names: HashSet<&'a str>,
}

impl<'a> Attributes<'a> {
    /// Reads what is in the braces; none if that is not only attributes.
    fn parse(inside: &'a str, raw_html: RawHtml) -> Option<Self> {
        let mut attributes = Self::default();
        let mut rest = inside.trim_start();
        while !rest.is_empty() {
            let name_end = rest.find(|c: char| c.is_whitespace() || c == '=');
            let (name, after) = rest.split_at(name_end.unwrap_or(rest.len()));
            let after = match (after.strip_prefix('='), name.chars().next()?) {
                (None, '#') if name.len() > 1 => {
                    attributes.id = Some(name[1..].into());
                    after
                }
                (None, '.') if name.len() > 1 => {
                    attributes.classes.push(name[1..].into());
                    after
                }
                (Some(value), _) if is_name(name, raw_html) => {
                    let (value, after) = value_of(value)?;
                    attributes.add(name, value);
                    after
                }
                _ => return None,
            };
            if !after.is_empty() && !after.starts_with(char::is_whitespace) {
                return None;
            }
            rest = after.trim_start();
        }
        let found = attributes.id.is_some()
            || !attributes.classes.is_empty()
            || !attributes.others.is_empty();
        found.then_some(attributes)
    }

    fn add(&mut self, name: &'a str, value: &'a str) {
        match name {
            "id" => self.id = Some(value.into()),
            "class" => {
                let classes = value.split_whitespace().map(CowStr::from);
                self.classes.extend(classes);
            }
            _ if self.names.insert(name) => self.others.push((name.into(), Some(value.into()))),
            _ => {}
        }
    }

    fn give(self, heading: &mut Event<'a>) {
        if let Event::Start(Tag::Heading {
            id, classes, attrs, ..
        }) = heading
        {
            *id = self.id.filter(|id| !id.is_empty());
            *classes = self.classes;
            *attrs = self.others;
        }
    }
}

/// Whether it can be the name of an attribute. Where HTML is shown and not used,
/// these cannot do what it could do.
fn is_name(name: &str, raw_html: RawHtml) -> bool {
    let is_harmless = ["id", "class", "lang", "dir", "title"].contains(&name)
        || name.starts_with("data-")
        || name.starts_with("aria-");
    let of_name = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(of_name)
        && (is_harmless || raw_html == RawHtml::Pass)
}

/// The value that stands first, in quotes or up to white space, and what follows.
fn value_of(text: &str) -> Option<(&str, &str)> {
    if let Some(quote @ ('"' | '\'')) = text.chars().next() {
        return text[1..].split_once(quote);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (value, after) = text.split_at(end);
    let is_value = !value.is_empty() && !value.contains(['"', '\'', '=', '`']);
    is_value.then_some((value, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::tests::{config, render_text, render_with};
    use super::*;

    fn html(text: &str) -> String {
        render_text(text).unwrap().html.trim_end().to_owned()
    }

    #[test]
    fn braces_that_are_no_attributes_are_text() {
        for (text, expected) in [
            (
                "## GET /users/{id}",
                "<h2 id=\"get-users-id\">GET /users/{id}</h2>",
            ),
            (
                "## Config for {name}",
                "<h2 id=\"config-for-name\">Config for {name}</h2>",
            ),
            ("Set {}\n===", "<h1 id=\"set\">Set {}</h1>"),
            ("# {#} ##", "<h1 id=\"section\">{#}</h1>"),
            ("# A  {*b* #c}", "<h1 id=\"a-b-c\">A {<em>b</em> #c}</h1>"),
            (
                "> # {a=}\n",
                "<blockquote>\n<h1 id=\"a\">{a=}</h1>\n</blockquote>",
            ),
            ("# a {x\\}", "<h1 id=\"a-x\">a {x}</h1>"),
            ("# a `{x}`", "<h1 id=\"a-x\">a <code>{x}</code></h1>"),
            ("# {a} b {#c}", "<h1 id=\"c\">{a} b</h1>"),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }

    #[test]
    fn attributes_may_be_quoted() {
        for (text, expected) in [
            ("# A {#b .c .d}", "<h1 id=\"b\" class=\"c d\">A</h1>"),
            (
                "# A {data-x=\"y z\" title='q' lang=fr}",
                "<h1 id=\"a\" data-x=\"y z\" title=\"q\" lang=\"fr\">A</h1>",
            ),
            (
                "# A {id=x class=\"y z\" .w}",
                "<h1 id=\"x\" class=\"y z w\">A</h1>",
            ),
            ("A {#b}\n---", "<h2 id=\"b\">A</h2>"),
            ("# {#b}", "<h1 id=\"b\"></h1>"),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
        let mut config = config();
        config.raw_html = RawHtml::Escape;
        let shown = render_with("# A {onclick=b()}", config).unwrap().html;
        assert!(shown.contains("A {onclick=b()}</h1>"), "{shown}");
    }

    const PIECES: [&str; 24] = [
        "#", "# ", "\n", "{", "}", "{#a}", "{b}", "{.c", "\\", "k=", "=v", "\"", "'", " ", "*",
        "`a`", "[", "](", "<b>", "> ", "- ", "\n===\n", "|", "é",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]
        /// Braces are attributes or text, and never lost.
        #[test]
        fn no_text_is_lost(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12)) {
            let text = pieces.concat();
            let html = html(&format!("# x{text}y{{z}}"));
            prop_assert!(html.contains("y{z}") || html.contains("{z}"), "{}: {}", text, html);
        }
    }
}

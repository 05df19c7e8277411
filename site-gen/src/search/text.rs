//! The text of a page, in the parts that its headings divide it into: a search
//! leads to the part.
//!
//! The page is HTML that the generator made, with pieces in it that authors and
//! shortcodes wrote. Markup is told from text as the HTML standard does
//! (13.2.5), but nothing is built of it. `search.js` takes the same text from the
//! page as it is served, to show what is around a word.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;

/// Elements whose content nobody reads as text of the page.
const SKIPPED: [&str; 8] = [
    "script", "style", "template", "noscript", "svg", "math", "nav", "select",
];

/// Elements that do not end a word.
const INLINE: [&str; 26] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "u", "var", "wbr",
];

/// Longest name of an entity, as in `&CounterClockwiseContourIntegral;`.
const MAX_ENTITY: usize = 33;

/// A part of a page: what stands before its first heading, or a heading and
/// what stands below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// The id of the heading; empty before the first.
    pub(super) anchor: String,
    pub(super) heading: String,
    pub(super) text: String,
}

/// Takes a page apart. The first part has no heading.
pub(crate) fn parts(html: &str) -> Vec<Part> {
    let mut reader = Reader {
        rest: html,
        parts: vec![Part::default()],
        heading: None,
    };
    while !reader.rest.is_empty() {
        reader.advance();
    }
    for part in &mut reader.parts {
        // The mark that a heading can be linked by is no part of it.
        let heading = part.heading.split_whitespace().collect::<Vec<_>>();
        part.heading = heading.join(" ").trim_matches([' ', '#']).to_owned();
    }
    reader.parts
}

struct Reader<'a> {
    rest: &'a str,
    parts: Vec<Part>,
    /// The rank of the heading that it is in.
    heading: Option<u8>,
}

impl<'a> Reader<'a> {
    /// Reads text, and the markup after it.
    fn advance(&mut self) {
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.push(&decode(text));
        self.rest = rest;
        let Some(inside) = rest.strip_prefix('<') else {
            return;
        };
        if let Some(comment) = inside.strip_prefix("!--") {
            self.rest = after(comment, "-->");
            return;
        }
        match inside.bytes().next() {
            Some(b'!' | b'?') => self.rest = after(inside, ">"),
            Some(b'/') => {
                let tag = Tag::read(&inside[1..]);
                self.rest = tag.rest;
                self.end(&tag.name);
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                let tag = Tag::read(inside);
                self.rest = tag.rest;
                self.start(&tag);
            }
            _ => {
                self.push("<");
                self.rest = inside;
            }
        }
    }

    fn start(&mut self, tag: &Tag<'a>) {
        if SKIPPED.contains(&&*tag.name) {
            self.skip(&tag.name);
            return;
        }
        if let (Some(rank), Some(id)) = (rank(&tag.name), tag.attribute("id")) {
            self.parts.push(Part {
                anchor: decode(id).into_owned(),
                ..Part::default()
            });
            self.heading = Some(rank);
            return;
        }
        if tag.name == "img" {
            let described = tag.attribute("alt").map(decode).unwrap_or_default();
            self.push(&format!(" {described} "));
        }
        self.break_word(&tag.name);
    }

    fn end(&mut self, name: &str) {
        if rank(name).is_some() && self.heading.is_some() {
            self.heading = None;
        }
        self.break_word(name);
    }

    fn break_word(&mut self, name: &str) {
        if !INLINE.contains(&name) {
            self.push(" ");
        }
    }

    /// Goes to the end of an element. Of elements inside it, only those of the
    /// same name could mislead.
    fn skip(&mut self, name: &str) {
        let mut depth = 1_usize;
        while depth > 0 {
            let Some(at) = self.rest.find('<') else {
                self.rest = "";
                return;
            };
            let inside = &self.rest[at + 1..];
            let end = inside.strip_prefix('/');
            let named = end.unwrap_or(inside);
            // Others are not read to their ends: they may have none.
            if !begins_with_name(named, name) {
                self.rest = inside;
                continue;
            }
            let tag = Tag::read(named);
            self.rest = tag.rest;
            match end {
                Some(_) => depth -= 1,
                None if tag.closes_itself => {}
                // These have text in them, and no elements.
                None if matches!(name, "script" | "style") => {}
                None => depth += 1,
            }
        }
        self.push(" ");
    }

    fn push(&mut self, text: &str) {
        let Some(part) = self.parts.last_mut() else {
            return;
        };
        if self.heading.is_some() {
            part.heading.push_str(text);
        } else {
            part.text.push_str(text);
        }
    }
}

/// 1 to 6 for the name of a heading.
fn rank(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', rank @ b'1'..=b'6'] => Some(rank - b'0'),
        _ => None,
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.find(mark).map_or("", |at| &text[at + mark.len()..])
}

/// Whether a tag whose name stands first has this one.
fn begins_with_name(text: &str, name: &str) -> bool {
    let Some((own, after)) = text.split_at_checked(name.len()) else {
        return false;
    };
    own.eq_ignore_ascii_case(name) && (after.is_empty() || after.starts_with(ends_name))
}

fn ends_name(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '/' | '>' | '<')
}

/// A tag, and what is after it.
struct Tag<'a> {
    name: Cow<'a, str>,
    attributes: &'a str,
    closes_itself: bool,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads a tag from its name on.
    fn read(text: &'a str) -> Self {
        let name_end = text.find(ends_name).unwrap_or(text.len());
        let (name, after_name) = text.split_at(name_end);
        let mut quote = None;
        let end = after_name.bytes().position(|byte| match (quote, byte) {
            (None, b'>') => true,
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                false
            }
            (Some(open), byte) if byte == open => {
                quote = None;
                false
            }
            _ => false,
        });
        // A tag without an end is the rest of the page.
        let end = end.unwrap_or(after_name.len());
        let attributes = &after_name[..end];
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        Self {
            name,
            attributes,
            closes_itself: attributes.ends_with('/'),
            rest: after_name.get(end + 1..).unwrap_or_default(),
        }
    }

    /// The value of an attribute, its entities as they are.
    fn attribute(&self, wanted: &str) -> Option<&'a str> {
        let is_space = |c: char| c.is_ascii_whitespace() || c == '/';
        let mut rest = self.attributes.trim_start_matches(is_space);
        while !rest.is_empty() {
            let end = rest
                .find(|c: char| is_space(c) || c == '=')
                .unwrap_or(rest.len());
            // A name may begin with what else ends it.
            let (name, after_name) = rest.split_at(end.max(1).min(rest.len()));
            let spaceless = after_name.trim_start();
            let value = match spaceless.strip_prefix('=').map(str::trim_start) {
                None => {
                    rest = after_name.trim_start_matches(is_space);
                    ""
                }
                Some(value) => {
                    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
                    let (value, after_value) = match quote {
                        Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                        None => value.split_at(
                            value
                                .find(|c: char| c.is_ascii_whitespace())
                                .unwrap_or(value.len()),
                        ),
                    };
                    rest = after_value.trim_start_matches(is_space);
                    value
                }
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
        }
        None
    }
}

/// Text with its character references resolved (13.2.5.72).
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = rest
            .bytes()
            .take(MAX_ENTITY)
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
            .count();
        let (name, after) = rest.split_at(length);
        match resolve(name, after.starts_with(';')) {
            Some(character) => {
                decoded.push_str(&character);
                rest = after.strip_prefix(';').unwrap_or(after);
            }
            None => decoded.push('&'),
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn resolve(name: &str, ends: bool) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return Some(char::from_u32(code.ok()?)?.to_string());
    }
    let full = if ends {
        format!("{name};")
    } else {
        name.to_owned()
    };
    let &(first, second) = NAMED_ENTITIES.get(full.as_str())?;
    // The table has the beginnings of names too, as nothing.
    let characters = [first, second].into_iter().filter(|code| *code != 0);
    let text: String = characters.filter_map(char::from_u32).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(html: &str) -> Vec<[String; 3]> {
        let squeeze = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts = parts(html).into_iter();
        parts
            .map(|part| [part.anchor, part.heading, squeeze(part.text)])
            .collect()
    }

    #[test]
    fn headings_divide_a_page() {
        assert_eq!(
            shown(
                "<p>One<br>two</p>\n<h2 class=\"c\" id=\"a\"><a class=\"anchor\" href=\"#a\">A &amp; b</a></h2>\n\
                 <p>Th<em>re</em>e</p><ul><li>x</li><li>y</li></ul><h3>no anchor</h3>\
                 <H2 ID=b>Last<a class=\"anchor\" href=\"#b\">#</a></H2>"
            ),
            [
                ["", "", "One two"],
                ["a", "A & b", "Three x y no anchor"],
                ["b", "Last", ""],
            ]
        );
    }

    #[test]
    fn only_text_is_text() {
        let text = |html: &str| shown(html).remove(0)[2].clone();
        assert_eq!(text("a<!-- <b>no</b> -->b"), "ab");
        assert_eq!(text("a<script>if (1 < 2) { '<script>' }</script>b"), "a b");
        assert_eq!(text("<svg><svg/><text>no</text></svg>b<svg>no"), "b");
        assert_eq!(text("<svg><a \"<b></SVG\n>b<nav><navy></nav>c"), "b c");
        assert_eq!(
            text("1 < 2 &lt; 3 &amp;amp; &#x41;&#66; &eacute;"),
            "1 < 2 < 3 &amp; AB é"
        );
        assert_eq!(text("AT&T &unknown; &"), "AT&T &unknown; &");
        assert_eq!(text("<img alt='a > b' src=x>c"), "a > b c");
        assert_eq!(text("a<p title=\"<x>\">b"), "a b");
    }

    proptest! {
        #[test]
        fn nothing_panics(html in "[a-z<>/!\"'=&;#\\- é]{0,60}|(<(h1|nav|svg|script|/h1|/nav|img)[ a-z=\"']{0,6}>?|.){0,20}") {
            parts(&html);
        }
    }
}

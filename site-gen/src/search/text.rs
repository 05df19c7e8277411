//! The text of a page, in the parts that its headings divide it into: a search
//! leads to the part.
//!
//! The page is HTML that the generator made, with pieces in it that authors and
//! shortcodes wrote. `search.js` takes the same text from the page as it is served,
//! to show what is around a word.

use crate::html::{self, In, Kind, Scripting, Tag, Tokens};

/// Elements whose content nobody reads as text of the page.
const SKIPPED: [&str; 8] = [
    "script", "style", "template", "noscript", "svg", "math", "nav", "select",
];

/// Elements that do not end a word.
const INLINE: [&str; 26] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "u", "var", "wbr",
];

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
        parts: vec![Part::default()],
        is_in_heading: false,
    };
    for token in html::outside(Tokens::new(html, Scripting::On), &SKIPPED) {
        match token.kind {
            Kind::Text(text) => reader.push(&html::decode(text, In::Text)),
            Kind::Verbatim(text) => reader.push(text),
            Kind::Start(tag) => reader.start(&tag),
            Kind::End(tag) => reader.end(&tag),
            _ => {}
        }
    }
    for part in &mut reader.parts {
        // The mark that a heading can be linked by is no part of it.
        let heading = part.heading.split_whitespace().collect::<Vec<_>>();
        part.heading = heading.join(" ").trim_matches([' ', '#']).to_owned();
    }
    reader.parts
}

struct Reader {
    parts: Vec<Part>,
    /// Whether it is in a heading that begins a part.
    is_in_heading: bool,
}

impl Reader {
    fn start(&mut self, tag: &Tag<'_>) {
        if let Some(id) = is_heading(tag).then(|| tag.value("id")).flatten() {
            self.parts.push(Part {
                anchor: html::decode(id, In::Value).into_owned(),
                ..Part::default()
            });
            self.is_in_heading = true;
            return;
        }
        if tag.is("img") {
            let described = html::decode(tag.value("alt").unwrap_or_default(), In::Value);
            self.push(&format!(" {described} "));
        }
        self.break_word(tag);
    }

    fn end(&mut self, tag: &Tag<'_>) {
        if is_heading(tag) {
            self.is_in_heading = false;
        }
        self.break_word(tag);
    }

    fn break_word(&mut self, tag: &Tag<'_>) {
        if !tag.is_one_of(&INLINE) {
            self.push(" ");
        }
    }

    fn push(&mut self, text: &str) {
        let Some(part) = self.parts.last_mut() else {
            return;
        };
        if self.is_in_heading {
            part.heading.push_str(text);
        } else {
            part.text.push_str(text);
        }
    }
}

fn is_heading(tag: &Tag<'_>) -> bool {
    matches!(tag.name().as_bytes(), [b'h' | b'H', b'1'..=b'6'])
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

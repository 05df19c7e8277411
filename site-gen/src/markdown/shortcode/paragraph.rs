//! Paragraphs in which shortcodes were called. For markdown a call is a word; but what
//! it makes may be a block, and a paragraph ends where a block begins (HTML, 4.4.1).

use super::Made;
use crate::html::{Kind, Scripting, Tokens};

/// A call in a paragraph, and the text before it; or the text behind the last one.
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) call: Option<(usize, &'a Made)>,
}

/// Elements that end a paragraph (HTML, 4.4.1).
const BLOCKS: [&str; 37] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "table",
    "ul",
    "xmp",
];

/// Elements without an end that may be in a paragraph.
const VOID: [&str; 6] = ["br", "embed", "img", "input", "source", "wbr"];

/// Writes a paragraph. A call that is all of it takes its place, whatever it makes; what
/// is around one that makes a block is in paragraphs of its own, as browsers see it.
pub(super) fn write(pieces: &[Piece<'_>], html: &mut String) {
    if let [
        Piece {
            text: "",
            call: Some((_, made)),
        },
        Piece {
            text: "",
            call: None,
        },
    ] = pieces
    {
        html.push_str(&made.html);
        return;
    }
    let parts = parts(pieces);
    let is_good = |part: &Part<'_>| match part {
        Part::Block(_) => true,
        Part::Words(words) => is_closed(words),
    };
    if !parts.iter().all(is_good) {
        let all: String = pieces.iter().map(Piece::inside).collect();
        html.push_str(&format!("<p>{all}</p>"));
        return;
    }
    for part in parts {
        match part {
            Part::Block(block) => html.push_str(block),
            Part::Words(words) if words.trim().is_empty() => html.push_str(&words),
            Part::Words(words) => html.push_str(&format!("<p>{}</p>", words.trim())),
        }
    }
}

enum Part<'a> {
    Words(String),
    Block(&'a str),
}

/// What is in paragraphs, and the blocks between.
fn parts<'a>(pieces: &[Piece<'a>]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut words = String::new();
    for piece in pieces {
        words.push_str(piece.text);
        let made = piece.call.map_or("", |(_, made)| made.inside());
        if is_block(made) {
            parts.push(Part::Words(std::mem::take(&mut words)));
            parts.push(Part::Block(made));
        } else {
            words.push_str(made);
        }
    }
    parts.push(Part::Words(words));
    parts
}

impl<'a> Piece<'a> {
    fn inside(&self) -> String {
        let made = self.call.map_or("", |(_, made)| made.inside());
        format!("{}{made}", self.text)
    }
}

/// Whether HTML is a block, as far as its first element tells.
fn is_block(html: &str) -> bool {
    let first = Tokens::new(html.trim_start(), Scripting::Off).next();
    first.is_some_and(|token| matches!(token.kind, Kind::Start(tag) if tag.is_one_of(&BLOCKS)))
}

/// Whether as many elements end in a piece of HTML as begin in it.
fn is_closed(html: &str) -> bool {
    let mut open = 0;
    for token in Tokens::new(html, Scripting::Off) {
        match token.kind {
            Kind::Start(tag) => open += i32::from(!tag.is_one_of(&VOID)),
            Kind::End(_) => open -= 1,
            _ => {}
        }
        if open < 0 {
            return false;
        }
    }
    open == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[(&str, Option<&str>)]) -> String {
        let made: Vec<Made> = pieces
            .iter()
            .map(|(_, html)| Made {
                html: html.unwrap_or_default().to_owned(),
                ..Made::default()
            })
            .collect();
        let pieces = pieces.iter().zip(&made).map(|((text, html), made)| Piece {
            text,
            call: html.map(|_| (0, made)),
        });
        let mut html = String::new();
        write(&pieces.collect::<Vec<_>>(), &mut html);
        html
    }

    #[test]
    fn blocks_end_paragraphs() {
        const TAB: Option<&str> = Some("<details>x</details>");
        const ICON: Option<&str> = Some("<i></i>");
        for (pieces, expected) in [
            (
                vec![("", TAB), ("\n", TAB), ("", None)],
                "<details>x</details>\n<details>x</details>",
            ),
            (
                vec![("", TAB), ("\nb", None)],
                "<details>x</details><p>b</p>",
            ),
            (
                vec![("a\n", TAB), ("\n<b>c</b> ", ICON), ("<br />", None)],
                "<p>a</p><details>x</details><p><b>c</b> <i></i><br /></p>",
            ),
            (
                vec![("a ", TAB), (" b", None)],
                "<p>a</p><details>x</details><p>b</p>",
            ),
            (
                vec![("", ICON), ("\n", ICON), ("", None)],
                "<p><i></i>\n<i></i></p>",
            ),
            (vec![("", ICON), ("", None)], "<i></i>"),
            (
                vec![("<em>a\n", TAB), ("\nb</em>", None)],
                "<p><em>a\n<details>x</details>\nb</em></p>",
            ),
        ] {
            assert_eq!(written(&pieces), expected);
        }
        assert!(BLOCKS.is_sorted() && VOID.is_sorted());
    }
}

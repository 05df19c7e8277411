//! What is left of a drawing or formula that an element of HTML ends (HTML, 13.2.6.5): the
//! parser puts that element behind it, and all that follows. So the end of the drawing
//! closes nothing, and what was to be drawn is no element. One fault is told of it all.

use std::cell::RefCell;

use super::foreign;
use crate::html::AROUND_HTML;
use crate::limits::MAX_ELEMENT_DEPTH;

/// The elements that end a drawing, and may stand in a paragraph.
const IN_PARAGRAPHS: [&str; 20] = [
    "b", "big", "br", "code", "em", "embed", "font", "i", "img", "nobr", "ruby", "s", "small",
    "span", "strike", "strong", "sub", "sup", "u", "var",
];

/// The elements whose ends are still to come, and end nothing.
#[derive(Default)]
pub(super) struct Stranded(RefCell<Vec<String>>);

/// Whether an element is a drawing or a formula.
pub(super) fn is_drawing(name: &str) -> bool {
    matches!(name, "svg" | "math")
}

/// How many of the elements that are open, from the last one on, are in the drawing that
/// a tag ends because it is one of HTML, together with that drawing.
pub(super) fn drawing<'a>(open: impl Iterator<Item = &'a str>, tag: &str) -> Option<usize> {
    if tag.starts_with("</") || tag.len() < 2 {
        return None;
    }
    let inside = open.take_while(|name| !AROUND_HTML.contains(name));
    let drawings = inside.enumerate().filter(|(_, name)| is_drawing(name));
    drawings.last().map(|(place, _)| place + 1)
}

impl Stranded {
    /// Takes note of what a tag ends, the drawing first, and says what is told of it.
    pub(super) fn strand<'a>(
        &self,
        mut ended: impl Iterator<Item = &'a str>,
        tag: &str,
        paragraph: Around,
    ) -> (String, &'static str) {
        let mut all = self.0.borrow_mut();
        let drawing = ended.next().unwrap_or_default();
        let (what, expected) = match drawing {
            "math" => ("formula", "an element of MathML, or <mtext> around it"),
            _ => ("drawing", "an element of SVG, or <foreignObject> around it"),
        };
        let ends_paragraph = !IN_PARAGRAPHS.contains(&tag.trim_start_matches('<'));
        let paragraph = (paragraph == Around::Paragraph && ends_paragraph).then_some("p");
        let room = MAX_ELEMENT_DEPTH.saturating_sub(all.len());
        let ended = [drawing].into_iter().chain(ended).chain(paragraph);
        all.extend(ended.take(room).map(str::to_owned));
        let message = format!("`{tag}>` is of HTML, and ends the {what} that it is in");
        (message, expected)
    }

    /// Whether a fault of the parser follows from that.
    pub(super) fn is_known(&self, tag: &str, message: &str) -> bool {
        if let Some(name) = tag.strip_prefix("</") {
            let mut all = self.0.borrow_mut();
            let place = all.iter().position(|own| own == name);
            return place.map(|place| all.swap_remove(place)).is_some();
        }
        message == "Unacknowledged self-closing tag" && self.has(tag.trim_start_matches('<'))
    }

    /// Whether an element was to be drawn by what is over.
    pub(super) fn has(&self, name: &str) -> bool {
        let all = self.0.borrow();
        all.iter().any(|own| is_drawing(own)) && foreign::has(name)
    }
}

/// What a drawing stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    Paragraph,
    Other,
}

//! Where in a page the word for an anchor stands: templates of shortcodes get
//! headings as HTML, and may make of them what they like.

use crate::html::Attributes;

/// What a word is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The anchor of a heading.
    Heading,
    /// The anchor of another element.
    Element,
    /// What looks like an anchor. The start of its tag is not known.
    Perhaps,
    /// Something else, such as a link or a text.
    Elsewhere,
}

impl Place {
    /// What stands after `before`, where a heading of this level was written.
    /// `before` begins behind the word before this one, so that no part is read twice.
    pub(super) fn after(before: &str, level: u8) -> Self {
        let Some((_, tag)) = before.rsplit_once('<') else {
            return match looks_like_anchor(before) {
                true => Self::Perhaps,
                false => Self::Elsewhere,
            };
        };
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
        let (name, attributes) = tag.split_at(end.unwrap_or(tag.len()));
        let is_anchor = !name.is_empty()
            && open_attribute(attributes).is_some_and(|name| name.eq_ignore_ascii_case("id"));
        match (is_anchor, name.eq_ignore_ascii_case(&format!("h{level}"))) {
            (false, _) => Self::Elsewhere,
            (true, true) => Self::Heading,
            (true, false) => Self::Element,
        }
    }
}

/// The name of the attribute whose value begins where the text ends; none if what
/// ends there is something else.
fn open_attribute(text: &str) -> Option<&str> {
    let last = Attributes::new(text, 0).last()?;
    let is_open = last.value == Some(text.len()..text.len());
    is_open.then(|| &text[last.name])
}

/// Whether the text ends as if the value of an anchor followed.
fn looks_like_anchor(text: &str) -> bool {
    let text = text.strip_suffix(['"', '\'']).unwrap_or(text);
    let name = text.trim_ascii_end().strip_suffix('=');
    let name = name.map(|name| name.trim_ascii_end().as_bytes());
    name.and_then(<[u8]>::split_last_chunk::<2>)
        .is_some_and(|(before, name)| {
            let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
            name.eq_ignore_ascii_case(b"id") && !before.last().is_some_and(of_name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_told_from_others() {
        for (before, expected) in [
            ("<p>a</p><h2 id=\"", Place::Heading),
            ("<h2 class=big id=\"", Place::Heading),
            ("<h2 title='a > b' hidden id='", Place::Heading),
            ("<H2\nclass=\"a\"ID = ", Place::Heading),
            ("<h1 id=\"", Place::Element),
            ("<div id=\"", Place::Element),
            ("<h2 data-id=\"", Place::Elsewhere),
            ("<h2 title=\" id=", Place::Elsewhere),
            ("<h2 id=\"a-", Place::Elsewhere),
            ("<h2 id", Place::Elsewhere),
            ("<a href=\"#", Place::Elsewhere),
            ("<p>&lt;h2 id=\"", Place::Elsewhere),
            ("<p/>=id=\"", Place::Elsewhere),
            ("< id=\"", Place::Elsewhere),
            ("\" id=\"", Place::Perhaps),
            ("id = '", Place::Perhaps),
            ("\" data-id=\"", Place::Elsewhere),
            ("d=\"", Place::Elsewhere),
            ("", Place::Elsewhere),
        ] {
            assert_eq!(Place::after(before, 2), expected, "{before}");
        }
    }
}

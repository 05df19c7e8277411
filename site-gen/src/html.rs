//! HTML told apart: [`Tokens`] are the tags, texts and comments of a piece of it, as
//! the tokenizer of the standard has them (HTML, 13.2.5), with their places. Whatever
//! reads HTML here without building a tree reads it with this: pages that are made
//! short, feeds, search indexes, what authors write in markdown.
//!
//! Nothing is copied, and each byte is looked at a bounded number of times. `tag` has
//! tags and their attributes, which are read when somebody asks; `verbatim` knows where
//! text ends that has no tags in it; `reference` what `&amp;` stands for.
//!
//! Left out on purpose: faults (`check` has html5ever, which tells them, and needs its
//! tree); what becomes of NUL and CR; and the tree. Of that the tokenizer has to know
//! whether it is in a drawing or a formula, where a `<style>` may have tags in it and
//! `<![CDATA[` is known (13.2.6.5). Here, that is between the tags of `svg` and `math`:
//! HTML in a `foreignObject` is read like the rest of the drawing. A property holds the
//! rest to html5ever's tokenizer.

mod reference;
mod tag;
mod verbatim;

use std::ops::Range;

pub(crate) use reference::{In, decode};
pub(crate) use tag::{Attribute, Attributes, Tag};
use verbatim::Content;

/// Elements of SVG and MathML in which HTML can stand, in small letters (13.2.6,
/// "integration points").
pub(crate) const AROUND_HTML: [&str; 9] = [
    "foreignobject",
    "desc",
    "title",
    "mi",
    "mo",
    "mn",
    "ms",
    "mtext",
    "annotation-xml",
];

/// Whether scripts run where it is read: if they do, what is in `noscript` is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scripting {
    On,
    Off,
}

/// A piece of HTML, and where it stands. Those of a text are all of it, in order.
#[derive(Clone, Debug)]
pub(crate) struct Token<'h> {
    pub(crate) kind: Kind<'h>,
    pub(crate) at: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind<'h> {
    /// With references to characters in it.
    Text(&'h str),
    /// Text that is what it looks like: of scripts and styles.
    Verbatim(&'h str),
    Start(Tag<'h>),
    End(Tag<'h>),
    /// What is between the marks of a comment, or of what is read as one.
    Comment(&'h str),
    Doctype,
    /// Of which nothing comes: `</>`, the marks of CDATA, a tag without an end.
    Nothing,
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'h> {
    html: &'h str,
    /// Everything before this was told.
    at: usize,
    scripting: Scripting,
    /// How many drawings and formulas are open.
    svg: usize,
    math: usize,
    content: Content<'h>,
}

impl<'h> Tokens<'h> {
    pub(crate) const fn new(html: &'h str, scripting: Scripting) -> Self {
        Self {
            html,
            at: 0,
            scripting,
            svg: 0,
            math: 0,
            content: Content::Markup,
        }
    }

    /// Whether what was read last is in a drawing or a formula, or begins one.
    pub(crate) const fn is_foreign(&self) -> bool {
        self.svg + self.math > 0
    }

    fn markup(&mut self) -> (Kind<'h>, usize) {
        let rest = &self.html[self.at..];
        match rest.as_bytes() {
            [first, ..] if *first != b'<' => text(rest),
            [b'<', b'/', first, ..] if first.is_ascii_alphabetic() => self.tag(2, Kind::End),
            [b'<', first, ..] if first.is_ascii_alphabetic() => self.tag(1, Kind::Start),
            [b'<', b'!', b'-', b'-', ..] => comment(rest),
            [b'<', b'/', b'>', ..] => (Kind::Nothing, "</>".len()),
            _ if rest.starts_with(CDATA) && self.is_foreign() => {
                self.content = Content::Cdata;
                (Kind::Nothing, CDATA.len())
            }
            [b'<', b'!' | b'?' | b'/', ..] if rest != "</" => {
                let end = rest.find('>').unwrap_or(rest.len());
                let length = rest.len().min(end + 1);
                match rest.get(..DOCTYPE.len()) {
                    Some(begun) if begun.eq_ignore_ascii_case(DOCTYPE) => (Kind::Doctype, length),
                    _ => {
                        let inside = if rest.starts_with("<?") { 1 } else { 2 };
                        (Kind::Comment(&rest[inside..end]), length)
                    }
                }
            }
            _ => text(rest),
        }
    }

    /// A tag whose name begins behind so many signs.
    fn tag(&mut self, signs: usize, kind: fn(Tag<'h>) -> Kind<'h>) -> (Kind<'h>, usize) {
        let Some((tag, end)) = Tag::read(self.html, self.at + signs) else {
            return (Kind::Nothing, self.html.len() - self.at);
        };
        let (is_start, is_foreign) = (signs == 1, self.is_foreign());
        let open = if tag.is("svg") {
            Some(&mut self.svg)
        } else if tag.is("math") {
            Some(&mut self.math)
        } else {
            None
        };
        match open {
            Some(open) if !is_start => *open = open.saturating_sub(1),
            Some(open) => *open += usize::from(!tag.closes_itself()),
            None if is_start && !is_foreign => {
                self.content = Content::of(tag.name(), self.scripting);
            }
            None => {}
        }
        (kind(tag), end - self.at)
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
        let verbatim = self.content.length(rest);
        let (kind, length) = match std::mem::replace(&mut self.content, Content::Markup) {
            Content::Cdata if verbatim == 0 => (Kind::Nothing, "]]>".len()),
            _ if verbatim == 0 => self.markup(),
            Content::References(_) => (Kind::Text(&rest[..verbatim]), verbatim),
            content => {
                if matches!(content, Content::Cdata) {
                    self.content = content;
                }
                (Kind::Verbatim(&rest[..verbatim]), verbatim)
            }
        };
        let at = self.at..self.at + length;
        self.at = at.end;
        Some(Token { kind, at })
    }
}

/// The tags that begin elements, where no scripts run: what is in `noscript` is HTML.
pub(crate) fn start_tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    Tokens::new(html, Scripting::Off).filter_map(|token| match token.kind {
        Kind::Start(tag) => Some(tag),
        _ => None,
    })
}

/// Whether an element of HTML has only text in it.
pub(crate) fn has_no_tags(name: &str, scripting: Scripting) -> bool {
    !matches!(Content::of(name, scripting), Content::Markup)
}

const CDATA: &str = "<![CDATA[";
const DOCTYPE: &str = "<!doctype";

/// Text, up to what begins a tag or a comment (13.2.5.6).
fn text(rest: &str) -> (Kind<'_>, usize) {
    let bytes = rest.as_bytes();
    let is_markup = |at: usize| match bytes[at + 1..] {
        [b'/', next, ..] | [next, ..] if next.is_ascii_alphabetic() => true,
        [b'/', _, ..] | [b'!' | b'?', ..] => true,
        _ => false,
    };
    let mut signs = (0..bytes.len()).filter(|at| bytes[*at] == b'<');
    let end = signs.find(|at| is_markup(*at)).unwrap_or(bytes.len());
    (Kind::Text(&rest[..end]), end)
}

/// A comment, and its length (13.2.5.43 to 13.2.5.52).
fn comment(rest: &str) -> (Kind<'_>, usize) {
    let inside = &rest["<!--".len()..];
    for (at, _) in inside.match_indices('>') {
        let before = &inside[..at];
        let said = match before {
            "" | "-" => Some(""),
            _ => before
                .strip_suffix("--")
                .or_else(|| before.strip_suffix("--!")),
        };
        if let Some(said) = said {
            return (Kind::Comment(said), "<!--".len() + at + 1);
        }
    }
    let said = ["--!", "--", "-"]
        .iter()
        .find_map(|end| inside.strip_suffix(end));
    (Kind::Comment(said.unwrap_or(inside)), rest.len())
}

/// The tokens that stand outside of some elements: of these, only the start tags are
/// told. An element ends with as many end tags of its name as it has start tags.
pub(crate) fn outside<'h>(
    mut tokens: Tokens<'h>,
    left_out: &'static [&'static str],
) -> impl Iterator<Item = Token<'h>> {
    let mut inside: Option<(&str, usize)> = None;
    let closes_itself = |tag: &Tag<'_>| tag.closes_itself() && tag.is_one_of(&["svg", "math"]);
    std::iter::from_fn(move || {
        tokens.find(|token| {
            let Some((name, open)) = &mut inside else {
                if let Kind::Start(tag) = &token.kind {
                    let name = left_out.iter().find(|name| tag.is(name));
                    inside = name.filter(|_| !closes_itself(tag)).map(|name| (*name, 1));
                }
                return true;
            };
            match &token.kind {
                Kind::Start(tag) if tag.is(name) && !closes_itself(tag) => *open += 1,
                Kind::End(tag) if tag.is(name) => *open -= 1,
                _ => {}
            }
            if *open == 0 {
                inside = None;
            }
            false
        })
    })
}

#[cfg(test)]
mod tests;

//! A formula as pieces to be written. The parser gives text as it is written in
//! TeX, and the writer writes most of what it gets as it is, so between the two:
//!
//! * `<`, `>` and `&` are exchanged for [`MARKS`], and these, when all is
//!   written, for entities ([`unmark`]);
//! * `\text{…}` is read: what is escaped in it, and formulas between dollars;
//! * names of operators are read, which may be formulas too.

use std::convert::Infallible;

use pulldown_latex::event::{
    Content, Dimension, DimensionUnit, Event, Font, Grouping, StateChange,
};
use pulldown_latex::{Parser, Storage};

use super::{Fault, fault};
use crate::limits::MAX_FORMULA_DEPTH;

/// What means something in HTML, what stands for it while a formula is written
/// (code points that are no characters), and what it becomes.
const MARKS: [(char, char, &str); 3] = [
    ('<', '\u{fdd0}', "&lt;"),
    ('>', '\u{fdd1}', "&gt;"),
    ('&', '\u{fdd2}', "&amp;"),
];

/// What has no place in HTML.
const REPLACEMENT: char = '\u{fffd}';

/// A piece of a formula.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    Event(Event<'a>),
    /// Text; the writer escapes it.
    Text(String),
    /// The name of an operator.
    Name(String),
}

impl Piece<'_> {
    /// As the writer takes it.
    pub(super) fn event(&self) -> Result<Event<'_>, Infallible> {
        Ok(match self {
            Self::Event(event) => event.clone(),
            Self::Text(text) => Event::Content(Content::Text(text)),
            Self::Name(name) => Event::Content(Content::Function(name)),
        })
    }
}

/// Reads a formula.
pub(super) fn read<'a>(tex: &'a str, storage: &'a Storage) -> Result<Vec<Piece<'a>>, Fault> {
    let mut reader = Reader {
        tex,
        storage,
        depth: 0,
        pieces: Vec::new(),
    };
    reader.formula(tex)?;
    Ok(reader.pieces)
}

/// Puts entities in the place of the marks, and a space that the writer forgets
/// between two attributes.
pub(super) fn unmark(mathml: &str) -> String {
    let mathml = mathml.replace("stretchy=\"true\"minsize=", "stretchy=\"true\" minsize=");
    let mut out = String::with_capacity(mathml.len());
    for c in mathml.chars() {
        match MARKS.iter().find(|(_, mark, _)| *mark == c) {
            Some((_, _, entity)) => out.push_str(entity),
            None => out.push(c),
        }
    }
    out
}

struct Reader<'a> {
    /// All of it.
    tex: &'a str,
    storage: &'a Storage,
    /// How many formulas in texts this one is in.
    depth: usize,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Reader<'a> {
    fn formula(&mut self, tex: &'a str) -> Result<(), Fault> {
        for event in Parser::new(tex, self.storage) {
            match event {
                Ok(Event::Content(Content::Text(text))) => self.text(text)?,
                Ok(Event::Content(Content::Function(name))) => self.name(name)?,
                Ok(event) => self.pieces.push(Piece::Event(marked(event, self.storage))),
                Err(error) => {
                    let mut fault = fault(tex, &error.to_string());
                    fault.place = match self.offset(tex) {
                        Some(at) => fault.place.start + at..fault.place.end + at,
                        None => 0..self.tex.len(),
                    };
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    /// A formula in a text or name.
    fn inner(&mut self, tex: &'a str) -> Result<(), Fault> {
        if self.depth == MAX_FORMULA_DEPTH {
            let expected = format!("at most {MAX_FORMULA_DEPTH} of them in each other");
            return Err(self.fault(tex, "formulas are nested too deeply", expected));
        }
        self.depth += 1;
        self.formula(tex)?;
        self.depth -= 1;
        Ok(())
    }

    /// The name of an operator. Where there is more in it than letters, it is a
    /// formula whose letters are upright.
    fn name(&mut self, name: &'a str) -> Result<(), Fault> {
        let is_plain = |c: char| !"\\{}^_$#%~&".contains(c);
        if name.chars().all(is_plain) {
            let name = name.chars().map(mark).collect();
            self.pieces.push(Piece::Name(name));
            return Ok(());
        }
        if let Some(name) = spaced(name) {
            self.pieces.push(Piece::Name(name));
            return Ok(());
        }
        self.push(Event::Begin(Grouping::Normal));
        self.push(Event::StateChange(StateChange::Font(Some(Font::UpRight))));
        self.inner(name)?;
        self.push(Event::End);
        Ok(())
    }

    /// What stands in `\text{…}`: one element, as the writer counts.
    fn text(&mut self, text: &'a str) -> Result<(), Fault> {
        if !text.contains(['\\', '$', '{', '}', '~', '%']) {
            self.pieces.push(Piece::Text(text.to_owned()));
            return Ok(());
        }
        self.push(Event::Begin(Grouping::Normal));
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['\\', '$', '{', '}', '~', '%']) {
            plain.push_str(&rest[..at]);
            rest = &rest[at..];
            rest = match rest.as_bytes()[0] {
                b'$' => {
                    self.flush(&mut plain);
                    self.dollars(rest)?
                }
                b'\\' => self.command(rest, &mut plain)?,
                b'~' => {
                    plain.push('\u{a0}');
                    &rest[1..]
                }
                // A remark, up to the end of the line.
                b'%' => rest.split_once('\n').map_or("", |(_, after)| after),
                _ => &rest[1..],
            };
        }
        plain.push_str(rest);
        self.flush(&mut plain);
        self.push(Event::End);
        Ok(())
    }

    /// A formula between dollars; returns what follows.
    fn dollars(&mut self, rest: &'a str) -> Result<&'a str, Fault> {
        let Some(end) = end_of(&rest[1..], |c| c == b'$') else {
            let expected = "a second `$`, or `\\$` for the sign".to_owned();
            return Err(self.fault(&rest[..1], "this formula has no end", expected));
        };
        self.inner(&rest[1..=end])?;
        Ok(&rest[end + 2..])
    }

    /// A command in a text; returns what follows.
    fn command(&mut self, rest: &'a str, plain: &mut String) -> Result<&'a str, Fault> {
        if let Some((character, after)) = escaped(rest) {
            plain.push_str(character);
            return Ok(after);
        }
        let letters = rest[1..].find(|c: char| !c.is_ascii_alphabetic());
        let end = letters.map_or(rest.len(), |letters| 1 + letters);
        let (name, after) = rest.split_at(end);
        let width = match name {
            r"\quad" => 1.0,
            r"\qquad" => 2.0,
            _ if TEXTS.contains(&name) && after.starts_with('{') => {
                return self.inner_text(rest, name.len(), plain);
            }
            _ => {
                let next = rest[1..].chars().next().map_or(0, char::len_utf8);
                let shown = &rest[..name.len().max(1 + next)];
                let message = format!("`{shown}` cannot stand in a text");
                let expected = "a text; `$` stands around formulas in it".to_owned();
                return Err(self.fault(shown, &message, expected));
            }
        };
        self.flush(plain);
        self.push(Event::Space {
            width: Some(Dimension::new(width, DimensionUnit::Em)),
            height: None,
            depth: None,
        });
        Ok(after.trim_start())
    }

    /// A text in a text, of another font.
    fn inner_text(
        &mut self,
        rest: &'a str,
        name: usize,
        plain: &mut String,
    ) -> Result<&'a str, Fault> {
        let mut depth = 0_usize;
        let end = end_of(&rest[name..], |c| {
            match c {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        // The parser gives texts whose braces are balanced.
        let end = end.map_or(rest.len(), |end| name + end + 1);
        self.flush(plain);
        self.inner(&rest[..end])?;
        Ok(&rest[end..])
    }

    fn flush(&mut self, plain: &mut String) {
        if !plain.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(plain)));
        }
    }

    fn push(&mut self, event: Event<'a>) {
        self.pieces.push(Piece::Event(event));
    }

    /// Where a piece of it begins.
    fn offset(&self, piece: &str) -> Option<usize> {
        let at = piece
            .as_ptr()
            .addr()
            .checked_sub(self.tex.as_ptr().addr())?;
        (at + piece.len() <= self.tex.len()).then_some(at)
    }

    fn fault(&self, piece: &str, message: &str, expected: String) -> Fault {
        let at = self.offset(piece);
        Fault {
            message: message.to_owned(),
            place: at.map_or(0..self.tex.len(), |at| at..at + piece.len()),
            expected,
        }
    }
}

/// Commands that may stand in a text.
const TEXTS: [&str; 6] = [
    r"\text", r"\textrm", r"\textbf", r"\textit", r"\textsf", r"\texttt",
];

/// What is written with a backslash because it would mean something else, and
/// spaces; and what follows.
fn escaped(rest: &str) -> Option<(&str, &str)> {
    let after = rest.strip_prefix('\\')?;
    let (character, following) = after.split_at_checked(1)?;
    let character = match character {
        "&" | "%" | "$" | "#" | "_" | "{" | "}" => character,
        " " => "\u{a0}",
        "," => "\u{2009}",
        ":" => "\u{2005}",
        ";" => "\u{2004}",
        "!" | "-" | "/" => "",
        _ => return None,
    };
    Some((character, following))
}

/// The name of an operator that has spaces in it; none if there is more.
fn spaced(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\\' => {
                let (character, after) = escaped(rest)?;
                out.extend(character.chars().map(mark));
                after
            }
            '~' => {
                out.push('\u{a0}');
                &rest[1..]
            }
            '{' | '}' | '^' | '_' | '$' | '#' | '%' | '&' => return None,
            c => {
                out.push(mark(c));
                &rest[c.len_utf8()..]
            }
        };
    }
    Some(out)
}

/// Where the first byte of a kind is that no backslash is before.
fn end_of(text: &str, mut ends: impl FnMut(u8) -> bool) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|c| {
        let found = !escaped && c != b'\\' && ends(c);
        escaped = c == b'\\' && !escaped;
        found
    })
}

/// The character, or what stands for it.
fn mark(c: char) -> char {
    let known = MARKS.iter().find(|(own, _, _)| *own == c);
    match known {
        Some((_, mark, _)) => *mark,
        None if c.is_control() && !c.is_whitespace() => REPLACEMENT,
        None => c,
    }
}

/// An event whose characters are safe.
fn marked<'a>(event: Event<'a>, storage: &'a Storage) -> Event<'a> {
    let mut event = event;
    match &mut event {
        Event::Begin(Grouping::LeftRight(left, right)) => {
            *left = left.map(mark);
            *right = right.map(mark);
        }
        Event::Content(content) => match content {
            Content::Ordinary { content, .. }
            | Content::LargeOp { content, .. }
            | Content::BinaryOp { content, .. }
            | Content::Delimiter { content, .. }
            | Content::Punctuation(content) => *content = mark(*content),
            Content::Relation { content, .. } => {
                let mut buffer = [0; 8];
                let own = content.encode_utf8_to_buf(&mut buffer);
                let known = MARKS.iter().find(|(c, _, _)| own == [*c as u8]);
                if let Some((_, mark, _)) = known {
                    return relation(*mark, storage);
                }
            }
            // Others are read by themselves; numbers are digits.
            Content::Text(_) | Content::Function(_) | Content::Number(_) => {}
        },
        _ => {}
    }
    event
}

/// A relation of a character. Only the parser can make one.
fn relation(mark: char, storage: &Storage) -> Event<'_> {
    let tex = match mark {
        '\u{fdd0}' => "\\mathrel{\u{fdd0}}",
        '\u{fdd1}' => "\\mathrel{\u{fdd1}}",
        _ => "\\mathrel{\u{fdd2}}",
    };
    let event = Parser::new(tex, storage).find_map(Result::ok);
    event.unwrap_or(Event::Content(Content::Ordinary {
        content: mark,
        stretchy: false,
    }))
}

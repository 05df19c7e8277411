//! How deep the compiler calls itself: it has no limit of its own, and a mixin
//! that includes itself would overflow the stack, which ends the process.
//!
//! The compiler tells a logger of every `@debug`. So each mixin and function
//! gets one as its first statement, when its file is read, and [`Watch`] looks
//! there how much of the stack is left. Faults are placed in the text as it was.

use std::ops::Range;
use std::panic::resume_unwind;
use std::path::Path;

use codemap::SpanLoc;

use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_SASS_NESTING, MAX_SASS_STACK_BYTES};
use crate::source::Source;

/// What is debugged, and what it says: nobody else's word.
const MARK: &str = "@debug \"\u{f8fe}\"";
const SIGN: char = '\u{f8fe}';

/// The stack that the compiler may use: the rest is for what it does between
/// two looks.
const USABLE_BYTES: usize = MAX_SASS_STACK_BYTES / 4 * 3;

/// A file as the compiler reads it, and as it was.
#[derive(Debug, Default)]
pub(super) struct Marked {
    source: Source,
    /// Where something was added to the original, and how many bytes.
    added: Vec<(usize, usize)>,
    pub(super) text: String,
}

impl Marked {
    pub(super) fn new(source: Source) -> Self {
        let (ends, indented) = match source.file.extension().and_then(|e| e.to_str()) {
            Some("scss") => (bodies(&source.text), false),
            Some("sass") => (indented_bodies(&source.text), true),
            _ => (Vec::new(), false),
        };
        let mut marked = Self::default();
        let mut at = 0;
        for end in ends {
            marked.text.push_str(&source.text[at..end]);
            let indent = &source.text[source.text[..end].rfind('\n').map_or(0, |at| at + 1)..end];
            let added = match indented {
                true => format!("{MARK}\n{indent}"),
                false => format!("{MARK};"),
            };
            marked.added.push((end, added.len()));
            marked.text.push_str(&added);
            at = end;
        }
        marked.text.push_str(&source.text[at..]);
        marked.source = source;
        marked
    }

    pub(super) fn is(&self, file: &str) -> bool {
        self.source.file == Path::new(file)
    }

    /// A fault at a place in the marked text.
    pub(super) fn at(&self, place: &SpanLoc, message: &str) -> Diagnostic {
        let offset = |line: usize, column: usize| {
            let lines = self.text.split_inclusive('\n');
            let above: usize = lines.clone().take(line).map(str::len).sum();
            let line = lines.clone().nth(line).unwrap_or_default();
            let before: usize = line.chars().take(column).map(char::len_utf8).sum();
            above + before
        };
        let (begin, end) = (place.begin, place.end);
        self.at_bytes(
            offset(begin.line, begin.column)..offset(end.line, end.column),
            message,
        )
    }

    fn at_bytes(&self, range: Range<usize>, message: &str) -> Diagnostic {
        let original = |offset: usize| {
            let mut offset = offset;
            for (at, length) in &self.added {
                if offset > *at {
                    offset -= (*length).min(offset - at);
                }
            }
            offset
        };
        self.source
            .at(original(range.start)..original(range.end), message)
    }
}

/// A fault, if brackets are nested more deeply than the compiler can follow.
pub(super) fn check_nesting(source: &Source) -> Result<(), Diagnostic> {
    let mut depth = 0_usize;
    for (at, byte) in source.text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_SASS_NESTING {
            let fault = source.at(at..at + 1, "brackets are nested too deeply");
            let expected = format!("at most {MAX_SASS_NESTING} of them inside each other");
            return Err(fault.expected(expected));
        }
    }
    Ok(())
}

/// Where the bodies of mixins and functions begin, behind their braces.
fn bodies(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    // Whether a body is to come, and how many parentheses are open before it.
    let mut waiting: Option<usize> = None;
    while at < bytes.len() {
        let rest = &text[at..];
        let step = match (bytes[at], waiting) {
            (b'/', _) if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            (b'/', _) if rest.starts_with("/*") => {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            }
            (quote @ (b'"' | b'\''), _) => string(rest, quote),
            (b'@', _) if defines(rest) => {
                waiting = Some(0);
                1
            }
            (b'(', Some(open)) => {
                waiting = Some(open + 1);
                1
            }
            (b')', Some(open)) => {
                waiting = open.checked_sub(1);
                1
            }
            (b'{', Some(0)) if !text[..at].ends_with('#') => {
                found.push(at + 1);
                waiting = None;
                1
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
    }
    found
}

fn defines(rest: &str) -> bool {
    ["@mixin", "@function"].iter().any(|rule| {
        let after = rest.strip_prefix(rule);
        after.is_some_and(|after| after.starts_with(char::is_whitespace))
    })
}

/// How long a string is; one that is not closed ends with its line.
fn string(text: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The same of the indented syntax: the first statement of each body.
fn indented_bodies(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut header: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let statement = &line[indent..];
        if !statement.trim().is_empty() {
            if header.is_some_and(|above| indent > above) {
                found.push(start + indent);
            }
            let defines = defines(statement) || statement.starts_with('=');
            header = defines.then_some(indent);
        }
        start += line.len();
    }
    found
}

/// Looks how much of a thread's stack is left.
#[derive(Debug)]
pub(super) struct Watch {
    base: usize,
}

impl Watch {
    /// A watch of the stack from here on.
    pub(super) fn new() -> Self {
        Self {
            base: stack_address(),
        }
    }
}

impl grass::Logger for Watch {
    fn debug(&self, place: SpanLoc, message: &str) {
        let used = self.base.abs_diff(stack_address());
        if message.contains(SIGN) && used > USABLE_BYTES {
            // The compiler has no other way out. Nothing is printed.
            resume_unwind(Box::new(place));
        }
    }

    fn warn(&self, _: SpanLoc, _: &str) {}
}

/// About where the stack ends now.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(&here).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(file: &str, text: &str) -> Marked {
        Marked::new(Source {
            file: file.into(),
            text: text.into(),
        })
    }

    #[test]
    fn every_body_is_marked_and_places_stay() {
        let text = "// @mixin no {\n@mixin a($x: \"{\", $y: (b: 1)) { x: $x }\na { b: c }\n\
                    @function f() { @return 1; }\n.x#{1} { y: z }\n";
        let marked = marked("a.scss", text);
        assert_eq!(marked.text.matches(MARK).count(), 2);
        assert!(
            marked.text.contains(&format!("(b: 1)) {{{MARK}; x: $x }}")),
            "{}",
            marked.text
        );
        let at = marked.text.find("$x }").unwrap();
        let place = marked.at_bytes(at..at + 2, "").place.unwrap();
        assert_eq!((place.line, place.column, place.length), (2, 36, 2));
        assert_eq!(place.text, text.lines().nth(1).unwrap());
    }

    #[test]
    fn so_is_the_indented_syntax() {
        let text = "=a($x)\n  b: $x\n  c: d\n@function f()\n\n\t@return 1\na\n  +a(1)\n";
        let marked = marked("a.sass", text);
        let expected = format!(
            "=a($x)\n  {MARK}\n  b: $x\n  c: d\n@function f()\n\n\t{MARK}\n\t@return 1\na\n  +a(1)\n"
        );
        assert_eq!(marked.text, expected);
        let at = marked.text.find("$x\n  c").unwrap();
        let place = marked.at_bytes(at..at + 2, "").place.unwrap();
        assert_eq!((place.line, place.column), (2, 6));
    }
}

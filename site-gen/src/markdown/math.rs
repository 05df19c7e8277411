//! Formulas: TeX between dollars becomes MathML Core when the site is built.
//! Browsers draw it with their own fonts; nothing runs or is loaded there.
//!
//! The parser, pulldown-latex, tells where it was only in the text of its
//! errors: a piece of the formula around the place. [`place`] reads it there.

mod children;
mod columns;
mod pieces;

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use pulldown_cmark::Event;
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Storage, push_mathml};

use super::Located;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::{
    MAX_DIAGNOSTICS, MAX_FORMULA_BYTES, MAX_FORMULA_STACK_BYTES, MAX_MATHML_BYTES,
    MAX_SHALLOW_COMMANDS,
};
use pieces::Piece;

/// Turns all formulas into MathML.
pub(super) fn render(
    events: &mut [Located<'_>],
    document: &Document,
    faults: &mut Vec<Diagnostic>,
) {
    for (event, span) in events {
        if faults.len() >= MAX_DIAGNOSTICS {
            break;
        }
        let (tex, display) = match event {
            Event::InlineMath(tex) => (tex, DisplayMode::Inline),
            Event::DisplayMath(tex) => (tex, DisplayMode::Block),
            _ => continue,
        };
        match mathml(tex, display) {
            Ok(html) => *event = Event::InlineHtml(html.into()),
            Err(fault) => {
                let written = &document.text()[span.clone()];
                // Lines of a list or quote are parsed without what is in front.
                let start = written.find(tex.as_ref()).map(|at| span.start + at);
                let place = start.map(|start| fault.place.start + start..fault.place.end + start);
                let place = place.unwrap_or_else(|| span.clone());
                faults.push(document.at(place, fault.message).expected(fault.expected));
            }
        }
    }
}

/// Turns the formulas of a text that is no document into MathML; one that is
/// wrong is shown as it is written.
pub(super) fn render_alone(events: &mut [Located<'_>]) {
    for (event, _) in events {
        let html = match event {
            Event::InlineMath(tex) => mathml(tex, DisplayMode::Inline),
            Event::DisplayMath(tex) => mathml(tex, DisplayMode::Block),
            _ => continue,
        };
        if let Ok(html) = html {
            *event = Event::InlineHtml(html.into());
        }
    }
}

/// What is wrong with a formula, and where in it.
#[derive(Debug)]
struct Fault {
    message: String,
    place: Range<usize>,
    expected: String,
}

/// What is said of a formula that made the parser panic.
const UNREADABLE: &str = "this formula cannot be read";

fn mathml(tex: &str, display_mode: DisplayMode) -> Result<String, Fault> {
    let whole = |message: &str, expected: String| Fault {
        message: message.to_owned(),
        place: 0..tex.len(),
        expected,
    };
    if tex.len() > MAX_FORMULA_BYTES {
        let expected = format!("one of at most {MAX_FORMULA_BYTES} bytes");
        return Err(whole("this formula is too long", expected));
    }
    if let Some(place) = definition(tex) {
        return Err(Fault {
            message: "a formula cannot define commands".to_owned(),
            place,
            expected: "what the command stands for".to_owned(),
        });
    }
    // The parser was written for formulas that people write. It calls itself
    // for a command that is the argument of another.
    let convert = || catch_unwind(AssertUnwindSafe(|| convert(tex, display_mode))).ok();
    let result = if tex.matches('\\').count() <= MAX_SHALLOW_COMMANDS {
        convert()
    } else {
        thread::scope(|scope| {
            let deep = thread::Builder::new().stack_size(MAX_FORMULA_STACK_BYTES);
            let thread = deep.spawn_scoped(scope, convert).ok()?;
            thread.join().ok().flatten()
        })
    };
    result.unwrap_or_else(|| {
        let expected = "TeX that is written another way".to_owned();
        Err(whole(UNREADABLE, expected))
    })
}

/// Commands that define others: a few of them make gigabytes of nothing.
const DEFINITIONS: [&str; 9] = [
    "def",
    "edef",
    "gdef",
    "xdef",
    "let",
    "futurelet",
    "newcommand",
    "renewcommand",
    "providecommand",
];

/// Where a formula defines a command.
fn definition(tex: &str) -> Option<Range<usize>> {
    tex.match_indices('\\').find_map(|(at, _)| {
        let rest = &tex[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphabetic());
        let name = &rest[..end.unwrap_or(rest.len())];
        DEFINITIONS.contains(&name).then(|| at..at + 1 + name.len())
    })
}

fn convert(tex: &str, display_mode: DisplayMode) -> Result<String, Fault> {
    let config = RenderConfig {
        display_mode,
        ..RenderConfig::default()
    };
    let storage = Storage::new();
    let tex = star(tex);
    let pieces = pieces::read(&tex, &storage)?;
    let events = pieces.iter().map(Piece::event);
    let mut html = String::new();
    let written = push_mathml(&mut html, events, config);
    if written.is_err() || html.len() > MAX_MATHML_BYTES {
        return Err(Fault {
            message: "this formula becomes too long".to_owned(),
            place: 0..tex.len(),
            expected: format!("one of at most {MAX_MATHML_BYTES} bytes of MathML"),
        });
    }
    let html = pieces::unmark(&columns::align(&html));
    // `\char11`: no page may have it.
    if html.contains(|c: char| c.is_control() && !c.is_whitespace() || c == '\u{b}') {
        return Err(Fault {
            message: "this formula has a control character".to_owned(),
            place: 0..tex.len(),
            expected: "characters that can be seen".to_owned(),
        });
    }
    children::count(&html).ok_or_else(|| Fault {
        message: "a command in this formula is not given what it is for".to_owned(),
        place: 0..tex.len(),
        expected: "`{…}` around all that a command, `^` or `_` is given".to_owned(),
    })
}

/// An operator with what is below it in its middle, which the parser knows by
/// another name. Places in the formula stay.
fn star(tex: &str) -> Cow<'_, str> {
    const STAR: &str = r"\operatorname*";
    const OTHER: &str = r"\mathop       ";
    const _: () = assert!(STAR.len() == OTHER.len());
    if !tex.contains(STAR) {
        return tex.into();
    }
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    while let Some(at) = rest.find(STAR) {
        out.push_str(&rest[..at]);
        // Two backslashes end a line.
        let backslashes = out.len() - out.trim_end_matches('\\').len();
        out.push_str(if backslashes.is_multiple_of(2) {
            OTHER
        } else {
            STAR
        });
        rest = &rest[at + STAR.len()..];
    }
    out.push_str(rest);
    out.into()
}

fn fault(tex: &str, error: &str) -> Fault {
    let mut lines = error.lines();
    let told = lines.next().unwrap_or_default();
    let told = told.strip_prefix("parsing error: ").unwrap_or(told);
    Fault {
        message: format!("bad TeX: {}", told.replace("unkown", "unknown")),
        place: place(tex, error),
        expected: "LaTeX as in a formula, between `$` or `$$`".to_owned(),
    }
}

/// How far the piece that an error shows goes to both sides of the place.
const CONTEXT_BYTES: usize = 12;

/// The command or character before the place where the parser was.
fn place(tex: &str, error: &str) -> Range<usize> {
    let shown = error.rsplit("│\n").next().unwrap_or_default();
    let mut lines: Vec<&str> = shown.lines().collect();
    // The last two are a line of carets and the frame.
    lines.truncate(lines.len().saturating_sub(2));
    let Some(first) = lines.first().and_then(|line| line.strip_prefix('│')) else {
        return 0..tex.len();
    };
    let follows = first.starts_with('…');
    let mut piece = first.trim_start_matches(['…']).to_owned();
    if !follows {
        piece = piece.strip_prefix(' ').unwrap_or(&piece).to_owned();
    }
    for line in &lines[1..] {
        piece.push('\n');
        piece.push_str(line.strip_prefix("│ ").unwrap_or(line));
    }
    let found = if follows { tex.find(&piece) } else { Some(0) };
    let Some(start) = found.filter(|start| *start <= tex.len()) else {
        return 0..tex.len();
    };
    let end = if follows {
        start + CONTEXT_BYTES
    } else if piece.len() < tex.len() {
        piece.len().saturating_sub(CONTEXT_BYTES)
    } else {
        // All of a short formula is shown.
        return 0..tex.len();
    };
    let end = tex.floor_char_boundary(end.min(tex.len()));
    let before = tex[..end].trim_end();
    let letters = before.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let start = if letters.ends_with('\\') {
        letters.len() - 1
    } else {
        before.char_indices().next_back().map_or(0, |(at, _)| at)
    };
    start..before.len().max(start)
}

#[cfg(test)]
mod tests;

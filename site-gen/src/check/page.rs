//! A page as a browser reads it (HTML, 13.2): what it refers to, and what is
//! not valid.
//!
//! The parser is html5ever, without a tree (`parser`), and not the tokenizer of `html`:
//! what is wrong depends on what is open, and on what it puts right. What it comes across is
//! gathered in one place (`found`), so that a fault can be told with the tag that
//! it is about. Besides what the parser minds:
//!
//! * where elements stand (`content`), as the standard has it (`elements`); in which
//!   order, and what is missing (`children`, `tables`, `contents`); what has to be
//!   around them (`around`). What their attributes say about that, is `traits`;
//! * attributes: which there are (`attributes`), what they say (`values`, `styles`),
//!   alone and together (`related`); roles and states (`aria`);
//! * elements of drawings and formulas (`foreign`), by their names, and attributes of
//!   drawings (`drawn`);
//! * ids, and what names them (`ids`).
//!
//! Nearly all pages are good. So it is only found out of those that are not where
//! each tag is in them, and in what they were made of (`place`, `template`).

mod aria;
mod around;
mod attributes;
mod children;
mod content;
mod contents;
mod drawn;
mod elements;
mod foreign;
mod found;
mod heading;
mod ids;
mod lately;
mod parser;
mod place;
mod references;
mod related;
mod stranded;
mod styles;
mod tables;
mod template;
mod traits;
mod values;
mod vocabulary;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};

use crate::diagnostic::Diagnostic;
use crate::limits::MAX_EXCERPT;
use found::Found;
pub(super) use heading::find as find_heading;
use parser::{Sink, Watch};
use place::Steps;
pub(super) use place::Written;
pub(super) use template::{Attributes, expressed, unclosed, written};
pub(super) use values::fault_of_language;

/// What was found in a page.
#[derive(Debug)]
pub(crate) struct Page {
    /// The path it is served under.
    pub(super) path: String,
    /// Every address that it refers to, as it is written.
    pub(super) references: Vec<String>,
    /// What a link can lead to in it.
    pub(super) ids: HashSet<String>,
    pub(super) faults: Vec<Fault>,
}

/// Something that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) expected: Cow<'static, str>,
    /// What may have been meant.
    meant: Option<String>,
    /// The line of the page: all of it may be one, with many faults.
    pub(super) line: Arc<str>,
    /// The tag that is at fault, as in `</div`.
    hint: String,
    /// What in it is, as in `align`; all of it, if nothing.
    part: String,
    /// What that says, if it cannot be so.
    value: Option<Box<str>>,
    /// Where the tag is in the page, if that is known.
    pub(super) at: Range<usize>,
    /// The tag of what it is in, if that matters: it may be what an author wrote.
    around: Option<(String, Range<usize>)>,
    /// The number of the element that should have ended, if this is no fault then.
    inside: Option<usize>,
    /// Whether the element has no end where it needs one.
    is_of_end: bool,
}

impl Page {
    /// Reads a page.
    pub(crate) fn read(path: &str, body: &[u8]) -> Self {
        let text = match str::from_utf8(body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(body),
        };
        let found = parse(&text, Steps::default());
        let faults = with_lines(&found, &text);
        Self {
            path: path.to_owned(),
            references: found.references.take(),
            ids: found.take_ids(),
            faults,
        }
    }
}

/// A page with faults, read once more.
pub(super) struct Located {
    pub(super) text: String,
    /// The same faults, with their places.
    pub(super) faults: Vec<Fault>,
    /// Where its tags are.
    tags: HashMap<String, Vec<usize>>,
}

impl Located {
    pub(super) fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body).into_owned();
        let found = parse(&text, Steps::through(&text));
        let faults = with_lines(&found, &text);
        let mut tags = HashMap::new();
        place::index(&text, 0, &mut tags);
        Self { text, faults, tags }
    }
}

fn parse(text: &str, steps: Steps) -> Rc<Found> {
    let mut ends = steps.ends();
    ends.push(text.len());
    let found = Rc::new(Found::new(steps));
    let options = TreeBuilderOpts {
        // What is in <noscript> is read, too.
        scripting_enabled: false,
        ..TreeBuilderOpts::default()
    };
    let watch = Watch {
        builder: TreeBuilder::new(Sink(Rc::clone(&found)), options),
        found: Rc::clone(&found),
    };
    // It would look at each character by itself, for those that may not be there.
    let tokenizer = Tokenizer::new(watch, TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut start = 0;
    for end in ends {
        found.steps.feed(end);
        input.push_back(StrTendril::from(&text[start..end]));
        // It stops after each script, for one that could write into the page.
        while !input.is_empty() {
            _ = tokenizer.feed(&input);
        }
        start = end;
    }
    tokenizer.end();
    found.finish();
    forbid_control_characters(text, &found);
    found
}

/// How many bytes are looked at together.
const CONTROL_PIECE: usize = 256;

/// Characters that no document may have (HTML, 13.1.4).
fn forbid_control_characters(text: &str, found: &Found) {
    let is_space = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
    let is_control = |byte: &u8| (*byte < 0x20 || *byte == 0x7F) && !is_space(*byte);
    let bytes = text.as_bytes();
    // In pieces, so that the compiler can look at many at a time.
    let has_one = |piece: &[u8]| piece.iter().fold(false, |has, byte| has | is_control(byte));
    if !bytes.chunks(CONTROL_PIECE).any(has_one) {
        return;
    }
    let Some(at) = bytes.iter().position(|byte| is_control(byte) && *byte != 0) else {
        return;
    };
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let message = format!(
        "the control character U+{:04X} cannot stand in a page",
        bytes[at]
    );
    let fault = Fault::new(message, "text", String::new());
    found.faults.borrow_mut().push((line as u64, fault));
}

/// The faults, each with the line that it is in.
fn with_lines(found: &Found, text: &str) -> Vec<Fault> {
    let mut faults = found.faults.take();
    if faults.is_empty() {
        return Vec::new();
    }
    // What refers to nothing was only known at the end.
    faults.sort_by_key(|(line, _)| *line);
    let lines: Vec<&str> = text.lines().collect();
    let mut last: Option<(u64, Arc<str>)> = None;
    let faults = faults.into_iter().map(|(number, mut fault)| {
        let (_, line) = last
            .take_if(|(last, _)| *last == number)
            .unwrap_or_else(|| {
                let index = usize::try_from(number).unwrap_or(usize::MAX);
                let line = lines.get(index.saturating_sub(1)).copied();
                (number, line.unwrap_or_default().trim().into())
            });
        fault.line = Arc::clone(&line);
        last = Some((number, line));
        fault
    });
    faults.collect()
}

impl Fault {
    fn new(message: String, expected: impl Into<Cow<'static, str>>, hint: String) -> Self {
        Self {
            message,
            expected: expected.into(),
            meant: None,
            line: Arc::default(),
            hint,
            part: String::new(),
            value: None,
            at: 0..0,
            around: None,
            inside: None,
            is_of_end: false,
        }
    }

    /// Says what may have been meant.
    fn meant(mut self, meant: Option<String>) -> Self {
        self.meant = meant;
        self
    }

    /// What it is to the author, once it has a place.
    pub(super) fn tell(&self, placed: Diagnostic) -> Diagnostic {
        let meant = self.meant.as_ref();
        let suggestion = meant.map(|meant| format!("did you mean `{meant}`?"));
        let told = placed.expected(self.expected.clone());
        told.suggestion(suggestion).warning()
    }

    /// Says what in the tag is at fault.
    fn at_part(mut self, part: &str) -> Self {
        part.clone_into(&mut self.part);
        self
    }

    /// Says what that says.
    fn with_value(mut self, value: &str) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Whether it is that an attribute cannot say so.
    pub(super) fn says(&self, attribute: &str, value: &str) -> bool {
        self.part == attribute && self.value.as_deref() == Some(value)
    }

    /// The line, or its beginning if it is long.
    pub(super) fn excerpt(&self) -> Cow<'_, str> {
        match self.line.char_indices().nth(MAX_EXCERPT) {
            Some((end, _)) => format!("{}…", &self.line[..end]).into(),
            None => Cow::Borrowed(&self.line),
        }
    }
}

#[cfg(test)]
mod tests;

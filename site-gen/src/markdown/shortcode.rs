//! Shortcodes: templates that authors call from markdown, as in Zola.
//!
//! ```text
//! {{ video(src="boot.webm", width=640) }}
//! {% aside(title="Why") %} *markdown*, shortcodes too {% end %}
//! ```
//!
//! `video` is the theme's `templates/shortcodes/video.html`, or `video.md`, which
//! makes markdown; it sees the arguments, `body` (HTML), `body_source` (what is
//! written there), `nth` (the how manyth of its name on the page), its page or section as
//! far as that is known, and what every template sees. Calls in code are text.
//!
//! Calls must not meet the markdown parser, which would take their quotes for
//! punctuation. So each is masked by a word of exactly its length, which keeps
//! every place in the text what it was, and is put back into the HTML.

mod arguments;
mod dedent;
mod paragraph;
mod passages;
mod rendering;
mod template;

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tera::Value;

pub(super) use dedent::{Dedented, Margin};
use paragraph::Piece;
pub(crate) use passages::{Passage, passages};
use rendering::Made;
pub(super) use rendering::Shortcodes;
pub(crate) use template::{
    names as shortcode_names, shows as template_shows, template_of as template_of_shortcode,
};

use crate::diagnostic::{Cause, Diagnostic, closest};
use crate::document::Document;
use crate::limits::{MAX_DIAGNOSTICS, MAX_SHORTCODES};

/// A call, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// None if they have faults.
    pub(super) arguments: Option<BTreeMap<String, Value>>,
    /// Where their names stand.
    pub(crate) names: Vec<Range<usize>>,
    /// What stands between the call and its end.
    pub(super) body: Option<Range<usize>>,
    /// All of it.
    pub(crate) span: Range<usize>,
}

impl Call {
    /// That an argument means nothing to the shortcode.
    pub(crate) fn given(&self, argument: &str) -> Cause {
        let (shortcode, argument) = (self.name.clone(), argument.to_owned());
        Cause::Given {
            shortcode,
            argument,
        }
    }
}

/// Finds the calls in a part of a document, and what is wrong with them; those
/// in the body of another are found when that is rendered. Of the part's lines,
/// markdown does not see the margin.
pub(super) fn find(
    document: &Document,
    part: Range<usize>,
    margin: &Margin,
    options: Options,
) -> (Vec<Call>, Vec<Diagnostic>) {
    let text = &document.text()[part.clone()];
    if !text.contains("{{") && !text.contains("{%") {
        return Default::default();
    }
    let code = code_ranges(&Dedented::new(text, margin), options, part.start);
    let mut code = code.iter().peekable();
    let mut finder = Finder {
        document,
        end: part.end,
        at: part.start,
        open: Vec::new(),
        calls: Vec::new(),
        faults: Vec::new(),
    };
    while let Some(at) = finder.next_brace() {
        finder.at = at;
        while code.next_if(|range| range.end <= at).is_some() {}
        if let Some(range) = code.peek().filter(|range| range.contains(&at)) {
            finder.at = range.end;
        } else if let Err(fault) = finder.call() {
            finder.faults.push(fault);
            finder.at = at + 2;
        }
        if finder.faults.len() == MAX_DIAGNOSTICS {
            break;
        }
    }
    finder.close_all();
    (finder.calls, finder.faults)
}

/// Code is shown as it is.
fn code_ranges(text: &Dedented<'_>, options: Options, offset: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut block = None;
    for (event, span) in Parser::new_ext(&text.text, options).into_offset_iter() {
        let span = text.original(span.start) + offset..text.original(span.end) + offset;
        match event {
            Event::Code(_) => ranges.push(span),
            Event::Start(Tag::CodeBlock(_)) => block = Some(span),
            Event::End(TagEnd::CodeBlock) => ranges.extend(block.take()),
            _ => {}
        }
    }
    ranges
}

/// Arguments, and where their names stand.
type Named = (BTreeMap<String, Value>, Vec<Range<usize>>);

struct Finder<'a> {
    document: &'a Document,
    end: usize,
    at: usize,
    /// Calls with a body that has not ended.
    open: Vec<Call>,
    calls: Vec<Call>,
    faults: Vec<Diagnostic>,
}

impl Finder<'_> {
    fn rest(&self) -> &str {
        &self.document.text()[self.at..self.end]
    }

    fn next_brace(&self) -> Option<usize> {
        let mut braces = self.rest().match_indices('{');
        let (at, _) = braces.find(|(at, _)| {
            let after = self.rest().as_bytes().get(at + 1);
            matches!(after, Some(b'{' | b'%'))
        })?;
        Some(self.at + at)
    }

    /// Reads a call or an end here; anything else is text.
    fn call(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        let has_body = self.rest().starts_with("{%");
        self.at += 2;
        self.skip_space();
        let name_start = self.at;
        let length = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or_default();
        let name = self.rest()[..length].to_owned();
        self.at += length;
        self.skip_space();
        if has_body && name == "end" && self.rest().starts_with("%}") {
            self.at += 2;
            return self.close(start);
        }
        if name.is_empty() || !self.rest().starts_with('(') {
            self.at = name_start;
            return Ok(());
        }
        self.at += 1;
        let close = if has_body { "%}" } else { "}}" };
        let read = self.arguments(&name, close);
        let read = read.map_err(|fault| {
            self.faults.push(fault);
            self.skip_to(close);
        });
        let (arguments, names) = read.ok().unzip();
        let call = Call {
            name,
            arguments,
            names: names.unwrap_or_default(),
            body: None,
            span: start..self.at,
        };
        if has_body {
            self.open.push(call);
        } else if self.open.is_empty() {
            self.calls.push(call);
        }
        Ok(())
    }

    /// Reads arguments and what closes the call.
    fn arguments(&mut self, name: &str, close: &str) -> Result<Named, Diagnostic> {
        let mut reader = arguments::Reader::new(self.document, self.at, self.end);
        let arguments = reader.arguments();
        self.at = reader.at();
        let arguments = (arguments?, reader.into_names());
        self.skip_space();
        if !self.rest().starts_with(close) {
            let message = format!("the shortcode `{name}` does not end here");
            let fault = self.document.at(self.at..self.at + 1, message);
            return Err(fault.expected(format!("`{close}`")));
        }
        self.at += 2;
        Ok(arguments)
    }

    /// Goes to where a call with faults probably ends.
    fn skip_to(&mut self, close: &str) {
        let line = self.rest().find('\n').unwrap_or(self.rest().len());
        let closed = self.rest()[..line].find(close);
        self.at += closed.map_or(line, |at| at + close.len());
    }

    /// Ends what nobody did: all that is below is its body, where others that
    /// have no end are found.
    fn close_all(&mut self) {
        let Some(mut call) = self.open.drain(..).next() else {
            return;
        };
        let message = format!("the shortcode `{}` has no end", call.name);
        let fault = self.document.at(call.span.clone(), message);
        let fault = fault.expected("`{% end %}` after its body");
        self.faults.push(fault);
        call.body = Some(call.span.end..self.end);
        call.span.end = self.end;
        self.calls.push(call);
    }

    fn close(&mut self, start: usize) -> Result<(), Diagnostic> {
        let Some(mut call) = self.open.pop() else {
            let fault = self.document.at(start..self.at, "no shortcode ends here");
            return Err(fault.expected("a call such as `{% name() %}` before it"));
        };
        if self.open.is_empty() {
            call.body = Some(call.span.end..start);
            call.span.end = self.at;
            self.calls.push(call);
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }
}

/// Words that stand for calls while markdown is parsed.
#[derive(Debug)]
pub(super) struct Masks {
    words: Vec<String>,
    mark: char,
}

impl Masks {
    /// Masks calls in a text that begins at `offset` of the document; none if
    /// there are too many calls, or no character is free to mark them.
    pub(super) fn new(text: &str, offset: usize, calls: &[Call]) -> Option<(String, Self)> {
        // Characters for private use; an author who uses one leaves the others.
        let mark = ('\u{f8f0}'..='\u{f8ff}').find(|mark| !text.contains(*mark))?;
        if calls.len() > MAX_SHORTCODES {
            return None;
        }
        let mut masked = String::with_capacity(text.len());
        let mut words = Vec::new();
        let mut at = 0;
        for (number, call) in calls.iter().enumerate() {
            let span = call.span.start - offset..call.span.end - offset;
            // The shortest call, `{{a()}}`, has as many bytes as mark and number.
            let word = format!("{mark}{number:04}");
            let word = match span.len().checked_sub(word.len()) {
                Some(padding) => word + &"x".repeat(padding),
                // One with faults may be shorter, and is not put back.
                None => "x".repeat(span.len()),
            };
            masked.push_str(&text[at..span.start]);
            masked.push_str(&word);
            at = span.end;
            words.push(word);
        }
        masked.push_str(&text[at..]);
        Some((masked, Self { words, mark }))
    }

    /// The next word in a text: what stands before it, its number, and what stands
    /// after it.
    fn next<'t>(&self, text: &'t str) -> Option<(&'t str, usize, &'t str)> {
        let marks = text.match_indices(self.mark);
        let mut words = marks.filter_map(|(at, mark)| {
            let digits = text[at + mark.len()..].get(..4)?;
            let number: usize = digits.parse().ok()?;
            let after = text[at..].strip_prefix(self.words.get(number)?.as_str())?;
            Some((&text[..at], number, after))
        });
        words.next()
    }

    /// A text with that of the results in place of the words.
    pub(super) fn read_in(&self, text: String, results: &[Made]) -> String {
        if !text.contains(self.mark) {
            return text;
        }
        let mut read = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, number, after)) = self.next(rest) {
            read.push_str(before);
            read.push_str(&results[number].text);
            rest = after;
        }
        read.push_str(rest);
        read.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Puts HTML in the place of each word. A call that is a paragraph by itself
    /// takes the place of the paragraph, and one that makes a block ends it. Says which
    /// calls were not found.
    pub(super) fn unmask(&self, html: &str, results: &[Made]) -> (String, Vec<usize>) {
        let mut unmasked = String::with_capacity(html.len());
        let mut is_found = vec![false; self.words.len()];
        let mut rest = html;
        while let Some((before, number, after)) = self.next(rest) {
            let start = before.rfind("<p>");
            let start = start.filter(|&start| !before[start..].contains("</p>"));
            if let Some(start) = start
                && let Some(end) = after.find("</p>")
            {
                let inside = &rest[start + "<p>".len()..rest.len() - after.len() + end];
                let pieces = self.pieces(inside, results);
                let numbers = pieces.iter().filter_map(|piece| Some(piece.call?.0));
                numbers.for_each(|number| is_found[number] = true);
                unmasked.push_str(&before[..start]);
                paragraph::write(&pieces, &mut unmasked);
                rest = &after[end + "</p>".len()..];
            } else {
                is_found[number] = true;
                unmasked.push_str(before);
                unmasked.push_str(results[number].inside());
                rest = after;
            }
        }
        unmasked.push_str(rest);
        let lost = (0..is_found.len()).filter(|&number| !is_found[number]);
        (unmasked, lost.collect())
    }

    /// What a paragraph is made of.
    fn pieces<'t>(&self, inside: &'t str, results: &'t [Made]) -> Vec<Piece<'t>> {
        let mut pieces = Vec::new();
        let mut rest = inside;
        while let Some((text, number, after)) = self.next(rest) {
            let call = Some((number, &results[number]));
            pieces.push(Piece { text, call });
            rest = after;
        }
        pieces.push(Piece {
            text: rest,
            call: None,
        });
        pieces
    }
}

/// A fault of a template as one of the call: what it was given may be the cause,
/// and each call is told.
pub(super) fn at_call(document: &Document, call: &Call, fault: Diagnostic) -> Diagnostic {
    let place = fault.place.as_ref();
    let place = place.map(|place| format!(":{}:{}", place.line, place.column));
    let place = format!("(in {}{})", fault.file.display(), place.unwrap_or_default());
    if let Some(argument) = wanted(call, &fault) {
        let message = format!("`{}` wants an argument `{argument}` {place}", call.name);
        let given = call.arguments.iter().flat_map(BTreeMap::keys);
        let given = closest(argument, given.map(String::as_str));
        let suggestion = given.map(|given| format!("is `{given}` meant to be that?"));
        let expected = format!("`{}({argument}=…)`", call.name);
        let fault = document.at(call.span.clone(), message);
        let fault = fault.expected(expected).suggestion(suggestion);
        return fault.about(given.map(|given| call.given(given)));
    }
    let message = format!("{} {place}", fault.message);
    Diagnostic {
        expected: fault.expected,
        suggestion: fault.suggestion,
        ..document.at(call.span.clone(), message)
    }
}

/// The argument that a shortcode wants and was not given, if that is what is wrong: a
/// name that is like one of ours is probably misspelt.
fn wanted<'f>(call: &Call, fault: &'f Diagnostic) -> Option<&'f str> {
    let Some(Cause::Variable { name, meant }) = fault.cause.as_deref() else {
        return None;
    };
    let mut given = call.arguments.iter().flat_map(BTreeMap::keys);
    let is_argument = meant
        .as_ref()
        .is_none_or(|meant| given.any(|given| given == meant));
    is_argument.then_some(name)
}

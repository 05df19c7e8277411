//! Where what a template printed stands in the text: as markdown, or as HTML that
//! markdown must leave alone ([`html`](super::html)), with bodies and other pages
//! between its pieces.

use std::ops::Range;

use super::super::super::report::Report;
use super::super::call::Call;
use super::super::go;
use super::super::options::Html;
use super::super::rewritten::Rewritten;
use super::super::template::{BODY, MARKDOWN, TEXT_OF};
use super::html::{Place, among, block, has_code, without_calls};
use super::{Shortcodes, Writer};
use crate::limits::{INCLUDED_DEPTH, INCLUDED_PAGES};

/// A part of what a template printed.
enum Piece<'a> {
    Plain(&'a str),
    Body,
    Markdown(&'a str),
    TextOf(usize),
}

/// What a call printed.
pub(super) struct Printed<'a> {
    pieces: Vec<Piece<'a>>,
    call: &'a Call,
}

impl<'a> Printed<'a> {
    pub(super) fn new(out: &'a str, call: &'a Call) -> Self {
        let pieces = pieces(out.trim());
        Self { pieces, call }
    }
}

/// As what it stands in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form<'a> {
    Markdown,
    /// HTML, and what stands in front of its lines.
    Html(Place, &'a str),
}

impl Form<'_> {
    /// What a template wrote itself.
    fn plain(self, text: &str) -> String {
        match self {
            Self::Markdown => without_calls(text),
            Self::Html(Place::Words, _) => without_calls(&among(text)),
            Self::Html(place, _) => without_calls(&block(text, place)),
        }
    }

    /// Markdown that it made.
    fn markdown(self, text: &str) -> String {
        match self {
            Self::Markdown => format!("\n\n{text}\n\n"),
            Self::Html(_, indent) => text.replace('\n', &format!("\n{indent}")),
        }
    }
}

impl<'a> Writer<'a, '_, '_> {
    /// How what was printed can stand in the text; or why it cannot.
    pub(super) fn form(&self, printed: &Printed<'_>) -> Result<Form<'a>, &'static str> {
        let Printed { pieces, call } = printed;
        let may_include = pieces.iter().all(|piece| match piece {
            Piece::TextOf(page) => self.may_include(*page),
            _ => true,
        });
        if !may_include {
            return Err("it shows the text of a page that shows this one, or of too many");
        }
        let plain = pieces.iter().filter_map(|piece| match piece {
            Piece::Plain(text) => Some(*text),
            _ => None,
        });
        if self.own.html == Html::Escaped && plain.clone().any(|text| text.contains('<')) {
            return Err("it prints HTML, which is shown as it is written in this site");
        }
        if self.prints_markdown(call) {
            return Ok(Form::Markdown);
        }
        let place = self.place_of(&call.span);
        let among_words = pieces.windows(2).any(|pair| match pair {
            [Piece::Plain(before), Piece::Body] => go::is_among_words(before),
            _ => false,
        });
        let before = self.text[..call.span.start].rsplit('\n').next();
        let before = before.unwrap_or_default();
        let indent = match place {
            // As a part of what is above it.
            Place::IndentedBlock if before.chars().all(|c| c == ' ') => before,
            _ => "",
        };
        let is_written = |piece: &Piece<'_>| match piece {
            Piece::Plain(_) => true,
            Piece::Markdown(_) => place == Place::Block || !indent.is_empty(),
            Piece::Body | Piece::TextOf(_) => place == Place::Block,
        };
        if among_words || !pieces.iter().all(is_written) {
            return Err("it prints a text among words, where no markdown is read");
        }
        // Code is kept letter by letter, or not at all.
        let is_lost =
            |text: &str| has_code(text) && (place != Place::Block || without_calls(text) != text);
        match plain.clone().any(is_lost) {
            true => Err("it prints a script or a style sheet, which would not stay as it is"),
            false => Ok(Form::Html(place, indent)),
        }
    }

    /// Puts into the text what was printed.
    pub(super) fn place(
        &mut self,
        printed: &Printed<'_>,
        form: Form<'_>,
        new: &mut Rewritten,
        report: &mut Report,
    ) {
        let line = self.own.document.line(printed.call.span.start);
        let count = printed.pieces.len();
        for (at, piece) in printed.pieces.iter().enumerate() {
            match piece {
                Piece::Plain(text) if form != Form::Markdown && text.trim().is_empty() => continue,
                Piece::Plain(text) => new.put(&form.plain(text), line),
                Piece::Markdown(text) => new.put(&form.markdown(text), line),
                Piece::Body => {
                    let before = at.checked_sub(1).map(|at| &printed.pieces[at]);
                    self.place_body(printed.call, before, form, new, report);
                }
                Piece::TextOf(page) => self.include(*page, line, new, report),
            }
            // HTML is no markdown: what is some stands apart from it.
            if let Form::Html(_, indent) = form
                && at + 1 < count
            {
                new.put(&format!("\n\n{indent}"), line);
            }
        }
    }

    /// Whether a page's text may stand here: not in itself, and not without end.
    fn may_include(&self, page: usize) -> bool {
        page < self.own.library.documents.len()
            && page != self.own.page
            && !self.own.inside.contains(&page)
            && self.own.inside.len() < INCLUDED_DEPTH
            && *self.own.included < INCLUDED_PAGES
    }

    /// Puts a body there, behind a piece. Where Hugo reads all of the output as
    /// markdown, the line ends around the body say what of it is some.
    fn place_body(
        &mut self,
        call: &Call,
        before: Option<&Piece<'_>>,
        form: Form<'_>,
        new: &mut Rewritten,
        report: &mut Report,
    ) {
        let Some((range, items)) = &call.body else {
            return;
        };
        if form != Form::Markdown {
            return self.inside(self.without_space(range), items, new, report);
        }
        if !self.renders_body(call) {
            return self.inside(range.clone(), items, new, report);
        }
        let among_words = match before {
            Some(Piece::Plain(before)) => go::is_among_words(before),
            _ => false,
        };
        // What is rendered before the rest is no part of a block of HTML.
        let apart = if among_words { "" } else { "\n\n" };
        new.put(apart, self.own.document.line(range.start));
        self.inside(self.without_space(range), items, new, report);
        new.put(apart, self.own.document.line(range.end));
    }

    /// A body without white space around it, but for what stands in front of its
    /// first line: the lines below may have the same.
    fn without_space(&self, range: &Range<usize>) -> Range<usize> {
        let text = &self.text[range.clone()];
        let words = text.len() - text.trim_start().len();
        let line = text[..words].rfind('\n').map_or(words, |end| end + 1);
        // Four spaces make code of it.
        let start = match text[line..words].len() {
            0..4 => line,
            _ => words,
        };
        range.start + start..range.start + text.trim_end().len().max(start)
    }

    /// The text of another page, with its shortcodes.
    fn include(&mut self, page: usize, line: usize, new: &mut Rewritten, report: &mut Report) {
        let own = &mut *self.own;
        *own.included += 1;
        let mut other = Shortcodes {
            config: own.config,
            library: own.library,
            world: own.world,
            document: &own.library.documents[page],
            page,
            inside: own.inside.iter().copied().chain([own.page]).collect(),
            included: &mut *own.included,
            html: own.html,
            own: own.own,
            translated: own.translated,
            theme: own.theme,
            line_numbers: own.line_numbers,
            used: &mut *own.used,
            printed: &mut *own.printed,
        };
        let text = other.rewrite(self.links, report).text;
        new.bring(text.trim(), line);
    }

    /// Whether nothing else stands in the lines of a call.
    pub(super) fn is_alone(&self, span: &Range<usize>) -> bool {
        self.place_of(span) != Place::Words
    }

    fn place_of(&self, span: &Range<usize>) -> Place {
        let before = self.text[..span.start].rsplit('\n').next();
        let behind = self.text[span.end..].split('\n').next();
        let before = before.unwrap_or_default();
        let marks = |c: char| c.is_whitespace() || "*-+>".contains(c);
        match behind.is_some_and(|behind| behind.trim().is_empty()) {
            true if before.is_empty() => Place::Block,
            true if before.chars().all(marks) => Place::IndentedBlock,
            _ => Place::Words,
        }
    }
}

fn pieces(out: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = out;
    while let Some(at) = rest.find([BODY, MARKDOWN.0, TEXT_OF.0]) {
        if at > 0 {
            pieces.push(Piece::Plain(&rest[..at]));
        }
        let mut behind = rest[at..].chars();
        let mark = behind.next();
        rest = behind.as_str();
        let close = match mark {
            Some(mark) if mark == MARKDOWN.0 => MARKDOWN.1,
            Some(mark) if mark == TEXT_OF.0 => TEXT_OF.1,
            _ => {
                pieces.push(Piece::Body);
                continue;
            }
        };
        let (inside, behind) = rest.split_once(close).unwrap_or((rest, ""));
        pieces.push(match inside.parse() {
            Ok(page) if mark == Some(TEXT_OF.0) => Piece::TextOf(page),
            _ => Piece::Markdown(inside),
        });
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

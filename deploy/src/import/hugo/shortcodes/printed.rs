//! Calls that no template here can draw, as what Hugo printed for them: the
//! old template is run once, and its output stands in the text.
//!
//! In `{{% %}}` that is markdown. In `{{< >}}` it is HTML, which markdown must
//! leave alone ([`html`](super::html)).

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::super::super::report::Report;
use super::super::call::{Call, Item};
use super::super::go;
use super::super::options::Html;
use super::super::rewritten::Rewritten;
use super::super::template::{self, BODY, Frame, Inner, MARKDOWN, Parent, Stop, TEXT_OF, Value};
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
struct Printed<'a> {
    pieces: Vec<Piece<'a>>,
    call: &'a Call,
}

/// As what it stands in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form<'a> {
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
    /// Writes what a call printed; or says why that is not known, or cannot stand
    /// here.
    pub(super) fn printed(
        &mut self,
        call: &Call,
        ordinal: usize,
        new: &mut Rewritten,
        report: &mut Report,
    ) -> Result<(), String> {
        let ways = match self.asks_for_parent(call) {
            true => [Inner::Text].as_slice(),
            false => [Inner::Mark, Inner::Text].as_slice(),
        };
        let mut why = String::new();
        for inner in ways {
            let out = match self.run(call, self.parent(), ordinal, *inner) {
                Ok(out) => out,
                Err(stop) => {
                    why = stop.to_string();
                    match stop {
                        Stop::NeedsBody => continue,
                        Stop::Unknown(_) => break,
                    }
                }
            };
            let printed = Printed {
                pieces: pieces(out.trim()),
                call,
            };
            match self.form(&printed) {
                Ok(form) => {
                    self.place(&printed, form, new, report);
                    self.tell(call, report);
                    return Ok(());
                }
                Err(reason) => why = reason.to_owned(),
            }
        }
        Err(why)
    }

    /// Writes what a call printed where no call can stand: in code, and in an
    /// address. False if it may stand there, or if that is no text.
    pub(super) fn only_takes_text(
        &mut self,
        call: &Call,
        in_code: bool,
        ordinal: usize,
        new: &mut Rewritten,
        report: &mut Report,
    ) -> bool {
        let in_link = !in_code && self.is_in_link(call.span.start);
        let wants_text = in_code || in_link || self.is_in_tag(call.span.start);
        if !wants_text {
            return false;
        }
        let Err(why) = self.printed_text(call, ordinal, new, report) else {
            return true;
        };
        if in_link {
            let what = format!("what `{}` printed in a link is not known: {why}", call.name);
            let advice = "the link leads nowhere: mend it";
            self.own.note(call.span.start, &what, advice, report);
            new.put("#", self.own.document.line(call.span.start));
        } else if in_code {
            let what = format!("the shortcode `{}` in code is not known: {why}", call.name);
            let advice = "it is shown as it is written; write what it stands for";
            self.own.note(call.span.start, &what, advice, report);
            let line = self.own.document.line(call.span.start);
            new.keep(&self.text[call.span.clone()], line);
        }
        in_link || in_code
    }

    fn printed_text(
        &mut self,
        call: &Call,
        ordinal: usize,
        new: &mut Rewritten,
        report: &mut Report,
    ) -> Result<(), String> {
        let in_code = self.is_code(call.span.start);
        let out = self.run(call, self.parent(), ordinal, Inner::Text);
        let out = out.map_err(|stop| stop.to_string())?;
        let out = out.trim();
        if template::has_marks(out) || out.contains('<') || out.contains('\n') {
            return Err("it prints more than a text".to_owned());
        }
        let shown = match in_code {
            true => template::unescaped(out),
            false => out.to_owned(),
        };
        new.put(&shown, self.own.document.line(call.span.start));
        self.tell(call, report);
        Ok(())
    }

    fn tell(&mut self, call: &Call, report: &mut Report) {
        self.own.printed.insert(call.name.to_owned());
        if self.asks_for_parent(call) {
            let inside = call.body.iter().flat_map(|(_, items)| items);
            let names = inside.filter_map(|item| match item {
                Item::Call(call) => Some(call.name.clone()),
                _ => None,
            });
            self.own.printed.extend(names);
        }
        let what = format!("the shortcode `{}` was carried out", call.name);
        let advice = "what it printed stands in the text now, and follows no template any more";
        self.own.note(call.span.start, &what, advice, report);
    }

    /// Whether a link's destination is open where a call stands.
    fn is_in_link(&self, at: usize) -> bool {
        let line = self.text[..at].rsplit('\n').next().unwrap_or_default();
        let in_link = line.rfind("](").is_some_and(|start| {
            let inside = &line[start + 2..];
            !inside.contains(')') && !inside.contains(char::is_whitespace)
        });
        let trimmed = line.trim_start();
        let defines = trimmed.starts_with('[')
            && trimmed.split_once("]:").is_some_and(|(_, inside)| {
                let inside = inside.trim_start();
                !inside.contains(char::is_whitespace)
            });
        in_link || defines
    }

    /// Whether a tag is.
    fn is_in_tag(&self, at: usize) -> bool {
        let line = self.text[..at].rsplit('\n').next().unwrap_or_default();
        line.rfind('<').is_some_and(|start| {
            let inside = &line[start + 1..];
            !inside.contains('>') && inside.starts_with(|c: char| c.is_ascii_alphabetic())
        })
    }

    /// Whether a call in the body of this one asks about it.
    pub(super) fn asks_for_parent(&self, call: &Call) -> bool {
        let inside = call.body.as_ref().map(|(_, items)| items.as_slice());
        inside.unwrap_or_default().iter().any(|item| match item {
            Item::Call(call) => {
                let template = self.own.world.shortcode(&call.name);
                template.is_some_and(|template| template.text.contains(".Parent"))
            }
            _ => false,
        })
    }

    /// What a call that is found in the text stands in.
    fn parent(&self) -> Parent {
        match self.is_inside {
            true => Parent::Drawn,
            false => Parent::None,
        }
    }

    fn run(
        &mut self,
        call: &Call,
        parent: Parent,
        ordinal: usize,
        inner: Inner,
    ) -> Result<String, Stop> {
        let world = self.own.world;
        let unknown = || Stop::because(format!("no template of `{}` is there", call.name));
        let template = world.shortcode(&call.name).ok_or_else(unknown)?;
        let frame = Rc::new(self.frame(call, parent, ordinal));
        if let Some((range, items)) = &call.body {
            let text = match inner {
                Inner::Mark if !self.text[range.clone()].trim().is_empty() => BODY.to_string(),
                _ => self.body(range.clone(), items, &frame)?,
            };
            frame.inner.replace(Some(text));
        }
        template::run(world, template, &frame)
    }

    fn frame(&self, call: &Call, parent: Parent, ordinal: usize) -> Frame {
        let mut frame = Frame {
            name: call.name.to_owned(),
            named: template::Map::new(),
            placed: Vec::new(),
            inner: RefCell::default(),
            parent,
            store: Rc::default(),
            ordinal,
            page: self.own.page,
        };
        for argument in &call.arguments {
            let value = Value::of_argument(&argument.value, argument.quoted);
            match &argument.name {
                Some(name) => _ = frame.named.insert(name.clone(), value),
                None => frame.placed.push(value),
            }
        }
        frame
    }

    /// The text of a body, with what the calls in it print.
    fn body(
        &mut self,
        range: Range<usize>,
        items: &[Item],
        frame: &Rc<Frame>,
    ) -> Result<String, Stop> {
        let mut out = String::new();
        let mut at = range.start;
        for (ordinal, item) in items.iter().enumerate() {
            out.push_str(&self.text[at..item.span().start]);
            at = item.span().end;
            match item {
                Item::Shown { inner, .. } => out.push_str(inner),
                Item::Broken { .. } => {
                    return Err(Stop::because("something in its body is no shortcode"));
                }
                Item::Call(call) => {
                    let printed = match self.as_text(call, &mut Report::default()) {
                        Some(text) => text,
                        None => {
                            self.run(call, Parent::Call(Rc::clone(frame)), ordinal, Inner::Text)?
                        }
                    };
                    out.push_str(&printed);
                }
            }
        }
        out.push_str(&self.text[at..range.end]);
        match template::has_marks(&out) {
            true => Err(Stop::because("what stands in its body is made elsewhere")),
            false => Ok(out),
        }
    }

    /// How what was printed can stand in the text; or why it cannot.
    fn form(&self, printed: &Printed<'_>) -> Result<Form<'a>, &'static str> {
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
    fn place(
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
                Piece::Body => self.place_body(printed.call, new, report),
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

    fn place_body(&mut self, call: &Call, new: &mut Rewritten, report: &mut Report) {
        let Some((range, items)) = &call.body else {
            return;
        };
        let text = &self.text[range.clone()];
        let start = range.start + text.len() - text.trim_start().len();
        let end = range.start + text.trim_end().len();
        // Calls at its ends are not white space.
        if start <= end {
            self.inside(start..end, items, new, report);
        }
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

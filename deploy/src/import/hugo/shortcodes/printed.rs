//! Calls that no template here can draw, as what Hugo printed for them: the
//! old template is run once, and its output stands in the text.
//!
//! How it stands there is in [`placed`](super::placed).

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::super::super::report::Report;
use super::super::call::{Call, Item};
use super::super::rewritten::Rewritten;
use super::super::template::{self, BODY, Frame, Inner, Parent, Stop, Value};
use super::placed::Printed;
use super::{Writer, html};

impl Writer<'_, '_, '_> {
    /// Writes what a call printed; or says why that is not known, or cannot stand
    /// here.
    pub(super) fn printed(
        &mut self,
        call: &Call,
        ordinal: usize,
        new: &mut Rewritten,
        report: &mut Report,
    ) -> Result<(), String> {
        let ways = if self.asks_for_parent(call) {
            [Inner::Text].as_slice()
        } else if self.is_html(call) {
            [Inner::Text, Inner::Mark].as_slice()
        } else {
            [Inner::Mark, Inner::Text].as_slice()
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
            let printed = Printed::new(&out, call);
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

    /// Whether the template of a call reads its body as markdown, by itself.
    pub(super) fn renders_body(&self, call: &Call) -> bool {
        let template = self.own.template(&call.name);
        let renders = |text: &str| text.contains("arkdownify") || text.contains("RenderString");
        template.is_some_and(|template| renders(&template.text))
    }

    /// Whether the body of a call is HTML that Hugo passes on as it is, and that
    /// markdown would not: empty lines end its block.
    pub(super) fn is_html(&self, call: &Call) -> bool {
        let body = call
            .body
            .as_ref()
            .map(|(range, _)| &self.text[range.clone()]);
        let template = self.own.template(&call.name);
        let has_gap = |body: &str| body.trim().lines().any(|line| line.trim().is_empty());
        body.is_some_and(|body| html::is_html(body) && has_gap(body))
            && self.text[call.span.start..].starts_with("{{<")
            // Another template may render it.
            && template.is_some_and(|template| !template.text.contains("partial"))
            && !self.renders_body(call)
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
                let template = self.own.template(&call.name);
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
        let template = self.own.template(&call.name).ok_or_else(unknown)?;
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
}

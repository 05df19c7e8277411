//! Shortcodes become what they mean: text, markdown, or a call of a shortcode
//! of the new theme. None of them vanishes: what has no meaning here is called
//! under its name, and a template that shows the call stands in for it.

mod called;
mod html;
mod hugos;
mod placed;
mod printed;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::code::code_ranges;
use super::super::report::{Report, Topic};
use super::call::{self, Call, Item};
use super::config::Config;
use super::document::Document;
use super::go;
use super::library::Library;
use super::links::Links;
use super::options::Html;
use super::rewritten::Rewritten;
use super::template::World;
use super::theme::Template;

/// A shortcode that is called in the new site.
#[derive(Clone, Debug, Default)]
pub(super) struct Used {
    /// What it was called in Hugo.
    pub(super) name: String,
    pub(super) arguments: BTreeSet<String>,
    pub(super) has_body: bool,
}

/// All that are called, by their new names.
pub(super) type AllUsed = BTreeMap<String, Used>;

/// Those of Hugo for which the new theme has a template of the same meaning.
pub(super) const TEMPLATES: [&str; 5] = ["details", "figure", "gist", "vimeo", "youtube"];

/// What shortcodes are turned into text with.
pub(super) struct Shortcodes<'a> {
    pub(super) config: &'a Config,
    pub(super) library: &'a Library,
    pub(super) world: &'a World<'a>,
    pub(super) document: &'a Document,
    /// Its number in the library.
    pub(super) page: usize,
    /// The pages that it is included in, one in the other.
    pub(super) inside: Vec<usize>,
    /// How many pages were included in the outermost of them.
    pub(super) included: &'a mut usize,
    /// What becomes of HTML in it.
    pub(super) html: Html,
    /// Those that the site, or its theme, has templates for.
    pub(super) own: &'a BTreeSet<String>,
    /// Those of them that could be translated, and what they became.
    pub(super) translated: &'a BTreeMap<String, String>,
    /// The name of the new theme.
    pub(super) theme: &'a str,
    /// The number of the first line of code, if all code has numbers.
    pub(super) line_numbers: Option<i64>,
    pub(super) used: &'a mut AllUsed,
    /// Those of which the output stands in texts, as Hugo calls them.
    pub(super) printed: &'a mut BTreeSet<String>,
}

impl<'a> Shortcodes<'a> {
    /// The template that draws a shortcode in the document's language.
    fn template(&self, name: &str) -> Option<&'a Template> {
        self.world.shortcode(name, self.document.language)
    }

    /// The text of the document without shortcodes of Hugo.
    pub(super) fn rewrite(&mut self, links: &mut Links<'_>, report: &mut Report) -> Rewritten {
        let document = self.document;
        let text = &document.source.text;
        let mut new = Rewritten::new(document.line(document.body.start));
        let code = code_ranges(document.text());
        let code: Vec<Range<usize>> = code
            .into_iter()
            .map(|range| range.start + document.body.start..range.end + document.body.start)
            .collect();
        let items = call::find(document.text());
        let items = moved(items, document.body.start);
        let mut writer = Writer {
            own: self,
            text,
            code: &code,
            links,
            is_inside: false,
        };
        writer.part(document.body.clone(), &items, &mut new, report);
        new
    }

    fn note(&self, at: usize, what: &str, advice: &str, report: &mut Report) {
        let line = self.document.line(at);
        report.note(Topic::Text, &self.document.file, line, what, advice);
    }
}

/// Items of a text that begins elsewhere.
fn moved(items: Vec<Item>, by: usize) -> Vec<Item> {
    let shift = |range: Range<usize>| range.start + by..range.end + by;
    let shift_item = |item| match item {
        Item::Call(call) => Item::Call(Call {
            span: shift(call.span),
            body: call
                .body
                .map(|(range, inside)| (shift(range), moved(inside, by))),
            ..call
        }),
        Item::Shown { inner, span } => Item::Shown {
            inner,
            span: shift(span),
        },
        Item::Broken { span } => Item::Broken { span: shift(span) },
    };
    items.into_iter().map(shift_item).collect()
}

struct Writer<'a, 'b, 'c> {
    own: &'a mut Shortcodes<'b>,
    text: &'a str,
    code: &'a [Range<usize>],
    links: &'a mut Links<'c>,
    /// Whether what is written stands in the body of a call.
    is_inside: bool,
}

impl Writer<'_, '_, '_> {
    fn part(
        &mut self,
        range: Range<usize>,
        items: &[Item],
        new: &mut Rewritten,
        report: &mut Report,
    ) {
        let mut at = range.start;
        for (ordinal, item) in items.iter().enumerate() {
            let span = item.span();
            if at < span.start {
                self.plain(at..span.start, new);
            }
            self.item(item, ordinal, new, report);
            at = span.end;
        }
        if at < range.end {
            self.plain(at..range.end, new);
        }
    }

    /// What is in the body of a call.
    fn inside(
        &mut self,
        range: Range<usize>,
        items: &[Item],
        new: &mut Rewritten,
        report: &mut Report,
    ) {
        let was_inside = std::mem::replace(&mut self.is_inside, true);
        self.part(range, items, new, report);
        self.is_inside = was_inside;
    }

    /// Text as it is, but for what would call a shortcode now.
    fn plain(&self, range: Range<usize>, new: &mut Rewritten) {
        let mut at = range.start;
        while let Some(found) = next_call(self.text, at, range.end) {
            let line = self.own.document.line(at);
            new.keep(&self.text[at..found], line);
            let open = &self.text[found..found + 2];
            if self.is_code(found) {
                new.keep(open, self.own.document.line(found));
            } else {
                let shown = if open == "{{" {
                    "&#123;&#123;"
                } else {
                    "&#123;%"
                };
                new.keep(shown, self.own.document.line(found));
            }
            at = found + 2;
        }
        new.keep(&self.text[at..range.end], self.own.document.line(at));
    }

    fn is_code(&self, at: usize) -> bool {
        self.code.iter().any(|range| range.contains(&at))
    }

    fn item(&mut self, item: &Item, ordinal: usize, new: &mut Rewritten, report: &mut Report) {
        let span = item.span().clone();
        let line = self.own.document.line(span.start);
        let in_code = self.is_code(span.start);
        let written = &self.text[span.clone()];
        match item {
            Item::Shown { inner, .. } if in_code => new.keep(inner, line),
            Item::Shown { inner, .. } => new.keep(&inner.replacen('<', "&lt;", 1), line),
            Item::Broken { .. } => {
                let what = "this is no shortcode";
                let advice = "it is shown as it is written";
                self.own.note(span.start, what, advice, report);
                new.keep(&shown(written, in_code), line);
            }
            Item::Call(call) => {
                if let Some(text) = self.as_text(call, report) {
                    new.put(&text, line);
                } else if self.only_takes_text(call, in_code, ordinal, new, report) {
                } else if self.own.own.contains(&call.name) {
                    // What is called in HTML is part of it.
                    let has_calls = call
                        .body
                        .as_ref()
                        .is_some_and(|(_, items)| !items.is_empty());
                    let is_html_with_calls = has_calls && self.is_html(call);
                    let is_drawn = self.own.translated.contains_key(&call.name)
                        && !self.is_markdown(call)
                        && !self.asks_for_parent(call)
                        && !is_html_with_calls;
                    let printed = match is_drawn {
                        true => Err(String::new()),
                        false => self.printed(call, ordinal, new, report),
                    };
                    if let Err(why) = printed {
                        self.as_call(call, &why, new, report);
                    }
                } else if !self.as_markdown(call, new, report) {
                    self.as_call(call, "its template is not there", new, report);
                }
            }
        }
    }

    /// Whether what a call prints is read as markdown, and is some.
    fn is_markdown(&self, call: &Call) -> bool {
        let template = self.own.template(&call.name);
        self.prints_markdown(call)
            && template.is_some_and(|template| go::has_markdown(&template.text))
    }

    /// Whether it is read as markdown: templates of Hugo 0.54 and before make
    /// HTML in either notation.
    fn prints_markdown(&self, call: &Call) -> bool {
        let template = self.own.template(&call.name);
        self.text[call.span.start..].starts_with("{{%")
            && !template.is_some_and(|template| go::is_of_version_1(&template.text))
    }
}

/// The next place where a shortcode of ours would be called.
fn next_call(text: &str, from: usize, end: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = &text[at..end];
        let found = [rest.find("{{"), rest.find("{%")]
            .into_iter()
            .flatten()
            .min()?;
        let place = at + found;
        let inside = text[place + 2..end].trim_start();
        let name = inside
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(inside.len());
        let behind = inside[name..].trim_start();
        let is_end = &inside[..name] == "end" && behind.starts_with("%}");
        if (name > 0 && behind.starts_with('(')) || is_end {
            return Some(place);
        }
        at = place + 2;
    }
}

/// Something that looked like a shortcode, to be shown.
fn shown(written: &str, in_code: bool) -> String {
    match in_code {
        true => written.to_owned(),
        false => written.replace('<', "&lt;"),
    }
}

//! The shortcodes of a text, rendered with the theme's templates and masked in
//! the text, so that they can be put into its HTML.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;

use pulldown_cmark::Options;
use tera::{Context, Value};

use super::template::{names, shows, template_of};
use super::{Call, Dedented, Margin, Masks, at_call, find};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::limits::{MAX_MADE_BYTES, MAX_SHORTCODE_DEPTH, MAX_SHORTCODES, MIN_MADE_BYTES};
use crate::markdown::heading::Contents;
use crate::markdown::pass_html::values;
use crate::markdown::{Part, Rendered, Renderer};
use crate::render::render_part;
use crate::theme::TEMPLATES;

/// The shortcodes of a part, rendered.
pub(in crate::markdown) struct Shortcodes {
    calls: Vec<Call>,
    /// The part's text without them.
    pub(in crate::markdown) masked: String,
    masks: Masks,
    results: Vec<Made>,
}

/// The HTML that a call became.
#[derive(Clone, Debug, Default)]
pub(in crate::markdown) struct Made {
    pub(super) html: String,
    /// What it adds to the title of a heading that it stands in.
    pub(super) text: String,
    /// Whether a template in markdown made it: in the middle of a text, its
    /// paragraph goes on in that around it.
    pub(super) flows: bool,
}

impl Made {
    /// As it stands in the middle of a text.
    pub(super) fn inside(&self) -> &str {
        let html = self.html.as_str();
        let paragraph = html.trim().strip_prefix("<p>");
        let paragraph = paragraph.and_then(|html| html.strip_suffix("</p>"));
        let alone = paragraph.filter(|inner| self.flows && !inner.contains("<p>"));
        alone.unwrap_or(html)
    }
}

impl Shortcodes {
    /// A text with that of templates in markdown in place of what stands for it, and
    /// without what stands for others.
    pub(in crate::markdown) fn read_in(&self, text: String) -> String {
        self.masks.read_in(text, &self.results)
    }

    /// Puts them into the HTML; says which have no place in it.
    pub(in crate::markdown) fn insert(
        &self,
        document: &Document,
        html: &mut String,
    ) -> Vec<Diagnostic> {
        let (unmasked, lost) = self.masks.unmask(html, &self.results);
        *html = unmasked;
        let lost = lost.into_iter().map(|index| &self.calls[index]);
        let fault = |call: &Call| {
            let fault = document.at(call.span.clone(), "a shortcode cannot stand here");
            fault.expected("it in text, outside of links and attributes")
        };
        let readable = lost.filter(|call| call.arguments.is_some());
        readable.map(fault).collect()
    }
}

impl Renderer<'_> {
    /// Renders the shortcodes in a part, and masks them in its text. What is
    /// made of one with faults is nothing.
    pub(in crate::markdown) fn shortcodes(
        &self,
        part: &Part<'_>,
        options: Options,
        rendered: &mut Rendered,
    ) -> Option<Shortcodes> {
        let (calls, faults) = find(part.document, part.range.clone(), &part.margin, options);
        rendered.faults.extend(faults);
        if calls.is_empty() {
            return None;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut results = Vec::new();
        for call in &calls {
            let nth = counts.entry(&call.name).or_default();
            *nth += 1;
            results.push(self.shortcode(part, call, *nth, rendered));
        }
        let text = &part.document.text()[part.range.clone()];
        let Some((masked, masks)) = Masks::new(text, part.range.start, &calls) else {
            let fault = part.document.at(part.range.clone(), "too many shortcodes");
            let expected =
                format!("at most {MAX_SHORTCODES} of them, and a character for private use left");
            rendered.faults.push(fault.expected(expected));
            return None;
        };
        Some(Shortcodes {
            calls,
            masked,
            masks,
            results,
        })
    }

    /// What becomes of a call; nothing, if that has faults.
    fn shortcode(&self, part: &Part<'_>, call: &Call, nth: usize, rendered: &mut Rendered) -> Made {
        let template = match self.template(part.document, call) {
            Ok(template) => template,
            Err(fault) => {
                rendered.faults.push(fault);
                None
            }
        };
        let shows = |shows: fn(&Template) -> bool| {
            call.body
                .clone()
                .filter(|_| template.as_ref().is_none_or(shows))
        };
        let written = shows(|template| template.shows_source).map(|range| {
            let margin = Margin::of(part.document.text(), call.span.start);
            let written = Dedented::new(&part.document.text()[range], &margin);
            written.text.trim().to_owned()
        });
        let contents = match &template {
            Some(template) if !template.is_markdown => Contents::Unlisted,
            _ => part.contents,
        };
        let body = shows(|template| template.shows_body);
        let body = body.map(|range| self.body(part, call, (range, contents), rendered));
        let seen = call.arguments.as_ref().and_then(|arguments| {
            // A body with faults is not what the template would get.
            let body = body.map_or(Some(None), |body| body.map(Some))?;
            let described = &part.whole.described;
            let described = described.get_or_init(|| (self.describe)(part.document));
            let mut seen = self.context(part.document, described, nth, arguments, (body, written));
            if let Some(config) = self.config_values.instead(&part.document.lang) {
                seen.insert_value("config", config);
            }
            Some(seen)
        });
        let Some(template) = template else {
            rendered.is_partial |= self.theme.is_none();
            return Made::default();
        };
        match self.fill(part.document, call, &template, seen) {
            Ok(Some(text)) if template.is_markdown => return self.flow(part, call, text, rendered),
            Ok(Some(html)) => {
                rendered.anchors.extend(values(&html, &["id"]));
                return Made {
                    html,
                    ..Made::default()
                };
            }
            Ok(None) => rendered.is_partial = true,
            Err(faults) => rendered.faults.extend(faults),
        }
        Made::default()
    }

    /// The template of a call; none if there is no theme.
    fn template(&self, document: &Document, call: &Call) -> Result<Option<Template>, Diagnostic> {
        let Some(theme) = self.theme else {
            return Ok(None);
        };
        if let Some((name, is_markdown)) = template_of(theme, &call.name) {
            // Of one that cannot be read, it is not known what it does with a body.
            let source = theme.template(&name);
            let shows = |what| source.is_some_and(|source| shows(&source.text, what));
            return Ok(Some(Template {
                is_markdown,
                shows_body: shows("body"),
                shows_source: shows("body_source"),
                name,
            }));
        }
        let message = format!("there is no shortcode `{}`", call.name);
        let fault = document.at(call.span.start..call.span.start + 2, message);
        let places = match theme.directory.as_os_str() {
            alone if alone == TEMPLATES => "",
            _ => ", of the site or its theme",
        };
        let expected = format!("templates/shortcodes/{}.html{places}", call.name);
        let suggestion = did_you_mean(&call.name, names(theme));
        Err(fault.expected(expected).suggestion(suggestion))
    }

    /// What a template in markdown made, as HTML.
    fn flow(&self, part: &Part<'_>, call: &Call, text: String, rendered: &mut Rendered) -> Made {
        let document = part.document;
        if self.is_too_deep(part, call, rendered) || is_too_much(part, call, &text, rendered) {
            return Made::default();
        }
        let made = document.with_text(text);
        let mut inner = self.render_part(&Part {
            document: &made,
            range: 0..made.body.len(),
            depth: part.depth + 1,
            margin: Margin::default(),
            ..*part
        });
        // What is wrong or refers to others in it is so because of the call; what is
        // wrong elsewhere is so there.
        for reference in &mut inner.references {
            reference.span = call.span.clone();
        }
        for fault in &mut inner.faults {
            if fault.file == document.source.file {
                fault.place = document.at(call.span.clone(), "").place;
            }
        }
        let text = mem::take(&mut inner.text);
        Made {
            html: rendered.take_in(inner).unwrap_or_default(),
            text,
            flows: true,
        }
    }

    fn is_too_deep(&self, part: &Part<'_>, call: &Call, rendered: &mut Rendered) -> bool {
        let is_too_deep = part.depth == MAX_SHORTCODE_DEPTH;
        if is_too_deep {
            let message = "shortcodes are nested too deeply";
            let fault = part.document.at(call.span.clone(), message);
            let expected = format!("at most {MAX_SHORTCODE_DEPTH} of them inside each other");
            rendered.faults.push(fault.expected(expected));
        }
        is_too_deep
    }

    /// What the template of a call sees.
    fn context(
        &self,
        document: &Document,
        (name, described): &(&'static str, Value),
        nth: usize,
        arguments: &BTreeMap<String, Value>,
        (body, written): (Option<String>, Option<String>),
    ) -> Context {
        let mut context = Context::new();
        context.insert_value("nth", nth.into());
        context.insert_value("current_path", (&*document.path).into());
        context.insert_value("current_url", self.url(document).into());
        context.insert_value("lang", (&*document.lang).into());
        context.insert_value("colocated_path", document.colocated_path().into());
        context.insert_value(*name, described.clone());
        // What an author says counts before what we know.
        for (name, value) in arguments {
            context.insert_value(name.clone(), value.clone());
        }
        if let Some(html) = body {
            context.insert_value("body", Value::safe_string(&html));
        }
        // What is given as a body is what is written in one.
        let given = || arguments.get("body").cloned();
        if let Some(written) = written.map(Value::from).or_else(given) {
            context.insert_value("body_source", written);
        }
        context
    }

    /// What the template of a call makes; none if it cannot be known now.
    fn fill(
        &self,
        document: &Document,
        call: &Call,
        template: &Template,
        seen: Option<Context>,
    ) -> Result<Option<String>, Vec<Diagnostic>> {
        let (Some(engine), Some(theme), Some(seen)) = (self.engine, self.theme, seen) else {
            return Ok(None);
        };
        render_part(engine, theme, &template.name, seen, self.patience).map_err(|faults| {
            let faults = faults.into_iter();
            faults.map(|fault| at_call(document, call, fault)).collect()
        })
    }

    /// The HTML of what stands between a call and its end; none if that has
    /// faults.
    fn body(
        &self,
        part: &Part<'_>,
        call: &Call,
        (range, contents): (Range<usize>, Contents),
        rendered: &mut Rendered,
    ) -> Option<String> {
        if self.is_too_deep(part, call, rendered) {
            return None;
        }
        let document = part.document;
        let body = self.render_part(&Part {
            range,
            depth: part.depth + 1,
            margin: Margin::of(document.text(), call.span.start),
            contents,
            ..*part
        });
        rendered.take_in(body)
    }
}

impl Rendered {
    /// Takes in what is said of a part of it, and gives its HTML; none if that
    /// has faults.
    fn take_in(&mut self, part: Self) -> Option<String> {
        self.words += part.words;
        self.anchors.extend(part.anchors);
        self.references.extend(part.references);
        self.drawings.extend(part.drawings);
        self.highlighted.extend(part.highlighted);
        self.waits |= part.waits;
        self.is_partial |= part.is_partial;
        self.harmless += part.harmless;
        let is_good = part.faults.is_empty();
        self.faults.extend(part.faults);
        is_good.then_some(part.html)
    }
}

/// The template that a call names.
struct Template {
    name: String,
    /// What it makes is markdown, and not HTML.
    is_markdown: bool,
    /// Whether it may show the HTML of the body: for one that only wants what is
    /// written, that is no markdown, and has no faults.
    shows_body: bool,
    /// Whether it may show what is written there.
    shows_source: bool,
}

/// Whether templates make more markdown for a text than anybody reads: a short one
/// that calls others is enough.
fn is_too_much(part: &Part<'_>, call: &Call, text: &str, rendered: &mut Rendered) -> bool {
    let made = &part.whole.made;
    let now = made.get().saturating_add(text.len().max(MIN_MADE_BYTES));
    made.set(now);
    if now > MAX_MADE_BYTES {
        let message = "what shortcodes make here grows without end";
        let fault = part.document.at(call.span.clone(), message);
        let expected = format!("at most {MAX_MADE_BYTES} bytes of markdown");
        rendered.faults.push(fault.expected(expected));
    }
    now > MAX_MADE_BYTES
}

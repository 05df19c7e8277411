//! The shortcodes of a text, rendered with the theme's templates and masked in
//! the text, so that they can be put into its HTML.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::Options;
use tera::{Context, Value};

use super::{Call, Margin, Masks, at_call, find};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::limits::MAX_SHORTCODE_DEPTH;
use crate::markdown::pass_html::attributes;
use crate::markdown::{Part, Rendered, Renderer};

/// The shortcodes of a part, rendered.
pub(in crate::markdown) struct Shortcodes {
    calls: Vec<Call>,
    /// The part's text without them.
    pub(in crate::markdown) masked: String,
    masks: Masks,
    results: Vec<String>,
}

impl Shortcodes {
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
            let expected = "at most 10000 of them, and a character for private use left";
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

    /// The HTML of a call; nothing, if that has faults.
    fn shortcode(
        &self,
        part: &Part<'_>,
        call: &Call,
        nth: usize,
        rendered: &mut Rendered,
    ) -> String {
        let body = call.body.clone();
        let body = body.map(|range| self.body(part, call, range, rendered));
        let seen = call.arguments.as_ref().and_then(|arguments| {
            // A body with faults is not what the template would get.
            let body = body.map_or(Some(None), |body| body.map(Some))?;
            let described = part
                .described
                .get_or_init(|| (self.describe)(part.document));
            let mut seen = context(part.document, described, nth, arguments, body);
            if let Some(config) = self.config_values.instead(&part.document.lang) {
                seen.insert_value("config", config);
            }
            Some(seen)
        });
        match self.fill(part.document, call, seen) {
            Ok(Some(html)) => {
                rendered.anchors.extend(attributes(&html, &["id"]));
                return html;
            }
            Ok(None) => rendered.is_partial = true,
            Err(faults) => rendered.faults.extend(faults),
        }
        String::new()
    }

    /// What the template of a call makes; none if it cannot be known now.
    fn fill(
        &self,
        document: &Document,
        call: &Call,
        seen: Option<Context>,
    ) -> Result<Option<String>, Vec<Diagnostic>> {
        let Some(theme) = self.theme else {
            return Ok(None);
        };
        let template = format!("shortcodes/{}.html", call.name);
        if !theme.has(&template) {
            let message = format!("there is no shortcode `{}`", call.name);
            let fault = document.at(call.span.start..call.span.start + 2, message);
            let names = theme
                .names()
                .filter_map(|name| name.strip_prefix("shortcodes/")?.strip_suffix(".html"));
            let fault = fault.expected(format!("the theme's templates/{template}"));
            return Err(vec![fault.suggestion(did_you_mean(&call.name, names))]);
        }
        let (Some(engine), Some(seen)) = (self.engine, seen) else {
            return Ok(None);
        };
        engine.render(&template, &seen).map(Some).map_err(|error| {
            let faults = theme.fault(&template, &error).into_iter();
            faults.map(|fault| at_call(document, call, fault)).collect()
        })
    }

    /// The HTML of what stands between a call and its end; none if that has
    /// faults.
    fn body(
        &self,
        part: &Part<'_>,
        call: &Call,
        range: Range<usize>,
        rendered: &mut Rendered,
    ) -> Option<String> {
        let document = part.document;
        if part.depth == MAX_SHORTCODE_DEPTH {
            let fault = document.at(call.span.clone(), "shortcodes are nested too deeply");
            let expected = format!("at most {MAX_SHORTCODE_DEPTH} of them inside each other");
            rendered.faults.push(fault.expected(expected));
            return None;
        }
        let body = self.render_part(&Part {
            range,
            depth: part.depth + 1,
            margin: Margin::of(document.text(), call.span.start),
            ..*part
        });
        rendered.words += body.words;
        rendered.anchors.extend(body.anchors);
        rendered.references.extend(body.references);
        rendered.drawings.extend(body.drawings);
        rendered.waits |= body.waits;
        rendered.is_partial |= body.is_partial;
        let is_good = body.faults.is_empty();
        rendered.faults.extend(body.faults);
        is_good.then_some(body.html)
    }
}

/// What the template of a call sees.
fn context(
    document: &Document,
    (name, described): &(&'static str, Value),
    nth: usize,
    arguments: &BTreeMap<String, Value>,
    body: Option<String>,
) -> Context {
    let mut context = Context::new();
    context.insert_value("nth", nth.into());
    context.insert_value("current_path", (&*document.path).into());
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
    context
}

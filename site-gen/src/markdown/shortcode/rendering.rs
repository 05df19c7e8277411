//! The shortcodes of a text, rendered with the theme's templates and masked in
//! the text, so that they can be put into its HTML.

use std::collections::BTreeMap;

use pulldown_cmark::Options;
use tera::{Context, Value};

use super::{Call, Masks, at_call, column, find};
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
        let fault = |index: usize| {
            let fault = document.at(
                self.calls[index].span.clone(),
                "a shortcode cannot stand here",
            );
            fault.expected("it in text, outside of links and attributes")
        };
        lost.into_iter().map(fault).collect()
    }
}

impl Renderer<'_> {
    /// Renders the shortcodes in a part, and masks them in its text.
    pub(in crate::markdown) fn shortcodes(
        &self,
        part: &Part<'_>,
        options: Options,
        rendered: &mut Rendered,
    ) -> Result<Option<Shortcodes>, Vec<Diagnostic>> {
        let calls = find(part.document, part.range.clone(), part.indentation, options)?;
        if calls.is_empty() {
            return Ok(None);
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut faults = Vec::new();
        let mut results = Vec::new();
        for call in &calls {
            let nth = counts.entry(&call.name).or_default();
            *nth += 1;
            match self.shortcode(part, call, *nth, rendered) {
                Ok(html) => results.push(html),
                Err(more) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = &part.document.text()[part.range.clone()];
        let Some((masked, masks)) = Masks::new(text, part.range.start, &calls) else {
            let fault = part.document.at(part.range.clone(), "too many shortcodes");
            return Err(vec![fault.expected(
                "at most 10000 of them, and a character for private use left",
            )]);
        };
        Ok(Some(Shortcodes {
            calls,
            masked,
            masks,
            results,
        }))
    }

    fn shortcode(
        &self,
        part: &Part<'_>,
        call: &Call,
        nth: usize,
        rendered: &mut Rendered,
    ) -> Result<String, Vec<Diagnostic>> {
        let Some((theme, engine)) = self.theme else {
            return Ok(String::new());
        };
        let document = part.document;
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
        let mut context = Context::new();
        context.insert_value("nth", nth.into());
        context.insert_value("current_path", document.path.as_str().into());
        context.insert_value("lang", (&*document.lang).into());
        context.insert_value("colocated_path", document.colocated_path().into());
        // What an author says counts before what we know.
        for (name, value) in &call.arguments {
            context.insert_value(name.clone(), value.clone());
        }
        if let Some(range) = call.body.clone() {
            if part.depth == MAX_SHORTCODE_DEPTH {
                let fault = document.at(call.span.clone(), "shortcodes are nested too deeply");
                let expected = format!("at most {MAX_SHORTCODE_DEPTH} of them inside each other");
                return Err(vec![fault.expected(expected)]);
            }
            let body = self.render_part(&Part {
                range,
                depth: part.depth + 1,
                indentation: column(document.text(), call.span.start),
                ..*part
            })?;
            context.insert_value("body", Value::safe_string(&body.html));
            rendered.words += body.words;
            rendered.anchors.extend(body.anchors);
            rendered.references.extend(body.references);
            rendered.waits |= body.waits;
        }
        let html = engine.render(&template, &context).map_err(|error| {
            let faults = theme.fault(&template, &error).into_iter();
            let placed = faults.map(|fault| at_call(document, call, fault));
            placed.collect::<Vec<_>>()
        })?;
        rendered.anchors.extend(attributes(&html, &["id"]));
        Ok(html)
    }
}

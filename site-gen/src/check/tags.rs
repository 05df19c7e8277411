//! A template in its tags, and these in their words: read once for all who look at what
//! it asks for.

use std::ops::Range;

#[cfg(test)]
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::theme::step::{first_word, tags};
use crate::theme::tokens::{is_name, tokens};

/// Part of the name of a template whose names are what a text calls them.
const SHORTCODES: &str = "templates/shortcodes/";

/// A template in its tags.
pub(super) struct Template<'t> {
    pub(super) source: &'t Source,
    pub(super) tags: Vec<Tag<'t>>,
}

/// A tag in its words, signs and texts.
pub(super) struct Tag<'t> {
    /// What it is; of an expression nothing.
    pub(super) first: &'t str,
    pub(super) words: Vec<&'t str>,
    /// Where they are.
    pub(super) spans: Vec<Range<usize>>,
}

impl<'t> Template<'t> {
    pub(super) fn read(source: &'t Source) -> Self {
        let tags = tags(&source.text).map(|tag| Tag::read(&source.text, tag));
        let tags = tags.collect();
        Self { source, tags }
    }

    pub(super) fn is_shortcode(&self) -> bool {
        self.source.file.to_string_lossy().contains(SHORTCODES)
    }
}

impl<'t> Tag<'t> {
    fn read(text: &'t str, tag: Range<usize>) -> Self {
        let spans: Vec<Range<usize>> = tokens(text, tag.clone()).collect();
        Self {
            first: first_word(&text[tag]),
            words: spans.iter().map(|span| &text[span.clone()]).collect(),
            spans,
        }
    }

    /// A word by its number; behind the last one nothing.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.words.get(index).copied().unwrap_or_default()
    }

    /// The names that it gives to what is behind it.
    pub(super) fn given(&self) -> Vec<&'t str> {
        let words = self.words.iter();
        let behind = words
            .skip_while(|word| **word != self.first)
            .skip(1)
            .copied();
        let names: Vec<&str> = match self.first {
            "for" => behind.take_while(|word| *word != "in").collect(),
            "set" | "set_global" => behind.take(1).collect(),
            // Types and defaults are no names of arguments, and do no harm.
            "component" => behind.collect(),
            _ => Vec::new(),
        };
        names.into_iter().filter(|word| is_name(word)).collect()
    }
}

/// What a check says of templates with these names.
#[cfg(test)]
pub(super) fn told(
    check: fn(&[Template<'_>]) -> Vec<Diagnostic>,
    templates: &[(&str, &str)],
) -> Vec<String> {
    let sources = templates.iter().map(|(name, text)| Source {
        file: format!("themes/t/templates/{name}").into(),
        text: (*text).to_owned(),
    });
    let sources: Vec<Source> = sources.collect();
    let templates: Vec<Template<'_>> = sources.iter().map(Template::read).collect();
    let shown = check(&templates).into_iter().map(|fault| {
        let shown = fault.place.map(|place| place.shown());
        format!(
            "{} {}",
            shown.unwrap_or_default(),
            fault.suggestion.unwrap_or_default()
        )
    });
    shown.collect()
}

//! Arguments that a shortcode does nothing with: its template has no word like that.
//! Of one that takes in others, or asks for all that it is given, nothing is known.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{self, Passage};
use crate::theme::Theme;

/// Names that functions and filters ask for by themselves.
const ASKED_FOR: [&str; 1] = ["lang"];

/// Words of templates that are no names.
const WORDS: [&str; 22] = [
    "if",
    "else",
    "elif",
    "endif",
    "for",
    "in",
    "endfor",
    "set",
    "block",
    "endblock",
    "filter",
    "endfilter",
    "and",
    "or",
    "not",
    "is",
    "true",
    "false",
    "safe",
    "default",
    "value",
    "body",
];

/// The arguments in the calls of a passage that mean nothing.
pub(super) fn check(
    document: &Document,
    passage: &Passage<'_>,
    theme: Option<&Theme>,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for call in &passage.calls {
        let template = theme.and_then(|theme| {
            let (name, _) = markdown::template_of_shortcode(theme, &call.name)?;
            theme.template(&name)
        });
        let Some(template) = template else {
            continue;
        };
        if faults.len() >= MAX_DIAGNOSTICS {
            break;
        }
        for span in call.names.iter().take(MAX_DIAGNOSTICS) {
            let name = &document.text()[span.clone()];
            if markdown::template_shows(&template.text, name) || ASKED_FOR.contains(&name) {
                continue;
            }
            let message = format!("`{}` does nothing with `{name}`", call.name);
            let fault = document.at(span.clone(), message);
            let fault = fault.expected(format!(
                "an argument that {} asks for",
                template.file.display()
            ));
            let given = |word: &&str| {
                let mut names = call.names.iter();
                names.any(|span| document.text()[span.clone()] == **word)
            };
            let words = inside_tags(&template.text).flat_map(markdown::template_words);
            let words = words.filter(|word| !word.is_empty() && !WORDS.contains(word));
            let words = words.filter(|word| !given(word));
            let suggestion = did_you_mean(name, words);
            faults.push(fault.suggestion(suggestion).warning());
        }
    }
    faults
}

/// What stands between the braces of a template.
fn inside_tags(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(['{', '}']);
    pieces.skip(1)
}

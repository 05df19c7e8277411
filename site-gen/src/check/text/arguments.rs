//! Arguments that a shortcode does nothing with: its template has no word like that.
//! Of one that takes in others, or asks for all that it is given, nothing is known.

use crate::diagnostic::{Cause, Diagnostic, did_you_mean};
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{self, Call, Passage};
use crate::source::Source;
use crate::theme::step::tags;
use crate::theme::tokens::{is_name, tokens};

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

/// Whether a fault of a build says that an argument was meant by another name.
pub(in crate::check) fn is_misspelling(fault: &Diagnostic) -> bool {
    matches!(fault.cause.as_deref(), Some(Cause::Given { .. }))
}

/// Whether what is told of an argument is told by one of those, of the same call.
pub(in crate::check) fn is_misspelling_told(fault: &Diagnostic, of: &[Diagnostic]) -> bool {
    let line = |fault: &Diagnostic| fault.place.as_ref().map(|place| place.line);
    // A call may take more than one line.
    let is_same = |of: &Diagnostic| {
        (&of.file, &of.cause) == (&fault.file, &fault.cause) && line(of) <= line(fault)
    };
    of.iter().any(is_same)
}

/// The arguments in the calls of a passage that mean nothing.
pub(super) fn check<'t>(
    document: &Document,
    passage: &Passage<'_>,
    template_of: impl Fn(&Call) -> Option<&'t Source>,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for call in &passage.calls {
        let Some(template) = template_of(call) else {
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
            let fault = document.at(span.clone(), message).about(call.given(name));
            let fault = fault.expected(format!(
                "an argument that {} asks for",
                template.file.display()
            ));
            let given = |word: &&str| {
                let mut names = call.names.iter();
                names.any(|span| document.text()[span.clone()] == **word)
            };
            let text = &template.text;
            let words = tags(text).flat_map(|tag| tokens(text, tag));
            let words = words.map(|span| &text[span]);
            let words = words.filter(|word| is_name(word) && !WORDS.contains(word));
            let words = words.filter(|word| !given(word));
            let suggestion = did_you_mean(name, words);
            faults.push(fault.suggestion(suggestion).warning());
        }
    }
    faults
}

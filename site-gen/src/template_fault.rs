//! What the template engine says, as a diagnostic: it puts what there is, or what was
//! expected, into one line with what is wrong, and suggests nothing.

use std::iter;

use tera::{Error, ErrorKind};

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::functions;
use crate::source::Source;

/// Where all else is told that can be wrong.
const ELSEWHERE: &str = "what https://keats.github.io/tera/docs/ describes";

/// Filters of the engine and ours.
const FILTERS: [&str; 58] = [
    "abs",
    "addslashes",
    "as_str",
    "base64_decode",
    "base64_encode",
    "capitalize",
    "concat",
    "date",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "filesizeformat",
    "filter",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "json_encode",
    "keys",
    "last",
    "length",
    "linebreaksbr",
    "lower",
    "map",
    "markdown",
    "newlines_to_br",
    "nth",
    "num_format",
    "pairs",
    "pluralize",
    "regex_replace",
    "replace",
    "reverse",
    "round",
    "safe",
    "slice",
    "slugify",
    "sort",
    "spaceless",
    "split",
    "str",
    "striptags",
    "title",
    "trim",
    "trim_end",
    "trim_end_matches",
    "trim_start",
    "trim_start_matches",
    "truncate",
    "unique",
    "upper",
    "urlencode",
    "urlencode_strict",
    "values",
];

/// Functions of the engine.
const OF_ENGINE: [&str; 2] = ["range", "throw"];

/// What an error of the engine means to the author of a template that stands alone.
pub fn template_fault(source: &Source, error: &Error) -> Diagnostic {
    let fault = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            source.at(report.span().range.clone(), report.message())
        }
        _ => Diagnostic::new(&source.file, error.to_string()),
    };
    explain(fault, iter::empty())
}

/// The same with what was expected, and what was probably meant.
pub(crate) fn explain<'a>(
    mut fault: Diagnostic,
    templates: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    for (mark, what) in [
        (" Available variables: ", "variables"),
        (" Available fields: ", "fields"),
    ] {
        if let Some((message, known)) = split(&fault.message, mark) {
            let name = quoted(&message).unwrap_or_default();
            let suggestion = did_you_mean(&name, known.split(", "));
            fault.message = message.trim_end_matches('.').to_owned();
            let expected = format!("one of the {what} here: {known}");
            return fault.expected(expected).suggestion(suggestion);
        }
    }
    // What our functions say has it in it.
    for mark in ["; looked for ", "; expected "] {
        if let Some((message, expected)) = split(&fault.message, mark) {
            fault.message = message;
            return fault.expected(expected);
        }
    }
    if let Some((found, expected)) = split(&fault.message, " but expected ") {
        let found = found.trim_start_matches("Found ");
        fault.message = format!("{found} cannot stand here");
        return fault.expected(expected.trim_end_matches('.'));
    }
    if let Some((message, meant)) = split(&fault.message, "; did you mean ") {
        fault.message = message;
        let fault = fault.expected("the name of one that is there");
        return fault.suggestion(Some(format!("did you mean {meant}")));
    }
    if fault.message.contains("; ") || fault.message.contains(", expected") {
        return fault;
    }
    let name = quoted(&fault.message).unwrap_or_default();
    let is = |what: &str| fault.message.starts_with(what);
    let (expected, suggestion) = if is("Unknown template") {
        ("a file in templates/", did_you_mean(&name, templates))
    } else if is("Unknown filter") {
        (ELSEWHERE, did_you_mean(&name, FILTERS))
    } else if is("Unknown function") {
        let known = functions::names().chain(OF_ENGINE);
        (ELSEWHERE, did_you_mean(&name, known))
    } else if is("there is no ") {
        ("the name of one that is there", None)
    } else if is("Unexpected end of input") {
        ("an end of each block, as `{% endif %}`", None)
    } else if is("Field ") {
        ("a field that it has", None)
    } else {
        (ELSEWHERE, None)
    };
    fault.expected(expected).suggestion(suggestion)
}

fn split(message: &str, mark: &str) -> Option<(String, String)> {
    let (before, after) = message.split_once(mark)?;
    Some((before.to_owned(), after.to_owned()))
}

/// What stands between the first two accents.
fn quoted(message: &str) -> Option<String> {
    Some(message.split('`').nth(1)?.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Config;
    use crate::theme::Theme;

    fn faults(template: &str) -> Vec<Diagnostic> {
        let config = Config::for_test();
        let knowledge = functions::Knowledge {
            languages: config.languages.clone(),
            ..Default::default()
        };
        let engine = functions::engine(&Arc::new(knowledge), &config, tera::Value::none());
        let theme = Theme::of_templates(&[("a.html", template), ("other.html", "")]);
        match theme.compile(&engine) {
            Ok(engine) => {
                let mut context = tera::Context::new();
                context.insert_value("page", crate::values::map([("title", "x".into())]));
                let rendered = engine.render("a.html", &context);
                theme.fault("a.html", &rendered.expect_err("a fault"))
            }
            Err(faults) => faults,
        }
    }

    #[test]
    fn each_says_what_was_expected_and_meant() {
        for (template, message, expected, meant) in [
            (
                "{{ pge }}",
                "Variable `pge` is not defined",
                "lang, page",
                "`page`",
            ),
            (
                "{{ page.titel }}",
                "Field `titel` is not defined",
                "title",
                "`title`",
            ),
            ("{{ 1 | uper }}", "Unknown filter `uper`", "tera", "`upper`"),
            (
                "{{ get_ulr() }}",
                "Unknown function `get_ulr`",
                "tera",
                "`get_url`",
            ),
            (
                "{% include \"oter.html\" %}",
                "Unknown template `oter.html`",
                "templates/",
                "`other.html`",
            ),
            (
                "{{ get_url(path=\"@/no.md\") }}",
                "there is no file `no.md`",
                "is there",
                "",
            ),
            ("{{ }", "`}` cannot stand here", "one of: integer", ""),
            ("{% if x %}", "Unexpected end of input", "`{% endif %}`", ""),
            ("{% import x %}", "Unknown tag", "tera", ""),
        ] {
            let faults = faults(template);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert_eq!(faults[0].message, message);
            let found = (faults[0].expected.clone(), faults[0].suggestion.clone());
            let (told, suggested) = (found.0.unwrap_or_default(), found.1.unwrap_or_default());
            assert!(
                told.contains(expected) && suggested.contains(meant),
                "{:?}",
                faults[0]
            );
            assert!(faults[0].place.is_some(), "{template}");
        }
    }

    #[test]
    fn all_filters_that_are_suggested_are_there() {
        for name in FILTERS {
            let faults = faults(&format!("{{{{ [1] | {name} }}}}{{{{ no }}}}"));
            assert!(!faults[0].message.starts_with("Unknown"), "{faults:?}");
        }
        assert!(FILTERS.is_sorted());
    }
}

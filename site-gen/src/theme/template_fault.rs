//! What the template engine says, as a diagnostic: it puts what there is, or what was
//! expected, into one line with what is wrong, calls types as its own source does, and
//! suggests nothing.
//!
//! * `arguments`: what calls take;
//! * `words`: what templates can name;
//! * `types`: values of other types than are asked for;
//! * `kinds`: what was expected, by the messages that do not say it.

mod arguments;
mod kinds;
mod types;
mod words;

use std::iter;

use tera::{Error, ErrorKind};

use crate::diagnostic::{Cause, Diagnostic, closest, did_you_mean, is_misspelt};
use crate::functions;
use crate::source::Source;
pub(crate) use arguments::{Kind, has_no_argument, taken_by};
pub(crate) use kinds::is_of_macros;
pub(crate) use words::TAGS;
use words::{FILTERS, FUNCTIONS, TESTS, called_here};

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
    fault: Diagnostic,
    templates: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let explained = of_names(fault)
        .or_else(of_callees)
        .or_else(types::explain)
        .or_else(of_parts)
        .or_else(of_calls);
    explained.unwrap_or_else(|fault| of_rest(fault, templates))
}

/// An explained fault; or one that others can explain.
type Explained = Result<Diagnostic, Diagnostic>;

/// What is not there, where the engine says what is.
fn of_names(mut fault: Diagnostic) -> Explained {
    let name = quoted(&fault.message).unwrap_or_default();
    if let Some((message, known)) = split(&fault.message, " Available variables: ") {
        // The engine has them in another order each time.
        let mut known: Vec<&str> = known.split(", ").collect();
        known.sort_unstable();
        known.dedup();
        // Short names are close to each other.
        let close = known.iter().filter(|known| is_misspelt(&name, [**known]));
        let meant = closest(&name, close.copied()).map(str::to_owned);
        let suggestion = meant
            .as_ref()
            .map(|meant| format!("did you mean `{meant}`?"));
        fault.message = message.trim_end_matches('.').to_owned();
        let expected = format!("one of the variables here: {}", known.join(", "));
        let fault = fault.expected(expected).suggestion(suggestion);
        return Ok(fault.about(Cause::Variable { name, meant }));
    }
    if let Some((message, known)) = split(&fault.message, " Available fields: ") {
        let suggestion = did_you_mean(&name, known.split(", "));
        let is_of_page = known.split(", ").any(|field| field == "permalink");
        fault.message = message.trim_end_matches('.').to_owned();
        let expected = format!("one of the fields here: {known}");
        let fault = fault.expected(expected).suggestion(suggestion);
        return Ok(fault.about(is_of_page.then_some(Cause::FieldOfPage)));
    }
    if let Some((_, known)) = split(
        &fault.message,
        " in component call. Possible argument(s) are: ",
    ) {
        let known: Vec<&str> = known
            .split(", ")
            .map(|known| known.trim_matches('`'))
            .collect();
        let suggestion = did_you_mean(&name, known.iter().copied());
        fault.message = format!("this component has no argument `{name}`");
        let expected = format!("one of `{}`", known.join("`, `"));
        return Ok(fault.expected(expected).suggestion(suggestion));
    }
    if fault.message.starts_with("Field `") {
        fault.message = format!("there is no field `{name}`");
        let expected =
            format!("a map that has it in front of `.{name}`: this is none, empty, or no map");
        let suggestion = "`{% if … %}` around it leaves it out where there is none";
        return Ok(fault
            .expected(expected)
            .suggestion(Some(suggestion.to_owned())));
    }
    Err(fault)
}

/// Filters, tests and functions that are not there.
fn of_callees(fault: Diagnostic) -> Explained {
    let functions: Vec<&str>;
    let (kind, what, known) = if fault.message.starts_with("Unknown filter") {
        (Kind::Filter, "filters", &FILTERS[..])
    } else if fault.message.starts_with("Unknown test") {
        (Kind::Test, "tests", &TESTS[..])
    } else if fault.message.starts_with("Unknown function") {
        functions = functions::names().chain(FUNCTIONS).collect();
        (Kind::Function, "functions", &functions[..])
    } else {
        return Err(fault);
    };
    let name = quoted(&fault.message).unwrap_or_default();
    let here = called_here(&name, known).map(|here| format!("did you mean `{here}`?"));
    let meant = here.or_else(|| did_you_mean(&name, known.iter().copied()));
    let fault = fault.expected(format!("one of the {what}: {}", known.join(", ")));
    Ok(fault.suggestion(meant).about(Cause::Callee { kind, name }))
}

/// What says itself what was expected, or meant.
fn of_parts(mut fault: Diagnostic) -> Explained {
    // What our functions say has it in it.
    for mark in ["; looked for ", "; expected "] {
        if let Some((message, expected)) = split(&fault.message, mark) {
            let cause = arguments::lacking(&message).map(|callee| Cause::Arguments { callee });
            fault.message = message;
            let fault = fault.about(cause);
            return match split(&expected, "; did you mean ") {
                Some((expected, meant)) => {
                    let meant = Some(format!("did you mean {meant}"));
                    Ok(fault.expected(expected).suggestion(meant))
                }
                None => Ok(fault.expected(expected)),
            };
        }
    }
    for mark in [" but expected ", " but was expecting "] {
        if let Some((found, expected)) = split(&fault.message, mark) {
            let found = found.trim_start_matches("Found ");
            fault.message = format!("{found} cannot stand here");
            let suggestion = kinds::suggestion(&fault.message, "");
            let fault = fault.expected(expected.trim_end_matches('.'));
            return Ok(fault.suggestion(suggestion));
        }
    }
    if let Some((message, meant)) = split(&fault.message, "; did you mean ") {
        fault.message = message;
        let fault = fault.expected("the name of one that is there");
        return Ok(fault.suggestion(Some(format!("did you mean {meant}"))));
    }
    if fault.message.contains("; ") || fault.message.contains(", expected") {
        return Ok(fault);
    }
    Err(fault)
}

/// Arguments of filters and functions.
fn of_calls(mut fault: Diagnostic) -> Explained {
    let name = called(&fault);
    if fault.message.starts_with("Missing keyword argument") {
        let argument = quoted(&fault.message).unwrap_or_default();
        fault.message = format!("`{name}` needs an argument `{argument}`");
        let fault = fault.expected(format!("`{name}({argument}=…)`"));
        return Ok(fault.about(Cause::Arguments { callee: name }));
    }
    if let Some((_, rest)) = split(&fault.message, "Function `range` would produce ") {
        let (count, limit) =
            split(&rest, " elements, which exceeds the limit of ").unwrap_or_default();
        fault.message = format!("this range has {count} numbers");
        return Ok(fault.expected(format!("at most {limit} of them")));
    }
    if name == "throw" {
        return Ok(fault.expected("what the author of the template wants, who wrote this"));
    }
    Err(fault)
}

/// All others, by how they begin.
fn of_rest<'a>(mut fault: Diagnostic, templates: impl Iterator<Item = &'a str>) -> Diagnostic {
    let name = quoted(&fault.message).unwrap_or_default();
    let is = |start: &str| fault.message.starts_with(start);
    let (expected, suggestion) = if is("Unknown template") {
        (
            "a file in templates/".to_owned(),
            did_you_mean(&name, templates),
        )
    } else if is("Unknown component") {
        (
            "one that a template defines, as `{% component name() %}`".to_owned(),
            None,
        )
    } else if is("there is no ") {
        ("the name of one that is there".to_owned(), None)
    } else if is("Tried to render a variable") {
        let suggestion = kinds::suggestion(&fault.message, "");
        "this is not defined".clone_into(&mut fault.message);
        return fault.expected("something that is").suggestion(suggestion);
    } else {
        let suggestion = kinds::suggestion(&fault.message, &called(&fault));
        return match kinds::expected(&fault.message) {
            Some(expected) => fault.expected(expected).suggestion(suggestion),
            None => fault.suggestion(suggestion),
        };
    };
    fault.expected(expected).suggestion(suggestion)
}

/// The word at the place of a fault: what is called there.
fn called(fault: &Diagnostic) -> String {
    let Some(place) = &fault.place else {
        return String::new();
    };
    let line = place
        .text
        .chars()
        .skip((place.column - 1).saturating_sub(place.skipped));
    let line = line.skip_while(|c| matches!(c, '|' | ' ' | '{' | '%' | '-'));
    line.take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn split(message: &str, mark: &str) -> Option<(String, String)> {
    let (before, after) = message.split_once(mark)?;
    Some((before.to_owned(), after.to_owned()))
}

/// What stands between the first two accents.
pub(crate) fn quoted(message: &str) -> Option<String> {
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

    /// A template, what is wrong with it, and parts of what is expected and suggested.
    type Case = (&'static str, &'static str, &'static str, &'static str);

    const CASES: &[Case] = &[
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
        (
            "{{ 1 | uper }}",
            "Unknown filter `uper`",
            "abs, addslashes",
            "`upper`",
        ),
        (
            "{{ 1 | upcase }}",
            "Unknown filter `upcase`",
            "filters",
            "`upper`",
        ),
        (
            "{% if 1 is od %}{% endif %}",
            "Unknown test `od`",
            "odd",
            "`odd`",
        ),
        (
            "{{ get_ulr() }}",
            "Unknown function `get_ulr`",
            "get_url",
            "`get_url`",
        ),
        (
            "{{ get_url(path=\"a\", cachbust=true) }}",
            "`get_url` has no argument `cachbust`",
            "absolute",
            "`cachebust`",
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
        (
            "{% if x %}",
            "`{% if %}` is never closed",
            "`{% endif %}`",
            "",
        ),
        ("{% import x %}", "Unknown tag", "set_global", "component"),
        (
            "{{ page.title + 1 }}",
            "`+` is for numbers: here are a text and a whole number",
            "numbers",
            "`~`",
        ),
        (
            "{{ page.title * 2 }}",
            "arithmetic is for numbers, and this is a text",
            "`int`",
            "",
        ),
        (
            "{{ page.title.length.x }}",
            "there is no field `length`",
            "in front of `.length`",
            "if",
        ),
        (
            "{% for a in range(end=1000000) %}{% endfor %}",
            "this range has 1000000 numbers",
            "at most 100000",
            "",
        ),
        (
            "{% for a in 1 %}{% endfor %}",
            "`for` cannot go through what is a whole number",
            "an array",
            "",
        ),
        (
            "{% if page.title > 1 %}{% endif %}",
            "what is a text cannot be compared with what is a whole number",
            "two texts",
            "",
        ),
        (
            "{{ 1 | upper }}",
            "this, or an argument of what is behind it, is a whole number",
            "a text",
            "",
        ),
        (
            "{{ get_url(path=1) }}",
            "an argument is a whole number",
            "a text",
            "",
        ),
        (
            "{{ 1 | length }}",
            "what is a whole number has no length",
            "a map",
            "",
        ),
        (
            "{{ [1][\"a\"] }}",
            "this index is a text",
            "a whole number",
            "",
        ),
        (
            "{{ 1 in 1 }}",
            "nothing is in what is a whole number",
            "an array",
            "",
        ),
        ("{{ m::a() }}", "`:` cannot stand here", "}}", "component"),
        ("{{ page.title", "`{{` is never closed", "`}}`", ""),
        (
            "{% component b(level=1) %}{% endcomponent %}{{ <b levl=1 /> }}",
            "Expected \"string\" or {expression} but found integer",
            "`level={1}`",
            "",
        ),
        (
            "{% component b(level=1) %}{% endcomponent %}{{ <b levl={1} /> }}",
            "this component has no argument `levl`",
            "one of `level`",
            "`level`",
        ),
        (
            "{{ page.title | replace(from=\"1\") }}",
            "`replace` needs an argument `to`",
            "`replace(to=…)`",
            "",
        ),
        (
            "{{ none | date }}",
            "none is not a date",
            "or `{% if … %}` around it",
            "",
        ),
        (
            "{{ \"2026-02-30\" | date }}",
            "`2026-02-30` is not a date",
            "February 2026 has 28",
            "",
        ),
        ("{{ none | int }}", "none is no number", "`default=`", ""),
        (
            "{{ throw(message=\"no x\") }}",
            "no x",
            "the author of the template",
            "",
        ),
    ];

    #[test]
    fn each_says_what_was_expected_and_meant() {
        for &(template, message, expected, meant) in CASES {
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

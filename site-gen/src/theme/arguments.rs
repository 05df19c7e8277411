//! Arguments in templates that are misspelt: the engine does not mind them, and a page
//! may never come to where they are.

use std::ops::Range;

use crate::diagnostic::{Cause, Diagnostic, closest, is_misspelt};
use crate::source::Source;
use crate::theme::step;
use crate::theme::template_fault::{Kind, has_no_argument, taken_by};
use crate::theme::tokens::{is_name, tokens};

/// What is misspelt in a template.
pub(super) fn check(source: &Source) -> Vec<Diagnostic> {
    let text = &source.text;
    let mut faults = Vec::new();
    for tag in step::tags(text) {
        if !text[tag.clone()].contains('(') {
            continue;
        }
        for (kind, callee, argument) in arguments(text, tag) {
            let (callee, name) = (&text[callee], &text[argument.clone()]);
            let known = taken_by(kind, callee);
            if known.contains(&name) || !is_misspelt(name, known.iter().copied()) {
                continue;
            }
            let meant = closest(name, known.iter().copied());
            let fault = source.at(argument, has_no_argument(callee, name));
            let fault = fault.expected(format!("one of `{}`", known.join("`, `")));
            let callee = callee.to_owned();
            let fault = fault.about(Cause::Arguments { callee });
            faults.push(fault.suggestion(meant.map(|meant| format!("did you mean `{meant}`?"))));
        }
    }
    faults
}

/// A pair of brackets that is open: what is called with it, if anything is.
pub(super) type Open = Option<(Kind, Range<usize>)>;

/// The names of arguments in a tag, each with what is called.
fn arguments(text: &str, tag: Range<usize>) -> Vec<(Kind, Range<usize>, Range<usize>)> {
    let tokens: Vec<Range<usize>> = tokens(text, tag).collect();
    let word = |index: usize| {
        let token = tokens.get(index);
        token.map_or("", |token| &text[token.clone()])
    };
    let before = |index: usize, count: usize| index.checked_sub(count).map_or("", word);
    let mut open: Vec<Open> = Vec::new();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match &text[token.clone()] {
            "(" if is_name(before(index, 1)) => open.push(callee(text, &tokens, index)),
            "(" | "[" | "{" => open.push(None),
            ")" | "]" | "}" => _ = open.pop(),
            name if is_name(name)
                && word(index + 1) == "="
                && matches!(before(index, 1), "(" | ",") =>
            {
                if let Some(Some((kind, callee))) = open.last() {
                    found.push((*kind, callee.clone(), token.clone()));
                }
            }
            _ => {}
        }
    }
    found
}

/// What is called with the brackets that open with a token of a tag.
pub(super) fn callee(text: &str, tokens: &[Range<usize>], open: usize) -> Open {
    let before = |count: usize| {
        let token = open.checked_sub(count).and_then(|index| tokens.get(index));
        token.map_or("", |token| &text[token.clone()])
    };
    if !is_name(before(1)) {
        return None;
    }
    let kind = match (before(3), before(2)) {
        (_, "|" | "filter") => Kind::Filter,
        (_, "is") | ("is", "not") => Kind::Test,
        (_, "component" | ".") => return None,
        _ => Kind::Function,
    };
    Some((kind, tokens[open - 1].clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let source = Source {
            file: "a.html".into(),
            text: text.into(),
        };
        let faults = check(&source).into_iter();
        let shown = faults.map(|fault| {
            let place = fault.place.as_ref().map(|place| place.shown());
            let meant = fault.suggestion.unwrap_or_default();
            format!("{} {meant}", place.unwrap_or_default())
        });
        shown.collect()
    }

    #[test]
    fn misspelt_arguments_are_told() {
        for (text, expected) in [
            (
                "{{ a | truncate(lenght=5) }}",
                "lenght did you mean `length`?",
            ),
            (
                "{{ a | sort(atribute='x') | f }}",
                "atribute did you mean `attribute`?",
            ),
            (
                "{% for x in range(strat=1, end=2) %}",
                "strat did you mean `start`?",
            ),
            (
                "{% if a is not starting_with(pta=1) %}",
                "pta did you mean `pat`?",
            ),
            (
                "{% filter replace(form='a', to='b') %}",
                "form did you mean `from`?",
            ),
            ("{{ f(a=b | join(spe=', ')) }}", "spe did you mean `sep`?"),
            (
                "{{ get_url(path=')', cachbust=1) }}",
                "cachbust did you mean `cachebust`?",
            ),
        ] {
            assert_eq!(told(text), [expected], "{text}");
        }
    }

    #[test]
    fn all_else_is_let_alone() {
        for text in [
            "{{ a | truncate(length=5, end='lenght=') }}",
            "{{ a | truncate(colour=5) }}",
            "{% component truncate(lenght=5) %}",
            "{# {{ a | truncate(lenght=5) }} #}{% raw %}{{ a | truncate(lenght=5) }}{% endraw %}",
            "{{ a | truncate(length=lenght == 5) }}",
            "{{ own(lenght=5) }} {{ (a = 1) }} {{ 'x",
            "{{ <card strat={range(end=1)} /> }}",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}

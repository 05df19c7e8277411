//! Values of other types than are asked for: the engine names both as its source
//! does, between accents.

use super::Explained;
use super::words::of_type;
use crate::diagnostic::Diagnostic;

/// What is wrong, what was expected, and what may help.
type Told = (String, String, Option<&'static str>);

/// Explains a fault of types.
pub(super) fn explain(mut fault: Diagnostic) -> Explained {
    let names = fault.message.split('`').skip(1).step_by(2);
    let names: Vec<&str> = names.collect();
    let told = of_arguments(&fault, &names).or_else(|| of_operators(&fault.message, &names));
    let Some((message, expected, suggestion)) = told else {
        return Err(fault);
    };
    fault.message = message;
    let suggestion = suggestion.map(str::to_owned);
    Ok(fault.expected(expected).suggestion(suggestion))
}

/// What is given to filters, tests and functions.
fn of_arguments(fault: &Diagnostic, names: &[&str]) -> Option<Told> {
    let message = fault.message.as_str();
    match *names {
        [wanted, found] if message.starts_with("Invalid type for the value") => {
            // The engine does not say which of them it is.
            let which = match is_call(fault) {
                true => "an argument",
                false => "this, or an argument of what is behind it,",
            };
            let message = format!("{which} is {}", of_type(found));
            Some((message, of_type(wanted).to_owned(), None))
        }
        [value, wanted] if message.starts_with("Value `") && message.contains("out of range") => {
            let message = format!("`{value}` does not fit");
            Some((message, of_type(wanted).to_owned(), None))
        }
        _ => {
            let found = message.strip_prefix("Value of type ")?;
            let (found, what) = found.split_once(" has no length")?;
            let message = format!("what is {} has no length{what}", of_type(found));
            Some((message, "a text, an array or a map".to_owned(), None))
        }
    }
}

/// What stands beside an operator, or is gone through.
fn of_operators(message: &str, names: &[&str]) -> Option<Told> {
    const MAKES_NUMBERS: &str = "a number: `int` makes one of a text";
    let is = |start: &str| message.starts_with(start);
    let (message, expected, suggestion) = match *names {
        ["+", left, right] => {
            let is_text = [left, right].contains(&"string");
            let (left, right) = (of_type(left), of_type(right));
            let message = format!("`+` is for numbers: here are {left} and {right}");
            (message, "two numbers", is_text.then_some("`~` joins texts"))
        }
        ["in", found] => {
            let message = format!("nothing is in what is {}", of_type(found));
            (message, "an array, a text or a map behind `in`", None)
        }
        [found] if is("Math operations can") => {
            let found = of_type(found);
            let message = format!("arithmetic is for numbers, and this is {found}");
            (message, MAKES_NUMBERS, None)
        }
        [found] if is("Only numbers can be") => {
            (format!("this is {}", of_type(found)), MAKES_NUMBERS, None)
        }
        [found] if is("Iteration not possible") => {
            let message = format!("`for` cannot go through what is {}", of_type(found));
            (message, "an array, a map or a text", None)
        }
        [found] if is("Key/value iteration") => {
            let message = format!("only a map has keys, and this is {}", of_type(found));
            (message, "`{% for item in … %}`, or a map", None)
        }
        [found] if message.contains(" index must be ") => {
            let message = format!("this index is {}", of_type(found));
            (message, "a whole number: `a[0]` is the first", None)
        }
        [left, right] if is("Cannot compare") => {
            let (left, right) = (of_type(left), of_type(right));
            let message = format!("what is {left} cannot be compared with what is {right}");
            (message, "two numbers, or two texts", None)
        }
        _ => return None,
    };
    Some((message, expected.to_owned(), suggestion))
}

/// Whether it is a function that is called at the place of a fault.
fn is_call(fault: &Diagnostic) -> bool {
    let Some(place) = &fault.place else {
        return false;
    };
    let line = place
        .text
        .chars()
        .skip((place.column - 1).saturating_sub(place.skipped));
    let mut rest = line.skip_while(|c| c.is_alphanumeric() || *c == '_');
    rest.next() == Some('(')
}

//! The messages of the engine that say only what is wrong: what it would have been
//! right to write, by how they begin.

use super::words::TAGS;

/// What was expected, by the beginning of a message.
const EXPECTED: [(&str, &str); 49] = [
    (
        "Arrays can have a maximum",
        "fewer arrays inside each other",
    ),
    ("Block `", "a block that a template above it has"),
    ("Blocks cannot be written inside", "the block outside of it"),
    ("Cannot divide by 0", "another number than 0"),
    ("Cannot index into", "an array or a map that is defined"),
    ("Cannot slice", "an array or a text that is defined"),
    (
        "Cannot sort",
        "values of one kind, or `attribute=`, by which they are sorted",
    ),
    ("Closing comment tag", "`#}` at the end of the comment"),
    ("Closing tag", "the name with which it begins"),
    ("Component argument", "one argument of each name"),
    ("Exponent", "an exponent from 0 on that fits in 32 bits"),
    (
        "Expected \"string\" or {expression}",
        "a text, or braces around what is none: `level={1}`",
    ),
    (
        "Function calls are only",
        "a filter in its place: `| name(…)`",
    ),
    (
        "Function `range` was called with a `start`",
        "a `start` below `end`, or a `step_by` below 0",
    ),
    (
        "Function `range` was called with a `step_by`",
        "another step than 0",
    ),
    (
        "Function `range` was called with arguments",
        "smaller numbers",
    ),
    ("Identifiers can only", "fewer brackets inside each other"),
    ("Index expression is undefined", "an index that is defined"),
    ("Invalid escape", "`\\\"`, `\\\\`, `\\n` or `\\t`"),
    ("Invalid float", "a number such as 1.5"),
    ("Invalid Integer", "a whole number of at most 128 bits"),
    ("Invalid default argument", "values, and no names"),
    (
        "Invalid syntax for `set`",
        "`{% set name = value %}`, or `{% set name %}…{% endset %}`",
    ),
    ("Keyword argument", "each argument once"),
    ("List comprehensions support", "one `for` in it"),
    (
        "Map does not have a key",
        "a key that it has, or `default=`",
    ),
    (
        "Maximum render recursion depth",
        "components that come to an end, at most 20 inside each other",
    ),
    ("Slice", "whole numbers: `a[1:3]`"),
    ("Slicing can only", "an array or a text"),
    ("Slicing step cannot", "another step than 0"),
    ("Spread operator requires an array", "an array behind `...`"),
    ("Spread operator requires a map", "a map behind `...`"),
    ("String opened with", "the same quotation mark at its end"),
    ("Template already contains", "another name for one of them"),
    ("Template is already extending", "`extends` once"),
    (
        "The expression is too complex",
        "a shorter one, with `{% set %}` for its parts",
    ),
    ("The name `body`", "another name"),
    (
        "The template nesting is too deep",
        "fewer tags inside each other",
    ),
    (
        "This content would be ignored",
        "it in one of the blocks of the template that is extended",
    ),
    (
        "Tried to use super()",
        "`super()` where a template above has the block, too",
    ),
    ("Unclosed component", "its end, as `{% </name> %}`"),
    (
        "Unexpected character",
        "a name, a value, or one of the operators + - * / % ~ == != < > |",
    ),
    (
        "Unexpected end of input",
        "`}}` or `%}` behind this, or the end of a block, as `{% endif %}`",
    ),
    ("Unknown tag", TAGS),
    ("Value at index", "an attribute that all of them have"),
    (
        "`extends` cannot be nested",
        "it before all else in the file",
    ),
    ("`extends` needs to be", "it before all else in the file"),
    ("super() called outside", "`super()` in a block"),
    ("unexpected end of", "an end of what begins here"),
];

/// What was expected, by a part of a message.
const INSIDE: [(&str, &str); 9] = [
    (
        " can only be used in a for loop",
        "it between `{% for … %}` and `{% endfor %}`",
    ),
    (" cannot be used inside a", "it outside of that"),
    (" is a reserved keyword", "another name"),
    (" is not allowed after", "brackets around it"),
    (
        " is only valid here as part of",
        "`not in`, or `not` in front of the whole",
    ),
    (" was named ", "one name in both tags"),
    (
        "only be used on a number",
        "a number: `int` makes one of a text",
    ),
    ("overflow", "smaller numbers"),
    ("out of range", "a number that fits"),
];

/// What was expected, as far as the message tells what that is about.
pub(super) fn expected(message: &str) -> Option<&'static str> {
    let begins = EXPECTED
        .iter()
        .find(|(start, _)| message.starts_with(start));
    let has = || INSIDE.iter().find(|(part, _)| message.contains(part));
    begins.or_else(has).map(|(_, expected)| *expected)
}

/// Whether a tag is one that macros had.
pub(crate) fn is_of_macros(word: &str) -> bool {
    matches!(word, "import" | "macro" | "from" | "endmacro")
}

/// What else says it, where that is known to many.
pub(super) fn suggestion(message: &str, written: &str) -> Option<String> {
    let is = |start: &str| message.starts_with(start);
    let of_macros = is("Unknown tag") && is_of_macros(written);
    let text = if of_macros || is("`:` cannot stand here") {
        "components are in place of macros: `{% component name(a) %}…{% endcomponent name %}` in any \
         template is `{{ <name a={1} /> }}` in all"
    } else if is("`.` cannot stand here") || is("`[` cannot stand here") {
        "what a function answers has a name first: `{% set a = f(…) %}{{ a.key }}`"
    } else if is("Tried to render a variable") {
        "`| default(value=\"\")` is nothing where there is nothing"
    } else {
        return None;
    };
    Some(text.to_owned())
}

//! The arguments that filters, tests and functions of the engine take, and filters and
//! tests of ours. The engine does not mind others: one that is misspelt would do
//! nothing, and nobody would know.

/// What calls something: each has its own names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Filter,
    Test,
    Function,
}

/// What takes arguments, and which: filters.
const FILTERS: [(&str, &[&str]); 30] = [
    ("concat", &["with"]),
    ("date", &["format"]),
    ("default", &["value", "boolean"]),
    ("filesizeformat", &["binary"]),
    ("filter", &["attribute", "value"]),
    ("float", &["default"]),
    ("get", &["key", "default"]),
    ("group_by", &["attribute"]),
    ("indent", &["width", "indentation", "first", "blank"]),
    ("int", &["base", "default"]),
    ("join", &["sep"]),
    ("json_encode", &["pretty"]),
    ("map", &["attribute"]),
    ("markdown", &["inline"]),
    ("nth", &["n"]),
    ("num_format", &["locale"]),
    ("pluralize", &["singular", "plural"]),
    ("regex_replace", &["pattern", "rep"]),
    ("replace", &["from", "to"]),
    ("round", &["method", "precision", "default"]),
    ("slice", &["start", "end"]),
    ("sort", &["attribute"]),
    ("split", &["pat"]),
    ("trim", &["pat"]),
    ("trim_end", &["pat"]),
    ("trim_end_matches", &["pat"]),
    ("trim_start", &["pat"]),
    ("trim_start_matches", &["pat"]),
    ("truncate", &["length", "end"]),
    ("unique", &["attribute", "case_sensitive"]),
];

/// The same of tests.
const TESTS: [(&str, &[&str]); 6] = [
    ("containing", &["pat"]),
    ("divisible_by", &["divisor"]),
    ("divisibleby", &["divisor"]),
    ("ending_with", &["pat"]),
    ("matching", &["pat"]),
    ("starting_with", &["pat"]),
];

/// The same of functions that are not ours.
const FUNCTIONS: [(&str, &[&str]); 2] = [
    ("range", &["start", "end", "step_by"]),
    ("throw", &["message"]),
];

/// What something takes that is called; nothing, if that is not known.
pub(crate) fn taken_by(kind: Kind, name: &str) -> &'static [&'static str] {
    let table: &[(&str, &[&str])] = match kind {
        Kind::Filter => &FILTERS,
        Kind::Test => &TESTS,
        Kind::Function => &FUNCTIONS,
    };
    let found = table.iter().find(|(own, _)| *own == name);
    match (found, kind) {
        (Some((_, taken)), _) => taken,
        (None, Kind::Function) => crate::functions::taken_by(name),
        (None, _) => &[],
    }
}

/// What is said in between of what is called and an argument that it does not take.
const HAS_NO: &str = "` has no argument `";

/// What is said of an argument that nobody asks for.
pub(crate) fn has_no_argument(callee: &str, argument: &str) -> String {
    format!("`{callee}{HAS_NO}{argument}`")
}

/// What has no such argument, if that is what was said: functions can give the engine
/// nothing but text.
pub(super) fn lacking(message: &str) -> Option<String> {
    let (callee, _) = message.strip_prefix('`')?.split_once(HAS_NO)?;
    Some(callee.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use tera::Tera;

    use super::*;
    use crate::config::Config;
    use crate::functions::{self, Knowledge};
    use crate::theme::template_fault::words;

    fn engine() -> Tera {
        let config = Config::for_test();
        let knowledge = Arc::new(Knowledge::default());
        functions::engine(&knowledge, &config, tera::Value::none())
    }

    /// A value that an argument may have, wherever it is one.
    fn good(argument: &str) -> &'static str {
        match argument {
            "length" | "width" | "precision" | "divisor" | "start" | "step_by" | "default"
            | "value" => "1",
            "n" => "0",
            "base" => "10",
            "boolean" | "binary" | "pretty" | "inline" | "first" | "blank" | "case_sensitive" => {
                "true"
            }
            "method" => "\"ceil\"",
            "locale" => "\"en\"",
            "key" | "attribute" => "\"a\"",
            "with" => "[1]",
            _ => "\"x\"",
        }
    }

    /// What some filter or test can be asked of.
    const INPUTS: [&str; 6] = [
        "\"1\"",
        "1",
        "[1]",
        "[{\"a\": 1}]",
        "{\"a\": 1}",
        "\"2026-01-01\"",
    ];

    /// All names of arguments that there are.
    fn all() -> BTreeSet<&'static str> {
        let rows = FILTERS.iter().chain(&TESTS).chain(&FUNCTIONS);
        rows.flat_map(|(_, taken)| taken.iter().copied()).collect()
    }

    fn is_good(engine: &Tera, call: &str) -> bool {
        let mut engine = engine.clone();
        engine.add_raw_template("a", call).is_ok()
            && engine.render("a", &tera::Context::new()).is_ok()
    }

    /// Arguments as they are given, but one, which is what nothing takes.
    fn given(taken: &[&str], wrong: Option<&str>, end: &str) -> String {
        let right = taken.iter().filter(|name| Some(**name) != wrong);
        let value = |name: &str| {
            if name == "end" {
                end.to_owned()
            } else {
                good(name).to_owned()
            }
        };
        let mut given: Vec<String> = right
            .map(|name| format!("{name}={}", value(name)))
            .collect();
        given.extend(wrong.map(|name| format!("{name}=[[1]]")));
        given.join(", ")
    }

    /// Whichever argument something reads, it does not take any value for it: so
    /// it is known which it reads.
    #[test]
    fn what_is_read_is_listed_and_nothing_else() {
        // They take any value.
        let open = ["default", "value", "with", "pat"];
        let engine = engine();
        let filters = words::FILTERS.iter().map(|name| (Kind::Filter, *name));
        let tests = words::TESTS.iter().map(|name| (Kind::Test, *name));
        for (kind, name) in filters.chain(tests) {
            let taken = taken_by(kind, name);
            let call = |input: &str, arguments: &str| match kind {
                Kind::Filter => format!("{{% set a = {input} | {name}({arguments}) %}}"),
                _ => format!("{{% if {input} is {name}({arguments}) %}}{{% endif %}}"),
            };
            let fitting = INPUTS.iter().find_map(|input| {
                let mut ends = ["\"2\"", "2"].into_iter();
                let end =
                    ends.find(|end| is_good(&engine, &call(input, &given(taken, None, end))))?;
                Some((*input, end))
            });
            let (input, end) = fitting.unwrap_or_else(|| panic!("nothing fits {name}"));
            for argument in all() {
                let is_read = !is_good(&engine, &call(input, &given(taken, Some(argument), end)));
                let is_listed = taken.contains(&argument);
                if name == "date" && argument == "locale" {
                    // It is read, to say that it is not taken.
                    assert!(is_read);
                    continue;
                }
                let is_open = is_listed && open.contains(&argument);
                assert!(is_read == is_listed || is_open, "{argument} of {name}");
            }
        }
    }

    #[test]
    fn ranges_take_what_they_are_said_to() {
        let engine = engine();
        for argument in all() {
            let given = if argument == "end" { "" } else { "end=3, " };
            let call = format!("{{% set a = range({given}{argument}=[[1]]) %}}");
            let is_listed = taken_by(Kind::Function, "range").contains(&argument);
            assert_eq!(!is_good(&engine, &call), is_listed, "{call}");
        }
        assert_eq!(words::FUNCTIONS, ["range", "super", "throw"]);
    }
}

//! What templates can name, and what authors who come from elsewhere call it.

/// Filters of the engine and ours.
pub(super) const FILTERS: [&str; 59] = [
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
    "wordcount",
];

/// Functions of the engine.
pub(super) const FUNCTIONS: [&str; 3] = ["range", "super", "throw"];

/// Tests of the engine and ours.
pub(super) const TESTS: [&str; 20] = [
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "divisibleby",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "matching",
    "none",
    "number",
    "object",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// Tags of the engine.
pub(crate) const TAGS: &str = "block, break, component, continue, extends, filter, for, if, \
                               include, raw, set, set_global";

/// What a filter, function or test is called elsewhere, and here.
const ELSEWHERE: [(&str, &str); 34] = [
    ("capfirst", "capitalize"),
    ("ceil", "round"),
    ("count", "length"),
    ("date_format", "date"),
    ("dateformat", "date"),
    ("downcase", "lower"),
    ("floor", "round"),
    ("format_date", "date"),
    ("humanize", "capitalize"),
    ("items", "pairs"),
    ("json", "json_encode"),
    ("jsonify", "json_encode"),
    ("len", "length"),
    ("lowercase", "lower"),
    ("markdownify", "markdown"),
    ("null", "none"),
    ("number_format", "num_format"),
    ("plainify", "striptags"),
    ("raw", "safe"),
    ("reject", "filter"),
    ("safe_html", "safe"),
    ("select", "filter"),
    ("size", "length"),
    ("sort_by", "sort"),
    ("string", "str"),
    ("strip", "trim"),
    ("strip_html", "striptags"),
    ("titlecase", "title"),
    ("to_json", "json_encode"),
    ("tojson", "json_encode"),
    ("truncatewords", "truncate"),
    ("upcase", "upper"),
    ("uppercase", "upper"),
    ("where", "filter"),
];

/// What something of another name is called here, if it is among these.
pub(super) fn called_here<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut all = ELSEWHERE.iter();
    let (_, here) = all.find(|(there, _)| there.eq_ignore_ascii_case(name))?;
    known.iter().find(|known| *known == here).copied()
}

/// A type of the engine in plain words.
pub(super) fn of_type(name: &str) -> &str {
    match name {
        "bool" => "a boolean",
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number, not below 0",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" | "Number" => "a number",
        "&str" | "string" | "String" => "a text",
        "array" | "&[Value]" | "Vec<Value>" => "an array",
        "map/struct" | "Map" => "a map",
        "undefined" => "not defined",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_are_in_order() {
        assert!(FILTERS.is_sorted() && TESTS.is_sorted() && FUNCTIONS.is_sorted());
        assert!(ELSEWHERE.is_sorted());
        let known = |here| FILTERS.contains(&here) || TESTS.contains(&here);
        assert!(ELSEWHERE.iter().all(|(_, here)| known(*here)));
    }
}

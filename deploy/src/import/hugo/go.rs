//! Shortcodes as templates of Go, in tera: the small ones, which print their
//! arguments and their body and ask whether these are there. What does more is
//! not translated at all.

mod partials;
mod terms;
mod traits;

use super::arguments::argument_name;
use crate::limits::MAX_PARENTHESES;
use partials::{LEFT_OUT, PARTIALS};
pub(super) use partials::{partials, with_partials};
use terms::{condition, filtered};
use traits::OF_THE_TEMPLATE;
pub(super) use traits::{has_markdown, is_among_words, is_of_version_1};

/// The template in tera; none if it does what is not known here.
pub(super) fn translate(text: &str) -> Option<String> {
    if text.contains("{%") || text.contains("{#") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    // What a dot stands for in each block that is open.
    let mut dots: Vec<Option<String>> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (inside, behind) = split_action(after)?;
        rest = behind;
        if inside.matches('(').count() > MAX_PARENTHESES {
            return None;
        }
        let (left, inside) = match inside.strip_prefix("- ") {
            Some(inside) => ("-", inside),
            None => ("", inside),
        };
        let (right, inside) = match inside.strip_suffix(" -") {
            Some(inside) => ("-", inside),
            None => ("", inside),
        };
        let written = match action(inside.trim(), &mut dots, &out)? {
            Written::Nothing if left.is_empty() && right.is_empty() => String::new(),
            Written::Nothing => format!("{{#{left} {right}#}}"),
            Written::Comment(words) => format!("{{#{left} {words}{right}#}}"),
            Written::Tag(tag) => format!("{{%{left} {tag} {right}%}}"),
            Written::Value(value) => format!("{{{{{left} {value} {right}}}}}"),
        };
        out.push_str(&written);
    }
    out.push_str(rest);
    // What is all drawn by others is nothing without them.
    let is_some = !out.contains(LEFT_OUT) || out.contains("{{");
    (dots.is_empty() && is_some).then_some(out)
}

/// What an action becomes.
enum Written {
    Nothing,
    Comment(String),
    Tag(String),
    Value(String),
}

/// An action behind what is written already.
fn action(inside: &str, dots: &mut Vec<Option<String>>, out: &str) -> Option<Written> {
    if inside.starts_with("/*") || inside.starts_with(OF_THE_TEMPLATE) {
        return Some(Written::Nothing);
    }
    let (word, argument) = inside
        .split_once(char::is_whitespace)
        .unwrap_or((inside, ""));
    let dot = dots.iter().rev().find_map(Clone::clone);
    let dot = dot.as_deref();
    let tag = match (word, argument.trim()) {
        ("end", "") => {
            dots.pop()?;
            "endif".to_owned()
        }
        ("else", "") => "else".to_owned(),
        ("else", argument) => format!("elif {}", condition(argument.strip_prefix("if")?, dot)?),
        ("if", argument) => {
            let asked = condition(argument, dot)?;
            dots.push(None);
            format!("if {asked}")
        }
        ("with", argument) => {
            let asked = condition(argument, dot)?;
            dots.push(Some(asked.clone()));
            format!("if {asked}")
        }
        // Hugo ends there, or only says something; nothing was shown.
        ("errorf" | "erroridf" | "warnf" | "warnidf", _) => {
            return Some(Written::Comment(String::new()));
        }
        (word, name) if PARTIALS.contains(&word) => {
            let name: String = name.chars().filter(|c| !"{}#".contains(*c)).collect();
            return Some(Written::Comment(format!("{LEFT_OUT}{name} ")));
        }
        _ => match variable(inside, dot) {
            Some(set) => set,
            None => return value(inside, dot, out).map(Written::Value),
        },
    };
    Some(Written::Tag(tag))
}

fn value(inside: &str, dot: Option<&str>, out: &str) -> Option<String> {
    let value = print(inside, dot)?;
    Some(match value.starts_with("body ") && is_among_words(out) {
        true => {
            let words = format!("| {WITHOUT_PARAGRAPH} | safe");
            value.replacen("| safe", &words, 1)
        }
        false => value,
    })
}

/// Takes a paragraph off that is all of a body: Hugo has none there.
const WITHOUT_PARAGRAPH: &str =
    "regex_replace(pattern=\"^<p>((?:[^<]|<[^/p]|</[^p])*)</p>[^<]*$\", rep=\"$1\")";

/// What is inside of braces, whose end is not in a string, and what is behind.
fn split_action(text: &str) -> Option<(&str, &str)> {
    if text.trim_start_matches(['-', ' ']).starts_with("/*") {
        let end = text.find("*/")? + 2;
        let close = end + text[end..].find("}}")?;
        return Some((&text[..close], &text[close + 2..]));
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"' | '`', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', Some('"')) => return None,
            ('}', None) if text[at..].starts_with("}}") => {
                return Some((&text[..at], &text[at + 2..]));
            }
            _ => {}
        }
    }
    None
}

/// `$name := value`, and later `$name = value`.
fn variable(text: &str, dot: Option<&str>) -> Option<String> {
    let sign = if text.contains(":=") { ":=" } else { " = " };
    let (name, value) = text.split_once(sign)?;
    let name = argument_name(name.trim().strip_prefix('$')?);
    let value = filtered(value, dot)?;
    let default = if value.contains('|') {
        ""
    } else {
        " | default(value=\"\")"
    };
    Some(format!("set var_{name} = {value}{default}"))
}

/// What is printed: nothing, if it is not there.
fn print(text: &str, dot: Option<&str>) -> Option<String> {
    let value = filtered(text, dot)?;
    let (first, filters) = value.split_once(" | ").unwrap_or((&value, ""));
    let is_text = first.starts_with('"');
    let mut printed = first.to_owned();
    if !is_text && !filters.starts_with("default") {
        printed.push_str(" | default(value=\"\")");
    }
    if !filters.is_empty() {
        printed.push_str(" | ");
        printed.push_str(filters);
    }
    // The body has been rendered.
    if first == "body" && !filters.ends_with("safe") {
        printed.push_str(" | safe");
    }
    Some(printed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_templates_are_translated() {
        for (go, tera) in [
            (
                "<div class=\"n {{ .Get 0 }}\">{{ .Inner | markdownify }}</div>",
                "<div class=\"n {{ arg0 | default(value=\"\") }}\">{{ body | default(value=\"\") | safe }}</div>",
            ),
            (
                "{{ with .Get \"title\" }}<b>{{ . | markdownify }}</b>{{ else }}-{{ end }}",
                "{% if title %}<b>{{ title | default(value=\"\") | markdown(inline=true) | safe }}</b>{% else %}-{% endif %}",
            ),
            (
                "<b class=\"x\">{{ .Inner | markdownify }}</b>",
                "<b class=\"x\">{{ body | default(value=\"\") | regex_replace(pattern=\"^<p>((?:[^<]|<[^/p]|</[^p])*)</p>[^<]*$\", rep=\"$1\") | safe }}</b>",
            ),
            (
                "{{/* a */}}{{- .Inner -}}",
                "{{- body | default(value=\"\") | safe -}}",
            ),
            (
                "{{ if eq (.Get \"a\") \"b\" }}x{{ else if not (.Get 1) }}y{{ end }}",
                "{% if (a | default(value=\"\")) == \"b\" %}x{% elif not arg1 %}y{% endif %}",
            ),
            (
                "{{ $c := .Get \"c\" | default \"d\" }}{{ $c }}",
                "{% set var_c = c | default(value=\"d\") %}{{ var_c | default(value=\"\") }}",
            ),
            (
                "{{ default \"x\" (.Get \"y\") }}",
                "{{ y | default(value=\"x\") }}",
            ),
            (
                "{{ $c := \"\" }}{{ if .IsNamedParams }}{{ $c = .Get \"c\" }}{{ else -}}{{ errorf \"no\" }}{{ end }}",
                "{% set var_c = \"\" | default(value=\"\") %}{% if not arg0 %}{% set var_c = c | default(value=\"\") %}{% else -%}{# #}{% endif %}",
            ),
            (
                "{{ with .Get \"i\" }}{{ partial \"icon\" (dict \"src\" .) }}{{ end }}{{ .Inner | $.Page.RenderString (dict \"display\" \"block\") }}",
                "{% if i %}{# left out: \"icon\" (dict \"src\" .) #}{% endif %}{{ body | default(value=\"\") | safe }}",
            ),
            ("{{ if .Inner }}{{ end }}", "{% if body %}{% endif %}"),
            (
                "{{ if len .Params | eq 2 }}{{ .Get 1 }}{{ else if eq (len .Params) 0 }}-{{ end }}",
                "{% if (arg1 and not arg2) %}{{ arg1 | default(value=\"\") }}{% elif not arg0 %}-{% endif %}",
            ),
            (
                "{{ $_hugo_config := `{ \"version\": 1 }` -}}\na",
                "{# -#}\na",
            ),
            ("{{ $_hugo_config := `{}` }}a", "a"),
            ("plain", "plain"),
        ] {
            assert_eq!(translate(go).as_deref(), Some(tera), "{go}");
        }
        for other in [
            "{{ range .Params }}{{ . }}{{ end }}",
            "{{ partial \"x\" . }}",
            "{{ .Page.Title }}",
            "{{ if .Inner }}",
            "{{ readFile (.Get \"file\") }}",
            "{{ .Get",
            "{% raw %}",
            "{{ not .IsNamedParams x }}",
        ] {
            assert_eq!(translate(other), None, "{other}");
        }
        let deep = 100_000;
        let nested = format!("{{{{ {}.Inner{} }}}}", "(".repeat(deep), ")".repeat(deep));
        assert_eq!(translate(&nested), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\{\\{-? |[a-z.$|()\"`:= ]{0,6}|\\.Get |with |if |end|-?\\}\\}){0,20}") {
            let _ = translate(&text);
        }
    }
}

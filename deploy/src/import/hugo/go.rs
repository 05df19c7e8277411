//! Shortcodes as templates of Go, in tera: the small ones, which print their
//! arguments and their body and ask whether these are there. What does more is
//! not translated at all.

use std::collections::BTreeMap;

use super::arguments::argument_name;
use crate::limits::{MAX_PARENTHESES, MAX_PARTIAL_DEPTH, MAX_TEMPLATE_BYTES};

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
        let inside = inside.trim();
        if inside.starts_with("/*") || inside.starts_with(OF_THE_TEMPLATE) {
            if !(left.is_empty() && right.is_empty()) {
                out.push_str(&format!("{{#{left} {right}#}}"));
            }
            continue;
        }
        let (word, argument) = inside
            .split_once(char::is_whitespace)
            .unwrap_or((inside, ""));
        let dot = || dots.iter().rev().find_map(Clone::clone);
        let tag = match (word, argument.trim()) {
            ("end", "") => {
                dots.pop()?;
                "endif".to_owned()
            }
            ("else", "") => "else".to_owned(),
            ("else", argument) => {
                let asked = condition(argument.strip_prefix("if")?, dot().as_deref())?;
                format!("elif {asked}")
            }
            ("if", argument) => {
                let asked = condition(argument, dot().as_deref())?;
                dots.push(None);
                format!("if {asked}")
            }
            ("with", argument) => {
                let asked = condition(argument, dot().as_deref())?;
                dots.push(Some(asked.clone()));
                format!("if {asked}")
            }
            // Hugo ends there, or only says something; nothing was shown.
            ("errorf" | "erroridf" | "warnf" | "warnidf", _) => {
                out.push_str(&format!("{{#{left} {right}#}}"));
                continue;
            }
            (word, name) if PARTIALS.contains(&word) => {
                let name: String = name.chars().filter(|c| !"{}#".contains(*c)).collect();
                out.push_str(&format!("{{#{left} {LEFT_OUT}{name} {right}#}}"));
                continue;
            }
            _ => match variable(inside, dot().as_deref()) {
                Some(set) => set,
                None => {
                    let mut value = print(inside, dot().as_deref())?;
                    if value.starts_with("body ") && is_among_words(&out) {
                        let words = format!("| {WITHOUT_PARAGRAPH} | safe");
                        value = value.replacen("| safe", &words, 1);
                    }
                    out.push_str(&format!("{{{{{left} {value} {right}}}}}"));
                    continue;
                }
            },
        };
        out.push_str(&format!("{{%{left} {tag} {right}%}}"));
    }
    out.push_str(rest);
    // What is all drawn by others is nothing without them.
    let is_some = !out.contains(LEFT_OUT) || out.contains("{{");
    (dots.is_empty() && is_some).then_some(out)
}

/// What a template says to Hugo about itself, as in `$_hugo_config := …`.
const OF_THE_TEMPLATE: &str = "$_hugo_config";

/// What draws a part of a template, and is not translated.
const PARTIALS: [&str; 2] = ["partial", "partialCached"];

/// A template with what other ones draw that see the same as it, in their place.
pub(super) fn with_partials(text: &str, partials: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_PARTIAL_DEPTH {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut is_done = true;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((inside, behind)) = split_action(after) else {
                break;
            };
            match same_context(inside).and_then(|name| partials.get(name)) {
                Some(part) if out.len() < MAX_TEMPLATE_BYTES => {
                    is_done = false;
                    out.push_str(part);
                }
                _ => out.push_str(&format!("{{{{{inside}}}}}")),
            }
            rest = behind;
        }
        out.push_str(&text[text.len() - rest.len()..]);
        if is_done {
            return out;
        }
        text = out;
    }
    text
}

/// The name of the template in `partial "name.html" .`.
fn same_context(action: &str) -> Option<&str> {
    let words: Vec<&str> = action.split_whitespace().collect();
    match words.as_slice() {
        ["partial" | "partialCached", name, "." | "$"] => name.strip_prefix('"')?.strip_suffix('"'),
        _ => None,
    }
}

/// What stands in its place, in a comment.
const LEFT_OUT: &str = "left out: ";

/// The lines of a template where another one, which is not known, draws a part
/// of it.
pub(super) fn partials(text: &str, known: &BTreeMap<String, String>) -> Vec<usize> {
    let lines = text.lines().enumerate();
    let is_call = |line: &str| {
        let mut actions = line.split("{{").skip(1);
        actions.any(|action| {
            let inside = action.split("}}").next().unwrap_or_default();
            let name = same_context(inside.trim_matches(['-', ' ']));
            if name.is_some_and(|name| known.contains_key(name)) {
                return false;
            }
            let mut words = action.trim_start_matches(['-', ' ']).split_whitespace();
            words.next().is_some_and(|word| PARTIALS.contains(&word))
        })
    };
    let calls = lines.filter(|(_, line)| is_call(line));
    calls.map(|(number, _)| number + 1).collect()
}

/// Takes a paragraph off that is all of a body: Hugo has none there.
const WITHOUT_PARAGRAPH: &str =
    "regex_replace(pattern=\"^<p>((?:[^<]|<[^/p]|</[^p])*)</p>[^<]*$\", rep=\"$1\")";

/// Elements that have words in them, and no paragraphs.
const OF_WORDS: [&str; 19] = [
    "a", "abbr", "b", "button", "cite", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i",
    "kbd", "p", "span", "strong", "summary",
];

/// Whether what follows stands in such an element.
pub(super) fn is_among_words(before: &str) -> bool {
    let before = before.trim_end();
    let tag = before.rfind('<').map(|at| &before[at + 1..]);
    let name = tag.and_then(|tag| {
        tag.strip_suffix('>')?
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
    });
    name.is_some_and(|name| OF_WORDS.contains(&name))
}

/// Whether a template says that it is as templates of Hugo 0.54 were.
pub(super) fn is_of_version_1(text: &str) -> bool {
    let said = text
        .split_once(OF_THE_TEMPLATE)
        .and_then(|(_, rest)| rest.split_once('`'));
    said.and_then(|(_, rest)| rest.split_once('`'))
        .is_some_and(|(said, _)| said.replace(' ', "").contains("\"version\":1"))
}

/// Whether a template has markdown in it, which `{{% %}}` shows as that.
pub(super) fn has_markdown(text: &str) -> bool {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        let Some((_, behind)) = split_action(after) else {
            return false;
        };
        plain.push('a');
        rest = behind;
    }
    plain.push_str(rest);
    let begins = |line: &str| {
        let line = line.trim_start();
        [
            "# ", "## ", "### ", "#### ", "- ", "* ", "> ", "```", "1. ", "|",
        ]
        .iter()
        .any(|start| line.starts_with(start))
    };
    ["](", "**", "`", "]["]
        .iter()
        .any(|sign| plain.contains(sign))
        || plain.lines().any(begins)
}

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

/// A value, and what it is sent through.
fn filtered(text: &str, dot: Option<&str>) -> Option<String> {
    let mut parts = split_at_bars(text).into_iter();
    let mut value = term(&words(parts.next()?)?, dot)?;
    for part in parts {
        let words = words(part)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        value = filter(value, &words)?;
    }
    Some(value)
}

fn filter(value: String, words: &[&str]) -> Option<String> {
    let is_body = value.starts_with("body");
    Some(match words {
        ["markdownify"] if is_body => format!("{value} | safe"),
        [word, ..] if word.ends_with("RenderString") && is_body => format!("{value} | safe"),
        ["markdownify" | ".Page.RenderString" | "$.Page.RenderString" | "page.RenderString"] => {
            format!("{value} | markdown(inline=true) | safe")
        }
        [word, "(dict \"display\" \"block\")"] if word.ends_with("RenderString") => {
            format!("{value} | markdown | safe")
        }
        ["safeHTML" | "safeURL" | "safeHTMLAttr" | "safeCSS"] => format!("{value} | safe"),
        ["default", text] if text.starts_with('"') => format!("{value} | default(value={text})"),
        ["plainify"] => format!("{value} | striptags"),
        ["upper"] => format!("{value} | upper"),
        ["lower"] => format!("{value} | lower"),
        ["string"] => value,
        _ => return None,
    })
}

/// A value by itself: an argument, the body, a text.
fn term(words: &[String], dot: Option<&str>) -> Option<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [".Inner" | "$.Inner" | ".InnerDeindent" | "$.InnerDeindent"] => Some("body".to_owned()),
        // None stands by its place.
        [".IsNamedParams" | "$.IsNamedParams"] => Some("not arg0".to_owned()),
        ["."] => dot.map(str::to_owned),
        [".Get" | "$.Get", name] => argument(name),
        ["index", ".Params" | "$.Params", name] => argument(name),
        [text] if text.starts_with('"') => Some((*text).to_owned()),
        [name] if name.starts_with(".Params.") => Some(argument_name(&name[8..])),
        [name] if name.starts_with('$') && !name.contains('.') => {
            Some(format!("var_{}", argument_name(&name[1..])))
        }
        [inner] if inner.starts_with('(') => {
            filtered(inner.strip_prefix('(')?.strip_suffix(')')?, dot)
        }
        ["default", text, inner] if text.starts_with('"') => {
            let value = term(&[(*inner).to_owned()], dot)?;
            filter(value, &["default", text])
        }
        [name, inner] => filter(term(&[(*inner).to_owned()], dot)?, &[name]),
        _ => None,
    }
}

fn argument(name: &str) -> Option<String> {
    match name.parse::<usize>() {
        Ok(place) => Some(format!("arg{place}")),
        Err(_) => Some(argument_name(name.strip_prefix('"')?.strip_suffix('"')?)),
    }
}

/// What is asked.
fn condition(text: &str, dot: Option<&str>) -> Option<String> {
    if let Some(asked) = count(text) {
        return Some(asked);
    }
    let words = words(text.trim())?;
    let inner = |word: &String| match word.strip_prefix('(').and_then(|w| w.strip_suffix(')')) {
        Some(inside) => condition(inside, dot),
        None => term(std::slice::from_ref(word), dot),
    };
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["not", _] => Some(format!("not {}", inner(&words[1])?)),
        [word @ ("eq" | "ne"), _, _] => {
            let sign = if *word == "eq" { "==" } else { "!=" };
            let known = inner(&words[1])?;
            // What is not there is equal to nothing.
            let there = if known.starts_with('"') {
                String::new()
            } else {
                " | default(value=\"\")".to_owned()
            };
            Some(format!("({known}{there}) {sign} {}", inner(&words[2])?))
        }
        [word @ ("and" | "or"), _, _] => Some(format!(
            "({} {word} {})",
            inner(&words[1])?,
            inner(&words[2])?
        )),
        _ => term(&words, dot),
    }
}

/// Whether there are as many arguments as in `len .Params | eq 2`.
fn count(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "()|".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let number = match words.as_slice() {
        ["len", ".Params", "eq", number] | ["eq", "len", ".Params", number] => number,
        _ => return None,
    };
    match number.parse::<usize>().ok()? {
        0 => Some("not arg0".to_owned()),
        number => Some(format!("(arg{} and not arg{number})", number - 1)),
    }
}

/// The parts of a pipeline.
fn split_at_bars(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quoted) = (0, 0_i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            '|' if !quoted && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Words, strings in quotes, and what is in parentheses.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut depth, mut quoted) = (0_i32, false);
    for c in text.trim().chars() {
        match c {
            '`' => return None,
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            c if c.is_whitespace() && !quoted && depth == 0 => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            _ => {}
        }
        word.push(c);
    }
    words.push(word);
    (depth == 0 && !quoted).then_some(words)
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

    #[test]
    fn parts_that_others_draw_are_found() {
        let text = "a\n{{ .Inner }}{{- partial \"x\" . }}\n{{/* partial */}}\n{{ partialCached \"y\" . }}\n";
        assert_eq!(partials(text, &BTreeMap::new()), [2, 4]);
    }

    #[test]
    fn markdown_in_a_template_is_seen() {
        for text in [
            "<sup>[{{ .Get 0 }}](/a/)</sup>",
            "{{ with .Get 0 }}\n## {{ . }}{{ end }}",
            "**{{ .Inner }}**",
        ] {
            assert!(has_markdown(text), "{text}");
        }
        for text in [
            "<b>{{ .Get `a` }}</b>",
            "{{ .Inner }}",
            "<a href=\"{{ .Get 0 }}\">a</a>",
        ] {
            assert!(!has_markdown(text), "{text}");
        }
    }

    #[test]
    fn a_template_says_its_version() {
        assert!(is_of_version_1(
            "{{ $_hugo_config := `{ \"version\": 1 }` }}a"
        ));
        assert!(!is_of_version_1(
            "{{ $_hugo_config := `{ \"version\": 2 }` }}a"
        ));
        assert!(!is_of_version_1("a `\"version\":1`"));
    }

    #[test]
    fn what_others_draw_is_drawn_in_its_place() {
        let partials = [
            ("v.html", "{{ partial \"w.html\" . }}!"),
            ("w.html", "{{ .Get 0 }}"),
            (
                "loop.html",
                "{{ partial \"loop.html\" . }}{{ partial \"loop.html\" . }}",
            ),
        ];
        let partials = partials
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        for (text, whole) in [
            ("a{{ partial \"v.html\" . }}b", "a{{ .Get 0 }}!b"),
            (
                "{{ partial \"v.html\" .Page }}",
                "{{ partial \"v.html\" .Page }}",
            ),
            ("{{ .Inner }}{{", "{{ .Inner }}{{"),
        ] {
            assert_eq!(with_partials(text, &partials), whole);
        }
        let endless = with_partials("{{ partial \"loop.html\" . }}", &partials);
        assert!(endless.len() < 2 * MAX_TEMPLATE_BYTES);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\{\\{-? |[a-z.$|()\"`:= ]{0,6}|\\.Get |with |if |end|-?\\}\\}){0,20}") {
            let _ = translate(&text);
        }
    }
}

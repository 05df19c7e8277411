//! Values and conditions of a template of Go, in tera.

use super::super::arguments::argument_name;

/// A value, and what it is sent through.
pub(super) fn filtered(text: &str, dot: Option<&str>) -> Option<String> {
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
pub(super) fn condition(text: &str, dot: Option<&str>) -> Option<String> {
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

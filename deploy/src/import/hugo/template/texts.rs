//! Texts: markdown in a template, code, and what is made of words.

use pulldown_cmark::{Options, Parser, html};

use super::super::config::Config;
use super::super::site;
use super::run::known_text;
use super::stop::Stop;
use super::value::Value;
use super::{BODY, MARKDOWN, has_marks, unmarked};
use crate::limits::MAX_TEMPLATE_BYTES;

/// Markdown as HTML; one paragraph alone is none. A body is rendered where it
/// stands.
pub(super) fn markdown(config: &Config, value: &Value) -> Result<Value, Stop> {
    if let Value::Text(text) | Value::Html(text) = value
        && text.trim() == BODY.to_string()
    {
        return Ok(Value::Html(text.trim().to_owned()));
    }
    let text = known_text(value)?;
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST;
    options.set(
        Options::ENABLE_SMART_PUNCTUATION,
        site::has_typographer(config),
    );
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(&text, options));
    // They may have been written as numbers of characters.
    let out = unmarked(&out);
    let only = out.trim().strip_prefix("<p>");
    let only = only.and_then(|rest| rest.strip_suffix("</p>"));
    Ok(Value::Html(match only {
        Some(only) if !only.contains("<p>") => only.to_owned(),
        _ => out,
    }))
}

/// Code, as the block that it is in markdown.
pub(super) fn highlight(given: &[Value]) -> Result<Value, Stop> {
    let text = |at: usize| known_text(given.get(at).unwrap_or(&Value::Nil));
    let (code, language) = (text(0)?, text(1)?);
    let options = match given.get(2) {
        None => String::new(),
        Some(Value::Map(map)) if map.is_empty() => String::new(),
        Some(Value::Text(text)) if text.is_empty() => String::new(),
        Some(Value::Text(text)) => format!(" {{{text}}}"),
        Some(_) => {
            return Err(Stop::because(
                "`highlight` is given options that are not known",
            ));
        }
    };
    if has_marks(&code) || language.contains(|c: char| c.is_whitespace() || c == '`') {
        return Err(Stop::function("highlight"));
    }
    let longest = code.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(3.max(longest.unwrap_or_default() + 1));
    let code = code.trim_matches(['\n', '\r']);
    Ok(Value::Html(format!(
        "{}{fence}{language}{options}\n{code}\n{fence}{}",
        MARKDOWN.0, MARKDOWN.1
    )))
}

/// Code that was highlighted, with another line for each that is a certain comment:
/// that is all alone in its colour, so it is replaced there as it is here. None if it
/// is no such code, or what is replaced may be something else.
pub(super) fn with_comments(code: &str, comment: &Value, line: &Value) -> Option<String> {
    let inside = code.strip_prefix(MARKDOWN.0)?.strip_suffix(MARKDOWN.1)?;
    let (comment, line) = (known_text(comment).ok()?, known_text(line).ok()?);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let mut signs = comment.strip_prefix('#')?.trim_end_matches('#').chars();
    // Signs of HTML have numbers behind theirs.
    let is_plain = signs
        .next()
        .is_some_and(|c| is_letter(c) && !c.is_ascii_digit())
        && signs.all(is_letter)
        && !line.contains(['\n', '`', '~', '$', '<', '&']);
    let is_whole = inside
        .lines()
        .all(|own| own == comment || !own.contains(&comment));
    if !is_plain || !is_whole || has_marks(inside) {
        return None;
    }
    let lines = inside
        .lines()
        .map(|own| if own == comment { &line } else { own });
    let new = lines.collect::<Vec<_>>().join("\n");
    (new.len() <= MAX_TEMPLATE_BYTES).then(|| format!("{}{new}{}", MARKDOWN.0, MARKDOWN.1))
}

/// Without tags.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_tag = false;
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    out
}

/// With the characters that stand for themselves.
pub(in super::super) fn unescaped(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (name, sign)| {
        text.replace(name, sign)
    })
}

//! Expressions: what stands between `{{` and `}}`, or after the word of a tag.

use super::frozen::frozen;
use super::lexer::{Kind, Token};
use super::seen::argument;
use super::settings::settings;
use super::whole::whole;
use crate::limits::EXPRESSION_NESTING;

/// Whether an expression is only asked whether it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Yes,
    No,
}

/// What could not be translated, and what to do about it.
pub(super) type Notes = Vec<(String, &'static str)>;

/// Translates the tokens of a tag. `component` gives the name of what a macro,
/// called by namespace and name, has become.
pub(super) fn translate_expression(
    tokens: Vec<Token>,
    condition: Condition,
    component: &dyn Fn(&str, &str) -> String,
    notes: &mut Notes,
) -> Vec<Token> {
    if nesting(&tokens) > EXPRESSION_NESTING {
        let what = "an expression whose brackets stand too deep in each other".to_owned();
        notes.push((what, "it stands as it was; write it in several"));
        return tokens;
    }
    let tokens = whole(settings(index(frozen(tokens, notes))));
    let tokens = group(tokens);
    let tokens = chain(tokens, condition);
    let tokens = rename(&tokens, notes);
    calls(&tokens, component)
}

/// How deep brackets stand in each other.
fn nesting(tokens: &[Token]) -> usize {
    let mut depth: usize = 0;
    let mut deepest = 0;
    for token in tokens {
        match (token.kind, token.text.as_str()) {
            (Kind::Sign, "(" | "[" | "?[") => depth += 1,
            (Kind::Sign, ")" | "]") => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Where a shortcode has its body from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Body {
    /// It stands between the call and its end.
    Between,
    /// Some call gives it as an argument.
    Argument,
}

/// The body of a shortcode was markdown, and is HTML now: it need not be rendered
/// any more. What is written in it has another name, by which an argument `body` is
/// known, too.
pub(super) fn translate_body(tokens: &mut Vec<Token>, body: Body) {
    let mut at = 0;
    while at < tokens.len() {
        let is = |n: usize, text: &str| tokens.get(at + n).is_some_and(|token| token.text == text);
        let of_other = at > 0 && [".", "|", "::"].iter().any(|sign| tokens[at - 1].is(sign));
        let is_argument = is(1, "=");
        if tokens[at].kind != Kind::Name || !is(0, "body") || of_other || is_argument {
            at += 1;
            continue;
        }
        let trims = if is(1, "|") && is(2, "trim") { 2 } else { 0 };
        if body == Body::Between && is(1 + trims, "|") && is(2 + trims, "markdown") {
            if !is(3 + trims, "(") {
                tokens.drain(at + 1..at + 3 + trims);
            }
        } else {
            tokens[at].text = "body_source".to_owned();
        }
        at += 1;
    }
}

/// `a.0` is `a[0]`.
fn index(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let after_dot = out.last().is_some_and(|last| last.is("."));
        if after_dot && token.kind == Kind::Number {
            out.pop();
            out.extend([Token::sign("["), token, Token::sign("]")]);
        } else {
            out.push(token);
        }
    }
    out
}

/// Operands that one filter takes together.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    start: Option<usize>,
    joined: bool,
    filtered: bool,
}

/// Puts parentheses around what a filter takes.
fn group(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut runs = vec![Run::default()];
    let mut last_run = Run::default();
    for token in tokens {
        let run = runs.last_mut().unwrap_or(&mut last_run);
        match (token.kind, token.text.as_str()) {
            (Kind::Sign, "+" | "-" | "*" | "/" | "%" | "~") => {
                if run.filtered {
                    *run = Run::default();
                } else {
                    run.joined = true;
                }
            }
            (Kind::Sign, "|") => {
                if let (Some(start), true) = (run.start, run.joined) {
                    let space = std::mem::take(&mut out[start].space);
                    out.insert(start, Token::new(&space, Kind::Sign, "("));
                    out.push(Token::sign(")"));
                }
                run.joined = false;
                run.filtered = true;
            }
            (Kind::Sign, "(" | "[") => {
                run.start.get_or_insert(out.len());
                runs.push(Run::default());
            }
            (Kind::Sign, ")" | "]") => {
                if runs.len() > 1 {
                    runs.pop();
                }
            }
            (Kind::Sign, "." | "::") => {}
            (Kind::Sign, _) | (Kind::Name, "and" | "or" | "not" | "in" | "is") => {
                *run = Run::default();
            }
            (Kind::Name, "if" | "elif" | "set" | "set_global" | "for" | "filter")
                if out.is_empty() => {}
            _ => _ = run.start.get_or_insert(out.len()),
        }
        out.push(token);
    }
    out
}

/// Lets names be missing where they were allowed to be.
fn chain(tokens: Vec<Token>, condition: Condition) -> Vec<Token> {
    let mut out = tokens;
    let mut at = 0;
    while at < out.len() {
        let is_word = ["in", "and", "or", "not", "is"].contains(&out[at].text.as_str());
        let starts = out[at].kind == Kind::Name
            && !is_word
            && (at == 0 || !(out[at - 1].is(".") || out[at - 1].is("|") || out[at - 1].is("::")));
        let end = if starts { chain_end(&out, at) } else { at + 1 };
        let after = out.get(end).map(|token| token.text.as_str());
        let then = out.get(end + 1).map(|token| token.text.as_str());
        let asked = condition == Condition::Yes
            || after == Some("is")
            || (after == Some("|") && then == Some("default"));
        if asked && end > at + 1 && out[at].text != "loop" {
            // What every template sees, and has.
            let is_extra = out.get(at + 2).is_some_and(|token| token.text == "extra");
            let certain = match (out[at].text.as_str(), is_extra) {
                ("config", true) => 2,
                ("config", false) => 1,
                _ => 0,
            };
            let mut depth = 0;
            let mut accesses = 0;
            for token in &mut out[at + 1..end] {
                let access = depth == 0 && (token.is(".") || token.is("["));
                match token.text.as_str() {
                    "[" | "(" => depth += 1,
                    "]" | ")" => depth -= 1,
                    _ => {}
                }
                if access {
                    accesses += 1;
                    if accesses > certain {
                        token.text.insert(0, '?');
                    }
                }
            }
        }
        at += 1;
    }
    out
}

/// Behind the names and brackets that follow a name.
fn chain_end(tokens: &[Token], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match tokens.get(at) {
            Some(token) if token.is(".") => at += 2,
            Some(token) if token.is("[") => at = closing(tokens, at) + 1,
            _ => return at.min(tokens.len()),
        }
    }
}

/// The bracket that closes the one here.
pub(super) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match (token.kind, token.text.as_str()) {
            (Kind::Sign, "(" | "[" | "?[") => depth += 1,
            (Kind::Sign, ")" | "]") => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

/// Filters and tests with other names or arguments.
fn rename(tokens: &[Token], notes: &mut Notes) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let before = |back: usize| at.checked_sub(back).map(|at| &tokens[at]);
        let filter = before(1).is_some_and(|token| token.is("|"))
            || (at == 1 && tokens[0].kind == Kind::Name && tokens[0].text == "filter");
        let is = |token: Option<&Token>| token.is_some_and(|token| token.text == "is");
        let not = before(1).is_some_and(|token| token.text == "not");
        let test = is(before(1)) || (not && is(before(2)));
        if token.kind != Kind::Name || !(filter || test) {
            out.push(token.clone());
            at += 1;
            continue;
        }
        let has_arguments = tokens.get(at + 1).is_some_and(|next| next.is("("));
        let end = if has_arguments {
            closing(tokens, at + 1)
        } else {
            at
        };
        let inner = tokens.get(at + 2..end).filter(|_| has_arguments);
        let inner = rename(inner.unwrap_or_default(), notes);
        if filter {
            out.extend(rename_filter(token, &inner, notes));
        } else {
            out.extend(rename_test(token, inner));
        }
        at = end + 1;
    }
    out
}

/// What the filter `date` was told, and is not any more.
const FOREIGN_TO_DATE: [(&str, &str); 2] = [
    (
        "locale",
        "it was left out, and names are English: `trans(key=\"month-1\", lang=lang)` gives others",
    ),
    (
        "timezone",
        "it was left out: a time is shown as it was written",
    ),
];

/// The arguments of a call: names and values.
type Arguments = Vec<(String, Vec<Token>)>;

fn rename_filter(name: &Token, inner: &[Token], notes: &mut Notes) -> Vec<Token> {
    let mut given: Arguments = arguments(inner)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect();
    let old = name.text.as_str();
    match old {
        "round" if inner.iter().any(|token| token.unquoted() == "common") => {
            given.retain(|(name, _)| name != "method");
        }
        "unique" if !given.iter().any(|(name, _)| name == "case_sensitive") => {
            let no = Token::new("", Kind::Name, "false");
            given.push(("case_sensitive".to_owned(), vec![no]));
        }
        "date" => {
            for (argument, advice) in FOREIGN_TO_DATE {
                if given.iter().any(|(name, _)| name == argument) {
                    given.retain(|(name, _)| name != argument);
                    let what = format!("the filter `date` has no `{argument}`");
                    notes.push((what, advice));
                }
            }
        }
        "indent" => indent(&mut given),
        "truncate" if !given.iter().any(|(name, _)| name == "length") => {
            given.push(("length".to_owned(), vec![number("255")]));
        }
        _ => {}
    }
    let new = match old {
        "as_str" => "str",
        "linebreaksbr" => "newlines_to_br",
        "trim_start_matches" => "trim_start",
        "trim_end_matches" => "trim_end",
        other => other,
    };
    call(Token::new(&name.space, Kind::Name, new), given)
}

/// What stood before each line is repeated now as often as `width` says.
fn indent(given: &mut Arguments) {
    let mut prefixed = false;
    for (name, _) in given.iter_mut().filter(|(name, _)| name == "prefix") {
        *name = "indentation".to_owned();
        prefixed = true;
    }
    if prefixed {
        given.push(("width".to_owned(), vec![number("1")]));
    }
}

fn number(text: &str) -> Token {
    Token::new("", Kind::Number, text)
}

fn call(name: Token, arguments: Arguments) -> Vec<Token> {
    let mut out = vec![name];
    for (index, (name, value)) in arguments.into_iter().enumerate() {
        let (sign, space) = if index == 0 { ("(", "") } else { (",", " ") };
        out.push(Token::sign(sign));
        out.push(Token::new(space, Kind::Name, name));
        out.push(Token::sign("="));
        out.extend(value);
    }
    if out.len() > 1 {
        out.push(Token::sign(")"));
    }
    out
}

fn rename_test(name: &Token, inner: Vec<Token>) -> Vec<Token> {
    let (new_name, argument) = match name.text.as_str() {
        "divisibleby" => ("divisible_by", "divisor"),
        "object" => ("map", ""),
        other => (other, "pat"),
    };
    let mut out = vec![Token::new(&name.space, Kind::Name, new_name)];
    if !inner.is_empty() {
        out.push(Token::sign("("));
        out.push(Token::new("", Kind::Name, argument));
        out.push(Token::sign("="));
        out.extend(inner);
        out.push(Token::sign(")"));
    }
    out
}

/// Names and values between the parentheses of a call.
pub(super) fn arguments(inner: &[Token]) -> Vec<(&str, &[Token])> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0;
    for at in 0..=inner.len() {
        let token = inner.get(at);
        match token.map(|token| (token.kind, token.text.as_str())) {
            Some((Kind::Sign, "(" | "[" | "?[")) => depth += 1,
            Some((Kind::Sign, ")" | "]")) => depth -= 1,
            Some((Kind::Sign, ",")) | None if depth == 0 || token.is_none() => {
                match &inner[start..at] {
                    [name, equals, value @ ..] if equals.is("=") => {
                        found.push((name.text.as_str(), value));
                    }
                    [name, ..] => found.push((name.text.as_str(), &[][..])),
                    [] => {}
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// Calls of macros become components.
fn calls(tokens: &[Token], component: &dyn Fn(&str, &str) -> String) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let call = match &tokens[at..] {
            [space, colons, name, open, ..] if colons.is("::") && open.is("(") => {
                Some((space, name))
            }
            _ => None,
        };
        let Some((space, name)) = call else {
            out.push(tokens[at].clone());
            at += 1;
            continue;
        };
        let end = closing(tokens, at + 3);
        let called = component(&space.text, &name.text);
        out.push(Token::new(&space.space, Kind::Sign, format!("<{called}")));
        let inner = tokens.get(at + 4..end).unwrap_or_default();
        for (name, value) in arguments(inner) {
            let value = calls(value, component);
            out.push(Token::new(" ", Kind::Name, argument(name)));
            out.push(Token::sign("="));
            match value.as_slice() {
                [text] if text.kind == Kind::Text => {
                    out.push(Token::new("", Kind::Text, text.text.clone()));
                }
                _ => {
                    out.push(Token::sign("{"));
                    out.extend(value);
                    out.push(Token::sign("}"));
                }
            }
        }
        out.push(Token::new(" ", Kind::Sign, "/>"));
        at = end + 1;
    }
    out
}

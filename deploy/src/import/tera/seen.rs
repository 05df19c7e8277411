//! What macros saw without being given it: the variables of the page that calls
//! them. Components see only those that they name, with an `@` in front, and take
//! them from whoever calls.

use std::collections::BTreeSet;

use super::lexer::{Kind, Piece, Tag, Token};

/// What the generator gives to templates.
const GIVEN: [&str; 14] = [
    "config",
    "lang",
    "page",
    "section",
    "current_path",
    "current_url",
    "paginator",
    "taxonomy",
    "term",
    "terms",
    "pages",
    "feed_url",
    "last_updated",
    "entries",
];

/// What is there in every template, in that of the site's own language too, where
/// a component would find it before that of the page.
const EVERYWHERE: usize = 2;

/// Those that are named in a macro's body: the pieces up to its end.
pub(super) fn seen(body: &[Piece<'_>]) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    for piece in body {
        let Piece::Tag(tag) = piece else { continue };
        if tag.is("endmacro") {
            break;
        }
        seen.extend(named(tag));
        if tag.tokens.iter().any(|token| token.is("::")) {
            seen.extend(&GIVEN[..EVERYWHERE]);
        }
    }
    seen
}

/// The names that are followed by a bracket in a macro's body.
pub(super) fn indexed(body: &[Piece<'_>]) -> BTreeSet<String> {
    let mut indexed = BTreeSet::new();
    for piece in body {
        let Piece::Tag(tag) = piece else { continue };
        if tag.is("endmacro") {
            break;
        }
        for pair in tag.tokens.windows(2) {
            if pair[0].kind == Kind::Name && pair[1].is("[") {
                indexed.insert(pair[0].text.clone());
            }
        }
    }
    indexed
}

fn named(tag: &Tag<'_>) -> impl Iterator<Item = &'static str> {
    let tokens = &tag.tokens;
    let names = tokens.iter().enumerate().filter_map(move |(at, token)| {
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let of_other =
            before.is_some_and(|before| before.is(".") || before.is("|") || before.is("::"));
        let is_argument = tokens.get(at + 1).is_some_and(|next| next.is("="));
        let is_name = token.kind == Kind::Name && !of_other && !is_argument;
        GIVEN
            .iter()
            .copied()
            .find(|name| is_name && token.text == *name)
    });
    names.collect::<Vec<_>>().into_iter()
}

/// A component has a `body` of its own: an argument of that name has another one.
pub(super) fn argument(name: &str) -> &str {
    match name {
        "body" => "body_text",
        name => name,
    }
}

/// Gives a macro's arguments their names in its body.
pub(super) fn rename_arguments(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let of_other = at > 0 && (tokens[at - 1].is(".") || tokens[at - 1].is("|"));
        let is_argument = tokens.get(at + 1).is_some_and(|next| next.is("="));
        let is_set = at == 1 && tokens[0].text.starts_with("set");
        if tokens[at].kind == Kind::Name && !of_other && (!is_argument || is_set) {
            tokens[at].text = argument(&tokens[at].text).to_owned();
        }
    }
}

/// What is always an argument of a component is none where it was missing.
pub(super) fn ask_for_none(tokens: &mut [Token], implicit: &BTreeSet<&'static str>) {
    for at in 0..tokens.len() {
        let of_other = at > 0 && (tokens[at - 1].is(".") || tokens[at - 1].is("|"));
        let is_one = tokens[at].kind == Kind::Name && implicit.contains(tokens[at].text.as_str());
        if of_other || !is_one || tokens.get(at + 1).is_none_or(|token| token.text != "is") {
            continue;
        }
        let negated = tokens.get(at + 2).is_some_and(|token| token.text == "not");
        let test = at + 2 + usize::from(negated);
        let is_defined = match tokens.get(test).map(|token| token.text.as_str()) {
            Some("defined") => true,
            Some("undefined") => false,
            _ => continue,
        };
        if negated {
            tokens[test - 1].text.clear();
            tokens[test - 1].space.clear();
        }
        tokens[test].text = match is_defined == negated {
            true => "none".to_owned(),
            false => "not none".to_owned(),
        };
    }
}

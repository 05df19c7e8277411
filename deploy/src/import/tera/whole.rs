//! Addresses are whole in Zola's templates, and paths in ours: where a template
//! compares one with `current_url`, or tells it to another site, only a whole one
//! will do.

use super::expression::{arguments, closing};
use super::lexer::{Kind, Token};

/// Functions that answer with an address.
const ADDRESSES: [&str; 3] = ["get_url", "get_taxonomy_url", "resize_image"];

/// Whether the path may end in a slash, which Zola takes away.
fn may_end_in_slash(given: &[(&str, &[Token])]) -> bool {
    let path = given.iter().find(|(name, _)| *name == "path");
    match path.map(|(_, value)| *value) {
        Some([text]) if text.kind == Kind::Text => {
            let path = text.unquoted();
            path.ends_with('/') && path.len() > 1 && !path.starts_with("@/")
        }
        Some(_) => true,
        None => false,
    }
}

/// Asks for whole addresses.
pub(super) fn whole(tokens: Vec<Token>) -> Vec<Token> {
    let is_name =
        |token: &Token| token.kind == Kind::Name && ADDRESSES.contains(&token.text.as_str());
    let mut out = tokens;
    let mut at = 0;
    while at < out.len() {
        let is_call = is_name(&out[at]) && out.get(at + 1).is_some_and(|next| next.is("("));
        let of_other = at > 0 && [".", "|", "::"].iter().any(|sign| out[at - 1].is(sign));
        if is_call && !of_other {
            let end = closing(&out, at + 1);
            let given = arguments(&out[at + 2..end.max(at + 2)]);
            let mut more = Vec::new();
            let is_given = |wanted: &str| given.iter().any(|(name, _)| *name == wanted);
            if out[at].text == "get_url" && !is_given("trailing_slash") && may_end_in_slash(&given)
            {
                more.push(("trailing_slash", "false"));
            }
            if !is_given("absolute") {
                more.push(("absolute", "true"));
            }
            let is_first = given.is_empty() || out[end - 1].is(",");
            let more = more.iter().enumerate().flat_map(|(number, (name, value))| {
                let comma = if is_first && number == 0 { "" } else { "," };
                let space = if given.is_empty() && number == 0 {
                    ""
                } else {
                    " "
                };
                [
                    Token::sign(comma),
                    Token::new(space, Kind::Name, *name),
                    Token::sign("="),
                    Token::new("", Kind::Name, *value),
                ]
            });
            let more: Vec<Token> = more.collect();
            out.splice(end..end, more);
        }
        at += 1;
    }
    out
}

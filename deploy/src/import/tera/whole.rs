//! Addresses are whole in Zola's templates, and paths in ours: where a template
//! compares one with `current_url`, or tells it to another site, only a whole one
//! will do.

use super::expression::{arguments, closing};
use super::lexer::{Kind, Token};

/// Functions that answer with an address.
const ADDRESSES: [&str; 3] = ["get_url", "get_taxonomy_url", "resize_image"];

/// Asks for whole addresses.
pub(super) fn whole(tokens: Vec<Token>) -> Vec<Token> {
    let is_name = |token: &Token| {
        token.kind == Kind::Name && ADDRESSES.contains(&token.text.as_str())
    };
    let mut out = tokens;
    let mut at = 0;
    while at < out.len() {
        let is_call = is_name(&out[at]) && out.get(at + 1).is_some_and(|next| next.is("("));
        let of_other = at > 0 && [".", "|", "::"].iter().any(|sign| out[at - 1].is(sign));
        if is_call && !of_other {
            let end = closing(&out, at + 1);
            let given = arguments(&out[at + 2..end.max(at + 2)]);
            let is_empty = given.is_empty();
            if !given.iter().any(|(name, _)| *name == "absolute") {
                let ends_in_comma = out[end - 1].is(",");
                let comma = Token::sign(if is_empty || ends_in_comma { "" } else { "," });
                let space = if is_empty { "" } else { " " };
                let more = [
                    comma,
                    Token::new(space, Kind::Name, "absolute"),
                    Token::sign("="),
                    Token::new("", Kind::Name, "true"),
                ];
                out.splice(end..end, more);
            }
        }
        at += 1;
    }
    out
}

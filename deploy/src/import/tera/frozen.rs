//! What templates cannot ask for any more: the time, and the environment.

use super::expression::{Notes, arguments, closing};
use super::lexer::{Kind, Token};

/// A build depends on nothing but the site: the time and the environment become
/// what they are now.
pub(super) fn frozen(tokens: Vec<Token>, notes: &mut Notes) -> Vec<Token> {
    let asks = |token: &Token| matches!(token.text.as_str(), "now" | "get_env");
    if !tokens.iter().any(asks) {
        return tokens;
    }
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let called = tokens.get(at + 1).is_some_and(|next| next.is("("));
        let alone = !out
            .last()
            .is_some_and(|last| last.is(".") || last.is("|") || last.is("::"));
        let is_call = token.kind == Kind::Name && called && alone;
        let end = if is_call {
            closing(&tokens, at + 1)
        } else {
            at
        };
        match token.text.as_str() {
            "now" if is_call => {
                let today = jiff::tz::Offset::UTC
                    .to_datetime(jiff::Timestamp::now())
                    .date();
                out.push(Token::new(&token.space, Kind::Text, format!("\"{today}\"")));
                let advice =
                    "the day of the import stands there: a build gives the same bytes on any day";
                notes.push(("there is no function `now` any more".to_owned(), advice));
            }
            "get_env" if is_call => {
                let given = arguments(&tokens[at + 2..end]);
                let default = given.iter().find(|(name, _)| *name == "default");
                let value = default.map_or("\"\"".to_owned(), |(_, value)| {
                    value.iter().map(|token| token.text.as_str()).collect()
                });
                out.push(Token::new(&token.space, Kind::Text, value));
                let advice = "its default stands there: a build does not depend on the environment";
                notes.push(("there is no function `get_env` any more".to_owned(), advice));
            }
            _ => out.extend_from_slice(&tokens[at..=end.min(at)]),
        }
        at = match token.text.as_str() {
            "now" | "get_env" => end + 1,
            _ => at + 1,
        };
    }
    out
}

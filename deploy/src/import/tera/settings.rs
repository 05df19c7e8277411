//! What templates ask of the configuration, where it has another name now.

use super::lexer::{Kind, Token};

/// `config.generate_feed` and its kin.
pub(super) fn settings(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let of_config = match out.as_slice() {
            [.., before, config, dot] => {
                config.text == "config" && dot.is(".") && !before.is(".") && !before.is("|")
            }
            [config, dot] => config.text == "config" && dot.is("."),
            _ => false,
        };
        match token.text.as_str() {
            "generate_feed" if of_config => {
                out.push(Token::new("", Kind::Name, "generate_feeds"));
            }
            // A name of old.
            "get_file_hash" if token.kind == Kind::Name => {
                out.push(Token::new(&token.space, Kind::Name, "get_hash"));
            }
            "feed_filename" if of_config => out.extend([
                Token::new("", Kind::Name, "feed_filenames"),
                Token::sign("["),
                Token::new("", Kind::Number, "0"),
                Token::sign("]"),
            ]),
            _ => out.push(token),
        }
    }
    out
}

//! What is HTML here, and was text in Zola, where it is printed: without `safe` it
//! was escaped, as themes want it in attributes.

use super::lexer::{Kind, Tag, Token};

/// Fields of pages, and filters, that give HTML.
const HTML_FIELDS: [&str; 2] = ["content", "summary"];
const HTML_FILTERS: [&str; 2] = ["markdown", "json_encode"];

/// Escapes what a tag prints, if that is HTML now.
pub(super) fn escaped(tag: &mut Tag<'_>) {
    if tag.open.starts_with("{{") && is_html(&tag.tokens) {
        tag.tokens.extend([
            Token::new(" ", Kind::Sign, "|"),
            Token::new(" ", Kind::Name, "escape_html"),
            Token::new(" ", Kind::Sign, "|"),
            Token::new(" ", Kind::Name, "safe"),
        ]);
    }
}

fn is_html(tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    // The last filter that takes all before it, and what else stands there.
    let mut filter = None;
    let mut is_chain = true;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "?[" if token.kind == Kind::Sign => depth += 1,
            ")" | "]" if token.kind == Kind::Sign => depth = depth.saturating_sub(1),
            "|" if depth == 0 => filter = tokens.get(at + 1).map(|name| name.text.as_str()),
            "." | "?." => {}
            _ if depth == 0 && token.kind == Kind::Sign => is_chain = false,
            "if" | "else" | "and" | "or" | "not" | "is" | "in" if depth == 0 => is_chain = false,
            _ => {}
        }
    }
    let field = match tokens {
        [.., dot, name] if dot.is(".") || dot.is("?.") => name.text.as_str(),
        _ => "",
    };
    match filter {
        Some(name) => HTML_FILTERS.contains(&name),
        None => is_chain && HTML_FIELDS.contains(&field),
    }
}

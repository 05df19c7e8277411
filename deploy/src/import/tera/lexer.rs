//! Tera 1 as tokens that keep every character: what is not changed is written
//! as it was. The grammar is that of tera 1.20.

/// A part of a template.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// Text, a comment, or a raw section.
    Verbatim(&'a str),
    Tag(Tag<'a>),
}

/// `{% … %}` or `{{ … }}`.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) text: &'a str,
    pub(super) open: &'a str,
    pub(super) tokens: Vec<Token>,
    /// The space before the end.
    pub(super) space: &'a str,
    pub(super) close: &'a str,
    pub(super) line: usize,
}

/// A word of a tag, and the space before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) space: String,
    pub(super) kind: Kind,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    /// With its quotes.
    Text,
    Sign,
}

impl Token {
    pub(super) fn new(space: &str, kind: Kind, text: impl Into<String>) -> Self {
        Self {
            space: space.to_owned(),
            kind,
            text: text.into(),
        }
    }

    pub(super) fn sign(text: &str) -> Self {
        Self::new("", Kind::Sign, text)
    }

    pub(super) fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// A string without its quotes.
    pub(super) fn unquoted(&self) -> String {
        let inner = self.text.get(1..self.text.len() - 1);
        inner
            .filter(|_| self.kind == Kind::Text)
            .unwrap_or(&self.text)
            .to_owned()
    }

    /// Its text for tera 2, in which a backslash begins an escape.
    pub(super) fn escaped(&self) -> String {
        let text = match self.kind {
            Kind::Text => self.text.replace('\\', "\\\\"),
            _ => self.text.clone(),
        };
        format!("{}{text}", self.space)
    }
}

impl Tag<'_> {
    /// Its first word, which says what it is.
    pub(super) fn word(&self) -> &str {
        let first = self.tokens.first();
        let first = first.filter(|_| self.open.starts_with("{%"));
        first.map_or("", |token| token.text.as_str())
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.word() == word
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push_str(self.open);
        for token in &self.tokens {
            out.push_str(&token.escaped());
        }
        out.push_str(self.space);
        out.push_str(self.close);
    }
}

/// The parts of a template. What is not closed is taken as it is; the engine
/// will say so.
pub(super) fn lex(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let (mut line, mut counted) = (1, 0);
    // Where one raw section has no end, no later one has.
    let mut raw_ends = true;
    while at < text.len() {
        let start = next_open(text, at);
        if start > at {
            pieces.push(Piece::Verbatim(&text[at..start]));
        }
        if start == text.len() {
            break;
        }
        line += text[counted..start].matches('\n').count();
        counted = start;
        let raw = raw_start(text, start).filter(|_| raw_ends);
        let raw_end = raw.and_then(|inside| raw_end(text, inside));
        raw_ends &= raw.is_some() == raw_end.is_some();
        let end = if text[start..].starts_with("{#") {
            let end = text[start..]
                .find("#}")
                .map_or(text.len(), |end| start + end + 2);
            pieces.push(Piece::Verbatim(&text[start..end]));
            end
        } else if let Some(end) = raw_end {
            pieces.push(Piece::Verbatim(&text[start..end]));
            end
        } else if let Some((tag, end)) = tag(text, start, line) {
            pieces.push(Piece::Tag(tag));
            end
        } else {
            pieces.push(Piece::Verbatim(&text[start..]));
            text.len()
        };
        at = end;
    }
    pieces
}

/// Where the next tag or comment begins, or where the text ends.
fn next_open(text: &str, at: usize) -> usize {
    let mut braces = text[at..].match_indices('{').map(|(found, _)| at + found);
    let opens = |at: &usize| text[at + 1..].starts_with(['{', '%', '#']);
    braces.find(opens).unwrap_or(text.len())
}

/// Behind the tag that begins a raw section here.
fn raw_start(text: &str, start: usize) -> Option<usize> {
    behind(text, start, "raw")
}

/// Behind the tag that ends a raw section, whose inside begins here.
fn raw_end(text: &str, inside: usize) -> Option<usize> {
    let mut ends = text[inside..].match_indices("{%");
    ends.find_map(|(at, _)| behind(text, inside + at, "endraw"))
}

/// Behind a tag of one word.
fn behind(text: &str, at: usize, word: &str) -> Option<usize> {
    let rest = text[at..].strip_prefix("{%")?;
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix(word)?.trim_start();
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}

fn tag(text: &str, start: usize, line: usize) -> Option<(Tag<'_>, usize)> {
    let minus = text[start + 2..].starts_with('-');
    let open = &text[start..start + if minus { 3 } else { 2 }];
    let close = if open.starts_with("{{") { "}}" } else { "%}" };
    let mut at = start + open.len();
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        let rest = &text[at..];
        let spaces = rest.len() - rest.trim_start().len();
        let (space, rest) = rest.split_at(spaces);
        at += spaces;
        let minus = rest.starts_with('-') && rest[1..].starts_with(close);
        if minus || rest.starts_with(close) {
            let end = at + close.len() + usize::from(minus);
            let tag = Tag {
                text: &text[start..end],
                open,
                tokens,
                space,
                close: &text[at..end],
                line,
            };
            return Some((tag, end));
        }
        let (kind, length) = token(rest, tokens.last())?;
        tokens.push(Token::new(space, kind, &rest[..length]));
        at += length;
    }
}

/// The kind and length of the first token.
fn token(rest: &str, before: Option<&Token>) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    let word = |text: &str| {
        let inside = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        text.find(inside).unwrap_or(text.len())
    };
    let negative = first == '-'
        && rest[1..].starts_with(|c: char| c.is_ascii_digit())
        && before.is_none_or(|token| token.kind == Kind::Sign && !token.is(")") && !token.is("]"));
    Some(match first {
        '"' | '\'' | '`' => (Kind::Text, rest[1..].find(first)? + 2),
        _ if before.is_some_and(|token| token.is(".")) && word(rest) > 0 => {
            let digits = rest[..word(rest)].bytes().all(|byte| byte.is_ascii_digit());
            let kind = if digits { Kind::Number } else { Kind::Name };
            (kind, word(rest))
        }
        '0'..='9' => (Kind::Number, number(rest)),
        _ if negative => (Kind::Number, 1 + number(&rest[1..])),
        _ if first.is_ascii_alphabetic() || first == '_' => (Kind::Name, word(rest)),
        _ => {
            let two = ["==", "!=", "<=", ">=", "::"];
            let long = two.iter().any(|sign| rest.starts_with(sign));
            (Kind::Sign, if long { 2 } else { first.len_utf8() })
        }
    })
}

fn number(text: &str) -> usize {
    let digits = |text: &str| {
        let digit = |c: char| !c.is_ascii_digit();
        text.find(digit).unwrap_or(text.len())
    };
    let whole = digits(text);
    match text[whole..].strip_prefix('.').map(digits) {
        Some(part) if part > 0 => whole + 1 + part,
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    /// Each of them was searched for once for each tag.
    #[test]
    fn tags_may_be_many() {
        let started = Instant::now();
        for piece in ["{{ a }}\n", "{% raw %}", "{# a #}", "{%raw%}{% a %}{", "{a"] {
            let text = piece.repeat(30_000);
            let last = lex(&text).pop();
            if let Some(Piece::Tag(tag)) = last {
                let lines = text.matches('\n').count();
                assert!(tag.line == lines || lines == 0, "{piece}: {}", tag.line);
            }
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(\\{%-? |%\\}|\\{\\{|\\}\\}|\\{#|#\\}|raw|[a-z.|\"'0-9 é\n-]{1,3}){0,24}") {
            let mut out = String::new();
            for piece in lex(&text) {
                match piece {
                    Piece::Verbatim(text) => out.push_str(text),
                    Piece::Tag(tag) => tag.write(&mut out),
                }
            }
            prop_assert_eq!(out, text);
        }
    }
}

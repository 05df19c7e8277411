//! What stands in the braces of a template of Go, word by word: commands, each with
//! its operands.

use super::parse::{Base, Operand, Pipe};
use crate::limits::TEMPLATE_NESTING;

/// Reads a pipe.
pub(super) fn pipe(text: &str) -> Option<Pipe> {
    let mut reader = Reader { text, at: 0 };
    let pipe = reader.pipe(0)?;
    (reader.at == text.len()).then_some(pipe)
}

/// Reads the words of an action.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    /// Commands up to the end of the text, or to a parenthesis that closes.
    fn pipe(&mut self, depth: usize) -> Option<Pipe> {
        if depth > TEMPLATE_NESTING {
            return None;
        }
        let mut pipe = Vec::new();
        loop {
            let mut command = Vec::new();
            loop {
                self.skip_space();
                if self.rest().is_empty() || self.rest().starts_with(['|', ')']) {
                    break;
                }
                command.push(self.operand(depth)?);
            }
            if command.is_empty() {
                return None;
            }
            pipe.push(command);
            if !self.take('|') {
                return Some(pipe);
            }
        }
    }

    fn operand(&mut self, depth: usize) -> Option<Operand> {
        let base = self.base(depth)?;
        let mut fields = Vec::new();
        if base == Base::Dot
            && !self
                .rest()
                .starts_with(|c: char| c.is_alphabetic() || c == '_')
        {
            return Some(Operand { base, fields });
        }
        if base == Base::Dot {
            fields.push(self.word());
        }
        while self.rest().starts_with('.') {
            self.at += 1;
            let field = self.word();
            if field.is_empty() {
                return None;
            }
            fields.push(field);
        }
        Some(Operand { base, fields })
    }

    fn base(&mut self, depth: usize) -> Option<Base> {
        let first = self.rest().chars().next()?;
        match first {
            '.' => {
                self.at += 1;
                Some(Base::Dot)
            }
            '$' => {
                self.at += 1;
                Some(Base::Variable(self.word()))
            }
            '(' => {
                self.at += 1;
                let inside = self.pipe(depth + 1)?;
                self.skip_space();
                self.take(')').then_some(Base::Parentheses(inside))
            }
            '"' | '`' | '\'' => self.quoted(first),
            c if c.is_ascii_digit() || c == '-' || c == '+' => self.number(),
            _ => {
                let word = self.word();
                Some(match word.as_str() {
                    "" => return None,
                    "true" => Base::Boolean(true),
                    "false" => Base::Boolean(false),
                    "nil" => Base::Nil,
                    _ => Base::Function(word),
                })
            }
        }
    }

    /// Letters, digits and underscores.
    fn word(&mut self) -> String {
        let length = self
            .rest()
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest().len());
        let word = self.rest()[..length].to_owned();
        self.at += length;
        word
    }

    fn number(&mut self) -> Option<Base> {
        let length = self
            .rest()
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '+' | '_'))
            .unwrap_or(self.rest().len());
        let word = self.rest()[..length].to_owned();
        self.at += length;
        if let Ok(number) = word.parse() {
            return Some(Base::Integer(number));
        }
        word.parse().ok().map(Base::Float)
    }

    fn quoted(&mut self, quote: char) -> Option<Base> {
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += at + 1;
                    let mut inside = text.chars();
                    return Some(match (quote, inside.next(), inside.next()) {
                        ('\'', Some(only), None) => Base::Integer(i64::from(u32::from(only))),
                        ('\'', _, _) => return None,
                        _ => Base::Text(text),
                    });
                }
                '\\' if quote != '`' => text.push(match chars.next()?.1 {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    c @ ('\\' | '"' | '\'') => c,
                    _ => return None,
                }),
                c => text.push(c),
            }
        }
        None
    }
}

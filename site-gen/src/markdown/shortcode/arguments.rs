//! The arguments of a shortcode: `name=value`, with strings in any quotes,
//! numbers, booleans and arrays of these.

use std::collections::BTreeMap;
use std::ops::Range;

use tera::Value;

use crate::diagnostic::Diagnostic;
use crate::document::Document;

/// Reads arguments up to the parenthesis that closes them.
pub(super) struct Reader<'a> {
    document: &'a Document,
    at: usize,
    end: usize,
    names: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document, at: usize, end: usize) -> Self {
        Self {
            document,
            at,
            end,
            names: Vec::new(),
        }
    }

    /// Where the names of the arguments stand.
    pub(super) fn into_names(self) -> Vec<Range<usize>> {
        self.names
    }

    /// Where it stopped.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn arguments(&mut self) -> Result<BTreeMap<String, Value>, Diagnostic> {
        let mut arguments = BTreeMap::new();
        loop {
            if self.accept(')') {
                return Ok(arguments);
            }
            let name = self.word();
            if name.is_empty() {
                return Err(self.fault("an argument has no name", "`name=value`, or `)`"));
            }
            self.names.push(self.at - name.len()..self.at);
            if !self.accept('=') {
                return Err(self.fault("an argument has no value", "`=` and a value"));
            }
            let value = self.value()?;
            if arguments.insert(name.clone(), value).is_some() {
                return Err(self.fault(&format!("the argument `{name}` is there twice"), "it once"));
            }
            if !self.accept(',') && !self.rest().trim_start().starts_with(')') {
                return Err(self.fault("the arguments do not go on here", "`,` or `)`"));
            }
        }
    }

    fn value(&mut self) -> Result<Value, Diagnostic> {
        self.skip_space();
        match self.rest().chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => self.string(quote),
            Some('[') => self.array(),
            _ => {
                let length = self
                    .rest()
                    .find(|c: char| {
                        !c.is_ascii_alphanumeric() && !matches!(c, '-' | '+' | '.' | '_')
                    })
                    .unwrap_or(self.rest().len());
                let word = &self.rest()[..length];
                let value = match word {
                    "true" => Some(Value::from(true)),
                    "false" => Some(Value::from(false)),
                    _ => {
                        let integer = word.parse::<i64>().ok().map(Value::from);
                        integer.or_else(|| {
                            word.parse::<f64>()
                                .ok()
                                .filter(|n| n.is_finite())
                                .map(Value::from)
                        })
                    }
                };
                let Some(value) = value else {
                    return Err(self.fault(
                        "this is not a value",
                        "a string in quotes, a number, true, false or an array",
                    ));
                };
                self.at += length;
                Ok(value)
            }
        }
    }

    fn string(&mut self, quote: char) -> Result<Value, Diagnostic> {
        let inside = &self.rest()[1..];
        let Some(length) = inside.find(quote) else {
            return Err(self.fault("this string has no end", &format!("`{quote}`")));
        };
        let value = Value::from(&inside[..length]);
        self.at += length + 2;
        Ok(value)
    }

    /// Arrays hold no arrays: what is written in a text stays simple.
    fn array(&mut self) -> Result<Value, Diagnostic> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.accept(']') {
            self.skip_space();
            if self.rest().starts_with('[') {
                return Err(self.fault("an array in an array", "strings, numbers or booleans"));
            }
            items.push(self.value()?);
            if !self.accept(',') && !self.rest().trim_start().starts_with(']') {
                return Err(self.fault("the array does not go on here", "`,` or `]`"));
            }
        }
        Ok(items.into())
    }

    fn word(&mut self) -> String {
        self.skip_space();
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let word = rest[..length].to_owned();
        self.at += length;
        word
    }

    fn accept(&mut self, character: char) -> bool {
        self.skip_space();
        let accepted = self.rest().starts_with(character);
        self.at += if accepted { character.len_utf8() } else { 0 };
        accepted
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &'a str {
        &self.document.text()[self.at..self.end]
    }

    fn fault(&self, message: &str, expected: &str) -> Diagnostic {
        self.document
            .at(self.at..self.at + 1, message)
            .expected(expected)
    }
}

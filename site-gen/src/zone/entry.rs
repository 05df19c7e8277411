//! Splits a zone file into entries, keeping where everything stands (RFC 1035
//! §5.1): comments, parentheses that join lines, quoted strings.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::limits::MAX_DIAGNOSTICS;
use crate::source::Source;

/// One directive or record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Whether the line begins with a blank: the owner is that of the record
    /// before.
    pub(super) continues: bool,
    /// At least one.
    pub(super) fields: Vec<Field>,
}

/// One field of an entry, without its quotes, with its escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) span: Range<usize>,
}

/// Splits a whole file. What is wrong in one entry does not hide the next.
pub(super) fn split(source: &Source) -> (Vec<Entry>, Vec<Diagnostic>) {
    let mut splitter = Splitter {
        source,
        at: 0,
        entries: Vec::new(),
        faults: Vec::new(),
    };
    while splitter.at < source.text.len() && splitter.faults.len() < MAX_DIAGNOSTICS {
        let start = splitter.at;
        if let Err(fault) = splitter.entry() {
            splitter.faults.push(fault);
            // An open parenthesis or quote may have swallowed everything that
            // follows: go on after the line the entry began in.
            let line = source.text[start..]
                .find('\n')
                .map_or(source.text.len(), |end| start + end + 1);
            splitter.at = line;
        }
    }
    (splitter.entries, splitter.faults)
}

struct Splitter<'a> {
    source: &'a Source,
    at: usize,
    entries: Vec<Entry>,
    faults: Vec<Diagnostic>,
}

impl Splitter<'_> {
    fn peek(&self) -> Option<char> {
        self.source.text[self.at..].chars().next()
    }

    fn bump(&mut self, character: char) {
        self.at += character.len_utf8();
    }

    fn entry(&mut self) -> Result<(), Diagnostic> {
        let continues = matches!(self.peek(), Some(' ' | '\t'));
        let mut open: Option<usize> = None;
        let mut fields = Vec::new();
        while let Some(character) = self.peek() {
            match character {
                '\n' => {
                    self.bump(character);
                    if open.is_none() {
                        break;
                    }
                }
                ';' => {
                    let rest = &self.source.text[self.at..];
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                '(' => {
                    if open.replace(self.at).is_some() {
                        return Err(self
                            .here("parentheses do not nest in a zone file")
                            .expected("one pair of them"));
                    }
                    self.bump(character);
                }
                ')' => {
                    if open.take().is_none() {
                        return Err(self
                            .here("this parenthesis was never opened")
                            .expected("`(` before it"));
                    }
                    self.bump(character);
                }
                '"' => fields.push(self.quoted()?),
                blank if blank.is_whitespace() => self.bump(blank),
                control if control.is_control() => {
                    return Err(self.here("a control character").expected("text"));
                }
                _ => fields.push(self.bare()?),
            }
        }
        if let Some(open) = open {
            return Err(self
                .source
                .at(open..open + 1, "this parenthesis is never closed")
                .expected("`)` after the last field"));
        }
        if !fields.is_empty() {
            self.entries.push(Entry { continues, fields });
        }
        Ok(())
    }

    fn quoted(&mut self) -> Result<Field, Diagnostic> {
        let start = self.at;
        self.bump('"');
        loop {
            match self.peek() {
                Some('"') => break,
                Some('\\') => self.escape()?,
                None | Some('\n') => {
                    return Err(self
                        .source
                        .at(start..self.at, "this string has no end")
                        .expected("`\"` in the same line"));
                }
                Some(other) => self.bump(other),
            }
        }
        self.bump('"');
        let text = self.source.text[start + 1..self.at - 1].to_owned();
        Ok(Field {
            text,
            quoted: true,
            span: start..self.at,
        })
    }

    fn bare(&mut self) -> Result<Field, Diagnostic> {
        let start = self.at;
        while let Some(character) = self.peek() {
            match character {
                '(' | ')' | ';' | '"' => break,
                '\\' => self.escape()?,
                end if end.is_whitespace() || end.is_control() => break,
                other => self.bump(other),
            }
        }
        let text = self.source.text[start..self.at].to_owned();
        Ok(Field {
            text,
            quoted: false,
            span: start..self.at,
        })
    }

    fn escape(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        self.bump('\\');
        let digits: usize = self.source.text[self.at..]
            .chars()
            .take(3)
            .take_while(char::is_ascii_digit)
            .count();
        match (digits, self.peek()) {
            (3, _) => self.at += 3,
            (0, Some(other)) if other != '\n' => self.bump(other),
            _ => {
                let fault = self
                    .source
                    .at(start..self.at + digits, "this escape is not complete");
                return Err(fault.expected("`\\` and a character, or `\\` and three digits"));
            }
        }
        Ok(())
    }

    fn here(&self, message: &str) -> Diagnostic {
        self.source.at(self.at..self.at + 1, message)
    }
}

/// A field's text with its escapes resolved.
///
/// Three digits stand for a byte (RFC 1035 §5.1); none if that byte is not a
/// character of its own.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match rest
            .as_str()
            .get(..3)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        {
            Some(digits) => {
                let byte: u8 = digits.parse().ok()?;
                plain.push(
                    Some(char::from(byte)).filter(|c| c.is_ascii() && !c.is_ascii_control())?,
                );
                rest = rest.as_str()[3..].chars();
            }
            None => plain.push(rest.next()?),
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split_text(text: &str) -> (Vec<Vec<String>>, Vec<String>) {
        let source = Source {
            file: "content/a.org.zone".into(),
            text: text.into(),
        };
        let (entries, faults) = split(&source);
        for field in entries.iter().flat_map(|entry| &entry.fields) {
            assert!(source.text[field.span.clone()].contains(&field.text));
        }
        let fields = entries
            .into_iter()
            .map(|entry| entry.fields.into_iter().map(|field| field.text).collect());
        (
            fields.collect(),
            faults.into_iter().map(|fault| fault.message).collect(),
        )
    }

    #[test]
    fn entries_of_all_shapes() {
        let text = "$TTL 1h ; comment (\n@ IN SOA a b ( 1 ; serial\n 2 3\n 4 5 )\n\n  NS ns\nt TXT \"a;b (\" c\\;d \"\\\"\"\n";
        let (entries, faults) = split_text(text);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(entries[0], ["$TTL", "1h"]);
        assert_eq!(
            entries[1],
            ["@", "IN", "SOA", "a", "b", "1", "2", "3", "4", "5"]
        );
        assert_eq!(entries[2], ["NS", "ns"]);
        assert_eq!(entries[3], ["t", "TXT", "a;b (", "c\\;d", "\\\""]);
    }

    #[test]
    fn one_fault_does_not_hide_the_next() {
        let (entries, faults) = split_text("a A (\nb TXT \"x\nc A 1)\nd A 1\n");
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert_eq!(entries, [["d", "A", "1"]]);
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape("a\\\"b\\065\\\\"), Some("a\"bA\\".into()));
        assert_eq!(unescape("\\200"), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[a-z0-9$@.();\"\\\\ \t\né]{0,80}") {
            split_text(&text);
        }
    }
}

//! YAML 1.2, parsed into [`Data`] with the position of everything: the front
//! matter of Jekyll, Hugo and others.
//!
//! What a plain word means follows the core schema (YAML 1.2.2 §10.3), and
//! dates are dates. Anchors and aliases are refused: nobody needs them above a
//! page, and a few lines of them stand for gigabytes.

use std::collections::HashSet;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::data::{Data, Key, Node, Table};
use crate::diagnostic::Diagnostic;
use crate::document::date::Date;
use crate::limits::MAX_DATA_DEPTH;
use crate::source::Source;

/// Parses a part of a file: a table.
pub(crate) fn parse(source: &Source, part: Range<usize>) -> Result<Table, Vec<Diagnostic>> {
    let mut reader = Reader::new(source, part);
    reader.document().map_err(|fault| vec![fault])
}

/// Parses a part of a file that need not be a table.
pub(crate) fn parse_any(source: &Source, part: Range<usize>) -> Result<Data, Vec<Diagnostic>> {
    let mut reader = Reader::new(source, part);
    reader.any().map_err(|fault| vec![fault])
}

struct Reader<'a> {
    source: &'a Source,
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// Where each character of the part begins in the file: the parser counts
    /// characters.
    offsets: Vec<usize>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source, part: Range<usize>) -> Self {
        let text = &source.text[part.clone()];
        let offsets = text
            .char_indices()
            .map(|(at, _)| part.start + at)
            .chain([part.end])
            .collect();
        Self {
            source,
            parser: Parser::new_from_str(text),
            offsets,
            depth: 0,
        }
    }

    fn any(&mut self) -> Result<Data, Diagnostic> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd | Event::DocumentEnd => return Ok(Data::Null),
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
                other => {
                    let node = self.node(other, span)?;
                    self.end()?;
                    return Ok(node.value);
                }
            }
        }
    }

    /// Makes sure that nothing follows: whoever writes a second document wants
    /// it to be read.
    fn end(&mut self) -> Result<(), Diagnostic> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(_) => {
                    let fault = self.source.at(span, "a second document in this file");
                    return Err(fault.expected("one document: no line of `---` below the first"));
                }
                _ => {}
            }
        }
    }

    fn document(&mut self) -> Result<Table, Diagnostic> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(Table::new()),
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
                Event::DocumentEnd => return Ok(Table::new()),
                Event::MappingStart(..) => {
                    let table = self.table()?;
                    self.end()?;
                    return Ok(table);
                }
                other => {
                    let node = self.node(other, span)?;
                    if matches!(node.value, Data::Null) {
                        return Ok(Table::new());
                    }
                    let fault = self.source.at(node.span, "this is not a table");
                    return Err(fault.expected("`key: value` on each line"));
                }
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Range<usize>), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.range(span))),
            Some(Err(error)) => Err(self.fault(&error)),
            None => Ok((Event::StreamEnd, 0..0)),
        }
    }

    fn fault(&self, error: &ScanError) -> Diagnostic {
        let at = self.offset(error.marker().index());
        // The parser says so of both kinds of quotes.
        let told = error
            .info()
            .replace("double-quoted scalar", "a text in quotes");
        let message = format!("bad YAML: {told}");
        let begin = self.offsets.first().copied().unwrap_or_default();
        let before = &self.source.text[begin..at];
        let open = told
            .contains("flow")
            .then(|| open_bracket(before))
            .flatten();
        if let Some(open) = open {
            let open = begin + open;
            let close = if self.source.text[open..].starts_with('[') {
                "]"
            } else {
                "}"
            };
            let fault = self.source.at(open..open + 1, message);
            return fault.expected(format!("`{close}` at its end"));
        }
        let start = before.rfind('\n').map_or(begin, |end| begin + end + 1);
        let line = self.source.text[start..].lines().next().unwrap_or_default();
        let suggestion = in_quotes(line).filter(|_| !told.contains("tab"));
        let fault = self.source.at(at..at + 1, message);
        let fault = fault.expected("YAML, `key: value` on each line");
        fault.suggestion(suggestion.map(|quoted| format!("put it in quotes: `{quoted}`")))
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.offset(span.start.index())..self.offset(span.end.index())
    }

    fn offset(&self, character: usize) -> usize {
        let last = self.offsets.last().copied().unwrap_or_default();
        self.offsets.get(character).copied().unwrap_or(last)
    }

    fn node(&mut self, event: Event<'a>, span: Range<usize>) -> Result<Node, Diagnostic> {
        if self.depth == MAX_DATA_DEPTH {
            let fault = self
                .source
                .at(span, "tables and arrays are nested too deeply");
            let expected = format!("at most {MAX_DATA_DEPTH} of them inside each other");
            return Err(fault.expected(expected));
        }
        self.depth += 1;
        let value = match event {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) => plain(&text),
            Event::Scalar(text, _, 0, None) => Data::String(text.into_owned()),
            Event::SequenceStart(0, None) => Data::Array(self.array()?),
            Event::MappingStart(0, None) => Data::Table(self.table()?),
            _ => {
                let fault = self.source.at(span, "an anchor, an alias or a tag");
                return Err(fault.expected("the value itself"));
            }
        };
        self.depth -= 1;
        Ok(Node { value, span })
    }

    fn array(&mut self) -> Result<Vec<Node>, Diagnostic> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn table(&mut self) -> Result<Table, Diagnostic> {
        let mut table = Table::new();
        let mut names = HashSet::new();
        loop {
            let (event, span) = self.next()?;
            let name = match event {
                Event::MappingEnd | Event::StreamEnd => return Ok(table),
                Event::Scalar(name, _, 0, None) => name.into_owned(),
                _ => {
                    return Err(self
                        .source
                        .at(span, "this key is not a word")
                        .expected("a word as key"));
                }
            };
            if !names.insert(name.clone()) {
                let fault = self
                    .source
                    .at(span, format!("the key `{name}` is there twice"));
                return Err(fault.expected("it once"));
            }
            let (event, value_span) = self.next()?;
            let node = self.node(event, value_span)?;
            table.push((Key { name, span }, node));
        }
    }
}

/// The last bracket of a text that is not closed in it.
fn open_bracket(text: &str) -> Option<usize> {
    let mut closed = 0_usize;
    let mut signs = text.char_indices().rev();
    let (at, _) = signs.find(|(_, sign)| match sign {
        ']' | '}' => {
            closed += 1;
            false
        }
        '[' | '{' if closed > 0 => {
            closed -= 1;
            false
        }
        sign => matches!(sign, '[' | '{'),
    })?;
    Some(at)
}

/// A line with its value as a text in quotes, whatever signs are in that.
fn in_quotes(line: &str) -> Option<String> {
    let (key, value) = line.split_once(": ")?;
    let value = value.trim();
    let is_whole = |open, close| value.starts_with(open) && value.ends_with(close);
    if value.is_empty() || is_whole('[', ']') || is_whole('{', '}') {
        return None;
    }
    let mut quotes = ['"', '\''].into_iter();
    let inside = quotes.find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let inside = inside.unwrap_or(value);
    let escaped = inside.replace('\\', "\\\\").replace('"', "\\\"");
    Some(format!("{}: \"{escaped}\"", key.trim_start()))
}

/// What a word without quotes stands for.
fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Null,
        "true" | "True" | "TRUE" => return Data::Boolean(true),
        "false" | "False" | "FALSE" => return Data::Boolean(false),
        _ => {}
    }
    let begins_with_digit = text
        .trim_start_matches(['+', '-', '.'])
        .starts_with(|c: char| c.is_ascii_digit());
    if begins_with_digit {
        if let Ok(number) = text.parse() {
            return Data::Integer(number);
        }
        if let Ok(number) = text.parse() {
            return Data::Float(number);
        }
        if text.parse::<Date>().is_ok() {
            return Data::Date(text.to_owned());
        }
    }
    Data::String(text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "content/a.md".into(),
            text: text.into(),
        }
    }

    #[test]
    fn words_mean_what_the_core_schema_says() {
        let source = source(
            "a: 1\nb: 1.5\nc: true\nd: no\ne: 2015-02-25 12:00\nf: 'x: y'\ng: [1, {h: ~}]\ni: |\n  two\n  lines\n",
        );
        let table = parse(&source, 0..source.text.len()).unwrap();
        let shown: Vec<String> = table
            .iter()
            .map(|(key, node)| format!("{} {:?}", key.name, node.value))
            .collect();
        assert_eq!(shown[0], "a Integer(1)");
        assert_eq!(shown[1], "b Float(1.5)");
        assert_eq!(shown[2], "c Boolean(true)");
        assert_eq!(shown[3], "d String(\"no\")");
        assert_eq!(shown[4], "e Date(\"2015-02-25 12:00\")");
        assert_eq!(shown[5], "f String(\"x: y\")");
        assert_eq!(shown[7], "i String(\"two\\nlines\\n\")");
    }

    #[test]
    fn everything_has_its_place() {
        let text = "---\nä: ü\nb: 'öl'\n---\n";
        let source = source(text);
        let table = parse(&source, 4..text.len() - 4).unwrap();
        let (key, node) = &table[1];
        assert_eq!(
            (&text[key.span.clone()], &text[node.span.clone()]),
            ("b", "'öl'")
        );
    }

    #[test]
    fn what_is_wrong_is_placed() {
        let place = |text: &str| {
            let source = source(text);
            let fault = parse(&source, 0..text.len()).unwrap_err().remove(0);
            let place = fault.place.unwrap();
            (place.line, fault.message)
        };
        assert_eq!(
            place("a: 1\na: 2\n"),
            (2, "the key `a` is there twice".into())
        );
        assert_eq!(place("a: &x 1\nb: *x\n").0, 1);
        assert_eq!(place("- a\n- b\n"), (1, "this is not a table".into()));
        let second = place("a: 1\n---\nb: 2\n");
        assert_eq!(second, (2, "a second document in this file".into()));
        let lists = source("- 1\n...\n---\n- 2\n");
        assert!(parse_any(&lists, 0..lists.text.len()).is_err());
        let whole = source("---\n- 1\n...\n# the end\n");
        assert!(parse_any(&whole, 0..whole.text.len()).is_ok());
        assert!(place("a: 1\nb: [1, 2\nc: 3\n").1.starts_with("bad YAML"));
    }

    #[test]
    fn keys_may_be_many() {
        let started = Instant::now();
        let text: String = (0..200_000).map(|key| format!("a{key}: 1\n")).collect();
        let source = source(&text);
        assert_eq!(parse(&source, 0..text.len()).unwrap().len(), 200_000);
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "([a-z]{0,3}[:\\-?&*!|>\\[\\]{},\"' \n#~é0-9]{0,3}){0,20}") {
            let source = source(&text);
            let _ = parse(&source, 0..text.len());
        }
    }
}

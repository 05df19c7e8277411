//! BibTeX, as Zola gives it to templates: `bibliographies`, each with `entry_type`,
//! `citation_key` and `tags`, the names of which are in small letters; `variables`,
//! `preambles` and `comments`. What TeX would make of a value is left to templates.
//!
//! The reader is ours: biblatex, the library that others use, brings six more,
//! has no comments, does not know entries in parentheses, and stops at what is wrong
//! first.

use std::collections::HashMap;
use std::ops::Range;

use tera::{Map, Value};

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::limits::{
    MAX_BIBTEX_BYTES, MAX_BIBTEX_SUGGESTIONS, MAX_BIBTEX_VALUE_BYTES, MAX_DIAGNOSTICS,
};
use crate::source::Source;
use crate::values::map;

/// What everybody may write for a month: the styles of BibTeX know it.
const MONTHS: [(&str, &str); 12] = [
    ("jan", "January"),
    ("feb", "February"),
    ("mar", "March"),
    ("apr", "April"),
    ("may", "May"),
    ("jun", "June"),
    ("jul", "July"),
    ("aug", "August"),
    ("sep", "September"),
    ("oct", "October"),
    ("nov", "November"),
    ("dec", "December"),
];

/// Reads a file.
pub(super) fn parse(source: &Source) -> Result<Value, Vec<Diagnostic>> {
    let mut reader = Reader {
        source,
        at: 0,
        known: HashMap::new(),
        made: 0,
        suggested: 0,
        read: Bibliography::default(),
    };
    let mut faults = Vec::new();
    while let Some(before) = reader.rest().find('@') {
        reader.comment(reader.at..reader.at + before);
        reader.at += before + 1;
        if let Err(fault) = reader.item() {
            faults.push(fault);
            reader.skip_item();
        }
        if faults.len() == MAX_DIAGNOSTICS {
            break;
        }
    }
    reader.comment(reader.at..source.text.len());
    match faults.is_empty() {
        true => Ok(reader.read.value()),
        false => Err(faults),
    }
}

/// What a file says.
#[derive(Default)]
struct Bibliography {
    preambles: Vec<Value>,
    comments: Vec<Value>,
    variables: Map,
    entries: Vec<Value>,
}

impl Bibliography {
    fn value(self) -> Value {
        map([
            ("preambles", self.preambles.into()),
            ("comments", self.comments.into()),
            ("variables", self.variables.into()),
            ("bibliographies", self.entries.into()),
        ])
    }
}

struct Reader<'a> {
    source: &'a Source,
    at: usize,
    /// Variables, by their names in small letters.
    known: HashMap<String, String>,
    /// How long all values are together, in bytes.
    made: usize,
    /// For how many unknown variables a known one was looked for.
    suggested: usize,
    read: Bibliography,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.source.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Goes over a character, if it stands here.
    fn accept(&mut self, character: char) -> bool {
        self.skip_space();
        let is_here = self.rest().starts_with(character);
        self.at += if is_here { character.len_utf8() } else { 0 };
        is_here
    }

    fn fault(&self, message: &str, expected: &str) -> Diagnostic {
        let fault = self.source.at(self.at..self.at + 1, message);
        fault.expected(expected)
    }

    /// What stands between items is a comment.
    fn comment(&mut self, range: Range<usize>) {
        let text = self.source.text[range].trim();
        if !text.is_empty() {
            self.read.comments.push(text.into());
        }
    }

    /// Goes to where the next item probably begins.
    fn skip_item(&mut self) {
        let next = self.rest().find("\n@").map(|at| at + 1);
        self.at += next.unwrap_or(self.rest().len());
    }

    /// What follows an `@`.
    fn item(&mut self) -> Result<(), Diagnostic> {
        let kind = self.name()?;
        let close = match (self.accept('{'), self.accept('(')) {
            (true, _) => '}',
            (_, true) => ')',
            _ if kind.eq_ignore_ascii_case("comment") => return Ok(()),
            _ => return Err(self.fault("this is no entry", "`{` after the type of an entry")),
        };
        match kind.to_ascii_lowercase().as_str() {
            "comment" => {
                let inside = self.balanced(close)?;
                self.comment(inside);
                return Ok(());
            }
            "preamble" => {
                let value = self.value()?;
                self.read.preambles.push(value.into());
            }
            "string" => {
                let name = self.name()?.to_owned();
                let value = self.assigned()?;
                self.known.insert(name.to_ascii_lowercase(), value.clone());
                self.read.variables.insert(name.into(), value.into());
                self.accept(',');
            }
            _ => {
                let entry = self.entry(kind, close)?;
                self.read.entries.push(entry);
            }
        }
        match self.accept(close) {
            true => Ok(()),
            false => Err(self.fault("this does not go on here", &format!("`{close}`"))),
        }
    }

    fn entry(&mut self, kind: &str, close: char) -> Result<Value, Diagnostic> {
        self.skip_space();
        let end = self
            .rest()
            .find(|c: char| c.is_whitespace() || c == ',' || c == close);
        let key = &self.rest()[..end.unwrap_or(self.rest().len())];
        self.at += key.len();
        let mut tags = Map::new();
        while self.accept(',') {
            self.skip_space();
            if self.rest().starts_with(close) {
                break;
            }
            let name = self.name()?.to_ascii_lowercase();
            let value = self.assigned()?;
            tags.insert(name.into(), value.into());
        }
        Ok(map([
            ("entry_type", kind.into()),
            ("citation_key", key.into()),
            ("tags", tags.into()),
        ]))
    }

    fn name(&mut self) -> Result<&'a str, Diagnostic> {
        self.skip_space();
        let of_name = |c: char| !c.is_whitespace() && !"\"#%'(),={}@".contains(c);
        let rest = self.rest();
        let name = &rest[..rest.find(|c| !of_name(c)).unwrap_or(rest.len())];
        if name.is_empty() {
            return Err(self.fault(
                "a name is missing",
                "the name of an entry, field or variable",
            ));
        }
        self.at += name.len();
        Ok(name)
    }

    fn assigned(&mut self) -> Result<String, Diagnostic> {
        match self.accept('=') {
            true => self.value(),
            false => Err(self.fault("this has no value", "`=` and a value")),
        }
    }

    /// Pieces with `#` between them.
    fn value(&mut self) -> Result<String, Diagnostic> {
        self.skip_space();
        let start = self.at;
        let mut value = String::new();
        loop {
            self.piece(&mut value)?;
            self.check_length(value.len(), start)?;
            if !self.accept('#') {
                self.made += value.len();
                return Ok(value.trim().to_owned());
            }
        }
    }

    /// Variables may stand for others, several at each step. What follows a value
    /// that is too long is not read: it may use it.
    fn check_length(&mut self, length: usize, start: usize) -> Result<(), Diagnostic> {
        let (message, expected) = if length > MAX_BIBTEX_VALUE_BYTES {
            (
                "this value is too long",
                format!("at most {MAX_BIBTEX_VALUE_BYTES} bytes, with what its variables say"),
            )
        } else if self.made + length > MAX_BIBTEX_BYTES {
            (
                "the values up to here are too long together",
                format!("at most {MAX_BIBTEX_BYTES} bytes, with what their variables say"),
            )
        } else {
            return Ok(());
        };
        self.at = self.source.text.len();
        let fault = self.source.at(start..start + 1, message);
        Err(fault.expected(expected))
    }

    fn piece(&mut self, value: &mut String) -> Result<(), Diagnostic> {
        for (open, close) in [('{', '}'), ('"', '"')] {
            if self.accept(open) {
                let inside = self.balanced(close)?;
                value.push_str(&self.source.text[inside]);
                return Ok(());
            }
        }
        let start = self.at;
        let word = self.name()?;
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            value.push_str(word);
            return Ok(());
        }
        let name = word.to_ascii_lowercase();
        let month = MONTHS.iter().find(|(own, _)| *own == name);
        let known = self.known.get(&name).map(String::as_str);
        let Some(found) = known.or(month.map(|(_, month)| *month)) else {
            let message = format!("there is no variable `{word}`");
            let fault = self.source.at(start..self.at, message);
            let suggestion = self.suggestion(&name);
            let expected = "a number, a text in `{}` or quotes, or the name of a `@string`";
            return Err(fault.expected(expected).suggestion(suggestion));
        };
        value.push_str(found);
        Ok(())
    }

    /// A variable that may be meant. All are compared, so only the first faults get one.
    fn suggestion(&mut self, name: &str) -> Option<String> {
        if self.suggested == MAX_BIBTEX_SUGGESTIONS {
            return None;
        }
        self.suggested += 1;
        let known = self.known.keys().map(String::as_str);
        did_you_mean(name, known.chain(MONTHS.map(|(name, _)| name)))
    }

    /// What stands up to a character that is in no braces; goes behind that.
    fn balanced(&mut self, close: char) -> Result<Range<usize>, Diagnostic> {
        let start = self.at;
        let mut depth = 0_usize;
        for (at, c) in self.rest().char_indices() {
            match c {
                _ if c == close && depth == 0 => {
                    self.at = start + at + c.len_utf8();
                    return Ok(start..start + at);
                }
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let message = "this has no end";
        let fault = self.source.at(start.saturating_sub(1)..start, message);
        // All that follows was looked through for it.
        self.at = self.source.text.len();
        Err(fault.expected(format!("`{close}`, and as many `}}` as `{{` before it")))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "data/a.bib".into(),
            text: text.into(),
        }
    }

    /// What Zola 0.22 makes of it.
    #[test]
    fn a_bibliography_is_what_it_is_in_zola() {
        let text = "@comment{hello}\nfree text\n@preamble{\"my \" # \"pre\"}\n\
                    @string{acm = \"ACM Press\"}\n@Article{Key:1,\n  \
                    Author = {Knuth, Donald E. and {\\'E}cole},\n  \
                    title = \"The {TeX} Book\",\n year = 1984, month = jan,\n  \
                    publisher = acm,\n  multi = {a\n    b},\n}\n";
        let expected = "{\"preambles\": [\"my pre\"], \"comments\": [\"hello\", \"free text\"], \
             \"variables\": {\"acm\": \"ACM Press\"}, \"bibliographies\": [{\"entry_type\": \"Article\", \
             \"citation_key\": \"Key:1\", \"tags\": {\"author\": \"Knuth, Donald E. and {\\\\'E}cole\", \
             \"title\": \"The {TeX} Book\", \"year\": \"1984\", \"month\": \"January\", \
             \"publisher\": \"ACM Press\", \"multi\": \"a\\n    b\"}}]}";
        assert_eq!(parse(&source(text)).unwrap().to_string(), expected);
    }

    /// Zola refuses these, and other programs do not.
    #[test]
    fn what_bibtex_knows_is_known() {
        let text = "@book(b, title = {(1)})@misc{c}\n@STRING(x = 1 # \"-\" # feb)@misc{d, n = X}";
        let value = parse(&source(text)).unwrap().to_string();
        for part in [
            "\"citation_key\": \"b\", \"tags\": {\"title\": \"(1)\"}",
            "\"citation_key\": \"c\", \"tags\": {}",
            "\"n\": \"1-February\"",
        ] {
            assert!(value.contains(part), "{value}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_placed() {
        let text = "@a{x, t = acn}\n@string{acm = 1}\n@a{x, t = acn, u = 2}\n@a{y, t}\n@a\n@a{z, t = {{}\n";
        let faults = parse(&source(text)).unwrap_err();
        let told = faults
            .iter()
            .map(|fault| (fault.place.as_ref().unwrap().line, fault.message.as_str()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (1, "there is no variable `acn`"),
                (3, "there is no variable `acn`"),
                (4, "this has no value"),
                (6, "this is no entry"),
            ]
        );
        assert_eq!(faults[1].suggestion.as_deref(), Some("did you mean `acm`?"));
        let fault = &parse(&source("@a{z, t = {{}\n")).unwrap_err()[0];
        assert_eq!(fault.message, "this has no end");
    }

    #[test]
    fn braces_and_faults_may_be_many() {
        let started = Instant::now();
        let deep = format!(
            "@a{{b, c = {}{}}}",
            "{".repeat(500_000),
            "}".repeat(500_000)
        );
        parse(&source(&deep)).unwrap();
        let faults = parse(&source(&"@a{b, c = {\n".repeat(100_000))).unwrap_err();
        assert!(!faults.is_empty());
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    /// A variable that is twice another, and so on, has no end.
    #[test]
    fn what_variables_become_has_an_end() {
        let mut doubled = "@string{a0 = {0123456789}}\n".to_owned();
        for number in 1..=60 {
            let before = number - 1;
            writeln!(doubled, "@string{{a{number} = a{before} # a{before}}}").unwrap();
        }
        let faults = parse(&source(&doubled)).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].message, "this value is too long");
        // 10 * 2^17 is the first that is more than a megabyte.
        assert_eq!(faults[0].place.as_ref().unwrap().line, 18);

        let long = "x".repeat(MAX_BIBTEX_VALUE_BYTES);
        let entry = "@a{b, c = a}\n";
        let enough = MAX_BIBTEX_BYTES / MAX_BIBTEX_VALUE_BYTES - 1;
        let filled = format!("@string{{a = {{{long}}}}}\n{}", entry.repeat(enough));
        assert!(parse(&source(&filled)).is_ok());
        let faults = parse(&source(&format!("{filled}{}", entry.repeat(500)))).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        let message = "the values up to here are too long together";
        assert_eq!(faults[0].message, message);
        assert_eq!(faults[0].place.as_ref().unwrap().line, enough + 2);
    }

    /// Each unknown name was compared with all known ones.
    #[test]
    fn the_first_unknown_names_get_suggestions() {
        let unknown = "@a{x, t = acn}\n".repeat(MAX_BIBTEX_SUGGESTIONS + 5);
        let text = format!("@string{{acm = 1}}\n{unknown}");
        let faults = parse(&source(&text)).unwrap_err();
        let suggested = faults.iter().filter(|fault| fault.suggestion.is_some());
        assert_eq!(suggested.count(), MAX_BIBTEX_SUGGESTIONS);
        assert!(faults[MAX_BIBTEX_SUGGESTIONS - 1].suggestion.is_some());
        assert_eq!(faults.len(), MAX_BIBTEX_SUGGESTIONS + 5);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[@a-c{}()\",=# \n0-1%\u{e9}]{0,60}") {
            let _ = parse(&source(&text));
        }
    }
}

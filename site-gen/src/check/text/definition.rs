//! Definitions that do nothing: a label or a footnote that is defined twice, and a
//! footnote that nothing refers to, which is not shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::Passage;

/// Definitions of labels of which there are several, until it is known that all are.
#[derive(Default)]
pub(super) struct Labels<'a> {
    /// By where they begin.
    all: BTreeMap<usize, Label<'a>>,
}

struct Label<'a> {
    /// Labels that differ in capitals and white space are one (CommonMark 4.7).
    name: String,
    written: &'a str,
    address: &'a str,
}

impl<'a> Labels<'a> {
    /// Finds what looks like a definition.
    pub(super) fn of(text: &'a str) -> Self {
        let mut all: HashMap<String, Vec<(usize, Label<'a>)>> = HashMap::new();
        if !text.contains("]:") {
            return Self::default();
        }
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let rest = line.trim_start_matches([' ', '\t', '>']);
            if let Some(label) = Label::read(rest) {
                let at = start + line.len() - rest.len();
                all.entry(label.name.clone()).or_default().push((at, label));
            }
            start += line.len();
        }
        let several = all.into_values().filter(|labels| labels.len() > 1);
        Self {
            all: several.flatten().collect(),
        }
    }

    /// Takes note that something else stands here.
    pub(super) fn are_not_in(&mut self, span: &Range<usize>) {
        while let Some((&at, _)) = self.all.range(span.clone()).next() {
            self.all.remove(&at);
        }
    }

    /// The fault of each that is there once more.
    pub(super) fn check(self, passage: &Passage<'_>) -> Vec<Diagnostic> {
        let mut first: HashMap<String, (usize, &str)> = HashMap::new();
        let mut faults = Vec::new();
        for (at, label) in self.all {
            let Some((known, address)) = first.get(&label.name) else {
                first.insert(label.name, (at, label.address));
                continue;
            };
            if *address == label.address || faults.len() >= MAX_DIAGNOSTICS {
                continue;
            }
            let written = label.written;
            let message = format!("the label `{written}` is defined above, and this does nothing");
            let fault = passage.at(at..at + written.len() + "[]".len(), message);
            faults.push(once(passage, fault, *known).warning());
        }
        faults
    }
}

/// Says where the definition is that counts.
fn once(passage: &Passage<'_>, fault: Diagnostic, first: usize) -> Diagnostic {
    let line = passage.at(first..first + 1, "").place;
    let line = line.map_or(0, |place| place.line);
    fault.expected(format!("one definition; the first, in line {line}, counts"))
}

impl<'a> Label<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let inside = line
            .strip_prefix('[')
            .filter(|rest| !rest.starts_with('^'))?;
        let mut escaped = false;
        let end = inside.find(|c| {
            let ends = !escaped && matches!(c, '[' | ']');
            escaped = !escaped && c == '\\';
            ends
        })?;
        let (written, rest) = inside.split_at(end);
        let address = rest.strip_prefix("]:")?.trim();
        // As in `[//]: # (words)`, which is a comment to whoever writes it.
        let leads_nowhere = |address: &str| matches!(address, "#" | "<>" | "<#>");
        if address.split_whitespace().next().is_some_and(leads_nowhere) {
            return None;
        }
        let words: Vec<&str> = written.split_whitespace().collect();
        (!words.is_empty()).then(|| Self {
            name: words.join(" ").to_lowercase(),
            written,
            address,
        })
    }
}

/// The footnotes of a passage.
#[derive(Default)]
pub(super) struct Notes {
    /// Where each is defined.
    defined: BTreeMap<String, Vec<Range<usize>>>,
    referred: BTreeSet<String>,
}

impl Notes {
    pub(super) fn define(&mut self, name: &str, span: Range<usize>) {
        self.defined.entry(name.to_owned()).or_default().push(span);
    }

    pub(super) fn refer(&mut self, name: &str) {
        self.referred.insert(name.to_owned());
    }

    /// The names of those that there are.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.defined.keys().cloned().collect()
    }

    /// The fault of each that is not shown, or is two.
    pub(super) fn check(&self, passage: &Passage<'_>) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for (name, spans) in &self.defined {
            let place = |span: &Range<usize>| {
                let written = format!("[^{name}]");
                let begins = passage.text()[span.clone()].starts_with(&written);
                let length = if begins { written.len() } else { 1 };
                span.start..span.start + length
            };
            let Some((first, others)) = spans.split_first() else {
                continue;
            };
            if faults.len() >= MAX_DIAGNOSTICS {
                break;
            }
            if !self.referred.contains(name) {
                let message =
                    format!("nothing refers to the footnote `{name}`, so it is not shown");
                let fault = passage.at(place(first), message);
                faults.push(fault.expected(format!("`[^{name}]` in the text")).warning());
            }
            for other in others.iter().take(MAX_DIAGNOSTICS) {
                let message = format!("the footnote `{name}` is there already, and becomes longer");
                let fault = passage.at(place(other), message);
                let line = passage
                    .at(place(first), "")
                    .place
                    .map_or(0, |place| place.line);
                let expected = format!("another name than the one in line {line}");
                faults.push(fault.expected(expected).warning());
            }
        }
        faults
    }
}

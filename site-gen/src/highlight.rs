//! Highlights code by classes, so that a theme's style decides on colours and
//! dark and light are a matter of CSS.
//!
//! The grammars are those of Sublime Text, whose scopes are fine: a word can
//! be in ten of them. A theme needs few, so each piece of code gets the class
//! of the innermost scope that [`CLASSES`] knows, and pieces of the same class
//! are joined.

mod candidates;
mod grammar;
mod parse;
mod start;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use syntect::parsing::{ClearAmount, Scope, SyntaxReference};

use crate::limits::{MAX_HIGHLIGHTED_BYTES, MAX_HIGHLIGHTED_LINE_BYTES};
use crate::url::push_escaped;
use grammar::{ContextNumber, Grammars};
use parse::{Change, Parse};

/// Scopes and the classes they become; of two that fit, the first counts.
const CLASSES: [(&str, &str); 30] = [
    ("comment", "comment"),
    ("constant.character.escape", "constant escape"),
    ("constant.other.placeholder", "constant escape"),
    ("string", "string"),
    ("constant.numeric", "constant number"),
    ("constant", "constant"),
    ("keyword.operator", "operator"),
    ("keyword", "keyword"),
    ("storage", "keyword storage"),
    ("entity.name.function", "entity function"),
    ("entity.name.macro", "entity function"),
    ("support.function", "support function"),
    ("support.macro", "support function"),
    ("variable.function", "entity function"),
    ("variable.language", "constant"),
    ("entity.name.tag", "entity tag"),
    ("entity.other.attribute-name", "entity attribute"),
    ("entity.name.section", "entity heading"),
    ("entity.name", "entity type"),
    ("entity.other.inherited-class", "entity type"),
    ("support.type", "support type"),
    ("support.class", "support type"),
    ("support", "support"),
    ("meta.annotation", "annotation"),
    ("markup.inserted", "inserted"),
    ("markup.deleted", "deleted"),
    ("markup.changed", "changed"),
    ("markup.heading", "entity heading"),
    ("markup.raw", "string"),
    ("meta.diff", "entity heading"),
];

/// The class of a scope, if it has one.
type Class = Option<&'static str>;

/// The scopes that get a class.
struct Classes(Vec<(Scope, &'static str)>);

impl Classes {
    fn new() -> Self {
        let scope = |name| Scope::new(name).expect("the scopes above are well-formed");
        Self(CLASSES.map(|(name, class)| (scope(name), class)).to_vec())
    }

    fn of(&self, scope: Scope) -> Class {
        let known = self.0.iter().find(|(prefix, _)| prefix.is_prefix_of(scope));
        known.map(|(_, class)| *class)
    }
}

/// The grammars, and where in them each language begins that was asked for.
pub(crate) struct Highlighter {
    grammars: Grammars,
    languages: Mutex<HashMap<String, Option<ContextNumber>>>,
}

impl Highlighter {
    pub(crate) fn load() -> Self {
        Self {
            grammars: Grammars::new(two_face::syntax::extra_newlines()),
            languages: Mutex::default(),
        }
    }

    /// A piece of code as HTML, each line with its end; none if the language is
    /// not known, or the code is not worth its time.
    pub(crate) fn html(&self, language: &str, code: &str) -> Option<String> {
        let too_long = |line: &str| line.len() > MAX_HIGHLIGHTED_LINE_BYTES;
        if code.len() > MAX_HIGHLIGHTED_BYTES || code.lines().any(too_long) {
            return None;
        }
        let mut parse = Parse::new(&self.grammars, self.first(language)?)?;
        let mut stack = Stack::default();
        let mut changes = Vec::new();
        let mut html = String::with_capacity(code.len() * 3);
        for line in code.split_inclusive('\n') {
            changes.clear();
            // A grammar that gives up on a line has lost its way for good.
            parse.line(line, &mut changes).ok()?;
            push_line(&mut html, line, &changes, &mut stack)?;
        }
        Some(html)
    }

    /// Whether code in a language has colours.
    pub(crate) fn knows(&self, language: &str) -> bool {
        self.first(language).is_some()
    }

    fn first(&self, language: &str) -> Option<ContextNumber> {
        let languages = || {
            self.languages
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = languages().get(language) {
            return *known;
        }
        let first = self
            .syntax(language)
            .and_then(|syntax| self.grammars.first(syntax));
        // A template that is stopped here would keep the lock.
        budget::outside(|| languages().insert(language.to_owned(), first));
        first
    }

    fn syntax(&self, language: &str) -> Option<&SyntaxReference> {
        // Names that authors use and the grammars do not.
        let name = match language {
            "shell" | "console" => "sh",
            "dockerfile" => "Dockerfile",
            other => other,
        };
        let syntax = self.grammars.syntax(name)?;
        (syntax.name != "Plain Text").then_some(syntax)
    }
}

/// The classes of the scopes that a position is in, the outer first.
#[derive(Default)]
struct Stack {
    classes: Vec<Class>,
    /// Those that do not count for a while.
    cleared: Vec<Vec<Class>>,
}

impl Stack {
    /// The class that counts.
    fn class(&self) -> Class {
        self.classes.iter().rev().copied().flatten().next()
    }

    fn apply(&mut self, change: Change) -> Option<()> {
        match change {
            Change::Push(class) => self.classes.push(class),
            Change::Pop(count) => {
                let left = self.classes.len().saturating_sub(count);
                self.classes.truncate(left);
            }
            Change::Clear(amount) => {
                let count = match amount {
                    ClearAmount::TopN(count) => count,
                    ClearAmount::All => self.classes.len(),
                };
                let left = self.classes.len().saturating_sub(count);
                self.cleared.push(self.classes.split_off(left));
            }
            Change::Restore => self.classes.extend(self.cleared.pop()?),
        }
        Some(())
    }
}

fn push_line(
    html: &mut String,
    line: &str,
    changes: &[(usize, Change)],
    stack: &mut Stack,
) -> Option<()> {
    let text = line.trim_end_matches(['\n', '\r']);
    let mut pieces = Pieces { html, class: None };
    let mut at = 0;
    for (offset, change) in changes {
        let offset = (*offset).min(text.len());
        pieces.push(stack.class(), text.get(at..offset)?);
        at = offset;
        stack.apply(*change)?;
    }
    pieces.push(stack.class(), &text[at..]);
    pieces.close();
    html.push('\n');
    Some(())
}

/// Joins neighbours of the same class.
struct Pieces<'a> {
    html: &'a mut String,
    class: Class,
}

impl Pieces<'_> {
    fn push(&mut self, class: Class, text: &str) {
        if text.is_empty() {
            return;
        }
        // Space has no colour: it stays with what is before it.
        if class != self.class && !text.trim().is_empty() {
            self.close();
            if let Some(class) = class {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
            }
            self.class = class;
        }
        push_escaped(self.html, text);
    }

    fn close(&mut self) {
        if self.class.take().is_some() {
            self.html.push_str("</span>");
        }
    }
}

#[cfg(test)]
mod tests;

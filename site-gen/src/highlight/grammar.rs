//! Grammars as they are used: those of syntect's set, each context turned into
//! a table of [rules](Rule) when it is first needed.
//!
//! A grammar is contexts, each a list of rules: an expression, the scopes of
//! what it matches, and which contexts come next (Sublime Text, "Syntax
//! Definitions"). Of scopes only the class is kept that a theme gives them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use onig::{RegexOptions, Region, SearchOptions, Syntax};
use serde_json::{Value, json};
use syntect::parsing::syntax_definition::{
    Context as Definition, ContextId, ContextReference, MatchOperation, MatchPattern, Pattern,
    context_iter,
};
use syntect::parsing::{ClearAmount, Scope, SyntaxReference, SyntaxSet};

use super::candidates::Candidates;
use super::start::Start;
use super::{Class, Classes};

/// All grammars.
pub(super) struct Grammars {
    set: SyntaxSet,
    classes: Classes,
    /// By syntax, and in it by number.
    contexts: Vec<OnceLock<Box<[OnceLock<Context>]>>>,
    /// Contexts include each other's rules: each is made once, and found by
    /// where its definition is.
    rules: Mutex<HashMap<usize, Arc<Rule>>>,
}

/// A context by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContextNumber {
    syntax: usize,
    context: usize,
}

/// Rules, and the classes of everything that is in the context.
pub(super) struct Context {
    /// Of what is inside, and of what led in and out.
    pub(super) around: Box<[Class]>,
    /// Of what is inside.
    pub(super) inside: Box<[Class]>,
    /// How many of the classes outside do not count inside.
    pub(super) clears: Option<ClearAmount>,
    /// Its rules come before its own.
    pub(super) prototype: Option<ContextNumber>,
    /// Whether its rules speak of what led into it.
    pub(super) refers_back: bool,
    pub(super) rules: Box<[Arc<Rule>]>,
    /// Those of them that have to be searched for.
    pub(super) searching: Box<[usize]>,
    pub(super) candidates: Candidates,
}

/// What happens where an expression matches.
pub(super) struct Rule {
    expression: Expression,
    text: String,
    pub(super) start: Start,
    /// Whether it speaks of what led into its context.
    pub(super) refers_back: bool,
    /// Whether someone asks for what its groups matched.
    needs_groups: bool,
    /// Whether it speaks of where the search began, so that it has to be one.
    pub(super) searches: bool,
    pub(super) classes: Box<[Class]>,
    pub(super) groups: Box<[(usize, Box<[Class]>)]>,
    pub(super) operation: Operation,
    pub(super) with_prototype: Option<ContextNumber>,
}

pub(super) enum Operation {
    /// The match has its classes, and that is all.
    Stay,
    Push(Box<[ContextNumber]>),
    Set(Box<[ContextNumber]>),
    Pop,
    /// It leads to a context that nobody has.
    Lost,
}

impl Operation {
    /// The contexts that it leads to.
    pub(super) fn targets(&self) -> &[ContextNumber] {
        match self {
            Self::Push(targets) | Self::Set(targets) => targets,
            _ => &[],
        }
    }
}

impl Grammars {
    pub(super) fn new(set: SyntaxSet) -> Self {
        Self {
            classes: Classes::new(),
            contexts: set.syntaxes().iter().map(|_| OnceLock::new()).collect(),
            rules: Mutex::default(),
            set,
        }
    }

    #[cfg(test)]
    pub(super) fn syntaxes(&self) -> &[SyntaxReference] {
        self.set.syntaxes()
    }

    /// The syntax of a name, as authors write it behind the fence.
    pub(super) fn syntax(&self, name: &str) -> Option<&SyntaxReference> {
        self.set.find_syntax_by_token(name)
    }

    /// Where a text in this syntax begins.
    pub(super) fn first(&self, syntax: &SyntaxReference) -> Option<ContextNumber> {
        let same = |other: &SyntaxReference| std::ptr::eq(other, syntax);
        let number = self.set.syntaxes().iter().position(same)?;
        let context = (0..self.of_syntax(number).len()).find(|&context| {
            let number = ContextNumber {
                syntax: number,
                context,
            };
            self.definition(number)
                .is_some_and(|definition| is_first(definition, syntax.scope))
        });
        context.map(|context| ContextNumber {
            syntax: number,
            context,
        })
    }

    pub(super) fn context(&self, number: ContextNumber) -> Option<&Context> {
        let slot = self.of_syntax(number.syntax).get(number.context)?;
        if let Some(known) = slot.get() {
            return Some(known);
        }
        let definition = self.definition(number)?;
        Some(slot.get_or_init(|| self.make(definition)))
    }

    fn of_syntax(&self, syntax: usize) -> &[OnceLock<Context>] {
        let Some(slot) = self.contexts.get(syntax) else {
            return &[];
        };
        slot.get_or_init(|| {
            let number = |context| ContextNumber { syntax, context };
            let known = (0..).take_while(|&context| self.definition(number(context)).is_some());
            known.map(|_| OnceLock::new()).collect()
        })
    }

    /// syntect gives a context to whoever has a reference to it, and makes
    /// references from data only.
    fn definition(&self, number: ContextNumber) -> Option<&Definition> {
        let id = json!({ "syntax_index": number.syntax, "context_index": number.context });
        let reference: ContextReference = serde_json::from_value(json!({ "Direct": id })).ok()?;
        reference.resolve(&self.set).ok()
    }

    fn make(&self, definition: &Definition) -> Context {
        let classes = |scopes: &[Scope]| scopes.iter().map(|&s| self.classes.of(s)).collect();
        let rules: Box<[Arc<Rule>]> = context_iter(&self.set, definition)
            .filter_map(|(context, index)| context.match_at(index).ok())
            .map(|pattern| self.rule(pattern))
            .collect();
        Context {
            around: classes(&definition.meta_scope),
            inside: classes(&definition.meta_content_scope),
            clears: definition.clear_scopes,
            prototype: definition.prototype.and_then(number),
            refers_back: definition.uses_backrefs,
            searching: (0..rules.len())
                .filter(|&rule| rules[rule].searches)
                .collect(),
            candidates: Candidates::new(rules.iter().map(|rule| rule.start)),
            rules,
        }
    }

    fn rule(&self, pattern: &MatchPattern) -> Arc<Rule> {
        let place = std::ptr::from_ref(pattern).addr();
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let rule = rules.entry(place);
        Arc::clone(rule.or_insert_with(|| Arc::new(self.make_rule(pattern))))
    }

    fn make_rule(&self, pattern: &MatchPattern) -> Rule {
        let text = pattern.regex().regex_str();
        let classes = |scopes: &[Scope]| scopes.iter().map(|&s| self.classes.of(s)).collect();
        let groups: Box<[_]> = pattern
            .captures
            .iter()
            .flatten()
            .map(|(group, scopes)| (*group, classes(scopes)))
            .collect();
        let with_prototype = pattern.with_prototype.as_ref();
        let with_prototype = with_prototype.and_then(|reference| number(reference.id().ok()?));
        let operation = match &pattern.operation {
            MatchOperation::None => Operation::Stay,
            MatchOperation::Pop => Operation::Pop,
            MatchOperation::Push(references) => {
                numbers(references).map_or(Operation::Lost, Operation::Push)
            }
            MatchOperation::Set(references) => {
                numbers(references).map_or(Operation::Lost, Operation::Set)
            }
        };
        let refers_back = |&number: &ContextNumber| {
            let definition = self.definition(number);
            definition.is_some_and(|definition| definition.uses_backrefs)
        };
        let mut next = operation.targets().iter().chain(&with_prototype);
        // A context that another takes the place of may have been given rules
        // that ask.
        let may_be_asked = matches!(operation, Operation::Set(_)) || next.any(refers_back);
        Rule {
            expression: Expression::default(),
            start: Start::of(text),
            refers_back: pattern.has_captures,
            needs_groups: !groups.is_empty() || may_be_asked,
            searches: text.contains("\\G"),
            text: text.to_owned(),
            classes: classes(&pattern.scope),
            groups,
            operation,
            with_prototype,
        }
    }
}

/// The context in which every text begins leads to the main one at once.
fn is_first(definition: &Definition, scope: Scope) -> bool {
    let [Pattern::Match(pattern)] = definition.patterns.as_slice() else {
        return false;
    };
    definition.meta_content_scope == [scope]
        && pattern.regex().regex_str().is_empty()
        && matches!(pattern.operation, MatchOperation::Push(_))
}

fn numbers(references: &[ContextReference]) -> Option<Box<[ContextNumber]>> {
    let numbers = references
        .iter()
        .map(|reference| number(reference.id().ok()?));
    numbers.collect()
}

/// The two numbers in an id, which syntect shows as data only.
fn number(id: ContextId) -> Option<ContextNumber> {
    let id = serde_json::to_value(id).ok()?;
    let part = |name| {
        id.get(name)
            .and_then(Value::as_u64)
            .map(|part| part as usize)
    };
    Some(ContextNumber {
        syntax: part("syntax_index")?,
        context: part("context_index")?,
    })
}

impl Rule {
    /// Where a match that begins here ends. Its groups are in `groups` then, if
    /// anyone asks for them.
    pub(super) fn ends(&self, line: &str, at: usize, groups: &mut Region) -> Found {
        self.expression
            .ends(&self.text, line, at, self.needs_groups.then_some(groups))
    }

    /// The first match from a position on: its groups.
    pub(super) fn search(&self, line: &str, from: usize) -> Option<Region> {
        self.expression.search(&self.text, line, from)
    }

    /// The rule, with what its context was entered by in place of references.
    pub(super) fn filled(&self, fill: impl Fn(usize) -> String) -> Filled {
        let mut text = String::with_capacity(self.text.len());
        let mut characters = self.text.chars();
        while let Some(character) = characters.next() {
            match (character, characters.clone().next()) {
                ('\\', Some(digit)) if digit.is_ascii_digit() => {
                    characters.next();
                    text.push_str(&fill(digit as usize - '0' as usize));
                }
                ('\\', Some(escaped)) => {
                    characters.next();
                    text.extend(['\\', escaped]);
                }
                _ => text.push(character),
            }
        }
        Filled {
            expression: Expression::default(),
            start: Start::of(&text),
            text,
            needs_groups: self.needs_groups,
        }
    }
}

/// A rule's expression with other words in it.
pub(super) struct Filled {
    expression: Expression,
    text: String,
    pub(super) start: Start,
    needs_groups: bool,
}

impl Filled {
    pub(super) fn ends(&self, line: &str, at: usize, groups: &mut Region) -> Found {
        self.expression
            .ends(&self.text, line, at, self.needs_groups.then_some(groups))
    }
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A match, up to here.
    Until(usize),
    Nothing,
    /// It took too long, and would again.
    TooMuch,
}

/// A regular expression, compiled when it is first needed.
#[derive(Default)]
struct Expression(OnceLock<Option<onig::Regex>>);

impl Expression {
    fn compiled(&self, text: &str) -> Option<&onig::Regex> {
        let compiled = self.0.get_or_init(|| {
            let options = RegexOptions::REGEX_OPTION_CAPTURE_GROUP;
            onig::Regex::with_options(text, options, Syntax::default()).ok()
        });
        compiled.as_ref()
    }

    fn search(&self, text: &str, line: &str, from: usize) -> Option<Region> {
        let mut groups = Region::new();
        let (options, limits) = (
            SearchOptions::SEARCH_OPTION_NONE,
            onig::MatchParam::default(),
        );
        let regex = self.compiled(text)?;
        let end = line.len();
        let found = regex.search_with_param(line, from, end, options, Some(&mut groups), limits);
        found.ok().flatten().map(|_| groups)
    }

    fn ends(&self, text: &str, line: &str, at: usize, groups: Option<&mut Region>) -> Found {
        let Some(regex) = self.compiled(text) else {
            return Found::TooMuch;
        };
        let (options, limits) = (
            SearchOptions::SEARCH_OPTION_NONE,
            onig::MatchParam::default(),
        );
        match regex.match_with_param(line, at, options, groups, limits) {
            Ok(Some(length)) => Found::Until(at + length),
            Ok(None) => Found::Nothing,
            Err(_) => Found::TooMuch,
        }
    }
}

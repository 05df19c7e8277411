//! Follows a text through the contexts of its grammar, line by line.
//!
//! Of all rules of a context the one counts that matches first in the line, and
//! of several there the one that stands first. So positions are gone through in
//! order, and at each the rules that can begin there.
//!
//! The results are those of syntect, whose grammars these are: which classes
//! begin and end where, in the same order. A test holds both together.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use onig::Region;
use syntect::parsing::ClearAmount;

use super::Class;
use super::grammar::{Context, ContextNumber, Filled, Found, Grammars, Operation, Rule};
use super::start::{Needs, Next};
use crate::limits::MAX_CONTEXTS;

/// A change of the classes of a text, at a position of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Push(Class),
    Pop(usize),
    /// These do not count until they are restored.
    Clear(ClearAmount),
    Restore,
}

/// A text that nothing more can be said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost;

/// Where in a grammar a text is.
pub(super) struct Parse<'g> {
    grammars: &'g Grammars,
    levels: Vec<Level<'g>>,
    is_first_line: bool,
    /// How deep it was when a rule of a prototype led on: those of the levels
    /// below do not count in there.
    entered: Vec<usize>,
    groups: Region,
    /// The contexts whose rules count now, in order.
    chain: Vec<Link<'g>>,
    /// Rules that matched nothing: by link, and in its context.
    dead: Vec<(usize, usize)>,
    /// What there is in the line from each position on.
    rests: Vec<Needs>,
    /// What was searched for in the line, and found: by where the rule is. What
    /// was not found once is not searched for again.
    searched: Vec<(usize, Option<Region>)>,
}

struct Level<'g> {
    context: &'g Context,
    /// Their rules count in all levels above, too.
    prototypes: Vec<&'g Context>,
    /// What led here, if rules speak of it.
    entry: Option<Rc<Entry>>,
}

/// The groups of the match that led into a context, and rules filled by them.
struct Entry {
    groups: Vec<String>,
    filled: RefCell<HashMap<usize, Rc<Filled>>>,
}

#[derive(Clone)]
struct Link<'g> {
    context: &'g Context,
    entry: Option<Rc<Entry>>,
    is_prototype: bool,
}

/// The rule that counts.
struct Match<'g> {
    rule: &'g Rule,
    /// Its link, and its number there.
    place: (usize, usize),
    start: usize,
    end: usize,
    is_prototype: bool,
    /// It leads back to where the text was before, at the same position.
    goes_in_circles: bool,
}

impl<'g> Parse<'g> {
    /// A text that begins in a context.
    pub(super) fn new(grammars: &'g Grammars, first: ContextNumber) -> Option<Self> {
        let level = Level {
            context: grammars.context(first)?,
            prototypes: Vec::new(),
            entry: None,
        };
        Some(Self {
            grammars,
            levels: vec![level],
            is_first_line: true,
            entered: Vec::new(),
            groups: Region::new(),
            chain: Vec::new(),
            dead: Vec::new(),
            rests: Vec::new(),
            searched: Vec::new(),
        })
    }

    /// Says how classes change in the next line, which has its end.
    pub(super) fn line(
        &mut self,
        line: &str,
        changes: &mut Vec<(usize, Change)>,
    ) -> Result<(), Lost> {
        if std::mem::take(&mut self.is_first_line) {
            let first = self
                .levels
                .first()
                .and_then(|level| level.context.inside.first());
            changes.extend(first.map(|&class| (0, Change::Push(class))));
        }
        Needs::of_rests(line, &mut self.rests);
        self.searched.clear();
        let mut at = 0;
        // Where a rule led on without taking anything, and how deep that was.
        let mut led_on = (0, 0);
        while let Some(found) = self.find(line, at, led_on)? {
            if found.goes_in_circles {
                // One character is left out, if there is another behind it.
                let mut rest = line[at..].char_indices();
                match rest.nth(1) {
                    Some((next, _)) => at += next,
                    None => break,
                }
                continue;
            }
            if found.end == at && matches!(found.rule.operation, Operation::Push(_)) {
                led_on = (at, self.levels.len() + 1);
            }
            at = found.end;
            if found.is_prototype {
                self.entered.push(self.levels.len());
            }
            self.follow(line, &found, changes)?;
        }
        Ok(())
    }

    /// The match that counts from a position on.
    fn find(
        &mut self,
        line: &str,
        from: usize,
        led_on: (usize, usize),
    ) -> Result<Option<Match<'g>>, Lost> {
        let may_circle = led_on == (from, self.levels.len());
        self.link()?;
        self.dead.clear();
        let chain = std::mem::take(&mut self.chain);
        let mut found = None;
        for at in (from..=line.len()).filter(|&at| line.is_char_boundary(at)) {
            found = self.find_at(&chain, line, (from, at), may_circle);
            if found.is_some() {
                break;
            }
        }
        // Rules behind one that matches at once are not even looked at.
        let at_once = found
            .as_ref()
            .filter(|found| found.start == from && !found.goes_in_circles);
        let last = at_once.map_or((usize::MAX, 0), |found| found.place);
        for (number, link) in chain.iter().enumerate() {
            for &index in &link.context.searching {
                let rule = &link.context.rules[index];
                let is_plain = link.entry.is_none() || !rule.refers_back;
                if (number, index) < last && is_plain {
                    self.search(rule, line, from);
                }
            }
        }
        self.chain = chain;
        Ok(found)
    }

    /// The first match of a rule from a position on, as far as it is known.
    fn search(&mut self, rule: &Rule, line: &str, from: usize) -> Option<&Region> {
        let place = std::ptr::from_ref(rule).addr();
        let known = self.searched.iter().position(|(known, _)| *known == place);
        let start = |region: &Region| region.pos(0).map_or(0, |(start, _)| start);
        let index = match known {
            Some(index) => {
                let is_past = |region: &Region| start(region) < from;
                if self.searched[index].1.as_ref().is_some_and(is_past) {
                    self.searched[index].1 = rule.search(line, from);
                }
                index
            }
            None => {
                self.searched.push((place, rule.search(line, from)));
                self.searched.len() - 1
            }
        };
        self.searched[index].1.as_ref()
    }

    /// Settles whose rules count: those of prototypes that were given on the
    /// way here, of the context's own prototype, and its own.
    fn link(&mut self) -> Result<(), Lost> {
        while self
            .entered
            .last()
            .is_some_and(|&depth| depth >= self.levels.len())
        {
            self.entered.pop();
        }
        let top = self.levels.last().ok_or(Lost)?;
        self.chain.clear();
        let from = self.entered.last().copied().unwrap_or_default();
        for level in &self.levels[from..] {
            let given = level.prototypes.iter().map(|&context| Link {
                context,
                entry: level.entry.clone(),
                is_prototype: true,
            });
            self.chain.extend(given);
        }
        let link = |context, entry| Link {
            context,
            entry,
            is_prototype: false,
        };
        if let Some(number) = top.context.prototype {
            let prototype = self.grammars.context(number).ok_or(Lost)?;
            self.chain.push(link(prototype, None));
        }
        self.chain.push(link(top.context, top.entry.clone()));
        Ok(())
    }

    /// The match that counts among those that begin at a position.
    fn find_at(
        &mut self,
        chain: &[Link<'g>],
        line: &str,
        (from, at): (usize, usize),
        may_circle: bool,
    ) -> Option<Match<'g>> {
        let mut circle = None;
        for (number, link) in chain.iter().enumerate() {
            let candidates = &link.context.candidates;
            for index in candidates.at(line.as_bytes(), at, from, self.rests[at]) {
                if self.dead.contains(&(number, index)) {
                    continue;
                }
                let rule: &'g Rule = &link.context.rules[index];
                let end = match self.try_rule(rule, link.entry.as_deref(), line, (from, at)) {
                    Found::Nothing => continue,
                    Found::Until(end) if self.does_something(rule, at, end) => end,
                    _ => {
                        self.dead.push((number, index));
                        continue;
                    }
                };
                let found = Match {
                    rule,
                    place: (number, index),
                    start: at,
                    end,
                    is_prototype: link.is_prototype,
                    goes_in_circles: may_circle
                        && end == from
                        && matches!(rule.operation, Operation::Pop),
                };
                if !found.goes_in_circles {
                    return Some(found);
                }
                circle = Some(found);
            }
        }
        circle
    }

    fn try_rule(
        &mut self,
        rule: &Rule,
        entry: Option<&Entry>,
        line: &str,
        (from, at): (usize, usize),
    ) -> Found {
        match entry {
            Some(entry) if rule.refers_back => {
                let filled = entry.fill(rule);
                let next = line[at..].chars().next().map_or(Next::End, Next::Character);
                if filled.start.allows(next) {
                    filled.ends(line, at, &mut self.groups)
                } else {
                    Found::Nothing
                }
            }
            _ if rule.searches => {
                let found = self.search(rule, line, from).cloned();
                match found.and_then(|groups| Some((groups.pos(0)?, groups))) {
                    Some(((start, end), groups)) if start == at => {
                        self.groups = groups;
                        Found::Until(end)
                    }
                    _ => Found::Nothing,
                }
            }
            _ => rule.ends(line, at, &mut self.groups),
        }
    }

    /// Without this, expressions that match nothing would be matched for ever.
    fn does_something(&self, rule: &Rule, start: usize, end: usize) -> bool {
        match rule.operation {
            Operation::Stay => start != end,
            Operation::Push(_) => self.levels.len() < MAX_CONTEXTS,
            _ => true,
        }
    }

    /// Does what a rule says.
    fn follow(
        &mut self,
        line: &str,
        found: &Match<'g>,
        changes: &mut Vec<(usize, Change)>,
    ) -> Result<(), Lost> {
        let rule = found.rule;
        let context = self.levels.last().ok_or(Lost)?.context;
        let targets: Vec<&'g Context> = rule
            .operation
            .targets()
            .iter()
            .map(|&number| self.grammars.context(number).ok_or(Lost))
            .collect::<Result<_, _>>()?;
        let (start, end) = (found.start, found.end);
        let push = |at: usize| move |&class: &Class| (at, Change::Push(class));
        before(&rule.operation, context, &targets, start, changes)?;
        changes.extend(rule.classes.iter().map(push(start)));
        self.groups(rule, changes);
        if !rule.classes.is_empty() {
            changes.push((end, Change::Pop(rule.classes.len())));
        }
        after(&rule.operation, context, &targets, end, changes);
        self.move_on(rule, &targets, line)
    }

    /// The classes of a match's groups: the outer before the inner.
    fn groups(&self, rule: &Rule, changes: &mut Vec<(usize, Change)>) {
        if rule.groups.is_empty() {
            return;
        }
        let mut inside = Vec::new();
        for (group, classes) in &rule.groups {
            let Some((start, end)) = self.groups.pos(*group).filter(|(start, end)| start < end)
            else {
                continue;
            };
            // An end comes before whatever begins there, a long group before a
            // short one.
            let length = (end - start) as i64;
            inside.extend(
                classes
                    .iter()
                    .map(|&class| (start, -length, Change::Push(class))),
            );
            inside.push((end, i64::MIN, Change::Pop(classes.len())));
        }
        inside.sort_by_key(|&(at, order, _)| (at, order));
        changes.extend(inside.into_iter().map(|(at, _, change)| (at, change)));
    }

    fn move_on(&mut self, rule: &Rule, targets: &[&'g Context], line: &str) -> Result<(), Lost> {
        let mut prototypes = Vec::new();
        match rule.operation {
            Operation::Stay | Operation::Push(_) => {}
            Operation::Pop => _ = self.levels.pop(),
            Operation::Lost => return Err(Lost),
            // What was given to a level stays with the one in its place.
            Operation::Set(_) => {
                prototypes = self
                    .levels
                    .pop()
                    .map(|level| level.prototypes)
                    .unwrap_or_default();
            }
        }
        for (index, &context) in targets.iter().enumerate() {
            let mut prototypes = std::mem::take(&mut prototypes);
            if let (Some(number), true) = (rule.with_prototype, index + 1 == targets.len()) {
                prototypes.push(self.grammars.context(number).ok_or(Lost)?);
            }
            let refers_back = |context: &&Context| context.refers_back;
            let is_asked = refers_back(&context) || prototypes.iter().any(refers_back);
            let entry = is_asked.then(|| Rc::new(Entry::new(&self.groups, line)));
            self.levels.push(Level {
                context,
                prototypes,
                entry,
            });
        }
        Ok(())
    }
}

impl Entry {
    fn new(groups: &Region, line: &str) -> Self {
        let text = |(start, end): (usize, usize)| line.get(start..end).unwrap_or_default();
        let groups = (0..10).map(|group| groups.pos(group).map_or("", text));
        Self {
            groups: groups.map(escape).collect(),
            filled: RefCell::default(),
        }
    }

    fn fill(&self, rule: &Rule) -> Rc<Filled> {
        let place = std::ptr::from_ref(rule).addr();
        let mut filled = self.filled.borrow_mut();
        let filled = filled.entry(place).or_insert_with(|| {
            let group = |group: usize| self.groups.get(group).cloned();
            Rc::new(rule.filled(|number| group(number).unwrap_or_default()))
        });
        Rc::clone(filled)
    }
}

/// A text as an expression that matches it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\.+*?()|[]{}^$#&-~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// What a rule changes before its match.
fn before(
    operation: &Operation,
    context: &Context,
    targets: &[&Context],
    at: usize,
    changes: &mut Vec<(usize, Change)>,
) -> Result<(), Lost> {
    match operation {
        Operation::Stay => {}
        Operation::Pop => pop(context.inside.len(), at, changes),
        Operation::Lost => return Err(Lost),
        Operation::Push(_) => {
            for target in targets {
                changes.extend(target.clears.map(|clears| (at, Change::Clear(clears))));
                push(&target.around, at, changes);
            }
        }
        // The match has the classes of both contexts.
        Operation::Set(_) => {
            changes.extend(context.clears.map(|_| (at, Change::Restore)));
            for target in targets {
                push(&target.around, at, changes);
            }
        }
    }
    Ok(())
}

/// What a rule changes after its match.
fn after(
    operation: &Operation,
    context: &Context,
    targets: &[&Context],
    at: usize,
    changes: &mut Vec<(usize, Change)>,
) {
    let is_set = match operation {
        Operation::Stay | Operation::Lost => return,
        Operation::Pop => {
            pop(context.around.len(), at, changes);
            changes.extend(context.clears.map(|_| (at, Change::Restore)));
            return;
        }
        Operation::Push(_) => false,
        Operation::Set(_) => true,
    };
    let left = context.around.len() + context.inside.len();
    let changes_inside =
        |target: &&Context| !target.inside.is_empty() || is_set && target.clears.is_some();
    if !(is_set && left > 0 || targets.iter().any(changes_inside)) {
        return;
    }
    // Those of the targets are taken off and come again in their order.
    let around: usize = targets.iter().map(|target| target.around.len()).sum();
    pop(if is_set { around + left } else { around }, at, changes);
    for target in targets {
        if is_set {
            changes.extend(target.clears.map(|clears| (at, Change::Clear(clears))));
        }
        push(&target.around, at, changes);
        push(&target.inside, at, changes);
    }
}

fn push(classes: &[Class], at: usize, changes: &mut Vec<(usize, Change)>) {
    changes.extend(classes.iter().map(|&class| (at, Change::Push(class))));
}

fn pop(count: usize, at: usize, changes: &mut Vec<(usize, Change)>) {
    if count > 0 {
        changes.push((at, Change::Pop(count)));
    }
}

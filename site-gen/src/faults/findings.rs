//! What is wrong with a site, gathered by those who find it ([`Findings`]), and the part of
//! it that is told ([`Told`]).
//!
//! Nobody reads ten thousand lines of one cause, and a site that somebody else wrote is not
//! to fill the memory: so there is a bound on both. It never leaves out an error for
//! warnings, nor the only fault of its kind for many of another; and what is left out is
//! counted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::vec;

use crate::diagnostic::{Diagnostic, Severity};
use crate::limits::{MAX_DIAGNOSTICS, MAX_KINDS_OF_FAULTS};

/// How many faults there are besides those that are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct More {
    /// What keeps a site from being built, or from what it says.
    pub errors: usize,
    /// What could be better.
    pub warnings: usize,
}

/// What is wrong with a site: all of it, or at least the first of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// In order of file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How many there are besides.
    pub more: More,
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Of each kind the first ones, in order of file and place.
    kinds: BTreeMap<Kind, BTreeSet<Diagnostic>>,
    more: More,
}

/// Faults that say the same of different things.
type Kind = (Severity, String);

impl More {
    fn add(&mut self, severity: Severity, count: usize) {
        match severity {
            Severity::Error => self.errors += count,
            Severity::Warning => self.warnings += count,
        }
    }
}

impl Findings {
    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    pub(crate) fn push(&mut self, fault: Diagnostic) {
        let severity = fault.severity;
        let mut kind = (severity, shape(&fault.message));
        if self.kinds.len() >= MAX_KINDS_OF_FAULTS && !self.kinds.contains_key(&kind) {
            kind.1.clear();
        }
        let same = self.kinds.entry(kind).or_default();
        same.insert(fault);
        if same.len() > MAX_DIAGNOSTICS {
            same.pop_last();
            self.more.add(severity, 1);
        }
    }

    /// Counts faults that nobody has put into words, as there are too many of their kind.
    pub(crate) fn count_more(&mut self, severity: Severity, count: usize) {
        self.more.add(severity, count);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kinds.values().flatten()
    }

    /// Those of which something holds.
    #[must_use]
    pub(crate) fn filter(mut self, keep: impl Fn(&Diagnostic) -> bool) -> Self {
        for same in self.kinds.values_mut() {
            same.retain(&keep);
        }
        self.kinds.retain(|_, same| !same.is_empty());
        self
    }

    /// The same, each with what something makes of it.
    #[must_use]
    pub(crate) fn map(self, change: impl Fn(Diagnostic) -> Diagnostic) -> Self {
        let mut changed = Self {
            more: self.more,
            ..Self::default()
        };
        let all = self.kinds.into_values().flatten();
        changed.extend(all.map(change));
        changed
    }

    /// What is told of it.
    pub(crate) fn tell(self) -> Told {
        let mut more = self.more;
        let ranked = self.kinds.into_values().flat_map(|same| {
            let same = same.into_iter().enumerate();
            same.map(|(rank, fault)| (fault.severity, rank, fault))
        });
        let mut ranked: Vec<(Severity, usize, Diagnostic)> = ranked.collect();
        // Errors before warnings; of both, all kinds in turn.
        ranked.sort();
        for (severity, _, _) in ranked.iter().skip(MAX_DIAGNOSTICS) {
            more.add(*severity, 1);
        }
        ranked.truncate(MAX_DIAGNOSTICS);
        let told = ranked.into_iter().map(|(_, _, fault)| fault);
        let mut diagnostics: Vec<Diagnostic> = told.collect();
        diagnostics.sort();
        Told { diagnostics, more }
    }
}

/// What is said whatever it is said of: a message without what is quoted in it, without
/// numbers and addresses.
pub(crate) fn shape(message: &str) -> String {
    let said = message.split('`').step_by(2);
    let words = said.flat_map(str::split_whitespace);
    let same = words.filter(|word| !word.contains(|c: char| c == '/' || c.is_ascii_digit()));
    same.collect::<Vec<_>>().join(" ")
}

impl Extend<Diagnostic> for Findings {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, faults: T) {
        faults.into_iter().for_each(|fault| self.push(fault));
    }
}

impl From<Vec<Diagnostic>> for Findings {
    fn from(faults: Vec<Diagnostic>) -> Self {
        let mut findings = Self::default();
        findings.extend(faults);
        findings
    }
}

impl Deref for Told {
    type Target = Vec<Diagnostic>;

    fn deref(&self) -> &Self::Target {
        &self.diagnostics
    }
}

impl IntoIterator for Told {
    type Item = Diagnostic;
    type IntoIter = vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.diagnostics.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(faults: impl Iterator<Item = Diagnostic>) -> Told {
        Findings::from(faults.collect::<Vec<_>>()).tell()
    }

    fn warning(number: usize) -> Diagnostic {
        Diagnostic::new("a.md", format!("`{number}` is odd")).warning()
    }

    #[test]
    fn no_error_is_left_out_for_warnings() {
        let many = (0..2 * MAX_DIAGNOSTICS).map(warning);
        let all = told(many.chain([Diagnostic::new("z.md", "`x` is at fault")]));
        assert_eq!(all.diagnostics.len(), MAX_DIAGNOSTICS);
        assert_eq!(all.diagnostics.last().unwrap().message, "`x` is at fault");
        let more = More {
            errors: 0,
            warnings: MAX_DIAGNOSTICS + 1,
        };
        assert_eq!(all.more, more);
    }

    #[test]
    fn the_only_one_of_its_kind_is_told() {
        let other = Diagnostic::new("z.md", "x/1 is even").warning();
        let all = told((0..MAX_DIAGNOSTICS).map(warning).chain([other.clone()]));
        assert!(all.contains(&other));
        assert_eq!(all.more.warnings, 1);
        let few = told((0..5).map(warning).chain([warning(0)]));
        assert_eq!((few.len(), few.more), (5, More::default()));
    }

    #[test]
    fn memory_has_a_bound() {
        let mut findings = Findings::default();
        let letters = |number: usize| {
            let digits = number.to_string();
            let letters = digits.bytes().map(|digit| char::from(digit + b'a' - b'0'));
            letters.collect::<String>()
        };
        for number in 0..10 * MAX_KINDS_OF_FAULTS {
            findings.push(Diagnostic::new("a.md", letters(number)));
        }
        assert!(findings.kinds.len() <= MAX_KINDS_OF_FAULTS + 1);
        let most = MAX_KINDS_OF_FAULTS + MAX_DIAGNOSTICS;
        assert_eq!(findings.iter().count(), most);
        assert_eq!(findings.more.errors, 10 * MAX_KINDS_OF_FAULTS - most);
    }

    #[test]
    fn what_is_said_of_is_no_part_of_the_kind() {
        let messages = [
            "`a` has 2 ends (on /a/: `x`)",
            "`b c` has 31 ends (on /b/c/: `y`)",
        ];
        assert_eq!(
            messages.map(shape),
            ["has ends (on"; 2].map(|shape| format!("{shape} )"))
        );
    }
}

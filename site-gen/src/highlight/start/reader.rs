//! Reads a regular expression for what its matches begin with (Oniguruma,
//! doc/RE).

use std::iter::Peekable;
use std::str::Chars;

use super::bracket::Case;
use super::{Characters, Start, bracket};
use crate::limits::MAX_GROUP_DEPTH;

/// How often an atom is there.
enum Times {
    Some,
    Maybe,
}

/// Reads an expression. Nothing comes back from what is not understood.
pub(super) struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    case: Case,
    extended: bool,
    dot_is_all: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(expression: &'a str) -> Self {
        Self {
            rest: expression.chars().peekable(),
            depth: 0,
            case: Case::Same,
            extended: false,
            dot_is_all: false,
        }
    }

    /// Whether nothing is left to read.
    pub(super) fn is_done(&mut self) -> bool {
        self.rest.peek().is_none()
    }

    pub(super) fn alternatives(&mut self) -> Option<Start> {
        let mut start = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            start = start.or(self.sequence()?);
        }
        Some(start)
    }

    fn sequence(&mut self) -> Option<Start> {
        let mut atoms = Vec::new();
        loop {
            self.skip_space();
            match self.rest.peek() {
                None | Some('|' | ')') => break,
                _ => {}
            }
            let atom = self.atom()?;
            atoms.push((atom, self.repeated()));
        }
        // What may be missing leaves its place to what comes after.
        let start = atoms.into_iter().rev().fold(Start::NOTHING, |rest, atom| {
            let (atom, times) = atom;
            match times {
                Times::Some => atom.then(rest),
                Times::Maybe => atom.then(rest).or(rest),
            }
        });
        Some(start)
    }

    /// Space and comments mean nothing in an extended expression.
    fn skip_space(&mut self) {
        while self.extended {
            match self.rest.peek() {
                Some('#') => _ = self.rest.by_ref().find(|&c| c == '\n'),
                Some(c) if c.is_ascii_whitespace() => _ = self.rest.next(),
                _ => return,
            }
        }
    }

    fn atom(&mut self) -> Option<Start> {
        match self.rest.next()? {
            '(' => self.group(),
            '[' => {
                let characters = bracket::read(&mut self.rest, self.case)?;
                Some(Start::one_of(characters))
            }
            '\\' => self.escape(),
            '^' => Some(Start {
                line_start: true,
                ..Start::NOTHING
            }),
            '$' => Some(line_end()),
            '.' => Some(Start::one_of(Characters::of(true, |c| {
                self.dot_is_all || c != '\n'
            }))),
            '*' | '+' | '?' => None,
            literal => Some(self.literal(literal)),
        }
    }

    fn literal(&self, character: char) -> Start {
        let one = Characters::one(character);
        Start::one_of(if self.case == Case::Any {
            one.in_any_case()
        } else {
            one
        })
    }

    /// What follows an atom says how often it is there.
    fn repeated(&mut self) -> Times {
        let mut times = Times::Some;
        loop {
            self.skip_space();
            match self.rest.peek() {
                Some('*' | '?') => {
                    self.rest.next();
                    times = Times::Maybe;
                }
                Some('+') => _ = self.rest.next(),
                Some('{') => match self.interval() {
                    Some(0) => times = Times::Maybe,
                    // A question mark behind it makes it optional.
                    Some(_) => continue,
                    None => return times,
                },
                _ => return times,
            }
            // Reluctant or possessive.
            self.rest.next_if(|&c| matches!(c, '?' | '+'));
        }
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}`: the least. Any other brace is itself.
    fn interval(&mut self) -> Option<usize> {
        let mut ahead = self.rest.clone();
        ahead.next();
        let inside: String = ahead.by_ref().take_while(|&c| c != '}').take(16).collect();
        let (least, most) = inside.split_once(',').unwrap_or((&inside, "0"));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if inside.is_empty() || inside == "," || !is_number(least) || !is_number(most) {
            return None;
        }
        self.rest = ahead;
        Some(least.parse().unwrap_or(0))
    }

    /// What begins with a bracket, after it.
    fn group(&mut self) -> Option<Start> {
        self.depth += 1;
        if self.depth > MAX_GROUP_DEPTH {
            return None;
        }
        let outside = (self.case, self.extended, self.dot_is_all);
        let start = if self.rest.next_if_eq(&'?').is_some() {
            self.special()?
        } else {
            self.inside()?
        };
        (self.case, self.extended, self.dot_is_all) = outside;
        self.depth -= 1;
        Some(start)
    }

    /// A group's text and its end.
    fn inside(&mut self) -> Option<Start> {
        let start = self.alternatives()?;
        self.rest.next_if_eq(&')').map(|_| start)
    }

    /// What begins with `(?`, after it.
    fn special(&mut self) -> Option<Start> {
        match self.rest.next()? {
            ':' | '>' => self.inside(),
            '=' => self.inside().map(Start::ahead),
            '!' => self.inside().map(|_| Start::NOTHING),
            '#' => self
                .rest
                .by_ref()
                .find(|&c| c == ')')
                .map(|_| Start::NOTHING),
            '<' => match self.rest.next()? {
                '=' | '!' => self.inside().map(|_| Start::NOTHING),
                _ => {
                    self.rest.by_ref().find(|&c| c == '>')?;
                    self.inside()
                }
            },
            option => self.options(option),
        }
    }

    /// `(?i)` for what follows, `(?i:…)` for what is inside.
    fn options(&mut self, first: char) -> Option<Start> {
        let mut on = true;
        let mut next = first;
        loop {
            match next {
                'i' => self.case = if on { Case::Any } else { Case::Same },
                'x' => self.extended = on,
                'm' => self.dot_is_all = on,
                '-' => on = false,
                // What follows belongs to this group, up to the end of the one
                // around it: that one's end ends both.
                ')' => return self.alternatives(),
                ':' => return self.inside(),
                _ => return None,
            }
            next = self.rest.next()?;
        }
    }

    fn escape(&mut self) -> Option<Start> {
        let escaped = self.rest.next()?;
        let start = match escaped {
            'b' => Start {
                boundary: true,
                ..Start::NOTHING
            },
            'B' => Start::NOTHING,
            'A' => Start {
                line_start: true,
                ..Start::NOTHING
            },
            'G' => Start {
                search_start: true,
                ..Start::NOTHING
            },
            'Z' => line_end(),
            'z' => Start {
                characters: Characters::NONE,
                ..line_end()
            },
            'R' => Start::one_of(Characters::of(true, |c| ('\n'..='\r').contains(&c))),
            'X' => Start::one_of(Characters::ALL),
            // Back references and calls of groups may be anything.
            '0'..='9' | 'k' | 'g' => {
                if self.rest.next_if_eq(&'<').is_some() {
                    self.rest.by_ref().find(|&c| c == '>')?;
                }
                Start::ANYTHING
            }
            other => {
                let characters = bracket::escaped(other, &mut self.rest)?.characters;
                return Some(Start::one_of(if self.case == Case::Any {
                    characters.in_any_case()
                } else {
                    characters
                }));
            }
        };
        Some(start)
    }
}

/// The end of a line or of the text.
fn line_end() -> Start {
    Start {
        characters: Characters::one('\n'),
        end: true,
        free: false,
        ..Start::NOTHING
    }
}

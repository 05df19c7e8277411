//! What a match of a regular expression can begin with, read from the
//! expression: at most positions of a line most rules of a grammar cannot
//! match, and one look at a table says so.
//!
//! The answer is exact or too generous, never too strict: what is not
//! understood can begin with anything. Expressions are those of Oniguruma, in
//! its syntax for Ruby (Oniguruma, doc/RE).

mod bracket;

use std::iter::Peekable;
use std::str::Chars;

/// Some of the kinds of a character: 128 of ASCII, and one for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Characters {
    ascii: u128,
    others: bool,
}

impl Characters {
    const NONE: Self = Self {
        ascii: 0,
        others: false,
    };
    const ALL: Self = Self {
        ascii: u128::MAX,
        others: true,
    };

    /// Those of ASCII that fit, and all others or none.
    fn of(others: bool, fits: impl Fn(char) -> bool) -> Self {
        let ascii = (0..128_u8).filter(|&byte| fits(char::from(byte)));
        Self {
            ascii: ascii.fold(0, |ascii, byte| ascii | 1 << byte),
            others,
        }
    }

    fn one(character: char) -> Self {
        Self::of(!character.is_ascii(), |c| c == character)
    }

    fn or(self, other: Self) -> Self {
        Self {
            ascii: self.ascii | other.ascii,
            others: self.others || other.others,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            ascii: self.ascii & other.ascii,
            others: self.others && other.others,
        }
    }

    /// With the other case of each. Some letters outside of ASCII are another
    /// case of one inside, or of two.
    fn in_any_case(self) -> Self {
        Self::of(true, |c| {
            let is_any = self.others && c.is_ascii_alphabetic();
            is_any || self.has(c.to_ascii_lowercase()) || self.has(c.to_ascii_uppercase())
        })
    }

    fn has(self, character: char) -> bool {
        if character.is_ascii() {
            self.ascii >> u32::from(character) & 1 == 1
        } else {
            self.others
        }
    }
}

/// What stands where a match begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The next character is one of these,
    characters: Characters,
    /// or the text may end,
    end: bool,
    /// or anything may follow.
    free: bool,
    /// Nothing of the text is taken: what comes after begins here too.
    width: Width,
    /// A word begins or ends here.
    pub(super) boundary: bool,
    /// A line begins here.
    pub(super) line_start: bool,
    /// The search begins here.
    pub(super) search_start: bool,
    /// These are all in the match, or behind it in the line.
    pub(super) needs: Needs,
}

/// Characters of ASCII that have to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs(u128);

impl Needs {
    /// Those of a line from each position on, and at its end.
    pub(super) fn of_rests(line: &str, rests: &mut Vec<Self>) {
        rests.clear();
        rests.resize(line.len() + 1, Self::default());
        let mut seen = Self::default();
        for (at, byte) in line.bytes().enumerate().rev() {
            seen.0 |= 1_u128.checked_shl(byte.into()).unwrap_or_default();
            rests[at] = seen;
        }
    }

    pub(super) fn are_in(self, there: Self) -> bool {
        self.0 & !there.0 == 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Zero,
    Some,
}

/// What can follow a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Character(char),
    End,
}

impl Start {
    /// Nothing at all: what comes after decides.
    const NOTHING: Self = Self {
        characters: Characters::NONE,
        end: false,
        free: true,
        width: Width::Zero,
        boundary: false,
        line_start: false,
        search_start: false,
        needs: Needs(0),
    };
    /// Whatever may be there.
    const ANYTHING: Self = Self {
        characters: Characters::ALL,
        end: true,
        width: Width::Some,
        ..Self::NOTHING
    };

    /// Reads it from an expression.
    pub(super) fn of(expression: &str) -> Self {
        let mut reader = Reader {
            rest: expression.chars().peekable(),
            depth: 0,
            in_any_case: false,
            extended: false,
            dot_is_all: false,
        };
        let start = reader.alternatives();
        // A bracket that nobody opened.
        let whole = start.filter(|_| reader.rest.peek().is_none());
        whole.unwrap_or(Self::ANYTHING)
    }

    /// Whether a match can begin before this.
    pub(super) fn allows(self, next: Next) -> bool {
        match next {
            _ if self.free => true,
            Next::Character(character) => self.characters.has(character),
            Next::End => self.end,
        }
    }

    fn one_of(characters: Characters) -> Self {
        let Characters { ascii, others } = characters;
        let is_one = ascii.is_power_of_two() && !others;
        Self {
            characters,
            needs: Needs(if is_one { ascii } else { 0 }),
            free: false,
            width: Width::Some,
            ..Self::NOTHING
        }
    }

    fn then(self, next: Self) -> Self {
        if self.width == Width::Zero {
            return self.at_once(next);
        }
        let more = if self.free {
            next.characters
        } else {
            Characters::NONE
        };
        Self {
            characters: self.characters.or(more),
            end: self.end || self.free && next.end,
            free: self.free && next.free,
            needs: Needs(self.needs.0 | next.needs.0),
            ..self
        }
    }

    /// Both begin at the same place.
    fn at_once(self, next: Self) -> Self {
        let (characters, end) = match (self.free, next.free) {
            (false, false) => (self.characters.and(next.characters), self.end && next.end),
            (false, true) => (self.characters, self.end),
            (true, _) => (next.characters, next.end),
        };
        Self {
            characters,
            end,
            free: self.free && next.free,
            width: next.width,
            boundary: self.boundary || next.boundary,
            line_start: self.line_start || next.line_start,
            search_start: self.search_start || next.search_start,
            needs: Needs(self.needs.0 | next.needs.0),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            characters: self.characters.or(other.characters),
            end: self.end || other.end,
            free: self.free || other.free,
            width: if self.width == other.width {
                self.width
            } else {
                Width::Some
            },
            boundary: self.boundary && other.boundary,
            line_start: self.line_start && other.line_start,
            search_start: self.search_start && other.search_start,
            needs: Needs(self.needs.0 & other.needs.0),
        }
    }

    /// A look ahead: it takes nothing.
    fn ahead(self) -> Self {
        Self {
            width: Width::Zero,
            ..self
        }
    }
}

/// How often an atom is there.
enum Times {
    Some,
    Maybe,
}

/// Deepest nesting of groups that is followed.
const MAX_DEPTH: usize = 32;

/// Reads an expression. Nothing comes back from what is not understood.
struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    in_any_case: bool,
    extended: bool,
    dot_is_all: bool,
}

impl Reader<'_> {
    fn alternatives(&mut self) -> Option<Start> {
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
                let characters = bracket::read(&mut self.rest, self.in_any_case)?;
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
        Start::one_of(if self.in_any_case {
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
        if self.depth > MAX_DEPTH {
            return None;
        }
        let outside = (self.in_any_case, self.extended, self.dot_is_all);
        let start = if self.rest.next_if_eq(&'?').is_some() {
            self.special()?
        } else {
            self.inside()?
        };
        (self.in_any_case, self.extended, self.dot_is_all) = outside;
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
                'i' => self.in_any_case = on,
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
                return Some(Start::one_of(if self.in_any_case {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of ASCII that a match can begin with, and the rest.
    fn starts(expression: &str) -> String {
        let start = Start::of(expression);
        let ascii = (' '..='~').filter(|&c| start.allows(Next::Character(c)));
        let mut text: String = ascii.collect();
        if text.len() == (' '..='~').count() {
            text = "all".to_owned();
        }
        for (name, next) in [
            ("\\n", Next::Character('\n')),
            ("é", Next::Character('é')),
            ("end", Next::End),
        ] {
            if start.allows(next) {
                text.push_str(&format!(" {name}"));
            }
        }
        text
    }

    #[test]
    fn what_a_match_begins_with() {
        for (expression, expected) in [
            ("abc|d", "ad"),
            ("a*b+", "ab"),
            ("a{0,2}b|c{2}", "abc"),
            ("x{y", "x"),
            ("[a-c]|[^ -z]", "abc{|}~ \\n é"),
            ("(?i)k|(?:z)", "KZkz é"),
            ("(?x) a # not b\n  | c", "ac"),
            ("(?=[ab])[bc]", "b"),
            ("(?=a)?b", "b"),
            ("(?!a)b", "b"),
            ("(?<=a)b(?<name>c)", "b"),
            ("$", " \\n end"),
            ("\\z|\\Z", " \\n end"),
            (".", "all é"),
            ("(?m).", "all \\n é"),
            ("\\d\\h", "0123456789 é"),
            ("[[:upper:]&&[A-C]]", "ABC"),
            (
                "[^\\W\\d]",
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz é",
            ),
            ("\\x41\\x{42}|\\u0043", "AC"),
            ("a?", "all \\n é end"),
            ("", "all \\n é end"),
            ("\\1a", "all \\n é end"),
            ("(?~a)", "all \\n é end"),
            ("((((", "all \\n é end"),
            ("\\p{Lu}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ é"),
            ("\\p{Greek}", "all \\n é"),
            ("\\(\\*\\.", "("),
            ("[]a]", "]a"),
            ("[a-]", "-a"),
        ] {
            let sorted = |text: &str| {
                let mut characters: Vec<char> = text.chars().collect();
                characters.sort_unstable();
                characters
            };
            let found = starts(expression);
            assert_eq!(sorted(&found), sorted(expected), "{expression}: {found}");
        }
    }

    #[test]
    fn where_a_match_begins() {
        let at = |expression: &str| {
            let start = Start::of(expression);
            (start.boundary, start.line_start, start.search_start)
        };
        assert_eq!(at("\\bif"), (true, false, false));
        assert_eq!(at("\\bif|else"), (false, false, false));
        assert_eq!(at("(?:\\b(?:if|else)\\b)"), (true, false, false));
        assert_eq!(at("^\\s*\\b#"), (false, true, false));
        assert_eq!(at("(?=x)\\b(?!y)\\Gx"), (true, false, true));
        assert_eq!(at("(?:\\b)?x"), (false, false, false));
        assert_eq!(at("a\\b"), (false, false, false));
        assert_eq!(at("(\\ba)*\\bb"), (true, false, false));
    }

    #[test]
    fn what_has_to_be_there() {
        let is_needed = |expression: &str| {
            let mut rests = Vec::new();
            let mut needed = String::new();
            for letter in 'a'..='z' {
                let others: String = ('a'..='z').filter(|&other| other != letter).collect();
                Needs::of_rests(&others, &mut rests);
                if !Start::of(expression).needs.are_in(rests[0]) {
                    needed.push(letter);
                }
            }
            needed
        };
        for (expression, expected) in [
            ("a(?=b)c", "abc"),
            ("a?b*c+d{0}e{2}", "ce"),
            ("ab|bc", "b"),
            ("(?i)a|(?i:b)", ""),
            ("(?<=a)(?!b)(?<!c)d", "d"),
            ("[ab]c[d]", "cd"),
            ("(?:ab)?(c)\\1", "c"),
        ] {
            assert_eq!(is_needed(expression), expected, "{expression}");
        }
    }
}

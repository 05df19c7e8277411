//! What a match of a regular expression can begin with, read from the
//! expression: at most positions of a line most rules of a grammar cannot
//! match, and one look at a table says so.
//!
//! The answer is exact or too generous, never too strict: what is not
//! understood can begin with anything. Expressions are those of Oniguruma, in
//! its syntax for Ruby (Oniguruma, doc/RE).

mod bracket;
mod characters;
mod reader;

use characters::Characters;
use reader::Reader;

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
        let mut reader = Reader::new(expression);
        let start = reader.alternatives();
        // A bracket that nobody opened.
        let whole = start.filter(|_| reader.is_done());
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

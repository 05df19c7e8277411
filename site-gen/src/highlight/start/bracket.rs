//! Characters in an expression: `[…]` and what stands behind a backslash.

use std::iter::Peekable;
use std::str::Chars;

use super::Characters;
use crate::limits::MAX_BRACKET_DEPTH;

/// Some characters, and whether these are all that are meant: otherwise nobody
/// can say which are not.
#[derive(Clone, Copy)]
pub(super) struct Described {
    pub(super) characters: Characters,
    is_exact: bool,
}

impl Described {
    fn exactly(characters: Characters) -> Self {
        Self {
            characters,
            is_exact: true,
        }
    }

    fn at_most(characters: Characters) -> Self {
        Self {
            characters,
            is_exact: false,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            characters: self.characters.or(other.characters),
            is_exact: self.is_exact && other.is_exact,
        }
    }

    /// All but these.
    fn negated(self) -> Self {
        if self.is_exact {
            let Characters { ascii, .. } = self.characters;
            Self::exactly(Characters {
                ascii: !ascii,
                others: true,
            })
        } else {
            Self::at_most(Characters::ALL)
        }
    }
}

/// Whether the other case of a letter counts as that letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Same,
    Any,
}

/// Reads a bracket, after its beginning.
pub(super) fn read(rest: &mut Peekable<Chars<'_>>, case: Case) -> Option<Characters> {
    let is_negated = rest.peek() == Some(&'^');
    let characters = inside(rest, 0)?.characters;
    Some(match (case, is_negated) {
        (Case::Same, _) => characters,
        (Case::Any, false) => characters.in_any_case(),
        // The other case of what is excluded is excluded too.
        (Case::Any, true) => Characters::ALL,
    })
}

fn inside(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Described> {
    if depth > MAX_BRACKET_DEPTH {
        return None;
    }
    let is_negated = rest.next_if_eq(&'^').is_some();
    let mut all: Option<Described> = None;
    let mut found = Described::exactly(Characters::NONE);
    let mut is_first = true;
    loop {
        let item = match rest.next()? {
            ']' if !is_first => break,
            '[' if rest.peek() == Some(&':') => posix(rest)?,
            '[' => inside(rest, depth + 1)?,
            '&' if rest.peek() == Some(&'&') => {
                rest.next();
                all = Some(both(all, found));
                found = Described::exactly(Characters::NONE);
                is_first = false;
                continue;
            }
            first => range(first, rest)?,
        };
        is_first = false;
        found = found.or(item);
    }
    let described = both(all, found);
    Some(if is_negated {
        described.negated()
    } else {
        described
    })
}

/// What is in both sides of `&&`.
fn both(left: Option<Described>, right: Described) -> Described {
    let Some(left) = left else { return right };
    Described {
        characters: left.characters.and(right.characters),
        is_exact: left.is_exact && right.is_exact,
    }
}

/// A character, or two with all between them.
fn range(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<Described> {
    let (from, described) = one(first, rest)?;
    let mut ahead = rest.clone();
    let (Some(from), Some('-')) = (from, ahead.next()) else {
        return Some(described);
    };
    let to = match ahead.next()? {
        // The dash is itself.
        ']' => return Some(described),
        '[' => return None,
        next => one(next, &mut ahead)?.0?,
    };
    if to < from {
        return None;
    }
    *rest = ahead;
    let others = !to.is_ascii();
    Some(Described::exactly(Characters::of(others, |c| {
        (from..=to).contains(&c)
    })))
}

/// What an item says; and which character it is, if it is one.
fn one(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<(Option<char>, Described)> {
    let character = match first {
        '\\' => match rest.next()? {
            'b' => '\u{8}',
            letter => match control(letter) {
                Some(character) => character,
                None if matches!(letter, 'x' | 'u') => by_number(letter, rest)?,
                None if letter.is_ascii_alphabetic() => {
                    return Some((None, escaped(letter, rest)?));
                }
                None if letter.is_ascii_digit() => return None,
                None => letter,
            },
        },
        literal => literal,
    };
    let described = Described::exactly(Characters::one(character));
    Some((Some(character), described))
}

/// A character that cannot be seen, by its letter.
fn control(letter: char) -> Option<char> {
    Some(match letter {
        't' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'a' => '\u{7}',
        'e' => '\u{1b}',
        _ => return None,
    })
}

/// What a backslash makes of a letter. Nothing, if that is not known here.
pub(super) fn escaped(letter: char, rest: &mut Peekable<Chars<'_>>) -> Option<Described> {
    let is_space = |c: char| matches!(c, '\t'..='\r' | ' ');
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    Some(match letter {
        'd' => Described::exactly(Characters::of(true, |c| c.is_ascii_digit())),
        'D' => Described::exactly(Characters::of(true, |c| !c.is_ascii_digit())),
        'w' => Described::exactly(Characters::of(true, is_word)),
        'W' => Described::exactly(Characters::of(true, |c| !is_word(c))),
        's' => Described::exactly(Characters::of(true, is_space)),
        'S' => Described::exactly(Characters::of(true, |c| !is_space(c))),
        'h' => Described::exactly(Characters::of(false, |c| c.is_ascii_hexdigit())),
        'H' => Described::exactly(Characters::of(true, |c| !c.is_ascii_hexdigit())),
        'p' | 'P' => property(letter, rest)?,
        'x' | 'u' => Described::exactly(Characters::one(by_number(letter, rest)?)),
        letter => match control(letter) {
            Some(character) => Described::exactly(Characters::one(character)),
            None if letter.is_ascii_alphanumeric() => return None,
            None => Described::exactly(Characters::one(letter)),
        },
    })
}

/// `\p{Lu}`, `\p{^Lu}`, `\P{Lu}`, after the letter.
fn property(letter: char, rest: &mut Peekable<Chars<'_>>) -> Option<Described> {
    rest.next_if_eq(&'{')?;
    let is_negated = (letter == 'P') != rest.next_if_eq(&'^').is_some();
    let name: String = rest.by_ref().take_while(|&c| c != '}').collect();
    let ascii = |fits: fn(char) -> bool| Described::exactly(Characters::of(true, fits));
    let described = match name.to_ascii_lowercase().as_str() {
        "l" | "letter" | "alpha" | "alphabetic" => ascii(|c| c.is_ascii_alphabetic()),
        "lu" | "upper" | "uppercase" => ascii(|c| c.is_ascii_uppercase()),
        "ll" | "lower" | "lowercase" => ascii(|c| c.is_ascii_lowercase()),
        "n" | "nd" | "digit" => ascii(|c| c.is_ascii_digit()),
        "alnum" => ascii(|c| c.is_ascii_alphanumeric()),
        "lt" | "lm" | "lo" | "nl" | "no" | "m" | "mn" | "mc" => ascii(|_| false),
        _ => Described::at_most(Characters::ALL),
    };
    Some(if is_negated {
        described.negated()
    } else {
        described
    })
}

/// `\x41`, `\x{41}`, `\u0041`. What is above ASCII stands for a byte or a
/// character, and for others either way.
fn by_number(letter: char, rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    let digits: String = if letter == 'x' && rest.next_if_eq(&'{').is_some() {
        rest.by_ref().take_while(|&c| c != '}').collect()
    } else {
        let most = if letter == 'x' { 2 } else { 4 };
        let digit = |_| rest.next_if(char::is_ascii_hexdigit);
        (0..most).map_while(digit).collect()
    };
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

/// `[:alpha:]`, after the first bracket.
fn posix(rest: &mut Peekable<Chars<'_>>) -> Option<Described> {
    rest.next();
    let is_negated = rest.next_if_eq(&'^').is_some();
    let name: String = rest.by_ref().take_while(|&c| c != ':').take(16).collect();
    rest.next_if_eq(&']')?;
    let ascii = |fits: fn(char) -> bool| Described::exactly(Characters::of(true, fits));
    let described = match name.as_str() {
        "alnum" => ascii(|c| c.is_ascii_alphanumeric()),
        "alpha" => ascii(|c| c.is_ascii_alphabetic()),
        "ascii" => ascii(|c| c.is_ascii()),
        "blank" => ascii(|c| matches!(c, ' ' | '\t')),
        "digit" => ascii(|c| c.is_ascii_digit()),
        "lower" => ascii(|c| c.is_ascii_lowercase()),
        "space" => ascii(|c| matches!(c, '\t'..='\r' | ' ')),
        "upper" => ascii(|c| c.is_ascii_uppercase()),
        "word" => ascii(|c| c.is_ascii_alphanumeric() || c == '_'),
        "xdigit" => ascii(|c| c.is_ascii_hexdigit()),
        // What these mean beyond letters has changed with versions.
        "cntrl" | "graph" | "print" | "punct" => Described::at_most(Characters::ALL),
        _ => return None,
    };
    Some(if is_negated {
        described.negated()
    } else {
        described
    })
}

//! Which rules of a context can match at a position: a table by the characters
//! before and behind it.

use super::start::{Needs, Next, Start};

/// Kinds of what follows a position: ASCII, other characters, the end.
const NEXTS: usize = 130;
const OTHERS: usize = 128;
const END: usize = 129;

/// Sets of rules, each as many words of 64 bits as there are rules for.
pub(super) struct Candidates {
    words: usize,
    /// By what is before and what follows.
    table: Box<[u64]>,
    /// Those that need not begin where the line does.
    inside_line: Box<[u64]>,
    /// Those that need not begin where the search does.
    inside_search: Box<[u64]>,
    /// What each of them needs.
    needs: Box<[Needs]>,
}

/// What is before a position.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Word,
    NoWord,
    Unknown,
}

impl Before {
    const ALL: [Self; 3] = [Self::Word, Self::NoWord, Self::Unknown];

    fn of(byte: Option<u8>) -> Self {
        match byte {
            Some(byte) if !byte.is_ascii() => Self::Unknown,
            Some(byte) if is_word(byte) => Self::Word,
            _ => Self::NoWord,
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Candidates {
    /// Those of rules that begin like this.
    pub(super) fn new(starts: impl ExactSizeIterator<Item = Start> + Clone) -> Self {
        let words = starts.len().div_ceil(64);
        let set = |fits: &dyn Fn(Start) -> bool| {
            let mut set = vec![0; words];
            for (rule, start) in starts.clone().enumerate() {
                set[rule / 64] |= u64::from(fits(start)) << (rule % 64);
            }
            set
        };
        let mut table = Vec::with_capacity(Before::ALL.len() * NEXTS * words);
        for before in Before::ALL {
            for next in 0..NEXTS {
                table.extend(set(&|start| fits(start, before, next)));
            }
        }
        Self {
            words,
            table: table.into(),
            inside_line: set(&|start| !start.line_start).into(),
            inside_search: set(&|start| !start.search_start).into(),
            needs: starts.map(|start| start.needs).collect(),
        }
    }

    /// The rules that may match at a position of a line, in order; the search
    /// began at another. `rest` is what there is in the line from here on.
    pub(super) fn at<'c>(
        &'c self,
        line: &[u8],
        position: usize,
        search: usize,
        rest: Needs,
    ) -> impl Iterator<Item = usize> + use<'c> {
        let before = Before::of(position.checked_sub(1).map(|before| line[before]));
        let next = match line.get(position) {
            None => END,
            Some(byte) if byte.is_ascii() => usize::from(*byte),
            Some(_) => OTHERS,
        };
        let row = (before as usize * NEXTS + next) * self.words;
        let row = &self.table[row..row + self.words];
        let (in_line, in_search) = (position > 0, position > search);
        (0..self.words).flat_map(move |word| {
            let mut set = row[word];
            if in_line {
                set &= self.inside_line[word];
            }
            if in_search {
                set &= self.inside_search[word];
            }
            let rules = Bits(set).map(move |bit| word * 64 + bit);
            rules.filter(move |&rule| self.needs[rule].are_in(rest))
        })
    }
}

/// Whether a rule that begins like this can match there.
fn fits(start: Start, before: Before, next: usize) -> bool {
    let (following, is_word) = match next {
        END => (Next::End, Some(false)),
        OTHERS => (Next::Character('\u{80}'), None),
        ascii => {
            let byte = ascii as u8;
            (Next::Character(char::from(byte)), Some(is_word(byte)))
        }
    };
    let is_boundary = match (before, is_word) {
        (Before::Unknown, _) | (_, None) => true,
        (before, Some(word)) => (before == Before::Word) != word,
    };
    start.allows(following) && (is_boundary || !start.boundary)
}

/// The numbers of the bits that are set, in order.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rules_that_may_match_are_tried() {
        let starts = ["\\bif", "[a-z]+", "^#", "$", "\\G\\w", "x?", "i+z"].map(Start::of);
        let candidates = Candidates::new(starts.into_iter());
        let line = "if é\n";
        let mut rests = Vec::new();
        Needs::of_rests(line, &mut rests);
        let at = |position, search| {
            let rules = candidates.at(line.as_bytes(), position, search, rests[position]);
            rules.collect::<Vec<_>>()
        };
        assert_eq!(at(0, 0), [0, 1, 4, 5]);
        assert_eq!(at(1, 0), [1, 5], "inside a word");
        assert_eq!(at(1, 1), [1, 4, 5], "where the search begins");
        assert_eq!(at(2, 0), [5]);
        assert_eq!(at(3, 3), [4, 5], "a letter outside of ASCII");
        assert_eq!(at(5, 0), [3, 5], "the end of the line");
        assert_eq!(at(6, 0), [3, 5], "the end of the text");
    }
}

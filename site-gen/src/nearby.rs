//! What an author who named something that is not there may have meant: a file of
//! the same name with another end, or in other letters, or else what is spelt about
//! the same.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};

use crate::diagnostic::{closeness, closest};

/// All names that may be meant, so that one is found without a look at each: a site
/// whose links are all at fault has as many of them as names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    all: Vec<Name>,
    /// By themselves, in small letters: the first of each.
    exact: HashMap<String, usize>,
    /// By that without their ends.
    stems: HashMap<String, Vec<usize>>,
    /// What was meant by words that are spelt like none of them. The same one is
    /// often asked for again.
    misspelt: Mutex<HashMap<String, Option<usize>>>,
}

#[derive(Debug)]
struct Name {
    text: String,
    letters: Letters,
    /// How many edits may be between it and what is meant by it.
    closeness: usize,
}

impl Names {
    /// All are paths from the same directory, without a slash in front.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for name in names.filter(|name| !name.is_empty()) {
            let index = all.all.len();
            let folded = name.trim_end_matches('/').to_lowercase();
            let stem = stem(&folded).to_owned();
            all.stems.entry(stem).or_default().push(index);
            all.exact.entry(folded).or_insert(index);
            all.all.push(Name {
                text: name.to_owned(),
                letters: Letters::of(name),
                closeness: closeness(name),
            });
        }
        all
    }

    /// Which of them was meant; of several, the first of the best ones.
    pub(crate) fn meant(&self, wanted: &str) -> Option<&str> {
        let wanted = wanted.trim_matches('/');
        let folded = wanted.to_lowercase();
        let stem = stem(&folded);
        // A name alone is too little to go by where there is none.
        let is_beside = |index: &&usize| {
            let name = self.all[**index].text.trim_end_matches('/');
            name.len() < wanted.len() + LONGEST_END
        };
        let beside = || {
            let beside = self.stems.get(stem).filter(|_| !stem.is_empty())?;
            beside.iter().find(is_beside)
        };
        let found = self.exact.get(&folded).or_else(beside).copied();
        let found = found.or_else(|| self.misspelt(wanted));
        found.map(|index| self.all[index].text.as_str())
    }

    fn misspelt(&self, wanted: &str) -> Option<usize> {
        if wanted.len() < SHORTEST {
            return None;
        }
        // A panic elsewhere cannot have left a map half-changed.
        let known = || self.misspelt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(wanted) {
            return *known;
        }
        let letters = Letters::of(wanted);
        let likely = self.all.iter().filter(|name| {
            // One edit changes two letters at most.
            letters.differing(&name.letters) <= 2 * name.closeness
        });
        let found = closest(wanted, likely.map(|name| name.text.as_str()));
        let found = found.and_then(|found| self.all.iter().position(|name| name.text == found));
        match known().entry(wanted.to_owned()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => *free.insert(found),
        }
    }
}

/// How often a name has each letter, and other characters of ASCII together: less
/// than `closest` looks at, in a thirtieth of the time.
#[derive(Debug)]
struct Letters([u8; 32]);

impl Letters {
    fn of(name: &str) -> Self {
        let mut letters = [0_u8; 32];
        for byte in name.bytes().filter(u8::is_ascii) {
            let place = match byte.to_ascii_lowercase() {
                letter @ b'a'..=b'z' => letter - b'a',
                digit @ b'0'..=b'9' => 26 + (digit - b'0') / 2,
                _ => 31,
            };
            let count = &mut letters[usize::from(place)];
            *count = count.saturating_add(1);
        }
        Self(letters)
    }

    /// At least so many letters one has and the other lacks.
    fn differing(&self, other: &Self) -> usize {
        let pairs = self.0.iter().zip(&other.0);
        let differences = pairs.map(|(own, other)| u32::from(own.abs_diff(*other)));
        differences.sum::<u32>() as usize
    }
}

/// What is shorter is about as long as what it would be misspelt by, in bytes.
const SHORTEST: usize = 3;

/// The longest end of a name that stands for a kind of file, in bytes.
const LONGEST_END: usize = ".markdown".len();

/// A name without the end that says what kind of file it is.
fn stem(name: &str) -> &str {
    let (directory, file) = name.rsplit_once('/').unwrap_or(("", name));
    match file.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.len() < LONGEST_END => {
            &name[..name.len() - end.len() - 1]
        }
        _ if file.is_empty() => directory,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_ends_and_other_letters_are_meant() {
        let names = [
            "about.md",
            "b.md",
            "img/x.png",
            "v1.2/notes.md",
            "b/",
            "docs/zone.md",
            "",
        ];
        for (wanted, expected) in [
            ("b.html", Some("b.md")),
            ("b", Some("b/")),
            ("B.md", Some("b.md")),
            ("img/x.PNG", Some("img/x.png")),
            ("img/x.jpeg", Some("img/x.png")),
            ("abuot.md", Some("about.md")),
            ("/docs/zone.html", Some("docs/zone.md")),
            ("v1.2/notes", Some("v1.2/notes.md")),
            ("nothing/like/it", None),
            ("", None),
            ("c", None),
        ] {
            let names = Names::new(names.into_iter());
            for _ in 0..2 {
                assert_eq!(names.meant(wanted), expected, "{wanted}");
            }
        }
    }

    proptest! {
        /// What is left out by letters is nothing that would have been found.
        #[test]
        fn no_name_is_overlooked(
            names in prop::collection::vec("[a-cA-C0-9É/.]{1,12}", 1..12),
            wanted in "[a-cA-C0-9é/.]{0,12}",
        ) {
            let all = Names::new(names.iter().map(String::as_str));
            let wanted = wanted.trim_matches('/');
            let found = closest(wanted, names.iter().map(String::as_str));
            let own = all.misspelt(wanted).map(|index| all.all[index].text.as_str());
            prop_assert_eq!(own, found.filter(|_| wanted.len() >= SHORTEST));
        }
    }
}

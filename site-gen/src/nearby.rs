//! What an author who named something that is not there may have meant: a file of
//! the same name with another end, or in other letters, or else what is spelt about
//! the same.

use crate::diagnostic::closest;

/// Which of these names was meant; of several, the first of the best ones. All are
/// paths from the same directory, without a slash in front.
pub(crate) fn meant<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let names = names.filter(|name| !name.is_empty());
    let wanted = wanted.trim_matches('/');
    let folded = wanted.to_lowercase();
    let same = |name: &&str| name.trim_end_matches('/').to_lowercase() == folded;
    let exact = names.clone().find(same);
    let stem = stem(&folded);
    // A name alone is too little to go by where there is none.
    let is_beside = |name: &&str| {
        let name = name.trim_end_matches('/');
        name.len() < wanted.len() + LONGEST_END && self::stem(&name.to_lowercase()) == stem
    };
    let is_long = |_: &&str| wanted.len() >= SHORTEST;
    exact
        .or_else(|| names.clone().filter(|_| !stem.is_empty()).find(is_beside))
        .or_else(|| closest(wanted, names.filter(is_long)))
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
            assert_eq!(meant(wanted, names.into_iter()), expected, "{wanted}");
        }
    }
}

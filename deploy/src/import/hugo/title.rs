//! Titles of what nobody wrote a title for, such as a section without a file: the
//! name of its directory, in the plural and in capitals, as Hugo does it.

use site_gen::review::Table;

use super::data::{get_boolean, get_text};
use super::inflection::{plural, with_capital};

/// Words that stay small within a title, in the styles of AP and Chicago.
const SMALL: [&str; 21] = [
    "a", "an", "and", "as", "at", "but", "by", "en", "for", "if", "in", "nor", "of", "on", "or",
    "per", "the", "to", "v", "via", "vs",
];

/// And in that of Chicago alone.
const SMALL_IN_CHICAGO: [&str; 4] = ["from", "into", "over", "with"];

/// Where titles have capitals (`titleCaseStyle`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capitals {
    /// At all words but some small ones.
    Ap,
    Chicago,
    /// At all words.
    Go,
    /// At the first.
    First,
    /// Nowhere.
    None,
}

impl Capitals {
    /// What the configuration says.
    pub(super) fn of(root: &Table) -> Self {
        let style = get_text(root, "titleCaseStyle").unwrap_or_default();
        match style.to_lowercase().as_str() {
            "chicago" => Self::Chicago,
            "go" => Self::Go,
            "firstupper" => Self::First,
            "none" => Self::None,
            _ => Self::Ap,
        }
    }

    /// A text as a title.
    pub(super) fn title(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::First => with_capital(text),
            // An apostrophe ends a word, too.
            Self::Go => {
                let is_end = |c: char| !c.is_alphanumeric() && c != '_';
                text.split_inclusive(is_end).map(with_capital).collect()
            }
            Self::Ap | Self::Chicago => self.without_small(text),
        }
    }

    /// With a capital at each word that is not small, and at the first and last.
    fn without_small(self, text: &str) -> String {
        let is_small = |word: &str| {
            SMALL.contains(&word) || (self == Self::Chicago && SMALL_IN_CHICAGO.contains(&word))
        };
        // What hyphens join is a title of its own.
        let joined = |word: &str| {
            among(
                &word.split('-').collect::<Vec<_>>(),
                "-",
                |part| match is_small(part) {
                    true => None,
                    false => Some(with_first_letter(part)),
                },
                with_first_letter,
            )
        };
        let words: Vec<&str> = text.split(' ').collect();
        among(
            &words,
            " ",
            |word| (!is_small(word)).then(|| joined(word)),
            joined,
        )
    }
}

/// Words, of which the first and the last are not as those between them may be.
fn among(
    words: &[&str],
    between: &str,
    inner: impl Fn(&str) -> Option<String>,
    outer: impl Fn(&str) -> String,
) -> String {
    let last = words.len().saturating_sub(1);
    let new = words.iter().enumerate().map(|(at, word)| match at {
        0 => outer(word),
        _ if at == last => outer(word),
        _ => inner(word).unwrap_or_else(|| (*word).to_owned()),
    });
    new.collect::<Vec<_>>().join(between)
}

/// A word with a capital behind the signs that it begins with.
fn with_first_letter(word: &str) -> String {
    let signs = word.len()
        - word
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .len();
    format!("{}{}", &word[..signs], with_capital(&word[signs..]))
}

/// The title that Hugo gives to a directory, as the configuration says.
pub(super) fn of_directory(name: &str, root: &Table) -> String {
    match get_boolean(root, "pluralizeListTitles") != Some(false) {
        true => of_list(&plural(name), root),
        false => of_list(name, root),
    }
}

/// The title that it gives to a term, or to a taxonomy.
pub(super) fn of_list(name: &str, root: &Table) -> String {
    match get_boolean(root, "capitalizeListTitles") != Some(false) {
        true => Capitals::of(root).title(name),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Hugo 0.168 makes of these.
    #[test]
    fn directories_have_the_titles_that_hugo_gives_them() {
        for (name, expected) in [
            ("post", "Posts"),
            ("docs", "Docs"),
            ("news-item", "News-Items"),
            ("about-us", "About-Uses"),
            ("state-of-the-art", "State-of-the-Arts"),
            ("the_book", "The_books"),
            ("tutorial-and-guide", "Tutorial-and-Guides"),
            ("photo-gallery", "Photo-Galleries"),
            ("day", "Days"),
            ("class", "Classes"),
            ("church", "Churches"),
            ("box", "Boxes"),
            ("person", "People"),
            ("café", "Cafés"),
            ("2024", "2024s"),
            ("index", "Indices"),
        ] {
            assert_eq!(of_directory(name, &Table::new()), expected);
        }
    }

    /// What Hugo 0.168 makes of these.
    #[test]
    fn titles_have_capitals_where_the_style_has_them() {
        let text = "big-fish iOS and the-end. of x_y over (in) don't a";
        for (capitals, expected) in [
            (
                Capitals::Ap,
                "Big-Fish IOS and The-End. of X_y Over (In) Don't A",
            ),
            (
                Capitals::Chicago,
                "Big-Fish IOS and The-End. of X_y over (In) Don't A",
            ),
            (
                Capitals::Go,
                "Big-Fish IOS And The-End. Of X_y Over (In) Don'T A",
            ),
            (
                Capitals::First,
                "Big-fish iOS and the-end. of x_y over (in) don't a",
            ),
            (Capitals::None, text),
        ] {
            assert_eq!(capitals.title(text), expected);
        }
    }
}

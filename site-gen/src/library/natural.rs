//! The order of titles as people sort them: letters whatever their case and
//! accents, and numbers by their value, so that 2 comes before 10.

use std::cmp::Ordering;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// Compares two texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    loop {
        let (number_a, number_b) = (number(rest_a), number(rest_b));
        if !number_a.is_empty() && !number_b.is_empty() {
            let value = |digits: &'_ str| digits.trim_start_matches('0').to_owned();
            let (value_a, value_b) = (value(number_a), value(number_b));
            let order = value_a
                .len()
                .cmp(&value_b.len())
                .then(value_a.cmp(&value_b));
            if order.is_ne() {
                return order;
            }
            (rest_a, rest_b) = (&rest_a[number_a.len()..], &rest_b[number_b.len()..]);
            continue;
        }
        let (mut letters_a, mut letters_b) = (rest_a.chars(), rest_b.chars());
        let order = match (letters_a.next(), letters_b.next()) {
            // What is the same but for case, accents and zeros has an order too.
            (None, None) => return a.cmp(b),
            (one, other) => lower(one).cmp(lower(other)),
        };
        if order.is_ne() {
            return order;
        }
        (rest_a, rest_b) = (letters_a.as_str(), letters_b.as_str());
    }
}

fn lower(character: Option<char>) -> impl Iterator<Item = char> {
    let bare = character.map(without_accents);
    bare.into_iter().flat_map(char::to_lowercase)
}

fn without_accents(character: char) -> char {
    let decomposition = CanonicalDecompositionBorrowed::new();
    let mut bare = character;
    // A syllable of Hangul begins with a letter, and is none.
    while !('\u{ac00}'..='\u{d7a3}').contains(&bare)
        && let Decomposed::Singleton(letter) | Decomposed::Expansion(letter, _) =
            decomposition.decompose(bare)
    {
        bare = letter;
    }
    bare
}

/// The digits that a text begins with.
fn number(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_count() {
        let mut titles = [
            "Part 10", "part 2", "Part 1", "", "Zebra", "apple", "Part 02", "Éclair",
        ];
        titles.sort_by(|a, b| compare(a, b));
        let expected = [
            "", "apple", "Éclair", "Part 1", "Part 02", "part 2", "Part 10", "Zebra",
        ];
        assert_eq!(titles, expected);
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[a-bA-B0-2é ]{0,6}", b in "[a-bA-B0-2é ]{0,6}", c in "[a-bA-B0-2é ]{0,6}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &b).is_eq(), a == b);
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
    }
}

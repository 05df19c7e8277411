//! What counts as a word, and which words are the same: upper and lower case
//! are, letters with and without accents are, and those of one stem are
//! related.
//!
//! Scripts that put no space between words (Chinese, Japanese, Thai and others)
//! are cut into pairs of letters that overlap; a search for a phrase finds all
//! of its pairs.
//!
//! `search.js` has [`fold`] and [`each`] once more, and no stems: the index says
//! which of its words belong together.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use pagefind_stem::{Algorithm, Stemmer};

use crate::limits::MAX_INDEXED_WORD;

/// Letters that Unicode does not take apart, and how they are typed without
/// them.
const SPELT: [(char, &str); 9] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('đ', "d"),
    ('ł', "l"),
    ('ı', "i"),
    ('þ', "th"),
    ('ς', "σ"),
];

/// Text in small letters, its characters in the form that they are compared in
/// (Unicode Standard Annex 15, NFKC). Accents stay: stems depend on them.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    let composed = ComposingNormalizerBorrowed::new_nfkc();
    let lower = composed.normalize(&text.to_lowercase()).to_lowercase();
    Cow::Owned(composed.normalize(&lower).into_owned())
}

/// A word, in small letters, as it is looked for: without accents.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().take(MAX_INDEXED_WORD).collect();
    }
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(word);
    let mut bare = String::with_capacity(apart.len());
    for letter in apart.chars().filter(|letter| !is_accent(*letter)) {
        match SPELT.iter().find(|(spelt, _)| *spelt == letter) {
            Some((_, plain)) => bare.push_str(plain),
            None => bare.push(letter),
        }
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&bare);
    composed.chars().take(MAX_INDEXED_WORD).collect()
}

/// Tells each word of a text in small letters.
pub(super) fn each<'t>(text: &'t str, mut tell: impl FnMut(&'t str)) {
    let mut letters = text.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let script = Script::of(letter);
        if script == Script::None {
            continue;
        }
        // Where the word, or the pair, begins.
        let mut begin = start;
        let mut end = start + letter.len_utf8();
        while let Some((at, next)) = letters.next_if(|(_, next)| Script::of(*next) == script) {
            end = at + next.len_utf8();
            if script == Script::Dense {
                tell(&text[begin..end]);
                begin = at;
            }
        }
        // Of a dense script, this is the last letter: no pair begins with it.
        tell(&text[begin..end]);
    }
}

/// What a letter is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// No letter, and no digit.
    None,
    /// Words stand apart.
    Spaced,
    /// Words do not stand apart.
    Dense,
}

impl Script {
    fn of(letter: char) -> Self {
        if letter.is_ascii() {
            return match letter.is_ascii_alphanumeric() {
                true => Self::Spaced,
                false => Self::None,
            };
        }
        match letter {
            _ if is_accent(letter) => Self::Spaced,
            _ if !letter.is_alphanumeric() => Self::None,
            // Thai and Lao; Burmese; Khmer; Kana; Han and its extensions.
            '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => Self::Dense,
            _ => Self::Spaced,
        }
    }
}

/// A mark that stands above, below or through the letter before it.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Tells the stem of words in a language; in one that it does not know, a word
/// is its own.
pub(super) struct Stems(Option<Stemmer>);

impl Stems {
    /// For a language, by its code.
    pub(super) fn of(code: &str) -> Self {
        let language = code.split('-').next().unwrap_or_default();
        let algorithm = match language.to_ascii_lowercase().as_str() {
            "ar" => Algorithm::Arabic,
            "ca" => Algorithm::Catalan,
            "da" => Algorithm::Danish,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "en" => Algorithm::English,
            "es" => Algorithm::Spanish,
            "et" => Algorithm::Estonian,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "ga" => Algorithm::Irish,
            "hu" => Algorithm::Hungarian,
            "it" => Algorithm::Italian,
            "lt" => Algorithm::Lithuanian,
            "nb" | "nn" | "no" => Algorithm::Norwegian,
            "nl" => Algorithm::Dutch,
            "pl" => Algorithm::Polish,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "sv" => Algorithm::Swedish,
            "tr" => Algorithm::Turkish,
            _ => return Self(None),
        };
        Self(Some(Stemmer::create(algorithm)))
    }

    /// The stem of a word in small letters.
    pub(super) fn of_word(&self, word: &str) -> String {
        let stem = self.0.as_ref().map(|stemmer| stemmer.stem(word));
        stem.map_or_else(|| fold(word), |stem| fold(&stem))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let lower = lower(text);
        let mut words = Vec::new();
        each(&lower, |word| words.push(fold(word)));
        words
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(
            words("Éclair, STRASSE Straße e\u{301}te\u{301} ΣΊΣΥΦΟΣ"),
            ["eclair", "strasse", "strasse", "ete", "σισυφοσ"]
        );
        assert_eq!(
            words("ﬁn Ｆａｔａ Øresund Łódź İstanbul"),
            ["fin", "fata", "oresund", "lodz", "istanbul"]
        );
        assert_eq!(
            words("get_url(path=\"x-1.2\")"),
            ["get", "url", "path", "x", "1", "2"]
        );
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(words("東京都 a東b"), ["東京", "京都", "都", "a", "東", "b"]);
        assert_eq!(words("カﾞス"), ["ガス", "ス"]);
        assert_eq!(words("한국어"), ["한국어"]);
    }

    #[test]
    fn words_of_a_stem_belong_together() {
        let same = |code: &str, a: &str, b: &str| {
            let stems = Stems::of(code);
            assert_eq!(stems.of_word(a), stems.of_word(b), "{code}");
        };
        same("en", "unikernel", "unikernels");
        same("en-GB", "running", "runs");
        same("de", "häuser", "hauses");
        same("fr", "mangé", "manger");
        same("es", "canciones", "canción");
        same("ru", "книга", "книги");
        assert_eq!(Stems::of("ja").of_word("runs"), "runs");
    }

    proptest! {
        #[test]
        fn folding_is_stable(text in "\\PC{0,40}") {
            for word in words(&text) {
                prop_assert_eq!(fold(&lower(&word)), word.clone());
                for code in ["ar", "de", "en", "fi", "fr", "hu", "tr"] {
                    Stems::of(code).of_word(&word);
                }
            }
        }
    }
}

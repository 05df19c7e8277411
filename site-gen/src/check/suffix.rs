//! Versions in a language that the site does not have: `about.de.md` is a page of its
//! own then, with an address such as `/about-de/`.
//!
//! Only codes of two letters are told (ISO 639-1). Some of them are the ends of files'
//! names as well, or words: they are told if what they may be a version of is there.

use std::collections::HashSet;

use super::Sources;
use crate::diagnostic::Diagnostic;
use crate::document::Document;

/// All languages that have a code of two letters.
const LANGUAGES: [&str; 183] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi",
    "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de",
    "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy",
    "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia",
    "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk",
    "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo",
    "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd",
    "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl",
    "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl",
    "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk",
    "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa",
    "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

/// Codes that are also the ends of files' names, of countries' or words.
const AMBIGUOUS: [&str; 28] = [
    "am", "as", "be", "co", "cs", "cv", "el", "he", "id", "ie", "io", "is", "it", "la", "li", "me",
    "ml", "my", "no", "or", "pl", "ps", "se", "sh", "so", "to", "ts", "tt",
];

/// The fault of each file that seems to be such a version.
pub(super) fn check(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let ids: HashSet<&str> = sources.documents().map(|document| &*document.id).collect();
    let known = |code: &str| {
        let mut languages = sources.config.languages.iter();
        languages.any(|language| language.code == code)
    };
    let fault = |document: &Document| {
        let (name, code) = document.id.strip_suffix(".md")?.rsplit_once('.')?;
        let is_certain = !AMBIGUOUS.contains(&code) || ids.contains(&*format!("{name}.md"));
        if known(code) || !LANGUAGES.contains(&code) || !is_certain {
            return None;
        }
        let message = format!("the site has no language `{code}`, so this is no version in it");
        let fault = Diagnostic::new(&document.source.file, message);
        let expected = format!("`[languages.{code}]` in content/site.toml, or another name");
        Some(fault.expected(expected).warning())
    };
    sources.documents().filter_map(fault).collect()
}

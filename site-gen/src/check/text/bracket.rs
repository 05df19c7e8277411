//! Brackets that are no link because of what stands behind them, `[a](foo bar.md)`,
//! or around them, `[[a page]]`. Markdown shows all of it as text.
//!
//! Parentheses behind brackets may be words. They are told if what is in them begins
//! or ends as an address does; two pairs of brackets, if a page has that name.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::MAX_ADDRESS_LOOKED_AT;
use crate::markdown::Passage;

/// Ends of the names of files that links lead to.
const EXTENSIONS: [&str; 19] = [
    "md", "html", "htm", "pdf", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "webm",
    "mp4", "mp3", "zip", "txt", "csv", "json",
];

/// What an address may begin with.
const BEGINNINGS: [&str; 7] = ["./", "../", "@/", "www.", "http://", "https://", "mailto:"];

/// Names shorter than this mean too much else.
const SHORTEST_NAME: usize = 3;

/// The pages of a site by what others call them: their titles, or their files'
/// names. None is known by a name that two have.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Option<String>>);

impl Names {
    pub(super) fn of<'d>(documents: impl Iterator<Item = &'d Document>) -> Self {
        let mut names: HashMap<String, Option<String>> = HashMap::new();
        for document in documents {
            let stem = document.id.rsplit('/').next().unwrap_or_default();
            let stem = stem.strip_suffix(".md").unwrap_or(stem);
            let title = document.front.title.as_deref().unwrap_or_default();
            for name in [stem, title].map(str::to_lowercase) {
                let known = names.entry(name);
                let known = known.or_insert_with(|| Some(document.id.to_string()));
                if known.as_deref() != Some(&*document.id) {
                    *known = None;
                }
            }
        }
        Self(names)
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0.get(&name.trim().to_lowercase())?.as_deref()
    }
}

/// What is wrong with a pair of brackets that nothing is defined for.
pub(super) fn check(
    passage: &Passage<'_>,
    names: &Names,
    span: &Range<usize>,
) -> Option<Diagnostic> {
    let text = passage.text();
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    match (before, after) {
        (Some('['), Some(']')) => wiki(passage, names, span),
        // `a[i](x)` is a call.
        (Some(before), _) if before.is_alphanumeric() || "\\])}_$".contains(before) => None,
        (_, Some('(')) => spaced(passage, span),
        _ => None,
    }
}

fn spaced(passage: &Passage<'_>, span: &Range<usize>) -> Option<Diagnostic> {
    let rest = &passage.text()[span.end + 1..];
    let inside = &rest[..end_of_parentheses(rest)?];
    let (first, last) = (
        inside.split_whitespace().next()?,
        inside.split_whitespace().next_back()?,
    );
    // What a template makes of it is not known.
    if inside.starts_with('<') || inside.contains("{{") {
        return None;
    }
    // A title is no part of it.
    let quote = inside.find([' ', '\t']).and_then(|at| {
        let title = inside[at..].find(['"', '\''])?;
        Some(at + title)
    });
    let start = span.end + 1;
    let shown = &passage.text()[span.clone()];
    if let Some(quote) = quote {
        let address = inside[..quote].trim();
        let is_address = begins_as_address(first) || has_extension(address);
        return (is_address && address.contains(char::is_whitespace))
            .then(|| has_space(passage, start..start + address.len(), None));
    }
    if first == last {
        return None;
    }
    let place = start..start + inside.len();
    let is_whole = has_extension(first) || first.contains("://");
    if has_extension(last) || begins_as_address(first) && !is_whole {
        let suggestion = format!("`{shown}(<{}>)`", inside.trim());
        return Some(has_space(passage, place, Some(suggestion)));
    }
    if !is_whole {
        return None;
    }
    let title = inside.trim().strip_prefix(first)?.trim();
    let suggestion = format!("`{shown}({first} \"{title}\")`");
    let fault = passage.at(place, "words behind an address make it no link");
    let fault = fault.expected("quotes around a title, or the address alone");
    Some(fault.suggestion(Some(suggestion)).warning())
}

fn has_space(passage: &Passage<'_>, place: Range<usize>, meant: Option<String>) -> Diagnostic {
    let fault = passage.at(place, "an address with a space makes no link");
    let fault = fault.expected("`%20` for each space, or `<` and `>` around the address");
    fault.suggestion(meant).warning()
}

/// Where the parentheses end that were opened before a text, in its line.
fn end_of_parentheses(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().take(MAX_ADDRESS_LOOKED_AT) {
        match c {
            '\n' | '\\' | '`' => return None,
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn begins_as_address(word: &str) -> bool {
    let mut beginnings = BEGINNINGS.iter();
    beginnings.any(|beginning| word.len() > beginning.len() && word.starts_with(beginning))
}

fn has_extension(word: &str) -> bool {
    let end = word.find(['#', '?']).unwrap_or(word.len());
    let parts = word[..end].rsplit_once('.');
    parts.is_some_and(|(name, extension)| {
        let extension = extension.to_ascii_lowercase();
        !name.is_empty() && EXTENSIONS.contains(&extension.as_str())
    })
}

fn wiki(passage: &Passage<'_>, names: &Names, span: &Range<usize>) -> Option<Diagnostic> {
    let text = passage.text();
    let before = text[..span.start - 1].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || "\\[]()_$!".contains(c)) {
        return None;
    }
    let inside = &text[span.start + 1..span.end - 1];
    let (target, shown) = inside.split_once('|').unwrap_or((inside, inside));
    let name = target.split('#').next().unwrap_or_default();
    if name.chars().count() < SHORTEST_NAME {
        return None;
    }
    let id = names.find(name)?;
    let fault = passage.at(
        span.start - 1..span.end + 1,
        format!("`[[{inside}]]` is no link here"),
    );
    let fault = fault.expected(format!("`[{}](@/{id})`", shown.trim()));
    Some(fault.warning())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for word in ["a.md", "b.PNG", "c.html#d", "x/y.pdf?z"] {
            assert!(has_extension(word), "{word}");
        }
        for word in ["e.g.", ".md", "md", "a.mdx", "1.5", "see"] {
            assert!(!has_extension(word), "{word}");
        }
        assert!(begins_as_address("../x") && begins_as_address("https://x"));
        assert!(!begins_as_address("../") && !begins_as_address("and/or"));
        assert_eq!(end_of_parentheses("a (b) c) d"), Some(7));
        assert_eq!(end_of_parentheses("a\nb)"), None);
    }
}

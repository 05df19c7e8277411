//! What the configuration may say in places that cannot be read: [`Doubts`], the
//! keys at its top that stand there, or are probably meant. A build goes on
//! without them, and calls nothing a fault that depends on one.
//!
//! Of a file that is no TOML, the lines with the errors are left out
//! ([`without_lines`]). If what remains is TOML, it counts.

use std::collections::BTreeSet;

use crate::diagnostic::closest;
use crate::source::blanked;

/// Keys that decide what is served, besides files and documents.
const OF_PATHS: [&str; 9] = [
    "build_search_index",
    "default_language",
    "feed_filenames",
    "generate_feeds",
    "generate_robots_txt",
    "generate_sitemap",
    "languages",
    "redirects",
    "taxonomies",
];

/// Keys of which nothing is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubts {
    keys: BTreeSet<String>,
    /// Whether there are some that look like none there is.
    strangers: bool,
}

impl Doubts {
    /// Takes note of a key, as it is written: whichever of `known` is meant.
    pub(crate) fn add<'a>(&mut self, name: &str, known: impl IntoIterator<Item = &'a str>) {
        match closest(name, known) {
            Some(key) => _ = self.keys.insert(key.to_owned()),
            None => self.strangers = true,
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Which files of `content/` and `static/` are part of the site.
    pub(crate) fn content(&self) -> bool {
        self.has("ignored_content") || self.has("ignored_static")
    }

    pub(crate) fn theme(&self) -> bool {
        self.has("theme")
    }

    /// Whether style sheets are compiled.
    pub(crate) fn styles(&self) -> bool {
        self.has("compile_sass")
    }

    pub(crate) fn taxonomies(&self) -> bool {
        self.has("taxonomies") || self.has("languages")
    }

    /// What is a link in a text, and which file it leads to.
    pub(crate) fn texts(&self) -> bool {
        self.has("markdown") || self.has("default_language")
    }

    /// What is served besides files and documents.
    pub(crate) fn paths(&self) -> bool {
        self.strangers || OF_PATHS.iter().any(|key| self.has(key))
    }

    /// Anything that templates see.
    pub(crate) fn any(&self) -> bool {
        self.strangers || !self.keys.is_empty()
    }
}

/// A text of TOML with spaces in place of some lines, and the keys at its top
/// that stand there; none, where that cannot be told. A line that begins a
/// table takes with it what is in the table.
pub(crate) fn without_lines(
    text: &str,
    numbers: &BTreeSet<usize>,
) -> Option<(String, Vec<String>)> {
    let mut rest = String::with_capacity(text.len());
    let mut keys = Vec::new();
    // What a line belongs to: a table, or else what begins at its left edge.
    let (mut table, mut top) = (None, None);
    let mut drops_table = false;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let is_header = line.starts_with('[');
        if is_header {
            table = name(line);
        } else if line.starts_with(is_of_name) {
            top = name(line);
        }
        let is_wrong = numbers.contains(&(index + 1));
        drops_table = is_header && is_wrong || drops_table && !is_header;
        if is_wrong {
            keys.extend([table.or(top)?.to_owned()]);
            keys.extend(name(line).filter(|_| table.is_none()).map(str::to_owned));
        }
        if is_wrong || drops_table {
            rest.push_str(&blanked(line));
        } else {
            rest.push_str(line);
        }
    }
    (!keys.is_empty()).then_some((rest, keys))
}

/// The first part of the key or of the header that a line begins with.
fn name(line: &str) -> Option<&str> {
    let line =
        line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '"' | '\''));
    let end = line.find(|c: char| !is_of_name(c)).unwrap_or(line.len());
    Some(&line[..end]).filter(|name| !name.is_empty())
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_left_out_with_the_keys_they_are_of() {
        for (text, number, rest, expected) in [
            ("a = 1\nb = \n", 2, "a = 1\n    \n", Some(&["b", "b"][..])),
            (
                "a = [\n  { b = 1 c = 2 },\n]\n",
                2,
                "a = [\n                  \n]\n",
                Some(&["a"]),
            ),
            ("[a]\nb =\n[c]\n", 2, "[a]\n   \n[c]\n", Some(&["a"])),
            ("[a\nb = 1\n[c]\n", 1, "  \n     \n[c]\n", Some(&["a"])),
            ("ü\n", 1, "  \n", Some(&["ü", "ü"])),
            ("= 1\n", 1, "", None),
        ] {
            let found = without_lines(text, &BTreeSet::from([number]));
            let keys = found
                .as_ref()
                .map(|(_, keys)| keys.iter().map(String::as_str).collect());
            assert_eq!(keys, expected.map(<[&str]>::to_vec), "{text}");
            assert!(found.is_none_or(|(found, _)| found == rest), "{text}");
        }
    }
}

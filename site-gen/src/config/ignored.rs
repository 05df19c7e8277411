//! What is no part of a site: what other programs leave in its directories, by
//! names ([`is_stray`]), and in `content/` what `ignored_content` says, in `static/`
//! what `ignored_static` says, by patterns. As in Zola, `*` stands for any characters, slashes too; `?` is one
//! character, `[a-c]` one of some, `{a,b}` one of several words.
//!
//! A pattern is held against the file's path in `content/`, the directories it
//! is in, and its name alone.

use std::path::Path;

use regex_automata::meta::Regex;

use crate::data::Fields;
use crate::limits::MAX_REGEX_BYTES;
use crate::source::Source;

/// Files that desktops keep in directories, in small letters.
const OF_DESKTOPS: [&str; 5] = [
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "__macosx",
    "icon\r",
];

/// Whether a file or directory belongs to a program and not to the site, as its
/// name says: hidden ones, but for `.well-known` (RFC 8615); copies, locks and
/// unfinished files of editors and offices; and what desktops note.
pub fn is_stray(name: &str) -> bool {
    name.starts_with('.') && name != ".well-known"
        || name.ends_with('~')
        || name.starts_with("~$")
        || name.len() > 1 && name.starts_with('#') && name.ends_with('#')
        || name.contains("___jb_")
        || OF_DESKTOPS
            .iter()
            .any(|of_desktop| name.eq_ignore_ascii_case(of_desktop))
}

/// What is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ignored(Vec<Regex>);

impl Ignored {
    pub(crate) fn read(key: &'static str, fields: &mut Fields<'_>, source: &Source) -> Self {
        let mut patterns = Vec::new();
        for (pattern, span) in fields.strings(key) {
            if fields.is_full() {
                break;
            }
            let built = Regex::builder()
                .configure(Regex::config().nfa_size_limit(Some(MAX_REGEX_BYTES)))
                .build(&expression(&pattern));
            match built {
                Ok(regex) => patterns.push(regex),
                Err(_) => {
                    let fault = source.at(span, format!("`{pattern}` is no pattern for files"));
                    fields
                        .fault(fault.expected("one such as `*.psd`, `drafts/*` or `*.{tmp,bak}`"));
                }
            }
        }
        Self(patterns)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file, relative to the directory, is left out.
    pub(crate) fn has(&self, id: &str) -> bool {
        let places = Path::new(id).ancestors().filter_map(Path::to_str);
        let mut names = places.chain(id.rsplit('/').next());
        names.any(|name| !name.is_empty() && self.0.iter().any(|regex| regex.is_match(name)))
    }
}

fn expression(pattern: &str) -> String {
    let mut regex = "^(?s:".to_owned();
    let mut in_class = false;
    let mut open = 0_usize;
    for character in pattern.trim_start_matches('/').chars() {
        match character {
            ']' if in_class => {
                in_class = false;
                regex.push(']');
            }
            '!' if in_class && regex.ends_with('[') => regex.push('^'),
            '-' if in_class => regex.push('-'),
            '[' if !in_class => {
                in_class = true;
                regex.push('[');
            }
            '*' if !in_class && regex.ends_with(".*") => {}
            '*' if !in_class => regex.push_str(".*"),
            '?' if !in_class => regex.push('.'),
            '{' if !in_class => {
                open += 1;
                regex.push_str("(?:");
            }
            '}' if open > 0 && !in_class => {
                open -= 1;
                regex.push(')');
            }
            ',' if open > 0 && !in_class => regex.push('|'),
            other => {
                if !other.is_alphanumeric() && other.is_ascii() {
                    regex.push('\\');
                }
                regex.push(other);
            }
        }
    }
    regex.push_str(")$");
    regex
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Config;

    fn ignored(patterns: &str) -> Ignored {
        let text = format!(
            "base_url = \"https://a.org\"\ntheme = \"t\"\nignored_content = [{patterns}]\n"
        );
        Config::for_text(&text).ignored
    }

    #[test]
    fn patterns_are_those_of_shells() {
        for (pattern, file, expected) in [
            ("*.psd", "a/b/c.psd", true),
            ("*.psd", "a/b/c.png", false),
            ("drafts/*", "drafts/x/y.md", true),
            ("drafts", "drafts/x/y.md", true),
            ("**/build", "a/build/x.md", true),
            ("temp.*", "a/temp.txt", true),
            ("*.{tmp,bak}", "x.bak", true),
            ("[a-c]?.md", "b1.md", true),
            ("[!a-c]?.md", "b1.md", false),
            ("a+b (1).md", "a+b (1).md", true),
            ("b.md", "ab.md", false),
        ] {
            let found = ignored(&format!("\"{pattern}\"")).has(file);
            assert_eq!(found, expected, "{pattern} {file}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(pattern in "[a-c*?{},!\\[\\]^$.()|/-]{0,20}") {
            let _ = Regex::new(&expression(&pattern));
        }
    }
}

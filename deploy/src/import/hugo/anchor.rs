//! Anchors of headings, as Hugo makes them from the words of a heading.

use super::address::without_accents;

/// In which way they are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchors {
    /// Spaces are hyphens, and only letters, digits, hyphens and underscores
    /// are left.
    #[default]
    Github,
    /// The same, without accents, and only what is ASCII.
    GithubAscii,
    /// All but letters and digits is one hyphen, and none at the ends.
    Blackfriday,
    /// There are none.
    None,
}

impl Anchors {
    /// The anchor of a heading with these words.
    pub(super) fn of(self, title: &str) -> String {
        match self {
            Self::Github | Self::None => github(title),
            Self::GithubAscii => {
                let mut anchor = github(&without_accents(title));
                anchor.retain(|c| c.is_ascii());
                anchor
            }
            Self::Blackfriday => blackfriday(title),
        }
    }
}

fn github(title: &str) -> String {
    let mut anchor = String::with_capacity(title.len());
    for c in title.trim().chars() {
        match c {
            ' ' | '-' => anchor.push('-'),
            c if c.is_alphanumeric() || c == '_' => anchor.extend(c.to_lowercase().take(1)),
            _ => {}
        }
    }
    anchor
}

fn blackfriday(title: &str) -> String {
    let mut anchor = String::with_capacity(title.len());
    let mut apart = false;
    for c in title.chars() {
        if !c.is_alphanumeric() {
            apart = true;
            continue;
        }
        if apart && !anchor.is_empty() {
            anchor.push('-');
        }
        apart = false;
        anchor.extend(c.to_lowercase().take(1));
    }
    anchor
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Hugo 0.168 makes of these.
    #[test]
    fn anchors_are_those_of_hugo() {
        for (title, expected) in [
            ("What’s new in 3.0 – and why?", "whats-new-in-30--and-why"),
            ("a  b   c", "a--b---c"),
            ("Größe ß É İ", "größe-ß-é-i"),
            ("日本語 タイトル", "日本語-タイトル"),
            ("emoji :smile: 😀", "emoji-smile-"),
            ("- lead trail -", "--lead-trail--"),
            ("100% C++ / C#", "100-c--c"),
        ] {
            assert_eq!(Anchors::Github.of(title), expected);
        }
        for (title, ascii, blackfriday) in [
            ("Größe & Ärger – x", "groe--arger--x", "größe-ärger-x"),
            ("Über A.B_c  C’s", "uber-ab_c--cs", "über-a-b-c-c-s"),
            ("-lead  trail-", "-lead--trail-", "lead-trail"),
            ("日本語 タイトル", "-", "日本語-タイトル"),
            ("100% C++ / C#", "100-c--c", "100-c-c"),
            ("Ж “q” code x", "-q-code-x", "ж-q-code-x"),
            ("a–b", "ab", "a-b"),
        ] {
            assert_eq!(Anchors::GithubAscii.of(title), ascii);
            assert_eq!(Anchors::Blackfriday.of(title), blackfriday);
        }
    }
}

//! What Zola makes of names: of files and slugs in paths, of headings in
//! anchors, of terms. It has three ways to do that; its own is to write all in
//! Latin letters.

/// How names become parts of paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Strategy {
    /// Lower-case Latin letters, digits and hyphens.
    #[default]
    On,
    /// All but what file systems and browsers trip over.
    Safe,
    /// As they are.
    Off,
}

impl Strategy {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "on" => Some(Self::On),
            "safe" => Some(Self::Safe),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// A part of a path.
    pub(super) fn part(self, name: &str) -> String {
        match self {
            Self::On => slug::slugify(name),
            Self::Safe => safe(name, "<>:\"/|?*#()[]{}\\`^%"),
            Self::Off => name.to_owned(),
        }
    }

    /// The anchor of a heading.
    pub(super) fn anchor(self, title: &str) -> String {
        match self {
            Self::On => slug::slugify(title),
            Self::Safe => safe(title, "\"#%<>[\\]()`^{|}"),
            Self::Off => title.to_owned(),
        }
    }
}

fn safe(name: &str, without: &str) -> String {
    let name = name.trim_end_matches([' ', '.']);
    let kept = name
        .chars()
        .filter(|c| !without.contains(*c) && !c.is_control());
    kept.map(|c| if c.is_whitespace() { '_' } else { c })
        .collect()
}

/// A file's name without its date, as Zola finds one: something has to follow.
pub(super) fn without_date(name: &str) -> &str {
    let rest = super::super::paths::without_day(name).filter(|rest| !rest.is_empty());
    let marked = name
        .get(10..)
        .is_some_and(|rest| rest.trim_start().starts_with(['-', '_']));
    rest.filter(|_| marked).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_what_zola_makes_of_them() {
        for (name, expected) in [
            ("What's new?", "what-s-new"),
            ("Über & Straße", "uber-strasse"),
            ("a_b", "a-b"),
            ("C++", "c"),
        ] {
            assert_eq!(Strategy::On.part(name), expected);
        }
        assert_eq!(Strategy::Safe.part("Über: a/b c."), "Über_ab_c");
        assert_eq!(Strategy::Safe.anchor("What's (new)?"), "What's_new?");
        assert_eq!(Strategy::Off.part("Über & c"), "Über & c");
        assert_eq!(without_date("2024-01-02-a"), "a");
        assert_eq!(without_date("2024-01-02"), "2024-01-02");
        assert_eq!(without_date("2024-01-02a"), "2024-01-02a");
    }
}

//! Where Hugo serves what: how names become parts of paths, and the patterns
//! of `permalinks`. All paths here are as people read them, not encoded.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use jiff::civil::Date;
use site_gen::review::Table;

use super::data::get_boolean;

/// How the configuration has names in paths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    case: Case,
    accents: Accents,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Case {
    #[default]
    Lower,
    Kept,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Accents {
    #[default]
    Kept,
    Removed,
}

impl Style {
    pub(super) fn of(root: &Table) -> Self {
        let is_on = |key| get_boolean(root, key) == Some(true);
        Self {
            case: if is_on("disablePathToLower") {
                Case::Kept
            } else {
                Case::Lower
            },
            accents: if is_on("removePathAccents") {
                Accents::Removed
            } else {
                Accents::Kept
            },
        }
    }

    /// A name of a file, a directory or a term as a part of a path.
    pub(super) fn piece(self, name: &str) -> String {
        self.spelt(&piece(name))
    }

    /// A slug or a title as a part of a path.
    pub(super) fn slug(self, text: &str) -> String {
        self.spelt(&slug(text.trim_matches('-')))
    }

    fn spelt(self, part: &str) -> String {
        let part = match self.accents {
            Accents::Kept => part.to_owned(),
            Accents::Removed => without_accents(part),
        };
        match self.case {
            Case::Kept => part,
            Case::Lower => part
                .chars()
                .flat_map(|c| c.to_lowercase().take(1))
                .collect(),
        }
    }
}

/// A text without the marks that stand on its letters.
pub(super) fn without_accents(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let bare: String = apart
        .chars()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .collect();
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&bare)
        .into_owned()
}

/// Spaces are hyphens, and what is neither a letter, a digit nor one of a few
/// signs is left out.
fn piece(name: &str) -> String {
    let mut piece = String::with_capacity(name.len());
    for (at, c) in name.char_indices() {
        if c.is_whitespace() {
            piece.push('-');
        } else if may_stand(name, at, c) {
            piece.push(c);
        }
    }
    piece
}

/// As [`piece`], but several spaces, and
/// those beside a hyphen, are one hyphen, and those at the ends are none.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut space = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            space = !slug.is_empty() && !slug.ends_with('-');
        } else if may_stand(text, at, c) {
            if space && c != '-' {
                slug.push('-');
            }
            space = false;
            slug.push(c);
        }
    }
    slug
}

fn may_stand(text: &str, at: usize, c: char) -> bool {
    let escape = || {
        let digits = text.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    c.is_alphanumeric() || "./\\_#+~-@".contains(c) || is_mark(c) || (c == '%' && escape())
}

/// The accents that stand behind a letter (Unicode, "Combining Diacritical
/// Marks"), and the vowel signs of Indic scripts.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{e31}'..='\u{e4e}')
}

/// What the pattern of a permalink is filled with.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) date: Option<Date>,
    /// The sections that it is in, as they are in paths.
    pub(super) sections: &'a [String],
    pub(super) title: &'a str,
    pub(super) slug: Option<&'a str>,
    /// The file's name, or that of its bundle's directory.
    pub(super) name: &'a str,
    pub(super) style: Style,
}

impl Parts<'_> {
    /// Fills a pattern; the error is the first word that is not known.
    pub(super) fn fill(&self, pattern: &str) -> Result<String, String> {
        let mut path = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(':') {
            path.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let end = after
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(after.len());
            let (name, mut behind) = after.split_at(end);
            let mut choice = None;
            if let Some(inside) = behind.strip_prefix('[')
                && let Some((inside, after)) = inside.split_once(']')
            {
                (choice, behind) = (Some(inside), after);
            }
            path.push_str(&self.word(name, choice).ok_or_else(|| format!(":{name}"))?);
            rest = behind;
        }
        path.push_str(rest);
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        Ok(format!("/{}", parts.join("/")))
    }

    fn word(&self, name: &str, choice: Option<&str>) -> Option<String> {
        let date = self.date.unwrap_or(Date::constant(1, 1, 1));
        let piece = |name: &str| self.style.piece(name);
        let own = || {
            let slug = self.slug.map(|slug| self.in_url(slug));
            slug.filter(|slug| !slug.is_empty())
        };
        let title = || self.in_url(&self.title.replace('/', "-"));
        Some(match name {
            "year" => date.year().to_string(),
            "month" => format!("{:02}", date.month()),
            "monthname" => date.strftime("%B").to_string().to_lowercase(),
            "day" => format!("{:02}", date.day()),
            "weekday" => date.weekday().to_sunday_zero_offset().to_string(),
            "weekdayname" => date.strftime("%A").to_string().to_lowercase(),
            "yearday" => date.day_of_year().to_string(),
            // As Go writes forms of dates.
            "2006" => format!("{:04}", date.year()),
            "06" => format!("{:02}", date.year().rem_euclid(100)),
            "01" => format!("{:02}", date.month()),
            "1" => date.month().to_string(),
            "02" => format!("{:02}", date.day()),
            "2" => date.day().to_string(),
            "January" | "Jan" | "Monday" | "Mon" => {
                let form = match name {
                    "January" => "%B",
                    "Jan" => "%b",
                    "Monday" => "%A",
                    _ => "%a",
                };
                date.strftime(form).to_string()
            }
            "section" | "sectionslug" => self.sections.first().cloned().unwrap_or_default(),
            "sections" | "sectionslugs" => chosen(self.sections, choice)?.join("/"),
            "title" => title(),
            "slug" => own().unwrap_or_else(title),
            "slugorfilename" | "slugorcontentbasename" => own().unwrap_or_else(|| piece(self.name)),
            "filename" | "contentbasename" => piece(self.name),
            _ => return None,
        })
    }

    /// What stands for other characters in URLs does so in slugs and titles.
    fn in_url(&self, text: &str) -> String {
        let spaced = text.replace('+', " ");
        let decoded = site_gen::decode_path(&spaced);
        self.style.spelt(&slug(&decoded))
    }
}

/// A part of a list, as in `1:`, `:2`, `0` or `last`.
fn chosen<'a>(all: &'a [String], choice: Option<&str>) -> Option<&'a [String]> {
    let Some(choice) = choice else {
        return Some(all);
    };
    let index = |text: &str, default: usize| match text {
        "" => Some(default),
        "last" => Some(all.len().saturating_sub(1)),
        number => number.parse().ok(),
    };
    let range = match choice.split_once(':') {
        Some((from, to)) => index(from, 0)?..index(to, all.len())?,
        None => index(choice, 0)?..index(choice, 0)? + 1,
    };
    let end = range.end.min(all.len());
    Some(all.get(range.start.min(end)..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Hugo 0.168 makes of these names.
    #[test]
    fn names_become_what_hugo_makes_of_them() {
        for (name, expected) in [
            ("a & b", "a--b"),
            ("What's up?", "whats-up"),
            ("x_y+z", "x_y+z"),
            ("50% off", "50-off"),
            ("ü É", "ü-é"),
            ("dot.ted.Name", "dot.ted.name"),
            ("trail ", "trail-"),
            ("(par)", "par"),
            ("a@b~c", "a@b~c"),
            ("Up Sec & x", "up-sec--x"),
        ] {
            assert_eq!(Style::default().piece(name), expected);
        }
        for (name, expected) in [
            ("a  b", "a--b"),
            ("C# & F#", "c#--f#"),
            ("100% pure", "100-pure"),
            ("50%20 x", "50%20-x"),
            ("\"quoted\" — dash – en", "quoted--dash--en"),
            ("a/b c", "a/b-c"),
            ("İstanbul Éa", "istanbul-éa"),
        ] {
            assert_eq!(Style::default().piece(name), expected);
        }
        for (text, expected) in [
            ("a  b", "a-b"),
            ("a - b", "a-b"),
            ("C# & F#", "c#-f#"),
            ("What is new in 3.0? Yes!", "what-is-new-in-3.0-yes"),
            ("trailing space !", "trailing-space"),
            ("-abc-", "abc"),
            ("a - b-", "a-b"),
            ("My Slug & x", "my-slug-x"),
            (".dotted.", ".dotted."),
        ] {
            assert_eq!(Style::default().slug(text), expected);
        }
    }

    #[test]
    fn patterns_are_filled() {
        let sections = ["docs".to_owned(), "a b".to_owned(), "c".to_owned()];
        let parts = Parts {
            date: Some(Date::constant(2015, 2, 5)),
            sections: &sections,
            title: "What's new? C++",
            slug: Some("My Slug"),
            name: "The File",
            style: Style::default(),
        };
        for (pattern, expected) in [
            ("/:year/:month/:day/:slug/", "/2015/02/05/my-slug"),
            (":section/:title.html", "/docs/whats-new-c.html"),
            ("/x/:sections[1:]/:filename", "/x/a b/c/the-file"),
            ("/:sections[last]/:monthname-:yearday", "/c/february-36"),
            ("/:sections[:1]/:weekdayname", "/docs/thursday"),
            (
                "/:2006/:06/:01/:1/:02/:2/:January/:Mon",
                "/2015/15/02/2/05/5/February/Thu",
            ),
        ] {
            assert_eq!(parts.fill(pattern), Ok(expected.to_owned()));
        }
        assert_eq!(parts.fill("/:unheard/"), Err(":unheard".to_owned()));
        let bare = Parts {
            name: "f",
            ..Parts::default()
        };
        let filled = bare.fill("/:year/:slugorfilename");
        assert_eq!(filled, Ok("/1/f".to_owned()));
    }

    #[test]
    fn a_configuration_may_keep_case_and_take_accents() {
        let style = Style {
            case: Case::Kept,
            accents: Accents::Removed,
        };
        assert_eq!(style.piece("Große Éa"), "Große-Ea");
        assert_eq!(style.slug("-Öl Ёж 한글-"), "Ol-Еж-한글");
        let parts = Parts {
            slug: Some("C++ Öl/x"),
            style,
            ..Parts::default()
        };
        assert_eq!(parts.fill("/:slug"), Ok("/C-Ol/x".to_owned()));
    }
}

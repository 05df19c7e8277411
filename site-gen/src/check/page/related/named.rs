//! What <meta> says under names that browsers and search engines know (HTML, 4.2.5.1; CSS
//! Viewport, 4).

use super::Told;
use crate::diagnostic::{closest, is_misspelt, is_within};

/// The names that HTML has, and two that all search engines and browsers know. There is
/// no end of others: only misspelt ones are told.
const NAMES: [&str; 10] = [
    "application-name",
    "author",
    "color-scheme",
    "description",
    "generator",
    "keywords",
    "referrer",
    "robots",
    "theme-color",
    "viewport",
];

/// Names that are near to those, and others.
const NEAR: [&str; 2] = ["authors", "generated"];

/// The names of so many letters may have two wrong.
const LONG: usize = 8;

/// What a viewport may say, and what browsers know besides.
const VIEWPORT: [&str; 9] = [
    "height",
    "initial-scale",
    "interactive-widget",
    "maximum-scale",
    "minimum-scale",
    "shrink-to-fit",
    "user-scalable",
    "viewport-fit",
    "width",
];

/// How much larger everybody must be able to make a text (WCAG 2.2, 1.4.4).
const LEAST_SCALE: f64 = 2.0;

/// What search engines are asked. There is no end of these words: only misspelt ones are told.
const ROBOTS: [&str; 11] = [
    "all",
    "follow",
    "index",
    "max-image-preview",
    "max-snippet",
    "noarchive",
    "nofollow",
    "noimageindex",
    "noindex",
    "none",
    "nosnippet",
];

/// Words of those that cannot both be meant.
const CONTRADICTING: [(&str, &str); 7] = [
    ("index", "noindex"),
    ("follow", "nofollow"),
    ("all", "noindex"),
    ("all", "nofollow"),
    ("all", "none"),
    ("index", "none"),
    ("follow", "none"),
];

impl Told<'_> {
    pub(super) fn named_meta(&mut self) {
        let Some(name) = self.all.value("name") else {
            return;
        };
        match name.to_ascii_lowercase().as_str() {
            "viewport" => self.viewport(),
            "robots" => self.robots(),
            other => {
                if let Some(meant) = misspelt(other) {
                    let message = format!("`{name}` is no name that a browser knows");
                    let expected = format!("`{}`, or another name", NAMES.join("`, `"));
                    self.tell_meant("name", message, expected, Some(meant.to_owned()));
                }
            }
        }
    }

    fn viewport(&mut self) {
        let content = self.all.value("content").unwrap_or_default();
        let is_between = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';');
        let parts: Vec<&str> = content
            .split(is_between)
            .filter(|part| !part.is_empty())
            .collect();
        let commas = content.matches(',').count();
        let sign = match () {
            () if content.trim_ascii_end().trim_end_matches(';').contains(';') => Some("`;`"),
            // Around `=` there may be spaces.
            () if commas + 1 < parts.len() && parts.iter().all(|part| part.contains('=')) => {
                Some("only a space")
            }
            () => None,
        };
        if let Some(sign) = sign {
            let message = format!("{sign} stands between parts of the viewport");
            self.tell(
                "content",
                message,
                "commas, as in `width=device-width, initial-scale=1`",
            );
        }
        for part in parts {
            self.viewport_part(part);
        }
    }

    fn viewport_part(&mut self, part: &str) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = (key.to_ascii_lowercase(), value.to_ascii_lowercase());
        if !VIEWPORT.contains(&&*key) {
            self.misspelt("content", &key, &VIEWPORT);
            return;
        }
        let number: Option<f64> = value.parse().ok();
        if matches!(&*key, "width" | "height") && number.is_none() {
            let device = format!("device-{key}");
            if value != device {
                let message = format!("`{key}` of a viewport cannot be `{value}`");
                self.tell("content", message, format!("`{device}`, or a number"));
            }
        }
        let is_fixed = match &*key {
            "user-scalable" => value == "no" || number.is_some_and(|number| number.abs() < 1.0),
            "maximum-scale" => number.is_some_and(|number| (0.0..LEAST_SCALE).contains(&number)),
            _ => false,
        };
        if is_fixed {
            let message = format!("`{part}` keeps people from making the page larger");
            let expected = "no such part: who sees little needs twice the size (WCAG 2.2, 1.4.4)";
            self.tell("content", message, expected);
        }
    }

    fn robots(&mut self) {
        let content = self.all.value("content").unwrap_or_default();
        let words = content.split(',').map(|word| {
            let name = word.split(':').next().unwrap_or_default();
            name.trim_ascii().to_ascii_lowercase()
        });
        let words: Vec<String> = words.filter(|name| !name.is_empty()).collect();
        for name in &words {
            if !ROBOTS.contains(&name.as_str()) && is_misspelt(name, ROBOTS) {
                self.misspelt("content", name, &ROBOTS);
            }
        }
        let has = |word: &str| words.iter().any(|own| own == word);
        let mut all = CONTRADICTING.into_iter();
        if let Some((one, other)) = all.find(|(one, other)| has(one) && has(other)) {
            let message = format!("`{one}` and `{other}` contradict each other");
            self.tell("content", message, "one of them");
        }
    }

    fn misspelt(&mut self, part: &str, word: &str, known: &[&str]) {
        let message = format!("`{part}` cannot have `{word}` in it");
        let expected = format!("`{}`", known.join("`, `"));
        let meant = closest(word, known.iter().copied()).map(str::to_owned);
        self.tell_meant(part, message, expected, meant);
    }
}

/// The name that is meant by one that nobody knows.
fn misspelt(name: &str) -> Option<&'static str> {
    if NAMES.contains(&name) || NEAR.contains(&name) {
        return None;
    }
    let is_near = |known: &&str| {
        let edits = if known.len() < LONG { 1 } else { 2 };
        is_within(edits, name, known)
    };
    NAMES.into_iter().find(is_near)
}

//! The arguments of shortcodes: by name or place in Hugo, by name here; and how
//! names and values are written.

use std::collections::BTreeSet;

use super::call::{Argument, Call};

impl Call {
    pub(super) fn named(&self, name: &str) -> Option<&str> {
        let is_it = |argument: &&Argument| {
            argument
                .name
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        let found = self.arguments.iter().find(is_it);
        found.map(|argument| argument.value.as_str())
    }

    pub(super) fn placed(&self, place: usize) -> Option<&str> {
        let mut placed = self
            .arguments
            .iter()
            .filter(|argument| argument.name.is_none());
        placed.nth(place).map(|argument| argument.value.as_str())
    }
}

/// What a `figure` may be given.
const FIGURE: [&str; 13] = [
    "src", "alt", "caption", "title", "attr", "attrlink", "link", "target", "rel", "class",
    "width", "height", "loading",
];

/// The arguments of a shortcode of Hugo, as its template here takes them, and
/// the names of those that it does not. `picture` gives the address of one.
pub(super) fn known(
    call: &Call,
    mut picture: impl FnMut(&str) -> String,
) -> (Vec<(String, String)>, Vec<String>) {
    let mut left: BTreeSet<&str> = call
        .arguments
        .iter()
        .filter_map(|argument| argument.name.as_deref())
        .collect();
    let mut given = Vec::new();
    let mut take = |name: &str, value: &str| given.push((name.to_owned(), quoted(value)));
    match call.name.as_str() {
        "youtube" | "vimeo" => {
            left.remove("id");
            left.remove("title");
            take(
                "id",
                call.named("id")
                    .or_else(|| call.placed(0))
                    .unwrap_or_default(),
            );
            if let Some(title) = call.named("title") {
                take("title", title);
            }
        }
        "gist" => {
            let user = call.placed(0).unwrap_or_default();
            let id = call.placed(1).unwrap_or_default();
            take("url", &format!("https://gist.github.com/{user}/{id}"));
        }
        "details" => {
            for name in ["summary", "class", "name"] {
                left.remove(name);
                if let Some(value) = call.named(name) {
                    take(name, value);
                }
            }
            left.remove("open");
            if call.named("open").is_some_and(|open| open != "false") {
                given.push(("open".to_owned(), "true".to_owned()));
            }
        }
        _ => {
            for name in FIGURE {
                left.remove(name);
                if let Some(value) = call.named(name) {
                    let value = match name {
                        "src" | "link" => picture(value),
                        _ => value.to_owned(),
                    };
                    take(name, &value);
                }
            }
        }
    }
    (given, left.into_iter().map(str::to_owned).collect())
}

/// The name of a shortcode here: letters, digits and underscores.
pub(super) fn new_name(name: &str) -> String {
    let plain = argument_name(name);
    match plain.as_str() {
        "end" => "end_".to_owned(),
        _ => plain,
    }
}

pub(super) fn argument_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let plain: String = name.chars().map(plain).collect();
    match plain.starts_with(|c: char| c.is_ascii_digit()) || plain.is_empty() {
        true => format!("_{plain}"),
        false => plain,
    }
}

/// A value as it is written here.
pub(super) fn written(argument: &Argument) -> String {
    let value = argument.value.as_str();
    let is_plain = matches!(value, "true" | "false") || value.parse::<i64>().is_ok();
    if is_plain && !argument.quoted {
        return value.to_owned();
    }
    quoted(value)
}

/// Strings here have no escapes, but a choice of quotes.
fn quoted(value: &str) -> String {
    let quote = ['"', '\'', '`']
        .into_iter()
        .find(|quote| !value.contains(*quote));
    match quote {
        Some(quote) => format!("{quote}{value}{quote}"),
        None => format!("\"{}\"", value.replace('"', "”")),
    }
}

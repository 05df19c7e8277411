//! What a page is called that has no `title`: as its first heading of level 1
//! says, or else as its file is named.
//!
//! It follows from the file alone, before anything is rendered: lists are
//! sorted by it, and links, feeds and the search show it.

use std::panic::catch_unwind;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::document::date::split_from_name;
use crate::markdown;

/// The words of the first heading of level 1 in a text. What the parser panics on has
/// none; that it did is told when the text is rendered.
pub(crate) fn of_text(text: &str) -> Option<String> {
    catch_unwind(|| first_heading(text)).ok().flatten()
}

fn first_heading(text: &str) -> Option<String> {
    // Most texts without a title have no such heading either, and parsing takes
    // a while.
    let may_have = |line: &str| line.trim_start().starts_with(['#', '=']);
    if !text.lines().any(may_have) {
        return None;
    }
    let mut title: Option<String> = None;
    for event in Parser::new_ext(text, markdown::syntax()) {
        match (event, &mut title) {
            (
                Event::Start(Tag::Heading {
                    level: HeadingLevel::H1,
                    ..
                }),
                None,
            ) => {
                title = Some(String::new());
            }
            (Event::End(TagEnd::Heading(_)), Some(_)) => break,
            (Event::Text(words) | Event::Code(words), Some(title)) => title.push_str(&words),
            (Event::SoftBreak | Event::HardBreak, Some(title)) => title.push(' '),
            _ => {}
        }
    }
    let title = title?.trim().to_owned();
    // What a shortcode says is not known yet.
    (!title.is_empty() && !title.contains("{{")).then_some(title)
}

/// The name of a file or directory, for people: without the day it begins with,
/// in words, with a capital letter.
pub(crate) fn of_name(name: &str) -> String {
    let name = match split_from_name(name) {
        // A day alone is a good name.
        Some((_, "")) => return name.to_owned(),
        Some((_, rest)) => rest,
        None => name,
    };
    let words: Vec<&str> = name
        .split([' ', '-', '_'])
        .filter(|word| !word.is_empty())
        .collect();
    let words = words.join(" ");
    let mut characters = words.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_of_level_1_is_a_title() {
        for (text, title) in [
            ("# One *two* `three`\n\n# Four\n", Some("One two three")),
            ("Text.\n\n## Two\n\nOne\n===\n", Some("One")),
            ("# One {#anchor}\n", Some("One")),
            ("```\n# no\n```\n", None),
            ("## Two\n", None),
            ("# {{ name() }}\n", None),
            ("#\n", None),
            ("Text.\n", None),
        ] {
            assert_eq!(of_text(text).as_deref(), title, "{text}");
        }
    }

    #[test]
    fn names_become_readable() {
        for (name, title) in [
            ("my-first_note", "My first note"),
            ("README", "README"),
            ("My Notes", "My Notes"),
            ("2015-02-25-old-news", "Old news"),
            ("2015-02-25", "2015-02-25"),
            ("über", "Über"),
            ("--", ""),
        ] {
            assert_eq!(of_name(name), title, "{name}");
        }
    }
}

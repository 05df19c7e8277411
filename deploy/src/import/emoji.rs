//! Words such as `:smile:`, which generators draw as characters. Here a text has
//! the characters themselves.
//!
//! Which words there are is GitHub's list; what surrounds them does not count:
//! `a:smile:b` is one, too, as Hugo has it. Where words are not markdown (in
//! code, addresses and tags of HTML) they are none.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::spans::{Edits, Spans};

/// The characters for all words of a text, but for those that begin in what is
/// left alone: code, and arguments of shortcodes.
pub(super) fn edits(text: &str, events: &[(Event<'_>, Range<usize>)], left: &Spans) -> Edits {
    let mut edits = Edits::new();
    for range in words_of(events) {
        for (span, emoji) in find(&text[range.clone()]) {
            let start = range.start + span.start;
            let escaped = span.start == 0 && text[..start].ends_with('\\');
            if !escaped && !left.contains(start) && !is_in_address(&text[range.start..start]) {
                edits.push((start..range.start + span.end, emoji.to_owned()));
            }
        }
    }
    edits
}

/// Words as they are shown, all of them.
pub(super) fn replaced(words: &str) -> String {
    let mut shown = String::with_capacity(words.len());
    let mut at = 0;
    for (span, emoji) in find(words) {
        shown.push_str(&words[at..span.start]);
        shown.push_str(emoji);
        at = span.end;
    }
    shown + &words[at..]
}

/// Where there are words: parts that a parser tells one after the other are one,
/// as it begins a new part at each `_`.
fn words_of(events: &[(Event<'_>, Range<usize>)]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut in_code = false;
    let mut in_address = false;
    for (event, span) in events {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Link { link_type, .. }) => {
                in_address = matches!(link_type, LinkType::Autolink | LinkType::Email);
            }
            Event::End(TagEnd::Link) => in_address = false,
            Event::Text(_) if !in_code && !in_address => match ranges.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                _ => ranges.push(span.clone()),
            },
            _ => {}
        }
    }
    ranges
}

/// Whether what stands before a word is the beginning of a bare address.
fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next();
    word.is_some_and(|word| word.contains("://") || word.contains("www."))
}

/// The known words in a text, with their colons.
fn find(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = text[at..].find(':') {
        let start = at + colon;
        let name = &text[start + 1..];
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || "_-+".contains(c);
        let length = name.find(|c| !is_of_name(c)).unwrap_or(name.len());
        let emoji = match name[length..].starts_with(':') {
            true => emojis::get_by_shortcode(&name[..length]),
            false => None,
        };
        // What is no word may end where one begins.
        at = start + 1 + length;
        if let Some(emoji) = emoji {
            at += 1;
            found.push((start..at, emoji.as_str()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Options, Parser};

    use super::*;

    fn drawn(text: &str) -> String {
        let events: Vec<_> = Parser::new_ext(text, Options::all())
            .into_offset_iter()
            .collect();
        let mut new = text.to_owned();
        for (range, emoji) in edits(text, &events, &Spans::default()).into_iter().rev() {
            new.replace_range(range, &emoji);
        }
        new
    }

    #[test]
    fn words_become_what_hugo_draws() {
        for (old, new) in [
            ("a :smile:b :smile::heart: x:smile:", "a 😄b 😄❤️ x😄"),
            (
                "12:30:45 :octocat: :SMILE: :smile",
                "12:30:45 :octocat: :SMILE: :smile",
            ),
            (":e-mail: :+1: :1st_place_medal: :-1:", "📧 👍 🥇 👎"),
            (":stuck_out_tongue: :none:smile:", "😛 :none😄"),
            ("\\:smile: \\\\:smile:", "\\:smile: \\\\😄"),
            (
                "`:smile:` <b title=\":smile:\">:smile:</b>",
                "`:smile:` <b title=\":smile:\">😄</b>",
            ),
            (
                "[l :smile:](/:smile:) ![i :smile:](a \":smile:\")",
                "[l 😄](/:smile:) ![i 😄](a \":smile:\")",
            ),
            ("<https://a.org/:smile:>", "<https://a.org/:smile:>"),
            (
                "https://a.org/:smile:/x :smile:",
                "https://a.org/:smile:/x 😄",
            ),
            ("    :smile:\n", "    :smile:\n"),
            ("```\n:smile:\n```\n:heart:\n", "```\n:smile:\n```\n❤️\n"),
            (
                "| :us: |\n|---|\n| **:de:** |\n",
                "| 🇺🇸 |\n|---|\n| **🇩🇪** |\n",
            ),
            ("<div>\n:smile:\n</div>\n", "<div>\n:smile:\n</div>\n"),
        ] {
            assert_eq!(drawn(old), new, "{old}");
        }
        assert_eq!(replaced("Head :smile:!"), "Head 😄!");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(:|smile|\\\\|_|é|`|\n| ){0,20}") {
            let _ = drawn(&text);
        }
    }
}

//! Raised and lowered text inside of words, as Pandoc has it: `2^10^`, `H~2~O`.
//! What stands between the two marks has no space in it. The parser itself
//! reads such marks only around whole words.

use std::mem;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::Located;
use crate::config::markdown::MarkdownConfig;

/// Raises and lowers what is marked in text.
pub(super) fn mark(events: &mut Vec<Located<'_>>, config: MarkdownConfig) {
    let marks = [
        (config.superscript, Mark::SUPER),
        (config.subscript, Mark::SUB),
    ];
    for (_, mark) in marks.into_iter().filter(|(asked, _)| *asked) {
        let mut marked = Vec::with_capacity(events.len());
        // Code, and addresses that are links by themselves.
        let mut verbatim = false;
        let mut rest = mem::take(events).into_iter().peekable();
        while let Some((event, span)) = rest.next() {
            match event {
                Event::Start(
                    Tag::CodeBlock(_)
                    | Tag::Link {
                        link_type: LinkType::Autolink | LinkType::Email,
                        ..
                    },
                ) => verbatim = true,
                Event::End(TagEnd::CodeBlock | TagEnd::Link) => verbatim = false,
                _ => {}
            }
            let mut run = vec![(event, span)];
            if !verbatim && matches!(run[0].0, Event::Text(_)) {
                while let Some(next) = rest.next_if(|(event, _)| matches!(event, Event::Text(_))) {
                    run.push(next);
                }
                mark.split(&mut marked, run);
            } else {
                marked.append(&mut run);
            }
        }
        *events = marked;
    }
}

struct Mark {
    sign: char,
    start: Tag<'static>,
    end: TagEnd,
}

impl Mark {
    const SUPER: Self = Self {
        sign: '^',
        start: Tag::Superscript,
        end: TagEnd::Superscript,
    };
    const SUB: Self = Self {
        sign: '~',
        start: Tag::Subscript,
        end: TagEnd::Subscript,
    };

    /// Cuts text at the marks that belong together.
    fn split<'a>(&self, marked: &mut Vec<Located<'a>>, run: Vec<Located<'a>>) {
        let mut text = String::new();
        let mut signs: Vec<usize> = Vec::new();
        let mut end = run[0].1.start;
        for (event, span) in &run {
            let Event::Text(part) = event else { continue };
            // A gap is a backslash: the sign behind it is only a sign.
            let escaped = span.start > end;
            let found = part.match_indices(self.sign).map(|(at, _)| at);
            let found = found.filter(|at| *at > 0 || !escaped);
            signs.extend(found.map(|at| text.len() + at));
            text.push_str(part);
            end = span.end;
        }
        let pairs = self.pairs(&text, &signs);
        if pairs.is_empty() {
            return marked.extend(run);
        }
        let span = run[0].1.start..end;
        let mut push = |event: Event<'static>| marked.push((event, span.clone()));
        let mut at = 0;
        for (open, close) in pairs {
            push(Event::Text(text[at..open].to_owned().into()));
            push(Event::Start(self.start.clone()));
            push(Event::Text(text[open + 1..close].to_owned().into()));
            push(Event::End(self.end));
            at = close + 1;
        }
        push(Event::Text(text[at..].to_owned().into()));
    }

    /// Neighbours with something between them, and no space.
    fn pairs(&self, text: &str, signs: &[usize]) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut signs = signs.iter().copied().peekable();
        while let Some(open) = signs.next() {
            let Some(&close) = signs.peek() else { break };
            let between = &text[open + 1..close];
            let doubled =
                text[..open].ends_with(self.sign) || text[close + 1..].starts_with(self.sign);
            if !between.is_empty() && !between.contains(char::is_whitespace) && !doubled {
                pairs.push((open, close));
                signs.next();
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{config, render_with};
    use crate::config::markdown::MarkdownConfig;

    fn html(text: &str) -> String {
        let config = MarkdownConfig {
            superscript: true,
            subscript: true,
            ..config()
        };
        let html = render_with(text, config).unwrap().html;
        let inner = html.strip_prefix("<p>").unwrap().strip_suffix("</p>\n");
        inner.unwrap().to_owned()
    }

    #[test]
    fn marks_may_stand_in_a_word() {
        for (text, expected) in [
            ("2^10^ and H~2~O", "2<sup>10</sup> and H<sub>2</sub>O"),
            ("a ^whole^ ~word~", "a <sup>whole</sup> <sub>word</sub>"),
            ("2\\^10^ x^2", "2^10^ x^2"),
            ("a^b c^ `2^10^` ^^", "a^b c^ <code>2^10^</code> ^^"),
            ("~~gone~~ a~1~~2~", "<del>gone</del> a~1~~2~"),
            (
                "http://a.org/x^2^y <http://b.org/~c~d> [x^2^](b.md)",
                "<a href=\"http://a.org/x^2^y\">http://a.org/x^2^y</a> \
                 <a href=\"http://b.org/~c~d\">http://b.org/~c~d</a> <a href=\"/b/\">x<sup>2</sup></a>",
            ),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }
}

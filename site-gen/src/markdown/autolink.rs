//! Bare addresses become links: `www.example.org`, `https://example.org` and
//! `ada@example.org`, as the specification of GitHub Flavored Markdown has it
//! (0.29, 6.9, "Autolinks"), and as its reference implementation does where
//! that says too little.
//!
//! In a bracket that is open there is no link, as it may yet be the text of one;
//! an address of a person is one there, too.
//!
//! Addresses are looked for in the text as the author wrote it, not as it was
//! parsed: typography would have made one dash of two.

use std::mem;
use std::ops::Range;

use memchr::memchr3_iter;
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::Located;
use crate::document::front_matter::AnchorLinks;
use crate::html::{Kind, Scripting, Tokens};
use crate::limits::MAX_DOMAIN_BYTES;

/// A piece of the text, in whose bytes places are counted.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    /// Where it begins in the document.
    pub(super) offset: usize,
}

/// Makes links of the addresses in text. Where a heading is a link as a whole,
/// there is none in it.
pub(super) fn link<'a>(
    events: &mut Vec<Located<'a>>,
    written: Written<'a>,
    anchor_links: AnchorLinks,
) {
    if !may_have_links(written.text) {
        return;
    }
    let mut linked = Vec::with_capacity(events.len());
    let mut inside = Inside::default();
    let mut rest = mem::take(events).into_iter().peekable();
    while let Some((event, span)) = rest.next() {
        inside.enter(&event, anchor_links);
        if !matches!(event, Event::Text(_)) || !inside.is_text() {
            linked.push((event, span));
            continue;
        }
        // The parser cuts text at every character that might have meant more.
        let mut run = vec![(event, span)];
        while let Some(next) = rest.next_if(|(event, span)| {
            matches!(event, Event::Text(_)) && run.last().is_some_and(|(_, s)| s.end == span.start)
        }) {
            run.push(next);
        }
        inside.brackets = link_run(&mut linked, run, written, inside.brackets);
    }
    *events = linked;
}

/// Whether anything in a text could be an address. Most texts have none, but many
/// have links to pages (`@/page.md`).
fn may_have_links(text: &str) -> bool {
    let mut marks = memchr3_iter(b'.', b':', b'@', text.as_bytes());
    marks.any(|at| match text.as_bytes()[at] {
        b'.' => text[..at].ends_with("www"),
        b':' => text[at..].starts_with("://"),
        _ => text[..at].ends_with(is_of_name),
    })
}

/// Whether text can have links in it.
#[derive(Default)]
struct Inside {
    /// Links, pictures, code, headings that are links.
    closed: usize,
    /// Links in HTML.
    html_links: usize,
    /// Brackets that are open in this block.
    brackets: usize,
}

impl Inside {
    fn enter(&mut self, event: &Event<'_>, anchor_links: AnchorLinks) {
        let heading_is_link = anchor_links == AnchorLinks::Heading;
        if is_of_block(event) {
            self.brackets = 0;
        }
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => {
                self.closed += 1;
            }
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => self.closed -= 1,
            Event::Start(Tag::Heading { .. }) if heading_is_link => self.closed += 1,
            Event::End(TagEnd::Heading(_)) if heading_is_link => self.closed -= 1,
            // An end that is missing ends with the paragraph.
            Event::Start(Tag::Paragraph) => self.html_links = 0,
            Event::InlineHtml(html) => {
                let tag = Tokens::new(html, Scripting::Off).next();
                match tag.map(|token| token.kind) {
                    Some(Kind::Start(tag)) if tag.is("a") => self.html_links += 1,
                    Some(Kind::End(tag)) if tag.is("a") => {
                        self.html_links = self.html_links.saturating_sub(1);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn is_text(&self) -> bool {
        self.closed == 0 && self.html_links == 0
    }
}

/// Whether a block begins or ends.
fn is_of_block(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => !matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link { .. }
                | Tag::Image { .. }
        ),
        Event::End(end) => !matches!(
            end,
            TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Superscript
                | TagEnd::Subscript
                | TagEnd::Link
                | TagEnd::Image
        ),
        _ => false,
    }
}

/// Cuts text that was written without gaps where its links begin and end; so many
/// brackets are open before it, and behind it.
fn link_run<'a>(
    linked: &mut Vec<Located<'a>>,
    run: Vec<Located<'a>>,
    written: Written<'a>,
    brackets: usize,
) -> usize {
    let (Some((_, first)), Some((_, last))) = (run.first(), run.last()) else {
        return brackets;
    };
    let range = first.start - written.offset..last.end - written.offset;
    let (links, brackets) = find(written.text, range, brackets);
    let mut links = links.into_iter().peekable();
    if links.peek().is_none() {
        linked.extend(run);
        return brackets;
    }
    let mut link = links.next();
    for (event, span) in run {
        let Event::Text(text) = event else { continue };
        let own = span.start - written.offset..span.end - written.offset;
        let mut at = own.start;
        // What reads otherwise than it is written stays whole.
        let is_plain = written.text.get(own.clone()) == Some(&*text);
        while let Some(found) = link.as_ref().filter(|found| found.range.start < own.end) {
            if is_plain && found.range.start > at {
                linked.push(piece(written, at..found.range.start));
            }
            if found.range.end > own.end {
                at = own.end;
                break;
            }
            push_link(linked, written, found);
            at = found.range.end;
            link = links.next();
        }
        if at == own.start {
            linked.push((Event::Text(text), span));
        } else if is_plain && at < own.end {
            linked.push(piece(written, at..own.end));
        }
    }
    brackets
}

fn piece<'a>(written: Written<'a>, range: Range<usize>) -> Located<'a> {
    let text = Event::Text(CowStr::Borrowed(&written.text[range.clone()]));
    (
        text,
        range.start + written.offset..range.end + written.offset,
    )
}

fn push_link<'a>(linked: &mut Vec<Located<'a>>, written: Written<'a>, found: &Found) {
    let span = found.range.start + written.offset..found.range.end + written.offset;
    let address = &written.text[found.range.clone()];
    // The only entity that addresses are written with.
    let address = address.replace("&amp;", "&");
    let start = Tag::Link {
        link_type: LinkType::Autolink,
        dest_url: format!("{}{address}", found.prefix).into(),
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    };
    linked.push((Event::Start(start), span.clone()));
    linked.push((Event::Text(address.into()), span.clone()));
    linked.push((Event::End(TagEnd::Link), span));
}

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    range: Range<usize>,
    /// What an address needs that was left out.
    prefix: &'static str,
}

/// Finds the addresses in a part of a text, and how many brackets are open behind
/// it; what stands before it counts.
fn find(text: &str, part: Range<usize>, mut brackets: usize) -> (Vec<Found>, usize) {
    let mut links = Vec::new();
    let (mut at, mut free) = (part.start, part.clone());
    while let Some(next) = text[at..part.end].find(['w', ':', '@', '[', ']']) {
        let mark = at + next;
        // Text begins anew behind the sign that escapes.
        let is_escaped = mark == part.start && text[..mark].ends_with('\\');
        let found = match text.as_bytes()[mark] {
            b'w' if brackets == 0 => www(text, mark, part.end),
            b':' if brackets == 0 => url(text, mark, &free),
            b'@' => mail(text, mark, &free),
            b'[' if !is_escaped => {
                brackets += 1;
                None
            }
            b']' if !is_escaped => {
                brackets = brackets.saturating_sub(1);
                None
            }
            _ => None,
        };
        at = mark + 1;
        if let Some(found) = found {
            at = found.range.end;
            free.start = at;
            links.push(found);
        }
    }
    (links, brackets)
}

fn www(text: &str, at: usize, end: usize) -> Option<Found> {
    let before = text[..at].chars().next_back();
    let may_begin = before.is_none_or(|c| c.is_whitespace() || "*_~(".contains(c));
    let rest = text[at..end].strip_prefix("www.").filter(|_| may_begin)?;
    is_domain(rest).then_some(())?;
    Some(Found {
        range: at..at + length(&text[at..end]),
        prefix: "http://",
    })
}

fn url(text: &str, colon: usize, free: &Range<usize>) -> Option<Found> {
    let host = text[colon..free.end].strip_prefix("://")?;
    let before = &text[free.start..colon];
    let letters = before.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let scheme = &before[letters.len()..];
    let known = ["http", "https", "ftp"];
    let is_known = known.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (is_known && is_domain(host)).then_some(())?;
    let start = free.start + letters.len();
    let joined = text[..start].chars().next_back();
    if joined.is_some_and(char::is_alphanumeric) {
        return None;
    }
    Some(Found {
        range: start..start + length(&text[start..free.end]),
        prefix: "",
    })
}

fn mail(text: &str, at: usize, free: &Range<usize>) -> Option<Found> {
    let before = &text[free.start..at];
    let above = before.trim_end_matches(is_of_name);
    let name = &before[above.len()..];
    let of_domain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let domain = &text[at + 1..free.end];
    let domain = &domain[..domain.find(|c| !of_domain(c)).unwrap_or(domain.len())];
    let domain = domain.trim_end_matches('.');
    let after = text[at + 1 + domain.len()..free.end].chars().next();
    let whole = !name.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with(['-', '_'])
        && after != Some('@')
        && !above.ends_with('@')
        && !above.ends_with(is_mark)
        // An escaped character was part of the name, or it is none.
        && !(above.is_empty() && text[..free.start].ends_with('\\'));
    whole.then_some(())?;
    let mut range = at - name.len()..at + 1 + domain.len();
    for scheme in ["mailto:", "xmpp:"] {
        if above.ends_with(scheme) {
            range.start -= scheme.len();
            let resource = text[range.end..free.end].strip_prefix('/');
            if let Some(resource) = resource.filter(|_| scheme == "xmpp:") {
                let of_resource = |c: char| c.is_ascii_alphanumeric() || "@.".contains(c);
                let end = resource.find(|c| !of_resource(c));
                let resource = resource[..end.unwrap_or(resource.len())].trim_end_matches('.');
                range.end += resource.len() + usize::from(!resource.is_empty());
            }
            return Some(Found { range, prefix: "" });
        }
    }
    Some(Found {
        range,
        prefix: "mailto:",
    })
}

/// What stands before the `@` of a mail address.
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".+-_".contains(c)
}

/// Whether a domain stands first: parts of letters, digits, `-` and `_`, and no
/// `_` in the last two of them.
fn is_domain(text: &str) -> bool {
    let of_domain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    // No further: there may be as many to look at as there are dots.
    let text = &text[..text.floor_char_boundary(MAX_DOMAIN_BYTES + 1)];
    let domain = &text[..text.find(|c| !of_domain(c)).unwrap_or(text.len())];
    if domain.len() > MAX_DOMAIN_BYTES {
        return false;
    }
    let mut last = domain.trim_end_matches('.').rsplit('.').take(2);
    domain.starts_with(char::is_alphanumeric) && last.all(|part| !part.contains('_'))
}

/// How long an address is that begins a text.
fn length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || c == '<' || is_mark(c);
    let mut address = &text[..text.find(ends).unwrap_or(text.len())];
    let mut unbalanced = address.matches(')').count();
    unbalanced = unbalanced.saturating_sub(address.matches('(').count());
    loop {
        let shorter = match address.chars().next_back() {
            Some(')') if unbalanced > 0 => {
                unbalanced -= 1;
                &address[..address.len() - 1]
            }
            Some(';') => without_entity(address),
            _ => address.trim_end_matches(['?', '!', '.', ',', ':', '*', '_', '~', '\'', '"']),
        };
        if shorter.len() == address.len() {
            return address.len();
        }
        address = shorter;
    }
}

/// What ends as an entity does was meant as one; another `;` goes by itself.
fn without_entity(address: &str) -> &str {
    let inner = address.strip_suffix(';').unwrap_or(address);
    let name = inner.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
    match name.strip_suffix('&') {
        Some(before) if name.len() < inner.len() => before,
        _ => inner,
    }
}

/// The characters that shortcodes are masked with.
fn is_mark(c: char) -> bool {
    ('\u{f8f0}'..='\u{f8ff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::render_text;

    /// The addresses in a text, each with what it becomes.
    fn links(text: &str) -> Vec<String> {
        let html = render_text(text).unwrap().html;
        let links = html.split("<a href=\"").skip(1);
        links
            .map(|link| link.split_once("</a>").unwrap().0.replace("\">", " "))
            .collect()
    }

    #[test]
    fn addresses_of_the_web() {
        for (text, link) in [
            ("www.commonmark.org", "www.commonmark.org"),
            (
                "See www.commonmark.org/help now.",
                "www.commonmark.org/help",
            ),
            ("See www.commonmark.org.", "www.commonmark.org"),
            ("See www.commonmark.org/a.b.", "www.commonmark.org/a.b"),
            (
                "www.g.com/q=Markup+(business)",
                "www.g.com/q=Markup+(business)",
            ),
            (
                "www.g.com/q=Markup+(business)))",
                "www.g.com/q=Markup+(business)",
            ),
            (
                "(www.g.com/q=Markup+(business))",
                "www.g.com/q=Markup+(business)",
            ),
            (
                "(www.g.com/q=Markup+(business)",
                "www.g.com/q=Markup+(business)",
            ),
            ("www.g.com/q=(business))+ok", "www.g.com/q=(business))+ok"),
            ("www.g.com/q=c&hl=en", "www.g.com/q=c&amp;hl=en"),
            ("www.g.com/q=c&hl;", "www.g.com/q=c"),
            ("www.commonmark.org/he<lp", "www.commonmark.org/he"),
            ("*www.a.org*", "www.a.org"),
        ] {
            assert_eq!(links(text), [format!("http://{link} {link}")], "{text}");
        }
        for (text, link) in [
            ("http://commonmark.org", "http://commonmark.org"),
            (
                "(Visit https://e.g.com/search?q=Markup+(business))",
                "https://e.g.com/search?q=Markup+(business)",
            ),
            ("ftp://foo.bar.baz.", "ftp://foo.bar.baz"),
            ("\"http://a.org\", he said", "http://a.org"),
            ("http://localhost:1111/a_b_c", "http://localhost:1111/a_b_c"),
            ("https://a.org/x--y...z \"q\"", "https://a.org/x--y...z"),
            ("https://a.org/?a=1&amp;b=2", "https://a.org/?a=1&amp;b=2"),
            ("> - https://a.org\n>   x", "https://a.org"),
        ] {
            assert_eq!(links(text), [format!("{link} {link}")], "{text}");
        }
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "xwww.a.org",
            "www.",
            "www.a_b.c",
            "xhttp://a.org",
            "http://",
            "http://_",
            "gopher://a",
            "`http://a.org`",
            "    http://a.org",
            "<a href='/'>http://a.org</a>",
            "<A HREF='/'>http://a.org</A>",
            "b <a>http://a.org</a>",
            "b <a\nhref='/'>http://a.org</abbr> c@d.ef</a>",
        ] {
            let found = links(text);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
        assert_eq!(
            links("[http://a.org](http://b.org)"),
            ["http://b.org http://a.org"]
        );
        assert_eq!(links("b <A>x</A\n> <abbr>http://a.org</abbr>").len(), 1);
        assert_eq!(links("http://a.org and www.b.org, c@d.ef!").len(), 3);
        assert_eq!(links("www.a.b;;&amp;;"), ["http://www.a.b www.a.b"]);
        let domain = |length| format!("www.{}.org", "a".repeat(length));
        assert_eq!(links(&domain(251)).len(), 1);
        assert_eq!(links(&domain(252)).len(), 0);
    }

    /// As cmark-gfm has it.
    #[test]
    fn brackets_that_are_open_have_no_links() {
        for (text, found) in [
            ("[https://a.org]", [].as_slice()),
            ("![https://a.org/x] y", &[]),
            ("[ https://a.org and", &[]),
            ("[[www.a.org]]", &[]),
            ("[*https://a.org*]", &[]),
            ("*[https://a.org*]", &[]),
            ("[`]` https://a.org", &[]),
            ("[x\nhttps://a.org]\nhttps://b.org", &["https://b.org"]),
            ("[a https://b.org] https://c.org", &["https://c.org"]),
            ("[a] https://a.org", &["https://a.org"]),
            ("] https://a.org", &["https://a.org"]),
            ("\\[ https://a.org ]", &["https://a.org"]),
            ("https://a.org/x[1]", &["https://a.org/x%5B1%5D"]),
            ("- [ https://a.org\n- https://b.org", &["https://b.org"]),
            ("- [ ] https://b.org", &["https://b.org"]),
            (
                "[ [x](http://y.org) https://a.org ] https://b.org",
                &["http://y.org", "https://b.org"],
            ),
            ("[a@b.cd]", &["mailto:a@b.cd"]),
            (
                "|a|\n|-|\n|[ https://a.org|\n|https://b.org|",
                &["https://b.org"],
            ),
        ] {
            let links = links(text);
            let links: Vec<&str> = links
                .iter()
                .filter_map(|link| link.split(' ').next())
                .collect();
            assert_eq!(links, found, "{text}");
        }
    }

    #[test]
    fn addresses_of_people() {
        for (text, link) in [
            ("foo@bar.baz", "foo@bar.baz"),
            (
                "Not hello@mail+xyz.example, but hello+xyz@mail.example.",
                "hello+xyz@mail.example",
            ),
            ("a.b-c_d@a.b", "a.b-c_d@a.b"),
            ("a.b-c_d@a.b.", "a.b-c_d@a.b"),
        ] {
            assert_eq!(links(text), [format!("mailto:{link} {link}")], "{text}");
        }
        for text in ["a.b-c_d@a.b-", "a.b-c_d@a.b_", "a@b", "@a.b", "a@b.c@d.e"] {
            let found = links(text);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
        for (text, link) in [
            ("mailto:a.b-c_d@a.b.", "mailto:a.b-c_d@a.b"),
            ("xmpp:foo@bar.baz/txt.", "xmpp:foo@bar.baz/txt"),
            (
                "xmpp:foo@bar.baz/txt@bin.com",
                "xmpp:foo@bar.baz/txt@bin.com",
            ),
        ] {
            assert_eq!(links(text), [format!("{link} {link}")], "{text}");
        }
    }

    proptest! {
        /// Whatever is linked, the text reads as it did.
        #[test]
        fn nothing_is_lost(text in "([a-c@.:/ww&;()\\[\\]*_~é\"'-]|www\\.|https://|&amp;|\n){0,40}") {
            let plain = |html: &str| {
                let html = html.replace("&amp;", "&");
                let mut text = String::new();
                let mut rest = html.as_str();
                while let Some((before, tag)) = rest.split_once('<') {
                    text.push_str(before);
                    rest = tag.split_once('>').unwrap().1;
                }
                text + rest
            };
            let mut config = super::super::tests::config();
            config.smart_punctuation = false;
            let render = |config| {
                let word = |_: &str, english: &str| Ok(english.to_owned());
                let found = super::super::render_alone(&text, config, &|_| Err(()), &word);
                found.unwrap_or_default()
            };
            let linked = render(config);
            config.autolinks = false;
            let without = render(config);
            prop_assert_eq!(plain(&linked), plain(&without));
        }
    }
}

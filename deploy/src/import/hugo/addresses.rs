//! Addresses in texts that goldmark leaves alone, and that would be links here: behind
//! a quote or another sign, and without a dot in the name of the host. A backslash
//! leaves them what they were.

use std::ops::Range;

use pulldown_cmark::Event;

use super::super::spans::{Edits, Spans};
use super::options::Dialect;

/// What is put into a text.
pub(super) fn adapt(
    text: &str,
    events: &[(Event<'_>, Range<usize>)],
    left: &Spans,
    dialect: &Dialect,
) -> Edits {
    let mut edits = Edits::new();
    let links = Spans::of_links(events);
    // Where the text began that stands without a break before a place.
    let mut run = 0;
    for (event, span) in events {
        match event {
            Event::Text(_) if !links.contains(span.start) && !left.contains(span.start) => {
                let found = Found { text, run, dialect };
                edits.extend(found.plain(span));
                continue;
            }
            Event::Text(_) => continue,
            _ => {}
        }
        run = match event {
            Event::Start(_) => span.start,
            _ => span.end,
        };
    }
    edits
}

struct Found<'a> {
    text: &'a str,
    run: usize,
    dialect: &'a Dialect,
}

impl Found<'_> {
    fn plain(&self, span: &Range<usize>) -> Edits {
        let source = &self.text[span.clone()];
        let places = |sign: &'static str| source.match_indices(sign).map(|(at, _)| span.start + at);
        let sites = places("://").filter(|at| self.is_plain_site(*at));
        let people = places("@").filter(|at| self.is_plain_person(*at));
        let hosts = places("www.")
            .filter(|at| self.is_plain_host(*at))
            .map(|at| at + 3);
        let found = sites.chain(people).chain(hosts);
        found.map(|at| (at..at, "\\".to_owned())).collect()
    }

    /// Whether an address whose colon is here is no link in Hugo.
    fn is_plain_site(&self, colon: usize) -> bool {
        let is_letter = |c: char| c.is_ascii_alphabetic();
        let before = self.text[..colon].trim_end_matches(is_letter);
        let scheme = &self.text[before.len()..colon];
        if !["http", "https", "ftp"].contains(&scheme.to_lowercase().as_str()) {
            return false;
        }
        let rest = &self.text[colon + "://".len()..];
        !self.may_begin(before.len()) || scheme.contains(char::is_uppercase) || !has_name(rest)
    }

    /// Whether the address of a person whose sign is here is none.
    fn is_plain_person(&self, at: usize) -> bool {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || ".!#$%&*+/=?^_`{|}~-".contains(c);
        let before = self.text[..at].trim_end_matches(is_of_name);
        before.len() < at && !self.may_begin(before.len())
    }

    /// Whether what begins with `www.` here is none.
    fn is_plain_host(&self, at: usize) -> bool {
        let is_in_address = self.text[..at].ends_with(['/', '.', '@', '-', '\\']);
        !is_in_address && (!self.may_begin(at) || !has_name(&self.text[at + "www.".len()..]))
    }

    /// Whether an address may begin here: behind a space and some signs, and behind
    /// what is no text, as quotes are none that are made pretty.
    fn may_begin(&self, at: usize) -> bool {
        let before = self.text[..at].chars().next_back();
        at <= self.run
            || before.is_none_or(|c| {
                c.is_whitespace()
                    || "*_~(|".contains(c)
                    || (self.dialect.typographer && "\"'".contains(c))
            })
    }
}

/// Whether a text begins with a host that has a dot, and small letters behind it.
fn has_name(text: &str) -> bool {
    let is_of_host = |c: char| c.is_ascii_alphanumeric() || "-@:%._+~#=".contains(c);
    let end = text.find(|c| !is_of_host(c)).unwrap_or(text.len());
    let mut dots = text[..end].match_indices('.');
    dots.any(|(at, _)| at > 0 && text[at + 1..].starts_with(|c: char| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Options;

    use super::super::rewritten::tests::adapted as edited;
    use super::*;

    /// What Hugo 0.168 makes of these.
    #[test]
    fn what_is_no_link_in_hugo_is_none() {
        let pretty = Dialect {
            typographer: true,
            ..Dialect::plain()
        };
        for (old, new) in [
            (
                "http://a.org (https://b.org/c) *ftp://d.org* <b>http://e.org</b>",
                None,
            ),
            ("\"http://a.org\"", Some("\"http\\://a.org\"")),
            ("http://localhost:1313/x", Some("http\\://localhost:1313/x")),
            ("http://127.0.0.1:80", Some("http\\://127.0.0.1:80")),
            (
                "x:http://a.org HTTP://b.org",
                Some("x:http\\://a.org HTTP\\://b.org"),
            ),
            ("a@b.org (c@d.org)", None),
            ("mailto:a@b.org", Some("mailto:a\\@b.org")),
            ("www.a.org https://www.a.org", None),
            ("www.n", Some("www\\.n")),
            (
                "`http://localhost` [x](http://localhost) <http://localhost>",
                None,
            ),
            ("a://b @c", None),
        ] {
            let adapted = |dialect: &Dialect| {
                edited(old, Options::empty(), |events, code| {
                    adapt(old, events, code, dialect)
                })
            };
            assert_eq!(adapted(&Dialect::plain()), new.unwrap_or(old));
            if old.starts_with('"') {
                assert_eq!(adapted(&pretty), old);
            }
        }
    }
}

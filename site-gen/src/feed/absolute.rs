//! HTML that is read elsewhere: every address in it is a whole URL.

use crate::url::{has_scheme, join};

/// The attributes of HTML that hold an address, or, `srcset`, several.
const ADDRESSES: [&str; 6] = ["href", "src", "poster", "cite", "data", "srcset"];

/// Makes whole URLs of the addresses in a page's HTML.
pub(super) fn absolute(html: &str, base_url: &str, path: &str) -> String {
    let page = Page { base_url, path };
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        if let Some(comment) = tag.strip_prefix("<!--") {
            let end = comment
                .find("-->")
                .map_or(tag.len(), |end| end + "<!---->".len());
            out.push_str(&tag[..end]);
            rest = &tag[end..];
        } else if tag[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = page.tag(tag, &mut out);
        } else {
            out.push('<');
            rest = &tag[1..];
        }
    }
    out.push_str(rest);
    out
}

struct Page<'a> {
    base_url: &'a str,
    path: &'a str,
}

impl Page<'_> {
    /// Copies a tag; says what comes after it.
    fn tag<'h>(&self, tag: &'h str, out: &mut String) -> &'h str {
        let name = tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/');
        let name = name.unwrap_or(tag.len());
        out.push_str(&tag[..name]);
        let mut rest = &tag[name..];
        loop {
            let space = rest.len()
                - rest
                    .trim_start_matches(|c: char| c.is_whitespace() || c == '/')
                    .len();
            out.push_str(&rest[..space]);
            rest = &rest[space..];
            let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c));
            let attribute = &rest[..end.unwrap_or(rest.len())];
            out.push_str(attribute);
            rest = &rest[attribute.len()..];
            let after = rest.trim_start();
            if let Some(value) = after.strip_prefix('=') {
                let value = value.trim_start();
                out.push('=');
                rest = self.value(attribute, value, out);
            } else if attribute.is_empty() {
                let end = usize::from(rest.starts_with(['>', '=']));
                out.push_str(&rest[..end]);
                if end == 0 || rest.starts_with('>') {
                    return &rest[end..];
                }
                rest = &rest[end..];
            }
        }
    }

    /// Copies the value of an attribute; says what comes after it.
    fn value<'h>(&self, attribute: &str, text: &'h str, out: &mut String) -> &'h str {
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
            None => {
                let end = text.find(|c: char| c.is_whitespace() || c == '>');
                text.split_at(end.unwrap_or(text.len()))
            }
        };
        // Without quotes, quotes could be part of it.
        let plain = quote.is_none().then(|| value.replace('"', "&quot;"));
        let value = plain.as_deref().unwrap_or(value);
        let quote = quote.unwrap_or('"');
        out.push(quote);
        match ADDRESSES
            .iter()
            .find(|name| attribute.eq_ignore_ascii_case(name))
        {
            Some(&"srcset") => out.push_str(&self.set(value)),
            Some(_) => out.push_str(&self.address(value)),
            None => out.push_str(value),
        }
        out.push(quote);
        rest
    }

    fn set(&self, value: &str) -> String {
        let candidates = value.split(", ").map(|candidate| {
            let candidate = candidate.trim();
            let (address, size) = candidate.split_once(' ').unwrap_or((candidate, ""));
            format!("{} {size}", self.address(address))
                .trim_end()
                .to_owned()
        });
        candidates.collect::<Vec<_>>().join(", ")
    }

    fn address(&self, address: &str) -> String {
        let address = address.trim();
        let base = self.base_url;
        if has_scheme(address) {
            address.to_owned()
        } else if address.starts_with('/') {
            format!("{base}{address}")
        } else if address.is_empty() || address.starts_with(['#', '?']) {
            format!("{base}{}{address}", self.path)
        } else {
            let end = address.find(['#', '?']).unwrap_or(address.len());
            let (place, suffix) = address.split_at(end);
            let directory = self
                .path
                .rsplit_once('/')
                .map_or("", |(directory, _)| directory);
            let slash = if place.ends_with('/') { "/" } else { "" };
            match join(directory, place) {
                Some(path) => format!("{base}/{path}{slash}{suffix}"),
                None => format!("{base}/"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_address_becomes_whole() {
        for (html, expected) in [
            ("<a href=\"/a/\">", "<a href=\"https://a.org/a/\">"),
            (
                "<a class=x href='#f'>",
                "<a class=\"x\" href='https://a.org/b/c/#f'>",
            ),
            (
                "<img src=p.png alt=\"\" />",
                "<img src=\"https://a.org/b/c/p.png\" alt=\"\" />",
            ),
            (
                "<a href=\"../d/?q#e\">",
                "<a href=\"https://a.org/b/d/?q#e\">",
            ),
            ("<a href = \"mailto:a@b.c\">", "<a href=\"mailto:a@b.c\">"),
            ("<a href=\"//c.org\" hidden>", "<a href=\"//c.org\" hidden>"),
            (
                "<img srcset=\"/x.png 1x, y.png 2x\">",
                "<img srcset=\"https://a.org/x.png 1x, https://a.org/b/c/y.png 2x\">",
            ),
            (
                "a < b <!-- <a href=\"/\"> --> c</a>",
                "a < b <!-- <a href=\"/\"> --> c</a>",
            ),
            (
                "<p title=\"href='/'\">src=\"/\"",
                "<p title=\"href='/'\">src=\"/\"",
            ),
        ] {
            assert_eq!(absolute(html, "https://a.org", "/b/c/"), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_twice_is_once(html in "(<a |<img|href=|src=|srcset='|[<>/=\"'#?., a-c\u{e9}-]){0,30}") {
            let once = absolute(&html, "https://a.org", "/b/c/");
            let twice = absolute(&once, "https://a.org", "/b/c/");
            prop_assert_eq!(once, twice);
        }
    }
}

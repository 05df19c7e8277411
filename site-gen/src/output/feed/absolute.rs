//! HTML that is read elsewhere: every address in it is a whole URL.

use std::ops::Range;

use crate::html::{self, Attribute, Tag};
use crate::url::{has_scheme, join};

/// What is in the value of an attribute.
#[derive(Clone, Copy)]
enum Value {
    Address,
    /// Addresses with white space between them.
    List,
    /// Addresses with sizes, and commas between them.
    Set,
}

/// The attributes of HTML (its index of attributes; those of before, 16.2) and
/// of SVG in it that hold addresses.
const ADDRESSES: [(&str, Value); 13] = [
    ("action", Value::Address),
    ("background", Value::Address),
    ("cite", Value::Address),
    ("data", Value::Address),
    ("formaction", Value::Address),
    ("href", Value::Address),
    ("imagesrcset", Value::Set),
    ("longdesc", Value::Address),
    ("ping", Value::List),
    ("poster", Value::Address),
    ("src", Value::Address),
    ("srcset", Value::Set),
    ("xlink:href", Value::Address),
];

/// Makes whole URLs of the addresses in a page's HTML, which is at `path` of that
/// origin.
pub(crate) fn absolute(html: &str, origin: &str, path: &str) -> String {
    let page = Page { origin, path };
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut done = 0;
    // Those who read feeds run no scripts.
    for tag in html::start_tags(html) {
        for Attribute { name, value } in tag.attributes() {
            let Some(value) = value else { continue };
            out.push_str(&html[done..name.end]);
            out.push('=');
            done = page.value(&tag, &html[name], (html, value), &mut out);
        }
    }
    out.push_str(&html[done..]);
    out
}

struct Page<'a> {
    origin: &'a str,
    path: &'a str,
}

impl Page<'_> {
    /// Writes the value of an attribute; says where what comes after it begins.
    fn value(
        &self,
        tag: &Tag<'_>,
        attribute: &str,
        (html, at): (&str, Range<usize>),
        out: &mut String,
    ) -> usize {
        let quote = html[..at.start].chars().next_back();
        let quote = quote.filter(|c| matches!(c, '"' | '\''));
        let value = &html[at.clone()];
        // Without quotes, quotes could be part of it.
        let plain = quote.is_none().then(|| value.replace('"', "&quot;"));
        let value = plain.as_deref().unwrap_or(value);
        let end = at.end + quote.map_or(0, char::len_utf8);
        let quote = quote.unwrap_or('"');
        out.push(quote);
        let mut known = ADDRESSES.iter();
        // What a drawing uses of itself comes with it; a link leads to the page.
        let is_own = value.starts_with('#') && !tag.is_one_of(&["a", "area"]);
        match known.find(|(name, _)| attribute.eq_ignore_ascii_case(name) && !is_own) {
            Some((_, Value::Address)) => out.push_str(&self.address(value)),
            Some((_, Value::List)) => out.push_str(&self.list(value)),
            Some((_, Value::Set)) => out.push_str(&self.set(value)),
            None => out.push_str(value),
        }
        out.push(quote);
        end
    }

    fn list(&self, value: &str) -> String {
        let addresses = value.split_ascii_whitespace();
        let whole: Vec<String> = addresses.map(|address| self.address(address)).collect();
        whole.join(" ")
    }

    fn set(&self, value: &str) -> String {
        let candidates = candidates(value).into_iter();
        let whole = candidates.map(|(address, size)| {
            let whole = format!("{} {size}", self.address(address));
            whole.trim_end().to_owned()
        });
        whole.collect::<Vec<_>>().join(", ")
    }

    fn address(&self, address: &str) -> String {
        let address = address.trim();
        let base = self.origin;
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

/// The addresses of a `srcset`, and their sizes (HTML, 4.8.4.3.9, "parsing a
/// srcset attribute"). An address ends at white space, or at commas before
/// white space: others are part of it. A size ends at a comma outside of
/// parentheses.
fn candidates(value: &str) -> Vec<(&str, &str)> {
    let mut candidates = Vec::new();
    let between = |c: char| c.is_ascii_whitespace() || c == ',';
    let mut rest = value.trim_start_matches(between);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_whitespace());
        let (address, after) = rest.split_at(end.unwrap_or(rest.len()));
        let bare = address.trim_end_matches(',');
        let size = match bare.len() == address.len() {
            true => &after[..end_of_size(after)],
            false => "",
        };
        candidates.push((bare, size.trim_ascii()));
        rest = after[size.len()..].trim_start_matches(between);
    }
    candidates
}

fn end_of_size(text: &str) -> usize {
    let mut is_inside = false;
    let end = text.find(|c: char| {
        is_inside = c == '(' || is_inside && c != ')';
        c == ',' && !is_inside
    });
    end.unwrap_or(text.len())
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
                "<img srcset=\"/x.png 1x,y.png 2x,\n z,1.png,, (w,1) 3x, d, data:a,b 2w\">",
                "<img srcset=\"https://a.org/x.png 1x, https://a.org/b/c/y.png 2x, \
                 https://a.org/b/c/z,1.png, https://a.org/b/c/(w,1) 3x, \
                 https://a.org/b/c/d, data:a,b 2w\">",
            ),
            (
                "<img srcset=\"a.png, b.png (1,2) 2x\">",
                "<img srcset=\"https://a.org/b/c/a.png, https://a.org/b/c/b.png (1,2) 2x\">",
            ),
            (
                "<source srcset=\"x.png,y.png\"><link imagesrcset=\"/x 1w,/y 2w\">",
                "<source srcset=\"https://a.org/b/c/x.png,y.png\">\
                 <link imagesrcset=\"https://a.org/x 1w, https://a.org/y 2w\">",
            ),
            (
                "<button formaction=/f><form ACTION='g'><a ping=\"/p  q\">",
                "<button formaction=\"https://a.org/f\"><form ACTION='https://a.org/b/c/g'>\
                 <a ping=\"https://a.org/p https://a.org/b/c/q\">",
            ),
            (
                "<use xlink:href=\"#i\"/><image xlink:href=\"/i.png\"/>",
                "<use xlink:href=\"#i\"/><image xlink:href=\"https://a.org/i.png\"/>",
            ),
            (
                "<table background=/b><img longdesc=d src=data:x><blockquote cite='/c'>",
                "<table background=\"https://a.org/b\"><img longdesc=\"https://a.org/b/c/d\" \
                 src=\"data:x\"><blockquote cite='https://a.org/c'>",
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

//! Paths as they stand in URLs (RFC 3986), and what names become in them.
//!
//! A path in a pack is percent-encoded: it is compared with what a browser
//! sends, byte for byte.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::iter;

use crate::limits::MAX_NAME_BYTES;

/// A name as a part of a path or as an anchor: lower-case letters and digits,
/// everything else becomes a hyphen.
pub fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || character == '_' {
            slug.extend(character.to_lowercase());
        } else if !matches!(character, '\'' | '’' | '"') && !slug.ends_with('-') && !slug.is_empty()
        {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A path as a browser sends it: what is neither unreserved nor a delimiter
/// that may stand in a path is percent-encoded (RFC 3986 §3.3).
pub fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) => {
                encoded.push(byte.into());
            }
            _ => write!(encoded, "%{byte:02X}").expect("a string takes any text"),
        }
    }
    encoded
}

/// The reverse of [`encode`]; what is not an escape stays as it is.
pub fn decode(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = (byte == b'%').then(|| after.get(..2)).flatten();
        let value = escape.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a link says where it leads by itself, as in `https:` or `mailto:`.
pub(crate) fn has_scheme(link: &str) -> bool {
    let Some((scheme, _)) = link.split_once(':') else {
        return link.starts_with("//");
    };
    let mut characters = scheme.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The server that an address names behind two slashes, if it is none of the web: its name
/// has no dot. Who writes `//about/` means a path (URL Standard, 4.3).
pub(crate) fn bare_server(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("//")?;
    let server = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let is_bare = !server.is_empty() && server.chars().all(is_word);
    (is_bare && server != "localhost").then_some(server)
}

/// A relative path from a directory, with `.` and `..` resolved; none if it
/// leads out of the root.
pub fn join(directory: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// A directory, and those that it is in: from itself to the root, which has no name.
pub(crate) fn ancestors(directory: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(directory), |directory| {
        let above = directory.rsplit_once('/').map_or("", |(above, _)| above);
        (!directory.is_empty()).then_some(above)
    })
}

/// Where a relative link leads from a page, as a browser sees it (RFC 3986,
/// 5.2): what leads above the root stays there.
pub(crate) fn browse(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let above = page.rfind('/').map_or("", |at| &page[..at]);
    let link = match link.strip_prefix('/') {
        Some(link) => link,
        None => {
            parts.extend(above.split('/').filter(|part| !part.is_empty()));
            link
        }
    };
    let mut is_directory = true;
    for part in link.split('/') {
        is_directory = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            name => parts.push(name),
        }
    }
    let slash = if is_directory && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{slash}", parts.join("/"))
}

/// Whether a path names a place in a site, as a browser asks for it and a file
/// system keeps it: browsers resolve `.` and `..` before they ask.
pub(crate) fn is_inside(path: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.is_empty() || path.split('/').all(is_name)
}

fn is_name(name: &str) -> bool {
    let usual = !matches!(name, "" | "." | "..") && name.len() <= MAX_NAME_BYTES;
    let is_odd = |byte: u8| byte.is_ascii_control() || byte == b'\\';
    usual && !name.bytes().any(is_odd) && (name.is_ascii() || !name.contains(char::is_control))
}

/// Text for HTML and XML, in attributes too.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let is_special = |byte: u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    if !text.bytes().any(is_special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// Text for HTML, between tags only.
pub(crate) fn escape_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    push_escaped(&mut escaped, text);
    escaped
}

/// Adds text for between tags.
pub(crate) fn push_escaped(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
        let (before, special) = rest.split_at(at);
        html.push_str(before);
        html.push_str(match special.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &special[1..];
    }
    html.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_readable() {
        assert_eq!(slugify("What's a  Unikernel?"), "whats-a-unikernel");
        assert_eq!(slugify("3.0 planning"), "3-0-planning");
        assert_eq!(slugify("Über uns"), "über-uns");
        assert_eq!(slugify("--"), "");
    }

    #[test]
    fn encoding_is_reversed() {
        let path = "/a b/ü%?#.png";
        assert_eq!(encode(path), "/a%20b/%C3%BC%25%3F%23.png");
        assert_eq!(decode(&encode(path)), path);
        assert_eq!(decode("100%"), "100%");
    }

    #[test]
    fn relative_paths_stay_inside() {
        assert_eq!(join("docs/a", "../b.md"), Some("docs/b.md".into()));
        assert_eq!(join("docs", "./b.md"), Some("docs/b.md".into()));
        assert_eq!(join("docs", "../../b.md"), None);
    }

    #[test]
    fn directories_lead_up_to_the_root() {
        let all = |directory| ancestors(directory).collect::<Vec<_>>();
        assert_eq!(all("a/b/c"), ["a/b/c", "a/b", "a", ""]);
        assert_eq!(all("a"), ["a", ""]);
        assert_eq!(all(""), [""]);
    }

    #[test]
    fn links_lead_where_browsers_go() {
        for (page, link, place) in [
            ("/a/b/", "c", "/a/b/c"),
            ("/a/b/", "../c/", "/a/c/"),
            ("/a/b/", ".", "/a/b/"),
            ("/a/b.html", "c.png", "/a/c.png"),
            ("/a/", "../../c", "/c"),
            ("/a/", "..", "/"),
            ("/a/", "/c/", "/c/"),
        ] {
            assert_eq!(browse(page, link), place, "{page} {link}");
        }
    }

    #[test]
    fn paths_name_places_in_the_site() {
        for inside in ["", "/", "a", "/a/b.c/", "a b/ü", "...", ".well-known/x"] {
            assert!(is_inside(inside), "{inside}");
        }
        let long = "a".repeat(MAX_NAME_BYTES + 1);
        for outside in [
            "..", "../a", "/a/../b", "a/.", "a//b", "//a", "a\n", "a\\b", &long,
        ] {
            assert!(!is_inside(outside), "{outside}");
        }
    }

    #[test]
    fn schemes_are_told_from_paths() {
        assert!(has_scheme("https://mirage.io") && has_scheme("mailto:a@b") && has_scheme("//cdn"));
        assert!(!has_scheme("a/b:c") && !has_scheme("#a") && !has_scheme("2:3"));
    }
}

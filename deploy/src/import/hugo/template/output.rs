//! What a template has printed, and where in HTML that ends: html/template
//! escapes values by where they stand. Tags and attributes are followed
//! (HTML, 13.2.5), each letter once.

use super::has_marks;
use super::stop::Stop;
use super::texts::plain;
use super::value::Value;

/// Text, and what it ends in.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) text: String,
    /// How much of the text was followed.
    seen: usize,
    place: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// A tag, and where it begins.
    Tag(usize),
    /// A value with these quotes, in such a tag.
    Quoted(char, usize),
    /// The text of an element that is code.
    Code(&'static str),
}

/// Elements of which the text is code.
const CODE: [&str; 2] = ["script", "style"];

impl Output {
    /// Prints a value as html/template does where it stands.
    pub(super) fn print(&mut self, value: &Value) -> Result<(), Stop> {
        let shown = value.shown();
        let shown = shown.ok_or_else(|| Stop::because("it prints what is no text"))?;
        self.follow();
        let is_html = matches!(value, Value::Html(_));
        let is_number = matches!(value, Value::Integer(_) | Value::Boolean(_));
        if self.place != Place::Text && has_marks(&shown) {
            return Err(Stop::because(
                "its body stands in a script, a style sheet or a tag",
            ));
        }
        let printed = match self.place {
            Place::Text | Place::Tag(_) | Place::Code(_) if is_html => shown,
            Place::Quoted(open, start) => {
                let tag = &self.text[start..];
                let (before, inside) = tag.rsplit_once(open).unwrap_or_default();
                quoted(before, inside, value, &shown)?
            }
            Place::Code(_) if is_number => shown,
            // It would be one of JavaScript, with quotes.
            Place::Code(_) => {
                return Err(Stop::because(
                    "it prints a text in a script or a style sheet",
                ));
            }
            // Without quotes it ends at its first space.
            Place::Tag(_) if !shown.chars().all(is_plain) => {
                return Err(Stop::because("it prints an attribute without quotes"));
            }
            _ => escaped(&shown),
        };
        self.text.push_str(&printed);
        Ok(())
    }

    fn follow(&mut self) {
        while let Some(c) = self.text[self.seen..].chars().next() {
            let rest = &self.text[self.seen..];
            let mut length = c.len_utf8();
            self.place = match self.place {
                Place::Text if c == '<' => match rest[1..].chars().next() {
                    // It may be printed yet.
                    None => return,
                    Some(c) if c.is_ascii_alphabetic() || c == '/' => Place::Tag(self.seen),
                    Some(_) => Place::Text,
                },
                Place::Tag(start) => match c {
                    '>' => code(&self.text[start..]).map_or(Place::Text, Place::Code),
                    '"' | '\'' => Place::Quoted(c, start),
                    _ => Place::Tag(start),
                },
                Place::Quoted(open, start) if c == open => Place::Tag(start),
                Place::Code(name) if c == '<' => {
                    let end = 2 + name.len();
                    // The end of it may be printed yet.
                    if rest.len() < end && !rest[1..].contains(|c: char| c.is_whitespace()) {
                        return;
                    }
                    match rest.get(1..end) {
                        Some(tag)
                            if tag
                                .strip_prefix('/')
                                .is_some_and(|own| own.eq_ignore_ascii_case(name)) =>
                        {
                            length = end;
                            Place::Tag(self.seen)
                        }
                        _ => self.place,
                    }
                }
                place => place,
            };
            self.seen += length;
        }
    }
}

/// A value in the quotes of an attribute, behind what is there. What a template
/// calls safe was meant for where it stands.
fn quoted(tag: &str, inside: &str, value: &Value, shown: &str) -> Result<String, Stop> {
    let is_safe = matches!(value, Value::Html(_));
    let is_number = matches!(value, Value::Integer(_) | Value::Boolean(_));
    // No tags are in an attribute, but the signs' names stay.
    let safe = || plain(shown).replace('"', "&#34;").replace('\'', "&#39;");
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_./#%".contains(c);
    Ok(match attribute(tag) {
        Attribute::Address if is_safe => escaped(&address(inside, shown)),
        Attribute::Address if is_first(inside) && is_dangerous(shown) => {
            return Err(Stop::because(
                "it prints an address that Hugo takes for a danger",
            ));
        }
        Attribute::Address => escaped(&address(inside, shown)),
        _ if is_safe => safe(),
        Attribute::Text => escaped(shown),
        Attribute::Script if is_number => shown.to_owned(),
        Attribute::Style | Attribute::Addresses if shown.chars().all(is_word) => shown.to_owned(),
        Attribute::Script | Attribute::Style | Attribute::Addresses => {
            return Err(Stop::because(
                "it prints a text in an attribute that is code",
            ));
        }
    })
}

/// What is in the quotes of an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Text,
    Address,
    Addresses,
    Style,
    Script,
}

/// Attributes with an address, besides those whose names tell.
const ADDRESSES: [&str; 12] = [
    "action",
    "archive",
    "background",
    "cite",
    "classid",
    "codebase",
    "data",
    "formaction",
    "href",
    "longdesc",
    "manifest",
    "poster",
];

/// The sort of the attribute whose value comes next.
fn attribute(tag: &str) -> Attribute {
    let name = tag.trim_end().trim_end_matches('=').trim_end();
    let name = name
        .rsplit(|c: char| c.is_whitespace() || "\"'/".contains(c))
        .next();
    let name = name.unwrap_or_default().to_lowercase();
    let name = name.strip_prefix("data-").unwrap_or(&name);
    // A name space says nothing, but for that of names.
    let name = match name.split_once(':') {
        Some(("xmlns", _)) => "href",
        Some((_, name)) => name,
        None => name,
    };
    match name {
        "style" => Attribute::Style,
        "srcset" => Attribute::Addresses,
        name if name.starts_with("on") => Attribute::Script,
        name if ADDRESSES.contains(&name) => Attribute::Address,
        name if ["src", "uri", "url"].iter().any(|part| name.contains(part)) => Attribute::Address,
        _ => Attribute::Text,
    }
}

/// Whether nothing of an address is there yet.
fn is_first(before: &str) -> bool {
    before.trim().is_empty()
}

/// Whether an address has a scheme that may do more than lead somewhere.
fn is_dangerous(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    let known = ["http", "https", "mailto"];
    scheme.is_some_and(|scheme| {
        !scheme.contains('/') && !known.iter().any(|own| scheme.eq_ignore_ascii_case(own))
    })
}

/// A value in an address, as html/template writes it behind what is there.
fn address(before: &str, value: &str) -> String {
    let is_part = before.contains(['?', '#']);
    let bytes = value.as_bytes();
    let mut out = String::with_capacity(value.len());
    for (at, byte) in value.bytes().enumerate() {
        let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        let stays = match byte {
            b'-' | b'.' | b'_' | b'~' => true,
            byte if byte.is_ascii_alphanumeric() => true,
            b'%' => !is_part && is_hex(at + 1) && is_hex(at + 2),
            byte => !is_part && b"!#$&*+,/:;=?@[]".contains(&byte),
        };
        match stays {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02x}")),
        }
    }
    out
}

/// The element that a tag begins, if its text is code.
fn code(tag: &str) -> Option<&'static str> {
    let name = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next();
    let mut all = CODE.into_iter();
    all.find(|own| name.is_some_and(|name| name.eq_ignore_ascii_case(own)))
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "-_./:#%?;,+".contains(c)
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: &str, value: &Value) -> Option<String> {
        let mut output = Output::default();
        // A letter at a time comes to the same.
        for c in before.chars() {
            output.text.push(c);
            output.follow();
        }
        output.print(value).ok()?;
        Some(output.text[before.len()..].to_owned())
    }

    #[test]
    fn values_are_escaped_by_where_they_stand() {
        let html = Value::Html("<em>it's</em> \"&amp;\"".to_owned());
        let text = Value::text("a b");
        for (before, value, expected) in [
            ("<p>", &html, Some("<em>it's</em> \"&amp;\"")),
            ("<p a=\"", &html, Some("it&#39;s &#34;&amp;&#34;")),
            ("<p a='", &html, Some("it&#39;s &#34;&amp;&#34;")),
            ("<p a='>\"", &Value::text("<"), Some("&lt;")),
            (
                "<a title=\"x\" href=\"",
                &Value::text("/a b?c=d&e"),
                Some("/a%20b?c=d&amp;e"),
            ),
            (
                "<a href=\"/?q=",
                &Value::text("a b&c/é"),
                Some("a%20b%26c%2f%c3%a9"),
            ),
            (
                "<a href='",
                &Value::text("https://a.org/%20'"),
                Some("https://a.org/%20%27"),
            ),
            ("<a href=\"", &Value::text("javascript:x"), None),
            ("<a href=\"#", &Value::text("a:b"), Some("a%3ab")),
            ("<img data-src = \"", &Value::text("a b"), Some("a%20b")),
            ("<p onclick=\"f(", &Value::text("it's"), None),
            ("<p onclick=\"f(", &Value::Integer(1), Some("1")),
            ("<p style=\"color: ", &Value::text("red"), Some("red")),
            ("<p style=\"color: ", &Value::text("a(b)"), None),
            (
                "<p style=\"",
                &Value::Html("a: url(b)".to_owned()),
                Some("a: url(b)"),
            ),
            (
                "<a href=\"",
                &Value::Html("tel:+1 2".to_owned()),
                Some("tel:+1%202"),
            ),
            ("<p onclick=\"", &Value::text("red"), None),
            ("<img srcset=\"", &Value::text("a.png 2x"), None),
            ("<p a=\"b\" c=\"", &Value::text("a b"), Some("a b")),
            ("<p a=", &text, None),
            ("<p a=", &Value::text("a-b"), Some("a-b")),
            ("1 < 2 ", &text, Some("a b")),
            ("<script>", &text, None),
            ("<SCRIPT a=\"b\">", &Value::Integer(1), Some("1")),
            ("<script>a < b </script>", &text, Some("a b")),
            ("<style>é</style >", &text, Some("a b")),
            ("<scripts>", &text, Some("a b")),
        ] {
            assert_eq!(after(before, value).as_deref(), expected, "{before}");
        }
    }
}

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
            // No tags are in an attribute, but the signs' names stay.
            Place::Quoted(..) if is_html => quoted(&plain(&shown)),
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

/// The element that a tag begins, if its text is code.
fn code(tag: &str) -> Option<&'static str> {
    let name = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next();
    let mut all = CODE.into_iter();
    all.find(|own| name.is_some_and(|name| name.eq_ignore_ascii_case(own)))
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "-_./:#%?;,+".contains(c)
}

/// HTML in quotes.
fn quoted(html: &str) -> String {
    html.replace('"', "&#34;").replace('\'', "&#39;")
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

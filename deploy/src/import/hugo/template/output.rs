//! What a template has printed, and where in HTML that ends: html/template
//! escapes values by where they stand. Tags and attributes are followed
//! (HTML, 13.2.5), each letter once.

use std::ops::Range;

use super::attribute::{is_free_of_texts, quoted, unquoted};
use super::has_marks;
use super::stop::Stop;
use super::value::{Safe, Value};

/// Text, and what it ends in.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) text: String,
    /// How much of the text was followed.
    seen: usize,
    place: Place,
    /// Where values are in the quotes of the last attribute that had one.
    values: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// A tag, and where it begins.
    Tag(usize),
    /// A value with these quotes, in such a tag.
    Quoted(char, usize),
    /// The text of an element that has no tags in it, and where its own begins.
    Code(&'static str, usize),
}

/// Elements of which the text has no tags: code, and text alone.
const CODE: [&str; 4] = ["script", "style", "textarea", "title"];

impl Output {
    /// Prints a value as html/template does where it stands.
    pub(super) fn print(&mut self, value: &Value) -> Result<(), Stop> {
        let shown = value.shown();
        let shown = shown.ok_or_else(|| Stop::because("it prints what is no text"))?;
        self.follow();
        if self.place != Place::Text && has_marks(&shown) {
            return Err(Stop::because(
                "its body stands in a script, a style sheet or a tag",
            ));
        }
        let printed = match self.place {
            // Hugo takes the sign for text.
            Place::Text if &self.text[self.seen..] == "<" => {
                return Err(Stop::because("it prints the name of an element"));
            }
            Place::Text if matches!(value, Value::Html(_)) => shown,
            Place::Text => escaped(&shown),
            Place::Tag(start) => unquoted(&self.text[start..], value, shown)?,
            Place::Quoted(open, start) => self.print_quoted(open, start, value, &shown)?,
            Place::Code(name, start) => in_code(name, &self.text[start..], value, shown)?,
        };
        self.text.push_str(&printed);
        Ok(())
    }

    fn print_quoted(
        &mut self,
        open: char,
        start: usize,
        value: &Value,
        shown: &str,
    ) -> Result<String, Stop> {
        let tag = &self.text[start..];
        let (before, inside) = tag.rsplit_once(open).unwrap_or_default();
        let at = self.text.len() - inside.len();
        self.values.retain(|value| value.start >= at);
        // What is there is judged by what the template says alone.
        let mut literal = String::new();
        let mut from = at;
        for value in &self.values {
            literal.push_str(&self.text[from..value.start]);
            from = value.end;
        }
        literal.push_str(&self.text[from..]);
        let printed = quoted(before, &literal, value, shown)?;
        let end = self.text.len();
        self.values.push(end..end + printed.len());
        Ok(printed)
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
                    '>' => match code(&self.text[start..]) {
                        Some(name) => Place::Code(name, start),
                        None => Place::Text,
                    },
                    '"' | '\'' => Place::Quoted(c, start),
                    _ => Place::Tag(start),
                },
                Place::Quoted(open, start) if c == open => Place::Tag(start),
                Place::Code(name, _) if c == '<' => {
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

/// A value in an element without tags, behind its own tag and what is there.
fn in_code(name: &str, before: &str, value: &Value, shown: String) -> Result<String, Stop> {
    let is_html = matches!(value, Value::Html(_));
    let is_number = matches!(value, Value::Integer(_) | Value::Boolean(_));
    // Attributes may say that a script is no JavaScript.
    let script = before.split_at_checked("<script>".len());
    let is_script = script.is_some_and(|(tag, body)| tag.ends_with('>') && is_free_of_texts(body));
    match name {
        "textarea" | "title" if !is_html => Ok(escaped(&shown)),
        "textarea" | "title" => Err(Stop::because("it prints HTML where there is only text")),
        "style" if matches!(value, Value::Safe(Safe::Style, _)) => Ok(shown),
        "script" if matches!(value, Value::Safe(Safe::Script, _)) => Ok(shown),
        "style" if is_number && !before.contains("/*") => Ok(shown),
        "script" if is_number && is_script => Ok(format!(" {shown} ")),
        // It would be one of JavaScript, with quotes.
        _ => Err(Stop::because(
            "it prints a text in a script or a style sheet",
        )),
    }
}

/// The element that a tag begins, if its text is code.
fn code(tag: &str) -> Option<&'static str> {
    let name = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next();
    let mut all = CODE.into_iter();
    all.find(|own| name.is_some_and(|name| name.eq_ignore_ascii_case(own)))
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
        let safe = |place, text: &str| Value::Safe(place, text.to_owned());
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
            ("<p onclick=\"f(", &Value::Integer(1), Some(" 1 ")),
            ("<p onclick=\"f('", &Value::Integer(1), None),
            ("<p style=\"color: ", &Value::text("red"), Some("red")),
            ("<p style=\"color: ", &Value::text("a(b)"), None),
            ("<p style=\"color: ", &Value::text("a/b"), None),
            ("<p style=\"", &Value::text("expression"), None),
            ("<p style=\"/* ", &Value::text("a"), None),
            ("<p style=\"a: url(", &Value::text("/a.png"), Some("/a.png")),
            ("<p style=\"a: url(?", &Value::text("a/b"), None),
            ("<p style=\"a: calc(", &Value::text("a/b"), None),
            ("<p ", &Value::text("value"), None),
            ("<img srcset=\"", &Value::text("/a.png"), Some("/a.png")),
            ("<img srcset=\"", &Value::text("a%b"), None),
            (
                "<iframe srcdoc=\"",
                &Value::text("<p>a b"),
                Some("&lt;p&gt;a b"),
            ),
            ("<i data-srcdoc=\"", &Value::text("a b"), Some("a b")),
            ("<i srclang=\"", &Value::text("a b"), Some("a b")),
            ("<i icon=\"", &Value::text("a b"), Some("a%20b")),
            ("<i profile=\"", &Value::text("a b"), Some("a%20b")),
            ("<i usemap=\"", &Value::text("a b"), Some("a%20b")),
            ("<i xmlns=\"", &Value::text("a b"), Some("a%20b")),
            ("<i xmlns:x=\"", &Value::text("a b"), Some("a%20b")),
            ("<i data-xmlns:x=\"", &Value::text("a b"), Some("a b")),
            (
                "<p style=\"",
                &Value::Safe(Safe::Style, "a: url(b)".to_owned()),
                Some("a: url(b)"),
            ),
            ("<p style=\"", &Value::Html("a: url(b)".to_owned()), None),
            ("<p title=\"", &safe(Safe::Style, "a<b"), Some("a&lt;b")),
            ("<p>", &safe(Safe::Script, "a<b"), Some("a&lt;b")),
            ("<p ", &safe(Safe::Attribute, "a='b c'"), Some("a='b c'")),
            ("<p ", &Value::Html("a='b c'".to_owned()), None),
            (
                "<p onclick=\"",
                &safe(Safe::Script, "f('a')"),
                Some("f(&#39;a&#39;)"),
            ),
            (
                "<script>a = ",
                &safe(Safe::Script, "f('a')"),
                Some("f('a')"),
            ),
            ("<script>a = ", &safe(Safe::Style, "f('a')"), None),
            ("<script>a = ", &Value::Html("f('a')".to_owned()), None),
            (
                "<style>",
                &safe(Safe::Style, "a { b: c(d) }"),
                Some("a { b: c(d) }"),
            ),
            ("<style>", &Value::Html("a { b: c(d) }".to_owned()), None),
            (
                "<a href=\"/?q=",
                &safe(Safe::Address, "a&b/c"),
                Some("a&amp;b/c"),
            ),
            ("<a href=\"", &Value::Html("javascript:x".to_owned()), None),
            (
                "<a href=\"",
                &safe(Safe::Address, "javascript:x"),
                Some("javascript:x"),
            ),
            (
                "<a href=\"",
                &safe(Safe::Address, "tel:+1 2"),
                Some("tel:+1%202"),
            ),
            ("<p onclick=\"", &Value::text("red"), None),
            ("<img srcset=\"", &Value::text("a.png 2x"), None),
            ("<p a=\"b\" c=\"", &Value::text("a b"), Some("a b")),
            ("<p a=", &text, None),
            ("<p a=", &Value::text("a-b"), Some("a-b")),
            ("1 < 2 ", &text, Some("a b")),
            ("<script>", &text, None),
            ("<SCRIPT>f(", &Value::Integer(1), Some(" 1 ")),
            ("<SCRIPT a=\"b\">", &Value::Integer(1), None),
            ("<script>f('", &Value::Integer(1), None),
            ("<style>a { b: ", &Value::Integer(1), Some("1")),
            ("<style>/* ", &Value::Integer(1), None),
            ("<textarea>", &html, None),
            ("<title>", &Value::text("<"), Some("&lt;")),
            ("<textarea></textarea>", &Value::text("a b"), Some("a b")),
            ("<", &Value::text("b"), None),
            ("</", &Value::text("b"), None),
            ("<h", &Value::Integer(2), Some("2")),
            ("<p ", &Value::text("disabled"), Some("disabled")),
            ("<p ", &Value::text("a-b"), None),
            ("<p ", &Value::text(""), None),
            ("<p ", &Value::text("href"), None),
            ("<p ", &Value::text("type"), None),
            ("<p a=\"x=y\"", &Value::text("b"), Some("b")),
            ("<p a=", &Value::text(""), None),
            ("<p a=", &Value::text("é"), None),
            ("<p a=", &Value::text("a+b"), None),
            ("<p a = ", &Value::text("/b"), Some("/b")),
            ("<a href=", &Value::text("a-b.c"), Some("a-b.c")),
            ("<a href=/?", &Value::text("a/b"), None),
            ("<p onclick=", &Value::Integer(1), None),
            ("<script>a < b </script>", &text, Some("a b")),
            ("<style>é</style >", &text, Some("a b")),
            ("<scripts>", &text, Some("a b")),
        ] {
            assert_eq!(after(before, value).as_deref(), expected, "{before}");
        }
    }

    /// What was printed before says nothing about the part of an address.
    #[test]
    fn values_of_an_address_are_judged_by_what_is_written() {
        let printed = |pieces: &[&str]| {
            let mut output = Output::default();
            for piece in pieces {
                match piece.strip_prefix('=') {
                    Some(value) => output.print(&Value::text(value)).ok()?,
                    None => output.text.push_str(piece),
                }
            }
            Some(output.text)
        };
        for (pieces, expected) in [
            (
                &["<a href=\"", "=x?y", "=a&b/c", "\">"][..],
                Some("<a href=\"x?ya&amp;b/c\">"),
            ),
            (&["<a href=\"", "=a/b", "=c:d"], None),
            (&["<a href=\"b", "=c:d"], Some("<a href=\"bc:d")),
            (&["<a href=\"#", "=a", "=b/c"], Some("<a href=\"#ab%2fc")),
            (
                &["<a href=\"", "=a", "\" href=\"", "=?", "?", "=/"],
                Some("<a href=\"a\" href=\"??%2f"),
            ),
        ] {
            assert_eq!(printed(pieces).as_deref(), expected, "{pieces:?}");
        }
    }
}

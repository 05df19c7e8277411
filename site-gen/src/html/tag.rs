//! Tags and their attributes (HTML, 13.2.5.8 and 13.2.5.32 to 13.2.5.40).

use std::ops::Range;

/// A tag; its name and attributes are as they are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'h> {
    /// What it stands in, up to its `>`.
    html: &'h str,
    name: &'h str,
    /// Where its attributes begin.
    attributes: usize,
    closes_itself: bool,
}

impl<'h> Tag<'h> {
    /// Reads the tag whose name begins at a place; says where it ends. None, if it has
    /// no end.
    pub(super) fn read(html: &'h str, start: usize) -> Option<(Self, usize)> {
        let bytes = html.as_bytes();
        let mut end = start;
        while !ends(*bytes.get(end)?, b'>') {
            end += 1;
        }
        let mut attributes = Attributes::new(html, end);
        // Most have none.
        if bytes[end] != b'>' {
            while attributes.next().is_some() {}
        }
        let tag = Self {
            html: html.get(..attributes.at)?,
            name: &html[start..end],
            attributes: end,
            closes_itself: attributes.closes_itself,
        };
        (attributes.at < html.len()).then_some((tag, attributes.at + 1))
    }

    /// In any case.
    pub(crate) const fn name(&self) -> &'h str {
        self.name
    }

    #[inline]
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.len() == name.len() && self.name.eq_ignore_ascii_case(name)
    }

    #[inline]
    pub(crate) fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Whether it ends as in `<br/>`: that closes only elements that are no HTML.
    pub(crate) const fn closes_itself(&self) -> bool {
        self.closes_itself
    }

    pub(crate) const fn attributes(&self) -> Attributes<'h> {
        Attributes::new(self.html, self.attributes)
    }

    /// The value of an attribute, as it is written; the first one counts.
    pub(crate) fn value(&self, name: &str) -> Option<&'h str> {
        let mut all = self.attributes();
        let own = all.find(|own| self.html[own.name.clone()].eq_ignore_ascii_case(name))?;
        Some(own.value.map_or("", |value| &self.html[value]))
    }
}

/// Where an attribute stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: Range<usize>,
    /// Without its quotes; none if there is no `=`.
    pub(crate) value: Option<Range<usize>>,
}

/// The attributes of a tag, up to its `>` or the end of what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Attributes<'h> {
    html: &'h str,
    at: usize,
    /// Whether a `/` was the last before the end.
    closes_itself: bool,
}

impl<'h> Attributes<'h> {
    /// Those that stand behind the name of a tag.
    pub(crate) const fn new(html: &'h str, at: usize) -> Self {
        Self {
            html,
            at,
            closes_itself: false,
        }
    }

    /// Goes to the first byte that fits.
    #[inline]
    fn go_to(&mut self, fits: impl Fn(u8) -> bool) {
        let bytes = self.html.as_bytes();
        while self.at < bytes.len() && !fits(bytes[self.at]) {
            self.at += 1;
        }
    }

    fn next_byte(&self) -> Option<u8> {
        self.html.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        self.go_to(|byte| !byte.is_ascii_whitespace());
    }

    fn value(&mut self) -> Range<usize> {
        self.skip_space();
        let quote = self.next_byte().filter(|byte| matches!(byte, b'"' | b'\''));
        let Some(quote) = quote else {
            let start = self.at;
            self.go_to(|byte| byte.is_ascii_whitespace() || byte == b'>');
            return start..self.at;
        };
        self.at += 1;
        let start = self.at;
        self.go_to(|byte| byte == quote);
        let end = self.at;
        self.at = self.html.len().min(end + 1);
        start..end
    }
}

impl Iterator for Attributes<'_> {
    type Item = Attribute;

    fn next(&mut self) -> Option<Attribute> {
        let start = self.at;
        self.go_to(|byte| !byte.is_ascii_whitespace() && byte != b'/');
        if self.next_byte().is_none_or(|byte| byte == b'>') {
            self.closes_itself = self.html.as_bytes()[start..self.at].last() == Some(&b'/');
            return None;
        }
        let start = self.at;
        // A name may begin with what else ends it.
        self.at += 1;
        self.go_to(|byte| ends(byte, b'='));
        let name = start..self.at;
        self.skip_space();
        let has_value = self.next_byte() == Some(b'=');
        let value = has_value.then(|| {
            self.at += 1;
            self.value()
        });
        if !has_value {
            self.at = name.end;
        }
        Some(Attribute { name, value })
    }
}

/// Whether a name ends here.
const fn ends(byte: u8, also: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>') || byte == also
}

//! HTML made short in one pass: of white space in a row the first character
//! stays, and comments go. Nothing else is touched, so that a reader of the
//! result sees what its author wrote.
//!
//! What is markup and what is text follows the tokenizer of the HTML standard
//! (13.2.5). Left alone is all that stands in an element whose white space
//! counts (`pre`, `textarea`), whose content is not markup (`script`, `style`,
//! `title`…), or whose content is not HTML (`svg`, `math`); and comments that
//! say `[if`, or stand in a table or a template, where text goes to another place
//! if it is not white space alone (13.2.6.4.10). Where the meaning depends on
//! more than the tokenizer knows, the rest of the page is left alone.
//!
//! White space can also count by a style sheet (`white-space: pre`), which this
//! does not read; so it is the site that asks for it, with `minify_html`.

/// Elements whose content is text up to their end tag (13.2.6.2).
const RAW_TEXT: [&[u8]; 9] = [
    b"script",
    b"style",
    b"title",
    b"textarea",
    b"noscript",
    b"iframe",
    b"noembed",
    b"noframes",
    b"xmp",
];

/// Elements of SVG and MathML in which HTML can stand (13.2.6): what ends them
/// depends on what is open inside.
const WITH_HTML: [&[u8]; 8] = [
    b"desc",
    b"foreignobject",
    b"mi",
    b"mo",
    b"mn",
    b"ms",
    b"mtext",
    b"annotation-xml",
];

/// Elements from in which an end tag does not end what is around them
/// (13.2.4.2, 13.2.6.4.16).
const BORDERS: [&[u8]; 6] = [
    b"applet",
    b"marquee",
    b"object",
    b"select",
    b"table",
    b"template",
];

/// Makes a page short.
pub(crate) fn minify(html: &[u8]) -> Vec<u8> {
    let mut page = Page {
        html,
        at: 0,
        copied: 0,
        short: Vec::with_capacity(html.len()),
        space: false,
        preformatted: 0,
        svg: 0,
        math: 0,
        tables: 0,
        templates: 0,
    };
    while page.at < html.len() {
        if page.markup().is_none() {
            // The rest stays as it is.
            page.at = html.len();
        }
    }
    page.flush();
    page.short
}

struct Page<'a> {
    html: &'a [u8],
    /// Everything before this has been read.
    at: usize,
    /// Everything before this has been copied or left out.
    copied: usize,
    short: Vec<u8>,
    /// Whether the text so far ends with white space.
    space: bool,
    /// How many elements of a kind are open.
    preformatted: usize,
    svg: usize,
    math: usize,
    tables: usize,
    templates: usize,
}

impl<'a> Page<'a> {
    /// Text, and the markup after it; none if the rest is to be left alone.
    fn markup(&mut self) -> Option<()> {
        self.text();
        let Some(rest) = self.html.get(self.at + 1..) else {
            self.at = self.html.len();
            return Some(());
        };
        match rest {
            [b'!', b'-', b'-', ..] => return self.comment(),
            // In foreign content something else than in HTML.
            [b'!', b'[', b'C' | b'c', ..] => return None,
            [b'!' | b'?', ..] => self.at = self.find(self.at, b">")? + 1,
            [b'/', first, ..] if first.is_ascii_alphabetic() => self.end_tag()?,
            [b'/', ..] => self.at = self.find(self.at, b">")? + 1,
            [first, ..] if first.is_ascii_alphabetic() => self.start_tag()?,
            _ => self.at += 1,
        }
        self.space = false;
        Some(())
    }

    fn text(&mut self) {
        if self.preformatted + self.svg + self.math > 0 {
            self.at = self.find(self.at, b"<").unwrap_or(self.html.len());
            return;
        }
        while let Some(&byte) = self.html.get(self.at)
            && byte != b'<'
        {
            let space = byte.is_ascii_whitespace();
            if space && self.space {
                self.leave_out(self.at + 1);
            }
            self.space = space;
            self.at += 1;
        }
    }

    /// A comment goes, but not from where its neighbours would become something
    /// else together.
    fn comment(&mut self) -> Option<()> {
        let inside = self.at + 4;
        let end = match &self.html[inside..] {
            [b'>', ..] => inside + 1,
            [b'-', b'>', ..] => inside + 2,
            _ => {
                let mut from = inside;
                loop {
                    let dashes = self.find(from, b"--")?;
                    match &self.html[dashes + 2..] {
                        [b'>', ..] => break dashes + 3,
                        [b'!', b'>', ..] => break dashes + 4,
                        _ => from = dashes + 1,
                    }
                }
            }
        };
        let said = self.html[inside..end].trim_ascii_start();
        let conditional = said.starts_with(b"[if") || said.starts_with(b"<![endif");
        let verbatim = self.preformatted + self.svg + self.math > 0;
        let kept = conditional || verbatim || self.tables + self.templates > 0;
        if kept || self.is_in_the_middle() {
            self.at = end;
            self.space = false;
        } else {
            self.leave_out(end);
            self.at = end;
        }
        Some(())
    }

    /// Whether the text so far ends with what may be the first half of a tag or
    /// a character reference.
    fn is_in_the_middle(&mut self) -> bool {
        self.flush();
        let mut before = self.short.iter().rev();
        let last = before.find(|byte| !byte.is_ascii_alphanumeric() && **byte != b'#');
        last == Some(&b'&') || self.short.last() == Some(&b'<')
    }

    fn end_tag(&mut self) -> Option<()> {
        let name = self.name(self.at + 2);
        self.at = self.tag_end(self.at + 2 + name.len())?;
        if let Some(open) = self.open(name) {
            *open = open.saturating_sub(1);
        }
        Some(())
    }

    fn start_tag(&mut self) -> Option<()> {
        let name = self.name(self.at + 1);
        self.at = self.tag_end(self.at + 1 + name.len())?;
        let closes_itself = self.html[..self.at].ends_with(b"/>");
        let foreign = name.eq_ignore_ascii_case(b"svg") || name.eq_ignore_ascii_case(b"math");
        if let Some(open) = self.open(name)
            && !(foreign && closes_itself)
        {
            *open += 1;
        }
        let ends_alone = self.preformatted == 0 || !is_one_of(name, &BORDERS);
        if !ends_alone || name.eq_ignore_ascii_case(b"plaintext") {
            return None;
        }
        let has_html = self.svg + self.math > 0 && !closes_itself && is_one_of(name, &WITH_HTML);
        if has_html || is_one_of(name, &RAW_TEXT) {
            return self.raw_text(name);
        }
        Some(())
    }

    /// Goes to the end tag of an element whose content is text.
    ///
    /// Such content is markup after all in foreign elements, and `noscript`
    /// where scripts are off; and in scripts, a comment can hide an end tag
    /// (13.2.5.20). If the ways of reading it differ, nothing is known about
    /// the rest of the page.
    fn raw_text(&mut self, name: &[u8]) -> Option<()> {
        let start = self.at;
        let end = loop {
            let at = self.find(self.at, b"</")?;
            self.at = at + 2;
            if self.name(at + 2).eq_ignore_ascii_case(name) {
                break at;
            }
        };
        self.at = end;
        let content = &self.html[start..end];
        let foreign = self.svg + self.math > 0;
        let differs = foreign && content.contains(&b'<')
            || content.windows(4).any(|window| window == b"<!--");
        (!differs).then_some(())
    }

    /// The counter of an element that makes a difference.
    fn open(&mut self, name: &[u8]) -> Option<&mut usize> {
        let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
        if is(b"pre") || is(b"listing") {
            Some(&mut self.preformatted)
        } else if is(b"svg") {
            Some(&mut self.svg)
        } else if is(b"math") {
            Some(&mut self.math)
        } else if is(b"table") {
            Some(&mut self.tables)
        } else if is(b"template") {
            Some(&mut self.templates)
        } else {
            None
        }
    }

    /// The name of the tag that begins here.
    fn name(&self, from: usize) -> &'a [u8] {
        let html: &'a [u8] = self.html;
        let rest = &html[from..];
        let end = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// Where a tag ends, from the end of its name on (13.2.5.32 to 13.2.5.40).
    fn tag_end(&self, from: usize) -> Option<usize> {
        let html = self.html;
        let mut at = from;
        let skip_space = |at: &mut usize| {
            while html.get(*at).is_some_and(u8::is_ascii_whitespace) {
                *at += 1;
            }
        };
        loop {
            while html
                .get(at)
                .is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            {
                at += 1;
            }
            if *html.get(at)? == b'>' {
                return Some(at + 1);
            }
            // The name of an attribute; its first character may be `=`.
            at += 1;
            while !matches!(html.get(at)?, b'/' | b'>' | b'=') && !html[at].is_ascii_whitespace() {
                at += 1;
            }
            skip_space(&mut at);
            if html.get(at) != Some(&b'=') {
                continue;
            }
            at += 1;
            skip_space(&mut at);
            match *html.get(at)? {
                quote @ (b'"' | b'\'') => at = self.find(at + 1, &[quote])? + 1,
                b'>' => {}
                _ => {
                    while *html.get(at)? != b'>' && !html[at].is_ascii_whitespace() {
                        at += 1;
                    }
                }
            }
        }
    }

    fn find(&self, from: usize, what: &[u8]) -> Option<usize> {
        let rest = self.html.get(from..)?;
        let found = match what {
            [byte] => rest.iter().position(|other| other == byte),
            _ => rest.windows(what.len()).position(|window| window == what),
        };
        found.map(|at| from + at)
    }

    /// Leaves out what is between here and there.
    fn leave_out(&mut self, until: usize) {
        self.flush();
        self.copied = until;
    }

    fn flush(&mut self) {
        if self.copied < self.at {
            self.short
                .extend_from_slice(&self.html[self.copied..self.at]);
            self.copied = self.at;
        }
    }
}

fn is_one_of(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests;

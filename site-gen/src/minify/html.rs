//! HTML made short in one pass: of white space in a row the first character
//! stays, and comments go. Nothing else is touched, so that a reader of the
//! result sees what its author wrote.
//!
//! Left alone is all that stands in an element whose white space
//! counts (`pre`, `textarea`), whose content is not markup (`script`, `style`,
//! `title`…), or whose content is not HTML (`svg`, `math`); and comments that
//! say `[if`, or stand in a table or a template, where text goes to another place
//! if it is not white space alone (13.2.6.4.10). Where the meaning depends on
//! more than the tokenizer knows, the rest of the page is left alone.
//!
//! White space can also count by a style sheet (`white-space: pre`), which this
//! does not read; so it is the site that asks for it, with `minify_html`.

use std::ops::Range;

use crate::html::{self, AROUND_HTML, Kind, Scripting, Tag, Token, Tokens};

/// Elements from in which an end tag does not end what is around them
/// (13.2.4.2, 13.2.6.4.16).
const BORDERS: [&str; 6] = ["applet", "marquee", "object", "select", "table", "template"];

/// Makes a page short.
pub(crate) fn minify(html: &[u8]) -> Vec<u8> {
    // All that templates make is text.
    str::from_utf8(html).map_or_else(|_| html.to_vec(), |html| shortened(html).into_bytes())
}

fn shortened(html: &str) -> String {
    let mut page = Page {
        html,
        copied: 0,
        short: String::with_capacity(html.len()),
        space: false,
        is_foreign: false,
        raw: None,
        preformatted: 0,
        tables: 0,
        templates: 0,
    };
    let mut tokens = Tokens::new(html, Scripting::On);
    while let Some(token) = tokens.next() {
        page.is_foreign = tokens.is_foreign();
        if page.token(&token).is_none() {
            // The rest stays as it is.
            break;
        }
    }
    page.copy(html.len());
    page.short
}

struct Page<'h> {
    html: &'h str,
    /// Everything before this has been copied or left out.
    copied: usize,
    short: String,
    /// Whether the text so far ends with white space.
    space: bool,
    /// Whether it is in a drawing or a formula.
    is_foreign: bool,
    /// The element that has only text in it, or is not understood.
    raw: Option<&'h str>,
    /// How many elements of a kind are open.
    preformatted: usize,
    tables: usize,
    templates: usize,
}

impl<'h> Page<'h> {
    /// None if the rest is to be left alone.
    fn token(&mut self, token: &Token<'h>) -> Option<()> {
        let source = &self.html[token.at.clone()];
        if let Some(name) = self.raw {
            return self.raw_text(name, &token.kind, source);
        }
        match &token.kind {
            Kind::Text(_) if !self.is_verbatim() => {
                self.text(&token.at);
                return Some(());
            }
            Kind::Comment(said) if source.starts_with("<!--") => {
                self.comment(said, &token.at);
                return Some(());
            }
            Kind::Start(tag) => self.start_tag(tag)?,
            Kind::End(tag) => {
                if let Some(open) = self.open(tag) {
                    *open = open.saturating_sub(1);
                }
            }
            // In foreign content something else than in HTML; a tag without an end.
            Kind::Comment(said) if said.starts_with("[C") || said.starts_with("[c") => return None,
            Kind::Nothing if source != "</>" => return None,
            _ => {}
        }
        self.space = false;
        Some(())
    }

    const fn is_verbatim(&self) -> bool {
        self.is_foreign || self.preformatted > 0
    }

    fn text(&mut self, at: &Range<usize>) {
        let text = self.html[at.clone()].as_bytes();
        let is_space = u8::is_ascii_whitespace;
        let run = |from: usize| {
            let end = text[from..].iter().position(|byte| !is_space(byte));
            from..end.map_or(text.len(), |end| from + end)
        };
        let mut left_out = if self.space { run(0) } else { 0..0 };
        loop {
            self.leave_out(at.start + left_out.start..at.start + left_out.end);
            let rest = &text[left_out.end..];
            let mut pairs = rest.windows(2);
            let pair = pairs.position(|pair| is_space(&pair[0]) && is_space(&pair[1]));
            let Some(pair) = pair else { break };
            left_out = run(left_out.end + pair + 1);
        }
        self.space = text.last().map_or(self.space, is_space);
    }

    /// A comment goes, but not from where its neighbours would become something
    /// else together.
    fn comment(&mut self, said: &str, at: &Range<usize>) {
        let said = said.trim_ascii_start();
        let conditional = said.starts_with("[if") || said.starts_with("<![endif");
        let kept = conditional || self.is_verbatim() || self.tables + self.templates > 0;
        self.copy(at.start);
        if kept || self.is_in_the_middle() {
            self.space = false;
        } else {
            self.leave_out(at.clone());
        }
    }

    /// Whether the text so far ends with what may be the first half of a tag or
    /// a character reference.
    fn is_in_the_middle(&self) -> bool {
        let mut before = self.short.bytes().rev();
        let last = before.find(|byte| !byte.is_ascii_alphanumeric() && *byte != b'#');
        last == Some(b'&') || self.short.ends_with('<')
    }

    fn start_tag(&mut self, tag: &Tag<'h>) -> Option<()> {
        if let Some(open) = self.open(tag) {
            *open += 1;
        }
        let ends_alone = self.preformatted == 0 || !tag.is_one_of(&BORDERS);
        if !ends_alone || tag.is("plaintext") {
            return None;
        }
        // What ends these in foreign elements depends on what is open inside.
        let has_html = self.is_foreign && !tag.closes_itself() && tag.is_one_of(&AROUND_HTML);
        if has_html || html::has_no_tags(tag.name(), Scripting::On) {
            self.raw = Some(tag.name());
        }
        Some(())
    }

    /// What is in an element whose content is text, and its end.
    ///
    /// Such content is markup after all in foreign elements, and `noscript`
    /// where scripts are off; and in scripts, a comment can hide an end tag
    /// (13.2.5.20). If the ways of reading it differ, nothing is known about
    /// the rest of the page.
    fn raw_text(&mut self, name: &str, kind: &Kind<'h>, source: &str) -> Option<()> {
        match kind {
            Kind::End(tag) if tag.is(name) => self.raw = None,
            Kind::Text(_) | Kind::Verbatim(_) => {
                let differs = self.is_foreign && source.contains('<') || source.contains("<!--");
                return (!differs).then_some(());
            }
            _ => return None,
        }
        self.space = false;
        Some(())
    }

    /// The counter of an element that makes a difference.
    fn open(&mut self, tag: &Tag<'h>) -> Option<&mut usize> {
        if tag.is_one_of(&["pre", "listing"]) {
            Some(&mut self.preformatted)
        } else if tag.is("table") {
            Some(&mut self.tables)
        } else if tag.is("template") {
            Some(&mut self.templates)
        } else {
            None
        }
    }

    /// Leaves out what is here.
    fn leave_out(&mut self, at: Range<usize>) {
        self.copy(at.start);
        self.copied = at.end;
    }

    /// Copies what comes before a place.
    fn copy(&mut self, until: usize) {
        self.short.push_str(&self.html[self.copied..until]);
        self.copied = until;
    }
}

#[cfg(test)]
mod tests;

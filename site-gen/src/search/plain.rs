//! The text of a page as Zola's indexes have it: HTML without its tags, and text
//! that is still HTML, with `&amp;` for an ampersand.
//!
//! What is no text to read has none: scripts, styles, blocks of code, drawings and
//! formulas. Tags are told from text by the tokenizer of the HTML standard (13.2.5).

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Elements that are left out with what is in them.
const LEFT_OUT: [&str; 6] = ["script", "style", "pre", "svg", "math", "template"];

/// Text without tags, its lines trimmed and none of them empty.
pub(crate) fn text(html: &str) -> String {
    let sink = Sink::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // It would stop where the sink asks for that.
    _ = tokenizer.feed(&input);
    tokenizer.end();
    squeeze(&tokenizer.sink.text.into_inner())
}

/// What is read so far.
#[derive(Default)]
struct Sink {
    text: RefCell<String>,
    /// The element that is left out, and how many of its name are open.
    left_out: Cell<Option<(&'static str, usize)>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(characters) if self.left_out.get().is_none() => {
                escape(&characters, &mut self.text.borrow_mut());
            }
            Token::TagToken(tag) => return self.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Sink {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let is_start = tag.kind == TagKind::StartTag;
        if let Some((of, open)) = self.left_out.get() {
            if of == name && !closes_itself(tag) {
                let open = if is_start { open + 1 } else { open - 1 };
                self.left_out.set((open > 0).then_some((of, open)));
            }
            // In drawings and formulas, nothing has a text without tags in it.
            return match matches!(of, "svg" | "math") || !is_start {
                true => TokenSinkResult::Continue,
                false => raw(name),
            };
        }
        if !is_start {
            return TokenSinkResult::Continue;
        }
        let left_out = LEFT_OUT.iter().find(|left_out| **left_out == name);
        if let Some(left_out) = left_out.filter(|_| !closes_itself(tag)) {
            self.left_out.set(Some((left_out, 1)));
        }
        raw(name)
    }
}

/// Elements that are no HTML may have no end.
fn closes_itself(tag: &Tag) -> bool {
    tag.self_closing && matches!(&*tag.name, "svg" | "math")
}

/// Of some elements, all up to their end is text (13.2.6.2).
fn raw(name: &str) -> TokenSinkResult<()> {
    match name {
        "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

/// Writes text as HTML has it (13.3).
fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            other => html.push(other),
        }
    }
}

/// One space or line end in place of several.
fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for line in text.lines() {
        for (number, word) in line.split_whitespace().enumerate() {
            if number > 0 {
                squeezed.push(' ');
            } else if !squeezed.is_empty() {
                squeezed.push('\n');
            }
            squeezed.push_str(word);
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_what_zola_makes_of_it() {
        for (html, expected) in [
            (
                "<h1>Head</h1>\n<p>Para one-two<br>three. </p>\n\n<p>b</p>\n",
                "Head\nPara one-twothree.\nb",
            ),
            (
                "a<script>if (1 < 2) { '<pre>' }</script>b<style>p{}</style>c<!-- d -->e",
                "abce",
            ),
            ("<pre>pre <b>bold</b></pre><code>code</code>", "code"),
            (
                "<svg><text>t<style>x</text></svg>y<svg/>z<math><mi>m</mi></math>",
                "yz",
            ),
            ("<template>a<template>b</template>c</template>d", "d"),
            (
                "<noscript>n <b>x</b></noscript><title>t <b></title>",
                "n &lt;b&gt;x&lt;/b&gt;t &lt;b&gt;",
            ),
            (
                "a&nbsp;b &lt;&gt;&quot;&eacute;&#x41; AT&T &unknown; <img alt=\"alt\">end",
                "a&nbsp;b &lt;&gt;\"éA AT&amp;T &amp;unknown; end",
            ),
            (
                "<div>\n<p>x  y\ttab  </p>\n<pre>p</pre>\n<p>\u{a0}</p>\n<p>z\n   lead</p>",
                "x y tab\n&nbsp;\nz\nlead",
            ),
            ("", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_no_tag_is_left(
            html in "(</?(p|b|pre|svg|script|style|title|noscript|template|textarea|plaintext)/?>|&|<|&lt;|[a-z >é]|<!--|-->|\r){0,30}",
        ) {
            prop_assert!(!text(&html).contains(['<', '>']));
        }
    }
}

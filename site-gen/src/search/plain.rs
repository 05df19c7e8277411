//! The text of a page as Zola's indexes have it: HTML without its tags, and text
//! that is still HTML, with `&amp;` for an ampersand.
//!
//! What is no text to read has none: scripts, styles, blocks of code, drawings and
//! formulas.

use crate::html::{self, In, Kind, Scripting, Tokens};

/// Elements that are left out with what is in them.
const LEFT_OUT: [&str; 6] = ["script", "style", "pre", "svg", "math", "template"];

/// Text without tags, its lines trimmed and none of them empty.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for token in html::outside(Tokens::new(html, Scripting::On), &LEFT_OUT) {
        match token.kind {
            Kind::Text(own) => escape(&html::decode(own, In::Text), &mut text),
            Kind::Verbatim(own) => escape(own, &mut text),
            _ => {}
        }
    }
    squeeze(&text)
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

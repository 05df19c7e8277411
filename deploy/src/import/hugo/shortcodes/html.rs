//! HTML that templates printed, written so that markdown leaves it alone: a
//! block has no empty lines, and what begins with no block is made one by a
//! comment (CommonMark 0.31, 4.6); between words, signs of markdown are written
//! as characters' numbers.

use super::next_call;

/// Where a call stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Alone in its lines, at the start of them.
    Block,
    /// The same, in a list or a quote.
    IndentedBlock,
    Words,
}

/// Elements that begin a block of HTML (CommonMark 0.31, 4.6, condition 6).
const BLOCKS: [&str; 40] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "iframe",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tr",
    "ul",
];

/// Whether HTML begins a block.
pub(super) fn is_block(text: &str) -> bool {
    let text = text.trim_start();
    let name = text.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next();
    let name = name.unwrap_or_default().to_lowercase();
    text.starts_with('<') && BLOCKS.contains(&name.as_str())
}

/// Whether a text begins with a tag, and not with an address between `<` and `>`.
pub(super) fn is_html(text: &str) -> bool {
    let Some(tag) = text.trim_start().strip_prefix('<') else {
        return false;
    };
    let name = tag.strip_prefix('/').unwrap_or(tag);
    let behind = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && behind.starts_with(|c: char| c.is_whitespace() || "/>".contains(c))
}

/// HTML as blocks: one, if no script or style sheet is in it whose lines would
/// be put together.
pub(super) fn block(text: &str, place: Place) -> String {
    let text = text.trim();
    if is_block(text) {
        return one_block(text, place);
    }
    let parts = parts(text).into_iter().map(|part| match has_code(part) {
        true => part.to_owned(),
        false => one_block(part, place),
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

/// Whether a script or a style sheet is in HTML.
pub(super) fn has_code(text: &str) -> bool {
    text.contains("<script") || text.contains("<style")
}

/// Scripts and style sheets, which are blocks that may have empty lines
/// (condition 1), and what is between them.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = ["<script", "<style"]
        .iter()
        .filter_map(|tag| rest.find(tag))
        .min()
    {
        parts.push(&rest[..start]);
        rest = &rest[start..];
        let close = match rest.starts_with("<script") {
            true => "</script>",
            false => "</style>",
        };
        let end = rest.find(close).map_or(rest.len(), |at| at + close.len());
        parts.push(&rest[..end]);
        rest = &rest[end..];
    }
    parts.push(rest);
    let parts = parts.into_iter().map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

/// HTML without the empty lines that would end its block.
fn one_block(text: &str, place: Place) -> String {
    let is_block = is_block(text);
    let mut out = String::with_capacity(text.len());
    if !is_block {
        out.push_str("<!---->");
    }
    let keeps_lines = is_block && place == Place::Block;
    let mut in_pre = false;
    for (number, line) in text.lines().enumerate() {
        let line = match in_pre {
            true => line,
            false => line.trim(),
        };
        let was_in_pre = in_pre;
        let ends = line.rfind("</pre") > line.rfind("<pre");
        in_pre = (in_pre || line.contains("<pre")) && !ends;
        if number > 0 {
            match (was_in_pre, line.trim().is_empty()) {
                (true, is_empty) if is_empty || !keeps_lines => out.push_str("&#10;"),
                (false, true) => continue,
                _ => out.push(if keeps_lines { '\n' } else { ' ' }),
            }
        }
        out.push_str(line);
    }
    out
}

/// HTML between words, whose text is no markdown.
pub(super) fn among(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_tag = false;
    let mut was_space = false;
    for c in text.chars() {
        let is_space = c.is_whitespace();
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        match c {
            _ if is_space && was_space => {}
            _ if is_space => out.push(' '),
            '*' | '_' | '`' | '[' | ']' | '~' | '^' | '$' | '\\' | '|' | ':' | '"' | '\'' | '{'
                if !in_tag =>
            {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            c => out.push(c),
        }
        was_space = is_space;
    }
    out
}

/// A text that calls no shortcode.
pub(super) fn without_calls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = next_call(text, at, text.len()) {
        out.push_str(&text[at..found]);
        out.push_str("&#123;");
        at = found + 1;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_no_empty_lines() {
        for (text, expected) in [
            ("<div>\n\n  a\n</div>", "<div>\na\n</div>"),
            ("<pre>a\n\n b</pre>", "<!----><pre>a&#10;&#10; b</pre>"),
            (
                "<div><pre>a\n\n b</pre></div>",
                "<div><pre>a&#10;\n b</pre></div>",
            ),
            ("<b>\n\na</b>", "<!----><b> a</b>"),
            (
                "<div><pre>a\n  \n    b</pre></div>",
                "<div><pre>a&#10;  \n    b</pre></div>",
            ),
            (
                "<i>x</i>\n<script>\n// a\n\nb()</script>\n<div>c</div>",
                "<!----><i>x</i>\n\n<script>\n// a\n\nb()</script>\n\n<div>c</div>",
            ),
            ("<style>\na {}", "<style>\na {}"),
        ] {
            assert_eq!(block(text, Place::Block), expected, "{text}");
        }
        assert_eq!(block("<p>\na</p>", Place::IndentedBlock), "<p> a</p>");
    }

    #[test]
    fn tags_are_html() {
        for text in ["<ul>", "\n <b class=\"c\">", "</x-y>", "<br/>"] {
            assert!(is_html(text), "{text}");
        }
        for text in [
            "a <b>",
            "<https://a.example/>",
            "<a@b.example>",
            "<!-- c -->",
            "< b",
        ] {
            assert!(!is_html(text), "{text}");
        }
    }

    #[test]
    fn words_are_no_markdown() {
        assert_eq!(
            among("<a href=\"/a_b\">a_b\n *c*</a>"),
            "<a href=\"/a_b\">a&#95;b &#42;c&#42;</a>"
        );
        assert_eq!(without_calls("{{ a() }} {{ b }}"), "&#123;{ a() }} {{ b }}");
    }
}

//! Alerts, as in `> [!NOTE]`: each begins with a paragraph that says of which kind it
//! is, as GitHub has it. Who reads a feed, or listens, has no style sheet that could.
//!
//! The word is the translation `alert-note` in the language of the page, or else
//! English.

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use super::Located;
use crate::url::escape_text;

/// The kinds, the keys of their words, and these in English.
const KINDS: [(BlockQuoteKind, &str, &str); 5] = [
    (BlockQuoteKind::Note, "alert-note", "Note"),
    (BlockQuoteKind::Tip, "alert-tip", "Tip"),
    (BlockQuoteKind::Important, "alert-important", "Important"),
    (BlockQuoteKind::Warning, "alert-warning", "Warning"),
    (BlockQuoteKind::Caution, "alert-caution", "Caution"),
];

/// Gives each alert its title. `word` tells the word for a key, if there is one.
pub(super) fn title<E>(
    events: &mut Vec<Located<'_>>,
    word: &dyn Fn(&str, &str) -> Result<String, E>,
) -> Result<(), E> {
    let mut at = 0;
    while let Some((event, span)) = events.get(at) {
        at += 1;
        let Event::Start(Tag::BlockQuote(Some(kind))) = event else {
            continue;
        };
        let Some((_, key, english)) = KINDS.iter().find(|(known, ..)| known == kind) else {
            continue;
        };
        let word = escape_text(&word(key, english)?);
        let title = format!("<p class=\"markdown-alert-title\">{word}</p>\n");
        let span = span.start..span.start;
        events.insert(at, (Event::Html(title.into()), span));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::render_text;

    #[test]
    fn alerts_say_of_which_kind_they_are() {
        let rendered = render_text("> [!NOTE]\n> One *two*\n\n> [!Tip]\n\n> three\n").unwrap();
        assert_eq!(
            rendered.html,
            "<blockquote class=\"markdown-alert-note\">\n\
             <p class=\"markdown-alert-title\">Note</p>\n<p>One <em>two</em></p>\n</blockquote>\n\
             <blockquote class=\"markdown-alert-tip\">\n\
             <p class=\"markdown-alert-title\">Tip</p>\n</blockquote>\n\
             <blockquote>\n<p>three</p>\n</blockquote>\n"
        );
        assert_eq!(rendered.words, 3, "what nobody wrote is not counted");
    }
}

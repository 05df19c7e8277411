//! Quotations that begin with their kind, as in `> [!NOTE]`. A kind may have a
//! title in Hugo, or be any word; here it is one of GitHub's, and stands alone.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::super::report::{Report, Topic};
use super::document::Document;
use super::rewritten::Rewritten;

/// The kinds that there are.
const KINDS: [&str; 5] = ["caution", "important", "note", "tip", "warning"];

/// Writes a title as the first paragraph of its quotation; tells of other kinds.
pub(super) fn adapt(
    text: &Rewritten,
    events: &[(Event<'_>, Range<usize>)],
    document: &Document,
    report: &mut Report,
) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    for (event, span) in events {
        if !matches!(event, Event::Start(Tag::BlockQuote(None))) {
            continue;
        }
        let Some(head) = Head::of(&text.text, span) else {
            continue;
        };
        if KINDS.contains(&head.kind.to_lowercase().as_str()) {
            let new = head.written();
            edits.push((head.range, new));
        } else {
            let what = format!("a quotation of the kind `{}`", head.kind);
            let advice = "its kind is shown as it is written; `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` and `[!CAUTION]` are known";
            let line = text.line(span.start);
            report.note(Topic::Text, &document.file, line, what, advice);
        }
    }
    edits
}

/// Tells of quotations that become remarks, where no template made some of them.
pub(super) fn tell(
    text: &Rewritten,
    events: &[(Event<'_>, Range<usize>)],
    document: &Document,
    report: &mut Report,
) {
    for (event, span) in events {
        if matches!(event, Event::Start(Tag::BlockQuote(Some(_)))) {
            let what = "a quotation that begins with its kind, which no template drew";
            let advice = "it is a remark now; put a backslash before `[!` if it is to be words";
            let line = text.line(span.start);
            report.note(Topic::Text, &document.file, line, what, advice);
        }
    }
}

/// The first line of a quotation.
struct Head<'a> {
    kind: &'a str,
    title: &'a str,
    /// What stands before it in its line.
    prefix: &'a str,
    /// Kind and title.
    range: Range<usize>,
}

impl<'a> Head<'a> {
    fn of(text: &'a str, span: &Range<usize>) -> Option<Self> {
        let line = text[span.clone()].lines().next()?;
        let inside = line.trim_start_matches(['>', ' ']);
        let (kind, rest) = inside.strip_prefix("[!")?.split_once(']')?;
        let is_kind = !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '-');
        // Signs that fold it.
        let title = rest.trim_start_matches(['+', '-']).trim();
        let start = span.start + line.len() - inside.len();
        let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
        is_kind.then(|| Self {
            kind,
            title,
            prefix: &text[line_start..start],
            range: start..span.start + line.trim_end().len(),
        })
    }

    /// The kind alone, and the title below it.
    fn written(&self) -> String {
        let kind = format!("[!{}]", self.kind.to_uppercase());
        let (prefix, end) = (self.prefix, self.prefix.trim_end());
        match self.title {
            "" => kind,
            title => format!("{kind}\n{prefix}**{title}**\n{end}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Options, Parser};

    use super::*;

    #[test]
    fn titles_are_paragraphs() {
        let pairs = [
            (
                "> [!NOTE] A *title*\n> text\n",
                "> [!NOTE]\n> **A *title***\n>\n> text\n",
            ),
            ("> [!note]+\n> text\n", "> [!NOTE]\n> text\n"),
        ];
        for (old, expected) in pairs {
            let events: Vec<_> = Parser::new_ext(old, Options::ENABLE_GFM)
                .into_offset_iter()
                .collect();
            let (_, span) = &events[0];
            let head = Head::of(old, span).expect("a kind");
            let new = head.written();
            let mut text = old.to_owned();
            text.replace_range(head.range, &new);
            assert_eq!(text, expected);
        }
        for other in ["> [a] b\n", "> [!] b\n", "> b\n", "> [!a b]\n"] {
            assert!(Head::of(other, &(0..other.len())).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(>|\\[!|\\]|\\+|-|é|NOTE|`|\n| ){0,20}") {
            for (event, span) in Parser::new_ext(&text, Options::ENABLE_GFM).into_offset_iter() {
                if matches!(event, Event::Start(Tag::BlockQuote(_))) {
                    let _ = Head::of(&text, &span).map(|head| head.written());
                }
            }
        }
    }
}

//! Footnotes: numbered in the order they are referred to, gathered at the end
//! of the page as a list, each with links back to where it was referred to.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Located;

/// Moves the notes to the end, and takes note of the anchors.
pub(super) fn gather(events: &mut Vec<Located<'_>>, anchors: &mut BTreeSet<String>) {
    let mut notes = take_definitions(events);
    if notes.is_empty() {
        return;
    }
    let mut numbers = Numbers::default();
    refer(events, &notes, &mut numbers);
    // A note may refer to others, which come after it then.
    let mut gathered: Vec<Located<'_>> = Vec::new();
    let mut next = 0;
    while let Some(name) = numbers.order.get(next).cloned() {
        next += 1;
        let mut body = notes.remove(&name).unwrap_or_default();
        notes.insert(name.clone(), Vec::new());
        refer(&mut body, &notes, &mut numbers);
        gathered.push(html(format!(
            "<li class=\"footnote-definition\" id=\"fn-{next}\">\n"
        )));
        gathered.append(&mut body);
        gathered.push(html("</li>\n".to_owned()));
    }
    add_backlinks(&mut gathered, &numbers);
    for (index, count) in numbers.counts.iter().enumerate() {
        anchors.insert(format!("fn-{}", index + 1));
        anchors.extend((1..=*count).map(|nth| reference_id(index + 1, nth)));
    }
    if !gathered.is_empty() {
        events.push(html("<section class=\"footnotes\">\n<ol>\n".to_owned()));
        events.append(&mut gathered);
        events.push(html("</ol>\n</section>\n".to_owned()));
    }
}

/// Which note has which number.
#[derive(Default)]
struct Numbers {
    /// Names, in the order they were first referred to.
    order: Vec<String>,
    /// How often each was referred to.
    counts: Vec<usize>,
}

impl Numbers {
    /// The number of a note, and which reference to it this is.
    fn refer(&mut self, name: &str) -> (usize, usize) {
        let index = self
            .order
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| {
                self.order.push(name.to_owned());
                self.counts.push(0);
                self.order.len() - 1
            });
        self.counts[index] += 1;
        (index + 1, self.counts[index])
    }
}

/// The definitions, taken out of the text.
fn take_definitions<'a>(events: &mut Vec<Located<'a>>) -> BTreeMap<String, Vec<Located<'a>>> {
    let mut notes: BTreeMap<String, Vec<Located<'a>>> = BTreeMap::new();
    let mut rest = Vec::with_capacity(events.len());
    let mut inside: Option<String> = None;
    for (event, span) in mem::take(events) {
        match (&event, &inside) {
            (Event::Start(Tag::FootnoteDefinition(name)), None) => {
                notes.entry(name.to_string()).or_default();
                inside = Some(name.to_string());
            }
            (Event::End(TagEnd::FootnoteDefinition), Some(_)) => inside = None,
            (_, Some(name)) => notes.entry(name.clone()).or_default().push((event, span)),
            (_, None) => rest.push((event, span)),
        }
    }
    *events = rest;
    notes
}

fn refer(
    events: &mut [Located<'_>],
    notes: &BTreeMap<String, Vec<Located<'_>>>,
    numbers: &mut Numbers,
) {
    for (event, _) in events {
        let Event::FootnoteReference(name) = event else {
            continue;
        };
        if !notes.contains_key(name.as_ref()) {
            continue;
        }
        let (number, nth) = numbers.refer(name);
        let id = reference_id(number, nth);
        let link = format!(
            "<sup class=\"footnote-reference\" id=\"{id}\"><a href=\"#fn-{number}\">{number}</a></sup>"
        );
        *event = Event::InlineHtml(link.into());
    }
}

/// Puts the links back at the end of each note, in its last paragraph.
fn add_backlinks(events: &mut Vec<Located<'_>>, numbers: &Numbers) {
    let mut number = 0;
    let mut linked = Vec::with_capacity(events.len());
    for (event, span) in mem::take(events) {
        let ends = matches!(&event, Event::Html(text) if text.as_ref() == "</li>\n");
        if ends {
            number += 1;
            let links: String = (1..=numbers.counts[number - 1])
                .map(|nth| {
                    format!(
                        " <a href=\"#{}\" aria-label=\"Back to the text\">↩</a>",
                        reference_id(number, nth)
                    )
                })
                .collect();
            let at = match linked.last() {
                Some((Event::End(TagEnd::Paragraph), _)) => linked.len() - 1,
                _ => linked.len(),
            };
            linked.insert(at, (Event::InlineHtml(links.into()), span.clone()));
        }
        linked.push((event, span));
    }
    *events = linked;
}

fn reference_id(number: usize, nth: usize) -> String {
    if nth == 1 {
        format!("fr-{number}")
    } else {
        format!("fr-{number}-{nth}")
    }
}

fn html(text: String) -> Located<'static> {
    (Event::Html(text.into()), 0..0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::render_text;

    #[test]
    fn notes_are_numbered_as_they_are_referred_to() {
        let text = "A[^z] b[^a] c[^z].\n\n[^a]: First, see[^more].\n[^z]: Last.\n[^more]: More.\n[^unused]: No.\n\nEnd.";
        let rendered = render_text(text).unwrap();
        let html = &rendered.html;
        assert!(
            html.contains("id=\"fr-1-2\"><a href=\"#fn-1\">1</a>"),
            "{html}"
        );
        let notes = html.split_once("<section").unwrap().1;
        let order: Vec<_> = ["Last.", "First, see", "More."]
            .iter()
            .map(|note| notes.find(note).unwrap())
            .collect();
        assert!(order.is_sorted(), "{html}");
        assert!(!html.contains("No."), "{html}");
        assert!(
            html.contains(
                "Last. <a href=\"#fr-1\" aria-label=\"Back to the text\">↩</a> <a href=\"#fr-1-2\""
            ),
            "{html}"
        );
        assert!(rendered.anchors.contains("fn-3") && rendered.anchors.contains("fr-1-2"));
    }

    #[test]
    fn notes_in_a_circle_end() {
        let rendered = render_text("A[^a].\n\n[^a]: To[^b].\n\n[^b]: And back[^a].\n").unwrap();
        assert_eq!(rendered.html.matches("<li").count(), 2, "{}", rendered.html);
    }
}

//! Footnotes: numbered in the order they are referred to, gathered at the end
//! of the page as a list, each with links back to where it was referred to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Located;

/// Moves the notes to the end, and takes note of the anchors.
pub(super) fn gather(events: &mut Vec<Located<'_>>, anchors: &mut BTreeSet<String>) {
    let is_note = |event: &Event<'_>| matches!(event, Event::Start(Tag::FootnoteDefinition(_)));
    if !events.iter().any(|(event, _)| is_note(event)) {
        return;
    }
    let mut notes = take_definitions(events);
    let mut numbers = Numbers::default();
    refer(events, &notes, &mut numbers);
    // A note may refer to others, which come after it then.
    let mut bodies: Vec<Vec<Located<'_>>> = Vec::new();
    while let Some(name) = numbers.order.get(bodies.len()) {
        let mut body = notes.insert(name.clone(), Vec::new()).unwrap_or_default();
        refer(&mut body, &notes, &mut numbers);
        bodies.push(body);
    }
    for (index, count) in numbers.counts.iter().enumerate() {
        anchors.insert(format!("fn-{}", index + 1));
        anchors.extend((1..=*count).map(|nth| reference_id(index + 1, nth)));
    }
    if bodies.is_empty() {
        return;
    }
    events.push(html("<section class=\"footnotes\">\n<ol>\n".to_owned()));
    for (index, mut body) in bodies.into_iter().enumerate() {
        let number = index + 1;
        add_backlinks(&mut body, number, numbers.counts[index]);
        events.push(html(format!(
            "<li class=\"footnote-definition\" id=\"fn-{number}\">\n"
        )));
        events.append(&mut body);
        events.push(html("</li>\n".to_owned()));
    }
    events.push(html("</ol>\n</section>\n".to_owned()));
}

/// Which note has which number.
#[derive(Default)]
struct Numbers {
    /// Names, in the order they were first referred to.
    order: Vec<String>,
    /// Where each stands among them.
    indices: HashMap<String, usize>,
    /// How often each was referred to.
    counts: Vec<usize>,
}

impl Numbers {
    /// The number of a note, and which reference to it this is.
    fn refer(&mut self, name: &str) -> (usize, usize) {
        let index = self.indices.get(name).copied().unwrap_or_else(|| {
            let next = self.order.len();
            self.indices.insert(name.to_owned(), next);
            self.order.push(name.to_owned());
            self.counts.push(0);
            next
        });
        self.counts[index] += 1;
        (index + 1, self.counts[index])
    }
}

/// The definitions, taken out of the text, and out of each other.
fn take_definitions<'a>(events: &mut Vec<Located<'a>>) -> BTreeMap<String, Vec<Located<'a>>> {
    let mut notes: BTreeMap<String, Vec<Located<'a>>> = BTreeMap::new();
    let mut rest = Vec::with_capacity(events.len());
    let mut open: Vec<(String, Vec<Located<'a>>)> = Vec::new();
    for (event, span) in mem::take(events) {
        match event {
            Event::Start(Tag::FootnoteDefinition(name)) => {
                open.push((name.to_string(), Vec::new()));
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                if let Some((name, mut body)) = open.pop() {
                    notes.entry(name).or_default().append(&mut body);
                }
            }
            event => match open.last_mut() {
                Some((_, body)) => body.push((event, span)),
                None => rest.push((event, span)),
            },
        }
    }
    *events = rest;
    notes
}

/// What a reference begins with.
const REFERENCE: &str = "<sup class=\"footnote-reference\" id=\"";

/// A summary without references: the notes stand on the page that goes on.
pub(super) fn without_references(html: &str) -> Cow<'_, str> {
    let mut left = Cow::Borrowed("");
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(REFERENCE) {
        let Some((_, behind)) = after.split_once("</sup>") else {
            break;
        };
        left += before;
        rest = behind;
    }
    left += rest;
    left
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
        let link = format!("{REFERENCE}{id}\"><a href=\"#fn-{number}\">{number}</a></sup>");
        *event = Event::InlineHtml(link.into());
    }
}

/// Puts the links back at the end of a note, in its last paragraph.
fn add_backlinks(body: &mut Vec<Located<'_>>, number: usize, count: usize) {
    let links: String = (1..=count)
        .map(|nth| {
            format!(
                " <a href=\"#{}\" aria-label=\"Back to the text\">↩</a>",
                reference_id(number, nth)
            )
        })
        .collect();
    let at = match body.last() {
        Some((Event::End(TagEnd::Paragraph), _)) => body.len() - 1,
        _ => body.len(),
    };
    body.insert(at, (Event::InlineHtml(links.into()), 0..0));
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
    use std::time::Instant;

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

    #[test]
    fn an_author_s_own_list_in_a_note_is_only_a_list() {
        let list = "    <ol>\n    <li>x\n    </li>\n    </ol>\n";
        let text = format!("a[^1] b[^2]\n\n[^1]: n\n\n{list}\n[^2]: m\n");
        let html = render_text(&text).unwrap().html;
        let notes = html.split_once("<section").unwrap().1;
        assert!(
            notes.contains("<li>x\n</li>\n</ol>\n <a href=\"#fr-1\""),
            "{notes}"
        );
        assert!(notes.contains("<p>m <a href=\"#fr-2\""), "{notes}");
        assert_eq!(notes.matches("↩").count(), 2, "{notes}");
    }

    #[test]
    fn a_note_may_stand_in_another() {
        let text = "a[^1] b[^2]\n\n[^1]: n\n\n    > [^2]: m\n\n    end\n\nText.\n";
        let html = render_text(text).unwrap().html;
        let (above, notes) = html.split_once("<section").unwrap();
        assert!(above.ends_with("<p>Text.</p>\n"), "{html}");
        assert!(notes.contains("<p>end <a href=\"#fr-1\""), "{html}");
        assert!(notes.contains("<p>m <a href=\"#fr-2\""), "{html}");
    }

    /// Where each reference was compared with all names, this took minutes.
    #[test]
    fn notes_are_many() {
        let started = Instant::now();
        let references: String = (0..20_000).map(|n| format!("a[^{n}]\n")).collect();
        let notes: String = (0..20_000).map(|n| format!("[^{n}]: n\n\n")).collect();
        let rendered = render_text(&format!("{references}\n{notes}")).unwrap();
        assert_eq!(rendered.html.matches("↩").count(), 20_000);
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }
}

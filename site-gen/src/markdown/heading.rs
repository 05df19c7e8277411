//! Headings: each gets an anchor, and together they are the table of contents.

pub(super) mod attributes;

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::shortcode::Shortcodes;
use super::{Located, Rendered};
use crate::front_matter::AnchorLinks;
use crate::url::{escape, slugify};

/// A heading, and those of a lower rank below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: u8,
    pub(crate) id: String,
    /// Its text, without markup.
    pub(crate) title: String,
    pub(crate) children: Vec<Self>,
}

/// Gives every heading an anchor and takes note of it.
pub(super) fn add_anchors(
    events: &mut Vec<Located<'_>>,
    links: AnchorLinks,
    shortcodes: Option<&Shortcodes>,
    rendered: &mut Rendered,
    mark: &mut dyn FnMut(&mut Rendered, &Heading) -> Option<String>,
) {
    // Those that authors chose are taken first, so that none moves them.
    for (event, _) in events.iter() {
        if let Event::Start(Tag::Heading { id: Some(id), .. }) = event {
            rendered.anchors.insert(id.to_string());
        }
    }
    let mut flat = Vec::new();
    let mut numbers = HashMap::new();
    let mut changed = Vec::with_capacity(events.len());
    let mut rest = mem::take(events).into_iter();
    while let Some((mut event, span)) = rest.next() {
        let Event::Start(Tag::Heading { level, id, .. }) = &mut event else {
            changed.push((event, span));
            continue;
        };
        let inside: Vec<Located<'_>> = rest
            .by_ref()
            .take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Heading(_))))
            .collect();
        let title = text_of(&inside);
        let title = match shortcodes {
            Some(shortcodes) => shortcodes.leave_out(title),
            None => title,
        };
        let anchor = match id {
            Some(id) => id.to_string(),
            None => unique(slugify(&title), &mut numbers, &mut rendered.anchors),
        };
        *id = Some(CowStr::from(anchor.clone()));
        let end = Event::End(TagEnd::Heading(*level));
        let heading = Heading {
            level: *level as u8,
            id: anchor,
            title,
            children: Vec::new(),
        };
        changed.push((event, span.clone()));
        let own = match links {
            AnchorLinks::Left | AnchorLinks::Right => mark(rendered, &heading),
            AnchorLinks::None | AnchorLinks::Heading => None,
        };
        push_linked(&mut changed, inside, links, (&heading, own), &span);
        flat.push(heading);
        changed.push((end, span));
    }
    *events = changed;
    rendered.headings = nest(&mut flat.into_iter().peekable(), 0);
}

fn push_linked<'a>(
    events: &mut Vec<Located<'a>>,
    inside: Vec<Located<'a>>,
    links: AnchorLinks,
    (heading, own): (&Heading, Option<String>),
    span: &Range<usize>,
) {
    let html = |html: String| (Event::InlineHtml(html.into()), span.clone());
    let anchor = escape(&heading.id);
    let mark = || {
        let usual = || {
            format!(
                "<a class=\"anchor\" href=\"#{anchor}\" aria-label=\"Link to: {}\">#</a>",
                escape(&heading.title)
            )
        };
        html(own.unwrap_or_else(usual))
    };
    match links {
        AnchorLinks::None => events.extend(inside),
        AnchorLinks::Left => {
            events.push(mark());
            events.extend(inside);
        }
        AnchorLinks::Right => {
            events.extend(inside);
            events.push(mark());
        }
        AnchorLinks::Heading => {
            events.push(html(format!("<a class=\"anchor\" href=\"#{anchor}\">")));
            events.extend(inside);
            events.push(html("</a>".to_owned()));
        }
    }
}

fn text_of(events: &[Located<'_>]) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(part) | Event::Code(part) | Event::InlineMath(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// The slug, or the slug with the first number that makes it new. `numbers` says
/// for each slug which one was tried last.
fn unique(
    slug: String,
    numbers: &mut HashMap<String, usize>,
    taken: &mut BTreeSet<String>,
) -> String {
    let slug = if slug.is_empty() {
        "section".to_owned()
    } else {
        slug
    };
    if taken.insert(slug.clone()) {
        return slug;
    }
    let number = numbers.entry(slug.clone()).or_default();
    loop {
        *number += 1;
        let numbered = format!("{slug}-{number}");
        if taken.insert(numbered.clone()) {
            return numbered;
        }
    }
}

/// Turns a list of headings into a tree: each takes the lower ones after it.
fn nest(
    headings: &mut std::iter::Peekable<impl Iterator<Item = Heading>>,
    above: u8,
) -> Vec<Heading> {
    let mut siblings = Vec::new();
    while let Some(mut heading) = headings.next_if(|heading| heading.level > above) {
        heading.children = nest(headings, heading.level);
        siblings.push(heading);
    }
    siblings
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::tests::render_text;

    /// Where each looked for the first free number, this took minutes.
    #[test]
    fn headings_of_the_same_text_are_many() {
        let rendered = render_text(&"# Same\n".repeat(50_000)).unwrap();
        assert_eq!(rendered.headings.last().unwrap().id, "same-49999");
    }

    /// Where each heading was searched for each shortcode, this took minutes.
    #[test]
    fn headings_with_shortcodes_are_many() {
        let started = Instant::now();
        let rendered = render_text(&"# Same {{ a() }}\n".repeat(10_000)).unwrap();
        assert_eq!(rendered.headings.last().unwrap().title, "Same");
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn anchors_are_unique_and_those_chosen_stay() {
        let rendered =
            render_text("# One\n\n## One\n\n## Two {#one-1 .c}\n\n# `Code` & *more*\n").unwrap();
        assert!(
            rendered
                .html
                .starts_with("<h1 id=\"one\">One</h1>\n<h2 id=\"one-2\">One</h2>"),
            "{}",
            rendered.html
        );
        assert!(
            rendered
                .html
                .contains("<h2 id=\"one-1\" class=\"c\">Two</h2>"),
            "{}",
            rendered.html
        );
        let tree: Vec<_> = rendered
            .headings
            .iter()
            .map(|heading| (heading.id.as_str(), heading.children.len()))
            .collect();
        assert_eq!(tree, [("one", 2), ("code-more", 0)]);
        assert_eq!(rendered.headings[1].title, "Code & more");
    }

    #[test]
    fn a_tree_may_skip_levels() {
        let rendered = render_text("### a\n\n# b\n\n### c\n\n## d\n").unwrap();
        let shape = format!(
            "{:?}",
            rendered
                .headings
                .iter()
                .map(|h| (
                    h.title.clone(),
                    h.children
                        .iter()
                        .map(|c| c.title.clone())
                        .collect::<Vec<_>>()
                ))
                .collect::<Vec<_>>()
        );
        assert_eq!(shape, r#"[("a", []), ("b", ["c", "d"])]"#);
    }
}

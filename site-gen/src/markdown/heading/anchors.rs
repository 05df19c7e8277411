//! When a text is one again: each heading in it gets its anchor, and those that are
//! text are put into the table of contents, in the order in which they stand.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::iter::Peekable;
use std::mem;

use super::super::Rendered;
use super::{Contents, Heading, Headings, Noted, Word};
use crate::url::{escape, slugify};

/// Characters that no text should have (Unicode, 23.7): one who has some leaves
/// others.
const MARKS: std::ops::RangeInclusive<char> = '\u{fdd0}'..='\u{fdef}';

/// Makes the link of a heading to itself, if that is another than the usual one.
pub(crate) type OwnLink<'a> = &'a mut dyn FnMut(&mut Rendered, &Heading) -> Option<String>;

impl Headings {
    /// Those of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mark = MARKS.into_iter().find(|mark| !text.contains(*mark));
        Self {
            mark: mark.unwrap_or(*MARKS.start()),
            noted: RefCell::default(),
        }
    }

    /// Takes note of one, and gives its number.
    pub(super) fn note(&self, heading: Noted) -> usize {
        let mut noted = self.noted.borrow_mut();
        noted.push(heading);
        noted.len() - 1
    }

    /// Gives all headings that are in the HTML their anchors.
    pub(crate) fn settle(&self, rendered: &mut Rendered, own_link: OwnLink<'_>) {
        let noted = self.noted.take();
        if noted.is_empty() {
            return;
        }
        // Words stood in HTML that was searched for anchors.
        rendered
            .anchors
            .retain(|anchor| !anchor.contains(self.mark));
        let html = mem::take(&mut rendered.html);
        let found = self.find(&html, &noted);
        let shown = show(&noted, &found, &mut rendered.anchors);
        rendered.html = self.replace(&html, (&noted, &shown), rendered, own_link);
        let listed = shown.into_iter().zip(found);
        let listed = listed.filter(|(_, number)| noted[*number].contents == Contents::Listed);
        let listed = listed.map(|(heading, _)| heading);
        rendered.headings = nest(&mut listed.peekable(), 0);
    }

    /// The numbers of the headings in a page, in order. A template may show one more
    /// than once, or not at all.
    fn find(&self, html: &str, noted: &[Noted]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut rest = html;
        while let Some((before, word, number, after)) = self.next(rest, noted.len()) {
            if word == Word::Anchor && is_start(before, noted[number].level) {
                found.push(number);
            }
            rest = after;
        }
        found
    }

    /// The page with anchors and links in place of the words.
    fn replace(
        &self,
        html: &str,
        (noted, shown): (&[Noted], &[Heading]),
        rendered: &mut Rendered,
        own_link: OwnLink<'_>,
    ) -> String {
        let mut replaced = String::with_capacity(html.len());
        let mut rest = html;
        let mut all = shown.iter();
        // The heading that is open, and its number.
        let mut open: Option<(usize, &Heading)> = None;
        while let Some((before, word, number, after)) = self.next(rest, noted.len()) {
            replaced.push_str(before);
            rest = after;
            if word == Word::Anchor && is_start(before, noted[number].level) {
                open = all.next().map(|heading| (number, heading));
            }
            let heading = open.filter(|(own, _)| *own == number);
            match (word, heading.map(|(_, heading)| heading)) {
                (Word::Anchor, Some(heading)) => replaced.push_str(&escape(&heading.id)),
                // A template has made something else of a heading.
                (Word::Anchor, None) => replaced.push_str(&slug(&noted[number].title)),
                (Word::Link, Some(heading)) => {
                    let link = own_link(rendered, heading);
                    replaced.push_str(&link.unwrap_or_else(|| usual_link(heading)));
                }
                (Word::Begin, Some(heading)) => {
                    let anchor = escape(&heading.id);
                    replaced.push_str(&format!("<a class=\"anchor\" href=\"#{anchor}\">"));
                }
                (Word::Link | Word::Begin, None) => {}
            }
        }
        replaced.push_str(rest);
        replaced
    }

    /// The next word: what stands before it, what it says, and what stands after it.
    fn next<'t>(&self, html: &'t str, count: usize) -> Option<(&'t str, Word, usize, &'t str)> {
        let mut marks = html.match_indices(self.mark);
        marks.find_map(|(at, mark)| {
            let inside = &html[at + mark.len()..];
            let letter = inside.chars().next()?;
            let (_, word) = Word::ALL.iter().find(|(own, _)| *own == letter)?;
            let inside = &inside[letter.len_utf8()..];
            let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
            let number = inside[..digits]
                .parse()
                .ok()
                .filter(|number| *number < count)?;
            let after = inside[digits..].strip_prefix(self.mark)?;
            Some((&html[..at], *word, number, after))
        })
    }
}

/// Whether what stands before an anchor is the start of a heading.
fn is_start(before: &str, level: u8) -> bool {
    let before = before.strip_suffix(" id=\"");
    before.is_some_and(|before| before.ends_with(&format!("<h{level}")))
}

/// Gives each heading that is shown an anchor. Those in the table of contents come
/// first, so that nothing beside the text moves them.
fn show(noted: &[Noted], found: &[usize], anchors: &mut BTreeSet<String>) -> Vec<Heading> {
    // And before them those that authors chose.
    anchors.extend(noted.iter().filter_map(|heading| heading.chosen.clone()));
    let mut shown: Vec<Heading> = found
        .iter()
        .map(|&number| Heading {
            level: noted[number].level,
            id: noted[number].chosen.clone().unwrap_or_default(),
            title: noted[number].title.clone(),
            children: Vec::new(),
        })
        .collect();
    let mut numbers = HashMap::new();
    for contents in [Contents::Listed, Contents::Unlisted] {
        for (heading, &number) in shown.iter_mut().zip(found) {
            if noted[number].contents == contents && noted[number].chosen.is_none() {
                heading.id = unique(slug(&heading.title), &mut numbers, anchors);
            }
        }
    }
    shown
}

fn slug(title: &str) -> String {
    let slug = slugify(title);
    match slug.is_empty() {
        true => "section".to_owned(),
        false => slug,
    }
}

/// The slug, or the slug with the first number that makes it new. `numbers` says
/// for each slug which one was tried last.
fn unique(
    slug: String,
    numbers: &mut HashMap<String, usize>,
    taken: &mut BTreeSet<String>,
) -> String {
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

fn usual_link(heading: &Heading) -> String {
    format!(
        "<a class=\"anchor\" href=\"#{}\" aria-label=\"Link to: {}\">#</a>",
        escape(&heading.id),
        escape(&heading.title)
    )
}

/// Turns a list of headings into a tree: each takes the lower ones after it.
fn nest(headings: &mut Peekable<impl Iterator<Item = Heading>>, above: u8) -> Vec<Heading> {
    let mut siblings = Vec::new();
    while let Some(mut heading) = headings.next_if(|heading| heading.level > above) {
        heading.children = nest(headings, heading.level);
        siblings.push(heading);
    }
    siblings
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{render_text, render_themed};
    use super::*;
    use crate::front_matter::AnchorLinks;

    const TEMPLATES: [(&str, &str); 6] = [
        ("shortcodes/made.md", "## Made\n\ntext\n\n## One\n"),
        ("shortcodes/inline.md", "*x*"),
        ("shortcodes/bold.html", "<b>y</b>"),
        ("shortcodes/shown.html", "<aside>{{ body | safe }}</aside>"),
        (
            "shortcodes/twice.html",
            "{{ body | safe }}{{ body | safe }}{{ body | striptags }}",
        ),
        (
            "shortcodes/flow.md",
            "<aside>\n\n{{ body_source }}\n\n</aside>",
        ),
    ];

    fn contents(headings: &[Heading]) -> String {
        let each = headings.iter().map(|heading| {
            let Heading {
                level, id, title, ..
            } = heading;
            format!("{level} {id} [{title}]\n{}", contents(&heading.children))
        });
        each.collect()
    }

    /// As Zola does, but that one which `shown` shows has the anchor `one` there, too.
    #[test]
    fn what_templates_in_markdown_make_is_in_the_table_of_contents() {
        let text = "# One\n\n{{ made() }}\n\n{% shown() %}\n## In HTML\n## One\n{% end %}\n\n\
                    {% flow() %}\n## In markdown\n## One\n{% end %}\n\n## One\n\n> {{ made() }}\n\n\
                    ## Last {{ inline() }}, {{ bold() }}\n";
        let rendered = render_themed(text, &TEMPLATES, AnchorLinks::None).unwrap();
        let expected = "1 one [One]\n2 made [Made]\n2 one-1 [One]\n2 in-markdown [In markdown]\n\
                        2 one-2 [One]\n2 one-3 [One]\n2 made-1 [Made]\n2 one-4 [One]\n\
                        2 last-x [Last x,]\n";
        assert_eq!(contents(&rendered.headings), expected);
        let beside = "<aside><h2 id=\"in-html\">In HTML</h2>\n<h2 id=\"one-5\">One</h2>\n</aside>";
        assert!(rendered.html.contains(beside), "{}", rendered.html);
        for anchor in ["in-html", "one-5", "in-markdown", "made-1"] {
            assert!(rendered.anchors.contains(anchor), "{anchor}");
        }
        assert!(rendered.anchors.iter().all(|anchor| anchor.is_ascii()));
    }

    #[test]
    fn each_that_is_shown_has_its_own_anchor_and_link() {
        let text = "{% twice() %}\n# One\n{% end %}\n\n# One\n";
        let rendered = render_themed(text, &TEMPLATES, AnchorLinks::Left).unwrap();
        for id in ["one-1", "one-2", "one"] {
            let heading = format!("<h1 id=\"{id}\"><a class=\"anchor\" href=\"#{id}\" aria-label=");
            assert!(rendered.html.contains(&heading), "{}", rendered.html);
        }
        assert!(!rendered.html.contains(MARKS.start().to_owned()));
        assert_eq!(contents(&rendered.headings), "1 one [One]\n");
        let own = ("anchor-link.html", "<i>{{ id }} {{ level }}</i>");
        let templates = [&TEMPLATES[..], &[own]].concat();
        let rendered = render_themed(text, &templates, AnchorLinks::Right).unwrap();
        for heading in [
            "One<i>one-1 1</i></h1>",
            "One<i>one-2 1</i></h1>",
            "One<i>one 1</i></h1>",
        ] {
            assert!(rendered.html.contains(heading), "{}", rendered.html);
        }
        let rendered = render_themed(text, &TEMPLATES, AnchorLinks::Heading).unwrap();
        let heading = "<h1 id=\"one-2\"><a class=\"anchor\" href=\"#one-2\">One</a></h1>";
        assert!(rendered.html.contains(heading), "{}", rendered.html);
    }

    /// A text may have the very words that stand for anchors.
    #[test]
    fn who_writes_a_mark_keeps_it() {
        for mark in MARKS {
            let text = format!("# One\n\n{mark}a0{mark} {mark}l0{mark}\n");
            let rendered = render_text(&text).unwrap();
            assert!(
                rendered
                    .html
                    .contains(&format!("<p>{mark}a0{mark} {mark}l0{mark}</p>"))
            );
        }
        let all: String = MARKS.flat_map(|mark| [mark, 'a', '0', mark]).collect();
        assert!(render_text(&format!("# One\n\n{all}\n")).is_ok());
    }

    #[test]
    fn templates_of_links_have_an_end() {
        let endless =
            "{% for a in range(end=90000) %}{% for b in range(end=400) %}{% endfor %}{% endfor %}";
        let templates = [
            ("anchor-link.html", endless),
            ("shortcodes/a.html", endless),
        ];
        let told = |text: &str, links| {
            let faults = render_themed(text, &templates, links).unwrap_err();
            faults
                .into_iter()
                .map(|fault| fault.message)
                .collect::<Vec<_>>()
        };
        let message = "what this makes does not come to an end";
        assert_eq!(told("# One\n\n# Two\n", AnchorLinks::Left), [message]);
        let told = told("{{ a() }} {{ a() }}\n", AnchorLinks::None);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with(message), "{told:?}");
    }
}

//! When a text is one again: each heading in it gets its anchor, and those that are
//! text are put into the table of contents, in the order in which they stand.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::iter::Peekable;
use std::mem;

use memchr::memmem;

use super::super::Rendered;
use super::place::Place;
use super::{Contents, END, Heading, Headings, MARKS, Noted, Word};
use crate::url::{escape, slugify};

/// Characters of a mark: 60 bits of a hash. Templates that shorten a body count them.
const MARK_LENGTH: usize = 12;

/// Makes the link of a heading to itself, if that is another than the usual one.
pub(crate) type OwnLink<'a> = &'a mut dyn FnMut(&mut Rendered, &Heading) -> Option<String>;

impl Headings {
    /// Those of a text. Texts, templates and data may have any characters, but none
    /// has the hash of the text that it becomes part of.
    pub(crate) fn of(text: &str) -> Self {
        // Nobody gains by a text that has its own hash in it, and a hash that resists
        // this takes a seventh of the time of a page.
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        let fives = (0..MARK_LENGTH).map(|place| (hash >> (5 * place)) as usize % 32);
        let signs = fives.filter_map(|five| MARKS.clone().nth(five));
        Self {
            mark: signs.collect(),
            noted: RefCell::default(),
        }
    }

    /// What words begin with that stand for what is known when the text is whole.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
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
            .retain(|anchor| !anchor.contains(&self.mark));
        let html = mem::take(&mut rendered.html);
        let found = self.find(&html, &noted);
        let shown = show(&noted, &found, &mut rendered.anchors);
        let all = (&*found, &*shown);
        rendered.html = self.replace(&html, (noted.len(), all), rendered, own_link);
        let listed = shown.into_iter().zip(found);
        let listed = listed.filter(|(_, found)| {
            found.place == Place::Heading && noted[found.number].contents == Contents::Listed
        });
        let listed = listed.map(|(heading, _)| heading);
        rendered.headings = nest(&mut listed.peekable(), 0);
    }

    /// The words for anchors in a page, in order. A template may show a heading more
    /// than once, or not at all.
    fn find(&self, html: &str, noted: &[Noted]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut rest = html;
        while let Some((before, word, number, after)) = self.next(rest, noted.len()) {
            if word == Word::Anchor {
                let place = Place::after(before, noted[number].level);
                found.push(Found { number, place });
            }
            rest = after;
        }
        found
    }

    /// The page with anchors and links in place of the words.
    fn replace(
        &self,
        html: &str,
        (count, (found, shown)): (usize, (&[Found], &[Heading])),
        rendered: &mut Rendered,
        own_link: OwnLink<'_>,
    ) -> String {
        let mut replaced = String::with_capacity(html.len());
        let mut rest = html;
        let mut all = found.iter().zip(shown);
        // The heading that is open, and its number.
        let mut open: Option<(usize, &Heading)> = None;
        while let Some((before, word, number, after)) = self.next(rest, count) {
            replaced.push_str(before);
            rest = after;
            if word == Word::Anchor
                && let Some((found, heading)) = all.next()
            {
                replaced.push_str(&escape(&heading.id));
                if matches!(found.place, Place::Heading | Place::Element) {
                    open = Some((number, heading));
                }
                continue;
            }
            let heading = open.filter(|(own, _)| *own == number);
            match (word, heading.map(|(_, heading)| heading)) {
                (Word::Link, Some(heading)) => {
                    let link = own_link(rendered, heading);
                    replaced.push_str(&link.unwrap_or_else(|| usual_link(heading)));
                }
                (Word::Begin, Some(heading)) => {
                    let anchor = escape(&heading.id);
                    replaced.push_str(&format!("<a class=\"anchor\" href=\"#{anchor}\">"));
                }
                // A template shows what is in a heading without it.
                _ => {}
            }
        }
        replaced.push_str(rest);
        replaced
    }

    /// The next word: what stands before it, what it says, and what stands after it.
    fn next<'t>(&self, html: &'t str, count: usize) -> Option<(&'t str, Word, usize, &'t str)> {
        let mut marks = memmem::find_iter(html.as_bytes(), &self.mark);
        marks.find_map(|at| {
            let inside = &html[at + self.mark.len()..];
            let sign = inside.chars().next()?;
            let (_, word) = Word::ALL.iter().find(|(own, _)| *own == sign)?;
            let inside = &inside[sign.len_utf8()..];
            let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
            let number = inside[..digits]
                .parse()
                .ok()
                .filter(|number| *number < count)?;
            let after = inside[digits..].strip_prefix(END)?;
            Some((&html[..at], *word, number, after))
        })
    }
}

/// A word for an anchor in a page.
struct Found {
    number: usize,
    place: Place,
}

impl Found {
    /// When it gets its anchor. Those in the table of contents come first, so that
    /// nothing beside the text moves them; none if it is no anchor.
    fn turn(&self, noted: &[Noted]) -> Option<usize> {
        match (self.place, noted[self.number].contents) {
            (Place::Heading, Contents::Listed) => Some(0),
            (Place::Heading, Contents::Unlisted) => Some(1),
            (Place::Element | Place::Perhaps, _) => Some(2),
            (Place::Elsewhere, _) => None,
        }
    }
}

/// What each word for an anchor becomes. All anchors differ, but those that authors
/// chose.
fn show(noted: &[Noted], found: &[Found], anchors: &mut BTreeSet<String>) -> Vec<Heading> {
    // What authors chose comes first.
    anchors.extend(noted.iter().filter_map(|heading| heading.chosen.clone()));
    let wanted = |heading: &Noted| {
        let chosen = heading.chosen.clone();
        chosen.unwrap_or_else(|| slug(&heading.title))
    };
    let mut shown: Vec<Heading> = found
        .iter()
        .map(|found| Heading {
            level: noted[found.number].level,
            id: wanted(&noted[found.number]),
            title: noted[found.number].title.clone(),
            children: Vec::new(),
        })
        .collect();
    let mut numbers = HashMap::new();
    // Those of chosen anchors that have them.
    let mut have = HashSet::new();
    for turn in 0..3 {
        for (heading, found) in shown.iter_mut().zip(found) {
            let is_chosen = noted[found.number].chosen.is_some();
            if found.turn(noted) == Some(turn) && !(is_chosen && have.insert(found.number)) {
                heading.id = unique(mem::take(&mut heading.id), &mut numbers, anchors);
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
    use crate::document::front_matter::AnchorLinks;

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
        assert!(!rendered.html.contains(|c| MARKS.contains(&c)));
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

    #[test]
    fn what_templates_make_of_a_heading_has_its_own_anchor() {
        let made = |template: &str, links| {
            let templates = [("shortcodes/a.html", template)];
            let text = "{% a() %}\n# Big\n{% end %}\n\n# Big\n";
            render_themed(text, &templates, links).unwrap()
        };
        for (template, expected) in [
            (
                "{{ body | replace(from=\"h1 id\", to=\"h1 class=big id\") | safe }}",
                "<h1 class=big id=\"big-1\">Big</h1>",
            ),
            (
                "{{ body | replace(from=\"h1\", to=\"div\") | safe }}",
                "<div id=\"big-1\">Big</div>",
            ),
            (
                "{{ body | replace(from=\"id=\", to=\"data-id=\") | safe }}",
                "<h1 data-id=\"big\">Big</h1>",
            ),
            ("{{ body | upper | safe }}", "<H1 ID=\"big-1\">BIG</H1>"),
        ] {
            let rendered = made(template, AnchorLinks::None);
            assert!(rendered.html.contains(expected), "{}", rendered.html);
            assert!(rendered.html.contains("<h1 id=\"big\">Big</h1>"));
            assert_eq!(
                rendered.anchors.contains("big-1"),
                expected.contains("big-1")
            );
            assert_eq!(contents(&rendered.headings), "1 big [Big]\n");
        }
        let template = "{{ body | replace(from=\"h1\", to=\"div\") | safe }}";
        let rendered = made(template, AnchorLinks::Heading);
        let expected = "<div id=\"big-1\"><a class=\"anchor\" href=\"#big-1\">Big</a></div>";
        assert!(rendered.html.contains(expected), "{}", rendered.html);
    }

    #[test]
    fn a_chosen_anchor_that_is_shown_again_is_another() {
        let text = "{% twice() %}\n# One {#x}\n{% end %}\n";
        let rendered = render_themed(text, &TEMPLATES, AnchorLinks::None).unwrap();
        let expected = "<h1 id=\"x\">One</h1>\n<h1 id=\"x-1\">One</h1>";
        assert!(rendered.html.contains(expected), "{}", rendered.html);
        assert!(rendered.anchors.contains("x-1"));
    }

    /// A text may have what words begin with, and what those of others are.
    #[test]
    fn who_writes_a_mark_keeps_it() {
        let other = Word::Anchor.of(0, &Headings::of("# One\n").mark);
        let all: String = MARKS.collect();
        for written in [
            &*format!("{END}.0{END} {END}-0{END} {END}_0{END}"),
            &all,
            &other,
        ] {
            let references: String = written
                .chars()
                .map(|c| format!("&#{};", u32::from(c)))
                .collect();
            let text = format!("# One\n\n{written}\n\n{references}\n");
            let rendered = render_text(&text).unwrap();
            let expected = format!("<h1 id=\"one\">One</h1>\n<p>{written}</p>\n<p>{written}</p>\n");
            assert_eq!(rendered.html, expected);
        }
    }

    /// Templates know words only from what they are given.
    #[test]
    fn templates_make_no_marks() {
        let other = Word::Anchor.of(0, &Headings::of("# Big\n").mark);
        for forged in [&*format!("{END}a0{END}"), &format!("{END}.0{END}"), &other] {
            let template = format!("<i>{forged}</i><h1 id=\"{forged}\">x</h1>");
            let templates = [("shortcodes/a.html", &*template)];
            let text = "# Big\n\n{{ a() }}\n\n# Big\n";
            let rendered = render_themed(text, &templates, AnchorLinks::None).unwrap();
            let expected =
                format!("<h1 id=\"big\">Big</h1>\n{template}\n<h1 id=\"big-1\">Big</h1>\n");
            assert_eq!(rendered.html, expected);
            assert_eq!(contents(&rendered.headings), "1 big [Big]\n1 big-1 [Big]\n");
            assert!(rendered.anchors.contains(forged));
        }
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

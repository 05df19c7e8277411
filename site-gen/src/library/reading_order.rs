//! The order in which a site is read from its first page to its last, as a book is:
//! [`ReadingOrder`]. A section comes first, then what is in it, its pages in their order and
//! its sections in theirs; so the page before the first one of a section is that section,
//! and the page after its last one is what follows the section. Each language is a book of
//! its own.
//!
//! Pages come before the sections beside them; where pages are sorted by weight, a section
//! with a weight stands among them. What nobody can open is passed over, and not what is
//! in it.
//!
//! Pages see the front matter of their neighbours, and are made again with it. So there is
//! an order only where a template of the theme names them.

use crate::document::front_matter::SortBy;
use crate::library::Library;
use crate::theme::Theme;
use crate::theme::step::tags;
use crate::theme::tokens::tokens;

/// What templates call the neighbours.
const NAMES: [&str; 2] = ["previous", "next"];

/// What has other things of these names.
const OTHER: &str = "paginator";

/// A page or section, by its place in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Page(usize),
    Section(usize),
}

/// What is read before something, and what after it.
pub(crate) type Neighbours = (Option<Stop>, Option<Stop>);

/// The neighbours of all pages and sections, in the order of the library.
#[derive(Debug)]
pub(crate) struct ReadingOrder {
    pub(crate) pages: Vec<Neighbours>,
    pub(crate) sections: Vec<Neighbours>,
}

impl ReadingOrder {
    pub(crate) fn of(library: &Library, theme: &Theme) -> Self {
        let mut order = Self {
            pages: vec![(None, None); library.pages.len()],
            sections: vec![(None, None); library.sections.len()],
        };
        let mut templates = theme.templates().values();
        if !templates.any(|template| names_neighbours(&template.text)) {
            return order;
        }
        let sections = library.sections.iter().enumerate();
        for (root, _) in sections.filter(|(_, section)| section.document.is_root()) {
            let mut before = None;
            for stop in book(library, root) {
                order.of_stop(stop).0 = before;
                if let Some(before) = before {
                    order.of_stop(before).1 = Some(stop);
                }
                before = Some(stop);
            }
        }
        order
    }

    fn of_stop(&mut self, stop: Stop) -> &mut Neighbours {
        match stop {
            Stop::Page(page) => &mut self.pages[page],
            Stop::Section(section) => &mut self.sections[section],
        }
    }
}

/// Whether a template names a neighbour of something.
fn names_neighbours(text: &str) -> bool {
    if !NAMES.iter().any(|name| text.contains(name)) {
        return false;
    }
    tags(text).any(|tag| {
        let words: Vec<&str> = tokens(text, tag).map(|span| &text[span]).collect();
        let word = |index: Option<usize>| index.map_or("", |index| words[index]);
        words.iter().enumerate().any(|(index, name)| {
            let is_key = name.starts_with(['"', '\'']);
            let of = match (word(index.checked_sub(1)), word(index.checked_sub(2))) {
                (".", "?") => word(index.checked_sub(3)),
                (".", of) => of,
                _ => OTHER,
            };
            NAMES.contains(&name.trim_matches(['"', '\''])) && (is_key || of != OTHER)
        })
    })
}

/// All that can be read of a section, in order. Directories may be deep.
fn book(library: &Library, root: usize) -> Vec<Stop> {
    let mut book = Vec::new();
    let mut ahead = vec![Stop::Section(root)];
    while let Some(stop) = ahead.pop() {
        let document = match stop {
            Stop::Page(page) => &library.pages[page].document,
            Stop::Section(section) => {
                ahead.extend(inside(library, section).into_iter().rev());
                &library.sections[section].document
            }
        };
        if document.is_shown() {
            book.push(stop);
        }
    }
    book
}

/// What is in a section, in order.
fn inside(library: &Library, index: usize) -> Vec<Stop> {
    let section = &library.sections[index];
    // Pages of a transparent section are read where they are listed with others.
    let pages = section.pages.iter().copied();
    let pages = pages.filter(|&page| library.pages[page].listing == index);
    let children = section.children.iter().copied();
    let all = pages.map(Stop::Page).chain(children.map(Stop::Section));
    let mut all: Vec<Stop> = all.collect();
    if section.document.front.section.sort_by == SortBy::Weight {
        all.sort_by_key(|stop| {
            let document = match *stop {
                Stop::Page(page) => &library.pages[page].document,
                Stop::Section(section) => &library.sections[section].document,
            };
            document.front.weight.unwrap_or(i64::MAX)
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_told_from_parts_of_lists() {
        for (text, named) in [
            ("{{ page.next.title }}", true),
            ("{% if it?.previous %}", true),
            ("{{ page[\"next\"].title }}", true),
            ("{{ paginator.next }} {{ paginator?.previous }}", false),
            ("{% include \"next.html\" %} the next page", false),
            ("{{ page.next_one }}", false),
        ] {
            assert_eq!(names_neighbours(text), named, "{text}");
        }
    }
}

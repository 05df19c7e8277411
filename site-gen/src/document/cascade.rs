//! What a section says for everything below it, in the table `[cascade]` of its
//! front matter: an idea of Hugo's.
//!
//! ```toml
//! [cascade]
//! draft = true
//! extra = { colour = "green" }
//! ```
//!
//! A document has what its own front matter says, then what the nearest section
//! above it cascades, and so on up to the root. `extra` and `taxonomies` are
//! put together key by key. A section does not cascade to itself.
//!
//! So a document is made from its file and from what the sections above it
//! cascade; it is made again if either says something else. Templates are not
//! part of that: which one draws a page is settled for each build (`plan`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::data::{Data, Fields, Key, Node, Table};
use crate::diagnostic::Diagnostic;
use crate::document::front_matter::{self, FrontMatter, Kind};
use crate::document::{Document, split_id};
use crate::source::Source;
use crate::url::ancestors;

/// What pages can inherit.
const PAGE_KEYS: [&str; 6] = [
    "authors",
    "draft",
    "extra",
    "in_search_index",
    "render",
    "taxonomies",
];

/// What sections can inherit.
const SECTION_KEYS: [&str; 9] = [
    "draft",
    "extra",
    "generate_feeds",
    "in_search_index",
    "paginate_by",
    "paginate_path",
    "paginate_reversed",
    "render",
    "sort_by",
];

/// The templates of pages and sections: their names are found by `plan`.
pub(crate) const TEMPLATES: [&str; 2] = ["template", "section_template"];

/// Tables that are put together key by key.
const JOINED: [&str; 2] = ["extra", "taxonomies"];

/// What all sections above a place cascade to it, without places: where it
/// stands in their files matters to nobody below.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Inherited(Table);

impl Inherited {
    /// Adds what a document does not say itself.
    pub(crate) fn add_to(&self, own: &mut Table, kind: Kind) {
        let known = inheritable(kind);
        let table = self.0.iter();
        let table = table.filter(|(key, _)| known.contains(&key.name.as_str()));
        add(own, table);
    }
}

fn inheritable(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Page => &PAGE_KEYS,
        Kind::Section => &SECTION_KEYS,
    }
}

fn add<'a>(own: &mut Table, more: impl Iterator<Item = &'a (Key, Node)>) {
    for (key, node) in more {
        // As others call it.
        let is_there = |own: &str| own == key.name || own == "author" && key.name == "authors";
        let there = own.iter_mut().find(|(own, _)| is_there(&own.name));
        match (there, &node.value) {
            (None, _) => own.push((key.clone(), node.clone())),
            (Some((_, own)), Data::Table(more)) if JOINED.contains(&key.name.as_str()) => {
                if let Data::Table(own) = &mut own.value {
                    let new = more.iter().filter(|(key, _)| !has(own, &key.name));
                    let new: Table = new.cloned().collect();
                    own.extend(new);
                }
            }
            _ => {}
        }
    }
}

fn has(table: &Table, name: &str) -> bool {
    table.iter().any(|(key, _)| key.name == name)
}

/// The template that a section cascades to pages or sections.
pub(crate) fn template<'a>(section: &'a Document, key: &str) -> Option<(&'a str, Range<usize>)> {
    let mut cascade = section.front.section.cascade.iter();
    let (_, node) = cascade.find(|(own, _)| own.name == key)?;
    match &node.value {
        Data::String(name) => Some((name, node.span.clone())),
        _ => None,
    }
}

/// Checks what a section cascades, where its author can see it: nothing of it
/// is a fault of those below.
pub(crate) fn check(fields: &Fields<'_>, source: &Source, cascade: &Table) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for kind in [Kind::Page, Kind::Section] {
        let known = inheritable(kind);
        let of_kind = cascade.iter();
        let of_kind = of_kind.filter(|(key, _)| known.contains(&key.name.as_str()));
        let mut own = fields.like(of_kind.cloned().collect());
        front_matter::read(&mut own, source, kind);
        faults.extend(own.finish("[cascade]"));
    }
    let mut rest = cascade.clone();
    rest.retain(|(key, _)| {
        let name = key.name.as_str();
        !PAGE_KEYS.contains(&name) && !SECTION_KEYS.contains(&name)
    });
    let mut rest = fields.like(rest);
    for template in TEMPLATES {
        rest.spanned_string(template);
    }
    rest.know(&PAGE_KEYS);
    rest.know(&SECTION_KEYS);
    if let Some(node) = rest.take_unknown("insert_anchor_links") {
        let fault = source.at(node.span, "`insert_anchor_links` need not be in [cascade]");
        faults.push(fault.expected("it above the table: it counts for all that is below"));
    }
    faults.extend(rest.finish("[cascade]"));
    // A key of both kinds was read twice.
    faults.sort();
    faults.dedup();
    faults
}

/// Checks that the taxonomies a section cascades are those of the configuration.
pub(crate) fn check_taxonomies(
    source: &Source,
    front: &FrontMatter,
    known: &[&str],
) -> Vec<Diagnostic> {
    let cascade = front.section.cascade.iter();
    let taxonomies = cascade.filter(|(key, _)| key.name == "taxonomies");
    let names = taxonomies.filter_map(|(_, node)| match &node.value {
        Data::Table(table) => Some(table),
        _ => None,
    });
    let of_pages = FrontMatter {
        taxonomies: names
            .flatten()
            .map(|(key, _)| (key.name.clone(), Vec::new(), key.span.clone()))
            .collect(),
        ..FrontMatter::default()
    };
    front_matter::check_taxonomies(source, &of_pages, known)
}

/// What each section cascades, by language and directory, with what it inherits.
#[derive(Debug, Default)]
pub(crate) struct Cascades(HashMap<(String, String), Arc<Inherited>>);

impl Cascades {
    pub(crate) fn of<'a>(sections: impl Iterator<Item = &'a Document>) -> Self {
        let mut cascading: Vec<&Document> = sections
            .filter(|section| !section.front.section.cascade.is_empty())
            .collect();
        // Those above come first.
        cascading.sort_by_key(|section| section.directory.len());
        let mut cascades = Self::default();
        for section in cascading {
            let mut table = section.front.section.cascade.clone();
            table.retain(|(key, _)| !TEMPLATES.contains(&key.name.as_str()));
            forget_places(&mut table);
            let above = cascades.above(&section.directory, &section.lang);
            if let Some(above) = above {
                add(&mut table, above.0.iter());
            }
            let place = (section.lang.to_string(), section.directory.clone());
            cascades.0.insert(place, Arc::new(Inherited(table)));
        }
        cascades
    }

    /// What the document of a file inherits.
    pub(crate) fn of_file(&self, id: &str, config: &Config) -> Option<Arc<Inherited>> {
        if self.0.is_empty() {
            return None;
        }
        let (directory, stem, language) = split_id(id, config);
        let found = if stem == "_index" {
            self.above(directory, &language.code)
        } else {
            self.at(directory, &language.code)
        };
        found.cloned()
    }

    fn above(&self, directory: &str, lang: &str) -> Option<&Arc<Inherited>> {
        self.nearest(ancestors(directory).skip(1), lang)
    }

    fn at(&self, directory: &str, lang: &str) -> Option<&Arc<Inherited>> {
        self.nearest(ancestors(directory), lang)
    }

    fn nearest<'a>(
        &self,
        mut directories: impl Iterator<Item = &'a str>,
        lang: &str,
    ) -> Option<&Arc<Inherited>> {
        directories.find_map(|directory| self.0.get(&(lang.to_owned(), directory.to_owned())))
    }
}

fn forget_places(table: &mut Table) {
    for (key, node) in table {
        key.span = 0..0;
        forget_place(node);
    }
}

fn forget_place(node: &mut Node) {
    node.span = 0..0;
    match &mut node.value {
        Data::Array(items) => items.iter_mut().for_each(forget_place),
        Data::Table(table) => forget_places(table),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str, front: &str, cascades: &Cascades) -> Document {
        let source = Source {
            file: format!("content/{id}").into(),
            text: format!("+++\n{front}\n+++\n"),
        };
        let mut config = Config::for_test();
        config.languages[0].taxonomies = vec![crate::config::TaxonomyConfig {
            span: 0..0,
            name: "tags".into(),
            slug: "tags".into(),
            paginate_by: None,
            paginate_path: None,
            feed: false,
            render: true,
            sort_by: front_matter::SortBy::Date,
        }];
        let inherited = cascades.of_file(id, &config);
        Document::parse(source, id, &config, inherited.as_deref()).unwrap()
    }

    #[test]
    fn the_nearest_wins_and_a_document_itself_before_all() {
        let none = Cascades::default();
        let root = "[cascade]\ndraft = true\nsort_by = \"title\"\nauthors = [\"R\"]\n\
                    extra = { a = 1, b = 1, c = 1 }\ntaxonomies = { tags = [\"root\"] }";
        let sections = [
            document("_index.md", root, &none),
            document("x/_index.md", "[cascade]\nextra = { b = 2, c = 2 }", &none),
        ];
        let cascades = Cascades::of(sections.iter());
        let page = "authors = [\"P\"]\n[extra]\nc = 3\nd = 3";
        let page = document("x/y/p.md", page, &cascades);
        assert!(page.front.draft);
        assert_eq!(page.front.authors, ["P"]);
        assert_eq!(page.front.taxonomies[0].1, ["root"]);
        let mut extra: Vec<String> = page
            .front
            .extra
            .iter()
            .map(|(key, node)| format!("{}={}", key.name, node.value.to_value()))
            .collect();
        extra.sort();
        assert_eq!(extra, ["a=1", "b=2", "c=3", "d=3"]);
        let section = document("x/_index.md", "draft = false", &cascades);
        assert!(!section.front.draft, "it says so itself");
        assert_eq!(section.front.section.sort_by, front_matter::SortBy::Title);
        let root = document("_index.md", root, &cascades);
        assert!(!root.front.draft, "no section cascades to itself");
    }

    #[test]
    fn what_others_call_otherwise_is_said_too() {
        let root = "[cascade]\nauthors = [\"R\"]\ntaxonomies = { tags = [\"root\"] }";
        let root = document("_index.md", root, &Cascades::default());
        let cascades = Cascades::of([&root].into_iter());
        let page = document("a.md", "author = \"P\"\ntags = [\"own\"]", &cascades);
        assert_eq!(page.front.authors, ["P"]);
        let tags = |page: &Document| {
            let of_page = page.front.taxonomies.iter();
            of_page
                .map(|(_, terms, _)| terms.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(tags(&page), [["own"]]);
        let page = document("a.md", "tags = []", &cascades);
        assert_eq!(tags(&page), [[""; 0]]);
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        let source = Source {
            file: "content/_index.md".into(),
            text: "+++\n[cascade]\ndraft = 1\ntitle = \"x\"\ninsert_anchor_links = \"left\"\n\
                   sort_by = \"size\"\ntemplate = 3\n+++\n"
                .into(),
        };
        let config = Config::for_test();
        let faults = Document::parse(source, "_index.md", &config, None).unwrap_err();
        let mut lines: Vec<_> = faults
            .iter()
            .map(|fault| fault.place.as_ref().unwrap().line)
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, [3, 4, 5, 6, 7], "{faults:#?}");
    }
}

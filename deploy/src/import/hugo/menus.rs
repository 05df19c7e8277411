//! Menus: out of the configuration and out of front matter. They become tables
//! in `[extra.menus.LANGUAGE]`, with the paths that their entries lead to.

use std::collections::BTreeSet;

use site_gen::review::{Data, Node, Table};

use super::super::paths::complete;
use super::super::report::{Report, Topic};
use super::config::Config;
use super::data::{get, get_integer, get_table, get_text, merge, set, tables, texts};
use super::document::{Document, Kind};
use super::library::Library;
use super::links::{has_scheme, without_base};
use super::published::{is_rendered, unpublished};

/// An entry, before it is sorted into its menu.
#[derive(Debug)]
struct Entry {
    menu: String,
    weight: i64,
    name: String,
    identifier: String,
    parent: Option<String>,
    to: String,
    /// What else it says: `pre`, `post`, `params`.
    rest: Table,
}

/// The menus of a language, by name.
pub(super) fn of_language(
    library: &Library,
    config: &Config,
    language: usize,
    report: &mut Report,
) -> Table {
    let mut configured = Table::new();
    if language == 0 || config.languages[language].menus.is_empty() {
        configured = get_table(&config.root, "menus");
    }
    merge(&mut configured, config.languages[language].menus.clone());
    let mut entries = Vec::new();
    for (key, node) in &configured {
        for entry in tables(&node.value) {
            entries.push(of_config(
                &key.name,
                entry,
                (library, language),
                config,
                report,
            ));
        }
    }
    let own = library
        .documents
        .iter()
        .filter(|document| document.language == language);
    for document in own.filter(|document| unpublished(document).is_none() && is_rendered(document))
    {
        for key in ["menu", "menus"] {
            if let Some(value) = get(&document.front, key) {
                entries.extend(of_page(value, document));
            }
        }
    }
    if let Some(menu) = get_text(&config.root, "sectionPagesMenu") {
        add_sections(&menu, &mut entries, library, language);
    }
    add_parents(&mut entries);
    // Hugo counts no weight as the heaviest.
    let rank = |entry: &Entry| match entry.weight {
        0 => i64::MAX,
        weight => weight,
    };
    entries.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.menu.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut menus = Table::new();
    set(&mut menus, "main", Data::Array(Vec::new()));
    for name in names {
        let of_menu: Vec<&Entry> = entries.iter().filter(|entry| entry.menu == name).collect();
        let top = of_menu.iter().filter(|entry| entry.parent.is_none());
        let list = top.map(|entry| entry.to_data(&of_menu)).collect();
        set(&mut menus, name, Data::Array(list));
    }
    menus
}

/// An address that does not say where it begins does so at the front page of its
/// language: themes send it through `relLangURL`.
fn below_language(url: &str, prefix: &str) -> String {
    if url.is_empty() || url.starts_with(['/', '#', '?']) || has_scheme(url) {
        return url.to_owned();
    }
    let end = url.find(['#', '?']).unwrap_or(url.len());
    let (path, rest) = url.split_at(end);
    let is_file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    match is_file {
        true => format!("{prefix}/{path}{rest}"),
        false => format!("{}{rest}", complete(&format!("{prefix}/{path}"))),
    }
}

/// The sections at the root, but for those that are in the menu already.
fn add_sections(menu: &str, entries: &mut Vec<Entry>, library: &Library, language: usize) {
    for document in &library.documents {
        let directory = &document.directory;
        let is_one = document.kind == Kind::Section
            && document.language == language
            && !directory.is_empty()
            && !directory.contains('/')
            && unpublished(document).is_none()
            && is_rendered(document);
        let is_there = |entry: &Entry| entry.menu == menu && entry.identifier == *directory;
        if is_one && !entries.iter().any(is_there) {
            entries.push(Entry {
                menu: menu.to_owned(),
                weight: get_integer(&document.front, "weight").unwrap_or_default(),
                name: title(document).unwrap_or_else(|| directory.clone()),
                identifier: directory.clone(),
                parent: None,
                to: site_gen::encode_path(&document.url),
                rest: Table::new(),
            });
        }
    }
}

/// An entry that others name as theirs, and that is not there, is made of its name.
fn add_parents(entries: &mut Vec<Entry>) {
    let mut missing: BTreeSet<(String, String)> = BTreeSet::new();
    for entry in entries.iter() {
        let Some(parent) = &entry.parent else {
            continue;
        };
        let is_it = |other: &Entry| other.menu == entry.menu && other.identifier == *parent;
        if !entries.iter().any(is_it) {
            missing.insert((entry.menu.clone(), parent.clone()));
        }
    }
    entries.extend(missing.into_iter().map(|(menu, name)| Entry {
        menu,
        weight: 0,
        identifier: name.clone(),
        name,
        parent: None,
        to: String::new(),
        rest: Table::new(),
    }));
}

/// What lists call a document.
fn title(document: &Document) -> Option<String> {
    get_text(&document.front, "linkTitle").or_else(|| get_text(&document.front, "title"))
}

fn of_config(
    menu: &str,
    entry: &Table,
    (library, language): (&Library, usize),
    config: &Config,
    report: &mut Report,
) -> Entry {
    let target = get_text(entry, "pageRef").filter(|page| !page.is_empty());
    let target = target.map(|page| format!("/{}", page.trim_matches('/')));
    let found = target.as_ref().and_then(|page| {
        let from = library.documents.first()?;
        library.find(page, from, language)
    });
    let page = target.as_ref().map(|page| match found {
        Some(document) => site_gen::encode_path(&document.url),
        // Of a taxonomy, a term and many a section there is no file.
        None => complete(&format!("{}{page}", config.prefix(language))),
    });
    let is_there = |page: &String| {
        let page = page.trim_matches('/');
        let first = page.split('/').next().unwrap_or_default();
        let mut taxonomies = config.taxonomies.iter();
        let mut documents = library.documents.iter();
        page.is_empty()
            || taxonomies.any(|name| name == first)
            || documents.any(|one| one.language == language && is_inside(&one.directory, page))
    };
    if let Some(page) = target.filter(|page| found.is_none() && !is_there(page)) {
        let what = format!("an entry of the menu `{menu}` leads to `{page}`, which is no page");
        let advice = "it leads nowhere; mend `[extra.menus]` in `site.toml`";
        report.note(Topic::Configuration, &config.file, None, what, advice);
    }
    let url = get_text(entry, "url").unwrap_or_default();
    let mut rest = entry.clone();
    let read = ["name", "weight", "url", "pageref", "parent"];
    rest.retain(|(key, _)| !read.contains(&key.name.to_lowercase().as_str()));
    let name = get_text(entry, "name").or_else(|| title(found?));
    let name = name.unwrap_or_default();
    Entry {
        menu: menu.to_owned(),
        weight: get_integer(entry, "weight").unwrap_or_default(),
        identifier: get_text(entry, "identifier").unwrap_or_else(|| name.clone()),
        parent: get_text(entry, "parent").filter(|parent| !parent.is_empty()),
        to: page.unwrap_or_else(|| {
            let url = without_base(&url, &config.base_path);
            below_language(url, &config.prefix(language))
        }),
        name,
        rest,
    }
}

/// Whether a directory is another one, or in it.
fn is_inside(directory: &str, other: &str) -> bool {
    let rest = directory.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// As in `menu: main`, `menu: [main, footer]`, `menu: {main: {weight: 1}}`.
fn of_page(value: &Data, document: &Document) -> Vec<Entry> {
    let title = title(document);
    let weight = get_integer(&document.front, "weight").unwrap_or_default();
    let entry = |menu: &str, about: &Table| {
        let name = get_text(about, "name")
            .or_else(|| title.clone())
            .unwrap_or_default();
        let mut rest = about.clone();
        let read = ["name", "weight", "parent"];
        rest.retain(|(key, _)| !read.contains(&key.name.to_lowercase().as_str()));
        Entry {
            menu: menu.to_owned(),
            weight: get_integer(about, "weight").unwrap_or(weight),
            identifier: get_text(about, "identifier").unwrap_or_else(|| name.clone()),
            parent: get_text(about, "parent").filter(|parent| !parent.is_empty()),
            to: site_gen::encode_path(&document.url),
            name,
            rest,
        }
    };
    match value {
        Data::Table(menus) => menus
            .iter()
            .map(|(key, node)| match &node.value {
                Data::Table(about) => entry(&key.name, about),
                _ => entry(&key.name, &Table::new()),
            })
            .collect(),
        names => texts(names)
            .iter()
            .map(|name| entry(name, &Table::new()))
            .collect(),
    }
}

impl Entry {
    fn to_data(&self, all: &[&Self]) -> Node {
        let mut table = Table::new();
        set(&mut table, "name", Data::String(self.name.clone()));
        set(&mut table, "url", Data::String(self.to.clone()));
        for (key, node) in &self.rest {
            set(&mut table, &key.name, node.value.clone());
        }
        let is_child = |other: &&&Self| {
            other.parent.as_ref() == Some(&self.identifier)
                && other.parent != Some(other.identifier.clone())
        };
        let children: Vec<&&Self> = all.iter().filter(is_child).collect();
        if !children.is_empty() {
            // Without itself, so that two that are each other's parent have an end.
            let below: Vec<&Self> = all
                .iter()
                .copied()
                .filter(|other| !std::ptr::eq(*other, self))
                .collect();
            let children = children.iter().map(|child| child.to_data(&below)).collect();
            set(&mut table, "children", Data::Array(children));
        }
        Node {
            value: Data::Table(table),
            span: 0..0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_begin_at_the_front_page() {
        for (url, expected) in [
            ("archives", "/fa/archives/"),
            ("tags/#top", "/fa/tags/#top"),
            ("cv.pdf", "/fa/cv.pdf"),
            ("/posts", "/posts"),
            ("#top", "#top"),
            ("mailto:a@b.org", "mailto:a@b.org"),
            ("https://a.org", "https://a.org"),
            ("", ""),
        ] {
            assert_eq!(below_language(url, "/fa"), expected);
        }
    }
}

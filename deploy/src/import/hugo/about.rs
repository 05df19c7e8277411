//! What is written about taxonomies and terms. Their pages are lists that no
//! file is behind, so it is in `site.toml`, where templates of these lists see it.

use site_gen::review::{Data, Table};
use site_gen::slugify;

use super::config::Config;
use super::data::{get_table, set, text};
use super::document::Document;
use super::inflection;
use super::library::Library;

/// Keys that are about Hugo's page, and not about the term.
const LEFT: [&str; 6] = ["aliases", "build", "cascade", "draft", "slug", "url"];

/// Whether a text means the same where it is only a value.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains("{{<") && !text.contains("{{%")
}

/// `[extra.taxonomies]` and `[extra.terms]`: by language and taxonomy, and terms
/// by what they are called in paths.
pub(super) fn write(library: &Library, config: &Config, extra: &mut Table) {
    let (mut taxonomies, mut terms) = (Table::new(), Table::new());
    for document in &library.of_terms {
        let language = &config.languages[document.language].code;
        let (first, term) = match document.directory.split_once('/') {
            Some((first, term)) => (first, Some(term)),
            None => (document.directory.as_str(), None),
        };
        let mut names = config.taxonomies.iter();
        let Some(taxonomy) = names.find(|name| name.eq_ignore_ascii_case(first)) else {
            continue;
        };
        let about = Data::Table(about(document));
        match term {
            Some(term) => put(&mut terms, &[language, taxonomy, &slugify(term)], about),
            None => put(&mut taxonomies, &[language, taxonomy], about),
        }
    }
    for (singular, taxonomy) in singulars(config) {
        for language in &config.languages {
            let mut of_language = get_table_of(&taxonomies, &language.code);
            let mut about = get_table_of(&of_language, &taxonomy);
            set(&mut about, "singular", Data::String(singular.clone()));
            set(&mut of_language, &taxonomy, Data::Table(about));
            set(&mut taxonomies, &language.code, Data::Table(of_language));
        }
    }
    for (name, table) in [("taxonomies", taxonomies), ("terms", terms)] {
        if !table.is_empty() {
            set(extra, name, Data::Table(table));
        }
    }
}

/// The names in the singular that do not follow from those in the plural.
fn singulars(config: &Config) -> Vec<(String, String)> {
    let written = get_table(&config.root, "taxonomies").into_iter();
    let written = written.filter_map(|(key, node)| {
        let taxonomy = text(&node.value)?.to_lowercase();
        Some((key.name.to_lowercase(), taxonomy))
    });
    let follows = |(singular, plural): &(String, String)| inflection::singular(plural) == *singular;
    written.filter(|names| !follows(names)).collect()
}

fn about(document: &Document) -> Table {
    let mut about = Table::new();
    for (key, node) in &document.front {
        if !LEFT.iter().any(|left| key.name.eq_ignore_ascii_case(left)) {
            set(&mut about, &key.name, node.value.clone());
        }
    }
    let text = document.text().trim();
    if !text.is_empty() && is_plain(text) {
        set(&mut about, "text", Data::String(text.to_owned()));
    }
    about
}

/// Puts a value into tables in each other.
fn put(table: &mut Table, path: &[&str], value: Data) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        return set(table, first, value);
    }
    let mut inner = get_table_of(table, first);
    put(&mut inner, rest, value);
    set(table, first, Data::Table(inner));
}

/// The table of a key, which may have a dot in it.
fn get_table_of(table: &Table, name: &str) -> Table {
    match name.contains('.') {
        true => Table::new(),
        false => get_table(table, name),
    }
}

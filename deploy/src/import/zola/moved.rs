//! Terms whose paths are not what they were: Zola's have Latin letters. Their lists
//! and feeds move with them.

use site_gen::review::{Data, Table};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::config::Config;

/// What the configuration says of taxonomies.
#[derive(Debug)]
pub(super) struct Taxonomies {
    all: Vec<Taxonomy>,
    /// The names of feeds.
    feeds: Vec<String>,
}

#[derive(Debug)]
struct Taxonomy {
    /// The prefix of its language, as in `/fr`.
    prefix: String,
    name: String,
    has_feed: bool,
    is_rendered: bool,
}

impl Taxonomies {
    pub(super) fn read(config: &DeTable<'_>) -> Self {
        let mut all = Taxonomy::read(config, "");
        if let Some(DeValue::Table(languages)) = value(config, "languages") {
            for (code, own) in languages {
                if let DeValue::Table(own) = own.get_ref() {
                    all.extend(Taxonomy::read(own, &format!("/{}", code.get_ref())));
                }
            }
        }
        let feeds = match (
            value(config, "feed_filenames"),
            value(config, "feed_filename"),
        ) {
            (Some(DeValue::Array(names)), _) => names
                .iter()
                .filter_map(|name| name.get_ref().as_str().map(str::to_owned))
                .collect(),
            (_, Some(DeValue::String(name))) => vec![name.to_string()],
            _ => vec!["atom.xml".to_owned()],
        };
        Self { all, feeds }
    }
}

impl Taxonomies {
    /// The names of those that have pages.
    pub(super) fn rendered(&self) -> impl Iterator<Item = &str> {
        let rendered = self.all.iter().filter(|taxonomy| taxonomy.is_rendered);
        rendered.map(|taxonomy| taxonomy.name.as_str())
    }
}

impl Taxonomy {
    fn read(table: &DeTable<'_>, prefix: &str) -> Vec<Self> {
        let Some(DeValue::Array(all)) = value(table, "taxonomies") else {
            return Vec::new();
        };
        let tables = all.iter().filter_map(|one| match one.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => None,
        });
        let says = |table: &DeTable<'_>, key: &str, wanted: bool| matches!(value(table, key), Some(DeValue::Boolean(is)) if *is == wanted);
        let read = tables.filter_map(|table| {
            Some(Self {
                prefix: prefix.to_owned(),
                name: value(table, "name")?.as_str()?.to_owned(),
                has_feed: says(table, "feed", true) || says(table, "rss", true),
                is_rendered: !says(table, "render", false),
            })
        });
        read.collect()
    }
}

fn value<'a>(table: &'a DeTable<'_>, key: &str) -> Option<&'a DeValue<'a>> {
    table.get(key).map(Spanned::get_ref)
}

/// The paths of a page's terms that are others now: from where, to where.
pub(super) fn terms(front: &Table, prefix: &str, config: &Config) -> Vec<(String, String)> {
    let says = |name: &str| front.iter().find(|(key, _)| key.name == name);
    let is_draft = says("draft").is_some_and(|(_, node)| node.value == Data::Boolean(true));
    let Some(Data::Table(taxonomies)) = says("taxonomies").map(|(_, node)| &node.value) else {
        return Vec::new();
    };
    let mut moved = Vec::new();
    for (key, node) in taxonomies.iter().filter(|_| !is_draft) {
        let mut known = config.taxonomies.all.iter();
        let is_it = |own: &&Taxonomy| own.name == key.name && own.prefix == prefix;
        let Some(taxonomy) = known.find(is_it).filter(|taxonomy| taxonomy.is_rendered) else {
            continue;
        };
        let Data::Array(terms) = &node.value else {
            continue;
        };
        let list = format!("{prefix}/{}", site_gen::slugify(&key.name));
        let old_list = format!("{prefix}/{}", config.terms.part(&key.name));
        moved.push((format!("{old_list}/"), format!("{list}/")));
        for term in terms {
            let Data::String(term) = &term.value else {
                continue;
            };
            let old = format!("{old_list}/{}/", config.terms.part(term));
            let new = format!("{list}/{}/", site_gen::slugify(term));
            let feeds = config.taxonomies.feeds.iter();
            for feed in feeds.filter(|_| taxonomy.has_feed) {
                moved.push((format!("{old}{feed}"), format!("{new}{feed}")));
            }
            moved.push((old, new));
        }
    }
    moved.retain(|(old, new)| old != new);
    moved
}

//! Terms whose paths are not what they were: Zola's have Latin letters. Their lists
//! and feeds move with them.

use std::collections::BTreeMap;

use site_gen::review::{Data, Table};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::config::Config;

/// What the configuration says of taxonomies.
#[derive(Debug)]
pub(super) struct Taxonomies {
    all: Vec<Taxonomy>,
}

/// What a feed is called if nobody says it.
pub(super) const FEED: &str = "atom.xml";

/// What a table of the configuration calls feeds.
pub(super) fn feeds(table: &DeTable<'_>) -> Vec<String> {
    match (
        value(table, "feed_filenames"),
        value(table, "feed_filename"),
    ) {
        (Some(DeValue::Array(names)), _) => {
            let names = names.iter().filter_map(|name| name.get_ref().as_str());
            names.map(str::to_owned).collect()
        }
        (_, Some(DeValue::String(name))) => vec![name.to_string()],
        _ => vec![FEED.to_owned()],
    }
}

#[derive(Debug)]
struct Taxonomy {
    /// The prefix of its language, as in `/fr`.
    prefix: String,
    name: String,
    /// What its feeds are called, if it has some.
    feeds: Vec<String>,
    paginate_by: Option<usize>,
    /// As in `page/2/`.
    paginate_path: String,
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
        Self { all }
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
        let names = feeds(table);
        let read = tables.filter_map(|table| {
            let has_feed = says(table, "feed", true) || says(table, "rss", true);
            let path = value(table, "paginate_path").and_then(DeValue::as_str);
            Some(Self {
                prefix: prefix.to_owned(),
                name: value(table, "name")?.as_str()?.to_owned(),
                feeds: names.clone().into_iter().filter(|_| has_feed).collect(),
                paginate_by: number(table, "paginate_by").filter(|count| *count > 0),
                paginate_path: path.unwrap_or("page").to_owned(),
                is_rendered: !says(table, "render", false),
            })
        });
        read.collect()
    }
}

fn value<'a>(table: &'a DeTable<'_>, key: &str) -> Option<&'a DeValue<'a>> {
    table.get(key).map(Spanned::get_ref)
}

fn number(table: &DeTable<'_>, key: &str) -> Option<usize> {
    match value(table, key)? {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// How many pages a term has that has another path now, by where it was.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<String, Counted>);

#[derive(Debug)]
struct Counted {
    to: String,
    pages: usize,
    paginate_by: usize,
    paginate_path: String,
}

impl Counts {
    /// The parts of the lists of terms: from where, to where.
    pub(super) fn parts(&self) -> Vec<(String, String)> {
        let mut parts = Vec::new();
        for (from, counted) in &self.0 {
            let path = &counted.paginate_path;
            parts.push((format!("{from}{path}/1/"), counted.to.clone()));
            for number in 2..=counted.pages.div_ceil(counted.paginate_by) {
                let part = format!("{path}/{number}/");
                parts.push((format!("{from}{part}"), format!("{}{part}", counted.to)));
            }
        }
        parts
    }

    fn count(&mut self, (from, to): (&str, &str), taxonomy: &Taxonomy) {
        let Some(paginate_by) = taxonomy.paginate_by.filter(|_| from != to) else {
            return;
        };
        let counted = self.0.entry(from.to_owned()).or_insert_with(|| Counted {
            to: to.to_owned(),
            pages: 0,
            paginate_by,
            paginate_path: taxonomy.paginate_path.clone(),
        });
        counted.pages += 1;
    }
}

/// The paths of a page's terms that are others now: from where, to where.
pub(super) fn terms(
    front: &Table,
    prefix: &str,
    config: &Config,
    counts: &mut Counts,
) -> Vec<(String, String)> {
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
            for feed in &taxonomy.feeds {
                moved.push((format!("{old}{feed}"), format!("{new}{feed}")));
            }
            counts.count((&old, &new), taxonomy);
            moved.push((old, new));
        }
    }
    moved.retain(|(old, new)| old != new);
    moved
}

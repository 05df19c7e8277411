//! Pages that no file is behind: taxonomies and their terms, which are among all
//! pages of a site.

use std::collections::BTreeMap;

use site_gen::review::Table;
use site_gen::slugify;

use super::super::super::paths::join;
use super::super::data::{get_integer, get_text};
use super::super::document::Kind;
use super::super::listing::Key;
use super::super::published::unpublished;
use super::super::terms::terms;
use super::super::title;
use super::lists;
use super::stop::Stop;
use super::unmarked;
use super::value::Value;
use super::world::World;

/// The page of a taxonomy, or of one of its terms.
#[derive(Debug)]
pub(super) struct Term {
    taxonomy: String,
    /// None for the taxonomy itself.
    name: Option<String>,
    language: usize,
    /// The date of its youngest page.
    moment: Option<i128>,
    /// What was written about it.
    about: Table,
    title: String,
}

impl Term {
    /// What it is sorted by among other pages.
    pub(super) fn key(&self) -> Key<'_> {
        let weight = get_integer(&self.about, "weight").unwrap_or_default();
        Key::of_parts(weight, self.moment, &self.title, &self.taxonomy)
    }
}

/// Those of all languages.
pub(super) fn all(world: &World<'_>) -> Vec<Term> {
    let languages = 0..world.config.languages.len();
    languages
        .flat_map(|language| of_language(world, language))
        .collect()
}

fn of_language(world: &World<'_>, language: usize) -> Vec<Term> {
    let config = world.config;
    let own = world.library.documents.iter();
    let own = own.filter(|one| {
        one.language == language && one.kind != Kind::Section && unpublished(one).is_none()
    });
    // By taxonomy and by the path of the term, of which the first spelling counts.
    let mut found: BTreeMap<(String, Option<String>), (String, Option<i128>)> = BTreeMap::new();
    for taxonomy in &config.taxonomies {
        if config.has_kind("taxonomy") {
            found.insert((taxonomy.clone(), None), (taxonomy.clone(), None));
        }
    }
    for document in own {
        let moment = lists::moment(document);
        for (taxonomy, names) in terms(document, config) {
            let list = (taxonomy.clone(), None);
            found
                .entry(list)
                .and_modify(|(_, latest)| *latest = moment.max(*latest));
            for name in names.iter().filter(|_| config.has_kind("term")) {
                let key = (taxonomy.clone(), Some(config.style.piece(name)));
                let (_, latest) = found.entry(key).or_insert_with(|| (name.clone(), None));
                *latest = moment.max(*latest);
            }
        }
    }
    let made = found
        .into_iter()
        .map(|((taxonomy, piece), (name, moment))| {
            let directory = join(&taxonomy, piece.as_deref().unwrap_or_default());
            let mut written = world.library.of_terms.iter();
            let about = written.find(|one| {
                one.language == language && one.directory.eq_ignore_ascii_case(&directory)
            });
            let about = about.map(|one| one.front.clone()).unwrap_or_default();
            let title = get_text(&about, "title");
            Term {
                title: title.unwrap_or_else(|| title::of_list(&name, &config.root)),
                name: piece.map(|_| name),
                taxonomy,
                language,
                moment,
                about,
            }
        });
    made.collect()
}

/// A field of one of them.
pub(super) fn field(world: &World<'_>, number: usize, name: &str) -> Result<Value, Stop> {
    let term = &world.terms()[number];
    let is_term = term.name.is_some();
    Ok(match name {
        "Title" | "LinkTitle" => Value::text(unmarked(&term.title)),
        "Kind" => Value::text(if is_term { "term" } else { "taxonomy" }),
        "Type" | "Section" => Value::text(unmarked(&term.taxonomy)),
        "RelPermalink" | "Permalink" => {
            let prefix = world.config.prefix(term.language);
            let list = format!("{prefix}/{}/", slugify(&term.taxonomy));
            let path = match &term.name {
                Some(name) => format!("{list}{}/", slugify(name)),
                None => list,
            };
            Value::text(world.config.address(&path))
        }
        "Params" => Value::params(&term.about),
        "Weight" => Value::Integer(get_integer(&term.about, "weight").unwrap_or_default()),
        "IsNode" => Value::Boolean(true),
        "IsPage" | "IsHome" | "IsSection" | "Draft" => Value::Boolean(false),
        "Language" => Value::Language(term.language),
        "Site" => Value::Site,
        _ => return Err(Stop::field("the page of a term", name)),
    })
}

/// The number of those of a language, in the order of all.
pub(super) fn numbers(world: &World<'_>, language: usize) -> Vec<usize> {
    let all = world.terms().iter().enumerate();
    let own = all.filter(|(_, term)| term.language == language);
    own.map(|(number, _)| number).collect()
}

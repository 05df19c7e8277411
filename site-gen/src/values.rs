//! Step 8: what templates see. The names are Zola's.
//!
//! What themes can rely on is told in `themes/README.md`, which `tests/contract.rs`
//! holds complete.
//!
//! Values are built once and shared; giving one to a template costs a counter.

mod document;
pub(crate) mod json;
mod kept;
mod neighbours;
mod wishes;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::sync::Arc;

use rayon::prelude::*;
use tera::{Map, Value};

use crate::Keep;
use crate::config::Config;
use crate::config::value::ConfigValues;
use crate::document::Document;
use crate::functions::Listed;
use crate::library::paginator::Paginator;
use crate::library::taxonomy::Taxonomy;
use crate::library::{Ids, Library, Page, Section};
use document::{about_changes, about_document, about_text, insert, list, texts};
use kept::{Around, Kept, siblings};
use neighbours::Neighbours;

pub(crate) use document::{NO_ITEMS, before_text, table_of_contents};
pub(crate) use kept::KeptValues;
pub(crate) use wishes::Wishes;

/// A map from names that are known here.
pub(crate) fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    entries
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect::<Map>()
        .into()
}

/// The values of all pages and sections, in the order of the library.
pub(crate) struct Values {
    pub(crate) pages: Vec<Value>,
    /// The pages as their neighbours see them, where a template asks for them.
    page_outlines: Vec<Value>,
    /// Pages by language, newest first.
    by_age: Arc<BTreeMap<String, Vec<usize>>>,
    pub(crate) sections: Vec<Value>,
    /// The pages of each section, in its order.
    section_pages: Arc<Vec<Vec<usize>>>,
    /// The sections without their text and pages.
    pub(crate) outlines: Vec<Value>,
    pub(crate) taxonomies: Vec<TaxonomyValues>,
    ids: Ids,
}

/// A taxonomy, and its terms.
pub(crate) struct TaxonomyValues {
    lang: String,
    name: String,
    /// What there is to know of it besides its terms.
    pub(crate) about: Value,
    /// An array, which all share who show it.
    pub(crate) terms: Value,
    /// The paths of the terms, by slug.
    paths: BTreeMap<String, String>,
}

impl TaxonomyValues {
    /// A term, by its place in the list.
    pub(crate) fn term(&self, index: usize) -> Value {
        let term = self.terms.as_array().and_then(|terms| terms.get(index));
        term.cloned().unwrap_or_else(Value::none)
    }
}

impl Values {
    /// Takes the library apart: a page's document goes when it has a value, as
    /// both of all pages would be most of what is in memory.
    pub(crate) fn build(
        mut library: Library,
        (config, config_values): (&Config, &ConfigValues),
        wishes: &Wishes,
        last: &mut KeptValues,
    ) -> Self {
        let translations = translations(&library, config);
        let translations = |document: &Document| {
            let found = translations.get(&document.origin);
            found.unwrap_or(&NO_ITEMS)
        };
        let mut pages = mem::take(&mut library.pages);
        if last.keep == Keep::Nothing {
            pages.par_iter_mut().for_each(Page::forget_links);
        }
        let known = last.known(&pages, config_values);
        let neighbours = Neighbours::new(siblings(&pages, &known, config), &library, config);
        let ancestors: Vec<Value> = (0..library.sections.len())
            .map(|section| library.line(section).into())
            .collect();
        let keep = last.keep;
        let (pages, kept): (Vec<Value>, Vec<Option<Box<Kept>>>) = pages
            .into_par_iter()
            .zip(known)
            .zip(&neighbours.pages)
            .zip(&wishes.order.pages)
            .map(|(((page, known), own), &(previous, next))| {
                let around = Around {
                    ancestors: &ancestors[page.listing],
                    assets: assets(&library, &page.document),
                    translations: translations(&page.document),
                    backlinks: wishes.backlinks.to(&page.document),
                    lower: neighbours.page(page.lower),
                    higher: neighbours.page(page.higher),
                    previous: neighbours.stop(previous),
                    next: neighbours.stop(next),
                };
                let known = known.filter(|kept| kept.is_of(&page) && kept.saw(&around));
                let made = known.unwrap_or_else(|| Box::new(Kept::new(page, own, &around)));
                let value = made.value.clone();
                (value, (keep == Keep::Everything).then_some(made))
            })
            .unzip();
        last.pages.extend(kept.into_iter().flatten());
        let mut values = Self {
            pages,
            page_outlines: Vec::new(),
            by_age: Arc::clone(&wishes.by_age),
            sections: Vec::new(),
            section_pages: Arc::clone(&wishes.section_pages),
            outlines: Vec::new(),
            taxonomies: Vec::new(),
            ids: library.ids.clone(),
        };
        let in_order = library.sections.iter().zip(&wishes.order.sections);
        for (section, &(previous, next)) in in_order {
            let mut outline = outline(&library, section, &ancestors, config);
            let versions = translations(&section.document).clone();
            insert(&mut outline, "translations", versions);
            let others = [
                ("backlinks", wishes.backlinks.to(&section.document)),
                ("previous", neighbours.stop(previous)),
                ("next", neighbours.stop(next)),
            ];
            let whole = values.section(section, outline.clone(), others);
            values.outlines.push(outline.into());
            values.sections.push(whole.into());
        }
        if !wishes.by_age.is_empty() {
            values.page_outlines = neighbours.pages;
        }
        let taxonomies = library.taxonomies.iter();
        values.taxonomies = taxonomies
            .map(|taxonomy| values.taxonomy(taxonomy, config))
            .collect();
        values
    }

    /// What functions can ask for.
    pub(crate) fn listed(&self) -> Listed {
        let taxonomies = self.taxonomies.iter().map(|taxonomy| {
            let whole = map([
                ("kind", taxonomy.about.clone()),
                ("items", taxonomy.terms.clone()),
            ]);
            let name = (taxonomy.lang.clone(), taxonomy.name.clone());
            (name, (whole, taxonomy.paths.clone()))
        });
        Listed {
            page_ids: Arc::clone(&self.ids.pages),
            pages: self.pages.clone(),
            page_outlines: self.page_outlines.clone(),
            by_age: Arc::clone(&self.by_age),
            section_pages: Arc::clone(&self.section_pages),
            section_ids: Arc::clone(&self.ids.sections),
            sections: self.sections.clone(),
            outlines: self.outlines.clone(),
            taxonomies: taxonomies.collect(),
        }
    }

    /// The values of some of the pages.
    pub(crate) fn pages(&self, indexes: &[usize]) -> Value {
        indexes
            .iter()
            .map(|&index| self.pages[index].clone())
            .collect::<Vec<_>>()
            .into()
    }

    fn section(&self, section: &Section, mut map: Map, others: [(&'static str, &Value); 3]) -> Map {
        for (name, value) in others {
            insert(&mut map, name, value.clone());
        }
        map.extend(about_text(&section.text));
        insert(&mut map, "pages", self.pages(&section.pages));
        map
    }

    fn taxonomy(&self, taxonomy: &Taxonomy, config: &Config) -> TaxonomyValues {
        let terms = taxonomy.terms.iter();
        let paths = terms
            .clone()
            .map(|term| (term.slug.clone(), term.path.clone()));
        TaxonomyValues {
            lang: taxonomy.lang.clone(),
            name: taxonomy.config.name.clone(),
            about: taxonomy.to_value(config),
            paths: paths.collect(),
            terms: terms
                .map(|term| term.to_value(self.pages(&term.pages), config))
                .collect::<Vec<_>>()
                .into(),
        }
    }

    /// A page of a listing that is cut into several.
    pub(crate) fn paginator(&self, paginator: &Paginator, config: &Config) -> Value {
        let link = |index: usize| Value::from(config.permalink(&paginator.path(index)));
        let index = paginator.index;
        map([
            ("paginate_by", paginator.paginate_by.into()),
            ("base_url", config.permalink(&paginator.base_path()).into()),
            ("number_pagers", paginator.count().into()),
            ("first", link(1)),
            ("last", link(paginator.count())),
            (
                "previous",
                if index > 1 {
                    link(index - 1)
                } else {
                    Value::none()
                },
            ),
            (
                "next",
                if index < paginator.count() {
                    link(index + 1)
                } else {
                    Value::none()
                },
            ),
            ("pages", self.pages(paginator.shown())),
            ("current_index", index.into()),
            ("total_pages", paginator.pages.len().into()),
        ])
    }
}

/// What there is to know of a section besides its text and its pages.
fn outline(library: &Library, section: &Section, ancestors: &[Value], config: &Config) -> Map {
    let document = &section.document;
    let ids = section
        .children
        .iter()
        .map(|&child| &library.sections[child]);
    let subsections: Vec<Value> = ids.map(|child| (&*child.document.id).into()).collect();
    let above = section
        .parent
        .map_or(&*NO_ITEMS, |parent| &ancestors[parent]);
    let mut map = about_document(document, config);
    map.extend(about_changes(document));
    insert(&mut map, "ancestors", above.clone());
    let assets = assets(library, document).into_owned();
    insert(&mut map, "assets", assets);
    insert(&mut map, "subsections", subsections.into());
    let feeds = document.front.section.generate_feeds;
    insert(&mut map, "generate_feeds", feeds.into());
    map
}

/// All versions of each document, in the order of the languages, by what they
/// have in common.
fn translations(library: &Library, config: &Config) -> HashMap<String, Value> {
    let versions = library.versions(config).into_iter();
    let translations = versions.map(|(origin, versions)| {
        let in_order = config.languages.iter().filter_map(|language| {
            let mut versions = versions.iter();
            versions.find(|other| *other.lang == language.code)
        });
        let values = in_order.map(|other| {
            map([
                ("lang", (&*other.lang).into()),
                ("title", other.front.title.as_deref().into()),
                ("path", (&*other.path).into()),
                ("permalink", config.permalink(&other.path).into()),
            ])
        });
        (origin.to_owned(), list(values.collect()))
    });
    translations.collect()
}

fn assets<'a>(library: &Library, document: &Document) -> Cow<'a, Value> {
    match library.assets(document) {
        [] => Cow::Borrowed(&*NO_ITEMS),
        paths => Cow::Owned(texts(paths)),
    }
}

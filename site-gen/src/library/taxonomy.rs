//! Taxonomies: pages sorted by the terms they name, as by tags.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;
use tera::Value;

use crate::config::language::Language;
use crate::config::{Config, TaxonomyConfig};
use crate::library::Page;
use crate::url::{encode, slugify};
use crate::values::map;

/// How many pages a thread looks at, at a time.
const PART: usize = 2048;

/// All terms of one taxonomy.
#[derive(Debug)]
pub(crate) struct Taxonomy {
    pub(crate) config: TaxonomyConfig,
    /// The language of its pages.
    pub(crate) lang: String,
    /// As in `/tags/`.
    pub(crate) path: String,
    /// In order of name.
    pub(crate) terms: Vec<Term>,
}

/// A term and the pages under it.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) name: String,
    pub(crate) slug: String,
    /// As in `/tags/release/`.
    pub(crate) path: String,
    /// Newest first, or as `sort_by` says.
    pub(crate) pages: Vec<usize>,
}

/// Sorts all pages into the configured taxonomies. Terms that differ only in
/// case are one; the spelling of the first page counts.
pub(crate) fn collect(pages: &[Page], ages: &[usize], config: &Config) -> Vec<Taxonomy> {
    let languages = config.languages.iter().enumerate();
    // A language without pages has no empty lists.
    let used = languages.filter(|(index, language)| {
        let mut all = pages.iter();
        *index == 0 || all.any(|page| *page.document.lang == language.code)
    });
    let of_each: Vec<(&TaxonomyConfig, &Language)> = used
        .flat_map(|(_, language)| language.taxonomies.iter().map(move |own| (own, language)))
        .collect();
    let of_each = of_each.into_par_iter();
    of_each
        .map(|(own, language)| {
            let prefix = config.prefix(&language.code);
            collect_one((pages, ages), own, language, &prefix)
        })
        .collect()
}

fn collect_one(
    (pages, ages): (&[Page], &[usize]),
    config: &TaxonomyConfig,
    language: &Language,
    prefix: &str,
) -> Taxonomy {
    let path = format!("{prefix}/{}/", encode(&config.slug));
    let mut terms: Vec<Term> = Vec::new();
    let mut by_slug: HashMap<String, usize, RandomState> = HashMap::default();
    let parts = pages.par_chunks(PART).enumerate();
    let parts = parts.map(|(part, pages)| named(pages, part * PART, config, language));
    for (name, named) in parts.collect::<Vec<_>>().into_iter().flatten() {
        let term = *by_slug.entry(slugify(name)).or_insert_with_key(|slug| {
            terms.push(Term {
                name: name.to_owned(),
                path: format!("{path}{}/", encode(slug)),
                slug: slug.clone(),
                pages: Vec::new(),
            });
            terms.len() - 1
        });
        terms[term].pages.extend(named);
    }
    terms.par_iter_mut().for_each(|term| {
        term.pages.sort_unstable_by_key(|&page| ages[page]);
        term.pages.dedup();
    });
    terms.sort_by_cached_key(|term| (term.name.to_lowercase(), term.slug.clone()));
    Taxonomy {
        config: config.clone(),
        lang: language.code.clone(),
        path,
        terms,
    }
}

/// The names of terms on some pages, in the order in which they come, each with the numbers
/// of its pages.
fn named<'a>(
    pages: &'a [Page],
    first: usize,
    config: &TaxonomyConfig,
    language: &Language,
) -> Vec<(&'a str, Vec<usize>)> {
    let mut named: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut by_name: HashMap<&str, usize, RandomState> = HashMap::default();
    let pages = pages.iter().zip(first..);
    for (page, number) in pages.filter(|(page, _)| *page.document.lang == language.code) {
        let taxonomies = page.document.front.taxonomies.iter();
        let own = taxonomies.filter(|(name, _, _)| *name == config.name);
        for name in own.flat_map(|(_, names, _)| names) {
            let place = *by_name.entry(name).or_insert_with(|| {
                named.push((name, Vec::new()));
                named.len() - 1
            });
            named[place].1.push(number);
        }
    }
    named
}

impl Taxonomy {
    /// The taxonomy as templates see it.
    pub(crate) fn to_value(&self, config: &Config) -> Value {
        map([
            ("name", self.config.name.as_str().into()),
            ("slug", self.config.slug.as_str().into()),
            ("paginate_by", self.config.paginate_by.into()),
            ("feed", self.config.feed.into()),
            ("render", self.config.render.into()),
            ("path", self.path.as_str().into()),
            ("permalink", config.permalink(&self.path).into()),
            ("lang", self.lang.as_str().into()),
        ])
    }
}

impl Term {
    /// The term, with its pages, as templates see it.
    pub(crate) fn to_value(&self, pages: Value, config: &Config) -> Value {
        map([
            ("name", self.name.as_str().into()),
            ("slug", self.slug.as_str().into()),
            ("path", self.path.as_str().into()),
            ("permalink", config.permalink(&self.path).into()),
            ("pages", pages),
            ("page_count", self.pages.len().into()),
        ])
    }
}

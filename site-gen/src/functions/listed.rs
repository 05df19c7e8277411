//! Pages, sections and taxonomies, as functions find them.

use std::collections::BTreeMap;

use tera::{Error, Kwargs, TeraResult, Value};

use super::{Knowledge, not_found};
use crate::library::Numbers;
use crate::url;

impl Knowledge {
    /// A document by its file: its version in the language that is asked for,
    /// or else the file itself.
    pub(super) fn find(
        &self,
        ids: &Numbers,
        values: &[Value],
        kwargs: &Kwargs,
        what: &str,
    ) -> TeraResult<Value> {
        let index = self.number(ids, kwargs.must_get("path")?, kwargs, what)?;
        Ok(values.get(index).cloned().unwrap_or_else(Value::none))
    }

    /// Which of the values that of a file is.
    fn number(&self, ids: &Numbers, path: &str, kwargs: &Kwargs, what: &str) -> TeraResult<usize> {
        let id = path.trim_start_matches("@/");
        let found = self.meant(id, kwargs, |id| ids.get(id))?;
        found.copied().ok_or_else(|| {
            let mut known: Vec<&str> = ids.keys().map(|id| &**id).collect();
            known.sort();
            self.no_file(what, id, known.into_iter())
        })
    }

    /// All pages in the language that is asked for, newest first; or those of a section,
    /// in its order.
    pub(super) fn all_pages(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let listed = self.listed()?;
        let outline = kwargs.get::<bool>("metadata_only")?.unwrap_or_default();
        let values = if outline {
            &listed.page_outlines
        } else {
            &listed.pages
        };
        let own = match kwargs.get::<&str>("section")? {
            Some(path) => {
                let section = self.number(&listed.section_ids, path, kwargs, "section")?;
                listed.section_pages.get(section)
            }
            None => listed.by_age.get(&self.language(kwargs)?.code),
        };
        let own = own.into_iter().flatten();
        let pages: Vec<Value> = own.filter_map(|&page| values.get(page).cloned()).collect();
        Ok(pages.into())
    }

    /// A taxonomy, and the paths of its terms by slug; none if it is not there and
    /// need not be.
    pub(super) fn taxonomy(
        &self,
        kwargs: &Kwargs,
    ) -> TeraResult<Option<&(Value, BTreeMap<String, String>)>> {
        let kind: &str = kwargs.must_get("kind")?;
        let known = &self.listed()?.taxonomies;
        let lang = self.language(kwargs)?.code.clone();
        let missing = || not_found("taxonomy", kind, known.keys().map(|(_, name)| name));
        if_required(known.get(&(lang, kind.to_owned())), kwargs, missing)
    }

    /// A term; none if it is not there and need not be.
    pub(super) fn taxonomy_term(&self, kwargs: &Kwargs) -> TeraResult<Option<Value>> {
        let name: &str = kwargs.must_get("term")?;
        let Some((taxonomy, paths)) = self.taxonomy(kwargs)? else {
            return Ok(None);
        };
        let slug = url::slugify(name);
        let terms = taxonomy.get_from_path("items").and_then(Value::as_array);
        let mut terms = terms.into_iter().flatten();
        let is_it =
            |term: &&Value| term.get_from_path("slug").and_then(Value::as_str) == Some(&slug);
        let term = terms.find(is_it).cloned();
        if_required(term, kwargs, || not_found("term", name, paths.keys()))
    }

    /// The address of a term; none if it is not there and need not be.
    pub(super) fn taxonomy_url(&self, kwargs: &Kwargs) -> TeraResult<Option<String>> {
        let name: &str = kwargs.must_get("name")?;
        let Some((_, terms)) = self.taxonomy(kwargs)? else {
            return Ok(None);
        };
        let base = self.base(kwargs)?;
        let path = terms.get(&url::slugify(name));
        let path = if_required(path, kwargs, || not_found("term", name, terms.keys()))?;
        Ok(path.map(|path| format!("{base}{path}")))
    }
}

/// With `required=false`, what is not there is none. All else that is wrong is a fault:
/// that nothing is known yet says nothing of what is there.
fn if_required<T>(
    found: Option<T>,
    kwargs: &Kwargs,
    missing: impl FnOnce() -> Error,
) -> TeraResult<Option<T>> {
    let required = kwargs.get::<bool>("required")?.unwrap_or(true);
    match found {
        None if required => Err(missing()),
        found => Ok(found),
    }
}

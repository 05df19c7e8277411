//! Pages, sections and taxonomies, as functions find them.

use std::collections::{BTreeMap, HashMap};

use tera::{Kwargs, TeraResult, Value};

use super::{Knowledge, not_found};
use crate::url;

impl Knowledge {
    /// A document by its file: its version in the language that is asked for,
    /// or else the file itself.
    pub(super) fn find(
        &self,
        ids: &HashMap<String, usize>,
        values: &[Value],
        kwargs: &Kwargs,
        what: &str,
    ) -> TeraResult<Value> {
        let path: &str = kwargs.must_get("path")?;
        let id = path.trim_start_matches("@/");
        let version = self.version(id, kwargs)?.and_then(|id| ids.get(&id));
        let found = version.or_else(|| ids.get(id));
        let found = found.and_then(|&index| values.get(index));
        found.cloned().ok_or_else(|| {
            let mut known: Vec<&String> = ids.keys().collect();
            known.sort();
            not_found(what, id, known.into_iter())
        })
    }

    pub(super) fn taxonomy(
        &self,
        kwargs: &Kwargs,
    ) -> TeraResult<&(Value, BTreeMap<String, String>)> {
        let kind: &str = kwargs.must_get("kind")?;
        let known = &self.listed()?.taxonomies;
        let lang = self.language(kwargs)?.code.clone();
        known
            .get(&(lang, kind.to_owned()))
            .ok_or_else(|| not_found("taxonomy", kind, known.keys().map(|(_, name)| name)))
    }

    pub(super) fn taxonomy_term(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let (taxonomy, paths) = self.taxonomy(kwargs)?;
        let name: &str = kwargs.must_get("term")?;
        let slug = url::slugify(name);
        let terms = taxonomy.get_from_path("items").and_then(Value::as_array);
        let mut terms = terms.into_iter().flatten();
        let is_it =
            |term: &&Value| term.get_from_path("slug").and_then(Value::as_str) == Some(&slug);
        let term = terms.find(is_it);
        term.cloned()
            .ok_or_else(|| not_found("term", name, paths.keys()))
    }

    pub(super) fn taxonomy_url(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let (_, terms) = self.taxonomy(kwargs)?;
        let name: &str = kwargs.must_get("name")?;
        let path = terms.get(&url::slugify(name));
        let path = path.ok_or_else(|| not_found("term", name, terms.keys()))?;
        Ok(format!("{}{path}", self.base(kwargs)?))
    }
}

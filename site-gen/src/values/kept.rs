//! What templates see of pages, from one build to the next: a page whose document,
//! text and surroundings are the same has the same value, and not an equal one.

use std::borrow::Cow;
use std::mem;
use std::sync::Arc;

use rayon::prelude::*;
use tera::Value;

use super::document::{about_changes, about_text, insert, sibling, taxonomies};
use crate::Keep;
use crate::config::Config;
use crate::config::value::ConfigValues;
use crate::document::Document;
use crate::library::Page;
use crate::texts::Text;
use crate::texts::sorted::{Keyed, Sorted};

/// The values of the last build: one whose page and neighbours did not change
/// is given to templates again, so that it can be told to be the same by its
/// address.
#[derive(Debug, Default)]
pub(crate) struct KeptValues {
    /// Whether this build leaves any.
    pub(crate) keep: Keep,
    /// The configuration as templates see it.
    config: Option<ConfigValues>,
    pub(super) pages: Sorted<Box<Kept>>,
}

/// What templates see of a page, and all that it was made from.
#[derive(Debug)]
pub(crate) struct Kept {
    document: Arc<Document>,
    text: Arc<Text>,
    ancestors: Value,
    assets: Value,
    translations: Value,
    backlinks: Value,
    /// Itself, as its neighbours see it.
    sibling: Value,
    lower: Value,
    higher: Value,
    previous: Value,
    next: Value,
    pub(super) value: Value,
}

/// What a page sees of others. Most pages are compared with what they were, and
/// that is all: so it is borrowed, as threads that count how many hold one empty
/// list wait for each other.
pub(super) struct Around<'a> {
    pub(super) ancestors: &'a Value,
    pub(super) assets: Cow<'a, Value>,
    pub(super) translations: &'a Value,
    pub(super) backlinks: &'a Value,
    pub(super) lower: &'a Value,
    pub(super) higher: &'a Value,
    pub(super) previous: &'a Value,
    pub(super) next: &'a Value,
}

impl KeptValues {
    /// Those of the pages that there are now.
    pub(super) fn known(
        &mut self,
        pages: &[Page],
        config: &ConfigValues,
    ) -> Vec<Option<Box<Kept>>> {
        let mut last = mem::take(&mut self.pages);
        if self.config.as_ref() != Some(config) {
            last = Sorted::default();
            self.config = Some(config.clone());
        }
        let documents = pages.iter().map(|page| &page.document);
        documents.map(|document| last.take(&document.id)).collect()
    }
}

impl Keyed for Box<Kept> {
    fn key(&self) -> &str {
        &self.document.id
    }
}

impl Kept {
    pub(super) fn new(page: Page, own: &Value, around: &Around<'_>) -> Self {
        let mut kept = Self {
            document: page.document,
            text: page.text,
            ancestors: around.ancestors.clone(),
            assets: around.assets.clone().into_owned(),
            translations: around.translations.clone(),
            backlinks: around.backlinks.clone(),
            sibling: own.clone(),
            lower: around.lower.clone(),
            higher: around.higher.clone(),
            previous: around.previous.clone(),
            next: around.next.clone(),
            value: Value::none(),
        };
        kept.value = kept.page();
        kept
    }

    pub(super) fn is_of(&self, page: &Page) -> bool {
        Arc::ptr_eq(&self.document, &page.document) && Arc::ptr_eq(&self.text, &page.text)
    }

    pub(super) fn saw(&self, around: &Around<'_>) -> bool {
        self.ancestors == *around.ancestors
            && self.assets == *around.assets
            && self.translations == *around.translations
            && self.backlinks == *around.backlinks
            && self.lower == *around.lower
            && self.higher == *around.higher
            && self.previous == *around.previous
            && self.next == *around.next
    }

    fn page(&self) -> Value {
        // What neighbours see of it is the first part of what it sees itself.
        let mut map = self.sibling.as_map().cloned().unwrap_or_default();
        map.extend(about_changes(&self.document));
        map.extend(about_text(&self.text));
        insert(&mut map, "taxonomies", taxonomies(&self.document));
        insert(&mut map, "ancestors", self.ancestors.clone());
        insert(&mut map, "assets", self.assets.clone());
        let directory = self.document.colocated_path();
        insert(&mut map, "colocated_path", directory.into());
        insert(&mut map, "translations", self.translations.clone());
        insert(&mut map, "backlinks", self.backlinks.clone());
        insert(&mut map, "lower", self.lower.clone());
        insert(&mut map, "higher", self.higher.clone());
        insert(&mut map, "previous", self.previous.clone());
        insert(&mut map, "next", self.next.clone());
        map.shrink_to_fit();
        map.into()
    }
}

/// All pages as their neighbours see them.
pub(super) fn siblings(pages: &[Page], known: &[Option<Box<Kept>>], config: &Config) -> Vec<Value> {
    let pages = pages.par_iter().zip(known);
    let siblings = pages.map(|(page, known)| match known {
        Some(kept) if Arc::ptr_eq(&kept.document, &page.document) => kept.sibling.clone(),
        _ => sibling(&page.document, config).into(),
    });
    siblings.collect()
}

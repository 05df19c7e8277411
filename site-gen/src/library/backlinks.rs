//! Who links to a page: `backlinks`, as in Zola. They are gathered only where a
//! template of the theme names them: every text is asked for its links.

use std::collections::HashMap;

use tera::Value;

use crate::config::Config;
use crate::document::Document;
use crate::library::Library;
use crate::markdown::Target;
use crate::theme::Theme;
use crate::values::{NO_ITEMS, map};

/// The documents that link to each document, as templates see them, by its file.
#[derive(Default)]
pub(crate) struct Backlinks(HashMap<String, Value>);

impl Backlinks {
    pub(crate) fn of(library: &Library, theme: &Theme, config: &Config) -> Self {
        let mut templates = theme.templates().values();
        if !templates.any(|template| template.text.contains("backlinks")) {
            return Self::default();
        }
        let mut backlinks: HashMap<&str, Vec<&Document>> = HashMap::new();
        for (document, text) in library.documents() {
            for reference in &text.references {
                let Target::Document(id) = &reference.target else {
                    continue;
                };
                let others = backlinks.entry(id).or_default();
                // One document's links come together.
                let known = others.last().is_some_and(|last| last.id == document.id);
                if !known && **id != *document.id && document.front.is_rendered() {
                    others.push(document);
                }
            }
        }
        let values = backlinks.into_iter().map(|(id, mut others)| {
            others.sort_by_key(|other| &other.id);
            let others = others.into_iter().map(|other| {
                map([
                    ("title", other.front.title.as_deref().into()),
                    ("path", (&*other.path).into()),
                    ("permalink", config.permalink(&other.path).into()),
                ])
            });
            (id.to_owned(), others.collect::<Vec<_>>().into())
        });
        Self(values.collect())
    }

    /// Those of a document.
    pub(crate) fn to(&self, document: &Document) -> &Value {
        self.0.get(&*document.id).unwrap_or(&NO_ITEMS)
    }
}

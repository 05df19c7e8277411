//! Who links to a page: `backlinks`, as in Zola. They are gathered only where a
//! template of the theme names them: every text is asked for its links.

use std::collections::HashMap;

use tera::Value;

use crate::config::Config;
use crate::document::Document;
use crate::library::Library;
use crate::markdown::Target;
use crate::theme::Theme;
use crate::values::map;

/// The documents that link to each document, by its file.
#[derive(Default)]
pub(crate) struct Backlinks<'a>(HashMap<&'a str, Vec<&'a Document>>);

impl<'a> Backlinks<'a> {
    pub(crate) fn of(library: &'a Library, theme: Option<&Theme>) -> Self {
        let mut backlinks = Self::default();
        let wanted = |theme: &Theme| {
            let mut texts = theme.templates().values();
            texts.any(|template| template.text.contains("backlinks"))
        };
        if !theme.is_some_and(wanted) {
            return backlinks;
        }
        for (document, text) in library.documents() {
            for reference in &text.references {
                let Target::Document(id) = &reference.target else {
                    continue;
                };
                let others = backlinks.0.entry(id).or_default();
                // One document's links come together.
                let known = others.last().is_some_and(|last| last.id == document.id);
                if !known && *id != document.id && document.front.is_rendered() {
                    others.push(document);
                }
            }
        }
        for others in backlinks.0.values_mut() {
            others.sort_by_key(|other| &other.id);
        }
        backlinks
    }

    /// Those of a document, as templates see them.
    pub(crate) fn to_value(&self, document: &Document, config: &Config) -> Value {
        let others = self.0.get(document.id.as_str()).into_iter().flatten();
        let others: Vec<Value> = others
            .map(|other| {
                map([
                    ("title", other.front.title.as_deref().into()),
                    ("path", other.path.as_str().into()),
                    ("permalink", config.permalink(&other.path).into()),
                ])
            })
            .collect();
        others.into()
    }
}

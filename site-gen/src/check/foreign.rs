//! Keys in front matter that mean nothing here: another generator's, or the
//! author's own. Templates see them; whoever expected more is told.

use crate::diagnostic::Diagnostic;
use crate::document::Document;

/// What others call something that has a key.
const NAMES: [(&str, &str); 14] = [
    ("subject", "title"),
    ("name", "title"),
    ("summary", "description"),
    ("excerpt", "description"),
    ("permalink", "path"),
    ("url", "path"),
    ("redirect_from", "aliases"),
    ("layout", "template"),
    ("lastmod", "updated"),
    ("modified", "updated"),
    ("published", "date"),
    ("tags", "taxonomies"),
    ("categories", "taxonomies"),
    ("order", "weight"),
];

/// The foreign keys of a document.
pub(super) fn check(document: &Document) -> Vec<Diagnostic> {
    let foreign = document.front.foreign.iter();
    let warn = foreign.map(|key| {
        let name = &key.name;
        let named = NAMES
            .iter()
            .find(|(other, _)| *other == name.to_lowercase());
        let suggestion = named.map(|(_, own)| match *own {
            "taxonomies" => format!(
                "`taxonomies = [{{ name = \"{name}\" }}]` in content/site.toml makes them mean \
                 something"
            ),
            own => format!("did you mean `{own}`?"),
        });
        document
            .source
            .at(key.span.clone(), format!("`{name}` means nothing here"))
            .expected(format!(
                "it under `extra`: templates see it as `extra.{name}`"
            ))
            .suggestion(suggestion)
            .warning()
    });
    warn.collect()
}

//! Terms that have one address though their names differ in more than capitals and
//! spaces, as `C` and `C++` do: their pages are in one list, under one name.

use std::collections::HashMap;

use super::Sources;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::url::slugify;

/// Tells where a term is named that is one with another.
pub(super) fn check(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let mut documents: Vec<&Document> = sources.documents().collect();
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    let mut known: HashMap<(&str, &str, String), (&str, &Document)> = HashMap::new();
    let mut faults = Vec::new();
    for document in documents {
        for (taxonomy, names, span) in &document.front.taxonomies {
            for name in names {
                let key = (&*document.lang, taxonomy.as_str(), slugify(name));
                let (first, named_in) = *known.entry(key).or_insert((name, document));
                if letters(first) != letters(name) {
                    let named_in = named_in.source.file.display();
                    let message =
                        format!("`{name}` is one with the term `{first}`, from {named_in}");
                    let fault = document.source.at(span.clone(), message);
                    let expected = "terms that differ in letters or digits, as `cpp` and `c` do";
                    faults.push(fault.expected(expected).warning());
                }
            }
        }
    }
    faults
}

/// A name without what nobody minds.
fn letters(name: &str) -> String {
    let minded = name
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'));
    minded.flat_map(char::to_lowercase).collect()
}

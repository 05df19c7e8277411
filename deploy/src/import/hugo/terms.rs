//! Terms: which ones a document names, and where Hugo serves their pages.

use super::super::paths::complete;
use super::address::Parts;
use super::config::Config;
use super::data::get_texts;
use super::document::Document;

/// The terms of a document by taxonomy.
pub(super) fn terms(document: &Document, config: &Config) -> Vec<(String, Vec<String>)> {
    let taxonomies = config.taxonomies.iter();
    let terms = taxonomies.map(|name| (name.clone(), get_texts(&document.front, name)));
    terms.filter(|(_, terms)| !terms.is_empty()).collect()
}

/// The path of a taxonomy's list, if the configuration has a pattern for it.
pub(super) fn list_url(config: &Config, language: usize, taxonomy: &str) -> Option<String> {
    let path = complete(&patterned(
        (config, language),
        "taxonomy",
        taxonomy,
        taxonomy,
    )?);
    Some(format!("{}{path}", config.prefix(language)))
}

/// The path of a term, with that of its language.
pub(super) fn term_url(config: &Config, language: usize, taxonomy: &str, term: &str) -> String {
    let prefix = config.prefix(language);
    let path = patterned((config, language), "term", taxonomy, term);
    let path = path.unwrap_or_else(|| format!("/{taxonomy}/{}", config.style.piece(term)));
    format!("{prefix}{path}/")
}

/// The path of a list of this kind by the pattern of the configuration, if it has
/// one that can be filled.
fn patterned(
    (config, language): (&Config, usize),
    kind: &str,
    taxonomy: &str,
    name: &str,
) -> Option<String> {
    let pattern = config.permalink(language, kind, taxonomy)?;
    let parts = Parts {
        sections: &[taxonomy.to_owned()],
        title: name,
        slug: Some(name),
        name,
        style: config.style,
        ..Parts::default()
    };
    parts.fill(&pattern).ok()
}

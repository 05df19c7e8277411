//! Slugs with spaces. Zola makes hyphens of these; here an author's slug stands in the address
//! as it is, and whoever copies `/my%20page/` from a text that shows it as `/my page/` loses
//! what is behind the space.

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::url::slugify;

/// The fault of a document with such a slug.
pub(super) fn check(document: &Document) -> Option<Diagnostic> {
    let slug = document.front.slug.as_deref();
    let slug = slug.filter(|slug| slug.contains(char::is_whitespace))?;
    let text = &document.source.text;
    let key = text.find("slug")?;
    let start = key + text[key..].find(slug)?;
    let fault = document
        .source
        .at(start..start + slug.len(), "this address has a space in it")
        .expected("words with hyphens between them")
        .suggestion(Some(format!("did you mean `{}`?", slugify(slug))));
    Some(fault.warning())
}

//! Slugs with spaces. Zola makes hyphens of these; here an author's slug stands in the address
//! as it is, and whoever copies `/my%20page/` from a text that shows it as `/my page/` loses
//! what is behind the space.

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::front_matter;
use crate::url::slugify;

/// The fault of a document with such a slug.
pub(super) fn check(document: &Document) -> Option<Diagnostic> {
    let slug = document.front.slug.as_deref();
    let slug = slug.filter(|slug| slug.contains(char::is_whitespace))?;
    let source = &document.source;
    let line = front_matter::line_of(source, &["slug"])?;
    let place = source.text[line.clone()].find(slug);
    let place = place.map(|at| line.start + at..line.start + at + slug.len());
    let fault = source
        .at(place.unwrap_or(line), "this address has a space in it")
        .expected("words with hyphens between them")
        .suggestion(Some(format!("did you mean `{}`?", slugify(slug))));
    Some(fault.warning())
}

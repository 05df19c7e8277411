//! Aliases that a document has twice: the second one does nothing, and probably another
//! address was meant. Of those of different documents, a build tells.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::output::collect::alias_path;

/// Tells where an alias stands again.
pub(super) fn check(document: &Document) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let again = document.front.aliases.iter();
    let again = again.filter(|(alias, _)| !seen.insert(alias_path(alias)));
    let tell = |(alias, span): &(String, std::ops::Range<usize>)| {
        let message = format!("`{alias}` is an alias of this page already");
        let fault = document.source.at(span.clone(), message);
        fault.expected("each address once").warning()
    };
    again.take(MAX_DIAGNOSTICS).map(tell).collect()
}

//! Whether links lead somewhere: to a document that is rendered, to an anchor that
//! is there, to a path that is served.
//!
//! # What is done again
//!
//! If all links of the last build were good ([`Changes`]), those of a text that is
//! the same are good, too, unless the anchors of a document that they name are
//! others, or it is no longer rendered. That such a document is there, and where,
//! is what the text was made from (`texts`). Links to paths are always looked at.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::library::Library;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{Reference, Target};
use crate::nearby::meant;
use crate::output::Output;
use crate::texts::{Text, WithText};
use crate::url;

/// What is another than in a build whose links were all good, by file.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    texts: HashSet<String>,
    /// The documents of which a link may no longer lead to what it named.
    targets: HashSet<String>,
}

impl Changes {
    /// Takes note of a document whose text was made anew.
    pub(crate) fn note_text(&mut self, document: &Document) {
        self.texts.insert(document.id.clone());
    }

    /// Takes note of a document that links may miss.
    pub(crate) fn note_target(&mut self, document: &Document) {
        self.targets.insert(document.id.clone());
    }

    /// The links of a document that may be others than they were, or may lead to
    /// something else.
    fn among<'t>(
        &self,
        document: &Document,
        text: &'t Text,
    ) -> impl Iterator<Item = &'t Reference> {
        let is_new = self.texts.contains(&document.id);
        // There are many links, and it takes longest to look at them.
        let are_all_same = !is_new && self.targets.is_empty() && !text.names_paths;
        let references: &[Reference] = if are_all_same { &[] } else { &text.references };
        references
            .iter()
            .filter(move |reference| match &reference.target {
                Target::Document(id) => is_new || self.targets.contains(id),
                Target::Path(_) => true,
                Target::Unknown => false,
            })
    }
}

/// Whether each link to one version of a document is as good to the other.
pub(crate) fn are_alike((old, old_text): &WithText, (new, new_text): &WithText) -> bool {
    old_text.anchors == new_text.anchors && old.front.is_rendered() == new.front.is_rendered()
}

/// Checks that every link with an anchor leads to one, and that every path of the
/// site that is linked to is served.
pub(crate) fn check(
    library: &Library,
    site: &Path,
    output: &Output<'_>,
    changes: Option<&Changes>,
) -> Vec<Diagnostic> {
    let documents: Vec<(&Arc<Document>, &Arc<Text>)> = library.documents().collect();
    // Few sites write paths where they could name files.
    let by_path: LazyLock<HashMap<&str, &Text>, _> = LazyLock::new(|| {
        let texts = documents.iter();
        texts
            .map(|(document, text)| (&*document.path, &***text))
            .collect()
    });
    let check = |document: &Document, reference: &Reference| {
        let (target, name) = match &reference.target {
            Target::Document(id) if !is_rendered(library, id) => {
                let message = format!("`{id}` is not rendered: there is no page to link to");
                let fault = document.at_in(site, reference.span.clone(), message);
                return Some(fault.expected("a page without `render = false`"));
            }
            Target::Document(id) => (text(library, id), id),
            Target::Unknown => return None,
            Target::Path(path) if output.is_unsure(path) => return None,
            Target::Path(path) if !output.leads(path) => {
                let message = format!("nothing is served under `{path}`");
                let fault = document.at_in(site, reference.span.clone(), message);
                let suggestion = suggest(library, output, document, &fault, path);
                let fault = fault.expected("a link to a path of the site, or `@/FILE.md`");
                return Some(fault.suggestion(suggestion));
            }
            Target::Path(path) => (by_path.get(path.as_str()).copied(), path),
        };
        missing_anchor((site, document), reference, target?, name)
    };
    let faults = documents.par_iter().flat_map_iter(|(document, text)| {
        let references: Vec<&Reference> = match changes {
            Some(changes) => changes.among(document, text).collect(),
            None => text.references.iter().collect(),
        };
        let faults = references.into_iter();
        let faults = faults.filter_map(|reference| check(document, reference));
        faults.take(MAX_DIAGNOSTICS)
    });
    faults.collect()
}

/// Whether there is a page to see of a document, by its file.
fn is_rendered(library: &Library, id: &str) -> bool {
    let page = library.ids.pages.get(id);
    let page = page.map(|&index| &library.pages[index].document);
    let section = || Some(&library.sections[*library.ids.sections.get(id)?].document);
    let document = page.or_else(section);
    document.is_none_or(|document| document.front.is_rendered())
}

/// What may have been meant by a path that nothing has: a file beside the document,
/// or else another path.
fn suggest(
    library: &Library,
    output: &Output<'_>,
    document: &Document,
    fault: &Diagnostic,
    path: &str,
) -> Option<String> {
    let ids = || library.ids.pages.keys().chain(library.ids.sections.keys());
    let ids = ids().map(String::as_str);
    let paths = output.paths().map(|path| path.trim_start_matches('/'));
    let mut names: Vec<&str> = ids.chain(paths).collect();
    // The first is suggested, and it is to be the same one each time.
    names.sort_by_key(|name| (!name.ends_with(MARKDOWN), *name));
    let written = fault.place.as_ref().map(|place| place.shown());
    let written = written.filter(|written| !written.starts_with('/') && !url::has_scheme(written));
    let directory = document.id.rsplit_once('/').map_or("", |(above, _)| above);
    let beside = written.and_then(|written| {
        let end = written.find(['?', '#']).unwrap_or(written.len());
        url::join(directory, &url::decode(&written[..end]))
    });
    let meant = |wanted: &str| meant(wanted, names.iter().copied());
    let name = beside
        .and_then(|beside| meant(&beside))
        .or_else(|| meant(&url::decode(path)))?;
    let meant = match name
        .strip_prefix(directory)
        .map(|rest| rest.trim_start_matches('/'))
    {
        Some(own) if !own.contains('/') && own.contains('.') => own.to_owned(),
        _ if name.ends_with(MARKDOWN) => format!("@/{name}"),
        _ => format!("/{name}"),
    };
    Some(format!("did you mean `{meant}`?"))
}

/// How the names of documents end.
const MARKDOWN: &str = ".md";

/// The text of a document, by its file.
fn text<'a>(library: &'a Library, id: &str) -> Option<&'a Text> {
    let page = library.ids.pages.get(id);
    let page = page.map(|&index| &library.pages[index].text);
    let section = || Some(&library.sections[*library.ids.sections.get(id)?].text);
    page.or_else(section).map(|text| &**text)
}

/// The fault of a link whose anchor is not where it leads.
fn missing_anchor(
    (site, document): (&Path, &Document),
    reference: &Reference,
    target: &Text,
    name: &str,
) -> Option<Diagnostic> {
    let anchor = reference.anchor.as_ref()?;
    // "top" is the start of any page (HTML, 7.4.6.3).
    if target.has_anchor(anchor) || anchor.eq_ignore_ascii_case("top") {
        return None;
    }
    let message = format!("`{name}` has no anchor `#{anchor}`");
    let fault = document.at_in(site, reference.span.clone(), message);
    let known = target.anchors.iter().map(String::as_str);
    let suggestion = did_you_mean(anchor, known);
    Some(
        fault
            .expected("the id of a heading or element of that page")
            .suggestion(suggestion),
    )
}

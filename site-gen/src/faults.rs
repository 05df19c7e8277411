//! What is wrong with a site so far, and what is not known because of it
//! ([`Unsure`]): each step of a build adds to it, and goes on with the rest.

pub(crate) mod findings;
pub(crate) mod unsure;

use std::path::Path;
use std::sync::Arc;

use tera::Tera;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::front_matter;
use crate::library::Library;
use crate::output::Output;
use crate::references;
use crate::source::Source;
use crate::texts::{Paths, Texts};
use crate::theme::Theme;
use findings::Findings;
use unsure::Unsure;

#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) found: Findings,
    pub(crate) unsure: Unsure,
    /// Documents that are there, and no part of the site: their files, and the paths
    /// that they would have.
    pub(crate) drafts: Paths,
}

/// What became of the templates of a theme.
#[derive(Default)]
pub(crate) struct Templates {
    pub(crate) compiled: Option<Arc<Tera>>,
    /// In its place, if some of them have faults: nothing is made with it.
    tried: Option<Arc<Tera>>,
}

impl Templates {
    /// What pages can be tried with, whether they can be made or not.
    pub(crate) fn for_trying(self) -> Option<Arc<Tera>> {
        self.compiled.or(self.tried)
    }
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn add(&mut self, more: Vec<Diagnostic>) {
        self.found.extend(more);
    }

    /// What came of a step, if it came to anything.
    pub(crate) fn take<T>(&mut self, result: Result<T, Vec<Diagnostic>>) -> Option<T> {
        result.map_err(|faults| self.add(faults)).ok()
    }

    /// Compiles the templates of a theme, if there is one.
    pub(crate) fn compile(&mut self, theme: Option<&Theme>, engine: &Tera) -> Templates {
        let mut templates = Templates::default();
        let Some(theme) = theme else {
            return templates;
        };
        match theme.compile(engine) {
            Ok(compiled) => templates.compiled = Some(Arc::new(compiled)),
            Err(faults) => {
                let tried = theme.compile_despite(engine, &faults);
                templates.tried = tried.map(Arc::new);
                self.add(faults);
            }
        }
        templates
    }

    /// Takes the faults of what is to be served, and of links to what is not.
    pub(crate) fn check(
        &mut self,
        output: &mut Output<'_>,
        library: &Library,
        site: &Path,
        last: &mut Texts,
    ) {
        self.add(in_front_matter(site, output.take_faults()));
        let missed = references::check(library, site, output, last.changes(), &self.drafts);
        last.have_good_links(missed.faults.is_empty());
        self.add(missed.faults);
        self.found.count_more(Severity::Error, missed.more);
    }
}

/// Faults of documents as a whole, at their titles, or where they begin: an editor opens
/// a file at a line.
pub(crate) fn at_lines(site: &Path, faults: Findings) -> Findings {
    let place = |source: &Source, fault| {
        let line = front_matter::line_for_path(source);
        let place = source.at(line, "").place;
        Diagnostic { place, ..fault }
    };
    faults.map(|fault| placed(site, fault, place))
}

/// Faults of paths, where the front matter says the path; or could, if it follows from
/// the name of the file.
fn in_front_matter(site: &Path, faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |source: &Source, fault: Diagnostic| {
        let said = front_matter::line_of_path(source);
        let suggestion = match said {
            Some(_) => None,
            None if fault.file.file_name() == Some("_index.md".as_ref()) => {
                Some("another name of its directory is another address")
            }
            None => Some(
                "`slug = \"…\"` in the front matter, or another name of the file, is another address",
            ),
        };
        let line = said.unwrap_or_else(|| front_matter::line_for_path(source));
        Diagnostic {
            place: source.at(line, "").place,
            ..fault
        }
        .suggestion(suggestion.map(str::to_owned))
    };
    let faults = faults.into_iter();
    faults.map(|fault| placed(site, fault, place)).collect()
}

/// A fault, put into a place if it is one of a document and has none, where the document
/// can be read.
fn placed(
    site: &Path,
    fault: Diagnostic,
    place: impl Fn(&Source, Diagnostic) -> Diagnostic,
) -> Diagnostic {
    if fault.place.is_some() || fault.file.extension() != Some("md".as_ref()) {
        return fault;
    }
    match Source::read(site, &fault.file) {
        Ok(source) => place(&source, fault),
        Err(_) => fault,
    }
}

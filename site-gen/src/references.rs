//! Whether links lead somewhere: to a document that is rendered, to an anchor that
//! is there, to a path that is served.
//!
//! # What is done again
//!
//! If all links of the last build were good ([`Changes`]), those of a text that is
//! the same are good, too, unless the anchors of a document that they name are
//! others, or it is no longer rendered. That such a document is there, and where,
//! is what the text was made from (`texts`). Links to paths are always looked at.

mod outside;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::config::base_url::BaseUrl;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::library::Library;
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{Reference, Target, of_draft};
use crate::nearby::Names;
use crate::output::Output;
use crate::texts::{Paths, Text, WithText};
use crate::url;

/// What is another than in a build whose links were all good, by file.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    texts: HashSet<Arc<str>>,
    /// The documents of which a link may no longer lead to what it named.
    targets: HashSet<Arc<str>>,
}

impl Changes {
    /// Takes note of a document whose text was made anew.
    pub(crate) fn note_text(&mut self, document: &Document) {
        self.texts.insert(Arc::clone(&document.id));
    }

    /// Takes note of a document that links may miss.
    pub(crate) fn note_target(&mut self, document: &Document) {
        self.targets.insert(Arc::clone(&document.id));
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
                Target::Document(id) => is_new || self.targets.contains(id.as_str()),
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
    drafts: &Paths,
) -> Missed {
    let check = Check {
        library,
        site,
        output,
        drafts,
        by_path: OnceLock::new(),
        names: OnceLock::new(),
    };
    let documents: Vec<(&Arc<Document>, &Arc<Text>)> = library.documents().collect();
    let missed = documents.par_iter().filter_map(|(document, text)| {
        let references: Vec<&Reference> = match changes {
            Some(changes) => changes.among(document, text).collect(),
            None => text.references.iter().collect(),
        };
        let missed = references.into_iter();
        let missed = missed.filter_map(|reference| {
            let lack = check.lack(reference)?;
            Some((lack.kind(), reference))
        });
        let missed: Vec<(usize, &Reference)> = missed.collect();
        (!missed.is_empty()).then_some((&***document, missed))
    });
    let mut missed: Vec<(&Document, Vec<(usize, &Reference)>)> = missed.collect();
    // It takes longest to say what may have been meant: so only what is told says it, and
    // that is the first ones, of each kind as many.
    missed.sort_by(|(a, _), (b, _)| a.source.file.cmp(&b.source.file));
    let mut counts = [0; KINDS_OF_LACKS];
    let ranked = missed.iter().flat_map(|(document, missed)| {
        let document = *document;
        missed
            .iter()
            .map(move |(kind, reference)| (document, *kind, *reference))
    });
    let ranked = ranked.map(|(document, kind, reference)| {
        counts[kind] += 1;
        (counts[kind], document, reference)
    });
    let mut ranked: Vec<(usize, &Document, &Reference)> = ranked.collect();
    ranked.sort_by_key(|(rank, _, _)| *rank);
    let more = ranked.len().saturating_sub(MAX_DIAGNOSTICS);
    ranked.truncate(MAX_DIAGNOSTICS);
    let told = ranked.into_par_iter();
    let told = told.filter_map(|(_, document, reference)| check.tell(document, reference));
    Missed {
        faults: told.collect(),
        more,
    }
}

/// The links that lead nowhere.
pub(crate) struct Missed {
    pub(crate) faults: Vec<Diagnostic>,
    /// How many there are besides.
    pub(crate) more: usize,
}

/// What links are looked at with.
struct Check<'a> {
    library: &'a Library,
    site: &'a Path,
    output: &'a Output<'a>,
    /// What is no part of the site, and would have these paths.
    drafts: &'a Paths,
    /// Few sites write paths where they could name files.
    by_path: OnceLock<HashMap<&'a str, &'a Text>>,
    /// What may have been meant, once something is at fault.
    names: OnceLock<Names>,
}

/// What is missing where a link leads.
enum Lack<'a> {
    /// A page of a document.
    Page(&'a str),
    /// A path.
    Path(&'a str),
    /// An anchor, in a text of a name.
    Anchor(&'a str, &'a Text, &'a str),
}

/// How many kinds of them there are.
const KINDS_OF_LACKS: usize = 3;

impl Lack<'_> {
    /// Which kind it is, of [`KINDS_OF_LACKS`].
    fn kind(&self) -> usize {
        match self {
            Self::Page(_) => 0,
            Self::Path(_) => 1,
            Self::Anchor(..) => 2,
        }
    }
}

impl<'a> Check<'a> {
    fn lack(&self, reference: &'a Reference) -> Option<Lack<'a>> {
        let (target, name) = match &reference.target {
            Target::Document(id) => {
                let (document, text) = self.library.document(id)?;
                let name = document.name_in_content();
                if !document.front.is_rendered() {
                    return Some(Lack::Page(name));
                }
                (Some(text), name)
            }
            Target::Unknown => return None,
            Target::Path(path) if self.output.is_unsure(path) => return None,
            Target::Path(path) if !self.output.leads(path) => return Some(Lack::Path(path)),
            Target::Path(path) => (self.by_path().get(path.as_str()).copied(), path.as_str()),
        };
        let (target, anchor) = (target?, reference.anchor.as_ref()?);
        // "top" is the start of any page (HTML, 7.4.6.3).
        let is_there = target.has_anchor(anchor) || anchor.eq_ignore_ascii_case("top");
        (!is_there).then_some(Lack::Anchor(anchor, target, name))
    }

    /// The fault of a link, if it is at fault.
    fn tell(&self, document: &Document, reference: &'a Reference) -> Option<Diagnostic> {
        let at = |message: String| document.at_in(self.site, reference.span.clone(), message);
        Some(match self.lack(reference)? {
            Lack::Page(id) => {
                let fault = at(format!(
                    "`{id}` is not rendered: there is no page to link to"
                ));
                fault.expected("a page without `render = false`")
            }
            Lack::Path(path) if self.output.base().place(path).is_none() => {
                let fault = at(outside(path, self.output.base()));
                let suggestion = self.inside(path);
                fault
                    .expected("`@/FILE.md`, or the whole URL of what is no part of the site")
                    .suggestion(suggestion)
            }
            Lack::Path(path) => {
                let fault = at(format!("nothing is served under `{path}`"));
                let is_draft =
                    |(_, own): &(_, &Arc<str>)| own.trim_matches('/') == path.trim_matches('/');
                if let Some((id, _)) = self.drafts.iter().find(is_draft) {
                    return Some(of_draft(fault, id));
                }
                let suggestion = self.suggest(document, &fault, path);
                let fault = fault.expected("a link to a path of the site, or `@/FILE.md`");
                fault.suggestion(suggestion)
            }
            Lack::Anchor(anchor, target, name) => {
                let fault = at(format!("`{name}` has no anchor `#{anchor}`"));
                let known = target.anchors.iter().map(String::as_str);
                let fault = fault.expected("the id of a heading or element of that page");
                fault.suggestion(did_you_mean(anchor, known))
            }
        })
    }

    /// What may have been meant by an address that counts from the root of the site,
    /// and not of its host.
    fn inside(&self, path: &str) -> Option<String> {
        let address = self.output.base().address(path);
        let with_slash = format!("{address}/");
        let mut documents = self.library.documents();
        let is_it = |(document, _): &(&Arc<Document>, &Arc<Text>)| {
            *document.path == *address || *document.path == *with_slash
        };
        let meant = match documents.find(is_it) {
            Some((document, _)) => format!("@/{}", document.name_in_content()),
            None if self.output.leads(&address) => address,
            None => return None,
        };
        Some(format!("did you mean `{meant}`?"))
    }

    fn by_path(&self) -> &HashMap<&'a str, &'a Text> {
        self.by_path.get_or_init(|| {
            let documents = self.library.documents();
            let texts = documents.map(|(document, text)| (&*document.path, &**text));
            texts.collect()
        })
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let documents = self.library.documents();
            let files = documents.map(|(document, _)| document.name_in_content());
            let paths = self.output.paths().map(|path| path.trim_start_matches('/'));
            let mut names: Vec<&str> = files.chain(paths).collect();
            // The first is suggested, and it is to be the same one each time.
            names.sort_by_key(|name| (!name.ends_with(MARKDOWN), *name));
            Names::new(names.into_iter())
        })
    }

    /// What may have been meant by a path that nothing has: a file beside the
    /// document, or else another path.
    fn suggest(&self, document: &Document, fault: &Diagnostic, path: &str) -> Option<String> {
        let written = fault.place.as_ref().map(|place| place.shown());
        let written =
            written.filter(|written| !written.starts_with('/') && !url::has_scheme(written));
        if let Some(address) = written.as_deref().and_then(outside::meant) {
            return Some(format!("did you mean `{address}`?"));
        }
        let directory = document.id.rsplit_once('/').map_or("", |(above, _)| above);
        let beside = written.and_then(|written| {
            let end = written.find(['?', '#']).unwrap_or(written.len());
            url::join(directory, &url::decode(&written[..end]))
        });
        let places = [beside.as_deref(), Some(path.trim_matches('/'))];
        let mut places = places.into_iter().flatten();
        if let Some(index) = places.find_map(|place| self.index_for(place)) {
            return Some(format!(
                "`content/{index}` would be the page of this directory"
            ));
        }
        let name = beside
            .as_deref()
            .and_then(|beside| self.names().meant(beside))
            .or_else(|| self.names().meant(&url::decode(path)))?;
        let own = name.strip_prefix(directory);
        let meant = match own.map(|rest| rest.trim_start_matches('/')) {
            Some(own) if !own.contains('/') && own.contains('.') => own.to_owned(),
            _ if name.ends_with(MARKDOWN) => format!("@/{name}"),
            _ => format!("/{name}"),
        };
        Some(format!("did you mean `{meant}`?"))
    }

    /// What would be the page of a directory that has none.
    fn index_for(&self, directory: &str) -> Option<String> {
        let inside = format!("{directory}/");
        let mut documents = self.library.documents();
        let has_pages = documents.any(|(document, _)| document.id.starts_with(&inside));
        has_pages.then(|| format!("{inside}_index.md"))
    }
}

/// That an address is no part of a site that is below a path.
pub(crate) fn outside(path: &str, base: &BaseUrl) -> String {
    format!(
        "`{path}` is outside of the site, which is below `{}/`",
        base.root()
    )
}

/// How the names of documents end.
const MARKDOWN: &str = ".md";

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use crate::growth::{self, spent};
    use crate::limits::MAX_DIAGNOSTICS;
    use crate::{Options, Told, build};

    /// A site of so many pages, each with a link to nothing.
    fn site(pages: usize, link: fn(usize) -> String) -> TempDir {
        let site = tempfile::tempdir().unwrap();
        let write = |file: String, text: &str| fs::write(site.path().join(file), text).unwrap();
        for directory in ["content", "templates"] {
            fs::create_dir(site.path().join(directory)).unwrap();
        }
        write(
            "content/site.toml".to_owned(),
            "base_url = \"https://a.org\"\n",
        );
        for template in ["index", "page", "section"] {
            write(format!("templates/{template}.html"), "");
        }
        for page in 0..pages {
            write(
                format!("content/page-{page}.md"),
                &format!("[a]({})\n", link(page)),
            );
        }
        site
    }

    #[test]
    fn links_to_nothing_may_be_many() {
        // What is spelt like nothing is compared with all names, and few letters of each
        // are: only that takes longer than it should.
        let links: [fn(usize) -> String; 2] = [
            |page| format!("/page-{page}.html"),
            |page| format!("@/page-{page}.txt"),
        ];
        // All of it on this thread, so that its time is all there is.
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let alone = alone.unwrap();
        for link in links {
            // And without that of writing files, which has bounds of its own.
            let run = |pages: usize| {
                let site = site(pages, link);
                let build = || build(site.path(), &Options::default()).unwrap_err();
                let mut faults = Told::default();
                let time = alone.install(|| spent(|| faults = build()));
                assert_eq!(faults.len(), pages.min(MAX_DIAGNOSTICS));
                assert_eq!(faults.more.errors, pages.saturating_sub(MAX_DIAGNOSTICS));
                let suggestion = faults[0].suggestion.as_deref().unwrap();
                assert!(suggestion.contains("page-0"), "{suggestion}");
                time
            };
            assert_eq!(growth::fault(&link(0), 600..=1200, run), None);
        }
    }
}

//! What a build does not mind, and an author should: [`check`].
//!
//! 1. **Text** (`text`, `foreign`, `nested`, `aliases`, `slug`, `future`, `suffix`, `terms`):
//!    images that nobody described, markdown that is none, keys that mean nothing or came
//!    into a table, aliases that are there already, addresses with spaces, days to come,
//!    languages that the site does not have, terms that are one. And of the configuration
//!    (`languages`, `feeds`): languages that are none, feeds of no kind.
//! 2. **Pages** (`page`): each rendered page is read as a browser reads it; what
//!    is not valid HTML is traced back to the markdown it came from.
//! 3. **Templates** (`tags`, `fields`, `names`): what they ask for that nothing has.
//! 4. **Links** (`links`): those that a template wrote and that lead nowhere; of
//!    those in texts, a build knows.
//! 5. **Files** (`unused`, `picture`, `sheets`): those that nothing refers to,
//!    pictures that cannot be decoded, and sheets that lead out of the site.
//! 6. **Links** to other sites are gathered, not followed: whoever calls may.
//!
//! It works on what was built, and on the sources: a build does not wait for
//! it.

mod aliases;
mod feeds;
mod fields;
mod foreign;
mod future;
mod languages;
mod links;
mod names;
mod nested;
mod page;
mod picture;
mod sheets;
mod slug;
mod suffix;
mod tags;
mod terms;
mod text;
mod unused;

pub(crate) use page::Page;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rayon::prelude::*;

use crate::assets::Content;
use crate::cache::Cache;
use crate::config::Config;
use crate::config::markdown::MarkdownConfig;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::document::Document;
use crate::faults;
use crate::faults::findings::{self, Findings, More, Told};
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown;
use crate::output::{Built, File};
use crate::site_layout::{NOT_FOUND, SASS, STATIC, TEMPLATES};
use crate::source::{self, Found, Source};
use crate::theme::Theme;
use crate::{Drafts, Mode, Options, build};
use languages::Misnamed;
use page::{Fault, Located, Written, expressed, find_heading, unclosed, written};
use tags::Template;

/// What was found in a site.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong, and what could be better, in order of file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How much there is besides, as it is too much to be told.
    pub more: More,
    /// The links to other sites, in order of address: each address once.
    pub links: Vec<Link>,
    /// Whether its HTML was looked at.
    pub pages: Pages,
}

/// Whether the pages of a site were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pages {
    /// They were; if it has errors, not where they lead.
    #[default]
    Seen,
    /// They could not be made, because of its errors.
    Unseen,
}

/// A link to another site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Where it leads, without a fragment.
    pub url: String,
    /// A file that has it, relative to the site.
    pub file: PathBuf,
    /// Where it stands in there, if it does.
    pub place: Option<Box<Place>>,
}

/// Builds a site, and says everything that is wrong with it. Its pages are looked at if
/// no error may be the reason of what is in them: a link that leads nowhere is none.
pub fn check(site: &Path, options: &Options) -> Checked {
    let options = &Options {
        mode: Mode::Check,
        ..options.clone()
    };
    let (mut found, built, tried) = match build::run(site, options) {
        Ok(built) => (Findings::default(), Some(built), None),
        Err(failed) => (faults::at_lines(site, failed.found), None, failed.tried),
    };
    let pages = match (&built, &tried) {
        (None, None) => Pages::Unseen,
        _ => Pages::Seen,
    };
    let mut links = Vec::new();
    if let Ok(sources) = Sources::read(site, options) {
        // What is wrong with it is told by the build.
        let theme = Theme::read(site, &sources.config).ok();
        let theme = theme.as_ref().map(|(theme, _)| theme);
        found = sources.check_texts(theme, found, options);
        found.extend(suffix::check(&sources));
        found.extend(terms::check(&sources));
        let (misnamed, of_languages) = languages::check(&sources.config);
        found.extend(of_languages);
        found.extend(feeds::check(&sources.config, theme));
        let templates: Vec<Source> = sources.templates().collect();
        found.extend(of_templates(&templates, &found));
        found.extend(nested::check(&sources, &templates));
        if let Some(built) = built {
            links = sources.check_output(&built, &misnamed, &mut found);
            found.extend(picture::check(&sources, &options.progress));
        } else if let Some(tried) = tried {
            // Where its links lead, and what nothing refers to, may be because of the rest.
            let pages = pages_of(&tried);
            sources.check_pages(&tried, &pages, &misnamed, &mut found);
        }
    }
    let Told { diagnostics, more } = faults::at_lines(site, found).tell();
    Checked {
        diagnostics,
        more,
        links,
        pages,
    }
}

/// What templates ask for that nothing has, but for what is told of it already.
fn of_templates(templates: &[Source], found: &Findings) -> Vec<Diagnostic> {
    let place = |fault: &Diagnostic| (fault.file.clone(), fault.place.clone());
    let places: BTreeSet<_> = found.iter().map(place).collect();
    let templates: Vec<Template<'_>> = templates.iter().map(Template::read).collect();
    let mut faults = fields::check(&templates);
    faults.retain(|fault| !places.contains(&place(fault)));
    // What the engine told may have to do with all that is in its line.
    let line = |fault: &Diagnostic| {
        let line = fault.place.as_ref().map(|place| place.line);
        (fault.file.clone(), line)
    };
    let lines: BTreeSet<_> = found.iter().map(line).collect();
    let mut names = names::check(&templates);
    names.retain(|fault| !lines.contains(&line(fault)));
    faults.extend(names);
    faults
}

/// How a file begins that is called a page and has only to be there: Google finds out by it
/// whose site this is.
const PROOF: &[u8] = b"google-site-verification:";

/// The pages of a site, as a browser reads them.
fn pages_of(built: &Built) -> Vec<Page> {
    let html: Vec<&File> = built.files.iter().filter(|file| file.is_page()).collect();
    let pages = html.par_iter();
    let pages = pages.filter_map(|file| {
        let body = built.read(file).ok()?;
        (!body.starts_with(PROOF)).then(|| Page::read(&file.path, &body))
    });
    pages.collect()
}

/// What a site is made of.
struct Sources<'a> {
    site: &'a Path,
    config: Config,
    content: Content,
    /// By the path it is served under.
    documents: HashMap<Arc<str>, Arc<Document>>,
    /// The paths of the other files in `content/`.
    paths: BTreeMap<String, String>,
}

impl<'a> Sources<'a> {
    fn read(site: &'a Path, options: &Options) -> Result<Self, Vec<Diagnostic>> {
        let (config, _) = Config::read(site, options)?;
        // What is wrong with either is told by the build.
        let (mut content, _) = Content::survey(site)?;
        content.ignore(&config.ignored, &config.ignored_static);
        let documents: Vec<Arc<Document>> =
            options.cache.last_texts(options.keep).documents().collect();
        let paths = content.paths(&documents, &config);
        let published =
            |document: &Arc<Document>| options.drafts == Drafts::Include || !document.front.draft;
        let documents = documents
            .into_iter()
            .filter(published)
            .map(|document| (document.path.clone(), document));
        Ok(Self {
            documents: documents.collect(),
            site,
            config,
            content,
            paths,
        })
    }

    /// Where a file is from, by its name.
    fn root(&self, file: &Path) -> &Path {
        self.config.root(self.site, file)
    }

    fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values().map(Arc::as_ref)
    }

    /// The files that are published as they are.
    fn files(&self) -> impl Iterator<Item = &Found> {
        let all = self.content.files.iter().chain(&self.content.published);
        all.map(|(_, found)| found)
    }

    /// The files that style sheets may be in besides: of the theme, and of Sass.
    fn sheets(&self) -> impl Iterator<Item = PathBuf> {
        let own = PathBuf::from(SASS);
        let theme = self.config.has_theme();
        let theme = theme.then(|| self.config.theme_directory());
        let of_theme = theme.into_iter();
        let of_theme = of_theme.flat_map(|theme| [theme.join(SASS), theme.join(STATIC)]);
        self.below(iter::once(own).chain(of_theme))
    }

    /// The files in some directories of the site or its theme, as far as they can be found.
    fn below(&self, directories: impl Iterator<Item = PathBuf>) -> impl Iterator<Item = PathBuf> {
        let found = directories.flat_map(|directory| {
            let found = source::walk(self.root(&directory), &directory);
            found.into_iter().flatten()
        });
        found.map(|found| found.file)
    }

    /// The templates, those of the site before those of its theme.
    fn templates(&self) -> impl Iterator<Item = Source> {
        let own = PathBuf::from(TEMPLATES);
        let theme = self.config.has_theme();
        let of_theme = theme.then(|| self.config.theme_directory().join(TEMPLATES));
        let files = self.below(iter::once(own).chain(of_theme));
        files.filter_map(|file| Source::read(self.root(&file), &file).ok())
    }

    /// What was found, and what is in texts.
    fn check_texts(&self, theme: Option<&Theme>, found: Findings, options: &Options) -> Findings {
        let (markdown, cache) = (self.config.markdown, &options.cache);
        let reader = text::Reader::new(markdown, theme, cache, self.documents());
        let documents: Vec<&Document> = self.documents().collect();
        let now = SystemTime::now();
        let misspelt = found.iter().filter(|fault| text::is_misspelling(fault));
        let misspelt: Vec<Diagnostic> = misspelt.cloned().collect();
        let found = Mutex::new(found);
        documents.par_iter().for_each(|document| {
            let text = markdown::guarded(document, || reader.check(document));
            // A build says the same.
            let mut text = text.unwrap_or_else(|fault| vec![fault]);
            text.retain(|fault| !text::is_misspelling_told(fault, &misspelt));
            text.extend(foreign::check(document));
            text.extend(aliases::check(document));
            text.extend(slug::check(document));
            text.extend(future::check(document, now));
            if !text.is_empty() {
                let found = found.lock();
                found.unwrap_or_else(PoisonError::into_inner).extend(text);
            }
        });
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what is in pages; gives their links to other sites.
    fn check_output(
        &self,
        built: &Built,
        misnamed: &Misnamed<'_>,
        found: &mut Findings,
    ) -> Vec<Link> {
        let pages = pages_of(built);
        self.check_pages(built, &pages, misnamed, found);
        found.extend(links::check(self, built, &pages));
        found.extend(sheets::check(self));
        found.extend(sheets::check_links(self, built));
        found.extend(unused::check(self, built, &pages));
        self.links(&pages)
    }

    /// Adds what is not valid in pages.
    fn check_pages(
        &self,
        built: &Built,
        pages: &[Page],
        misnamed: &Misnamed<'_>,
        found: &mut Findings,
    ) {
        let (faults, more) = self.faults(built, pages, misnamed);
        found.extend(faults);
        found.count_more(Severity::Warning, more);
    }

    /// What is wrong with pages. A fault of a template shows on every page: it
    /// is told once. And how many there are besides.
    fn faults(
        &self,
        built: &Built,
        pages: &[Page],
        misnamed: &Misnamed<'_>,
    ) -> (Vec<Diagnostic>, usize) {
        let (mut found, mut more) = (Vec::new(), 0);
        let mut kinds: HashSet<String> = HashSet::new();
        let mut told: HashSet<(String, Arc<str>)> = HashSet::new();
        let mut untold: Vec<(Fault, &str)> = Vec::new();
        for page in pages.iter().filter(|page| !page.faults.is_empty()) {
            // To find where a fault was written takes longer than to find it.
            let is_known = |fault: &Fault| kinds.contains(&findings::shape(&fault.message));
            if found.len() >= MAX_DIAGNOSTICS && page.faults.iter().all(is_known) {
                more += page.faults.len();
                continue;
            }
            let faults = self.trace(built, page).into_iter();
            for (fault, traced) in faults.filter(|(fault, _)| !misnamed.is_because(fault)) {
                match traced {
                    Some(diagnostic) => {
                        kinds.insert(findings::shape(&fault.message));
                        found.push(diagnostic);
                        told.insert((fault.message, fault.line));
                    }
                    None => untold.push((fault, &page.path)),
                }
            }
        }
        let mut of_theme: BTreeMap<String, Vec<(Fault, &str)>> = BTreeMap::new();
        for (fault, path) in untold {
            // A list may show all of a page.
            if !told.contains(&(fault.message.clone(), Arc::clone(&fault.line))) {
                let all = of_theme.entry(fault.message.clone()).or_default();
                all.push((fault, path));
            }
        }
        let mut templates: Vec<Source> = match of_theme.is_empty() {
            true => Vec::new(),
            false => self.templates().collect(),
        };
        let of_theme = of_theme.into_values();
        let of_theme = of_theme.map(|pages| self.of_theme(&pages, &mut templates));
        found.extend(of_theme);
        (found, more)
    }

    /// A fault of pages that is in no text of theirs, at the place in a template where it
    /// was probably written.
    fn of_theme(&self, pages: &[(Fault, &str)], templates: &mut [Source]) -> Diagnostic {
        let theme = self.config.theme_directory();
        let (fault, path) = &pages[0];
        let others = match pages.len() - 1 {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        let line = fault.excerpt();
        let message = format!("{} (on {path}{others}: `{line}`)", fault.message);
        let document = self.document(path);
        let template = document.and_then(|document| document.front.template.as_ref());
        let template = template.map(|(name, _)| name.as_str());
        let own = put_first(templates, template);
        let document = document.filter(|_| others.is_empty());
        // A fault of one page alone is probably its own.
        let in_text = || {
            let document = document?;
            Some(document.at(fault.in_text(document.text())?, &message))
        };
        let in_template = |place: Option<(&Source, Range<usize>)>| {
            let (source, place) = place?;
            Some(source.at(place, &message))
        };
        let placed = in_template(unclosed(fault, templates))
            .or_else(|| in_template(written(fault, templates)))
            .or_else(in_text)
            .or_else(|| in_template(expressed(fault, templates)))
            .or_else(|| {
                let document = self.document(path)?;
                Some(document.at(fault.part_in(document.text())?, &message))
            });
        let file = match (own, document) {
            (true, _) => &templates[0].file,
            (false, Some(document)) => &document.source.file,
            (false, None) => &theme,
        };
        fault.tell(placed.unwrap_or_else(|| Diagnostic::new(file, &message)))
    }

    /// The faults of a page, each with the place where it was written, if it is one of
    /// its text.
    fn trace(&self, built: &Built, page: &Page) -> Vec<(Fault, Option<Diagnostic>)> {
        let read = || {
            let file = built.file(&page.path)?;
            Some(Located::read(&built.read(file).ok()?))
        };
        let untraced = || {
            page.faults
                .iter()
                .map(|fault| (fault.clone(), None))
                .collect()
        };
        match self.origin(&page.path) {
            Some(Origin::Document(document)) => {
                let written = Written::new(document);
                let Some(located) = Some(())
                    .filter(|()| written.has_html() || page.faults.iter().any(Fault::is_of_heading))
                    .and_then(|()| read())
                else {
                    return untraced();
                };
                let faults = located.faults.iter().map(|fault| {
                    let place = written.find(&located, fault);
                    let text = document.text();
                    let place = place.or_else(|| find_heading(text, &located, fault));
                    let place = place.map(|place| document.at(place, &fault.message));
                    (fault.clone(), place.map(|place| fault.tell(place)))
                });
                faults.collect()
            }
            Some(Origin::File(source)) => {
                // It is served as it is.
                let Some(located) = read().filter(|located| located.text == source.text) else {
                    return untraced();
                };
                let faults = located.faults.iter().map(|fault| {
                    let place = source.at(fault.narrow(&source.text), &fault.message);
                    (fault.clone(), Some(fault.tell(place)))
                });
                faults.collect()
            }
            None => untraced(),
        }
    }

    /// What a page was written as.
    fn origin(&self, path: &str) -> Option<Origin<'_>> {
        if let Some(document) = self.document(path) {
            return Some(Origin::Document(document));
        }
        let source = Source::read(self.site, &self.file_of(path)?).ok()?;
        Some(Origin::File(source))
    }

    /// The file of the site that is served as it is under a path.
    fn file_of(&self, path: &str) -> Option<PathBuf> {
        let place = self.config.base.place(path)?;
        let mut published = self.content.published.iter();
        if let Some((_, found)) = published.find(|(own, _)| own == place) {
            return Some(found.file.clone());
        }
        let (id, _) = self.paths.iter().find(|(_, own)| *own == path)?;
        Some(Path::new("content").join(id))
    }

    /// The document of a page, also of the second page of a list.
    fn document(&self, path: &str) -> Option<&Document> {
        // What is missing is told by nobody's page.
        if path.ends_with(&format!("/{NOT_FOUND}")) {
            return self.documents.get(path).map(Arc::as_ref);
        }
        let mut path = path;
        loop {
            if let Some(document) = self.documents.get(path) {
                return Some(document);
            }
            // The root is not the source of what nobody else has made.
            let above = path.trim_end_matches('/').rfind('/')?;
            path = &path[..=above];
            if self
                .config
                .base
                .place(path)
                .is_none_or(|place| place == "/")
            {
                return None;
            }
        }
    }

    fn links(&self, pages: &[Page]) -> Vec<Link> {
        let mut links: BTreeMap<&str, Link> = BTreeMap::new();
        for page in pages {
            for url in &page.references {
                let url = url.split('#').next().unwrap_or_default();
                let foreign = url.starts_with("http://") || url.starts_with("https://");
                let skipped = self
                    .config
                    .skip_links
                    .iter()
                    .any(|prefix| url.starts_with(prefix));
                if !foreign || skipped || self.is_own(url) || links.contains_key(url) {
                    continue;
                }
                links.insert(url, self.link(&page.path, url));
            }
        }
        links.into_values().collect()
    }

    fn is_own(&self, url: &str) -> bool {
        self.config.base.own(url).is_some()
    }

    fn link(&self, path: &str, url: &str) -> Link {
        let place = self.document(path).and_then(|document| {
            let start = document.text().find(url)?;
            document
                .at(start..start + url.len(), "")
                .place
                .map(|place| (document, place))
        });
        let (file, place) = match place {
            Some((document, place)) => (document.source.file.clone(), Some(place)),
            None => (self.config.theme_directory(), None),
        };
        Link {
            url: url.to_owned(),
            file,
            place,
        }
    }
}

/// Puts the template that a page asks for before the others, which are again in their
/// order; says whether there is one.
fn put_first(templates: &mut [Source], name: Option<&str>) -> bool {
    let is_own = |source: &Source| {
        let mut places = source.file.iter().skip_while(|part| *part != TEMPLATES);
        let file = places.by_ref().skip(1).collect::<PathBuf>();
        name.is_some_and(|name| file == Path::new(name))
    };
    templates.sort_by_cached_key(|source| {
        let is_of_theme = !source.file.starts_with(TEMPLATES);
        (!is_own(source), is_of_theme, source.file.clone())
    });
    templates.first().is_some_and(is_own)
}

/// What a page was written as: markdown, or HTML.
enum Origin<'a> {
    Document(&'a Document),
    File(Source),
}

/// What may be wrong with a text alone, for the fuzzer.
pub(crate) fn faults_of_text(
    document: &Document,
    config: MarkdownConfig,
    theme: &Theme,
    cache: &Cache,
) -> Vec<Diagnostic> {
    let reader = text::Reader::new(config, Some(theme), cache, iter::once(document));
    reader.check(document)
}

/// What is not valid in a piece of a page, for tests of what makes it.
#[cfg(test)]
pub(crate) fn faults_of(html: &str) -> Vec<String> {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>a</title></head><body>\n{html}\n</body></html>"
    );
    let faults = Page::read("/", page.as_bytes()).faults.into_iter();
    faults
        .map(|fault| format!("{} in {}", fault.message, fault.excerpt()))
        .collect()
}

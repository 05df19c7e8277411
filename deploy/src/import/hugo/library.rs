//! What there is in the old site: its pages and sections, the files between
//! them, and where each of them is served.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use site_gen::review::Data;

use super::super::paths::{join, resolve, split};
use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::cascade;
use super::config::Config;
use super::data::{self, get_boolean};
use super::dates;
use super::document::{self, Document, Kind};
use super::mounts::{Component, Mounted};
use super::place;

/// A file that is no page.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) file: PathBuf,
    pub(super) language: usize,
    /// Its directory below that of the content, and its name.
    pub(super) directory: String,
    pub(super) name: String,
    /// Its name without the code of its language.
    own_name: String,
    /// Where Hugo serves it, and the new file, relative to `content/`.
    pub(super) url: String,
    pub(super) id: String,
}

/// All that is in the directories of the content.
#[derive(Debug, Default)]
pub(super) struct Library {
    pub(super) documents: Vec<Document>,
    pub(super) resources: Vec<Resource>,
    /// Texts among the files of a page, by language, directory and name.
    pub(super) texts: Vec<(usize, String, String)>,
    /// What is written about taxonomies and terms.
    pub(super) of_terms: Vec<Document>,
    /// By what they are called in links: file below the content, and language.
    names: BTreeMap<(usize, String), usize>,
    /// The same in lower case: the first of each name.
    any_case: BTreeMap<(usize, String), usize>,
    /// By each end of their path, in lower case: none if it is that of several.
    ends: BTreeMap<(usize, String), Option<usize>>,
    /// By where Hugo serves them.
    urls: BTreeMap<String, usize>,
    /// The files by their place below the content, as they are called, and as
    /// their language calls them: as in `a.png` for `a.fr.png`.
    files: BTreeMap<String, Vec<usize>>,
    own_files: BTreeMap<(usize, String), usize>,
}

/// Files that are pages; the others of the second list are, too, but in
/// languages that are not read here.
const MARKDOWN: [&str; 6] = ["md", "markdown", "mdown", "mmark", "html", "htm"];
const OTHERS: [&str; 7] = ["org", "adoc", "asciidoc", "ad", "rst", "pandoc", "pdc"];

/// A template that makes the pages of its directory.
const ADAPTER: &str = "_content.gotmpl";

impl Library {
    /// Reads the content, and finds out where everything goes.
    pub(super) fn read(config: &Config, origin: &Origin, report: &mut Report) -> Self {
        let mut library = Self::default();
        let files = config.mounts.files(Component::Content, origin, report);
        for index in 0..config.languages.len() {
            let own = files.iter().filter(|file| file.language == index);
            library.read_files(own, config, origin, report);
        }
        cascade::apply(&mut library.documents, config, report);
        dates::apply(&mut library.documents, config);
        // They are published then.
        if get_boolean(&config.root, "buildDrafts").unwrap_or_default() {
            for document in &mut library.documents {
                data::set(&mut document.front, "draft", Data::Boolean(false));
            }
        }
        place::place(&mut library, config, report);
        library.remember_names();
        library
    }

    /// Fills the lists by which links find what they mean.
    fn remember_names(&mut self) {
        for (index, document) in self.documents.iter().enumerate() {
            let path = join(&document.directory, &document.name);
            let name = match document.kind {
                Kind::Page => path.clone(),
                Kind::Bundle => join(&path, "index"),
                Kind::Section => join(&document.directory, "_index"),
            };
            let language = document.language;
            let lower = (language, name.to_lowercase());
            self.any_case.entry(lower).or_insert(index);
            self.names.insert((language, name), index);
            self.urls.entry(document.url.clone()).or_insert(index);
            let path = path.to_lowercase();
            let behind = path.match_indices('/').map(|(at, _)| at + 1);
            for start in std::iter::once(0).chain(behind) {
                let end = (language, path[start..].to_owned());
                let several = self.ends.contains_key(&end);
                self.ends.insert(end, (!several).then_some(index));
            }
        }
        for (index, file) in self.resources.iter().enumerate() {
            let full = join(&file.directory, &file.name);
            self.files.entry(full).or_default().push(index);
            let own = (file.language, join(&file.directory, &file.own_name));
            self.own_files.insert(own, index);
        }
    }

    /// Reads files that are of a language, if their names do not say otherwise.
    fn read_files<'a>(
        &mut self,
        files: impl Iterator<Item = &'a Mounted>,
        config: &Config,
        origin: &Origin,
        report: &mut Report,
    ) {
        let found: Vec<Found> = files
            .filter(|file| {
                !is_ignored(&file.file, config, origin, report) && !is_off(file, config, report)
            })
            .map(|file| Found::new(file, config))
            .collect();
        // Everything below an `index.md` is its own.
        let all: BTreeSet<String> = found
            .iter()
            .filter(|found| found.is_text && found.stem == "index" && !found.directory.is_empty())
            .map(|found| found.directory.clone())
            .collect();
        let is_outermost = |directory: &&String| bundle_of(&all, split(directory).0).is_none();
        let bundles: BTreeSet<String> = all.iter().filter(is_outermost).cloned().collect();
        for found in found {
            let inside = bundle_of(&bundles, &found.directory);
            let is_index = found.stem == "index" && inside == Some(found.directory.as_str());
            if found.is_text && (inside.is_none() || is_index) {
                self.add_document(found, origin, report);
            } else if found.is_text {
                let what = "a text inside of a page's directory is no page of its own";
                let advice = "it did not come across; templates read it";
                report.note(Topic::Files, found.file, None, what, advice);
                let text = (found.language, found.directory, found.name);
                self.texts.push(text);
            } else {
                self.add_resource(found, report);
            }
        }
    }

    fn add_document(&mut self, found: Found, origin: &Origin, report: &mut Report) {
        let Some(read) = document::read(origin, &found.file, report) else {
            return;
        };
        let (kind, directory, name) = match found.stem.as_str() {
            "_index" => (Kind::Section, found.directory, String::new()),
            "index" if !found.directory.is_empty() => {
                let (above, name) = split(&found.directory);
                (Kind::Bundle, above.to_owned(), name.to_owned())
            }
            // At the root it is the home page.
            "index" => (Kind::Section, found.directory, String::new()),
            _ => (Kind::Page, found.directory, found.stem),
        };
        self.documents.push(Document {
            file: found.file,
            source: read.source,
            front: read.front,
            comments: read.comments,
            body: read.body,
            kind,
            language: found.language,
            directory,
            name,
            id: String::new(),
            url: String::new(),
        });
    }

    fn add_resource(&mut self, found: Found, report: &mut Report) {
        if found.name == ADAPTER {
            let what = "pages that a template of Go makes";
            let advice =
                "they did not come across; write them, or let a template list what is in `data/`";
            return report.note(Topic::Files, found.file, None, what, advice);
        }
        if found.is_other {
            let what = "a page in a language that is not read";
            let advice = "it did not come across; make it markdown (pandoc does)";
            return report.note(Topic::Files, found.file, None, what, advice);
        }
        let own_name = match found.name.rsplit_once('.') {
            Some((_, extension)) => format!("{}.{extension}", found.stem),
            None => found.name.clone(),
        };
        self.resources.push(Resource {
            own_name,
            file: found.file,
            language: found.language,
            directory: found.directory,
            name: found.name,
            url: String::new(),
            id: String::new(),
        });
    }

    /// The document that a link or `ref` means, seen from another one.
    pub(super) fn find(&self, link: &str, from: &Document, language: usize) -> Option<&Document> {
        // A slash alone is the home page.
        let name = match link.trim_end_matches('/') {
            "" if link.starts_with('/') => "/",
            name => name,
        };
        let stem = MARKDOWN
            .iter()
            .find_map(|extension| name.strip_suffix(&format!(".{extension}")))
            .unwrap_or(name);
        let of = |stem: &str| {
            let stem = stem.trim_matches('/');
            let names = [stem.to_owned(), join(stem, "index"), join(stem, "_index")];
            let found = names.into_iter().find_map(|name| {
                let lower = (language, name.to_lowercase());
                let exact = self.names.get(&(language, name));
                exact.or_else(|| self.any_case.get(&lower)).copied()
            });
            found.map(|index| &self.documents[index])
        };
        if let Some(absolute) = stem.strip_prefix('/') {
            return of(absolute);
        }
        let own = match from.kind {
            Kind::Bundle => join(&from.directory, &from.name),
            Kind::Page | Kind::Section => from.directory.clone(),
        };
        let near = [own.as_str(), from.directory.as_str()];
        let near = near
            .iter()
            .find_map(|directory| of(&resolve(directory, stem)?));
        near.or_else(|| of(stem))
            .or_else(|| self.by_name(stem, language))
    }

    /// The only document of a name, wherever it is.
    fn by_name(&self, stem: &str, language: usize) -> Option<&Document> {
        let found = self.ends.get(&(language, stem.to_lowercase()))?;
        found.map(|index| &self.documents[index])
    }

    /// The file that a relative link means, seen from a document.
    pub(super) fn resource(&self, link: &str, from: &Document) -> Option<&Resource> {
        let directory = match from.kind {
            Kind::Bundle => join(&from.directory, &from.name),
            Kind::Page | Kind::Section => from.directory.clone(),
        };
        let wanted = match link.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => resolve(&directory, link)?,
        };
        let of_language = self.own_files.get(&(from.language, wanted.clone()));
        if let Some(index) = of_language {
            return Some(&self.resources[*index]);
        }
        let found = self.files.get(&wanted)?;
        let own = |index: &&usize| self.resources[**index].language == from.language;
        let index = found.iter().find(own).or_else(|| found.first())?;
        Some(&self.resources[*index])
    }

    /// The document that Hugo serves under a path.
    pub(super) fn served(&self, path: &str) -> Option<&Document> {
        Some(&self.documents[*self.urls.get(path)?])
    }

    /// The section of a directory in a language, or the nearest above that has
    /// a file.
    pub(super) fn section(&self, directory: &str, language: usize) -> Option<&Document> {
        let index = self.names.get(&(language, join(directory, "_index")))?;
        Some(&self.documents[*index])
    }
}

/// Whether `ignoreFiles` says that a file is not of the site.
fn is_ignored(file: &Path, config: &Config, origin: &Origin, report: &mut Report) -> bool {
    let path = origin.path().join(file);
    let text = path.to_string_lossy();
    let is_one = config.ignored.iter().any(|regex| regex.is_match(&*text));
    if is_one {
        let what = "a file that `ignoreFiles` names";
        report.note(Topic::Files, file, None, what, "it did not come across");
    }
    is_one
}

/// Whether a file is in a language that the site does not have now.
fn is_off(file: &Mounted, config: &Config, report: &mut Report) -> bool {
    let (_, name) = split(&file.inside);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let code = stem.rsplit_once('.').map(|(_, code)| code.to_lowercase());
    let is_off = code.is_some_and(|code| config.languages_off.contains(&code));
    if is_off {
        let what = "a file in a language that is switched off";
        report.note(
            Topic::Files,
            &file.file,
            None,
            what,
            "it did not come across",
        );
    }
    is_off
}

/// A file of the content, by its name.
struct Found {
    file: PathBuf,
    directory: String,
    name: String,
    stem: String,
    language: usize,
    is_text: bool,
    is_other: bool,
}

impl Found {
    fn new(file: &Mounted, config: &Config) -> Self {
        let (directory, name) = split(&file.inside);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let extension = extension.to_lowercase();
        let named = stem.rsplit_once('.').and_then(|(stem, code)| {
            let code = code.to_lowercase();
            let languages = config.languages.iter();
            let index = languages.clone().position(|other| other.code == code)?;
            Some((stem, index))
        });
        let (stem, language) = named.unwrap_or((stem, file.language));
        Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
            stem: stem.to_owned(),
            language,
            is_text: MARKDOWN.contains(&extension.as_str()),
            is_other: OTHERS.contains(&extension.as_str()),
            file: file.file.clone(),
        }
    }
}

/// The bundle that a directory is, or is in.
pub(super) fn bundle_of<'a>(bundles: &'a BTreeSet<String>, directory: &str) -> Option<&'a str> {
    let mut directory = directory;
    loop {
        if let Some(bundle) = bundles.get(directory) {
            return Some(bundle);
        }
        directory = directory.rsplit_once('/')?.0;
    }
}

//! Static files: those of the theme, every file under `content/` that is not
//! markdown, configuration or a zone, and all under `static/`, which is served
//! from the root as it is. Where the theme and the site have a path, the site's
//! own is served; in the site, each has one file. What they are is settled here, before anything refers to
//! them: hashes and fingerprints are those of the bytes that are served.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::body::{Body, OnDisk};
use crate::cache::Cache;
use crate::config::Config;
use crate::config::ignored::Ignored;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::front_matter::Kind;
use crate::document::readme;
use crate::faults::Faults;
use crate::minify;
use crate::output::media_type;
use crate::site_layout::STATIC;
use crate::source::{self, Found};
use crate::theme::Theme;
use crate::url::encode;
use crate::{Keep, Options};

/// The files of `content/` and `static/`, sorted by what they are.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Markdown: the id, and the file.
    pub(crate) markdown: Vec<(String, Found)>,
    pub(crate) zones: Vec<PathBuf>,
    /// All others: relative to `content/`, and the file.
    pub(crate) files: Vec<(String, Found)>,
    /// Those of `static/`: the place of each in the site, and the file.
    pub(crate) published: Vec<(String, Found)>,
    /// What could not be read, relative to `content/` or `static/`.
    pub(crate) lost: BTreeSet<String>,
    /// Whether pages may be in some of that.
    pub(crate) may_have_pages: bool,
}

impl Content {
    /// Which files there are, and what is wrong with others.
    ///
    /// # Errors
    ///
    /// When nothing is in `content/` that can be found.
    pub(crate) fn survey(site: &Path) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let (files, mut faults) = source::survey(site, Path::new("content"))?;
        let mut content = Self::sort(files);
        if site.join(STATIC).symlink_metadata().is_ok() {
            let found = source::survey(site, Path::new(STATIC));
            let (files, more) = found.unwrap_or_else(|faults| (Vec::new(), faults));
            let path = |found: &Found| {
                let inside = found.file.strip_prefix(STATIC).ok()?.to_str()?;
                Some(format!("/{}", encode(inside)))
            };
            let files = files.into_iter();
            content.published = files
                .filter_map(|found| Some((path(&found)?, found)))
                .collect();
            faults.extend(more);
        }
        Ok((content, faults))
    }

    fn sort(files: Vec<Found>) -> Self {
        let mut content = Self::default();
        for found in files {
            let file = found.file.to_str();
            // `walk` accepts no other names.
            let Some(id) = file.and_then(|file| file.strip_prefix("content/")) else {
                continue;
            };
            let id = id.to_owned();
            match Path::new(&id).extension().and_then(OsStr::to_str) {
                Some("md") => content.markdown.push((id, found)),
                Some("zone") => content.zones.push(found.file),
                _ if id == "site.toml" => {}
                _ => content.files.push((id, found)),
            }
        }
        content.sort_markdown();
        content
    }

    /// The file of a document, relative to the site.
    pub(crate) fn file_of(&self, id: &str) -> Option<&Path> {
        let by_id = |(own, _): &(String, Found)| own.as_str().cmp(id);
        let at = self.markdown.binary_search_by(by_id).ok()?;
        Some(&self.markdown[at].1.file)
    }

    /// Gives each `README.md` that stands for its directory the id that it goes by.
    pub(crate) fn name_readmes(&mut self, config: &Config) {
        // Of two in a directory, one stands for it.
        let mut named = BTreeMap::new();
        for (at, (id, _)) in self.markdown.iter().enumerate() {
            let is_there = |id: &str| self.file_of(id).is_some();
            if let Some(index) = readme::index_for(id, config, is_there) {
                named.entry(index).or_insert(at);
            }
        }
        if named.is_empty() {
            return;
        }
        for (index, at) in named {
            self.markdown[at].0 = index;
        }
        self.sort_markdown();
    }

    /// By their names as authors see them, whatever paths are sorted by.
    fn sort_markdown(&mut self) {
        self.markdown.sort_by(|(a, _), (b, _)| a.cmp(b));
    }

    /// Takes note of files and directories that could not be read.
    pub(crate) fn lose<'a>(
        &mut self,
        site: &Path,
        faults: impl IntoIterator<Item = &'a Diagnostic>,
    ) {
        for file in faults.into_iter().map(|fault| &fault.file) {
            let inside = file.strip_prefix("content");
            let inside = inside
                .or_else(|_| file.strip_prefix(STATIC))
                .unwrap_or(file);
            self.may_have_pages |= !is_static(site, file);
            self.lost.insert(inside.to_string_lossy().into_owned());
        }
    }

    /// Leaves out what the configuration ignores.
    pub(crate) fn ignore(&mut self, ignored: &Ignored, ignored_static: &Ignored) {
        if !ignored_static.is_empty() {
            self.published.retain(|(_, found)| {
                let inside = found.file.strip_prefix(STATIC).ok().and_then(Path::to_str);
                !inside.is_some_and(|inside| ignored_static.has(inside))
            });
        }
        if ignored.is_empty() {
            return;
        }
        self.markdown.retain(|(id, _)| !ignored.has(id));
        self.files.retain(|(id, _)| !ignored.has(id));
        self.zones.retain(|file| {
            let id = file.strip_prefix("content").ok().and_then(Path::to_str);
            !id.is_some_and(|id| ignored.has(id))
        });
    }

    /// The paths that the other files are served under. Files beside an
    /// `index.md` go with their page, whatever its path is.
    pub(crate) fn paths(
        &self,
        documents: &[Arc<Document>],
        config: &Config,
    ) -> BTreeMap<String, String> {
        let bundles: BTreeMap<&str, &str> = documents
            .iter()
            .filter_map(|document| Some((document.id.strip_suffix("/index.md")?, &*document.path)))
            .collect();
        let path = |id: &str| {
            let mut directory = id;
            while let Some((above, _)) = directory.rsplit_once('/') {
                directory = above;
                if let Some(page) = bundles.get(directory) {
                    return format!("{page}{}", encode(&id[directory.len() + 1..]));
                }
            }
            config.base.address_of_file(id)
        };
        self.files
            .iter()
            .map(|(id, _)| (id.clone(), path(id)))
            .collect()
    }
}

/// Whether what cannot be read would be a static file, as its name says.
pub(crate) fn is_static(site: &Path, file: &Path) -> bool {
    let name = file.to_str().filter(|name| !name.ends_with(".md"));
    name.is_some_and(media_type::is_known) && !site.join(file).is_dir()
}

/// The static files beside each `index.md`: paths, by directory; and those beside
/// each `_index.md`, without those further down, by that file.
pub(crate) fn by_bundle(
    paths: &BTreeMap<String, String>,
    documents: &[Arc<Document>],
) -> BTreeMap<String, Vec<String>> {
    let bundles = documents
        .iter()
        .filter_map(|document| document.id.strip_suffix("/index.md"));
    let beside = |directory: &str| {
        let inside = format!("{directory}/");
        // Paths are sorted by file, so those of a directory stand together.
        let from = paths.range(inside.clone()..);
        from.take_while(|(id, _)| id.starts_with(&inside))
            .map(|(_, path)| path.clone())
            .collect()
    };
    let of_section = |document: &Document| {
        let directory = &document.directory;
        let inside = match directory.as_str() {
            "" => String::new(),
            directory => format!("{directory}/"),
        };
        let from = paths.range(inside.clone()..);
        let below = from.take_while(|(id, _)| id.starts_with(&inside));
        below
            .filter(|(id, _)| !id[inside.len()..].contains('/'))
            .map(|(_, path)| path.clone())
            .collect()
    };
    let sections = documents
        .iter()
        .filter(|document| document.kind == Kind::Section);
    bundles
        .map(|directory| (directory.to_owned(), beside(directory)))
        .chain(sections.map(|document| (document.id.to_string(), of_section(document))))
        .collect()
}

/// The files beside a document, in whichever language it is, as [`by_bundle`]
/// has found them.
pub(crate) fn beside<'a>(
    bundles: &'a BTreeMap<String, Vec<String>>,
    document: &Document,
) -> &'a [String] {
    let colocated = document.colocated_path();
    let directory = colocated.map(|path| path.trim_end_matches('/'));
    let key = match document.kind {
        Kind::Section => Some(&*document.id),
        Kind::Page => directory,
    };
    let found = key.and_then(|key| bundles.get(key));
    found.map(Vec::as_slice).unwrap_or_default()
}

/// How a static file is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    AsItIs,
    Short,
}

/// A static file: its path, what is in it, and where it comes from.
pub(crate) type StaticFile = (String, Body, PathBuf);

/// Reads all static files: those that cannot be read are missing.
pub(crate) fn read(
    (site, content, paths): (&Path, &Content, &BTreeMap<String, String>),
    theme: Option<&Theme>,
    config: &Config,
    options: &Options,
    faults: &mut Faults,
) -> Vec<StaticFile> {
    let of_theme = theme.into_iter().flat_map(|theme| &theme.files);
    let of_theme = of_theme.map(|(file, path)| (path, source::find(config.root(site, file), file)));
    let mut wanted: BTreeMap<String, Cow<'_, Found>> = BTreeMap::new();
    for (path, found) in of_theme {
        let path = config.base.address_of_file(path);
        match found {
            Ok(found) => _ = wanted.insert(path, Cow::Owned(found)),
            Err(fault) => lose(faults, &path, fault),
        }
    }
    let mut own: BTreeMap<&str, &Path> = BTreeMap::new();
    if !content.published.is_empty() {
        let files = content.files.iter();
        own.extend(files.map(|(id, found)| (paths[id].as_str(), found.file.as_path())));
    }
    for (place, found) in &content.published {
        let path = config.address(place);
        if let Some(other) = own.get(path.as_str()) {
            let message = format!("`{path}` is served already, from {}", other.display());
            let fault = Diagnostic::new(&found.file, message);
            faults.found.push(fault.expected("one file for each path"));
        } else {
            wanted.insert(path, Cow::Borrowed(found));
        }
    }
    wanted.extend(
        content
            .files
            .iter()
            .map(|(id, found)| (paths[id].clone(), Cow::Borrowed(found))),
    );
    let read: Vec<_> = wanted
        .into_par_iter()
        .map(|(path, found)| {
            let form = match config.assets.minify_assets && minify::is_for(&path) {
                true => Form::Short,
                false => Form::AsItIs,
            };
            match body(config.root(site, &found.file), &path, &found, form, options) {
                Ok(body) => Ok((path, body, found.into_owned().file)),
                Err(fault) => Err(Box::new((path, fault))),
            }
        })
        .collect();
    let mut files = Vec::with_capacity(read.len());
    for file in read {
        match file {
            Ok(file) => files.push(file),
            Err(lost) => {
                let (path, fault) = *lost;
                lose(faults, &path, fault);
            }
        }
    }
    files
}

/// Takes note of a file that cannot be read.
fn lose(faults: &mut Faults, path: &str, fault: Diagnostic) {
    faults.unsure.file(path);
    faults.found.push(fault);
}

/// What is in a file: as in the last build, if nobody changed it.
fn body(
    site: &Path,
    path: &str,
    found: &Found,
    form: Form,
    options: &Options,
) -> Result<Body, Diagnostic> {
    let cache = &options.cache;
    if let Some(body) = cache.body(site, found, form) {
        return Ok(body);
    }
    let file = OnDisk::find(site, &found.file)?;
    let body = Body::OnDisk(Arc::new(file));
    let (body, short) = match form {
        Form::AsItIs => (body, None),
        Form::Short => minified(path, body, cache),
    };
    if options.keep == Keep::Everything {
        cache.keep_body(found, (form, body.clone(), short));
    }
    Ok(body)
}

/// A file made short, if it can be; and the name that this is kept by.
fn minified(path: &str, body: Body, cache: &Cache) -> (Body, Option<String>) {
    // One that changes meanwhile is told when it is packed.
    let Ok(bytes) = body.read() else {
        return (body, None);
    };
    let short = minify::file(path, &bytes, cache).map(Body::from);
    (short.unwrap_or(body), minify::kept_as(path, &bytes))
}

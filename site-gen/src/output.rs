//! What is served, under which path; and a whole site, built.

pub(crate) mod collect;
pub(crate) mod feed;
pub(crate) mod media_type;
mod places;
pub(crate) mod redirects;
pub(crate) mod sitemap;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, mem};

use foldhash::fast::RandomState;
use rayon::prelude::*;
use site_pack::Caching;
use site_pack::plan::Digest;

use crate::body::Body;
use crate::config::Config;
use crate::config::base_url::BaseUrl;
use crate::diagnostic::Diagnostic;
use crate::faults::unsure::Unsure;
use crate::functions::calls::CallId;
use crate::limits::{MAX_NAME_BYTES, MAX_PATH_BYTES, MAX_SHOWN_PATH};
use crate::plan::Planned;
use crate::press::pack_file::{Extent, PackFile};
use crate::progress::Listener;
use crate::scratch::create_below;
use crate::search::OnDemand;
use crate::url;
use crate::zone::Zone;
use places::{Directories, INDEX};

/// A file as it is served. What is in it is read from [`Built::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As in the URL: `/`, `/docs/`, `/mirage.css`, `/404.html`.
    pub path: Arc<str>,
    /// The value of `content-type`.
    pub content_type: &'static str,
    /// How long a client may keep it.
    pub caching: Caching,
    /// The hash of the content: another one in the next build means an edit.
    pub digest: Digest,
    pub(crate) extent: Extent,
}

impl File {
    /// Whether a browser shows it as a page.
    pub fn is_page(&self) -> bool {
        self.content_type == media_type::HTML
    }
}

/// What the pages of a site may do that those of others may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Nothing.
    #[default]
    Strict,
    /// They may compile WebAssembly, as Pagefind does.
    WebAssembly,
}

/// A whole site, built.
#[derive(Clone, Debug)]
pub struct Built {
    /// Every file, in order of path.
    pub files: Vec<File>,
    /// Every redirect: from a path, to a path or URL.
    pub redirects: Vec<(String, String)>,
    /// The zones.
    pub zones: Vec<Zone>,
    /// The site's domain, as in `mirage.io`.
    pub domain: String,
    /// What all paths begin with, as in `/project`; of a site that has a whole host
    /// nothing.
    pub root: String,
    /// How many pages were rendered: the others are those of the last build.
    pub rendered: usize,
    /// What its pages may do.
    pub policy: Policy,
    pub(crate) pack: Arc<PackFile>,
    /// The search index, where it is not among the files.
    pub(crate) search: Option<Arc<OnDemand>>,
}

impl Built {
    /// What is in a file.
    ///
    /// # Errors
    ///
    /// When the temporary file that holds the site cannot be read.
    pub fn read(&self, file: &File) -> io::Result<Vec<u8>> {
        self.pack.read(file.extent)
    }

    /// The file that is served under a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        let index = self.files.binary_search_by(|file| (*file.path).cmp(path));
        index.ok().map(|index| &self.files[index])
    }

    /// A file of the search index, of a site that was built with
    /// [`Indexing::OnDemand`](crate::Indexing::OnDemand); or why there is no index.
    /// The first call makes it, and takes that long.
    pub fn search_file(&self, path: &str) -> Option<Result<Arc<Vec<u8>>, String>> {
        self.search.as_ref()?.file(path, self)
    }

    /// What is in the file with this hash.
    pub(crate) fn read_payload(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        self.pack.read_payload(digest)
    }

    /// The length of the pack, in bytes.
    pub fn pack_length(&self) -> u64 {
        self.pack.length()
    }

    /// The pack: all of the site in one file.
    ///
    /// # Errors
    ///
    /// When the temporary file that holds it cannot be read.
    pub fn pack(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.pack.length() as usize);
        self.write_pack(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes the pack to somewhere.
    ///
    /// # Errors
    ///
    /// When it cannot be read or written.
    pub fn write_pack(&self, to: &mut impl Write) -> io::Result<()> {
        self.pack.copy_to(to)
    }

    /// Writes every file into a new directory, which is what the root of the site is to
    /// lead to: a path that ends with a slash becomes an `index.html`, a redirect a page
    /// that leads on, if it is one for pages.
    ///
    /// # Errors
    ///
    /// When something cannot be written, or is there already; what was written
    /// before that stays.
    pub fn write_site(&self, directory: &Path, progress: &Listener) -> io::Result<()> {
        // What is there under the other name of its file needs no page that leads to it.
        let is_there = |from: &str| twin(from).is_some_and(|twin| self.file(&twin).is_some());
        let redirects = self.redirects.iter();
        let redirects = redirects.filter(|(from, _)| is_written(from) && !is_there(from));
        progress.begin(
            "writing files",
            self.files.len() + redirects.clone().count(),
        );
        fs::create_dir(directory)?;
        let place = |path| str::strip_prefix(path, &self.root).unwrap_or(path);
        // Most of it is the work of the system, which has a lock for each directory.
        self.files.par_iter().try_for_each(|file| {
            write_below(directory, place(&*file.path), |to| {
                self.pack.write(file.extent, to)
            })?;
            progress.advance();
            io::Result::Ok(())
        })?;
        for (from, to) in redirects {
            write_below(directory, place(from), |file| {
                file.write_all(leading_on(to).as_bytes())
            })?;
            progress.advance();
        }
        Ok(())
    }
}

/// Whether a redirect from a path is also a file, where a site is written as files.
fn is_written(from: &str) -> bool {
    ["/", ".html", ".htm"].iter().any(|end| from.ends_with(end))
}

/// The other path of what is one file where a site is written as files: `/a/` and
/// `/a/index.html`.
fn twin(path: &str) -> Option<Cow<'_, str>> {
    match path.strip_suffix(INDEX) {
        Some(page) if page.ends_with('/') => Some(Cow::Borrowed(page)),
        _ => path
            .ends_with('/')
            .then(|| Cow::Owned(format!("{path}{INDEX}"))),
    }
}

/// What is wrong with a path that something would be served under, and what would
/// be right: nobody can ask for it, or it leads out of a directory of files.
pub(crate) fn check_path(path: &str) -> Option<(String, String)> {
    let too_long = check_length(path);
    if too_long.is_some() || url::is_inside(&url::decode(path)) {
        return too_long;
    }
    let message = format!("`{path}` is no place in the site");
    let expected =
        format!("names without control characters, of at most {MAX_NAME_BYTES} bytes each");
    Some((message, expected))
}

/// What is wrong with an address if a pack cannot have it, and what would be right.
fn check_length(address: &str) -> Option<(String, String)> {
    let length = address.len();
    if length <= MAX_PATH_BYTES {
        return None;
    }
    let decoded = url::decode(address);
    let shown: String = decoded.chars().take(MAX_SHOWN_PATH).collect();
    let message = format!("the address `{shown}…` has {length} bytes");
    let expected =
        format!("at most {MAX_PATH_BYTES}; a letter that is not ASCII takes six or more");
    Some((message, expected))
}

/// What any web server can send in place of a redirect.
fn leading_on(to: &str) -> String {
    let to = url::escape(to);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Moved</title>\n\
         <link rel=\"canonical\" href=\"{to}\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n\
         <p>This page is at <a href=\"{to}\">{to}</a>.</p>\n"
    )
}

fn write_below(
    directory: &Path,
    path: &str,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> io::Result<()> {
    let file = file_name(path);
    if let Some(above) = file.parent() {
        create_below(directory, above)?;
    }
    write(&mut fs::File::create(directory.join(file))?)
}

/// Where a path goes in a directory of files.
fn file_name(path: &str) -> PathBuf {
    let decoded = url::decode(path);
    let relative = decoded.trim_start_matches('/');
    if relative.is_empty() || relative.ends_with('/') {
        PathBuf::from(relative).join(INDEX)
    } else {
        PathBuf::from(relative)
    }
}

/// A file that is not a rendered page.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) path: Arc<str>,
    pub(crate) body: Body,
    pub(crate) caching: Caching,
}

/// What has a path already.
#[derive(Clone, Copy, Debug)]
struct Taken<'a> {
    /// The file that it is made from.
    source: &'a Path,
    by: Maker,
}

/// Who makes what is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    Template,
    Other,
}

/// What is served besides pages.
#[derive(Debug, Default)]
pub(crate) struct Besides {
    /// In the order in which they were added.
    pub(crate) files: Vec<Made>,
    pub(crate) redirects: BTreeMap<String, String>,
    /// What shortcodes asked.
    pub(crate) calls: Vec<CallId>,
}

/// Everything that is to be served, by path: pages by name only, they are
/// rendered later.
#[derive(Debug, Default)]
pub(crate) struct Output<'a> {
    pub(crate) besides: Besides,
    taken: HashMap<Arc<str>, Taken<'a>, RandomState>,
    /// The files that ask for redirects, by where these are from.
    redirected: HashMap<String, &'a Path>,
    directories: Directories,
    /// Whether a path that is taken ends with no slash.
    has_files: bool,
    /// Whether a path has the name of the file that a directory's page is in.
    names_index: bool,
    /// What others may have: it is left to them.
    unsure: Unsure,
    faults: Vec<Diagnostic>,
}

impl<'a> Output<'a> {
    /// Room for so many pages, and more.
    pub(crate) fn new(unsure: Unsure, pages: usize) -> Self {
        Self {
            unsure,
            taken: HashMap::with_capacity_and_hasher(pages, RandomState::default()),
            ..Self::default()
        }
    }

    /// Takes a page's path.
    pub(crate) fn claim_page(
        &mut self,
        page: &Planned,
        source: &'a Path,
        fault: impl Fn(String) -> Diagnostic,
    ) -> bool {
        let by = Maker::Template;
        self.claim(&page.path, Taken { source, by }, fault)
    }

    /// Takes a path. Two things of one path are a fault; so is a path that
    /// nobody can ask for, or that cannot be written beside the others.
    fn claim(
        &mut self,
        path: &Arc<str>,
        taken: Taken<'a>,
        fault: impl Fn(String) -> Diagnostic,
    ) -> bool {
        if self.is_unsure(path) {
            return false;
        }
        if let Some((message, expected)) = check_path(path) {
            self.faults.push(fault(message).expected(expected));
            return false;
        }
        if let Some(other) = self.taken.get(path) {
            let other = other.source.display();
            let message = format!("`{path}` is served already, from {other}");
            self.faults
                .push(fault(message).expected("one file for each path"));
            return false;
        }
        let found = self.unplaceable(path);
        let found = found.map(|(message, expected)| fault(message).expected(expected));
        self.faults.extend(found);
        self.has_files |= !path.ends_with('/');
        self.taken.insert(Arc::clone(path), taken);
        true
    }

    /// Why something cannot be written as a file beside what was there before, and
    /// what could.
    fn unplaceable(&mut self, path: &Arc<str>) -> Option<(String, &'static str)> {
        self.names_index |= path.ends_with(INDEX);
        let (taken, redirects) = (&self.taken, &self.besides.redirects);
        let from = |other: &str| match taken.get(other) {
            Some(taken) => format!(", from {}", taken.source.display()),
            None => String::new(),
        };
        let is_there = |path: &str| {
            taken.contains_key(path) || redirects.contains_key(path) && is_written(path)
        };
        // Pages come first, and are none.
        let has_files = self.has_files || !redirects.is_empty();
        let is_file = |path: &str| has_files && is_there(path);
        let either = "a name that is either a file's or a directory's";
        if let Some(file) = self.directories.add(path, is_file) {
            let message = format!("`{path}` is below `{file}`, which is a file{}", from(file));
            return Some((message, either));
        }
        let page = (!path.ends_with('/')).then(|| format!("{path}/"));
        let page = page.filter(|page| is_there(page));
        if let Some(below) = page.as_deref().or_else(|| self.directories.within(path)) {
            let from = from(below);
            let message = format!("`{path}` is a file, and `{below}` is below it{from}");
            return Some((message, either));
        }
        // Where nobody names it, no page is told of its other path.
        let twin = twin(path).filter(|_| self.names_index)?;
        is_there(&twin).then(|| {
            let from = from(&twin);
            let (page, index) = (twin.as_ref().min(path), twin.as_ref().max(path));
            let message = format!("`{page}` and `{index}` are one file{from}");
            (message, "one file for each path")
        })
    }

    /// Adds a file that was made from `source`.
    pub(crate) fn add(
        &mut self,
        path: impl Into<Arc<str>>,
        body: Body,
        caching: Caching,
        source: &'a Path,
    ) {
        let file = Made {
            path: path.into(),
            body,
            caching,
        };
        self.add_file(file, source, |message| Diagnostic::new(source, message));
    }

    /// Adds what is made because the configuration says so.
    pub(crate) fn add_made(
        &mut self,
        path: &str,
        body: Arc<Vec<u8>>,
        (config, keys): (&'a Config, &[&str]),
    ) {
        let file = Made {
            path: path.into(),
            body: Body::Made(body),
            caching: Caching::Revalidate,
        };
        let source = &config.source.file;
        self.add_file(file, source, |message| config.at_key(keys, message));
    }

    fn add_file(&mut self, file: Made, source: &'a Path, fault: impl Fn(String) -> Diagnostic) {
        let by = Maker::Other;
        if self.claim(&file.path, Taken { source, by }, fault) {
            self.besides.files.push(file);
        }
    }

    /// Adds a redirect that an author asked for.
    pub(crate) fn redirect(
        &mut self,
        from: &str,
        to: &str,
        source: &'a Path,
        fault: impl FnOnce(String) -> Diagnostic,
    ) {
        if self.is_unsure(from) {
            return;
        }
        if let Some((message, expected)) = check_path(from).or_else(|| check_length(to)) {
            self.faults.push(fault(message).expected(expected));
            return;
        }
        let taken = self.taken.get(from).map(|taken| taken.source);
        self.names_index |= from.ends_with(INDEX);
        match self.besides.redirects.get(from) {
            None if taken.is_none() => {
                // It may lead to what is there under the other name of its file.
                if is_written(from) && twin(from).as_deref() != Some(to) {
                    let found = self.unplaceable(&from.into());
                    let found = found.map(|(message, expected)| fault(message).expected(expected));
                    self.faults.extend(found);
                }
                let redirects = &mut self.besides.redirects;
                redirects.insert(from.to_owned(), to.to_owned());
                self.redirected.insert(from.to_owned(), source);
            }
            Some(there) if there == to => {}
            _ => {
                let other = taken.or_else(|| self.redirected.get(from).copied());
                let other =
                    other.map_or(String::new(), |other| format!(", from {}", other.display()));
                let fault = fault(format!("`{from}` is served already{other}"));
                let fault = fault.expected("an address that nothing else has");
                self.faults.push(fault);
            }
        }
    }

    /// Whether a template makes what has a path.
    pub(crate) fn has_page(&self, path: &str) -> bool {
        let taken = self.taken.get(path);
        taken.is_some_and(|taken| taken.by == Maker::Template)
    }

    pub(crate) fn serves(&self, path: &str) -> bool {
        self.taken.contains_key(path) || self.besides.redirects.contains_key(path)
    }

    /// Everything that is served, in no order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.taken.keys().map(|path| &**path)
    }

    /// Whether it is not known who has a path, if anybody has it.
    pub(crate) fn is_unsure(&self, path: &str) -> bool {
        self.unsure.may_serve(path)
    }

    /// Where the site is.
    pub(crate) fn base(&self) -> &BaseUrl {
        self.unsure.base()
    }

    /// Whether a link may name this path: what is served, with or without the
    /// slash at its end, which the server adds.
    pub(crate) fn leads(&self, path: &str) -> bool {
        self.serves(path) || self.serves(&format!("{path}/"))
    }

    /// What is served besides pages, when nobody asks for paths any more.
    pub(crate) fn into_besides(self) -> Besides {
        self.besides
    }

    /// Adds a fault of what is to be served.
    pub(crate) fn fault(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }

    /// The faults so far.
    pub(crate) fn take_faults(&mut self) -> Vec<Diagnostic> {
        mem::take(&mut self.faults)
    }
}

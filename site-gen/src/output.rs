//! Steps 8 to 10: what is served, under which path, and the pack made of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, mem};

use rayon::prelude::*;
use site_pack::Caching;
use site_pack::write::{Builder, NewFile};

use crate::diagnostic::Diagnostic;
use crate::zone::Zone;
use crate::{Compression, Options, compress, media_type};

/// A file as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As in the URL: `/`, `/docs/`, `/mirage.css`, `/404.html`.
    pub path: String,
    /// The value of `content-type`.
    pub content_type: String,
    /// How long a client may keep it.
    pub caching: Caching,
    /// The content.
    pub body: Arc<Vec<u8>>,
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
    /// All of it in one file.
    pub pack: Vec<u8>,
}

impl Built {
    /// Writes every file into a directory, as it is served: a path that ends
    /// with a slash becomes an `index.html`. What was there is replaced as a
    /// whole: the new directory is complete before it takes the old one's
    /// place.
    ///
    /// # Errors
    ///
    /// When something cannot be written. Then the old directory is still there.
    pub fn write_site(&self, directory: &Path) -> io::Result<()> {
        let parent = directory
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        let fresh = tempfile::Builder::new()
            .prefix(".site-")
            .tempdir_in(parent)?;
        let new = fresh.path().join("new");
        fs::create_dir(&new)?;
        for file in &self.files {
            let path = new.join(file_name(&file.path));
            if let Some(above) = path.parent() {
                fs::create_dir_all(above)?;
            }
            fs::write(path, file.body.as_slice())?;
        }
        let old = fresh.path().join("old");
        match fs::rename(directory, &old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            moved => match fs::rename(&new, directory) {
                Ok(()) => {}
                Err(error) => {
                    // Back to where it was, if it was there.
                    moved.and_then(|()| fs::rename(&old, directory)).ok();
                    return Err(error);
                }
            },
        }
        fresh.close()
    }
}

/// Where a path goes in a directory of files.
fn file_name(path: &str) -> PathBuf {
    let decoded = crate::url::decode(path);
    let relative = decoded.trim_start_matches('/');
    if relative.is_empty() || relative.ends_with('/') {
        PathBuf::from(relative).join("index.html")
    } else {
        PathBuf::from(relative)
    }
}

/// Everything that is to be served, by path.
#[derive(Default)]
pub(crate) struct Output {
    files: BTreeMap<String, (File, PathBuf)>,
    redirects: BTreeMap<String, String>,
    faults: Vec<Diagnostic>,
}

impl Output {
    /// Adds a file that was made from `source`. Two files of one path are a
    /// fault.
    pub(crate) fn add(
        &mut self,
        path: String,
        body: Arc<Vec<u8>>,
        caching: Caching,
        source: &Path,
    ) {
        let content_type = media_type::of(&path).to_owned();
        match self.files.entry(path) {
            Entry::Vacant(vacant) => {
                let file = File {
                    path: vacant.key().clone(),
                    content_type,
                    caching,
                    body,
                };
                vacant.insert((file, source.to_owned()));
            }
            Entry::Occupied(taken) => {
                let message = format!(
                    "`{}` is served already, from {}",
                    taken.key(),
                    taken.get().1.display()
                );
                self.faults
                    .push(Diagnostic::new(source, message).expected("one file for each path"));
            }
        }
    }

    /// Adds what is made from no file in particular.
    pub(crate) fn add_made(&mut self, path: &str, body: String) {
        self.add(
            path.to_owned(),
            Arc::new(body.into_bytes()),
            Caching::Revalidate,
            Path::new("the generator"),
        );
    }

    /// Adds a redirect that an author asked for.
    pub(crate) fn redirect(
        &mut self,
        from: &str,
        to: &str,
        fault: impl FnOnce(String) -> Diagnostic,
    ) {
        match self.redirects.entry(from.to_owned()) {
            Entry::Vacant(vacant) if !self.files.contains_key(from) => {
                _ = vacant.insert(to.to_owned());
            }
            Entry::Occupied(taken) if taken.get() == to => {}
            _ => self.faults.push(
                fault(format!("`{from}` is served already")).expected("an alias that is free"),
            ),
        }
    }

    pub(crate) fn serves(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.redirects.contains_key(path)
    }

    /// Whether a link may name this path: what is served, with or without the
    /// slash at its end.
    pub(crate) fn leads(&self, path: &str) -> bool {
        self.serves(path) || self.serves(&format!("{path}/"))
    }

    /// The faults so far.
    pub(crate) fn take_faults(&mut self) -> Vec<Diagnostic> {
        mem::take(&mut self.faults)
    }

    /// Compresses everything and makes the pack.
    pub(crate) fn finish(
        mut self,
        domain: String,
        zones: Vec<Zone>,
        options: &Options,
    ) -> Result<Built, Vec<Diagnostic>> {
        self.add_slashes();
        let files: Vec<File> = mem::take(&mut self.files)
            .into_values()
            .map(|(file, _)| file)
            .collect();
        let encoded: Vec<_> = files
            .par_iter()
            .map(|file| match options.compression {
                Compression::None => Arc::default(),
                Compression::Full => {
                    compress::encode(&file.content_type, &file.body, &options.cache)
                }
            })
            .collect();
        let redirects: Vec<(String, String)> = self.redirects.into_iter().collect();

        let mut builder = Builder::new();
        let packed = (|| {
            for (file, encoded) in files.iter().zip(encoded) {
                let (content_type, body) = (file.content_type.clone(), file.body.to_vec());
                builder.file(
                    &file.path,
                    NewFile {
                        content_type,
                        caching: file.caching,
                        body,
                        encoded: encoded.to_vec(),
                    },
                )?;
            }
            for (from, to) in &redirects {
                builder.redirect(from, to)?;
            }
            builder.part("domain", domain.clone().into_bytes())?;
            for zone in &zones {
                builder.part(
                    &format!("zone/{}", zone.name()),
                    zone.text.clone().into_bytes(),
                )?;
            }
            builder.finish()
        })();
        let pack = packed.map_err(|error| {
            vec![Diagnostic::new(
                "content",
                format!("cannot pack the site: {error}"),
            )]
        })?;
        options.cache.forget_unused();
        Ok(Built {
            files,
            redirects,
            zones,
            domain,
            pack,
        })
    }

    /// Leads `/docs` to `/docs/`, as visitors may leave the slash out.
    fn add_slashes(&mut self) {
        let pages = self
            .files
            .keys()
            .filter_map(|path| Some((path.strip_suffix('/')?, path)));
        let pages = pages.filter(|(short, _)| !short.is_empty() && !self.serves(short));
        let pages: Vec<_> = pages
            .map(|(short, path)| (short.to_owned(), path.clone()))
            .collect();
        self.redirects.extend(pages);
    }
}

//! A site: a directory of markdown, and what it is built into.
//!
//! [`Site::build`] makes everything out of sight, so that a fault leaves no
//! trace; [`Built::write`] puts it in place (`output`).

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use include_dir::{Dir, include_dir};

use crate::diagnostics::Faults;
use crate::import::Generator;
use crate::limits::MAX_ANCESTORS;
use crate::output;
use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{image, unikernel, workers};

use site_gen::Scratch;

pub use site_gen::{Compression, Drafts, Indexing, Keep, Mode, Pictures, SOURCES};

/// For a site that brings none of its own.
pub(crate) static THEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes");

/// The directory of a site that its themes are in.
const THEMES_NAME: &str = "themes";

/// What makes a directory a site.
const MARK: &str = "content/site.toml";

/// What is booted, in the directory that a site is written to.
pub(crate) const IMAGE: &str = "fata.elf";

/// All that is written to it. The image is the last: it is what is booted.
pub(crate) const WRITTEN: [&str; 3] = ["site", "site.pack", IMAGE];

/// Where a site keeps what took long to make, for the next run.
const CACHE: &str = "out/cache";

/// A directory with `content/site.toml` in it.
#[derive(Clone)]
pub struct Site {
    directory: PathBuf,
    /// What one build leaves for the next: the edit loop lives by it.
    cache: Arc<site_gen::Cache>,
    /// Where the built-in themes are, once they were needed.
    themes: Arc<Mutex<Option<Scratch>>>,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Site").field(&self.directory).finish()
    }
}

/// A site as one image, and as what is in it.
#[derive(Clone, Debug)]
pub struct Built {
    /// The site: every file, the zones, and the pack of it all.
    pub site: site_gen::Built,
    /// The image: it runs, and it boots.
    pub image: Vec<u8>,
}

/// What makes a site of a directory that is none.
fn way_to_a_site(directory: &Path) -> String {
    match Generator::of(directory) {
        Some(generator) => format!(
            "`fata import {} {} --out DIR` makes one of this one",
            generator.name(),
            directory.display()
        ),
        None => "`fata new site DIR` makes a site".to_owned(),
    }
}

impl Site {
    /// Makes sure that `directory` is a site.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn open(directory: &Path) -> Result<Self> {
        if !directory.join(MARK).is_file() {
            bail!(
                "{} is not a site: expected {MARK} in it \
                 (--site DIR names another directory, {})",
                directory.display(),
                way_to_a_site(directory)
            );
        }
        Ok(Self {
            directory: directory.to_owned(),
            cache: Arc::new(site_gen::Cache::in_directory(&directory.join(CACHE))),
            themes: Arc::default(),
        })
    }

    /// The site that a directory is in: itself, or the nearest above it.
    ///
    /// # Errors
    ///
    /// When there is none so far up.
    pub fn find(directory: &Path) -> Result<Self> {
        let mut candidate = directory.to_owned();
        for _ in 0..MAX_ANCESTORS {
            if candidate.join(MARK).is_file() {
                return Self::open(&candidate);
            }
            candidate = match candidate.to_str() {
                Some(".") => PathBuf::from(".."),
                _ => candidate.join(".."),
            };
        }
        Self::open(directory)
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What it is built with, unless something else is asked for.
    pub fn options(&self, compression: Compression) -> site_gen::Options {
        site_gen::Options {
            compression,
            cache: self.cache.clone(),
            ..workers::options()
        }
    }

    /// The site without an image, or [`Faults`].
    ///
    /// # Errors
    ///
    /// [`Faults`]; or why the built-in themes cannot be put anywhere.
    pub fn generate(&self, options: &site_gen::Options) -> Result<site_gen::Built> {
        site_gen::build(&self.directory, &self.complete(options)?).map_err(|told| {
            let site = self.directory.clone();
            Faults { site, told }.into()
        })
    }

    /// The site as far as it can be shown to those who write it, and what is wrong with it.
    ///
    /// # Errors
    ///
    /// When the built-in themes cannot be put anywhere. What is wrong with the site is
    /// no error.
    pub fn preview(&self, options: &site_gen::Options) -> Result<site_gen::Preview> {
        let options = self.complete(options)?;
        Ok(site_gen::preview(&self.directory, &options))
    }

    /// Everything that is wrong with the site, and where it leads.
    ///
    /// # Errors
    ///
    /// When the built-in themes cannot be put anywhere. What is wrong with the site is
    /// no error.
    pub fn check(&self, options: &site_gen::Options) -> Result<site_gen::Checked> {
        let options = self.complete(options)?;
        Ok(site_gen::check(&self.directory, &options))
    }

    /// The files outside of it that builds have asked for since this was asked.
    /// Each with the time of its last change then, if it was there.
    pub(crate) fn take_outside(&self) -> BTreeMap<PathBuf, Option<SystemTime>> {
        self.cache.take_outside()
    }

    /// Where it keeps what took long, for later runs.
    pub(crate) fn cache_directory(&self) -> PathBuf {
        self.directory.join(CACHE)
    }

    /// The same, with themes for a site that has none; and the terminal is told how
    /// far it is.
    fn complete(&self, options: &site_gen::Options) -> Result<site_gen::Options> {
        Ok(site_gen::Options {
            themes: self.built_in_themes()?,
            progress: site_gen::Listener::new(Progress::of_build()),
            ..options.clone()
        })
    }

    /// Where the built-in themes are, if the site has none of its own: they are
    /// written once, and go with the process.
    fn built_in_themes(&self) -> Result<Option<PathBuf>> {
        // A link to nothing is told, and not taken for no themes.
        if self.directory.join(THEMES_NAME).symlink_metadata().is_ok() {
            return Ok(None);
        }
        // It is whole, or it is not there.
        let mut kept = self.themes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(themes) = &*kept {
            return Ok(Some(themes.path().to_owned()));
        }
        let scratch = Scratch::new("fata-themes-", &std::env::temp_dir())
            .context("cannot make a directory where temporary files are (TMPDIR)")?;
        let themes = scratch.path().join(THEMES_NAME);
        fs::create_dir(&themes)
            .and_then(|()| extract(&THEMES, &themes))
            .context("cannot write the built-in themes where temporary files are (TMPDIR)")?;
        let path = scratch.path().to_owned();
        *kept = Some(scratch);
        Ok(Some(path))
    }

    /// The image of the site. A compiler runs only if the unikernel's own
    /// sources changed.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate); or why there is no unikernel to build on.
    pub fn build(&self, options: &site_gen::Options) -> Result<Built> {
        let site = self.generate(options)?;
        let unikernel = unikernel::prebuilt(&Workspace::find()?)?;
        let unikernel =
            fs::read(&unikernel).with_context(|| format!("cannot read {}", unikernel.display()))?;
        let pack = site.pack().context("cannot read the site back")?;
        let image = image::assemble(&unikernel, &pack)?;
        Ok(Built { site, image })
    }
}

fn extract(from: &Dir<'_>, to: &Path) -> io::Result<()> {
    for directory in from.dirs() {
        fs::create_dir(to.join(directory.path()))?;
        extract(directory, to)?;
    }
    let mut files = from.files();
    files.try_for_each(|file| fs::write(to.join(file.path()), file.contents()))
}

impl Built {
    /// Puts the site into `out`: all of it is on the disk before any of it
    /// takes the place of what was there.
    ///
    /// # Errors
    ///
    /// When something cannot be written: then what was there is still there.
    pub fn write(&self, out: &Path) -> Result<()> {
        let staged = output::Staged::new(out)?;
        staged.site(WRITTEN[0], &self.site)?;
        staged.pack(WRITTEN[1], &self.site)?;
        staged.file(WRITTEN[2], &self.image, 0o755)?;
        staged.publish(&WRITTEN)
    }

    /// Puts only the image into `out`, and tells where it is.
    ///
    /// # Errors
    ///
    /// When it cannot be written: then what was there is still there.
    pub fn write_image(&self, out: &Path) -> Result<PathBuf> {
        let staged = output::Staged::new(out)?;
        staged.file(IMAGE, &self.image, 0o755)?;
        staged.publish(&[IMAGE])?;
        Ok(out.join(IMAGE))
    }
}

//! A site: a directory of markdown, and what it is built into.
//!
//! [`Site::build`] makes everything out of sight, so that a fault leaves no
//! trace; [`Built::write`] puts it in place (`output`).

mod copy;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use include_dir::{Dir, include_dir};

use crate::diagnostics::Faults;
use crate::output;
use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{compilers, image, unikernel};
pub(crate) use copy::copy_sources;

use site_gen::Scratch;

pub use site_gen::{Compression, Drafts, Indexing, Keep, Pictures};

/// For a site that brings none of its own.
pub(crate) static THEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes");

/// The directories of a site that its pages come from.
pub const SOURCES: [&str; 6] = ["content", "templates", "static", "themes", "sass", "data"];

/// What makes a directory a site.
const MARK: &str = "content/site.toml";

/// How far above a directory its site is looked for.
const MAX_ANCESTORS: usize = 32;

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

impl Site {
    /// Makes sure that `directory` is a site.
    pub fn open(directory: &Path) -> Result<Self> {
        if !directory.join(MARK).is_file() {
            bail!(
                "{} is not a site: expected {MARK} in it \
                 (--site DIR names another directory, `fata new site DIR` makes a site)",
                directory.display()
            );
        }
        Ok(Self {
            directory: directory.to_owned(),
            cache: Arc::new(site_gen::Cache::in_directory(&directory.join(CACHE))),
        })
    }

    /// The site that a directory is in: itself, or the nearest above it.
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
            sass: compilers::compiler(compilers::SHEET),
            diagrams: compilers::compiler(compilers::DIAGRAMS),
            origin: Some(self.directory.clone()),
            ..Default::default()
        }
    }

    /// The site without an image, or [`Faults`].
    pub fn generate(&self, options: &site_gen::Options) -> Result<site_gen::Built> {
        let complete = self.with_themes()?;
        site_gen::build(complete.path(), &told(options)).map_err(|diagnostics| {
            let site = self.directory.clone();
            Faults { site, diagnostics }.into()
        })
    }

    /// Everything that is wrong with the site, and where it leads.
    pub fn check(&self, options: &site_gen::Options) -> Result<site_gen::Checked> {
        let complete = self.with_themes()?;
        Ok(site_gen::check(complete.path(), &told(options)))
    }

    /// Where it keeps what took long, for later runs.
    pub(crate) fn cache_directory(&self) -> PathBuf {
        self.directory.join(CACHE)
    }

    /// The site, or a copy with the default themes in it when it has none.
    fn with_themes(&self) -> Result<Complete<'_>> {
        // A link to nothing is told, and not taken for no themes.
        let has_themes = self.directory.join("themes").symlink_metadata().is_ok();
        if has_themes || !site_gen::needs_theme(&self.directory) {
            return Ok(Complete::Own(&self.directory));
        }
        let copy = Scratch::new("fata-site-", &std::env::temp_dir())
            .context("cannot copy the site to where temporary files are (TMPDIR)")?;
        let themes = copy.path().join("themes");
        fs::create_dir(&themes)
            .and_then(|()| extract(&THEMES, &themes))
            .and_then(|()| copy_sources(&self.directory, copy.path()))
            .context("cannot put the default themes next to the content")?;
        Ok(Complete::Copy(copy))
    }

    /// The image of the site. A compiler runs only if the unikernel's own
    /// sources changed.
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

/// The same, and the terminal is told how far it is.
fn told(options: &site_gen::Options) -> site_gen::Options {
    site_gen::Options {
        progress: site_gen::Listener::new(Progress::of_build()),
        ..options.clone()
    }
}

/// A directory with content and themes.
enum Complete<'a> {
    Own(&'a Path),
    Copy(Scratch),
}

impl Complete<'_> {
    fn path(&self) -> &Path {
        match self {
            Self::Own(path) => path,
            Self::Copy(directory) => directory.path(),
        }
    }
}

impl Built {
    /// Puts the site into `out`: all of it is on the disk before any of it
    /// takes the place of what was there.
    pub fn write(&self, out: &Path) -> Result<()> {
        let staged = output::Staged::new(out)?;
        staged.site(WRITTEN[0], &self.site)?;
        staged.pack(WRITTEN[1], &self.site)?;
        staged.file(WRITTEN[2], &self.image, 0o755)?;
        staged.publish(&WRITTEN)
    }

    /// Puts only the image into `out`, and tells where it is.
    pub fn write_image(&self, out: &Path) -> Result<PathBuf> {
        let staged = output::Staged::new(out)?;
        staged.file(IMAGE, &self.image, 0o755)?;
        staged.publish(&[IMAGE])?;
        Ok(out.join(IMAGE))
    }
}

//! A site: a directory of markdown, and what it is built into.
//!
//! [`Site::build`] makes everything in memory, so that a fault leaves no trace;
//! [`Built::write`] puts it in place.

use std::fmt;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use include_dir::{Dir, include_dir};
use tempfile::{NamedTempFile, TempDir};

use crate::workspace::Workspace;
use crate::{diagnostics, image, unikernel};

pub use site_gen::Compression;

/// For a site that brings none of its own.
static THEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes");

/// The directories of a site that its pages come from.
pub const SOURCES: [&str; 2] = ["content", "themes"];

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
        if !directory.join("content/site.toml").is_file() {
            bail!(
                "{} is not a site: expected content/site.toml in it \
                 (--site DIR names another directory)",
                directory.display()
            );
        }
        Ok(Self {
            directory: directory.to_owned(),
            cache: Arc::new(site_gen::Cache::in_directory(&directory.join(CACHE))),
        })
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The site in memory, or everything that is wrong with it.
    fn generate(&self, compression: Compression) -> Result<site_gen::Built> {
        let options = site_gen::Options {
            compression,
            cache: self.cache.clone(),
            ..Default::default()
        };
        let complete = self.with_themes()?;
        site_gen::build(complete.path(), &options)
            .map_err(|faults| anyhow!(diagnostics::render(&self.directory, &faults)))
    }

    /// The site, or a copy with the default themes in it when it has none.
    fn with_themes(&self) -> Result<Complete<'_>> {
        if self.directory.join("themes").is_dir() {
            return Ok(Complete::Own(&self.directory));
        }
        let copy = tempfile::tempdir()?;
        let themes = copy.path().join("themes");
        fs::create_dir(&themes)
            .and_then(|()| THEMES.extract(&themes))
            .and_then(|()| {
                copy_directory(
                    &self.directory.join("content"),
                    &copy.path().join("content"),
                )
            })
            .context("cannot put the default themes next to the content")?;
        Ok(Complete::Copy(copy))
    }

    /// Everything that is wrong with the site, if anything is.
    pub fn check(&self) -> Result<()> {
        self.generate(Compression::None).map(drop)
    }

    /// Builds the site, and writes only its pack.
    pub fn write_pack(&self, compression: Compression, path: &Path) -> Result<()> {
        let site = self.generate(compression)?;
        write_file(path, 0o644, |file| site.write_pack(file))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The image of the site. A compiler runs only if the unikernel's own
    /// sources changed.
    pub fn build(&self, compression: Compression) -> Result<Built> {
        let site = self.generate(compression)?;
        let unikernel = unikernel::prebuilt(&Workspace::find()?)?;
        let unikernel =
            fs::read(&unikernel).with_context(|| format!("cannot read {}", unikernel.display()))?;
        let pack = site.pack().context("cannot read the site back")?;
        let image = image::assemble(&unikernel, &pack)?;
        Ok(Built { site, image })
    }
}

/// A directory with content and themes.
enum Complete<'a> {
    Own(&'a Path),
    Copy(TempDir),
}

impl Complete<'_> {
    fn path(&self) -> &Path {
        match self {
            Self::Own(path) => path,
            Self::Copy(directory) => directory.path(),
        }
    }
}

pub(crate) fn copy_directory(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

impl Built {
    /// Puts the site into `out`: each of the three appears whole or not at
    /// all, the image last.
    pub fn write(&self, out: &Path) -> Result<()> {
        let context = || format!("cannot write to {}", out.display());
        fs::create_dir_all(out).with_context(context)?;
        self.site
            .write_site(&out.join("site"))
            .with_context(context)?;
        write_file(&out.join("site.pack"), 0o644, |file| {
            self.site.write_pack(file)
        })
        .with_context(context)?;
        self.write_image(out).map(drop)
    }

    /// Puts only the image into `out`, and tells where it is.
    pub fn write_image(&self, out: &Path) -> Result<PathBuf> {
        let path = out.join("fata.elf");
        fs::create_dir_all(out)
            .and_then(|()| write_file(&path, 0o755, |file| file.write_all(&self.image)))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// Writes a file that appears whole or not at all.
fn write_file(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut NamedTempFile) -> io::Result<()>,
) -> io::Result<()> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(directory)?;
    write(&mut file)?;
    file.as_file()
        .set_permissions(Permissions::from_mode(mode))?;
    file.persist(path)?;
    Ok(())
}

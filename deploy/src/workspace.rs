//! Where the sources of the unikernel are, and whether they changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use ring::digest::{Context, SHA256};

/// What the unikernel is made of, next to its dependencies, which `Cargo.lock`
/// pins.
const SOURCES: &[&str] = &[
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "site-gen/pack",
    "unikernel",
];

/// The checkout that this `fata` was built from.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the checkout.
    ///
    /// # Errors
    ///
    /// When the sources of the unikernel are not where they were when `fata` was
    /// compiled.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the crate `deploy` should be in a workspace")?;
        if !root.join("unikernel/Cargo.toml").is_file() {
            bail!(
                "the sources of the unikernel are no longer in {}: \
                 run fata from its checkout, with `cargo fata`",
                root.display()
            );
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// The directory of the workspace.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo puts what it builds.
    pub fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), |path| self.root.join(path))
    }

    /// A fingerprint of everything the unikernel is made of, the compiler
    /// included. Another one means that it has to be built again.
    ///
    /// # Errors
    ///
    /// When a source cannot be read.
    pub fn stamp(&self) -> Result<String> {
        let mut files = Vec::new();
        for source in SOURCES {
            list(&self.root.join(source), &mut files)?;
        }
        files.sort();
        let mut hash = Hash::new();
        hash.add(env!("FATA_COMPILER").as_bytes());
        for file in files {
            let name = file.strip_prefix(&self.root).unwrap_or(&file);
            hash.add(name.as_os_str().as_encoded_bytes());
            hash.add(&fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
        }
        Ok(hash.finish())
    }
}

/// A hash over pieces that cannot run into each other.
struct Hash(Context);

impl Hash {
    fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    fn add(&mut self, piece: &[u8]) {
        self.0.update(&(piece.len() as u64).to_le_bytes());
        self.0.update(piece);
    }

    fn finish(self) -> String {
        let digest = self.0.finish();
        digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Adds the files at and below `path`.
fn list(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let context = || format!("cannot read {}", path.display());
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(context)? {
        let entry = entry.with_context(context)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.file_name() != "target" {
            list(&entry.path(), files)?;
        }
    }
    Ok(())
}

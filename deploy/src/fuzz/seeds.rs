//! What fuzzing begins with: the repository's own content, golden folders and
//! fixtures, as they are today.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use site_gen::{Compression, Options, Pictures};

use super::Target;
use crate::limits::MAX_SEED_BYTES;
use crate::workspace::Workspace;

/// Where there is content of all kinds.
const DIRECTORIES: [&str; 5] = [
    "content",
    "deploy/starter",
    "deploy/tests",
    "site-gen/tests",
    "themes",
];

/// Sites with something of everything, whose packs are small.
const GOLDEN: &str = "site-gen/tests/golden";

/// The seeds of a target.
pub(super) fn of(target: Target, workspace: &Workspace) -> Result<Vec<Vec<u8>>> {
    match target {
        Target::Pack => packs(&workspace.root().join(GOLDEN)),
        _ => {
            let mut files = Vec::new();
            for directory in DIRECTORIES {
                list(&workspace.root().join(directory), &mut files)?;
            }
            let wanted = files.iter().filter(|file| target.takes(file));
            let seeds = wanted.map(|file| read(file)).collect::<Result<Vec<_>>>()?;
            let small = seeds
                .into_iter()
                .filter(|seed| seed.len() <= MAX_SEED_BYTES);
            Ok(small.collect())
        }
    }
}

/// The packs of all sites in a directory that are in order.
fn packs(directory: &Path) -> Result<Vec<Vec<u8>>> {
    let options = Options {
        compression: Compression::None,
        pictures: Pictures::Originals,
        ..Options::default()
    };
    let mut packs = Vec::new();
    for site in entries(directory)? {
        if let Ok(built) = site_gen::build(&site, &options) {
            packs.push(built.pack()?);
        }
    }
    packs.retain(|pack| pack.len() <= MAX_SEED_BYTES);
    Ok(packs)
}

/// Adds the files below a directory.
fn list(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for path in entries(directory)? {
        match path.is_dir() {
            true => list(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

/// What is in a directory, in order of name.
fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let context = || format!("cannot read {}", directory.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).with_context(context)? {
        paths.push(entry.with_context(context)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

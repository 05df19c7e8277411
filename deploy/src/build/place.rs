//! Where output may go: nowhere in what a site is made from, and over nothing that
//! `fata` did not write.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::site::{SOURCES, Site, WRITTEN};

/// What a pack begins with.
const PACK: &[u8] = b"FATAPACK";

/// The place that is really meant: what a symbolic link leads to is replaced, and
/// not the link.
pub(super) fn find(site: &Site, place: &Path) -> Result<PathBuf> {
    let shown = place.display();
    let real = if place.is_symlink() {
        let real = fs::canonicalize(place);
        real.with_context(|| format!("cannot follow {shown}: expected a link to what is there"))?
    } else {
        place.to_owned()
    };
    let above = above(&real).with_context(|| format!("cannot find {shown}"))?;
    for source in SOURCES {
        // One that is not there has nothing in it.
        let own = fs::canonicalize(site.directory().join(source));
        if own.is_ok_and(|own| above.starts_with(own)) {
            bail!("{shown} is in {source}/, which the site is made from: expected another place");
        }
    }
    Ok(real)
}

/// Refuses a file that is no pack.
pub(super) fn check_pack(file: &Path) -> Result<()> {
    let mut start = Vec::new();
    if file.exists() && !file.is_file() {
        bail!(
            "{} is not a file: expected a new one, or a pack",
            file.display()
        );
    }
    match File::open(file).and_then(|file| file.take(PACK.len() as u64).read_to_end(&mut start)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(_) if start.is_empty() || start == PACK => Ok(()),
        Ok(_) => bail!(
            "{} is not a pack, which would be replaced: expected a new file, or a pack",
            file.display()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Refuses a directory with another origin's pages, which would be replaced as a
/// whole: beside those that `fata` wrote is more of it.
pub(super) fn check_all(out: &Path) -> Result<()> {
    let [pages, others @ ..] = WRITTEN;
    let is_there = |name: &str| out.join(name).symlink_metadata().is_ok();
    if is_there(pages) && !others.into_iter().any(is_there) {
        bail!(
            "{} would be replaced, and seems not to be from `fata build`: expected one beside \
             {}, or none (--out DIR names another directory)",
            out.join(pages).display(),
            others.join(" or ")
        );
    }
    Ok(())
}

/// The place, with all that is there of the path to it.
fn above(place: &Path) -> io::Result<PathBuf> {
    let place = std::path::absolute(place)?;
    let mut there = place.ancestors().filter_map(|above| {
        let rest = place.strip_prefix(above).ok()?;
        Some(fs::canonicalize(above).ok()?.join(rest))
    });
    there.next().ok_or_else(|| io::ErrorKind::NotFound.into())
}

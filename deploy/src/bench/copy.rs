//! A copy of a site's sources, in which links lead to where they led: what is edited
//! while it is measured is not the author's.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::site::SOURCES;

/// Copies all sources of a site that there are.
pub(super) fn copy_sources(site: &Path, to: &Path) -> io::Result<()> {
    let (site, to) = (fs::canonicalize(site)?, fs::canonicalize(to)?);
    let copy = Copy { site, to };
    for source in SOURCES {
        match fs::canonicalize(copy.site.join(source)) {
            Ok(real) if real.starts_with(&copy.site) => copy.directory(Path::new(source))?,
            // It leads out of the site.
            Ok(real) => symlink(real, copy.to.join(source))?,
            Err(_) => {}
        }
    }
    Ok(())
}

/// What is copied, and where to: without links in either.
struct Copy {
    site: PathBuf,
    to: PathBuf,
}

impl Copy {
    fn directory(&self, inside: &Path) -> io::Result<()> {
        fs::create_dir(self.to.join(inside))?;
        for entry in fs::read_dir(self.site.join(inside))? {
            let inside = inside.join(entry?.file_name());
            let (from, to) = (self.site.join(&inside), self.to.join(&inside));
            let kind = from.symlink_metadata()?.file_type();
            if kind.is_dir() {
                self.directory(&inside)?;
            } else if kind.is_symlink() {
                self.link(&from, &to)?;
            } else {
                fs::copy(&from, &to)?;
            }
        }
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let Ok(real) = fs::canonicalize(from) else {
            // An editor's lock, perhaps.
            return symlink(fs::read_link(from)?, to);
        };
        match real.strip_prefix(&self.site) {
            Ok(inside) if SOURCES.iter().any(|source| inside.starts_with(source)) => {
                symlink(self.to.join(inside), to)
            }
            // Of what is elsewhere there is no copy.
            _ if real.is_file() => fs::copy(&real, to).map(|_| ()),
            _ => symlink(real, to),
        }
    }
}

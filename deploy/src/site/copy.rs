//! A copy of a site's sources in which the same is wrong as in the site: what
//! cannot be read there cannot be read here, and a link leads to where it led.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, mkfifoat};

use super::SOURCES;

/// Copies all sources of a site that there are.
pub(crate) fn copy_sources(site: &Path, to: &Path) -> io::Result<()> {
    let (site, to) = (fs::canonicalize(site)?, fs::canonicalize(to)?);
    let copy = Copy { site, to };
    for source in SOURCES {
        let real = fs::canonicalize(copy.site.join(source));
        match real {
            Ok(real) if !real.is_dir() => {}
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
        let to = self.to.join(inside);
        fs::create_dir(&to)?;
        let entries = match fs::read_dir(self.site.join(inside)) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return fs::set_permissions(to, Permissions::from_mode(0o0));
            }
            entries => entries?,
        };
        for entry in entries {
            let inside = inside.join(entry?.file_name());
            match self.entry(&inside) {
                // It has gone since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                copied => copied?,
            }
        }
        Ok(())
    }

    fn entry(&self, inside: &Path) -> io::Result<()> {
        let (from, to) = (self.site.join(inside), self.to.join(inside));
        let kind = from.symlink_metadata()?.file_type();
        if kind.is_dir() {
            self.directory(inside)
        } else if kind.is_symlink() {
            self.link(&from, &to)
        } else if kind.is_file() {
            copy_file(&from, &to)
        } else {
            // Whatever it is, it is no file.
            Ok(mkfifoat(CWD, &to, Mode::RUSR)?)
        }
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let Ok(real) = fs::canonicalize(from) else {
            return symlink(fs::read_link(from)?, to);
        };
        match real.strip_prefix(&self.site) {
            Err(_) => symlink(real, to),
            Ok(inside) if SOURCES.iter().any(|source| inside.starts_with(source)) => {
                symlink(self.to.join(inside), to)
            }
            // Of what is elsewhere in the site there is no copy.
            Ok(_) if real.is_file() => copy_file(&real, to),
            Ok(inside) if inside.as_os_str().is_empty() => symlink(&self.to, to),
            Ok(_) => symlink(real, to),
        }
    }
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    match fs::copy(from, to) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let none = Permissions::from_mode(0o0);
            File::create(to)?.set_permissions(none)
        }
        copied => copied.map(|_| ()),
    }
}

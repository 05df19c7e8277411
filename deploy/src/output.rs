//! Output that appears whole or not at all.
//!
//! [`Staged`] takes everything into a directory beside its place. Only when all
//! of it is on the disk does [`Staged::publish`] rename it to where it belongs:
//! a full disk, a signal or a crash before that leaves what was there.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use site_gen::{Listener, Progress as _, Scratch};

use crate::progress::Progress;

/// Files and directories on their way into a directory.
pub(crate) struct Staged {
    out: PathBuf,
    new: Scratch,
    progress: Arc<Progress>,
}

impl Staged {
    /// Begins: `out` is made if it is not there.
    pub(crate) fn new(out: &Path) -> Result<Self> {
        let new = fs::create_dir_all(out)
            .and_then(|()| Scratch::new(".new-", out))
            .with_context(|| format!("cannot write to {}", out.display()))?;
        Ok(Self {
            out: out.to_owned(),
            new,
            progress: Arc::new(Progress::new("writing", 0)),
        })
    }

    /// Where something is until it is published.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.new.path().join(name)
    }

    /// Takes the files of a site, as a directory.
    pub(crate) fn site(&self, name: &str, site: &site_gen::Built) -> Result<()> {
        let progress = Arc::clone(&self.progress);
        let written = site.write_site(&self.at(name), &Listener::new(progress));
        written.with_context(|| self.cannot_write(name))
    }

    /// Takes the pack of a site, as a file.
    pub(crate) fn pack(&self, name: &str, site: &site_gen::Built) -> Result<()> {
        let written = self.create(name, 0o644, |file| site.write_pack(file));
        written.with_context(|| self.cannot_write(name))
    }

    /// Takes a file.
    pub(crate) fn file(&self, name: &str, bytes: &[u8], mode: u32) -> Result<()> {
        let written = self.create(name, mode, |file| file.write_all(bytes));
        written.with_context(|| self.cannot_write(name))
    }

    /// Puts everything into its place, one after the other.
    pub(crate) fn publish(self, names: &[&str]) -> Result<()> {
        for name in names {
            replace(&self.at(name), &self.out.join(name))
                .with_context(|| self.cannot_write(name))?;
        }
        // What was there before goes with the directory.
        self.progress.begin("cleaning up", 0);
        Ok(())
    }

    fn create(
        &self,
        name: &str,
        mode: u32,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut file = fs::File::create_new(self.at(name))?;
        write(&mut file)?;
        file.set_permissions(Permissions::from_mode(mode))?;
        // Or a name could come to the disk before the bytes do.
        file.sync_all()
    }

    fn cannot_write(&self, name: &str) -> String {
        format!("cannot write {}", self.out.join(name).display())
    }
}

/// Moves `new` to `place`; what was there is where `new` was, or gone.
///
/// A directory that is not empty cannot be renamed over: the two change places,
/// in one step where the file system can do that.
pub(crate) fn replace(new: &Path, place: &Path) -> io::Result<()> {
    if !place.is_dir() || place.is_symlink() {
        return fs::rename(new, place);
    }
    match renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => replace_in_steps(new, place),
        Err(error) => Err(error.into()),
    }
}

fn replace_in_steps(new: &Path, place: &Path) -> io::Result<()> {
    let old = new.with_extension("old");
    fs::rename(place, &old)?;
    fs::rename(new, place).inspect_err(|_| {
        // Back to where it was; the first error is the one that tells.
        fs::rename(&old, place).ok();
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_files_take_the_place_of_what_was_there() {
        let base = tempfile::tempdir().unwrap();
        let at = |name: &str| base.path().join(name);
        for step in [replace, replace_in_steps] {
            fs::create_dir_all(at("place")).unwrap();
            fs::write(at("place/old"), "old").unwrap();
            fs::create_dir(at("new")).unwrap();
            fs::write(at("new/new"), "new").unwrap();
            step(&at("new"), &at("place")).unwrap();
            assert!(at("place/new").is_file());
            assert!(!at("place/old").exists());
            fs::remove_dir_all(at("place")).unwrap();
            fs::remove_dir_all(at("new")).ok();
            fs::remove_dir_all(at("new.old")).ok();
        }
        let staged = Staged::new(&at("out")).unwrap();
        staged.file("a", b"1", 0o644).unwrap();
        assert!(!at("out/a").exists());
        staged.publish(&["a"]).unwrap();
        let left: Vec<_> = fs::read_dir(at("out")).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing else is left: {left:?}");
        assert_eq!(fs::read(at("out/a")).unwrap(), b"1");
    }
}

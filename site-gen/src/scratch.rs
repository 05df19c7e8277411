//! Directories for what is being made: [`Scratch`]. Nothing of them is left, however
//! the process ends that made one: they go when it drops them, or when it is told
//! to end ([`Scratch::abandon_all`]); and what a process leaves that was killed goes
//! when the next one makes its own in the same place.
//!
//! Whoever uses one holds a lock on it, which ends with the process.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

/// Those of this process: a signal comes to all of it.
static OWN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// One that was made a moment ago may not have its lock yet.
const YOUNG: Duration = Duration::from_secs(10);

/// What the name of one ends with that is being removed.
const GONE: &str = "-gone";

/// What is nowhere.
const NOTHING: &str = "/proc/self/nothing";

/// A directory that nothing is left of.
#[derive(Debug)]
pub struct Scratch {
    /// Until it is dropped.
    directory: Option<TempDir>,
    path: PathBuf,
    /// On file systems without locks it has none, and is left to whoever tidies.
    _lock: File,
}

impl Scratch {
    /// Makes one in a directory. Its name begins with `prefix`; others there that
    /// begin so and have no owner any more are removed.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn new(prefix: &str, place: &Path) -> io::Result<Self> {
        remove_left(prefix, place);
        // A relative path would be another one elsewhere.
        let place = std::path::absolute(place)?;
        // None is made, and not known of, when a signal comes.
        let mut own = own();
        let directory = tempfile::Builder::new().prefix(prefix).tempdir_in(place)?;
        let path = directory.path().to_owned();
        own.insert(path.clone());
        drop(own);
        let lock = File::open(&path)?;
        _ = lock.try_lock();
        Ok(Self {
            directory: Some(directory),
            path,
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes all that this process has: it has to end now.
    ///
    /// Other threads are still at work. Each directory goes to another name first,
    /// and a link to nothing takes its place: nobody can write to it any more, nor
    /// put half of it where all of it belongs. Who makes a new one, or is done with
    /// its own, waits for the end. The link goes last; nobody makes the directory
    /// again after that who makes others in it with [`create_below`].
    pub fn abandon_all() {
        let own = own();
        let moved: Vec<(&PathBuf, OsString)> = own.iter().filter_map(move_away).collect();
        for (path, gone) in &moved {
            _ = symlink(NOTHING, path);
            _ = fs::remove_dir_all(gone);
        }
        for (path, _) in &moved {
            _ = fs::remove_file(path);
        }
        std::mem::forget(own);
    }
}

fn move_away(path: &PathBuf) -> Option<(&PathBuf, OsString)> {
    let mut gone = path.clone().into_os_string();
    gone.push(GONE);
    fs::rename(path, &gone).ok()?;
    Some((path, gone))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A signal may come while it is removed, which may take long.
        drop(self.directory.take());
        own().remove(&self.path);
    }
}

/// Makes a directory inside of another, and those between. The other is not made,
/// unlike by [`fs::create_dir_all`]: it may have been given up.
///
/// # Errors
///
/// When one of them cannot be made.
pub fn create_below(root: &Path, directory: &Path) -> io::Result<()> {
    let make = |path: &Path| match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    };
    let whole = root.join(directory);
    if whole == root || make(&whole).is_ok() {
        return Ok(());
    }
    let mut path = root.to_owned();
    for part in directory {
        path.push(part);
        make(&path)?;
    }
    Ok(())
}

fn own() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what processes left that were killed. What cannot be removed harms
/// nobody.
fn remove_left(prefix: &str, place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_scratch = name.as_encoded_bytes().starts_with(prefix.as_bytes());
        if !is_scratch || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let age = entry.metadata().and_then(|metadata| metadata.modified());
        let age = age.ok().and_then(|time| time.elapsed().ok());
        let Some(lock) = age
            .filter(|age| *age > YOUNG)
            .map(|_| File::open(entry.path()))
        else {
            continue;
        };
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::FileTimes;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn directories_come_only_where_there_is_one() {
        let place = tempfile::tempdir().unwrap();
        let make = |root: &str, below: &str| create_below(&place.path().join(root), below.as_ref());
        make("", "a/b/c").unwrap();
        make("a", "b/d").unwrap();
        make("a/b", "").unwrap();
        assert!(place.path().join("a/b/c").is_dir() && place.path().join("a/b/d").is_dir());
        make("gone", "x/y").unwrap_err();
        make("gone", "x").unwrap_err();
        assert!(!place.path().join("gone").exists());
    }

    #[test]
    fn what_has_no_owner_goes_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let old = SystemTime::now() - 2 * YOUNG;
        let make_old = |path: &Path| {
            let times = FileTimes::new().set_modified(old);
            File::open(path).unwrap().set_times(times).unwrap();
        };
        let left = place.path().join(".new-left");
        let young = place.path().join(".new-young");
        let other = place.path().join("new-other");
        for directory in [&left, &young, &other] {
            fs::create_dir(directory).unwrap();
            fs::write(directory.join("x"), "x").unwrap();
        }
        let used = Scratch::new(".new-", place.path()).unwrap();
        for directory in [&left, &other, used.path()] {
            make_old(directory);
        }
        let last = Scratch::new(".new-", place.path()).unwrap();
        assert!(!left.exists());
        assert!(young.exists() && other.exists() && used.path().exists());
        let path = last.path().to_owned();
        drop(last);
        assert!(!path.exists());
    }
}

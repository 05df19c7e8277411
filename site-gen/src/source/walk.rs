//! The files of a site: which there are below a directory, without what other
//! programs leave, and by what a later version of each will be told from it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::cannot_read;
use crate::config::ignored::is_stray;
use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_DEPTH, MAX_FILES};

/// A file of the site, and by what its next version will be told from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is, relative to the site's directory.
    pub(crate) file: PathBuf,
    stamp: Stamp,
    /// Whether a later change must have another time.
    settled: bool,
}

/// What changes when a file is written or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

/// So many files of a directory are looked at by one thread.
const FILES_AT_ONCE: usize = 64;

/// The steps in which file systems tell time are at most this long, but for
/// some with seconds, whose files count as young a little longer.
const SETTLED: Duration = Duration::from_millis(1100);

impl Found {
    fn new(file: PathBuf, metadata: &fs::Metadata, now: SystemTime) -> Self {
        let age = metadata
            .modified()
            .ok()
            .and_then(|time| now.duration_since(time).ok());
        Self {
            file,
            stamp: Stamp {
                device: metadata.dev(),
                inode: metadata.ino(),
                length: metadata.len(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                changed: (metadata.ctime(), metadata.ctime_nsec()),
            },
            settled: age.is_some_and(|age| age > SETTLED),
        }
    }

    /// Whether a file that was found later has what this one had.
    pub(crate) fn is_surely(&self, later: &Self) -> bool {
        self.settled && self.stamp == later.stamp
    }
}

/// A file that somebody else has found.
///
/// # Errors
///
/// When it is not there.
pub(crate) fn find(site: &Path, file: &Path) -> Result<Found, Diagnostic> {
    let metadata = fs::metadata(site.join(file)).map_err(|error| cannot_read(file, &error))?;
    Ok(Found::new(file.to_owned(), &metadata, SystemTime::now()))
}

/// All files below a directory of the site, relative to the site, in order.
///
/// Those that other programs leave are no part of the site (`ignored`).
///
/// # Errors
///
/// When a directory cannot be read, a name is not UTF-8, a symbolic link leads
/// back to where it came from or out of the site, or a limit is reached.
pub(crate) fn walk(site: &Path, directory: &Path) -> Result<Vec<Found>, Vec<Diagnostic>> {
    let (files, faults) = survey(site, directory)?;
    if faults.is_empty() {
        Ok(files)
    } else {
        Err(faults)
    }
}

/// The files that can be found, and what is wrong with others: in their place
/// there may be anything.
///
/// # Errors
///
/// When nothing can be found.
pub(crate) fn survey(
    site: &Path,
    directory: &Path,
) -> Result<(Vec<Found>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let root = fs::canonicalize(site).map_err(|error| vec![cannot_read(Path::new(""), &error)])?;
    let now = SystemTime::now();
    let walk = Walk { site, root, now };
    let tree = walk.enter(directory, &[]);
    if tree.files.len() > MAX_FILES {
        let message = format!("more than {MAX_FILES} files");
        return Err(vec![Diagnostic::new(directory, message)]);
    }
    if tree.files.is_empty() && !tree.faults.is_empty() {
        return Err(tree.faults);
    }
    debug_assert!(tree.files.is_sorted_by(|a, b| a.file < b.file));
    Ok((tree.files, tree.faults))
}

/// Whether a real path below the root of a site is a tool's, such as that of a
/// repository: what is hidden is not published by another name.
pub(crate) fn is_hidden(root: &Path, real: &Path) -> bool {
    let names = real.strip_prefix(root).into_iter().flatten();
    names
        .map(OsStr::as_encoded_bytes)
        .any(|name| name.starts_with(b".") && name != b".well-known")
}

/// Whether an entry of a directory is certainly a file.
fn is_file(entry: &fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_file())
}

struct Walk<'a> {
    site: &'a Path,
    root: PathBuf,
    now: SystemTime,
}

/// What is at and below a place.
#[derive(Default)]
struct Tree {
    files: Vec<Found>,
    faults: Vec<Diagnostic>,
}

/// What is at a place.
enum Visited {
    File(Found),
    Directory(Tree),
    /// That is no part of the site.
    Nothing,
}

impl From<Diagnostic> for Tree {
    fn from(fault: Diagnostic) -> Self {
        let (files, faults) = (Vec::new(), vec![fault]);
        Self { files, faults }
    }
}

impl Walk<'_> {
    fn enter(&self, directory: &Path, above: &[PathBuf]) -> Tree {
        self.try_enter(directory, above).unwrap_or_else(Tree::from)
    }

    fn try_enter(&self, directory: &Path, above: &[PathBuf]) -> Result<Tree, Diagnostic> {
        let path = self.site.join(directory);
        let real = fs::canonicalize(&path).map_err(|error| cannot_read(directory, &error))?;
        self.check_inside(directory, &real)?;
        if above.contains(&real) {
            return Err(Diagnostic::new(
                directory,
                "this symbolic link leads back to a directory it is in",
            )
            .expected("directories that end somewhere"));
        }
        if above.len() == MAX_DEPTH {
            return Err(
                Diagnostic::new(directory, "directories are nested too deeply")
                    .expected(format!("at most {MAX_DEPTH} of them inside each other")),
            );
        }
        let entries = fs::read_dir(&path).map_err(|error| cannot_read(directory, &error))?;
        let mut tree = Tree::default();
        let mut named = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => named.push((entry.file_name(), entry)),
                Err(error) => tree.faults.push(cannot_read(directory, &error)),
            }
        }
        // By name in each directory: that is the order of paths as a whole.
        named.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let above = [above, &[real]].concat();
        // What is in a directory is worth a thread of its own.
        let has_directories = named.iter().any(|(_, entry)| !is_file(entry));
        let at_once = if has_directories { 1 } else { FILES_AT_ONCE };
        let named = named.into_par_iter().with_min_len(at_once);
        let visit = |(name, entry)| self.visit(directory.join(name), &entry, &above);
        for visited in named.map(visit).collect::<Vec<_>>() {
            match visited {
                Ok(Visited::File(found)) => tree.files.push(found),
                Ok(Visited::Directory(below)) => {
                    tree.files.extend(below.files);
                    tree.faults.extend(below.faults);
                }
                Ok(Visited::Nothing) => {}
                Err(fault) => tree.faults.push(fault),
            }
        }
        Ok(tree)
    }

    fn visit(
        &self,
        file: PathBuf,
        entry: &fs::DirEntry,
        above: &[PathBuf],
    ) -> Result<Visited, Diagnostic> {
        let Some(name) = file.file_name().and_then(OsStr::to_str) else {
            return Err(
                Diagnostic::new(file, "this file's name is not UTF-8").expected("a name in UTF-8")
            );
        };
        if is_stray(name) {
            return Ok(Visited::Nothing);
        }
        // The directory is open, so most need no walk along their path. Links
        // are followed: a dangling one is reported here.
        let is_link = entry.file_type().map_or(true, |kind| kind.is_symlink());
        let path = || self.site.join(&file);
        let metadata = if is_link {
            fs::metadata(path())
        } else {
            entry.metadata()
        };
        let metadata = metadata.map_err(|error| cannot_read(&file, &error))?;
        if metadata.is_dir() {
            return Ok(Visited::Directory(self.enter(&file, above)));
        }
        if !metadata.is_file() {
            let fault = Diagnostic::new(file, "neither a file nor a directory");
            return Err(fault.expected("a file or a directory"));
        }
        if is_link {
            let real = fs::canonicalize(path()).map_err(|error| cannot_read(&file, &error))?;
            self.check_inside(&file, &real)?;
        }
        Ok(Visited::File(Found::new(file, &metadata, self.now)))
    }

    /// A link must not publish what its author does not see in the site.
    fn check_inside(&self, file: &Path, real: &Path) -> Result<(), Diagnostic> {
        if is_hidden(&self.root, real) {
            let message = "this symbolic link leads to what is hidden in the site";
            let fault = Diagnostic::new(file, message);
            return Err(
                fault.expected("a file without a dot in front of its name or a directory's")
            );
        }
        if real.starts_with(&self.root) {
            return Ok(());
        }
        Err(Diagnostic::new(
            file,
            format!(
                "this symbolic link leads to {}, outside the site",
                real.display()
            ),
        )
        .expected("files inside the site's directory"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_leave_is_no_part_of_the_site() {
        let site = tempfile::tempdir().unwrap();
        let content = site.path().join("content");
        fs::create_dir_all(content.join("__MACOSX/a")).unwrap();
        fs::create_dir_all(content.join(".well-known")).unwrap();
        for name in [
            "Thumbs.db",
            ".DS_Store",
            "desktop.ini",
            "Desktop.ini",
            "Icon\r",
            "__MACOSX/a/x.md",
            "page.md~",
            "#page.md#",
            ".page.md.swp",
            "~$page.docx",
            "page.md___jb_tmp___",
            // The site's own.
            "#1.md",
            "page.md",
            "thumbs.db.md",
            ".well-known/security.txt",
        ] {
            // No text: it would be a fault to read them.
            fs::write(content.join(name), b"\xff").unwrap();
        }
        // The lock of an editor leads nowhere.
        std::os::unix::fs::symlink("me@host.1:2", content.join(".#page.md")).unwrap();
        let found = walk(site.path(), Path::new("content")).unwrap();
        let names = found.iter().map(|found| found.file.to_str().unwrap());
        let expected = [
            ".well-known/security.txt",
            "#1.md",
            "page.md",
            "thumbs.db.md",
        ];
        let mut expected = expected.map(|name| format!("content/{name}"));
        expected.sort();
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn links_that_go_in_circles_or_out_are_refused() {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir_all(site.path().join("content/a")).unwrap();
        fs::write(site.path().join("content/a/x.md"), "x").unwrap();
        std::os::unix::fs::symlink("..", site.path().join("content/a/back")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", site.path().join("content/out")).unwrap();
        fs::create_dir(site.path().join(".git")).unwrap();
        fs::write(site.path().join(".git/config"), "secret").unwrap();
        std::os::unix::fs::symlink("../.git/config", site.path().join("content/g")).unwrap();
        std::os::unix::fs::symlink("../.git", site.path().join("content/h")).unwrap();
        let faults = walk(site.path(), Path::new("content")).unwrap_err();
        let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(faults.len(), 4, "{messages:?}");
        let hidden = messages.iter().filter(|message| message.contains("hidden"));
        assert_eq!(hidden.count(), 2, "{messages:?}");
        assert!(
            messages
                .iter()
                .any(|message| message.contains("leads back")),
            "{messages:?}"
        );
        assert!(
            messages
                .iter()
                .any(|message| message.contains("outside the site")),
            "{messages:?}"
        );
    }
}

//! Step 1: what lies in the site's directory. Text files are read and checked
//! to be UTF-8; static files are read as they are.
//!
//! A [`Source`] is one text file; every diagnostic about it is made by
//! [`Source::at`], which turns a range of bytes into a line and a column.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::diagnostic::{Diagnostic, Place};
use crate::ignored::is_stray;
use crate::limits::{MAX_DEPTH, MAX_FILES, MAX_SHOWN_LINE, MAX_STATIC_BYTES, MAX_TEXT_BYTES};

/// A text file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Where it is, relative to the site's directory.
    pub file: PathBuf,
    /// What it says.
    pub text: String,
}

impl Source {
    /// Reads a text file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is too long, or is not UTF-8.
    pub fn read(site: &Path, file: &Path) -> Result<Self, Diagnostic> {
        let bytes = read_bytes(site, file, MAX_TEXT_BYTES)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                file: file.into(),
                text,
            }),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let found = error.as_bytes()[valid];
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                // The replacement for the first bad byte stands where it was.
                let lossy = Self {
                    file: file.into(),
                    text,
                };
                let diagnostic = lossy.at(
                    valid..valid + 1,
                    format!("malformed UTF-8: byte {found:#04x}"),
                );
                Err(diagnostic.expected("text in UTF-8"))
            }
        }
    }

    /// Reads what can be read of a text file that is not UTF-8.
    pub(crate) fn read_lossily(site: &Path, file: &Path) -> Option<Self> {
        let bytes = read_bytes(site, file, MAX_TEXT_BYTES).ok()?;
        Some(Self {
            file: file.into(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    /// A fault at a range of bytes.
    pub fn at(&self, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            place: Some(Box::new(self.place(range))),
            ..Diagnostic::new(&self.file, message)
        }
    }

    /// The line and column of a range of bytes. Ranges come from parsers, so
    /// any range is accepted and moved to where characters begin.
    fn place(&self, range: Range<usize>) -> Place {
        let start = self.text.floor_char_boundary(range.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..]
            .find('\n')
            .map_or(self.text.len(), |at| start + at);
        let end = self
            .text
            .ceil_char_boundary(range.end)
            .clamp(start, line_end);
        let above = &self.text.as_bytes()[..line_start];
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let before = self.text[line_start..start].chars().count();
        // A line may be all of a file, and a fault each word of it.
        let skipped = match line.chars().nth(MAX_SHOWN_LINE) {
            None => 0,
            Some(_) => before.saturating_sub(MAX_SHOWN_LINE / 2),
        };
        let shown = self.text[start..end].chars().take(MAX_SHOWN_LINE / 2);
        let length = shown.count();
        Place {
            line: above.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: before + 1,
            length: length.max(1),
            text: line.chars().skip(skipped).take(MAX_SHOWN_LINE).collect(),
            skipped,
        }
    }
}

/// Reads a file of limited length.
///
/// # Errors
///
/// When it cannot be read, or is too long.
pub(crate) fn read_bytes(site: &Path, file: &Path, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    try_to_read(&site.join(file), limit).map_err(|error| match error {
        Unreadable::Failed(error) => cannot_read(file, &error),
        Unreadable::NoFile => {
            let fault = Diagnostic::new(file, "this is not a file");
            fault.expected("a file, which can be read to its end")
        }
        Unreadable::Long(length) => {
            let fault = Diagnostic::new(file, format!("this file has {length} bytes"));
            fault.expected(format!("a file of at most {limit} bytes"))
        }
    })
}

/// Reads a file that is one, up to a limit: nothing else is waited for.
///
/// # Errors
///
/// When it cannot be read, is no file, or is too long.
pub fn read_plain(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    try_to_read(path, limit).map_err(|error| match error {
        Unreadable::Failed(error) => error,
        Unreadable::NoFile => io::Error::new(io::ErrorKind::InvalidInput, "this is not a file"),
        Unreadable::Long(_) => io::ErrorKind::FileTooLarge.into(),
    })
}

/// Why a file is not read.
enum Unreadable {
    Failed(io::Error),
    NoFile,
    Long(u64),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// What was a short file when it was found may have grown since, or have become a
/// pipe that nobody writes to: what is read is what is looked at, and no more than
/// may be.
fn try_to_read(path: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    let mut options = fs::OpenOptions::new();
    options.read(true).custom_flags(NO_WAITING);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Unreadable::NoFile);
    }
    if metadata.len() > limit {
        return Err(Unreadable::Long(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    let length = file.take(limit + 1).read_to_end(&mut bytes)? as u64;
    if length > limit {
        return Err(Unreadable::Long(length));
    }
    Ok(bytes)
}

/// To open a pipe is to wait for its other end.
const NO_WAITING: i32 = OFlags::NONBLOCK.bits().cast_signed();

/// Reads a static file.
///
/// # Errors
///
/// When it cannot be read, or is too long.
pub(crate) fn read_static(site: &Path, file: &Path) -> Result<Vec<u8>, Diagnostic> {
    read_bytes(site, file, MAX_STATIC_BYTES)
}

fn cannot_read(file: &Path, error: &io::Error) -> Diagnostic {
    let expected = match error.kind() {
        io::ErrorKind::NotFound => "something that is there, and what a symbolic link leads to",
        io::ErrorKind::PermissionDenied => "a file or directory that may be read",
        _ if Errno::from_io_error(error) == Some(Errno::LOOP) => {
            "symbolic links that come to an end"
        }
        _ => "a file or directory that can be read",
    };
    Diagnostic::new(file, format!("cannot read this file: {error}")).expected(expected)
}

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

/// So many entries of a directory are looked at by one thread.
const ENTRIES_AT_ONCE: usize = 64;

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

impl Tree {
    fn join(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.faults.extend(other.faults);
        self
    }
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
        let named = named.into_par_iter().with_min_len(ENTRIES_AT_ONCE);
        let parts = named.fold(Tree::default, |mut part, (name, entry)| {
            match self.visit(directory.join(&name), &entry, &above) {
                Ok(Visited::File(found)) => part.files.push(found),
                Ok(Visited::Directory(below)) => part = part.join(below),
                Ok(Visited::Nothing) => {}
                Err(fault) => part.faults.push(fault),
            }
            part
        });
        Ok(tree.join(parts.reduce(Tree::default, Tree::join)))
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
    fn a_range_becomes_line_and_column_in_characters() {
        let source = Source {
            file: "a.md".into(),
            text: "eins\nzwölf äpfel\r\n".into(),
        };
        let place = source.at(12..18, "x").place.unwrap();
        assert_eq!((place.line, place.column, place.length), (2, 7, 5));
        assert_eq!(place.text, "zwölf äpfel");
        // Out of range and inside a character: moved, not panicked.
        assert_eq!(source.at(99..120, "x").place.unwrap().line, 3);
        assert_eq!(source.at(8..8, "x").place.unwrap().column, 3);
    }

    #[test]
    fn of_a_long_line_a_part_is_shown() {
        let source = Source {
            file: "a.md".into(),
            text: format!("\n{}x{}\n", "ä".repeat(5000), "ö".repeat(5000)),
        };
        let place = source.at(10_001..99_999, "x").place.unwrap();
        assert_eq!((place.line, place.column), (2, 5001));
        assert_eq!(place.text.chars().count(), MAX_SHOWN_LINE);
        let shown = place.text.chars().nth(place.column - 1 - place.skipped);
        assert_eq!(shown, Some('x'));
        let last = place.column - 1 - place.skipped + place.length;
        assert!(last <= MAX_SHOWN_LINE);
        let start = source.at(1..3, "x").place.unwrap();
        assert_eq!((start.column, start.skipped), (1, 0));
    }

    #[test]
    fn malformed_text_is_placed() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("a.md"), b"good\nb\xffd").unwrap();
        let fault = Source::read(site.path(), Path::new("a.md")).unwrap_err();
        let place = fault.place.unwrap();
        assert_eq!((place.line, place.column), (2, 2));
        assert!(fault.message.contains("0xff"), "{}", fault.message);
    }

    /// A pipe came in its place, or it grew.
    #[test]
    fn what_is_no_file_any_more_is_not_waited_for() {
        let site = tempfile::tempdir().unwrap();
        let pipe = site.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        let read = |file: &str| Source::read(site.path(), Path::new(file)).unwrap_err();
        assert_eq!(read("pipe").message, "this is not a file");
        // Its length is 0, and it never ends.
        std::os::unix::fs::symlink("/dev/zero", site.path().join("zero")).unwrap();
        assert_eq!(read("zero").message, "this is not a file");
        for (file, word) in [("gone", "something that is there"), ("", "a file, which")] {
            let expected = read(file).expected.unwrap();
            assert!(expected.contains(word), "{expected}");
        }
    }

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

//! Step 1: what lies in the site's directory. Text files are read and checked
//! to be UTF-8; static files are read as they are.
//!
//! A [`Source`] is one text file; every diagnostic about it is made by
//! [`Source::at`], which turns a range of bytes into a line and a column. Which
//! files there are is found by `walk`.

mod walk;

use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

pub(crate) use walk::{Found, find, is_hidden, survey, walk};

use crate::diagnostic::{Diagnostic, Place};
use crate::limits::{MAX_SHOWN_LINE, MAX_STATIC_BYTES, MAX_TEXT_BYTES};

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

/// Spaces in place of a text, and its line ends: whatever stands behind it in a file
/// stays where it was.
pub(crate) fn blanked(text: &str) -> String {
    let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
    text.bytes().map(blank).collect()
}

/// Reads a file of limited length.
///
/// # Errors
///
/// When it cannot be read, or is too long.
pub(crate) fn read_bytes(site: &Path, file: &Path, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    try_to_read(&site.join(file), limit).map_err(|error| error.told(file, limit))
}

/// Opens a static file for somebody who reads it.
///
/// # Errors
///
/// When it cannot be read, or is too long.
pub(crate) fn open_static<T>(
    site: &Path,
    file: &Path,
    read: impl FnOnce(&fs::File) -> io::Result<T>,
) -> Result<T, Diagnostic> {
    let opened = open(&site.join(file), MAX_STATIC_BYTES);
    let read = opened.and_then(|(opened, _)| read(&opened).map_err(Unreadable::from));
    read.map_err(|error| error.told(file, MAX_STATIC_BYTES))
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

impl Unreadable {
    fn told(self, file: &Path, limit: u64) -> Diagnostic {
        match self {
            Self::Failed(error) => cannot_read(file, &error),
            Self::NoFile => {
                let fault = Diagnostic::new(file, "this is not a file");
                fault.expected("a file, which can be read to its end")
            }
            Self::Long(length) => {
                let fault = Diagnostic::new(file, format!("this file has {length} bytes"));
                fault.expected(format!("a file of at most {limit} bytes"))
            }
        }
    }
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
    let (file, length) = open(path, limit)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    let length = file.take(limit + 1).read_to_end(&mut bytes)? as u64;
    if length > limit {
        return Err(Unreadable::Long(length));
    }
    Ok(bytes)
}

/// Opens a file that is one; gives its length, too.
fn open(path: &Path, limit: u64) -> Result<(fs::File, u64), Unreadable> {
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
    Ok((file, metadata.len()))
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
    fn what_is_behind_a_blank_stays_where_it_was() {
        assert_eq!(blanked("aä\n中\r\n"), "   \n    \n");
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
}

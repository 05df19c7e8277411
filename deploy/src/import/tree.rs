//! The old site's files, read; and the new site's, written into a directory
//! that becomes the site when all is done.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};
use site_gen::limits::{MAX_DEPTH, MAX_STATIC_BYTES};
use site_gen::{Source, create_below};

use super::report::{Report, Topic};

/// The directory of the old site.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    root: PathBuf,
}

impl Origin {
    /// A directory that is there.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let root = fs::canonicalize(directory)
            .with_context(|| format!("cannot read {}", directory.display()))?;
        Ok(Self { root })
    }

    pub(super) fn path(&self) -> &Path {
        &self.root
    }

    /// Its name, for what has no other.
    pub(super) fn name(&self) -> &str {
        let name = self.root.file_name().and_then(|name| name.to_str());
        name.unwrap_or("site")
    }

    /// Whether something is there, and not out of the site.
    pub(super) fn has(&self, file: impl AsRef<Path>) -> bool {
        self.inside(file).is_some()
    }

    /// Whether it is a file.
    pub(super) fn has_file(&self, file: impl AsRef<Path>) -> bool {
        self.inside(file).is_some_and(|path| path.is_file())
    }

    /// Where something is that a site names: neither `..` nor a link leads out of
    /// it.
    fn inside(&self, file: impl AsRef<Path>) -> Option<PathBuf> {
        let path = fs::canonicalize(self.root.join(file)).ok()?;
        path.starts_with(&self.root).then_some(path)
    }

    /// All files below a directory, relative to the root, in order; none if
    /// there is no such directory. What cannot come across is told.
    pub(super) fn files(&self, directory: &Path, report: &mut Report) -> Vec<PathBuf> {
        let mut files = Vec::new();
        if self.root.join(directory).is_dir() {
            self.enter(directory, 0, &mut files, report);
        }
        files.sort();
        files
    }

    fn enter(&self, directory: &Path, depth: usize, files: &mut Vec<PathBuf>, report: &mut Report) {
        if depth == MAX_DEPTH {
            let advice = "directories are nested too deeply, or a link leads back; move them";
            return report.note(Topic::Files, directory, None, "not read", advice);
        }
        let Ok(entries) = fs::read_dir(self.root.join(directory)) else {
            let advice = "make it readable";
            return report.note(Topic::Files, directory, None, "cannot be read", advice);
        };
        for entry in entries.flatten() {
            let file = directory.join(entry.file_name());
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                let advice = "give it a name in UTF-8";
                report.note(Topic::Files, file, None, "its name is not UTF-8", advice);
                continue;
            };
            if is_of_tools(&name) {
                continue;
            }
            let path = self.root.join(&file);
            if !self.has(&file) {
                let advice = "put the file itself there";
                let what = "a symbolic link that leads out of the site, or nowhere";
                report.note(Topic::Files, file, None, what, advice);
            } else if path.is_dir() {
                self.enter(&file, depth + 1, files, report);
            } else if name.starts_with('.') && name != ".well-known" {
                let advice = "give it another name if it is to be published";
                let what = "names that begin with a dot belong to tools";
                report.note(Topic::Files, file, None, what, advice);
            } else if !path.is_file() {
                let what = "neither a file nor a directory";
                report.note(Topic::Files, file, None, what, "not read");
            } else {
                files.push(file);
            }
        }
    }

    /// A text file; none, and a note, if it is not text.
    pub(super) fn read(&self, file: &Path, report: &mut Report) -> Option<String> {
        if self.root.join(file).exists() && !self.has_file(file) {
            let advice = "put the file itself there";
            report.note(Topic::Files, file, None, "no file of the site", advice);
            return None;
        }
        match Source::read(&self.root, file) {
            Ok(source) => Some(source.text),
            Err(fault) => {
                let line = fault.place.as_ref().map(|place| place.line);
                let advice = fault
                    .expected
                    .map(|expected| format!("expected {expected}"));
                let advice = advice.unwrap_or_default();
                report.note(Topic::Files, file, line, &fault.message, &advice);
                None
            }
        }
    }
}

/// What version control and file managers leave behind.
fn is_of_tools(name: &str) -> bool {
    let known = [".DS_Store", "Thumbs.db", "desktop.ini"];
    name.starts_with(".git") || name.ends_with('~') || known.contains(&name)
}

/// The new site, not yet in its place.
#[derive(Debug)]
pub(super) struct Draft {
    root: PathBuf,
    /// What is there, and where it came from.
    written: BTreeMap<PathBuf, PathBuf>,
}

impl Draft {
    /// In an empty directory.
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            written: BTreeMap::new(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.root
    }

    /// What was written, in order.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.written.keys().map(PathBuf::as_path)
    }

    pub(super) fn has(&self, file: &Path) -> bool {
        self.written.contains_key(file)
    }

    /// Writes a text; what is there already stays.
    pub(super) fn write(
        &mut self,
        file: impl Into<PathBuf>,
        text: &str,
        from: &Path,
        report: &mut Report,
    ) -> Result<()> {
        let file = file.into();
        if self.claim(&file, from, report) {
            let path = self.prepare(&file)?;
            fs::write(&path, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(())
    }

    /// Copies a file as it is; tells whether it did.
    pub(super) fn copy(
        &mut self,
        file: impl Into<PathBuf>,
        origin: &Origin,
        from: &Path,
        report: &mut Report,
    ) -> Result<bool> {
        let file = file.into();
        let Some(path) = origin.inside(from).filter(|path| path.is_file()) else {
            let advice = "put the file itself there";
            report.note(Topic::Files, from, None, "no file of the site", advice);
            return Ok(false);
        };
        let length = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        if length > MAX_STATIC_BYTES {
            let what = format!("this file has {length} bytes");
            let advice = format!("at most {MAX_STATIC_BYTES} are served; keep it elsewhere");
            report.note(Topic::Files, from, None, what, &advice);
            return Ok(false);
        }
        if !self.claim(&file, from, report) {
            return Ok(false);
        }
        let to = self.prepare(&file)?;
        let written = fs::read(&path).and_then(|bytes| fs::write(&to, bytes));
        written.with_context(|| format!("cannot copy {}", from.display()))?;
        Ok(true)
    }

    /// Whether something may be written to a place, which nothing else then may:
    /// one in the new site, where nothing is yet.
    fn claim(&mut self, file: &Path, from: &Path, report: &mut Report) -> bool {
        let is_inside = |part| matches!(part, Component::Normal(_));
        if !file.components().all(is_inside) {
            let what = format!("{} is not in the new site", file.display());
            let advice = "it did not come across; name it without `..`";
            report.note(Topic::Files, from, None, what, advice);
            return false;
        }
        if let Some(before) = self.written.get(file) {
            let what = format!("{} has its place already", before.display());
            let advice = "only that one came across; give this one another name";
            report.note(Topic::Files, from, None, what, advice);
            return false;
        }
        self.written.insert(file.to_owned(), from.to_owned());
        true
    }

    fn prepare(&self, file: &Path) -> Result<PathBuf> {
        if let Some(directory) = file.parent() {
            create_below(&self.root, directory)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(self.root.join(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_a_site_is_read_or_written() {
        let place = tempfile::tempdir().expect("a directory");
        let site = place.path().join("site");
        fs::create_dir_all(site.join("a")).expect("a directory");
        fs::write(place.path().join("secret"), "s").expect("a file");
        fs::write(site.join("own"), "o").expect("a file");
        std::os::unix::fs::symlink("../secret", site.join("link")).expect("a link");
        let origin = Origin::open(&site).expect("a site");
        let new = place.path().join("new");
        let mut draft = Draft::new(&new);
        for file in ["../secret", "a/../../secret", "link"] {
            let mut report = Report::default();
            assert!(!origin.has(file) && !origin.has_file(file), "{file}");
            assert_eq!(origin.read(file.as_ref(), &mut report), None, "{file}");
            let copied = draft.copy("x", &origin, file.as_ref(), &mut report);
            assert!(!copied.expect("no failure"), "{file}");
        }
        for file in ["../out", "themes/../../out", "/out"] {
            let mut report = Report::default();
            let written = draft.write(file, "x", "own".as_ref(), &mut report);
            written.expect("no failure");
            let copied = draft.copy(file, &origin, "own".as_ref(), &mut report);
            assert!(!copied.expect("no failure"), "{file}");
        }
        assert!(!new.exists() && !place.path().join("out").exists());
        let mut report = Report::default();
        let own = origin.read("a/../own".as_ref(), &mut report);
        assert_eq!(own.as_deref(), Some("o"));
    }
}

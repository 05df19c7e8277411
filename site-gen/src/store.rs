//! What one run leaves to the next: results that took long, in files named by
//! the hash of what they were made from. Losing them costs time and nothing
//! else, so nothing here fails: what cannot be read is made again, what cannot
//! be written is not there the next time.
//!
//! Each file ends with the hash of what is before it: a damaged one counts as
//! absent. What a build did not use is deleted when it ends, kind by kind: by the
//! first of a process all that others left, and then what the one before had used.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::fingerprint::of_parts;
use crate::limits::MAX_STATIC_BYTES;
use crate::scratch::{Scratch, create_below};
use crate::source::read_plain;

/// A directory of results; or none, and then nothing is kept.
#[derive(Debug, Default)]
pub(crate) struct Store {
    directory: Option<PathBuf>,
    /// Whether that was made for it and goes before the process does: then nobody
    /// makes it again.
    is_scratch: bool,
    used: Mutex<Used>,
}

/// Names of results, by kind.
type Names = BTreeMap<&'static str, HashSet<String>>;

/// What builds of this process used.
#[derive(Debug, Default)]
struct Used {
    now: Names,
    /// By the last build that used something of a kind: all that there is of it.
    before: Names,
}

impl Store {
    pub(crate) fn in_directory(directory: &Path) -> Self {
        Self {
            directory: Some(directory.to_owned()),
            ..Self::default()
        }
    }

    /// For as long as the process lives.
    pub(crate) fn in_scratch(scratch: &Scratch) -> Self {
        Self {
            is_scratch: true,
            ..Self::in_directory(scratch.path())
        }
    }

    /// A result of some kind for what it is made from, made now if it is not
    /// there. A change in how it is made has to be among the parts.
    pub(crate) fn get_or_make(
        &self,
        kind: &'static str,
        parts: &[&[u8]],
        make: impl FnOnce() -> Vec<u8>,
    ) -> Vec<u8> {
        let made = self.get_or_try(kind, parts, || Ok::<_, Infallible>(make()));
        made.unwrap_or_else(|never| match never {})
    }

    /// The same of what may fail. A failure is not kept: it is about to be mended.
    pub(crate) fn get_or_try<E>(
        &self,
        kind: &'static str,
        parts: &[&[u8]],
        make: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        if let Some(result) = self.get(kind, parts) {
            return Ok(result);
        }
        let result = make()?;
        self.put(kind, parts, &result);
        Ok(result)
    }

    /// A result, if it is there.
    pub(crate) fn get(&self, kind: &'static str, parts: &[&[u8]]) -> Option<Vec<u8>> {
        read(&self.place(kind, parts)?)
    }

    /// Whether a result seems to be there. It may be damaged all the same.
    pub(crate) fn has(&self, kind: &'static str, parts: &[&[u8]]) -> bool {
        self.place(kind, parts).is_some_and(|path| path.is_file())
    }

    /// Keeps a result. A full disk is told when the site itself is written.
    pub(crate) fn put(&self, kind: &'static str, parts: &[&[u8]], result: &[u8]) {
        if let (Some(path), Some(root)) = (self.place(kind, parts), &self.directory) {
            _ = self.make(root, kind).and_then(|()| write(&path, result));
        }
    }

    /// Makes the directory of a kind.
    fn make(&self, root: &Path, kind: &str) -> io::Result<()> {
        if !self.is_scratch {
            fs::create_dir_all(root)?;
        }
        create_below(root, Path::new(kind))
    }

    /// Says that a result of this name was used, though nobody asks for it: what was
    /// made with it is.
    pub(crate) fn keep(&self, kind: &'static str, name: &str) {
        let mut used = self.lock();
        used.now.entry(kind).or_default().insert(name.to_owned());
    }

    /// Whether results are kept at all.
    pub(crate) fn keeps(&self) -> bool {
        self.directory.is_some()
    }

    /// The file of a result, which counts as used from now on.
    fn place(&self, kind: &'static str, parts: &[&[u8]]) -> Option<PathBuf> {
        let name = name(parts);
        let path = self.directory.as_ref()?.join(kind).join(&name);
        self.lock().now.entry(kind).or_default().insert(name);
        Some(path)
    }

    /// Deletes what the build did not use, of the kinds that it used, if they are among
    /// these.
    pub(crate) fn forget_unused(&self, is_among: impl Fn(&str) -> bool) {
        let mut used = self.lock();
        let Used { now, before } = &mut *used;
        let now = now.extract_if(.., |kind, _| is_among(kind));
        let now: Vec<(&'static str, HashSet<String>)> = now.collect();
        let Some(directory) = &self.directory else {
            return;
        };
        for (kind, names) in now {
            let directory = directory.join(kind);
            let unused: Vec<String> = match before.entry(kind) {
                Entry::Vacant(first) => {
                    let unused = listed(&directory).filter(|name| !names.contains(name));
                    let unused = unused.collect();
                    first.insert(names);
                    unused
                }
                Entry::Occupied(mut before) => {
                    let before = before.insert(names.clone()).into_iter();
                    before.filter(|name| !names.contains(name)).collect()
                }
            };
            for name in unused {
                _ = fs::remove_file(directory.join(name));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of what is made of these parts.
pub(crate) fn name(parts: &[&[u8]]) -> String {
    site_pack::plan::hex(&of_parts(parts))
}

/// The names in a directory: others are nobody's here.
fn listed(directory: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = read_plain(path, MAX_STATIC_BYTES).ok()?;
    let (result, hash) = bytes.split_last_chunk::<32>()?;
    let whole = Sha256::digest(result).as_slice() == hash;
    let length = result.len();
    bytes.truncate(length);
    whole.then_some(bytes)
}

fn write(path: &Path, result: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(result)?;
    file.write_all(&Sha256::digest(result))?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_outlive_a_run_while_they_are_used_and_whole() {
        let directory = tempfile::tempdir().unwrap();
        let get = |store: &Store, parts: &[&[u8]], made: &[u8]| {
            store.get_or_make("kind", parts, || made.to_vec())
        };
        let first = Store::in_directory(directory.path());
        assert_eq!(get(&first, &[b"a", b"b"], b"1"), b"1");
        assert_eq!(get(&first, &[b"ab"], b"2"), b"2", "parts are told apart");
        first.forget_unused(|_| true);

        let second = Store::in_directory(directory.path());
        assert_eq!(get(&second, &[b"a", b"b"], b"3"), b"1");
        second.forget_unused(|_| true);
        assert_eq!(get(&second, &[b"ab"], b"4"), b"4", "nobody had used it");

        let path = directory.path().join("kind").join(name(&[b"a", b"b"]));
        let mut damaged = fs::read(&path).unwrap();
        damaged[0] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert_eq!(get(&second, &[b"a", b"b"], b"5"), b"5");
    }

    /// A process that goes on leaves no more than one that ends.
    #[test]
    fn each_build_deletes_what_the_one_before_used() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::in_directory(directory.path());
        let count = || listed(&directory.path().join("kind")).count();
        store.put("kind", &[b"always"], b"1");
        let always = name(&[b"always"]);
        for save in 0..5_u8 {
            store.put("kind", &[&[save]], b"2");
            store.keep("kind", &always);
            store.forget_unused(|kind| kind != "kind");
            store.forget_unused(|_| true);
            assert_eq!(count(), 2, "{save}");
        }
        // Nothing of a kind is no reason to look for it.
        store.forget_unused(|_| true);
        assert_eq!(count(), 2);
        assert_eq!(store.get("kind", &[b"always"]).as_deref(), Some(&b"1"[..]));
    }

    #[test]
    fn without_a_directory_nothing_is_kept() {
        let store = Store::default();
        store.get_or_make("kind", &[b"a"], || vec![1]);
        assert_eq!(store.get_or_make("kind", &[b"a"], || vec![2]), [2]);
    }

    /// What writes on after a signal must not make it again.
    #[test]
    fn a_directory_that_was_given_up_stays_away() {
        let place = tempfile::tempdir().unwrap();
        let scratch = Scratch::new("a-", place.path()).unwrap();
        let store = Store::in_scratch(&scratch);
        store.put("kind", &[b"a"], b"b");
        assert!(store.has("kind", &[b"a"]));
        fs::remove_dir_all(scratch.path()).unwrap();
        store.put("kind", &[b"a"], b"b");
        assert!(!scratch.path().exists());

        let kept = place.path().join("out/cache");
        Store::in_directory(&kept).put("kind", &[b"a"], b"b");
        assert!(kept.join("kind").is_dir());
    }

    /// It would be waited for.
    #[test]
    fn a_pipe_is_no_result() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::in_directory(directory.path());
        let parts: [&[u8]; 1] = [b"a"];
        store.put("kind", &parts, b"b");
        assert_eq!(store.get("kind", &parts).as_deref(), Some(&b"b"[..]));
        let path = directory.path().join("kind").join(name(&parts));
        fs::remove_file(&path).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, mode).unwrap();
        assert_eq!(store.get("kind", &parts), None);
    }
}

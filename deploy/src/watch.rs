//! What happens while `fata` waits: edits of a site's files, and signals.
//!
//! What a symbolic link in the site leads to is watched where it is ([`Links`]):
//! an edit of that is none of the directory that the link is in. So is what the site
//! includes of other directories ([`Watch::files`]), of which the rest is none of its.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use std::{fs, io, mem, thread};

use anyhow::{Result, anyhow};
use notify::event::ModifyKind;
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use signal_hook::iterator::Signals;

use crate::ending::SIGNALS;
use crate::limits::WATCH_ATTEMPTS;
use crate::site::{SOURCES, Site};

/// Watches the files of a site for as long as it lives.
pub(crate) struct Watch {
    site: PathBuf,
    watcher: RecommendedWatcher,
    links: Links,
    /// The source directories that are watched: a name can be another's later.
    watched: HashMap<&'static str, Identity>,
}

/// What tells a directory from one that came in its place: device and inode.
type Identity = (u64, u64);

impl Watch {
    /// Calls `changed` with the files of each edit, from a thread of its own.
    pub(crate) fn start(
        site: &Site,
        changed: impl Fn(Vec<PathBuf>) + Send + 'static,
    ) -> Result<Self> {
        let directory = site.directory().canonicalize()?;
        let root = directory.clone();
        let links = Links::default();
        let targets = links.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // What cannot be told is an edit: building for nothing is harmless.
            let Ok(event) = event else {
                return changed(Vec::new());
            };
            if let Some(edited) = edited(&root, &targets, event) {
                changed(edited);
            }
        })?;
        let look = watcher.watch(&directory, RecursiveMode::NonRecursive);
        look.map_err(|error| cannot_watch(&directory, &error))?;
        let mut watch = Self {
            site: directory,
            watcher,
            links,
            watched: HashMap::new(),
        };
        watch.refresh()?;
        Ok(watch)
    }

    /// Looks for source directories that have come, or come back, and for links
    /// in what was edited. What else comes and goes inside of a directory is seen
    /// without this.
    pub(crate) fn refresh(&mut self) -> Result<()> {
        for source in SOURCES {
            let directory = self.site.join(source);
            match identity(&directory) {
                Some(now) if self.watched.get(source) == Some(&now) => {}
                Some(now) => {
                    self.look(&directory)?;
                    self.follow(&directory, &mut HashSet::new())?;
                    self.watched.insert(source, now);
                }
                None => _ = self.watched.remove(source),
            }
        }
        for path in self.links.take_edited() {
            self.follow(&path, &mut HashSet::new())?;
        }
        Ok(())
    }

    /// Watches files that are outside of the site and have a part in it, whether they
    /// are there or not. Tells whether one has changed since the time that it comes with,
    /// before anybody watched.
    pub(crate) fn files(
        &mut self,
        files: impl IntoIterator<Item = (PathBuf, Option<SystemTime>)>,
    ) -> Result<bool> {
        let mut edited = false;
        for (file, then) in files {
            let above = file.parent().and_then(|above| above.canonicalize().ok());
            let (Some(above), Some(name)) = (above, file.file_name()) else {
                continue;
            };
            let file = above.join(name);
            if !is_source(&self.site, &file) && self.links.add(file.clone()) {
                let look = self.watcher.watch(&above, RecursiveMode::NonRecursive);
                look.map_err(|error| cannot_watch(&above, &error))?;
                let now = fs::metadata(file).and_then(|file| file.modified()).ok();
                edited |= now != then;
            }
        }
        Ok(edited)
    }

    /// Watches what the links lead to that are at or below a place: each
    /// directory once, as they may go in circles. What leads out of the site is
    /// no part of it.
    fn follow(&mut self, path: &Path, seen: &mut HashSet<Identity>) -> Result<()> {
        let Ok(metadata) = fs::symlink_metadata(path) else {
            return Ok(());
        };
        let real = fs::canonicalize(path).ok();
        let Some(real) = real.filter(|real| real.starts_with(&self.site)) else {
            return Ok(());
        };
        let Some(identity) = identity(&real) else {
            if metadata.is_symlink() && !is_source(&self.site, &real) {
                self.links.add(real.clone());
                let above = real.parent().unwrap_or(&self.site);
                let look = self.watcher.watch(above, RecursiveMode::NonRecursive);
                look.map_err(|error| cannot_watch(above, &error))?;
            }
            return Ok(());
        };
        if !seen.insert(identity) {
            return Ok(());
        }
        if metadata.is_symlink() {
            self.look(path)?;
        }
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            // Of most files it is known that they are no links.
            if entry.file_type().is_ok_and(|kind| !kind.is_file()) {
                self.follow(&entry.path(), seen)?;
            }
        }
        Ok(())
    }

    /// Watches a directory and those in it. One that goes while they are
    /// listed ends the listing, so it is begun again.
    fn look(&mut self, directory: &Path) -> Result<()> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.watcher.watch(directory, RecursiveMode::Recursive) {
                Ok(()) => return Ok(()),
                Err(error) if has_gone(&error) && !directory.is_dir() => return Ok(()),
                Err(error) if has_gone(&error) && attempts < WATCH_ATTEMPTS => {}
                Err(error) => return Err(cannot_watch(directory, &error)),
            }
        }
    }
}

/// What is known of links, and what may be one.
#[derive(Clone, Default)]
struct Links(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// The files that links in the site lead to, or that it includes, and that are
    /// elsewhere.
    targets: HashSet<PathBuf>,
    /// What was edited since somebody looked for links there.
    edited: HashSet<PathBuf>,
}

impl Links {
    /// Whether it was not known.
    fn add(&self, target: PathBuf) -> bool {
        self.lock().targets.insert(target)
    }

    /// Whether a file is the site's, by its place or by a link; the former may
    /// be a new link.
    fn note(&self, root: &Path, file: &Path) -> bool {
        let mut known = self.lock();
        let is_own = is_source(root, file);
        if is_own {
            known.edited.insert(file.to_owned());
        }
        is_own || known.targets.contains(file)
    }

    fn take_edited(&self) -> HashSet<PathBuf> {
        mem::take(&mut self.lock().edited)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Sets are whole after each change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity(directory: &Path) -> Option<Identity> {
    let metadata = fs::metadata(directory).ok().filter(fs::Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino()))
}

fn has_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

fn cannot_watch(directory: &Path, error: &notify::Error) -> anyhow::Error {
    anyhow!("cannot watch {}: {error}", directory.display())
}

/// The files of an event that are the site's; none when nothing was edited.
fn edited(root: &Path, links: &Links, event: Event) -> Option<Vec<PathBuf>> {
    // Reading a file is no edit; neither is a time or a permission.
    if matches!(
        event.kind,
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))
    ) {
        return None;
    }
    let unclear = event.paths.is_empty();
    let paths = event.paths.into_iter();
    let paths: Vec<PathBuf> = paths.filter(|path| links.note(root, path)).collect();
    (unclear || !paths.is_empty()).then_some(paths)
}

/// Whether a file is the site's: not what editors keep beside it, and not what
/// `fata` itself writes.
fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else {
        return false;
    };
    let mut names = inside.iter().map(std::ffi::OsStr::as_encoded_bytes);
    let in_source = names
        .next()
        .is_some_and(|first| SOURCES.iter().any(|source| source.as_bytes() == first));
    // Vim tries whether it may write with a file of that name.
    let is_stray =
        |name: &[u8]| name == b"4913" || str::from_utf8(name).is_ok_and(site_gen::is_stray);
    in_source && !names.any(is_stray)
}

/// Calls `act` on each signal that asks `fata` to end, from a thread of its
/// own, until it says that nobody listens any more.
pub(crate) fn on_signal(act: impl Fn() -> bool + Send + 'static) -> Result<()> {
    let mut signals = Signals::new(SIGNALS)?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if !act() {
                return;
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_and_fata_keep_is_no_edit() {
        let root = Path::new("/site");
        for (path, expected) in [
            ("/site/content/a.md", true),
            ("/site/content", true),
            ("/site/themes/plain/templates/index.html", true),
            ("/site/templates/page.html", true),
            ("/site/static/a.css", true),
            ("/site/content/.well-known/x", true),
            ("/site/content/.a.md.swp", false),
            ("/site/content/a.md~", false),
            ("/site/content/4913", false),
            ("/site/content/#a.md#", false),
            ("/site/content/docs/Thumbs.db", false),
            ("/site/out/fata.elf", false),
            ("/site/.git/index", false),
            ("/site", false),
            ("/elsewhere/content/a.md", false),
        ] {
            assert_eq!(is_source(root, Path::new(path)), expected, "{path}");
        }
    }
}

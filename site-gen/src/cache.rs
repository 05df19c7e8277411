//! What one build leaves to the next: what took long and depends on nothing but
//! the bytes it was made from, found by the hash of those; and the documents, pages
//! and index of the last build.
//!
//! What a build did not use is forgotten when it ends, so a cache holds no more
//! than one site needs. A text or page that is used again uses all that was used
//! when it was made: whoever keeps one holds that ([`Highlighted`]), or says so
//! ([`Cache::keep`], [`Memory::keep`]).

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use site_pack::plan::Digest;

use crate::Keep;
use crate::assets::Form;
use crate::body::Body;
use crate::diagnostic::Diagnostic;
use crate::diagram;
use crate::document::history::History;
use crate::fingerprint::of_parts;
use crate::highlight::Highlighter;
use crate::minify;
use crate::press::Pressed;
use crate::sass::Compiled;
use crate::scratch::Scratch;
use crate::search;
use crate::source::Found;
use crate::store::{self, Store};
use crate::texts::Texts;

/// What is kept for texts, and for files that are read before them.
const OF_TEXTS: [&str; 2] = [diagram::KIND, minify::KIND];

/// A static file as it was found, and what is in it.
struct File {
    found: Found,
    form: Form,
    body: Body,
    /// What it is kept by, if it was made short.
    short: Option<String>,
    used: bool,
}

/// Results that builds share: give the same cache to each build of a process.
#[derive(Default)]
pub struct Cache {
    highlighter: OnceLock<Highlighter>,
    pub(crate) highlighted: Memory<Option<String>>,
    /// Files made from others.
    made: Memory<Vec<u8>>,
    /// What data files say.
    data: Memory<tera::Value>,
    /// What outlives the process.
    pub(crate) store: Store,
    /// The style sheets of the last build.
    pub(crate) sheets: Compiled,
    /// Where pictures are kept if nothing outlives the process.
    pictures: OnceLock<Option<(Scratch, Store)>>,
    /// The static files of the last build, by their names in the site.
    files: Mutex<HashMap<PathBuf, File>>,
    /// The history of the last commit that was built.
    history: Mutex<Option<Arc<History>>>,
    /// The documents of the last build.
    texts: Mutex<Texts>,
    /// Files outside of the site that were asked for, until somebody takes them.
    outside: Mutex<BTreeMap<PathBuf, Option<SystemTime>>>,
    /// The search index of the last one.
    search: Mutex<search::Memory>,
    /// The pages of the last good build.
    pressed: Mutex<Option<Pressed>>,
}

impl Cache {
    /// The grammars; loading them takes a while, and many sites have no code.
    pub(crate) fn highlighter(&self) -> &Highlighter {
        self.highlighter.get_or_init(Highlighter::load)
    }

    /// A cache that keeps what took longest in a directory, for later runs. It
    /// may be deleted at any time.
    pub fn in_directory(directory: &Path) -> Self {
        Self {
            store: Store::in_directory(directory),
            ..Self::default()
        }
    }

    /// A file made from others, of some kind: from memory, from the store, or
    /// made now. A change in how it is made has to be among the parts.
    pub(crate) fn make(
        &self,
        kind: &'static str,
        parts: &[&[u8]],
        make: impl FnOnce() -> Vec<u8>,
    ) -> Arc<Vec<u8>> {
        let made = self.try_make(kind, parts, || Ok::<_, Infallible>(make()));
        made.unwrap_or_else(|never| match never {})
    }

    /// The same of what may fail. A failure is not remembered: it is about to be
    /// mended.
    pub(crate) fn try_make<E>(
        &self,
        kind: &'static str,
        parts: &[&[u8]],
        make: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Arc<Vec<u8>>, E> {
        let key = key_of_made(kind, &store::name(parts));
        self.made
            .get_or_try(key, || self.store.get_or_try(kind, parts, make))
    }

    /// Says that a file made from others is used, though nobody asks for it: what was
    /// made with it is. The name is that of its parts in the store.
    pub(crate) fn keep(&self, kind: &'static str, name: &str) {
        self.made.keep(&key_of_made(kind, name));
        self.store.keep(kind, name);
    }

    /// What a data file says, read now if it is not known. What is wrong with
    /// one is not remembered: it will be another file soon.
    pub(crate) fn read_data(
        &self,
        format: &str,
        text: &str,
        read: impl FnOnce() -> Result<tera::Value, Vec<Diagnostic>>,
    ) -> Result<tera::Value, Vec<Diagnostic>> {
        let parts: [&[u8]; 2] = [format.as_bytes(), text.as_bytes()];
        self.data
            .get_or_try(of_parts(&parts), read)
            .map(|value| (*value).clone())
    }

    /// Takes note of a file outside of the site that somebody asked for.
    pub(crate) fn note_outside(&self, file: &Path) {
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = || fs::metadata(file).and_then(|file| file.modified()).ok();
        outside.entry(file.to_owned()).or_insert_with(changed);
    }

    /// The files outside of the site that were asked for since this was asked, and when
    /// each was last changed then: those that were not there, never.
    pub fn take_outside(&self) -> BTreeMap<PathBuf, Option<SystemTime>> {
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut outside)
    }

    /// Where pictures are kept: on disk, as they take too long to be made twice
    /// in a build, and too much memory to be held.
    pub(crate) fn pictures(&self) -> &Store {
        if self.store.keeps() {
            return &self.store;
        }
        let make = || {
            let directory = Scratch::new("fata-pictures-", &std::env::temp_dir()).ok()?;
            let store = Store::in_scratch(&directory);
            Some((directory, store))
        };
        let own = self.pictures.get_or_init(make).as_ref();
        own.map_or(&self.store, |(_, store)| store)
    }

    /// What is in a static file, if that is surely what was in it before.
    pub(crate) fn body(&self, site: &Path, found: &Found, form: Form) -> Option<Body> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let file = files.get_mut(&found.file)?;
        let is_here = match &file.body {
            Body::OnDisk(body) => body.is_in(site),
            Body::Made(_) => true,
        };
        let is_same = is_here && file.form == form && file.found.is_surely(found);
        file.used = is_same;
        if let (true, Some(short)) = (is_same, &file.short) {
            minify::keep(short, self);
        }
        is_same.then(|| file.body.clone())
    }

    /// Keeps what is in a static file; and by what it is kept, if it was made short.
    pub(crate) fn keep_body(
        &self,
        found: &Found,
        (form, body, short): (Form, Body, Option<String>),
    ) {
        let file = File {
            found: found.clone(),
            form,
            body,
            short,
            used: true,
        };
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(found.file.clone(), file);
    }

    /// The history that was read last.
    pub(crate) fn history(&self) -> Option<Arc<History>> {
        let history = self.history.lock();
        history.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_history(&self, history: Arc<History>) {
        let kept = self.history.lock();
        *kept.unwrap_or_else(PoisonError::into_inner) = Some(history);
    }

    /// What the last search index was made from. Whoever makes another one
    /// meanwhile waits.
    pub(crate) fn last_search(&self) -> MutexGuard<'_, search::Memory> {
        self.search.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The documents of the last build, for this one alone.
    pub(crate) fn last_texts(&self, keep: Keep) -> MutexGuard<'_, Texts> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.keep(keep);
        texts
    }

    /// The pages of the last good build. Another build that runs meanwhile
    /// finds none, and renders all of its own.
    pub(crate) fn take_pressed(&self) -> Option<Pressed> {
        self.pressed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(crate) fn put_pressed(&self, pressed: Option<Pressed>) {
        *self.pressed.lock().unwrap_or_else(PoisonError::into_inner) = pressed;
    }

    /// Forgets what texts did not use since the last call: for a build that ends with
    /// faults before its pages are made. What these used may still be needed.
    pub(crate) fn forget_unused_by_texts(&self) {
        self.highlighted.forget_unused();
        self.made.forget_unused();
        self.store.forget_unused(|kind| OF_TEXTS.contains(&kind));
    }

    /// Forgets what was not used since the last call.
    pub(crate) fn forget_unused(&self) {
        self.forget_unused_by_texts();
        self.data.forget_unused();
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, file| std::mem::take(&mut file.used));
        drop(files);
        // Nobody asked for a place of their own where there is none.
        if let Some((_, own)) = self.pictures.get().and_then(Option::as_ref) {
            own.forget_unused(|_| true);
        }
        self.store.forget_unused(|_| true);
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

/// Code as HTML, where there is a grammar for it.
pub(crate) type Highlighted = Arc<Option<String>>;

/// The hash of what a result was made from.
type Key = Digest;

/// Results of one kind, by the hash of what they were made from.
pub(crate) struct Memory<T>(Mutex<HashMap<Key, Kept<T>>>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

struct Kept<T> {
    result: Arc<T>,
    used: bool,
}

impl<T> Memory<T> {
    /// The result for some bytes, made now if it is not known. Two threads may
    /// make the same one; nobody waits.
    pub(crate) fn get_or_make(&self, key: Key, make: impl FnOnce() -> T) -> Arc<T> {
        let made = self.get_or_try(key, || Ok::<T, Infallible>(make()));
        made.unwrap_or_else(|never| match never {})
    }

    /// Says that a result is used, though nobody asks for it: what was made with it is.
    pub(crate) fn keep(&self, key: &Key) {
        if let Some(kept) = self.lock().get_mut(key) {
            kept.used = true;
        }
    }

    fn get_or_try<E>(&self, key: Key, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(kept) = self.lock().get_mut(&key) {
            kept.used = true;
            return Ok(Arc::clone(&kept.result));
        }
        let result = Arc::new(make()?);
        let kept = Kept {
            result: Arc::clone(&result),
            used: true,
        };
        // A template that is stopped here would keep the lock.
        budget::outside(|| self.lock().insert(key, kept));
        Ok(result)
    }

    /// Forgets what nobody used since the last call, and nobody holds.
    fn forget_unused(&self) {
        self.lock().retain(|_, kept| {
            std::mem::take(&mut kept.used) || Arc::strong_count(&kept.result) > 1
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Kept<T>>> {
        // A panic elsewhere cannot have left a map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What files made from others are kept by in memory: their names in the store are
/// hashes already.
fn key_of_made(kind: &str, name: &str) -> Key {
    of_parts(&[kind.as_bytes(), name.as_bytes()])
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn who_keeps_no_pictures_makes_no_directory() {
        let cache = Cache::default();
        cache.forget_unused();
        assert!(cache.pictures.get().is_none());
    }

    /// Files of the store, by kind; and results in memory.
    fn sizes(cache: &Cache, store: &Path) -> (Vec<(String, usize)>, [usize; 3]) {
        let kinds = fs::read_dir(store).unwrap().map(|kind| {
            let kind = kind.unwrap();
            let files = fs::read_dir(kind.path()).unwrap().count();
            (kind.file_name().into_string().unwrap(), files)
        });
        let mut kinds: Vec<_> = kinds.collect();
        kinds.sort();
        let files = cache.files.lock().unwrap().len();
        (
            kinds,
            [
                cache.highlighted.lock().len(),
                cache.made.lock().len(),
                files,
            ],
        )
    }

    #[test]
    fn saves_leave_no_more_than_one_build() {
        let directory = tempfile::tempdir().unwrap();
        let (site, store) = (directory.path(), directory.path().join("out/cache"));
        for directory in ["content", "templates", "static"] {
            fs::create_dir(site.join(directory)).unwrap();
        }
        let write = |file: &str, text: &str| fs::write(site.join(file), text).unwrap();
        write("content/site.toml", "base_url = \"https://a.org\"\n");
        write("templates/page.html", "{{ page.content | safe }}");
        for template in ["index", "section"] {
            write(&format!("templates/{template}.html"), "");
        }
        let block = |number: usize| {
            let code = format!("```rust\nfn f{number}() {{}}\n```\n");
            format!("{code}\n```mermaid\ngraph TD\n    A{number} --> B\n```\n")
        };
        write("content/other.md", &block(100));
        write("content/large.txt", &"words and words\n".repeat(100));
        let options = crate::Options {
            cache: Arc::new(Cache::in_directory(&store)),
            ..crate::Options::default()
        };
        let save = |number: usize, link: &str| {
            write("content/page.md", &format!("{}{link}", block(number)));
            write(
                "static/a.css",
                &format!("a {{ top: 1{number}px }}\n").repeat(30),
            );
            crate::build(site, &options)
        };
        save(0, "").unwrap();
        let first = sizes(&options.cache, &store);
        assert!(first.0.len() >= 3 && first.1[0] == 2, "{first:?}");
        for number in 1..4 {
            save(number, "").unwrap();
            assert_eq!(sizes(&options.cache, &store), first);
        }
        // A fault is there for many saves, too.
        for number in 4..8 {
            save(number, "[a](@/nothing.md)\n").unwrap_err();
            assert_eq!(sizes(&options.cache, &store).1[..2], first.1[..2]);
        }
        save(8, "").unwrap();
        assert_eq!(sizes(&options.cache, &store), first);
    }

    #[test]
    fn a_file_that_nobody_changed_is_not_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let site = directory.path();
        for directory in ["content", "templates", "static"] {
            fs::create_dir(site.join(directory)).unwrap();
        }
        fs::write(
            site.join("content/site.toml"),
            "base_url = \"https://a.org\"\n",
        )
        .unwrap();
        fs::write(site.join("templates/index.html"), "").unwrap();
        // What is young could change without a trace.
        let write = |file: &str, bytes: &[u8]| {
            fs::write(site.join(file), bytes).unwrap();
            let opened = fs::File::options()
                .write(true)
                .open(site.join(file))
                .unwrap();
            let before = SystemTime::now() - Duration::from_secs(60);
            opened.set_modified(before).unwrap();
        };
        write("static/a.zip", b"one");
        write("static/b.zip", b"one");
        let options = crate::Options::default();
        let bodies = || {
            let built = crate::build(site, &options).unwrap();
            let files = options.cache.files.lock().unwrap();
            let body = |name: &str| {
                let path = format!("/{name}");
                let packed = built.read(built.file(&path).unwrap()).unwrap();
                match &files[&Path::new("static").join(name)].body {
                    Body::OnDisk(body) => (Arc::clone(body), packed),
                    Body::Made(_) => panic!("{name} is in memory"),
                }
            };
            [body("a.zip"), body("b.zip")]
        };
        let first = bodies();
        write("static/b.zip", b"two");
        let second = bodies();
        assert!(Arc::ptr_eq(&first[0].0, &second[0].0));
        assert!(!Arc::ptr_eq(&first[1].0, &second[1].0));
        assert_eq!(first.map(|(_, packed)| packed), [b"one", b"one"]);
        assert_eq!(second.map(|(_, packed)| packed), [b"one", b"two"]);
    }

    #[test]
    fn results_are_kept_while_they_are_used() {
        let memory = Memory::default();
        let (one, other) = (of_parts(&[b"a", b"b"]), of_parts(&[b"ab", b""]));
        assert_eq!(*memory.get_or_make(one, || 1), 1);
        assert_eq!(*memory.get_or_make(one, || 2), 1);
        assert_eq!(*memory.get_or_make(other, || 3), 3, "parts are told apart");
        memory.forget_unused();
        memory.keep(&one);
        memory.forget_unused();
        assert_eq!(*memory.get_or_make(one, || 4), 1);
        let held = memory.get_or_make(other, || 5);
        assert_eq!(*held, 5, "nobody had used it");
        memory.forget_unused();
        memory.forget_unused();
        assert_eq!(*memory.get_or_make(one, || 6), 6, "nobody held it");
        assert_eq!(*memory.get_or_make(other, || 7), 5);
    }
}

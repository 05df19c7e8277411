//! Diagrams: what is written in Mermaid's language is a drawing when the site is
//! built. Browsers get SVG; nothing runs or is loaded there.
//!
//! [`Studio`] has them drawn: `draw` does it, with merman, in a process of its own
//! (`child`), for text as wide as `font` says. Then its colours become those of the page
//! around it (`palette`), and what nothing draws is left out (`tidy`, `style`).
//!
//! A drawing depends on what is written and on nothing else, not on the fonts, the
//! clock or the place of the machine. It is kept by the hash of that.

mod child;
mod draw;
mod font;
mod palette;
mod style;
mod tidy;

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cache::Cache;
use crate::child::Child;
use crate::child::Worker;
use crate::limits::MAX_DIAGRAM_BYTES;
use crate::store;

pub use child::answer;

/// Tells drawings that were made in other ways.
const RECIPE: &[u8] = b"diagrams 3, merman 0.9.3";

/// What drawings are kept as.
pub(crate) const KIND: &str = "diagrams";

/// Where diagrams are drawn. Who draws stays until it is closed: many are
/// drawn one after the other.
#[derive(Debug)]
pub(crate) struct Studio<'a> {
    who: &'a Worker,
    /// Where this and all else is kept that texts need.
    pub(crate) cache: &'a Cache,
    idle: Mutex<Vec<Child>>,
}

/// What is wrong with a diagram, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// In bytes; none if it is no one place.
    pub(crate) place: Option<Range<usize>>,
    pub(crate) expected: String,
}

impl<'a> Studio<'a> {
    pub(crate) fn new(who: &'a Worker, cache: &'a Cache) -> Self {
        Self {
            who,
            cache,
            idle: Mutex::default(),
        }
    }

    /// The name that the drawing of a diagram is kept by.
    pub(crate) fn name(source: &str) -> String {
        store::name(&[RECIPE, source.as_bytes()])
    }

    /// Says that drawings are on a page that is not made again.
    pub(crate) fn keep(&self, names: &[String]) {
        for name in names {
            self.cache.keep(KIND, name);
        }
    }

    /// Sends home who is idle.
    pub(crate) fn close(&self) {
        lock(&self.idle).clear();
    }

    /// A diagram as SVG: as it was drawn before, or drawn now.
    pub(crate) fn drawing(&self, source: &str) -> Result<String, Fault> {
        if source.len() > MAX_DIAGRAM_BYTES {
            let expected = format!("one of at most {MAX_DIAGRAM_BYTES} bytes");
            return Err(Fault::new("this diagram is too long", expected));
        }
        let parts = [RECIPE, source.as_bytes()];
        let made = self.cache.try_make(KIND, &parts, || {
            let drawn = match self.who {
                Worker::Thread => child::on_a_thread(source),
                Worker::Program(program) => child::ask(program, source, &self.idle),
            };
            drawn.map(String::into_bytes)
        });
        Ok(String::from_utf8_lossy(&made?).into_owned())
    }
}

impl Fault {
    fn new(message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: None,
            expected: expected.into(),
        }
    }
}

fn lock(idle: &Mutex<Vec<Child>>) -> MutexGuard<'_, Vec<Child>> {
    // A panic elsewhere cannot have left a list half-changed.
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_names_who_draws() {
        let lock = include_str!("../../Cargo.lock");
        let at = lock.find("name = \"merman\"\n").unwrap();
        let version = lock[at..].split('"').nth(3).unwrap();
        let recipe = str::from_utf8(RECIPE).unwrap();
        assert!(recipe.ends_with(&format!("merman {version}")), "{version}");
    }

    #[test]
    fn a_drawing_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let source = "flowchart LR\n a --> b\n";
        let cache = Cache::in_directory(directory.path());
        let drawn = Studio::new(&Worker::Thread, &cache).drawing(source);
        // Nobody who could draw: what is kept is used.
        let nobody = Worker::Program(vec!["/nothing/here".into()]);
        for cache in [cache, Cache::in_directory(directory.path())] {
            let studio = Studio::new(&nobody, &cache);
            assert_eq!(studio.drawing(source), drawn);
            let fault = studio.drawing("pie\n \"a\" : 1\n").unwrap_err();
            assert!(fault.message.contains("cannot start"), "{fault:?}");
        }
        assert!(drawn.unwrap().starts_with("<svg"));
    }

    #[test]
    fn long_ones_are_not_drawn() {
        let cache = Cache::default();
        let source = format!("flowchart LR\n{}", "a-->b\n".repeat(10_000));
        let fault = Studio::new(&Worker::Thread, &cache).drawing(&source);
        assert_eq!(fault.unwrap_err().message, "this diagram is too long");
    }
}

//! Makes pictures: several at once, each once, and kept on disk for later
//! builds.
//!
//! A decoded picture is large, and a site may have thousands. So pictures are
//! taken up by as many threads as there are cores, none of which takes up a
//! second one before it is done with the first; and together they hold no more
//! than [`MAX_PICTURES_BYTES`], but for one that is larger than that alone.
//! What is made of one picture is made in parallel by rayon's threads, which
//! hold no pictures of their own.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;

use rayon::prelude::*;
use site_pack::plan::Digest;

use super::encode::Encoding;
use super::pixels::Pixels;
use super::recipe::VERSION;
use super::variants::{Variants, choose, steps};
use super::{Format, Header, Recipe, UseAs};
use crate::body::Body;
use crate::config::pictures::PictureConfig;
use crate::diagnostic::Reason;
use crate::limits::MAX_PICTURES_BYTES;
use crate::progress::Listener;
use crate::store::Store;

/// Bytes of memory that each pixel takes while it is decoded and turned.
const BYTES_PER_PIXEL: u64 = 8;

/// Where variants are kept.
pub(super) const VARIANTS: &str = "pictures";

/// Where it is kept which variants there are.
pub(super) const CHOICES: &str = "picture-choices";

/// A picture that others are made of.
pub(super) struct Source<'a> {
    pub(super) header: Header,
    pub(super) body: &'a Body,
    pub(super) digest: Digest,
    pub(super) store: &'a Store,
    /// Where what is made of it is kept.
    pub(super) kind: &'static str,
    pixels: OnceLock<Result<Pixels, Reason>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        header: Header,
        (body, digest): (&'a Body, Digest),
        (store, kind): (&'a Store, &'static str),
    ) -> Self {
        Self {
            header,
            body,
            digest,
            store,
            kind,
            pixels: OnceLock::new(),
        }
    }

    /// What a recipe makes of it: kept, or made now.
    pub(super) fn made(&self, recipe: &Recipe) -> Result<Vec<u8>, Reason> {
        let key = recipe.key(&self.digest);
        let key: [&[u8]; 3] = [&key[0], &key[1], &key[2]];
        if let Some(made) = self.store.get(self.kind, &key) {
            return Ok(made);
        }
        let made = recipe.make(self.pixels()?)?;
        self.store.put(self.kind, &key, &made);
        Ok(made)
    }

    /// Whether what a recipe makes of it is kept.
    pub(super) fn has(&self, recipe: &Recipe) -> bool {
        let key = recipe.key(&self.digest);
        self.store.has(self.kind, &[&key[0], &key[1], &key[2]])
    }

    /// What is wrong with its pixels.
    pub(super) fn decode(&self) -> Option<Reason> {
        self.pixels().err()
    }

    /// Chooses its variants, and makes all that are chosen from.
    pub(super) fn variants(&self, config: &PictureConfig) -> Result<Variants, Reason> {
        let key = choice_key(&self.digest, self.header.format, config);
        let key: [&[u8]; 3] = [&key[0], &key[1], &key[2]];
        if let Some(variants) = find_choice(self.store, &key) {
            return Ok(variants);
        }
        let Some((width, _)) = self.header.size else {
            return Ok(Variants::default());
        };
        // A picture that cannot be decoded is a fault of its own.
        self.pixels()?;
        let encode = |format, widths: &[u32]| -> Vec<Option<usize>> {
            let lengths = widths.par_iter().map(|width| {
                let recipe = variant(&self.header, *width, format, config)?;
                // What a format cannot hold, it does without.
                self.made(&recipe).ok().map(|made| made.len())
            });
            lengths.collect()
        };
        let variants = choose(
            (width, self.header.format, self.body.length() as usize),
            &steps(width, &config.widths),
            &config.formats,
            encode,
        );
        self.store.put(CHOICES, &key, variants.to_text().as_bytes());
        Ok(variants)
    }

    fn pixels(&self) -> Result<&Pixels, Reason> {
        let decode = || Pixels::decode(&self.header, &self.body.read_picture()?);
        self.pixels
            .get_or_init(decode)
            .as_ref()
            .map_err(Reason::clone)
    }
}

/// A variant of a picture in a width; none in a format that is not written.
pub(super) fn variant(
    header: &Header,
    width: u32,
    format: Format,
    config: &PictureConfig,
) -> Option<Recipe> {
    let (own_width, own_height) = header.size?;
    let quality = config.quality;
    let encoding = match Encoding::in_format(format, quality)? {
        Encoding::Webp { quality } if header.use_as == UseAs::LosslessSource => {
            Encoding::WebpOfLossless { quality }
        }
        other => other,
    };
    Some(Recipe {
        part: None,
        width,
        height: in_proportion(own_height, width, own_width),
        encoding,
    })
}

/// A side, as much smaller or larger as the other one became; at least a pixel.
pub(crate) fn in_proportion(side: u32, other_now: u32, other: u32) -> u32 {
    let (side, now, other) = (u64::from(side), u64::from(other_now), u64::from(other));
    let rounded = (2 * side * now + other) / (2 * other.max(1));
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// All that a choice of variants depends on.
pub(super) fn choice_key(digest: &Digest, format: Format, config: &PictureConfig) -> [Vec<u8>; 3] {
    let PictureConfig {
        formats,
        widths,
        quality,
        ..
    } = config;
    let settings = format!("{format:?} {formats:?} {widths:?} {quality}");
    [VERSION.to_vec(), digest.to_vec(), settings.into_bytes()]
}

/// A choice that was made before.
pub(super) fn find_choice(store: &Store, key: &[&[u8]]) -> Option<Variants> {
    let text = String::from_utf8(store.get(CHOICES, key)?).ok()?;
    Variants::from_text(&text)
}

/// What is done with pictures, and the picture it is done with.
pub(super) trait Work: Send {
    /// The bytes of memory that it takes.
    fn memory(&self) -> u64;
}

impl Work for Source<'_> {
    fn memory(&self) -> u64 {
        let (width, height) = self.header.size.unwrap_or_default();
        u64::from(width) * u64::from(height) * BYTES_PER_PIXEL
    }
}

impl<T: Send> Work for (Source<'_>, T) {
    fn memory(&self) -> u64 {
        self.0.memory()
    }
}

/// Does something with each picture, several at once, and lets go of it; gives
/// the results in the order of the pictures.
pub(super) fn each<W: Work, T: Send>(
    work: Vec<W>,
    progress: &Listener,
    act: impl Fn(&W) -> T + Sync,
) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(work.len());
    let memory = Memory::default();
    let results: Vec<Mutex<Option<T>>> = work.iter().map(|_| Mutex::new(None)).collect();
    let waiting = Mutex::new(work.into_iter().enumerate());
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    let run = || {
        while let Some((index, work)) = next() {
            let bytes = work.memory();
            memory.take(bytes);
            let result = act(&work);
            drop(work);
            memory.give_back(bytes);
            *results[index]
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(result);
            progress.advance();
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(run);
        }
    });
    let results = results.into_iter().map(|result| {
        let result = result.into_inner().unwrap_or_else(PoisonError::into_inner);
        result.expect("a thread that panics ends the scope with a panic")
    });
    results.collect()
}

/// What pictures that are being made hold, in bytes.
#[derive(Default)]
struct Memory {
    held: Mutex<u64>,
    freed: Condvar,
}

impl Memory {
    fn take(&self, bytes: u64) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |held: &mut u64| *held > 0 && *held + bytes > MAX_PICTURES_BYTES;
        let held = self.freed.wait_while(held, full);
        *held.unwrap_or_else(PoisonError::into_inner) += bytes;
    }

    fn give_back(&self, bytes: u64) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.freed.notify_all();
    }
}

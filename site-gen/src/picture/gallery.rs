//! What texts and templates of one build can ask about pictures.
//!
//! A text that shows a photo needs to know which smaller versions of it are
//! worth loading, and that is only known when they are made. So the first time
//! it is told to wait ([`Gallery::drawing`] gives none); when all texts were
//! read, what they wait for is made, several pictures at once
//! ([`Gallery::make_waiting`]), and the texts that waited are read again. What
//! was made by an earlier build nobody waits for.
//!
//! What a template asks for is told at once, as it follows from the header of
//! the file, and made when all pages are rendered ([`Gallery::make`]).

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use site_pack::plan::Digest;

use super::encode::Encoding;
use super::variants::{Itself, Variants, steps};
use super::workshop::{self, Source, VARIANTS};
use super::{Format, Header, Recipe, UseAs};
use crate::Pictures;
use crate::body::Body;
use crate::cache::Cache;
use crate::config::pictures::PictureConfig;
use crate::diagnostic::Reason;
use crate::progress::Listener;
use crate::source::Found;
use crate::store::{self, Store};

/// Where the pictures of the edit loop are kept: a full build, which deletes
/// what it did not use, leaves them alone, and they its own.
const PREVIEWS: &str = "picture-previews";

/// Static files by the path they are served under.
pub(crate) type Files = BTreeMap<String, Body>;

/// The pictures of a build.
#[derive(Debug, Default)]
pub(crate) struct Gallery {
    pub(crate) config: PictureConfig,
    mode: Pictures,
    cache: Arc<Cache>,
    /// By path: the files that pictures are in.
    found: HashMap<String, Found>,
    /// What pictures in texts have for variants, by path.
    choices: Mutex<BTreeMap<String, Choice>>,
}

/// The variants of a picture.
#[derive(Clone, Debug)]
enum Choice {
    /// Somebody waits for it.
    Awaited,
    Made(Result<Variants, Reason>),
}

/// A picture as a text shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawing {
    pub(crate) size: Option<(u32, u32)>,
    /// What browsers load that know nothing of choices.
    pub(crate) src: String,
    /// In its own format, the smallest first: width and path. None is no choice.
    pub(crate) own: Vec<(u32, String)>,
    /// In others, the preferred format first.
    pub(crate) others: Vec<(Format, Vec<(u32, String)>)>,
    /// What has to be made: under which path.
    pub(crate) made: Vec<(Recipe, String)>,
}

impl Gallery {
    /// The file of the site that is served under a path.
    pub(crate) fn file_of(&self, path: &str) -> Option<&Path> {
        Some(&self.found.get(path)?.file)
    }

    pub(crate) fn new(
        config: PictureConfig,
        mode: Pictures,
        cache: &Arc<Cache>,
        found: HashMap<String, Found>,
    ) -> Self {
        Self {
            config,
            mode,
            cache: Arc::clone(cache),
            found,
            choices: Mutex::default(),
        }
    }

    /// How a text shows a picture; none if it has to wait.
    pub(crate) fn drawing(&self, path: &str, body: &Body) -> Result<Option<Drawing>, Reason> {
        let plain = |size| Drawing {
            size,
            src: path.to_owned(),
            ..Drawing::default()
        };
        let Some(header) = body.header(path)? else {
            return Ok(Some(plain(None)));
        };
        let steps = header
            .size
            .map(|(width, _)| steps(width, &self.config.widths))
            .filter(|_| self.mode == Pictures::Variants && header.use_as != UseAs::Itself);
        let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
            return Ok(Some(plain(header.size)));
        };
        let digest = body.digest();
        let variants = match self.choice(path, &header, &digest) {
            Choice::Awaited => return Ok(None),
            Choice::Made(variants) => variants?,
        };
        debug_assert!(variants.own.len() <= steps.len());
        Ok(Some(self.draw(
            plain(header.size),
            &header,
            &digest,
            &variants,
        )))
    }

    /// Makes all that texts wait for; tells whether that was anything.
    pub(crate) fn make_waiting(&self, files: &Files, progress: &Listener) -> bool {
        let waiting: Vec<String> = self
            .choices()
            .iter()
            .filter(|(_, choice)| matches!(choice, Choice::Awaited))
            .map(|(path, _)| path.clone())
            .collect();
        if waiting.is_empty() {
            return false;
        }
        let found = waiting.iter();
        let found = found.filter_map(|path| Some((path.clone(), self.source(path, files)?)));
        let (paths, sources): (Vec<String>, Vec<Source<'_>>) = found.unzip();
        progress.begin("making pictures", sources.len());
        let made = workshop::each(sources, progress, |source| source.variants(&self.config));
        let mut choices = self.choices();
        for (path, variants) in paths.into_iter().zip(made) {
            choices.insert(path, Choice::Made(variants));
        }
        true
    }

    /// Makes what is not made yet, of recipes and the paths of what they are
    /// made of, which stand together. Tells what cannot be made.
    pub(crate) fn make(
        &self,
        wanted: &[(&str, Recipe)],
        files: &Files,
        progress: &Listener,
    ) -> Vec<(String, Reason)> {
        let groups = wanted.chunk_by(|a, b| a.0 == b.0);
        let groups = groups.filter_map(|group| Some((self.source(group[0].0, files)?, group)));
        let groups = groups.map(|(source, group)| {
            let missing = group.iter().filter(|(_, recipe)| !source.has(recipe));
            let missing: Vec<&(&str, Recipe)> = missing.collect();
            (source, missing)
        });
        let (sources, groups): (Vec<_>, Vec<_>) =
            groups.filter(|(_, missing)| !missing.is_empty()).unzip();
        if sources.is_empty() {
            return Vec::new();
        }
        progress.begin("making pictures", sources.len());
        let work: Vec<_> = sources.into_iter().zip(groups).collect();
        let faults = workshop::each(work, progress, |(source, missing)| {
            missing.iter().find_map(|(path, recipe)| {
                let fault = source.made(recipe).err()?;
                Some(((*path).to_owned(), fault))
            })
        });
        faults.into_iter().flatten().collect()
    }

    /// Says that what a recipe makes of a picture is used, though it is not asked for:
    /// the pack before has it.
    pub(crate) fn keep(&self, path: &str, recipe: &Recipe, files: &Files) {
        let store = self.cache.pictures();
        if let (true, Some(body)) = (store.keeps(), files.get(path)) {
            let key = recipe.key(&body.digest());
            store.keep(self.kind(), &store::name(&[&key[0], &key[1], &key[2]]));
        }
    }

    /// The bytes of a picture, which was made before if that was possible.
    pub(crate) fn bytes(
        &self,
        path: &str,
        recipe: &Recipe,
        files: &Files,
    ) -> Option<Result<Vec<u8>, Reason>> {
        Some(self.source(path, files)?.made(recipe))
    }

    /// An encoding that the edit loop does not have to wait for, if need be.
    pub(crate) fn encoding(&self, format: Format, quality: u8) -> Option<Encoding> {
        let format = match (format, self.mode) {
            (Format::Avif, Pictures::Originals) => Format::Webp,
            (format, _) => format,
        };
        Encoding::in_format(format, quality)
    }

    fn choice(&self, path: &str, header: &Header, digest: &Digest) -> Choice {
        if let Some(choice) = self.choices().get(path) {
            return choice.clone();
        }
        let key = workshop::choice_key(digest, header.format, &self.config);
        let key: [&[u8]; 3] = [&key[0], &key[1], &key[2]];
        let choice = match workshop::find_choice(self.cache.pictures(), &key) {
            Some(variants) => Choice::Made(Ok(variants)),
            None => Choice::Awaited,
        };
        self.choices().insert(path.to_owned(), choice.clone());
        choice
    }

    fn draw(
        &self,
        mut drawing: Drawing,
        header: &Header,
        digest: &Digest,
        variants: &Variants,
    ) -> Drawing {
        let path = drawing.src.clone();
        let mut choices = |format: Format, widths: &[u32]| -> Vec<(u32, String)> {
            let variant = |width: &u32| {
                let recipe = workshop::variant(header, *width, format, &self.config)?;
                let name = recipe.path(&path, digest);
                drawing.made.push((recipe, name.clone()));
                Some((*width, name))
            };
            widths.iter().filter_map(variant).collect()
        };
        let mut own = choices(header.format, &variants.own);
        let others = variants.others.iter();
        let others = others.map(|(format, widths)| (*format, choices(*format, widths)));
        let others = others.collect();
        match (variants.itself, own.last(), header.size) {
            (Itself::Replaced, Some((_, widest)), _) => drawing.src.clone_from(widest),
            (_, Some(_), Some((width, _))) => own.push((width, path)),
            _ => {}
        }
        drawing.own = own;
        drawing.others = others;
        drawing
    }

    fn source<'a>(&'a self, path: &str, files: &'a Files) -> Option<Source<'a>> {
        let body = files.get(path)?;
        // What has no header was told when it was asked for.
        let header = body.header(path).ok().flatten()?;
        let kept = (self.cache.pictures(), self.kind());
        Some(Source::new(header, (body, body.digest()), kept))
    }

    /// What is made of pictures is kept as.
    fn kind(&self) -> &'static str {
        match self.mode {
            Pictures::Originals => PREVIEWS,
            Pictures::Variants => VARIANTS,
        }
    }

    fn choices(&self) -> MutexGuard<'_, BTreeMap<String, Choice>> {
        self.choices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pictures that have something wrong with them, of which only their pixels
/// may tell.
pub(crate) fn undecodable(files: &Files, progress: &Listener) -> Vec<(String, Reason)> {
    let none = Store::default();
    let mut faults = Vec::new();
    let mut paths = Vec::new();
    let mut sources = Vec::new();
    for (path, body) in files {
        match body.header(path) {
            Ok(Some(header)) if header.use_as != UseAs::Itself => {
                paths.push(path);
                // Nothing is made of it, so nothing has to tell it from others.
                let nameless = (body, Digest::default());
                sources.push(Source::new(header, nameless, (&none, VARIANTS)));
            }
            Ok(_) => {}
            Err(fault) => faults.push((path.clone(), fault)),
        }
    }
    progress.begin("looking at pictures", sources.len());
    let decoded = workshop::each(sources, progress, Source::decode);
    let broken = paths.into_iter().zip(decoded);
    faults.extend(broken.filter_map(|(path, fault)| Some((path.clone(), fault?))));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::pixels::{Colors, Pixels};
    use crate::picture::samples;

    fn gallery(mode: Pictures) -> Gallery {
        let config = PictureConfig {
            widths: vec![16, 32],
            ..PictureConfig::default()
        };
        Gallery::new(config, mode, &Arc::default(), HashMap::new())
    }

    fn files(files: &[(&str, Vec<u8>)]) -> Files {
        let files = files.iter();
        files
            .map(|(path, body)| ((*path).to_owned(), Body::from(body.clone())))
            .collect()
    }

    #[test]
    fn a_text_waits_once_and_all_it_is_told_can_be_had() {
        let files = files(&[("/x/a.jpg", samples::jpeg_with_orientation(64, 40, 6))]);
        let gallery = gallery(Pictures::Variants);
        let body = &files["/x/a.jpg"];
        assert_eq!(gallery.drawing("/x/a.jpg", body).unwrap(), None);
        assert!(gallery.make_waiting(&files, &Listener::default()));
        assert!(!gallery.make_waiting(&files, &Listener::default()));
        let drawing = gallery.drawing("/x/a.jpg", body).unwrap().unwrap();
        assert_eq!(drawing.size, Some((40, 64)));
        assert!(drawing.src.starts_with("/x/a-32x51.") && drawing.src.ends_with(".jpg"));
        assert_eq!(drawing.own.len(), 2, "{drawing:?}");
        for (recipe, path) in &drawing.made {
            let bytes = gallery.bytes("/x/a.jpg", recipe, &files).unwrap().unwrap();
            let header = Header::read(path, &bytes).unwrap().unwrap();
            assert_eq!(header.size, Some((recipe.width, recipe.height)), "{path}");
            assert!(!bytes.windows(3).any(|part| part == b"GPS"), "{path}");
            assert!(!bytes.windows(4).any(|part| part == b"Exif"), "{path}");
        }
        // The picture on its side was turned before it was scaled.
        let (recipe, path) = &drawing.made[0];
        let bytes = gallery.bytes("/x/a.jpg", recipe, &files).unwrap().unwrap();
        let header = Header::read(path, &bytes).unwrap().unwrap();
        let small = Pixels::decode(&header, &bytes).unwrap();
        let lying = samples::pixels(64, 40, Colors::Opaque);
        let corner = |pixels: &Pixels, x: u32, y: u32| {
            let at = ((y * pixels.width + x) * 4) as usize;
            pixels.rgba[at..at + 3].to_vec()
        };
        let apart = samples::distance(&corner(&small, 0, 0), &corner(&lying, 1, 38));
        assert!(apart < 25.0, "{apart}");
    }

    #[test]
    fn the_edit_loop_shows_originals() {
        let files = files(&[("/a.png", samples::png(64, 40))]);
        let gallery = gallery(Pictures::Originals);
        let drawing = gallery
            .drawing("/a.png", &files["/a.png"])
            .unwrap()
            .unwrap();
        let expected = Drawing {
            size: Some((64, 40)),
            src: "/a.png".to_owned(),
            ..Drawing::default()
        };
        assert_eq!(drawing, expected);
    }

    #[test]
    fn a_picture_that_breaks_off_is_a_fault_after_the_wait() {
        let mut broken = samples::png(64, 40);
        broken.truncate(broken.len() / 2);
        let files = files(&[("/a.png", broken)]);
        let gallery = gallery(Pictures::Variants);
        assert_eq!(gallery.drawing("/a.png", &files["/a.png"]).unwrap(), None);
        gallery.make_waiting(&files, &Listener::default());
        let fault = gallery.drawing("/a.png", &files["/a.png"]).unwrap_err();
        assert!(fault.message.contains("broken"), "{}", fault.message);
    }
}

//! The pack as it grows: what was rendered now, and what an earlier build had,
//! each gets its place and its entry in the tables.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use site_pack::plan::{Digest, Payload, digest};
use site_pack::{Caching, Encoding};

use super::{Encoded, Kept, Press, Pressed};
use crate::body::Body;
use crate::functions::Wanted;
use crate::output::media_type;
use crate::output::{File, Made};
use crate::press::compress;
use crate::press::pack_file::{Assembly, Extent, PackError};
use crate::render::Page;
use crate::{Cache, Compression, Keep, Options};

/// A body with its encodings, as a thread made them.
pub(super) struct Fresh {
    digest: Digest,
    body: Vec<u8>,
    /// None of what is compressed by itself, or of a site that is not compressed.
    encoded: Option<Vec<(Encoding, Digest, Vec<u8>)>>,
}

impl Fresh {
    pub(super) fn new(
        content_type: &str,
        body: Vec<u8>,
        compression: Compression,
        cache: &Cache,
    ) -> Self {
        let digest_of_body = digest(&body);
        let encode = || {
            let encoded = compress::encode(content_type, (&body, &digest_of_body), &cache.store);
            encoded
                .into_iter()
                .map(|(encoding, bytes)| (encoding, digest(&bytes), bytes))
                .collect()
        };
        let is_bare = compression == Compression::None || media_type::is_compressed(content_type);
        let encoded = (!is_bare).then(encode);
        Self {
            digest: digest_of_body,
            body,
            encoded,
        }
    }

    /// What is in it, with its hash.
    pub(super) fn body(&self) -> (Body, Digest) {
        (self.body.clone().into(), self.digest)
    }
}

/// The pack as it grows.
pub(super) struct Layout<'a> {
    pub(super) assembly: Assembly,
    pub(super) last: Option<&'a Pressed>,
    pub(super) cache: &'a Cache,
    pub(super) files: Vec<File>,
    pub(super) pages: Vec<Kept>,
    /// Of each body that some file has which is not compressed by itself. Another one
    /// that is may have the same body, and goes without.
    pub(super) encoded: Encoded,
    pub(super) named: HashMap<Arc<str>, Digest>,
    pub(super) made: HashMap<Arc<str>, (Arc<Vec<u8>>, Digest)>,
    /// The first error; after it, nothing is done.
    pub(super) result: Result<(), PackError>,
}

impl Layout<'_> {
    /// Keeps pages, up to the next that is not kept.
    pub(super) fn keep_until_gap(&mut self, kept: &mut impl Iterator<Item = Option<Kept>>) {
        for page in kept.map_while(|page| page) {
            self.attempt(|layout| {
                let body = layout.keep(&page.job.path, page.body)?;
                layout.file(
                    Arc::clone(&page.job.path),
                    Caching::Revalidate,
                    page.body,
                    body,
                )
            });
            self.pages.push(page);
        }
    }

    pub(super) fn page(&mut self, page: Page<Fresh>) {
        let Page { job, made, calls } = page;
        let path = Arc::clone(&job.path);
        let body = made.digest;
        self.attempt(|layout| layout.fresh(path, Caching::Revalidate, made));
        let calls = calls.into();
        self.pages.push(Kept { job, calls, body });
    }

    /// Adds a file that is no page.
    pub(super) fn made(&mut self, file: &Made, options: &Options) {
        let digest = match &file.body {
            Body::Made(bytes) => {
                let before = self.last.and_then(|last| last.made.get(&file.path));
                let digest = match before {
                    Some((before, digest)) if before == bytes => *digest,
                    _ => file.body.digest(),
                };
                if options.keep == Keep::Everything {
                    let kept = (Arc::clone(bytes), digest);
                    self.made.insert(Arc::clone(&file.path), kept);
                }
                digest
            }
            Body::OnDisk(on_disk) => *on_disk.digest(),
        };
        self.add(file, digest, options);
    }

    /// Adds what a function wants, under a name that says what is in it: what
    /// the last pack has under that name is the same.
    pub(super) fn wanted(&mut self, wanted: Wanted, press: &Press<'_>) {
        let known = &press.knowledge;
        let name: Arc<str> = match &wanted {
            Wanted::Fingerprinted { name, .. } | Wanted::Picture { name, .. } => {
                name.as_str().into()
            }
        };
        if let Some(body) = self.last.and_then(|last| last.named.get(&name).copied()) {
            self.attempt(|layout| {
                let place = layout.keep(&name, body)?;
                layout.file(Arc::clone(&name), Caching::Immutable, body, place)
            });
            self.named.insert(name, body);
            return;
        }
        let body = match wanted {
            Wanted::Fingerprinted { path, .. } => known.files.get(&path).cloned(),
            Wanted::Picture { path, recipe, .. } => {
                match known.gallery.bytes(&path, &recipe, &known.files) {
                    Some(Err(fault)) => {
                        self.attempt(|_| Err(io::Error::other(fault.message).into()));
                        None
                    }
                    Some(Ok(bytes)) => Some(Body::from(bytes)),
                    None => None,
                }
            }
        };
        if let Some(body) = body {
            let digest = body.digest();
            let file = Made {
                path: name,
                body,
                caching: Caching::Immutable,
            };
            self.add(&file, digest, press.options);
            self.named.insert(file.path, digest);
        }
    }

    /// Adds a file with this hash. What the last pack has is not looked at.
    fn add(&mut self, file: &Made, digest: Digest, options: &Options) {
        let (path, caching) = (Arc::clone(&file.path), file.caching);
        let is_bare = options.compression == Compression::None || is_compressed(&path);
        let known = self.last.is_some_and(|last| {
            last.pack.has(&digest) && (is_bare || last.encoded.contains_key(&digest))
        });
        self.attempt(|layout| match &file.body {
            _ if known => {
                let place = layout.keep(&path, digest)?;
                layout.file(path, caching, digest, place)
            }
            Body::OnDisk(on_disk) if is_bare => {
                let place = layout.assembly.copy(on_disk)?;
                layout.file(path, caching, digest, place)
            }
            body => {
                let bytes = Arc::unwrap_or_clone(body.read()?);
                let content_type = media_type::of(&path);
                let fresh = Fresh::new(content_type, bytes, options.compression, &options.cache);
                layout.fresh(path, caching, fresh)
            }
        });
    }

    fn attempt(&mut self, act: impl FnOnce(&mut Self) -> Result<(), PackError>) {
        if self.result.is_ok() {
            self.result = act(self);
        }
    }

    fn fresh(&mut self, path: Arc<str>, caching: Caching, fresh: Fresh) -> Result<(), PackError> {
        let place = self.assembly.add(fresh.digest, fresh.body)?;
        if let Some(fresh_encoded) = fresh.encoded {
            let mut encoded = Vec::with_capacity(fresh_encoded.len());
            for (encoding, digest, bytes) in fresh_encoded {
                self.assembly.add(digest, bytes)?;
                encoded.push((encoding, digest));
            }
            self.encoded.insert(fresh.digest, encoded);
        }
        self.file(path, caching, fresh.digest, place)
    }

    /// A body of the last pack, with the encodings that a file of that path has.
    fn keep(&mut self, path: &str, body: Digest) -> io::Result<(Payload, Extent)> {
        let place = self.assembly.keep(body)?;
        let before = self.last.and_then(|last| last.encoded.get(&body));
        if let Some(encoded) = before.filter(|_| !is_compressed(path)) {
            for (_, digest) in encoded {
                self.assembly.keep(*digest)?;
            }
            if !encoded.is_empty() {
                compress::keep(&body, &self.cache.store);
            }
            self.encoded.insert(body, encoded.clone());
        }
        Ok(place)
    }

    fn file(
        &mut self,
        path: Arc<str>,
        caching: Caching,
        body: Digest,
        (payload, extent): (Payload, Extent),
    ) -> Result<(), PackError> {
        let content_type = media_type::of(&path);
        let mut encoded = Vec::new();
        let others = self.encoded.get(&body);
        let others = others.filter(|_| !media_type::is_compressed(content_type));
        for (encoding, digest) in others.into_iter().flatten() {
            // They have their place already: this only says which.
            let payload = self.assembly.plan.placed(*digest);
            encoded.extend(payload.map(|payload| (*encoding, payload)));
        }
        let plan = &mut self.assembly.plan;
        plan.file(Arc::clone(&path), content_type, caching, payload, &encoded)?;
        self.files.push(File {
            path,
            content_type,
            caching,
            digest: body,
            extent,
        });
        Ok(())
    }
}

/// Whether a file is of a kind that is compressed by itself.
fn is_compressed(path: &str) -> bool {
    media_type::is_compressed(media_type::of(path))
}

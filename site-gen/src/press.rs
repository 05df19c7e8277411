//! Steps 7 to 10: pages are rendered and compressed, and everything goes into
//! the pack, in an order that follows from the site alone.
//!
//! # What is done again
//!
//! A page of the last build is used again if its template would see the same:
//!
//! * all templates, the configuration and the encodings are what they were;
//! * the values that the template is given are equal to those before;
//! * every function it called answers what it answered ([`crate::calls`]).
//!
//! Nothing else is given to a template, so nothing else can matter. Values are
//! shared between builds, and equal ones are told by their address; so the
//! cost of a build after an edit is what the edit changed, and a walk over the
//! pages.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use site_pack::plan::{Digest, Payload, digest};
use site_pack::{Caching, Encoding};
use tera::{Tera, Value};

use crate::calls::{Call, CallId};
use crate::compress;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::functions::{Knowledge, Wanted};
use crate::jobs::Job;
use crate::limits::{MAX_PATCHED_PART, MAX_RENDER_TIME};
use crate::media_type;
use crate::output::{Built, File, Made, Output};
use crate::pack_file::{Assembly, Extent, PackFile};
use crate::render::{self, Page};
use crate::source::Source;
use crate::theme::Theme;
use crate::zone::Zone;
use crate::{Cache, Compression, Options};

/// What pages are rendered with.
pub(crate) struct Press<'a> {
    pub(crate) config: &'a Config,
    /// The configuration as templates see it.
    pub(crate) config_value: &'a Value,
    pub(crate) theme: &'a Theme,
    pub(crate) engine: Tera,
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) zones: Vec<Zone>,
    pub(crate) options: &'a Options,
}

/// The pages of a build, and what they were made with: for the next one.
#[derive(Debug)]
pub(crate) struct Pressed {
    templates: HashMap<String, Source>,
    config_value: Value,
    config: Source,
    compression: Compression,
    /// In the order of the jobs.
    pages: Vec<Kept>,
    calls: Vec<Call>,
    /// The encodings of each body.
    encoded: HashMap<Digest, Vec<(Encoding, Digest)>>,
    pack: Arc<PackFile>,
    /// The pack before that one: the next can be written over it.
    spare: Option<Arc<PackFile>>,
}

/// A page, and what it depends on.
#[derive(Clone, Debug)]
struct Kept {
    job: Arc<Job>,
    calls: Arc<[CallId]>,
    body: Digest,
}

/// A body with its encodings, as a thread made them.
struct Fresh {
    digest: Digest,
    body: Vec<u8>,
    encoded: Vec<(Encoding, Digest, Vec<u8>)>,
}

impl Fresh {
    fn new(content_type: &str, body: Vec<u8>, compression: Compression, cache: &Cache) -> Self {
        let encoded = match compression {
            Compression::None => compress::Encoded::new(),
            Compression::Full => compress::encode(content_type, &body, &cache.store),
        };
        Self {
            digest: digest(&body),
            body,
            encoded: encoded
                .into_iter()
                .map(|(encoding, bytes)| (encoding, digest(&bytes), bytes))
                .collect(),
        }
    }
}

impl Press<'_> {
    /// Makes the pack.
    pub(crate) fn press(self, jobs: &[Arc<Job>], output: Output) -> Result<Built, Vec<Diagnostic>> {
        let cache = &self.options.cache;
        let mut last = cache.take_pressed();
        let like = last.as_mut().filter(|last| self.is_like(last));
        let first = like.is_none();
        match self.run(jobs, output, like) {
            Ok((built, pressed)) => {
                cache.put_pressed(Some(pressed));
                // Only a build that took nothing from another used all it needs.
                if first {
                    cache.forget_unused();
                }
                Ok(built)
            }
            Err(faults) => {
                // The last good build is still what there is.
                cache.put_pressed(last);
                Err(faults)
            }
        }
    }

    /// Whether pages of an earlier build could be used at all.
    fn is_like(&self, last: &Pressed) -> bool {
        last.compression == self.options.compression
            && last.config.text == self.config.source.text
            && last.config_value == *self.config_value
            && last.templates == *self.theme.templates()
    }

    fn run(
        &self,
        jobs: &[Arc<Job>],
        output: Output,
        mut last: Option<&mut Pressed>,
    ) -> Result<(Built, Pressed), Vec<Diagnostic>> {
        // Someone may still read the pack before the last.
        let spare = last.as_mut().and_then(|last| last.spare.take());
        let spare = spare.and_then(Arc::into_inner);
        let last = last.as_deref();
        let kept = match last {
            Some(last) => self.kept(last, jobs),
            None => vec![None; jobs.len()],
        };
        let without = jobs.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
        let to_render: Vec<Arc<Job>> = without.map(|(job, _)| Arc::clone(job)).collect();
        let rendered = to_render.len();
        let few = rendered <= jobs.len() / MAX_PATCHED_PART;
        let pack = last.map(|last| Arc::clone(&last.pack));
        let assembly = match (spare, pack) {
            (Some(spare), Some(pack)) if few => Assembly::patched(spare, pack),
            (_, pack) => Assembly::written(pack).map_err(|error| vec![unwritable(&error)])?,
        };
        let mut layout = Layout {
            assembly,
            last,
            files: Vec::with_capacity(jobs.len()),
            pages: Vec::with_capacity(jobs.len()),
            encoded: HashMap::new(),
            result: Ok(()),
        };
        let mut waiting = kept.into_iter();
        let finish = {
            let (compression, cache) = (self.options.compression, Arc::clone(&self.options.cache));
            move |html| Fresh::new(media_type::HTML, html, compression, &cache)
        };
        let engine = Arc::new(self.engine.clone());
        let progress = &self.options.progress;
        progress.begin("making pages", rendered);
        render::render(
            to_render,
            &engine,
            self.theme,
            MAX_RENDER_TIME,
            finish,
            |page| {
                layout.keep_until_gap(&mut waiting);
                layout.page(page);
                progress.advance();
            },
        )?;
        layout.keep_until_gap(&mut waiting);
        let calls = layout
            .pages
            .iter()
            .flat_map(|page| page.calls.iter().copied());
        let wants = self
            .knowledge
            .calls
            .wants(calls.chain(output.calls.iter().copied()));
        let (redirects, made) = (output.redirects, output.files);
        for file in made {
            layout.made(&file, self.options);
        }
        for wanted in wants {
            layout.wanted(wanted, self);
        }
        self.finish(layout, redirects.into_iter().collect(), rendered)
            .map_err(|error| vec![unwritable(&error)])
    }

    /// For each job, the page of the last build if it is what it would be now.
    fn kept(&self, last: &Pressed, jobs: &[Arc<Job>]) -> Vec<Option<Kept>> {
        // Each different call is asked again once.
        let mut asked: Vec<Option<Option<CallId>>> = vec![None; last.calls.len()];
        let mut again = |id: CallId| {
            let slot = asked.get_mut(id as usize)?;
            *slot.get_or_insert_with(|| self.knowledge.ask_again(&last.calls[id as usize]))
        };
        let by_path = LazyCell::new(|| -> HashMap<&str, usize> {
            let paths = last.pages.iter().map(|page| page.job.path.as_str());
            paths.zip(0..).collect()
        });
        let mut next = 0;
        let mut find = |job: &Job| {
            // The order is seldom another than it was.
            let in_order = last.pages.get(next).is_some_and(|p| p.job.path == job.path);
            if !in_order {
                next = *by_path.get(job.path.as_str())?;
            }
            next += 1;
            last.pages.get(next - 1)
        };
        let keep = |job: &Arc<Job>| {
            let page = find(job)?;
            if page.job.template != job.template || page.job.seen != job.seen {
                return None;
            }
            let calls: Vec<CallId> = page
                .calls
                .iter()
                .map(|&id| again(id))
                .collect::<Option<_>>()?;
            let same = *calls == *page.calls;
            Some(Kept {
                job: Arc::clone(job),
                calls: if same {
                    Arc::clone(&page.calls)
                } else {
                    calls.into()
                },
                body: page.body,
            })
        };
        jobs.iter().map(keep).collect()
    }

    fn finish(
        &self,
        mut layout: Layout<'_>,
        redirects: Vec<(String, String)>,
        rendered: usize,
    ) -> io::Result<(Built, Pressed)> {
        layout.result?;
        let domain = self.config.domain.clone();
        let plan = |layout: &mut Assembly, name: &str, bytes: &[u8]| -> io::Result<()> {
            let (payload, _) = layout.add(digest(bytes), bytes.to_vec())?;
            layout.plan.part(name, payload).map_err(io::Error::other)
        };
        let assembly = &mut layout.assembly;
        for (from, to) in &redirects {
            assembly.plan.redirect(from, to).map_err(io::Error::other)?;
        }
        plan(assembly, "domain", domain.as_bytes())?;
        for zone in &self.zones {
            plan(
                assembly,
                &format!("zone/{}", zone.name()),
                zone.text.as_bytes(),
            )?;
        }
        let pack = Arc::new(layout.assembly.finish()?);
        let mut files = layout.files;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let pressed = Pressed {
            templates: self.theme.templates().clone(),
            config_value: self.config_value.clone(),
            config: self.config.source.clone(),
            compression: self.options.compression,
            pages: layout.pages,
            calls: self.knowledge.calls.all(),
            encoded: layout.encoded,
            pack: Arc::clone(&pack),
            spare: layout.last.map(|last| Arc::clone(&last.pack)),
        };
        let built = Built {
            files,
            redirects,
            zones: self.zones.clone(),
            domain,
            rendered,
            pack,
        };
        Ok((built, pressed))
    }
}

/// The pack as it grows.
struct Layout<'a> {
    assembly: Assembly,
    last: Option<&'a Pressed>,
    files: Vec<File>,
    pages: Vec<Kept>,
    encoded: HashMap<Digest, Vec<(Encoding, Digest)>>,
    /// The first error; after it, nothing is done.
    result: io::Result<()>,
}

impl Layout<'_> {
    /// Keeps pages, up to the next that is not kept.
    fn keep_until_gap(&mut self, kept: &mut impl Iterator<Item = Option<Kept>>) {
        for page in kept.map_while(|page| page) {
            self.attempt(|layout| {
                let body = layout.keep(page.body)?;
                layout.file(&page.job.path, Caching::Revalidate, page.body, body)
            });
            self.pages.push(page);
        }
    }

    fn page(&mut self, page: Page<Fresh>) {
        let Page { job, made, calls } = page;
        let body = made.digest;
        self.attempt(|layout| layout.fresh(&job.path, Caching::Revalidate, made));
        let calls = calls.into();
        self.pages.push(Kept { job, calls, body });
    }

    fn made(&mut self, file: &Made, options: &Options) {
        let body = digest(&file.body);
        let known = self.last.is_some_and(|last| last.pack.has(&body));
        self.attempt(|layout| {
            if known {
                let place = layout.keep(body)?;
                return layout.file(&file.path, file.caching, body, place);
            }
            let content_type = media_type::of(&file.path);
            let bytes = file.body.to_vec();
            let fresh = Fresh::new(content_type, bytes, options.compression, &options.cache);
            layout.fresh(&file.path, file.caching, fresh)
        });
    }

    fn wanted(&mut self, wanted: Wanted, press: &Press<'_>) {
        match wanted {
            Wanted::Fingerprinted { name, path } => {
                if let Some(body) = press.knowledge.files.get(&path) {
                    let file = Made {
                        path: name,
                        body: Arc::clone(body),
                        caching: Caching::Immutable,
                    };
                    self.made(&file, press.options);
                }
            }
        }
    }

    fn attempt(&mut self, act: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.result.is_ok() {
            self.result = act(self);
        }
    }

    fn fresh(&mut self, path: &str, caching: Caching, fresh: Fresh) -> io::Result<()> {
        let place = self.assembly.add(fresh.digest, fresh.body)?;
        let mut encoded = Vec::with_capacity(fresh.encoded.len());
        for (encoding, digest, bytes) in fresh.encoded {
            self.assembly.add(digest, bytes)?;
            encoded.push((encoding, digest));
        }
        self.encode(fresh.digest, encoded);
        self.file(path, caching, fresh.digest, place)
    }

    /// A body of the last pack, with its encodings.
    fn keep(&mut self, body: Digest) -> io::Result<(Payload, Extent)> {
        let place = self.assembly.keep(body)?;
        let before = self.last.and_then(|last| last.encoded.get(&body));
        let encoded = before.cloned().unwrap_or_default();
        for (_, digest) in &encoded {
            self.assembly.keep(*digest)?;
        }
        self.encode(body, encoded);
        Ok(place)
    }

    fn encode(&mut self, body: Digest, encoded: Vec<(Encoding, Digest)>) {
        if !encoded.is_empty() {
            self.encoded.insert(body, encoded);
        }
    }

    fn file(
        &mut self,
        path: &str,
        caching: Caching,
        body: Digest,
        (payload, extent): (Payload, Extent),
    ) -> io::Result<()> {
        let content_type = media_type::of(path);
        let mut encoded = Vec::new();
        for (encoding, digest) in self.encoded.get(&body).into_iter().flatten() {
            // They have their place already: this only says which.
            let payload = self.assembly.plan.placed(*digest);
            encoded.extend(payload.map(|payload| (*encoding, payload)));
        }
        let plan = &mut self.assembly.plan;
        plan.file(path, content_type, caching, payload, &encoded)
            .map_err(io::Error::other)?;
        self.files.push(File {
            path: path.to_owned(),
            content_type,
            caching,
            digest: body,
            extent,
        });
        Ok(())
    }
}

fn unwritable(error: &io::Error) -> Diagnostic {
    Diagnostic::new("content", format!("cannot pack the site: {error}"))
}

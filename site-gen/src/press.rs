//! Steps 9 and 10: pages are rendered and compressed, and everything goes into
//! the pack, in an order that follows from the site alone.
//!
//! # What is done again
//!
//! A page of the last build is used again if its template would see the same:
//!
//! * all templates, the configuration and the encodings are what they were;
//! * the values that the template is given are equal to those before;
//! * every function it called answers what it answered ([`crate::functions::calls`]).
//!
//! Nothing else is given to a template, so nothing else can matter. Values are
//! shared between builds, and equal ones are told by their address; so the
//! cost of a build after an edit is what the edit changed, and a walk over the
//! pages.

mod compress;
mod layout;
pub(crate) mod pack_file;

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;
use std::sync::Arc;

use foldhash::fast::RandomState;
use rayon::prelude::*;
use site_pack::Encoding;
use site_pack::plan::{Digest, digest};
use tera::Tera;

use crate::body::{Body, Changed};
use crate::config::Config;
use crate::config::value::ConfigValues;
use crate::diagnostic::Diagnostic;
use crate::functions::calls::{Call, CallId};
use crate::functions::{Knowledge, Wanted};
use crate::jobs::Job;
use crate::limits::{FEW_PAGES, MAX_EARLY_PAGES, MAX_PATCHED_PART, MAX_RENDER_TIME};
use crate::minify;
use crate::output::media_type;
use crate::output::{Besides, Built, File, Made, Policy, check_path};
use crate::render;
use crate::search::{self, IndexFormat, Pages, Pending, Sources};
use crate::site_layout::ROBOTS;
use crate::source::Source;
use crate::theme::Theme;
use crate::viewer::Part;
use crate::zone::Zone;
use crate::{Compression, Keep, Options};
use layout::{Fresh, Layout};
use pack_file::{Assembly, PackError, PackFile};

/// What pages are rendered with.
pub(crate) struct Press<'a> {
    pub(crate) config: &'a Config,
    /// The configuration as templates see it.
    pub(crate) config_values: &'a ConfigValues,
    pub(crate) theme: &'a Theme,
    pub(crate) engine: Arc<Tera>,
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) zones: Vec<Zone>,
    /// What is left to do for the search index.
    pub(crate) search: Pending,
    pub(crate) options: &'a Options,
    /// Whether nothing is known to be wrong: what is may change any page.
    pub(crate) is_sound: bool,
}

/// The pages of a build, and what they were made with: for the next one.
#[derive(Debug)]
pub(crate) struct Pressed {
    templates: BTreeMap<String, Source>,
    config_values: ConfigValues,
    config: Source,
    compression: Compression,
    /// In the order of the jobs.
    pages: Vec<Kept>,
    calls: Vec<Call>,
    /// The files whose names say what is in them.
    named: HashMap<Arc<str>, Digest>,
    /// The files that are no pages, by path: comparing is less than hashing.
    made: HashMap<Arc<str>, (Arc<Vec<u8>>, Digest)>,
    encoded: Encoded,
    pack: Arc<PackFile>,
    /// The pack before that one: the next can be written over it.
    spare: Option<Arc<PackFile>>,
}

/// The encodings of each body.
type Encoded = HashMap<Digest, Vec<(Encoding, Digest)>, RandomState>;

/// A page, and what it depends on.
#[derive(Clone, Debug)]
struct Kept {
    job: Arc<Job>,
    calls: Arc<[CallId]>,
    body: Digest,
}

impl Pressed {
    /// For each job, the page of the same path.
    fn of(&self, jobs: &[Arc<Job>]) -> Vec<Option<&Kept>> {
        let by_path = LazyCell::new(|| -> HashMap<&str, usize, RandomState> {
            let paths = self.pages.iter().map(|page| &*page.job.path);
            paths.zip(0..).collect()
        });
        let mut next = 0;
        let mut find = |job: &Job| {
            // The order is seldom another than it was.
            let in_order = self.pages.get(next).is_some_and(|p| p.job.path == job.path);
            if !in_order {
                next = *by_path.get(&*job.path)?;
            }
            next += 1;
            self.pages.get(next - 1)
        };
        jobs.iter().map(|job| find(job)).collect()
    }
}

impl Press<'_> {
    /// Makes the pack.
    pub(crate) fn press(
        self,
        jobs: &[Arc<Job>],
        besides: Besides,
    ) -> Result<Built, Vec<Diagnostic>> {
        let cache = &self.options.cache;
        let mut last = cache.take_pressed();
        let like = last.as_mut().filter(|last| self.is_like(last));
        match self.run(jobs, besides, like) {
            Ok((built, pressed)) => {
                if self.options.keep == Keep::Everything {
                    cache.put_pressed(Some(pressed));
                }
                // Nobody waits until what is left of the last build is gone; but
                // its pack may be needed at once.
                if let Some(Pressed { pages, calls, .. }) = last {
                    rayon::spawn(move || drop((pages, calls)));
                }
                cache.forget_unused();
                Ok(built)
            }
            Err(faults) => {
                // The last good build is still what there is.
                cache.put_pressed(last);
                cache.forget_unused_by_texts();
                Err(faults)
            }
        }
    }

    /// Whether pages of an earlier build could be used at all.
    fn is_like(&self, last: &Pressed) -> bool {
        last.compression == self.options.compression
            && last.config.text == self.config.source.text
            && last.config_values == *self.config_values
            && last.templates == *self.theme.templates()
    }

    fn run(
        &self,
        jobs: &[Arc<Job>],
        besides: Besides,
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
        let assembly = match pack {
            Some(pack) if few => Assembly::patched(spare, pack),
            pack => Assembly::written(pack),
        };
        let assembly = assembly.map_err(|error| vec![unwritable(&error.into())])?;
        let mut layout = Layout {
            assembly,
            last,
            cache: &self.options.cache,
            files: Vec::with_capacity(jobs.len()),
            pages: Vec::with_capacity(jobs.len()),
            encoded: Encoded::default(),
            named: HashMap::new(),
            made: HashMap::new(),
            result: Ok(()),
        };
        let mut waiting = kept.into_iter();
        let first = self.looked_at(&to_render);
        let (mut early, mut calls) = (Vec::with_capacity(first.len()), Vec::new());
        let progress = &self.options.progress;
        progress.begin("making pages", rendered);
        render::render(
            (to_render, &first),
            (&self.engine, self.theme),
            MAX_RENDER_TIME,
            self.finisher(),
            |page| {
                let (body, digest) = page.made.body();
                early.push((Arc::clone(&page.job), body, digest));
                calls.extend(&page.calls);
                if early.len() == first.len() {
                    self.show(&early, mem::take(&mut calls), &besides);
                }
            },
            |page| {
                layout.keep_until_gap(&mut waiting);
                layout.page(page);
                progress.advance();
            },
        )
        .map_err(|mut failures| {
            failures.look_further(&self.engine, self.theme);
            failures.told()
        })?;
        layout.keep_until_gap(&mut waiting);
        let wants = self.wants(&layout.pages, &besides, last)?;
        let (redirects, made) = (besides.redirects, besides.files);
        for file in made {
            layout.made(&file, self.options);
        }
        for wanted in wants {
            layout.wanted(wanted, self);
        }
        if let Pending::OfPages(sources) = &self.search {
            self.index(sources, &mut layout)?;
        }
        self.finish(layout, redirects.into_iter().collect(), rendered)
            .map_err(|error| vec![unwritable(&error)])
    }

    /// The numbers of the jobs whose pages someone looks at, if the rest takes long.
    fn looked_at(&self, jobs: &[Arc<Job>]) -> Vec<usize> {
        if jobs.len() <= FEW_PAGES || !self.is_sound {
            return Vec::new();
        }
        let pages = self.options.viewers.pages();
        let is_seen = |(_, job): &(usize, &Arc<Job>)| pages.contains(&*job.path);
        let seen = jobs.iter().enumerate().filter(is_seen);
        seen.map(|(index, _)| index).take(MAX_EARLY_PAGES).collect()
    }

    /// Shows pages, with the files that are there already.
    fn show(&self, pages: &[(Arc<Job>, Body, Digest)], calls: Vec<CallId>, besides: &Besides) {
        let of_page = |(job, body, _): &(Arc<Job>, Body, _)| (Arc::clone(&job.path), body.clone());
        let of_file = |file: &Made| (Arc::clone(&file.path), file.body.clone());
        // Pictures that are made for them come with the rest of the site.
        let of_wanted = |wanted| match wanted {
            Wanted::Fingerprinted { name, path } => {
                Some((name.into(), self.knowledge.files.get(&path)?.clone()))
            }
            Wanted::Picture { .. } => None,
        };
        let files = besides.files.iter().map(of_file);
        let wanted = self.knowledge.calls.wants(calls);
        let wanted = wanted.into_iter().filter_map(of_wanted);
        self.options.viewers.show(Part {
            files: files
                .chain(wanted)
                .chain(pages.iter().map(of_page))
                .collect(),
            pages: pages
                .iter()
                .map(|(job, _, digest)| (Arc::clone(&job.path), *digest))
                .collect(),
        });
    }

    /// What is done with a rendered page, on the thread that rendered it.
    fn finisher(&self) -> impl Fn(&Job, Vec<u8>) -> Fresh + Send + Sync + 'static {
        let (compression, cache) = (self.options.compression, Arc::clone(&self.options.cache));
        let minify = self.config.assets.minify_html;
        move |job: &Job, text: Vec<u8>| {
            let content_type = media_type::of(&job.path);
            let text = if minify && content_type == media_type::HTML {
                minify::html::minify(&text)
            } else {
                text
            };
            Fresh::new(content_type, text, compression, &cache)
        }
    }

    /// Adds the index that is made of pages.
    fn index(&self, sources: &Sources, layout: &mut Layout<'_>) -> Result<(), Vec<Diagnostic>> {
        // What could not be written is told in the end.
        let (Some(paths), Ok(())) = (sources.pages(), &layout.result) else {
            return Ok(());
        };
        let made: HashMap<&str, Digest> = layout
            .files
            .iter()
            .map(|file| (&*file.path, file.digest))
            .collect();
        let pages = Pages {
            list: paths
                .filter_map(|path| Some((Arc::clone(path), *made.get(&**path)?)))
                .collect(),
            read: &|digest| layout.assembly.read_payload(digest),
        };
        let Options {
            cache,
            progress,
            pagefind,
            ..
        } = self.options;
        let files = sources.of_pages(&pages, pagefind, (cache, progress));
        for file in files.map_err(|fault| vec![fault])? {
            layout.made(&file, self.options);
        }
        Ok(())
    }

    /// What functions want. Pictures among it that the last pack does not have
    /// are made, several at once.
    fn wants(
        &self,
        pages: &[Kept],
        besides: &Besides,
        last: Option<&Pressed>,
    ) -> Result<BTreeSet<Wanted>, Vec<Diagnostic>> {
        let calls = pages.iter().flat_map(|page| page.calls.iter().copied());
        let calls = calls.chain(besides.calls.iter().copied());
        let wants = self.knowledge.calls.wants(calls);
        let unplaceable: Vec<Diagnostic> = wants
            .iter()
            .filter_map(|wanted| self.check_wanted(wanted))
            .collect();
        if !unplaceable.is_empty() {
            return Err(unplaceable);
        }
        let is_there = |name: &str| last.is_some_and(|last| last.named.contains_key(name));
        let Knowledge { gallery, files, .. } = self.knowledge;
        let mut pictures = Vec::new();
        for wanted in &wants {
            match wanted {
                Wanted::Picture { path, recipe, name } if is_there(name) => {
                    gallery.keep(path, recipe, files);
                }
                Wanted::Picture { path, recipe, .. } => pictures.push((path.as_str(), *recipe)),
                Wanted::Fingerprinted { .. } => {}
            }
        }
        let faults = gallery.make(&pictures, files, &self.options.progress);
        if faults.is_empty() {
            return Ok(wants);
        }
        let faults = faults.into_iter().map(|(path, fault)| {
            let file = self.knowledge.file_of(&path);
            fault.of_file(file)
        });
        Err(faults.collect())
    }

    /// What is wrong with the name of what a function wants: it is longer than that
    /// of the file that it is made of.
    fn check_wanted(&self, wanted: &Wanted) -> Option<Diagnostic> {
        let (Wanted::Fingerprinted { name, path } | Wanted::Picture { name, path, .. }) = wanted;
        let (message, expected) = check_path(name)?;
        Some(Diagnostic::new(self.knowledge.file_of(path), message).expected(expected))
    }

    /// For each job, the page of the last build if it is what it would be now.
    fn kept<'l>(&self, last: &'l Pressed, jobs: &[Arc<Job>]) -> Vec<Option<Kept>> {
        let sees_the_same = |(job, page): (&Arc<Job>, Option<&'l Kept>)| {
            page.filter(|page| page.job.template == job.template && page.job.seen == job.seen)
        };
        let before = jobs.par_iter().zip(last.of(jobs));
        let before: Vec<Option<&Kept>> = before.map(sees_the_same).collect();
        // Each different call is asked again once.
        let mut again: Vec<Option<CallId>> = vec![None; last.calls.len()];
        let mut is_asked = vec![false; last.calls.len()];
        for &id in before.iter().flatten().flat_map(|page| &*page.calls) {
            let id = id as usize;
            if !mem::replace(&mut is_asked[id], true) {
                again[id] = self.knowledge.ask_again(&last.calls[id]);
            }
        }
        let keep = |(job, page): (&Arc<Job>, Option<&Kept>)| {
            let page = page?;
            let numbers = page.calls.iter().map(|&id| (id, again[id as usize]));
            let calls = match numbers.clone().all(|(id, now)| now == Some(id)) {
                true => Arc::clone(&page.calls),
                false => numbers.map(|(_, now)| now).collect::<Option<_>>()?,
            };
            let job = Arc::clone(job);
            let body = page.body;
            Some(Kept { job, calls, body })
        };
        jobs.par_iter().zip(before).map(keep).collect()
    }

    /// Where the machine, which has all of its host, leads those who do not know the
    /// path of the site: visitors, and programs that know one place alone (RFC 9309,
    /// 2.3). The site itself has no part in it: elsewhere, these are other sites'.
    fn of_host(&self, files: &[File]) -> Vec<(String, String)> {
        let places = ["/".to_owned(), format!("/{ROBOTS}")].into_iter();
        let places = places.filter(|_| !self.config.base.root().is_empty());
        let leads = places.filter_map(|place| {
            let address = self.config.address(&place);
            let is_there = files.iter().any(|file| *file.path == *address);
            is_there.then_some((place, address))
        });
        leads.collect()
    }

    /// What scripts of the generator need.
    fn policy(&self) -> Policy {
        let has_pagefind = search::format(self.config) == IndexFormat::Pagefind;
        match has_pagefind && search::is_searched(self.config) {
            true => Policy::WebAssembly,
            false => Policy::Strict,
        }
    }

    fn finish(
        &self,
        mut layout: Layout<'_>,
        redirects: Vec<(String, String)>,
        rendered: usize,
    ) -> Result<(Built, Pressed), PackError> {
        layout.result?;
        let domain = self.config.domain.clone();
        let plan = |layout: &mut Assembly, name: &str, bytes: &[u8]| -> Result<(), PackError> {
            let (payload, _) = layout.add(digest(bytes), bytes.to_vec())?;
            Ok(layout.plan.part(name, payload)?)
        };
        let of_host = self.of_host(&layout.files);
        let assembly = &mut layout.assembly;
        for (from, to) in redirects.iter().chain(&of_host) {
            assembly.plan.redirect(from, to)?;
        }
        plan(assembly, "domain", domain.as_bytes())?;
        let policy = self.policy();
        if policy == Policy::WebAssembly {
            plan(assembly, "policy", b"webassembly")?;
        }
        for zone in &self.zones {
            plan(
                assembly,
                &format!("zone/{}", zone.name()),
                zone.text.as_bytes(),
            )?;
        }
        let (assembly, mut files) = (layout.assembly, layout.files);
        let sort = || files.sort_by(|a, b| a.path.cmp(&b.path));
        let (pack, ()) = rayon::join(|| assembly.finish(), sort);
        let pack = Arc::new(pack?);
        let pressed = Pressed {
            templates: self.theme.templates().clone(),
            config_values: self.config_values.clone(),
            config: self.config.source.clone(),
            compression: self.options.compression,
            pages: layout.pages,
            calls: self.knowledge.calls.all(),
            encoded: layout.encoded,
            named: layout.named,
            made: layout.made,
            pack: Arc::clone(&pack),
            spare: layout.last.map(|last| Arc::clone(&last.pack)),
        };
        let built = Built {
            files,
            redirects,
            zones: self.zones.clone(),
            domain,
            root: self.config.base.root().to_owned(),
            rendered,
            pack,
            policy,
            search: match &self.search {
                Pending::OnDemand(index) => Some(Arc::clone(index)),
                Pending::OfPages(_) | Pending::Nothing => None,
            },
        };
        Ok((built, pressed))
    }
}

fn unwritable(error: &PackError) -> Diagnostic {
    if let PackError::File(error) = error
        && let Some(fault) = Changed::told(error)
    {
        return fault;
    }
    let fault = Diagnostic::new("content", format!("cannot pack the site: {error}"));
    match error {
        PackError::File(_) => {
            fault.expected("room for it where temporary files are (TMPDIR names another directory)")
        }
        PackError::Content(_) => fault,
    }
}

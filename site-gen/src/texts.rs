//! Steps 3 and 4 of a build, with what the last one left: documents are read
//! and parsed when their file changed, and rendered when what they are
//! rendered with changed.
//!
//! # What is done again
//!
//! * A file is read again if its stamp is another (inode, length, times), or
//!   was so young when it was read that a later change could have had the same.
//!   It is parsed again, too, if the sections above it cascade something else.
//! * A text is rendered again if its file says something else or has another
//!   history, if the configuration changed, or where one of its links leads, and,
//!   where it has shortcodes, if a template changed, what they see of the
//!   configuration (the theme has a part in that) or of its page, or what a function
//!   that they called answers. What a text shows of a picture,
//!   and what its alerts are called, are such answers. Links of headings are like
//!   shortcodes if a template makes them; that template may come and go, too.
//! * A text that shows pictures which nobody has made yet is rendered again when
//!   they are: what is shown depends on what came of them.

mod again;
mod read;
pub(crate) mod sorted;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

pub(crate) use text::Text;

use crate::Keep;
use crate::assets::Content;
use crate::cache::Highlighted;
use crate::config::Config;
use crate::config::value::ConfigValues;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::cascade::Inherited;
use crate::document::front_matter::{AnchorLinks, Kind};
use crate::document::history::History;
use crate::functions::Knowledge;
use crate::functions::calls::{self, Call};
use crate::library::{Ids, Orders};
use crate::markdown::{ANCHOR_LINK, Rendered, Renderer, Targets};
use crate::output::feed::FeedMemory;
use crate::references::{Changes, are_alike};
use crate::source::{Found, Source};
use crate::theme::Theme;
use crate::values::KeptValues;
use again::AskAgain;
use read::Read;
use sorted::{Keyed, Sorted};

/// The paths of documents by file.
pub(crate) type Paths = Arc<BTreeMap<Arc<str>, Arc<str>>>;

/// A document and its text.
pub(crate) type WithText = (Arc<Document>, Arc<Text>);

/// The documents of the last build.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Whether this build leaves anything here.
    keep: Keep,
    /// The configuration that they were read with.
    config: String,
    parsed: ByKind,
    /// What they were rendered with.
    targets: Targets,
    templates: BTreeMap<String, Source>,
    /// The configuration as templates see it: it has what the theme says, too.
    config_values: ConfigValues,
    /// Whether one of them is for links of headings.
    had_anchor_link: bool,
    rendered: Sorted<Kept>,
    calls: Vec<Call>,
    /// What changed since all links were good; or they were not.
    changes: Option<Changes>,
    /// What was made of them for templates.
    pub(crate) values: KeptValues,
    /// The feeds that were made of them.
    pub(crate) feeds: FeedMemory,
    /// And the order that they are listed in.
    orders: Orders,
    /// The roots that no file describes, by language.
    roots: HashMap<String, Arc<Document>>,
    /// The same one while no file comes, goes, or moves.
    index: (Paths, Ids),
}

/// Sections and pages, as the former are read before the latter.
#[derive(Debug, Default)]
struct ByKind {
    sections: Sorted<Box<Parsed>>,
    pages: Sorted<Box<Parsed>>,
}

impl ByKind {
    /// Adds what comes after all others of its kind.
    fn push(&mut self, parsed: Box<Parsed>, kind: Kind) {
        match kind {
            Kind::Section => self.sections.push(parsed),
            Kind::Page => self.pages.push(parsed),
        }
    }
}

#[derive(Debug)]
struct Parsed {
    found: Found,
    inherited: Option<Arc<Inherited>>,
    document: Arc<Document>,
}

#[derive(Debug)]
struct Kept {
    document: Arc<Document>,
    anchor_links: AnchorLinks,
    text: Arc<Text>,
    /// The code in it, which the cache keeps for as long as somebody holds it.
    highlighted: Vec<Highlighted>,
}

impl Keyed for Box<Parsed> {
    fn key(&self) -> &str {
        &self.document.id
    }
}

impl Keyed for Kept {
    fn key(&self) -> &str {
        &self.document.id
    }
}

impl Texts {
    pub(crate) fn keep(&mut self, keep: Keep) {
        self.keep = keep;
        self.values.keep = keep;
        self.feeds.keep = keep;
    }

    /// Reads and parses all documents. Those with faults are of no use to a
    /// later build, but to this one: there may be others in their texts. Adds
    /// those that cannot be read at all to `lost`.
    pub(crate) fn parse(
        &mut self,
        site: &Path,
        content: &Content,
        config: &Config,
        history: &History,
        lost: &mut BTreeSet<String>,
    ) -> (Vec<Arc<Document>>, Vec<Diagnostic>) {
        if self.config != config.source.text {
            let keep = self.keep;
            *self = Self {
                config: config.source.text.clone(),
                ..Self::default()
            };
            self.keep(keep);
        }
        let known = mem::take(&mut self.parsed);
        let read = Read {
            site,
            config,
            history,
            keep: self.keep,
        };
        let files = content.markdown.iter().enumerate();
        let is_section = |id: &str| Document::kind_of(id, config) == Kind::Section;
        let (sections, pages): (Vec<_>, Vec<_>) = files.partition(|(_, (id, _))| is_section(id));
        // What pages inherit is known when all sections are.
        let (mut parsed, cascades) = read.sections(sections, known.sections);
        parsed.extend(read.pages(&pages, known.pages, &cascades));
        parsed.sort_unstable_by_key(|(at, _)| *at);
        let mut faults = Vec::new();
        let mut documents = Vec::with_capacity(parsed.len());
        for ((_, parsed), (id, found)) in parsed.into_iter().zip(&content.markdown) {
            match parsed {
                Ok((parsed, document)) => {
                    if self.keep == Keep::Everything {
                        self.parsed.push(parsed, document.kind);
                    }
                    documents.push(document);
                }
                Err(more) => {
                    faults.extend(more);
                    match read.despite(id, &found.file) {
                        Some(document) => documents.push(document),
                        None => _ = lost.insert(id.clone()),
                    }
                }
            }
        }
        (documents, faults)
    }

    /// The paths of documents by file, and which page or section each of them
    /// is.
    pub(crate) fn index(&mut self, documents: &[Arc<Document>]) -> (Paths, Ids) {
        let now = || {
            let documents = documents.iter();
            documents.map(|document| (&document.id, &document.path))
        };
        let (paths, ids) = &mut self.index;
        // Names are shared between builds, and equal ones are seldom another's.
        if !now().eq(paths.iter()) {
            let cloned = || now().map(|(id, path)| (Arc::clone(id), Arc::clone(path)));
            let (cloned, new) = rayon::join(|| cloned().collect(), || Ids::new(documents));
            (*paths, *ids) = (Arc::new(cloned), new);
        }
        (Arc::clone(paths), ids.clone())
    }

    /// The order of documents, if this build leaves one.
    pub(crate) fn orders(&mut self) -> Option<&mut Orders> {
        (self.keep == Keep::Everything).then_some(&mut self.orders)
    }

    /// The documents that could be read.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Arc<Document>> {
        let ByKind { sections, pages } = &self.parsed;
        let all = sections.iter().chain(pages.iter());
        all.map(|parsed| Arc::clone(&parsed.document))
    }

    /// The section that stands for a missing `_index.md`: always the same one.
    pub(crate) fn implicit_root(&mut self, lang: &str, config: &Config) -> Arc<Document> {
        let root = self.roots.entry(lang.to_owned());
        let root = root.or_insert_with(|| Arc::new(Document::implicit_root(lang, config)));
        Arc::clone(root)
    }

    /// Leaves to the next build what is whole.
    fn store(&mut self, made: Vec<Made>) -> (Vec<WithText>, Vec<Diagnostic>) {
        let mut faults = Vec::new();
        let mut done = Vec::with_capacity(made.len());
        for made in made {
            let (document, text) = (made.document, made.text);
            faults.extend(made.faults);
            if self.keep == Keep::Everything && !text.is_partial {
                self.rendered.push(Kept {
                    document: Arc::clone(&document),
                    anchor_links: made.anchor_links,
                    text: Arc::clone(&text),
                    highlighted: made.highlighted,
                });
            }
            let now = (document, text);
            if let (Some(changes), Some(before)) = (&mut self.changes, made.anew) {
                changes.note_text(&now.0);
                // What names a document that was not there is made anew, too.
                let was_there = self.targets.path(&now.0.id).is_some();
                if was_there && !before.is_some_and(|before| are_alike(&before, &now)) {
                    changes.note_target(&now.0);
                }
            }
            done.push(now);
        }
        (done, faults)
    }

    /// What changed since all links were good; nothing is known if they were not.
    pub(crate) fn changes(&self) -> Option<&Changes> {
        self.changes.as_ref()
    }

    /// Takes note of whether all links are good now.
    pub(crate) fn have_good_links(&mut self, good: bool) {
        self.changes = good.then(Changes::default);
    }

    /// Renders the text of all documents. One with faults stays: there may be
    /// others in what it refers to.
    pub(crate) fn render(
        &mut self,
        documents: Vec<(Arc<Document>, AnchorLinks)>,
        renderer: &Renderer<'_>,
        knowledge: &Knowledge,
    ) -> (Vec<WithText>, Vec<Diagnostic>) {
        let mut known = mem::take(&mut self.rendered);
        let changed = renderer.targets.changed_since(&self.targets);
        let templates = renderer.theme.map(Theme::templates);
        let same_to_templates = templates.is_some_and(|templates| *templates == self.templates)
            && *renderer.config_values == self.config_values;
        let has_anchor_link = renderer.theme.is_some_and(|theme| theme.has(ANCHOR_LINK));
        let same_anchor_link = self.had_anchor_link == has_anchor_link;
        let again = AskAgain::new(&self.calls, &known, knowledge);
        renderer.progress.begin("reading text", documents.len());
        let documents: Vec<_> = documents
            .into_iter()
            .map(|(document, anchor_links)| {
                let known = known.take(&document.id);
                (document, anchor_links, known)
            })
            .collect();
        let is_same = |document: &Arc<Document>, anchor_links, kept: &Kept| {
            Arc::ptr_eq(&kept.document, document)
                && kept.anchor_links == anchor_links
                && !changed.concerns(&kept.text.asked)
                && (same_to_templates || !kept.text.has_shortcodes)
                && (same_anchor_link || !kept.text.has_anchor_links)
                && kept.text.is_described_by(|| (renderer.describe)(document))
        };
        let mut made: Vec<Made> = documents
            .into_par_iter()
            .map(|(mut document, anchor_links, known)| {
                let kept = known.as_ref();
                let kept = kept.filter(|kept| is_same(&document, anchor_links, kept));
                let kept = kept.and_then(|kept| again.text(&kept.text));
                let (text, highlighted, faults, anew) = match kept {
                    Some(text) => {
                        text.keep(&renderer.studio);
                        let highlighted = known.map(|kept| kept.highlighted);
                        (text, highlighted.unwrap_or_default(), Vec::new(), None)
                    }
                    None => {
                        let (text, highlighted, faults) =
                            render_one(&mut document, anchor_links, renderer);
                        let before = known.map(|kept| (kept.document, kept.text));
                        (text, highlighted, faults, Some(before))
                    }
                };
                renderer.progress.advance();
                Made {
                    document,
                    anchor_links,
                    text,
                    highlighted,
                    faults,
                    anew,
                }
            })
            .collect();
        render_waiting(&mut made, renderer, knowledge);
        renderer.studio.close();
        let (done, faults) = self.store(made);
        if self.keep == Keep::Everything {
            self.targets = renderer.targets.clone();
            self.templates = templates.cloned().unwrap_or_default();
            self.config_values = renderer.config_values.clone();
            self.had_anchor_link = has_anchor_link;
            self.calls = knowledge.calls.all();
        }
        (done, faults)
    }
}

/// A document, its text, and what is wrong with that.
struct Made {
    document: Arc<Document>,
    anchor_links: AnchorLinks,
    text: Arc<Text>,
    highlighted: Vec<Highlighted>,
    faults: Vec<Diagnostic>,
    /// Whether the text was made anew; and what the last build left of it, if
    /// anything.
    anew: Option<Option<WithText>>,
}

/// Makes the pictures that texts wait for, and renders these again.
fn render_waiting(made: &mut [Made], renderer: &Renderer<'_>, knowledge: &Knowledge) {
    let gallery = &knowledge.gallery;
    if gallery.make_waiting(&knowledge.files, renderer.progress) {
        let waiting = made.par_iter_mut().filter(|made| made.text.waits);
        waiting.for_each(|made| {
            (made.text, made.highlighted, made.faults) =
                render_one(&mut made.document, made.anchor_links, renderer);
        });
    }
}

fn render_one(
    document: &mut Arc<Document>,
    anchor_links: AnchorLinks,
    renderer: &Renderer<'_>,
) -> (Arc<Text>, Vec<Highlighted>, Vec<Diagnostic>) {
    let (mut rendered, calls) = match recall(document, renderer.site) {
        Ok(()) => calls::record(|| renderer.render(document, anchor_links)),
        Err(fault) => {
            let faults = vec![fault];
            let lost = Rendered {
                faults,
                ..Rendered::default()
            };
            (lost, Vec::new())
        }
    };
    if let (Keep::Nothing, Some(document)) = (renderer.keep, Arc::get_mut(document)) {
        document.forget_text();
    }
    let permalink = renderer.base.permalink(&document.path);
    // Where its text begins is not known.
    rendered.is_partial |= document.is_broken && document.body.is_empty();
    let highlighted = mem::take(&mut rendered.highlighted);
    let faults = rendered.faults.clone();
    let text = Arc::new(Text::new(rendered, calls, &permalink));
    (text, highlighted, faults)
}

/// Reads a text again that is not in memory.
fn recall(document: &mut Arc<Document>, site: &Path) -> Result<(), Diagnostic> {
    match document.is_forgotten() {
        true => Arc::make_mut(document).recall(site),
        false => Ok(()),
    }
}

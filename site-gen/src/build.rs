//! The pipeline: one statement for each step.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, MutexGuard};
use std::{iter, mem};

use tera::Tera;

use crate::assets::{self, Content, StaticFile};
use crate::config::Config;
use crate::config::doubts::Doubts;
use crate::config::value::ConfigValues;
use crate::data::files::DataFiles;
use crate::diagnostic::Diagnostic;
use crate::diagram::Studio;
use crate::document::Document;
use crate::document::front_matter::AnchorLinks;
use crate::document::history::History;
use crate::faults::findings::{Findings, Told};
use crate::faults::{self, Faults, Templates};
use crate::functions::{self, Knowledge};
use crate::jobs::jobs;
use crate::library::Library;
use crate::markdown::{Renderer, Targets};
use crate::output::collect::collect;
use crate::output::{Built, Output};
use crate::picture::Gallery;
use crate::plan::plan;
use crate::press::Press;
use crate::render::Patience;
use crate::render::failures::Failures;
use crate::sass;
use crate::search::{self, OnDemand, Pending};
use crate::texts::{Paths, Text, Texts};
use crate::theme::Theme;
use crate::theme::translations::ThemeTexts;
use crate::url::ancestors;
use crate::values::{self, KeptValues, Values, Wishes};
use crate::zone::{self, Zone};
use crate::{Drafts, Indexing, Mode, Options};

/// Builds the site in a directory.
///
/// # Errors
///
/// What is wrong with the site, in order of file and place.
pub fn build(site: &Path, options: &Options) -> Result<Built, Told> {
    run(site, options).map_err(|failed| faults::at_lines(site, failed.found).tell())
}

/// A site while it is written: what became of it, what is wrong with it, or both.
#[derive(Debug)]
pub struct Preview {
    /// The site, also where nothing is wrong that would change the rest of a page: links and
    /// pictures that lead nowhere, two things of one address, a zone.
    pub built: Option<Built>,
    /// What is wrong, in order of file and place.
    pub faults: Option<Told>,
}

/// Builds a site for those who write it: one that is not to be published, as its
/// [`Mode`] says.
pub fn preview(site: &Path, options: &Options) -> Preview {
    match run(site, options) {
        Ok(built) => Preview {
            built: Some(built),
            faults: None,
        },
        Err(failed) => Preview {
            built: failed.tried.map(|built| *built),
            faults: Some(faults::at_lines(site, failed.found).tell()),
        },
    }
}

/// A site that has faults.
#[derive(Default)]
pub(crate) struct Failed {
    pub(crate) found: Findings,
    /// What became of one that is not to be published, if none of them changes pages but
    /// where a link or picture is.
    pub(crate) tried: Option<Box<Built>>,
}

impl<T: Into<Findings>> From<T> for Failed {
    fn from(found: T) -> Self {
        Self {
            found: found.into(),
            tried: None,
        }
    }
}

/// The same, with all that is wrong.
pub(crate) fn run(site: &Path, options: &Options) -> Result<Built, Failed> {
    let mut faults = Faults::default();
    let (content, config) = begin(site, options, &mut faults)?;
    let zones = zone::read_all(site, &content.zones);
    let Some(config) = config else {
        faults.take(zones);
        return Err(faults.found.into());
    };
    let theme = read_theme(site, &config, &mut faults);
    if config.doubts.content() {
        return Err(of_templates(theme.as_ref(), &config, faults).into());
    }
    let history = read_history(site, &config, options, &mut faults);
    let mut last = options.cache.last_texts(options.keep);
    options.progress.begin("reading", 0);
    let of_site = (site, &content, &config);
    let (documents, lost) = parse(of_site, &history, options.drafts, &mut last, &mut faults);
    let (places, ids) = last.index(&documents);
    let paths = Arc::new(content.paths(&documents, &config));
    let bundles = assets::by_bundle(&paths, &documents);
    let theme = theme.as_ref();
    let site_files = (site, &content, &*paths);
    let files = read_files(site_files, theme, &config, options, &mut faults);
    let site_files = (site, content, files.as_slice());
    let knowledge = know(
        (&places, &paths),
        site_files,
        (&config, theme),
        options,
        &faults,
    );
    let config_values = ConfigValues::new(&config, theme.map_or(&Vec::new(), |theme| &theme.extra));
    let configs = (&config, &config_values);
    let templates = faults.compile(theme, &functions_for(&knowledge, configs));
    let renderer = Renderer {
        describe: &|document| values::before_text(document, &bundles, &config),
        keep: options.keep,
        site,
        base: &config.base,
        targets: Targets::new(places, paths, lost).at(&config.base, &faults.drafts),
        unsure: &faults.unsure,
        config: config.markdown,
        external_links: &config.external_links,
        config_values: &config_values,
        progress: &options.progress,
        studio: Studio::new(&options.diagrams, &options.cache),
        knowledge: &knowledge,
        theme,
        engine: templates
            .compiled
            .as_ref()
            .filter(|_| faults.unsure.knows_values()),
        patience: &Patience::default(),
    };
    let documents = with_anchor_links(documents, &config);
    let (rendered, more) = last.render(documents, &renderer, &knowledge);
    let library = Library::assemble(rendered, ids, bundles, &config, last.orders());
    let draft = Draft {
        site,
        options,
        config: &config,
        config_values: &config_values,
        theme,
        templates,
        knowledge: &knowledge,
        zones,
        files: &files,
        of_texts: knowledge.data.place(more),
    };
    with_misspelt(draft.finish(library, last, faults), theme)
}

/// What became of a site, and the arguments in its templates that are misspelt: these
/// take the place of what comes of them.
fn with_misspelt(made: Result<Built, Failed>, theme: Option<&Theme>) -> Result<Built, Failed> {
    let misspelt = theme.map(Theme::misspelt_arguments).unwrap_or_default();
    let line = |fault: &Diagnostic| fault.place.as_ref().map(|place| place.line);
    let is_because = |fault: &Diagnostic, of: &Diagnostic| {
        (&fault.file, line(fault), &fault.cause) == (&of.file, line(of), &of.cause)
    };
    match made {
        Ok(built) if misspelt.is_empty() => Ok(built),
        Ok(_) => Err(misspelt.into()),
        Err(mut failed) => {
            let is_other = |fault: &_| !misspelt.iter().any(|of| is_because(fault, of));
            failed.found = failed.found.filter(is_other);
            failed.found.extend(misspelt);
            Err(failed)
        }
    }
}

/// A site whose texts are read, and what it needs on the rest of the way.
struct Draft<'a> {
    site: &'a Path,
    options: &'a Options,
    config: &'a Config,
    config_values: &'a ConfigValues,
    theme: Option<&'a Theme>,
    templates: Templates,
    knowledge: &'a Arc<Knowledge>,
    zones: Result<Vec<Zone>, Vec<Diagnostic>>,
    files: &'a [StaticFile],
    /// What is wrong with its texts.
    of_texts: Vec<Diagnostic>,
}

impl Draft<'_> {
    /// Steps 6 to 10.
    fn finish(
        self,
        library: Library,
        mut last: MutexGuard<'_, Texts>,
        mut faults: Faults,
    ) -> Result<Built, Failed> {
        let (options, config) = (self.options, self.config);
        let is_written = options.mode != Mode::Build;
        let may_try = is_written && faults.is_empty() && are_of_links(&library);
        faults.add(self.of_texts);
        let (mut pages, mut more) = plan(&library, self.theme, config);
        more.extend(search::faults(config, self.theme, self.files));
        let may_try = may_try && more.is_empty();
        faults.add(more);
        // What templates see is only right if all is well so far.
        let ready = faults.is_empty();
        let knows_values = faults.unsure.knows_values();
        let unsure = mem::take(&mut faults.unsure);
        let mut output = {
            let memory = (unsure, &mut last.feeds);
            collect(&library, config, &mut pages, self.files, memory)
        };
        faults.check(&mut output, &library, self.site, &mut last);
        let zones = faults.take(self.zones);
        let search = search_index(&library, config, options, &mut output, &mut faults);
        let (Some(theme), Some(engine)) = (self.theme, self.templates.for_trying()) else {
            options.cache.forget_unused_by_texts();
            return Err(faults.found.into());
        };
        let besides = output.into_besides();
        let configs = (config, self.config_values);
        let see = |kept: &mut KeptValues| {
            let wishes = Wishes::of(&library, theme, config);
            let values = Values::build(library, configs, &wishes, kept);
            self.knowledge.tell(values.listed());
            jobs(pages, &values, configs)
        };
        let jobs = if ready {
            see(&mut last.values)
        } else {
            options.cache.forget_unused_by_texts();
            if !knows_values {
                return Err(faults.found.into());
            }
            let jobs = see(&mut KeptValues::default());
            let failures = Failures::besides_others(jobs.clone(), &engine, theme);
            let may_try = may_try && failures.is_empty();
            faults.add(failures);
            if !may_try {
                return Err(faults.found.into());
            }
            jobs
        };
        drop(last);
        let press = Press {
            config,
            config_values: self.config_values,
            theme,
            engine,
            knowledge: self.knowledge,
            zones: zones.unwrap_or_default(),
            search,
            options,
            is_sound: faults.is_empty(),
        };
        let tried = match press.press(&jobs, besides) {
            Ok(built) if faults.is_empty() => return Ok(built),
            Ok(built) => Some(Box::new(built)).filter(|_| options.mode != Mode::Build),
            // What is wrong with pages may be because of the rest.
            Err(_) if !ready => None,
            Err(more) => {
                faults.add(self.knowledge.data.place(more));
                None
            }
        };
        let found = faults.found;
        Err(Failed { found, tried })
    }
}

/// Whether what is wrong with texts, if anything is, is no more than where they lead.
fn are_of_links(library: &Library) -> bool {
    let is_of_links = |(_, text): (_, &Arc<Text>)| !text.may_have_anchors();
    library.documents().all(is_of_links)
}

/// Steps 1 and 2: which files there are, without those that the configuration
/// ignores.
fn begin(
    site: &Path,
    options: &Options,
    faults: &mut Faults,
) -> Result<(Content, Option<Config>), Vec<Diagnostic>> {
    let (mut content, lost) = Content::survey(site)?;
    let config = faults.take(Config::read(site, options));
    let config = config.map(|(config, more)| {
        content.ignore(&config.ignored, &config.ignored_static);
        content.name_readmes(&config);
        faults.add(more);
        faults.unsure.configuration(&config);
        config
    });
    let doubts = config.as_ref().map(|config| &config.doubts);
    if doubts.is_some_and(Doubts::content) {
        // Any file may be none of the site.
        return Ok((Content::default(), config));
    }
    content.lose(site, &lost);
    faults.add(lost);
    Ok((content, config))
}

/// The theme, if it can be read.
fn read_theme(site: &Path, config: &Config, faults: &mut Faults) -> Option<Theme> {
    let known = !config.doubts.theme();
    let theme = known.then(|| faults.take(Theme::read(site, config)));
    let Some((theme, more)) = theme.flatten() else {
        faults.unsure.theme();
        return None;
    };
    if !more.is_empty() {
        faults.unsure.values();
    }
    for path in &theme.lost {
        faults.unsure.file(&config.base.address_of_file(path));
    }
    faults.add(more);
    Some(theme)
}

fn read_history(
    site: &Path,
    config: &Config,
    options: &Options,
    faults: &mut Faults,
) -> Arc<History> {
    let history = faults.take(History::read(site, config, &options.cache));
    history.unwrap_or_default()
}

/// Step 3: all documents that can be read, and what in `content/` cannot.
fn parse(
    (site, content, config): (&Path, &Content, &Config),
    history: &History,
    drafts: Drafts,
    last: &mut Texts,
    faults: &mut Faults,
) -> (Vec<Arc<Document>>, BTreeSet<String>) {
    let mut lost = content.lost.clone();
    let (mut documents, more) = last.parse(site, content, config, history, &mut lost);
    let may_have_pages = content.may_have_pages || lost.len() > content.lost.len();
    faults.add(more);
    if drafts == Drafts::Exclude {
        let drafts = documents.extract_if(.., |document| document.front.draft);
        let drafts = drafts.map(|draft| (Arc::clone(&draft.id), Arc::clone(&draft.path)));
        faults.drafts = Arc::new(drafts.collect());
    }
    for language in &config.languages {
        let mut own = documents
            .iter()
            .filter(|document| *document.lang == language.code);
        let is_default = language.code == config.default_language().code;
        let is_used = is_default || own.clone().next().is_some();
        if is_used && !own.any(|document| document.is_root()) {
            documents.push(last.implicit_root(&language.code, config));
        }
    }
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    faults.unsure.documents(&documents, config);
    faults.unsure.lost(&lost, &documents, may_have_pages);
    (documents, lost)
}

/// Static files, and style sheets that become some.
fn read_files(
    (site, content, paths): (&Path, &Content, &BTreeMap<String, String>),
    theme: Option<&Theme>,
    config: &Config,
    options: &Options,
    faults: &mut Faults,
) -> Vec<StaticFile> {
    let mut files = assets::read((site, content, paths), theme, config, options, faults);
    let known = theme.filter(|_| !config.doubts.styles());
    let sheets = known.map(|theme| sass::compile(site, theme, config, options));
    match sheets.map(|sheets| faults.take(sheets)) {
        Some(Some(sheets)) => files.extend(sheets),
        Some(None) => faults.unsure.styles(),
        None => {}
    }
    search::add_readers(&mut files, config);
    files
}

/// All that is wrong where nothing is known of texts: what else is, with the templates.
fn of_templates(theme: Option<&Theme>, config: &Config, mut faults: Faults) -> Findings {
    let (value, nothing) = (ConfigValues::new(config, &Vec::new()), Arc::default());
    faults.compile(theme, &functions_for(&nothing, (config, &value)));
    faults.found
}

/// An engine without templates, with all functions.
fn functions_for(
    knowledge: &Arc<Knowledge>,
    (config, config_values): (&Config, &ConfigValues),
) -> Tera {
    functions::engine(knowledge, config, config_values.of_default())
}

/// How each document links its headings: as the nearest section above says.
fn with_anchor_links(
    documents: Vec<Arc<Document>>,
    config: &Config,
) -> Vec<(Arc<Document>, AnchorLinks)> {
    let chosen: HashMap<(&str, &str), AnchorLinks> = documents
        .iter()
        .filter_map(|document| {
            let links = document.front.section.insert_anchor_links?;
            Some(((document.directory.as_str(), &*document.lang), links))
        })
        .collect();
    if chosen.is_empty() {
        let usual = config.markdown.insert_anchor_links;
        return documents.into_iter().zip(iter::repeat(usual)).collect();
    }
    let of = |document: &Document| {
        let links = |directory| chosen.get(&(directory, &*document.lang));
        let nearest = ancestors(&document.directory).find_map(links);
        nearest.map_or(config.markdown.insert_anchor_links, |links| *links)
    };
    let links: Vec<AnchorLinks> = documents.iter().map(|document| of(document)).collect();
    documents.into_iter().zip(links).collect()
}

/// The search index: it joins the output, if all is well so far; or it is left
/// for later: until there are pages, or until somebody asks.
fn search_index<'a>(
    library: &Library,
    config: &'a Config,
    options: &Options,
    output: &mut Output<'a>,
    faults: &mut Faults,
) -> Pending {
    let sources = search::Sources::of(library, config);
    if options.indexing == Indexing::OnDemand {
        let index = OnDemand::new(sources, &options.cache, &options.pagefind);
        return Pending::OnDemand(Arc::new(index));
    }
    if sources.pages().is_some() {
        return Pending::OfPages(sources);
    }
    if faults.is_empty() {
        options.progress.begin("indexing", 0);
        let files = sources.files(&options.cache).map_err(|fault| vec![fault]);
        for file in faults.take(files).unwrap_or_default() {
            output.add(file.path, file.body, file.caching, &config.source.file);
        }
        faults.add(output.take_faults());
    }
    Pending::Nothing
}

/// What can be asked about pictures.
fn gallery(
    content: Content,
    paths: &BTreeMap<String, String>,
    config: &Config,
    options: &Options,
) -> Gallery {
    let files = content.files.into_iter();
    let found = files.filter_map(|(id, found)| Some((paths.get(&id)?.clone(), found)));
    let published = content.published.into_iter();
    let published = published.map(|(place, found)| (config.address(&place), found));
    let found = found.chain(published);
    let (config, mode) = (config.pictures.clone(), options.pictures);
    Gallery::new(config, mode, &options.cache, found.collect())
}

/// What functions can be asked about before any markdown is rendered. Nobody else
/// asks what files there are, once they are read.
fn know(
    (documents, paths): (&Paths, &Arc<BTreeMap<String, String>>),
    (site, content, files): (&Path, Content, &[StaticFile]),
    (config, theme): (&Config, Option<&Theme>),
    options: &Options,
    faults: &Faults,
) -> Arc<Knowledge> {
    let files = files
        .iter()
        .map(|(path, body, _)| (path.clone(), body.clone()));
    Arc::new(Knowledge {
        base: config.base.clone(),
        languages: config.languages.clone(),
        texts: theme.map_or_else(ThemeTexts::default, |theme| theme.texts.clone()),
        documents: Arc::clone(documents),
        paths: Arc::clone(paths),
        files: files.collect(),
        data: DataFiles::new(
            [site, config.root(site, config.theme_directory())],
            config.has_theme().then(|| config.theme.0.clone()),
            (config.base.clone(), config.included.clone()),
            &options.cache,
        ),
        gallery: gallery(content, paths, config, options),
        unsure: faults.unsure.clone(),
        drafts: Arc::clone(&faults.drafts),
        ..Knowledge::default()
    })
}

//! Step 6, the plan: which pages there are, which template each of them has, and
//! what it shows. What templates see of that comes later ([`crate::jobs`]): what is
//! wrong with a site is found with less in memory.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::document::cascade;
use crate::document::front_matter::Kind;
use crate::library::paginator::Paginator;
use crate::library::taxonomy::Taxonomy;
use crate::library::{Library, Page, Section};
use crate::output::feed;
use crate::output::sitemap;
use crate::search;
use crate::site_layout::{
    INDEX, NOT_FOUND, PAGE, ROBOTS, SEARCH, SECTION, SITEMAP, TAXONOMY_LIST, TAXONOMY_SINGLE,
};
use crate::theme::Theme;

/// A page that is to be made.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The path it is served under.
    pub(crate) path: Arc<str>,
    pub(crate) template: Arc<str>,
    pub(crate) lang: Arc<str>,
    pub(crate) shows: Shows,
}

/// What a page shows, by its place in the library.
#[derive(Debug)]
pub(crate) enum Shows {
    /// Nothing in particular.
    Nothing,
    Page(usize),
    /// Or a part of its pages.
    Section(usize, Option<Paginator>),
    /// All terms.
    Taxonomy(usize),
    /// A term of a taxonomy; or a part of its pages.
    Term(usize, usize, Option<Paginator>),
    Feed(Box<feed::Sight>),
    Sitemap(tera::Value),
}

impl Planned {
    /// The file that it is made from, relative to the site.
    pub(crate) fn source<'a>(&self, library: &'a Library, config: &'a Config) -> &'a Path {
        let document = match self.shows {
            Shows::Page(index) => &library.pages[index].document,
            Shows::Section(index, _) => &library.sections[index].document,
            _ => return &config.source.file,
        };
        &document.source.file
    }

    /// What is wrong with its path, where that is said.
    pub(crate) fn fault(&self, message: String, library: &Library, config: &Config) -> Diagnostic {
        match self.shows {
            Shows::Taxonomy(index) => {
                let span = library.taxonomies[index].config.span.clone();
                config.source.at(span, message)
            }
            Shows::Term(taxonomy, term, _) => {
                let taxonomy = &library.taxonomies[taxonomy];
                let pages = taxonomy.terms[term].pages.first();
                let named = pages.and_then(|page| {
                    let document = &library.pages[*page].document;
                    let mut terms = document.front.taxonomies.iter();
                    let (.., span) = terms.find(|(name, ..)| *name == taxonomy.config.name)?;
                    Some((document, span.clone()))
                });
                match named {
                    Some((document, span)) => document.source.at(span, message),
                    None => config.source.at(taxonomy.config.span.clone(), message),
                }
            }
            Shows::Feed(_) => config.at_key(&FEED_KEYS, message),
            Shows::Sitemap(_) => config.at_key(&["generate_sitemap"], message),
            _ => Diagnostic::new(self.source(library, config), message),
        }
    }
}

/// What a configuration says of feeds.
pub(crate) const FEED_KEYS: [&str; 2] = ["feed_filenames", "generate_feeds"];

/// The template of a page where that is not known: then nothing is rendered.
const UNKNOWN: &str = "";

/// All pages of a site, also those whose template is missing, and the faults of
/// that. Without a theme, nothing is known of templates.
pub(crate) fn plan(
    library: &Library,
    theme: Option<&Theme>,
    config: &Config,
) -> (Vec<Planned>, Vec<Diagnostic>) {
    let nothing = Theme::default();
    let mut plan = Plan {
        config,
        library,
        theme: theme.unwrap_or(&nothing),
        template: UNKNOWN.into(),
        pages: Vec::new(),
        faults: Vec::new(),
        missing: BTreeSet::new(),
    };
    plan.add_sections();
    plan.add_pages();
    plan.add_taxonomies();
    plan.add_singular();
    plan.add_feeds();
    plan.add_search_pages();
    match theme {
        Some(_) => (plan.pages, plan.faults),
        None => (plan.pages, Vec::new()),
    }
}

struct Plan<'a> {
    config: &'a Config,
    library: &'a Library,
    theme: &'a Theme,
    /// The last one's: many pages in a row have the same.
    template: Arc<str>,
    pages: Vec<Planned>,
    faults: Vec<Diagnostic>,
    /// What the theme should have, and does not: the first page that needs it is told.
    missing: BTreeSet<&'static str>,
}

impl<'a> Plan<'a> {
    fn add_sections(&mut self) {
        for (index, section) in self.library.sections.iter().enumerate() {
            let document = &section.document;
            if !document.is_shown() {
                continue;
            }
            let template = self.named(section_template(
                self.library,
                section,
                (self.theme, self.config),
            ));
            for (path, paginator) in section_pages(section) {
                let shows = Shows::Section(index, paginator);
                self.add(&document.lang, template, path, shows);
            }
        }
    }

    fn add_pages(&mut self) {
        let pages = self.library.pages.iter().enumerate();
        // Pages of a section stand together, and most have its template.
        let mut of_section = None;
        for (index, page) in pages.filter(|(_, page)| page.document.is_shown()) {
            let document = &page.document;
            let own = document.is_broken || document.front.template.is_some();
            let template = match of_section {
                Some((section, template)) if section == page.section && !own => template,
                _ => self.named(page_template(self.library, page, (self.theme, self.config))),
            };
            if !own {
                of_section = Some((page.section, template));
            }
            let path = Arc::clone(&document.path);
            self.add(&document.lang, template, path, Shows::Page(index));
        }
    }

    fn add_taxonomies(&mut self) {
        let taxonomies = self.library.taxonomies.iter().enumerate();
        for (index, taxonomy) in taxonomies.filter(|(_, taxonomy)| taxonomy.config.render) {
            let template = |view, shared| {
                let own = format!("{}/{view}.html", taxonomy.config.name);
                taxonomy_template(
                    self.theme,
                    &taxonomy.config.name,
                    [&own, shared],
                    self.config,
                )
            };
            let list = template("list", TAXONOMY_LIST);
            let single = template("single", TAXONOMY_SINGLE);
            let (list, single) = (self.named(list), self.named(single));
            let lang: Arc<str> = taxonomy.lang.as_str().into();
            let path = taxonomy.path.as_str().into();
            self.add(&lang, list, path, Shows::Taxonomy(index));
            for (path, term, paginator) in term_pages(taxonomy) {
                let shows = Shows::Term(index, term, paginator);
                self.add(&lang, single, path.into(), shows);
            }
        }
    }

    /// What a site has one of, and no document says.
    fn add_singular(&mut self) {
        let (theme, config) = (self.theme, self.config);
        if theme.has(NOT_FOUND) {
            self.add_not_found();
        }
        if theme.has(ROBOTS) && config.generate_robots_txt {
            self.add_made(
                ROBOTS,
                config.address(&format!("/{ROBOTS}")),
                None,
                Shows::Nothing,
            );
        }
        if theme.has(SITEMAP) && config.generate_sitemap {
            let entries = sitemap::entries_value(self.library, config);
            self.add_made(
                SITEMAP,
                config.address(&format!("/{SITEMAP}")),
                None,
                Shows::Sitemap(entries),
            );
        }
    }

    /// What is shown in place of what is not there, in each language below its own first
    /// page.
    fn add_not_found(&mut self) {
        for section in &self.library.sections {
            if section.document.is_root() {
                let lang = &*section.document.lang;
                let path = format!("{}/{NOT_FOUND}", self.config.prefix(lang));
                self.add_made(NOT_FOUND, path, Some(lang), Shows::Nothing);
            }
        }
    }

    /// The feeds that the theme has templates of.
    fn add_feeds(&mut self) {
        let (theme, config) = (self.theme, self.config);
        if !config.all_feed_filenames().any(|name| theme.has(name)) {
            return;
        }
        for wanted in feed::wanted(self.library, config) {
            let names = config.feed_filenames(wanted.lang).iter();
            for name in names.filter(|name| theme.has(name)) {
                let feed = wanted.feed(name, config);
                let sight = feed::Sight::new(&wanted, &feed, self.library);
                let shows = Shows::Feed(Box::new(sight));
                self.add_made(name, feed.feed_path, Some(wanted.lang), shows);
            }
        }
    }

    /// A page to search each language that has an index, unless an author wrote
    /// one.
    fn add_search_pages(&mut self) {
        if !search::has_page(self.config, self.theme) {
            return;
        }
        for language in search::languages(self.library, self.config) {
            let path = format!("{}/search/", self.config.prefix(&language.code));
            if self.pages.iter().all(|page| *page.path != path) {
                self.add_made(SEARCH, path, Some(&language.code), Shows::Nothing);
            }
        }
    }

    /// Adds what no document says, in a language or in that of the site.
    fn add_made(&mut self, template: &'a str, path: String, lang: Option<&str>, shows: Shows) {
        let lang = lang.unwrap_or(&self.config.default_language().code).into();
        self.add(&lang, template, path.into(), shows);
    }

    fn add(&mut self, lang: &Arc<str>, template: &str, path: Arc<str>, shows: Shows) {
        if *self.template != *template {
            self.template = template.into();
        }
        self.pages.push(Planned {
            path,
            template: Arc::clone(&self.template),
            lang: Arc::clone(lang),
            shows,
        });
    }

    fn named(&mut self, template: Result<&'a str, NoTemplate>) -> &'a str {
        template.unwrap_or_else(|missing| {
            match missing {
                NoTemplate::Asked(fault) => self.faults.push(*fault),
                NoTemplate::Default(name, fault) if self.missing.insert(name) => {
                    self.faults.push(*fault);
                }
                NoTemplate::Default(..) => {}
            }
            UNKNOWN
        })
    }
}

/// Why a page has no template.
enum NoTemplate {
    /// A document or the configuration asks for one that the theme does not have.
    Asked(Box<Diagnostic>),
    /// Nobody asks for one, and the theme does not have the one for all.
    Default(&'static str, Box<Diagnostic>),
}

fn section_pages(section: &Section) -> Vec<(Arc<str>, Option<Paginator>)> {
    let document = &section.document;
    let keys = &document.front.section;
    let Some(paginate_by) = keys.paginate_by else {
        return vec![(Arc::clone(&document.path), None)];
    };
    let mut pages = section.pages.clone();
    if keys.paginate_reversed {
        pages.reverse();
    }
    let paginate_path = keys.paginate_path.as_deref();
    let all = Paginator::all(&document.path, paginate_path, paginate_by, &pages);
    let all = all.into_iter();
    all.map(|paginator| (paginator.path(paginator.index).into(), Some(paginator)))
        .collect()
}

fn term_pages(taxonomy: &Taxonomy) -> Vec<(String, usize, Option<Paginator>)> {
    let mut pages = Vec::new();
    for (index, term) in taxonomy.terms.iter().enumerate() {
        let Some(paginate_by) = taxonomy.config.paginate_by else {
            pages.push((term.path.clone(), index, None));
            continue;
        };
        let paginate_path = taxonomy.config.paginate_path.as_deref();
        let all = Paginator::all(&term.path, paginate_path, paginate_by, &term.pages);
        let all = all.into_iter();
        pages.extend(all.map(|part| (part.path(part.index), index, Some(part))));
    }
    pages
}

/// A section's own choice, or what the nearest one above cascades.
fn section_template<'a>(
    library: &'a Library,
    section: &'a Section,
    (theme, config): (&'a Theme, &Config),
) -> Result<&'a str, NoTemplate> {
    let document = &section.document;
    if let Some((name, span)) = &document.front.template {
        return chosen(theme, document, name, span);
    }
    if document.is_broken {
        return Ok(UNKNOWN);
    }
    let mut next = section.parent;
    while let Some(above) = next.map(|index| &library.sections[index]) {
        if above.document.is_broken {
            return Ok(UNKNOWN);
        }
        if let Some((name, span)) = cascade::template(&above.document, "section_template") {
            return chosen(theme, &above.document, name, &span);
        }
        next = above.parent;
    }
    let name = if document.is_root() { INDEX } else { SECTION };
    default((theme, config), name, document)
}

/// A page's own choice, or that of the nearest section above which has one.
fn page_template<'a>(
    library: &'a Library,
    page: &'a Page,
    (theme, config): (&'a Theme, &Config),
) -> Result<&'a str, NoTemplate> {
    debug_assert!(page.document.kind == Kind::Page);
    if let Some((name, span)) = &page.document.front.template {
        return chosen(theme, &page.document, name, span);
    }
    if page.document.is_broken {
        return Ok(UNKNOWN);
    }
    let mut next = Some(page.section);
    while let Some(section) = next.map(|index| &library.sections[index]) {
        if section.document.is_broken {
            return Ok(UNKNOWN);
        }
        if let Some((name, span)) = &section.document.front.section.page_template {
            return chosen(theme, &section.document, name, span);
        }
        if let Some((name, span)) = cascade::template(&section.document, "template") {
            return chosen(theme, &section.document, name, &span);
        }
        next = section.parent;
    }
    default((theme, config), PAGE, &page.document)
}

fn chosen<'a>(
    theme: &Theme,
    document: &Document,
    name: &'a str,
    span: &std::ops::Range<usize>,
) -> Result<&'a str, NoTemplate> {
    if theme.has(name) {
        return Ok(name);
    }
    let message = format!("there is no template `{name}`");
    let fault = document.source.at(span.clone(), message);
    let fault = fault.expected(theme.where_templates_are());
    let suggestion = did_you_mean(name, theme.names());
    Err(NoTemplate::Asked(Box::new(fault.suggestion(suggestion))))
}

/// Nobody asked for this template by its name: it is told where the theme is named, or
/// else where the page is that needs it.
fn default(
    (theme, config): (&Theme, &Config),
    name: &'static str,
    document: &Document,
) -> Result<&'static str, NoTemplate> {
    if theme.has(name) {
        return Ok(name);
    }
    let file = &document.source.file;
    let (of, named) = &config.theme;
    let fault = match named.is_empty() {
        true => Diagnostic::new(file, format!("there is no template `{name}` for this")),
        false => {
            let message = format!("the theme `{of}` has no template `{name}`, for ");
            config
                .source
                .at(named.clone(), message + &file.display().to_string())
        }
    };
    let expected = format!(
        "{INDEX}, {SECTION} and {PAGE}, each {}",
        theme.where_templates_are()
    );
    Err(NoTemplate::Default(
        name,
        Box::new(fault.expected(expected)),
    ))
}

/// As in Zola: `tags/list.html` comes before `taxonomy_list.html`.
fn taxonomy_template<'a>(
    theme: &'a Theme,
    name: &str,
    [own, shared]: [&str; 2],
    config: &Config,
) -> Result<&'a str, NoTemplate> {
    theme
        .name(own)
        .or_else(|| theme.name(shared))
        .ok_or_else(|| {
            let message = format!("there is no template for the taxonomy `{name}`");
            let text = &config.source.text;
            let fault = match text.find(&format!("\"{name}\"")) {
                Some(at) => config.source.at(at + 1..at + 1 + name.len(), message),
                None => Diagnostic::new(&config.source.file, message),
            };
            let places = theme.where_templates_are();
            let fault = fault.expected(format!("`{own}` or `{shared}`, {places}"));
            NoTemplate::Asked(Box::new(fault))
        })
}

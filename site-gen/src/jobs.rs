//! Step 7, the plan: which pages there are, which template each of them has,
//! and what that sees.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tera::{Context, Value};

use crate::cascade;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::document::Document;
use crate::feed;
use crate::front_matter::Kind;
use crate::library::Library;
use crate::paginator::Paginator;
use crate::search;
use crate::sitemap;
use crate::theme::Theme;
use crate::values::Values;

/// A page to be rendered: a template, and what it sees.
#[derive(Debug)]
pub(crate) struct Job {
    /// The path it is served under.
    pub(crate) path: String,
    /// The file it is made from.
    pub(crate) source: PathBuf,
    pub(crate) template: String,
    /// What it sees besides what all see.
    pub(crate) seen: Vec<(&'static str, Value)>,
}

impl Job {
    /// What the template sees.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::new();
        for (name, value) in &self.seen {
            context.insert_value(*name, value.clone());
        }
        context
    }
}

/// The template and the name of what is shown in place of what is not there.
const NOT_FOUND: &str = "404.html";

/// The template and the name of what search engines read first.
pub(crate) const ROBOTS: &str = "robots.txt";

/// The template and the name of the sitemap.
pub(crate) const SITEMAP: &str = "sitemap.xml";

/// The template of a page where that is not known: then nothing is rendered.
const UNKNOWN: &str = "";

/// All pages of a site, also those whose template is missing, and the faults of
/// that. Without a theme, nothing is known of templates.
pub(crate) fn jobs<'a>(
    library: &'a Library,
    values: &Values,
    theme: Option<&'a Theme>,
    config: &'a Config,
) -> (Vec<Arc<Job>>, Vec<Diagnostic>) {
    match theme {
        Some(theme) => {
            let jobs = plan(library, values, theme, config);
            (jobs.jobs, jobs.faults)
        }
        None => (
            plan(library, values, &Theme::default(), config).jobs,
            Vec::new(),
        ),
    }
}

fn plan<'a>(
    library: &'a Library,
    values: &Values,
    theme: &'a Theme,
    config: &'a Config,
) -> Jobs<'a> {
    let mut jobs = Jobs {
        config,
        jobs: Vec::new(),
        faults: Vec::new(),
    };
    for (section, value) in library.sections.iter().zip(&values.sections) {
        let document = &section.document;
        if document.front.section.redirect_to.is_none() && document.front.is_rendered() {
            let pages = section_pages(section, value, values, config);
            jobs.add(
                &document.source.file,
                &document.lang,
                section_template(library, section, theme),
                pages,
            );
        }
    }
    let pages = library.pages.iter().zip(&values.pages);
    for (page, value) in pages.filter(|(page, _)| page.document.front.is_rendered()) {
        let seen = vec![("page", value.clone())];
        let pages = vec![(page.document.path.clone(), seen)];
        jobs.add(
            &page.document.source.file,
            &page.document.lang,
            page_template(library, page, theme),
            pages,
        );
    }
    let site = &config.source.file;
    for taxonomy in library
        .taxonomies
        .iter()
        .filter(|taxonomy| taxonomy.config.render)
    {
        let (list, single) = taxonomy_pages(taxonomy, values, config);
        let name = &taxonomy.config.name;
        let lang = taxonomy.lang.as_str();
        jobs.add(
            site,
            lang,
            taxonomy_template(theme, name, "list", config),
            list,
        );
        jobs.add(
            site,
            lang,
            taxonomy_template(theme, name, "single", config),
            single,
        );
    }
    jobs.add_singular(library, theme);
    jobs.add_feeds(library, values, theme);
    if theme.has("search.html") {
        jobs.add_search_pages(library);
    }
    jobs
}

struct Jobs<'a> {
    config: &'a Config,
    jobs: Vec<Arc<Job>>,
    faults: Vec<Diagnostic>,
}

/// Paths, and what the template of each sees besides what all see.
type Pages = Vec<(String, Vec<(&'static str, Value)>)>;

impl Jobs<'_> {
    fn add(&mut self, source: &Path, lang: &str, template: Result<&str, Diagnostic>, pages: Pages) {
        let template = template.unwrap_or_else(|fault| {
            self.faults.push(fault);
            UNKNOWN
        });
        for (path, seen) in pages {
            let mut seen = seen;
            seen.push(("lang", lang.into()));
            seen.push(("current_url", self.config.permalink(&path).into()));
            seen.push(("current_path", path.as_str().into()));
            self.jobs.push(Arc::new(Job {
                path,
                source: source.to_owned(),
                template: template.to_owned(),
                seen,
            }));
        }
    }
}

impl Jobs<'_> {
    /// What a site has one of, and no document says.
    fn add_singular(&mut self, library: &Library, theme: &Theme) {
        let config = self.config;
        let mut add = |name: &str, seen| {
            let pages = vec![(format!("/{name}"), seen)];
            let lang = &config.default_language().code;
            self.add(&config.source.file, lang, Ok(name), pages);
        };
        if theme.has(NOT_FOUND) {
            add(NOT_FOUND, Vec::new());
        }
        if theme.has(ROBOTS) && config.generate_robots_txt {
            add(ROBOTS, Vec::new());
        }
        if theme.has(SITEMAP) && config.generate_sitemap {
            let entries = sitemap::entries_value(library, config);
            add(SITEMAP, vec![("entries", entries)]);
        }
    }

    /// The feeds that the theme has templates of.
    fn add_feeds(&mut self, library: &Library, values: &Values, theme: &Theme) {
        let config = self.config;
        let names = config.feed_filenames.iter();
        let drawn: Vec<&String> = names.filter(|name| theme.has(name)).collect();
        if drawn.is_empty() {
            return;
        }
        for wanted in feed::wanted(library, config) {
            for name in &drawn {
                let feed = wanted.feed(name, config);
                let seen = feed::seen(&wanted, &feed, library, values);
                let pages = vec![(feed.feed_path, seen)];
                self.add(&config.source.file, wanted.lang, Ok(name), pages);
            }
        }
    }

    /// A page to search each language that has an index, unless an author wrote
    /// one.
    fn add_search_pages(&mut self, library: &Library) {
        let config = self.config;
        for language in search::languages(library, config) {
            let path = format!("{}/search/", config.prefix(&language.code));
            if self.jobs.iter().all(|job| job.path != path) {
                let pages = vec![(path, Vec::new())];
                self.add(
                    &config.source.file,
                    &language.code,
                    Ok("search.html"),
                    pages,
                );
            }
        }
    }
}

fn section_pages(
    section: &crate::library::Section,
    value: &Value,
    values: &Values,
    config: &Config,
) -> Pages {
    let document = &section.document;
    let keys = &document.front.section;
    let Some(paginate_by) = keys.paginate_by else {
        return vec![(document.path.clone(), vec![("section", value.clone())])];
    };
    let mut pages = section.pages.clone();
    if keys.paginate_reversed {
        pages.reverse();
    }
    let paginate_path = keys.paginate_path.as_deref();
    let all = Paginator::all(&document.path, paginate_path, paginate_by, &pages);
    all.iter()
        .map(|paginator| {
            let seen = vec![
                ("section", value.clone()),
                ("paginator", values.paginator(paginator, config)),
            ];
            (paginator.path(paginator.index), seen)
        })
        .collect()
}

fn taxonomy_pages(
    taxonomy: &crate::taxonomy::Taxonomy,
    values: &Values,
    config: &Config,
) -> (Pages, Pages) {
    let about = taxonomy.to_value(config);
    let terms = taxonomy.terms_value(values, config);
    let list = vec![(
        taxonomy.path.clone(),
        vec![("taxonomy", about.clone()), ("terms", terms)],
    )];
    let mut single = Vec::new();
    for term in &taxonomy.terms {
        let seen = vec![
            ("taxonomy", about.clone()),
            ("term", term.to_value(values, config)),
        ];
        let Some(paginate_by) = taxonomy.config.paginate_by else {
            single.push((term.path.clone(), seen));
            continue;
        };
        let paginate_path = taxonomy.config.paginate_path.as_deref();
        for paginator in Paginator::all(&term.path, paginate_path, paginate_by, &term.pages) {
            let mut seen = seen.clone();
            seen.push(("paginator", values.paginator(&paginator, config)));
            single.push((paginator.path(paginator.index), seen));
        }
    }
    (list, single)
}

/// A section's own choice, or what the nearest one above cascades.
fn section_template<'a>(
    library: &'a Library,
    section: &'a crate::library::Section,
    theme: &'a Theme,
) -> Result<&'a str, Diagnostic> {
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
    default(
        theme,
        if document.is_root() {
            "index.html"
        } else {
            "section.html"
        },
    )
}

/// A page's own choice, or that of the nearest section above which has one.
fn page_template<'a>(
    library: &'a Library,
    page: &'a crate::library::Page,
    theme: &'a Theme,
) -> Result<&'a str, Diagnostic> {
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
    default(theme, "page.html")
}

fn chosen<'a>(
    theme: &Theme,
    document: &Document,
    name: &'a str,
    span: &std::ops::Range<usize>,
) -> Result<&'a str, Diagnostic> {
    if theme.has(name) {
        return Ok(name);
    }
    let fault = document
        .source
        .at(span.clone(), format!("the theme has no template `{name}`"));
    Err(fault
        .expected("a file in the theme's templates/")
        .suggestion(did_you_mean(name, theme.names())))
}

fn default(theme: &Theme, name: &'static str) -> Result<&'static str, Diagnostic> {
    if theme.has(name) {
        return Ok(name);
    }
    let fault = Diagnostic::new("themes", format!("the theme has no template `{name}`"));
    Err(fault.expected("index.html, section.html and page.html in the theme's templates/"))
}

/// As in Zola: `tags/list.html` comes before `taxonomy_list.html`.
fn taxonomy_template<'a>(
    theme: &'a Theme,
    name: &str,
    view: &str,
    config: &Config,
) -> Result<&'a str, Diagnostic> {
    let own = format!("{name}/{view}.html");
    let shared = format!("taxonomy_{view}.html");
    let found = theme.names().find(|candidate| *candidate == own);
    found
        .or_else(|| theme.names().find(|candidate| *candidate == shared))
        .ok_or_else(|| {
            let message = format!("the theme has no template for the taxonomy `{name}`");
            let text = &config.source.text;
            let fault = match text.find(&format!("\"{name}\"")) {
                Some(at) => config.source.at(at + 1..at + 1 + name.len(), message),
                None => Diagnostic::new(&config.source.file, message),
            };
            fault.expected(format!("`{own}` or `{shared}` in the theme's templates/"))
        })
}

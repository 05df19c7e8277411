//! Step 7: values meet templates. Every page is one job; all of them run in
//! parallel.

use std::io::{self, Write};

use rayon::prelude::*;
use tera::{Context, Tera, Value};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, collect, did_you_mean};
use crate::document::Document;
use crate::front_matter::Kind;
use crate::library::{Library, Paginator};
use crate::limits::MAX_PAGE_BYTES;
use crate::theme::Theme;
use crate::values::Values;

/// A page to be rendered: a template, and what it sees.
pub(crate) struct Job<'a> {
    /// The path it is served under.
    path: String,
    template: &'a str,
    context: Context,
}

/// All pages of a site.
pub(crate) fn jobs<'a>(
    library: &'a Library,
    values: &Values,
    theme: &'a Theme,
    config: &Config,
) -> Result<Vec<Job<'a>>, Vec<Diagnostic>> {
    let mut jobs = Vec::new();
    let mut faults = Vec::new();
    let mut add =
        |template: Result<&'a str, Diagnostic>,
         pages: Vec<(String, Vec<(&'static str, Value)>)>| match template {
            Ok(template) => jobs.extend(
                pages
                    .into_iter()
                    .map(|(path, seen)| job(path, template, seen, config)),
            ),
            Err(fault) => faults.push(fault),
        };

    for (section, value) in library.sections.iter().zip(&values.sections) {
        if section.document.front.section.redirect_to.is_some() {
            continue;
        }
        add(
            section_template(&section.document, theme),
            section_pages(section, value, values, config),
        );
    }
    for (page, value) in library.pages.iter().zip(&values.pages) {
        let seen = vec![("page", value.clone())];
        add(
            page_template(library, page, theme),
            vec![(page.document.path.clone(), seen)],
        );
    }
    for taxonomy in library
        .taxonomies
        .iter()
        .filter(|taxonomy| taxonomy.config.render)
    {
        let (list, single) = taxonomy_pages(taxonomy, values, config);
        let name = &taxonomy.config.name;
        add(taxonomy_template(theme, name, "list", config), list);
        add(taxonomy_template(theme, name, "single", config), single);
    }
    if theme.has("404.html") {
        add(Ok("404.html"), vec![("/404.html".to_owned(), Vec::new())]);
    }
    if faults.is_empty() {
        Ok(jobs)
    } else {
        Err(faults)
    }
}

/// Renders all pages: paths and HTML.
pub(crate) fn render(
    jobs: &[Job<'_>],
    engine: &Tera,
    theme: &Theme,
) -> Result<Vec<(String, Vec<u8>)>, Vec<Diagnostic>> {
    let results: Vec<_> = jobs
        .par_iter()
        .map(|job| {
            let mut page = Limited(Vec::new());
            match engine.render_to(job.template, &job.context, &mut page) {
                Ok(()) => Ok((job.path.clone(), page.0)),
                Err(_) if page.0.len() >= MAX_PAGE_BYTES => {
                    let message = format!("the page {} grows without end", job.path);
                    let fault = Diagnostic::new(format!("template {}", job.template), message);
                    Err(vec![fault.expected(format!(
                        "a page of at most {MAX_PAGE_BYTES} bytes"
                    ))])
                }
                Err(error) => Err(theme.fault(job.template, &error)),
            }
        })
        .collect();
    collect(results).map_err(once_each)
}

/// One fault of a template shows on every page that uses it; once is enough.
fn once_each(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    faults.sort();
    faults.dedup();
    faults
}

/// Takes the output of a template, up to a limit.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .extend_from_slice(&bytes[..bytes.len().min(MAX_PAGE_BYTES - self.0.len())]);
        if self.0.len() == MAX_PAGE_BYTES {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn job<'a>(
    path: String,
    template: &'a str,
    seen: Vec<(&'static str, Value)>,
    config: &Config,
) -> Job<'a> {
    let mut context = Context::new();
    context.insert_value("current_url", config.permalink(&path).into());
    context.insert_value("current_path", path.as_str().into());
    for (name, value) in seen {
        context.insert_value(name, value);
    }
    Job {
        path,
        template,
        context,
    }
}

type Pages = Vec<(String, Vec<(&'static str, Value)>)>;

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
    let all = Paginator::all(
        &document.path,
        keys.paginate_path.as_deref(),
        paginate_by,
        &section.pages,
    );
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
    let about = taxonomy.to_value();
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

fn section_template<'a>(document: &'a Document, theme: &'a Theme) -> Result<&'a str, Diagnostic> {
    match &document.front.template {
        Some((name, span)) => chosen(theme, document, name, span),
        None if document.path == "/" => default(theme, "index.html"),
        None => default(theme, "section.html"),
    }
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
    let mut next = Some(page.section);
    while let Some(section) = next.map(|index| &library.sections[index]) {
        if let Some((name, span)) = &section.document.front.section.page_template {
            return chosen(theme, &section.document, name, span);
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
            let fault = Diagnostic::new(
                &config.source.file,
                format!("the theme has no template for the taxonomy `{name}`"),
            );
            fault.expected(format!("`{own}` or `{shared}` in the theme's templates/"))
        })
}

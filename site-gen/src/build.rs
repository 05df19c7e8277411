//! The pipeline: one statement for each step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use site_pack::Caching;

use crate::assets::{self, Content, StaticFile};
use crate::cache::Cache;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::feed::{self, Feed};
use crate::front_matter::AnchorLinks;
use crate::functions::{self, Knowledge};
use crate::library::{Library, Page};
use crate::limits::MAX_DIAGNOSTICS;
use crate::markdown::{self, Rendered, Targets};
use crate::output::{Built, Output};
use crate::source::{self, Source};
use crate::theme::Theme;
use crate::values::Values;
use crate::{Drafts, Options, render, sitemap, zone};

/// Builds the site in a directory.
///
/// # Errors
///
/// Everything that is wrong with the site, in order of file and place.
pub fn build(site: &Path, options: &Options) -> Result<Built, Vec<Diagnostic>> {
    run(site, options).map_err(|mut faults| {
        faults.sort();
        faults.dedup();
        faults.truncate(MAX_DIAGNOSTICS);
        faults
    })
}

fn run(site: &Path, options: &Options) -> Result<Built, Vec<Diagnostic>> {
    let mut faults = Faults::default();
    let content = Content::sort(source::walk(site, Path::new("content"))?);
    let zones = faults.take(zone::read_all(site, &content.zones));
    let Some(config) = faults.take(configure(site, options)) else {
        return Err(faults.0);
    };
    let theme = faults.take(Theme::read(site, &config));
    let documents = parse(site, &content, &config, options.drafts, &mut faults);
    let paths = content.paths(&documents);
    let bundles = assets::by_bundle(&paths, &documents);
    let rendered = render_markdown(documents, &paths, &config, &options.cache, &mut faults);
    let library = Library::assemble(rendered, bundles, &config);
    let Some(theme) = theme else {
        return Err(faults.0);
    };
    let files = faults
        .take(assets::read(site, &content, &paths, &theme))
        .unwrap_or_default();

    let values = Values::build(&library, &config);
    let knowledge = Arc::new(know(&library, &values, &config, &paths, &files));
    let config_value = config.to_value(&theme.extra);
    let engine = faults.take(theme.compile(&functions::engine(&knowledge, &config, config_value)));
    let jobs = faults.take(render::jobs(&library, &values, &theme, &config));
    let (Some(engine), Some(jobs), true) = (engine, jobs, faults.0.is_empty()) else {
        return Err(faults.0);
    };
    let pages = faults
        .take(render::render(&jobs, &engine, &theme))
        .unwrap_or_default();

    let mut output = collect(&library, &config, pages, &files, &knowledge);
    faults.0.extend(output.take_faults());
    faults
        .0
        .extend(library.check_references(|path| output.leads(path)));
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    output.finish(config.domain, zones.unwrap_or_default(), options)
}

/// What is wrong so far.
#[derive(Default)]
struct Faults(Vec<Diagnostic>);

impl Faults {
    fn take<T>(&mut self, result: Result<T, Vec<Diagnostic>>) -> Option<T> {
        result.map_err(|faults| self.0.extend(faults)).ok()
    }
}

fn configure(site: &Path, options: &Options) -> Result<Config, Vec<Diagnostic>> {
    let mut config = Config::read(site)?;
    if let Some(base_url) = &options.base_url {
        config.base_url = base_url.trim_end_matches('/').to_owned();
    }
    Ok(config)
}

/// Step 3. Documents with faults are missing from the result, and remembered
/// as broken.
fn parse(
    site: &Path,
    content: &Content,
    config: &Config,
    drafts: Drafts,
    faults: &mut Faults,
) -> Vec<Document> {
    let parsed: Vec<_> = content
        .markdown
        .par_iter()
        .map(|(id, file)| {
            let source = Source::read(site, file).map_err(|fault| vec![fault])?;
            Document::parse(source, id, config)
        })
        .collect();
    let mut documents: Vec<Document> = parsed
        .into_iter()
        .filter_map(|document| faults.take(document))
        .collect();
    if drafts == Drafts::Exclude {
        documents.retain(|document| !document.front.draft);
    }
    if !documents.iter().any(|document| document.id == "_index.md") {
        documents.push(Document::implicit_root());
    }
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    documents
}

/// Step 4.
fn render_markdown(
    documents: Vec<Document>,
    files: &BTreeMap<String, String>,
    config: &Config,
    cache: &Cache,
    faults: &mut Faults,
) -> Vec<(Document, Rendered)> {
    // Links to a document that could not be read are not the fault of those
    // who link to it.
    let broken: BTreeSet<String> = faults
        .0
        .iter()
        .filter_map(|fault| {
            fault
                .file
                .strip_prefix("content")
                .ok()?
                .to_str()
                .map(str::to_owned)
        })
        .collect();
    let paths = documents
        .iter()
        .map(|document| (document.id.clone(), document.path.clone()));
    let targets = Targets::new(paths, files.clone().into_iter(), broken);
    let anchor_links = anchor_links(&documents, config);
    let rendered: Vec<_> = documents
        .into_par_iter()
        .zip(anchor_links)
        .map(|(document, anchor_links)| {
            let rendered =
                markdown::render(&document, &targets, config.markdown, anchor_links, cache);
            (document, rendered)
        })
        .collect();
    // A document whose text has faults stays: other faults may be found in it.
    rendered
        .into_iter()
        .map(|(document, rendered)| (document, faults.take(rendered).unwrap_or_default()))
        .collect()
}

/// How each document links its headings: as the nearest section above says.
fn anchor_links(documents: &[Document], config: &Config) -> Vec<AnchorLinks> {
    let chosen: BTreeMap<&str, AnchorLinks> = documents
        .iter()
        .filter_map(|document| {
            Some((
                document.directory.as_str(),
                document.front.section.insert_anchor_links?,
            ))
        })
        .collect();
    let of = |document: &Document| {
        let mut directory = document.directory.as_str();
        loop {
            match (chosen.get(directory), directory.rsplit_once('/')) {
                (Some(links), _) => return *links,
                (None, Some((above, _))) => directory = above,
                (None, None) if !directory.is_empty() => directory = "",
                (None, None) => return config.markdown.insert_anchor_links,
            }
        }
    };
    documents.iter().map(of).collect()
}

/// Step 6: what functions can be asked about.
fn know(
    library: &Library,
    values: &Values,
    config: &Config,
    paths: &BTreeMap<String, String>,
    files: &[StaticFile],
) -> Knowledge {
    let by_id = |ids: &BTreeMap<String, usize>, values: &[tera::Value]| {
        ids.iter()
            .map(|(id, &index)| (id.clone(), values[index].clone()))
            .collect()
    };
    let documents = library
        .documents()
        .map(|(document, _)| (document.id.clone(), document.path.clone()));
    let taxonomies = library.taxonomies.iter().map(|taxonomy| {
        let about = crate::values::map([
            ("kind", taxonomy.to_value()),
            ("items", taxonomy.terms_value(values, config)),
        ]);
        let terms = taxonomy
            .terms
            .iter()
            .map(|term| (term.slug.clone(), term.path.clone()))
            .collect();
        (taxonomy.config.name.clone(), (about, terms))
    });
    Knowledge {
        base_url: config.base_url.clone(),
        documents: documents.chain(paths.clone()).collect(),
        pages: by_id(&library.page_ids, &values.pages),
        sections: by_id(&library.section_ids, &values.sections),
        taxonomies: taxonomies.collect(),
        files: files
            .iter()
            .map(|(path, body, _)| (path.clone(), Arc::clone(body)))
            .collect(),
        ..Knowledge::default()
    }
}

/// Step 8.
fn collect(
    library: &Library,
    config: &Config,
    pages: Vec<render::Output<'_>>,
    files: &[StaticFile],
    knowledge: &Knowledge,
) -> Output {
    let mut output = Output::default();
    for page in pages {
        output.add(
            page.path,
            Arc::new(page.html),
            Caching::Revalidate,
            page.source,
        );
    }
    for (path, body, file) in files {
        output.add(path.clone(), Arc::clone(body), Caching::Revalidate, file);
    }
    let fingerprinted = knowledge
        .fingerprinted
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    for (name, path) in fingerprinted.iter() {
        if let Some(body) = knowledge.files.get(path) {
            output.add(
                name.clone(),
                Arc::clone(body),
                Caching::Immutable,
                Path::new("a fingerprint"),
            );
        }
    }
    add_made(&mut output, library, config);
    add_redirects(&mut output, library);
    output
}

/// Adds feeds, the sitemap, `robots.txt` and a 404 page, where the site does
/// not have its own.
fn add_made(output: &mut Output, library: &Library, config: &Config) {
    let all = || {
        feed::dated(library)
            .into_iter()
            .map(|index| &library.pages[index])
            .collect()
    };
    let pages = |indexes: &[usize]| -> Vec<&Page> {
        indexes.iter().map(|&index| &library.pages[index]).collect()
    };
    let mut feeds: Vec<(Option<&str>, &str, Vec<&Page>)> = Vec::new();
    if config.generate_feeds {
        feeds.push((None, "/", all()));
    }
    for section in library
        .sections
        .iter()
        .filter(|section| section.document.front.section.generate_feeds)
    {
        if section.document.path != "/" {
            let title = section.document.front.title.as_deref();
            feeds.push((title, &section.document.path, pages(&section.pages)));
        }
    }
    for taxonomy in library
        .taxonomies
        .iter()
        .filter(|taxonomy| taxonomy.config.feed)
    {
        feeds.extend(taxonomy.terms.iter().map(|term| {
            (
                Some(term.name.as_str()),
                term.path.as_str(),
                pages(&term.pages),
            )
        }));
    }
    for (title, path, pages) in feeds {
        for name in &config.feed_filenames {
            let feed_path = format!("{path}{name}");
            let feed = Feed::new(title, path, &feed_path, &pages, config);
            output.add_made(&feed_path, feed.render());
        }
    }
    if config.generate_sitemap && !output.serves("/sitemap.xml") {
        output.add_made("/sitemap.xml", sitemap::sitemap(library, config));
    }
    if config.generate_robots_txt && !output.serves("/robots.txt") {
        output.add_made("/robots.txt", sitemap::robots(config));
    }
    if !output.serves("/404.html") {
        let page = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Not found</title>\n\
                    <h1>Not found</h1>\n<p>There is nothing here. <a href=\"/\">Home</a></p>\n</html>\n";
        output.add_made("/404.html", page.to_owned());
    }
}

fn add_redirects(output: &mut Output, library: &Library) {
    for (document, _) in library.documents() {
        for (alias, span) in &document.front.aliases {
            let path = alias_path(alias);
            output.redirect(&path, &document.path, |message| {
                document.source.at(span.clone(), message)
            });
        }
        if let Some(target) = &document.front.section.redirect_to {
            let fault = |message| Diagnostic::new(&document.source.file, message);
            output.redirect(&document.path, target, fault);
        }
    }
}

/// As in Zola: `old` is `/old/`, `old.html` is `/old.html`.
fn alias_path(alias: &str) -> String {
    let trimmed = alias.trim_matches('/');
    let name = trimmed.rsplit('/').next().unwrap_or_default();
    let slash = if name.is_empty() || name.contains('.') {
        ""
    } else {
        "/"
    };
    format!("/{}{slash}", crate::url::encode(trimmed))
}

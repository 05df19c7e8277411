//! Where everything is served by Hugo, and which file it becomes.
//!
//! A directory is called what its section is in paths, so that sections stay
//! where they were; a page's file keeps its name, and says by `slug` or `path`
//! what that does not.

use std::collections::{BTreeMap, BTreeSet};

use site_gen::Source;
use site_gen::review::{Data, Table};

use super::super::paths::{complete, join, split};
use super::super::report::{Report, Topic};
use super::about;
use super::address::{Parts, Style};
use super::config::Config;
use super::data::{get_text, set};
use super::date;
use super::document::{Document, Kind};
use super::library::{Library, bundle_of};
use super::title;

/// Gives all documents and files their places.
pub(super) fn place(library: &mut Library, config: &Config, report: &mut Report) {
    leave_terms(library, config, report);
    add_sections(library, config);
    let slugs = Sections::of(library, config.style);
    let urls: Vec<String> = library
        .documents
        .iter()
        .map(|document| url(document, &slugs, config, report))
        .collect();
    let ids: Vec<String> = library
        .documents
        .iter()
        .map(|document| id(document, &slugs, config))
        .collect();
    for ((document, url), id) in library.documents.iter_mut().zip(urls).zip(ids) {
        (document.url, document.id) = (url, id);
    }
    join_translations(library, config, report);
    place_resources(library, config);
}

/// The pages of terms are made from the terms; what was written about a term
/// has no file of its own.
fn leave_terms(library: &mut Library, config: &Config, report: &mut Report) {
    let documents = std::mem::take(&mut library.documents).into_iter();
    let (of_terms, others) = documents.partition(|document| {
        let first = document.directory.split('/').next().unwrap_or_default();
        let mut names = config.taxonomies.iter();
        document.kind == Kind::Section && names.any(|name| name.eq_ignore_ascii_case(first))
    });
    (library.of_terms, library.documents) = (of_terms, others);
    for document in &library.of_terms {
        let what = "what is written about a taxonomy or a term";
        let advice = match about::is_plain(document.text()) {
            true => {
                "it is in [extra.terms] or [extra.taxonomies] of `site.toml`, which the plain theme shows; relative links in it lead elsewhere"
            }
            false => {
                "it is in [extra.terms] or [extra.taxonomies] of `site.toml`, but for the text, which calls shortcodes"
            }
        };
        report.note(Topic::FrontMatter, &document.file, None, what, advice);
    }
}

/// The home page, and the directories below it with pages in them, are
/// sections, though nobody wrote a file for them.
fn add_sections(library: &mut Library, config: &Config) {
    for (index, language) in config.languages.iter().enumerate() {
        let own = library
            .documents
            .iter()
            .filter(|document| document.language == index);
        let mut needed: BTreeSet<String> = own
            .clone()
            .filter_map(|document| Some(document.directory.split('/').next()?.to_owned()))
            .collect();
        if !needed.is_empty() {
            needed.insert(String::new());
        }
        for document in own.filter(|document| document.kind == Kind::Section) {
            needed.remove(&document.directory);
        }
        for directory in needed {
            let mut front = Table::new();
            let title = match directory.is_empty() {
                true => language
                    .title
                    .clone()
                    .or_else(|| get_text(&config.root, "title")),
                false => Some(title::of_directory(&directory, &config.root)),
            };
            if let Some(title) = title {
                set(&mut front, "title", Data::String(title));
            }
            library.documents.push(Document {
                file: language.content.join(&directory),
                source: Source::default(),
                front,
                comments: Vec::new(),
                body: 0..0,
                kind: Kind::Section,
                language: index,
                directory,
                name: String::new(),
                id: String::new(),
                url: String::new(),
            });
        }
    }
}

/// The sections, by language and directory; and what they are called in paths
/// instead of their directory's name, if they are.
struct Sections {
    slugs: BTreeMap<(usize, String), Option<String>>,
    style: Style,
}

impl Sections {
    fn of(library: &Library, style: Style) -> Self {
        let sections = library
            .documents
            .iter()
            .filter(|document| document.kind == Kind::Section);
        let slugs = sections.map(|document| {
            let slug = get_text(&document.front, "slug").map(|slug| style.slug(&slug));
            let name = (document.language, document.directory.clone());
            (name, slug.filter(|slug| !slug.is_empty()))
        });
        Self {
            slugs: slugs.collect(),
            style,
        }
    }

    /// The directories above, as they are in paths of a language, and whether
    /// each of them is a section.
    fn parts(&self, directory: &str, language: usize) -> Vec<(String, bool)> {
        let mut parts = Vec::new();
        let mut so_far = String::new();
        for name in directory.split('/').filter(|name| !name.is_empty()) {
            so_far = join(&so_far, name);
            let slug = self.slugs.get(&(language, so_far.clone()));
            let is_section = slug.is_some();
            let slug = slug.cloned().flatten();
            parts.push((slug.unwrap_or_else(|| self.style.piece(name)), is_section));
        }
        parts
    }
}

/// A directory as it is in paths of a language.
fn directory_parts(directory: &str, language: usize, slugs: &Sections) -> Vec<String> {
    let parts = slugs.parts(directory, language).into_iter();
    parts.map(|(part, _)| part).collect()
}

fn url(document: &Document, slugs: &Sections, config: &Config, report: &mut Report) -> String {
    let prefix = config.prefix(document.language);
    if let Some(url) = get_text(&document.front, "url").filter(|url| !url.is_empty()) {
        let url = with_words(&url, document, slugs, config, report);
        // A slash at the start leads out of the language.
        return match url.starts_with('/') {
            true => complete(&url),
            false => complete(&format!("{prefix}/{url}")),
        };
    }
    let parts = directory_parts(&document.directory, document.language, slugs);
    let kind = match document.kind {
        Kind::Section => "section",
        Kind::Page | Kind::Bundle => "page",
    };
    let first = document.directory.split('/').next().unwrap_or_default();
    let first = if first.is_empty() { "/" } else { first };
    if let Some(pattern) = config
        .permalink(document.language, kind, first)
        .filter(|_| document.url.is_empty())
        && !(kind == "section" && first == "/")
    {
        match fill(&pattern, document, slugs, config) {
            Ok(path) if config.ugly && !path.ends_with(".html") => {
                return format!("{prefix}{path}.html");
            }
            Ok(path) => return complete(&format!("{prefix}{path}")),
            // It is told where the pattern stands.
            Err(_) => {}
        }
    }
    let mut path = parts.join("/");
    if document.kind == Kind::Section {
        return complete(&format!("{prefix}/{path}/"));
    }
    let own = own_slug(document, config)
        .map(|slug| config.style.slug(&slug))
        .filter(|slug| !slug.is_empty());
    path = join(
        &path,
        &own.unwrap_or_else(|| config.style.piece(&document.name)),
    );
    match config.ugly {
        true => format!("{prefix}/{path}.html"),
        false => format!("{prefix}/{path}/"),
    }
}

/// The slug that a page says, or that its name has behind a date.
fn own_slug(document: &Document, config: &Config) -> Option<String> {
    let dated = date::from_name(&document.name).filter(|_| config.dates_from_names());
    let named = dated.map(|(_, rest)| rest.to_owned());
    // Hugo takes hyphens off its ends.
    let given = get_text(&document.front, "slug").map(|slug| slug.trim_matches('-').to_owned());
    given.or(named).filter(|slug| !slug.is_empty())
}

/// A pattern, filled with what is known of a document.
fn fill(
    pattern: &str,
    document: &Document,
    slugs: &Sections,
    config: &Config,
) -> Result<String, String> {
    let dated = date::from_name(&document.name).filter(|_| config.dates_from_names());
    let given = date::DATES
        .iter()
        .find_map(|key| date::read(&get_text(&document.front, key)?));
    let parts = slugs.parts(&document.directory, document.language);
    let sections: Vec<String> = parts
        .into_iter()
        .filter(|(_, is_section)| *is_section)
        .map(|(part, _)| part)
        .collect();
    Parts {
        date: dated.map(|(date, _)| date).or(given).map(|date| date.day),
        sections: &sections,
        title: &get_text(&document.front, "title").unwrap_or_default(),
        slug: own_slug(document, config).as_deref(),
        name: &document.name,
        style: config.style,
    }
    .fill(pattern)
}

/// An address in front matter, which may be a pattern, too.
fn with_words(
    url: &str,
    document: &Document,
    slugs: &Sections,
    config: &Config,
    report: &mut Report,
) -> String {
    if !url.contains(':') {
        return url.to_owned();
    }
    let filled = fill(url, document, slugs, config);
    match filled {
        Ok(filled) => {
            let start = usize::from(!url.starts_with('/'));
            let end = if url.ends_with('/') { "/" } else { "" };
            format!("{}{end}", &filled[start..])
        }
        Err(word) => {
            let what = format!("`{word}` in an address");
            let advice = "it is a part of the path as it is written";
            let line = document.line_of_key("url");
            report.note(Topic::FrontMatter, &document.file, line, what, advice);
            url.to_owned()
        }
    }
}

/// What the name of a file in a language ends with, before `.md`.
pub(super) fn suffix(config: &Config, language: usize) -> String {
    match config.prefix(language).is_empty() {
        true => String::new(),
        false => format!(".{}", config.languages[language].code),
    }
}

fn id(document: &Document, slugs: &Sections, config: &Config) -> String {
    // One directory is for all languages: it is called as in the default one.
    let directory = directory_parts(&document.directory, 0, slugs).join("/");
    let suffix = suffix(config, document.language);
    match document.kind {
        Kind::Section => join(&directory, &format!("_index{suffix}.md")),
        Kind::Bundle => join(
            &join(&directory, &document.name),
            &format!("index{suffix}.md"),
        ),
        Kind::Page => join(&directory, &format!("{}{suffix}.md", document.name)),
    }
}

/// Translations have the same name; in Hugo they may have a common key instead.
fn join_translations(library: &mut Library, config: &Config, report: &mut Report) {
    let key = |document: &Document| get_text(&document.front, "translationKey");
    let of_default: BTreeMap<String, String> = library
        .documents
        .iter()
        .filter(|document| document.language == 0 && document.kind != Kind::Section)
        .filter_map(|document| Some((key(document)?, document.id.clone())))
        .collect();
    let end = format!("{}.md", suffix(config, 0));
    let mut taken = BTreeSet::new();
    for document in &mut library.documents {
        let key = key(document);
        let named = key.as_ref().and_then(|key| of_default.get(key));
        let stem = named.and_then(|id| id.strip_suffix(&end));
        if let Some(stem) = stem.filter(|_| document.language > 0 && document.kind != Kind::Section)
        {
            let id = format!("{stem}{}.md", suffix(config, document.language));
            if taken.insert(id.clone()) {
                document.id = id;
            }
        } else if key.is_some() && document.language > 0 {
            let what = "a `translationKey` that no page of the default language has";
            let what = match document.kind {
                Kind::Section => "a section with a `translationKey`",
                Kind::Page | Kind::Bundle => what,
            };
            let advice = "it is the translation of what has the name of its file, as in about.fr.md of about.md";
            let line = document.line_of_key("translationKey");
            report.note(Topic::FrontMatter, &document.file, line, what, advice);
        }
    }
}

fn place_resources(library: &mut Library, config: &Config) {
    let bundles: BTreeSet<String> = library
        .documents
        .iter()
        .filter(|document| document.kind == Kind::Bundle)
        .map(|document| join(&document.directory, &document.name))
        .collect();
    let mut owners: BTreeMap<String, Vec<&Document>> = BTreeMap::new();
    let mut sections: BTreeMap<(usize, &str), &Document> = BTreeMap::new();
    for document in &library.documents {
        if document.kind == Kind::Bundle {
            let own = join(&document.directory, &document.name);
            owners.entry(own).or_default().push(document);
        } else if document.kind == Kind::Section {
            let place = (document.language, document.directory.as_str());
            sections.entry(place).or_insert(document);
        }
    }
    for resource in &mut library.resources {
        let full = join(&resource.directory, &resource.name);
        if let Some(bundle) = bundle_of(&bundles, &resource.directory) {
            let owners = owners.get(bundle).map(Vec::as_slice).unwrap_or_default();
            let of_language = |document: &&&Document| document.language == resource.language;
            let owner = owners.iter().find(of_language).or_else(|| owners.first());
            let inside = &full[bundle.len() + 1..];
            if let Some(owner) = owner {
                let place = owner.url.strip_suffix(".html").unwrap_or(&owner.url);
                resource.url = format!("{}/{inside}", place.trim_end_matches('/'));
                resource.id = match owner.id.strip_suffix("/index.md") {
                    Some(directory) => format!("{directory}/{inside}"),
                    None => resource.url.trim_start_matches('/').to_owned(),
                };
            }
            continue;
        }
        let mut directory = resource.directory.as_str();
        let owner = loop {
            let section = sections.get(&(resource.language, directory));
            if section.is_some() || directory.is_empty() {
                break section;
            }
            directory = split(directory).0;
        };
        let place = owner.map_or_else(
            || format!("{}/", config.prefix(resource.language)),
            |owner| owner.url.clone(),
        );
        let inside = full[directory.len()..].trim_start_matches('/');
        resource.url = format!("{}/{inside}", place.trim_end_matches('/'));
        resource.id = resource.url.trim_start_matches('/').to_owned();
    }
}

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
use super::address::{self, Parts, piece};
use super::config::Config;
use super::data::{get_text, set};
use super::date;
use super::document::{Document, Kind};
use super::library::{Library, bundle_of};

/// Gives all documents and files their places.
pub(super) fn place(library: &mut Library, config: &Config, report: &mut Report) {
    leave_terms(library, config, report);
    add_sections(library, config);
    let slugs = section_slugs(library);
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
    join_translations(library, config);
    place_resources(library, config);
}

/// The pages of terms are made from the terms; what was written about a term
/// has no place.
fn leave_terms(library: &mut Library, config: &Config, report: &mut Report) {
    library.documents.retain(|document| {
        let first = document.directory.split('/').next().unwrap_or_default();
        let of_term = document.kind == Kind::Section
            && config
                .taxonomies
                .iter()
                .any(|name| name.eq_ignore_ascii_case(first));
        if of_term {
            let what = "what is written about a taxonomy or a term";
            let advice = "it did not come across: their pages are lists";
            report.note(Topic::Files, &document.file, None, what, advice);
        }
        !of_term
    });
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
                false => Some(capitalised(&directory)),
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

/// The title that Hugo gives to a directory.
fn capitalised(name: &str) -> String {
    let words = name.split(['-', '_', ' ']).filter(|word| !word.is_empty());
    let words = words.map(|word| {
        let mut letters = word.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        first + letters.as_str()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What sections are called in paths instead of their directory's name, by
/// language and directory.
type Slugs = BTreeMap<(usize, String), String>;

fn section_slugs(library: &Library) -> Slugs {
    let sections = library
        .documents
        .iter()
        .filter(|document| document.kind == Kind::Section);
    let slugs = sections.filter_map(|document| {
        let slug = address::slug(&get_text(&document.front, "slug")?);
        let name = (document.language, document.directory.clone());
        (!slug.is_empty()).then_some((name, slug))
    });
    slugs.collect()
}

/// A directory as it is in paths of a language.
fn directory_parts(directory: &str, language: usize, slugs: &Slugs) -> Vec<String> {
    let mut parts = Vec::new();
    let mut so_far = String::new();
    for name in directory.split('/').filter(|name| !name.is_empty()) {
        so_far = join(&so_far, name);
        let slug = slugs.get(&(language, so_far.clone()));
        parts.push(slug.cloned().unwrap_or_else(|| piece(name)));
    }
    parts
}

fn url(document: &Document, slugs: &Slugs, config: &Config, report: &mut Report) -> String {
    let prefix = config.prefix(document.language);
    if let Some(url) = get_text(&document.front, "url").filter(|url| !url.is_empty()) {
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
    let slug = get_text(&document.front, "slug");
    let dated = date::from_name(&document.name).filter(|_| config.dates_from_names());
    let name = match &dated {
        Some((_, rest)) if !rest.is_empty() => rest,
        _ => document.name.as_str(),
    };
    let first = document.directory.split('/').next().unwrap_or_default();
    let first = if first.is_empty() { "/" } else { first };
    if let Some(pattern) = config
        .permalink(kind, first)
        .filter(|_| document.url.is_empty())
        && !(kind == "section" && first == "/")
    {
        let given = date::DATES
            .iter()
            .find_map(|key| date::read(&get_text(&document.front, key)?));
        let filled = Parts {
            date: dated
                .as_ref()
                .map(|(date, _)| date.day)
                .or(given.map(|date| date.day)),
            sections: &parts,
            title: &get_text(&document.front, "title").unwrap_or_default(),
            slug: slug.as_deref().or(dated.is_some().then_some(name)),
            name,
        };
        match filled.fill(&pattern) {
            Ok(path) if config.ugly && !path.ends_with(".html") => {
                return format!("{prefix}{path}.html");
            }
            Ok(path) => return complete(&format!("{prefix}{path}")),
            Err(word) => {
                let what = format!("`{word}` in a permalink");
                let advice = "its pages are served where their files are";
                report.note(Topic::Configuration, &config.file, None, what, advice);
            }
        }
    }
    let mut path = parts.join("/");
    if document.kind == Kind::Section {
        return complete(&format!("{prefix}/{path}/"));
    }
    let own = slug
        .map(|slug| address::slug(&slug))
        .filter(|slug| !slug.is_empty());
    path = join(&path, &own.unwrap_or_else(|| piece(name)));
    match config.ugly {
        true => format!("{prefix}/{path}.html"),
        false => format!("{prefix}/{path}/"),
    }
}

/// What the name of a file in a language ends with, before `.md`.
pub(super) fn suffix(config: &Config, language: usize) -> String {
    match config.prefix(language).is_empty() {
        true => String::new(),
        false => format!(".{}", config.languages[language].code),
    }
}

fn id(document: &Document, slugs: &Slugs, config: &Config) -> String {
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
fn join_translations(library: &mut Library, config: &Config) {
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
        let named = key(document).and_then(|key| of_default.get(&key));
        let stem = named.and_then(|id| id.strip_suffix(&end));
        if let Some(stem) = stem.filter(|_| document.language > 0 && document.kind != Kind::Section)
        {
            let id = format!("{stem}{}.md", suffix(config, document.language));
            if taken.insert(id.clone()) {
                document.id = id;
            }
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
    let mut resources = std::mem::take(&mut library.resources);
    for resource in &mut resources {
        let full = join(&resource.directory, &resource.name);
        let of_language = |document: &&Document| document.language == resource.language;
        if let Some(bundle) = bundle_of(&bundles, &resource.directory) {
            let same = |document: &&Document| {
                document.kind == Kind::Bundle && join(&document.directory, &document.name) == bundle
            };
            let mut owners = library.documents.iter().filter(same);
            let owner = owners.clone().find(of_language).or_else(|| owners.next());
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
            let section = library.documents.iter().find(|document| {
                document.kind == Kind::Section
                    && document.directory == directory
                    && document.language == resource.language
            });
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
    library.resources = resources;
}

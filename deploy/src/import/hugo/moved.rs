//! Old addresses that are no page's, and where they lead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use site_gen::slugify;

use super::super::paths::{complete, split};
use super::super::report::{Report, Topic};
use super::config::Config;
use super::data::{get, get_text, get_texts};
use super::document::Kind;
use super::library::Library;
use super::published::unpublished;
use super::served::Place;
use super::terms::{list_url, term_url, terms};
use super::title;

/// Old addresses that are no page's: of terms that are spelt otherwise now, of
/// feeds and lists that are not there any more.
pub(super) fn redirects(
    config: &Config,
    library: &Library,
    paginate_by: Option<i64>,
    report: &mut Report,
) -> BTreeMap<String, String> {
    let mut moved = BTreeMap::new();
    for index in 0..config.languages.len() {
        let prefix = config.prefix(index);
        if !library
            .documents
            .iter()
            .any(|document| document.language == index)
        {
            continue;
        }
        if config.languages.len() > 1 {
            let code = &config.languages[index].code;
            moved.insert(format!("/{code}/sitemap.xml"), "/sitemap.xml".to_owned());
            if prefix.is_empty() {
                moved.insert(format!("/{code}/"), "/".to_owned());
            }
        }
        if config.has_kind("term") {
            for taxonomy in &config.taxonomies {
                of_taxonomy(
                    config,
                    library,
                    (index, taxonomy),
                    paginate_by,
                    &mut moved,
                    report,
                );
            }
        }
    }
    of_written_terms(config, library, &mut moved, report);
    if let Some(name) = get_text(&config.root, "sitemap.filename")
        && name != "sitemap.xml"
    {
        moved.insert(format!("/{name}"), "/sitemap.xml".to_owned());
    }
    if config.has_feeds("section") {
        for document in &library.documents {
            let serves = Place::of(document, config).0.serves;
            let is_section = document.kind == Kind::Section && !document.directory.is_empty();
            if is_section && serves != document.url {
                let feed = |path: &str| site_gen::encode_path(&format!("{path}index.xml"));
                moved.insert(feed(&document.url), feed(&serves));
            }
        }
    }
    let served: BTreeSet<String> = library
        .documents
        .iter()
        .map(|document| site_gen::encode_path(&document.url))
        .collect();
    moved.retain(|from, _| !served.contains(from));
    moved
}

/// Where the pages of terms were by what is written about them: nothing but the terms
/// decides now.
fn of_written_terms(
    config: &Config,
    library: &Library,
    moved: &mut BTreeMap<String, String>,
    report: &mut Report,
) {
    for document in &library.of_terms {
        let prefix = config.prefix(document.language);
        let parts = document.directory.split('/').map(slugify);
        let new = format!("{prefix}/{}/", parts.collect::<Vec<_>>().join("/"));
        let above = split(new.trim_end_matches('/')).0;
        let url = get_text(&document.front, "url").map(|url| complete(&url));
        let slug = get_text(&document.front, "slug").map(|slug| config.style.slug(&slug));
        let own = url.or_else(|| Some(format!("{above}/{}/", slug?)));
        let own = own.unwrap_or_else(|| new.clone());
        let above = split(own.trim_end_matches('/')).0;
        let absolute = |path: String| match path.strip_prefix('/') {
            Some(path) => complete(&format!("{prefix}/{path}")),
            None => complete(&format!("{above}/{path}")),
        };
        let mut old: Vec<String> = get_texts(&document.front, "aliases");
        old = old.into_iter().map(absolute).collect();
        if config.has_feeds("term") && own != new {
            let feed = |path: &str| site_gen::encode_path(&format!("{path}index.xml"));
            moved.insert(feed(&own), feed(&new));
        }
        old.push(own.clone());
        for path in old.into_iter().filter(|path| *path != new) {
            moved.insert(site_gen::encode_path(&path), site_gen::encode_path(&new));
        }
        for key in ["build", "cascade", "draft", "outputs", "sitemap"] {
            if get(&document.front, key).is_some() {
                let what = format!("`{key}` of a taxonomy or a term has no meaning here");
                let line = document.line_of_key(key);
                let advice = "left out: the pages that have the term decide";
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
        }
    }
}

fn of_taxonomy(
    config: &Config,
    library: &Library,
    (language, taxonomy): (usize, &str),
    paginate_by: Option<i64>,
    moved: &mut BTreeMap<String, String>,
    report: &mut Report,
) {
    let prefix = config.prefix(language);
    let list = format!("{prefix}/{}/", slugify(taxonomy));
    let own = library
        .documents
        .iter()
        .filter(|document| document.language == language);
    let own = own.filter(|document| unpublished(document).is_none());
    let mut names: BTreeMap<String, (String, PathBuf, usize)> = BTreeMap::new();
    for document in own.filter(|document| document.kind != Kind::Section) {
        for (_, terms) in terms(document, config)
            .iter()
            .filter(|(name, _)| name == taxonomy)
        {
            for term in terms {
                let line = document.line_of_key(taxonomy);
                let place = (term.clone(), document.file.clone(), line);
                names
                    .entry(term_url(config, language, taxonomy, term))
                    .or_insert(place);
            }
        }
    }
    let mut slugs: BTreeMap<String, String> = BTreeMap::new();
    for (old, (term, file, line)) in &names {
        let slug = slugify(term);
        if let Some(other) = slugs.insert(slug.clone(), term.clone()) {
            let what = format!("the terms `{other}` and `{term}` are one now");
            let advice = "they are spelt alike in paths; give one of them another name";
            report.note(Topic::FrontMatter, file, *line, what, advice);
        }
        let new = site_gen::encode_path(&format!("{list}{slug}/"));
        let old = site_gen::encode_path(old);
        if title::of_list(term, &config.root) != *term {
            let what = format!("a term of `{taxonomy}` is called as it is written");
            let advice = "Hugo gave it capitals in lists; write it with them, or let the theme's templates do it";
            report.note(Topic::FrontMatter, file, *line, what, advice);
        }
        if old != new {
            if config.has_feeds("term") {
                moved.insert(format!("{old}index.xml"), format!("{new}index.xml"));
            }
            if paginate_by.is_some() {
                moved.insert(format!("{old}page/1/"), new.clone());
            }
            moved.insert(old.clone(), new.clone());
        }
        if config.ugly {
            moved.insert(format!("{}.html", old.trim_end_matches('/')), new);
        }
    }
    if names.is_empty() && language > 0 && !has_pages(library, language) {
        return;
    }
    if config.has_kind("taxonomy") {
        let old = list_url(config, language, taxonomy);
        if let Some(old) = old.filter(|old| *old != list) {
            moved.insert(site_gen::encode_path(&old), list.clone());
        }
        if config.has_feeds("taxonomy") && config.has_feeds("home") {
            moved.insert(format!("{list}index.xml"), format!("{prefix}/index.xml"));
        }
        let size = paginate_by.and_then(|size| usize::try_from(size).ok());
        for number in 1..=size.map_or(0, |size| names.len().div_ceil(size.max(1)).max(1)) {
            moved.insert(format!("{list}page/{number}/"), list.clone());
        }
    }
}

/// Whether the lists of terms of a language are there: those of one without
/// pages are not.
fn has_pages(library: &Library, language: usize) -> bool {
    let mut pages = library.documents.iter();
    pages.any(|document| {
        document.language == language
            && document.kind != Kind::Section
            && unpublished(document).is_none()
    })
}

//! Sites of Hugo: configuration, content, bundles, menus, languages and static
//! files come across; templates, which are Go's, do not.
//!
//! 1. **Read** ([`config`], [`library`]): the configuration out of all its
//!    files; the pages, and what is served where ([`address`], [`place`]).
//! 2. **Write texts** ([`shortcodes`], [`markdown`], [`front`]): each shortcode
//!    becomes what it means; anchors, links and front matter follow.
//! 3. **Write the site** ([`site`], [`theme`]): `site.toml` with redirects for
//!    what is served elsewhere now, and a plain theme.
//!
//! What Hugo does was found out by asking it: version 0.168.

mod about;
mod address;
mod addresses;
mod anchor;
mod arguments;
mod attributes;
mod call;
mod cascade;
mod config;
mod config_files;
mod data;
mod date;
mod dates;
mod dialect;
mod document;
mod extensions;
mod fence;
mod front;
mod go;
mod hooks;
mod inflection;
mod known;
mod languages;
mod library;
mod links;
mod listing;
mod markdown;
mod markup;
mod menus;
mod modules;
mod mounts;
mod moved;
mod options;
mod place;
mod published;
mod quotes;
mod remarks;
mod rewritten;
mod sections;
mod served;
mod shortcodes;
mod site;
mod template;
mod terms;
mod theme;
mod title;
mod toml;
mod translations;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::report::{Report, Topic};
use super::statics;
use super::tree::{Draft, Origin};
use config::Config;
pub(super) use config_files::own_files;
use data::{get, get_texts};
use document::{Document, Kind};
use front::Front;
use hooks::Hooks;
use library::Library;
use links::Links;
use markup::HtmlPages;
use mounts::{Component, Mounted};
use options::Dialect;
use shortcodes::{AllUsed, Shortcodes};
use template::World;

/// Reads any text as what may be in a site: for the fuzzer.
pub(super) fn fuzz(text: &str) {
    call::find(text);
    go::translate(text);
    template::fuzz(text);
}

/// What Hugo reads, and what tools put beside it.
const KNOWN: [&str; 14] = [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "config",
    "go.mod",
    "go.sum",
    "hugo_stats.json",
    "layouts",
    "node_modules",
    "package-lock.json",
    "package.json",
    "public",
    "resources",
    "themes",
];

/// Writes the new site.
pub(super) fn import(origin: &Origin, draft: &mut Draft, report: &mut Report) -> Result<()> {
    let config = Config::read(origin, report)?;
    let library = Library::read(&config, origin, report);
    let templates = theme::templates(&config, origin, report);
    let texts = theme::Texts::of(&config, &templates, origin);
    let hooks = Hooks::of(&templates, origin);
    let paginate_by = site::paginate_by(&config, &templates, origin);
    let theme_name = statics::theme_name(origin.name());

    let pages = HtmlPages::of(&config, &library, &texts);
    let world = World::new(&config, &library, &texts, origin);

    let mut site = Site {
        config: &config,
        library: &library,
        world: &world,
        own: texts.shortcodes.keys().cloned().collect(),
        translated: texts.translate(&config),
        theme: theme_name.clone(),
        dialect: Dialect::of(&config, pages, hooks.clone()),
        used: AllUsed::new(),
        printed: BTreeSet::new(),
        assets: BTreeMap::new(),
        origin,
        draft,
        report,
    };
    site.write_documents(paginate_by)?;
    let (used, translated, assets) = (site.used, site.translated, site.assets);
    let printed = site.printed;

    for resource in &library.resources {
        let to = Path::new("content").join(&resource.id);
        if draft.copy(to, origin, &resource.file, report)? {
            report.files += 1;
        }
    }
    theme::tell_published(&config, &assets.values().collect(), origin, report);
    for (inside, file) in assets {
        if draft.copy(Path::new("content").join(inside), origin, &file, report)? {
            report.files += 1;
        }
    }
    for file in config.mounts.files(Component::Static, origin, report) {
        let inside = Path::new(&file.inside);
        statics::bring_file(&file.file, inside, &theme_name, origin, draft, report)?;
    }
    bring_data(&config, origin, draft, report)?;
    translations::tell(&config, origin, report);
    theme::write(
        &theme_name,
        (&used, &translated, &printed),
        (&templates, &texts),
        (origin, draft),
        report,
    )?;
    let mut redirects = moved::redirects(&config, &library, paginate_by, report);
    add_indexes(&library, draft, &mut redirects);
    let text = site::write(
        (&config, &hooks, pages),
        &library,
        &theme_name,
        &redirects,
        paginate_by,
        origin,
        report,
    );
    draft.write("content/site.toml", &text, &config.file, report)?;
    others(&config, origin, report)
}

/// What texts are written with.
struct Site<'a> {
    config: &'a Config,
    library: &'a Library,
    world: &'a World<'a>,
    own: BTreeSet<String>,
    translated: BTreeMap<String, String>,
    theme: String,
    dialect: Dialect,
    used: AllUsed,
    /// Shortcodes of which the output stands in texts.
    printed: BTreeSet<String>,
    assets: BTreeMap<String, PathBuf>,
    origin: &'a Origin,
    draft: &'a mut Draft,
    report: &'a mut Report,
}

impl Site<'_> {
    fn write_documents(&mut self, paginate_by: Option<i64>) -> Result<()> {
        let main = main_sections(self.config, self.library);
        let mut front = Front {
            config: self.config,
            weights: sections::weights(self.library, self.report),
            listings: listing::listings(self.library, &main),
            paginate_by,
            main,
            given: BTreeSet::new(),
            taken: self
                .library
                .documents
                .iter()
                .map(|document| served::Place::of(document, self.config).0.serves)
                .collect(),
        };
        let mut unsummed = 0;
        let mut undated = 0;
        for (page, document) in self.library.documents.iter().enumerate() {
            let text = self.text(page, document);
            let mut whole = front.write(document, self.report);
            if !text.trim().is_empty() {
                whole.push_str(if text.starts_with('\n') { "" } else { "\n" });
                whole.push_str(&text);
            }
            unsummed += usize::from(has_summary_of_words(document));
            // As it is written: a date may come from a name, or from above.
            let is_dated = whole.lines().any(|line| line.starts_with("date = "));
            let is_page = document.kind != Kind::Section;
            undated +=
                usize::from(is_page && !is_dated && published::unpublished(document).is_none());
            match document.kind {
                Kind::Section => self.report.sections += 1,
                Kind::Page | Kind::Bundle => self.report.pages += 1,
            }
            let to = Path::new("content").join(&document.id);
            self.draft.write(to, &whole, &document.file, self.report)?;
        }
        if unsummed > 0 {
            let what = match unsummed {
                1 => "1 page has no `<!--more-->`".to_owned(),
                _ => format!("{unsummed} pages have no `<!--more-->`"),
            };
            let advice = "they have no summary now; Hugo took their first words for one";
            let file = &self.config.file;
            self.report.note(Topic::Text, file, None, what, advice);
        }
        if undated > 0 && self.config.has_feeds("home") {
            let what = match undated {
                1 => "1 page has no date".to_owned(),
                _ => format!("{undated} pages have no date"),
            };
            let advice = "feeds leave them out, where Hugo had them; give them a `date`";
            let file = &self.config.file;
            self.report
                .note(Topic::FrontMatter, file, None, what, advice);
        }
        if self.config.in_subdirectory {
            let to = format!("{}/", self.config.prefix(0));
            let text = format!("+++\nredirect_to = {}\n+++\n", toml::quoted(&to));
            let from = &self.config.file;
            self.draft
                .write("content/_index.md", &text, from, self.report)?;
        }
        Ok(())
    }

    fn text(&mut self, page: usize, document: &Document) -> String {
        let mut links = Links {
            config: self.config,
            library: self.library,
            origin: self.origin,
            document,
            finds_pages: self.dialect.hooks.finds_pages,
            assets: &mut self.assets,
        };
        let mut included = 0;
        let mut shortcodes = Shortcodes {
            config: self.config,
            library: self.library,
            world: self.world,
            document,
            page,
            inside: Vec::new(),
            included: &mut included,
            html: self.dialect.html,
            own: &self.own,
            translated: &self.translated,
            theme: &self.theme,
            line_numbers: self.dialect.line_numbers,
            used: &mut self.used,
            printed: &mut self.printed,
        };
        let text = shortcodes.rewrite(&mut links, self.report);
        let extension = document
            .file
            .extension()
            .and_then(|extension| extension.to_str());
        if matches!(extension, Some("html" | "htm")) {
            let what = "a page in HTML";
            let advice = "it is a page in markdown with HTML in it now, without its empty lines; have a look at it";
            self.report
                .note(Topic::Text, &document.file, None, what, advice);
            let lines = text.text.lines().filter(|line| !line.trim().is_empty());
            return lines
                .map(|line| format!("{}\n", line.trim_start()))
                .collect();
        }
        markdown::adapt(text, document, &self.dialect, &mut links, self.report)
    }
}

/// Whether Hugo made a summary out of a page's first words.
fn has_summary_of_words(document: &Document) -> bool {
    let text = document.text();
    document.kind != Kind::Section
        && !text.trim().is_empty()
        && !["<!--more-->", "<!-- more -->"]
            .iter()
            .any(|mark| text.contains(mark))
        && get(&document.front, "summary").is_none()
}

/// The sections that the home page lists: as the configuration says, or the one
/// with most pages.
fn main_sections(config: &Config, library: &Library) -> Vec<String> {
    for key in ["params.mainSections", "mainSections"] {
        let named = get_texts(&config.root, key);
        if !named.is_empty() {
            return named;
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for document in library
        .documents
        .iter()
        .filter(|one| one.kind != Kind::Section)
    {
        let first = document.directory.split('/').next().unwrap_or_default();
        *counts.entry(first).or_default() += 1;
    }
    counts.remove("");
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(name, _)| name.to_owned()).into_iter().collect()
}

/// Data for templates, which is not published.
fn bring_data(
    config: &Config,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<()> {
    for Mounted { file, inside, .. } in config.mounts.files(Component::Data, origin, report) {
        if draft.copy(Path::new("data").join(&inside), origin, &file, report)? {
            report.files += 1;
            let what = "data that templates of Go read";
            let advice = "it came across; `load_data(path=…)` reads it";
            report.note(Topic::Files, file, None, what, advice);
        }
    }
    Ok(())
}

/// A static `index.html` is served under its directory, too.
fn add_indexes(library: &Library, draft: &Draft, redirects: &mut BTreeMap<String, String>) {
    let served: BTreeSet<String> = library
        .documents
        .iter()
        .map(|one| site_gen::encode_path(&one.url))
        .collect();
    for file in draft.files() {
        let Some(inside) = file.strip_prefix("content").ok().and_then(Path::to_str) else {
            continue;
        };
        if let Some(directory) = inside.strip_suffix("/index.html") {
            let path = site_gen::encode_path(&format!("/{directory}/"));
            if !served.contains(&path) {
                redirects
                    .entry(path.clone())
                    .or_insert(format!("{path}index.html"));
            }
        }
    }
}

/// What Hugo made something of, which nothing does here.
const LEFT: [(Component, &str, &str); 2] = [
    (
        Component::Assets,
        "a file that templates made something of",
        "it came across where a text refers to it; put style and pictures into the theme's sass/ and static/",
    ),
    (
        Component::Archetypes,
        "an archetype, which is a template of Go",
        "it did not come across",
    ),
];

/// What else is in the directory does not come across.
fn others(config: &Config, origin: &Origin, report: &mut Report) -> Result<()> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(origin.path())?
        .flatten()
        .map(|entry| entry.file_name().into())
        .collect();
    names.sort();
    let mut brought: BTreeSet<PathBuf> = config.mounts.roots().collect();
    let published = config.directory("publishDir", "public");
    let first = published.components().next();
    brought.extend(first.map(|first| PathBuf::from(first.as_os_str())));
    for (component, what, advice) in LEFT {
        for file in config.mounts.files(component, origin, report) {
            report.note(Topic::Files, file.file, None, what, advice);
        }
    }
    for name in names {
        let Some(text) = name.to_str() else { continue };
        let is_config = data::language(&name).is_some()
            && (text.starts_with("hugo.") || text.starts_with("config."));
        if KNOWN.contains(&text) || text.starts_with('.') || is_config || brought.contains(&name) {
            continue;
        }
        let what = "not a part of the site";
        report.note(Topic::Files, &name, None, what, "copy it if it is one");
    }
    Ok(())
}

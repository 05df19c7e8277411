//! `content/site.toml`: the configuration, and the addresses that are no
//! page's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use site_gen::review::{Data, Table};
use site_gen::slugify;

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::about;
use super::config::{Config, with_copyright};
use super::data::{self, get_boolean, get_integer, get_table, get_text, set};
use super::document::Kind;
use super::front::Place;
use super::hooks::Hooks;
use super::library::{Library, list_url, term_url, terms, unpublished};
use super::listing::{self, Moved};
use super::markup::{self, HtmlPages};
use super::menus;
use super::mounts::{Component, Mounted};
use super::title;
use super::toml::Toml;

/// The language of a site whose languages all have a directory in paths: what
/// is outside of these has none (BCP 47, "und").
pub(super) const UNDETERMINED: &str = "und";

/// Writes the configuration.
pub(super) fn write(
    (config, hooks, pages): (&Config, &Hooks, HtmlPages),
    library: &Library,
    theme: &str,
    redirects: &BTreeMap<String, String>,
    paginate_by: Option<i64>,
    origin: &Origin,
    report: &mut Report,
) -> String {
    let root = &config.root;
    let mut toml = Toml::default();
    toml.text("base_url", &config.origin);
    let first = &config.languages[0];
    let title = first.title.clone().or_else(|| get_text(root, "title"));
    if let Some(title) = title {
        toml.text("title", &title);
    }
    if let Some(description) =
        description(&first.params).or_else(|| description(&get_table(root, "params")))
    {
        toml.text("description", &description);
    }
    let author = [
        "params.author",
        "params.author.name",
        "author.name",
        "author",
    ];
    if let Some(author) = author.iter().find_map(|key| get_text(root, key)) {
        toml.text("author", &author);
    }
    toml.text("theme", theme);
    let default = if config.in_subdirectory {
        UNDETERMINED
    } else {
        &first.code
    };
    toml.text("default_language", default);
    if config.has_feeds("home") {
        if !config.in_subdirectory {
            toml.raw("generate_feeds", "true");
        }
        toml.texts("feed_filenames", &["index.xml".to_owned()]);
        let limit =
            get_integer(root, "services.rss.limit").or_else(|| get_integer(root, "rssLimit"));
        if let Some(limit) = limit.filter(|limit| *limit > 0) {
            toml.raw("feed_limit", &limit.to_string());
        }
    }
    toml.raw(
        "taxonomies",
        &taxonomies(config, library, paginate_by, report),
    );
    let mut markdown = Toml::default();
    if !has_typographer(config) {
        markdown.raw("smart_punctuation", "false");
    }
    markup::write(config, pages, hooks, &mut markdown);
    toml.section(&["markdown"], &markdown);
    if !hooks.pictures {
        let mut images = Toml::default();
        images.raw("figures", "false");
        toml.section(&["images"], &images);
    }
    languages(config, &mut toml, origin, report);
    let mut moved = Toml::default();
    for (from, to) in redirects {
        moved.text(from, to);
    }
    toml.section(&["redirects"], &moved);
    toml.table(&["extra"], &extra(config, library, report));
    toml.finish()
}

fn description(params: &Table) -> Option<String> {
    get_text(params, "description").filter(|text| !text.is_empty())
}

/// Whether quotes and dashes are made pretty, as they are unless told not to.
pub(super) fn has_typographer(config: &Config) -> bool {
    let key = "markup.goldmark.extensions.typographer";
    let off = get_boolean(&config.root, key) == Some(false)
        || get_boolean(&config.root, &format!("{key}.disable")) == Some(true);
    !off
}

fn taxonomies(
    config: &Config,
    library: &Library,
    paginate_by: Option<i64>,
    report: &mut Report,
) -> String {
    if !config.has_kind("term") {
        return "[]".to_owned();
    }
    let one = |name: &String| {
        let mut keys = format!("{{ name = {}", super::toml::quoted(name));
        if config.has_feeds("term") {
            keys.push_str(", feed = true");
        }
        if let Some(paginate_by) = paginate_by {
            keys.push_str(&format!(", paginate_by = {paginate_by}"));
        }
        let (order, moved) = listing::of_terms(library, config, name);
        if order != "date" {
            keys.push_str(&format!(", sort_by = \"{order}\""));
        }
        for Moved { term, first } in moved {
            let what = format!("the pages of the term `{term}` of `{name}` are in another order");
            let advice = "Hugo lists them by their weights in the taxonomy, then by their own, then by date, then by title, and one of these sorts all terms here";
            let line = first.line_of_key(name);
            report.note(Topic::FrontMatter, &first.file, line, what, advice);
        }
        keys + " }"
    };
    let all: Vec<String> = config.taxonomies.iter().map(one).collect();
    format!("[{}]", all.join(", "))
}

/// The other languages, and the texts of all.
fn languages(config: &Config, toml: &mut Toml, origin: &Origin, report: &mut Report) {
    for (index, language) in config.languages.iter().enumerate() {
        let texts = translations(config, &language.code, origin, report);
        if config.prefix(index).is_empty() {
            toml.table(&["translations"], &texts);
            continue;
        }
        let mut about = Toml::default();
        if let Some(title) = language
            .title
            .clone()
            .or_else(|| get_text(&config.root, "title"))
        {
            about.text("title", &title);
        }
        if let Some(description) = description(&language.params) {
            about.text("description", &description);
        }
        if config.has_feeds("home") {
            about.raw("generate_feeds", "true");
        }
        about.table(&["languages", &language.code, "translations"], &texts);
        toml.section(&["languages", &language.code], &about);
    }
}

/// Tells of files in `i18n/` that are for no language of the site.
pub(super) fn tell_translations(config: &Config, origin: &Origin, report: &mut Report) {
    for file in config.mounts.files(Component::Translations, origin, report) {
        let (name, extension) = file.inside.rsplit_once('.').unwrap_or((&file.inside, ""));
        let mut languages = config.languages.iter();
        let is_read = TEXTS.contains(&extension) && languages.any(|own| own.code == name);
        if !is_read {
            let what = "texts for no language of the site";
            let advice = "they did not come across: a file is called as its language, in lower case, as in fr.toml";
            report.note(Topic::Configuration, file.file, None, what, advice);
        }
    }
}

/// How files of texts end.
const TEXTS: [&str; 4] = ["toml", "yaml", "yml", "json"];

/// The texts in `i18n/`: of several forms, the usual one.
pub(super) fn translations(
    config: &Config,
    code: &str,
    origin: &Origin,
    report: &mut Report,
) -> Table {
    let mut found = Table::new();
    for extension in TEXTS {
        let name = format!("{code}.{extension}");
        let Some(file) = config.mounts.find(Component::Translations, &name, origin) else {
            continue;
        };
        let Some((source, table)) = data::read_items(origin, &file, Topic::Configuration, report)
        else {
            continue;
        };
        // In older sites, an array of tables with `id` and `translation`.
        for item in data::get(&table, "items")
            .map(data::tables)
            .unwrap_or_default()
        {
            let text = item_text(item);
            if let (Some(id), Some(text)) = (get_text(item, "id"), text) {
                set(&mut found, &id, Data::String(text));
            }
        }
        for (key, node) in table.iter().filter(|(key, _)| key.name != "items") {
            let text = match &node.value {
                Data::Table(forms) => {
                    let more = forms.iter().filter(|(key, _)| key.name != "description");
                    let text = item_text(forms);
                    if more.count() > 1 || text.is_none() {
                        let line = data::line_of(&source.text, key.span.start);
                        let what = "a text with forms for several numbers";
                        let advice = "the form `other` came across";
                        report.note(Topic::Configuration, &file, line, what, advice);
                    }
                    text
                }
                value => data::text(value),
            };
            if let Some(text) = text {
                set(&mut found, &key.name, Data::String(text));
            }
        }
    }
    found
}

/// The usual form of a text.
fn item_text(forms: &Table) -> Option<String> {
    let translation = get_text(forms, "translation");
    get_text(forms, "other")
        .or(translation)
        .or_else(|| get_text(forms, "translation.other"))
}

/// What templates see: the parameters, and the menus by language.
fn extra(config: &Config, library: &Library, report: &mut Report) -> Table {
    let root = &config.root;
    let mut extra = with_copyright(root);
    let mut own = Table::new();
    for language in config
        .languages
        .iter()
        .filter(|language| !language.params.is_empty())
    {
        set(
            &mut own,
            &language.code,
            Data::Table(language.params.clone()),
        );
    }
    if !own.is_empty() {
        set(&mut extra, "languages", Data::Table(own));
    }
    about::write(library, config, &mut extra);
    let mut of_all = Table::new();
    for (index, language) in config.languages.iter().enumerate() {
        let menus = menus::of_language(library, config, index, report);
        set(&mut of_all, &language.code, Data::Table(menus));
    }
    if config.in_subdirectory {
        let mut none = Table::new();
        set(&mut none, "main", Data::Array(Vec::new()));
        set(&mut of_all, UNDETERMINED, Data::Table(none));
    }
    set(&mut extra, "menus", Data::Table(of_all));
    extra
}

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

/// Whether lists are cut into several pages: whether a template does.
pub(super) fn paginate_by(config: &Config, templates: &[Mounted], origin: &Origin) -> Option<i64> {
    let cuts = |template: &Mounted| {
        let text = std::fs::read(origin.path().join(&template.file)).unwrap_or_default();
        String::from_utf8_lossy(&text).contains(".Paginat")
    };
    // The templates may be in a module that is not there.
    let cut = templates.is_empty() || templates.iter().any(cuts);
    (cut && config.pager_size > 0).then_some(config.pager_size)
}

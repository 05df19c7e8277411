//! `content/site.toml`: the configuration, and the addresses that are no
//! page's.

use std::collections::BTreeMap;

use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::about;
use super::config::{Config, with_copyright};
use super::data::{get_boolean, get_integer, get_table, get_text, set};
use super::hooks::Hooks;
use super::library::Library;
use super::listing::{self, Moved};
use super::markup::{self, HtmlPages};
use super::menus;
use super::mounts::Mounted;
use super::toml::Toml;
use super::translations;

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
    toml.text("base_url", &config.base_url());
    let first = &config.languages[0];
    let title = first.title.clone().or_else(|| get_text(root, "title"));
    if let Some(title) = title {
        toml.text("title", &title);
    }
    if let Some(description) = description(&first.params)
        .or_else(|| description(&get_table(root, "params")))
        .or_else(|| description(root))
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
    if config.languages.len() > 1 && config.has_kind("term") && !config.taxonomies.is_empty() {
        let what = "lists of terms do not name those in other languages";
        let advice = "a term is one of its language alone; a template may link to `get_taxonomy_url` with `lang`";
        report.note(Topic::Configuration, &config.file, None, what, advice);
    }
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
        let texts = translations::of_language(config, &language.code, origin, report);
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

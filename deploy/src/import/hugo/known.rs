//! Keys of Hugo's configuration: those that the import knows what to do with,
//! and those that have no meaning any more, each of which is told with its line.

use std::path::Path;

use site_gen::Source;
use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::address::Parts;
use super::config::split_base;
use super::data::{self, get_text, line_of, text, texts};
use super::{languages, markup, modules};

/// What is read, here or where it counts, or says what is so anyway.
const READ: [&str; 44] = [
    "archetypedir",
    "assetdir",
    "author",
    "baseurl",
    "builddrafts",
    "capitalizelisttitles",
    "canonifyurls",
    "cascade",
    "contentdir",
    "copyright",
    "datadir",
    "defaultcontentlanguage",
    "defaultcontentlanguageinsubdir",
    "description",
    "disablehugogeneratorinject",
    "disablelanguages",
    "enableemoji",
    "enablerobotstxt",
    "environment",
    "disablepathtolower",
    "i18ndir",
    "ignorefiles",
    "layoutdir",
    "mainsections",
    "menu",
    "menus",
    "paginate",
    "params",
    "pluralizelisttitles",
    "publishdir",
    "pygmentscodefences",
    "pygmentsusesclasses",
    "relativeurls",
    "removepathaccents",
    "resourcedir",
    "rsslimit",
    "sectionpagesmenu",
    "staticdir",
    "taxonomies",
    "theme",
    "themesdir",
    "title",
    "titlecasestyle",
    "workingdir",
];

/// What has no meaning any more, and what to do instead.
const ADVICE: [(&str, &str); 32] = [
    (
        "uglyurls",
        "addresses end in a slash now; the old ones lead there",
    ),
    (
        "buildfuture",
        "what has a date to come is a draft now; take `draft` out to publish it",
    ),
    (
        "buildexpired",
        "what has expired is a draft now; take `draft` out to publish it",
    ),
    ("caches", HOW_IT_RUNS),
    ("cleandestinationdir", HOW_IT_RUNS),
    (
        "deployment",
        "`fata build` makes one file, which is the server",
    ),
    ("disablealiases", "old addresses lead to new ones"),
    ("disablelivereload", HOW_IT_RUNS),
    (
        "disqusshortname",
        "nothing is loaded from elsewhere; add it to a template",
    ),
    (
        "enablegitinfo",
        "`[history] from_git = true` asks git for dates and names, once the site is in a repository",
    ),
    (
        "enableinlineshortcodes",
        "a shortcode is a template of the theme",
    ),
    (
        "enablemissingtranslationplaceholders",
        "`trans` of a key that is not there is a fault",
    ),
    (
        "googleanalytics",
        "nothing is loaded from elsewhere; add it to a template",
    ),
    ("hascjklanguage", "words are counted as they are"),
    ("ignorelogs", HOW_IT_RUNS),
    ("imaging", "pictures come across as they are"),
    ("mediatypes", "types follow from the names of files"),
    (
        "minify",
        "`minify_html` and `minify_assets` make files short",
    ),
    ("newcontenteditor", HOW_IT_RUNS),
    ("outputformats", "pages are HTML, feeds are RSS"),
    (
        "privacy",
        "nothing is loaded from elsewhere but what shortcodes show",
    ),
    (
        "reflinkserrorlevel",
        "a link that leads nowhere is an error",
    ),
    (
        "reflinksnotfoundurl",
        "a link that leads nowhere is an error",
    ),
    (
        "related",
        "no pages are related by themselves; a template lists those of a term with `get_taxonomy_term`",
    ),
    ("security", "a build runs no programs and asks nobody"),
    ("segments", HOW_IT_RUNS),
    ("server", "the server is the site itself"),
    (
        "services",
        "nothing is loaded from elsewhere; add it to a template",
    ),
    ("sitemap", "the sitemap has all pages alike"),
    (
        "summarylength",
        "a summary is what stands above `<!-- more -->`",
    ),
    (
        "timezone",
        "a date without a zone is in UTC; write the offset behind it",
    ),
    ("timeout", HOW_IT_RUNS),
];

const HOW_IT_RUNS: &str = "left out: it says how Hugo runs, not what the site is";

/// Tells, by line, all that a file of the configuration says and that is no
/// more.
pub(super) fn tell(
    table: &Table,
    source: &Source,
    (root, origin): (&Table, &Origin),
    report: &mut Report,
) {
    let place = (source.file.as_path(), source.text.as_str());
    for (key, node) in table {
        let name = key.name.to_lowercase();
        match (name.as_str(), &node.value) {
            ("markup", Data::Table(table)) => markup::tell(table, place, report),
            ("languages", Data::Table(table)) => languages::tell(table, place, root, report),
            ("module", Data::Table(table)) => {
                // Where modules are, which are themes, or what Hugo fetched.
                let themes = get_text(root, "themesDir").unwrap_or_else(|| "themes".to_owned());
                let themes = [themes.trim_matches('/').into(), "_vendor".into()];
                modules::tell(table, place, &themes, origin, report);
            }
            ("outputs", Data::Table(table)) => outputs(table, place, report),
            ("frontmatter", Data::Table(table)) => front_matter(table, place, report),
            ("pagination", Data::Table(table)) => pagination(table, place, report),
            ("permalinks", Data::Table(table)) => permalinks(table, place, report),
            ("disablekinds", value) => {
                kinds(value, line_of(place.1, key.span.start), place, report);
            }
            ("baseurl", value) => base_url(value, key.span.start, place, report),
            ("defaultcontentlanguageinsubdir", Data::Boolean(true)) => {
                let what = "all languages have a directory in paths";
                let advice = "the default language is `und`, which has no pages, so that they keep it; files are called as in about.en.md";
                let line = line_of(place.1, key.span.start);
                report.note(Topic::Configuration, place.0, line, what, advice);
            }
            ("author", Data::Table(author)) => self::author(author, place, report),
            ("languagecode" | "locale", value) => {
                language_code((&key.name, value), key.span.start, root, place, report);
            }
            (name, value) if !READ.contains(&name) => {
                let advice = ADVICE.iter().find(|(other, _)| *other == name);
                let advice = advice.map_or("left out", |(_, advice)| advice);
                let what = format!("`{name}` of Hugo has no meaning here");
                for at in leaves(value, key.span.start, name) {
                    let line = line_of(place.1, at);
                    report.note(Topic::Configuration, place.0, line, &what, advice);
                }
            }
            _ => {}
        }
    }
}

/// Tells that nobody knows where the site is, or that it is elsewhere now.
fn base_url(value: &Data, at: usize, (file, source): (&Path, &str), report: &mut Report) {
    let address = text(value).unwrap_or_default();
    let line = line_of(source, at);
    if !address.contains("://") {
        let what = "`baseURL` names no host";
        let advice = "`base_url` is https://example.org now; write where the site will be";
        report.note(Topic::Configuration, file, line, what, advice);
    }
    let (origin, path) = split_base(&address);
    if !site_gen::is_base_url(&format!("{origin}{path}")) {
        let what = "`baseURL` has a path that no site can have";
        let advice = "`base_url` has none now; write where the site will be";
        report.note(Topic::Configuration, file, line, what, advice);
    }
}

/// Tells what is said of the author besides the name.
fn author(author: &Table, (file, source): (&Path, &str), report: &mut Report) {
    for (key, _) in author {
        if !key.name.eq_ignore_ascii_case("name") {
            let what = format!("`author.{}` has no meaning here", key.name);
            let advice = "it is in `[extra.author]`, where templates see it";
            let line = line_of(source, key.span.start);
            report.note(Topic::Configuration, file, line, what, advice);
        }
    }
}

/// Tells that pages are in another language than they said.
fn language_code(
    (name, value): (&str, &Data),
    at: usize,
    root: &Table,
    (file, source): (&Path, &str),
    report: &mut Report,
) {
    let own = get_text(root, "defaultContentLanguage").unwrap_or_else(|| "en".to_owned());
    let code = text(value).unwrap_or_default();
    if !code.eq_ignore_ascii_case(&own) {
        let what = format!("`{name}` is {code}");
        let advice = format!("pages say `lang=\"{own}\"`, as `default_language` does");
        let line = line_of(source, at);
        report.note(Topic::Configuration, file, line, what, &advice);
    }
}

/// Where the keys in a table are that say something; those that switch off what
/// is not there say nothing.
pub(super) fn leaves(value: &Data, at: usize, path: &str) -> Vec<usize> {
    match value {
        Data::Table(table) => {
            let inner = table.iter().flat_map(|(key, node)| {
                let path = format!("{path}.{}", key.name.to_lowercase());
                leaves(&node.value, key.span.start, &path)
            });
            inner.collect()
        }
        Data::Boolean(false) | Data::Null => Vec::new(),
        // It is read, and makes `feed_limit`.
        _ if path == "services.rss.limit" => Vec::new(),
        _ => vec![at],
    }
}

/// Tells which formats of pages are there no more.
fn outputs(table: &Table, (file, text): (&Path, &str), report: &mut Report) {
    for (key, node) in table {
        let is_html = |format: &String| format.eq_ignore_ascii_case("html");
        if !key.name.eq_ignore_ascii_case("rss") && !texts(&node.value).iter().any(is_html) {
            let what = format!("pages of the kind `{}` were not in HTML", key.name);
            let line = line_of(text, key.span.start);
            report.note(Topic::Configuration, file, line, what, "they are now");
        }
        for format in texts(&node.value) {
            let format = format.to_lowercase();
            if !matches!(format.as_str(), "html" | "rss") {
                let what = format!("pages in the format `{format}`");
                let advice = "they are not served any more: pages are HTML, feeds are RSS";
                let line = line_of(text, key.span.start);
                report.note(Topic::Configuration, file, line, what, advice);
            }
        }
    }
}

/// Tells from where dates are taken no more.
fn front_matter(table: &Table, (file, text): (&Path, &str), report: &mut Report) {
    for (key, node) in table {
        for source in texts(&node.value) {
            let source = source.to_lowercase();
            let advice = match source.as_str() {
                ":git" => {
                    "`[history] from_git = true` asks git for dates, once the site is in a repository"
                }
                ":filemodtime" => {
                    "a file's own time is no date of a page: it says when it was copied"
                }
                _ => continue,
            };
            let what = format!("`{source}` in `frontmatter.{}`", key.name);
            let line = line_of(text, key.span.start);
            report.note(Topic::Configuration, file, line, what, advice);
        }
    }
}

/// Tells what is not the same about lists that are cut into several.
fn pagination(table: &Table, (file, text): (&Path, &str), report: &mut Report) {
    for (key, node) in table {
        let advice = match key.name.to_lowercase().as_str() {
            "pagersize" => continue,
            "disablealiases" => "old addresses lead to new ones",
            "path" if texts(&node.value) == ["page"] => continue,
            "path" => "the second part of a list is at page/2/ of it",
            _ => "left out",
        };
        let what = format!("`pagination.{}` has no meaning here", key.name);
        let line = line_of(text, key.span.start);
        report.note(Topic::Configuration, file, line, what, advice);
    }
}

/// Tells for which pages no pattern says where they are.
pub(super) fn permalinks(table: &Table, (file, text): (&Path, &str), report: &mut Report) {
    for (place, (key, node)) in table.iter().enumerate() {
        let kind = key.name.to_lowercase();
        let is_read = matches!(kind.as_str(), "page" | "section" | "taxonomy" | "term");
        if matches!(node.value, Data::Table(_)) && !is_read {
            let what = format!("`permalinks.{kind}` has no meaning here");
            let advice = "left out: such pages are served where their files are";
            let line = line_of(text, key.span.start);
            report.note(Topic::Configuration, file, line, what, advice);
        }
        let patterns = match &node.value {
            Data::Table(inner) => inner.iter().collect(),
            _ => vec![&table[place]],
        };
        for (key, node) in patterns {
            let pattern = data::text(&node.value).unwrap_or_default();
            if let Err(word) = Parts::default().fill(&pattern) {
                let what = format!("`{word}` in a permalink");
                let advice = "its pages are served where their files are";
                let line = line_of(text, key.span.start);
                report.note(Topic::Configuration, file, line, what, advice);
            }
        }
    }
}

/// Tells which pages are there now that were not.
fn kinds(value: &Data, line: usize, (file, _): (&Path, &str), report: &mut Report) {
    let off: Vec<String> = texts(value)
        .iter()
        .map(|kind| kind.to_lowercase())
        .collect();
    let is_off = |kind: &str| off.iter().any(|other| other == kind);
    for kind in &off {
        let advice = match kind.as_str() {
            "term" if !is_off("taxonomy") && !is_off("taxonomyterm") => {
                "the lists of terms are gone with the terms, whose pages they lead to"
            }
            "taxonomy" | "taxonomyterm" if !is_off("term") => {
                "the lists of terms are served, as the pages of terms are"
            }
            "taxonomy" | "taxonomyterm" | "term" | "rss" | "robotstxt" => continue,
            "404" => "a page for what is not there is served: the theme's 404.html",
            "sitemap" => "a sitemap is served",
            _ => "such pages are served; `render = false` in front matter keeps one back",
        };
        let what = format!("`{kind}` in `disableKinds`");
        report.note(Topic::Configuration, file, line, what, advice);
    }
}

//! Keys of Hugo's configuration: those that the import knows what to do with,
//! and those that have no meaning any more.

use std::path::Path;

use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::data::{line_of, texts};

/// What is read, here or where it counts, or says what is so anyway.
const READ: [&str; 47] = [
    "archetypedir",
    "assetdir",
    "author",
    "baseurl",
    "builddrafts",
    "canonifyurls",
    "cascade",
    "contentdir",
    "copyright",
    "datadir",
    "defaultcontentlanguage",
    "defaultcontentlanguageinsubdir",
    "disablekinds",
    "disablehugogeneratorinject",
    "disablelanguages",
    "enableemoji",
    "enablerobotstxt",
    "environment",
    "disablepathtolower",
    "frontmatter",
    "i18ndir",
    "ignorefiles",
    "languagecode",
    "languages",
    "layoutdir",
    "locale",
    "markup",
    "menu",
    "menus",
    "outputs",
    "paginate",
    "pagination",
    "params",
    "permalinks",
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
];

/// What has no meaning any more, and what to do instead.
const ADVICE: [(&str, &str); 15] = [
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
    (
        "enablegitinfo",
        "`[history] from_git = true` asks git for dates and names, once the site is in a repository",
    ),
    (
        "googleanalytics",
        "nothing is loaded from elsewhere; add it to a template",
    ),
    (
        "services",
        "nothing is loaded from elsewhere; add it to a template",
    ),
    (
        "disqusshortname",
        "nothing is loaded from elsewhere; add it to a template",
    ),
    (
        "module",
        "modules did not come across; put what they mount into content/ and themes/",
    ),
    (
        "minify",
        "`minify_html` and `minify_assets` make files short",
    ),
    ("imaging", "pictures come across as they are"),
    (
        "deployment",
        "`fata build` makes one file, which is the server",
    ),
    ("server", "the server is the site itself"),
    ("security", "a build runs no programs and asks nobody"),
    ("outputformats", "pages are HTML, feeds are RSS"),
    (
        "timezone",
        "a date without a zone is in UTC; write the offset behind it",
    ),
];

/// Tells what a key of the configuration is no more.
pub(super) fn configuration(
    key: &str,
    value: &Data,
    (file, line): (&Path, usize),
    report: &mut Report,
) {
    let key = key.to_lowercase();
    let off = matches!(value, Data::Boolean(false) | Data::Null);
    if key == "baseurl" && !matches!(value, Data::String(text) if text.contains("://")) {
        let what = "`baseURL` names no host";
        let advice = "`base_url` is https://example.org now; write where the site will be";
        return report.note(Topic::Configuration, file, line, what, advice);
    }
    if READ.contains(&key.as_str()) || off {
        return;
    }
    let advice = ADVICE.iter().find(|(name, _)| *name == key);
    let advice = advice.map_or("left out", |(_, advice)| advice);
    let what = format!("`{key}` of Hugo has no meaning here");
    report.note(Topic::Configuration, file, line, what, advice);
}

/// Tells which formats of pages are there no more.
pub(super) fn outputs(table: &Table, (file, text): (&Path, &str), report: &mut Report) {
    for (key, node) in table {
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

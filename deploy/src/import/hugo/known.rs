//! Keys of Hugo's configuration: those that the import knows what to do with,
//! and those that have no meaning any more.

use std::path::Path;

use site_gen::review::Data;

use super::super::report::{Report, Topic};

/// What is read, here or where it counts, or says what is so anyway.
const READ: [&str; 43] = [
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
    "enablerobotstxt",
    "environment",
    "frontmatter",
    "i18ndir",
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
const ADVICE: [(&str, &str); 18] = [
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
        "enableemoji",
        "codes such as `:smile:` stay as they are written; write the character",
    ),
    (
        "enablegitinfo",
        "`[history] from_git = true` asks git for dates and names, once the site is in a repository",
    ),
    ("disablepathtolower", "paths are in lower case"),
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
        "ignorefiles",
        "all files came across; take away what is not of the site",
    ),
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
    if READ.contains(&key.as_str()) || off {
        return;
    }
    let advice = ADVICE.iter().find(|(name, _)| *name == key);
    let advice = advice.map_or("left out", |(_, advice)| advice);
    let what = format!("`{key}` of Hugo has no meaning here");
    report.note(Topic::Configuration, file, line, what, advice);
}

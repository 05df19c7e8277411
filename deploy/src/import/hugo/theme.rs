//! The theme of the new site: a plain one, as Hugo's templates are Go's and do
//! not come across; and a template for each shortcode that is called.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use include_dir::{Dir, include_dir};

use super::super::built_in;
use super::super::report::{Report, Topic};
use super::super::tree::{Draft, Origin};
use super::arguments::new_name;
use super::config::Config;
use super::go;
use super::shortcodes::{AllUsed, TEMPLATES, Used};

static TEMPLATES_OF_ALL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/import/hugo/theme");

/// The templates of the old site: its own, and those of its themes.
pub(super) fn templates(config: &Config, origin: &Origin, report: &mut Report) -> Vec<PathBuf> {
    let mut directories = vec![config.directory("layoutDir", "layouts")];
    let themes = config.directory("themesDir", "themes");
    for theme in &config.themes {
        let directory = themes.join(theme);
        if !origin.path().join(&directory).is_dir() {
            let what = format!("the theme `{theme}` is not there");
            let advice = "its templates would not have come across, but what its shortcodes are called is not known";
            report.note(Topic::Files, &config.file, None, what, advice);
        }
        for file in origin.files(&directory.join("static"), report) {
            let what = "a file that the theme published";
            let advice = "it did not come across; put it into content/ if something refers to it";
            report.note(Topic::Files, file, None, what, advice);
        }
        directories.push(directory.join("layouts"));
    }
    let mut files = Vec::new();
    for directory in directories {
        files.extend(origin.files(&directory, report));
    }
    files
}

/// The names of the shortcodes among templates.
pub(super) fn shortcodes(templates: &[PathBuf]) -> BTreeSet<String> {
    let name = |file: &PathBuf| {
        let text = file.to_str()?;
        let inside = ["/shortcodes/", "/_shortcodes/"]
            .iter()
            .find_map(|directory| text.split_once(directory))?
            .1;
        let name = inside.rsplit_once('.').map_or(inside, |(name, _)| name);
        Some(name.to_owned())
    };
    templates.iter().filter_map(name).collect()
}

/// The shortcodes that can be said in tera, and how.
pub(super) fn translate(templates: &[PathBuf], origin: &Origin) -> BTreeMap<String, String> {
    let mut translated = BTreeMap::new();
    // The site's own come first.
    for file in templates.iter().rev() {
        let Some(name) = shortcodes(std::slice::from_ref(file)).pop_first() else {
            continue;
        };
        let text = std::fs::read_to_string(origin.path().join(file)).unwrap_or_default();
        match go::translate(&text) {
            Some(text) => _ = translated.insert(name, text),
            None => _ = translated.remove(&name),
        }
    }
    translated
}

/// Writes the theme, and tells which templates stayed behind.
pub(super) fn write(
    name: &str,
    (used, translated): (&AllUsed, &BTreeMap<String, String>),
    templates: &[PathBuf],
    draft: &mut Draft,
    report: &mut Report,
) -> Result<()> {
    let root = Path::new("themes").join(name);
    let toml = format!(
        "name = {}\ndescription = \"A plain theme, for a site that came from Hugo\"\n",
        super::toml::quoted(name)
    );
    let from = Path::new("layouts");
    draft.write(root.join("theme.toml"), &toml, from, report)?;
    for file in TEMPLATES_OF_ALL.files() {
        let text = file.contents_utf8().unwrap_or_default();
        draft.write(root.join("templates").join(file.path()), text, from, report)?;
    }
    for (name, used) in used {
        let to = root.join(format!("templates/shortcodes/{name}.html"));
        let own = translated.get(&used.name).cloned();
        let own = own.or_else(|| own_template(&used.name, templates));
        let text = own.unwrap_or_else(|| stand_in(used));
        draft.write(to, &text, from, report)?;
    }
    let called: BTreeSet<String> = used.keys().cloned().collect();
    for file in templates {
        let shortcode = shortcodes(std::slice::from_ref(file)).pop_first();
        let is_translated = shortcode
            .as_ref()
            .is_some_and(|name| translated.contains_key(name));
        let (what, advice) = match shortcode.map(|name| called.contains(&new_name(&name))) {
            Some(true) if is_translated => (
                "a shortcode, which is a template of Go",
                "it was translated, and its body is markdown now; have a look at it",
            ),
            Some(true) => (
                "a shortcode, which is a template of Go",
                "a template that shows how it is called stands in for it; write it anew",
            ),
            Some(false) => ("a shortcode that nobody calls", "it did not come across"),
            None => (
                "a template of Go",
                "it did not come across: a plain theme was written; draw on it, in tera",
            ),
        };
        report.note(Topic::Templates, file, None, what, advice);
    }
    Ok(())
}

/// The template of a shortcode of Hugo itself.
fn own_template(name: &str, templates: &[PathBuf]) -> Option<String> {
    if !TEMPLATES.contains(&name) || shortcodes(templates).contains(name) {
        return None;
    }
    let file = TEMPLATES_OF_ALL.get_file(format!("shortcodes/{name}.html"));
    let brought = file.and_then(|file| file.contents_utf8());
    let shared = built_in::TEMPLATES.iter().find(|(other, _)| *other == name);
    brought.or(shared.map(|(_, text)| *text)).map(str::to_owned)
}

/// Shows that a shortcode is called, how, and what is in it.
fn stand_in(used: &Used) -> String {
    let mut text = format!(
        "{{#- Stands in for Hugo's shortcode `{}`, and shows that it is called. -#}}\n",
        used.name.replace("#}", "")
    );
    let arguments: String = used
        .arguments
        .iter()
        .map(|name| format!("{{% if {name} %}} {name}=“{{{{ {name} }}}}”{{% endif %}}"))
        .collect();
    let called = format!("{}{arguments}", used.name);
    if used.has_body {
        text.push_str(&format!(
            "{{% if body %}}<div class=\"shortcode\">\n<p><small>{called}</small></p>\n{{{{ body | safe }}}}</div>{{% else %}}<span class=\"shortcode\">{called}</span>{{% endif %}}\n"
        ));
    } else {
        text.push_str(&format!("<span class=\"shortcode\">{called}</span>\n"));
    }
    text
}

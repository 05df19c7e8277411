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
use super::config_files::FILES;
use super::data::get_texts;
use super::go;
use super::hooks;
use super::mounts::{Component, Mounted};
use super::shortcodes::{AllUsed, TEMPLATES, Used};
use super::variants::{self, Chosen};

static TEMPLATES_OF_ALL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/import/hugo/theme");

/// The templates of the old site: its own, and those of its themes.
pub(super) fn templates(config: &Config, origin: &Origin, report: &mut Report) -> Vec<Mounted> {
    let mut found = config.mounts.files(Component::Layouts, origin, report);
    for theme in &config.themes {
        let mut directories = config.theme_directories().into_iter();
        let directory = directories.find_map(|directory| {
            let directory = directory.join(theme);
            origin.path().join(&directory).is_dir().then_some(directory)
        });
        let Some(directory) = directory else {
            // A module that is missing is told where it is named.
            if get_texts(&config.root, "theme").contains(theme) {
                let what = format!("the theme `{theme}` is not there");
                let advice = "its templates would not have come across, but what its shortcodes are called is not known";
                report.note(Topic::Files, &config.file, None, what, advice);
            }
            continue;
        };
        tell_rest(&directory, origin, report);
        found.extend(below(&directory.join("layouts"), origin, report));
    }
    found
}

/// The data of themes, which the templates of their shortcodes read.
pub(super) fn data(config: &Config, origin: &Origin, report: &mut Report) -> Vec<Mounted> {
    files_in("data", config, origin, report)
}

/// Tells which files that themes published nothing refers to.
pub(super) fn tell_published(
    config: &Config,
    brought: &BTreeSet<&PathBuf>,
    origin: &Origin,
    report: &mut Report,
) {
    let published = files_in("static", config, origin, report);
    for file in published.iter().filter(|one| !brought.contains(&one.file)) {
        let what = "a file that the theme published";
        let advice = "it did not come across, as no text refers to it; put it into content/ if something else does";
        report.note(Topic::Files, &file.file, None, what, advice);
    }
}

/// The files in a directory of the themes, those of the site's own theme last.
fn files_in(name: &str, config: &Config, origin: &Origin, report: &mut Report) -> Vec<Mounted> {
    let mut found = Vec::new();
    for theme in config.themes.iter().rev() {
        for directory in config.theme_directories() {
            found.extend(below(&directory.join(theme).join(name), origin, report));
        }
    }
    found
}

/// All files below a directory of a theme.
fn below(directory: &Path, origin: &Origin, report: &mut Report) -> Vec<Mounted> {
    let files = origin.files(directory, report).into_iter();
    let mounted = |file: PathBuf| {
        let inside = file.strip_prefix(directory).ok()?.to_str()?.to_owned();
        let language = 0;
        Some(Mounted {
            file,
            inside,
            language,
        })
    };
    files.filter_map(mounted).collect()
}

/// What a theme has for its own templates, which stay behind.
fn tell_rest(theme: &Path, origin: &Origin, report: &mut Report) {
    for file in FILES.iter().map(|name| theme.join(name)) {
        if origin.has(&file) {
            let what = "what the theme says in a configuration of its own";
            let advice = "left out; copy into `content/site.toml` what counted for the site";
            report.note(Topic::Configuration, file, None, what, advice);
        }
    }
    for directory in ["archetypes", "assets", "content", "data", "i18n"] {
        for file in origin.files(&theme.join(directory), report) {
            let what = "a file of the theme's own";
            let advice = "it did not come across: the templates that read it did not";
            report.note(Topic::Files, file, None, what, advice);
        }
    }
}

/// A template that others call.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) file: PathBuf,
    pub(super) text: String,
}

/// Templates that others call, by name.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) shortcodes: BTreeMap<String, Chosen<Template>>,
    pub(super) partials: BTreeMap<String, Template>,
    /// Partials that have several templates, for languages: which one Hugo takes is
    /// not known.
    pub(super) several: BTreeSet<String>,
}

impl Texts {
    pub(super) fn of(config: &Config, templates: &[Mounted], origin: &Origin) -> Self {
        let mut texts = Self::default();
        // What is no text is told where the template is called.
        let read = |template: &Mounted| Template {
            file: template.file.clone(),
            text: origin
                .read(&template.file, &mut Report::default())
                .unwrap_or_default(),
        };
        for (name, chosen) in variants::choose(templates, config) {
            let of_languages = chosen.of_languages.iter();
            let chosen = Chosen {
                usual: chosen.usual.map(read),
                of_languages: of_languages.map(|(at, one)| (*at, read(one))).collect(),
            };
            texts.shortcodes.insert(name, chosen);
        }
        // The site's own come first.
        for template in templates.iter().rev() {
            if let Some(name) = partial(template) {
                let mut codes = config
                    .languages
                    .iter()
                    .map(|own| format!(".{}.html", own.code));
                if let Some(name) = codes.find_map(|end| name.strip_suffix(&end)) {
                    texts.several.insert(format!("{name}.html"));
                }
                texts.partials.insert(name, read(template));
            }
        }
        texts
    }

    /// The shortcodes that can be said in tera, and how.
    pub(super) fn translate(&self, config: &Config) -> BTreeMap<String, String> {
        let shortcodes = self.shortcodes.iter();
        let partial = |name: &str| {
            let known = self
                .partials
                .get(name)
                .filter(|_| !self.several.contains(name));
            Some(known?.text.as_str())
        };
        let one = |template: &Template| go::translate(&go::with_partials(&template.text, partial));
        let translated = shortcodes.filter_map(|(name, chosen)| {
            let mut whole = match &chosen.usual {
                Some(template) => one(template)?,
                None => String::new(),
            };
            for (language, template) in &chosen.of_languages {
                let code = &config.languages[*language].code;
                let own = one(template)?;
                whole = format!("{{% if lang == {code:?} %}}{own}{{% else %}}{whole}{{% endif %}}");
            }
            Some((name.clone(), whole))
        });
        translated.collect()
    }
}

/// What a template is called that others call, if it is one.
fn partial(template: &Mounted) -> Option<String> {
    let inside = &template.inside;
    let name = ["partials/", "_partials/"]
        .iter()
        .find_map(|directory| inside.strip_prefix(directory))?;
    Some(name.to_owned())
}

/// Writes the theme, and tells which templates stayed behind.
pub(super) fn write(
    name: &str,
    (used, translated, printed): (&AllUsed, &BTreeMap<String, String>, &BTreeSet<String>),
    (templates, texts): (&[Mounted], &Texts),
    (origin, draft): (&Origin, &mut Draft),
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
        let own = own.or_else(|| own_template(&used.name, texts));
        let text = own.unwrap_or_else(|| stand_in(used));
        draft.write(to, &text, from, report)?;
    }
    tell_templates(
        (used, translated, printed),
        (templates, texts),
        origin,
        report,
    );
    Ok(())
}

/// Tells what became of each template.
fn tell_templates(
    (used, translated, printed): (&AllUsed, &BTreeMap<String, String>, &BTreeSet<String>),
    (templates, texts): (&[Mounted], &Texts),
    origin: &Origin,
    report: &mut Report,
) {
    let mut of_files: BTreeMap<&Path, &str> = BTreeMap::new();
    for (name, chosen) in &texts.shortcodes {
        of_files.extend(chosen.all().map(|one| (one.file.as_path(), name.as_str())));
    }
    for template in templates {
        if let Some((what, advice)) = hooks::advice(template, origin) {
            report.note(Topic::Templates, &template.file, None, what, &advice);
            continue;
        }
        let shortcode = of_files.get(template.file.as_path()).copied();
        let is_translated = shortcode.is_some_and(|name| translated.contains_key(name));
        if is_translated {
            tell_partials(template, texts, origin, report);
        }
        let (what, advice) = match shortcode {
            Some(name) if used.contains_key(&new_name(name)) && is_translated => (
                "a shortcode, which is a template of Go",
                "it was translated, and its body is markdown now; have a look at it",
            ),
            Some(name) if used.contains_key(&new_name(name)) => (
                "a shortcode, which is a template of Go",
                "a template that shows how it is called stands in for it; write it anew",
            ),
            Some(name) if printed.contains(name) => (
                "a shortcode, which is a template of Go",
                "what it printed stands in the texts that called it",
            ),
            Some(_) => ("a shortcode that nobody calls", "it did not come across"),
            None if variants::is_of_shortcode(template) => (
                "a shortcode's template that draws no page in HTML",
                "it did not come across: another one stands before it, or it is for another format",
            ),
            None => (
                "a template of Go",
                "it did not come across: a plain theme was written; draw on it, in tera",
            ),
        };
        report.note(Topic::Templates, &template.file, None, what, advice);
    }
}

/// Tells which parts of a translated shortcode others drew that are not known.
fn tell_partials(template: &Mounted, texts: &Texts, origin: &Origin, report: &mut Report) {
    let is_known = |name: &str| texts.partials.contains_key(name) && !texts.several.contains(name);
    let text = std::fs::read_to_string(origin.path().join(&template.file));
    for line in go::partials(&text.unwrap_or_default(), is_known) {
        let what = "a part of a shortcode that another template of Go draws";
        let advice = "left out of what it was translated to, as a comment says there";
        report.note(Topic::Templates, &template.file, line, what, advice);
    }
}

/// The template of a shortcode of Hugo itself.
fn own_template(name: &str, texts: &Texts) -> Option<String> {
    if !TEMPLATES.contains(&name) || texts.shortcodes.contains_key(name) {
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

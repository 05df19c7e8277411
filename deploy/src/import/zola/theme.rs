//! Templates and style sheets: those of the theme that a site uses stay its theme's,
//! and what the site itself puts before them stays its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::super::built_in;
use super::super::report::{Report, Topic};
use super::super::tera::{self, Body, Related, Templates};
use super::super::tree::{Draft, Origin};
use super::code::{self, Colours};
use super::config::Config;
use super::content::Content;
use super::style;

/// Templates of what the generator makes by itself, whatever a theme has.
const OWN: [&str; 2] = ["internal/alias.html", "split_sitemap_index.xml"];

/// Zola made something of a site without them.
const NEEDED: [(&str, &str); 3] = [
    ("index.html", "section"),
    ("section.html", "section"),
    ("page.html", "page"),
];

/// Those of taxonomies: what each is called in the directory of one, and of all; and
/// what is in its list. Zola asks for them when there is a term.
const OF_TAXONOMIES: [(&str, &str, &str); 2] = [
    (
        "list.html",
        "taxonomy_list.html",
        "<h1>{{ taxonomy.name }}</h1>\n<ul>\n{% for term in terms %}<li><a href=\"{{ term.permalink }}\">{{ term.name }}</a></li>\n{% endfor %}</ul>\n",
    ),
    (
        "single.html",
        "taxonomy_single.html",
        "<h1>{{ term.name }}</h1>\n<ul>\n{% for page in term.pages %}<li><a href=\"{{ page.permalink }}\">{{ page.title }}</a></li>\n{% endfor %}</ul>\n",
    ),
];

/// Brings the theme across, and says what its templates have between quotes.
/// The content says which shortcodes it calls.
pub(super) fn import(
    (config, file): (&Config, &Path),
    content: &Content,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<BTreeSet<String>> {
    let own = directory_files(Path::new(""), origin, report);
    let old = config.theme.as_ref();
    let old = old.map(|name| Path::new("themes").join(name));
    let below = old
        .as_ref()
        .map(|from| directory_files(from, origin, report));
    if let (Some(from), Some(files)) = (&old, &below)
        && files.is_empty()
    {
        let advice = "fetch it (it may be a submodule of Git), and import again";
        report.note(Topic::Files, from, None, "the theme is not there", advice);
    }
    let below = below.unwrap_or_default();

    let mut names = Names {
        theme: config.theme.clone().unwrap_or_default(),
        own: template_names(&own),
        below: template_names(&below),
        related: BTreeMap::new(),
        has_colours: config.colours.is_some(),
        with_body: content.with_body.clone(),
    };
    names.relate((&own, &below), origin, report);
    let mut writer = Writer {
        theme: old.as_deref().unwrap_or(Path::new("")),
        config: file,
        names: &names,
        origin,
        draft,
        report,
    };
    for (inside, file) in &own {
        writer.bring(inside, file, Layer::Own)?;
    }
    for (inside, file) in &below {
        writer.bring(inside, file, Layer::Below)?;
    }
    writer.complete(&content.used)?;
    writer.complete_taxonomies(config)?;
    if config.anchor_links || content.has_anchor_links {
        writer.link_headings()?;
    }
    if let Some(colours) = config.colours {
        writer.colour(colours)?;
    }
    if let Some(theme) = &old
        && !draft.has(&theme.join("theme.toml"))
    {
        let text = format!("name = {:?}\n", names.theme);
        draft.write(theme.join("theme.toml"), &text, theme, report)?;
    }
    let texts = names
        .related
        .into_values()
        .flat_map(|related| related.texts);
    Ok(texts.collect())
}

/// What a theme has: files by their place in it.
fn directory_files(
    from: &Path,
    origin: &Origin,
    report: &mut Report,
) -> BTreeMap<PathBuf, PathBuf> {
    let mut files = BTreeMap::new();
    let is_theme = !from.as_os_str().is_empty();
    let parts: &[&str] = if is_theme {
        &["templates", "sass", "static"]
    } else {
        &["templates", "sass"]
    };
    for part in parts {
        for file in origin.files(&from.join(part), report) {
            if let Ok(inside) = file.strip_prefix(from) {
                files.insert(inside.to_owned(), file.clone());
            }
        }
    }
    let toml = from.join("theme.toml");
    if is_theme && origin.has(&toml) {
        files.insert("theme.toml".into(), toml);
    }
    files
}

fn template_names(files: &BTreeMap<PathBuf, PathBuf>) -> BTreeSet<String> {
    let names = files
        .keys()
        .filter_map(|file| file.strip_prefix("templates").ok());
    names
        .filter_map(|name| name.to_str().map(str::to_owned))
        .collect()
}

/// Which templates there are.
struct Names {
    theme: String,
    own: BTreeSet<String>,
    below: BTreeSet<String>,
    /// What each says about others, all by their new names.
    related: BTreeMap<String, Related>,
    /// Whether code has colours.
    has_colours: bool,
    /// The shortcodes that are given their body as an argument.
    with_body: BTreeSet<String>,
}

impl Names {
    /// Reads what all templates say about others.
    fn relate(
        &mut self,
        (own, below): (&BTreeMap<PathBuf, PathBuf>, &BTreeMap<PathBuf, PathBuf>),
        origin: &Origin,
        report: &mut Report,
    ) {
        let layers = [(own, Layer::Own), (below, Layer::Below)];
        let files = layers.into_iter().flat_map(|(files, layer)| {
            files
                .iter()
                .map(move |(inside, file)| (inside, file, layer))
        });
        for (inside, file, layer) in files {
            let Some(name) = inside.strip_prefix("templates").ok().and_then(Path::to_str) else {
                continue;
            };
            let Some(text) = origin.read(file, report) else {
                continue;
            };
            let mut related = tera::related(&text);
            let known = |name: String| self.resolve(&name).unwrap_or(name);
            related.parent = related.parent.map(known);
            let imported = related.imports.iter_mut().map(|(_, template)| template);
            for template in imported.chain(&mut related.included) {
                *template = known(template.clone());
            }
            let name = match layer {
                Layer::Own => name.to_owned(),
                Layer::Below => self.below(name),
            };
            self.related.insert(name, related);
        }
    }

    /// What a template, or one that it extends, imports under a name.
    fn imported_above(&self, name: &str, alias: &str) -> Option<String> {
        let mut next = self.related.get(name);
        // A theme that extends in circles is at fault itself.
        for _ in 0..self.related.len() {
            let related = next?;
            let mut imports = related.imports.iter().rev();
            if let Some((_, template)) = imports.find(|(own, _)| own == alias) {
                return Some(template.clone());
            }
            next = self.related.get(related.parent.as_ref()?);
        }
        None
    }

    /// A theme's template that the site puts its own before has a longer name.
    fn below(&self, name: &str) -> String {
        if self.own.contains(name) {
            format!("{}/templates/{name}", self.theme)
        } else {
            name.to_owned()
        }
    }
}

impl Templates for Names {
    fn resolve(&self, name: &str) -> Option<String> {
        let prefix = format!("{}/templates/", self.theme);
        if let Some(name) = name.strip_prefix(&prefix) {
            return self.below.contains(name).then(|| self.below(name));
        }
        let known = self.own.contains(name) || self.below.contains(name);
        known.then(|| name.to_owned())
    }

    fn body(&self, name: &str) -> Body {
        let inside = name
            .rsplit_once("shortcodes/")
            .map_or(name, |(_, name)| name);
        let name = inside.rsplit_once('.').map_or(inside, |(name, _)| name);
        match self.with_body.contains(name) {
            true => Body::Argument,
            false => Body::Between,
        }
    }

    fn in_head(&self) -> Option<&'static str> {
        self.has_colours.then_some(code::LINK)
    }

    fn imported(&self, name: &str, alias: &str) -> Option<String> {
        let uses = |related: &Related| {
            let mut imported = related.imports.iter().map(|(_, template)| template);
            imported.any(|own| own == name) || related.included.iter().any(|own| own == name)
        };
        let users = self.related.iter().filter(|(_, related)| uses(related));
        let mut names = std::iter::once(name)
            .chain(users.map(|(user, _)| user.as_str()))
            .chain(self.related.keys().map(String::as_str));
        names.find_map(|name| self.imported_above(name, alias))
    }
}

/// Whose a file is: the site's own come before those of its theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Own,
    Below,
}

struct Writer<'a> {
    /// Where the theme is, in both sites.
    theme: &'a Path,
    /// The file of the configuration.
    config: &'a Path,
    names: &'a Names,
    origin: &'a Origin,
    draft: &'a mut Draft,
    report: &'a mut Report,
}

impl Writer<'_> {
    fn bring(&mut self, inside: &Path, file: &Path, layer: Layer) -> Result<()> {
        if let Some(name) = inside.strip_prefix("templates").ok().and_then(Path::to_str) {
            return self.template(name, file, layer);
        }
        let to = self.place(layer).join(inside);
        style::tell(file, self.origin, self.report);
        if self.draft.copy(to, self.origin, file, self.report)? {
            self.report.files += 1;
        }
        Ok(())
    }

    /// The directory of what is the site's own, or its theme's.
    fn place(&self, layer: Layer) -> PathBuf {
        match layer {
            Layer::Own => PathBuf::new(),
            Layer::Below => self.theme.to_owned(),
        }
    }

    fn template(&mut self, name: &str, file: &Path, layer: Layer) -> Result<()> {
        if OWN.contains(&name) {
            let what = "the generator makes this by itself";
            let advice = "the template did not come across";
            self.report.note(Topic::Templates, file, None, what, advice);
            return Ok(());
        }
        let Some(text) = self.origin.read(file, self.report) else {
            return Ok(());
        };
        let new_name = match layer {
            Layer::Own => name.to_owned(),
            Layer::Below => self.names.below(name),
        };
        let text = tera::translate(&text, &new_name, file, self.names, self.report);
        let to = self.place(layer).join("templates").join(name);
        self.report.templates += 1;
        self.draft.write(to, &text, file, self.report)
    }

    /// Adds what Zola had without anyone writing it.
    fn complete(&mut self, used: &BTreeSet<String>) -> Result<()> {
        for (name, what) in NEEDED {
            if self.names.resolve(name).is_none() {
                let text = format!(
                    "<!DOCTYPE html>\n<title>{{{{ {what}.title }}}}</title>\n<h1>{{{{ {what}.title }}}}</h1>\n{{{{ {what}.content | safe }}}}\n"
                );
                self.stub(name, &text, "there was no such template")?;
            }
        }
        for (name, text) in built_in::TEMPLATES {
            let template = format!("shortcodes/{name}.html");
            let in_markdown = format!("shortcodes/{name}.md");
            let has_one = [&template, &in_markdown].map(|name| self.names.resolve(name));
            if used.contains(name) && has_one.iter().all(Option::is_none) {
                self.stub(&template, text, "this shortcode came with Zola")?;
            }
        }
        Ok(())
    }

    /// Adds what lists terms and their pages, if the theme does not.
    fn complete_taxonomies(&mut self, config: &Config) -> Result<()> {
        for (own, general, body) in OF_TAXONOMIES {
            let has = |name: &str| self.names.resolve(name).is_some();
            let mut rendered = config.taxonomies.rendered();
            if rendered.any(|name| !has(general) && !has(&format!("{name}/{own}"))) {
                let text =
                    format!("<!DOCTYPE html>\n<title>{{{{ taxonomy.name }}}}</title>\n{body}");
                self.stub(general, &text, "there was no such template")?;
            }
        }
        Ok(())
    }

    /// Headings link to themselves as they did, for the theme's style.
    fn link_headings(&mut self) -> Result<()> {
        let name = "anchor-link.html";
        if self.names.resolve(name).is_some() {
            return Ok(());
        }
        let text = "<a class=\"zola-anchor\" href=\"#{{ id }}\" \
                    aria-label=\"Anchor link for: {{ id }}\">🔗</a>\n";
        let to = Path::new("templates").join(name);
        self.draft
            .write(&to, text, Path::new("templates"), self.report)
    }

    /// Writes the style sheet that gives code its colours.
    fn colour(&mut self, colours: Colours) -> Result<()> {
        let to = Path::new("static").join(code::SHEET);
        let what = "colours of code are in a style sheet of their own";
        let advice = "static/code.css has some like those that were chosen; all \
                      templates with a `</head>` link to it";
        let config = self.config;
        self.report
            .note(Topic::Configuration, config, None, what, advice);
        self.draft.write(to, &colours.sheet(), config, self.report)
    }

    fn stub(&mut self, name: &str, text: &str, what: &str) -> Result<()> {
        let file = Path::new("templates").join(name);
        let advice = "a plain one was written; have a look at it";
        self.report
            .note(Topic::Templates, &file, None, what, advice);
        self.draft.write(&file, text, &file, self.report)
    }
}

//! What the configuration of a Hugo site says, in whichever files it stands
//! ([`config_files`]).

use std::path::{Path, PathBuf};

use anyhow::Result;
use regex_automata::meta::Regex;
use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::address::Style;
use super::config_files;
use super::data::{self, get, get_boolean, get_integer, get_table, get_text, get_texts};
use super::mounts::Mounts;

/// Memory that a pattern for files may take, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// A language of the site.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) code: String,
    pub(super) title: Option<String>,
    /// Relative to the site.
    pub(super) content: PathBuf,
    pub(super) params: Table,
    pub(super) menus: Table,
}

/// The configuration.
#[derive(Debug)]
pub(super) struct Config {
    /// The file that notes about all of it name.
    pub(super) file: PathBuf,
    pub(super) root: Table,
    /// The default one first.
    pub(super) languages: Vec<Language>,
    /// The codes of those that are switched off.
    pub(super) languages_off: Vec<String>,
    /// Whether the paths of the default language begin with its code, too.
    pub(super) in_subdirectory: bool,
    /// As in `https://example.org`.
    pub(super) origin: String,
    /// As in `/blog`; nothing if the site has a whole domain.
    pub(super) base_path: String,
    /// As in `tags`.
    pub(super) taxonomies: Vec<String>,
    pub(super) pager_size: i64,
    pub(super) ugly: bool,
    /// How names become parts of paths.
    pub(super) style: Style,
    /// Files of the content that are none, by their whole path.
    pub(super) ignored: Vec<Regex>,
    /// The site's theme, and those it is made of.
    pub(super) themes: Vec<String>,
    /// What is where.
    pub(super) mounts: Mounts,
}

impl Config {
    /// The address of what is served under a path that counts from the first page and is
    /// not encoded.
    pub(super) fn address(&self, path: &str) -> String {
        let base = site_gen::decode_path(&self.base_path);
        site_gen::encode_path(&format!("{base}{path}"))
    }

    /// Where the site is.
    pub(super) fn base_url(&self) -> String {
        format!("{}{}", self.origin, self.base_path)
    }

    /// Reads all of it, and tells what it says that has no meaning any more.
    pub(super) fn read(origin: &Origin, report: &mut Report) -> Result<Self> {
        let (file, root) = config_files::read(origin, report)?;
        let mut config = Self::interpret(file, root);
        config.read_ignored(report);
        config.tell(report);
        Ok(config)
    }

    /// Tells what is the case no more, and has no key of its own.
    fn tell(&self, report: &mut Report) {
        let mut note = |what: &str, advice: &str| {
            report.note(Topic::Configuration, &self.file, None, what, advice);
        };
        if get(&self.root, "baseURL").is_none() {
            note(
                "the configuration has no `baseURL`",
                "`base_url` is https://example.org now; write where the site will be",
            );
        }
    }

    fn interpret(file: PathBuf, root: Table) -> Self {
        let (origin, base_path) = split_base(&get_text(&root, "baseURL").unwrap_or_default());
        // What is no path of a site is told with the address.
        let base_path = match site_gen::is_base_url(&format!("{origin}{base_path}")) {
            true => base_path,
            false => String::new(),
        };
        let languages = languages(&root);
        // Some say it for the language that the site is in.
        let of_language = format!("languages.{}.taxonomies", languages[0].code);
        let taxonomies = get(&root, "taxonomies").or_else(|| get(&root, &of_language));
        let taxonomies = match taxonomies {
            None => vec!["tags".to_owned(), "categories".to_owned()],
            Some(Data::Table(table)) => table
                .iter()
                .filter_map(|(_, node)| data::text(&node.value))
                .map(|plural| plural.to_lowercase())
                .collect(),
            Some(_) => Vec::new(),
        };
        let pager_size = get_integer(&root, "pagination.pagerSize")
            .or_else(|| get_integer(&root, "paginate"))
            .unwrap_or(10);
        let contents: Vec<(&str, &Path)> = languages
            .iter()
            .map(|language| (language.code.as_str(), language.content.as_path()))
            .collect();
        Self {
            mounts: Mounts::of(&root, &contents),
            languages,
            languages_off: languages_off(&root),
            in_subdirectory: get_boolean(&root, "defaultContentLanguageInSubdir")
                .unwrap_or_default(),
            origin,
            base_path,
            taxonomies,
            pager_size,
            ugly: get_boolean(&root, "uglyURLs").unwrap_or_default(),
            style: Style::of(&root),
            ignored: Vec::new(),
            themes: themes(&root),
            file,
            root,
        }
    }

    fn read_ignored(&mut self, report: &mut Report) {
        for pattern in get_texts(&self.root, "ignoreFiles") {
            let built = Regex::builder()
                .configure(Regex::config().nfa_size_limit(Some(MAX_PATTERN_BYTES)))
                .build(&pattern);
            if let Ok(regex) = built {
                self.ignored.push(regex);
            } else {
                let what = format!("`{pattern}` in `ignoreFiles` is no pattern that is read here");
                let advice = "what it hid came across; take it away";
                report.note(Topic::Configuration, &self.file, None, what, advice);
            }
        }
    }

    /// Whether a link that is a path leads to the page of its language: Hugo
    /// has a hook for that in sites of several languages.
    pub(super) fn links_follow_languages(&self) -> bool {
        let hook = "markup.goldmark.renderHooks.link";
        let told = get_text(&self.root, &format!("{hook}.useEmbedded"));
        let old = get_boolean(&self.root, &format!("{hook}.enableDefault"));
        match (told.as_deref(), old) {
            (Some("always"), _) | (None, Some(true)) => true,
            (Some("never" | "fallback"), _) | (None, Some(false)) => false,
            _ => self.languages.len() > 1,
        }
    }

    /// A directory of the site that may have another name.
    pub(super) fn directory(&self, key: &str, usual: &str) -> PathBuf {
        let name = get_text(&self.root, key).unwrap_or_else(|| usual.to_owned());
        PathBuf::from(name.trim_matches('/'))
    }

    /// Where themes are, and modules.
    pub(super) fn theme_directories(&self) -> [PathBuf; 2] {
        // Modules are where `hugo mod vendor` puts them.
        [self.directory("themesDir", "themes"), "_vendor".into()]
    }

    /// What the paths of a language begin with: nothing, or as in `/fr`.
    pub(super) fn prefix(&self, language: usize) -> String {
        if language == 0 && !self.in_subdirectory {
            String::new()
        } else {
            format!("/{}", self.languages[language].code)
        }
    }

    /// Whether pages of a kind are made at all.
    pub(super) fn has_kind(&self, kind: &str) -> bool {
        let off = get_texts(&self.root, "disableKinds");
        !off.iter().any(|other| other.eq_ignore_ascii_case(kind))
    }

    /// Whether there are feeds of pages of a kind: `home`, `section`, `term`.
    pub(super) fn has_feeds(&self, kind: &str) -> bool {
        let outputs = get(&self.root, "outputs").and_then(|_| {
            let outputs = get_texts(&self.root, &format!("outputs.{kind}"));
            (!outputs.is_empty()).then_some(outputs)
        });
        let is_feed = |format: &String| format.eq_ignore_ascii_case("rss");
        self.has_kind("rss") && outputs.is_none_or(|outputs| outputs.iter().any(is_feed))
    }

    /// The pattern of the paths of a section's pages, of sections, or of terms.
    pub(super) fn permalink(&self, language: usize, kind: &str, section: &str) -> Option<String> {
        // What a language says takes the place of what is said for all.
        let own = format!("languages.{}.permalinks", self.languages[language].code);
        let place = match get(&self.root, &own) {
            Some(_) => own,
            None => "permalinks".to_owned(),
        };
        get_text(&self.root, &format!("{place}.{kind}.{section}")).or_else(|| {
            let is_taxonomy = self.taxonomies.iter().any(|name| name == section);
            let meant = if is_taxonomy { "term" } else { "page" };
            get_text(&self.root, &format!("{place}.{section}")).filter(|_| meant == kind)
        })
    }

    /// Whether a date, and a slug, is taken from files' names.
    pub(super) fn dates_from_names(&self) -> bool {
        get_texts(&self.root, "frontmatter.date")
            .iter()
            .any(|word| word == ":filename")
    }
}

/// The site's theme, and modules, which may be where themes are.
fn themes(root: &Table) -> Vec<String> {
    let imports = get(root, "module.imports").map(data::tables);
    let imports = imports.unwrap_or_default().into_iter();
    let imported = imports.filter(|import| get_boolean(import, "disable") != Some(true));
    let imported = imported.filter_map(|import| get_text(import, "path"));
    get_texts(root, "theme")
        .into_iter()
        .chain(imported)
        .collect()
}

/// The codes of languages that the site does not have now.
fn languages_off(root: &Table) -> Vec<String> {
    let named = get_texts(root, "disableLanguages").into_iter();
    let all = get_table(root, "languages").into_iter();
    let disabled = all.filter_map(|(key, node)| match node.value {
        Data::Table(table) => get_boolean(&table, "disabled")?.then_some(key.name),
        _ => None,
    });
    named
        .chain(disabled)
        .map(|code| code.to_lowercase())
        .collect()
}

fn languages(root: &Table) -> Vec<Language> {
    let default = get_text(root, "defaultContentLanguage").unwrap_or_else(|| "en".to_owned());
    let default = default.to_lowercase();
    let content = get_text(root, "contentDir").unwrap_or_else(|| "content".to_owned());
    let off = languages_off(root);
    let mut found: Vec<(i64, Language)> = Vec::new();
    for (key, node) in get_table(root, "languages") {
        let Data::Table(table) = node.value else {
            continue;
        };
        let code = key.name.to_lowercase();
        if off.contains(&code) {
            continue;
        }
        let directory = get_text(&table, "contentDir").unwrap_or_else(|| content.clone());
        let mut menus = get_table(&table, "menus");
        data::merge(&mut menus, get_table(&table, "menu"));
        let weight = match code == default {
            true => i64::MIN,
            false => get_integer(&table, "weight").unwrap_or(i64::MAX),
        };
        found.push((
            weight,
            Language {
                title: get_text(&table, "title"),
                content: PathBuf::from(directory.trim_matches('/')),
                params: with_copyright(&table),
                menus,
                code,
            },
        ));
    }
    if !found.iter().any(|(_, language)| language.code == default) {
        let language = Language {
            title: None,
            content: PathBuf::from(content.trim_matches('/')),
            params: Table::new(),
            menus: Table::new(),
            code: default,
        };
        found.push((i64::MIN, language));
    }
    found.sort_by(|(a, one), (b, other)| (a, &one.code).cmp(&(b, &other.code)));
    found.into_iter().map(|(_, language)| language).collect()
}

/// The parameters of a language, or of the site, with its copyright and author.
pub(super) fn with_copyright(table: &Table) -> Table {
    let mut params = get_table(table, "params");
    if let Some(copyright) = get_text(table, "copyright") {
        data::set(&mut params, "copyright", Data::String(copyright));
    }
    if let Some(author @ Data::Table(_)) = get(table, "author")
        && get(&params, "author").is_none()
    {
        data::set(&mut params, "author", author.clone());
    }
    params
}

/// An address before its path, and that path.
pub(super) fn split_base(address: &str) -> (String, String) {
    let Some((scheme, rest)) = address.split_once("://") else {
        let path = address.trim_matches('/');
        let path = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        return ("https://example.org".to_owned(), path);
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.trim_matches('/');
    let path = if path.is_empty() {
        String::new()
    } else {
        format!("/{path}")
    };
    (format!("{scheme}://{host}"), path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split() {
        let split = |address| {
            let (origin, path) = split_base(address);
            format!("{origin} {path}")
        };
        assert_eq!(split("https://a.org/"), "https://a.org ");
        assert_eq!(split("https://a.org/b/c/"), "https://a.org /b/c");
        assert_eq!(split("/b/"), "https://example.org /b");
    }
}

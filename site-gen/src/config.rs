//! Step 2: the site's configuration, `content/site.toml`. The keys are Zola's.

mod assets;
pub(crate) mod base_url;
pub(crate) mod doubts;
pub(crate) mod ignored;
pub(crate) mod included;
pub(crate) mod language;
pub(crate) mod markdown;
pub(crate) mod pictures;
pub(crate) mod value;
pub(crate) mod zola_keys;

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::data::toml_data;
use crate::data::{Data, Fields, Table};
use crate::diagnostic::Diagnostic;
use crate::document::front_matter::{SORT_CHOICES, SortBy};
use crate::output::redirects::{self, Redirect};
use crate::search::SearchConfig;
use crate::site_layout::{INDEX, TEMPLATES, THEMES};
use crate::source::Source;
use crate::url;
use crate::{Mode, Options};
use assets::AssetConfig;
use base_url::BaseUrl;
use doubts::{Doubts, without_lines};
use ignored::Ignored;
use included::Included;
use language::Language;
use markdown::{ExternalLinks, MarkdownConfig};
use pictures::PictureConfig;

/// Where it is, relative to the site.
pub(crate) const FILE: &str = "content/site.toml";

/// The theme of a site that names none.
const DEFAULT_THEME: &str = "plain";

/// What `content/site.toml` says.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) source: Source,
    pub(crate) base: BaseUrl,
    /// What it is built for.
    pub(crate) mode: Mode,
    /// The host that the configuration names, as in `mirage.io`.
    pub(crate) domain: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) author: Option<String>,
    /// The default one first.
    pub(crate) languages: Vec<Language>,
    /// Its name, and where that stands; nowhere, if the site names none. A site
    /// whose templates are all its own has no theme, and the name is empty.
    pub(crate) theme: (String, Range<usize>),
    /// Where `themes/` is, if it is not in the site.
    pub(crate) themes: Option<PathBuf>,
    pub(crate) feed_limit: Option<usize>,
    pub(crate) generate_sitemap: bool,
    pub(crate) generate_robots_txt: bool,
    pub(crate) markdown: MarkdownConfig,
    pub(crate) external_links: ExternalLinks,
    pub(crate) assets: AssetConfig,
    pub(crate) pictures: PictureConfig,
    /// Where it asks for dates and names from git, if it does.
    pub(crate) history_from_git: Option<Range<usize>>,
    pub(crate) redirects: Vec<Redirect>,
    /// Directories besides its own that are read.
    pub(crate) included: Vec<Included>,
    /// What in `content/` is no part of the site.
    pub(crate) ignored: Ignored,
    /// What in `static/` is not published.
    pub(crate) ignored_static: Ignored,
    /// Links to other sites that nobody follows begin with these.
    pub(crate) skip_links: Vec<String>,
    pub(crate) extra: Table,
    /// All that it may say, by name.
    pub(crate) keys: Vec<&'static str>,
    /// What else it may say.
    pub(crate) doubts: Doubts,
}

/// A way to sort pages by terms, as tags do.
#[derive(Clone, Debug)]
pub(crate) struct TaxonomyConfig {
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) paginate_by: Option<usize>,
    pub(crate) paginate_path: Option<String>,
    pub(crate) feed: bool,
    pub(crate) render: bool,
    /// The order of a term's pages.
    pub(crate) sort_by: SortBy,
    /// Where it stands in the configuration.
    pub(crate) span: Range<usize>,
}

impl Config {
    /// What can be read, and all that is wrong with the rest.
    ///
    /// # Errors
    ///
    /// When nothing can be read.
    pub(crate) fn read(
        site: &Path,
        options: &Options,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let source = Source::read(site, Path::new(FILE)).map_err(|fault| vec![fault])?;
        let (mut config, mut faults) = Self::despite_faults(source)?;
        faults.extend(included::check(&config, site));
        let names_none = config.theme.1.is_empty() && !config.doubts.theme();
        if names_none && site.join(TEMPLATES).join(INDEX).is_file() {
            config.theme.0.clear();
        }
        // A link to nothing is told, and not taken for no themes.
        if site.join(THEMES).symlink_metadata().is_err() {
            config.themes.clone_from(&options.themes);
        }
        let base = options.base_url.as_deref().and_then(BaseUrl::split);
        config.base = base.unwrap_or(config.base);
        config.mode = options.mode;
        if let Some(origin) = &options.origin {
            config.base = config.base.moved_to(origin);
        }
        Ok((config, faults))
    }

    /// Whether the site has a theme.
    pub(crate) fn has_theme(&self) -> bool {
        let (name, span) = &self.theme;
        !name.is_empty() || !span.is_empty()
    }

    /// Where the templates are that are no part of `content/`: the theme; or else
    /// the site's own, if these are all.
    pub(crate) fn theme_directory(&self) -> PathBuf {
        if self.has_theme() {
            Path::new(THEMES).join(&self.theme.0)
        } else {
            PathBuf::from(TEMPLATES)
        }
    }

    /// Where a file is from, by its name relative to the site.
    pub(crate) fn root<'a>(&'a self, site: &'a Path, file: impl AsRef<Path>) -> &'a Path {
        let themes = self.themes.as_deref();
        let themes = themes.filter(|_| file.as_ref().starts_with(THEMES));
        themes.unwrap_or(site)
    }

    /// A configuration without faults.
    pub(crate) fn parse(source: Source) -> Result<Self, Vec<Diagnostic>> {
        let (config, faults) = Self::despite_faults(source)?;
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }

    fn despite_faults(source: Source) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let (table, mut faults, unread) = read_table(&source)?;
        let mut fields = Fields::new(&source, table);
        let base = read_base_url(&mut fields, &source, &unread);
        let theme = fields.spanned_string("theme");
        let theme = theme.unwrap_or_else(|| (DEFAULT_THEME.to_owned(), 0..0));
        let (markdown, external_links) = MarkdownConfig::read(&mut fields, &source);
        let assets = AssetConfig::read(&mut fields, &source);
        let pictures = PictureConfig::read(&mut fields, &source);
        let history_from_git = read_history(&mut fields, &source);
        let default = fields.spanned_string("default_language");
        let (code, span) = default.unwrap_or_else(|| ("en".to_owned(), 0..0));
        let default = Language {
            code,
            span,
            title: fields.string("title"),
            description: fields.string("description"),
            generate_feeds: fields.boolean("generate_feeds").unwrap_or_default(),
            feed_filenames: read_feeds(&mut fields).unwrap_or_else(|| vec!["atom.xml".into()]),
            build_search_index: fields.boolean("build_search_index").unwrap_or_default(),
            search: SearchConfig::read(&mut fields, &source).unwrap_or_default(),
            taxonomies: read_taxonomies(&mut fields, &source),
            ..Language::default()
        };
        let languages = language::read(&mut fields, &source, default);
        let mut config = Self {
            domain: base.domain(),
            base,
            mode: Mode::default(),
            theme,
            themes: None,
            title: languages[0].title.clone(),
            description: languages[0].description.clone(),
            author: fields.string("author"),
            languages,
            feed_limit: fields.count("feed_limit"),
            generate_sitemap: fields.boolean("generate_sitemap").unwrap_or(true),
            generate_robots_txt: fields.boolean("generate_robots_txt").unwrap_or(true),
            markdown,
            external_links,
            assets,
            pictures,
            history_from_git,
            redirects: redirects::read(&mut fields, &source),
            included: included::read(&mut fields, &source),
            ignored: Ignored::read("ignored_content", &mut fields, &source),
            ignored_static: Ignored::read("ignored_static", &mut fields, &source),
            skip_links: read_link_checker(&mut fields, &source),
            extra: fields.table("extra"),
            keys: Vec::new(),
            source: Source::default(),
            doubts: Doubts::default(),
        };
        fields.always(
            "exclude_paginated_pages_in_sitemap",
            "the sitemap has only the first page of a list",
        );
        fields.refuse_keys(&zola_keys::CONFIG);
        config.keys = fields.known().to_vec();
        config.doubt(fields.doubts(&unread));
        faults.extend(fields.finish("the configuration"));
        config.source = source;
        Ok((config, faults))
    }

    /// Leaves out what would be wrong if it is only half of what is meant.
    fn doubt(&mut self, doubts: Doubts) {
        if doubts.taxonomies() {
            for language in &mut self.languages {
                language.taxonomies.clear();
            }
        }
        if doubts.has("images") {
            self.pictures.process = false;
        }
        self.doubts = doubts;
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self::for_text("base_url = \"https://a.org\"\ntheme = \"t\"")
    }

    #[cfg(test)]
    pub(crate) fn for_text(text: &str) -> Self {
        let (file, text) = (FILE.into(), text.into());
        Self::parse(Source { file, text }).expect("a configuration")
    }

    /// The address of a place in the site, which begins with a slash.
    pub(crate) fn address(&self, place: &str) -> String {
        self.base.address(place)
    }

    /// An address of the site as a whole URL.
    pub(crate) fn permalink(&self, address: &str) -> String {
        self.base.permalink(address)
    }

    /// The language that a page is in if it says none.
    pub(crate) fn default_language(&self) -> &Language {
        &self.languages[0]
    }

    /// A language of the site by its code.
    pub(crate) fn language(&self, code: &str) -> &Language {
        let named = self.languages.iter().find(|language| language.code == code);
        named.unwrap_or(self.default_language())
    }

    /// The names of the feeds in a language.
    pub(crate) fn feed_filenames(&self, code: &str) -> &[String] {
        &self.language(code).feed_filenames
    }

    /// Those of all languages; some twice.
    pub(crate) fn all_feed_filenames(&self) -> impl Iterator<Item = &String> {
        let languages = self.languages.iter();
        languages.flat_map(|language| &language.feed_filenames)
    }

    /// What addresses in a language begin with: the root of the site, and, but for the
    /// default language, as in `/fr`.
    pub(crate) fn prefix(&self, code: &str) -> String {
        if code == self.default_language().code {
            self.address("")
        } else {
            self.address(&format!("/{code}"))
        }
    }

    /// A fault where one of these keys is given, of the whole site or of a language; or
    /// of the configuration, if none of them is.
    pub(crate) fn at_key(&self, keys: &[&str], message: String) -> Diagnostic {
        let text = &self.source.text;
        let lines = text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        });
        let given = |key: &&str| {
            let mut lines = lines.clone();
            lines.find_map(|(start, line)| {
                let (name, _) = line.split_once('=')?;
                let indent = name.len() - name.trim_start().len();
                (name.trim() == *key).then_some(start + indent..start + line.trim_end().len())
            })
        };
        match keys.iter().find_map(given) {
            Some(place) => self.source.at(place, message),
            None => Diagnostic::new(&self.source.file, message),
        }
    }

    /// Who wrote what nobody signed.
    pub(crate) fn site_author(&self) -> &String {
        self.author
            .as_ref()
            .or(self.title.as_ref())
            .unwrap_or(&self.domain)
    }
}

/// The table of a file; with what is wrong in lines of it, and the keys that
/// these are of.
fn read_table(source: &Source) -> Result<(Table, Vec<Diagnostic>, Vec<String>), Vec<Diagnostic>> {
    let faults = match toml_data::parse(source, 0..source.text.len()) {
        Ok(table) => return Ok((table, Vec::new(), Vec::new())),
        Err(faults) => faults,
    };
    let places = faults.iter().filter_map(|fault| fault.place.as_ref());
    let lines = places.map(|place| place.line).collect();
    let Some((text, unread)) = without_lines(&source.text, &lines) else {
        return Err(faults);
    };
    let file = source.file.clone();
    match toml_data::parse(&Source { file, text }, 0..source.text.len()) {
        Ok(table) => Ok((table, faults, unread)),
        Err(_) => Err(faults),
    }
}

/// Where the site is.
fn read_base_url(fields: &mut Fields<'_>, source: &Source, unread: &[String]) -> BaseUrl {
    let read = match fields.spanned_string("base_url") {
        Some((text, span)) => BaseUrl::parse(source, &text, span),
        // It is there.
        None if fields.doubts(unread).has("base_url") => return BaseUrl::nowhere(),
        None => {
            let example = "base_url = \"https://example.org\"";
            Err(missing(source, "base_url", example))
        }
    };
    read.unwrap_or_else(|fault| {
        fields.fault(fault);
        BaseUrl::nowhere()
    })
}

fn missing(source: &Source, key: &str, example: &str) -> Diagnostic {
    source
        .at(0..0, format!("the configuration has no `{key}`"))
        .expected(format!("a line such as `{example}`"))
}

/// Whether something can be a site's address.
pub fn is_base_url(text: &str) -> bool {
    BaseUrl::split(text).is_some()
}

/// The table `[link_checker]`.
fn read_link_checker(fields: &mut Fields<'_>, source: &Source) -> Vec<String> {
    let mut checker = Fields::new(source, fields.table("link_checker"));
    let prefixes = checker.strings("skip_prefixes");
    checker.refuse_keys(&zola_keys::LINK_CHECKER);
    for fault in checker.finish("[link_checker]") {
        fields.fault(fault);
    }
    prefixes.into_iter().map(|(prefix, _)| prefix).collect()
}

/// The table `[history]`.
fn read_history(fields: &mut Fields<'_>, source: &Source) -> Option<Range<usize>> {
    let table = fields.table("history");
    let span = table.first().map(|(key, _)| key.span.clone());
    let mut history = Fields::new(source, table);
    let from_git = history.boolean("from_git");
    for fault in history.finish("[history]") {
        fields.fault(fault);
    }
    span.filter(|_| from_git.unwrap_or_default())
}

/// The names of feeds; none if nothing is said.
pub(crate) fn read_feeds(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let names = fields.paths("feed_filenames").into_iter();
    let names: Vec<String> = names.map(|(name, _)| name).collect();
    (!names.is_empty()).then_some(names)
}

pub(crate) fn read_taxonomies(fields: &mut Fields<'_>, source: &Source) -> Vec<TaxonomyConfig> {
    let Some(node) = fields.take("taxonomies") else {
        return Vec::new();
    };
    let Data::Array(items) = node.value else {
        fields.fault(
            source
                .at(node.span, "`taxonomies` is not an array")
                .expected("[{ name = \"tags\" }]"),
        );
        return Vec::new();
    };
    let mut taxonomies: Vec<TaxonomyConfig> = Vec::new();
    for item in items {
        if fields.is_full() {
            break;
        }
        let Data::Table(table) = item.value else {
            fields.fault(
                source
                    .at(item.span, "this taxonomy is not a table")
                    .expected("{ name = \"tags\" }"),
            );
            continue;
        };
        let mut keys = Fields::new(source, table);
        let name = keys.string("name");
        let taxonomy = TaxonomyConfig {
            slug: url::slugify(name.as_deref().unwrap_or_default()),
            name: name.clone().unwrap_or_default(),
            paginate_by: keys.count("paginate_by").filter(|count| *count > 0),
            paginate_path: keys.path("paginate_path"),
            feed: keys.boolean("feed").unwrap_or_default(),
            render: keys.boolean("render").unwrap_or(true),
            sort_by: keys
                .choice("sort_by", &SORT_CHOICES)
                .unwrap_or(SortBy::Date),
            span: item.span.clone(),
        };
        if taxonomy.slug.is_empty() && !keys.is_in_doubt(&["name"]) {
            keys.fault(
                source
                    .at(item.span.clone(), "this taxonomy has no `name`")
                    .expected("{ name = \"tags\" }"),
            );
        }
        let mut before = taxonomies.iter();
        if before.any(|other| other.slug == taxonomy.slug) && !taxonomy.slug.is_empty() {
            let message = format!("the taxonomy `{}` is there already", taxonomy.name);
            keys.fault(source.at(item.span, message).expected("one of each name"));
        }
        for fault in keys.finish("a taxonomy") {
            fields.fault(fault);
        }
        taxonomies.push(taxonomy);
    }
    taxonomies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Vec<Diagnostic>> {
        Config::parse(Source {
            file: FILE.into(),
            text: text.into(),
        })
    }

    #[test]
    fn a_site_may_be_below_a_path() {
        let config = parse("base_url = \"https://A.org:80/b/\"\ntheme = \"t\"\n").unwrap();
        assert_eq!((config.base.root(), &*config.domain), ("/b", "a.org"));
        assert_eq!(config.feed_filenames("en"), ["atom.xml"]);
    }

    #[test]
    fn files_cannot_be_named_outside_of_the_site() {
        let faults =
            parse("base_url = \"https://a.org\"\ntheme = \"x\"\nfeed_filenames = [\"../a.xml\"]\n");
        assert_eq!(
            faults.unwrap_err()[0].message,
            "`feed_filenames` is no place in the site"
        );
    }

    #[test]
    fn every_fault_is_reported() {
        let faults =
            parse("base_url = \"https://a.org/b?c\"\nthem = \"x\"\n[markdown]\nsmart = 1\n")
                .unwrap_err();
        let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(faults.len(), 3, "{messages:?}");
        assert!(
            faults
                .iter()
                .any(|fault| fault.suggestion.as_deref() == Some("did you mean `theme`?"))
        );
    }
}

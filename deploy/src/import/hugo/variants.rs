//! Templates of shortcodes: one may have several, each for a language or for a format
//! of pages, as in `note.fr.html` and `note.rss.xml`; in `_shortcodes/`, or, as it was
//! called before, in `shortcodes/`.

use std::collections::{BTreeMap, BTreeSet};

use super::config::Config;
use super::data::get_table;
use super::mounts::Mounted;

/// What the directory is called: what is in the first one counts more.
const DIRECTORIES: [&str; 2] = ["/_shortcodes/", "/shortcodes/"];

/// Formats of pages that Hugo knows, besides HTML.
const FORMATS: [&str; 15] = [
    "404",
    "alias",
    "amp",
    "calendar",
    "css",
    "csv",
    "gotmpl",
    "json",
    "markdown",
    "robots",
    "rss",
    "sitemap",
    "sitemapindex",
    "txt",
    "webappmanifest",
];

/// What a template is for, the best for a page in HTML first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Format {
    Html,
    /// A word that is neither a format nor a language.
    Unknown,
    Other,
}

/// A template by its name.
#[derive(Debug)]
struct Variant<'a> {
    name: &'a str,
    language: Option<usize>,
    /// None if no page in HTML is drawn with it.
    format: Option<Format>,
    directory: usize,
}

impl<'a> Variant<'a> {
    fn of(inside: &'a str, codes: &[&str], formats: &BTreeSet<String>) -> Option<Self> {
        let of_directory = |name: &str| {
            let at = format!("/{inside}").find(name)?;
            inside.get(at + name.len() - 1..)
        };
        let mut directories = DIRECTORIES.iter().enumerate();
        let (directory, path) =
            directories.find_map(|(at, name)| Some((at, of_directory(name)?)))?;
        let start = path.rfind('/').map_or(0, |at| at + 1);
        let (stem, rest) = path[start..]
            .split_once('.')
            .unwrap_or((&path[start..], ""));
        let (words, extension) = rest.rsplit_once('.').unwrap_or(("", rest));
        let mut words: Vec<&str> = words.split('.').filter(|word| !word.is_empty()).collect();
        let language = words
            .first()
            .and_then(|word| codes.iter().position(|code| code == word));
        if language.is_some() {
            words.remove(0);
        }
        let is_html = matches!(extension, "html" | "htm");
        let format = match words.first() {
            None | Some(&"html") if is_html => Some(Format::Html),
            None => None,
            Some(word) if formats.contains(*word) => Some(Format::Other),
            Some(_) => Some(Format::Unknown),
        };
        Some(Self {
            name: &path[..start + stem.len()],
            language,
            format,
            directory,
        })
    }

    /// The smaller the better for a page in a language.
    fn rank(&self, language: Option<usize>) -> Option<(bool, Format, usize)> {
        let is_own = self.language.is_some();
        (!is_own || self.language == language).then_some(())?;
        Some((!is_own, self.format?, self.directory))
    }
}

/// The templates that draw a shortcode.
#[derive(Debug)]
pub(super) struct Chosen<T> {
    /// In all languages but some.
    pub(super) usual: Option<T>,
    /// In these.
    pub(super) of_languages: BTreeMap<usize, T>,
}

impl<T> Default for Chosen<T> {
    fn default() -> Self {
        Self {
            usual: None,
            of_languages: BTreeMap::new(),
        }
    }
}

impl<T> Chosen<T> {
    pub(super) fn get(&self, language: usize) -> Option<&T> {
        self.of_languages.get(&language).or(self.usual.as_ref())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.usual.iter().chain(self.of_languages.values())
    }
}

/// The templates of all shortcodes among some, of which the site's own come first.
pub(super) fn choose<'a>(
    templates: &'a [Mounted],
    config: &Config,
) -> BTreeMap<String, Chosen<&'a Mounted>> {
    let codes: Vec<&str> = config
        .languages
        .iter()
        .map(|own| own.code.as_str())
        .collect();
    let formats = formats(config);
    let mut all: BTreeMap<&str, Vec<(Variant<'_>, &Mounted)>> = BTreeMap::new();
    for template in templates {
        if let Some(variant) = Variant::of(&template.inside, &codes, &formats) {
            all.entry(variant.name)
                .or_default()
                .push((variant, template));
        }
    }
    let best = |variants: &[(Variant<'_>, &'a Mounted)], language| {
        let fit = variants
            .iter()
            .filter_map(|(variant, template)| Some((variant.rank(language)?, *template)));
        // Of equal ones the first.
        fit.min_by_key(|(rank, _)| *rank)
            .map(|(_, template)| template)
    };
    let chosen = all.into_iter().map(|(name, variants)| {
        let usual = best(&variants, None);
        let of_languages = (0..codes.len())
            .filter_map(|language| Some((language, best(&variants, Some(language))?)))
            .filter(|(_, template)| usual.is_none_or(|usual| usual.file != template.file));
        let of_languages = of_languages.collect();
        (
            name.to_owned(),
            Chosen {
                usual,
                of_languages,
            },
        )
    });
    chosen.collect()
}

/// Whether a template is one of a shortcode.
pub(super) fn is_of_shortcode(template: &Mounted) -> bool {
    let path = format!("/{}", template.inside);
    DIRECTORIES.iter().any(|directory| path.contains(directory))
}

/// The names of all formats but HTML.
fn formats(config: &Config) -> BTreeSet<String> {
    let own = get_table(&config.root, "outputFormats").into_iter();
    let own = own.map(|(key, _)| key.name.to_lowercase());
    let known = FORMATS.iter().map(|name| (*name).to_owned());
    known.chain(own).filter(|name| name != "html").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Hugo 0.168 takes for a shortcode, and for what.
    #[test]
    fn names_say_what_a_template_is_for() {
        let formats = BTreeSet::from(["rss".to_owned(), "json".to_owned()]);
        for (inside, expected) in [
            ("_shortcodes/a.html", Some(("a", None, Some(Format::Html)))),
            (
                "shortcodes/b.fr.html",
                Some(("b", Some(1), Some(Format::Html))),
            ),
            (
                "_shortcodes/sub/f.fr.html.html",
                Some(("sub/f", Some(1), Some(Format::Html))),
            ),
            (
                "_shortcodes/i.rss.xml",
                Some(("i", None, Some(Format::Other))),
            ),
            (
                "docs/_shortcodes/i.my.html",
                Some(("i", None, Some(Format::Unknown))),
            ),
            ("_shortcodes/d.json", Some(("d", None, None))),
            ("partials/a.html", None),
        ] {
            let variant = Variant::of(inside, &["en", "fr"], &formats);
            let found = variant.map(|one| (one.name, one.language, one.format));
            assert_eq!(found, expected, "{inside}");
        }
    }
}

//! The languages of a site: the default one, and those that the configuration
//! names under `[languages.CODE]`, as in Zola.
//!
//! A file says its language in its name: `about.fr.md` is the French version of
//! `about.md`, served under `/fr/about/`. What has no version in a language is
//! not there in it; links, functions and texts fall back to the default
//! language, so that a translation can grow page by page.

use std::ops::Range;

use crate::config::{TaxonomyConfig, read_feeds, read_taxonomies};
use crate::data::{Data, Fields};
use crate::search::SearchConfig;
use crate::source::Source;
use crate::theme::translations::{self, Texts};

/// Which languages there are: what is not known if that is not.
const WHICH: &str = "default_language";

/// A language of the site.
#[derive(Clone, Debug, Default)]
pub(crate) struct Language {
    /// As in `fr` or `pt-BR` (BCP 47).
    pub(crate) code: String,
    /// Where the configuration says that; nowhere, if it does not.
    pub(crate) span: Range<usize>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) generate_feeds: bool,
    /// What each feed of the language is called.
    pub(crate) feed_filenames: Vec<String>,
    pub(crate) build_search_index: bool,
    pub(crate) search: SearchConfig,
    pub(crate) taxonomies: Vec<TaxonomyConfig>,
    /// Texts of the theme by key.
    pub(crate) translations: Texts,
}

/// A file's name in two: without its language, and that language.
pub(crate) fn split_name<'a>(stem: &'a str, languages: &'a [Language]) -> (&'a str, &'a Language) {
    let named = stem.rsplit_once('.').and_then(|(name, code)| {
        let language = languages.iter().find(|language| language.code == code)?;
        Some((name, language))
    });
    named.unwrap_or((stem, &languages[0]))
}

/// The file in a language of which a file is the version in the default one:
/// `about.md` and `fr` make `about.fr.md`.
pub(crate) fn version_of(id: &str, code: &str) -> Option<String> {
    Some(format!("{}.{code}.md", id.strip_suffix(".md")?))
}

/// Reads `[languages]` and the texts of the default language; that language
/// comes first.
pub(crate) fn read(fields: &mut Fields<'_>, source: &Source, default: Language) -> Vec<Language> {
    let translations = translations::read(fields, source);
    let mut languages = vec![Language {
        translations,
        ..default
    }];
    for (key, node) in fields.table("languages") {
        if fields.is_full() {
            break;
        }
        let Data::Table(table) = node.value else {
            let fault = source.at(node.span, format!("`languages.{}` is no table", key.name));
            fields.fault(fault.expected("a table, as `[languages.fr]`"));
            fields.doubt_key(WHICH);
            continue;
        };
        if !is_code(&key.name) {
            let fault = source.at(
                key.span.clone(),
                format!("`{}` is not a language", key.name),
            );
            fields.fault(fault.expected("a code of letters, digits and dashes, such as `fr`"));
            fields.doubt_key(WHICH);
        }
        let mut own = Fields::new(source, table);
        let taxonomies = read_taxonomies(&mut own, source);
        let language = Language {
            title: own.string("title"),
            description: own.string("description"),
            generate_feeds: own.boolean("generate_feeds").unwrap_or_default(),
            feed_filenames: read_feeds(&mut own)
                .unwrap_or_else(|| languages[0].feed_filenames.clone()),
            build_search_index: own.boolean("build_search_index").unwrap_or_default(),
            search: SearchConfig::read_of_language(&mut own, source, &languages[0].search),
            taxonomies: if taxonomies.is_empty() {
                languages[0].taxonomies.clone()
            } else {
                taxonomies
            },
            translations: translations::read(&mut own, source),
            code: key.name.clone(),
            span: key.span.clone(),
        };
        for fault in own.finish("a language") {
            fields.fault(fault);
        }
        if languages.iter().any(|other| other.code == language.code) {
            fields.fault(twice(source, &key.name, key.span));
            fields.doubt_key(WHICH);
            continue;
        }
        languages.push(language);
    }
    languages
}

fn twice(source: &Source, code: &str, span: Range<usize>) -> crate::Diagnostic {
    let fault = source.at(span, format!("`{code}` is the default language already"));
    fault.expected("a language besides the default one")
}

fn is_code(code: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !code.is_empty() && code.bytes().all(allowed)
}

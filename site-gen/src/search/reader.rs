//! Who reads the index: the scripts that are served with it, and the page that
//! searches; and what of these does not fit the format that the site asks for.

use std::path::Path;
use std::sync::Arc;

use super::{IndexFormat, format, is_searched, pagefind, zola};
use crate::assets::StaticFile;
use crate::body::Body;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::site_layout::SEARCH;
use crate::theme::Theme;

/// Where the script is served that reads the index.
const READER_PATH: &str = "/search_index.js";

/// The script. It and the format go together.
const READER: &str = include_str!("search.js");

/// Where Zola serves the script that reads elasticlunr's index.
const ELASTICLUNR_PATH: &str = "/elasticlunr.min.js";

/// One of our own that does the same.
const ELASTICLUNR: &str = include_str!("elasticlunr.js");

/// Adds the script to static files, for templates to link to: unless the site or
/// its theme has one of its own under that path. Other formats have other readers.
pub(crate) fn add_readers(files: &mut Vec<StaticFile>, config: &Config) {
    if !is_searched(config) {
        return;
    }
    let mut add = |path: &str, script: Arc<Vec<u8>>| {
        let path = config.address(path);
        if files.iter().all(|(there, _, _)| *there != path) {
            files.push((path, Body::Made(script), GENERATOR.into()));
        }
    };
    match format(config) {
        IndexFormat::Fata => add(READER_PATH, Arc::new(READER.as_bytes().to_vec())),
        IndexFormat::Pagefind => {
            for (path, file) in pagefind::readers() {
                add(path, Arc::clone(file));
            }
        }
        IndexFormat::Elasticlunr(_) => {
            add(ELASTICLUNR_PATH, Arc::new(ELASTICLUNR.as_bytes().to_vec()));
        }
        // Fuse.js is the theme's, as in Zola.
        IndexFormat::Fuse(_) => {}
    }
}

/// Who made a file that is in no directory.
const GENERATOR: &str = "the generator";

/// Whether the generator makes the page that searches: with Zola's formats, it is
/// one of the site's, as in Zola.
pub(crate) fn has_page(config: &Config, theme: &Theme) -> bool {
    let own = matches!(format(config), IndexFormat::Fata | IndexFormat::Pagefind);
    own && theme.has(SEARCH) && !reads_ours_alone(config, theme)
}

/// Whether the page that searches reads our own index, and the site has another.
fn reads_ours_alone(config: &Config, theme: &Theme) -> bool {
    let template = theme.template(SEARCH);
    let names_ours = template.is_some_and(|template| template.text.contains(&READER_PATH[1..]));
    names_ours && format(config) != IndexFormat::Fata
}

/// What does not fit the format that the site asks for.
pub(crate) fn faults(
    config: &Config,
    theme: Option<&Theme>,
    files: &[StaticFile],
) -> Vec<Diagnostic> {
    let format = format(config);
    let mut faults = Vec::new();
    if !is_searched(config) || format == IndexFormat::Fata {
        return faults;
    }
    let at_format = |message: String| {
        let span = config.default_language().search.format_span.clone();
        config.source.at(span, message)
    };
    if theme.is_some_and(|theme| reads_ours_alone(config, theme)) {
        let message = format!(
            "the theme's page `{SEARCH}` does not read the search index `{}`",
            format.name()
        );
        faults.push(at_format(message).expected(format!(
            "`index_format = \"fata\"`, or a template `templates/{SEARCH}` of the site that reads \
             the other one"
        )));
    }
    let asked = config.languages.iter().filter(|own| own.build_search_index);
    for language in asked.filter(|own| !zola::speaks(format, &own.code)) {
        let message = format!(
            "there is no search index `{}` for the language `{}`",
            format.name(),
            language.code
        );
        faults.push(at_format(message).expected("`fuse_json`, `fata` or `pagefind`"));
    }
    if format == IndexFormat::Pagefind {
        let taken = files.iter().find(|(path, _, by)| {
            let place = config.base.place(path).unwrap_or_default();
            place.starts_with(pagefind::DIRECTORY) && by != Path::new(GENERATOR)
        });
        faults.extend(taken.map(|(path, _, file)| {
            let message = format!("`{path}` is where the search index of Pagefind is served");
            Diagnostic::new(file, message).expected("no such file: it is made with the site")
        }));
    }
    faults
}

//! Files in `content/` and `static/` that nothing refers to, and templates of the
//! site that nothing asks for.
//!
//! A file is used if a page or a style sheet leads to its path, or if its name
//! stands in a source, as the argument of a shortcode or a function does. A
//! name that is only mentioned counts too: a false alarm would be worse.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Sources;
use super::page::Page;
use crate::config::base_url::BaseUrl;
use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_FILE_PATH_BYTES, MAX_TEXT_BYTES};
use crate::output::Built;
use crate::site_layout::{KNOWN_TEMPLATES, TEMPLATES};
use crate::source::{self, Source};
use crate::url::{decode, join};

/// What browsers and programs ask for by itself, without a link.
const ASKED_FOR: [&str; 13] = [
    "favicon.ico",
    "robots.txt",
    "humans.txt",
    "ads.txt",
    "security.txt",
    "CNAME",
    "404.html",
    "index.html",
    "sitemap.xml",
    // Hosts of files read these two, browsers a worker that they know; a search engine
    // proves by the last whose site it is.
    "_headers",
    "_redirects",
    "sw.js",
    "BingSiteAuth.xml",
];

/// What names of files in texts stand between.
const DELIMITERS: [char; 13] = [
    '"', '\'', '`', '(', ')', '<', '>', '[', ']', '{', '}', ',', '=',
];

/// Reports the files and templates of the site that nothing refers to.
pub(super) fn check(sources: &Sources<'_>, built: &Built, pages: &[Page]) -> Vec<Diagnostic> {
    let mut used: HashSet<String> = pages
        .par_iter()
        .flat_map_iter(|page| {
            let directory = directory(sources, &page.path);
            page.references
                .iter()
                .filter_map(move |reference| resolve(sources, directory, reference))
        })
        .collect();
    let texts = texts(sources, built);
    let mentioned: HashSet<String> = texts
        .par_iter()
        .flat_map_iter(|text| names(&sources.config.base, &text.directory, &text.text))
        .collect();
    used.extend(mentioned);
    let is_unused = |id: &str, place: &str| {
        let path = &decode(place)[1..];
        !is_asked_for(path) && !is_asked_for(id) && !used.contains(id) && !used.contains(path)
    };
    let files = sources.content.files.iter().filter(|(id, _)| {
        let path = sources.paths.get(id).map_or("/", String::as_str);
        is_unused(id, sources.config.base.place(path).unwrap_or(path))
    });
    let published = sources.content.published.iter();
    let published = published.filter(|(path, _)| is_unused(&path[1..], path));
    let files = files.chain(published).map(|(_, found)| {
        Diagnostic::new(&found.file, "nothing refers to this file")
            .expected("a link to it, or no such file")
            .warning()
    });
    files.chain(templates(sources, &texts)).collect()
}

/// Reports templates of the site that take no place, as a misspelt name leads to.
fn templates(sources: &Sources<'_>, texts: &[Text]) -> Vec<Diagnostic> {
    let config = &sources.config;
    let theme = config.theme_directory();
    let theme = sources.root(&theme).join(&theme).join(TEMPLATES);
    let taxonomies = config
        .languages
        .iter()
        .flat_map(|language| &language.taxonomies);
    let views = taxonomies.flat_map(|taxonomy| {
        let name = &taxonomy.name;
        [format!("{name}/list.html"), format!("{name}/single.html")]
    });
    let known: HashSet<String> = views.chain(config.all_feed_filenames().cloned()).collect();
    let is_asked_for = |name: &str, file: &Path| {
        let shortcode = name.strip_prefix("shortcodes/");
        let word = match shortcode {
            Some(shortcode) => {
                shortcode
                    .rsplit_once('.')
                    .map_or(shortcode, |(word, _)| word)
                    .to_owned()
                    + "("
            }
            None => name.to_owned(),
        };
        let others = texts.par_iter().filter(|text| text.file != file);
        KNOWN_TEMPLATES.contains(&name)
            || known.contains(name)
            || config.has_theme() && theme.join(name).is_file()
            || others.any(|text| text.text.contains(&word))
    };
    let own = sources.templates().filter_map(|source| {
        let name = source
            .file
            .strip_prefix(TEMPLATES)
            .ok()?
            .to_str()?
            .to_owned();
        // Components are known by other names.
        let is_used = source.text.contains("{% component") || is_asked_for(&name, &source.file);
        (!is_used).then(|| {
            Diagnostic::new(&source.file, "nothing asks for this template")
                .expected(
                    "the name of a template of the theme, or one that a page or template names",
                )
                .warning()
        })
    });
    own.collect()
}

fn is_asked_for(id: &str) -> bool {
    let name = id.rsplit('/').next().unwrap_or_default();
    id.starts_with(".well-known/")
        || name.starts_with("apple-touch-icon")
        || ASKED_FOR.contains(&name)
        // Search engines and others prove by such files whose site it is.
        || !id.contains('/') && (name.ends_with(".txt") || is_google_proof(name))
}

/// Whether a file has the name of Google's proof of whose site it is: a word and letters by
/// chance.
fn is_google_proof(name: &str) -> bool {
    let rest = name.strip_prefix("google");
    let chance = rest.and_then(|rest| rest.strip_suffix(".html"));
    chance.is_some_and(|chance| {
        chance.len() >= 8 && chance.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The path of the site, without the slash in front, that a reference on a
/// page leads to.
pub(super) fn resolve(sources: &Sources<'_>, directory: &str, reference: &str) -> Option<String> {
    let base = &sources.config.base;
    let own = base.own(reference);
    let own = own.as_deref().unwrap_or(reference);
    let path = own.split(['#', '?']).next().unwrap_or_default();
    match path.starts_with('/') {
        true => Some(decode(&base.place(path)?[1..]).into_owned()),
        false => join(directory, &decode(path)),
    }
}

/// The directory of what has an address, from the root of the site.
pub(super) fn directory<'p>(sources: &Sources<'_>, path: &'p str) -> &'p str {
    let path = sources.config.base.place(path).unwrap_or(path);
    let end = path.rfind('/').unwrap_or_default();
    path[..end].trim_start_matches('/')
}

/// A text that may name a file.
struct Text {
    /// Where it stands; of what was made, nowhere.
    file: PathBuf,
    /// What its names are relative to.
    directory: String,
    text: String,
}

impl Text {
    fn of(source: Source, directory: &str) -> Self {
        Self {
            file: source.file,
            directory: directory.to_owned(),
            text: source.text,
        }
    }
}

/// All texts that may name a file.
fn texts(sources: &Sources<'_>, built: &Built) -> Vec<Text> {
    let mut texts = vec![Text::of(sources.config.source.clone(), "")];
    for document in sources.documents() {
        let id = &document.id;
        let directory = id.rsplit_once('/').map_or("", |(directory, _)| directory);
        texts.push(Text::of(document.source.clone(), directory));
    }
    let own = sources.config.has_theme().then(|| PathBuf::from(TEMPLATES));
    for directory in [Some(sources.config.theme_directory()), own]
        .into_iter()
        .flatten()
    {
        let root = sources.root(&directory);
        let files = source::walk(root, &directory).unwrap_or_default();
        // What is no text names nothing.
        let files = files.into_iter();
        let files = files.filter_map(|found| Source::read(root, &found.file).ok());
        texts.extend(files.map(|source| Text::of(source, "")));
    }
    let textual = |content_type: &str| {
        let kinds = ["text/css", "text/javascript", "image/svg", "application/"];
        kinds.iter().any(|kind| content_type.starts_with(kind))
    };
    for file in built.files.iter().filter(|file| textual(file.content_type)) {
        // Feeds and the sitemap name what they were made from: pages.
        let place = sources.config.base.place(&file.path);
        let generated = matches!(place, Some("/sitemap.xml" | "/robots.txt"));
        if let (false, Ok(bytes)) = (generated, built.read(file))
            && bytes.len() as u64 <= MAX_TEXT_BYTES
            && let Ok(text) = String::from_utf8(bytes)
        {
            let file_of_none = PathBuf::new();
            let source = Source {
                file: file_of_none,
                text,
            };
            texts.push(Text::of(source, directory(sources, &file.path)));
        }
    }
    texts
}

/// Every word of a text that may be the name of a file, as it is and as seen
/// from the directory.
fn names<'a>(
    base: &'a BaseUrl,
    directory: &'a str,
    text: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let words = text.split(|c: char| c.is_whitespace() || DELIMITERS.contains(&c));
    // In quotes, a name may have spaces in it.
    let quoted = text
        .lines()
        .flat_map(|line| line.split(['"', '\'', '<', '>', '(', ')']));
    let candidates = words.chain(quoted.filter(|word| word.contains(' ')));
    candidates
        .filter(|word| word.contains('.') && word.len() <= MAX_FILE_PATH_BYTES)
        .flat_map(move |word| {
            let word = word.split(['#', '?']).next().unwrap_or_default();
            let word = decode(word.trim());
            let absolute = ["@/", "/content/", "content/", "static/", "/"]
                .iter()
                .find_map(|prefix| word.strip_prefix(prefix))
                .unwrap_or(&word)
                .to_owned();
            let relative = join(directory, &word);
            let addressed = base.place(&word).map(|place| place[1..].to_owned());
            [Some(absolute), relative, addressed].into_iter().flatten()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        let text = "![a](p.png) {{ figure(src=\"../q r.png\") }} load_data(path='data/x.toml') \
            url(/a%20b.svg#x) <img src=@/c/d.gif> url(/at/e.svg)";
        let base = BaseUrl::split("https://a.org/at").unwrap();
        let found: HashSet<String> = names(&base, "blog/post", text).collect();
        for name in [
            "blog/post/p.png",
            "blog/q r.png",
            "data/x.toml",
            "a b.svg",
            "c/d.gif",
            "e.svg",
        ] {
            assert!(found.contains(name), "{name} not in {found:?}");
        }
    }
}

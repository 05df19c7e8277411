//! Files in `content/` that nothing refers to.
//!
//! A file is used if a page or a style sheet leads to its path, or if its name
//! stands in a source, as the argument of a shortcode or a function does. A
//! name that is only mentioned counts too: a false alarm would be worse.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;

use super::Sources;
use super::page::Page;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_TEXT_BYTES;
use crate::output::Built;
use crate::source::{self, Source};
use crate::url::{decode, join};

/// What browsers and programs ask for by itself, without a link.
const ASKED_FOR: [&str; 9] = [
    "favicon.ico",
    "robots.txt",
    "humans.txt",
    "ads.txt",
    "security.txt",
    "CNAME",
    "404.html",
    "index.html",
    "sitemap.xml",
];

/// What names of files in texts stand between.
const DELIMITERS: [char; 13] = [
    '"', '\'', '`', '(', ')', '<', '>', '[', ']', '{', '}', ',', '=',
];

/// Reports the files of `content/` that nothing refers to.
pub(super) fn check(sources: &Sources<'_>, built: &Built, pages: &[Page]) -> Vec<Diagnostic> {
    let mut used: HashSet<String> = pages
        .par_iter()
        .flat_map_iter(|page| {
            let directory = directory(&page.path);
            page.references
                .iter()
                .filter_map(move |reference| resolve(sources, directory, reference))
        })
        .collect();
    let texts: Vec<(String, String)> = texts(sources, built);
    let mentioned: HashSet<String> = texts
        .par_iter()
        .flat_map_iter(|(directory, text)| names(directory, text))
        .collect();
    used.extend(mentioned);
    let unused = sources.content.files.iter().filter(|(id, _)| {
        let path = sources.paths.get(id).map_or("", String::as_str);
        !is_asked_for(id) && !used.contains(id) && !used.contains(&decode(path)[1..])
    });
    unused
        .map(|(_, found)| {
            Diagnostic::new(&found.file, "nothing refers to this file")
                .expected("a link to it, or no such file")
                .warning()
        })
        .collect()
}

fn is_asked_for(id: &str) -> bool {
    let name = id.rsplit('/').next().unwrap_or_default();
    id.starts_with(".well-known/")
        || name.starts_with("apple-touch-icon")
        || ASKED_FOR.contains(&name)
        // Search engines and others prove by such files whose site it is.
        || !id.contains('/') && name.ends_with(".txt")
}

/// The path of the site, without the slash in front, that a reference on a
/// page leads to.
fn resolve(sources: &Sources<'_>, directory: &str, reference: &str) -> Option<String> {
    let own = reference
        .strip_prefix(&sources.config.base_url)
        .unwrap_or(reference);
    let path = own.split(['#', '?']).next().unwrap_or_default();
    match path.strip_prefix('/') {
        Some(absolute) => Some(decode(absolute).into_owned()),
        None => join(directory, &decode(path)),
    }
}

fn directory(path: &str) -> &str {
    let end = path.rfind('/').unwrap_or_default();
    path[..end].trim_start_matches('/')
}

/// All texts that may name a file, with the directory they stand in.
fn texts(sources: &Sources<'_>, built: &Built) -> Vec<(String, String)> {
    let mut texts = vec![(String::new(), sources.config.source.text.clone())];
    for document in sources.documents() {
        let id = &document.id;
        let directory = id.rsplit_once('/').map_or("", |(directory, _)| directory);
        texts.push((directory.to_owned(), document.source.text.clone()));
    }
    let theme = Path::new("themes").join(&sources.config.theme.0);
    let files = source::walk(sources.site, &theme).unwrap_or_default();
    for found in files {
        // What is no text names nothing.
        if let Ok(source) = Source::read(sources.site, &found.file) {
            texts.push((String::new(), source.text));
        }
    }
    let textual = |content_type: &str| {
        let kinds = ["text/css", "text/javascript", "image/svg", "application/"];
        kinds.iter().any(|kind| content_type.starts_with(kind))
    };
    for file in built.files.iter().filter(|file| textual(file.content_type)) {
        // Feeds and the sitemap name what they were made from: pages.
        let generated = matches!(&*file.path, "/sitemap.xml" | "/robots.txt");
        if let (false, Ok(bytes)) = (generated, built.read(file))
            && bytes.len() as u64 <= MAX_TEXT_BYTES
            && let Ok(text) = String::from_utf8(bytes)
        {
            texts.push((directory(&file.path).to_owned(), text));
        }
    }
    texts
}

/// Every word of a text that may be the name of a file, as it is and as seen
/// from the directory.
fn names<'a>(directory: &'a str, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let words = text.split(|c: char| c.is_whitespace() || DELIMITERS.contains(&c));
    // In quotes, a name may have spaces in it.
    let quoted = text
        .lines()
        .flat_map(|line| line.split(['"', '\'', '<', '>', '(', ')']));
    let candidates = words.chain(quoted.filter(|word| word.contains(' ')));
    candidates
        .filter(|word| word.contains('.') && word.len() < 1024)
        .flat_map(move |word| {
            let word = word.split(['#', '?']).next().unwrap_or_default();
            let word = decode(word.trim());
            let absolute = ["@/", "/content/", "content/", "/"]
                .iter()
                .find_map(|prefix| word.strip_prefix(prefix))
                .unwrap_or(&word)
                .to_owned();
            let relative = join(directory, &word);
            [Some(absolute), relative].into_iter().flatten()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        let text = "![a](p.png) {{ figure(src=\"../q r.png\") }} load_data(path='data/x.toml') \
            url(/a%20b.svg#x) <img src=@/c/d.gif>";
        let found: HashSet<String> = names("blog/post", text).collect();
        for name in [
            "blog/post/p.png",
            "blog/q r.png",
            "data/x.toml",
            "a b.svg",
            "c/d.gif",
        ] {
            assert!(found.contains(name), "{name} not in {found:?}");
        }
    }
}

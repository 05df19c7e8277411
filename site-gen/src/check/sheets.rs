//! Addresses in style sheets (CSS Values 4, 4.5) that lead to nothing, and those that
//! leave a site below a path: `url("/sea.jpg")` is on the host, and the picture is not.
//! What a sheet names in relation to itself goes with it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Sources;
use super::unused::{directory, resolve};
use crate::diagnostic::Diagnostic;
use crate::output::media_type;
use crate::output::{Built, File};
use crate::references::outside;
use crate::source::Source;
use crate::url::{encode, has_scheme};

/// How the names of sheets end, and of what becomes one.
const EXTENSIONS: [&str; 3] = [".css", ".scss", ".sass"];

/// Reports addresses that begin with a slash, and not with the path of the site.
pub(super) fn check(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let base = &sources.config.base;
    if base.root().is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for source in sheets(sources) {
        for (at, address) in addresses(&source.text) {
            if address.starts_with('/')
                && !address.starts_with("//")
                && base.place(address).is_none()
            {
                let end = address.find(['?', '#']).unwrap_or(address.len());
                let message = outside(&address[..end], base);
                let fault = source.at(at..at + address.len(), message);
                found.push(fault.expected("a path from this sheet, as in `url(\"sea.jpg\")`"));
            }
        }
    }
    found
}

/// The sheets as authors write them.
fn sheets<'a>(sources: &'a Sources<'_>) -> impl Iterator<Item = Source> + 'a {
    let of_site = sources.files().map(|found| found.file.clone());
    let is_sheet = |file: &PathBuf| {
        let name = file.to_str().unwrap_or_default();
        EXTENSIONS.iter().any(|extension| name.ends_with(extension))
    };
    let sheets = of_site.chain(sources.sheets()).filter(is_sheet);
    sheets.filter_map(|file| Source::read(sources.root(&file), &file).ok())
}

/// Reports what the sheets that are served ask for, and that is not there.
pub(super) fn check_links(sources: &Sources<'_>, built: &Built) -> Vec<Diagnostic> {
    let is_sheet = |file: &&File| file.content_type == media_type::of("a.css");
    let mut lost = BTreeSet::new();
    for file in built.files.iter().filter(is_sheet) {
        let text = built.read(file).unwrap_or_default();
        let text = without_comments(&String::from_utf8_lossy(&text));
        for (_, address) in addresses(&text) {
            if address.is_empty() || address.starts_with('#') || has_scheme(address) {
                continue;
            }
            let place = resolve(sources, directory(sources, &file.path), address);
            let path = place.map(|place| sources.config.address(&format!("/{}", encode(&place))));
            if let Some(path) = path.filter(|path| built.file(path).is_none()) {
                lost.insert((address.to_owned(), path, &*file.path));
            }
        }
    }
    if lost.is_empty() {
        return Vec::new();
    }
    let sheets: Vec<Source> = sheets(sources).collect();
    let fault = |(address, path, sheet): (String, String, &str)| {
        let message = format!("nothing is served under `{path}`");
        let written = sheets.iter().find_map(|source| {
            let mut addresses = addresses(&source.text);
            let (at, _) = addresses.find(|(_, own)| *own == address)?;
            Some(source.at(at..at + address.len(), &message))
        });
        // Sass may have put it together.
        let made = || {
            let config = &sources.config.source.file;
            Diagnostic::new(config, format!("{message} (`{address}` in {sheet})"))
        };
        let fault = written.unwrap_or_else(made);
        fault.expected("the path of a file, from where the sheet is served")
    };
    lost.into_iter().map(fault).collect()
}

/// A sheet without its comments.
pub(super) fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.split_once("*/").map_or("", |(_, behind)| behind));
    }
    rest
}

/// What stands in `url(…)`, or behind `@import` (CSS Cascading 5, 2), and where.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let imported = behind(text, "@import").filter(|(at, _)| text[..*at].ends_with(['"', '\'']));
    behind(text, "url(").chain(imported)
}

/// What stands behind a mark, in quotes or up to a bracket or space. In an address there may
/// be others: a drawing can be all of it. Behind one without an end there is nothing.
fn behind<'t>(text: &'t str, mark: &'static str) -> impl Iterator<Item = (usize, &'t str)> {
    let starts = text.match_indices(mark).map(|(at, mark)| at + mark.len());
    let mut ended = 0;
    let found = starts.map_while(move |start| {
        let inside = text[start..].trim_start();
        let start = text.len() - inside.len();
        if start < ended {
            return Some(None);
        }
        let quote = inside.chars().next()?;
        let (skip, length) = match quote {
            '"' | '\'' => (1, inside[1..].find(quote)?),
            _ => (0, inside.find([')', ' ', '\n'])?),
        };
        let start = start + skip;
        ended = start + length;
        Some(Some((start, &text[start..ended])))
    });
    found.flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::{self, spent};

    #[test]
    fn addresses_are_found_with_quotes_and_without() {
        let text = "a { b: url(/c.png) } d { e: url( \"/f g\" ), url('h') } @import 'i'; url(";
        let found: Vec<_> = addresses(text).collect();
        assert_eq!(found, [(11, "/c.png"), (34, "/f g"), (48, "h"), (63, "i")]);
        for (at, address) in found {
            assert!(text[at..].starts_with(address));
        }
        let drawn = "url(\"data:image/svg+xml,<svg fill='url(%23a)'/>\")";
        assert_eq!(addresses(drawn).count(), 1);
    }
    #[test]
    fn what_has_no_end_is_looked_for_once() {
        for piece in ["url(", "url( \"", "@import 'a", "@import"] {
            let run = |length: usize| {
                let text = piece.repeat(length / piece.len());
                spent(|| _ = addresses(&text).count())
            };
            assert_eq!(growth::fault(piece, 10_000..=1 << 20, run), None);
        }
    }
}

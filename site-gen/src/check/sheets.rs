//! Addresses in style sheets that leave a site below a path: `url("/sea.jpg")` is on the
//! host, and the picture is not (CSS Values 4, 4.5). What a sheet names in relation to
//! itself goes with it.

use super::Sources;
use crate::diagnostic::Diagnostic;
use crate::references::outside;
use crate::source::Source;

/// How the names of sheets end, and of what becomes one.
const EXTENSIONS: [&str; 3] = [".css", ".scss", ".sass"];

/// Reports addresses that begin with a slash, and not with the path of the site.
pub(super) fn check(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let base = &sources.config.base;
    if base.root().is_empty() {
        return Vec::new();
    }
    let of_site = sources.files().map(|found| found.file.clone());
    let sheets = of_site.chain(sources.sheets());
    let sheets = sheets.filter(|file| {
        let name = file.to_str().unwrap_or_default();
        EXTENSIONS.iter().any(|extension| name.ends_with(extension))
    });
    let mut found = Vec::new();
    for file in sheets {
        let Ok(source) = Source::read(sources.root(&file), &file) else {
            continue;
        };
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

/// What stands in `url(…)`, and where.
fn addresses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text.match_indices("url(").map(|(at, mark)| at + mark.len());
    starts.filter_map(|start| {
        let inside = &text[start..];
        let quoted = inside.trim_start();
        let start = start + inside.len() - quoted.len();
        let quote = quoted.chars().next()?;
        let (skip, end) = match quote {
            '"' | '\'' => (1, quoted[1..].find(quote)?),
            _ => (0, quoted.find([')', ' ', '\n'])?),
        };
        let start = start + skip;
        Some((start, &text[start..start + end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_with_quotes_and_without() {
        let text = "a { b: url(/c.png) } d { e: url( \"/f g\" ), url('h') } url(";
        let found: Vec<_> = addresses(text).collect();
        assert_eq!(found, [(11, "/c.png"), (34, "/f g"), (48, "h")]);
        for (at, address) in found {
            assert!(text[at..].starts_with(address));
        }
    }
}

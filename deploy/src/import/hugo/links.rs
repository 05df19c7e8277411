//! Links: those to files follow the files, those to the old site's address
//! lose its path.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::super::paths::resolve;
use super::super::report::Report;
use super::super::tree::Origin;
use super::config::Config;
use super::document::Document;
use super::library::Library;
use super::rewritten::Rewritten;

/// What links of a document can lead to.
pub(super) struct Links<'a> {
    pub(super) config: &'a Config,
    pub(super) library: &'a Library,
    pub(super) origin: &'a Origin,
    pub(super) document: &'a Document,
    /// Files in `assets/` that something refers to, by their path in the new
    /// site.
    pub(super) assets: &'a mut BTreeMap<String, PathBuf>,
}

impl Links<'_> {
    /// What is written in place of a link's destination.
    pub(super) fn adapt(
        &mut self,
        text: &Rewritten,
        destination: &str,
        span: Range<usize>,
        _report: &mut Report,
    ) -> Option<(Range<usize>, String)> {
        let new = self.resolve(destination)?;
        let source = text.text.get(span.clone())?;
        let at = span.start + source.rfind(destination)?;
        Some((at..at + destination.len(), new))
    }

    /// Where a link leads now; none if that is where it did.
    pub(super) fn resolve(&mut self, link: &str) -> Option<String> {
        let end = link.find(['#', '?']).unwrap_or(link.len());
        let (place, rest) = link.split_at(end);
        if place.is_empty() || place.starts_with("@/") {
            return None;
        }
        let own = format!("{}{}", self.config.origin, self.config.base_path);
        let place = match place.strip_prefix(&own) {
            Some(path) if path.is_empty() || path.starts_with('/') => path,
            _ if has_scheme(place) || place.starts_with("//") => return None,
            _ => place,
        };
        let inside = without_base(place, &self.config.base_path);
        let decoded = site_gen::decode_path(inside);
        if let Some(path) = self.asset(&decoded) {
            return Some(format!("{path}{rest}"));
        }
        if let Some(path) = decoded.strip_prefix('/') {
            let path = format!("/{path}");
            return (inside.len() != end || place.len() != end)
                .then(|| format!("{}{rest}", site_gen::encode_path(&path)));
        }
        if let Some(resource) = self.library.resource(&decoded, self.document) {
            // Beside its page it is found anyway.
            let beside = self.document.id.ends_with("/index.md") && !decoded.contains("../");
            return (!beside).then(|| format!("{}{rest}", site_gen::encode_path(&resource.url)));
        }
        let is_markdown = [".md", ".markdown", ".mdown"]
            .iter()
            .any(|end| decoded.ends_with(end));
        let found = self
            .library
            .find(&decoded, self.document, self.document.language);
        let found = found.filter(|_| is_markdown)?;
        Some(format!("@/{}{rest}", site_gen::encode_path(&found.id)))
    }

    /// A file in `assets/` that a link means, if nothing else is there.
    fn asset(&mut self, place: &str) -> Option<String> {
        let inside = place.trim_start_matches('/');
        let directory = self.config.directory("assetDir", "assets");
        let fixed = self.config.directory("staticDir", "static");
        let is_file = |path: &Path| self.origin.path().join(path).is_file();
        let inside = resolve("", inside).filter(|inside| !inside.is_empty())?;
        let file = directory.join(&inside);
        let known = self.library.resource(place, self.document).is_some();
        if known || !is_file(&file) || is_file(&fixed.join(&inside)) {
            return None;
        }
        let path = format!("/{}", site_gen::encode_path(&inside));
        self.assets.insert(inside, file);
        Some(path)
    }

    /// Addresses in HTML that begin with the path of the old site.
    pub(super) fn html(&self, text: &str, span: Range<usize>) -> Vec<(Range<usize>, String)> {
        let base = &self.config.base_path;
        if base.is_empty() {
            return Vec::new();
        }
        let mut edits = Vec::new();
        for quote in ['"', '\''] {
            let written = format!("={quote}{base}/");
            for (at, _) in text[span.clone()].match_indices(&written) {
                let start = span.start + at;
                edits.push((start..start + written.len(), format!("={quote}/")));
            }
        }
        edits
    }
}

/// A path without that of the site.
pub(super) fn without_base<'a>(path: &'a str, base: &str) -> &'a str {
    match path.strip_prefix(base) {
        Some("") if !base.is_empty() => "/",
        Some(rest) if !base.is_empty() && rest.starts_with('/') => rest,
        _ => path,
    }
}

fn has_scheme(link: &str) -> bool {
    let scheme = link.split_once(':').map_or("", |(scheme, _)| scheme);
    let mut letters = scheme.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_site_is_taken_off() {
        assert_eq!(without_base("/oven/a/", "/oven"), "/a/");
        assert_eq!(without_base("/oven", "/oven"), "/");
        assert_eq!(without_base("/ovens/", "/oven"), "/ovens/");
        assert_eq!(without_base("/a/", ""), "/a/");
    }
}

//! Links: those to files follow the files, those to the old site's address
//! begin with its path.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use super::super::paths::resolve;
use super::super::report::Report;
use super::super::tree::Origin;
use super::config::Config;
use super::document::Document;
use super::library::Library;
use super::mounts::Component;
use super::published::{is_rendered, unpublished};
use super::rewritten::Rewritten;
use super::served::Place;

/// What links of a document can lead to.
pub(super) struct Links<'a> {
    pub(super) config: &'a Config,
    pub(super) library: &'a Library,
    pub(super) origin: &'a Origin,
    pub(super) document: &'a Document,
    /// Whether a template looks for a link among the pages.
    pub(super) finds_pages: bool,
    /// Files in `assets/` or of a theme that something refers to, by their path
    /// in the new site.
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
        if is_autolink(source, destination) {
            return Some((span, format!("[{}](<{new}>)", escaped(destination))));
        }
        let at = span.start + source.rfind(destination)?;
        // What a `ref` stood for is where it leads, in whichever language.
        let mut put = text.put_spans();
        if put.any(|put| put.start == at && at < put.end && put.end <= at + destination.len()) {
            return None;
        }
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
            Some("") => "/",
            Some(path) if path.starts_with('/') => path,
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
            if self.looks_for_pages()
                && let Some(link) = self.page(&path, rest)
            {
                return Some(link);
            }
            if let Some(link) = self.without_path(place, rest) {
                return Some(link);
            }
            // Else it is what it was, with the path of the site or without.
            return (place.len() != end).then(|| format!("{}{rest}", self.config.address(&path)));
        }
        if let Some(resource) = self.library.resource(&decoded, self.document) {
            // Beside its page it is found anyway.
            let beside = self.document.id.ends_with("/index.md") && !decoded.contains("../");
            return (!beside).then(|| format!("{}{rest}", self.config.address(&resource.url)));
        }
        let is_markdown = [".md", ".markdown", ".mdown"]
            .iter()
            .any(|end| decoded.ends_with(end));
        let is_page = is_markdown || self.looks_for_pages();
        let found = is_page.then(|| self.page(&decoded, rest)).flatten();
        found.or_else(|| self.moved(&decoded, rest))
    }

    fn looks_for_pages(&self) -> bool {
        self.finds_pages || self.config.links_follow_languages()
    }

    /// The link to a page that is published: by its file, to which no question
    /// can be put.
    fn page(&self, place: &str, rest: &str) -> Option<String> {
        let language = self.document.language;
        let found = self.library.find(place, self.document, language);
        let found = found.filter(|found| {
            let is_seen = unpublished(found).is_none() || is_draft(self.document);
            is_seen && is_rendered(found)
        })?;
        Some(match rest.starts_with('?') {
            true => {
                let serves = Place::of(found, self.config).0.serves;
                format!("{}{rest}", self.config.address(&serves))
            }
            false => format!("@/{}{rest}", site_gen::encode_path(&found.id)),
        })
    }

    /// Where a link leads that lacks the path of the site, and names a page of it all the
    /// same. It led out of the old site, and would out of the new one, which does not
    /// build then.
    fn without_path(&self, place: &str, rest: &str) -> Option<String> {
        let base = &self.config.base_path;
        if base.is_empty() || without_base(place, base) != place {
            return None;
        }
        let path = site_gen::decode_path(place);
        let slashed = || self.library.served(&format!("{path}/"));
        let found = self.library.served(&path).or_else(slashed)?;
        let serves = Place::of(found, self.config).0.serves;
        Some(format!("{}{rest}", self.config.address(&serves)))
    }

    /// Where a relative link led from the old address, if the new one is in
    /// another directory.
    fn moved(&self, link: &str, rest: &str) -> Option<String> {
        let directory = |path: &str| path[..=path.rfind('/').unwrap_or_default()].to_owned();
        let serves = |document| Place::of(document, self.config).0.serves;
        let old = directory(&self.document.url);
        if link.starts_with('/') || old == directory(&serves(self.document)) {
            return None;
        }
        let mut path = format!("/{}", resolve(&old, link)?);
        if link.ends_with('/') && !path.ends_with('/') {
            path.push('/');
        }
        let path = self.library.served(&path).map_or(path, serves);
        Some(format!("{}{rest}", self.config.address(&path)))
    }

    /// A file in `assets/` that a link means, if nothing else is there.
    fn asset(&mut self, place: &str) -> Option<String> {
        let inside = place.trim_start_matches('/');
        let inside = resolve("", inside).filter(|inside| !inside.is_empty())?;
        let find = |component| self.config.mounts.find(component, &inside, self.origin);
        let known = self.library.resource(place, self.document).is_some();
        let file = find(Component::Assets).or_else(|| self.of_theme(&inside))?;
        if known || find(Component::Static).is_some() {
            return None;
        }
        let path = self.config.address(&format!("/{inside}"));
        self.assets.insert(inside, file);
        Some(path)
    }

    /// A file that a theme publishes.
    fn of_theme(&self, inside: &str) -> Option<PathBuf> {
        let themes = self.config.themes.iter();
        let files = themes.flat_map(|theme| {
            let directories = self.config.theme_directories();
            directories.map(|directory| directory.join(theme).join("static").join(inside))
        });
        let mut files = files.filter(|file| self.origin.has_file(file));
        files.next()
    }

    /// Addresses in HTML that lead elsewhere now.
    pub(super) fn html(&mut self, text: &str, span: Range<usize>) -> Vec<(Range<usize>, String)> {
        let mut edits = Vec::new();
        for range in addresses(text, span.clone()) {
            let link = &text[range.clone()];
            let end = link.find(['#', '?']).unwrap_or(link.len());
            let (place, rest) = link.split_at(end);
            if place.starts_with('/') && !place.starts_with("//") {
                let inside = without_base(place, &self.config.base_path);
                self.asset(&site_gen::decode_path(inside));
                let new = self.without_path(place, rest);
                edits.extend(new.map(|new| (range.clone(), new)));
            }
            if place.is_empty() || has_scheme(place) || place.starts_with(['/', '{', '@']) {
                continue;
            }
            let new = self.moved(&site_gen::decode_path(place), rest);
            edits.extend(new.map(|new| (range, new)));
        }
        edits
    }
}

/// Whether a link is an address in angle brackets, which is its text, too.
fn is_autolink(source: &str, destination: &str) -> bool {
    let inside = source
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    inside == Some(destination)
}

/// A text of a link, as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn is_draft(document: &Document) -> bool {
    unpublished(document).is_some()
}

/// The values of `href` and `src` in HTML.
fn addresses(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for name in ["href=", "src="] {
        for (at, _) in text[span.clone()].match_indices(name) {
            let start = span.start + at + name.len();
            let before = text[..start - name.len()].chars().next_back();
            let quote = text[start..span.end].chars().next();
            if let Some(quote) = quote.filter(|quote| matches!(quote, '"' | '\''))
                && before.is_some_and(char::is_whitespace)
                && let Some(length) = text[start + 1..span.end].find(quote)
            {
                found.push(start + 1..start + 1 + length);
            }
        }
    }
    found
}

/// A path without that of the site.
pub(super) fn without_base<'a>(path: &'a str, base: &str) -> &'a str {
    match path.strip_prefix(base) {
        Some("") if !base.is_empty() => "/",
        Some(rest) if !base.is_empty() && rest.starts_with('/') => rest,
        _ => path,
    }
}

pub(super) fn has_scheme(link: &str) -> bool {
    let scheme = link.split_once(':').map_or("", |(scheme, _)| scheme);
    let mut letters = scheme.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_brackets_keep_their_text() {
        assert!(is_autolink("<https://a.org/b>", "https://a.org/b"));
        assert!(!is_autolink("[b](<https://a.org/b>)", "https://a.org/b"));
        assert_eq!(
            escaped("https://a.org/b_c_[d]"),
            "https://a.org/b\\_c\\_\\[d\\]"
        );
    }

    #[test]
    fn the_path_of_the_site_is_taken_off() {
        assert_eq!(without_base("/oven/a/", "/oven"), "/a/");
        assert_eq!(without_base("/oven", "/oven"), "/");
        assert_eq!(without_base("/ovens/", "/oven"), "/ovens/");
        assert_eq!(without_base("/a/", ""), "/a/");
    }
}

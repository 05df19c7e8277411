//! Where a site is: [`BaseUrl`], the `base_url` of the configuration.
//!
//! A site may have a whole host, or be below a path of one, its *root*:
//! `https://example.org/project`. What is said of the site in its own files counts
//! from there, so that it need not know where it is: that is a *place*, as in
//! `/docs/`. What is in pages, and what a browser asks for, is an *address*:
//! `/project/docs/`. Places become addresses here ([`BaseUrl::address`]), once, where
//! a thing is given its place; from there on, everything has its address alone.
//!
//! The authority and the path of a URL are told in RFC 3986, 3.2 and 3.3.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::url::{decode, encode, is_inside};

/// Where a site is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// As in `https://mirage.io`.
    origin: String,
    /// As in `/project`, encoded; of a whole host nothing.
    root: String,
}

impl BaseUrl {
    /// Reads one that stands in a source.
    pub(crate) fn parse(
        source: &Source,
        text: &str,
        span: Range<usize>,
    ) -> Result<Self, Diagnostic> {
        Self::split(text).ok_or_else(|| {
            let fault = source.at(span, format!("`{text}` is not the address of a site"));
            fault.expected("an address such as `https://example.org` or `https://example.org/path`")
        })
    }

    /// In place of what is not known: nothing is there (RFC 2606, 2), so no link is
    /// one to the site itself.
    pub(crate) fn nowhere() -> Self {
        Self {
            origin: "https://site.invalid".to_owned(),
            root: String::new(),
        }
    }

    pub(crate) fn split(text: &str) -> Option<Self> {
        let trimmed = text.trim_end_matches('/');
        let rest = trimmed
            .strip_prefix("https://")
            .or_else(|| trimmed.strip_prefix("http://"))?;
        let host = rest.split('/').next().unwrap_or_default();
        let (origin, path) = trimmed.split_at(trimmed.len() - (rest.len() - host.len()));
        let decoded = decode(path);
        let is_host = !host.is_empty() && !host.contains(['?', '#', '@']);
        let is_path = !path.contains(['?', '#', '\\']) && is_inside(&decoded);
        (is_host && is_path).then(|| Self {
            origin: origin.to_owned(),
            root: encode(&decoded),
        })
    }

    /// The same site on another host.
    pub(crate) fn moved_to(&self, origin: &str) -> Self {
        Self {
            origin: origin.trim_end_matches('/').to_owned(),
            root: self.root.clone(),
        }
    }

    /// All of it, without a slash at the end.
    pub(crate) fn whole(&self) -> String {
        format!("{}{}", self.origin, self.root)
    }

    /// What an address needs in front to be a whole URL.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// What all addresses of the site begin with, without a slash at the end.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// The host in it, as in `mirage.io`.
    pub(crate) fn domain(&self) -> String {
        let host = self.origin.rsplit('/').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        name.to_lowercase()
    }

    /// The address of a place, which begins with a slash.
    pub(crate) fn address(&self, place: &str) -> String {
        format!("{}{place}", self.root)
    }

    /// The address of a file, by its path from the first page, which is not encoded.
    pub(crate) fn address_of_file(&self, path: &str) -> String {
        self.address(&format!("/{}", encode(path)))
    }

    /// The place that an address is of; none outside of the site.
    pub(crate) fn place<'a>(&self, address: &'a str) -> Option<&'a str> {
        let place = address.strip_prefix(self.root.as_str())?;
        match place {
            "" => Some("/"),
            place => place.starts_with('/').then_some(place),
        }
    }

    /// An address as a whole URL.
    pub(crate) fn permalink(&self, address: &str) -> String {
        format!("{}{address}", self.origin)
    }

    /// The address that a whole URL names, if it is one of the site.
    pub(crate) fn own<'u>(&self, url: &'u str) -> Option<Cow<'u, str>> {
        let rest = url.strip_prefix(self.origin.as_str())?;
        let inside = rest.strip_prefix(self.root.as_str())?;
        match inside.chars().next() {
            Some('/') => Some(Cow::Borrowed(rest)),
            None | Some('?' | '#') => Some(Cow::Owned(format!("{}/{inside}", self.root))),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> BaseUrl {
        BaseUrl::split(text).unwrap()
    }

    #[test]
    fn a_base_url_is_split() {
        for (text, origin, root, domain) in [
            ("https://mirage.io", "https://mirage.io", "", "mirage.io"),
            (
                "https://Mirage.io:8443/",
                "https://Mirage.io:8443",
                "",
                "mirage.io",
            ),
            ("http://a.org/b/c/", "http://a.org", "/b/c", "a.org"),
            ("https://a.org/ü", "https://a.org", "/%C3%BC", "a.org"),
            ("https://a.org/~me@x", "https://a.org", "/~me@x", "a.org"),
        ] {
            let base = base(text);
            assert_eq!((base.origin(), base.root()), (origin, root), "{text}");
            assert_eq!(base.domain(), domain, "{text}");
        }
        for text in [
            "a.org",
            "https://",
            "https:///b",
            "ftp://a.org",
            "https://me@a.org",
            "https://a.org?b",
            "https://a.org/b#c",
            "https://a.org/../b",
            "https://a.org/b//c",
            "https://a.org/%2e%2e/c",
            "https://a.org/b\\c",
        ] {
            assert_eq!(BaseUrl::split(text), None, "{text}");
        }
    }

    #[test]
    fn places_become_addresses_and_the_other_way_round() {
        for (text, place, address) in [
            ("https://a.org", "/", "/"),
            ("https://a.org", "/x/", "/x/"),
            ("https://a.org/b", "/", "/b/"),
            ("https://a.org/b", "/b/", "/b/b/"),
        ] {
            let base = base(text);
            assert_eq!(base.address(place), address, "{text}");
            assert_eq!(base.place(address), Some(place), "{text}");
        }
        let below = base("https://a.org/b");
        assert_eq!(below.place("/b"), Some("/"));
        for outside in ["/", "/bc/", "/x/b/"] {
            assert_eq!(below.place(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_url_is_the_sites_own_below_its_root_only() {
        let below = base("https://a.org/b");
        for (url, own) in [
            ("https://a.org/b", Some("/b/")),
            ("https://a.org/b#c", Some("/b/#c")),
            ("https://a.org/b/c/?d", Some("/b/c/?d")),
            ("https://a.org/bc/", None),
            ("https://a.org/", None),
            ("https://a.org", None),
            ("https://b.org/b/", None),
        ] {
            assert_eq!(below.own(url).as_deref(), own, "{url}");
        }
        let whole = base("https://a.org");
        assert_eq!(whole.own("https://a.org?b").as_deref(), Some("/?b"));
        assert_eq!(whole.own("https://a.org.b/").as_deref(), None);
        assert_eq!(whole.moved_to("http://c:1/").whole(), "http://c:1");
    }
}

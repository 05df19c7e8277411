//! Where the new site serves a document, and which addresses lead there.

use std::collections::BTreeSet;

use super::super::paths::{natural, split};
use super::config::Config;
use super::document::{Document, Kind};
use super::place::suffix;

/// Where the new site serves a document, and what has to be said for that.
pub(super) struct Place {
    pub(super) serves: String,
    /// `slug` or `path`, and its value.
    pub(super) key: Option<(&'static str, String)>,
}

impl Place {
    /// The place that comes nearest to where it was, and the addresses that
    /// have to lead there.
    pub(super) fn of(document: &Document, config: &Config) -> (Self, BTreeSet<String>) {
        let prefix = config.prefix(document.language);
        let own = natural(&document.id, &suffix(config, document.language));
        let mut aliases = BTreeSet::new();
        let mut wanted = document.url.clone();
        if let Some(pretty) = wanted.strip_suffix(".html").or(wanted.strip_suffix(".htm")) {
            let pretty = format!("{pretty}/");
            aliases.insert(std::mem::replace(&mut wanted, pretty));
        }
        let inside = wanted
            .strip_prefix(&prefix)
            .filter(|path| path.starts_with('/'));
        let key = match inside {
            Some(path) if path == own => None,
            Some(path) if document.kind != Kind::Section && path != "/" => {
                let (above, last) = split(path.trim_end_matches('/'));
                let (own_above, _) = split(own.trim_end_matches('/'));
                Some(match above == own_above {
                    true => ("slug", last.to_owned()),
                    false => ("path", path.trim_matches('/').to_owned()),
                })
            }
            _ => {
                aliases.insert(wanted.clone());
                None
            }
        };
        let serves = match key {
            Some(_) => wanted,
            None => format!("{prefix}{own}"),
        };
        aliases.remove(&serves);
        (Self { serves, key }, aliases)
    }
}

/// A path with `.` and `..` taken at their word.
pub(super) fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", parts.join("/"))
}

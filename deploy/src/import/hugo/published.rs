//! Whether a page is published, has an address of its own, and is in lists: what its
//! dates, `draft`, `headless` and `build` say.

use site_gen::review::Data;

use super::data::{self, get_boolean, get_text};
use super::date;
use super::document::Document;

/// Whether a page is not published, and why: in words for a note.
pub(super) fn unpublished(document: &Document) -> Option<&'static str> {
    why_unpublished(document).map(|(why, _)| why)
}

/// Why a page is not published, and the keys one of which says so.
pub(super) fn why_unpublished(
    document: &Document,
) -> Option<(&'static str, &'static [&'static str])> {
    let front = &document.front;
    let now = date::now();
    let of = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| date::read(&get_text(front, key)?))
    };
    let begins = of(&["publishDate"]).or_else(|| of(&date::DATES));
    let ends = of(&ENDS);
    match () {
        () if get_boolean(front, "draft").unwrap_or_default() => Some(("", &["draft"])),
        () if begins.is_some_and(|date| date.moment > now) => {
            Some(("its date is yet to come", &BEGINS))
        }
        () if ends.is_some_and(|date| date.moment <= now) => Some(("it has expired", &ENDS)),
        () if get_boolean(front, "headless").unwrap_or_default() => {
            Some(("it is headless", &["headless"]))
        }
        () if !is_rendered(document) && !is_listed(document) => {
            Some(("it is not to be rendered", &["build", "_build"]))
        }
        () => None,
    }
}

/// Whether a page has an address of its own.
pub(super) fn is_rendered(document: &Document) -> bool {
    match build_option(document, "render") {
        Some(Data::Boolean(boolean)) => *boolean,
        Some(Data::String(word)) => word == "always",
        _ => true,
    }
}

/// Whether it is in lists.
pub(super) fn is_listed(document: &Document) -> bool {
    match build_option(document, "list") {
        Some(Data::Boolean(boolean)) => *boolean,
        Some(Data::String(word)) => word != "never",
        _ => true,
    }
}

/// Whether `build` says nothing that is not so here, too.
pub(super) fn is_built_alike(document: &Document) -> bool {
    let is_in_some =
        matches!(build_option(document, "list"), Some(Data::String(list)) if list == "local");
    is_listed(document) && !is_in_some && build_option(document, "publishResources").is_none()
}

fn build_option<'a>(document: &'a Document, name: &str) -> Option<&'a Data> {
    let keys = [format!("build.{name}"), format!("_build.{name}")];
    keys.iter().find_map(|key| data::get(&document.front, key))
}

/// Keys that say from when on a page is published, and until when.
const BEGINS: [&str; 6] = [
    "publishDate",
    "date",
    "pubdate",
    "published",
    "lastmod",
    "modified",
];
const ENDS: [&str; 2] = ["expiryDate", "unpublishdate"];

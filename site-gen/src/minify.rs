//! Files made short before they are packed, hashed and served: what a browser
//! does with them stays the same.
//!
//! * `css`: style sheets, of static files and of Sass;
//! * `svg`: drawings;
//! * `html`: pages, where the site says `minify_html`.
//!
//! A file that cannot be read as what it claims to be is left as it is: browsers
//! have rules for such files, and it is not for a minifier to judge them.

pub(crate) mod css;
pub(crate) mod html;
pub(crate) mod svg;

use crate::cache::Cache;
use crate::store;

/// Tells stored results apart that other minifiers made.
const RECIPE: &[u8] = b"minify 1";

/// Makes a text short; none if it cannot be read.
type Minify = fn(&str) -> Option<String>;

/// What results are kept as.
pub(crate) const KIND: &str = "minified";

/// Whether files of this name can be made short.
pub(crate) fn is_for(path: &str) -> bool {
    by_name(path).is_some()
}

/// The name that the short version of a file is kept by.
pub(crate) fn kept_as(path: &str, body: &[u8]) -> Option<String> {
    let (kind, _) = by_name(path)?;
    Some(store::name(&[RECIPE, kind, body]))
}

/// Says that the short version of a file is used, though it is not asked for.
pub(crate) fn keep(name: &str, cache: &Cache) {
    cache.keep(KIND, name);
}

fn by_name(path: &str) -> Option<(&'static [u8], Minify)> {
    match path.rsplit_once('.')?.1 {
        "css" => Some((b"css", css::minify)),
        "svg" => Some((b"svg", svg::minify)),
        _ => None,
    }
}

/// A static file made short, by the end of its name; none if nothing is gained.
pub(crate) fn file(path: &str, body: &[u8], cache: &Cache) -> Option<Vec<u8>> {
    let (kind, minify) = by_name(path)?;
    let text = str::from_utf8(body).ok()?;
    let short = cache.make(KIND, &[RECIPE, kind, body], || {
        minify(text).unwrap_or_default().into_bytes()
    });
    // An empty result stands for none.
    (!short.is_empty() && short.len() < body.len()).then(|| short.to_vec())
}

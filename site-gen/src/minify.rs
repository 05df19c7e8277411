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

/// Tells stored results apart that other minifiers made.
const RECIPE: &[u8] = b"minify 1";

/// Makes a text short; none if it cannot be read.
type Minify = fn(&str) -> Option<String>;

/// What results are kept as.
pub(crate) const KIND: &str = "minified";

/// A static file made short, by the end of its name; none if nothing is gained.
pub(crate) fn file(path: &str, body: &[u8], cache: &Cache) -> Option<Vec<u8>> {
    let (kind, minify): (&[u8], Minify) = match path.rsplit_once('.')?.1 {
        "css" => (b"css", css::minify),
        "svg" => (b"svg", svg::minify),
        _ => return None,
    };
    let text = str::from_utf8(body).ok()?;
    let short = cache.make(KIND, &[RECIPE, kind, body], || {
        minify(text).unwrap_or_default().into_bytes()
    });
    // An empty result stands for none.
    (!short.is_empty() && short.len() < body.len()).then(|| short.to_vec())
}

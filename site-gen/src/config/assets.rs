//! What `content/site.toml` says about the files of a site that are not
//! written by hand as they are served.

use crate::data::Fields;
use crate::source::Source;

/// How files are made.
#[derive(Clone, Debug)]
pub(crate) struct AssetConfig {
    /// `minify_html`: whether pages are made short. Off unless asked for, as a
    /// style sheet can make white space count.
    pub(crate) minify_html: bool,
    /// `minify_assets`: whether style sheets and drawings are made short.
    pub(crate) minify_assets: bool,
    /// `compile_sass`: whether the sheets in `sass/` are compiled.
    pub(crate) compile_sass: bool,
}

impl AssetConfig {
    pub(crate) fn read(fields: &mut Fields<'_>, _source: &Source) -> Self {
        Self {
            minify_html: fields.boolean("minify_html").unwrap_or_default(),
            minify_assets: fields.boolean("minify_assets").unwrap_or(true),
            compile_sass: fields.boolean("compile_sass").unwrap_or(true),
        }
    }
}

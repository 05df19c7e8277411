//! Turns a directory of markdown into a packed site.
//!
//! [`build`] is a pipeline. Each step takes what the one before it made; those
//! that handle many files do so in parallel; every page is parsed once and
//! rendered once.
//!
//! 1. **Read** (`source`): which files there are.
//! 2. **Configure** (`config`, `theme`, [`zone`]): `content/site.toml`, the
//!    theme it names, the zones.
//! 3. **Parse** (`document`): each markdown file's front matter, from which follows its
//!    path; what the sections above it say; and what its commits say.
//! 4. **Render markdown** (`markdown`): HTML, table of contents, references;
//!    shortcodes are rendered here, with the theme's templates; pictures are
//!    looked into, and smaller ones made (`picture`); diagrams are drawn
//!    (`diagram`).
//! 5. **Assemble** (`library`): sections, order, neighbours, terms.
//! 6. **Plan** (`plan`): which pages there are, and which template each has.
//! 7. **Collect** (`output`, `search`): what is served besides: static files, feeds, the
//!    sitemap, redirects, the search index. Now it is known what links can lead to, and they
//!    are checked.
//! 8. **Give values** (`values`, `functions`, `filters`, `jobs`): what templates see.
//! 9. **Render** (`press`, `render`): templates make pages, which
//!    are compressed and go on into the pack, as each is done.
//! 10. **Pack** (`press::pack_file`, `site-pack`): in a file, never in memory.
//!
//! A build that has the [`Cache`] of the one before does again only what could
//! have become something else: `texts` and `press` tell the rules. Its pack is
//! the same, byte for byte, as that of a build without.
//!
//! All faults of a run are collected and returned together (`faults`); a step
//! that needs what a failed one would have made is left out, or told what is not
//! known (`faults::unsure`), so that nothing is called a fault that may be none. The caller gets
//! all of the site, in a file without a name, or all that is wrong with it. Besides that
//! nothing is written but what a [`Cache`] keeps on disk, if it may.
//!
//! Whatever looks for tags in HTML without building a tree reads it with `html`; pages are
//! checked with html5ever (`check`), as what is wrong depends on what is open.
//!
//! A site is a directory with `content/` (markdown, `site.toml`, zone files;
//! every other file there is published as it is) and `themes/`; it may have
//! `templates/`, `static/`, `sass/` and `data/` of its own. Conventions
//! are those of Zola; what themes can rely on is told in `themes/README.md`.

use std::path::PathBuf;
use std::sync::Arc;

mod assets;
mod base64;
mod body;
mod build;
mod cache;
mod check;
mod child;
mod config;
mod data;
mod diagnostic;
mod diagram;
mod document;
mod faults;
mod filters;
mod fingerprint;
mod functions;
pub mod fuzzing;
#[cfg(test)]
mod growth;
mod highlight;
mod html;
mod jobs;
mod library;
pub mod limits;
mod markdown;
mod minify;
mod nearby;
mod output;
#[cfg(test)]
mod pathological;
mod picture;
mod plan;
mod press;
mod progress;
mod references;
mod render;
pub mod review;
mod sass;
mod scratch;
mod search;
mod site_layout;
mod source;
mod store;
mod texts;
mod theme;
mod url;
mod values;
mod viewer;
pub mod zone;

/// Wherever sites are built, their templates are held to an amount of memory.
#[global_allocator]
static ALLOCATOR: budget::Budgeted = budget::Budgeted;

pub use build::{Preview, build, preview};
pub use cache::Cache;
pub use check::{Checked, Link, Pages, check};
pub use child::Worker;
pub use config::ignored::is_stray;
pub use config::is_base_url;
pub use diagnostic::{Diagnostic, Place, Severity};
pub use diagram::answer as draw_diagrams;
pub use faults::findings::{More, Told};
pub use output::media_type::{HTML, of as content_type};
pub use output::{Built, File, Policy};
pub use progress::{Listener, Progress};
pub use sass::compile_sheet;
pub use scratch::{Scratch, create_below};
pub use search::index_pages;
pub use site_layout::SOURCES;
pub use site_pack::Caching;
pub use source::{Source, read_plain};
pub use theme::template_fault::template_fault;
pub use url::{decode as decode_path, encode as encode_path, join as resolve_path, slugify};
pub use viewer::{Part, Viewer, Viewers};

/// How to build a site.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether to compress.
    pub compression: Compression,
    /// When the search index is made, if the site has one.
    pub indexing: Indexing,
    /// Whether drafts are part of the site.
    pub drafts: Drafts,
    /// In place of the configuration's `base_url`.
    pub base_url: Option<String>,
    /// In place of the host in it, as in `http://localhost:8080`: the path stays.
    pub origin: Option<String>,
    /// Where a directory `themes/` is, for a site that has none.
    pub themes: Option<PathBuf>,
    /// Who compiles style sheets of Sass.
    pub sass: Worker,
    /// Who draws diagrams.
    pub diagrams: Worker,
    /// Who makes the search index of Pagefind.
    pub pagefind: Worker,
    /// What earlier builds left: give each build of a process the same options.
    pub cache: Arc<Cache>,
    /// Whether this one leaves anything in it.
    pub keep: Keep,
    /// Who is told how far it is.
    pub progress: Listener,
    /// Who looks at pages of it meanwhile.
    pub viewers: Viewers,
    /// What is made of pictures.
    pub pictures: Pictures,
    /// What templates are told that the site is built for.
    pub mode: Mode,
}

/// What a site is built for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// To be published.
    #[default]
    Build,
    /// To be looked at while it is written.
    Serve,
    /// To be checked.
    Check,
}

/// What a build leaves in memory to those after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// All that they can use.
    #[default]
    Everything,
    /// Nothing: it is the last one, and takes half the memory.
    Nothing,
}

/// Whether the files of a site are also packed compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are: for the edit loop.
    None,
    /// In every encoding in which they are smaller.
    #[default]
    Full,
}

/// When a search index is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Indexing {
    /// With the site, as a part of it.
    #[default]
    Packed,
    /// When [`Built::search_file`] is called: for the edit loop.
    OnDemand,
}

/// What is made of the pictures in texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pictures {
    /// They stay as they are: for the edit loop. What templates ask for by
    /// themselves is made, in formats that take no time.
    Originals,
    /// Smaller ones in all formats that the site asks for.
    #[default]
    Variants,
}

/// What happens to pages and sections with `draft = true`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafts {
    /// They are left out.
    #[default]
    Exclude,
    /// They are published like any other.
    Include,
}

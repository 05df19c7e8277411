//! `fata build`: the site in files.

mod manifest;
mod place;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::output::Staged;
use crate::report::Format;
use crate::site::{Compression, Drafts, Keep, Site};

/// What to build, and where to.
#[derive(Debug)]
pub struct Options {
    /// The site.
    pub site: Site,
    /// What is written.
    pub target: Target,
    /// With the compressed variants, or without.
    pub compression: Compression,
    /// With drafts, or without.
    pub drafts: Drafts,
    /// In place of the site's own address.
    pub base_url: Option<String>,
    /// How the result is told.
    pub format: Format,
}

/// What is written, and the directory it goes to.
#[derive(Clone, Debug)]
pub enum Target {
    /// The pages, the pack and the image.
    Everything(PathBuf),
    /// The pages alone take the place of the directory.
    Html(PathBuf),
    /// The pack alone: this file.
    Pack(PathBuf),
}

/// Builds a site and writes it. On any error, what was there is still there.
///
/// # Errors
///
/// [`Faults`](crate::diagnostics::Faults) of the site; or what is in the way of
/// writing it.
pub fn build(options: &Options) -> Result<()> {
    let started = Instant::now();
    let mut generate = options.site.options(options.compression);
    generate.drafts = options.drafts;
    generate.keep = Keep::Nothing;
    generate.base_url = options.base_url.clone();
    let (site, out) = match &options.target {
        Target::Html(directory) => {
            let place = place::find(&options.site, directory)?;
            manifest::check(&place)?;
            // Compressed variants have no place among plain files.
            generate.compression = Compression::None;
            let site = options.site.generate(&generate)?;
            write_html(&site, &place)?;
            (site, directory)
        }
        Target::Pack(file) => {
            let place = place::find(&options.site, file)?;
            place::check_pack(&place)?;
            let site = options.site.generate(&generate)?;
            let (directory, name) = split(&place)?;
            let staged = Staged::new(directory)?;
            staged.pack(name, &site)?;
            staged.publish(&[name])?;
            (site, file)
        }
        Target::Everything(out) => {
            let place = place::find(&options.site, out)?;
            place::check_all(&place)?;
            let built = options.site.build(&generate)?;
            built.write(&place)?;
            (built.site, out)
        }
    };
    tell(&site, out, started.elapsed(), options);
    Ok(())
}

fn write_html(site: &site_gen::Built, directory: &Path) -> Result<()> {
    let (parent, name) = split(directory)?;
    let staged = Staged::new(parent)?;
    staged.site(name, site)?;
    manifest::write(&staged.at(name))?;
    staged.publish(&[name])
}

/// What is to be replaced: the directory it is in, and its name there.
fn split(path: &Path) -> Result<(&Path, &str)> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().and_then(OsStr::to_str);
    let name = name.with_context(|| {
        let shown = path.display();
        format!("{shown} has no name that could be replaced: expected one such as public")
    })?;
    Ok((parent, name))
}

fn tell(site: &site_gen::Built, out: &Path, took: Duration, options: &Options) {
    let pages = pages(site);
    let files = site.files.len();
    let kib = |bytes: u64| bytes.div_ceil(1024);
    let made = match &options.target {
        Target::Html(_) => format!("{}/", out.display()),
        Target::Pack(_) => out.display().to_string(),
        Target::Everything(_) => {
            let image = out.join(crate::site::IMAGE);
            let bytes = fs::metadata(&image).map_or(0, |file| file.len());
            format!("{} ({} KiB)", image.display(), kib(bytes))
        }
    };
    let text = format!(
        "{pages} pages, {files} files, a pack of {} KiB in {:.1} s: {made}",
        kib(site.pack_length()),
        took.as_secs_f64()
    );
    let event = json!({ "kind": "built", "pages": pages, "rendered": site.rendered,
        "files": files, "bytes": site.pack_length(),
        "milliseconds": took.as_millis() as u64, "out": out.display().to_string() });
    options.format.say(&text, &event);
}

/// How many of the files are pages.
pub(crate) fn pages(site: &site_gen::Built) -> usize {
    site.files.iter().filter(|file| file.is_page()).count()
}

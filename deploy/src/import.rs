//! `fata import`: a site of another generator becomes one of this.
//!
//! What comes across is written into a directory beside the new site's place
//! and moved there when all is done; what does not is told, by file and line
//! ([`report`]). Then the new site is built, to say whether it can be.
//!
//! * [`zola`]: the conventions are the same, so most files stay as they are;
//!   templates go through [`tera`].
//! * [`hugo`]: content is written anew; templates, which are Go's, stay behind.

mod adapt;
mod anchors;
mod built_in;
mod code;
mod emoji;
pub(crate) mod fuzzing;
mod hugo;
mod paths;
mod pattern;
mod report;
mod spans;
mod statics;
mod tera;
mod toml_text;
mod tree;
mod zola;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use site_gen::{Compression, Drafts, Pictures, Scratch};

use crate::report::{Format, answer};
use report::{Places, Report};
use tree::{Draft, Origin};

/// Whose site it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Generator {
    /// Hugo.
    Hugo,
    /// Zola.
    Zola,
}

impl Generator {
    /// Whose site a directory seems to be.
    pub(crate) fn of(directory: &Path) -> Option<Self> {
        let has = |name: &str| directory.join(name).exists();
        if has("zola.toml") {
            return Some(Self::Zola);
        }
        // Both called it so once; only the name of one key is that of one of them.
        let config = fs::read_to_string(directory.join("config.toml")).unwrap_or_default();
        if config.lines().any(|line| line.starts_with("base_url")) {
            return Some(Self::Zola);
        }
        let is_hugo = hugo::own_files().any(has) || config.to_lowercase().contains("baseurl");
        is_hugo.then_some(Self::Hugo)
    }

    /// What it is called on the command line.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What to import.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose site it is.
    pub generator: Generator,
    /// Where it is.
    pub from: PathBuf,
    /// Where the new one will be.
    pub to: PathBuf,
    /// How to tell what did not come across.
    pub format: Format,
}

/// The name of the report in the new site.
const REPORT: &str = "import-report.txt";

/// Imports a site and prints what did not come across.
///
/// # Errors
///
/// When the old site cannot be read, or the new one not be written, or there is
/// something in its place already.
pub fn import(options: &Options) -> Result<()> {
    let Options {
        generator,
        from,
        to,
        format,
    } = options;
    if let Ok(mut entries) = fs::read_dir(to) {
        if entries.next().is_some() {
            bail!(
                "{} is not empty (--out DIR names another directory)",
                to.display()
            );
        }
    } else if to.exists() {
        bail!("{} is not a directory", to.display());
    }
    let origin = Origin::open(from)?;
    let beside = to.parent().filter(|path| !path.as_os_str().is_empty());
    let beside = beside.unwrap_or(Path::new("."));
    let above = beside.ancestors().find_map(|path| match path {
        path if path.as_os_str().is_empty() => fs::canonicalize(".").ok(),
        path => fs::canonicalize(path).ok(),
    });
    if above.is_some_and(|above| above.starts_with(origin.path())) {
        bail!(
            "{} is in the old site (--out DIR names another directory)",
            to.display()
        );
    }
    fs::create_dir_all(beside).with_context(|| format!("cannot write to {}", beside.display()))?;
    let place = Scratch::new(".fata-import-", beside)
        .with_context(|| format!("cannot write to {}", beside.display()))?;
    let site = place.path().join("site");
    fs::create_dir(&site).with_context(|| format!("cannot write to {}", site.display()))?;
    let mut draft = Draft::new(&site);
    let mut report = Report::default();
    match generator {
        Generator::Hugo => hugo::import(&origin, &mut draft, &mut report)?,
        Generator::Zola => zola::import(&origin, &mut draft, &mut report)?,
    }
    try_to_build(&draft, &mut report);
    fs::write(draft.path().join(REPORT), report.text(Places::All))
        .with_context(|| format!("cannot write {REPORT}"))?;
    // An empty directory gives way to one that is moved there.
    fs::rename(draft.path(), to).with_context(|| format!("cannot write {}", to.display()))?;
    match format {
        Format::Json => {
            for event in report.json(from, to) {
                crate::report::print(&event);
            }
        }
        Format::Text => {
            let (text, file) = (report.text(Places::Some), to.join(REPORT));
            answer(format_args!("{text}All of this is in {}.", file.display()));
        }
    }
    Ok(())
}

/// Says what the generator thinks of the new site, drafts and all.
fn try_to_build(draft: &Draft, report: &mut Report) {
    let options = site_gen::Options {
        compression: Compression::None,
        drafts: Drafts::Include,
        pictures: Pictures::Originals,
        ..crate::workers::options()
    };
    if let Err(faults) = site_gen::build(draft.path(), &options) {
        report.build(&faults);
    }
}

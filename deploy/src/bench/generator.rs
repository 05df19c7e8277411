//! The site generator beside others: the same synthetic site, in the dialect of
//! each (`content`, `dialect`), built from nothing by each program that is here
//! (`program`), its cost measured (`child`) and compared (`report`); and what
//! one edit costs when much is built already (`edit`).
//!
//! Runs are interleaved, so that a machine which is busy for a while harms all
//! alike, and medians are taken. Others do not compress, so Fata does not
//! either when it is compared; its compression is measured apart.

mod child;
mod content;
mod dialect;
mod edit;
mod program;
mod random;
mod report;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use child::{Cost, measure, median};
use content::Content;
use dialect::{Dialect, Highlighting};
use program::{Product, Program};
pub(super) use report::Report;
use report::{Key, Made, Row};

/// What is measured when nothing else was asked for.
pub const DEFAULT_PAGES: [usize; 4] = [100, 1_000, 10_000, 50_000];

/// Sites larger than this are built by others only if they are asked for: they
/// take long, and much memory.
const RIVALS_PAGES: usize = 10_000;
/// The site in which an edit is made.
const EDITED_PAGES: usize = 10_000;
/// How often each program builds each site.
const RUNS: usize = 3;
/// When this is over, no further run is begun.
const PATIENCE: Duration = Duration::from_secs(8 * 60);
/// How long one run may take.
const RUN_PATIENCE: Duration = Duration::from_secs(5 * 60);
/// Chooses the content.
const SEED: u64 = 2015;

/// What to measure.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The sizes of the sites; empty: [`DEFAULT_PAGES`].
    pub pages: Vec<usize>,
    /// Only write the sites, into this directory.
    pub keep: Option<PathBuf>,
}

/// Writes the site of each size for each generator into `directory`.
pub(super) fn write(options: &Options, directory: &Path) -> Result<()> {
    for pages in options.sizes() {
        let content = Content { pages, seed: SEED };
        for dialect in Dialect::ALL {
            let site = directory.join(format!("{pages}/{}", dialect.name()));
            dialect.write(&content, &site)?;
            println!("{}", site.display());
        }
    }
    Ok(())
}

/// Measures everything.
pub(super) fn run(options: &Options) -> Result<Report> {
    let (programs, missing) = program::find()?;
    let mut report = Report::new(missing);
    let directory = tempfile::tempdir()?;
    let started = Instant::now();
    for pages in options.sizes() {
        let content = Content { pages, seed: SEED };
        let root = directory.path().join(pages.to_string());
        let asked_for = !options.pages.is_empty() || pages <= RIVALS_PAGES;
        let here: Vec<&Program> = programs
            .iter()
            .filter(|program| program.dialect == Dialect::Fata || asked_for)
            .collect();
        if here.len() < programs.len() {
            report.note(format!("{pages} pages: others only with --pages {pages}"));
        }
        eprintln!("fata: building sites of {pages} pages");
        compare(&content, &here, &root, started, &mut report)?;
        program::remove(&root)?;
    }
    compress(&directory.path().join("compressed"), &programs, &mut report)?;
    // Last: what this process itself has in memory would be counted as its
    // children's.
    let pages = options.sizes().into_iter().max().unwrap_or_default();
    let content = Content {
        pages: pages.min(EDITED_PAGES),
        seed: SEED,
    };
    eprintln!("fata: editing a site of {} pages", content.pages);
    report.edits = edit::measure(&content, &directory.path().join("edited"))?;
    Ok(report)
}

impl Options {
    fn sizes(&self) -> Vec<usize> {
        if self.pages.is_empty() {
            DEFAULT_PAGES.to_vec()
        } else {
            self.pages.clone()
        }
    }
}

/// All programs on one site, in turns.
fn compare(
    content: &Content,
    programs: &[&Program],
    root: &Path,
    started: Instant,
    report: &mut Report,
) -> Result<()> {
    for dialect in Dialect::ALL {
        if programs.iter().any(|program| program.dialect == dialect) {
            dialect.write(content, &root.join(dialect.name()))?;
        }
    }
    let mut costs: BTreeMap<Key, Vec<Cost>> = BTreeMap::new();
    let mut made = BTreeMap::new();
    for _ in 0..RUNS {
        for highlighting in [Highlighting::On, Highlighting::Off] {
            for program in programs {
                let key = Key::new(content.pages, highlighting, program);
                if started.elapsed() > PATIENCE {
                    let note = format!("after {PATIENCE:?} no further runs were made");
                    report.note(note);
                    continue;
                }
                let site = root.join(program.dialect.name());
                program.dialect.configure(highlighting, &site)?;
                let (mut command, out) = program.cold(&site)?;
                match measure(&mut command, RUN_PATIENCE) {
                    Ok(cost) => costs.entry(key.clone()).or_default().push(cost),
                    Err(error) => report.note(format!("{}: {error:#}", key.name())),
                }
                made.entry(key)
                    .or_insert_with(|| weigh(&out, program.product));
            }
        }
    }
    for (key, costs) in costs {
        if let (Some(cost), Some(Ok(made))) = (median(&costs), made.remove(&key)) {
            let runs = costs.len();
            report.rows.push(Row {
                key,
                cost,
                made,
                runs,
            });
        }
    }
    Ok(())
}

/// What Fata's compression adds, without and with what the last run has left.
fn compress(site: &Path, programs: &[Program], report: &mut Report) -> Result<()> {
    let own = programs
        .iter()
        .find(|program| program.product == Product::Pack)
        .context("fata is always there")?;
    let content = Content {
        pages: COMPRESSED_PAGES,
        seed: SEED,
    };
    eprintln!("fata: compressing a site of {COMPRESSED_PAGES} pages");
    Dialect::Fata.write(&content, site)?;
    let run = || measure(&mut own.compressed(site), RUN_PATIENCE);
    report.compressed = Some((content.pages, run()?, run()?));
    program::remove(site)
}

/// Brotli at its tightest takes its time: a larger site takes it in proportion.
const COMPRESSED_PAGES: usize = 1_000;

/// How many pages were made, and how large all is together.
fn weigh(path: &Path, product: Product) -> Result<Made> {
    let missing = |path: &Path| format!("nothing was made: {}", path.display());
    if product == Product::Pack {
        // Reading it would raise what all children seem to have in memory.
        let bytes = fs::metadata(path).with_context(|| missing(path))?.len();
        return Ok(Made { pages: None, bytes });
    }
    let (mut pages, mut bytes) = (0, 0);
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        let about = fs::metadata(&path).with_context(|| missing(&path))?;
        if about.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else {
            pages += usize::from(path.extension().is_some_and(|name| name == "html"));
            bytes += about.len();
        }
    }
    let pages = Some(pages);
    Ok(Made { pages, bytes })
}

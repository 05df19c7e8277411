//! What was measured, as a table for people and as JSON for programs. The aims
//! stand beside what was reached; nobody is judged.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use super::child::Cost;
use super::dialect::{Dialect, Highlighting};
use super::edit::Edit;
use super::program::Program;

/// Aims: Fata's share of the better one's time with highlighting, and without;
/// of its memory; and the longest that an edit takes.
const AIM_HIGHLIGHTED: f64 = 1.0 / 5.0;
const AIM_PLAIN: f64 = 1.0 / 3.0;
const AIM_MEMORY: f64 = 1.0 / 2.0;
const AIM_EDIT: Duration = Duration::from_millis(100);

/// What Zola 0.22.1 took of what Hugo 0.168 took, where both were measured at
/// once, on two cores and 10,000 pages: the time with highlighting and without,
/// and the memory. Where Zola is not, it is judged by these, at that size only.
const ZOLA_TO_HUGO_HIGHLIGHTED: f64 = 26.0 / 35.0;
const ZOLA_TO_HUGO_PLAIN: f64 = 5.0 / 11.0;
const ZOLA_TO_HUGO_MEMORY: f64 = 435.0 / 2700.0;
const DERIVED_PAGES: usize = 10_000;
const DERIVED: &str = "zola (derived)";

/// All that was measured.
#[derive(Debug, Default)]
pub(in crate::bench) struct Report {
    pub(super) rows: Vec<Row>,
    /// Pages, and what compressing them cost cold and with the cache.
    pub(super) compressed: Option<(usize, Cost, Cost)>,
    pub(super) edits: Vec<Edit>,
    notes: Vec<String>,
}

/// What a program did with a site.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    /// The median.
    pub(super) cost: Cost,
    /// How many runs it is the median of.
    pub(super) runs: usize,
    pub(super) made: Made,
}

/// What came out of it: that all do the same work can be seen by it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Made {
    /// Files of HTML, where there are files.
    pub(super) pages: Option<usize>,
    pub(super) bytes: u64,
}

/// Which site, which program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pages: usize,
    plain: bool,
    rival: bool,
    name: String,
}

impl Key {
    pub(super) fn new(pages: usize, highlighting: Highlighting, program: &Program) -> Self {
        Self {
            pages,
            plain: highlighting == Highlighting::Off,
            rival: program.dialect != Dialect::Fata,
            name: program.name.clone(),
        }
    }

    fn is_same_site(&self, other: &Self) -> bool {
        (self.pages, self.plain) == (other.pages, other.plain)
    }

    pub(super) fn name(&self) -> String {
        let code = if self.plain { "plain" } else { "highlighted" };
        format!("{} pages, {code}, {}", self.pages, self.name)
    }
}

/// Fata beside another.
struct Comparison<'a> {
    row: &'a Row,
    rival: String,
    time: f64,
    /// Unknown where the other is not here.
    cpu: Option<f64>,
    memory: f64,
}

impl Report {
    pub(super) fn new(missing: Vec<String>) -> Self {
        Self {
            notes: missing,
            ..Self::default()
        }
    }

    /// Adds a remark: once is enough.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn comparisons(&self) -> Vec<Comparison<'_>> {
        let own = self.rows.iter().filter(|row| !row.key.rival);
        own.flat_map(|row| {
            let rivals: Vec<&Row> = self
                .rows
                .iter()
                .filter(|other| other.key.rival && other.key.is_same_site(&row.key))
                .collect();
            let measured = rivals.iter().map(|rival| compare(row, rival));
            let mut all: Vec<Comparison<'_>> = measured.collect();
            let named = |name: &str| rivals.iter().find(|rival| rival.key.name.starts_with(name));
            if let (Some(hugo), None, DERIVED_PAGES) = (named("hugo"), named("zola"), row.key.pages)
            {
                all.push(derive(row, hugo));
            }
            all
        })
        .collect()
    }

    /// What speaks against a comparison: others made other pages, or did not
    /// highlight.
    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        for row in &self.rows {
            let own = self.rows.iter().find(|own| {
                !own.key.rival && own.key.is_same_site(&row.key) && own.made.pages.is_some()
            });
            let ours = own.and_then(|own| own.made.pages);
            if let (Some(ours), Some(theirs)) = (ours, row.made.pages)
                && ours != theirs
            {
                doubts.push(format!("{}: {theirs} pages, not {ours}", row.key.name()));
            }
            let plain = self.rows.iter().find(|plain| {
                plain.key.plain
                    && plain.key.pages == row.key.pages
                    && plain.key.name == row.key.name
            });
            let same = |plain: &&Row| row.made.bytes <= plain.made.bytes;
            if !row.key.plain && plain.is_some_and(|plain| same(&plain)) {
                doubts.push(format!("{}: nothing is highlighted", row.key.name()));
            }
        }
        doubts
    }

    /// Microseconds of the CPUs for a page, by size of the site: to a pack.
    fn cost_per_page(&self) -> Vec<(bool, usize, f64)> {
        let own = self.rows.iter().filter(|row| row.key.name == PACK);
        own.map(|row| {
            let Key { plain, pages, .. } = row.key;
            (
                plain,
                pages,
                row.cost.cpu.as_secs_f64() * 1e6 / pages as f64,
            )
        })
        .collect()
    }

    /// For people.
    pub(in crate::bench) fn table(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("a string takes everything");
        text
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        self.write_rows(text)?;
        self.write_comparisons(text)?;
        writeln!(text, "\nCPU time for a page, to a pack (aim: flat)\n")?;
        for (plain, pages, cost) in self.cost_per_page() {
            writeln!(text, "{pages:>6} {:<11} {cost:>7.0} µs", code(plain))?;
        }
        self.write_compressed(text)?;
        self.write_edits(text)?;
        for note in &self.notes {
            writeln!(text, "\n{note}")?;
        }
        Ok(())
    }

    fn write_rows(&self, text: &mut String) -> fmt::Result {
        writeln!(
            text,
            "\nThe generator, cold, without compression: medians\n"
        )?;
        writeln!(
            text,
            "{:>6} {:<11} {:<16} {:>9} {:>9} {:>8} {:>7} {:>9} {:>4}",
            "pages", "code", "program", "time", "cpu", "memory", "pages", "made", "runs"
        )?;
        for Row {
            key,
            cost,
            runs,
            made,
        } in &self.rows
        {
            writeln!(
                text,
                "{:>6} {:<11} {:<16} {:>7.2} s {:>7.2} s {:>4.0} MiB {:>7} {:>5.1} MiB {runs:>4}",
                key.pages,
                code(key.plain),
                key.name,
                cost.wall.as_secs_f64(),
                cost.cpu.as_secs_f64(),
                mebibytes(cost.memory),
                made.pages.map_or("-".to_owned(), |pages| pages.to_string()),
                mebibytes(made.bytes),
            )?;
        }
        Ok(())
    }

    fn write_comparisons(&self, text: &mut String) -> fmt::Result {
        let comparisons = self.comparisons();
        if !comparisons.is_empty() {
            writeln!(text, "\nShare of what others take\n")?;
        }
        for Comparison {
            row,
            rival,
            time,
            cpu,
            memory,
        } in comparisons
        {
            let cpu = cpu.map(|cpu| format!("cpu {cpu:.2}, ")).unwrap_or_default();
            writeln!(
                text,
                "{:>6} {:<11} {:<16} of {rival:<14} time {time:.2} (aim {:.2}), {cpu}\
                 memory {memory:.2} (aim {AIM_MEMORY:.2})",
                row.key.pages,
                code(row.key.plain),
                row.key.name,
                aim(row.key.plain),
            )?;
        }
        for doubt in self.doubts() {
            writeln!(text, "\n{doubt}")?;
        }
        Ok(())
    }

    fn write_compressed(&self, text: &mut String) -> fmt::Result {
        if let Some((pages, cold, warm)) = &self.compressed {
            writeln!(text, "\nWith compression, {pages} pages, to a pack\n")?;
            for (name, cost) in [("cold", cold), ("with the cache", warm)] {
                let (wall, cpu) = (cost.wall.as_secs_f64(), cost.cpu.as_secs_f64());
                let memory = mebibytes(cost.memory);
                writeln!(
                    text,
                    "{name:<18} {wall:>7.2} s {cpu:>7.2} s cpu {memory:>5.0} MiB"
                )?;
            }
        }
        Ok(())
    }

    fn write_edits(&self, text: &mut String) -> fmt::Result {
        writeln!(
            text,
            "\nOne edit, from the file to a finished pack (aim {AIM_EDIT:?})\n"
        )?;
        for Edit {
            name,
            pages,
            time,
            rendered,
            files,
        } in &self.edits
        {
            let time = time.as_secs_f64() * 1000.0;
            writeln!(
                text,
                "{pages:>6} pages, {name:<22} {time:>7.1} ms, {rendered} of {files} files rendered"
            )?;
        }
        Ok(())
    }

    /// For programs.
    pub(in crate::bench) fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(row_json).collect();
        let comparisons: Vec<Value> = self
            .comparisons()
            .iter()
            .map(|comparison| {
                let key = &comparison.row.key;
                json!({
                    "pages": key.pages, "highlighted": !key.plain, "program": key.name,
                    "rival": comparison.rival, "derived": comparison.rival == DERIVED,
                    "time_share": comparison.time, "time_share_aim": aim(key.plain),
                    "cpu_share": comparison.cpu,
                    "memory_share": comparison.memory, "memory_share_aim": AIM_MEMORY,
                })
            })
            .collect();
        let edits: Vec<Value> = self
            .edits
            .iter()
            .map(|edit| {
                json!({
                    "edit": edit.name, "pages": edit.pages, "time_ms": milliseconds(edit.time),
                    "time_aim_ms": milliseconds(AIM_EDIT),
                    "rendered": edit.rendered, "files": edit.files,
                })
            })
            .collect();
        let compressed = self.compressed.as_ref().map(|(pages, cold, warm)| {
            json!({ "pages": pages, "cold": cost_json(cold), "cached": cost_json(warm) })
        });
        let programs: BTreeSet<&str> = self.rows.iter().map(|row| row.key.name.as_str()).collect();
        json!({
            "programs": programs, "cold": rows, "compared": comparisons,
            "compressed": compressed, "edits": edits, "notes": self.notes,
        })
    }
}

const PACK: &str = "fata, to a pack";

fn compare<'a>(row: &'a Row, rival: &Row) -> Comparison<'a> {
    let share = |of: fn(&Cost) -> f64| of(&row.cost) / of(&rival.cost);
    Comparison {
        row,
        rival: rival.key.name.clone(),
        time: share(|cost| cost.wall.as_secs_f64()),
        cpu: Some(share(|cost| cost.cpu.as_secs_f64())),
        memory: share(|cost| cost.memory as f64),
    }
}

/// Zola by what Hugo took.
fn derive<'a>(row: &'a Row, hugo: &Row) -> Comparison<'a> {
    let time = if row.key.plain {
        ZOLA_TO_HUGO_PLAIN
    } else {
        ZOLA_TO_HUGO_HIGHLIGHTED
    };
    let measured = compare(row, hugo);
    Comparison {
        rival: DERIVED.to_owned(),
        time: measured.time / time,
        cpu: None,
        memory: measured.memory / ZOLA_TO_HUGO_MEMORY,
        ..measured
    }
}

fn code(plain: bool) -> &'static str {
    if plain { "plain" } else { "highlighted" }
}

fn aim(plain: bool) -> f64 {
    if plain { AIM_PLAIN } else { AIM_HIGHLIGHTED }
}

fn row_json(row: &Row) -> Value {
    json!({
        "pages": row.key.pages, "highlighted": !row.key.plain, "program": row.key.name,
        "cost": cost_json(&row.cost), "runs": row.runs,
        "pages_made": row.made.pages, "bytes": row.made.bytes,
    })
}

fn cost_json(cost: &Cost) -> Value {
    json!({
        "time_ms": milliseconds(cost.wall), "cpu_ms": milliseconds(cost.cpu),
        "memory_mib": mebibytes(cost.memory),
    })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

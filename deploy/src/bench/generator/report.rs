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
/// of its memory; and of the cost of a page in the largest site, that in the
/// smallest that is not mostly starting up.
const AIM_HIGHLIGHTED: f64 = 1.0 / 5.0;
const AIM_PLAIN: f64 = 1.0 / 3.0;
const AIM_MEMORY: f64 = 1.0 / 2.0;
const AIM_EDIT: Duration = Duration::from_millis(100);

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
    pub(super) files: usize,
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

    pub(super) fn name(&self) -> String {
        let code = if self.plain { "plain" } else { "highlighted" };
        format!("{} pages, {code}, {}", self.pages, self.name)
    }
}

/// Fata beside the better of the others.
struct Comparison<'a> {
    row: &'a Row,
    time: f64,
    cpu: f64,
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
        own.filter_map(|row| {
            let same = |other: &&Row| {
                other.key.rival
                    && (other.key.pages, other.key.plain) == (row.key.pages, row.key.plain)
            };
            let least = |of: fn(&Cost) -> f64| {
                let rivals = self.rows.iter().filter(same).map(|other| of(&other.cost));
                Some(of(&row.cost) / rivals.min_by(f64::total_cmp)?)
            };
            Some(Comparison {
                row,
                time: least(|cost| cost.wall.as_secs_f64())?,
                cpu: least(|cost| cost.cpu.as_secs_f64())?,
                memory: least(|cost| cost.memory as f64)?,
            })
        })
        .collect()
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
            "pages", "code", "program", "time", "cpu", "memory", "files", "made", "runs"
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
                made.files,
                mebibytes(made.bytes),
            )?;
        }
        Ok(())
    }

    fn write_comparisons(&self, text: &mut String) -> fmt::Result {
        let comparisons = self.comparisons();
        if !comparisons.is_empty() {
            writeln!(text, "\nShare of the better one of the others\n")?;
        }
        for Comparison {
            row,
            time,
            cpu,
            memory,
        } in comparisons
        {
            writeln!(
                text,
                "{:>6} {:<11} {:<16} time {time:.2} (aim {:.2}), cpu {cpu:.2}, \
                 memory {memory:.2} (aim {AIM_MEMORY:.2})",
                row.key.pages,
                code(row.key.plain),
                row.key.name,
                aim(row.key.plain),
            )?;
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
        "files": row.made.files, "bytes": row.made.bytes,
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

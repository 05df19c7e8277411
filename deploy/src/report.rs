//! What `fata` says: to people on standard error, to programs (`--json`) on
//! standard output, one JSON object in each line.
//!
//! Every object has a `kind`. `diagnostic` is what is wrong, [`diagnostics`]
//! says with which keys; the others say what was done.
//!
//! [`diagnostics`]: crate::diagnostics

use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use site_gen::{More, Told};

use crate::diagnostics::{self, Faults};

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl Format {
    /// Says that something was done: a line for people, an object for programs.
    pub(crate) fn say(self, text: &str, event: &Value) {
        match self {
            Self::Text => tell(format_args!("fata: {text}")),
            Self::Json => print(event),
        }
    }

    /// Says something that only people want to know.
    pub(crate) fn remark(self, text: &str) {
        if self == Self::Text {
            tell(format_args!("fata: {text}"));
        }
    }

    /// Shows what is wrong with a site.
    pub(crate) fn show(self, site: &Path, told: &Told) {
        match self {
            Self::Text => tell(format_args!("{}", diagnostics::render(site, told))),
            Self::Json => {
                for diagnostic in &told.diagnostics {
                    print(&diagnostics::to_json(site, diagnostic));
                }
                if told.more != More::default() {
                    print(&diagnostics::more_to_json(told.more));
                }
            }
        }
    }

    /// Says why a command failed. One that is not the fault of a file is a
    /// diagnostic without a file for programs.
    pub fn failure(self, error: &anyhow::Error) {
        match error.downcast_ref::<Faults>() {
            Some(faults) => self.show(&faults.site, &faults.told),
            None if self == Self::Json => {
                let message = format!("{error:#}");
                let expected = expected(error);
                print(
                    &json!({ "kind": "diagnostic", "severity": "error", "file": null,
                    "line": null, "column": null, "length": null, "text": null,
                    "message": message, "expected": expected, "suggestion": null }),
                );
            }
            None => {
                tell(format_args!("error: {error:#}"));
                if let Some(expected) = expected(error) {
                    tell(format_args!("  = note: expected {expected}"));
                }
            }
        }
    }
}

/// What the system would have needed.
fn expected(error: &anyhow::Error) -> Option<&'static str> {
    let mut causes = error.chain();
    let system = causes.find_map(|cause| cause.downcast_ref::<io::Error>())?;
    Some(match system.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "more room there; what was written before is as it was"
        }
        io::ErrorKind::ReadOnlyFilesystem => "a place that can be written to",
        io::ErrorKind::PermissionDenied => "the permission to read or write there",
        io::ErrorKind::NotADirectory => "a directory, or nothing, in that place",
        io::ErrorKind::AddrInUse => "a port that is free (--port 0 finds one)",
        _ => return None,
    })
}

/// Prints a line for programs.
pub(crate) fn print(event: &Value) {
    answer(format_args!("{event}"));
}

/// Prints a line to standard output. One who reads no more is no reason to fail.
pub(crate) fn answer(line: fmt::Arguments<'_>) {
    let mut stdout = io::stdout();
    let written = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    written.unwrap_or_default();
}

/// Prints a line to standard error, if anybody reads it.
pub(crate) fn tell(line: fmt::Arguments<'_>) {
    writeln!(io::stderr(), "{line}").unwrap_or_default();
}

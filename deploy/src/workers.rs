//! Who compiles style sheets, who draws diagrams and who makes Pagefind's index, in
//! processes of their own: what they cannot survive, a sheet that calls itself or a
//! diagram that grows without end, is then a fault like any other.
//!
//! `fata` starts itself with a secret first argument; that second `fata` limits
//! itself, and dies with the first.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use site_gen::{Options, Worker};

use crate::limits::{COMPILER_MEMORY_BYTES, PAGEFIND_MEMORY_BYTES};

/// The first argument of a `fata` that is to compile a sheet.
pub const SHEET: &str = "__sass";

/// The first argument of a `fata` that is to draw diagrams.
pub const DIAGRAMS: &str = "__diagrams";

/// The first argument of a `fata` that is to make an index of Pagefind.
pub const PAGEFIND: &str = "__pagefind";

/// This program, once it said that it knows these arguments. Another one that
/// calls this library, such as a test, does not.
static OWN: OnceLock<PathBuf> = OnceLock::new();

/// Says that this program, started with one of these arguments, does what it asks
/// for.
pub fn offer() {
    if let Ok(program) = std::env::current_exe() {
        // The first time counts; it has not moved since.
        OWN.set(program).unwrap_or_default();
    }
}

/// The options of a build in which this program does all of that.
pub(crate) fn options() -> Options {
    Options {
        sass: worker(SHEET),
        diagrams: worker(DIAGRAMS),
        pagefind: worker(PAGEFIND),
        ..Options::default()
    }
}

/// This program with one of these arguments; a thread, where it does not know them.
fn worker(argument: &str) -> Worker {
    match OWN.get() {
        Some(program) => Worker::Program(vec![program.into(), argument.into()]),
        None => Worker::Thread,
    }
}

/// Compiles the sheet of `arguments` (all that follow [`SHEET`]).
///
/// # Errors
///
/// When this process cannot be limited, or nobody hears the answer.
pub fn compile(arguments: impl Iterator<Item = OsString>) -> Result<()> {
    limit_this_process(COMPILER_MEMORY_BYTES)?;
    site_gen::compile_sheet(arguments, &mut io::stdout()).context("cannot answer")
}

/// Draws diagrams for as long as some are asked for.
///
/// # Errors
///
/// When this process cannot be limited, or nobody hears an answer.
pub fn draw() -> Result<()> {
    limit_this_process(COMPILER_MEMORY_BYTES)?;
    site_gen::draw_diagrams(io::stdin().lock(), &mut io::stdout()).context("cannot answer")
}

/// Makes an index of the pages that are given.
///
/// # Errors
///
/// When this process cannot be limited, or nobody hears the answer.
pub fn index() -> Result<()> {
    limit_this_process(PAGEFIND_MEMORY_BYTES)?;
    site_gen::index_pages(io::stdin().lock(), &mut io::stdout().lock()).context("cannot answer")
}

fn limit_this_process(memory_bytes: u64) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = |bytes| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    setrlimit(Resource::As, limit(memory_bytes))?;
    // It dies of what its author wrote: nobody needs its memory.
    setrlimit(Resource::Core, limit(0))?;
    Ok(())
}

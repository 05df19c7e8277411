//! The compiler of style sheets, in a process of its own: what it cannot survive,
//! a sheet that calls itself or grows without end, is then a fault like any
//! other.
//!
//! `fata` starts itself with a secret first argument; that second `fata` limits
//! itself, and dies with the first.

use std::ffi::OsString;
use std::io;

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use site_gen::Compiler;

use crate::limits::SASS_MEMORY_BYTES;

/// The first argument of a `fata` that is to compile a sheet.
pub const ARGUMENT: &str = "__sass";

/// The compiler of this program; a thread, where the program cannot be found.
pub(crate) fn compiler() -> Compiler {
    match std::env::current_exe() {
        Ok(program) => Compiler::Program(vec![program.into(), ARGUMENT.into()]),
        Err(_) => Compiler::Thread,
    }
}

/// Compiles the sheet of `arguments` (all that follow [`ARGUMENT`]).
pub fn compile(arguments: impl Iterator<Item = OsString>) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = |bytes| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    setrlimit(Resource::As, limit(SASS_MEMORY_BYTES))?;
    // It dies of what its author wrote: nobody needs its memory.
    setrlimit(Resource::Core, limit(0))?;
    site_gen::compile_sheet(arguments, &mut io::stdout()).context("cannot answer")
}

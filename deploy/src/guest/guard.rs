//! The promise that a guest never outlives `fata`.
//!
//! Linux can kill a process when its parent dies (`prctl(2)`,
//! `PR_SET_PDEATHSIG`), but the child has to ask for that itself. So `fata`
//! starts itself with a secret first argument; that second `fata` asks, and
//! then becomes the guest.
//!
//! The parent, to Linux, is the *thread* that started the child: it has to live
//! as long as the guest.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

/// The first argument of a `fata` that is to become a guest.
pub const ARGUMENT: &str = "__become";

/// A command that runs `program` and dies with this process. `guard` is `fata`.
pub fn command(guard: &Path, program: &Path) -> Command {
    let mut command = Command::new(guard);
    command
        .arg(ARGUMENT)
        .arg(std::process::id().to_string())
        .arg(program);
    command
}

/// Becomes the program of `arguments` (all that follow [`ARGUMENT`]). Returns
/// only to say why not.
///
/// # Errors
///
/// Whenever it returns: the arguments are not ours, who asked is gone, or there is
/// no such program.
pub fn become_guest(mut arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let parent = arguments.next().context("expected the parent's number")?;
    let program = arguments.next().context("expected a program")?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have died before it was asked for.
    let found = getppid().map(Pid::as_raw_pid).unwrap_or_default();
    if parent.to_str() != Some(&found.to_string()) {
        bail!("the fata that wanted a guest is gone");
    }
    let error = Command::new(&program).args(arguments).exec();
    Err(error).with_context(|| format!("cannot run {}", program.display()))
}

//! What one run of a program costs: time on the clock, time of the CPUs, and
//! the most memory that it had (`wait4(2)`).

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use wait4::Wait4 as _;

/// How often it is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// What a run cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost {
    pub(super) wall: Duration,
    /// User and system time, of all threads.
    pub(super) cpu: Duration,
    /// The most that was resident at once, in bytes. A program starts as a copy
    /// of the one that started it, so this is at least what that one had.
    pub(super) memory: u64,
}

/// Runs a program to its end, which must be a good one.
pub(super) fn measure(command: &mut Command, patience: Duration) -> Result<Cost> {
    let name = command.get_program().display().to_string();
    let context = || format!("cannot run {name}");
    let output = tempfile::tempfile()?;
    command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?);
    let started = Instant::now();
    let mut child = command.spawn().with_context(context)?;
    let pid = Pid::from_child(&child);
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(pid), ended)?.is_none() {
        if started.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            bail!("{name} was not done after {patience:?}");
        }
        thread::sleep(PAUSE);
    }
    let wall = started.elapsed();
    let used = child.wait4().with_context(context)?;
    if !used.status.success() {
        bail!("{name} failed ({}):\n{}", used.status, said(output)?);
    }
    Ok(Cost {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        memory: used.rusage.maxrss,
    })
}

fn said(mut output: std::fs::File) -> Result<String> {
    use std::io::{Read as _, Seek as _};
    let mut text = Vec::new();
    output.rewind()?;
    output.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The median of each part.
pub(super) fn median(costs: &[Cost]) -> Option<Cost> {
    fn middle<T: Copy + Ord>(costs: &[Cost], of: impl Fn(&Cost) -> T) -> Option<T> {
        let mut values: Vec<T> = costs.iter().map(of).collect();
        values.sort();
        values.get(values.len() / 2).copied()
    }
    Some(Cost {
        wall: middle(costs, |cost| cost.wall)?,
        cpu: middle(costs, |cost| cost.cpu)?,
        memory: middle(costs, |cost| cost.memory)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_memory_are_those_of_the_program() {
        let mut command = Command::new("sleep");
        let cost = measure(command.arg("0.05"), Duration::from_secs(10)).unwrap();
        assert!(cost.wall >= Duration::from_millis(50), "{cost:?}");
        assert!(cost.cpu < Duration::from_millis(50), "{cost:?}");
        assert!(cost.memory > 0, "{cost:?}");
    }

    #[test]
    fn one_that_fails_or_does_not_end_is_an_error() {
        let patience = Duration::from_millis(50);
        assert!(measure(Command::new("sleep").arg("60"), patience).is_err());
        let failed = measure(
            Command::new("ls").arg("/no such file"),
            Duration::from_secs(10),
        );
        assert!(failed.unwrap_err().to_string().contains("no such file"));
    }
}

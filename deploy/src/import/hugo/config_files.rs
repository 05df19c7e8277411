//! The files that the configuration of a Hugo site stands in: `hugo.toml` or one
//! of its other names, and `config/_default/`, where the name of a file says
//! which table of the whole it is.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use site_gen::review::{Data, Key, Node, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::data;
use super::known;

/// Names of the one file, in the order in which Hugo looks for them.
pub(super) const FILES: [&str; 8] = [
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config.json",
];

/// Where several files are; the second is what a site is published with.
const DIRECTORIES: [&str; 2] = ["config/_default", "config/production"];

/// What no site of another generator has.
pub(in crate::import) fn own_files() -> impl Iterator<Item = &'static str> {
    let files = FILES.into_iter().filter(|name| name.starts_with("hugo."));
    files.chain([DIRECTORIES[0]])
}

/// Reads all of them into one table, and tells what has no meaning any more. The
/// file is the one that notes about all of it name.
pub(super) fn read(origin: &Origin, report: &mut Report) -> Result<(PathBuf, Table)> {
    let first = FILES
        .iter()
        .map(PathBuf::from)
        .find(|file| origin.has(file));
    let mut files: Vec<PathBuf> = first.into_iter().collect();
    for directory in DIRECTORIES {
        files.extend(origin.files(Path::new(directory), report));
    }
    files.retain(|file| data::language(file).is_some());
    tell_others(origin, report);
    let is_whole = |file: &&PathBuf| {
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        matches!(stem, Some("hugo" | "config"))
    };
    let main = files.iter().find(is_whole).or_else(|| files.first());
    let Some(main) = main.cloned() else {
        bail!(
            "{} is not a site of Hugo: expected hugo.toml, or config/_default/hugo.toml, in it",
            origin.path().display()
        );
    };
    let mut root = Table::new();
    let mut tables = Vec::new();
    for file in files {
        let Some((source, table)) = data::read(origin, &file, Topic::Configuration, report) else {
            bail!("the configuration cannot be read: {}", report.latest());
        };
        let is_one_of_many = file.components().count() > 1;
        let table = match file.file_stem().and_then(|stem| stem.to_str()) {
            Some(stem) if is_one_of_many => inside(&place(stem), table),
            _ => table,
        };
        let table = with_menus(table);
        data::merge(&mut root, table.clone());
        tables.push((source, table));
    }
    for (source, table) in tables {
        known::tell(&table, &source, (&root, origin), report);
    }
    Ok((main, root))
}

/// Tells what else is among the files of the configuration.
fn tell_others(origin: &Origin, report: &mut Report) {
    for file in origin.files(Path::new("config"), report) {
        let is_read = DIRECTORIES
            .iter()
            .any(|directory| file.starts_with(directory));
        let (what, advice) = match data::language(&file) {
            Some(_) if is_read => continue,
            Some(_) => (
                "a configuration for another environment",
                "left out: the site is what it is when it is published",
            ),
            None => ("not a part of the site", "copy it if it is one"),
        };
        report.note(Topic::Configuration, file, None, what, advice);
    }
}

/// Where the table of a file stands, by the file's name: `params.toml` is the
/// table `params`, `menus.de.toml` is `languages.de.menus`, and `hugo.de.toml`
/// is `languages.de`. So is any other name with a language behind it.
fn place(stem: &str) -> Vec<&str> {
    let (name, language) = match stem.split_once('.') {
        Some((name, language)) => (name, Some(language)),
        None => (stem, None),
    };
    match (name, language) {
        ("menu" | "menus" | "params", Some(language)) => vec!["languages", language, name],
        (_, Some(language)) => vec!["languages", language],
        ("hugo" | "config", None) => Vec::new(),
        (name, None) => vec![name],
    }
}

/// A table in tables.
fn inside(place: &[&str], table: Table) -> Table {
    place.iter().rev().fold(table, |table, name| {
        let mut around = Table::new();
        data::set(&mut around, name, Data::Table(table));
        around
    })
}

/// `menu` is `menus`.
fn with_menus(table: Table) -> Table {
    let rename = |(mut key, node): (Key, Node)| {
        if key.name.eq_ignore_ascii_case("menu") {
            key.name = "menus".to_owned();
        }
        (key, node)
    };
    table.into_iter().map(rename).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Hugo 0.168 does.
    #[test]
    fn names_of_files_say_where_a_table_stands() {
        for (stem, expected) in [
            ("hugo", ""),
            ("config", ""),
            ("params", "params"),
            ("menus.de", "languages.de.menus"),
            ("params.de", "languages.de.params"),
            ("hugo.de", "languages.de"),
            ("markup.goldmark", "languages.goldmark"),
        ] {
            assert_eq!(place(stem).join("."), expected, "{stem}");
        }
    }
}

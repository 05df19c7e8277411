//! What `fata check` says of HTML, and what the Nu HTML checker says: the tests of the
//! generator have a table of pieces of HTML with its answers, and here it is asked again.

use std::fs;
use std::path::PathBuf;

use crate::harness::turn;
use crate::tools::check_markup;
use table::{PIECES, page};

#[path = "../../../site-gen/src/check/page/tests/pieces.rs"]
mod table;

#[test]
fn the_checker_says_what_the_table_says() {
    let _turn = turn();
    let directory = tempfile::tempdir().unwrap();
    let lines = PIECES.iter().flat_map(|text| text.lines());
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with('#')).collect();
    let files: Vec<PathBuf> = (0..lines.len())
        .map(|number| directory.path().join(format!("{number}.html")))
        .collect();
    for (line, file) in lines.iter().zip(&files) {
        let (sign, rest) = line.split_at(2);
        let piece = match sign {
            "- " | "* " => rest.split_once(" | ").unwrap().1,
            _ => rest,
        };
        fs::write(file, page(piece)).unwrap();
    }
    let mut wrong = vec![Vec::new(); lines.len()];
    for message in check_markup(&files) {
        // Old attributes are remarks to it.
        if message["type"] != "info" {
            let url = message["url"].as_str().unwrap();
            let name = url.rsplit('/').next().unwrap();
            let number: usize = name.split('.').next().unwrap().parse().unwrap();
            wrong[number].push(message["message"].to_string());
        }
    }
    let others: Vec<String> = lines
        .iter()
        .zip(&wrong)
        .filter(|(line, wrong)| line.starts_with(['-', '~']) == wrong.is_empty())
        .map(|(line, wrong)| format!("{line}\n  {}", wrong.join("\n  ")))
        .collect();
    assert!(others.is_empty(), "{}", others.join("\n"));
}

//! Front matter and configuration that nobody writes: each piece a hundred
//! thousand bytes long. Each is read in time, and no more is said of it than
//! anybody reads.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::document::front_matter::{self, Kind};
use crate::limits::MAX_DIAGNOSTICS;
use crate::source::Source;

/// How long each text is, in bytes.
const LENGTH: usize = 100_000;

/// Far more than any takes without optimisation on a busy machine, and far less
/// than a loop in a loop.
const LIMIT: Duration = Duration::from_secs(10);

/// TOML that is repeated; `#` is another number each time.
const TOML: [&str; 25] = [
    "[a]\n",
    "[[a]]\n",
    "[a.",
    "a.",
    "a=[",
    "a={a=",
    "a = \"\"\"\n",
    "a=1979-05-27T00:00:00Z\n",
    "=",
    "a=1\n",
    "a#=1\n",
    "titl#=1\n",
    "[a#]\n",
    "[[a]]\nb#=1\n",
    "a.b#=1\n",
    "[a.b#]\n",
    "a#=99999999999999999999\n",
    "aliases#=1\n",
    "[[redirects]]\nfrom=\"/a#\"\nto=\"b\"\n",
    "[[redirects]]\n",
    "[[taxonomies]]\nname=\"a#\"\n",
    "[[taxonomies]]\n",
    "[languages.a#]\n",
    "redirects.\"/a#\"=1\n",
    "taxonomies.a#=1\n",
];

/// Arrays of TOML: what they begin with, and an item.
const ARRAYS: [(&str, &str); 8] = [
    ("aliases=[", "\"/a#\","),
    ("aliases=[", "\"../\","),
    ("aliases=[", "1,"),
    ("authors=[", "1,"),
    ("taxonomies.tags=[", "1,"),
    ("ignored_content=[", "\"[\","),
    ("feed_filenames=[", "\"../\","),
    ("images.widths=[", "-1,"),
];

/// YAML that is repeated.
const YAML: [&str; 12] = [
    "a: ",
    "- ",
    "? ",
    "[",
    "{a: ",
    "a#: 1\n",
    "titl#: 1\n",
    "&a ",
    "!a ",
    "|\n",
    "[a,",
    "a: |\n",
];

fn repeated(piece: &str) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < LENGTH {
        text += &piece.replace('#', &number.to_string());
        number += 1;
    }
    text
}

fn source(file: &str, text: String) -> Source {
    Source {
        file: file.into(),
        text,
    }
}

fn read_front_matter(text: String) -> Vec<Diagnostic> {
    let source = source("content/a.md", text);
    let read = front_matter::parse(&source, Kind::Page, None, Some(&["tags"]));
    read.err().unwrap_or_default()
}

/// Reads a text, and says what is wrong with how that went.
fn time(name: &str, read: impl FnOnce() -> Vec<Diagnostic>) -> Option<String> {
    let started = Instant::now();
    let faults = read().len();
    let took = started.elapsed();
    let well = took < LIMIT && faults <= 2 * MAX_DIAGNOSTICS;
    (!well).then(|| format!("{name}: {took:?}, {faults} faults"))
}

#[test]
fn toml_may_be_anything() {
    let arrays = ARRAYS
        .iter()
        .map(|(start, item)| (*start, format!("{start}{}]", repeated(item))));
    let all = TOML.iter().map(|piece| (*piece, repeated(piece)));
    let all: Vec<(&str, String)> = all.chain(arrays).collect();
    let wrong: Vec<String> = all
        .into_par_iter()
        .flat_map_iter(|(name, text)| {
            let above = format!("+++\n{text}\n+++\n");
            let front = time(name, || read_front_matter(above));
            let configuration = source(config::FILE, text);
            let config = time(name, || {
                Config::parse(configuration).err().unwrap_or_default()
            });
            front.into_iter().chain(config)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn yaml_may_be_anything() {
    let wrong: Vec<String> = YAML
        .par_iter()
        .filter_map(|piece| {
            let text = format!("---\n{}\n---\n", repeated(piece));
            time(piece, || read_front_matter(text))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_key_may_be_long() {
    let text = format!("+++\n{} = 1\n+++\n", "title".repeat(LENGTH));
    assert_eq!(time("a key", || read_front_matter(text)), None);
}

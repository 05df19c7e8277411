//! Markup as the standards have it: the Nu HTML checker, which is the one of
//! the W3C, on every page, style sheet and drawing; and the feeds.

use std::path::{Path, PathBuf};

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde_json::Value;
use site_gen::Listener;

use crate::harness::{Served, mirage, starter, turn};
use crate::tools::check_markup;

/// What the checker reads, by the ends of the files' names.
const CHECKED: [&str; 3] = [".html", ".css", ".svg"];

#[test]
fn pages_styles_and_drawings_are_valid() {
    let _turn = turn();
    for site in [mirage(), starter()] {
        let directory = tempfile::tempdir().unwrap();
        let written = directory.path().join("site");
        let (built, nobody) = (&site.built.site, Listener::default());
        built.write_site(&written, &nobody).unwrap();
        let files = files(site, &written);
        assert!(files.len() > 4, "{files:?}");
        let mut faults = Vec::new();
        for message in check_markup(&files) {
            match message["type"] == "info" {
                true => eprintln!("{}: {}", message["url"], message["message"]),
                false => faults.push(format!("{message:#}")),
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

fn files(site: &Served, directory: &Path) -> Vec<PathBuf> {
    let files = site.built.site.files.iter().map(|file| {
        let name = file.path.trim_start_matches('/');
        match name.is_empty() || name.ends_with('/') {
            true => format!("{name}index.html"),
            false => name.to_owned(),
        }
    });
    let checked = files.filter(|name| CHECKED.iter().any(|end| name.ends_with(end)));
    checked.map(|name| directory.join(name)).collect()
}

/// What a feed in XML has to have.
struct Format {
    /// What the file is called.
    file: &'static str,
    /// The elements around an entry, and the entry's.
    feed: &'static [&'static str],
    entry: &'static str,
    of_feed: &'static [&'static str],
    of_entry: &'static [&'static str],
}

const FORMATS: [Format; 2] = [
    // RFC 4287, sections 4.1.1 and 4.1.2. The author may be the feed's, but
    // then each reader has to look there.
    Format {
        file: "atom.xml",
        feed: &["feed"],
        entry: "entry",
        of_feed: &["id", "title", "updated", "link"],
        of_entry: &["id", "title", "updated", "link", "author"],
    },
    // RSS 2.0, its required elements; an item without a guid comes twice.
    Format {
        file: "rss.xml",
        feed: &["rss", "channel"],
        entry: "item",
        of_feed: &["title", "link", "description"],
        of_entry: &["title", "link", "guid"],
    },
];

#[test]
fn feeds_have_what_readers_need() {
    let mut checked = 0;
    for site in [mirage(), starter()] {
        for file in &site.built.site.files {
            let name = file.path.rsplit('/').next().unwrap();
            let read = || String::from_utf8(site.built.site.read(file).unwrap()).unwrap();
            if let Some(format) = FORMATS.iter().find(|format| format.file == name) {
                check_xml(&file.path, &read(), format);
                checked += 1;
            } else if name == "feed.json" {
                check_json(&file.path, &read());
                checked += 1;
            }
        }
    }
    // Three of the site, of its blog and of its meetings, and the starter's.
    assert!(checked >= 10, "only {checked} feeds");
}

/// Well-formed, with the elements of the feed and of each entry.
fn check_xml(path: &str, text: &str, format: &Format) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<String> = Vec::new();
    let (mut of_feed, mut of_entry, mut entries) = (Vec::new(), Vec::new(), 0);
    loop {
        let event = reader
            .read_event()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        let name = match &event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => tag.name().as_ref().to_owned(),
            Event::End(_) => {
                if open.pop().as_deref() == Some(format.entry) && open == format.feed {
                    entries += 1;
                    require(path, format.of_entry, &of_entry);
                    of_entry.clear();
                }
                continue;
            }
            _ => continue,
        };
        if open == format.feed {
            of_feed.push(name.clone());
        } else if open
            .split_last()
            .is_some_and(|(last, around)| last == format.entry && around == format.feed)
        {
            of_entry.push(name.clone());
        }
        if matches!(event, Event::Start(_)) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{path} ends within {open:?}");
    require(path, format.of_feed, &of_feed);
    assert!(entries > 0, "{path} has no entries");
}

/// JSON Feed 1.1: what is required, and a title.
fn check_json(path: &str, text: &str) {
    let feed: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{path}: {e}"));
    let version = feed["version"].as_str().unwrap();
    assert!(
        version.starts_with("https://jsonfeed.org/version/1"),
        "{path}: {version}"
    );
    assert!(feed["title"].is_string(), "{path}: no title");
    let items = feed["items"].as_array().unwrap();
    assert!(!items.is_empty(), "{path} has no items");
    for item in items {
        for key in ["id", "url", "title"] {
            assert!(item[key].is_string(), "{path}: no {key} in {item:#}");
        }
    }
}

fn require(path: &str, wanted: &[&str], found: &[String]) {
    for name in wanted {
        assert!(
            found.iter().any(|f| f == name),
            "{path}: no {name} in {found:?}"
        );
    }
}

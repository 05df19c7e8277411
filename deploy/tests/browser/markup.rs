//! Markup as the standards have it: the Nu HTML checker, which is the one of
//! the W3C, on every page, style sheet and drawing; and the feeds.

use std::path::{Path, PathBuf};

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::harness::{Served, mirage, starter, turn};
use crate::tools::check_markup;

/// What the checker reads, by the ends of the files' names.
const CHECKED: [&str; 3] = [".html", ".css", ".svg"];

#[test]
fn pages_styles_and_drawings_are_valid() {
    let _turn = turn();
    for site in [mirage(), starter()] {
        let directory = tempfile::tempdir().unwrap();
        site.built.site.write_site(directory.path()).unwrap();
        let files = files(site, directory.path());
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

/// RFC 4287, sections 4.1.1 and 4.1.2.
#[test]
fn feeds_have_what_readers_need() {
    for site in [mirage(), starter()] {
        let files = &site.built.site.files;
        let feeds: Vec<_> = files
            .iter()
            .filter(|file| file.path.ends_with("atom.xml"))
            .collect();
        assert!(!feeds.is_empty(), "{}", site.built.site.domain);
        for feed in feeds {
            let text = String::from_utf8(site.built.site.read(feed).unwrap()).unwrap();
            check_feed(&feed.path, &text);
        }
    }
}

/// The elements of the feed and of each entry, by their names.
fn check_feed(path: &str, text: &str) {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let (mut of_feed, mut of_entry, mut entries) = (Vec::new(), Vec::new(), 0);
    loop {
        let event = reader
            .read_event()
            .unwrap_or_else(|e| panic!("{path}: {e}"));
        let name = match &event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => tag.name().as_ref().to_owned(),
            Event::End(_) => {
                if open.pop().as_deref() == Some("entry") {
                    entries += 1;
                    // The author may be the feed's, but then each reader has to look.
                    let wanted = ["id", "title", "updated", "link", "author"];
                    require(path, &wanted, &of_entry);
                    of_entry.clear();
                }
                continue;
            }
            _ => continue,
        };
        match open.as_slice() {
            [] => assert_eq!(name, "feed", "{path}"),
            [_] => of_feed.push(name.clone()),
            [_, entry] if entry == "entry" => of_entry.push(name.clone()),
            _ => {}
        }
        if matches!(event, Event::Start(_)) {
            open.push(name);
        }
    }
    require(path, &["id", "title", "updated", "link"], &of_feed);
    assert!(entries > 0, "{path} has no entries");
}

fn require(path: &str, wanted: &[&str], found: &[String]) {
    for name in wanted {
        assert!(
            found.iter().any(|f| f == name),
            "{path}: no {name} in {found:?}"
        );
    }
}

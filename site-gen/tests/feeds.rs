//! Feeds as their readers see them: parsed by others than wrote them, and held
//! against RFC 4287 (Atom), the RSS 2.0 specification with the RSS Advisory
//! Board's profile, and JSON Feed 1.1.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde_json::Value as Json;
use site_gen::{Built, Compression, Options};

const SITE: &str = r#"
base_url = "https://example.org"
title = "Site & <Sons>"
author = "The Editors"
theme = "t"
generate_feeds = true
feed_filenames = ["atom.xml", "rss.xml", "feed.json"]
taxonomies = [{ name = "tags", feed = true, render = false }]
[languages.fr]
title = "Le site"
generate_feeds = true
"#;

const NASTY: &str = "+++\ntitle = \"A <b> & \\\"c\\\" \\u0007 ]]>\"\ndate = 2020-01-02\n\
    updated = 2021-03-04T05:06:07+02:00\nauthors = [\"Ada & Co\", \"Bob\"]\n\
    [taxonomies]\ntags = [\"x & y\"]\n+++\n\
    A [link](/a/), [up](../old/), a note[^1], ]]> &amp; \u{c}.\n\n\
    <img src='p.png' srcset=\"/p.png 1x, q.png 2x\" alt=\"\">\n\n[^1]: Here.\n";

fn build() -> Built {
    let site = tempfile::tempdir().expect("a directory");
    let write = |file: &str, text: &str| {
        let path = site.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    };
    write("content/site.toml", SITE);
    write(
        "content/a.md",
        "+++\ndate = 2019-01-01\n[taxonomies]\ntags = [\"x & y\"]\n+++\nText.\n",
    );
    write(
        "content/a.fr.md",
        "+++\ntitle = \"Été\"\ndate = 2019-05-01\n+++\nTexte.\n",
    );
    write("content/undated.md", "No date.\n");
    write("content/b/nasty.md", NASTY);
    for picture in ["p.png", "b/nasty/p.png", "b/nasty/q.png"] {
        write(&format!("content/{picture}"), "x");
    }
    write(
        "content/b/_index.md",
        "+++\ntitle = \"Sub & section\"\ngenerate_feeds = true\nsort_by = \"title\"\n+++\n",
    );
    // First by title, and not the newest.
    write(
        "content/b/old.md",
        "+++\ntitle = \"0\"\ndate = 2001-01-01\n+++\nOld.\n",
    );
    for template in ["index.html", "section.html", "page.html"] {
        write(&format!("themes/t/templates/{template}"), "");
    }
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    site_gen::build(Path::new(site.path()), &options).expect("a site without faults")
}

/// Where there are feeds, and how many entries each has, newest first.
const FEEDS: [(&str, &[&str]); 4] = [
    ("/", &["/b/nasty/", "/a/", "/b/old/"]),
    ("/fr/", &["/fr/a/"]),
    ("/b/", &["/b/nasty/", "/b/old/"]),
    ("/tags/x-y/", &["/b/nasty/", "/a/"]),
];

fn text(built: &Built, path: &str) -> String {
    let file = built.file(path).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(built.read(file).expect("a file")).expect("UTF-8")
}

/// An element, with what is in it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        let name = name.to_owned();
        self.children.iter().filter(move |child| child.name == name)
    }

    fn one(&self, name: &str) -> &Element {
        let all: Vec<&Element> = self.all(name).collect();
        assert_eq!(all.len(), 1, "{name} in {}", self.name);
        all[0]
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

fn parse(xml: &str) -> Element {
    let illegal = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    assert!(!xml.contains(illegal), "a character that XML does not know");
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().expect("well-formed XML");
        let close = |open: &mut Vec<Element>| {
            let done = open.pop().expect("an element");
            open.last_mut().expect("a parent").children.push(done);
        };
        match event {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => {
                open.push(element(&start));
                close(&mut open);
            }
            Event::End(_) => close(&mut open),
            Event::Text(text) => {
                open.last_mut().expect("a parent").text.push_str(&text);
            }
            Event::GeneralRef(name) => {
                let whole = format!("&{};", &*name);
                let text = quick_xml::escape::unescape(&whole).expect("a known entity");
                open.last_mut().expect("a parent").text.push_str(&text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "every element ends");
    let root = open.remove(0);
    root.children.into_iter().next().expect("a root")
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Element {
    let name = start.name().as_ref().to_owned();
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("well-formed attributes");
        let value = quick_xml::escape::unescape(&attribute.value).expect("known entities");
        (attribute.key.as_ref().to_owned(), value.into_owned())
    });
    Element {
        attributes: attributes.collect(),
        name,
        ..Element::default()
    }
}

fn url(path: &str) -> String {
    format!("https://example.org{path}")
}

/// RFC 3339, with a time and a zone.
fn check_time(text: &str) {
    let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let shape: String = text.chars().map(digits).collect();
    let known = [
        "0000-00-00T00:00:00Z",
        "0000-00-00T00:00:00+00:00",
        "0000-00-00T00:00:00-00:00",
    ];
    assert!(known.contains(&shape.as_str()), "{text}");
}

/// HTML in which every address is a whole one, and reads as it did.
fn check_content(html: &str, path: &str) {
    for attribute in ["href=", "src=", "srcset="] {
        for (at, _) in html.match_indices(attribute) {
            let value = html[at + attribute.len()..].trim_start_matches(['"', '\'']);
            assert!(value.starts_with("https://"), "{value}");
        }
    }
    if path == "/b/nasty/" {
        for part in [
            "href=\"https://example.org/b/old/\"",
            "]]&gt; &amp;",
            "https://example.org/b/nasty/p.png",
            "https://example.org/b/nasty/q.png 2x",
            "href=\"https://example.org/b/nasty/#fn-1\"",
        ] {
            assert!(html.contains(part), "no {part} in {html}");
        }
    }
}

#[test]
fn atom_is_what_its_rfc_asks_for() {
    let built = build();
    for (place, entries) in FEEDS {
        let path = format!("{place}atom.xml");
        let feed = parse(&text(&built, &path));
        assert_eq!(feed.name, "feed");
        assert_eq!(feed.attribute("xmlns"), Some("http://www.w3.org/2005/Atom"));
        assert!(feed.attribute("xml:lang").is_some());
        assert_eq!(feed.one("id").text, url(&path));
        assert!(!feed.one("title").text.is_empty());
        check_time(&feed.one("updated").text);
        let link = |rel: &str| {
            let links = feed
                .all("link")
                .filter(|link| link.attribute("rel") == Some(rel));
            links
                .map(|link| link.attribute("href").expect("href").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(link("self"), [url(&path)]);
        assert_eq!(link("alternate"), [url(place)]);
        let ids: Vec<String> = feed
            .all("entry")
            .map(|entry| entry.one("id").text.clone())
            .collect();
        let expected: Vec<String> = entries.iter().map(|path| url(path)).collect();
        assert_eq!(ids, expected, "{path}");
        for (entry, path) in feed.all("entry").zip(entries) {
            assert!(!entry.one("title").text.is_empty());
            check_time(&entry.one("updated").text);
            check_time(&entry.one("published").text);
            assert!(entry.all("author").count() > 0);
            assert!(
                entry
                    .all("author")
                    .all(|author| !author.one("name").text.is_empty())
            );
            assert_eq!(
                entry.one("link").attribute("href"),
                Some(url(path).as_str())
            );
            assert_eq!(entry.one("content").attribute("type"), Some("html"));
            check_content(&entry.one("content").text, path);
        }
    }
    let feed = parse(&text(&built, "/atom.xml"));
    assert_eq!(feed.one("updated").text, "2021-03-04T05:06:07+02:00");
    let nasty = feed.all("entry").next().expect("an entry");
    assert_eq!(nasty.one("title").text, "A <b> & \"c\"  ]]>");
    assert_eq!(nasty.one("category").attribute("term"), Some("x & y"));
    let names: Vec<_> = nasty
        .all("author")
        .map(|author| &author.one("name").text)
        .collect();
    assert_eq!(names, ["Ada & Co", "Bob"]);
}

#[test]
fn rss_is_what_its_specification_asks_for() {
    let built = build();
    for (place, items) in FEEDS {
        let path = format!("{place}rss.xml");
        let rss = parse(&text(&built, &path));
        assert_eq!(
            (rss.name.as_str(), rss.attribute("version")),
            ("rss", Some("2.0"))
        );
        let channel = rss.one("channel");
        assert_eq!(channel.one("link").text, url(place));
        assert!(
            !channel.one("title").text.is_empty() && !channel.one("description").text.is_empty()
        );
        let itself = channel.one("atom:link");
        assert_eq!(itself.attribute("rel"), Some("self"));
        assert_eq!(itself.attribute("href"), Some(url(&path).as_str()));
        let guids: Vec<_> = channel
            .all("item")
            .map(|item| item.one("guid").text.clone())
            .collect();
        let expected: Vec<String> = items.iter().map(|path| url(path)).collect();
        assert_eq!(guids, expected);
        for (item, path) in channel.all("item").zip(items) {
            assert_eq!(item.one("link").text, url(path));
            // As in "Thu, 02 Jan 2020 00:00:00 +0000".
            let date = &item.one("pubDate").text;
            assert_eq!(date.split(' ').count(), 6, "{date}");
            assert_eq!(date.len(), 31, "{date}");
            assert!(item.all("dc:creator").count() > 0);
            check_content(&item.one("description").text, path);
        }
    }
}

#[test]
fn json_feed_is_what_its_specification_asks_for() {
    let built = build();
    for (place, items) in FEEDS {
        let path = format!("{place}feed.json");
        let feed: Json = serde_json::from_str(&text(&built, &path)).expect("JSON");
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(feed["feed_url"], url(&path));
        assert_eq!(feed["home_page_url"], url(place));
        assert!(feed["title"].is_string() && feed["language"].is_string());
        let own = feed["items"].as_array().expect("items");
        assert_eq!(own.len(), items.len());
        for (item, path) in own.iter().zip(items) {
            assert_eq!(
                (&item["id"], &item["url"]),
                (&Json::from(url(path)), &Json::from(url(path)))
            );
            for date in ["date_published", "date_modified"] {
                if let Some(date) = item[date].as_str() {
                    check_time(date);
                }
            }
            let authors = item["authors"].as_array().expect("authors");
            assert!(authors.iter().all(|author| author["name"].is_string()));
            check_content(item["content_html"].as_str().expect("HTML"), path);
            let known: BTreeSet<&str> = [
                "id",
                "url",
                "title",
                "content_html",
                "summary",
                "date_published",
                "date_modified",
                "authors",
                "tags",
            ]
            .into();
            let keys = item.as_object().expect("an object").keys();
            assert!(
                keys.clone().all(|key| known.contains(key.as_str())),
                "{keys:?}"
            );
            assert!(
                item.as_object()
                    .expect("an object")
                    .values()
                    .all(|value| !value.is_null())
            );
        }
    }
}

//! Where the dates of a page are from (`frontmatter` of the configuration): what other
//! keys say is said by the usual ones then.

use site_gen::review::Data;

use super::config::Config;
use super::data::{self, get_text, get_texts};
use super::date;
use super::document::Document;

/// The usual key of each date, and the keys that are asked in the usual order.
const USUAL: [(&str, &[&str]); 4] = [
    (
        "date",
        &[
            "date",
            "publishdate",
            "pubdate",
            "published",
            "lastmod",
            "modified",
        ],
    ),
    (
        "lastmod",
        &[
            "lastmod",
            "modified",
            "date",
            "publishdate",
            "pubdate",
            "published",
        ],
    ),
    (
        "publishDate",
        &["publishdate", "pubdate", "published", "date"],
    ),
    ("expiryDate", &["expirydate", "unpublishdate"]),
];

/// Writes dates under the usual keys, where the configuration names others.
pub(super) fn apply(documents: &mut [Document], config: &Config) {
    for (key, usual) in USUAL {
        let sources = get_texts(&config.root, &format!("frontmatter.{key}"));
        if sources.is_empty() {
            continue;
        }
        let sources: Vec<String> = sources
            .iter()
            .flat_map(|source| match source.to_lowercase().as_str() {
                ":default" => usual.iter().map(|key| (*key).to_owned()).collect(),
                source => vec![source.to_owned()],
            })
            .collect();
        for document in documents.iter_mut() {
            // A day in the name of a file is read from there.
            let named = date::from_name(&document.name).is_some();
            let from_name = sources.iter().position(|source| source == ":filename");
            let end = from_name.filter(|_| named).unwrap_or(sources.len());
            let mut before = sources[..end].iter();
            let found = before.find_map(|source| {
                let text = get_text(&document.front, source)?;
                let date = date::read(&text)?;
                Some((source, date.text))
            });
            if let Some((source, text)) = found
                && !source.eq_ignore_ascii_case(key)
            {
                data::set(&mut document.front, key, Data::Date(text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::super::report::Report;
    use super::super::super::tree::Origin;
    use super::super::library::Library;
    use super::*;

    #[test]
    fn dates_are_from_where_the_configuration_says() {
        for (sources, expected) in [
            ("[':default']", "2021-01-01"),
            ("['mydate', ':default']", "2020-05-06"),
            ("['none', 'MyDate']", "2020-05-06"),
            ("[':git', 'lastmod', 'date']", "2022-02-02"),
            ("[':filename', 'mydate']", "2021-01-01"),
        ] {
            let place = tempfile::tempdir().expect("a directory");
            let write = |file: &str, text: &str| {
                fs::write(place.path().join(file), text).expect("a file");
            };
            fs::create_dir(place.path().join("content")).expect("a directory");
            write("hugo.toml", &format!("[frontmatter]\ndate = {sources}\n"));
            let page = "---\ndate: 2021-01-01\nmydate: 2020-05-06\nlastmod: 2022-02-02\n---\n";
            write("content/2019-01-01-a.md", page);
            let origin = Origin::open(place.path()).expect("a site");
            let mut report = Report::default();
            let config = Config::read(&origin, &mut report).expect("a configuration");
            let library = Library::read(&config, &origin, &mut report);
            let mut pages = library.documents.iter();
            let page = pages.find(|one| !one.name.is_empty()).expect("the page");
            let date = get_text(&page.front, "date");
            assert_eq!(date.as_deref(), Some(expected), "{sources}");
        }
    }
}

//! What pages tell other programs: both themes, with the pages of `content/`
//! and a site that has everything. What search engines and previews ask for is
//! in the documentation of schema.org, Open Graph (ogp.me) and RFC 6596.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use site_gen::{Built, Compression, Options};
use support::copy;

const THEMES: [&str; 2] = ["mirage", "plain"];

/// Pages that do not name the templates of another theme.
fn without_templates(directory: &Path) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            without_templates(&path);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).expect("a page");
            let lines = text.split_inclusive('\n');
            let names = |line: &&str| {
                !line.starts_with("template =") && !line.starts_with("page_template =")
            };
            fs::write(&path, lines.filter(names).collect::<String>()).expect("a page");
        }
    }
}

/// The site in `content/`, and, besides, pages that have and lack everything.
fn build(theme: &str) -> Built {
    build_with(theme, "title = \"Le site\"\n")
}

/// The same, with what the configuration says of French.
fn build_with(theme: &str, french: &str) -> Built {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let site = tempfile::tempdir().expect("a directory");
    for directory in ["content", "themes"] {
        copy(&root.join(directory), &site.path().join(directory));
    }
    if theme == "plain" {
        without_templates(&site.path().join("content"));
    }
    let write = |file: &str, text: &str| {
        fs::write(site.path().join("content").join(file), text).expect("a file");
    };
    let config = fs::read_to_string(site.path().join("content/site.toml")).expect("site.toml");
    let config = config.replace("theme = \"mirage\"", &format!("theme = \"{theme}\""));
    // `plain` has no pages of terms.
    let config = match theme {
        "plain" => config.replace("feed = true }", "feed = true, render = false }"),
        _ => config,
    };
    write("site.toml", &format!("{config}\n[languages.fr]\n{french}"));
    write(
        "blog/everything.md",
        "+++\ntitle = \"A \\\"b\\\" </script> & 'c'\"\n\
        description = \"D \\\\ </script>\"\ndate = 2020-01-02T03:04:05Z\nupdated = 2021-01-01\n\
        authors = [\"Ada\", \"Bob \\\"B\\\"\"]\n[extra]\nimage = \"mirage.png\"\n+++\n",
    );
    write(
        "blog/everything.fr.md",
        "+++\ntitle = \"Tout\"\ndate = 2020-01-02\n+++\n",
    );
    write("docs/nothing.md", "+++\n+++\n");
    let bundle = site.path().join("content/blog/with-picture");
    fs::create_dir(bundle).expect("a directory");
    write(
        "blog/with-picture/index.md",
        "+++\ntitle = \"A\"\ndate = 2020-01-02\n[extra]\nimage = \"sea.png\"\n+++\n",
    );
    write("blog/with-picture/sea.png", "a picture");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    site_gen::build(site.path(), &options).expect("a site without faults")
}

fn pages(built: &Built) -> BTreeMap<String, String> {
    let pages = built.files.iter().filter(|file| file.path.ends_with('/'));
    let read = |file| String::from_utf8(built.read(file).expect("a page")).expect("UTF-8");
    pages
        .map(|file| (file.path.to_string(), read(file)))
        .collect()
}

/// What `<script type="application/ld+json">` says.
fn linked_data(html: &str) -> Vec<Json> {
    let scripts = html.split("<script type=\"application/ld+json\">").skip(1);
    let texts = scripts.map(|rest| rest.split_once("</script>").expect("an end").0);
    texts
        .map(|text| serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")))
        .collect()
}

/// The content of a `meta` element; it is there once.
fn meta<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("=\"{name}\" content=\"");
    assert!(html.matches(&start).count() <= 1, "{name} is there twice");
    let rest = html.split_once(&start)?.1;
    Some(rest.split_once('"').expect("an end").0)
}

fn is_url(value: &Json) -> bool {
    value
        .as_str()
        .is_some_and(|url| url.starts_with("https://mirage.io/"))
}

/// Every text is there and says something, every address is a whole one.
fn check_node(node: &Json, path: &str) {
    let text = |key: &str| node[key].as_str().filter(|text| !text.is_empty());
    assert_eq!(node["@context"], "https://schema.org");
    match text("@type").expect("a type") {
        "BlogPosting" | "TechArticle" | "Article" => {
            assert!(
                text("headline").is_some() && is_url(&node["url"]),
                "{path}: {node}"
            );
            let authors = node["author"].as_array().expect("authors");
            assert!(!authors.is_empty());
            assert!(
                authors.iter().all(|author| author["name"].is_string()),
                "{path}"
            );
            assert_eq!(
                node["@type"] == "BlogPosting",
                text("datePublished").is_some(),
                "{path}"
            );
            assert!(node["image"].is_null() || is_url(&node["image"]));
        }
        "WebSite" | "CollectionPage" | "SearchResultsPage" => {
            assert!(
                text("name").is_some() && is_url(&node["url"]),
                "{path}: {node}"
            );
        }
        "BreadcrumbList" => {
            let items = node["itemListElement"].as_array().expect("items");
            assert!(items.len() > 1, "{path}");
            for (item, position) in items.iter().zip(1..) {
                assert_eq!(
                    (&item["@type"], &item["position"]),
                    (&"ListItem".into(), &position.into())
                );
                assert!(
                    item["name"].as_str().is_some_and(|name| !name.is_empty()),
                    "{path}: {item}"
                );
                assert!(is_url(&item["item"]), "{path}: {item}");
            }
            assert_eq!(
                items[0]["item"]
                    .as_str()
                    .map(|url| url.trim_end_matches("fr/")),
                Some("https://mirage.io/")
            );
            assert_eq!(
                items[items.len() - 1]["item"],
                format!("https://mirage.io{path}")
            );
        }
        other => panic!("{path}: {other}"),
    }
}

#[test]
fn every_page_says_what_it_is() {
    for theme in THEMES {
        for (path, html) in pages(&build(theme)) {
            // A theme may say that the page that searches is nothing to be found.
            if html.contains("<meta name=\"robots\" content=\"noindex\">") {
                continue;
            }
            let url = format!("https://mirage.io{path}");
            let canonical = format!("<link rel=\"canonical\" href=\"{url}\">");
            assert_eq!(
                html.matches("rel=\"canonical\"").count(),
                1,
                "{theme}: {path}"
            );
            assert!(html.contains(&canonical), "{theme}: {path}");
            for name in [
                "og:title",
                "og:type",
                "og:site_name",
                "og:url",
                "twitter:card",
            ] {
                let content = meta(&html, name);
                assert!(
                    content.is_some_and(|content| !content.is_empty()),
                    "{theme}: {path}: {name}"
                );
            }
            assert_eq!(meta(&html, "og:url"), Some(url.as_str()));
            let nodes = linked_data(&html);
            assert!(!nodes.is_empty(), "{theme}: {path}");
            for node in &nodes {
                check_node(node, &path);
            }
        }
    }
}

#[test]
fn what_authors_write_comes_through() {
    for theme in THEMES {
        let pages = pages(&build(theme));
        let html = &pages["/blog/everything/"];
        let nodes = linked_data(html);
        let post = &nodes[0];
        assert_eq!(post["headline"], "A \"b\" </script> & 'c'");
        assert_eq!(post["description"], "D \\ </script>");
        assert_eq!(post["datePublished"], "2020-01-02T03:04:05Z");
        assert_eq!(post["dateModified"], "2021-01-01");
        assert_eq!(post["author"][1]["name"], "Bob \"B\"");
        assert_eq!(nodes[1]["@type"], "BreadcrumbList");
        for lang in ["en", "fr"] {
            let link =
                format!("<link rel=\"alternate\" hreflang=\"{lang}\" href=\"https://mirage.io/");
            assert!(html.contains(&link), "{theme}: {lang}");
        }
        assert!(
            !pages["/docs/nothing/"].contains("hreflang"),
            "it has one version"
        );
        assert_eq!(
            linked_data(&pages["/fr/blog/everything/"])[0]["inLanguage"],
            "fr"
        );
        let image = meta(html, "og:image");
        assert_eq!(image, Some("https://mirage.io/mirage.png"));
        let own = meta(&pages["/blog/with-picture/"], "og:image");
        assert_eq!(own, Some("https://mirage.io/blog/with-picture/sea.png"));
    }
}

/// The feed and the search of a language are its own.
#[test]
fn a_page_leads_to_what_its_language_has() {
    let french = "title = \"Le site\"\ngenerate_feeds = true\nbuild_search_index = true\n";
    for theme in THEMES {
        let built = build_with(theme, french);
        let pages = pages(&built);
        for (path, home) in [("/fr/blog/everything/", "/fr/"), ("/blog/everything/", "/")] {
            let html = &pages[path];
            for page in [
                "/",
                "/search/",
                "/atom.xml",
                "/fr/",
                "/fr/search/",
                "/fr/atom.xml",
            ] {
                let is_own = page.starts_with("/fr/") == (home == "/fr/");
                let linked = html.contains(&format!("href=\"{page}\""));
                assert_eq!(linked, is_own, "{theme}: {path} to {page}");
                assert!(built.file(page).is_some(), "{theme}: {page}");
            }
        }
    }
}

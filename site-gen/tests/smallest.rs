//! The smallest site there can be: a folder of texts and one line of
//! configuration, shown by the theme that comes with the generator.

mod support;

use std::fs;
use std::path::Path;

use site_gen::{Built, Compression, Options};
use support::copy;

fn build(files: &[(&str, &str)]) -> Built {
    let site = tempfile::tempdir().expect("a directory");
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/plain");
    copy(&theme, &site.path().join("themes/plain"));
    for (file, text) in files {
        let path = site.path().join("content").join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    site_gen::build(site.path(), &options).expect("a site without faults")
}

fn page(built: &Built, path: &str) -> String {
    let file = built.file(path).expect("a page");
    let page = built.read(file).expect("a page");
    String::from_utf8(page).expect("text")
}

#[test]
fn texts_without_front_matter_have_one_title_each() {
    let built = build(&[
        ("site.toml", "base_url = \"https://example.org\"\n"),
        ("a.md", "# A heading\n\nText.\n"),
        ("my-notes.md", "Text.\n"),
        ("more/_index.md", "Text.\n"),
    ]);
    for (path, title) in [
        ("/a/", "A heading"),
        ("/my-notes/", "My notes"),
        ("/more/", "More"),
        ("/", "example.org"),
    ] {
        let page = page(&built, path);
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
        let heading = page.split("<h1").nth(1).expect("a heading");
        let heading = heading.split("</h1>").next().expect("its end");
        assert!(heading.ends_with(title), "{page}");
        assert!(page.contains(&format!("<title>{title}")), "{page}");
    }
    let root = page(&built, "/");
    for link in [">A heading</a>", ">My notes</a>", ">More</a>"] {
        assert!(root.contains(link), "{root}");
    }
}

#[test]
fn a_page_says_what_it_is_without_a_title_and_in_another_language() {
    let built = build(&[
        (
            "site.toml",
            "base_url = \"https://example.org\"\ngenerate_feeds = true\n\
             feed_filenames = [\"index.xml\"]\n[languages.fr]\ngenerate_feeds = true\n\
             [languages.de]\n",
        ),
        ("a.md", "Text.\n"),
        ("a.fr.md", "Texte.\n"),
        ("a.de.md", "Text.\n"),
    ]);
    let own = page(&built, "/a/");
    for part in [
        "type=\"application/rss+xml\"",
        "href=\"/index.xml\"",
        "<meta property=\"og:site_name\" content=\"example.org\"",
        "\"author\":[{\"@type\":\"Organization\",\"name\":\"example.org\"}]",
    ] {
        assert!(own.contains(part), "{part} in {own}");
    }
    let french = page(&built, "/fr/a/");
    assert!(french.contains("href=\"/fr/index.xml\""), "{french}");
    let german = page(&built, "/de/a/");
    assert!(!german.contains("index.xml"), "{german}");
}

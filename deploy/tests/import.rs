//! Imports: each directory of `tests/import/` has a `site` of another generator
//! and what has to come of it, `expected`, with the report. The plain theme that
//! each site of Hugo gets stands in none of them: it is compared with itself.
//!
//! `BLESS=1 cargo test -p deploy --test import` writes what comes of it now;
//! read the difference before you commit it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// Runs `fata import` on the site of a fixture.
fn import(generator: &str, from: &Path, out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fata"))
        .args(["import", generator])
        .arg(from)
        .arg("--out")
        .arg(out)
        .output()
        .expect("the command")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/import")
        .join(name)
}

fn becomes_what_it_should(generator: &str, name: &str) {
    let place = tempfile::tempdir().expect("a directory");
    let new = place.path().join("new");
    let output = import(generator, &fixture(name).join("site"), &new);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert_eq!(told, "", "nothing but the report is told");
    let mut found = read(&new);
    if generator == "hugo" {
        take_plain_theme(&mut found);
    }
    let expected = fixture(name).join("expected");
    if env::var_os("BLESS").is_some() {
        drop(fs::remove_dir_all(&expected));
        for (file, text) in &found {
            let path = expected.join(file);
            fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
            fs::write(path, text).expect("a file");
        }
    }
    let expected = read(&expected);
    for file in expected.keys().chain(found.keys()) {
        assert_eq!(expected.get(file), found.get(file), "{}", file.display());
    }
    let beside = fs::read_dir(place.path()).expect("a directory").count();
    assert_eq!(beside, 1, "nothing is left beside it");
}

/// Takes the plain theme out of a site: all of it has to be there, letter by
/// letter. Templates of shortcodes stay, as only those are written that a site
/// calls.
fn take_plain_theme(found: &mut BTreeMap<PathBuf, String>) {
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/hugo/theme");
    for (file, text) in read(&theme) {
        if !file.starts_with("shortcodes") {
            let written = found.remove(&Path::new("themes/site/templates").join(&file));
            assert_eq!(written, Some(text), "{}", file.display());
        }
    }
}

/// All files below a directory, as text.
fn read(directory: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut ahead = vec![directory.to_owned()];
    while let Some(next) = ahead.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                ahead.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                let inside = path
                    .strip_prefix(directory)
                    .expect("a file of it")
                    .to_owned();
                found.insert(inside, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    found
}

#[test]
fn a_site_of_zola_comes_across() {
    becomes_what_it_should("zola", "zola");
}

#[test]
fn a_site_of_zola_in_two_languages_comes_across() {
    becomes_what_it_should("zola", "zola-garden");
}

#[test]
fn addresses_and_anchors_of_zola_stay_what_they_were() {
    becomes_what_it_should("zola", "zola-notes");
    let place = tempfile::tempdir().expect("a directory");
    let site = place.path().join("site");
    import("zola", &fixture("zola-notes").join("site"), &site);
    let built = site_gen::build(&site, &site_gen::Options::default()).expect("it builds");
    // What Zola's way to make slugs makes of the names.
    for path in [
        "/what-s-new/",
        "/notes/uber-strassen/",
        "/notes/a-b-c/",
        "/notes/2024-02-03-kept/",
        "/notes/trip/photo.svg",
        "/elsewhere/",
    ] {
        assert!(built.file(path).is_some(), "{path}");
    }
    let page = built.file("/what-s-new/").expect("the page");
    let html = String::from_utf8(built.read(page).expect("a file")).expect("text");
    for anchor in ["what-s-in-it", "what-s-in-it-1", "uber-uns", "a-b", "mine"] {
        assert!(
            html.contains(&format!("id=\"{anchor}\"")),
            "{anchor}: {html}"
        );
    }
    let trip = built.file("/notes/trip/").expect("the page");
    let html = String::from_utf8(built.read(trip).expect("a file")).expect("text");
    let shown = "<li><img src=\"https://notes.example/notes/trip/photo.svg\" alt=\"notes/2024-01-01-trip/\"></li>";
    assert!(html.contains(shown), "{html}");
    for file in ["", "atom.xml"] {
        let moved = ["what-s-up", "whats-up"].map(|term| format!("/tags/{term}/{file}"));
        assert!(
            built.redirects.contains(&moved.into()),
            "{:?}",
            built.redirects
        );
    }
}

#[test]
fn shortcodes_of_hugo_that_are_not_translated_say_what_they_said() {
    becomes_what_it_should("hugo", "hugo-shortcodes");
}

/// What it prints in each of the languages was asked of Hugo 0.168.
#[test]
fn a_shortcode_of_hugo_has_the_template_of_its_language() {
    becomes_what_it_should("hugo", "hugo-variants");
    let place = tempfile::tempdir().expect("a directory");
    let site = place.path().join("site");
    import("hugo", &fixture("hugo-variants").join("site"), &site);
    let built = site_gen::build(&site, &site_gen::Options::default()).expect("it builds");
    for (path, said) in [
        (
            "/p/",
            "a-new b-any c-old d-html e-html.html f-any g-own h-y-new i-htmlj k-theme 123-P",
        ),
        (
            "/fr/p/",
            "a-new b-fr c-fr d-html e-html.html f-any g-theme-fr h-y-new i-htmlj-frhtml k-fr 1234-frP",
        ),
        (
            "/de/p/",
            "a-new b-any c-old d-html e-html.html f-de g-own h-y-new i-htmlj k-theme 123-P",
        ),
    ] {
        let page = built.file(path).expect("the page");
        let html = String::from_utf8(built.read(page).expect("a file")).expect("text");
        assert!(html.contains(said), "{said} is not in\n{html}");
    }
}

/// A text may begin with the title of its page.
#[test]
fn the_theme_for_a_site_of_hugo_says_a_title_once() {
    let place = tempfile::tempdir().expect("a directory");
    let (old, new) = (place.path().join("old"), place.path().join("new"));
    fs::create_dir_all(old.join("content")).expect("a directory");
    fs::write(old.join("hugo.toml"), "title = \"x\"\n").expect("a file");
    for (name, title, text) in [
        ("_index", "Home", "# Home"),
        ("a", "A", "# A"),
        ("b", "B", "No title."),
    ] {
        let text = format!("---\ntitle: {title}\n---\n{text}\n");
        fs::write(old.join(format!("content/{name}.md")), text).expect("a file");
    }
    import("hugo", &old, &new);
    let built = site_gen::build(&new, &site_gen::Options::default()).expect("it builds");
    for path in ["/", "/a/", "/b/"] {
        let page = built.file(path).expect("the page");
        let html = String::from_utf8(built.read(page).expect("a file")).expect("text");
        assert_eq!(html.matches("<h1").count(), 1, "{path}: {html}");
    }
}

/// Keys and names that Zola had before.
#[test]
fn what_zola_called_otherwise_once_has_its_name_now() {
    let place = tempfile::tempdir().expect("a directory");
    let (old, new) = (place.path().join("old"), place.path().join("new"));
    fs::create_dir_all(old.join("content/posts")).expect("a directory");
    let config = "base_url = \"https://a.example\"\n[languages.fr]\ngenerate_feed = true\n";
    for (file, text) in [
        ("config.toml", config),
        (
            "content/posts/_index.md",
            "+++\ngenerate_feed = true\n+++\n",
        ),
        ("content/posts/a.fr.md", "+++\ntitle = \"A\"\n+++\n"),
    ] {
        fs::write(old.join(file), text).expect("a file");
    }
    import("zola", &old, &new);
    let site = fs::read_to_string(new.join("content/site.toml")).expect("a file");
    assert!(site.contains("\ngenerate_feeds = true"), "{site}");
    let section = fs::read_to_string(new.join("content/posts/_index.md")).expect("a file");
    assert!(section.contains("\ngenerate_feeds = true"), "{section}");
    let report = fs::read_to_string(new.join("import-report.txt")).expect("a file");
    assert!(report.contains("without `_index.fr.md`"), "{report}");
}

#[test]
fn a_blog_of_hugo_comes_across() {
    becomes_what_it_should("hugo", "hugo-blog");
}

#[test]
fn documentation_of_hugo_in_two_languages_comes_across() {
    becomes_what_it_should("hugo", "hugo-docs");
}

#[test]
fn a_garden_of_hugo_that_reads_texts_and_names_in_its_own_way_comes_across() {
    becomes_what_it_should("hugo", "hugo-garden");
}

#[test]
fn a_site_of_hugo_whose_directories_are_mounted_comes_across() {
    becomes_what_it_should("hugo", "hugo-mounts");
}

#[test]
fn a_site_of_hugo_whose_pages_are_files_comes_across() {
    becomes_what_it_should("hugo", "hugo-ugly");
}

/// Every address of the old site is served, or leads to one that is; but for
/// some, which the report tells of.
#[test]
fn addresses_of_hugo_go_on_leading_somewhere() {
    let gone: [(&str, &[&str]); 5] = [
        // What templates of the theme, another format, and a shortcode made.
        ("hugo-blog", &["/crumb.css", "/index.json", "/qr_"]),
        // Pages for a printer.
        ("hugo-docs", &["/_print/", "/fr/_print/"]),
        ("hugo-garden", &["/index.json"]),
        ("hugo-mounts", &["/own.css"]),
        ("hugo-ugly", &[]),
    ];
    for (name, gone) in gone {
        let place = tempfile::tempdir().expect("a directory");
        let site = place.path().join("site");
        import("hugo", &fixture(name).join("site"), &site);
        let built = site_gen::build(&site, &site_gen::Options::default()).expect("it builds");
        let urls = fs::read_to_string(fixture(name).join("urls.txt")).expect("a list");
        let urls: Vec<&str> = urls.lines().filter(|line| line.starts_with('/')).collect();
        assert!(urls.len() > 10, "{name}: {} addresses", urls.len());
        let leads = |path: &str| {
            let redirect = built.redirects.iter().find(|(from, _)| from == path);
            let path = redirect.map_or(path, |(_, to)| to);
            built
                .file(path.split('#').next().expect("a path"))
                .is_some()
        };
        let dead: Vec<&&str> = urls
            .iter()
            .filter(|url| !leads(&format!("{}{}", built.root, site_gen::encode_path(url))))
            .filter(|url| !gone.iter().any(|start| url.starts_with(start)))
            .collect();
        assert!(dead.is_empty(), "{name}: {dead:#?}");
    }
}

/// What Zola makes of the page, in the words that matter.
#[test]
fn templates_of_zola_say_what_they_said() {
    let expected = fixture("zola").join("expected");
    let built = site_gen::build(&expected, &site_gen::Options::default()).expect("it builds");
    let page = built.file("/bakery/blog/first/").expect("the page");
    let html = String::from_utf8(built.read(page).expect("a file")).expect("text");
    for said in [
        "<ul class=\"nav\">",
        ">BLOG</a>",
        "<li class=\"last\"><a href=\"/docs/\">DOCS</a>",
        "<p>WORDS: ",
        ", blog</p>",
        "<p>Three</p>",
        "nothing",
        "First",
        "\n2\n",
        "<b>Mind</b><p>The <em>oven</em> is hot.</p>",
        "<footer>Bread, and what is written about it</footer>",
        "youtube-nocookie.com/embed/abc",
    ] {
        assert!(html.contains(said), "{said:?} is not in\n{html}");
    }
    assert!(!html.contains("Never"), "{html}");
    assert!(built.file("/bakery/docs/rye-bread/").is_some());
    assert!(built.file("/bakery/tags/bread/").is_some());
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_of_a_failure() {
    let place = tempfile::tempdir().expect("a directory");
    let new = place.path().join("new");
    fs::create_dir(&new).expect("a directory");
    fs::write(new.join("mine.txt"), "mine").expect("a file");
    let output = import("zola", &fixture("zola").join("site"), &new);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not empty"));
    assert_eq!(read(&new).len(), 1);

    let old = place.path().join("old");
    fs::create_dir(&old).expect("a directory");
    fs::write(old.join("hugo.toml"), "title = \"x\"\n").expect("a file");
    for inside in ["new", "a/b/new"] {
        let output = import("hugo", &old, &old.join(inside));
        assert!(!output.status.success());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("is in the old site"), "{told}");
    }
    assert_eq!(read(&old).len(), 1);
    fs::remove_dir_all(&old).expect("a directory");

    let empty = place.path().join("empty");
    fs::create_dir(&empty).expect("a directory");
    let output = import("zola", &empty, &place.path().join("other"));
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("expected config.toml"));
    let output = import("hugo", &empty, &place.path().join("other"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("expected hugo.toml"));
    fs::write(empty.join("hugo.toml"), "title = 1\nbase = = 2\n").expect("a file");
    let output = import("hugo", &empty, &place.path().join("other"));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("hugo.toml:2: bad TOML"), "{told}");
    assert_eq!(fs::read_dir(place.path()).expect("a directory").count(), 2);
}

#[test]
fn programs_get_json() {
    let place = tempfile::tempdir().expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_fata"))
        .args(["import", "zola", "--json", "--out"])
        .arg(place.path().join("new"))
        .arg(fixture("zola").join("site"))
        .output()
        .expect("the command");
    let events: Vec<serde_json::Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let note = events.iter().find(|note| note["topic"] == "configuration");
    let note = note.expect("a note");
    assert!(note["file"].is_string() && note["line"].is_u64(), "{note}");
    assert_eq!(events.last().expect("an end")["kind"], "imported");
}

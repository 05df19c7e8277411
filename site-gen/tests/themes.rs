//! The two themes on sites that are not ours: in several languages, with lists in
//! parts, just begun. What programs are told of pages is in `meta.rs`; how pages
//! look, a browser tells (`deploy/tests/browser`).

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha384};
use site_gen::{Built, Compression, Options};
use support::copy;

const THEMES: [&str; 2] = ["mirage", "plain"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A site with a theme of ours.
struct Site(tempfile::TempDir);

impl Site {
    fn new(theme: &str) -> Self {
        let site = tempfile::tempdir().expect("a directory");
        let inside = Path::new("themes").join(theme);
        copy(&root().join(&inside), &site.path().join(&inside));
        Self(site)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    /// Three posts under a tag, listed on the home page, too, in three languages: English, one that the themes know,
    /// and one that they do not. Nothing has more than it must have.
    fn in_languages(theme: &str) -> Self {
        let site = Self::new(theme);
        let languages = "generate_feeds = true\nbuild_search_index = true\n";
        let config = format!(
            "base_url = \"https://example.org\"\ntheme = \"{theme}\"\n\
             taxonomies = [{{ name = \"tags\", feed = true, paginate_by = 2 }}]\n{languages}\
             [languages.de]\n{languages}[languages.tlh]\n{languages}"
        );
        site.write("content/site.toml", &config);
        site.write("content/example.org.zone", ZONE);
        for end in ["", ".de", ".tlh"] {
            let list = "+++\nsort_by = \"date\"\npaginate_by = 2\ngenerate_feeds = true\n";
            site.write(&format!("content/_index{end}.md"), &format!("{list}+++\n"));
            let list = format!("{list}title = \"Posts\"\ntransparent = true\n+++\n");
            site.write(&format!("content/posts/_index{end}.md"), &list);
            for number in 1..=3 {
                let post = format!(
                    "+++\ntitle = \"{number}\"\ndate = 2026-05-0{number}\n\
                     [taxonomies]\ntags = [\"DNS\"]\n+++\n{TEXT}"
                );
                site.write(&format!("content/posts/{number}{end}.md"), &post);
            }
        }
        site
    }

    fn build(&self) -> Built {
        let options = Options {
            compression: Compression::None,
            ..Options::default()
        };
        site_gen::build(self.0.path(), &options).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }
}

/// Whatever a theme says something of itself about.
const TEXT: &str = "## Y1\n\n- [ ] x\n\n| a |\n|---|\n| b |\n\n## Y2\n\n> [!NOTE]\n> Y.\n";

const ZONE: &str = "$ORIGIN example.org.\n$TTL 3600\n\
    @ SOA ns hostmaster 1 7200 3600 1209600 3600\n@ NS ns\nns A 192.0.2.1\n@ A 192.0.2.1\n";

fn read(built: &Built, path: &str) -> String {
    let found = built.files.iter().find(|file| *file.path == *path);
    let file = found.unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(built.read(file).expect("a file")).expect("text")
}

/// The pages, by path.
fn pages(built: &Built) -> BTreeMap<String, String> {
    let is_page = |path: &str| path.ends_with('/') || path.ends_with(".html");
    let paths = built.files.iter().map(|file| &*file.path);
    let paths = paths.filter(|path| is_page(path));
    paths
        .map(|path| (path.to_owned(), read(built, path)))
        .collect()
}

/// What stands between two texts, each time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let pieces = text.split(start).skip(1);
    pieces
        .filter_map(|piece| piece.split_once(end).map(|(inside, _)| inside))
        .collect()
}

/// Texts by key.
type Texts = BTreeMap<String, String>;

/// The texts of a theme: for any language, and those of each. `theme.toml` has each in
/// a line.
fn texts(theme: &str) -> (Texts, BTreeMap<String, Texts>) {
    let file = root().join("themes").join(theme).join("theme.toml");
    let text = fs::read_to_string(file).expect("theme.toml");
    let mut tables: BTreeMap<String, Texts> = BTreeMap::new();
    let mut table = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']').to_owned();
        } else if let Some((key, text)) = line.split_once(" = \"")
            && let Some(text) = text.strip_suffix('"')
        {
            let texts = tables.entry(table.clone()).or_default();
            texts.insert(key.to_owned(), text.to_owned());
        }
    }
    let any = tables.remove("translations").expect("texts");
    let languages = tables.into_iter().filter_map(|(table, texts)| {
        let code = table
            .strip_prefix("languages.")?
            .strip_suffix(".translations")?;
        Some((code.to_owned(), texts))
    });
    (any, languages.collect())
}

/// The templates of a theme, one after the other.
fn templates(directory: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        all += &match path.is_dir() {
            true => templates(&path),
            false => fs::read_to_string(&path).expect("a template"),
        };
    }
    all
}

#[test]
fn every_text_of_a_theme_is_there_in_each_of_its_languages() {
    for theme in THEMES {
        let (any, languages) = texts(theme);
        let templates = templates(&root().join("themes").join(theme).join("templates"));
        let asked: BTreeSet<&str> = between(&templates, "trans(key=\"", "\"")
            .into_iter()
            // What ends so is put together with a name.
            .filter(|key| !key.ends_with('-') && !["date", "language"].contains(key))
            .collect();
        let there: BTreeSet<&str> = any.keys().map(String::as_str).collect();
        assert_eq!(asked, there, "{theme}");
        let dates = (1..=12).map(|month| format!("month-{month}"));
        let dates: Vec<String> = dates.chain(["date".into(), "language".into()]).collect();
        for (code, own) in &languages {
            for key in &dates {
                assert!(own.contains_key(key), "{theme}: {code} has no {key}");
            }
            for key in any.keys().filter(|_| code != "en") {
                assert!(own.contains_key(key), "{theme}: {code} has no {key}");
            }
        }
    }
}

#[test]
fn a_page_says_nothing_in_another_language() {
    for theme in THEMES {
        let (any, languages) = texts(theme);
        let pages = pages(&Site::in_languages(theme).build());
        let of = |code: &str| {
            let prefix = format!("/{code}/");
            let own = pages
                .iter()
                .filter(move |(path, _)| path.starts_with(&prefix));
            own.collect::<Vec<_>>()
        };
        assert!(of("de").len() > 8, "{:?}", pages.keys());
        for (path, page) in of("de") {
            for (key, english) in &any {
                let german = &languages["de"][key];
                let said = [format!(">{english}<"), format!("=\"{english}\"")];
                let is_said = said.iter().any(|said| page.contains(said));
                assert!(
                    !is_said || german == english,
                    "{theme}: {path} says {english}"
                );
            }
        }
        let post = &pages["/de/posts/1/"];
        for german in ["1. Mai 2026", ">Hinweis</p>", "aria-label=\"Aufgabe\""] {
            assert!(post.contains(german), "{theme}: no {german} in {post}");
        }
        // A language that nobody knows has no English months.
        let unknown = &pages["/tlh/posts/1/"];
        assert!(unknown.contains(">2026-05-01</time>"), "{theme}: {unknown}");
    }
}

/// A title that is not there makes nothing that has no name.
#[test]
fn nothing_is_without_a_name() {
    for theme in THEMES {
        let built = Site::in_languages(theme).build();
        for (path, page) in pages(&built) {
            for nameless in ["<summary></summary>", "aria-label=\"\"", "<h1></h1>"] {
                assert!(!page.contains(nameless), "{theme}: {path} has {nameless}");
            }
            for link in between(&page, "<a ", "</a>") {
                let text = link.split_once('>').map(|(_, text)| text);
                assert_ne!(text, Some(""), "{theme}: {path} has a link {link}");
            }
            for title in between(&page, "<title>", "</title>") {
                let bare = title.trim_matches([' ', '·', '–', ':']);
                assert_eq!(bare, title, "{theme}: {path}");
            }
        }
    }
}

#[test]
fn lists_in_parts_have_all_their_pages_and_a_way_through_them() {
    for theme in THEMES {
        let built = Site::in_languages(theme).build();
        for list in ["/", "/posts/", "/tags/dns/", "/de/posts/", "/de/tags/dns/"] {
            let parts = [list.to_owned(), format!("{list}page/2/")];
            let mut listed = Vec::new();
            for part in &parts {
                let page = read(&built, part);
                let (_, main) = page.split_once("<main").expect("main");
                let links = between(main, "<a href=\"", "\"");
                let posts = links.into_iter().filter(|link| {
                    let last = link.trim_end_matches('/').rsplit('/').next();
                    link.contains("/posts/")
                        && !link.contains("/page/")
                        && last.is_some_and(|last| last.len() == 1)
                });
                let posts: BTreeSet<String> = posts.map(str::to_owned).collect();
                listed.push(posts.len());
            }
            assert_eq!(listed, [2, 1], "{theme}: {list}");
            let (first, second) = (read(&built, &parts[0]), read(&built, &parts[1]));
            let to = |rel: &str, page: &str| page.contains(&format!(" rel=\"{rel}\""));
            assert!(to("next", &first) && !to("prev", &first), "{theme}: {list}");
            assert!(
                to("prev", &second) && !to("next", &second),
                "{theme}: {list}"
            );
            let title = |page: &str| between(page, "<title>", "</title>")[0].to_owned();
            assert_ne!(title(&first), title(&second), "{theme}: {list}");
        }
    }
}

#[test]
fn what_pages_load_is_what_they_say_it_is() {
    for theme in THEMES {
        let built = Site::in_languages(theme).build();
        let mut checked = 0;
        for (path, page) in pages(&built) {
            let sheets = between(&page, "<link rel=\"stylesheet\" ", ">");
            let scripts = between(&page, "<script src", ">");
            for tag in sheets.into_iter().chain(scripts) {
                let file = between(tag, "=\"", "\"")[0];
                let body = read(&built, file);
                let hash = format!("sha384-{}\"", base64(&Sha384::digest(&body)));
                let says = between(tag, "integrity=\"", " ").first().copied();
                let says = says.or_else(|| tag.split_once("integrity=\"").map(|(_, rest)| rest));
                assert_eq!(says, Some(&*hash), "{theme}: {path}: {tag}");
                checked += 1;
            }
        }
        assert!(checked > 0, "{theme}");
    }
}

/// What is read on a page, in order: where else in it one can go, its text, when it was
/// changed, and where to go from it.
#[test]
fn a_page_of_mirage_has_all_that_its_reader_may_want_in_order() {
    let site = Site::in_languages("mirage");
    let config = fs::read_to_string(site.0.path().join("content/site.toml")).expect("site.toml");
    let extra = "[extra]\nedit = \"https://forge.example/edit/\"\n";
    site.write("content/site.toml", &format!("{config}{extra}"));
    for (file, template) in [("2", "page.html"), ("4", "post.html")] {
        let front = "date = 2026-05-02\nupdated = 2026-06-07\n";
        let post = format!("+++\n{front}template = \"{template}\"\n+++\n{TEXT}");
        site.write(&format!("content/posts/{file}.md"), &post);
    }
    let built = site.build();
    for file in ["2", "4"] {
        let page = read(&built, &format!("/posts/{file}/"));
        let edit = format!("href=\"https://forge.example/edit/posts/{file}.md\"");
        let order = [
            "<nav class=\"toc wide\"",
            "<article",
            "7 June 2026",
            &edit,
            "<nav class=\"next\"",
        ];
        let places = order.map(|what| {
            page.find(what)
                .unwrap_or_else(|| panic!("no {what}: {page}"))
        });
        assert!(places.is_sorted(), "{file}: {places:?}");
    }
    let term = read(&built, "/tags/dns/");
    for said in [
        "<title>DNS · ",
        "<h1>DNS</h1>",
        "<a href=\"/tags/dns/atom.xml\">",
    ] {
        assert!(term.contains(said), "no {said}: {term}");
    }
}

/// What a site says itself on each page follows the language of the page.
#[test]
fn menu_and_footer_of_mirage_are_in_the_language_of_the_page() {
    let site = Site::in_languages("mirage");
    let config = fs::read_to_string(site.0.path().join("content/site.toml")).expect("site.toml");
    let own = "[extra]\nmenu = [{ name = \"Posts\", path = \"@/posts/_index.md\" }]\n\
        footer = [\"By [us](@/posts/_index.md).\"]\ncopyright = \"(c)\"\n\
        [languages.de.translations]\nmenu-Posts = \"Beiträge\"\n\
        \"By [us](@/posts/_index.md).\" = \"Von *uns*.\"\n";
    site.write("content/site.toml", &format!("{config}{own}"));
    let built = site.build();
    for (path, said) in [
        (
            "/posts/1/",
            [
                "<a href=\"/posts/\" aria-current=\"true\">Posts</a>",
                "<p>By <a href=\"/posts/\">us</a>.</p>",
            ],
        ),
        (
            "/de/posts/1/",
            [
                "<a href=\"/de/posts/\" aria-current=\"true\">Beiträge</a>",
                "<p>Von <em>uns</em>.</p>",
            ],
        ),
        ("/404.html", ["<a href=\"/posts/\">Posts</a>", "<p>(c)</p>"]),
    ] {
        let page = read(&built, path);
        for said in said {
            assert!(page.contains(said), "{path}: no {said} in {page}");
        }
    }
}

/// RFC 4648, 4, of bytes that need no filling up.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks_exact(3).flat_map(|three| {
        let joined = three
            .iter()
            .fold(0, |joined, byte| joined << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(joined >> shift & 63) as usize]))
    });
    letters.collect()
}

/// What `fata new site` writes is good with either theme, and links to nothing of ours.
#[test]
fn a_site_that_was_just_begun_has_no_faults() {
    for theme in THEMES {
        let site = Site::new(theme);
        let starter = root().join("deploy/starter/content");
        copy(&starter, &site.0.path().join("content"));
        let zone = site.0.path().join("content/zone");
        fs::rename(zone, site.0.path().join("content/example.org.zone")).expect("the zone");
        let config = fs::read_to_string(starter.join("site.toml")).expect("site.toml");
        let config = config.replace("theme = \"plain\"", &format!("theme = \"{theme}\""));
        site.write("content/site.toml", &config);
        let checked = site_gen::check(site.0.path(), &Options::default());
        assert!(
            checked.diagnostics.is_empty(),
            "{theme}: {:#?}",
            checked.diagnostics
        );
        for (path, page) in pages(&site.build()) {
            for ours in ["unikernel", "MirageOS", "Fata"] {
                assert!(!page.contains(ours), "{theme}: {path} speaks of {ours}");
            }
        }
    }
}

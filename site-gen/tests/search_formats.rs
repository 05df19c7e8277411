//! The search index in the formats of others: of Pagefind what its own scripts read
//! is there, and it is the same however it is made; of Zola's, what they mean is
//! told by the golden folders, and what reads them is tested in a browser.

#[path = "support/site.rs"]
mod site;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::sync::Arc;

use flate2::read::GzDecoder;
use site::Site;
use site_gen::{Built, Compression, Indexing, Options, Policy};
use site_pack::Pack;

const SITE: &str = "base_url = \"https://example.org\"\ntheme = \"t\"\nbuild_search_index = true\n\
    [search]\nindex_format = \"FORMAT\"\n[languages.de]\nbuild_search_index = true\n";

/// What templates say to Pagefind is part of it.
const PAGE: &str = "<!doctype html>\n<html lang=\"{{ lang }}\"><head><title>t</title></head><body>\
    <p>menu</p><main data-pagefind-body>{% if page %}<h1>{{ page.title }}</h1>\
    <span data-pagefind-filter=\"kind\">{{ page.extra.kind | default(value=\"none\") }}</span>\
    {{ page.content | safe }}{% else %}{{ section.content | safe }}{% endif %}\
    <p data-pagefind-ignore>ignored</p></main></body></html>\n";

impl Site {
    fn new(format: &str) -> Self {
        let site = Self::of(&SITE.replace("FORMAT", format), PAGE);
        site.write("content/_index.md", "Welcome to the ovens.\n");
        site.write("content/_index.de.md", "Willkommen.\n");
        site.write("content/bread.md", &page("Bread", "bread", "Loaves."));
        site.write("content/haus.de.md", &page("Haus", "house", "Häuser."));
        let hidden = "+++\nin_search_index = false\n+++\nsecrets\n";
        site.write("content/hidden.md", hidden);
        site
    }

    fn messages(&self) -> Vec<String> {
        let options = Options {
            compression: Compression::None,
            ..Options::default()
        };
        let faults = site_gen::build(self.0.path(), &options).err();
        let faults = faults.into_iter().flatten();
        faults.map(|fault| fault.message).collect()
    }
}

fn page(title: &str, kind: &str, text: &str) -> String {
    format!("+++\ntitle = \"{title}\"\n[extra]\nkind = \"{kind}\"\n+++\n{text}\n")
}

/// The files of Pagefind's index by their names, without what compresses them.
fn pagefind(built: &Built) -> BTreeMap<String, Vec<u8>> {
    let files = built.files.iter();
    let files = files.filter_map(|file| Some((file.path.strip_prefix("/pagefind/")?, file)));
    files
        .map(|(name, file)| {
            let bytes = built.read(file).expect("a file");
            let mut plain = Vec::new();
            if name.contains(".pf_") {
                let mut file = GzDecoder::new(&*bytes);
                file.read_to_end(&mut plain).expect("gzip");
            } else {
                plain = bytes;
            }
            (name.to_owned(), plain)
        })
        .collect()
}

/// The files of a kind and a language.
fn kind<'a>(files: &'a BTreeMap<String, Vec<u8>>, (begin, end): (&'a str, &'a str)) -> Vec<String> {
    let own = files
        .iter()
        .filter(|(name, _)| name.starts_with(begin) && name.ends_with(end));
    own.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .collect()
}

#[test]
fn pagefind_has_the_pages_that_are_to_be_found_as_they_are_served() {
    let site = Site::new("pagefind");
    let built = site.build(&Arc::default(), Indexing::Packed);
    assert_eq!(built.policy, Policy::WebAssembly);
    // As the server reads it.
    let pack = built.pack().expect("a pack");
    let pack = Pack::open(&pack).expect("a pack");
    assert_eq!(pack.part("policy"), Some(&b"webassembly"[..]));
    let files = pagefind(&built);
    for name in [
        "pagefind.js",
        "pagefind-ui.js",
        "pagefind-ui.css",
        "pagefind-worker.js",
    ] {
        assert!(files.contains_key(name), "{name}");
    }
    let entry = String::from_utf8_lossy(&files["pagefind-entry.json"]);
    for language in ["\"en\":{", "\"de\":{"] {
        assert!(entry.contains(language), "{entry}");
    }
    let fragments = kind(&files, ("fragment/en_", ".pf_fragment"));
    assert_eq!(fragments.len(), 2, "{fragments:?}");
    let bread = fragments.iter().find(|text| text.contains("\"/bread/\""));
    let bread = bread.expect("the page");
    assert!(
        bread.contains("\"filters\":{\"kind\":[\"bread\"]}"),
        "{bread}"
    );
    assert!(bread.contains("Loaves."), "{bread}");
    for text in ["menu", "ignored", "secrets"] {
        assert!(
            fragments.iter().all(|found| !found.contains(text)),
            "{text}"
        );
    }
    // Words are there by their stems, with what they are spelt like.
    let english = kind(&files, ("index/en_", ".pf_index")).concat();
    assert!(
        english.contains("loav") && english.contains("oven"),
        "{english}"
    );
    let german = kind(&files, ("index/de_", ".pf_index")).concat();
    assert!(
        german.contains("haus") && !german.contains("oven"),
        "{german}"
    );
    assert_eq!(kind(&files, ("filter/en_", ".pf_filter")).len(), 1);
    assert!(files.contains_key("wasm.de.pagefind"));
}

#[test]
fn pagefind_is_the_same_however_it_is_made() {
    let site = Site::new("pagefind");
    for number in 0..20 {
        let name = format!("content/p{number}.md");
        site.write(
            &name,
            &page(&format!("Page {number}"), "same", "Some é words été."),
        );
    }
    let cold = || site.build(&Arc::default(), Indexing::Packed).pack();
    let pack = cold().expect("a pack");
    assert!(pack == cold().expect("a pack"), "twice");
    let cache = Arc::default();
    assert!(pack == site.build(&cache, Indexing::Packed).pack().expect("a pack"));
    // An edit of a page, of one that nobody finds, and of a template.
    let secret = "+++\nin_search_index = false\n+++\nother secrets\n";
    for (file, text) in [
        ("content/bread.md", page("Bread", "bread", "Rye.")),
        ("content/hidden.md", secret.to_owned()),
        (
            "themes/t/templates/page.html",
            PAGE.replace("<h1>", "<h1 class=a>Our "),
        ),
    ] {
        site.write(file, &text);
        let warm = site.build(&cache, Indexing::Packed).pack().expect("a pack");
        assert!(warm == cold().expect("a pack"), "{file}");
    }
    let packed = site.build(&Arc::default(), Indexing::Packed);
    let later = site.build(&cache, Indexing::OnDemand);
    assert_eq!(later.policy, Policy::WebAssembly);
    for (name, _) in pagefind(&packed) {
        let path = format!("/pagefind/{name}");
        let file = packed.file(&path).expect("a file");
        let made = later.search_file(&path).map(|made| made.expect("an index"));
        // Scripts and styles are static files.
        let made = made.map_or_else(
            || {
                later
                    .read(later.file(&path).expect("a static file"))
                    .expect("a file")
            },
            |made| made.to_vec(),
        );
        assert!(made == packed.read(file).expect("a file"), "{path}");
    }
    assert!(later.search_file("/pagefind/nothing").is_none());
    assert!(later.search_file("/pagefind/").is_none());
}

#[test]
fn pages_without_words_are_a_fault() {
    let site = Site::new("pagefind");
    for template in ["index.html", "section.html", "page.html"] {
        let template = format!("themes/t/templates/{template}");
        site.write(&template, &PAGE.replace("<html lang=\"{{ lang }}\">", ""));
    }
    assert_eq!(site.messages(), ["Pagefind finds no words in the pages"]);
}

#[test]
fn a_language_that_leads_elsewhere_is_a_fault() {
    let site = Site::new("pagefind");
    let template = PAGE.replace("{{ lang }}", "../../x");
    site.write("themes/t/templates/page.html", &template);
    let messages = site.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].contains("would write a file `"), "{messages:?}");
}

#[test]
fn elasticlunr_has_some_languages_and_fuse_all() {
    let site = Site::new("elasticlunr_json");
    site.write(
        "content/site.toml",
        &SITE
            .replace("FORMAT", "elasticlunr_json")
            .replace("languages.de", "languages.cy"),
    );
    fs::remove_file(site.0.path().join("content/haus.de.md")).expect("a file");
    fs::remove_file(site.0.path().join("content/_index.de.md")).expect("a file");
    assert_eq!(
        site.messages(),
        ["there is no search index `elasticlunr_json` for the language `cy`"]
    );
    for (format, file) in [
        ("fuse_json", "/search_index.de.json"),
        ("elasticlunr_javascript", "/search_index.de.js"),
    ] {
        let site = Site::new(format);
        let packed = site.build(&Arc::default(), Indexing::Packed);
        assert_eq!(packed.policy, Policy::Strict);
        let pack = packed.pack().expect("a pack");
        let pack = Pack::open(&pack).expect("a pack");
        assert!(pack.part("policy").is_none());
        let file = packed.file(file).expect("the index");
        let later = site.build(&Arc::default(), Indexing::OnDemand);
        assert!(later.file(&file.path).is_none());
        let made = later.search_file(&file.path).expect("the index");
        assert_eq!(*made.expect("an index"), packed.read(file).expect("a file"));
        assert!(packed.file("/search_index.js").is_none());
        let script = packed.file("/elasticlunr.min.js");
        assert_eq!(script.is_some(), format == "elasticlunr_javascript");
    }
}

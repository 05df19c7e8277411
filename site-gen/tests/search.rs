//! The search index of whole sites: every word of a page leads to it, what is to
//! be hidden is hidden, and an index that was made from another is the same as
//! one that was made from nothing.

#[path = "support/site.rs"]
mod site;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use site::Site;
use site_gen::{Built, Caching, Compression, Indexing, Options};

const SITE: &str = "base_url = \"https://example.org\"\ntheme = \"t\"\nbuild_search_index = true\n";
const ZONE: &str =
    "$TTL 1h\n@ SOA ns hostmaster 2026010101 2h 15m 2w 5m\n@ NS ns\nns A 192.0.2.53\n";

impl Site {
    fn new(config: &str) -> Self {
        let site = Self::of(config, "");
        site.write("content/example.org.zone", ZONE);
        site
    }

    /// The index of a language, from a build of its own.
    fn index(&self, language: &str) -> Index {
        Index::read(&self.build(&Arc::default(), Indexing::Packed), language)
    }
}

/// An index, read as the script does it.
struct Index {
    /// The page that each part belongs to.
    pages: Vec<usize>,
    /// The first part of each page.
    begins: Vec<usize>,
    /// Path, title and headings of each page, as JSON.
    listed: Vec<String>,
    words: BTreeMap<String, Word>,
}

#[derive(Clone, Debug)]
struct Word {
    family: u64,
    parts: u64,
    /// Parts and weights.
    places: Vec<(usize, u64)>,
}

impl Index {
    fn read(built: &Built, language: &str) -> Self {
        let read = |path: &str| {
            let file = built
                .file(path)
                .unwrap_or_else(|| panic!("{path} is not there"));
            built.read(file).expect("a file")
        };
        let root = format!("/search_index.{language}.json");
        let root = String::from_utf8(read(&root)).expect("text");
        let files = between(&root, "\"files\":\"", "\"");
        let counts = between(&root, "\"parts\":[", "]");
        let mut pages = Vec::new();
        let mut begins = Vec::new();
        for (page, count) in counts
            .split(',')
            .filter(|count| !count.is_empty())
            .enumerate()
        {
            begins.push(pages.len());
            pages.resize(
                pages.len() + count.parse::<usize>().expect("a number"),
                page,
            );
        }
        let mut words = BTreeMap::new();
        for number in 0.. {
            let path = format!("{files}{number}.words");
            let Some(file) = built.file(&path) else { break };
            assert_eq!(file.caching, Caching::Immutable);
            read_words(&read(&path), &mut words);
        }
        let mut listed = Vec::new();
        for number in 0..begins.len().div_ceil(32) {
            let text = String::from_utf8(read(&format!("{files}{number}.json"))).expect("text");
            let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
            listed.extend(inner.split("]],[\"").map(str::to_owned));
        }
        Self {
            pages,
            begins,
            listed,
            words,
        }
    }

    /// The pages that have a word, and in which of their parts.
    fn find(&self, word: &str) -> Vec<(usize, usize)> {
        let places = self.words.get(word).map(|word| word.places.as_slice());
        let places = places.unwrap_or_default().iter();
        places
            .map(|(part, _)| (self.pages[*part], part - self.begins[self.pages[*part]]))
            .collect()
    }

    /// The page that is served under a path.
    fn page(&self, path: &str) -> usize {
        let quoted = format!("{path}\",");
        let found = self
            .listed
            .iter()
            .position(|page| page.trim_start_matches('"').starts_with(&quoted));
        found.unwrap_or_else(|| panic!("{path} is not in {:?}", self.listed))
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).expect("what is before").1;
    rest.split_once(after).expect("what is after").0
}

fn read_words(mut bytes: &[u8], words: &mut BTreeMap<String, Word>) {
    let mut before = Vec::new();
    let mut found = Vec::new();
    for _ in 0..number(&mut bytes) {
        let shared = number(&mut bytes) as usize;
        let more = number(&mut bytes) as usize;
        before.truncate(shared);
        before.extend_from_slice(&bytes[..more]);
        bytes = &bytes[more..];
        let text = String::from_utf8(before.clone()).expect("text");
        let [family, parts, length] = [0; 3].map(|_: i32| number(&mut bytes));
        found.push((text, family, parts, length));
    }
    for (text, family, parts, length) in found {
        let (mut own, rest) = bytes.split_at(length as usize);
        bytes = rest;
        let mut part = 0;
        let mut places = Vec::new();
        while !own.is_empty() {
            let value = number(&mut own);
            part += (value / 16) as usize;
            places.push((part, value % 16));
        }
        let word = Word {
            family,
            parts,
            places,
        };
        assert!(words.insert(text, word).is_none(), "a word is in one file");
    }
    assert!(bytes.is_empty());
}

fn number(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().expect("a number");
        *bytes = rest;
        number |= u64::from(first & 127) << shift;
        if *first < 128 {
            break;
        }
    }
    number
}

#[test]
fn a_word_leads_to_its_place() {
    let site = Site::new(SITE);
    site.write(
        "content/_index.md",
        "+++\ntitle = \"Home\"\n+++\nWelcome.\n",
    );
    site.write(
        "content/a.md",
        "+++\ntitle = \"Bread\"\ndescription = \"Of rye\"\n+++\nFlour.\n\n## Ovens\n\nHot ovens bake.\n\n\
         ### Éclairs\n\nBaking bread with `yeast_2`. 東京都\n",
    );
    let index = site.index("en");
    let home = index.page("/");
    let a = index.page("/a/");
    assert_eq!(index.find("welcome"), [(home, 0)]);
    assert_eq!(index.find("bread"), [(a, 0), (a, 2)]);
    assert_eq!(index.find("rye"), [(a, 0)]);
    assert_eq!(index.find("ovens"), [(a, 1)]);
    for word in ["eclairs", "yeast", "2", "東京", "京都", "都"] {
        assert_eq!(index.find(word), [(a, 2)], "{word}");
    }
    assert!(
        index.listed[a].contains("[\"ovens\",\"Ovens\"]"),
        "{}",
        index.listed[a]
    );

    let weights: Vec<u64> = index.words["bread"]
        .places
        .iter()
        .map(|(_, weight)| *weight)
        .collect();
    assert!(weights[0] > weights[1], "a title counts more: {weights:?}");
    let (bake, baking) = (&index.words["bake"], &index.words["baking"]);
    assert!(bake.family > 0 && bake.family == baking.family);
    assert_eq!(index.words["rye"].family, 0);
}

#[test]
fn who_does_not_want_to_be_found_is_not() {
    let site = Site::new(&format!(
        "{SITE}[search]\ninclude_description = false\ntruncate_content_length = 8\n"
    ));
    site.write("content/_index.md", "");
    site.write(
        "content/a.md",
        "+++\ndescription = \"described\"\n+++\nopen it now\n",
    );
    site.write(
        "content/b.md",
        "+++\nin_search_index = false\n+++\nsecret\n",
    );
    site.write("content/c.md", "+++\ndraft = true\n+++\ndrafted\n");
    site.write("content/n.md", "+++\nrender = false\n+++\nunseen\n");
    site.write(
        "content/s/_index.md",
        "+++\nin_search_index = false\n+++\nlisted\n",
    );
    site.write("content/s/d.md", "below\n");
    site.write(
        "content/t/_index.md",
        "+++\n[cascade]\nin_search_index = false\n+++\nseen\n",
    );
    site.write("content/t/u/_index.md", "deep\n");
    site.write("content/t/u/e.md", "deeper\n");
    site.write(
        "content/r/_index.md",
        "+++\nredirect_to = \"/a/\"\n+++\nmoved\n",
    );
    let index = site.index("en");
    let words: Vec<&str> = index.words.keys().map(String::as_str).collect();
    assert_eq!(words, ["a", "it", "open", "seen", "t"], "cut off: `now`");
}

#[test]
fn each_language_has_its_own_index_if_it_asks() {
    let site = Site::new(&format!(
        "{SITE}[languages.fr]\nbuild_search_index = true\n[languages.de]\n\
         [languages.it]\nbuild_search_index = true\n"
    ));
    for (file, text) in [
        ("_index.md", "home"),
        ("_index.fr.md", "L'été des maisons, une maison"),
        ("_index.de.md", "Haus"),
    ] {
        site.write(&format!("content/{file}"), text);
    }
    site.write("themes/t/templates/search.html", "{{ lang }} {{ current_path }} {{ config.build_search_index }} {{ config.languages.de.build_search_index }}");
    let built = site.build(&Arc::default(), Indexing::Packed);
    let french = Index::read(&built, "fr");
    assert_eq!(french.find("ete"), [(0, 0)]);
    assert_eq!(
        french.words["maison"].family,
        french.words["maisons"].family
    );
    assert_eq!(Index::read(&built, "en").words.len(), 1);
    assert!(
        built.file("/search_index.de.json").is_none(),
        "it did not ask"
    );
    assert!(
        built.file("/search_index.it.json").is_none(),
        "it has no pages"
    );
    let page = |path: &str| {
        let file = built.file(path)?;
        String::from_utf8(built.read(file).expect("a file")).ok()
    };
    assert_eq!(page("/search/").as_deref(), Some("en /search/ true false"));
    assert_eq!(
        page("/fr/search/").as_deref(),
        Some("fr /fr/search/ true false")
    );
    assert_eq!(page("/de/search/"), None);
    assert_eq!(page("/it/search/"), None);
}

#[test]
fn without_being_asked_for_there_is_none() {
    let site = Site::new(&SITE.replace("true", "false"));
    site.write("themes/t/templates/search.html", "");
    let built = site.build(&Arc::default(), Indexing::Packed);
    let paths: Vec<&str> = built.files.iter().map(|file| &*file.path).collect();
    assert!(
        paths.iter().all(|path| !path.contains("search")),
        "{paths:?}"
    );
}

#[test]
fn an_author_may_write_the_page_that_searches() {
    let site = Site::new(SITE);
    site.write(
        "content/search.md",
        "+++\ntemplate = \"search.html\"\ntitle = \"Own\"\n+++\n",
    );
    site.write("themes/t/templates/search.html", "{{ page.title }}");
    let built = site.build(&Arc::default(), Indexing::Packed);
    let file = built.file("/search/").expect("the page");
    assert_eq!(built.read(file).expect("a file"), b"Own");
}

#[test]
fn an_address_that_the_index_needs_can_be_taken() {
    let site = Site::new(SITE);
    site.write("content/search_index.en.json", "{}");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let faults = site_gen::build(site.0.path(), &options).expect_err("a fault");
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        messages,
        ["`/search_index.en.json` is served already, from content/search_index.en.json"]
    );
}

#[test]
fn the_script_is_served_and_can_be_replaced() {
    let site = Site::new(SITE);
    let link = "{{ get_url(path=\"search_index.js\", cachebust=true) }}";
    site.write("themes/t/templates/search.html", link);
    let script = |built: &Built| {
        let page = built.file("/search/").expect("the page");
        let name = String::from_utf8(built.read(page).expect("a page")).expect("text");
        let file = built.file(&name).expect("the script");
        assert_eq!(file.caching, Caching::Immutable);
        assert_eq!(file.content_type, "text/javascript; charset=utf-8");
        String::from_utf8(built.read(file).expect("a script")).expect("text")
    };
    let own = script(&site.build(&Arc::default(), Indexing::Packed));
    assert!(own.contains("data-search") && !own.contains("eval(") && !own.contains("innerHTML"));
    site.write("themes/t/static/search_index.js", "// The theme's.");
    assert_eq!(
        script(&site.build(&Arc::default(), Indexing::Packed)),
        "// The theme's."
    );
}

#[test]
fn an_index_on_demand_is_the_same() {
    let site = Site::new(SITE);
    site.write("content/a.md", "## One\n\nword\n");
    let packed = site.build(&Arc::default(), Indexing::Packed);
    let later = site.build(&Arc::default(), Indexing::OnDemand);
    let is_of_index = |path: &str| path.starts_with("/search_index.") && !path.ends_with(".js");
    let files: Vec<_> = packed
        .files
        .iter()
        .filter(|file| is_of_index(&file.path))
        .collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert!(later.file(&file.path).is_none());
        let made = later.search_file(&file.path).expect("a file of the index");
        let made = made.expect("an index");
        assert_eq!(*made, packed.read(file).expect("a file"), "{}", file.path);
        assert!(packed.search_file(&file.path).is_none());
    }
    assert!(later.search_file("/search_index.fr.json").is_none());
    assert!(later.search_file("/a/").is_none());
}

/// A page: its title, and texts with or without a heading.
type Text = (String, Vec<(Option<String>, String)>);

fn text() -> impl Strategy<Value = Text> {
    let words = || "[a-cé]{1,3}( [A-C0-9ßあ-う]{1,4}){0,6}";
    let part = (proptest::option::of(words()), words());
    (words().prop_map(String::from), vec(part, 0..4))
}

fn write_page(site: &Site, name: &str, (title, parts): &Text) {
    let mut text = format!("+++\ntitle = \"{title}\"\n+++\n");
    for (heading, paragraph) in parts {
        if let Some(heading) = heading {
            text += &format!("\n## {heading}\n");
        }
        text += &format!("\n{paragraph}\n");
    }
    site.write(&format!("content/{name}.md"), &text);
}

/// How a word of these texts is looked for.
fn folded(word: &str) -> Vec<String> {
    let lower = word.to_lowercase().replace('é', "e").replace('ß', "ss");
    let letters: Vec<char> = lower.chars().collect();
    // Kana are written without spaces: of them, any letter is a word's beginning.
    let runs = letters.chunk_by(|a, b| a.is_ascii() == b.is_ascii());
    runs.map(|run| {
        run.iter()
            .take(2.max(if run[0].is_ascii() { 99 } else { 0 }))
            .collect()
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn each_word_of_a_page_is_found(pages in vec(text(), 1..5)) {
        let site = Site::new(SITE);
        for (number, page) in pages.iter().enumerate() {
            write_page(&site, &format!("p{number}"), page);
        }
        let index = site.index("en");
        for (number, (title, parts)) in pages.iter().enumerate() {
            let page = index.page(&format!("/p{number}/"));
            let mut part = 0;
            let mut texts = vec![(0, title)];
            for (heading, paragraph) in parts {
                if let Some(heading) = heading {
                    part += 1;
                    texts.push((part, heading));
                }
                texts.push((part, paragraph));
            }
            for (part, text) in texts {
                for word in text.split(' ').flat_map(folded) {
                    let found = index.find(&word);
                    prop_assert!(found.contains(&(page, part)), "{word} of {part} in {found:?}");
                }
            }
        }
        for word in index.words.values() {
            prop_assert_eq!(word.parts as usize, word.places.len());
        }
    }

    #[test]
    fn an_index_from_another_is_that_from_nothing(
        edits in vec((0..4_usize, proptest::option::of(text())), 1..5),
    ) {
        let site = Site::new(SITE);
        let cache = Arc::default();
        site.build(&cache, Indexing::Packed);
        for (number, page) in &edits {
            let name = format!("p{number}");
            match page {
                Some(page) => write_page(&site, &name, page),
                None => _ = fs::remove_file(site.0.path().join(format!("content/{name}.md"))),
            }
            let warm = site.build(&cache, Indexing::Packed);
            let cold = site.build(&Arc::default(), Indexing::Packed);
            prop_assert!(warm.pack().expect("a pack") == cold.pack().expect("a pack"));
        }
    }
}

#[test]
fn faults_of_the_configuration_are_told() {
    let site = Site::new(&format!(
        "{SITE}[search]\nindex_format = \"fuse-json\"\ninclude_title = 1\ninclude_path = true\n"
    ));
    let faults = site_gen::build(site.0.path(), &Options::default()).expect_err("faults");
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`index_format` cannot be `fuse-json`",
            "`include_title` is a whole number",
            "`include_path` means nothing to the search index `fata`",
        ]
    );
    let suggestion = faults[0].suggestion.as_deref();
    assert_eq!(suggestion, Some("did you mean `fuse_json`?"));
    assert!(
        faults
            .iter()
            .all(|fault| fault.file == Path::new("content/site.toml"))
    );
}

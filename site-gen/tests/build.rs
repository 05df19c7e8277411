//! The build as a whole: the same bytes every time, the pack holds what is
//! served, nothing is half-written, and every way to fail has its diagnostic.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use site_gen::zone::Zone;
use site_gen::{Built, Compression, Diagnostic, Drafts, Listener, Options, Source};
use site_pack::{Caching, Encoding, Entry, Pack};

const ZONE: &str = "$TTL 1h\n@ SOA ns hostmaster 2026010101 2h 15m 2w 5m\n@ NS ns\nns A 192.0.2.53\n\
                    @ TXT ( \"in ; parentheses\" \"and \\\"quotes\\\"\" )\n";

/// A small site, in a directory that goes when it goes.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().expect("a directory"));
        site.write(
            "content/site.toml",
            "base_url = \"https://example.org\"\ntheme = \"t\"\n",
        );
        site.write("content/_index.md", "+++\ntitle = \"Home\"\n+++\nText.\n");
        site.write(
            "content/a.md",
            &format!(
                "+++\ntitle = \"A\"\naliases = [\"old\"]\n+++\n{}",
                "Words. ".repeat(200)
            ),
        );
        site.write("content/example.org.zone", ZONE);
        for template in ["index.html", "section.html", "page.html"] {
            let what = if template == "page.html" {
                "page"
            } else {
                "section"
            };
            site.write(
                &format!("themes/t/templates/{template}"),
                &format!("<h1>{{{{ {what}.title }}}}</h1>{{{{ {what}.content }}}}"),
            );
        }
        site.write("themes/t/static/t.css", "a {}\n");
        site
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn build(&self) -> Result<Built, Vec<Diagnostic>> {
        site_gen::build(
            self.0.path(),
            &Options {
                compression: Compression::None,
                ..Options::default()
            },
        )
    }

    /// The only fault of the site.
    fn fault(&self) -> Diagnostic {
        let faults = self.build().expect_err("a fault");
        assert_eq!(faults.len(), 1, "{faults:#?}");
        faults.into_iter().next().expect("one fault")
    }
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let site = Site::new();
    for n in 0..50 {
        site.write(
            &format!("content/many/{n}.md"),
            &format!("+++\ntitle = \"{n}\"\n[extra]\nb = 1\na = {{ z = 1, y = 2 }}\n+++\n# {n}\n"),
        );
    }
    site.write(
        "themes/t/templates/page.html",
        "{% for key, value in page.extra %}{{ key }} {{ value }}{% endfor %}{{ page }}",
    );
    let options = Options::default();
    let one = site_gen::build(site.0.path(), &options).unwrap();
    let two = site_gen::build(site.0.path(), &options).unwrap();
    assert_eq!(two.rendered, 0, "nothing had changed");
    let three = site_gen::build(site.0.path(), &Options::default()).unwrap();
    assert_eq!(one.files, three.files);
    let packs = [&one, &two, &three].map(|built| built.pack().unwrap());
    assert!(packs.iter().all(|pack| *pack == packs[0]));
}

/// A build that finds results of earlier ones gives what a build that finds
/// none would.
#[test]
fn a_build_with_a_memory_equals_a_first_one() {
    let site = Site::new();
    let warm = Options::default();
    let mut random = 7_u64;
    for round in 0..12 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let page = (random >> 33) % 4;
        match (random >> 40) % 3 {
            0 => site.write(
                &format!("content/p{page}.md"),
                &format!("+++\ntitle = \"{round}\"\n+++\n```c\nint a{page};\n```\n"),
            ),
            1 => site.write(
                &format!("content/p{page}.md"),
                &format!(
                    "+++\ntitle = \"P\"\n+++\n{}",
                    "Word. ".repeat(99 + page as usize)
                ),
            ),
            _ => drop(fs::remove_file(
                site.0.path().join(format!("content/p{page}.md")),
            )),
        }
        let again = site_gen::build(site.0.path(), &warm).unwrap();
        let first = site_gen::build(site.0.path(), &Options::default()).unwrap();
        let same = again.pack().unwrap() == first.pack().unwrap();
        assert!(same, "round {round}");
    }
}

/// The last page goes, and so does one that was the last since.
#[test]
fn pages_that_go_are_forgotten() {
    let site = Site::new();
    let warm = Options::default();
    for page in ["x", "y", "z"] {
        site.write(&format!("content/{page}.md"), "+++\ntitle = \"T\"\n+++\n");
    }
    site_gen::build(site.0.path(), &warm).unwrap();
    for page in ["z", "y", "x"] {
        fs::remove_file(site.0.path().join(format!("content/{page}.md"))).unwrap();
        let again = site_gen::build(site.0.path(), &warm).unwrap();
        let first = site_gen::build(site.0.path(), &Options::default()).unwrap();
        assert!(again.pack().unwrap() == first.pack().unwrap(), "{page}");
    }
}

#[test]
fn the_pack_holds_what_is_served() {
    let site = Site::new();
    let built = site_gen::build(site.0.path(), &Options::default()).unwrap();
    let bytes = built.pack().unwrap();
    let pack = Pack::open(&bytes).unwrap();
    assert_eq!(
        pack.entries().count(),
        built.files.len() + built.redirects.len()
    );
    for expected in &built.files {
        let Some(Entry::File(file)) = pack.entry(&expected.path) else {
            panic!("{} is missing", expected.path)
        };
        assert_eq!(
            (file.body(), file.content_type()),
            (
                built.read(expected).unwrap().as_slice(),
                expected.content_type
            )
        );
    }
    let Some(Entry::File(page)) = pack.entry("/a/") else {
        panic!("/a/ is missing")
    };
    assert_eq!(
        (page.content_type(), page.caching()),
        ("text/html; charset=utf-8", Caching::Revalidate)
    );
    for encoding in Encoding::ALL {
        assert!(page.encoded(encoding).expect("smaller").len() < page.body().len());
    }
    assert!(matches!(pack.entry("/old/"), Some(Entry::Redirect("/a/"))));
    assert_eq!(pack.part("domain"), Some("example.org".as_bytes()));
    assert_eq!(
        pack.part("zone/example.org"),
        Some(built.zones[0].text.as_bytes())
    );
    assert!(
        pack.entry("/example.org.zone").is_none(),
        "zones are not published"
    );
    assert!(
        pack.entry("/site.toml").is_none(),
        "the configuration is not published"
    );
}

#[test]
fn a_site_becomes_a_directory_of_files() {
    let site = Site::new();
    let built = site.build().unwrap();
    let out = tempfile::tempdir().unwrap();
    let directory = out.path().join("site");
    built.write_site(&directory, &Listener::default()).unwrap();
    assert_eq!(
        fs::read(directory.join("a/index.html")).unwrap(),
        built.read(built.file("/a/").unwrap()).unwrap()
    );
    let old = fs::read_to_string(directory.join("old/index.html")).unwrap();
    assert!(old.contains("content=\"0; url=/a/\""), "{old}");
    let again = built.write_site(&directory, &Listener::default());
    assert!(again.is_err(), "nothing is written over");
}

#[test]
fn drafts_are_published_on_request_only() {
    let site = Site::new();
    site.write(
        "content/draft.md",
        "+++\ntitle = \"D\"\ndraft = true\n+++\n",
    );
    let has = |built: &Built| built.files.iter().any(|file| *file.path == *"/draft/");
    assert!(!has(&site.build().unwrap()));
    let options = Options {
        drafts: Drafts::Include,
        compression: Compression::None,
        ..Options::default()
    };
    assert!(has(&site_gen::build(site.0.path(), &options).unwrap()));
}

#[test]
fn a_zone_gives_every_record() {
    let source = Source {
        file: "content/example.org.zone".into(),
        text: ZONE.into(),
    };
    let zone = Zone::parse(&source).unwrap();
    let records: Vec<String> = zone.records.iter().map(ToString::to_string).collect();
    assert_eq!(records.len(), 4, "{records:?}");
    assert!(
        zone.text
            .contains("example.org. 3600 IN TXT \"in ; parentheses\" \"and \\\"quotes\\\"\"\n"),
        "{}",
        zone.text
    );
    assert!(zone.text.contains("example.org. 3600 IN SOA ns.example.org. hostmaster.example.org. 2026010101 2h 15m 2w 5m\n"), "{}", zone.text);
}

#[test]
fn a_zone_is_checked_as_a_whole() {
    let faults = |text: &str| {
        let source = Source {
            file: "content/example.org.zone".into(),
            text: text.into(),
        };
        let faults = Zone::parse(&source).unwrap_err();
        faults
            .iter()
            .map(|fault| fault.message.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        faults("a 1h A 192.0.2.1\n"),
        ["this zone has no SOA record", "this zone has no NS record"]
    );
    let glue = faults(&ZONE.replace("ns A 192.0.2.53\n", ""));
    assert_eq!(
        glue,
        ["the name server ns.example.org. has no address in this zone"]
    );
    let alias = faults(&format!("{ZONE}www CNAME ns\nwww A 192.0.2.1\n"));
    assert_eq!(alias, ["this name has a CNAME record and others"]);
    let twice = faults(&format!("{ZONE}ns A 192.0.2.53\n"));
    assert_eq!(twice, ["this record is there twice"]);
    let outside = faults(&format!("{ZONE}www.example.com. A 192.0.2.1\n"));
    assert_eq!(
        outside,
        ["`www.example.com.` is outside the zone example.org."]
    );
    assert_eq!(
        faults(&ZONE.replace("$TTL 1h\n", "")).len(),
        4,
        "no record has a time to live"
    );
    let long = faults(&format!("{ZONE}t TXT \"{}\"\n", "x".repeat(256)));
    assert_eq!(long, ["this string has 256 bytes"]);
}

#[test]
fn malformed_files_have_one_diagnostic_each() {
    let site = Site::new();
    fs::write(site.0.path().join("content/bad.md"), b"+++\n+++\ncaf\xe9\n").unwrap();
    let fault = site.fault();
    assert_eq!(
        (
            fault.file.as_path(),
            fault.place.map(|place| (place.line, place.column))
        ),
        (Path::new("content/bad.md"), Some((3, 4)))
    );
}

#[test]
fn links_out_of_the_site_are_refused() {
    let site = Site::new();
    symlink("/etc/hostname", site.0.path().join("content/leak.txt")).unwrap();
    assert!(site.fault().message.contains("outside the site"));
}

#[test]
fn circles_of_links_are_refused() {
    let site = Site::new();
    symlink(".", site.0.path().join("content/circle")).unwrap();
    assert!(site.fault().message.contains("leads back"));
}

#[test]
fn a_page_too_long_is_refused() {
    let site = Site::new();
    fs::write(site.0.path().join("content/long.md"), vec![b'a'; 50 << 20]).unwrap();
    let fault = site.fault();
    assert_eq!(fault.message, format!("this file has {} bytes", 50 << 20));
}

#[test]
fn a_template_that_repeats_itself_is_stopped() {
    let site = Site::new();
    let body = "x".repeat(1000);
    let endless = format!(
        "{{% for a in range(end=90000) %}}{{% for b in range(end=90000) %}}{body}{{% endfor %}}{{% endfor %}}"
    );
    site.write("themes/t/templates/page.html", &endless);
    assert_eq!(site.fault().message, "the page /a/ grows without end");
}

/// A text with a fault does not keep others from being told; what it would have
/// had is not missed.
#[test]
fn faults_of_texts_are_told_with_those_of_links() {
    let site = Site::new();
    site.write("content/broken.md", "# There\n\n[x](@/nowhere.md)\n");
    site.write(
        "content/links.md",
        "[a](/nope/) [b](@/a.md#nope) [c](@/broken.md#there)\n",
    );
    let faults = site.build().expect_err("faults");
    let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "no file `nowhere.md` in content/",
            "nothing is served under `/nope/`",
            "`a.md` has no anchor `#nope`",
        ]
    );
}

#[test]
fn two_files_for_one_path_are_a_fault() {
    let site = Site::new();
    site.write("content/b.md", "+++\ntitle = \"B\"\nslug = \"a\"\n+++\n");
    let fault = site.fault();
    assert_eq!(fault.message, "`/a/` is served already, from content/a.md");
    assert_eq!(fault.file, Path::new("content/b.md"));
}

/// A pack has no longer ones, and they are told where they are written.
#[test]
fn addresses_have_a_limit() {
    let site = Site::new();
    // As browsers send it, each letter is nine bytes.
    let name = "中".repeat(76);
    site.write(&format!("content/{name}/{name}/{name}/x.txt"), "x");
    site.write(
        "content/site.toml",
        &format!(
            "base_url = \"https://example.org\"\ntheme = \"t\"\n\
             [redirects]\n\"/long/\" = \"https://example.org/{}\"\n",
            "x".repeat(2048)
        ),
    );
    let faults = site.build().expect_err("faults");
    let places = faults.iter().map(|fault| {
        let line = fault.place.as_ref().map(|place| place.line);
        (fault.file.to_str().expect("a name"), line)
    });
    let file = format!("content/{name}/{name}/{name}/x.txt");
    assert_eq!(
        places.collect::<Vec<_>>(),
        [("content/site.toml", Some(4)), (file.as_str(), None)]
    );
    for (fault, length) in faults.iter().zip([2068, 3 * 76 * 9 + 9]) {
        assert!(
            fault.message.ends_with(&format!("…` has {length} bytes")),
            "{fault}"
        );
        assert!(fault.message.len() < 300, "{fault}");
    }
}

/// What a template asks for has a longer name than what it is made of.
#[test]
fn a_fingerprint_can_make_a_name_too_long() {
    let site = Site::new();
    let page = |length: usize| {
        let name = "x".repeat(length - 4) + ".css";
        site.write(&format!("content/{name}"), "a {}");
        let ask = format!("{{{{ get_url(path=\"/{name}\", cachebust=true) }}}}");
        site.write("themes/t/templates/page.html", &ask);
        format!("content/{name}")
    };
    page(255 - 13);
    site.build().expect("a site");
    let file = page(255 - 12);
    let fault = site.fault();
    assert_eq!(fault.file, Path::new(&file));
    assert!(
        fault.message.ends_with("is no place in the site"),
        "{fault}"
    );
}

/// What is there needs no page that leads to it: that would be in its place.
#[test]
fn a_redirect_from_an_index_does_not_replace_it() {
    let site = Site::new();
    site.write(
        "content/a.md",
        "+++\ntitle = \"A\"\naliases = [\"/a/index.html\", \"/b/index.html\"]\n+++\n",
    );
    let built = site.build().expect("a site");
    let out = site.0.path().join("site");
    built
        .write_site(&out, &Listener::default())
        .expect("written");
    let read = |file: &str| fs::read_to_string(out.join(file)).expect("a file");
    assert!(read("a/index.html").contains("<h1>A</h1>"));
    assert!(read("b/index.html").contains("url=/a/"));
}

#[test]
fn a_missing_site_and_a_missing_theme_are_told_apart() {
    let faults = site_gen::build(Path::new("/nowhere/at/all"), &Options::default()).unwrap_err();
    assert_eq!(faults.len(), 1);
    let site = Site::new();
    site.write(
        "content/site.toml",
        "base_url = \"https://example.org\"\ntheme = \"tt\"\n",
    );
    let fault = site.fault();
    assert_eq!(fault.message, "there is no theme `tt`");
    assert_eq!(fault.suggestion.as_deref(), Some("did you mean `t`?"));
}

/// What browsers are told to expect is what they get, although style sheets are
/// made short before they are served.
#[test]
fn integrity_is_that_of_what_is_served() {
    let site = Site::new();
    site.write("themes/t/static/t.css", "a   {   color : #ff0000   }\n");
    site.write(
        "themes/t/templates/index.html",
        "{{ get_url(path='t.css', cachebust=true) }}\n{{ get_hash(path='t.css', sha_type=256, base64=false) }}",
    );
    let built = site.build().unwrap();
    let page = built.read(built.file("/").unwrap()).unwrap();
    let page = String::from_utf8(page).unwrap();
    let (path, hash) = page.split_once('\n').unwrap();
    let served = built.read(built.file(path).unwrap()).unwrap();
    assert_eq!(served, b"a{color:red}");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&served);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, hex);
    assert!(path.contains(&hex[..12]), "{path}");
}

/// A data file is part of the pages that read it, and of no others.
#[test]
fn an_edit_of_a_data_file_renders_the_pages_that_read_it() {
    let site = Site::new();
    let page = "{{ page.title }}{% if page.extra.data %}\
                {{ load_data(path=page.extra.data, required=false) }}{% endif %}";
    site.write("themes/t/templates/page.html", page);
    site.write("content/b.md", "+++\n[extra]\ndata = \"b.json\"\n+++\n");
    site.write(
        "content/c/index.md",
        "+++\n[extra]\ndata = \"c/c.csv\"\n+++\n{{ table() }}\n",
    );
    let table = "{% set data = load_data(path=colocated_path ~ \"c.csv\") %}{{ data.headers[0] }}";
    site.write("themes/t/templates/shortcodes/table.html", table);
    site.write("content/c/c.csv", "one\n");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let build = || site_gen::build(site.0.path(), &options);
    let text = |built: &Built, path: &str| {
        let file = built.file(path).expect(path);
        let text = String::from_utf8(built.read(file).expect("a file"));
        text.expect("text").replace("&quot;", "\"")
    };
    build().unwrap();
    for (file, data, path, rendered) in [
        ("data/b.json", "{\"n\": 1}", "/b/", 1),
        ("data/b.json", "{\"n\": 2}", "/b/", 1),
        ("data/b.json", "{\"n\": 2}", "/b/", 0),
        // The front page sees that there is one more file beside it.
        ("content/b.json", "{\"n\": 3}", "/b/", 2),
        ("data/b.json", "{\"n\": 4}", "/b/", 0),
        // The list of the section has its text.
        ("content/c/c.csv", "two\n", "/c/", 2),
    ] {
        site.write(file, data);
        let built = build().unwrap();
        assert_eq!(built.rendered, rendered, "{file}: {data}");
        let fresh = site_gen::build(
            site.0.path(),
            &Options {
                cache: Default::default(),
                ..options.clone()
            },
        );
        assert_eq!(built.pack().unwrap(), fresh.unwrap().pack().unwrap());
        assert!(rendered == 0 || text(&built, path).contains(data.trim_matches(['{', '}', '\n'])));
    }
    site.write("content/c/c.csv", "a,b\n1\n");
    let faults = build().unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!(faults[0].file, Path::new("content/c/c.csv"));
    assert_eq!(faults[0].place.as_ref().map(|place| place.line), Some(2));
}

/// What a section cascades is part of what is below it, and of nothing else.
#[test]
fn an_edit_of_a_cascade_renders_what_is_below_it() {
    let site = Site::new();
    let page = "{{ page.title }} {{ page.extra }} {{ page.authors }}";
    site.write("themes/t/templates/page.html", page);
    site.write("themes/t/templates/section.html", "{{ section.extra }}");
    site.write("themes/t/templates/index.html", "");
    let cascade = |text: &str| format!("+++\ntitle = \"S\"\n[cascade]\n{text}\n+++\n");
    site.write("content/s/_index.md", &cascade("extra = { a = 1 }"));
    site.write("content/s/deep/_index.md", "");
    for page in ["s/x", "s/y", "s/deep/z", "other"] {
        site.write(&format!("content/{page}.md"), &format!("{page}\n"));
    }
    site.write("content/s/y.md", "+++\n[extra]\na = 2\n+++\n");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let build = |options: &Options| site_gen::build(site.0.path(), options).unwrap();
    build(&options);
    for (file, text, rendered) in [
        // The section, the pages below it, and the section below it. One page
        // says the same itself, but its neighbour does not.
        ("content/s/_index.md", cascade("extra = { a = 3 }"), 5),
        (
            "content/s/_index.md",
            cascade("# moved\nextra = { a = 3 }"),
            1,
        ),
        (
            "content/s/_index.md",
            cascade("extra = { a = 3, b = 4 }"),
            5,
        ),
        ("content/s/deep/_index.md", cascade("authors = [\"A\"]"), 2),
        ("content/s/x.md", "x again\n".to_owned(), 2),
        ("content/s/_index.md", "+++\n+++\n".to_owned(), 5),
    ] {
        site.write(file, &text);
        let built = build(&options);
        let fresh = build(&Options {
            cache: Default::default(),
            ..options.clone()
        });
        assert_eq!(
            built.pack().unwrap(),
            fresh.pack().unwrap(),
            "{file}: {text}"
        );
        assert!(
            built.rendered <= rendered,
            "{file}: {text}: {}",
            built.rendered
        );
    }
}

/// A page says who links to it, and follows when that changes.
#[test]
fn backlinks_follow_the_links() {
    let site = Site::new();
    let page = "{{ page.title }}{% for other in page.backlinks %} {{ other.path }}{% endfor %}";
    site.write("themes/t/templates/page.html", page);
    site.write(
        "content/b.md",
        "[a](@/a.md), [again](a.md#top), [self](@/b.md)\n",
    );
    let options = Options::default();
    let text = || {
        let built = site_gen::build(site.0.path(), &options).unwrap();
        let read = |path: &str| built.read(built.file(path).unwrap()).unwrap();
        [read("/a/"), read("/b/")].map(|text| String::from_utf8(text).unwrap())
    };
    assert_eq!(text(), ["A /b/", "B"]);
    site.write("content/_index.md", "[a](@/a.md)\n");
    assert_eq!(text(), ["A / /b/", "B"]);
    site.write("content/b.md", "No link.\n");
    assert_eq!(text(), ["A /", "B"]);
}

/// An edit in one part of a long list is none in the others.
#[test]
fn parts_of_a_list_are_made_again_by_themselves() {
    let site = Site::new();
    let list = "{% for page in paginator.pages %}{{ page.content | safe }}{% endfor %}\
                {{ section.pages | length }}";
    site.write("themes/t/templates/section.html", list);
    site.write(
        "content/s/_index.md",
        "+++\nsort_by = \"weight\"\npaginate_by = 2\n+++\n",
    );
    for number in 0..20 {
        let text = format!("+++\nweight = {number}\n+++\nText {number}\n");
        site.write(&format!("content/s/p{number}.md"), &text);
    }
    let options = Options::default();
    site_gen::build(site.0.path(), &options).unwrap();
    site.write("content/s/p7.md", "+++\nweight = 7\n+++\nOther\n");
    let built = site_gen::build(site.0.path(), &options).unwrap();
    // The page, and the part that it is in.
    assert_eq!(built.rendered, 2);
    let part = built.read(built.file("/s/page/4/").unwrap()).unwrap();
    assert!(
        String::from_utf8(part)
            .unwrap()
            .ends_with("<p>Other</p>\n0")
    );
}

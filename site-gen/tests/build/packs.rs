//! What a build makes: the pack, a directory, and what is said of files in them.

use std::fs;

use site_gen::{Built, Compression, Drafts, Listener, Options};
use site_pack::{Caching, Encoding, Entry, Pack};

use crate::Site;

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
    site.write("content/b.md", "+++\naliases = [\"/gone.htm\"]\n+++\n");
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
    let gone = fs::read_to_string(directory.join("gone.htm")).unwrap();
    assert!(gone.contains("content=\"0; url=/b/\""), "{gone}");
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

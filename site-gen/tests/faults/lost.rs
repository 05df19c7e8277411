//! Files that cannot be read: only what depends on them is held back.

use std::fs;

use super::{LINKS, OF_LINKS, OTHER, faults_in, site};

#[test]
fn a_file_that_cannot_be_read_hides_no_link() {
    let site = site(&[
        OTHER,
        ("content/links.md", LINKS),
        (
            "content/s.md",
            "[x](/big.bin) [y](@/big.bin) [z](big.bin) [g](/gone.txt) ![p](../big.bin)\n",
        ),
    ]);
    let big = fs::File::create(site.path().join("content/big.bin")).expect("a file");
    big.set_len(site_gen::limits::MAX_STATIC_BYTES + 1)
        .expect("a hole");
    let found = faults_in(site.path());
    assert_eq!(found.len(), 5, "{found:#?}");
    fs::remove_file(site.path().join("content/big.bin")).expect("a file");
    // What it leads to may be anything.
    std::os::unix::fs::symlink("nothing", site.path().join("content/big.bin")).expect("a link");
    let found = faults_in(site.path());
    let dangling = |fault: &&String| fault.starts_with("big.bin:0: cannot read this file");
    assert!(found.iter().any(|fault| dangling(&fault)), "{found:#?}");
    assert!(found.iter().any(|fault| fault == OF_LINKS[0]), "{found:#?}");
    assert!(found.iter().any(|fault| fault == OF_LINKS[2]), "{found:#?}");
    assert_eq!(found.len(), 3, "{found:#?}");
}

/// A site whose texts ask for files, of which some are not there.
fn with_questions() -> tempfile::TempDir {
    site(&[
        OTHER,
        ("content/links.md", LINKS),
        ("content/blog/x/index.md", "+++\nslug = \"y\"\n+++\n"),
        (
            "content/s.md",
            "[x](/gone.png) [y](@/gone.png) ![z](gone.png) [g](/gone.txt) [b](/blog/y/p.jpg)\n\
             [t](/of-theme.css)\n\n{{ hash(path=\"gone.png\") }} {{ hash(path=\"/blog/y/p.jpg\") }}\n\n\
             {{ hash(path=\"other.png\") }}\n\n{{ bad() }}\n",
        ),
        (
            "themes/t/templates/shortcodes/hash.html",
            "{{ get_hash(path=path) }}",
        ),
        ("themes/t/templates/shortcodes/bad.html", "{{ x }}"),
        ("themes/t/static/yes.txt", ""),
    ])
}

/// Of a static file that cannot be read its path is known, and of a theme in which
/// something cannot be what else it has.
#[test]
fn what_does_not_depend_on_a_lost_file_is_told() {
    let site = with_questions();
    let lose = |file: &str| {
        std::os::unix::fs::symlink("nothing", site.path().join(file)).expect("a link");
    };
    for file in [
        "content/gone.png",
        "content/blog/x/p.jpg",
        "themes/t/static/of-theme.css",
    ] {
        lose(file);
    }
    let told = |expected: &[&str]| {
        let found = faults_in(site.path());
        let all = expected.iter().chain(&OF_LINKS);
        for part in all.clone() {
            assert!(
                found.iter().any(|own| own.contains(part)),
                "{part} in {found:#?}"
            );
        }
        assert_eq!(found.len(), all.count(), "{found:#?}");
    };
    let cannot = [
        "gone.png:0: cannot",
        "p.jpg:0: cannot",
        "of-theme.css:0: cannot",
    ];
    let links = ["s.md:1: nothing is served under `/gone.txt`"];
    // The theme has a fault, so what templates see is not known.
    told(&[&cannot[..], &links].concat());
    fs::remove_file(site.path().join("themes/t/static/of-theme.css")).expect("a file");
    let theme = ["s.md:2: nothing is served under `/of-theme.css`"];
    let shortcodes = [
        "s.md:6: there is no static file `/other.png`",
        "s.md:8: `bad` wants an argument `x`",
    ];
    told(&[&cannot[..2], &links, &theme, &shortcodes].concat());
    // A template that cannot be read is one, and the others are read.
    fs::write(
        site.path().join("themes/t/templates/shortcodes/hash.html"),
        b"\xff",
    )
    .expect("a file");
    fs::write(site.path().join("themes/t/theme.toml"), "x").expect("a file");
    fs::write(site.path().join("themes/t/templates/page.html"), "{{ }").expect("a file");
    let of_theme = [
        "hash.html:1: malformed",
        "theme.toml:1: bad TOML",
        "page.html:1: `}`",
    ];
    told(&[&cannot[..2], &links, &theme, &of_theme].concat());
    // What has no name that says what it is may be a directory of pages; so may
    // one without a name in UTF-8.
    let name = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let name: &std::ffi::OsStr = name;
    fs::create_dir(site.path().join("content").join(name)).expect("a directory");
    let found = faults_in(site.path());
    assert!(
        found.iter().all(|fault| !fault.contains("is served under")),
        "{found:#?}"
    );
}

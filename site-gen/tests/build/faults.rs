//! What is wrong with a site, each with its diagnostic.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use site_gen::{Listener, Options};

use crate::Site;

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
fn a_redirect_between_an_index_and_its_directory_replaces_neither() {
    let site = Site::new();
    site.write("static/c/index.html", "<p>C</p>");
    let file = site.0.path().join("content/site.toml");
    let config = fs::read_to_string(file).expect("a configuration");
    let redirect = "[redirects]\n\"/c/\" = \"/c/index.html\"\n";
    site.write("content/site.toml", &format!("{config}\n{redirect}"));
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
    assert_eq!(read("c/index.html"), "<p>C</p>");
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

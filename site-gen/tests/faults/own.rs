//! Templates and static files of the site itself, and what is wrong with pages.

use std::os::unix::fs::symlink;

use super::{LINKS, OF_LINKS, OTHER, faults, faults_in, site, tells, write};

#[test]
fn lost_files_of_the_site_hide_no_others() {
    let site = site(&[
        OTHER,
        ("content/links.md", LINKS),
        ("content/s.md", "[x](/lost.txt) [y](/there.txt)\n"),
        ("static/there.txt", "x"),
    ]);
    symlink("nothing", site.path().join("static/lost.txt")).expect("a link");
    std::fs::create_dir(site.path().join("templates")).expect("a directory");
    symlink("nothing", site.path().join("templates/page.html")).expect("a link");
    let found = faults_in(site.path());
    for start in [
        OF_LINKS[0],
        OF_LINKS[1],
        OF_LINKS[2],
        "static/lost.txt:0: cannot read this file",
        "templates/page.html:0: cannot read this file",
    ] {
        assert!(
            found.iter().any(|fault| fault.starts_with(start)),
            "{start} in {found:#?}"
        );
    }
    assert_eq!(found.len(), 5, "{found:#?}");
    // What is in a directory that is not there may be anything.
    std::fs::remove_dir_all(site.path().join("static")).expect("a directory");
    symlink("nothing", site.path().join("static")).expect("a link");
    let found = faults_in(site.path());
    assert!(
        !found.iter().any(|fault| fault.contains("/there.txt")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|fault| fault.starts_with("static:0: cannot")),
        "{found:#?}"
    );
}

#[test]
fn a_path_that_two_directories_have_is_told() {
    tells(
        &[("content/x.css", "a"), ("static/x.css", "b")],
        &["static/x.css:0: `/x.css` is served already, from content/x.css"],
    );
    // As plain files, these two would be one.
    tells(
        &[("static/b/index.html", "b"), ("static/nope/i.txt", "b")],
        &["static/b/index.html:0: `/b/` and `/b/index.html` are one file, from content/b.md"],
    );
}

#[test]
fn templates_of_the_site_have_faults_in_their_own_files() {
    let found = faults(&[
        ("templates/page.html", "\n{{ page.titel }}"),
        ("content/b.md", "B.\n"),
        ("content/c.md", "C.\n"),
    ]);
    assert_eq!(
        found,
        ["templates/page.html:2: Field `titel` is not defined (on content/b.md and 1 more)"]
    );
    let found = faults(&[("templates/section.html", "{% extends \"section.html\" %}")]);
    assert_eq!(
        found,
        ["templates/section.html:1: this template needs itself: section.html"]
    );
}

/// A site with a template for its front page and no word of a theme.
#[test]
fn a_site_may_be_without_a_theme() {
    let site = tempfile::tempdir().expect("a directory");
    let config = ("content/site.toml", "base_url = \"https://a.org\"\n");
    write(site.path(), &[config, ("templates/index.html", "x"), OTHER]);
    assert_eq!(
        faults_in(site.path()),
        ["b.md:1: there is no template `page.html` for this"]
    );
    let page = (
        "templates/page.html",
        "{% extends \"plain/templates/page.html\" %}",
    );
    write(site.path(), &[page]);
    assert_eq!(
        faults_in(site.path()),
        ["templates/page.html:1: there is no template `plain/templates/page.html` to extend"]
    );
    write(site.path(), &[("templates/page.html", "{{ page.title }}")]);
    assert_eq!(faults_in(site.path()), [""; 0]);
}

#[test]
fn all_data_files_with_faults_are_told() {
    let template = "{% set p = load_data(path=\"p.csv\") %}{% for r in p.records %}{{ r[7] }}\
        {% endfor %}{% set x = load_data(path=\"x.yaml\") %}{{ x.a + 1 }}";
    let data = [("data/p.csv", "a,b\n1\n"), ("data/x.yaml", "a: [\n")];
    let of_data = [
        "data/p.csv:2: this record has another length: 1",
        "data/x.yaml:2: bad YAML: while parsing a node, did not find expected node content",
    ];
    let shortcode = ("themes/t/templates/shortcodes/t.html", template);
    let found = faults(&[
        data[0],
        data[1],
        shortcode,
        ("content/b.md", "{{ t() }}\n\n{{ t() }}\n"),
    ]);
    assert_eq!(found, of_data);
    let page = ("templates/page.html", template);
    assert_eq!(faults(&[data[0], data[1], page, OTHER]), of_data);
}

//! `fata new`: what it writes works at once, and nothing is written over.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::harness::{Desk, json_lines, stderr};

#[test]
fn a_new_site_checks_and_is_the_authors() {
    let desk = Desk::new();
    let output = desk.fata(&[
        "new",
        "site",
        "deep/my-site",
        "--domain",
        "Unikernel.example",
    ]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"deep/my-site\n");
    let site = desk.path().join("deep/my-site");
    let read = |file: &str| fs::read_to_string(site.join(file)).unwrap();
    let config = read("content/site.toml");
    assert!(
        config.contains("base_url = \"https://unikernel.example\""),
        "{config}"
    );
    assert!(config.contains("title = \"My site\""), "{config}");
    assert!(read("content/unikernel.example.zone").contains("$ORIGIN unikernel.example."));
    assert!(read(".gitignore").contains("/out/"));
    assert!(read("themes/plain/templates/index.html").contains("<!doctype html>"));
    let mode = fs::metadata(&site).unwrap().permissions().mode();
    assert_eq!(mode & 0o055, 0o055, "others may read it");
    let all = [site.join("content"), site.join("themes")];
    for path in all {
        assert!(path.is_dir());
    }
    let left = fs::read_dir(site.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "nothing temporary is left");

    let check = desk.command("deep/my-site", &["check", "--deny-warnings"]);
    let output = { check }.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_site_goes_only_where_nothing_is() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path().join("empty/.git")).unwrap();
    let inside = desk
        .command("empty", &["new", "site", "."])
        .output()
        .unwrap();
    assert!(inside.status.success(), "{}", stderr(&inside));
    assert!(desk.path().join("empty/content/site.toml").is_file());
    let before = fs::read(desk.path().join("empty/content/site.toml")).unwrap();

    let again = desk.fata(&["new", "site", "empty", "--json"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stderr.is_empty(), "{}", stderr(&again));
    let message = json_lines(&again)[0]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("is not empty"), "{message}");
    assert_eq!(
        fs::read(desk.path().join("empty/content/site.toml")).unwrap(),
        before
    );

    let bad = desk.fata(&["new", "site", "other", "--domain", "https://x.org/"]);
    assert!(stderr(&bad).contains("expected one such as example.org"));
    assert!(!desk.path().join("other").exists());
}

#[test]
fn a_post_has_a_title_a_name_and_today() {
    let desk = Desk::with_site();
    // From below the site, too.
    let title = "Was \"schön\" ist: C:\\ & <b>";
    let output = desk.fata_in("content/blog", &["new", "post", title]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        output.stdout,
        "../../content/blog/was-schön-ist-c-b.md\n".as_bytes()
    );
    let text = fs::read_to_string(desk.site("content/blog/was-schön-ist-c-b.md")).unwrap();
    let today = jiff::ZonedDateTime::now().date().to_string();
    assert_eq!(
        text,
        format!("+++\ntitle = \"Was \\\"schön\\\" ist: C:\\\\ & <b>\"\ndate = {today}\n+++\n\n")
    );

    let again = desk.fata_in("", &["new", "post", title]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("is there already"));
    let twin = desk.fata_in("", &["new", "post", title, "--bundle"]);
    assert_eq!(
        twin.status.code(),
        Some(1),
        "it would have the same address"
    );

    let check = desk.fata_in("", &["check"]);
    assert!(check.status.success(), "{}", stderr(&check));
}

#[test]
fn pages_go_where_they_are_told_and_begin_as_archetypes_say() {
    let desk = Desk::with_site();
    let page = desk.fata_in("", &["new", "page", "Contact", "--json"]);
    let line = &json_lines(&page)[0];
    assert_eq!(line["kind"], "created");
    assert_eq!(line["path"], "./content/contact.md");

    fs::create_dir(desk.site("content/docs")).unwrap();
    desk.write(
        "archetypes/docs.md",
        "+++\ntitle = {{ title | quote }}\nslug = \"{{ slug }}\"\n+++\nIn {{ section }}, {{ date }}.\n",
    );
    let docs = desk.fata_in(
        "",
        &["new", "page", "How & why", "--section", "docs", "--bundle"],
    );
    assert!(docs.status.success(), "{}", stderr(&docs));
    let text = fs::read_to_string(desk.site("content/docs/how-why/index.md")).unwrap();
    assert!(text.starts_with("+++\ntitle = \"How & why\"\nslug = \"how-why\"\n+++\nIn docs, 20"));

    // The theme's archetype counts where the site has none.
    desk.write(
        "themes/plain/archetypes/post.md",
        "from the theme: {{ title }}\n",
    );
    assert!(
        desk.fata_in("", &["new", "post", "Themed"])
            .status
            .success()
    );
    let text = fs::read_to_string(desk.site("content/blog/themed.md")).unwrap();
    assert_eq!(text, "from the theme: Themed\n");

    let twice = "{% for i in range(end=100000) %}".repeat(2);
    let endless = format!("{twice}words{}", "{% endfor %}".repeat(2));
    for (text, told) in [
        ("{{ titel }}", "archetypes/post.md:1:4"),
        ("{{ titel }}", "did you mean `title`?"),
        ("{{ title }", "archetypes/post.md:1:10"),
        (&endless, "comes to an end"),
    ] {
        desk.write("archetypes/post.md", text);
        let broken = desk.fata_in("", &["new", "post", "Broken"]);
        assert_eq!(broken.status.code(), Some(1));
        assert!(stderr(&broken).contains(told), "{}", stderr(&broken));
        assert!(!desk.site("content/blog/broken.md").exists());
    }

    for (arguments, expected) in [
        (
            &["new", "page", "A", "--section", "../x"][..],
            "is not a section",
        ),
        (
            &["new", "page", "A", "--section", "nowhere"],
            "there is no section",
        ),
        (&["new", "page", "…"], "expected letters or digits"),
    ] {
        let output = desk.fata_in("", arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    let nowhere = desk.fata(&["new", "post", "A"]);
    assert!(
        stderr(&nowhere).contains("is not a site"),
        "{}",
        stderr(&nowhere)
    );
}

#[test]
fn a_site_of_another_generator_is_told_how_to_become_one() {
    for (file, text, generator) in [
        ("config.toml", "base_url = \"https://a.org\"\n", "zola"),
        ("config.toml", "baseURL = \"https://a.org/\"\n", "hugo"),
        ("hugo.yaml", "title: A\n", "hugo"),
    ] {
        let desk = Desk::new();
        desk.write(file, text);
        let built = desk.fata_in("", &["build"]);
        assert_eq!(built.status.code(), Some(1));
        let expected = format!("`fata import {generator} ");
        assert!(stderr(&built).contains(&expected), "{}", stderr(&built));
    }
}

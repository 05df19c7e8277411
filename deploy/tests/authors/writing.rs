//! `fata build --html`: plain files, whole or not at all, in place of nothing
//! that is somebody else's.

use std::fs;

use crate::harness::{Desk, json_lines, stderr};

#[test]
fn a_plain_site_is_written_and_replaced_as_a_whole() {
    let desk = Desk::with_site();
    let output = desk.fata_in("", &["build", "--html", "public"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let message = stderr(&output);
    assert!(
        message.contains("pages") && message.contains("public/"),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(output.stdout.is_empty());
    let about = fs::read_to_string(desk.site("public/about/index.html")).unwrap();
    assert!(about.contains("Who writes here"));
    assert!(!about.contains(".fata"), "no script of `fata serve`");
    assert!(desk.site("public/404.html").is_file());
    assert!(!desk.site("out/fata.elf").exists(), "no image");

    fs::remove_file(desk.site("content/blog/first-post.md")).unwrap();
    let arguments = [
        "build",
        "--html",
        "public",
        "--base-url",
        "https://b.org",
        "--json",
    ];
    let output = desk.fata_in("", &arguments);
    let lines = json_lines(&output);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        (&lines[0]["kind"], &lines[0]["out"]),
        (&"built".into(), &"public".into())
    );
    assert!(
        !desk.site("public/blog/first-post").exists(),
        "what is gone is gone"
    );
    let sitemap = fs::read_to_string(desk.site("public/sitemap.xml")).unwrap();
    assert!(sitemap.contains("https://b.org/about/"));

    desk.write("content/about.md", "+++\ntitel = 1\n+++\n");
    assert_eq!(
        desk.fata_in("", &["build", "--html", "public"])
            .status
            .code(),
        Some(1)
    );
    assert!(
        desk.site("public/about/index.html").is_file(),
        "the last good one"
    );
    let left = fs::read_dir(desk.site("")).unwrap().flatten();
    let hidden = left.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b".new"));
    assert_eq!(hidden.count(), 0);
}

#[test]
fn nobodys_files_are_replaced() {
    let desk = Desk::with_site();
    for file in ["thesis/chapter.tex", "worktree/.git/config", "kept/.keep"] {
        let path = desk.path().join("site").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let directory = file.split('/').next().unwrap();
        let output = desk.fata_in("", &["build", "--html", directory]);
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(
            stderr(&output).contains(&format!("{file} was not written by")),
            "{}",
            stderr(&output)
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }
    // A file that came beside those that were written.
    let build = || desk.fata_in("", &["build", "--html", "public"]);
    assert!(build().status.success());
    assert!(build().status.success());
    fs::write(desk.site("public/CNAME"), "mine").unwrap();
    assert_eq!(build().status.code(), Some(1));
    assert_eq!(
        fs::read_to_string(desk.site("public/CNAME")).unwrap(),
        "mine"
    );
    assert_eq!(
        desk.fata_in("", &["build", "--html", "."]).status.code(),
        Some(1)
    );
    assert!(desk.site("content/site.toml").is_file());
}

#[test]
fn a_pack_alone_can_be_had() {
    let desk = Desk::with_site();
    let output = desk.fata_in("", &["build", "--pack", "a.pack", "--uncompressed"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let pack = fs::read(desk.site("a.pack")).unwrap();
    assert!(pack.starts_with(b"FATAPACK"));
}

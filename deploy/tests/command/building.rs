//! `fata build` and `fata check`: all or nothing, the same every time.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::TestSite;

/// Every file below a directory, with its content.
fn tree(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = tree(&path).into_iter();
            files.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            files.insert(name, fs::read(path).unwrap());
        }
    }
    files
}

#[test]
fn a_site_without_a_theme_is_built_the_same_twice() {
    let site = TestSite::new();
    let built = [1, 2].map(|_| {
        let output = site.fata(&["build", "--uncompressed"]);
        assert!(output.status.success(), "{output:?}");
        tree(&site.path().join("out"))
    });
    assert!(built[0] == built[1]);
    for file in ["fata.elf", "site.pack", "site/index.html", "site/404.html"] {
        assert!(
            built[0].contains_key(file),
            "{file} of {:?}",
            built[0].keys()
        );
    }
    let home = String::from_utf8(built[0]["site/index.html"].clone()).unwrap();
    assert!(home.contains("The first words."));

    let image = site.path().join("out/fata.elf");
    let help = Command::new(image).arg("--help").output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("--https"));
}

#[test]
fn a_broken_site_leaves_the_last_good_one() {
    let site = TestSite::new();
    assert!(site.fata(&["build", "--uncompressed"]).status.success());
    let good = tree(&site.path().join("out"));

    for (file, text, place) in [
        (
            "content/_index.md",
            "+++\ntitle = Home\n+++\n",
            "_index.md:2:9",
        ),
        (
            "content/site.example.zone",
            "@ IN A 1.2.3.256\n",
            ".zone:1:",
        ),
        (
            "content/site.toml",
            "title = \"x\"\nthem = \"plain\"\n",
            "site.toml:2:1",
        ),
    ] {
        let before = fs::read_to_string(site.path().join(file)).unwrap();
        site.write(file, text);
        for command in [&["build", "--uncompressed"][..], &["check"]] {
            let output = site.fata(command);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            let message = String::from_utf8(output.stderr).unwrap();
            assert!(message.contains(place), "{message}");
            assert!(message.contains("expected"), "{message}");
        }
        assert!(tree(&site.path().join("out")) == good, "{file}");
        site.write(file, &before);
    }
    assert!(site.fata(&["check"]).status.success());
}

/// The disk is full for the image, which is longer than all else.
#[test]
fn a_full_disk_leaves_the_last_good_output() {
    let site = TestSite::new();
    assert!(site.fata(&["build", "--uncompressed"]).status.success());
    let good = tree(&site.path().join("out"));
    site.say("Words that do not fit.");
    for (kib, file) in [("2048", "fata.elf"), ("1", "cannot")] {
        let output = Command::new("sh")
            // A signal would say nothing: it is ignored, and the write fails.
            .args(["-c", "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"", "sh"])
            // In blocks of POSIX, of 512 bytes, or in those of bash.
            .args([kib, env!("CARGO_BIN_EXE_fata")])
            .args(["build", "--uncompressed", "--site"])
            .arg(site.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(file), "{message}");
        assert!(message.contains("File too large"), "{message}");
        assert!(tree(&site.path().join("out")) == good, "{file}");
    }
    assert!(site.fata(&["build", "--uncompressed"]).status.success());
    assert!(tree(&site.path().join("out")) != good);
}

#[test]
fn what_is_no_site_is_said_so() {
    let nowhere = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_fata"))
        .args(["build", "--site"])
        .arg(nowhere.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("content/site.toml"), "{message}");
}

/// A site without a theme is copied, and what is written is whole beside its place
/// first: whatever ends `fata`, neither is left.
#[test]
fn a_signal_leaves_nothing_behind() {
    let site = TestSite::new();
    let temporary = tempfile::tempdir().unwrap();
    let out = site.path().join("public");
    for number in 0..2000 {
        site.write(
            &format!("content/page-{number}.md"),
            &"*words* ".repeat(2000),
        );
    }
    let run = |command: &[&str]| {
        let mut fata = Command::new(env!("CARGO_BIN_EXE_fata"));
        fata.args(command).current_dir(site.path());
        fata.env("TMPDIR", temporary.path()).stderr(Stdio::null());
        fata.spawn().unwrap()
    };
    let build = ["build", "--html", "public"];
    assert!(run(&build).wait().unwrap().success());
    let names = tree_names(site.path());
    let good = tree(&out);
    // It is somewhere in the copy, in the pages, or in what is written.
    for delay_ms in (0..24).map(|step| 20 * step) {
        let (signal, command) = match delay_ms % 3 {
            0 => (Signal::INT, &build[..]),
            1 => (Signal::TERM, &build[..]),
            _ => (Signal::HUP, &["serve", "--port", "0"][..]),
        };
        let mut fata = run(command);
        while tree_names(temporary.path()).is_empty() && fata.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(delay_ms));
        // It may be done.
        kill_process(Pid::from_child(&fata), signal).unwrap_or_default();
        let status = fata.wait().unwrap();
        let ended = status.signal() == Some(signal.as_raw());
        assert!(
            ended || status.success(),
            "{command:?} {delay_ms}: {status}"
        );
        assert_eq!(
            tree_names(temporary.path()),
            [""; 0],
            "{command:?} {delay_ms}"
        );
        assert_eq!(tree_names(site.path()), names, "{command:?} {delay_ms}");
        assert!(tree(&out) == good, "{command:?} {delay_ms}");
    }
}

/// The names of what is in a directory.
fn tree_names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let names = entries.map(name).map(|name| name.into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What a site is made from, and what others wrote, is not replaced by what is made
/// of it.
#[test]
fn output_goes_nowhere_where_something_else_is() {
    let site = TestSite::new();
    let at = |name: &str| site.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir_all(site.path().join("theirs/site")).unwrap();
    site.write("theirs/site/precious", "x");
    site.write("notes.txt", "x");
    std::os::unix::fs::symlink("content", site.path().join("link")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let dangling = elsewhere.path().join("dangling");
    std::os::unix::fs::symlink("gone", &dangling).unwrap();
    let before = tree(site.path());
    for (option, place, told) in [
        ("--html", "content/public", "is in content/"),
        ("--html", "content", "is in content/"),
        ("--html", "link/deep/public", "is in content/"),
        ("--html", dangling.to_str().unwrap(), "cannot follow"),
        ("--html", "notes.txt", "notes.txt"),
        ("--pack", "content/site.toml", "is in content/"),
        ("--pack", "notes.txt", "is not a pack"),
        ("--out", "content", "is in content/"),
        ("--out", "theirs", "would be replaced"),
    ] {
        let output = site.fata(&["build", option, &at(place)]);
        assert_eq!(output.status.code(), Some(1), "{place}: {output:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(told), "{place}: {message}");
        assert!(tree(site.path()) == before, "{place}");
    }
    // What a link leads to is replaced, and the link stays.
    std::os::unix::fs::symlink("real", site.path().join("public")).unwrap();
    fs::create_dir(site.path().join("real")).unwrap();
    for _ in 0..2 {
        let output = site.fata(&["build", "--html", &at("public")]);
        assert!(output.status.success(), "{output:?}");
        assert!(site.path().join("public").is_symlink());
        assert!(site.path().join("real/index.html").is_file());
    }
    let pack = ["build", "--pack", &at("new.pack")];
    assert!(site.fata(&pack).status.success() && site.fata(&pack).status.success());
}

/// A site without a theme is copied to be built: with what is wrong with it.
#[test]
fn a_copy_has_the_same_faults() {
    let site = TestSite::new();
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, site.path().join(name)).unwrap();
    };
    fs::create_dir(site.path().join("content/real")).unwrap();
    fs::create_dir(site.path().join("shared")).unwrap();
    site.write("content/real/page.md", "[x](/shared.txt)\n");
    site.write("shared/shared.txt", "x");
    link("real", "content/also");
    link("../shared/shared.txt", "content/shared.txt");
    let whole = site
        .path()
        .join("content/real")
        .to_str()
        .unwrap()
        .to_owned();
    link(&whole, "content/absolute");
    let output = site.fata(&["build", "--html", site.path().join("out").to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    for page in ["real/page", "also/page", "absolute/page"] {
        assert!(site.path().join(format!("out/{page}/index.html")).is_file());
    }
    link("/etc/hostname", "content/out.txt");
    link("..", "content/circle");
    link("/dev/zero", "content/zero.txt");
    link("gone", "content/gone.txt");
    let pipe = site.path().join("content/pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    let output = site.fata(&["check"]);
    let message = String::from_utf8(output.stderr).unwrap();
    for told in [
        "this symbolic link leads to /etc/hostname, outside",
        "leads back to a directory",
        "zero.txt",
        "No such file",
        "content/pipe",
        "the site has 5 errors",
    ] {
        assert!(message.contains(told), "{told} in {message}");
    }
    // A link to nothing is no site without themes.
    link("nowhere", "themes");
    let output = site.fata(&["check"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("there is no theme `plain`"), "{message}");
}

/// A terminal that is gone is no reason to end otherwise.
#[test]
fn nobody_has_to_read_what_is_said() {
    let site = TestSite::new();
    let out = site.path().join("public");
    let run = |arguments: &[&str]| {
        let full = || fs::File::options().write(true).open("/dev/full").unwrap();
        let mut fata = Command::new(env!("CARGO_BIN_EXE_fata"));
        let fata = fata.args(arguments).current_dir(site.path());
        fata.stdout(full()).stderr(full()).status().unwrap().code()
    };
    let out = out.to_str().unwrap();
    for json in [&[][..], &["--json"]] {
        assert_eq!(run(&[&["build", "--html", out], json].concat()), Some(0));
        assert_eq!(run(&[&["check"], json].concat()), Some(0));
        let page = ["new", "page", if json.is_empty() { "One" } else { "Two" }];
        assert_eq!(run(&[&page, json].concat()), Some(0));
    }
    site.say("[x](/nowhere/)");
    assert_eq!(run(&["check"]), Some(1));
    assert_eq!(run(&["build", "--json"]), Some(1));
}

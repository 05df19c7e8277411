//! `fata check`: what it says, to people and to programs, and links to other
//! sites, which here are all on this machine.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::harness::{Desk, json_lines, stderr};

/// Its themes are ours, where temporary files are; it is not copied, and nothing stays.
#[test]
fn a_site_without_themes_is_checked_where_it_is() {
    let desk = Desk::with_site();
    fs::remove_dir_all(desk.site("themes")).unwrap();
    let places = desk.path().join("temporary");
    fs::create_dir(&places).unwrap();
    // A copy of it would have other files, and no history.
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.arg("-C").arg(desk.site("")).args(arguments);
        for name in ["GIT_AUTHOR", "GIT_COMMITTER"] {
            git.env(format!("{name}_NAME"), "A");
            git.env(format!("{name}_EMAIL"), "a@example.org");
        }
        assert!(git.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "content"]);
    git(&["commit", "--quiet", "--message", "first"]);
    let config = fs::read_to_string(desk.site("content/site.toml")).unwrap();
    desk.write(
        "content/site.toml",
        &format!("{config}\n[history]\nfrom_git = true\n"),
    );
    let mut check = desk.command("site", &["check", "--deny-warnings"]);
    let output = check.env("TMPDIR", &places).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(fs::read_dir(&places).unwrap().count(), 0);
    assert!(!desk.site("themes").exists());
}

#[test]
fn warnings_are_told_and_fail_only_when_asked() {
    let desk = Desk::with_site();
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>";
    desk.write("content/alone.svg", drawing);
    desk.write(
        "content/a.md",
        "+++\ntitle = \"A\"\n+++\n\n![](alone.svg)\n\n![&nbsp;](alone.svg)\n",
    );
    let output = desk.fata_in("", &["check"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    let message = stderr(&output);
    for part in [
        "warning: this image has no alternative text",
        "content/a.md:5:1",
        "5 | ![](alone.svg)",
        "^^^^^^^^^^^^^^ expected what it shows",
        "help: an image that only decorates",
        "content/a.md:7:1",
        "warning: the site has 2 warnings",
    ] {
        assert!(message.contains(part), "{part:?} not in {message}");
    }
    let denied = desk.fata_in("", &["check", "--deny-warnings", "--json"]);
    assert_eq!(denied.status.code(), Some(1));
    assert!(denied.stderr.is_empty());
    let lines = json_lines(&denied);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0]["severity"], "warning");
    assert_eq!(lines[0]["file"], "content/a.md");
    assert_eq!(lines[0]["length"], 14);
    assert_eq!(
        (&lines[2]["errors"], &lines[2]["warnings"]),
        (&0.into(), &2.into())
    );
    assert!(!desk.site("out").exists(), "nothing is written");
}

#[test]
fn a_style_sheet_that_ends_its_compiler_is_an_error_like_any_other() {
    let desk = Desk::with_site();
    desk.write("content/a.md", "+++\ntitel = \"A\"\n+++\n");
    let deep = "a{".repeat(20_000);
    let unary = format!("a{{b:{}1}}", "not ".repeat(100_000));
    for sheet in [
        "@function f($x){@return f($x)} a{b:f(1)}",
        "@mixin f(){@include f()} a{@include f()}",
        "$s: \"a\"; @while true { $s: $s + $s }",
        &deep,
        &unary,
    ] {
        desk.write("sass/a.scss", sheet);
        let output = desk.fata_in("", &["check"]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("sass/a.scss"), "{message}");
        assert!(message.contains("did you mean `title`?"), "{message}");
    }
    desk.write("content/a.md", "");
    desk.write("sass/a.scss", "@use 'b'; a { b { c: b.$d } }");
    desk.write("sass/_b.scss", "$d: red;");
    let output = desk.fata_in("", &["build", "--html", "html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let sheet = fs::read_to_string(desk.site("html/a.css")).unwrap();
    assert!(sheet.contains("a b"), "{sheet}");
}

#[test]
fn diagrams_are_drawn_by_others_and_their_faults_told() {
    let desk = Desk::with_site();
    let deep = format!("{}a-->b\n", "subgraph s\n".repeat(4000));
    let page = format!(
        "```mermaid\nflowchart LR\n{deep}```\n\n```mermaid\nflowchart LR\n a -> -> b\n```\n"
    );
    desk.write("content/a.md", &page);
    let output = desk.fata_in("", &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("content/a.md:4008:4"), "{message}");
    assert!(message.contains("the site has 2 errors"), "{message}");

    let drawn: String = (0..20)
        .map(|name| format!("```mermaid\nflowchart LR\n a{name} --> b\n```\n\n"))
        .collect();
    desk.write("content/a.md", &drawn);
    let output = desk.fata_in("", &["build", "--html", "html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(desk.site("html/a/index.html")).unwrap();
    assert_eq!(page.matches("<svg id=\"diagram-").count(), 20);
}

#[test]
fn all_errors_of_a_run_are_json() {
    let desk = Desk::with_site();
    desk.write("content/a.md", "+++\ntitel = \"A\"\n+++\n\n[x](@/b.md)\n");
    desk.write("content/c.md", "[x](@/b.md)\n");
    for command in ["check", "build"] {
        let output = desk.fata_in("", &[command, "--json"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stderr.is_empty(), "{}", stderr(&output));
        let lines = json_lines(&output);
        let faults: Vec<_> = lines
            .iter()
            .filter(|line| line["kind"] == "diagnostic")
            .collect();
        assert!(faults.len() >= 2, "{lines:?}");
        assert!(faults.iter().all(|fault| fault["severity"] == "error"));
        assert_eq!(faults[0]["suggestion"], "did you mean `title`?");
    }
}

/// A web site of another's: what it answers follows from the path.
struct Elsewhere {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut line = String::new();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                reader.read_line(&mut line).unwrap();
                let mut header = String::new();
                while reader.read_line(&mut header).unwrap() > 2 {
                    header.clear();
                }
                let mut words = line.split(' ');
                let (method, path) = (words.next().unwrap(), words.next().unwrap());
                log.lock().unwrap().push(format!("{method} {path}"));
                let again = log
                    .lock()
                    .unwrap()
                    .iter()
                    .filter(|old| **old == format!("GET {path}"))
                    .count();
                let answer = match (method, path) {
                    ("HEAD", "/no-head") => "405 No",
                    (_, "/moved") => "301 Moved\r\nLocation: /there",
                    (_, "/for-now") => "302 Found\r\nLocation: /there",
                    (_, "/gone") => "404 Not Found",
                    (_, "/secret") => "403 Forbidden",
                    (_, "/late") if again < 2 => "503 Later",
                    _ => "200 OK",
                };
                let text =
                    format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(text.as_bytes()).unwrap();
            }
        });
        Self { address, asked }
    }
}

/// A page with links, from its fifth line on.
fn desk_with_links(elsewhere: SocketAddr, closed: SocketAddr) -> Desk {
    let desk = Desk::with_site();
    let mut text = String::from("+++\ntitle = \"A\"\n+++\n\n");
    for path in [
        "good",
        "good#part",
        "no-head",
        "moved",
        "for-now",
        "gone",
        "secret",
        "late",
    ] {
        text.push_str(&format!("[x](http://{elsewhere}/{path})\n"));
    }
    let others = format!("[x](http://{closed}/) [x](https://www.example.org/)\n");
    desk.write("content/a.md", &(text + &others));
    desk
}

/// What was told: lines, severities and messages, without the address.
fn told(lines: &[Value], elsewhere: SocketAddr) -> Vec<String> {
    let faults = lines.iter().filter(|line| line["kind"] == "diagnostic");
    let show = |line: &Value| {
        let message = line["message"].as_str().unwrap();
        let message = message.replace(&elsewhere.to_string(), "");
        let severity = line["severity"].as_str().unwrap();
        format!("{}:{severity} {message}", line["line"])
    };
    faults.map(show).collect()
}

#[test]
fn links_to_other_sites_are_asked_once_and_remembered() {
    let elsewhere = Elsewhere::start();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = nobody.local_addr().unwrap();
    drop(nobody);
    let desk = desk_with_links(elsewhere.address, closed);

    let quiet = desk.fata_in("", &["check"]);
    assert!(quiet.status.success(), "{}", stderr(&quiet));
    assert!(
        elsewhere.asked.lock().unwrap().is_empty(),
        "only on request"
    );

    let output = desk.fata_in("", &["check", "--external", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let lines = json_lines(&output);
    let told = told(&lines, elsewhere.address);
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(
        told[0].starts_with("8:warning `http:///moved` has moved"),
        "{told:#?}"
    );
    assert!(told[1].starts_with("10:error `http:///gone` leads nowhere: its site answers 404"));
    assert!(told[2].starts_with("11:warning `http:///secret` could not be checked"));
    assert!(
        told[3].contains(&format!("warning `http://{closed}/` could not be checked")),
        "{told:#?}"
    );
    let moved = &lines[0];
    assert_eq!(
        moved["suggestion"],
        format!("`http://{}/there`", elsewhere.address)
    );

    let asked = elsewhere.asked.lock().unwrap().clone();
    let times = |what: &str| asked.iter().filter(|asked| *asked == what).count();
    assert_eq!(
        times("HEAD /good"),
        1,
        "one address, whatever the anchor: {asked:?}"
    );
    assert_eq!(times("GET /good"), 0);
    assert_eq!(times("GET /no-head"), 1);
    elsewhere.asked.lock().unwrap().clear();

    // What was good is not asked about again; what was not is.
    desk.fata_in("", &["check", "--external"]);
    let asked = elsewhere.asked.lock().unwrap().clone();
    assert!(
        !asked.iter().any(|asked| asked.ends_with("/good")),
        "{asked:?}"
    );
    assert!(
        asked.iter().any(|asked| asked.ends_with("/gone")),
        "{asked:?}"
    );
    let cache = fs::read_to_string(desk.site("out/cache/links.json")).unwrap();
    assert!(
        cache.contains("/good") && !cache.contains("/gone"),
        "{cache}"
    );
    desk.fata_in("", &["check", "--external", "--max-age", "0"]);
    let asked = elsewhere.asked.lock().unwrap().clone();
    assert!(
        asked.iter().any(|asked| asked.ends_with("/good")),
        "{asked:?}"
    );
}

#[test]
fn without_a_network_nothing_is_said_about_each_link() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = nobody.local_addr().unwrap();
    drop(nobody);
    let desk = Desk::with_site();
    let text = format!("[x](http://{closed}/a) [y](http://{closed}/b)\n");
    desk.write("content/a.md", &text);
    let output = desk.fata_in("", &["check", "--external", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let told = told(&json_lines(&output), closed);
    assert_eq!(told.len(), 1, "{told:#?}");
    let expected = "null:warning none of 2 links to other sites could be checked: ";
    assert!(told[0].starts_with(expected), "{told:#?}");
}

#[test]
fn a_site_that_cannot_be_written_to_is_checked() {
    let desk = Desk::with_site();
    // Nothing can be made in a file, whoever asks.
    desk.write("out", "");
    let output = desk.fata_in("", &["check", "--external"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "fata: nothing is wrong with the site\n");
    let elsewhere = Elsewhere::start();
    let link = format!("[x](http://{}/good)\n", elsewhere.address);
    desk.write("content/a.md", &link);
    for _ in 0..2 {
        let output = desk.fata_in("", &["check", "--external"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let message = stderr(&output);
        assert_eq!(message.matches("are not kept").count(), 1, "{message}");
    }
    let asked = elsewhere.asked.lock().unwrap().clone();
    assert_eq!(asked, ["HEAD /good", "HEAD /good"]);
}

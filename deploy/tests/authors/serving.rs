//! `fata serve`: the real server's semantics, live reload, and faults that are
//! shown and go away.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::client::Events;
use crate::harness::{Desk, PATIENCE, stderr};

#[test]
fn pages_are_served_as_the_real_server_does() {
    let desk = Desk::with_site();
    desk.write("content/a name.txt", "a file");
    desk.write(
        "content/old.md",
        "+++\ntitle = \"Old\"\naliases = [\"older\"]\n+++\n",
    );
    desk.write(
        "content/draft.md",
        "+++\ntitle = \"Draft\"\ndraft = true\n+++\n",
    );
    let serve = desk.serve(&[]);
    let home = serve.client.get("/");
    assert_eq!(home.status, 200);
    assert_eq!(home.headers["content-type"], "text/html; charset=utf-8");
    assert!(home.headers["content-security-policy"].contains("default-src 'self'"));
    assert!(
        home.body.contains("/.fata/live.js?version="),
        "{}",
        home.body
    );
    let script = serve.client.get("/.fata/live.js?version=1");
    assert_eq!(
        script.headers["content-type"],
        "text/javascript; charset=utf-8"
    );

    for (path, status, target) in [
        ("/about", 308, "/about/"),
        ("/about?x=1", 308, "/about/?x=1"),
        ("/older/", 308, "/old/"),
        ("/older", 308, "/older/"),
        ("/a%20name.txt", 200, ""),
        ("/draft/", 404, ""),
        ("/nowhere", 404, ""),
        ("/../../etc/passwd", 404, ""),
    ] {
        let answer = serve.client.get(path);
        assert_eq!(answer.status, status, "{path}");
        let location = answer.headers.get("location").map_or("", String::as_str);
        assert_eq!(location, target, "{path}");
    }
    assert!(
        serve.client.get("/nowhere").body.contains("missing"),
        "the script knows"
    );
    let text = serve.client.get("/a%20name.txt");
    assert_eq!(text.body, "a file", "only pages get a script");
    // Absolute links lead to this server.
    let feed = serve.client.get("/atom.xml").body;
    assert!(
        feed.contains(&format!("http://{}/blog/first-post/", serve.client.0)),
        "{feed}"
    );

    let host = serve.client.0.to_string();
    assert_eq!(serve.client.ask("POST", "/", &host).status, 405);
    let head = serve.client.ask("HEAD", "/", &host);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(serve.client.ask("GET", "/", "evil.example").status, 421);
    assert_eq!(serve.client.ask("GET", "/", "localhost:1111").status, 200);

    let (status, rest) = serve.end(Signal::INT);
    assert!(status.success());
    assert_eq!(rest, "");
    assert!(!desk.site("out/site").exists(), "nothing is written");
}

#[test]
fn a_site_below_a_path_is_served_there() {
    let desk = Desk::with_site();
    let config = fs::read_to_string(desk.site("content/site.toml")).unwrap();
    let config = config.replace("https://example.org", "https://example.org/at/home");
    desk.write("content/site.toml", &(config + "\n[languages.de]\n"));
    desk.write("content/_index.de.md", "# Anfang\n");
    desk.write(
        "templates/shortcodes/mode.html",
        "<b>mode {{ config.mode }}</b>",
    );
    desk.write("content/mode.md", "{{ mode() }}\n");
    let serve = desk.serve(&[]);
    for (path, status, said) in [
        ("/", 308, "/at/home/"),
        ("/at/home", 308, "/at/home/"),
        ("/at/home/about", 308, "/at/home/about/"),
        ("/at/home/about/", 200, "href=\"/at/home/\""),
        ("/at/home/mode/", 200, "<b>mode serve</b>"),
        ("/about/", 404, "404"),
        ("/at/home/nowhere/", 404, "lang=\"en\""),
        ("/at/home/de/nowhere/", 404, "lang=\"de\""),
        ("/at/home/de/nowhere/", 404, "href=\"/at/home/de/\""),
    ] {
        let answer = serve.client.get(path);
        assert_eq!(answer.status, status, "{path}");
        let location = answer.headers.get("location").map_or("", String::as_str);
        assert!(
            location == said || answer.body.contains(said),
            "{path}: {}",
            answer.body
        );
    }
    let feed = serve.client.get("/at/home/atom.xml").body;
    let post = format!("http://{}/at/home/blog/first-post/", serve.client.0);
    assert!(feed.contains(&post), "{feed}");
    let (status, _) = serve.end(Signal::INT);
    assert!(status.success());

    let output = desk.fata(&["build", "--html", "public", "--site", "site"]);
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(desk.path().join("public/mode/index.html")).unwrap();
    assert!(page.contains("<b>mode build</b>"), "{page}");
    let page = fs::read_to_string(desk.path().join("public/about/index.html")).unwrap();
    assert!(
        page.contains("https://example.org/at/home/about/"),
        "{page}"
    );
    let output = desk.fata(&["check", "--site", "site"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn an_edit_is_told_to_open_pages() {
    let desk = Desk::with_site();
    let serve = desk.serve(&["--drafts"]);
    let mut events = serve.events();
    let first = events.next();
    assert_eq!(first["faults"].as_array().unwrap().len(), 0);
    assert!(
        serve
            .client
            .get("/")
            .body
            .contains(first["version"].as_str().unwrap())
    );

    desk.write(
        "content/about.md",
        "+++\ntitle = \"About\"\n+++\n\nWritten over.\n",
    );
    let second = events.next();
    assert_eq!(second["before"], first["version"]);
    assert_ne!(second["version"], first["version"]);
    assert_eq!(second["change"], serde_json::json!(["/about/"]));
    assert!(serve.client.get("/about/").body.contains("Written over."));

    desk.replace(
        "content/about.md",
        "+++\ntitle = \"About\"\n+++\n\nPut in place.\n",
    );
    let third = events.next();
    assert_eq!(third["before"], second["version"]);
    assert!(serve.client.get("/about/").body.contains("Put in place."));

    // The same text again changes nothing, a style sheet only the style.
    desk.replace(
        "content/about.md",
        "+++\ntitle = \"About\"\n+++\n\nPut in place.\n",
    );
    desk.write("themes/plain/static/a.css", "p { color: red }");
    let fourth = events.next_that(|event| event["version"] != third["version"]);
    assert_eq!(fourth["change"], "style", "{fourth}");

    // A directory that is new, and a page in it; a draft, too.
    desk.write(
        "content/new/page.md",
        "+++\ntitle = \"New\"\ndraft = true\n+++\n",
    );
    events.next_that(|event| event["change"] != "style");
    while serve.client.get("/new/page/").status == 404 {
        events.next();
    }
    fs::remove_dir_all(desk.site("content/new")).unwrap();
    while serve.client.get("/new/page/").status != 404 {
        events.next();
    }

    // Templates and files of the site itself, in directories that were not there.
    desk.write("templates/page.html", "own {{ page.title }}");
    while !serve.client.get("/about/").body.contains("own About") {
        events.next();
    }
    desk.write("static/own.txt", "own");
    while serve.client.get("/own.txt").body != "own" {
        events.next();
    }
    fs::remove_dir_all(desk.site("templates")).unwrap();
    while serve.client.get("/about/").body.contains("own About") {
        events.next();
    }
}

/// Directories that come and go, as when another branch is checked out, do not
/// end it; those that came back are watched again.
#[test]
fn directories_come_and_go() {
    let desk = Desk::with_site();
    let serve = desk.serve(&[]);
    let mut events = serve.events();
    events.next();
    for round in 0..100 {
        for page in 0..5 {
            desk.write(&format!("content/a{page}/b/c/d/{round}.md"), "Text.\n");
        }
        for page in 0..5 {
            fs::remove_dir_all(desk.site(&format!("content/a{page}"))).unwrap();
        }
    }
    fs::rename(desk.site("content"), desk.site("away")).unwrap();
    events.next_that(|event| !event["faults"].as_array().unwrap().is_empty());
    fs::rename(desk.site("away"), desk.site("content")).unwrap();
    events.next_that(|event| event["faults"].as_array().unwrap().is_empty());
    desk.write("content/about.md", "+++\ntitle = \"About\"\n+++\nBack.\n");
    while !serve.client.get("/about/").body.contains("Back.") {
        events.next();
    }
    assert!(serve.end(Signal::INT).0.success());
}

/// Who looks at a page sees it while others are still being made; who asks for one of
/// these waits for it.
#[test]
fn an_open_page_is_seen_before_the_others_are_made() {
    let desk = Desk::with_site();
    for page in 0..20 {
        desk.write(&format!("content/p{page}.md"), &format!("# Page {page}\n"));
    }
    desk.write("templates/page.html", "first {{ page.title }}");
    let serve = desk.serve(&[]);
    let open = ["/p7/", "/p3/", "/p3/"];
    let mut events = open.map(|page| serve.client.events_of(page));
    let [first, ..] = events.each_mut().map(Events::next);
    // What is made once the open pages are takes its time.
    let slow = "{% if page.title != \"Page 3\" and page.title != \"Page 7\" %}\
        {% for a in range(end=300) %}{% for b in range(end=300) %}{% endfor %}{% endfor %}\
        {% endif %}";
    desk.write(
        "templates/page.html",
        &format!("second {{{{ page.title }}}} {slow}"),
    );
    let early = events[0].next();
    assert_eq!(
        early["early"],
        serde_json::json!(["/p3/", "/p7/"]),
        "{early}"
    );
    assert_eq!(early["change"], early["early"]);
    assert_eq!(early["before"], first["version"]);
    let version = early["version"].as_str().unwrap();
    for page in [3, 7] {
        let shown = serve.client.get(&format!("/p{page}/")).body;
        assert!(shown.contains(&format!("second Page {page}")), "{shown}");
        assert!(shown.contains(version), "{shown}");
    }
    // All else waits, and is of the same site.
    let is_over = |events: &mut Events| events.next_that(|event| event["early"].is_null());
    let other = serve.client.get("/p1/").body;
    assert!(other.contains("second Page 1"), "{other}");
    assert!(other.contains(version), "{other}");
    let whole = is_over(&mut events[0]);
    assert_eq!(
        (&whole["version"], &whole["before"]),
        (&early["version"], &first["version"])
    );

    // A page that was seen before the site turned out to have a fault.
    let broken = "third {{ page.title }}\
        {% if page.title == \"Page 1\" %}{{ throw(message=\"no\") }}{% endif %}";
    desk.write("templates/page.html", &format!("{broken} {slow}"));
    let early = events[0].next();
    assert!(early["early"].is_array(), "{early}");
    assert!(serve.client.get("/p3/").body.contains("third Page 3"));
    let faults = is_over(&mut events[0]);
    assert_eq!(faults["stale"], true, "{faults}");
    assert_eq!(
        faults["version"], early["version"],
        "it is not loaded again"
    );
    assert!(serve.client.get("/p1/").body.contains("second Page 1"));
    // Nobody keeps it, though the site is what it was.
    desk.write(
        "templates/page.html",
        &format!("second {{{{ page.title }}}} {slow}"),
    );
    let good = is_over(&mut events[0]);
    assert_ne!(good["version"], early["version"]);
    assert!(serve.client.get("/p3/").body.contains("second Page 3"));
}

#[test]
fn faults_are_shown_and_go_away() {
    let desk = Desk::with_site();
    let serve = desk.serve(&[]);
    let mut events = serve.events();
    let first = events.next();
    let good = fs::read_to_string(desk.site("content/about.md")).unwrap();
    desk.write(
        "content/about.md",
        "+++\ntitel = \"About\"\n+++\n\n[x](@/nowhere.md)\n",
    );
    let broken = events.next();
    assert_eq!(
        broken["version"], first["version"],
        "the last good site stays"
    );
    let fault = &broken["faults"][0];
    assert_eq!(fault["file"], "content/about.md");
    assert_eq!((&fault["line"], &fault["column"]), (&2.into(), &1.into()));
    assert_eq!(fault["text"], "titel = \"About\"");
    assert_eq!(fault["suggestion"], "did you mean `title`?");
    serve.wait_for_log("content/about.md:2:1");
    assert_eq!(serve.client.get("/about/").status, 200);

    // Pages that are opened meanwhile are told, too.
    assert_eq!(serve.events().next()["faults"][0], *fault);
    desk.write("content/about.md", &good);
    let fixed = events.next();
    assert_eq!(fixed["faults"].as_array().unwrap().len(), 0);
    assert_eq!(
        fixed["version"], first["version"],
        "nothing has to be loaded again"
    );
}

/// Who writes sees what was written, though a page that it names is still to come.
#[test]
fn a_link_to_nothing_keeps_no_page_from_being_shown() {
    let desk = Desk::with_site();
    let page = |words: &str| format!("+++\ntitle = \"About\"\n+++\n\n{words}\n");
    desk.write("content/about.md", &page("First, [x](@/nowhere.md)."));
    let serve = desk.serve(&[]);
    assert!(serve.client.get("/about/").body.contains("First"));
    let mut events = serve.events();
    let first = events.next();
    let fault = |event: &serde_json::Value| {
        assert_eq!(event["stale"], false);
        let place = &event["faults"][0];
        (place["file"].clone(), place["line"].clone())
    };
    assert_eq!(fault(&first), ("content/about.md".into(), 5.into()));

    desk.write("content/about.md", &page("Second, [x](#nowhere)."));
    let second = events.next();
    assert_ne!(second["version"], first["version"]);
    assert_eq!(fault(&second), ("content/about.md".into(), 5.into()));
    assert!(serve.client.get("/about/").body.contains("Second"));
    serve.wait_for_log("the site is in the browser with these");

    desk.write("content/about.md", &page("Third."));
    let third = events.next();
    assert_eq!(third["faults"].as_array().unwrap().len(), 0);
    assert!(serve.client.get("/about/").body.contains("Third"));
}

#[test]
fn a_site_that_is_broken_at_first_is_served_once_it_is_not() {
    let desk = Desk::with_site();
    let good = fs::read_to_string(desk.site("content/site.toml")).unwrap();
    desk.write("content/site.toml", "title = 1\n");
    let serve = desk.serve(&[]);
    let page = serve.client.get("/");
    assert_eq!(page.status, 503);
    assert!(page.body.contains("/.fata/live.js"));
    let mut events = serve.events();
    assert!(!events.next()["faults"].as_array().unwrap().is_empty());
    desk.write("content/site.toml", &good);
    let fixed = events.next();
    assert_eq!(fixed["change"], "everything");
    assert_eq!(serve.client.get("/").status, 200);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let desk = Desk::with_site();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let output = desk.fata_in("", &["serve", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(
        message.contains(&format!("port {port} is taken")),
        "{message}"
    );
    assert!(message.contains("--port 0"), "{message}");
}

/// How many pages the measured site has.
const PAGES: usize = 1000;

/// From the save of a page until an open page is told. The bound is for a busy
/// machine and a build without optimisation; the figure is printed.
#[test]
fn a_thousand_pages_are_reloaded_soon() {
    let desk = Desk::with_site();
    for page in 0..PAGES {
        let text = format!(
            "+++\ntitle = \"Page {page}\"\ndate = 2026-01-01\n+++\n\n## A heading\n\nWords, \
             [a link](@/about.md).\n\n```rust\nfn main() {{ println!(\"{page}\"); }}\n```\n\n{}",
            "A paragraph of some words that say nothing. ".repeat(60)
        );
        desk.write(&format!("content/blog/page-{page}.md"), &text);
    }
    let serve = desk.serve(&[]);
    let mut events = serve.events();
    events.next();
    let mut times = Vec::new();
    for edit in 0..9 {
        let text = format!("+++\ntitle = \"Page 7\"\ndate = 2026-01-01\n+++\n\nEdit {edit}.\n");
        let saved = Instant::now();
        desk.write("content/blog/page-7.md", &text);
        events.next();
        times.push(saved.elapsed());
        let page = serve.client.get("/blog/page-7/").body;
        assert!(page.contains(&format!("Edit {edit}.")));
    }
    times.sort();
    println!(
        "{PAGES} pages: median {:?}, slowest {:?}",
        times[4], times[8]
    );
    assert!(times[4].as_millis() < 2000, "{times:?}");
}

#[test]
fn what_links_lead_to_is_watched() {
    let desk = Desk::with_site();
    for file in ["elsewhere/a.md", "texts/c.md", "later/below/d.md"] {
        desk.write(file, "Text.\n");
    }
    let link = |to: &str, from: &str| symlink(to, desk.site(from)).unwrap();
    link("../elsewhere", "content/linked");
    link("../texts/c.md", "content/c.md");
    let serve = desk.serve(&[]);
    let mut events = serve.events();
    events.next();
    let mut number = 0;
    let mut edit = |file: &str, page: &str| {
        number += 1;
        desk.replace(file, &format!("Edit {number}.\n"));
        events.next();
        let shown = serve.client.get(page).body;
        assert!(
            shown.contains(&format!("Edit {number}.")),
            "{file}: {shown}"
        );
    };
    for _ in 0..2 {
        edit("elsewhere/a.md", "/linked/a/");
        edit("texts/c.md", "/c/");
    }
    // Links that come while somebody looks.
    link("../later", "content/later");
    let deadline = Instant::now() + PATIENCE;
    while serve.client.get("/later/below/d/").status != 200 {
        assert!(Instant::now() < deadline);
        thread::sleep(Duration::from_millis(5));
    }
    let mut events = serve.events();
    events.next();
    desk.replace("later/below/d.md", "Seen.\n");
    events.next();
    assert!(serve.client.get("/later/below/d/").body.contains("Seen."));
}

/// What a site includes of the repository that it lies in is watched where it is.
#[test]
fn an_edit_of_included_code_is_shown() {
    let desk = Desk::with_site();
    let config = fs::read_to_string(desk.site("content/site.toml")).unwrap();
    desk.write(
        "content/site.toml",
        &(config + "\n[include]\ncode = \"../src\"\n"),
    );
    desk.write("../src/deep/lib.rs", "one\n");
    desk.write(
        "templates/shortcodes/include.html",
        "<pre>{{ load_data(path=path) }}</pre>",
    );
    let call = |file: &str| format!("{{{{ include(path=\"code/{file}\") }}}}\n");
    desk.write("content/code.md", &call("deep/lib.rs"));
    let serve = desk.serve(&[]);
    assert!(serve.client.get("/code/").body.contains("one"));
    let wait_for = |said: &str| {
        let began = Instant::now();
        while !serve.client.get("/code/").body.contains(said) {
            assert!(began.elapsed() < PATIENCE, "no {said}");
            thread::sleep(Duration::from_millis(20));
        }
    };
    desk.write("../src/deep/lib.rs", "two\n");
    wait_for("two");
    // One that is looked for, and comes: before anybody watches, or after.
    desk.write("content/code.md", &call("deep/new.rs"));
    desk.write("../src/deep/new.rs", "three\n");
    wait_for("three");
    let (status, _) = serve.end(Signal::INT);
    assert!(status.success());
}

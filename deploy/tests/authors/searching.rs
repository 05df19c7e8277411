//! The search, in the site that `fata serve` shows: the index follows edits, and
//! a real browser (`chromium`) finds words with the script.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Desk, PATIENCE};

const BROWSER: &str = "chromium";

/// Virtual: the browser skips what it would only wait.
const BUDGET_MS: u32 = 20_000;

const OVENS: &str = "+++\ntitle = \"Ovens\"\ndescription = \"About heat\"\n+++\n\
    Some are hot.\n\n## Éclairs & \\<bread> {#pastry}\n\nThe straße where İSTANBUL bakes, in 東京都 and \
    e\u{301}te\u{301}. Unusual unikernels, running.\n\n## Last\n\nNothing here.\n";

#[test]
fn the_index_follows_edits() {
    let desk = Desk::with_site();
    desk.write("content/ovens.md", OVENS);
    let serve = desk.serve(&[]);
    let root = || serve.client.get("/search_index.en.json");
    let files = || {
        let body = root().body;
        let rest = body.split_once("\"files\":\"").unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(root().status, 200);
    assert_eq!(root().headers["content-type"], "application/json");
    let before = files();
    let words = |files: &str| serve.client.get(&format!("{files}0.words"));
    assert_eq!(words(&before).status, 200);
    assert!(!words(&before).body.contains("zeppelin"));
    assert_eq!(serve.client.get("/search_index.de.json").status, 404);
    let refused = serve
        .client
        .ask("GET", "/search_index.en.json", "evil.example");
    assert_eq!(refused.status, 421, "it is for this machine alone");
    assert_eq!(
        serve
            .client
            .ask("HEAD", "/search_index.en.json", "localhost")
            .body,
        ""
    );

    let page = serve.client.get("/search/").body;
    assert!(
        page.contains("data-search=\"/search_index.en.json\""),
        "{page}"
    );
    let mut events = serve.events();
    events.next();
    desk.replace("content/ovens.md", "+++\ntitle = \"Zeppelin\"\n+++\n");
    events.next_that(|event| event["change"].to_string().contains("/ovens/"));
    let after = files();
    assert_ne!(before, after);
    assert!(words(&after).body.contains("zeppelin"));
    assert_eq!(
        words(&before).status,
        404,
        "what took its place has other names"
    );
}

#[test]
fn a_browser_finds_words() {
    let desk = Desk::with_site();
    desk.write("content/ovens.md", OVENS);
    desk.write(
        "content/a-b.md",
        "+++\ntitle = \"Bread\"\n+++\nrun <script>alert(1)</script>\n",
    );
    let serve = desk.serve(&[]);
    let between = Between::start(serve.client.0, Index::Current);
    let look = |query: &str| between.look(desk.path(), query);

    // Several words, accents, capital letters: the part that has them all.
    let found = look("BREAD+%C3%A9clair+ete");
    let link = "<a href=\"/ovens/#pastry\">Ovens › <span>Éclairs &amp; &lt;bread&gt;</span></a>";
    assert!(found.contains(link), "{found}");
    assert!(
        found.contains("One page found for “BREAD éclair ete”."),
        "{found}"
    );
    assert!(found.contains("<mark>e\u{301}te\u{301}</mark>"), "{found}");
    assert!(
        found.contains("data-search-contents=\"\" hidden"),
        "{found}"
    );

    // A title counts more than a heading; what is found is text, not markup.
    let found = look("bread");
    let bread = found.find("href=\"/a-b/\"").expect("the page");
    assert!(
        bread < found.find("href=\"/ovens/#pastry\"").expect("the part"),
        "{found}"
    );
    assert!(
        !found.contains("<bread>") && !found.contains("alert("),
        "{found}"
    );

    // The beginning of a word, another form of one, and scripts without spaces.
    for (query, mark) in [
        ("unik", "unikernels"),
        ("runs+unusual", "running"),
        ("strasse", "straße"),
        ("istanbul", "İSTANBUL"),
        ("%E4%BA%AC%E9%83%BD", "京都"),
        ("%E6%9D%B1", "東京"),
    ] {
        let found = look(query);
        assert!(found.contains("/ovens/#pastry"), "{query}: {found}");
        assert!(
            found.contains(&format!("<mark>{mark}</mark>")),
            "{query}: {found}"
        );
    }

    let found = look("%3Cnowhere%3E");
    let told = "Nothing found for “&lt;nowhere&gt;”.";
    assert!(found.contains(told), "{found}");
    let found = look("nowhere+unikernel");
    let told = "No page has all of “nowhere unikernel”. Pages with most of it: 1.";
    assert!(found.contains(told), "{found}");
    let found = look("");
    assert!(found.contains("<li><a href=\"/blog/\">"), "{found}");
    assert!(
        !found.contains("data-search-contents=\"\" hidden"),
        "{found}"
    );
}

#[test]
fn a_page_survives_its_index() {
    let desk = Desk::with_site();
    desk.write("content/ovens.md", OVENS);
    let serve = desk.serve(&[]);
    let between = Between::start(serve.client.0, Index::OutdatedOnce);
    let found = between.look(desk.path(), "unikernel");
    assert!(found.contains("<mark>unikernels</mark>"), "{found}");

    let between = Between::start(serve.client.0, Index::OfAnotherVersion);
    let found = between.look(desk.path(), "unikernel");
    assert!(found.contains("cannot be used at the moment"), "{found}");
}

/// Which index a browser gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    Current,
    /// The first time, one whose files are not there any more.
    OutdatedOnce,
    OfAnotherVersion,
}

/// Stands between a browser and `fata serve`: news for open pages would keep
/// the browser waiting for ever.
struct Between(SocketAddr);

impl Between {
    fn start(server: SocketAddr, index: Index) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let mut index = index;
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let mut reader = BufReader::new(stream);
                let Some(path) = path_of(&mut reader) else {
                    continue;
                };
                let now = index;
                if path.starts_with("/search_index.en.json") && now == Index::OutdatedOnce {
                    index = Index::Current;
                }
                thread::spawn(move || pass(server, &path, now, reader.get_mut()));
            }
        });
        Self(address)
    }

    /// The page that a browser makes of a search.
    fn look(&self, desk: &Path, query: &str) -> String {
        let profile = tempfile::tempdir_in(desk).unwrap();
        let out = profile.path().join("page.html");
        let mut browser = Command::new(BROWSER)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .arg(format!("--virtual-time-budget={BUDGET_MS}"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("http://{}/search/?q={query}", self.0))
            .stdin(Stdio::null())
            .stdout(fs::File::create(&out).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("expected {BROWSER} on the path: {error}"));
        let started = Instant::now();
        while browser.try_wait().unwrap().is_none() {
            if started.elapsed() > PATIENCE {
                browser.kill().unwrap();
                browser.wait().unwrap();
                panic!("{BROWSER} does not end");
            }
            thread::sleep(Duration::from_millis(20));
        }
        fs::read_to_string(out).unwrap()
    }
}

/// The path of a request, when all of its head has come.
fn path_of(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 0 && line != "\r\n" {
        line.clear();
    }
    first.split(' ').nth(1).map(str::to_owned)
}

fn pass(server: SocketAddr, path: &str, index: Index, to: &mut TcpStream) {
    if path == "/.fata/events" {
        // Whoever gets this does not ask again (HTML, 9.2.3).
        let nothing = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
        to.write_all(nothing).unwrap_or_default();
        return;
    }
    let mut from = TcpStream::connect(server).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    from.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    from.read_to_end(&mut answer).unwrap();
    if path.starts_with("/search_index.en.json") && index != Index::Current {
        // Of the same length, so that the head stays true.
        let text = String::from_utf8(answer).unwrap();
        let changed = match index {
            Index::OfAnotherVersion => text.replace("\"version\":1", "\"version\":0"),
            _ => text.replace("/search_index.en.", "/search_index.xx."),
        };
        answer = changed.into_bytes();
    }
    to.write_all(&answer).unwrap_or_default();
}

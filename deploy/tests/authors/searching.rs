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

/// What a page says that searches with the index of others: a line for each page
/// found.
const OTHERS: &str = "{% extends \"plain/templates/search.html\" %}{% block head %}\
    <script src=\"{{ get_url(path=\"elasticlunr.min.js\") }}\" defer></script>\
    <script src=\"{{ get_url(path=\"search.js\") }}\" defer></script>{% endblock %}\
    {% block main %}<pre id=\"found\"></pre>{% endblock %}";

const WITH_PAGEFIND: &str =
    "const tell = (text) => { document.getElementById('found').textContent += text + '\\n'; };
const query = new URLSearchParams(location.search).get('q');
import('/pagefind/pagefind.js').then(async (pagefind) => {
  // Virtual time goes on while a worker starts.
  await pagefind.options({ noWorker: true });
  for (const result of (await pagefind.search(query)).results) {
    const page = await result.data();
    tell(`found ${page.url}: ${page.meta.title}: ${page.excerpt}`);
  }
  tell('filters ' + JSON.stringify(await pagefind.filters()));
}).catch((error) => tell(`failed ${error}`));";

const WITH_ELASTICLUNR: &str = "const query = new URLSearchParams(location.search).get('q');
fetch(`/search_index.${document.documentElement.lang}.json`).then((answer) => answer.json()).then((data) => {
  const index = elasticlunr.Index.load(data);
  const options = { bool: 'AND', expand: true, fields: { title: { boost: 2 }, body: { boost: 1 } } };
  for (const { ref, doc, score } of index.search(query, options)) {
    document.getElementById('found').textContent += `found ${ref}: ${doc.title}: ${score > 0}\\n`;
  }
}).catch((error) => { document.getElementById('found').textContent += `failed ${error}\n`; });";

/// A site in two languages, with the index of others.
fn with_index(format: &str, script: &str) -> Desk {
    let desk = Desk::with_site();
    desk.write(
        "content/site.toml",
        &format!(
            "base_url = \"https://example.org\"\nbuild_search_index = true\n\
             [search]\nindex_format = \"{format}\"\n[languages.de]\nbuild_search_index = true\n"
        ),
    );
    desk.write("content/ovens.md", OVENS);
    let bread = "+++\ntitle = \"Brot\"\n+++\nGebacken in Häusern.\n";
    desk.write("content/bread.de.md", bread);
    desk.write("content/find.md", "+++\ntemplate = \"search.html\"\n+++\n");
    let script_of = if format == "pagefind" {
        OTHERS.replace("elasticlunr.min.js", "pagefind/pagefind-highlight.js")
    } else {
        OTHERS.to_owned()
    };
    desk.write("templates/search.html", &script_of);
    desk.write("static/search.js", script);
    desk
}

/// Under the policy of the server, which has to let it compile WebAssembly.
#[test]
fn a_browser_finds_words_with_pagefind() {
    let desk = with_index("pagefind", WITH_PAGEFIND);
    let serve = desk.serve(&[]);
    let policy = &serve.client.get("/search/").headers["content-security-policy"];
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    let between = Between::start(serve.client.0, Index::Current);
    let found = between.lines(desk.path(), "/search/?q=unusual");
    assert!(found.contains("found /ovens/: Ovens: "), "{found}");
    assert!(
        found.contains("&lt;mark&gt;Unusual&lt;/mark&gt;"),
        "{found}"
    );
    assert!(!found.contains("Skip to"), "only texts are found: {found}");
    assert!(found.contains("filters {}"), "{found}");
    let found = between.lines(desk.path(), "/de/search/?q=haus");
    assert!(found.contains("found /de/bread/: Brot: "), "{found}");
    assert!(
        found.contains("&lt;mark&gt;Häusern.&lt;/mark&gt;"),
        "{found}"
    );
    let found = between.lines(desk.path(), "/de/search/?q=unusual");
    assert!(!found.contains("found /"), "{found}");
}

/// What is a page of its own there, is one here.
#[test]
fn a_browser_finds_words_with_what_zola_has() {
    let desk = with_index("elasticlunr_json", WITH_ELASTICLUNR);
    let serve = desk.serve(&[]);
    assert_eq!(serve.client.get("/search/").status, 404);
    let policy = &serve.client.get("/find/").headers["content-security-policy"];
    assert!(!policy.contains("script-src"), "{policy}");
    let between = Between::start(serve.client.0, Index::Current);
    for query in ["unusual+unikernels", "unik", "OVENS"] {
        let found = between.lines(desk.path(), &format!("/find/?q={query}"));
        let ovens = "/ovens/: Ovens: true";
        assert!(found.contains(ovens), "{query}: {found}");
    }
    let found = between.lines(desk.path(), "/find/?q=unusual+nowhere");
    assert!(!found.contains("found http"), "{found}");
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
        self.open(desk, &format!("/search/?q={query}"))
    }

    /// What a page says of the index of others.
    fn lines(&self, desk: &Path, path: &str) -> String {
        let page = self.open(desk, path);
        let (_, found) = page.split_once("<pre id=\"found\">").unwrap();
        found.split_once("</pre>").unwrap().0.to_owned()
    }

    /// A page that a browser opened, when all its scripts are done.
    fn open(&self, desk: &Path, path: &str) -> String {
        let profile = tempfile::tempdir_in(desk).unwrap();
        let out = profile.path().join("page.html");
        let mut browser = Command::new(BROWSER)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .arg(format!("--virtual-time-budget={BUDGET_MS}"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("http://{}{path}", self.0))
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
    if path.starts_with("/.fata/events") {
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

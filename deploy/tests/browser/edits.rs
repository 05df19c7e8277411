//! Pages that are open while their site is written: what an author sees after a save, how
//! soon, and that nothing is loaded twice for it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use deploy::workspace::Workspace;
use serde_json::{Value, json};

use crate::harness::{place, turn};
use crate::tools::browse;
use support::copy;

#[path = "../../../site-gen/tests/support/mod.rs"]
mod support;

/// How many posts the site has besides its own pages.
const POSTS: usize = 1000;

/// The pages that are open. The third has a script of its own, the last one is not there.
const OPEN: [&str; 4] = ["/blog/post-7/#words", "/docs/", "/search/", "/nowhere/"];

/// Whether the page that is long has kept its reader's place, and what its address names.
const KEPT: &str =
    "(!location.hash || scrollY === 50 && document.querySelector(\"h2:target\") !== null)";

const TEMPLATE: &str = "themes/mirage/templates/base.html";
const STYLE: &str = "themes/mirage/static/mirage.css";
const CONFIG: &str = "content/site.toml";
const POST: &str = "content/blog/post-7.md";

/// What is done to a file.
struct Edit {
    file: &'static str,
    /// What is in it afterwards.
    text: String,
    /// What is true in each page, in JavaScript, once it shows this.
    seen: &'static str,
    /// How often each page is asked for again.
    loads: [u64; 4],
    /// How often it is left: others are exchanged where they are.
    leaves: [u64; 4],
    /// Whether the pages that are there show it before the one that is not: this one waits
    /// until all are made.
    early: bool,
}

#[test]
fn an_edit_is_seen_in_all_pages_that_are_open() {
    let _turn = turn();
    let site = Site::write();
    let edits = edits(&site);
    let steps = edits.iter().map(|edit| {
        let seen = format!("({}) && {KEPT}", edit.seen);
        json!({ "file": site.directory.join(edit.file), "text": edit.text, "seen": seen })
    });
    let urls = OPEN.map(|path| format!("{}{path}", site.origin));
    let task = json!({ "name": "edits", "urls": urls, "edits": steps.collect::<Vec<_>>() });
    let found = browse("edit", "", &[task]).remove(0);
    let found = found["edits"].as_array().unwrap();
    assert_eq!(found.len(), edits.len());
    for (edit, found) in edits.iter().zip(found) {
        println!("{}: seen after {} ms", edit.file, found["times"]);
        for (what, expected) in [("loads", edit.loads), ("leaves", edit.leaves)] {
            let found: Vec<u64> = numbers(&found[what], Value::as_u64);
            assert_eq!(found, expected, "{what}: {} {}", edit.file, edit.seen);
        }
        let times: Vec<f64> = numbers(&found["times"], Value::as_f64);
        if edit.early {
            let [open @ .., missing] = &times[..] else {
                panic!("{times:?}")
            };
            assert!(open.iter().all(|time| time < missing), "{times:?}");
        }
    }
}

/// What is written, one after the other.
fn edits(site: &Site) -> [Edit; 6] {
    let template = site.read(TEMPLATE);
    let style = site.read(STYLE);
    let at_end = |more: &str| template.replace("</body>", &format!("{more}</body>"));
    let failing = "{% if page is defined and page.title == \"Post 999\" %}\
        {{ throw(message=\"no\") }}{% endif %}";
    [
        Edit {
            file: TEMPLATE,
            text: at_end(
                "<i id=\"one\"></i><noscript><style>:root { --bare: 1 }</style></noscript>",
            ),
            seen: "document.getElementById(\"one\") !== null && \
                getComputedStyle(document.documentElement).getPropertyValue(\"--bare\") === \"\"",
            loads: [1, 1, 1, 1],
            leaves: [0, 0, 1, 1],
            early: true,
        },
        Edit {
            file: STYLE,
            text: format!("{style}\n:root {{ --edited: 2 }}\n"),
            seen: "getComputedStyle(document.documentElement).getPropertyValue(\"--edited\") == 2",
            loads: [1, 1, 1, 1],
            leaves: [0, 0, 0, 0],
            early: true,
        },
        Edit {
            file: CONFIG,
            text: site
                .read(CONFIG)
                .replace("\ntitle = \"", "\ntitle = \"Edited "),
            seen: "document.title.includes(\"Edited\")",
            loads: [1, 1, 1, 1],
            leaves: [0, 0, 1, 1],
            early: true,
        },
        // A page that is not there may be any that is.
        Edit {
            file: POST,
            text: post(7, "Edited words."),
            seen: "!location.pathname.includes(\"post-7\") || document.body.innerText.includes(\"Edited words\")",
            loads: [1, 0, 0, 1],
            leaves: [0, 0, 0, 0],
            early: false,
        },
        // Pages that are open come first, and then it turns out that another has a fault.
        Edit {
            file: TEMPLATE,
            text: at_end(failing),
            seen: "document.querySelector(\"fata-faults\") !== null",
            loads: [1, 1, 1, 0],
            leaves: [0, 0, 1, 0],
            early: false,
        },
        Edit {
            file: TEMPLATE,
            text: at_end("<i id=\"six\"></i>"),
            seen: "document.getElementById(\"six\") !== null && document.querySelector(\"fata-faults\") === null",
            loads: [1, 1, 1, 1],
            leaves: [0, 0, 1, 1],
            early: true,
        },
    ]
}

fn numbers<T>(of: &Value, number: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    let all = of.as_array().unwrap().iter();
    all.map(|value| number(value).unwrap()).collect()
}

fn post(number: usize, words: &str) -> String {
    format!(
        "+++\ntitle = \"Post {number}\"\ndate = 2026-01-01\n+++\n\n{words}\n\n## Words\n{}",
        "\nWords.\n".repeat(50)
    )
}

/// The repository's own site with many more posts, and a `fata serve` that shows it.
struct Site {
    directory: PathBuf,
    origin: String,
    serve: Child,
}

impl Site {
    fn write() -> Self {
        let directory = place("edits");
        let root = Workspace::find().unwrap();
        for part in ["content", "themes/mirage"] {
            copy(&root.root().join(part), &directory.join(part));
        }
        for number in 0..POSTS {
            let file = directory.join(format!("content/blog/post-{number}.md"));
            fs::write(file, post(number, "Words.")).unwrap();
        }
        let mut serve = Command::new(env!("CARGO_BIN_EXE_fata"))
            .args(["serve", "--port", "0"])
            .current_dir(&directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        let mut output = BufReader::new(serve.stdout.take().unwrap());
        output.read_line(&mut ready).unwrap();
        let address = ready.trim().strip_prefix("ready http=").unwrap();
        Self {
            origin: format!("http://{address}"),
            directory,
            serve,
        }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.directory.join(file)).unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // One that has ended by itself has failed the test already.
        _ = self.serve.kill();
        _ = self.serve.wait();
    }
}

//! Every page in a browser, at several widths and in both colour schemes.
//!
//! Each page of the site is loaded once per [`View`]; the tests judge what was
//! found. Templates are looked at in all views, and pictures of them are put
//! into `target/screenshots` for a person to look at.

use std::fs;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::harness::{Served, mirage, screenshots, starter, turn};
use crate::templates::PAGES;
use crate::tools::browse;

/// The most bytes that a page may need before it can be shown: with the fields
/// of its responses, and with its style. A server may send ten segments of
/// 1,460 bytes before it hears from its visitor (RFC 6928); 600 of these bytes
/// are left for the framing of TLS and HTTP/2.
const FIRST_VIEW: u64 = 14_000;
/// How wide the outline of what has the focus has to be, in pixels.
const OUTLINE: f64 = 2.0;
/// Blocks the first view.
const BLOCKING: [&str; 4] = ["Document", "Stylesheet", "Script", "Font"];

/// How a page is looked at.
struct View {
    name: &'static str,
    width: u32,
    /// Media features, and their values.
    features: &'static [(&'static str, &'static str)],
    take: &'static [&'static str],
    /// Which pages are looked at in this way.
    of: Of,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Pages,
    Templates,
}

const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
const DARK: (&str, &str) = ("prefers-color-scheme", "dark");
/// The least part of the paper's width that a text has.
const PAPER: f64 = 0.98;
/// What the view for print is taken with.
const PDF: &str = "pdf";

const VIEWS: [View; 7] = [
    View {
        name: "320-light",
        width: 320,
        features: &[LIGHT],
        take: &["axe", "no script"],
        of: Of::Pages,
    },
    View {
        name: "1024-dark",
        width: 1024,
        features: &[DARK],
        take: &["axe"],
        of: Of::Pages,
    },
    View {
        name: "1024-light",
        width: 1024,
        features: &[LIGHT],
        take: &["axe", "keyboard", "paper", PDF],
        of: Of::Templates,
    },
    View {
        name: "320-dark",
        width: 320,
        features: &[DARK],
        take: &["axe"],
        of: Of::Templates,
    },
    View {
        name: "640-large-text",
        width: 640,
        features: &[LIGHT, ("prefers-reduced-motion", "reduce")],
        take: &["large text"],
        of: Of::Templates,
    },
    View {
        name: "1024-forced-colors",
        width: 1024,
        features: &[("forced-colors", "active")],
        take: &[],
        of: Of::Templates,
    },
    View {
        name: "3840-light",
        width: 3840,
        features: &[LIGHT],
        take: &[],
        of: Of::Templates,
    },
];

/// What was found, one object for each page and view.
fn looks() -> &'static [Value] {
    static LOOKS: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let _turn = turn();
        let pictures = screenshots();
        fs::create_dir_all(&pictures).unwrap();
        let names: Vec<_> = PAGES.iter().map(|page| (page.name, page.path)).collect();
        let mut looks = look(mirage(), &names);
        let names = [("starter", "/"), ("starter-post", "/blog/first-post/")];
        looks.extend(look(starter(), &names));
        eprintln!("pictures of every template: {}", pictures.display());
        looks
    });
    &LOOKS
}

fn look(site: &Served, templates: &[(&str, &str)]) -> Vec<Value> {
    let mut tasks = Vec::new();
    for view in &VIEWS {
        for path in site.pages() {
            let template = templates.iter().find(|(_, of)| *of == path);
            if view.of == Of::Pages || template.is_some() {
                tasks.push(task(site, view, path, template.map(|(name, _)| *name)));
            }
        }
    }
    browse("look", &site.resolver(), &tasks)
}

fn task(site: &Served, view: &View, path: &str, template: Option<&str>) -> Value {
    let feature = |(name, value): &(&str, &str)| json!({ "name": name, "value": value });
    let features: Vec<_> = view.features.iter().map(feature).collect();
    let picture = |of: &str, kind| screenshots().join(format!("{of}.{kind}"));
    json!({
        "name": format!("{}{path} {}", site.built.site.domain, view.name),
        "url": site.url(path),
        "width": view.width,
        "features": features,
        "take": view.take,
        "screenshot": template.map(|name| picture(&format!("{name}-{}", view.name), "png")),
        "pdf": template
            .filter(|_| view.take.contains(&PDF))
            .map(|name| picture(name, "pdf")),
    })
}

/// Fails with all that is wrong, if anything is.
pub(crate) fn expect_nothing(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
}

/// The looks at which something was taken, with what it was.
fn taken(key: &'static str) -> impl Iterator<Item = (&'static str, &'static Value)> {
    let found = looks()
        .iter()
        .filter_map(move |look| Some((look, look.get(key)?)));
    found.map(|(look, value)| (look["name"].as_str().unwrap(), value))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

#[test]
fn axe_finds_nothing() {
    let mut faults = Vec::new();
    for (name, violations) in taken("violations") {
        faults.extend(list(violations).iter().map(|v| format!("{name}: {v:#}")));
    }
    expect_nothing("violations that axe-core found", &faults);
}

#[test]
fn nothing_moves_while_a_page_is_read() {
    let moved = taken("moved").flat_map(|(name, moved)| {
        let moved = list(moved).iter();
        moved.map(move |what| format!("{name}: {what}"))
    });
    let faults: Vec<_> = moved.collect();
    expect_nothing("layout shifts", &faults);
}

#[test]
fn nothing_is_loaded_from_elsewhere_and_nothing_is_complained_about() {
    let mut faults = Vec::new();
    for look in looks() {
        let origin = ["mirage.io", "example.org"].map(|host| format!("https://{host}/"));
        for request in list(&look["requests"]) {
            let url = request["url"].as_str().unwrap();
            let ours = origin.iter().any(|origin| url.starts_with(origin));
            if !ours && !url.starts_with("data:") {
                faults.push(format!("{}: loads {url}", look["name"]));
            }
        }
        for message in list(&look["messages"]) {
            faults.push(format!("{}: says {message}", look["name"]));
        }
        if look["status"] != 200 {
            faults.push(format!("{}: status {}", look["name"], look["status"]));
        }
    }
    expect_nothing("foreign requests, messages on the console", &faults);
}

#[test]
fn first_views_fit_into_what_a_server_may_send_at_once() {
    let mut faults = Vec::new();
    let mut largest = 0;
    for (name, requests) in taken("requests") {
        let mut bytes = 0;
        for request in list(requests) {
            if BLOCKING.iter().any(|kind| request["type"] == *kind) {
                bytes += request["bytes"].as_u64().unwrap();
                let sent = (&request["encoding"], &request["protocol"]);
                assert_eq!(sent, (&json!("br"), &json!("h2")), "{name}: {request}");
            }
        }
        assert!(bytes > 0, "{name}: {requests}");
        largest = largest.max(bytes);
        if name.ends_with(VIEWS[0].name) {
            eprintln!("{bytes:6} bytes of {FIRST_VIEW}: {name}");
        }
        if bytes > FIRST_VIEW {
            faults.push(format!("{name}: {bytes} bytes"));
        }
    }
    eprintln!("{largest:6} bytes is the largest first view");
    expect_nothing("first views that are too large", &faults);
}

#[test]
fn everything_can_be_read_without_scripts() {
    let mut faults = Vec::new();
    for (name, texts) in taken("texts") {
        let [with, without] = list(texts) else {
            panic!("{name}: {texts}");
        };
        let lines = |text: &Value| -> Vec<String> {
            let text = text.as_str().unwrap();
            text.lines().map(str::to_owned).collect()
        };
        // What only stands there without scripts says what they would do.
        let without = lines(without);
        let lost = lines(with)
            .into_iter()
            .filter(|line| !without.contains(line));
        faults.extend(lost.map(|line| format!("{name}: {line}")));
    }
    expect_nothing("texts that need scripts", &faults);
}

#[test]
fn the_keyboard_leads_everywhere_and_shows_where_it_is() {
    let mut faults = Vec::new();
    for (name, stops) in taken("stops") {
        let stops = list(stops);
        if stops.is_empty() {
            faults.push(format!("{name}: the Tab key leads nowhere"));
        }
        for stop in stops {
            let outlined = stop["outline"].as_f64().unwrap() >= OUTLINE || stop["ring"] == true;
            if !outlined || stop["inside"] != true {
                faults.push(format!("{name}: {stop:#}"));
            }
        }
    }
    expect_nothing("stops of the Tab key that cannot be seen", &faults);
}

#[test]
fn pages_are_no_wider_than_their_windows() {
    let mut faults = Vec::new();
    for key in ["overflow", "overflowOfLargeText"] {
        let wide = taken(key).filter(|(_, by)| by.as_f64().unwrap() > 0.0);
        faults.extend(wide.map(|(name, by)| format!("{name}: {key} {by}")));
    }
    expect_nothing("pages that scroll sideways", &faults);
}

#[test]
fn marked_lines_of_code_end_in_one_place() {
    let ragged = taken("ragged").filter(|(_, by)| by.as_f64().unwrap() > 1.0);
    let faults: Vec<_> = ragged.map(|(name, by)| format!("{name}: {by}")).collect();
    expect_nothing("marked lines that end apart", &faults);
}

#[test]
fn texts_take_the_whole_width_of_the_paper() {
    let (mut faults, mut texts) = (Vec::new(), 0);
    for (name, widths) in taken("paper") {
        texts += list(widths).len();
        let narrow = list(widths)
            .iter()
            .filter(|part| part.as_f64().unwrap() < PAPER);
        faults.extend(narrow.map(|part| format!("{name}: {part}")));
    }
    assert!(texts > 0);
    expect_nothing("texts that leave paper empty", &faults);
}

#[test]
fn pictures_of_every_template_are_there() {
    looks();
    for page in PAGES {
        for view in &VIEWS {
            let name = format!("{}-{}.png", page.name, view.name);
            assert!(screenshots().join(&name).is_file(), "{name}");
        }
        let print = format!("{}.pdf", page.name);
        assert!(screenshots().join(&print).is_file(), "{print}");
    }
}
